"""Programs of many rows solved by the kernel over extreme rows: arrays in, arrays out."""

from __future__ import annotations

from ctypes import byref
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi.frontier.kernel import library
from xinzhi.frontier.kernel.extremes import Extremes
from xinzhi.frontier.kernel.library import FOUND, Ids, call, place, table_of
from xinzhi.frontier.program import Program, slack_program
from xinzhi.frontier.result import Array
from xinzhi.frontier.solve.certificate import precision
from xinzhi.frontier.technology import Flags, Positions, Technology

SCREENED = 128
"""Columns from which prices are screened in single precision."""


@dataclass(frozen=True, eq=False)
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
    """Shape (FOUND, q)."""
    e: int

    @property
    def value(self) -> Array:
        """Shape (q,)."""
        return np.asarray(self.found[library.VALUE])

    @property
    def denominator(self) -> Array:
        """Shape (q,)."""
        return np.asarray(self.found[library.DENOMINATOR])

    @property
    def primal(self) -> Array:
        """Largest violation of a constraint."""
        return np.asarray(self.found[library.PRIMAL])

    @property
    def dual(self) -> Array:
        """Largest violation of a dual constraint over the columns that could enter."""
        return np.asarray(self.found[library.DUAL])

    @property
    def gap(self) -> Array:
        """Relative distance of primal and dual objective."""
        return np.asarray(self.found[library.GAP])

    def taken(self, which: Positions) -> Optima:
        """Take the optima of some rows."""
        return Optima(
            self.status[which],
            self.basis[which],
            self.basic[which],
            self.duals[which],
            np.ascontiguousarray(self.found[:, which]),
            self.e,
        )

    @cached_property
    def native(self) -> library.Optima:
        """Describe the arrays for the kernel."""
        return library.Optima(
            place(self.status, np.uint8),
            place(self.basis, np.int32),
            *(place(part, np.float64) for part in (self.basic, self.duals, self.found)),
            len(self.status),
        )

    def read(self, proved: Flags, rows: Ids, sizes: Array) -> tuple[Positions, Array, Array, Array]:
        """Read positions, intensities, moves and duals of proved programs (`Solutions`).

        Parameters
        ----------
        proved
            Shape (q,): what is not proved is -1 or NaN.
        rows
            Evaluated rows, shape (q,).
        sizes
            What each row of the technology was divided by.
        """
        q, r = self.basis.shape
        positions, intensities = np.empty((q, r), dtype=np.intp), np.empty((q, r))
        # By unknown, so that those which never move take no memory.
        moves, duals = np.zeros((self.e, q)), np.empty((q, r))
        library.load().kernel_read(
            byref(self.native), place(proved.view(np.uint8), np.uint8), place(rows, np.int64), q, r,
            self.e, place(sizes, np.float64), place(positions, np.int64),
            *(place(part, np.float64) for part in (intensities, moves, duals)),
        )  # fmt: skip
        return positions, intensities, moves.T, duals


@dataclass(frozen=True, slots=True, eq=False)
class Supports:
    """Which rows of a reference set follow from which extreme rows."""

    first: Ids
    """Shape (c + 1,)."""
    members: Ids
    """Rows that are not extreme and use extreme row k: members[first[k]:first[k + 1]]."""
    residual: Array
    """Shape (rows of the reference set,): relative residual of each, written by its support."""


def solve(
    program: Program, extremes: Extremes, rows: Positions, *, as_they_are: bool = False
) -> Optima:
    """Solve a program per row, all of the reference set allowed to enter.

    The optimum over the extreme rows is the optimum over all rows of the reference set, as these follow
    from them by disposal that no program pays for.

    Parameters
    ----------
    program
        One program per row, or one for all.
    extremes
        The frontier.
    rows
        Evaluated rows, shape (q,), near ones near each other.
    as_they_are
        Whether right-hand sides are the rows themselves, where the bounds of Σ λ would be others: Σ λ = 1
        of a row that follows from others, whatever the returns are.
    """
    optima, programs = _prepared(program, len(rows))
    if program.first is not None:
        _solve_second(programs, extremes, rows, optima)
        return optima
    places = np.full(len(extremes.technology.columns), -1, dtype=np.int64)
    places[extremes.rows] = np.arange(len(extremes.rows))
    table = extremes.table
    single = table.astype(np.float32) if table.shape[1] >= SCREENED else None
    extreme, which = (one.astype(np.int64, copy=False) for one in (extremes.rows, rows))
    call(
        "kernel_solve", program.r, byref(extremes.as_they_are if as_they_are else extremes.native),
        byref(table_of(table, single)), *(place(one, np.int64) for one in (extreme, places, which)),
        len(which), byref(programs.native), byref(optima.native),
    )  # fmt: skip
    return optima


def _solve_second(programs: _Programs, extremes: Extremes, rows: Positions, optima: Optima) -> None:
    """Solve second phases: over what the first one leaves of the extreme rows (`Program.first`)."""
    extreme, which = (one.astype(np.int64, copy=False) for one in (extremes.rows, rows))
    table, columns = extremes.table, np.empty(len(extreme), dtype=np.int64)
    local = np.empty_like(table)
    call(
        "kernel_solve_second", len(table), byref(extremes.native), byref(table_of(table)),
        place(extreme, np.int64), place(columns, np.int64), place(local, np.float64), len(columns),
        place(which, np.int64), len(which), byref(programs.native), byref(optima.native),
    )  # fmt: skip


