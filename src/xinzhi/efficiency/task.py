"""A task: rows to measure against one reference set, and the ways to solve their programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi.efficiency.activities import Activities
from xinzhi.efficiency.fast import kernel_solutions, taken
from xinzhi.efficiency.frame import Frame
from xinzhi.efficiency.frontier import Frontier
from xinzhi.efficiency.options import Options
from xinzhi.efficiency.program import Program, Solution
from xinzhi.efficiency.solutions import CODE, Solutions
from xinzhi.efficiency.technology import Positions, Technology, holds_all


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Rows to measure against one reference set."""

    activities: Activities
    technology: Technology
    options: Options
    rows: Positions
    """Rows to measure, in the order of the solver (`fast.ordered`)."""
    reference: Positions
    """Rows of the frontier, in the same order."""
    frame: Frame | None = None
    """Rows that generate a large reference set."""
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
        is_part = not joined or holds_all(self.technology, self.reference, rows)
        if self.options.solver == "kernel" and is_part and not closed:
            return self._compiled(program, rows, without, joined=joined)
        found = self._solved(program, rows, without, closed, is_part=is_part)
        return Solutions.of(found, program)

    def _solved(
        self,
        program: Program,
        rows: Positions,
        without: str,
        closed: Sequence[Positions],
        *,
        is_part: bool,
    ) -> list[Solution]:
        """Solve by HiGHS."""
        if self.frame is not None and is_part and not without and not closed:
            return self._framed(program, rows)
        idle = self.options.disposability == "kuosmanen"
        rows_of_frontier = self.reference if is_part else self.columns()
        chosen = self.technology.chosen(rows_of_frontier, idle=idle)
        columns = chosen.rows
        frontier = Frontier(self.technology, chosen, program)
        foreign = ~np.isin(columns, self.reference)
        if not without and not closed and not foreign.any():
            return frontier.solve_all(rows)
        by_entity = without == "entity"
        codes = _codes(self.activities) if by_entity else np.arange(self.activities.n)
        entities, names = codes[columns], codes[rows]
        framed = self.frame if not closed and not foreign.any() else None
        solutions = []
        for index, position in enumerate(rows.tolist()):
            out = foreign & (columns != position)
            if without:
                out |= columns == position
            if closed:
                out |= np.isin(columns, closed[index])
            if by_entity:
                out |= entities == names[index]
            solutions.append(
                frontier.solve(index, position, np.flatnonzero(out))
                if framed is None
                else frontier.solve_framed(index, position, np.flatnonzero(out), framed)
            )
        return solutions

    def _compiled(
        self, program: Program, rows: Positions, without: str, *, joined: bool
    ) -> Solutions:
        """Solve by the kernel, and by HiGHS what it could not prove."""
        found = kernel_solutions(
            self.technology,
            program,
            rows=rows,
            reference=self.reference,
            codes=self._leaving(without),
            memory=self.memory,
        )
        left = np.flatnonzero(found.status == CODE["unsolved"])
        if not len(left):
            return found
        other = replace(self, options=replace(self.options, solver="highs"))
        again = other.solve(taken(program, left), rows[left], without=without, joined=joined)
        return found.put(left, again)

    def _leaving(self, without: str) -> npt.NDArray[np.int64] | None:
        """Return a code per row: rows of the same code leave the reference set together."""
        if not without:
            return None
        n = self.activities.n
        if without == "observation":
            return np.arange(n, dtype=np.int64)
        return _codes(self.activities)

    def _framed(self, program: Program, rows: Positions) -> list[Solution]:
        """Solve over the frame, which generates the whole reference set."""
        assert self.frame is not None
        chosen = self.technology.chosen(self.frame.rows)
        return Frontier(self.technology, chosen, program, self.frame.residual).solve_all(rows)


def _codes(activities: Activities) -> npt.NDArray[np.int64]:
    """Return a number per row, the same for rows of the same entity."""
    names = [name for name, _ in activities.labels]
    return np.unique(np.array(names, dtype=object), return_inverse=True)[1].astype(np.int64)
