"""A task: rows to measure against one reference set, and the ways to solve their programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi.frontier.activities import Activities
from xinzhi.frontier.kernel import engine
from xinzhi.frontier.kernel.extremes import near_order
from xinzhi.frontier.kernel.programs import take_programs
from xinzhi.frontier.options import Options
from xinzhi.frontier.program import Program
from xinzhi.frontier.solutions import CODE, Solutions
from xinzhi.frontier.solve import hull
from xinzhi.frontier.solve.plain import PlainModel
from xinzhi.frontier.technology import HULL, Positions, Technology, holds_all


def ordered(technology: Technology, rows: Positions, *, solver: str) -> Positions:
    """Order rows so that neighbours are cheap to solve, whatever the order in which they were given.

    That is an order in which near rows are alike, or the canonical order for HiGHS.
    """
    if solver == "auto" and engine.takes(technology):
        return near_order(technology, rows)
    return technology.in_order(rows)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Rows to measure against one reference set."""

    activities: Activities
    technology: Technology
    options: Options
    rows: Positions
    """Rows to measure, in the order of the solver (`ordered`)."""
    reference: Positions
    """Rows of the frontier, in the same order."""
    cache: dict[bytes, Any] = field(default_factory=dict)
    """What the kernel knows of the reference set, by the disposal of the programs."""

    @classmethod
    def of(
        cls,
        activities: Activities,
        technology: Technology,
        options: Options,
        rows: Positions,
        reference: Positions,
    ) -> Task:
        """Make a task of rows in any order."""
        given = reference
        reference = ordered(technology, reference, solver=options.solver)
        # A frontier of the measured rows themselves is sorted once: draws make thousands of them.
        rows = reference if rows is given else ordered(technology, rows, solver=options.solver)
        return cls(activities, technology, options, rows, reference)

    def solve(
        self,
        program: Program,
        rows: Positions,
        *,
        without: str = "",
        joined: bool = False,
        closed: Sequence[Positions] = (),
    ) -> Solutions:
        """Solve a program per row.

        Parameters
        ----------
        program
            One program per entry of `rows`.
        rows
            Positions among all rows.
        without
            `observation` or `entity`: what leaves the reference set of each row.
        joined
            Whether a row that is not of the reference set joins it for itself.
        closed
            Per row, further rows that leave its reference set.
        """
        if not len(rows):
            return Solutions.of([], program)
        # Where all of them are of the reference set already, joining it changes nothing.
        joins = joined and not holds_all(self.technology, self.reference, rows)
        codes = self._exclusion_codes(without)
        if self.technology.returns_to_scale == HULL:
            return hull.compare_candidates(
                self.technology,
                program,
                rows,
                self.reference,
                codes=codes,
                joins=joins,
                cache=self.cache,
            )
        idle = self.options.disposability == "kuosmanen"
        is_plain = self.options.solver != "auto" or not engine.takes(self.technology)
        # The kernel takes no rows out of a set of 2 n columns, and no list of rows of its own per program.
        if is_plain or closed or (idle and (joins or without)):
            return self._solve_by_row(program, rows, codes, closed, joins=joins)
        solutions = engine.solutions(
            self.technology,
            program,
            rows=rows,
            reference=self.reference,
            codes=codes,
            # A row without itself in the set must not come back as a column of its own.
            joins=joins and not without,
            idle=idle,
            cache=self.cache,
        )
        left = np.flatnonzero(solutions.status == CODE["unsolved"])
        if not len(left):
            return solutions
        again = take_programs(program, left)
        return solutions.put(left, self._solve_by_row(again, rows[left], codes, (), joins=joins))

    def _solve_by_row(
        self,
        program: Program,
        rows: Positions,
        codes: npt.NDArray[np.int64] | None,
        closed: Sequence[Positions],
        *,
        joins: bool,
    ) -> Solutions:
        """Solve row by row in HiGHS, or exactly."""
        members = (
            self.technology.in_order(np.union1d(self.reference, self.rows))
            if joins
            else self.reference
        )
        idle = self.options.disposability == "kuosmanen"
        columns = self.technology.reference_columns(members, idle=idle)
        ways = () if self.options.solver == "exact" else None
        model = PlainModel(self.technology, columns, program, rows, ways)
        # One model holds what any row may combine: for each row the others that joined are left out.
        foreign = ~np.isin(columns.rows, self.reference)
        solutions = []
        for index, position in enumerate(rows.tolist()):
            excluded = foreign & (columns.rows != position)
            if closed:
                excluded |= np.isin(columns.rows, closed[index])
            if codes is not None:
                excluded |= codes[columns.rows] == codes[position]
            solutions.append(model.solve(index, excluded))
        return Solutions.of(solutions, program)

    def _exclusion_codes(self, without: str) -> npt.NDArray[np.int64] | None:
        """Return a code per row: rows of the same code leave the reference set together."""
        if not without:
            return None
        if without == "observation":
            return np.arange(self.activities.n, dtype=np.int64)
        return self.technology.entities.astype(np.int64, copy=False)
