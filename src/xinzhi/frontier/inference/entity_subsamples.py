"""Subsamples of entities, and the distances of rows from the frontiers that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xinzhi.frontier.activities import Activities
from xinzhi.frontier.inference.frontier_distances import FrontierDistances
from xinzhi.frontier.options import Options
from xinzhi.frontier.reference import ReferenceSet, reference_sets
from xinzhi.frontier.result import Array
from xinzhi.frontier.technology import Positions

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class SampledFrontiers:
    """The frontiers of a measurement and the entities that each is made of."""

    distances: FrontierDistances
    sets: tuple[ReferenceSet, ...]
    codes: Codes
    """Shape (n,): number of the entity of each row, in sorted order of the names."""
    members: tuple[Codes, ...]
    """Entities of each frontier, by their numbers."""
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
        codes = np.unique(names, return_inverse=True)[1].astype(np.intp)
        sets = reference_sets(activities.labels, options=options, groups=groups)
        return cls(
            distances=FrontierDistances.of(activities, options),
            sets=sets,
            codes=codes,
            members=tuple(np.unique(codes[one.rows]) for one in sets),
            wanted=np.ones(activities.n, dtype=bool),
        )

    def counts(self) -> tuple[int, ...]:
        """Count the entities of each frontier, n."""
        return tuple(map(len, self.members))

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
        frontiers = self.frontiers
        place = rng.permutation(int(frontiers.codes.max()) + 1)
        found = np.full(len(frontiers.codes), np.nan)
        for one, members, size in zip(frontiers.sets, frontiers.members, self.sizes, strict=True):
            is_drawn = np.zeros(len(place), dtype=bool)
            is_drawn[members[np.argsort(place[members])[:size]]] = True
            reference = one.rows[is_drawn[frontiers.codes[one.rows]]]
            rows, distance = frontiers.distance_from(one, reference)
            found[rows] = distance
        return found


@dataclass(frozen=True, slots=True, eq=False)
class EntitySubsamples:
    """One replicate of subsamples of several sizes."""

    frontiers: SampledFrontiers
    sizes: tuple[tuple[int, ...], ...]
    """Per candidate, m of each frontier."""

    def __call__(self, rng: np.random.Generator) -> Array:
        """Return the distances, shape (candidates, n)."""
        return np.array([EntitySubsample(self.frontiers, one)(rng) for one in self.sizes])
