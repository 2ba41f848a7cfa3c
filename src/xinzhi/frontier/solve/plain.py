"""Programs row by row in HiGHS, all columns in one plain model: the oracle, and the second resort.

What the kernel cannot prove is solved here, and what is asked for by `solver: highs` or `exact`. HiGHS is
asked for a basis only; the vertex is computed from it and proved over all columns (certificate.py). The
fraction is minimised by alternating ρ = N/D and min N - ρ D (Dinkelbach). What HiGHS cannot settle is
solved in exact rational arithmetic (rational.py).

References
----------
Dinkelbach, W. (1967), On nonlinear fractional programming. Management Science 13,
doi 10.1287/mnsc.13.7.492.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xinzhi.frontier.program import Program, RowProgram, Solution
from xinzhi.frontier.result import Array
from xinzhi.frontier.solve.certificate import (
    ADD,
    PROVED,
    backward_error,
    precision,
    price_unknowns,
    vertex,
    without_surplus_price,
    wrong_signs,
)
from xinzhi.frontier.solve.highs import DUAL, LIFT, PRIMAL, Basis, KeptModel, Verdict
from xinzhi.frontier.solve.point import Point, Row
from xinzhi.frontier.solve.rational import RationalModel
from xinzhi.frontier.technology import Positions, ReferenceColumns, Technology, has_surplus

ROUNDS = 500
"""Most solves for one program; about three are usual."""
BASES = 512
"""Most bases of other rows that are kept to be tried on a row."""
WAYS = ("highs", "highs_scaled", "highs_primal")
"""The kept model; models of their own in units of the row, by dual and by primal simplex. The last
way is in fractions."""


class PlainModel:
    """A reference set in one model, solved for one row after the other."""

    def __init__(
        self,
        technology: Technology,
        reference: ReferenceColumns,
        program: Program,
        ways: Sequence[str] | None = None,
    ) -> None:
        """Start the model; without `ways` only exact arithmetic is left."""
        self._technology, self._program = technology, program
        self._rows, self._columns = reference.rows, reference.scaled
        self._free = np.array([False] * (2 * program.r) + list(program.free))
        self._e = len(self._free)
        self._ways = WAYS if ways is None else tuple(ways)
        self._lift = LIFT if program.right is None else 1.0
        self._precision = precision(program)
        self._model = KeptModel(program.r, len(program.free), self._free, lift=self._lift)
        self._model.add(self._columns)
        self._rational = RationalModel(technology, reference, program)
        self._last: Basis | None = None
        self._bases: list[Basis] = []
        """Bases of intensities and slacks, which are the same for all rows but for units."""
        self._inverses = np.empty((0, program.r, program.r))
        """Their inverses, in units of the technology."""

    def solve(self, index: int, position: int, excluded: Positions) -> Solution:
        """Solve the program with this index for the row at a position among all rows."""
        technology, at = self._technology, np.array([position])
        d = technology.own(at)[0]
        right = self._program.right
        row = Row(
            position,
            d,
            technology.right(at)[0] / d if right is None else right[index],
            np.where(technology.bounded, 1.0 / d, 0.0),
            excluded,
        )
        program = self._program.row(index)
        self._model.aim(row.right * d, program.columns[:, 2 * len(d) :] * d[:, None])
        self._model.close(excluded, closed=True)
        try:
            return self._solve(row, program)
        finally:
            self._model.close(excluded, closed=False)

    def _solve(self, row: Row, program: RowProgram) -> Solution:
        """Try the bases of rows before; then start the fraction where its denominator is above 0."""
        start = None
        for basis in self._starts(row):
            point = self._point(row, program, basis)
            if point is None or point.primal > PROVED:
                continue
            if point.is_proved and point.dual <= ADD:
                return self._solution(row, point, "start")
            start = point.vertex.value if start is None else start
        if start is not None:
            return self._prove(row, program, start)
        if program.is_linear or program.denominator_is_positive:
            return self._prove(row, program, 1.0)
        largest = self._prove(row, program.largest_denominator(), 0.0)
        if largest.status != "certified":
            return largest
        denominator = -largest.value
        if denominator <= PROVED:
            return replace(largest, status="infeasible", value=np.nan)
        over = program.constants[0] + float(program.numerator @ largest.moves)
        return self._prove(row, program, over / denominator)

    def _prove(self, row: Row, program: RowProgram, start: float) -> Solution:
        """Try one way after the other until an optimum is proved."""
        for way in self._ways:
            found = self._improve(row, program, start, way)
            if found is not None:
                return found
        return self._exactly(row, program) or Solution("unsolved")

    def _improve(self, row: Row, program: RowProgram, value: float, way: str) -> Solution | None:
        """Alternate ρ = N/D and min N - ρ D until nothing improves."""
        tested = False
        for _ in range(ROUNDS):
            verdict, basis = self._basis(row, program, value, way)
            if verdict == "infeasible" and not tested:
                impossible = self._impossible(row, program)
                if impossible is None or impossible.status != "certified":
                    return impossible
                tested = True
                continue
            if verdict != "optimal":
                return None
            point = self._point(row, program, basis)
            if point is None or point.primal > PROVED:
                return None
            if point.dual <= ADD or abs(point.vertex.value - value) <= 1e-15 * abs(value):
                if not point.is_proved:
                    return None
                self._remember(point.basis)
                return self._solution(row, point, way)
            value = point.vertex.value
        return None

    def _starts(self, row: Row) -> list[Basis]:
        """List the bases at which the row may have a feasible point; the last one first."""
        last = [] if self._last is None else [self._last]
        values = self._inverses @ (row.right * row.d)
        slack = np.array(self._bases, dtype=np.intp).reshape(-1, len(row.d))
        unit = np.where(slack < self._e, 1.0 / row.d[slack % len(row.d)], row.bound.max())
        holds = (values * unit >= -PROVED).all(axis=1)
        return last + [self._bases[index] for index in np.flatnonzero(holds)]

    def _remember(self, basis: Basis) -> None:
        """Keep a basis that other rows may share."""
        self._last, r = basis, self._program.r
        is_column = basis >= self._e
        is_own = (~is_column & (basis >= 2 * r)).any()
        known = any(np.array_equal(basis, other) for other in self._bases)
        if is_own or known or len(self._bases) == BASES:
            return
        unit = np.hstack([np.eye(r), -np.eye(r)])
        matrix = np.empty((r, r))
        matrix[:, ~is_column] = unit[:, basis[~is_column]]
        matrix[:, is_column] = self._columns[basis[is_column] - self._e].T
        try:
            inverse = np.linalg.inv(matrix)
        except np.linalg.LinAlgError:
            return
        self._bases.append(basis)
        self._inverses = np.concatenate([self._inverses, inverse[None]])

    def _impossible(self, row: Row, program: RowProgram) -> Solution | None:
        """Prove that a program has no point: `infeasible` or `unsolved`; None that it cannot be so.

        `certified` says that there is a point.
        """
        if program.has_every_slack:
            return None
        least = self._prove(row, program.violation(), 0.0)
        if least.status == "certified" and least.value > PROVED:
            return replace(least, status="infeasible", value=np.nan)
        return least

    def _basis(
        self, row: Row, program: RowProgram, value: float, way: str
    ) -> tuple[Verdict, Basis]:
        cost = program.numerator - value * program.denominator
        slack = 2 * len(row.d)
        if way == "highs":
            cost[:slack] /= np.tile(row.d, 2)
            self._model.allow(program.allowed)
            return self._model.solve(cost)
        # A model of its own in units of the row, where tolerances are relative to its values.
        strategy = PRIMAL if way == "highs_primal" else DUAL
        model = KeptModel(
            len(row.d), self._e - slack, program.free, strategy=strategy, lift=self._lift
        )
        sizes = self._columns @ row.bound
        model.add(self._columns / row.d / np.where(sizes > 0, sizes, 1.0)[:, None])
        model.allow(program.allowed)
        model.close(row.excluded, closed=True)
        model.aim(row.right, program.columns[:, slack:])
        return model.solve(cost)

    def _point(self, row: Row, program: RowProgram, basis: Basis) -> Point | None:
        """Recompute a basis and price all columns with it."""
        if len(basis) != len(row.d):
            return None
        is_column = basis >= self._e
        unknowns = np.where(is_column, 0, basis)
        matrix = program.columns[:, unknowns]
        indices = basis[is_column] - self._e
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
            fixed[is_column] = np.isin(indices, row.excluded)
        wrong = wrong_signs(found.basic, ~is_column & program.free[unknowns], fixed)
        return Point(
            vertex=found,
            basis=basis,
            sizes=sizes,
            primal=max(found.primal, float(wrong.max())),
            dual=max(
                self._violation(row, found.duals),
                price_unknowns(program, found.value, found.duals),
            ),
            is_settled=bool(
                backward_error(matrix, found.basic, row.right, wrong) <= self._precision
            ),
        )

    def _violation(self, row: Row, duals: Array) -> float:
        """Return the largest violation of a dual constraint over all columns, per unit of size."""
        if not len(self._columns):
            return 0.0
        priced, size = (self._columns @ np.array([duals / row.d, row.bound]).T).T
        price = priced / np.where(size > 0, size, 1.0)
        price[row.excluded] = -np.inf
        return max(0.0, float(price.max()))

    def _exactly(self, row: Row, program: RowProgram) -> Solution | None:
        """Solve in fractions; where only exact arithmetic is asked for, no tolerance decides anything."""
        likely = np.empty(0, dtype=np.intp) if self._last is None else self._last
        precision = self._precision if self._ways else 0.0
        status, point = self._rational.solve(row, program, likely, precision=precision)
        if point is None:
            return None
        found = self._solution(row, point, "exact")
        return found if status == "certified" else replace(found, status=status, value=np.nan)

    def _solution(self, row: Row, point: Point, way: str) -> Solution:
        """Read the solution of a proved vertex."""
        is_column = point.basis >= self._e
        intensities = point.vertex.basic[is_column] / point.sizes[is_column]
        positions, scale = self._rows[point.basis[is_column] - self._e], self._technology.sizes
        moves = np.zeros(self._e)
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
