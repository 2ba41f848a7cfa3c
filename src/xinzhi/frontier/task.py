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
from xinzhi.frontier.kernel.programs import taken
from xinzhi.frontier.options import Options
from xinzhi.frontier.program import Program
from xinzhi.frontier.solutions import CODE, Solutions
from xinzhi.frontier.solve import hull
from xinzhi.frontier.solve.faces import faces
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
    memory: dict[bytes, Any] = field(default_factory=dict)
    """What the kernel knows of the reference set, by the disposal of the programs."""

    def columns(self) -> Positions:
        """Rows of the frontier and the measured rows."""
        return self.technology.in_order(np.union1d(self.reference, self.rows))

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
        joins = joined and not holds_all(self.technology, self.reference, rows)
        if self.technology.returns_to_scale == HULL:
            return hull.enumerated(
                self.technology,
                program,
                rows,
                self.reference,
                codes=self._leaving(without),
                joins=joins,
                memory=self.memory,
            )
        idle = self.options.disposability == "kuosmanen"
        is_plain = self.options.solver != "auto" or not engine.takes(self.technology)
        if is_plain or closed or (idle and (joins or without)):
            return self._plainly(program, rows, without, closed, joins=joins)
        found = engine.solutions(
            self.technology,
            program,
            rows=rows,
            reference=self.reference,
            codes=self._leaving(without),
            joins=joins and not without,
            idle=idle,
            memory=self.memory,
        )
        left = np.flatnonzero(found.status == CODE["unsolved"])
        if not len(left):
            return found
        again = self._plainly(taken(program, left), rows[left], without, (), joins=joins)
        return found.put(left, again)

    def _plainly(
        self,
        program: Program,
        rows: Positions,
        without: str,
        closed: Sequence[Positions],
        *,
        joins: bool,
    ) -> Solutions:
        """Solve row by row in HiGHS, or exactly."""
        idle = self.options.disposability == "kuosmanen"
        chosen = self.technology.chosen(self.columns() if joins else self.reference, idle=idle)
        ways = () if self.options.solver == "exact" else None
        face = faces(self.technology, program, rows, chosen)
        program = program if face is None else face.program
        model = PlainModel(self.technology, chosen, program, ways)
        foreign = ~np.isin(chosen.rows, self.reference)
        codes = self._leaving(without)
        solutions = []
        for index, position in enumerate(rows.tolist()):
            out = foreign & (chosen.rows != position)
            if closed:
                out |= np.isin(chosen.rows, closed[index])
            if codes is not None:
                out |= codes[chosen.rows] == codes[position]
            if face is not None:
                out |= face.priced(index)
            solutions.append(model.solve(index, position, np.flatnonzero(out)))
        return Solutions.of(solutions, program)

    def _leaving(self, without: str) -> npt.NDArray[np.int64] | None:
        """Return a code per row: rows of the same code leave the reference set together."""
        if not without:
            return None
        if without == "observation":
            return np.arange(self.activities.n, dtype=np.int64)
        return self.technology.entities.astype(np.int64, copy=False)
