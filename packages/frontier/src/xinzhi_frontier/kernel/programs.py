"""Programs of many rows solved by the kernel over extreme rows: arrays in, arrays out.

The extreme rows of a reference set, from which all others follow by disposal.
"""

from __future__ import annotations

from ctypes import byref, c_int64
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi_frontier.kernel import library
from xinzhi_frontier.kernel.library import FOUND, Ids, call, interleave, place, table_of
from xinzhi_frontier.result import Array
from xinzhi_frontier.solve.certificate import precision
from xinzhi_frontier.technology import Flags, Positions, Program, Technology

DIRECTIONS, SPREAD = 48, 1.5
"""Ratios whose winners start the search, and the spread of the logarithms of their weights."""
GUESSED, SAMPLE = 512, 4096
"""Rows among which these winners are sought; and rows whose extreme rows are found first, where there are four times as many."""
RARE = 0.8
"""Share of extreme rows in the sample from which on all rows are taken for extreme until they are pruned."""
Arrays = tuple[npt.NDArray[Any], ...]
BITS = 60
"""Bits of a place along the Morton curve, shared by the columns."""


@dataclass(frozen=True, eq=False)
class Extremes:
    """A reference set by its extreme rows, under the disposal of some programs."""

    technology: Technology
    reference: Positions
    """Rows of the reference set, near ones near each other."""
    rows: Positions
    """Its extreme rows."""
    disposal: Flags
    """Shape (2 r,): slacks by which the other rows follow from the extreme ones."""
    arrays: Arrays
    """What the kernel reads of the technology; kept alive here."""
    native: library.CTechnology
    """Where it lies."""
    as_they_are: library.CTechnology
    """The same without the bounds of Σ λ: rows are compared as they are."""

    @cached_property
    def rising(self) -> Positions:
        """The reference set in the order of the rows: tables are read faster in their own order."""
        return rising(self.reference, len(self.technology.columns))

    @cached_property
    def table(self) -> Array:
        """Columns of the extreme rows, shape (r, c)."""
        return np.ascontiguousarray(self.technology.columns[self.rows].T)


