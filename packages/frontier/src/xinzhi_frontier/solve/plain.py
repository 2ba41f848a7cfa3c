"""Programs row by row in HiGHS, all columns in one plain model: the oracle, and the second resort.

What the kernel cannot prove is solved here, and what is asked for by `solver: highs` or `exact`. HiGHS is
asked for a basis only; the vertex is computed from it and proved over all columns (certificate.py). The
fraction is minimised by alternating ρ = N/D and min N - ρ D (Dinkelbach). What HiGHS cannot settle is
solved in exact rational arithmetic (exact.py).

References
----------
Dinkelbach, W. (1967), On nonlinear fractional programming. Management Science 13,
doi 10.1287/mnsc.13.7.492.
Isermann, H. (1982), Linear lexicographic optimization. OR Spektrum 4 (`_second_phase`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xinzhi_frontier.result import Array
from xinzhi_frontier.solve.certificate import (
    ADD,
    PROVED,
    EvaluatedRow,
    Point,
    backward_error,
    precision,
    price_unknowns,
    vertex,
    without_surplus_price,
    wrong_signs,
)
from xinzhi_frontier.solve.exact import RationalModel
from xinzhi_frontier.solve.highs import DUAL, LIFT, PRIMAL, Basis, KeptModel, Verdict
from xinzhi_frontier.technology import (
    Flags,
    Positions,
    Program,
    ProgramSolution,
    ReferenceColumns,
    RowProgram,
    Technology,
    has_surplus,
)

ROUNDS = 500
"""Most solves for one program; about three are usual."""
BASES = 512
"""Most bases of other rows that are kept to be tried on a row."""
WAYS = ("highs", "highs_scaled", "highs_primal")
"""The kept model; models of their own in units of the row, by dual and by primal simplex. The last
way is in fractions."""
FACE = 1e-10
"""A reduced cost of the first phase up to this, per unit of d, is 0 (interface.h has the same)."""
ROUNDING = 1e-14
"""... or up to this times the sum of the multipliers."""


class PlainModel:
    """A reference set in one model, solved for one row after the other."""

    def __init__(
        self,
        technology: Technology,
        reference: ReferenceColumns,
        program: Program,
        rows: Positions,
        ways: Sequence[str] | None = None,
    ) -> None:
        """Start the model of programs of some rows; without `ways` only exact arithmetic is left."""
        self._prices: Array | None = None
        if program.first is not None:
            program, self._prices = _second_phase(technology, program, rows)
        self._technology, self._program, self._evaluated = technology, program, rows
        self._rows, self._columns = reference.rows, reference.scaled
        self._free = np.array([False] * (2 * program.r) + list(program.free))
        self._e = len(self._free)
        self._ways = WAYS if ways is None else tuple(ways)
        # A computed right-hand side is known to 1e-9 only: there is no corner to be seen below that.
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

    def solve(self, index: int, excluded: Flags) -> ProgramSolution:
        """Solve the program with this index, without some columns of the reference set."""
        technology, position = self._technology, self._evaluated[index : index + 1]
        d, right = technology.own_values(position)[0], self._program.right
        if self._prices is not None:
            excluded = excluded | (self._columns @ self._prices[index] < 0.0)
        row = EvaluatedRow(
            int(position[0]),
            d,
            technology.right(position)[0] / d if right is None else right[index],
            np.where(technology.bounded, 1.0 / d, 0.0),
            np.flatnonzero(excluded),
        )
        program = self._program.row(index)
        # The kept model is in units of the technology, which are the same for all rows.
        self._model.set_row(row.right * d, program.columns[:, 2 * len(d) :] * d[:, None])
        self._model.fix_at_zero(row.excluded)
        try:
            return self._solve(row, program)
        finally:
            # The next row starts from the whole reference set, whatever became of this one.
            self._model.release(row.excluded)

    def _solve(self, row: EvaluatedRow, program: RowProgram) -> ProgramSolution:
        """Try the bases of rows before; then start the fraction where its denominator is above 0."""
        start = None
        for basis in self._near_bases(row):
            point = self._evaluate_basis(row, program, basis)
            if point is None or not point.primal <= PROVED:
                continue
            if point.is_proved and point.dual <= ADD:
                return self._read(row, point, "start")
            # A feasible point gives a ρ to start from, even if it is not the optimum.
            start = point.vertex.value if start is None else start
        if start is not None:
            return self._prove(row, program, start)
        # Where no point has a denominator of 0 or less, Dinkelbach's rounds fall from any ρ; most
        # scores are near 1.
        if program.is_linear or program.denominator_is_positive:
            return self._prove(row, program, 1.0)
        # Else there may be no point with D > 0, which the largest D decides; its point gives the first ρ.
        largest = self._prove(row, program.largest_denominator(), 0.0)
        if largest.status != "certified":
            return largest
        denominator = -largest.value
        if denominator <= PROVED:
            return replace(largest, status="infeasible", value=np.nan)
        numerator = program.constants[0] + float(program.numerator @ largest.moves)
        return self._prove(row, program, numerator / denominator)

    def _prove(self, row: EvaluatedRow, program: RowProgram, start: float) -> ProgramSolution:
        """Try one way after the other until an optimum is proved."""
        for way in self._ways:
            solution = self._minimise_fraction(row, program, start, way)
            if solution is not None:
                return solution
        return self._solve_exactly(row, program) or ProgramSolution("unsolved")

    def _minimise_fraction(
        self, row: EvaluatedRow, program: RowProgram, value: float, way: str
    ) -> ProgramSolution | None:
        """Alternate ρ = N/D and min N - ρ D until nothing improves."""
        is_feasible = False
        for _ in range(ROUNDS):
            verdict, basis = self._find_basis(row, program, value, way)
            if verdict == "infeasible" and not is_feasible:
                # HiGHS is not believed: the least violation must be proved to be above 0.
                violation = self._least_violation(row, program)
                if violation is None or violation.status != "certified":
                    return violation
                # The kept model now stands at a feasible basis, from which it may succeed.
                is_feasible = True
                continue
            if verdict != "optimal":
                return None
            point = self._evaluate_basis(row, program, basis)
            if point is None or not point.primal <= PROVED:
                return None
            # When ρ has stopped falling further rounds repeat this one; the proof decides what it is.
            if point.dual <= ADD or abs(point.vertex.value - value) <= 1e-15 * abs(value):
                if not point.is_proved:
                    return None
                self._keep_basis(point.basis)
                return self._read(row, point, way)
            value = point.vertex.value
        return None

    def _near_bases(self, row: EvaluatedRow) -> list[Basis]:
        """List the bases at which the row may have a feasible point; the last one first."""
        last = [] if self._last is None else [self._last]
        values = self._inverses @ (row.right * row.d)
        slack = np.array(self._bases, dtype=np.intp).reshape(-1, len(row.d))
        # A slack is judged in units of the row; an intensity by the most that a unit of it can make up.
        unit = np.where(slack < self._e, 1.0 / row.d[slack % len(row.d)], row.bound.max())
        is_feasible = (values * unit >= -PROVED).all(axis=1)
        return last + [self._bases[index] for index in np.flatnonzero(is_feasible)]

    def _keep_basis(self, basis: Basis) -> None:
        """Keep a basis that other rows may share."""
        self._last, r = basis, self._program.r
        is_column = basis >= self._e
        # The columns of own unknowns differ from row to row, and with them the inverse.
        has_own = (~is_column & (basis >= 2 * r)).any()
        is_kept = any(np.array_equal(basis, other) for other in self._bases)
        if has_own or is_kept or len(self._bases) == BASES:
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

    def _least_violation(self, row: EvaluatedRow, program: RowProgram) -> ProgramSolution | None:
        """Prove that a program has no point: `infeasible` or `unsolved`; None that it cannot be so.

        `certified` says that there is a point.
        """
        if program.has_every_slack:
            return None
        least = self._prove(row, program.violation(), 0.0)
        if least.status == "certified" and least.value > PROVED:
            return replace(least, status="infeasible", value=np.nan)
        return least

    def _find_basis(
        self, row: EvaluatedRow, program: RowProgram, value: float, way: str
    ) -> tuple[Verdict, Basis]:
        """Let HiGHS minimise N - ρ D, ρ being `value`."""
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
        model.fix_at_zero(row.excluded)
        model.set_row(row.right, program.columns[:, slack:])
        return model.solve(cost)

    def _evaluate_basis(self, row: EvaluatedRow, program: RowProgram, basis: Basis) -> Point | None:
        """Recompute a basis and price all columns with it."""
        if len(basis) != len(row.d):
            return None
        is_column = basis >= self._e
        unknowns = np.where(is_column, 0, basis)
        matrix = program.columns[:, unknowns]
        indices = basis[is_column] - self._e
        columns = self._columns[indices]
        # Columns of size 1 keep the matrix well scaled; intensities are divided again in `_read`.
        sizes = np.ones(len(basis))
        sizes[is_column] = np.maximum(columns @ row.bound, np.finfo(float).tiny)
        matrix[:, is_column] = columns.T / row.d[:, None] / sizes[is_column]
        costs = (
            np.where(is_column, 0.0, program.numerator[unknowns]),
            np.where(is_column, 0.0, program.denominator[unknowns]),
        )
        optimum = vertex(matrix, row.right, costs, program.constants)
        if optimum is None:
            return None
        if has_surplus(self._technology.returns_to_scale):
            optimum = without_surplus_price(optimum, row.right)
        # HiGHS may leave a fixed unknown in the basis at 0; anything else breaks its sign.
        fixed = ~is_column & ~program.allowed[unknowns]
        fixed[is_column] = np.isin(indices, row.excluded)
        wrong = wrong_signs(optimum.basic, ~is_column & program.free[unknowns], fixed)
        return Point(
            vertex=optimum,
            basis=basis,
            sizes=sizes,
            primal=float(np.maximum(optimum.primal, wrong.max())),
            dual=float(
                np.maximum(
                    self._price_columns(row, optimum.duals),
                    price_unknowns(program, optimum.value, optimum.duals),
                )
            ),
            is_settled=backward_error(matrix, optimum.basic, row.right, wrong) <= self._precision,
        )

    def _price_columns(self, row: EvaluatedRow, duals: Array) -> float:
        """Return the largest violation of a dual constraint over all columns, per unit of size."""
        if not len(self._columns):
            return 0.0
        priced, size = (self._columns @ np.array([duals / row.d, row.bound]).T).T
        price = priced / np.where(size > 0, size, 1.0)
        price[row.excluded] = -np.inf
        return float(np.maximum(0.0, price.max()))

    def _solve_exactly(self, row: EvaluatedRow, program: RowProgram) -> ProgramSolution | None:
        """Solve in fractions; where only exact arithmetic is asked for, no tolerance decides anything."""
        likely = np.empty(0, dtype=np.intp) if self._last is None else self._last
        precision = self._precision if self._ways else 0.0
        status, point = self._rational.solve(row, program, likely, precision=precision)
        if point is None:
            return None
        solution = self._read(row, point, "exact")
        return solution if status == "certified" else replace(solution, status=status, value=np.nan)

    def _read(self, row: EvaluatedRow, point: Point, way: str) -> ProgramSolution:
        """Read the solution of a proved vertex."""
        is_column = point.basis >= self._e
        intensities = point.vertex.basic[is_column] / point.sizes[is_column]
        positions, scale = self._rows[point.basis[is_column] - self._e], self._technology.sizes
        moves = np.zeros(self._e)
        moves[point.basis[~is_column]] = point.vertex.basic[~is_column]
        return ProgramSolution(
            "certified",
            value=point.vertex.value,
            positions=positions,
            # Rows were divided by their sizes: λ of the columns as given differs by the ratio of these.
            intensities=intensities * scale[row.position] / scale[positions],
            moves=moves,
            duals=point.vertex.duals / point.vertex.denominator,
            primal=point.primal,
            dual=point.dual,
            gap=point.vertex.gap,
            solver=way,
        )


def _second_phase(
    technology: Technology, program: Program, rows: Positions
) -> tuple[Program, Array]:
    """Leave out of a second phase what the first one prices: it is 0 in every optimum of the first.

    The second value, shape (q, r), are multipliers by which columns are priced; one below 0 is left out.
    """
    first = program.first
    assert first is not None
    limit = FACE / np.abs(program.own[:, :, 0]).max(axis=1)
    limit = (limit + ROUNDING * np.abs(first).sum(axis=1))[:, None]
    r, allowed = program.r, program.allowed.copy()
    allowed[:, :r] &= -first <= limit
    allowed[:, r : 2 * r] &= first <= limit
    # The limit holds per unit of size, as all prices of columns do: it is added to each bound.
    prices = (first + limit * technology.bounded) / technology.own_values(rows)
    return replace(program, allowed=allowed, first=None), prices