def solve_without(
    program: Program,
    extremes: Extremes,
    supports: Supports,
    rows: Positions,
    *,
    codes: Ids,
    joins: bool = False,
) -> Optima:
    """Solve a program per row, without the rows of its own code in the reference set.

    Parameters
    ----------
    program, extremes, supports
        As in `solve`, and what follows from what.
    rows
        Evaluated rows, shape (q,).
    codes
        Shape (n,): rows with the same code leave together (row numbers: each row alone).
    joins
        Whether each row joins the reference set for itself.
    """
    optima, programs = _prepared(program, len(rows))
    n, table = len(extremes.technology.columns), extremes.table
    room = len(extremes.rows) + len(supports.members) + 1
    marks, columns = np.zeros(n, dtype=np.uint8), np.empty(room, dtype=np.int64)
    local = np.empty((program.r, room))
    extreme, which = (one.astype(np.int64, copy=False) for one in (extremes.rows, rows))
    call(
        "kernel_solve_without", program.r, byref(extremes.native), byref(table_of(table)),
        *(place(one, np.int64) for one in (extreme, supports.first, supports.members, codes)),
        int(joins), place(marks, np.uint8), place(columns, np.int64), place(local, np.float64), room,
        place(which, np.int64), len(which), byref(programs.native), byref(optima.native),
    )  # fmt: skip
    return optima


def supports_of(extremes: Extremes, optima: Optima) -> Supports:
    """List what follows from each extreme row, by proved optima of all rows of the reference set.

    `optima` belong to programs whose right-hand side is the row and whose moves are all disposal,
    so that each is a proof that its row follows from its support.
    """
    number = np.full(len(extremes.technology.columns), -1, dtype=np.int32)
    number[extremes.rows] = np.arange(len(extremes.rows))
    which = extremes.reference.astype(np.int64, copy=False)
    first = np.zeros(len(extremes.rows) + 1, dtype=np.int64)
    given = (
        byref(optima.native), place(which, np.int64), *optima.basis.shape, optima.e,
        place(number, np.int32), len(extremes.rows),
    )  # fmt: skip
    library.load().kernel_invert_supports(*given, place(first, np.int64), None)
    members, ends = np.zeros(int(first[-1]), dtype=np.int64), first.copy()
    if len(members):
        library.load().kernel_invert_supports(
            *given, place(ends, np.int64), place(members, np.int64)
        )
    return Supports(first, members, np.where(number[which] >= 0, 0.0, optima.primal))


def membership(extremes: Extremes) -> Program:
    """Return the program that asks for nothing but that a row follows from the extreme ones."""
    draft = slack_program(extremes.technology, 1)
    draft.plus[:], draft.minus[:] = np.split(extremes.disposal, 2)
    return draft.program(0.0, 1.0)


def disposal_of(program: Program) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return the slacks that all programs allow and none pays for, shape (2 r,)."""
    part = slice(0, 2 * program.r)
    is_free = (program.numerator[:, part] <= 0).all(axis=0)
    is_free &= (program.denominator[:, part] >= 0).all(axis=0)
    return np.asarray(program.allowed[:, part].all(axis=0) & is_free)


def proves_membership(technology: Technology, program: Program, disposal: Flags) -> bool:
    """Tell whether each optimum proves that its row follows from others by disposal alone."""
    is_row = program.right is None and not program.own.shape[2]
    is_row &= bool((technology.factors == 1.0).all())
    return is_row and bool((program.allowed == disposal).all())


def one_for_all(program: Program) -> Program:
    """Keep one program where all rows have the same."""
    parts = (program.numerator, program.denominator, program.allowed, program.own)
    if program.right is not None or not all(_is_one(part) for part in parts):
        return program
    return replace(
        program,
        numerator=program.numerator[:1],
        denominator=program.denominator[:1],
        allowed=program.allowed[:1],
        own=program.own[:1],
    )


def _is_one(part: Array | Flags) -> bool:
    return len(part) == 1 or part.strides[0] == 0 or bool((part == part[:1]).all())


def taken(program: Program, which: Positions) -> Program:
    """Take the programs of some rows; one for all stays as it is."""
    program = replace(
        program,
        start=None if program.start is None else program.start[which],
        first=None if program.first is None else program.first[which],
    )
    if len(program.numerator) == 1:
        return program
    own = program.own if len(program.own) == 1 else program.own[which]
    return replace(
        program,
        numerator=program.numerator[which],
        denominator=program.denominator[which],
        allowed=program.allowed[which],
        own=own,
        right=None if program.right is None else program.right[which],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Programs:
    """Programs as the kernel reads them, with the arrays that it reads."""

    native: library.Programs
    arrays: tuple[Any, ...]


def _prepared(program: Program, q: int) -> tuple[Optima, _Programs]:
    """Make room for optima, and write programs as the kernel takes them."""
    r, e = program.r, int(program.numerator.shape[1])
    optima = Optima(
        status=np.zeros(q, dtype=np.uint8),
        basis=np.zeros((q, r), dtype=np.int32),
        basic=np.zeros((q, r)),
        duals=np.zeros((q, r)),
        found=np.zeros((FOUND, q)),
        e=e,
    )
    floats = [np.ascontiguousarray(part) for part in (program.numerator, program.denominator)]
    allowed = np.ascontiguousarray(program.allowed).view(np.uint8)
    own = np.ascontiguousarray(program.own)
    free = np.array(program.free, dtype=np.uint8)
    right, start, first = (
        None if part is None else np.ascontiguousarray(part)
        for part in (program.right, program.start, program.first)
    )
    programs = library.Programs(
        *(place(part, np.float64) for part in floats),
        place(allowed, np.uint8),
        place(own, np.float64),
        place(free, np.uint8),
        place(right, np.float64),
        place(start, np.int32),
        place(first, np.float64),
        *map(len, floats),
        len(allowed),
        len(own),
        e,
        *program.constants,
        precision(program),
    )
    return optima, _Programs(programs, (*floats, allowed, own, free, right, start, first))
