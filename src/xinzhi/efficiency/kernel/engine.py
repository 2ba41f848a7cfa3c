"""The kernel behind a measure: programs of a task in, solutions out, as HiGHS would give them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xinzhi.efficiency.kernel.optima import (
    Codes,
    Extremes,
    Optima,
    extremes_of,
    membership,
    solve,
    solve_without,
    supports_of,
)
from xinzhi.efficiency.kernel.order import near_order
from xinzhi.efficiency.kernel.scores import disposal_of, proof_of, taken, unproved
from xinzhi.efficiency.kernel.simplex import INFEASIBLE, PROVED, SOLVED
from xinzhi.efficiency.program import Program, Solution
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Positions, Technology


def solutions(
    technology: Technology,
    program: Program,
    *,
    rows: Positions,
    reference: Positions,
    codes: Codes | None = None,
) -> list[Solution]:
    """Solve a program per row over a reference set that holds all of them.

    Parameters
    ----------
    technology, program
        As for `frontier.Frontier`.
    rows, reference
        Evaluated rows, shape (q,), and the rows of the frontier.
    codes
        Shape (n,): rows with the code of the evaluated one leave the reference set.

    Returns
    -------
    solutions
        Status `unsolved` where the proof is not below 1e-9: another way must be tried.
    """
    known = extremes_of(technology, near_order(technology, reference), disposal_of(program))
    proofs = solve(membership(known), known, known.reference)
    if len(missing := unproved(known, proofs)):
        known = replace(known, frame=np.concatenate([known.frame, missing]))
        proofs = solve(membership(known), known, known.reference)
    supports = supports_of(known, proofs)
    place = np.empty(len(technology.columns), dtype=np.intp)
    place[rows] = np.arange(len(rows))
    order = place[near_order(technology, rows)]
    near, programs = rows[order], taken(program, order)
    optima = (
        solve(programs, known, near)
        if codes is None
        else solve_without(programs, known, supports, near, codes=codes)
    )
    bound = proof_of(known, supports, near, optima, codes)
    found = [Solution("unsolved")] * len(rows)
    moves = optima.moves()
    for index, at in enumerate(order.tolist()):
        found[at] = _solution(known, optima, index, int(near[index]), moves[index], bound[index])
    return found


def _solution(
    extremes: Extremes, optima: Optima, index: int, row: int, moves: Array, bound: float
) -> Solution:
    """Read one solution; only what is proved has a status."""
    status = optima.status[index]
    steepest = 1.0 if status == SOLVED else max(1.0, float(np.abs(optima.duals[index]).max()))
    if status not in {SOLVED, INFEASIBLE} or not bound <= PROVED * steepest:
        return Solution("unsolved", solver="kernel")
    basis = optima.basis[index]
    is_row = basis >= optima.e
    at, scale = (basis[is_row] - optima.e).astype(np.intp), extremes.technology.sizes
    under = optima.denominator[index] if status == SOLVED else 1.0
    return Solution(
        "certified" if status == SOLVED else "infeasible",
        value=float(optima.value[index]) if status == SOLVED else np.nan,
        positions=at,
        intensities=optima.basic[index, is_row] * scale[row] / scale[at],
        moves=moves,
        duals=optima.duals[index] / under,
        primal=float(optima.primal[index]),
        dual=max(float(optima.dual[index]), 0.0),
        gap=float(optima.gap[index]),
        solver="kernel",
    )
