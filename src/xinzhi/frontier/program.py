"""Linear-fractional programs over a technology, as named groups of unknowns.

For row o with own values d (Technology.own), in units of d:

    min (n0 + N·z) / (d0 + D·z)
    s.t. Σ λ_j G_j / d + plus - minus + own w = G_o / d,   λ, plus, minus >= 0.

`plus` is what the combination does better than o, `minus` what it does worse, `w` the measure's
own unknowns such as θ or β. A measure says which unknowns may move and what they cost.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from xinzhi.frontier.result import Array, Status
from xinzhi.frontier.technology import RETURNS, Flags, Positions, Technology
from xinzhi.vocabulary import bounds

Basis = npt.NDArray[np.int32]
Part = TypeVar("Part", Array, Flags)


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """q programs, one per evaluated row; e unknowns beside the intensities: plus, minus, own."""

    numerator: Array
    """Shape (q, e)."""
    denominator: Array
    """Shape (q, e)."""
    allowed: Flags
    """Shape (q, e): unknowns that may differ from 0."""
    constants: tuple[float, float]
    """n0 and d0."""
    own: Array
    """Shape (q, r, p): columns of the measure's own unknowns, in units of d."""
    free: tuple[bool, ...] = ()
    """Per own unknown, whether it may be negative."""
    right: Array | None = None
    """Shape (q, r): another right-hand side than G_o / d."""
    start: Basis | None = None
    """Shape (q, r): bases near the optima (`Solutions.basis`); they change how fast they are found."""
    first: Array | None = None
    """Shape (q, r): multipliers of a first phase with one own unknown. What they price is not 0 in any of
    its optima and is left out (`faces`), so that this program chooses among them."""

    @property
    def q(self) -> int:
        """Number of programs."""
        return len(self.numerator)

    @property
    def r(self) -> int:
        """Number of constraints."""
        return int(self.own.shape[1])

    def row(self, index: int) -> RowProgram:
        """Return one program by its index."""
        return RowProgram(
            columns=unknown_columns(self.own[index]),
            numerator=self.numerator[index],
            denominator=self.denominator[index],
            allowed=self.allowed[index],
            constants=self.constants,
            free=np.array([False] * (2 * self.r) + list(self.free)),
        )


def unknown_columns(own: Array) -> Array:
    """Return the columns of a program's unknowns beside λ, shape (r, e); `own`, (r, p), are the last."""
    identity = np.eye(len(own))
    return np.hstack([identity, -identity, own])


@dataclass(frozen=True, slots=True, eq=False)
class RowProgram:
    """The program of one row."""

    columns: Array
    """Shape (r, e), in units of d."""
    numerator: Array
    denominator: Array
    allowed: Flags
    constants: tuple[float, float]
    free: Flags

    @property
    def is_linear(self) -> bool:
        """Whether the denominator does not move."""
        return not self.denominator.any()

    @property
    def denominator_is_positive(self) -> bool:
        """Whether every feasible point has a denominator of at least d0 > 0."""
        moving = self.denominator[self.allowed]
        return self.constants[1] > 0 and bool((moving >= 0).all())

    @property
    def has_every_slack(self) -> bool:
        """Whether every slack may move, so that there is a feasible point."""
        return bool(self.allowed[: 2 * len(self.columns)].all())

    def violation(self) -> RowProgram:
        """Return the program that minimises the use of what is not allowed."""
        # With every slack there is a point: λ = 0 and the right-hand side itself as slack.
        forbidden = ~self.allowed
        forbidden[2 * len(self.columns) :] = False
        return replace(
            self,
            numerator=forbidden.astype(np.float64),
            denominator=np.zeros_like(self.denominator),
            allowed=self.allowed | forbidden,
            constants=(0.0, 1.0),
        )

    def largest_denominator(self) -> RowProgram:
        """Return the program whose value is minus the largest denominator."""
        return replace(
            self,
            numerator=-self.denominator,
            denominator=np.zeros_like(self.denominator),
            constants=(-self.constants[1], 1.0),
        )


