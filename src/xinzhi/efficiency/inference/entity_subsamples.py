"""Subsamples of entities, and the distances of rows from the frontiers that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xinzhi.efficiency.activities import Activities
from xinzhi.efficiency.inference.frontier_distances import FrontierDistances
from xinzhi.efficiency.options import Options
from xinzhi.efficiency.reference import ReferenceSet, reference_sets
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Positions

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class SampledFrontiers:
    """The frontiers of a measurement and the entities that each is made of."""

    distances: FrontierDistances
    sets: tuple[ReferenceSet, ...]
    codes: Codes
    """Shape (n,): number of the entity of each row, in sorted order of the names."""
    wanted: npt.NDArray[np.bool_]
    """Shape (n,): rows that are measured."""

    @classmethod
    def of(
        cls,
        activities: Activities,
        options: Options,
        groups: Sequence[str] | None,
    ) -> SampledFrontiers:
        """Find the frontiers of rows, all of which are measured."""
        names = np.array([entity for entity, _ in activities.labels], dtype=object).astype(str)
        return cls(
            FrontierDistances.of(activities, options),
            reference_sets(activities.labels, options=options, groups=groups),
            np.unique(names, return_inverse=True)[1].astype(np.intp),
            np.ones(activities.n, dtype=bool),
        )

    def counts(self) -> tuple[int, ...]:
        """Count the entities of each frontier, n."""
        return tuple(len(np.unique(self.codes[one.rows])) for one in self.sets)

    def by_row(self, values: Sequence[float]) -> Array:
        """Give each row the value of its frontier, shape (n,)."""
        found = np.full(len(self.codes), np.nan)
        for one, value in zip(self.sets, values, strict=True):
            found[one.evaluated] = value
        return found

    def distance_from(self, one: ReferenceSet, reference: Positions) -> tuple[Positions, Array]:
        """Measure the wanted rows of a frontier against a part of its reference set."""
        evaluated = one.evaluated[self.wanted[one.evaluated]]
        if not len(evaluated):
            return evaluated, np.empty(0)
        return evaluated, self.distances(evaluated, reference, one.rows)


@dataclass(frozen=True, slots=True, eq=False)
class EntitySubsample:
    """One replicate: m entities of each frontier without replacement, all their rows together.

    The same random order of all entities serves every frontier, so that a city that is drawn is
    drawn in every period.
    """

    frontiers: SampledFrontiers
    sizes: tuple[int, ...]
    """m of each frontier."""

    def __call__(self, rng: np.random.Generator) -> Array:
        """Return the distances of all rows, NaN for those not wanted."""
        codes = self.frontiers.codes
        place = rng.permutation(int(codes.max()) + 1)
        found = np.full(len(codes), np.nan)
        for one, size in zip(self.frontiers.sets, self.sizes, strict=True):
            entities = np.unique(codes[one.rows])
            drawn = entities[np.argsort(place[entities])][:size]
            reference = one.rows[np.isin(codes[one.rows], drawn)]
            rows, distance = self.frontiers.distance_from(one, reference)
            found[rows] = distance
        return found
