"""Scores of many rows by slacks, and of the efficient ones by what they exceed the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
from xinzhi.efficiency.kernel.proof import dual_bound
from xinzhi.efficiency.kernel.simplex import PROVED, SOLVED, UNSOLVED
from xinzhi.efficiency.program import Program
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Positions, Technology

EFFICIENT = 1.0 - 1e-9
"""Score from which a row is efficient (convention N2)."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Scores of q rows with what proves them."""

    score: Array
    """Shape (q,); NaN where infeasible or not proved."""
    status: Codes
    """SOLVED, INFEASIBLE or UNSOLVED, shape (q,)."""
    bound: Array
    """Shape (q,): largest of dual violation over all columns, gap, and primal residual times the
    multipliers, by which a wrong point moves the value."""
    efficient: Positions
    """Indices of the rows with a super score."""
    below: Optima
    above: Optima
    extremes: Extremes
    supports: Supports


def disposal_of(program: Program) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return the slacks that all programs allow and none pays for, shape (2 r,)."""
    part = slice(0, 2 * program.r)
    is_free = (program.numerator[:, part] <= 0).all(axis=0)
    is_free &= (program.denominator[:, part] >= 0).all(axis=0)
    return np.asarray(program.allowed[:, part].all(axis=0) & is_free)


def super_scores(
    technology: Technology,
    below: Program,
    above: Program,
    *,
    rows: Positions,
    reference: Positions,
    codes: Codes,
    extremes: Extremes | None = None,
) -> Scores:
    """Score rows of a reference set by `below`, and those that it finds efficient by `above`.

    Parameters
    ----------
    technology
        All n rows on one scale.
    below, above
        One program per row of `rows`, or one for all: SBM, and its super program.
    rows
        Evaluated rows, all of the reference set, near ones near each other.
    reference
        The reference set; where it is `rows` itself, its memberships are proved by the scores.
    codes
        Shape (n,): rows with the same code leave together in the super program.
    extremes
        The frame of the reference set, where it is known.
    """
    known = extremes or extremes_of(technology, reference, disposal_of(below))
    first = solve(below, known, rows)
    proofs = first if rows is reference else solve(membership(known), known, reference)
    if len(missing := unproved(known, proofs)):
        known = replace(known, frame=np.concatenate([known.frame, missing]))
        first = solve(below, known, rows)
        proofs = first if rows is reference else solve(membership(known), known, reference)
    supports = supports_of(known, proofs)
    efficient = np.flatnonzero((first.value >= EFFICIENT) & (first.status == SOLVED))
    second = solve_without(taken(above, efficient), known, supports, rows[efficient], codes=codes)
    score = np.minimum(first.value, 1.0)
    score[efficient] = np.maximum(second.value, 1.0)
    status = first.status.astype(np.int64)
    status[efficient] = second.status
    bound = proof_of(known, supports, rows, first)
    bound[efficient] = proof_of(known, supports, rows[efficient], second, codes)
    status[~(bound <= PROVED)] = UNSOLVED
    score[status != SOLVED] = np.nan
    return Scores(score, status, bound, efficient, first, second, known, supports)


def unproved(extremes: Extremes, proofs: Optima) -> Positions:
    """Return the rows beside the frame that are not proved to follow from it."""
    rows = extremes.reference[proofs.status != SOLVED]
    return np.asarray(rows[~np.isin(rows, extremes.frame)])


def proof_of(
    extremes: Extremes,
    supports: Supports,
    rows: Positions,
    optima: Optima,
    codes: Codes | None = None,
) -> Array:
    """Return what each score may be wrong by, shape (q,); see `Scores.bound`."""
    return bound_of(optima, dual_bound(extremes, supports, rows, optima, codes=codes))


def bound_of(optima: Optima, dual: Array) -> Array:
    """Return what each score may be wrong by, given the dual violation over all columns."""
    steepness = np.maximum(1.0, np.abs(optima.duals).sum(axis=1))
    return np.asarray(np.maximum(np.maximum(optima.primal * steepness, optima.gap), dual))


def one_for_all(program: Program) -> Program:
    """Keep one program where all rows have the same."""
    parts = (program.numerator, program.denominator, program.allowed, program.own)
    if program.right is not None or not all((part == part[:1]).all() for part in parts):
        return program
    return replace(
        program,
        numerator=program.numerator[:1],
        denominator=program.denominator[:1],
        allowed=program.allowed[:1],
        own=program.own[:1],
    )


def taken(program: Program, which: Positions) -> Program:
    """Take the programs of some rows; one for all stays as it is."""
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
