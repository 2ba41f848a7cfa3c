"""The kernel behind a measure: programs of a task in, solutions out, as HiGHS would give them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from xinzhi.efficiency.kernel.optima import (
    Codes,
    Extremes,
    Optima,
    Supports,
    extremes_of,
    membership,
    solve,
    solve_without,
    supports_of,
)
from xinzhi.efficiency.kernel.programs import (
    bound_of,
    disposal_of,
    moved_by_residuals,
    one_for_all,
    taken,
    unproved,
)
from xinzhi.efficiency.kernel.proof import direct_price, dual_bound
from xinzhi.efficiency.kernel.simplex import INFEASIBLE, PROVED, SOLVED
from xinzhi.efficiency.program import Program
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.solutions import CODE, Solutions
from xinzhi.efficiency.technology import Flags, Positions, Technology, holds_all

DIRECT, SAMPLE = 20_000, 200
"""Size of reference sets up to which every row is priced over every column, beside the bound by
membership; and the number of rows that are where it is larger."""
Known = tuple[Extremes, Supports]
"""A reference set by its extreme rows, and what follows from which of them."""


def solutions(
    technology: Technology,
    program: Program,
    *,
    rows: Positions,
    reference: Positions,
    codes: Codes | None = None,
    memory: dict[bytes, Any],
) -> Solutions:
    """Solve a program per row over a reference set that holds all of them.

    Parameters
    ----------
    technology, program
        As for `frontier.Frontier`.
    rows, reference
        Evaluated rows, shape (q,), and the rows of the frontier; fast where near ones are near each
        other (`order.near_order`).
    codes
        Shape (n,): rows with the code of the evaluated one leave the reference set.
    memory
        What is known of the reference set, by the disposal of the programs; written here.

    Returns
    -------
    solutions
        Status `unsolved` where the proof is not below 1e-9: another way must be tried.
    """
    program = one_for_all(program)
    disposal = disposal_of(program)
    key = disposal.tobytes()
    optima = None
    if key in memory:
        known, supports = memory[key]
    else:
        is_whole = len(rows) == len(reference) and holds_all(technology, reference, rows)
        own = is_whole and codes is None and proves_membership(program, disposal)
        along = rows if is_whole else reference
        known, supports, optima = framed(technology, along, disposal, program if own else None)
        memory[key] = known, supports
    if codes is not None:
        optima = solve_without(program, known, supports, rows, codes=codes)
    elif optima is None:
        optima = solve(program, known, rows)
    dual = dual_bound(known, supports, rows, optima, codes=codes)
    bound = bound_of(optima, dual)
    is_vertex = (optima.status == SOLVED) & (optima.basis >= 0).all(axis=1)
    rough = np.flatnonzero((bound > PROVED) & is_vertex)
    priced = np.union1d(sampled(rows, known.reference), rough)
    price = direct_price(
        known.technology, known.reference, rows[priced], optima.duals[priced], codes=codes
    )
    dual[priced] = np.maximum(dual[priced], price)
    if len(rough):
        # More closely: each column by its own price, each residual by that of its constraint.
        part = optima.taken(rough)
        dual[rough] = np.maximum(part.dual, price[np.searchsorted(priced, rough)])
        optima.gap[rough] += moved_by_residuals(
            known.technology, taken(program, rough), rows[rough], part
        )
        bound[rough] = np.maximum(np.maximum(part.primal, optima.gap[rough]), dual[rough])
    bound = np.maximum(bound, dual)
    return _solutions(known, optima, rows, dual, bound)


def sampled(rows: Positions, reference: Positions) -> Positions:
    """Choose the rows that are priced directly, over every column: all, or an even sample.

    >>> sampled(np.arange(3), np.arange(3)).tolist(), len(sampled(np.arange(10**6), np.arange(10**6)))
    ([0, 1, 2], 200)
    """
    if len(reference) <= DIRECT:
        return np.arange(len(rows))
    return np.unique(np.linspace(0, len(rows) - 1, min(SAMPLE, len(rows))).astype(np.intp))


def proves_membership(program: Program, disposal: Flags) -> bool:
    """Tell whether each optimum proves that its row follows from others by disposal alone."""
    is_row = program.right is None and not program.own.shape[2]
    return is_row and bool((program.allowed == disposal).all())


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
    proofs = solve(program, known, known.reference)
    if len(missing := unproved(known, proofs)):
        known = replace(known, frame=np.concatenate([known.frame, missing]))
        proofs = solve(program, known, known.reference)
    return known, supports_of(known, proofs), None if own is None else proofs


def _solutions(
    extremes: Extremes, optima: Optima, rows: Positions, dual: Array, bound: Array
) -> Solutions:
    """Read solutions; only what is proved, with its dual violation over all columns, has a status."""
    # A fraction over nothing is no value: HiGHS says what becomes of the row.
    solved = (optima.status == SOLVED) & (optima.denominator > PROVED)
    infeasible = optima.status == INFEASIBLE
    steepest = np.where(solved, 1.0, np.maximum(1.0, np.abs(optima.duals).max(axis=1, initial=0.0)))
    proved = (solved | infeasible) & (bound <= PROVED * steepest)
    status = np.full(len(rows), CODE["unsolved"], dtype=np.uint8)
    status[proved & solved] = CODE["certified"]
    status[proved & infeasible] = CODE["infeasible"]
    positions = optima.basis.astype(np.intp) - optima.e
    positions[(positions < 0) | ~proved[:, None]] = -1
    scale = extremes.technology.sizes
    intensities = optima.basic * scale[rows, None] / scale[positions]
    intensities[positions < 0] = 0.0
    moves, duals = optima.moves(), optima.duals / np.where(solved, optima.denominator, 1.0)[:, None]
    moves[~proved] = duals[~proved] = np.nan
    return Solutions(
        status=status,
        value=np.where(solved, optima.value, np.nan),
        positions=positions,
        intensities=intensities,
        moves=moves,
        duals=duals,
        primal=optima.primal,
        dual=np.maximum(dual, 0.0),
        gap=optima.gap,
    )
