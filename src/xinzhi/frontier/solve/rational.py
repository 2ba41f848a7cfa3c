"""Programs row by row in exact rational arithmetic, columns entering as they price out: the last resort."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from xinzhi.frontier.program import Program, RowProgram
from xinzhi.frontier.result import Status
from xinzhi.frontier.solve import exact
from xinzhi.frontier.solve.certificate import PROVED, EvaluatedRow, Point, Vertex
from xinzhi.frontier.solve.exact import ZERO, Column, Optimum
from xinzhi.frontier.solve.highs import Basis
from xinzhi.frontier.technology import ReferenceColumns, Technology

ROUNDS = 500
"""Most solves for one program: one for each column that enters."""


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """Amounts of a row as fractions, in its own units d."""

    columns: list[Column]
    """Columns that have entered."""
    right: Column
    d: Column


class RationalModel:
    """A reference set whose columns enter programs in fractions; all of them would be too many."""

    def __init__(
        self, technology: Technology, reference: ReferenceColumns, program: Program
    ) -> None:
        """Start without columns."""
        self._technology, self._right = technology, program.right
        self._rows, self._raw, self._columns = reference.rows, reference.raw, reference.scaled
        self._e = int(program.numerator.shape[1])
        self._entered: list[int] = []

    def solve(
        self, row: EvaluatedRow, program: RowProgram, likely: Basis, *, precision: float
    ) -> tuple[Status, Point | None]:
        """Solve a program exactly.

        Parameters
        ----------
        row, program
            The row and its program.
        likely
            A basis whose columns are likely to enter.
        precision
            Data that agree to this count as the same (decision 0004): a program without a point that
            has one for such data has its score. With 0 it is infeasible.
        """
        winners = [int(name - self._e) for name in likely if name >= self._e]
        # What has entered for one row stays for the next: neighbours share their peers.
        self._entered += [
            column
            for column in dict.fromkeys(winners + self._likely_columns())
            if column not in self._entered
        ]
        status, optimum, moved = self._optimum(row, program, precision)
        if optimum is None:
            return "unsolved", None
        point = self._point(row, optimum, moved)
        if point.is_settled:
            return status, point
        # The score changes by more than a proof allows where the right-hand side moves. With a
        # precision of 0 nothing moves, so that the second answer is final.
        return self.solve(row, program, likely, precision=0.0)

    def _optimum(
        self, row: EvaluatedRow, program: RowProgram, precision: float
    ) -> tuple[Status, Optimum | None, Column]:
        """Find the optimum, and what the right-hand side had to move by for there to be a point.

        Where there is none, the optimum is that of the program which asks for the least violation.
        """
        moved = [ZERO] * len(row.d)
        is_tested = program.has_every_slack
        for _ in range(ROUNDS):
            amounts = self._fractions(row)
            closed = np.flatnonzero(np.isin(self._entered, row.excluded)).tolist()
            right = [value - shift for value, shift in zip(amounts.right, moved, strict=True)]
            verdict, optimum = exact.solve(program, amounts.columns, right, closed)
            if verdict == "infeasible" and not is_tested:
                _, least, _ = self._optimum(row, program.violation(), 0.0)
                if least is None:
                    return "unsolved", None, moved
                moved = self._lacking(program, least)
                if any(moved) and self._error(least, moved, program, row) > precision:
                    return "infeasible", least, [ZERO] * len(moved)
                is_tested = True
                continue
            if optimum is None or not exact.is_optimum(
                program, amounts.columns, right, closed, optimum
            ):
                return "unsolved", None, moved
            prices = [u / v for u, v in zip(optimum.duals, amounts.d, strict=True)]
            entering = exact.most_violated(prices, self._raw, row.excluded)
            if entering is None:
                return "certified", optimum, moved
            self._entered.append(entering)
        return "unsolved", None, moved

    def _lacking(self, program: RowProgram, least: Optimum) -> Column:
        """Return by how much each constraint is violated at least: the slacks that are not allowed."""
        moved = [ZERO] * len(least.duals)
        for name, value in zip(least.basis.tolist(), least.basic, strict=True):
            if name < 2 * len(moved) and not program.allowed[name]:
                moved[name % len(moved)] += value if name < len(moved) else -value
        return moved

    def _error(
        self, least: Optimum, moved: Column, program: RowProgram, row: EvaluatedRow
    ) -> float:
        """Return the relative change of the data by which a violation vanishes (`backward_error`)."""
        scale = np.ones(len(moved))
        columns = self._fractions(row).columns
        for name, value in zip(least.basis.tolist(), least.basic, strict=True):
            column = (
                [float(entry) for entry in columns[name - self._e]]
                if name >= self._e
                else program.columns[:, name]
            )
            scale += np.abs(np.array(column)) * abs(float(value))
        return float((np.abs([float(shift) for shift in moved]) / scale).max())

    def _likely_columns(self) -> list[int]:
        """List columns that are likely to enter: winners of a ratio.

        Of each ratio good/input or good/bad; with Σ λ as a constraint the least in each input and bad and
        the largest in each good join.
        """
        columns, technology = self._columns, self._technology
        if not len(columns):
            return []
        winners = []
        outputs, uses = -columns[:, technology.goods()], columns[:, technology.bounded]
        for output, use in itertools.product(outputs.T, [*uses.T, uses.sum(axis=1)]):
            ratio = np.divide(output, use, out=np.zeros_like(use), where=use > 0)
            winners.append(int(np.argmax(ratio)))
        if technology.returns_to_scale != "constant":
            absolute = uses / columns[:, -1:]
            winners += [int(index) for index in np.argmin(absolute, axis=0)]
        return winners

    def _fractions(self, row: EvaluatedRow) -> Amounts:
        """Return what has entered and the right-hand side in units d of the row, and d."""
        technology = self._technology
        amounts, factors = exact.fractions_of(
            np.vstack([technology.raw[row.position], technology.factors])
        )
        right = [amount * factor for amount, factor in zip(amounts, factors, strict=True)]
        # d is the row's own amount; where that is 0, 1 in the units of the technology (`own_values`).
        unit = technology.units * technology.sizes[row.position]
        d = [abs(v) or Fraction(float(u)) for v, u in zip(right, unit, strict=True)]
        columns = [
            [v / u for v, u in zip(column, d, strict=True)]
            for column in exact.fractions_of(self._raw[self._entered])
        ]
        if self._right is None:
            return Amounts(columns, [v / u for v, u in zip(right, d, strict=True)], d)
        return Amounts(columns, exact.fractions_of(row.right[None])[0], d)

    def _point(self, row: EvaluatedRow, optimum: Optimum, moved: Column) -> Point:
        """Read a vertex that is optimal in exact arithmetic, for right-hand sides that moved."""
        # What the shift of the right-hand side moves the value by is the whole error: the rest is exact.
        lost = sum((u * shift for u, shift in zip(optimum.duals, moved, strict=True)), ZERO)
        over = optimum.value * optimum.denominator
        vertex = Vertex(
            basic=np.array([float(value) for value in optimum.basic]),
            value=float(optimum.value),
            duals=np.array([float(dual) for dual in optimum.duals]),
            denominator=float(optimum.denominator),
            primal=max(abs(float(shift)) for shift in moved),
            gap=abs(float(lost)) / max(1.0, abs(float(over))),
        )
        basis = optimum.basis.copy()
        is_column = basis >= self._e
        entered = np.array(self._entered, dtype=np.intp)
        basis[is_column] = self._e + entered[basis[is_column] - self._e]
        sizes, scale = np.ones(len(basis)), self._technology.sizes
        sizes[is_column] = scale[row.position] / scale[self._rows[basis[is_column] - self._e]]
        return Point(vertex, basis, sizes, vertex.primal, 0.0, is_settled=vertex.gap <= PROVED)
