"""The columns of a reference set, and those of them that a model holds so far."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from xinzhi.efficiency import exact
from xinzhi.efficiency.certificate import (
    ADD,
    PROVED,
    Vertex,
    backward_error,
    membership_term,
    precision,
    price_unknowns,
    vertex,
    without_surplus_price,
    wrong_signs,
)
from xinzhi.efficiency.program import Program, RowProgram, Solution
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.seeds import seeds
from xinzhi.efficiency.solver import LIFT, Basis, KeptModel
from xinzhi.efficiency.technology import Positions, ReferenceColumns, Technology, has_surplus


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The evaluated row as the programs see it."""

    position: int
    """Place among all rows."""
    d: Array
    """Own values, shape (r,)."""
    right: Array
    """G_o / d, shape (r,)."""
    bound: Array
    """1 / d on constraints that bound intensities, else 0, shape (r,)."""
    excluded: Positions
    """Columns of the reference set that are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A vertex over W with its price over all columns."""

    vertex: Vertex
    basis: Basis
    sizes: Array
    primal: float
    dual: float
    entering: int
    """Column that violates most, -1 if none does by more than ADD."""
    is_settled: bool
    """Whether the point is exact for data that are as good as the given ones."""

    @property
    def is_proved(self) -> bool:
        """Whether primal, dual and gap are all small enough, and the point is settled."""
        return self.is_settled and max(self.primal, self.dual, self.vertex.gap) <= PROVED


