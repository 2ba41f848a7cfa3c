"""Distances of rows from the frontier of any part of the sample."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xinzhi.frontier.activities import Activities
from xinzhi.frontier.evaluate import run_across
from xinzhi.frontier.options import Options
from xinzhi.frontier.result import Array
from xinzhi.frontier.task import Task
from xinzhi.frontier.technology import Positions, Technology, technology_of
from xinzhi.frontier.terms import both_sides, role_mask


@dataclass(frozen=True, slots=True, eq=False)
class FrontierDistances:
    """Measures how far rows are from a frontier that they need not be part of.

    The distance grows with inefficiency: 1/θ or φ of a radial score, β of a directional one. It is
    below that of an efficient row where a row lies beyond the frontier of the others.
    """

    activities: Activities
    options: Options
    technology: Technology

    @classmethod
    def of(cls, activities: Activities, options: Options) -> FrontierDistances:
        """Scale the activities once for all frontiers."""
        technology = technology_of(activities, returns_to_scale=options.returns_to_scale)
        return cls(activities, options, technology)

    def __call__(self, evaluated: Positions, reference: Positions, whole: Positions) -> Array:
        """Return the distances of `evaluated` from the frontier of `reference`.

        `whole` is the reference set that `reference` is a part of: a mean direction is its mean. A
        row that the frontier cannot reach has the least distance there is; an unsolved program NaN.
        """
        options, roles = self.options, self.activities.roles
        if options.direction == "mean":
            # Fixed here: it would otherwise follow the subsample.
            mean = self.activities.values[whole].mean(axis=0)
            mean[~role_mask(roles, both_sides(options))] = 0.0
            direction = dict(zip(roles.names, mean.tolist(), strict=True))
            options = replace(options, direction=direction)
        task = Task.of(self.activities, self.technology, options, evaluated, reference)
        outcome = run_across(task)
        distance = np.full(self.activities.n, np.nan)
        distance[outcome.rows] = to_distance(outcome.solutions.score, self.options)
        distance[outcome.rows[outcome.solutions.infeasible]] = least_distance(self.options)
        return distance[evaluated]


def to_distance(score: Array, options: Options) -> Array:
    """Turn scores into distances: 1/θ; φ and β stay as they are."""
    if options.measure != "radial" or options.orientation == "output":
        return score
    return np.divide(1.0, score, out=np.full_like(score, np.nan), where=score > 0)


def least_distance(options: Options) -> float:
    """Return the distance of a row that the frontier cannot reach.

    Where only outputs grow in proportion nothing is reached, φ = 0 or β = -1; with inputs θ is
    infinite, 1/θ = 0; otherwise there is no least distance.
    """
    if options.measure == "radial":
        return 0.0
    grows = options.direction in (None, "own") and options.orientation == "output"
    return -1.0 if grows else -np.inf