def slack_program(technology: Technology, q: int, *, own: int = 0) -> Draft:
    """Start q programs in which nothing may move but what the returns to scale allow."""
    r = technology.r
    draft = Draft(
        plus=np.zeros((q, r), dtype=bool),
        minus=np.zeros((q, r), dtype=bool),
        numerator=np.zeros((q, 2 * r + own)),
        denominator=np.zeros((q, 2 * r + own)),
        own=np.zeros((q, r, own)),
    )
    if bounds(technology.returns_to_scale):
        # Σ λ <= U may be better than its bound, Σ λ >= L worse.
        draft.plus[:, -2] = draft.minus[:, -1] = True
        return draft
    towards = RETURNS.get(technology.returns_to_scale, 0)
    draft.plus[:, -1] = towards > 0
    draft.minus[:, -1] = towards < 0
    return draft


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Arrays of programs while a measure fills them in (the arrays are written in place)."""

    plus: Flags
    """Shape (q, r): may the combination be better than o here?"""
    minus: Flags
    """Shape (q, r): may it be worse?"""
    numerator: Array
    """Shape (q, 2 r + p): costs of plus, of minus, of own unknowns."""
    denominator: Array
    own: Array
    """Shape (q, r, p)."""

    def program(
        self, n0: float, d0: float, free: tuple[bool, ...] = (), *, q: int | None = None
    ) -> Program:
        """Finish the programs; a draft of one serves q rows without copies.

        Costs that are not numbers are refused: solvers run on them for ever.
        """
        parts = (self.numerator, self.denominator, self.own)
        if not all(np.isfinite(part).all() for part in parts):
            msg = "a cost or a column of the program is not a finite number"
            raise ValueError(msg)
        count = len(self.plus)
        q = q if count == 1 and q is not None else count
        own = np.ones(
            (count, self.own.shape[2]), dtype=bool
        )  # a measure's own unknowns always move
        return Program(
            numerator=repeat_line(self.numerator, q),
            denominator=repeat_line(self.denominator, q),
            allowed=repeat_line(np.hstack([self.plus, self.minus, own]), q),
            constants=(n0, d0),
            own=repeat_line(self.own, q),
            free=free or (False,) * self.own.shape[2],
        )


def repeat_line(part: Part, q: int) -> Part:
    """Return q rows: those of the array, or the only one as often, without copies."""
    if len(part) == q:
        return part
    # As np.broadcast_to, ten times as fast. Read-only, as a write to one row would be one to all.
    line: Part = np.ascontiguousarray(part)
    shape, strides = (q, *part.shape[1:]), (0, *line.strides[1:])
    lines: Part = np.ndarray(shape, line.dtype, line.data, 0, strides)
    lines.flags.writeable = False
    return lines


def distinct(part: Part) -> Part:
    """Return the rows that an array holds: one where all are copies of it in memory."""
    return part[:1] if part.strides[0] == 0 else part


@dataclass(frozen=True, slots=True, eq=False)
class ProgramSolution:
    """Optimum of one program, proved or not."""

    status: Status
    value: float = np.nan
    positions: Positions = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    """Rows that enter, as positions among all rows."""
    intensities: Array = field(default_factory=lambda: np.empty(0))
    """λ of these rows, for unscaled columns."""
    moves: Array = field(default_factory=lambda: np.empty(0))
    """Shape (e,): plus, minus, own, in units of d."""
    duals: Array = field(default_factory=lambda: np.empty(0))
    """Shape (r,): change of the value per d of right-hand side, the multiplier form's optimum."""
    primal: float = np.nan
    dual: float = np.nan
    gap: float = np.nan
    solver: str = "highs"
    """Which way gave the proof: start (the neighbour's basis), highs, highs_scaled, highs_primal, exact."""
