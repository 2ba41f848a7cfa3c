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
from xinzhi.frontier.program import Program
from xinzhi.frontier.result import Array
from xinzhi.frontier.solve.certificate import precision
from xinzhi.frontier.technology import Flags, Positions, Technology

SCREENED = 128
"""Columns from which prices are screened in single precision."""
SHARED = ("numerator", "denominator", "allowed", "own")
"""Parts of a program of which one line may serve all rows."""


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

    def take(self, places: Positions) -> Optima:
        """Take the optima of some rows."""
        return replace(
            self,
            status=self.status[places],
            basis=self.basis[places],
            basic=self.basic[places],
            duals=self.duals[places],
            found=np.ascontiguousarray(self.found[:, places]),
        )

    @cached_property
    def native(self) -> library.COptima:
        """Describe the arrays for the kernel."""
        return library.COptima(
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
    optima, programs = _prepare(program, len(rows))
    extreme, evaluated = _ids(extremes.rows), _ids(rows)
    table, native = extremes.table, byref(extremes.native)
    if program.first is not None:
        # Second phases, over what the first one leaves of the extreme rows: room for these columns.
        columns, local = np.empty(len(extreme), dtype=np.int64), np.empty_like(table)
        call(
            "kernel_solve_second", program.r, native, byref(table_of(table)), place(extreme, np.int64),
            place(columns, np.int64), place(local, np.float64), len(columns),
            place(evaluated, np.int64), len(evaluated), byref(programs.native), byref(optima.native),
        )  # fmt: skip
        return optima
    places = np.full(len(extremes.technology.columns), -1, dtype=np.int64)
    places[extremes.rows] = np.arange(len(extremes.rows))
    # Screening bounds its own rounding error and changes no bit; of few columns it costs more than it saves.
    single = table.astype(np.float32) if table.shape[1] >= SCREENED else None
    call(
        "kernel_solve", program.r, byref(extremes.as_they_are) if as_they_are else native,
        byref(table_of(table, single)), *(place(ids, np.int64) for ids in (extreme, places, evaluated)),
        len(evaluated), byref(programs.native), byref(optima.native),
    )  # fmt: skip
    return optima


def _ids(rows: Positions) -> Ids:
    """Give rows the integers that the kernel reads; a copy only where the platform has others."""
    return rows.astype(np.int64, copy=False)


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
    optima, programs = _prepare(program, len(rows))
    n, table = len(extremes.technology.columns), extremes.table
    # When extreme rows leave, what follows from one of them may become extreme: the candidates are the
    # extreme rows that stay, the members of those that leave, and the row itself where it joins.
    room = len(extremes.rows) + len(supports.members) + 1
    marks, columns = np.zeros(n, dtype=np.uint8), np.empty(room, dtype=np.int64)
    local = np.empty((program.r, room))
    extreme, evaluated = _ids(extremes.rows), _ids(rows)
    call(
        "kernel_solve_without", program.r, byref(extremes.native), byref(table_of(table)),
        *(place(ids, np.int64) for ids in (extreme, supports.first, supports.members, codes)),
        int(joins), place(marks, np.uint8), place(columns, np.int64), place(local, np.float64), room,
        place(evaluated, np.int64), len(evaluated), byref(programs.native), byref(optima.native),
    )  # fmt: skip
    return optima


def confirm(
    program: Program,
    extremes: Extremes,
    rows: Positions,
    optima: Optima,
    *,
    supports: Supports | None = None,
    codes: Ids | None = None,
    joins: bool = False,
    as_they_are: bool = False,
) -> Optima:
    """Take back each status that does not follow from basis, values and multipliers (confirm.h).

    They are read once more by code that shares nothing with the simplex method, so that a fault in a
    result costs time and no score. Parameters are those that `solve` and `solve_without` had.
    """
    _, programs = _prepare(program, 0)
    table, native = extremes.table, extremes.as_they_are if as_they_are else extremes.native
    single = table.astype(np.float32) if table.shape[1] >= SCREENED else None
    extreme, evaluated = _ids(extremes.rows), _ids(rows)
    first, members = (None, None) if supports is None else (supports.first, supports.members)
    library.load().kernel_confirm(
        byref(native), byref(table_of(table, single)),
        *(place(ids, np.int64) for ids in (extreme, first, members, codes)),
        int(joins), place(evaluated, np.int64), byref(programs.native), byref(optima.native),
    )  # fmt: skip
    return optima


def supports_of(extremes: Extremes, optima: Optima) -> Supports:
    """List what follows from each extreme row, by proved optima of all rows of the reference set.

    `optima` belong to programs whose right-hand side is the row and whose moves are all disposal,
    so that each is a proof that its row follows from its support.
    """
    number = np.full(len(extremes.technology.columns), -1, dtype=np.int32)
    number[extremes.rows] = np.arange(len(extremes.rows))
    reference = _ids(extremes.reference)
    first = np.zeros(len(extremes.rows) + 1, dtype=np.int64)
    arguments = (
        byref(optima.native), place(reference, np.int64), *optima.basis.shape, optima.e,
        place(number, np.int32), len(extremes.rows),
    )  # fmt: skip
    # Called twice: to count the members of each extreme row, and to write them.
    library.load().kernel_invert_supports(*arguments, place(first, np.int64), None)
    members, ends = np.zeros(int(first[-1]), dtype=np.int64), first.copy()
    if len(members):
        library.load().kernel_invert_supports(
            *arguments, place(ends, np.int64), place(members, np.int64)
        )
    # An extreme row is a column itself, and follows from nothing that could be wrong.
    return Supports(first, members, np.where(number[reference] >= 0, 0.0, optima.primal))


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
    parts = (getattr(program, name) for name in SHARED)
    if program.right is not None or not all(map(_is_one, parts)):
        return program
    return replace(program, **{name: getattr(program, name)[:1] for name in SHARED})


def _is_one(part: Array | Flags) -> bool:
    return len(part) == 1 or part.strides[0] == 0 or bool((part == part[:1]).all())


def take_programs(program: Program, places: Positions) -> Program:
    """Take the programs of some rows; one for all stays as it is."""
    is_shared = len(program.numerator) == 1
    parts = {name: getattr(program, name) for name in (*SHARED, "right", "start", "first")}
    return replace(
        program,
        **{
            name: part[places]
            for name, part in parts.items()
            if part is not None and not (name in SHARED and (is_shared or len(part) == 1))
        },
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Programs:
    """Programs as the kernel reads them, with the arrays that it reads."""

    native: library.Programs
    arrays: tuple[Any, ...]
    """Kept alive: the kernel has their addresses only."""


def _prepare(program: Program, q: int) -> tuple[Optima, _Programs]:
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
