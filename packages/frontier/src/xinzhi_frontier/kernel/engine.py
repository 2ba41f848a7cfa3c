"""The kernel behind a measure: programs of a task in, proved solutions out.

What is proved about optima found over extreme rows: bounds by membership, and direct prices.
"""

from __future__ import annotations

from ctypes import byref
from dataclasses import replace
from typing import Any

import numpy as np

from xinzhi_frontier.kernel import library
from xinzhi_frontier.kernel.library import (
    INFEASIBLE,
    LARGEST_R,
    SOLVED,
    Ids,
    call,
    is_available,
    place,
)
from xinzhi_frontier.kernel.programs import (
    Extremes,
    Optima,
    Supports,
    confirm,
    disposal_of,
    extremes_of,
    one_for_all,
    proves_membership,
    solve,
    solve_without,
    supports_of,
    take_programs,
)
from xinzhi_frontier.result import Array
from xinzhi_frontier.solutions import CODE, Solutions
from xinzhi_frontier.solve.certificate import PROVED
from xinzhi_frontier.technology import (
    Flags,
    Positions,
    Program,
    Technology,
    holds_all,
    slack_program,
    unknown_columns,
)

FINE = 1e-14
"""Residual up to which memberships are bounded together; what is coarser is priced one by one."""
GOOD = 1e-10
"""A bound up to this needs no pricing."""


def dual_bound(
    extremes: Extremes,
    supports: Supports,
    rows: Positions,
    optima: Optima,
    *,
    codes: Ids | None = None,
) -> Array:
    """Bound the violation of dual constraints over all rows of a reference set.

    A row that is not extreme is G_j = Σ λ G_w + s + ε_j with s >= 0 on what is disposable and
    |ε_j| <= residual · |G_j|. With u·G_w <= e · size_w and u_i <= e on disposal,
    u·G_j <= e · size_j + Σ |u_i| |ε_ji| / d_i, and per unit of size_j >= 1 / max d the last term
    is at most residual · LOST, LOST = Σ |u_i| · max(1, max_j |G_ji| max d / d_i). A multiplier that
    charges for disposal, by which the other rows follow, counts as violation (CHARGED).

    Parameters
    ----------
    extremes, supports
        The frontier, and how the other rows follow from it.
    rows, optima
        Programs of some rows, solved over it.
    codes
        Shape (n,): the columns with the code of the row are left out.

    Returns
    -------
    bound
        Shape (q,), per unit of size, as `Certificate.dual`.
    """
    worst = float(supports.residual.max(initial=0.0))
    lost = optima.found[library.LOST]
    bound = optima.dual + worst * lost
    steep = np.flatnonzero(bound > GOOD)
    if len(steep):
        coarse = extremes.reference[supports.residual > FINE]
        priced = direct_price(extremes, coarse, rows[steep], optima.duals[steep], codes=codes)
        bound[steep] = np.maximum(priced, optima.dual[steep] + FINE * lost[steep])
    return np.asarray(bound + optima.found[library.CHARGED])


def direct_price(
    extremes: Extremes,
    columns: Positions,
    rows: Positions,
    duals: Array,
    *,
    codes: Ids | None = None,
) -> Array:
    """Price columns directly for each of some rows.

    Parameters
    ----------
    extremes
        The frontier.
    columns
        Rows of the reference set to be priced.
    rows, duals
        Evaluated rows, shape (q,), and the multipliers of their programs, shape (q, r).
    codes
        Shape (n,): the columns with the code of the row are left out.

    Returns
    -------
    violation
        Shape (q,): largest violation of a dual constraint per unit of size.
    """
    worst = np.zeros(len(rows))
    reference, evaluated = (part.astype(np.int64, copy=False) for part in (columns, rows))
    duals = np.ascontiguousarray(duals)
    call(
        "kernel_price", extremes.technology.r, byref(extremes.native), place(reference, np.int64),
        len(reference), place(codes, np.int64), place(evaluated, np.int64), len(evaluated),
        place(duals, np.float64), place(worst, np.float64),
    )  # fmt: skip
    return worst


def bound_of(optima: Optima, dual: Array) -> Array:
    """Return what each score may be wrong by, given the dual violation over all columns."""
    # A residual moves the value by as much as its multiplier, at most Σ |u| times the largest.
    steepness = np.maximum(1.0, optima.found[library.STEEPNESS])
    return np.asarray(np.maximum(np.maximum(optima.primal * steepness, optima.gap), dual))


def unproved(extremes: Extremes, proofs: Optima, rows: Positions) -> Positions:
    """Return the rows that are not extreme and not proved to follow from extreme ones."""
    is_open = (proofs.status == library.INFEASIBLE) | (proofs.status == library.UNSOLVED)
    left = rows[is_open]
    return np.asarray(left[~np.isin(left, extremes.rows)]) if len(left) else left