def scale_by_bounds(technology: Technology) -> Technology:
    """Scale rows to sum 1 over what bounds their intensities, as the kernel expects.

    Only Σ λ >= 1, which bounds nothing, is left out of a sum that holds it in `technology_of`: a
    violation per unit of Σ λ would prove nothing. Under other returns nothing changes.
    """
    if technology.returns_to_scale != "non_decreasing":
        return technology
    sizes = technology.columns[:, technology.bounded].sum(axis=1)
    sizes = np.where(sizes > 0, sizes, 1.0)
    return replace(
        technology,
        columns=np.ascontiguousarray(technology.columns / sizes[:, None]),
        sizes=technology.sizes * sizes,
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

    Returns
    -------
    Extremes
        Rows from which all of `reference` follow, and none of which follows from the others, in the
        order of `reference`.

    References
    ----------
    Dulá, J. H., Thrall, R. M. (2001), doi 10.1023/A:1012501431359 (frames of technologies).
    """
    technology = scale_by_bounds(technology)
    ids = np.ascontiguousarray(reference, dtype=np.int64)
    arrays = _arrays(technology, disposal, ids)
    columns, factors, ones, *others = arrays
    natives = [_native(technology, (columns, right, *others)) for right in (factors, ones)]
    extreme, is_rare = _first_guess(technology, ids), True
    if len(ids) > 4 * SAMPLE:
        # The extreme rows of a sample leave few outsiders among all rows. Those of them that are not
        # extreme any more are pruned with the rest: each would score 1 without a program.
        sample = np.ascontiguousarray(ids[:: len(ids) // SAMPLE])
        extreme = _complete(technology, natives[0], extreme, sample, ids)
        is_rare = len(extreme) < RARE * len(sample)
    extreme = _complete(technology, natives[0], extreme, ids, ids, is_rare=is_rare)
    is_extreme = np.zeros(len(technology.columns), dtype=bool)
    is_extreme[extreme] = True
    rows = reference[is_extreme[reference]]
    return Extremes(technology, reference, rows, disposal, arrays, *natives)


def _arrays(technology: Technology, disposal: Flags, reference: Ids) -> Arrays:
    columns = technology.columns
    columns = columns if len(reference) == len(columns) else columns[reference]
    has_zero = ~columns.all(axis=0)
    # A residual at a zero counts in units of 1.
    highest, lowest = columns.max(axis=0, initial=0.0), columns.min(axis=0, initial=0.0)
    tallest = np.maximum(np.maximum(highest, -lowest), has_zero.astype(float))
    flags = [
        np.ascontiguousarray(mark).view(np.uint8)
        for mark in (technology.bounded, technology.bounded & ~has_zero, disposal)
    ]
    ones = np.ones(technology.r)
    return (technology.columns, technology.factors, ones, tallest, *flags)


def _native(technology: Technology, arrays: Arrays) -> library.CTechnology:
    kinds: tuple[type[np.generic], ...] = (np.float64,) * 3 + (np.uint8,) * 3
    places = (place(array, kind) for array, kind in zip(arrays, kinds, strict=True))
    return library.CTechnology(*places, *technology.columns.shape)


def _first_guess(technology: Technology, reference: Ids) -> Ids:
    """Guess extreme rows: winners of ratios with fixed, spread weights, on a sample at most."""
    step = max(1, len(reference) // GUESSED)
    columns, bounded = technology.columns[reference[::step]].T, technology.bounded
    of_uses, of_made = _weights(bounded.tobytes())
    uses = of_uses @ columns[bounded]
    made = of_made @ columns[~bounded]
    made /= np.maximum(uses, np.finfo(float).tiny)
    best = np.concatenate([made.argmax(axis=1), columns.argmin(axis=1)])
    return rising(reference[best * step], len(technology.columns))


@cache
def _weights(flags: bytes) -> tuple[Array, Array]:
    """Weigh what bounds intensities, and minus the rest, by the flags of `Technology.bounded`."""
    bounded = np.frombuffer(flags, dtype=np.bool_)
    # The same weights for every frontier: a draw of rows must not depend on what was drawn before.
    draw = np.random.default_rng(0)
    weights = np.exp(draw.normal(0.0, SPREAD, (DIRECTIONS, len(bounded))))
    return weights[:, bounded], -weights[:, ~bounded]


def rising(rows: Positions, n: int) -> Positions:
    """Sort rows of n, each once.

    >>> rising(np.array([2, 0, 2]), 3).tolist()
    [0, 2]
    """
    is_given = np.zeros(n, dtype=bool)
    is_given[rows] = True
    return np.flatnonzero(is_given)


def _complete(
    technology: Technology,
    described: library.CTechnology,
    extreme: Ids,
    reference: Ids,
    order: Ids,
    *,
    is_rare: bool = True,
) -> Ids:
    """Let the rows join that do not follow from extreme ones, and drop those that are not needed.

    `order` holds all of them, near ones near each other. Where extreme rows are not rare, no row is tried
    before those that join are.
    """
    r, native = technology.r, byref(described)
    table = np.ascontiguousarray(technology.columns[extreme].T)
    outside = np.ones(len(reference), dtype=np.uint8)
    if is_rare:
        call(
            "kernel_find_outsiders", r, native, byref(table_of(table)), place(reference, np.int64),
            len(reference), place(outside, np.uint8),
        )  # fmt: skip
    else:
        outside[np.isin(reference, extreme)] = 0
    left = reference[outside > 0]
    # The kernel allocates nothing: room for the case that every outsider is extreme.
    room = len(extreme) + len(left)
    size = c_int64(len(extreme))
    table = np.hstack([table, np.zeros((r, len(left)))])
    extreme = np.concatenate([extreme, np.zeros(len(left), dtype=np.int64)])
    columns_place, extreme_place = place(table, np.float64), place(extreme, np.int64)
    marks = np.ones(len(left), dtype=np.uint8)
    call(
        "kernel_grow", r, native, columns_place, room, byref(size), extreme_place,
        place(left, np.int64), len(left), place(marks, np.uint8),
    )  # fmt: skip
    # Last: a row that joined can make one that was extreme before redundant.
    if not is_wide(size.value):
        call("kernel_prune", r, native, columns_place, room, byref(size), extreme_place)
        return extreme[: size.value]
    is_extreme = np.zeros(len(technology.columns), dtype=bool)
    is_extreme[extreme[: size.value]] = True
    extreme = order[is_extreme[order]]
    table = np.ascontiguousarray(technology.columns[extreme].T)
    single = table.astype(np.float32)
    call(
        "kernel_prune_wide", r, native, place(table, np.float64), place(single, np.float32), byref(size),
        place(extreme, np.int64),
    )  # fmt: skip
    return extreme[: size.value]


def is_wide(n: int) -> bool:
    """Tell whether n extreme rows are so many that programs begin over near ones."""
    return n >= int(library.load().kernel_wide())


def near_order(technology: Technology, rows: Positions) -> Positions:
    """Order rows so that near ones have near proportions; ties by the canonical order.

    Neighbours share a basis more often, which is most of the kernel's speed.

    References
    ----------
    Morton, G. M. (1966), A computer oriented geodetic data base. IBM, Ottawa.
    """
    rows = technology.in_order(rows)
    keys = interleave(technology.columns, rows.astype(np.int64, copy=False), BITS // technology.r)
    return np.asarray(rows[np.argsort(keys, kind="stable")])


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
    if is_wide(len(extreme)) and program.first is None:
        local[:, : len(extreme)], columns[: len(extreme)] = table, extreme
        single = np.empty(local.shape, dtype=np.float32)
        single[:, : len(extreme)] = table
        by_code = np.argsort(codes[extreme], kind="stable").astype(np.int64, copy=False)
        call(
            "kernel_solve_without_wide", program.r, byref(extremes.native), place(local, np.float64),
            place(single, np.float32), len(extreme), room,
            *(place(ids, np.int64) for ids in (supports.first, supports.members, codes, by_code)),
            int(joins), place(marks, np.uint8), place(columns, np.int64), place(evaluated, np.int64),
            len(evaluated), byref(programs.native), byref(optima.native),
        )  # fmt: skip
        return optima
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


def supports_of(extremes: Extremes, optima: Optima, rows: Positions) -> Supports:
    """List what follows from each extreme row, by proved optima of the rows that are not extreme.

    `optima` of `rows`, among which extreme ones may be too, belong to programs whose right-hand side is the
    row and whose moves are all disposal, so that each is a proof that its row follows from its support.
    """
    number = np.full(len(extremes.technology.columns), -1, dtype=np.int32)
    number[extremes.rows] = np.arange(len(extremes.rows))
    members_of = _ids(rows)
    first = np.zeros(len(extremes.rows) + 1, dtype=np.int64)
    arguments = (
        byref(optima.native), place(members_of, np.int64), *optima.basis.shape, optima.e,
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
    residual = np.zeros(len(extremes.technology.columns))
    residual[rows] = optima.primal
    residual[extremes.rows] = 0.0
    return Supports(first, members, residual[extremes.reference])


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
class DescribedPrograms:
    """Programs as the kernel reads them, with the arrays that it reads."""

    native: library.Programs
    arrays: tuple[Any, ...]
    """Kept alive: the kernel has their addresses only."""


def _prepare(program: Program, q: int) -> tuple[Optima, DescribedPrograms]:
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
    return optima, describe_programs(program)


def describe_programs(program: Program) -> DescribedPrograms:
    """Write programs as the kernel takes them."""
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
        int(program.numerator.shape[1]),
        *program.constants,
        precision(program),
    )
    return DescribedPrograms(programs, (*floats, allowed, own, free, right, start, first))
