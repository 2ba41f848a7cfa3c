"""What the kernel asks of programs and of their optima."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xinzhi.efficiency.kernel.optima import (
    Extremes,
    Optima,
)
from xinzhi.efficiency.kernel.simplex import INFEASIBLE, UNSOLVED
from xinzhi.efficiency.program import Program
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Flags, Positions, Technology


def disposal_of(program: Program) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return the slacks that all programs allow and none pays for, shape (2 r,)."""
    part = slice(0, 2 * program.r)
    is_free = (program.numerator[:, part] <= 0).all(axis=0)
    is_free &= (program.denominator[:, part] >= 0).all(axis=0)
    return np.asarray(program.allowed[:, part].all(axis=0) & is_free)


def unproved(extremes: Extremes, proofs: Optima) -> Positions:
    """Return the rows beside the frame that are not proved to follow from it."""
    is_open = (proofs.status == INFEASIBLE) | (proofs.status == UNSOLVED)
    rows = extremes.reference[is_open]
    return np.asarray(rows[~np.isin(rows, extremes.frame)])


def bound_of(optima: Optima, dual: Array) -> Array:
    """Return what each score may be wrong by, given the dual violation over all columns."""
    steepness = np.maximum(1.0, np.abs(optima.duals).sum(axis=1))
    return np.asarray(np.maximum(np.maximum(optima.primal * steepness, optima.gap), dual))


def moved_by_residuals(
    technology: Technology, program: Program, rows: Positions, optima: Optima
) -> Array:
    """Return by how much residuals move each value: |u_i| of each constraint times its own, (q,)."""
    own = technology.own(rows)
    right = technology.columns[rows] / own if program.right is None else program.right
    r, e = program.r, optima.e
    residual = -right
    for place in range(r):
        names, x = optima.basis[:, place], optima.basic[:, place, None]
        column = technology.columns[np.maximum(names - e, 0)] / own
        for index in np.flatnonzero(names < e):
            column[index] = _unknown(program, int(index), int(names[index]))
        residual = residual + column * x
    return np.asarray((np.abs(optima.duals) * np.abs(residual)).sum(axis=1))


def _unknown(program: Program, row: int, name: int) -> Array:
    """Return the column of an unknown beside the intensities, in units of the row."""
    r = program.r
    if name >= 2 * r:
        return np.asarray(program.own[min(row, len(program.own) - 1)][:, name - 2 * r])
    column = np.zeros(r)
    column[name % r] = 1.0 if name < r else -1.0
    return column


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
    return part.strides[0] == 0 or bool((part == part[:1]).all())


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
