"""Many small linear programs at once: does a row score above or below a wanted score.

For a wanted score τ, min N - τ D over the technology, with N = 1 - Σ s⁻/(3x) and
D = 1 + (s⁺/y + sᵇ/b)/2, is negative exactly when the SBM score is below τ. With few frontier rows
the programs are tiny and alike, so one dense simplex runs for all of them side by side. The scores
themselves are certified afterwards by `xinzhi.frontier`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

TINY = 1e-11
PIVOTS = 200
OUTPUT = 3
"""Row of the good output in the tableau; its first basic variable is artificial."""


@dataclass(slots=True, eq=False)
class _Tableaus:
    """Tableaus (programs, 5, columns + 1), the last column the right-hand side."""

    t: Array
    basis: Integers

    def pivot(self, at: Integers, row: Integers, column: Integers) -> None:
        """Let a column enter the basis of some programs."""
        k = np.arange(len(at))
        part = self.t[at]
        pivots = part[k, row] / part[k, row, column][:, None]
        part = part - part[k, :, column][:, :, None] * pivots[:, None, :]
        part[k, row] = pivots
        self.t[at] = part
        self.basis[at, row] = column

    def leaving(self, at: Integers, column: Integers) -> Integers:
        """Choose the row of the smallest ratio."""
        k = np.arange(len(at))
        part = self.t[at]
        entering, right = part[k, :, column], part[:, :, -1]
        ratio = np.where(entering > TINY, right / np.where(entering > TINY, entering, 1), np.inf)
        return np.asarray(ratio.argmin(axis=1))


def _start(rows: Array, reference: Array) -> _Tableaus:
    """Scale each program by its own row; slacks and one artificial variable are basic."""
    n, m = len(rows), len(reference)
    order = [0, 1, 2, 3, 4]
    scaled = reference.T[order][None, :, :] / rows[:, order, None]
    t = np.zeros((n, 5, m + 7))
    t[:, :, :m] = scaled
    for i in range(5):
        t[:, i, m + i] = -1.0 if i == OUTPUT else 1.0
    t[:, OUTPUT, m + 5] = 1.0
    t[:, :, -1] = 1.0
    basis = np.tile(np.array([m, m + 1, m + 2, m + 5, m + 4]), (n, 1))
    return _Tableaus(t, basis)


def _feasible(tableaus: _Tableaus, artificial: int) -> npt.NDArray[np.bool_]:
    """Drive the artificial variable out; False where the row lies outside the technology."""
    n = len(tableaus.t)
    found, open_ = np.zeros(n, dtype=bool), np.arange(n)
    for _ in range(PIVOTS):
        gain = tableaus.t[open_, OUTPUT, :artificial]
        column = gain.argmax(axis=1)
        open_ = open_[gain[np.arange(len(open_)), column] > TINY]
        if not len(open_):
            break
        column = tableaus.t[open_, OUTPUT, :artificial].argmax(axis=1)
        row = tableaus.leaving(open_, column)
        tableaus.pivot(open_, row, column)
        out = tableaus.basis[open_, OUTPUT] != artificial
        found[open_[out]] = True
        open_ = open_[~out]
        if not len(open_):
            break
    return found


def _minimise(tableaus: _Tableaus, cost: Array, at: Integers) -> None:
    """Pivot until no reduced cost is negative."""
    for _ in range(PIVOTS):
        part = tableaus.t[at]
        basic = np.take_along_axis(cost[at], tableaus.basis[at], axis=1)
        reduced = cost[at] - np.einsum("ni,nij->nj", basic, part[:, :, :-1])
        column = reduced.argmin(axis=1)
        keep = reduced[np.arange(len(at)), column] < -TINY
        at, column = at[keep], column[keep]
        if not len(at):
            return
        tableaus.pivot(at, tableaus.leaving(at, column), column)


def is_inside(rows: Array, reference: Array) -> npt.NDArray[np.bool_]:
    """Tell which rows of (labour, capital, electricity, output, waste) the reference dominates."""
    return _feasible(_start(rows, reference), len(reference) + 5)


def above(rows: Array, wanted: Array, reference: Array) -> Array:
    """Return min N - τ D per row: positive where the score is above τ, 1 outside the technology."""
    m = len(reference)
    tableaus = _start(rows, reference)
    inside = _feasible(tableaus, m + 5)
    cost = np.zeros((len(rows), m + 6))
    cost[:, m : m + 3] = -1 / 3
    cost[:, m + 3 : m + 5] = -0.5 * wanted[:, None]
    cost[:, m + 5] = 1e6
    _minimise(tableaus, cost, np.flatnonzero(inside))
    basic = np.take_along_axis(cost, tableaus.basis, axis=1)
    value = 1 - wanted + (basic * tableaus.t[:, :, -1]).sum(axis=1)
    return np.where(inside, value, 1.0)
