"""The kernel behind a measure: programs of a task in, proved solutions out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from xinzhi.frontier.kernel.extremes import Extremes, extremes_of
from xinzhi.frontier.kernel.library import INFEASIBLE, LARGEST_R, SOLVED, Ids, is_available
from xinzhi.frontier.kernel.programs import (
    Optima,
    Supports,
    disposal_of,
    membership,
    one_for_all,
    proves_membership,
    solve,
    solve_without,
    supports_of,
    taken,
)
from xinzhi.frontier.kernel.proof import (
    bound_of,
    direct_price,
    dual_bound,
    moved_by_residuals,
    unproved,
)
from xinzhi.frontier.program import Program
from xinzhi.frontier.result import Array
from xinzhi.frontier.solutions import CODE, Solutions
from xinzhi.frontier.solve.certificate import PROVED
from xinzhi.frontier.technology import Flags, Positions, Technology, holds_all

PRICES, LEAST = 100_000, 16
"""Prices of single columns that are computed beside the bound by membership, as a check of it: all of
a small reference set, else those of an even sample of rows, at least so many."""
Known = tuple[Extremes, Supports]
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
    memory: dict[bytes, Any],
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
    memory
        What is known of the reference set, by the disposal of the programs; written here.

    Returns
    -------
    solutions
        Status `unsolved` where the proof is not below 1e-9: another way must be tried.
    """
    n = len(technology.columns)
    if idle:
        technology = memory.setdefault(b"idle", _with_idle(technology))
        reference = np.concatenate([reference, reference + n])
    program = one_for_all(program)
    (known, supports), optima = _known(
        technology, program, rows, reference, memory, alone=codes is None and not joins
    )
    if codes is None and joins:
        codes = np.arange(len(technology.columns), dtype=np.int64)
    if codes is not None:
        optima = solve_without(program, known, supports, rows, codes=codes, joins=joins)
    elif optima is None:
        optima = solve(program, known, rows)
    dual, bound = _proved(known, supports, program, rows, optima, codes)
    found = _solutions(known, optima, rows, dual, bound)
    return replace(found, positions=found.positions % n) if idle else found


def _known(
    technology: Technology,
    program: Program,
    rows: Positions,
    reference: Positions,
    memory: dict[bytes, Any],
    *,
    alone: bool,
) -> tuple[Known, Optima | None]:
    """Return what is known of a reference set; and the optima where the programs gave it."""
    disposal = disposal_of(program)
    key = disposal.tobytes()
    if key in memory:
        return memory[key], None
    is_whole = len(rows) == len(reference) and holds_all(technology, reference, rows)
    own = is_whole and alone and proves_membership(technology, program, disposal)
    along = rows if is_whole else reference
    known, supports, optima = framed(technology, along, disposal, program if own else None)
    memory[key] = known, supports
    return (known, supports), optima


def _proved(
    known: Extremes,
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
    dual = dual_bound(known, supports, rows, optima, codes=codes)
    bound = bound_of(optima, dual)
    rough = np.flatnonzero((bound > PROVED) & (optima.status == SOLVED))
    rough = rough[(optima.basis[rough] >= 0).all(axis=1)]
    priced = sampled(len(rows), len(known.reference))
    priced = np.union1d(priced, rough) if len(rough) else priced
    price = direct_price(known, known.rising, rows[priced], optima.duals[priced], codes=codes)
    dual[priced] = np.maximum(dual[priced], price)
    if len(rough):
        # More closely: each column by its own price, each residual by that of its constraint.
        part = optima.taken(rough)
        dual[rough] = np.maximum(part.dual, price[np.searchsorted(priced, rough)])
        optima.gap[rough] += moved_by_residuals(
            known.technology, taken(program, rough), rows[rough], part
        )
        bound[rough] = np.maximum(np.maximum(part.primal, optima.gap[rough]), dual[rough])
    return dual, np.maximum(bound, dual)


def sampled(q: int, n: int) -> Positions:
    """Choose which of q rows are priced directly over all n columns: all, or an even sample.

    >>> sampled(3, 3).tolist(), len(sampled(10**6, 10**6))
    ([0, 1, 2], 16)
    """
    count = min(q, max(LEAST, PRICES // max(n, 1)))
    return np.arange(count) * q // max(count, 1)


def framed(
    technology: Technology,
    reference: Positions,
    disposal: Flags,
    own: Program | None,
) -> tuple[Extremes, Supports, Optima | None]:
    """Find the extreme rows of a reference set, and how the others follow from them.

    Where `own` programs of all rows of the set, near ones near each other, prove membership, their
    optima come back too.
    """
    known = extremes_of(technology, reference, disposal)
    program = membership(known) if own is None else own
    proofs = solve(program, known, known.reference, as_they_are=True)
    if len(missing := unproved(known, proofs)):
        known = replace(known, rows=np.concatenate([known.rows, missing]))
        proofs = solve(program, known, known.reference, as_they_are=True)
    return known, supports_of(known, proofs), None if own is None else proofs


def _with_idle(technology: Technology) -> Technology:
    """Add to each row one that only uses its inputs, at the place of the row plus n."""
    columns = technology.columns.copy()
    columns[:, technology.m : technology.k] = 0.0
    sizes = columns[:, technology.bounded].sum(axis=1)
    sizes = np.where(sizes > 0, sizes, 1.0)
    return replace(
        technology,
        columns=np.vstack([technology.columns, columns / sizes[:, None]]),
        sizes=np.concatenate([technology.sizes, technology.sizes * sizes]),
    )


def _solutions(
    extremes: Extremes, optima: Optima, rows: Positions, dual: Array, bound: Array
) -> Solutions:
    """Read solutions; only what is proved, with its dual violation over all columns, has a status."""
    # A fraction over nothing is no value: HiGHS says what becomes of the row.
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
