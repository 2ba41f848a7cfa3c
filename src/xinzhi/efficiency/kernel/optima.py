"""Programs of many rows solved by the kernel: arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi.efficiency.certificate import precision
from xinzhi.efficiency.kernel.choice import BELOW, DUAL, FOUND, GAP, PRIMAL, VALUE
from xinzhi.efficiency.kernel.frame import frame_of
from xinzhi.efficiency.kernel.rows import invert_supports, solve_each, solve_shared
from xinzhi.efficiency.program import Program, slack_program
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Flags, Positions, Technology

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Extremes:
    """A reference set by its extreme rows, under the disposal of some programs."""

    technology: Technology
    reference: Positions
    """Rows of the reference set, near ones near each other."""
    frame: Positions
    """Its extreme rows."""
    disposal: Flags
    """Shape (2 r,): slacks by which the other rows follow from the frame."""

    @property
    def table(self) -> Array:
        """Columns of the frame, shape (r, c)."""
        return np.ascontiguousarray(self.technology.columns[self.frame].T)


@dataclass(frozen=True, slots=True, eq=False)
class Optima:
    """Optima of q programs with their proofs; in units of the rows, as in `program.Solution`."""

    status: npt.NDArray[np.uint8]
    """SOLVED, INFEASIBLE (proved), UNSOLVED or UNSETTLED, shape (q,)."""
    basis: npt.NDArray[np.int32]
    """Shape (q, r): unknowns by id, intensities as e + position of their row."""
    basic: Array
    """Shape (q, r): their values; of intensities for the scaled columns of the technology."""
    duals: Array
    """Shape (q, r): multipliers of N - ρ D."""
    found: Array
    """Shape (q, FOUND)."""
    e: int

    @property
    def value(self) -> Array:
        """Shape (q,)."""
        return self.found[:, VALUE]

    @property
    def denominator(self) -> Array:
        """Shape (q,)."""
        return self.found[:, BELOW]

    @property
    def primal(self) -> Array:
        """Largest violation of a constraint."""
        return self.found[:, PRIMAL]

    @property
    def dual(self) -> Array:
        """Largest violation of a dual constraint over the columns that could enter."""
        return self.found[:, DUAL]

    @property
    def gap(self) -> Array:
        """Relative distance of primal and dual objective."""
        return self.found[:, GAP]

    def taken(self, which: Positions) -> Optima:
        """Take the optima of some rows."""
        return Optima(
            self.status[which],
            self.basis[which],
            self.basic[which],
            self.duals[which],
            self.found[which],
            self.e,
        )

    def moves(self) -> Array:
        """Return the unknowns beside the intensities, shape (q, e)."""
        moves = np.zeros((len(self.basis), self.e))
        line, place = np.nonzero((self.basis >= 0) & (self.basis < self.e))
        moves[line, self.basis[line, place]] = self.basic[line, place]
        return moves


@dataclass(frozen=True, slots=True, eq=False)
class Supports:
    """Which rows of a reference set follow from which extreme rows."""

    first: Codes
    """Shape (c + 1,)."""
    members: Codes
    """Rows beside the frame that use extreme row k: members[first[k]:first[k + 1]]."""
    residual: Array
    """Shape (rows of the reference set,): relative residual of each, written by its support."""


def scaled_by_bounds(technology: Technology) -> Technology:
    """Scale rows by what bounds their intensities.

    Under non-decreasing returns Σ λ >= 1 bounds nothing, so that a violation per unit of Σ λ would
    prove nothing; under the other returns nothing changes.
    """
    if technology.returns_to_scale != "non_decreasing":
        return technology
    bounded = technology.bounded.copy()
    bounded[-1] = False
    sizes = technology.columns[:, bounded].sum(axis=1)
    sizes = np.where(sizes > 0, sizes, 1.0)
    return replace(
        technology,
        columns=np.ascontiguousarray(technology.columns / sizes[:, None]),
        sizes=technology.sizes * sizes,
        bounded=bounded,
    )


def extremes_of(technology: Technology, reference: Positions, disposal: Flags) -> Extremes:
    """Find the extreme rows of a reference set.

    Parameters
    ----------
    technology
        All n rows on one scale.
    reference
        Rows of the reference set, near ones near each other.
    disposal
        Shape (2 r,): slacks, plus and minus, that programs on it allow without a cost.
    """
    technology = scaled_by_bounds(technology)
    frame = frame_of(
        technology.columns,
        bounded=technology.bounded.astype(np.uint8),
        allowed=disposal.astype(np.uint8),
        which=reference,
    )
    return Extremes(technology, reference, frame, disposal)


def solve(program: Program, extremes: Extremes, rows: Positions) -> Optima:
    """Solve a program per row, all of the reference set allowed to enter.

    The optimum over the frame is the optimum over all rows of the reference set, as these follow
    from the frame by disposal that no program pays for.

    Parameters
    ----------
    program
        One program per row, or one for all.
    extremes
        The frontier.
    rows
        Evaluated rows, shape (q,), near ones near each other.
    """
    optima = _empty(program, len(rows))
    technology = extremes.technology
    places = np.full(len(technology.columns), -1, dtype=np.int64)
    places[extremes.frame] = np.arange(len(extremes.frame))
    solve_shared(
        extremes.table,
        places,
        technology.columns,
        technology.bounded.astype(np.uint8),
        rows.astype(np.int64),
        *_program(program),
        optima.status,
        optima.basis,
        optima.basic,
        optima.duals,
        optima.found,
    )
    _name_rows(optima, extremes.frame)
    return optima


def solve_without(
    program: Program,
    extremes: Extremes,
    supports: Supports,
    rows: Positions,
    *,
    codes: Codes,
    joins: bool = False,
) -> Optima:
    """Solve a program per row, without the rows of its own code in the reference set.

    When extreme rows leave, the rows whose support holds none of them stay redundant; the others
    become candidates. So nothing is searched, and nothing is missed.

    Parameters
    ----------
    program
        One program per row, or one for all.
    extremes, supports
        The frontier, and what follows from what.
    rows
        Evaluated rows, shape (q,).
    codes
        Shape (n,): rows with the same code leave together (row numbers: each row alone).
    joins
        Whether each row joins the reference set for itself.
    """
    optima = _empty(program, len(rows))
    technology = extremes.technology
    solve_each(
        int(joins),
        codes,
        extremes.frame.astype(np.int64),
        supports.first,
        supports.members,
        extremes.table,
        technology.columns,
        technology.bounded.astype(np.uint8),
        rows.astype(np.int64),
        *_program(program),
        optima.status,
        optima.basis,
        optima.basic,
        optima.duals,
        optima.found,
    )
    return optima


def supports_of(extremes: Extremes, optima: Optima) -> Supports:
    """List what follows from each extreme row, by proved optima of all rows of the reference set.

    `optima` belong to programs whose right-hand side is the row and whose moves are all disposal,
    so that each is a proof that its row follows from its support.
    """
    place = np.full(len(extremes.technology.columns), -1, dtype=np.int32)
    place[extremes.frame] = np.arange(len(extremes.frame))
    is_intensity = optima.basis >= optima.e
    names = np.where(is_intensity, place[np.where(is_intensity, optima.basis - optima.e, 0)], -1)
    is_frame = place[extremes.reference] >= 0
    names[is_frame] = -1
    first = np.zeros(len(extremes.frame) + 1, dtype=np.int64)
    which = extremes.reference.astype(np.int64)
    nothing = np.empty(0, dtype=np.int64)
    invert_supports(names, optima.basic, which, first, nothing)
    members = np.zeros(int(first[-1]), dtype=np.int64)
    if len(members):
        invert_supports(names, optima.basic, which, first.copy(), members)
    return Supports(first, members, np.where(is_frame, 0.0, optima.primal))


def membership(extremes: Extremes) -> Program:
    """Return the program that asks for nothing but that a row follows from the frame."""
    draft = slack_program(extremes.technology, 1)
    draft.plus[:], draft.minus[:] = np.split(extremes.disposal, 2)
    return draft.program(0.0, 1.0)


def _name_rows(optima: Optima, frame: Positions) -> None:
    """Write intensities by the position of their row instead of their place in the table."""
    is_intensity = optima.basis >= optima.e
    places = optima.basis[is_intensity] - optima.e
    optima.basis[is_intensity] = optima.e + frame[places]


def _empty(program: Program, q: int) -> Optima:
    r = program.r
    return Optima(
        status=np.zeros(q, dtype=np.uint8),
        basis=np.zeros((q, r), dtype=np.int32),
        basic=np.zeros((q, r)),
        duals=np.zeros((q, r)),
        found=np.zeros((q, FOUND)),
        e=int(program.numerator.shape[1]),
    )


def _program(program: Program) -> tuple[Any, Any, Any, Any, Any, Any, Any]:
    """Return a program as the compiled functions take it."""
    right = np.empty((0, program.r)) if program.right is None else program.right
    return (
        np.require(program.numerator, float, "W"),
        np.require(program.denominator, float, "W"),
        np.require(program.allowed, np.uint8, "W"),
        np.require(program.own, float, "W"),
        np.array(program.free, dtype=np.uint8),
        np.array([*program.constants, precision(program)]),
        np.require(right, float, "W"),
    )
