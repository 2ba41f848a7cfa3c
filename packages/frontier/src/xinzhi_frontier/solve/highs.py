"""The one door to HiGHS: a program that is kept between rows and gives back optimal bases.

Numbers of HiGHS are never used, only its basis: values and proofs are computed from the basis
(certificate.py), so that a solver that is wrong can only cost time.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from xinzhi_frontier.result import Array

Basis = npt.NDArray[np.intp]
"""Column ids of the basis: 0..e-1 the unknowns beside λ, e + w the w-th column of the model."""
Verdict = Literal["optimal", "infeasible", "other"]

DUAL, PRIMAL = 1, 4
"""Simplex strategies of HiGHS."""
SMALL = 1e-12
"""Coefficients below are dropped by HiGHS: with sizes over many orders Σ λ would lose its rows by the
default of 1e-9."""
TOLERANCE = 1e-10
"""Smallest that HiGHS accepts; the proof does not rest on it."""
LIFT = 4096.0
"""What right-hand sides are multiplied by: the tolerance of HiGHS is absolute, and 1e-10 of a value
near 1 may already hide a corner at which a score jumps. A power of two, which rounds nothing."""
PIVOTS = 10_000
"""Most pivots of one solve: a few dozens are usual, and on some degenerate rows HiGHS cycles for ever."""


@cache
def _library() -> Any:
    """Load HiGHS when it is needed first: the kernel leaves it hardly anything."""
    import highspy  # noqa: PLC0415

    return highspy


def _silent() -> Any:
    """Make HiGHS without its banner on stdout, which its own constructor prints."""
    highspy = _library()

    class Silent(highspy.Highs):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super(highspy.Highs, self).__init__()
            self.setOptionValue("output_flag", False)

    return Silent()


class KeptModel:
    """A model with r equality constraints whose costs and right-hand side change from row to row.

    Columns: e unknowns (the first 2 r are ±identity), then λ columns.
    """

    def __init__(
        self,
        r: int,
        own: int,
        free: npt.NDArray[np.bool_],
        *,
        strategy: int = DUAL,
        lift: float = LIFT,
    ) -> None:
        self._highs: Any = _silent()
        self._r, self._e, self._own, self._lift = r, 2 * r + own, own, lift
        self._all = np.arange(self._e, dtype=np.int32)
        self._rows = np.arange(r, dtype=np.int32)
        self._allowed = np.ones(self._e, dtype=bool)
        self._lower = np.where(free, -np.inf, 0.0)
        # Each row starts from the basis of the last one, which a presolved model would not have.
        self._highs.setOptionValue("presolve", "off")
        self._highs.setOptionValue("simplex_strategy", strategy)
        for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            self._highs.setOptionValue(name, TOLERANCE)
        self._highs.setOptionValue("small_matrix_value", SMALL)
        # Threads do not pay for programs of this size; processes share out the rows.
        self._highs.setOptionValue("threads", 1)
        self._highs.setOptionValue("simplex_iteration_limit", PIVOTS)
        self._start()

    def _start(self) -> None:
        nothing = np.empty(0, dtype=np.int32), np.empty(0)
        for _ in range(self._r):
            self._highs.addRow(0.0, 0.0, 0, *nothing)
        for sign in (1.0, -1.0):
            for row in self._rows:
                self._highs.addCol(0.0, 0.0, np.inf, 1, np.array([row]), np.array([sign]))
        for index in range(self._own):
            lower = self._lower[2 * self._r + index]
            self._highs.addCol(0.0, lower, np.inf, self._r, self._rows, np.zeros(self._r))

    def add(self, columns: Array) -> None:
        """Add λ columns, shape (n, r)."""
        n, r = columns.shape
        if not n:
            return
        zeros, ends = np.zeros(n), np.full(n, np.inf)
        starts = np.arange(0, n * r, r, dtype=np.int32)
        indices = np.tile(self._rows, n)
        values = np.ascontiguousarray(columns).ravel()
        self._highs.addCols(n, zeros, zeros, ends, n * r, starts, indices, values)

    def allow(self, allowed: npt.NDArray[np.bool_]) -> None:
        """Fix the unknowns that may not move at 0."""
        changed = np.flatnonzero(allowed != self._allowed).astype(np.int32)
        if len(changed):
            lower = np.where(allowed[changed], self._lower[changed], 0.0)
            upper = np.where(allowed[changed], np.inf, 0.0)
            self._highs.changeColsBounds(len(changed), changed, lower, upper)
            self._allowed = allowed.copy()

    def fix_at_zero(self, columns: Basis) -> None:
        """Fix λ columns at 0."""
        self._bound(columns, 0.0)

    def release(self, columns: Basis) -> None:
        """Let λ columns move again that were fixed."""
        self._bound(columns, np.inf)

    def _bound(self, columns: Basis, upper: float) -> None:
        if n := len(columns):
            indices = (self._e + columns).astype(np.int32)
            self._highs.changeColsBounds(n, indices, np.zeros(n), np.full(n, upper))

    def set_row(self, right: Array, own: Array) -> None:
        """Set the right-hand side, and the columns of the own unknowns (r, p), for a row."""
        lifted = self._lift * right
        self._highs.changeRowsBounds(self._r, self._rows, lifted, lifted)
        for index in range(self._own):
            for row in range(self._r):
                self._highs.changeCoeff(row, 2 * self._r + index, own[row, index])

    def solve(self, cost: Array) -> tuple[Verdict, Basis]:
        """Minimise a cost of the unknowns (λ costs nothing), from the last basis."""
        self._highs.changeColsCost(self._e, self._all, cost)
        self._highs.run()
        return self._verdict(), self._basis()

    def _verdict(self) -> Verdict:
        highspy, status = _library(), self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return "optimal"
        if status == highspy.HighsModelStatus.kInfeasible:
            return "infeasible"
        return "other"

    def _basis(self) -> Basis:
        status, basic = self._highs.getBasicVariables()
        if status != _library().HighsStatus.kOk:
            return np.empty(0, dtype=np.intp)
        basic = np.asarray(basic, dtype=np.intp)
        # HiGHS writes the logical unknown of constraint i as -1 - i. As the constraint is an equation it
        # stays 0, and the slack `plus` of the same constraint, column i, has the same column.
        return np.where(basic < 0, -1 - basic, basic)
