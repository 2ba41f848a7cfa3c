"""Products of efficiency and technical change, for indices that are ratios or differences."""

from __future__ import annotations

import numpy as np

from xinzhi.frontier.productivity.distances import Distances, Frontier
from xinzhi.frontier.productivity.index import Pairs, Values
from xinzhi.frontier.result import Array


def adjacent_ratio(distances: Distances, pairs: Pairs, returns: str = "") -> Values:
    """Return the geometric mean of the ratios on both periods' frontiers, as EC times TC."""
    own, after, before = (distances.efficiency(which, returns) for which in ("own", "next", "last"))
    change = own[pairs.second] / own[pairs.first]
    technical = np.sqrt(
        before[pairs.second] / own[pairs.second] * own[pairs.first] / after[pairs.first]
    )
    return {
        "value": change * technical,
        "efficiency_change": change,
        "technical_change": technical,
    }


def fixed_ratio(distances: Distances, pairs: Pairs, frontier: Frontier) -> Values:
    """Return the ratio on one frontier for all periods, as EC times the change of the gap to it."""
    own, fixed = (distances.efficiency(which) for which in ("own", frontier))
    value = fixed[pairs.second] / fixed[pairs.first]
    change = own[pairs.second] / own[pairs.first]
    return {"value": value, "efficiency_change": change, "technical_change": value / change}


def adjacent_difference(distances: Distances, pairs: Pairs) -> Values:
    """Return the mean of the differences on both periods' frontiers, as EC plus TC."""
    own, after, before = (distances.inefficiency(which) for which in ("own", "next", "last"))
    change = own[pairs.first] - own[pairs.second]
    value = _mean(own[pairs.first] - before[pairs.second], after[pairs.first] - own[pairs.second])
    return {"value": value, "efficiency_change": change, "technical_change": value - change}


def global_difference(distances: Distances, pairs: Pairs) -> Values:
    """Return the difference on the pooled frontier, as EC plus the change of the gap to it."""
    own, pooled = (distances.inefficiency(which) for which in ("own", "pooled"))
    value = pooled[pairs.first] - pooled[pairs.second]
    change = own[pairs.first] - own[pairs.second]
    return {"value": value, "efficiency_change": change, "technical_change": value - change}


def _mean(first: Array, second: Array) -> Array:
    return 0.5 * (first + second)