class HeldColumns:
    """A reference set of which a growing part W stands in a model; bases are read and priced here.

    Ids of a basis: 0..e-1 the unknowns beside λ, e + w the w-th held column.
    """

    def __init__(
        self,
        technology: Technology,
        reference: ReferenceColumns,
        program: Program,
        residual: float,
    ) -> None:
        self._technology = technology
        self._rows = reference.rows
        self._raw = reference.raw
        self._columns = reference.scaled
        self.free = np.array([False] * (2 * program.r) + list(program.free))
        self._lift = LIFT if program.right is None else 1.0
        self.model = KeptModel(program.r, len(program.free), self.free, lift=self._lift)
        self.e = len(self.free)
        self.held: list[int] = []
        self._precision = precision(program)
        self.residual = residual
        """Of the memberships, where the columns are a frame."""
        self.priced: Positions | None = None
        """Columns that are priced, all where None."""
        self._place = np.full(len(reference.rows), -1, dtype=np.intp)
        for column in seeds(technology, self._columns):
            self.hold(column)

    @property
    def columns(self) -> Array:
        """All columns, shape (n, r)."""
        return self._columns

    def matter(self) -> Array:
        """Return the held columns, shape (w, r)."""
        return np.asarray(self._columns[self.held])

    def is_held(self, column: int) -> bool:
        """Tell whether a column stands in the model."""
        return bool(self._place[column] >= 0)

    def places(self, columns: Positions) -> list[int]:
        """Return the places in the model of those columns that it holds."""
        return [place for place in self._place[columns].tolist() if place >= 0]

    def rows(self, columns: Positions) -> Positions:
        """Return the rows of columns, as positions among all rows."""
        return np.asarray(self._rows[columns])

    def except_rows(self, rows: Positions) -> Positions:
        """Return the columns of these rows."""
        return np.flatnonzero(np.isin(self._rows, rows))

    def indices(self, basis: Basis) -> Positions:
        """Return the columns of a basis, in its order."""
        return np.array([self.held[b - self.e] for b in basis[basis >= self.e]], dtype=np.intp)

    def hold(self, column: int) -> None:
        """Let a column enter the model."""
        self._place[column] = len(self.held)
        self.held.append(column)
        self.model.add(self._columns[column])

    def scaled_model(self, row: Row, program: RowProgram, strategy: int) -> KeptModel:
        """Make a model of W in units of the row, where tolerances are relative to its values."""
        slack = 2 * len(row.d)
        model = KeptModel(
            len(row.d), self.e - slack, program.free, strategy=strategy, lift=self._lift
        )
        columns = self.matter()
        for column, size in zip(columns / row.d, columns @ row.bound, strict=True):
            model.add(column / size if size > 0 else column)
        model.allow(program.allowed)
        model.close(self.places(row.excluded), closed=True)
        model.aim(row.right, program.columns[:, slack:])
        return model

    def point(self, row: Row, program: RowProgram, basis: Basis) -> Point | None:
        """Recompute a basis and price all columns with it."""
        if len(basis) != len(row.d):
            return None
        is_column = basis >= self.e
        unknowns = np.where(is_column, 0, basis)
        matrix = program.columns[:, unknowns]
        indices = self.indices(basis)
        columns = self._columns[indices]
        sizes = np.ones(len(basis))
        sizes[is_column] = np.maximum(columns @ row.bound, np.finfo(float).tiny)
        matrix[:, is_column] = columns.T / row.d[:, None] / sizes[is_column]
        costs = (
            np.where(is_column, 0.0, program.numerator[unknowns]),
            np.where(is_column, 0.0, program.denominator[unknowns]),
        )
        found = vertex(matrix, row.right, costs, program.constants)
        if found is None:
            return None
        if has_surplus(self._technology.returns_to_scale):
            found = without_surplus_price(found, row.right)
        fixed = ~is_column & ~program.allowed[unknowns]
        if len(row.excluded):
            fixed[is_column] = (indices[:, None] == row.excluded).any(axis=1)
        wrong = wrong_signs(found.basic, ~is_column & program.free[unknowns], fixed)
        entering, least = self._price(row, found.duals)
        dual = max(-least, price_unknowns(program, found.value, found.duals))
        dual += membership_term(self.residual, found.duals)
        return Point(
            vertex=found,
            basis=basis,
            sizes=sizes,
            primal=max(found.primal, float(wrong.max())),
            dual=dual,
            entering=entering if least < -ADD else -1,
            is_settled=bool(
                backward_error(matrix, found.basic, row.right, wrong) <= self._precision
            ),
        )

    def _price(self, row: Row, duals: Array) -> tuple[int, float]:
        """Find the column of the reference set with the least reduced cost per unit of size."""
        if not len(self._columns):
            return -1, 0.0
        which, columns = self.priced, self._columns
        if which is not None:
            columns = columns[which]
        priced = columns @ np.array([duals / row.d, row.bound]).T
        size = priced[:, 1]
        reduced = -priced[:, 0] / np.where(size > 0, size, 1.0)
        if which is None:
            reduced[row.excluded] = np.inf
        best = int(np.argmin(reduced))
        least = min(0.0, float(reduced[best]))
        return (best if which is None else int(which[best])), least

    def fractions(
        self, row: Row, *, follows: bool
    ) -> tuple[list[exact.Column], exact.Column, exact.Column]:
        """Return held columns and right-hand side in units d of the row, and d, as fractions.

        `follows` says that the right-hand side is the row itself.
        """
        technology = self._technology
        amounts, factors = exact.fractions_of(
            np.vstack([technology.raw[row.position], technology.factors])
        )
        own = [amount * factor for amount, factor in zip(amounts, factors, strict=True)]
        unit = technology.units * technology.sizes[row.position]
        d = [abs(v) or Fraction(float(u)) for v, u in zip(own, unit, strict=True)]
        columns = [
            [v / u for v, u in zip(column, d, strict=True)]
            for column in exact.fractions_of(self._raw[self.held])
        ]
        if follows:
            return columns, [v / u for v, u in zip(own, d, strict=True)], d
        return columns, exact.fractions_of(row.right[None])[0], d

    def most_violated(self, row: Row, duals: exact.Column, d: exact.Column) -> int | None:
        """Find the column that violates multipliers in units of the row most, exactly."""
        prices = [u / v for u, v in zip(duals, d, strict=True)]
        return exact.most_violated(prices, self._raw, row.excluded)

    def exact_solution(self, row: Row, optimum: exact.Optimum) -> Solution:
        """Read the solution of a vertex that is optimal in exact arithmetic."""
        basic = np.array([float(value) for value in optimum.basic])
        found = Vertex(
            basic=basic,
            value=float(optimum.value),
            duals=np.array([float(dual) for dual in optimum.duals]),
            denominator=float(optimum.denominator),
            primal=0.0,
            gap=0.0,
        )
        sizes = np.ones(len(basic))
        is_column = optimum.basis >= self.e
        entering = self._rows[self.indices(optimum.basis)]
        scale = self._technology.sizes
        sizes[is_column] = scale[row.position] / scale[entering]
        return self.solution(
            row, Point(found, optimum.basis, sizes, 0.0, 0.0, -1, is_settled=True), "exact"
        )

    def solution(self, row: Row, point: Point, way: str) -> Solution:
        """Read the solution of a proved vertex."""
        is_column = point.basis >= self.e
        intensities = point.vertex.basic[is_column] / point.sizes[is_column]
        positions, scale = self._rows[self.indices(point.basis)], self._technology.sizes
        moves = np.zeros(self.e)
        moves[point.basis[~is_column]] = point.vertex.basic[~is_column]
        return Solution(
            "certified",
            value=point.vertex.value,
            positions=positions,
            intensities=intensities * scale[row.position] / scale[positions],
            moves=moves,
            duals=point.vertex.duals / point.vertex.denominator,
            primal=point.primal,
            dual=point.dual,
            gap=point.vertex.gap,
            solver=way,
        )
