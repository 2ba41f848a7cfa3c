"""Solve the programs of many rows against one reference set, columns entering when they price.

The model holds only the columns W that have mattered so far. Each optimum over W is priced over
all columns of the reference set; the one that violates most enters, until none does. So every
score is proved against the whole reference set whatever W was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from xinzhi.efficiency import exact
from xinzhi.efficiency.certificate import (
    ADD,
    PROVED,
    Vertex,
    membership_term,
    price_unknowns,
    sign_violation,
    vertex,
)
from xinzhi.efficiency.frame import Frame
from xinzhi.efficiency.program import Program, RowProgram, Solution
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.seeds import seeds
from xinzhi.efficiency.solver import DUAL, PRIMAL, Basis, KeptModel, Verdict
from xinzhi.efficiency.sweep import NEAR, Trial, Vertices, rows_of
from xinzhi.efficiency.technology import Positions, ReferenceColumns, Technology

ROUNDS = 500
"""Most solves for one program; about three are usual, and one for each column that enters."""
WAYS = ("highs", "highs_scaled", "highs_primal")
"""The kept model; models of their own in units of the row, by dual and by primal simplex. The last
way is in fractions."""


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

    @property
    def is_proved(self) -> bool:
        """Whether primal, dual and gap are all small enough."""
        return max(self.primal, self.dual, self.vertex.gap) <= PROVED


class Frontier:
    """A reference set, and the growing model of it."""

    def __init__(
        self,
        technology: Technology,
        reference: ReferenceColumns,
        program: Program,
        residual: float = 0.0,
    ) -> None:
        """Start the model; `residual` is that of the memberships if the columns are a frame."""
        self._residual = residual
        self._technology = technology
        self._rows = reference.rows
        self._raw = reference.raw
        self._columns = reference.scaled
        self._program = program
        free = np.array([False] * (2 * program.r) + list(program.free))
        self._model = KeptModel(program.r, len(program.free), free)
        self._e = len(free)
        self._held: list[int] = []
        self._place = np.full(len(reference.rows), -1, dtype=np.intp)
        self._last: Basis | None = None
        self._priced: Positions | None = None
        for column in seeds(technology, self._columns):
            self._hold(column)

    def solve_framed(
        self, index: int, position: int, excluded: Positions, frame: Frame
    ) -> Solution:
        """Solve with columns excluded, priced over those that generate what remains."""
        self._residual = frame.residual
        generating = frame.without(self._rows[excluded])
        self._priced = np.flatnonzero(np.isin(self._rows, generating))
        try:
            return self.solve(index, position, excluded)
        finally:
            self._priced = None

    def solve(self, index: int, position: int, excluded: Positions) -> Solution:
        """Solve the program with this index for the row at a position among all rows."""
        technology = self._technology
        d = technology.own(np.array([position]))[0]
        row = Row(
            position,
            d,
            technology.columns[position] / d
            if self._program.right is None
            else self._program.right[index],
            np.where(technology.bounded, 1.0 / d, 0.0),
            excluded,
        )
        program = self._program.row(index)
        self._model.aim(row.right * d, program.columns[:, 2 * len(d) :] * d[:, None])
        closed = [place for place in self._place[excluded].tolist() if place >= 0]
        self._model.close(closed, closed=True)
        try:
            return self._solve(row, program)
        finally:
            self._model.close(closed, closed=False)

    def solve_all(self, positions: Positions) -> list[Solution]:
        """Solve all programs, nothing excluded; each new basis is tried on the rows that remain."""
        rows = rows_of(self._technology, self._program, positions)
        solutions = [Solution("unsolved")] * len(positions)
        pending = np.arange(len(positions), dtype=np.intp)
        nothing = np.empty(0, dtype=np.intp)
        while len(pending):
            first, pending = int(pending[0]), pending[1:]
            solutions[first] = self.solve(first, int(positions[first]), nothing)
            if self._last is None or not len(pending):
                continue
            near = pending[:NEAR] if len(self._program.free) else pending
            trial = Trial(
                self._program,
                rows,
                self._columns,
                self._last,
                self._columns_of(self._last),
                self._columns[self._held],
                self._residual,
            )
            proved, found = trial.prove(near)
            for place, index in enumerate(proved.tolist()):
                solutions[index] = self._swept(int(positions[index]), found, place)
            pending = np.setdiff1d(pending, proved, assume_unique=True)
        return solutions

    def _columns_of(self, basis: Basis) -> Array:
        held = [self._held[b - self._e] for b in basis[basis >= self._e]]
        return np.asarray(self._columns[held])

    def _swept(self, position: int, found: Vertices, place: int) -> Solution:
        """Read the solution of one row from a proved trial of the last basis."""
        assert self._last is not None
        is_column = self._last >= self._e
        held = np.array([self._held[b - self._e] for b in self._last[is_column]], dtype=np.intp)
        scale, at = self._technology.sizes, self._rows[held]
        d = self._technology.own(np.array([position]))[0]
        names = self._last[~is_column]
        unit = np.concatenate([d, d, np.ones(self._e - 2 * len(d))])[names]
        moves = np.zeros(self._e)
        moves[names] = found.basic[place, ~is_column] / unit
        return Solution(
            "certified",
            value=float(found.value[place]),
            positions=at,
            intensities=found.basic[place, is_column] * scale[position] / scale[at],
            moves=moves,
            duals=found.duals[place] / found.denominator[place],
            primal=float(found.primal[place]),
            dual=float(found.dual[place]),
            gap=float(found.gap[place]),
            solver="start",
        )

    def _solve(self, row: Row, program: RowProgram) -> Solution:
        point = None if self._last is None else self._point(row, program, self._last)
        feasible = point is not None and point.primal <= PROVED
        if point is not None and feasible and point.is_proved and point.entering < 0:
            return self._solution(row, point, "start")
        if point is not None and feasible:
            return self._prove(row, program, point.vertex.value)
        if program.is_linear or program.denominator_is_positive:
            return self._prove(row, program, 1.0)
        return self._from_largest_denominator(row, program)

    def _from_largest_denominator(self, row: Row, program: RowProgram) -> Solution:
        """Start a fraction where its denominator is largest; not above 0 means infeasible."""
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
        value = start
        for way in WAYS:
            found = self._improve(row, program, value, way)
            if found is not None:
                return found
        return self._exactly(row, program) or Solution("unsolved")

    def _exactly(self, row: Row, program: RowProgram) -> Solution | None:
        """Solve in fractions, columns entering; what remains of the certificate is exactly 0."""
        every, right = self._fractions(row)
        tested = False
        for _ in range(ROUNDS):
            closed = [place for place in self._place[row.excluded].tolist() if place >= 0]
            verdict, optimum = exact.solve(
                program, [every[column] for column in self._held], right, closed
            )
            if verdict == "infeasible" and not tested:
                impossible = self._impossible(row, program)
                if impossible is None or impossible.status != "certified":
                    return impossible
                tested = True
                continue
            if optimum is None:
                return None
            entering = exact.most_violated(optimum.duals, every, row.excluded.tolist())
            if entering is None:
                return self._exact_solution(row, optimum)
            self._hold(entering)
        return None

    def _improve(self, row: Row, program: RowProgram, value: float, way: str) -> Solution | None:
        """Alternate ρ = N/D and min N - ρ D over W, columns entering, until nothing improves."""
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
            if point.entering >= 0 and self._place[point.entering] < 0:
                self._hold(point.entering)
            elif point.dual <= ADD or abs(point.vertex.value - value) <= 1e-15 * abs(value):
                if not point.is_proved:
                    return None
                self._last = point.basis
                return self._solution(row, point, way)
            value = point.vertex.value
        return None

    def _impossible(self, row: Row, program: RowProgram) -> Solution | None:
        """Prove that a program has no point, or let the columns enter that make one."""
        if program.allowed[: 2 * len(row.d)].all():
            return None
        least = self._prove(row, program.violation(), 0.0)
        if least.status == "certified" and least.value > PROVED:
            return replace(least, status="infeasible", value=np.nan)
        return least

    def _basis(
        self, row: Row, program: RowProgram, value: float, way: str
    ) -> tuple[Verdict, Basis]:
        self._model.allow(program.allowed)
        cost = program.numerator - value * program.denominator
        if way == "highs":
            cost[: 2 * len(row.d)] /= np.tile(row.d, 2)
            return self._model.solve(cost)
        columns = self._columns[self._held] / row.d
        closed = [place for place in self._place[row.excluded].tolist() if place >= 0]
        strategy = PRIMAL if way == "highs_primal" else DUAL
        return self._scaled_model(row, program, columns, closed, strategy).solve(cost)

    def _scaled_model(
        self, row: Row, program: RowProgram, columns: Array, closed: list[int], strategy: int
    ) -> KeptModel:
        """Make a model of W in units of the row, where tolerances are relative to its values."""
        slack = 2 * len(row.d)
        model = KeptModel(len(row.d), self._e - slack, program.free, strategy=strategy)
        sizes = self._columns[self._held] @ row.bound
        for column, size in zip(columns, sizes, strict=True):
            model.add(column / size if size > 0 else column)
        model.allow(program.allowed)
        model.close(closed, closed=True)
        model.aim(row.right, program.columns[:, slack:])
        return model

    def _point(self, row: Row, program: RowProgram, basis: Basis) -> Point | None:
        """Recompute a basis and price all columns with it."""
        if len(basis) != len(row.d):
            return None
        is_column = basis >= self._e
        unknowns = np.where(is_column, 0, basis)
        matrix = program.columns[:, unknowns]
        columns = self._columns[[self._held[b - self._e] for b in basis[is_column]]]
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
        fixed = ~is_column & ~program.allowed[unknowns]
        fixed[is_column] = np.isin(
            [self._held[b - self._e] for b in basis[is_column]], row.excluded
        )
        wrong = sign_violation(found.basic, ~is_column & program.free[unknowns], fixed)
        entering, least = self._price(row, found.duals)
        dual = max(-least, price_unknowns(program, found.value, found.duals))
        dual += membership_term(self._residual, found.duals)
        return Point(
            vertex=found,
            basis=basis,
            sizes=sizes,
            primal=max(found.primal, wrong),
            dual=dual,
            entering=entering if least < -ADD else -1,
        )

    def _price(self, row: Row, duals: Array) -> tuple[int, float]:
        """Find the column of the reference set with the least reduced cost per unit of size."""
        if not len(self._columns):
            return -1, 0.0
        which, columns = self._priced, self._columns
        if which is not None:
            columns = columns[which]
        priced = columns @ np.column_stack([duals / row.d, row.bound])
        size = priced[:, 1]
        reduced = -priced[:, 0] / np.where(size > 0, size, 1.0)
        if which is None:
            reduced[row.excluded] = np.inf
        best = int(np.argmin(reduced))
        least = min(0.0, float(reduced[best]))
        return (best if which is None else int(which[best])), least

    def _fractions(self, row: Row) -> tuple[list[exact.Column], exact.Column]:
        """All columns, and the row itself, in units of the row, as fractions."""
        technology = self._technology
        (own,) = exact.fractions_of(technology.raw[[row.position]])
        unit = technology.units * technology.sizes[row.position]
        d = [abs(v) or Fraction(float(u)) for v, u in zip(own, unit, strict=True)]
        every = [
            [v / u for v, u in zip(column, d, strict=True)]
            for column in exact.fractions_of(self._raw)
        ]
        if self._program.right is None:
            return every, [v / u for v, u in zip(own, d, strict=True)]
        return every, exact.fractions_of(row.right[None])[0]

    def _exact_solution(self, row: Row, optimum: exact.Optimum) -> Solution:
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
        is_column = optimum.basis >= self._e
        entering = [self._rows[self._held[b - self._e]] for b in optimum.basis[is_column]]
        scale = self._technology.sizes
        sizes[is_column] = scale[row.position] / scale[entering]
        return self._solution(row, Point(found, optimum.basis, sizes, 0.0, 0.0, -1), "exact")

    def _solution(self, row: Row, point: Point, way: str) -> Solution:
        is_column = point.basis >= self._e
        intensities = point.vertex.basic[is_column] / point.sizes[is_column]
        columns = np.array([self._held[b - self._e] for b in point.basis[is_column]], dtype=np.intp)
        positions, scale = self._rows[columns], self._technology.sizes
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

    def _hold(self, column: int) -> None:
        self._place[column] = len(self._held)
        self._held.append(column)
        self._model.add(self._columns[column])
