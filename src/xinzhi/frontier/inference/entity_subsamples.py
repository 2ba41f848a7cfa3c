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
        distances = FrontierDistances.of(activities, options)
        codes = distances.technology.entities
        sets = reference_sets(activities.labels, options=options, groups=groups)
        return cls(
            distances=distances,
            sets=sets,
            codes=codes,
            members=tuple(np.unique(codes[frontier.rows]) for frontier in sets),
            wanted=np.ones(activities.n, dtype=bool),
        )

    def counts(self) -> tuple[int, ...]:
        """Count the entities of each frontier, n."""
        return tuple(map(len, self.members))

    def by_row(self, values: Sequence[float]) -> Array:
        """Give each row the value of its frontier, shape (n,)."""
        by_row = np.full(len(self.codes), np.nan)
        for frontier, value in zip(self.sets, values, strict=True):
            by_row[frontier.evaluated] = value
        return by_row


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
        distances = np.full(len(frontiers.codes), np.nan)
        for frontier, members, size in zip(
            frontiers.sets, frontiers.members, self.sizes, strict=True
        ):
            # The first m of the frontier's own entities in the common order.
            is_drawn = np.zeros(len(place), dtype=bool)
            is_drawn[members[np.argsort(place[members])[:size]]] = True
            reference = frontier.rows[is_drawn[frontiers.codes[frontier.rows]]]
            evaluated = frontier.evaluated[frontiers.wanted[frontier.evaluated]]
            if len(evaluated):
                distances[evaluated] = frontiers.distances(evaluated, reference, frontier.rows)
        return distances


@dataclass(frozen=True, slots=True, eq=False)
class EntitySubsamples:
    """One replicate of subsamples of several sizes."""

    frontiers: SampledFrontiers
    sizes: tuple[tuple[int, ...], ...]
    """Per candidate, m of each frontier."""

    def __call__(self, rng: np.random.Generator) -> Array:
        """Return the distances, shape (candidates, n)."""
        return np.array([EntitySubsample(self.frontiers, sizes)(rng) for sizes in self.sizes])
