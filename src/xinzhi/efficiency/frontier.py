"""Solve the programs of many rows against one reference set, columns entering when they price.

The model holds only the columns W that have mattered so far. Each optimum over W is priced over
all columns of the reference set; the one that violates most enters, until none does. So every
score is proved against the whole reference set whatever W was.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xinzhi.efficiency import exact
from xinzhi.efficiency.certificate import ADD, PROVED
from xinzhi.efficiency.frame import Frame
from xinzhi.efficiency.held import HeldColumns, Row
from xinzhi.efficiency.program import Program, RowProgram, Solution
from xinzhi.efficiency.solver import DUAL, PRIMAL, Basis, Verdict
from xinzhi.efficiency.sweep import NEAR, Rows, Trial, Vertices, rows_of
from xinzhi.efficiency.technology import Positions, ReferenceColumns, Technology

ROUNDS = 500
"""Most solves for one program; about three are usual, and one for each column that enters."""
WAYS = ("highs", "highs_scaled", "highs_primal")
"""The kept model; models of their own in units of the row, by dual and by primal simplex. The last
way is in fractions."""


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
        self._technology = technology
        self._program = program
        self._held = HeldColumns(technology, reference, program, residual)
        self._last: Basis | None = None

    def solve_framed(
        self, index: int, position: int, excluded: Positions, frame: Frame
    ) -> Solution:
        """Solve with columns excluded, priced over those that generate what remains."""
        held = self._held
        held.residual = frame.residual
        held.priced = held.except_rows(frame.without(held.rows(excluded)))
        try:
            return self.solve(index, position, excluded)
        finally:
            held.priced = None

    def solve(self, index: int, position: int, excluded: Positions) -> Solution:
        """Solve the program with this index for the row at a position among all rows."""
        technology = self._technology
        d = technology.own(np.array([position]))[0]
        row = Row(
            position,
            d,
            technology.right(np.array([position]))[0] / d
            if self._program.right is None
            else self._program.right[index],
            np.where(technology.bounded, 1.0 / d, 0.0),
            excluded,
        )
        program = self._program.row(index)
        model, closed = self._held.model, self._held.places(excluded)
        model.aim(row.right * d, program.columns[:, 2 * len(d) :] * d[:, None])
        model.close(closed, closed=True)
        try:
            return self._solve(row, program)
        finally:
            model.close(closed, closed=False)

    def solve_all(self, positions: Positions) -> list[Solution]:
        """Solve all programs, nothing excluded; each new basis is tried on the rows that remain."""
        rows = rows_of(self._technology, self._program, positions)
        solutions = [Solution("unsolved")] * len(positions)
        pending = np.arange(len(positions), dtype=np.intp)
        nothing, held = np.empty(0, dtype=np.intp), self._held
        while len(pending):
            first, pending = int(pending[0]), pending[1:]
            solutions[first] = self.solve(first, int(positions[first]), nothing)
            if self._last is None or not len(pending):
                continue
            near = pending[:NEAR] if len(self._program.free) else pending
            trial = Trial(
                self._program,
                rows,
                held.columns,
                self._last,
                held.columns[held.indices(self._last)],
                held.matter(),
                held.residual,
            )
            proved, found = trial.prove(near)
            swept = self._swept(rows.take(proved), positions[proved], found)
            for index, solution in zip(proved.tolist(), swept, strict=True):
                solutions[index] = solution
            is_open = np.ones(len(positions), dtype=bool)
            is_open[proved] = False
            pending = pending[is_open[pending]]
        return solutions

    def _swept(self, rows: Rows, positions: Positions, found: Vertices) -> list[Solution]:
        """Read the solutions of rows from a proved trial of the last basis."""
        assert self._last is not None
        basis, e = self._last, self._held.e
        is_column = basis >= e
        names = basis[~is_column]
        at = self._held.rows(self._held.indices(basis))
        scale = self._technology.sizes
        intensities = found.basic[:, is_column] * scale[positions, None] / scale[at]
        unit = np.hstack([rows.d, rows.d, np.ones((len(positions), e - 2 * rows.d.shape[1]))])
        moves = np.zeros((len(positions), e))
        moves[:, names] = found.basic[:, ~is_column] / unit[:, names]
        duals = found.duals / found.denominator[:, None]
        return [
            Solution(
                "certified",
                float(found.value[row]),
                at,
                intensities[row],
                moves[row],
                duals[row],
                float(found.primal[row]),
                float(found.dual[row]),
                float(found.gap[row]),
                "start",
            )
            for row in range(len(positions))
        ]

    def _solve(self, row: Row, program: RowProgram) -> Solution:
        point = None if self._last is None else self._held.point(row, program, self._last)
        feasible = point is not None and point.primal <= PROVED
        if point is not None and feasible and point.is_proved and point.entering < 0:
            return self._held.solution(row, point, "start")
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
        held = self._held
        tested = False
        for _ in range(ROUNDS):
            columns, right, d = held.fractions(row, follows=self._program.right is None)
            verdict, optimum = exact.solve(program, columns, right, held.places(row.excluded))
            if verdict == "infeasible" and not tested and not program.has_every_slack:
                least = self._exactly(row, program.violation())
                if least is not None and least.value > 0:
                    return replace(least, status="infeasible", value=np.nan)
                if least is None:
                    return None
                tested = True
                continue
            if optimum is None:
                return None
            entering = held.most_violated(row, optimum.duals, d)
            if entering is None:
                return self._held.exact_solution(row, optimum)
            held.hold(entering)
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
            point = self._held.point(row, program, basis)
            if point is None or point.primal > PROVED:
                return None
            if point.entering >= 0 and not self._held.is_held(point.entering):
                self._held.hold(point.entering)
            elif point.dual <= ADD or abs(point.vertex.value - value) <= 1e-15 * abs(value):
                if not point.is_proved:
                    return None
                self._last = point.basis
                return self._held.solution(row, point, way)
            value = point.vertex.value
        return None

    def _impossible(self, row: Row, program: RowProgram) -> Solution | None:
        """Prove that a program has no point, or let the columns enter that make one.

        Returns the verdict `infeasible` or `unsolved`; `certified` says that there is a point now;
        None that the program cannot be infeasible.
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
        model = self._held.model
        model.allow(program.allowed)
        cost = program.numerator - value * program.denominator
        if way == "highs":
            slacks = cost[: 2 * len(row.d)].reshape(2, -1)
            slacks /= row.d
            return model.solve(cost)
        strategy = PRIMAL if way == "highs_primal" else DUAL
        return self._held.scaled_model(row, program, strategy).solve(cost)
