"""Second phases for HiGHS and exact arithmetic: what a first phase leaves to choose among its optima."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xinzhi.frontier.program import Program
from xinzhi.frontier.result import Array
from xinzhi.frontier.technology import Flags, Positions, ReferenceColumns, Technology

FACE = 1e-10
"""A reduced cost of the first phase up to this, per unit of d, is 0 (interface.h has the same)."""
ROUNDING = 1e-14
"""... or up to this times the sum of the multipliers."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """The faces of the optima of first phases (`Program.first`), one per row."""

    program: Program
    """With the slacks that the first phases leave."""
    prices: Array
    """Shape (q, r): multipliers by which columns are priced; a column below 0 is left out."""
    columns: Array
    """Shape (c, r): columns of the reference set."""

    def priced(self, index: int) -> Flags:
        """Mark the columns that the first phase of a program prices, shape (c,)."""
        return np.asarray(self.columns @ self.prices[index] < 0.0)


def faces(
    technology: Technology, program: Program, rows: Positions, chosen: ReferenceColumns
) -> Faces | None:
    """Find the faces; None where the programs are no second phase."""
    if program.first is None:
        return None
    limit = FACE / np.abs(program.own[:, :, 0]).max(axis=1)
    limit = (limit + ROUNDING * np.abs(program.first).sum(axis=1))[:, None]
    r, allowed = program.r, program.allowed.copy()
    allowed[:, :r] &= -program.first <= limit
    allowed[:, r : 2 * r] &= program.first <= limit
    prices = (program.first + limit * technology.bounded) / technology.own(rows)
    return Faces(replace(program, allowed=allowed, first=None), prices, chosen.scaled)