def moved_by_residuals(
    technology: Technology, program: Program, rows: Positions, optima: Optima
) -> Array:
    """Return by how much residuals move each value: |u_i| of each constraint times its own, (q,)."""
    d = technology.own_values(rows)
    residual = -(technology.right(rows) / d if program.right is None else program.right)
    e = optima.e
    for ids, x in zip(optima.basis.T, optima.basic.T, strict=True):
        column = technology.columns[np.maximum(ids - e, 0)] / d
        for row in np.flatnonzero(ids < e).tolist():
            # One program may serve all rows; its columns are read from the only line.
            own = program.own[min(row, len(program.own) - 1)]
            column[row] = unknown_columns(own)[:, ids[row]]
        residual = residual + column * x[:, None]
    return np.asarray((np.abs(optima.duals) * np.abs(residual)).sum(axis=1))


PRICES, LEAST = 100_000, 16
"""Prices of single columns that are computed beside the bound by membership, as a check of it: all of
a small reference set, else those of an even sample of rows, at least so many."""
Reference = tuple[Extremes, Supports]
"""A reference set by its extreme rows, and what follows from which of them."""


def takes(technology: Technology) -> bool:
    """Tell whether the kernel is there, and takes programs of this size."""
    return technology.r <= LARGEST_R and is_available()


def solutions(
    technology: Technology,
    program: Program,
    *,
    rows: Positions,
    reference: Positions,
    codes: Ids | None = None,
    joins: bool = False,
    idle: bool = False,
    cache: dict[bytes, Any],
) -> Solutions:
    """Solve a program per row over a reference set.

    Parameters
    ----------
    technology, program
        All rows on one scale, and a program per entry of `rows`.
    rows, reference
        Evaluated rows, shape (q,), and the rows of the frontier; fast where near ones are near each
        other (`extremes.near_order`).
    codes
        Shape (n,): rows with the code of the evaluated one leave the reference set.
    joins
        Whether each row joins the reference set for itself.
    idle
        Whether columns enter that only use inputs (`Technology.chosen`).
    cache
        What is known of the reference set, by the disposal of the programs; written here.

    Returns
    -------
    solutions
        Status `unsolved` where the proof is not below 1e-9: another way must be tried.
    """
    n = len(technology.columns)
    if idle:
        technology = cache.setdefault(b"idle", _with_idle(technology))
        reference = np.concatenate([reference, reference + n])
    program = one_for_all(program)
    (extremes, supports), optima = _cached_reference(
        technology, program, rows, reference, cache, alone=codes is None and not joins
    )
    if codes is None and joins:
        codes = np.arange(len(technology.columns), dtype=np.int64)
    if codes is not None:
        optima = solve_without(program, extremes, supports, rows, codes=codes, joins=joins)
        leaving: dict[str, Any] = {"supports": supports, "codes": codes, "joins": joins}
        confirm(program, extremes, rows, optima, **leaving)
    elif optima is None:
        optima = confirm(program, extremes, rows, solve(program, extremes, rows))
    dual, bound = _bound_errors(extremes, supports, program, rows, optima, codes)
    proved = _read_solutions(extremes, optima, rows, dual, bound)
    # An idle activity is shown as the row that stands still.
    return replace(proved, positions=proved.positions % n) if idle else proved


def _cached_reference(
    technology: Technology,
    program: Program,
    rows: Positions,
    reference: Positions,
    cache: dict[bytes, Any],
    *,
    alone: bool,
) -> tuple[Reference, Optima | None]:
    """Return what is known of a reference set; and the optima where the programs gave it."""
    # Which rows are extreme depends on what may be thrown away, and on nothing else of a program.
    disposal = disposal_of(program)
    key = disposal.tobytes()
    if key in cache:
        return cache[key], None
    is_whole = len(rows) == len(reference) and holds_all(technology, reference, rows)
    # The programs of all rows of the set, where their moves are all disposal, are the memberships
    # themselves: they are solved once and not twice.
    is_proof = is_whole and alone and proves_membership(technology, program, disposal)
    along = rows if is_whole else reference
    extremes, supports, optima = describe_reference(
        technology, along, disposal, program if is_proof else None
    )
    cache[key] = extremes, supports
    return (extremes, supports), optima


def _bound_errors(
    extremes: Extremes,
    supports: Supports,
    program: Program,
    rows: Positions,
    optima: Optima,
    codes: Ids | None,
) -> tuple[Array, Array]:
    """Bound the violation of dual constraints over all columns, and what each score may be wrong by.

    `optima.gap` grows where residuals are weighed one by one.
    """
    if program.first is not None:
        # Its columns are those that the first phase leaves of the extreme rows: all of them were priced.
        dual = optima.dual.copy()
        return dual, bound_of(optima, dual)
    dual = dual_bound(extremes, supports, rows, optima, codes=codes)
    bound = bound_of(optima, dual)
    rough = np.flatnonzero((bound > PROVED) & (optima.status == SOLVED))
    # An artificial unknown (-1) in the basis has no column whose residual could be weighed.
    rough = rough[(optima.basis[rough] >= 0).all(axis=1)]
    priced = sample_rows(len(rows), len(extremes.reference))
    priced = np.union1d(priced, rough) if len(rough) else priced
    price = direct_price(extremes, extremes.rising, rows[priced], optima.duals[priced], codes=codes)
    # The price can only raise the bound: an error in the memberships cannot hide in its own proof.
    dual[priced] = np.maximum(dual[priced], price)
    if len(rough):
        # More closely: each column by its own price, each residual by that of its constraint.
        part = optima.take(rough)
        dual[rough] = np.maximum(part.dual, price[np.searchsorted(priced, rough)])
        optima.gap[rough] += moved_by_residuals(
            extremes.technology, take_programs(program, rough), rows[rough], part
        )
        bound[rough] = np.maximum(np.maximum(part.primal, optima.gap[rough]), dual[rough])
    return dual, np.maximum(bound, dual)


