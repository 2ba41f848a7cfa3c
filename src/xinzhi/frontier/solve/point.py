"""A row as its program sees it, and a vertex with its proof."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.frontier.result import Array
from xinzhi.frontier.solve.certificate import PROVED, Vertex
from xinzhi.frontier.solve.highs import Basis
from xinzhi.frontier.technology import Positions


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The evaluated row as the programs see it."""

    position: int
    """Place among all rows."""
    d: Array
    """Own values, shape (r,)."""
    right: Array
    """Right-hand side in units of d, shape (r,)."""
    bound: Array
    """1 / d on constraints that bound intensities, else 0, shape (r,)."""
    excluded: Positions
    """Columns of the reference set that are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A vertex, priced over all columns."""

    vertex: Vertex
    basis: Basis
    """Ids: 0..e-1 the unknowns beside λ, e + j column j of the reference set."""
    sizes: Array
    primal: float
    dual: float
    is_settled: bool
    """Whether the point is exact for data that are as good as the given ones."""

    @property
    def is_proved(self) -> bool:
        """Whether primal, dual and gap are all small enough, and the point is settled."""
        return self.is_settled and max(self.primal, self.dual, self.vertex.gap) <= PROVED
