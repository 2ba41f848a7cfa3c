"""Try one row's optimal basis on many rows at once: neighbours often share it.

The optimal basis of a row stays optimal for all rows in the same cell of the frontier. Whether it
does is decided by the same proof as everywhere (certificate.py), for all rows in a few products of
matrices; rows for which it fails go back to the solver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.efficiency.certificate import (
    ADD,
    PROVED,
    Table,
    backward_error,
    precision,
    times,
    wrong_signs,
)
from xinzhi.efficiency.program import Program
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.solver import Basis
from xinzhi.efficiency.technology import Flags, Positions, Technology, has_surplus

NEAR = 128
"""Rows tried at once where each has a matrix of its own, because of own unknowns in the basis."""
CELLS = 500_000
"""Most entries of a table of reduced costs held at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Evaluated rows as arrays, in the order of the program."""

    right: Array
    """Shape (q, r), scaled."""
    d: Array
    """Shape (q, r), own values."""
    bound: Array
    """Shape (q, r): 1 / d on constraints that bound intensities, else 0."""
    has_surplus: bool = False
    """Whether Σ λ >= 1 or L, the last constraint, has a surplus."""

    def take(self, which: Positions) -> Rows:
        """Return some of the rows."""
        return Rows(self.right[which], self.d[which], self.bound[which], self.has_surplus)


@dataclass(frozen=True, slots=True, eq=False)
class Vertices:
    """One basis at several rows; arrays of shape (q,) and (q, r)."""

    basic: Array
    """Values of the basic unknowns: λ of scaled columns, others in units of d."""
    value: Array
    denominator: Array
    duals: Array
    """In units of d."""
    primal: Array
    dual: Array
    gap: Array


def rows_of(technology: Technology, program: Program, positions: Positions) -> Rows:
    """Collect the rows of a program."""
    d = technology.own(positions)
    right = technology.right(positions) if program.right is None else program.right * d
    surplus = has_surplus(technology.returns_to_scale)
    return Rows(right, d, np.where(technology.bounded, 1.0 / d, 0.0), surplus)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A basis, ready to be tried on rows of a program."""

    program: Program
    rows: Rows
    reference: Array
    """Shape (n, r): all columns."""
    basis: Basis
    columns: Array
    """Shape (c, r): the λ columns of the basis, in its order."""
    held: Array
    """Shape (w, r): the columns that have mattered so far, priced first."""
    residual: float
    """Of the memberships, where the columns are a frame."""

    def prove(self, which: Positions) -> tuple[Positions, Vertices]:
        """Return the rows for which the basis is proved optimal, and their vertices."""
        found = self._vertices(which)
        if found is None:
            return which[:0], _none(self.rows.d.shape[1])
        least = self._least_reduced_cost(which, found)
        dual = np.maximum(found.dual, -least)
        good = (np.maximum(found.primal, found.gap) <= PROVED) & (dual <= ADD)
        largest = np.abs(found.duals).max(axis=1, initial=0.0)
        dual += 2.0 * self.residual * (found.duals.shape[1] + 1) * largest
        good &= dual <= PROVED
        kept = Vertices(
            found.basic[good],
            found.value[good],
            found.denominator[good],
            found.duals[good],
            found.primal[good],
            np.maximum(dual[good], 0.0),
            found.gap[good],
        )
        return which[good], kept

    def _vertices(self, which: Positions) -> Vertices | None:
        rows, program = self.rows, self.program
        right, d = rows.right[which], rows.d[which]
        matrix = self._matrix(which)
        try:
            inverse = np.linalg.inv(matrix)
        except np.linalg.LinAlgError:
            return None
        basic = times(inverse, right)
        basic += times(inverse, right - times(matrix, basic))
        unit = self._units(which)
        relative = basic * unit
        over, under = (self._costs(costs, which) for costs in self._both())
        n0, d0 = program.constants
        numerator = n0 + (over * relative).sum(axis=1)
        denominator = d0 + (under * relative).sum(axis=1)
        positive = denominator > 0
        value = numerator / np.where(positive, denominator, 1.0)
        cost = (over - value[:, None] * under) * unit * ~self._is_column()
        duals = _before(cost, inverse)
        duals += _before(cost - _before(duals, matrix), inverse)
        gap = np.abs((duals * right).sum(axis=1) + n0 - value * d0)
        gap += np.finfo(float).eps * (np.abs(numerator) + np.abs(value * d0))
        residual = np.abs(times(matrix, basic) - right) / d
        gap += (np.abs(duals) * d * residual).sum(axis=1)
        if rows.has_surplus:
            below = np.minimum(duals[:, -1], 0.0)
            duals[:, -1] -= below
            gap -= below * np.abs(right[:, -1])
        wrong = self._wrong_signs(which, relative)
        primal = np.maximum(residual.max(axis=1), wrong.max(axis=1))
        settled = backward_error(matrix, basic, right, wrong / unit, d) <= precision(program)
        return Vertices(
            basic=basic,
            value=value,
            denominator=denominator,
            duals=duals * d,
            primal=np.where(positive & settled, primal, np.inf),
            dual=self._unknown_violation(which, value, duals * d),
            gap=np.where(np.isfinite(gap), gap, np.inf) / np.maximum(1.0, np.abs(numerator)),
        )

    def _both(self) -> tuple[Array, Array]:
        return self.program.numerator, self.program.denominator

    def _is_column(self) -> Flags:
        return np.asarray(self.basis >= self.program.numerator.shape[1])

    def _names(self) -> Basis:
        return np.where(self._is_column(), 0, self.basis)

    def _costs(self, costs: Array, which: Positions) -> Array:
        return np.asarray(costs[np.ix_(which, self._names())] * ~self._is_column())

    def _matrix(self, which: Positions) -> Array:
        """Return the matrix of the basis: one for all rows, or one per row with own unknowns."""
        r, is_column, names = self.program.r, self._is_column(), self._names()
        matrix = np.zeros((r, r))
        matrix[:, is_column] = self.columns.T
        for at in np.flatnonzero(~is_column & (names < 2 * r)):
            matrix[names[at] % r, at] = 1.0 if names[at] < r else -1.0
        own = np.flatnonzero(~is_column & (names >= 2 * r))
        if not len(own):
            return matrix
        stacked = np.repeat(matrix[None], len(which), axis=0)
        for at in own:
            column = self.program.own[which, :, names[at] - 2 * r]
            stacked[:, :, at] = column * self.rows.d[which]
        return stacked

    def _units(self, which: Positions) -> Array:
        """Return what turns basic values into units of the row: sizes of λ columns, 1 / d, 1."""
        r, is_column, names = self.program.r, self._is_column(), self._names()
        units = np.ones((len(which), r))
        slack = ~is_column & (names < 2 * r)
        units[:, slack] = 1.0 / self.rows.d[which][:, names[slack] % r]
        units[:, is_column] = self.rows.bound[which] @ self.columns.T
        return units

    def _wrong_signs(self, which: Positions, relative: Array) -> Array:
        is_column, names, r = self._is_column(), self._names(), self.program.r
        fixed = ~self.program.allowed[np.ix_(which, names)] & ~is_column
        free = np.array([False] * (2 * r) + list(self.program.free))[names] & ~is_column
        return wrong_signs(relative, free, fixed)

    def _unknown_violation(self, which: Positions, value: Array, duals: Array) -> Array:
        program = self.program
        cost = program.numerator[which] - value[:, None] * program.denominator[which]
        own = np.einsum("qr,qrp->qp", duals, program.own[which])
        cost -= np.hstack([duals, -duals, own])
        free = np.array([False] * (2 * program.r) + list(program.free))
        wrong = np.where(free, np.abs(cost), -cost)
        return np.asarray(np.where(program.allowed[which], wrong, 0.0).max(axis=1))

    def _least_reduced_cost(self, which: Positions, found: Vertices) -> Array:
        """Price the held columns, and all columns for the rows that pass."""
        least = np.full(len(which), -np.inf)
        proved = (np.maximum(found.primal, found.gap) <= PROVED) & (found.dual <= ADD)
        for columns in (self.held, self.reference):
            passed = np.flatnonzero(proved & ((least >= -ADD) | np.isinf(least)))
            least[passed] = self._price(which[passed], found.duals[passed], columns)
            proved &= least >= -ADD
        return least

    def _price(self, which: Positions, duals: Array, columns: Array) -> Array:
        """Return the least reduced cost per unit of size, a block of rows at a time."""
        least = np.zeros(len(which))
        step = max(1, CELLS // max(1, len(columns)))
        for start in range(0, len(which), step):
            block = slice(start, start + step)
            prices = duals[block] / self.rows.d[which[block]]
            reduced = -(prices @ columns.T)
            size = self.rows.bound[which[block]] @ columns.T
            np.divide(reduced, size, out=reduced, where=size > 0)
            least[block] = reduced.min(axis=1, initial=0.0)
        return least


def _before(vectors: Array, matrix: Table) -> Array:
    """Multiply each row of `vectors` from the left to the matrix."""
    if matrix.ndim == 2:
        return np.asarray(vectors @ matrix)
    return np.asarray(np.einsum("qi,qij->qj", vectors, matrix))


def _none(r: int) -> Vertices:
    nothing = np.empty(0)
    table = np.empty((0, r))
    return Vertices(table, nothing, nothing, table, nothing, nothing, nothing)