def sample_rows(q: int, n: int) -> Positions:
    """Choose which of q rows are priced directly over all n columns: all, or an even sample.

    >>> sample_rows(3, 3).tolist(), len(sample_rows(10**6, 10**6))
    ([0, 1, 2], 16)
    """
    count = min(q, max(LEAST, PRICES // max(n, 1)))
    return np.arange(count) * q // max(count, 1)


def describe_reference(
    technology: Technology,
    reference: Positions,
    disposal: Flags,
    proving: Program | None,
) -> tuple[Extremes, Supports, Optima | None]:
    """Find the extreme rows of a reference set, and how the others follow from them.

    Where the `proving` programs of all rows of the set, near ones near each other, prove membership,
    their optima come back too.
    """
    extremes = extremes_of(technology, reference, disposal)
    # An extreme row follows from itself: its program is solved only where the caller needs it.
    rows = reference if proving is not None else reference[~np.isin(reference, extremes.rows)]
    program = _membership_program(extremes) if proving is None else proving
    proofs = _memberships(program, extremes, rows)
    # A row that rounding left out of the extreme ones is not proved to follow from them: it joins them.
    if len(missing := unproved(extremes, proofs, rows)):
        extremes = replace(extremes, rows=np.concatenate([extremes.rows, missing]))
        proofs = _memberships(program, extremes, rows)
    return extremes, supports_of(extremes, proofs, rows), None if proving is None else proofs


def _memberships(program: Program, extremes: Extremes, rows: Positions) -> Optima:
    """Write rows of the reference set by extreme ones; what is not so written has no proof."""
    proofs = solve(program, extremes, rows, as_they_are=True)
    return confirm(program, extremes, rows, proofs, as_they_are=True)


def _membership_program(extremes: Extremes) -> Program:
    """Write the program that asks for nothing but that a row follows from the extreme ones."""
    draft = slack_program(extremes.technology, 1)
    draft.plus[:], draft.minus[:] = np.split(extremes.disposal, 2)
    return draft.program(0.0, 1.0)


def _with_idle(technology: Technology) -> Technology:
    """Add to each row one that only uses its inputs, at the place of the row plus n."""
    columns = technology.columns.copy()
    columns[:, technology.m : technology.k] = 0.0
    # Without its bads a row is smaller: it is scaled to size 1 again, as prices are per unit of size.
    sizes = columns[:, technology.bounded].sum(axis=1)
    sizes = np.where(sizes > 0, sizes, 1.0)
    return replace(
        technology,
        columns=np.vstack([technology.columns, columns / sizes[:, None]]),
        sizes=np.concatenate([technology.sizes, technology.sizes * sizes]),
    )


def _read_solutions(
    extremes: Extremes, optima: Optima, rows: Positions, dual: Array, bound: Array
) -> Solutions:
    """Read solutions; only what is proved, with its dual violation over all columns, has a status."""
    # A fraction over nothing has no value: HiGHS says what becomes of the row.
    solved = (optima.status == SOLVED) & (optima.denominator > PROVED)
    infeasible = optima.status == INFEASIBLE
    steepest, others = np.ones(len(rows)), np.flatnonzero(~solved)
    if len(others):
        steepest[others] = np.maximum(1.0, np.abs(optima.duals[others]).max(axis=1, initial=0.0))
    proved = (solved | infeasible) & (bound <= PROVED * steepest)
    status = np.full(len(rows), CODE["unsolved"], dtype=np.uint8)
    status[proved & solved] = CODE["certified"]
    status[proved & infeasible] = CODE["infeasible"]
    positions, intensities, moves, duals = optima.read(
        proved, rows.astype(np.int64, copy=False), extremes.technology.sizes
    )
    return Solutions(
        status=status,
        value=np.where(solved, optima.value, np.nan),
        positions=positions,
        intensities=intensities,
        moves=moves,
        duals=duals,
        primal=optima.primal.copy(),
        # Multipliers that prove infeasibility may have any size: their violation is relative to it.
        dual=np.maximum(np.maximum(optima.dual, dual / steepest), 0.0),
        gap=optima.gap.copy(),
        basis=optima.basis,
    )
