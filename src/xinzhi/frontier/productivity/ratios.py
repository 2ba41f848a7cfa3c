"""Products of efficiency and technical change, for indices that are ratios.

In the names of the arrays `same` is the frontier of the row's own period, `after` that of the next one
and `before` that of the last one: `before[second]` is E¹(2), `after[first]` is E²(1).
"""

from __future__ import annotations

import numpy as np

from xinzhi.frontier.productivity.distances import Distances, Frontier
from xinzhi.frontier.productivity.index import Pairs, Values


def adjacent_ratio(distances: Distances, pairs: Pairs, returns: str = "") -> Values:
    """Return the geometric mean of the ratios on both periods' frontiers, as EC times TC."""
    same, after, before = (
        distances.efficiency(frontier, returns) for frontier in ("own", "next", "last")
    )
    change = same[pairs.second] / same[pairs.first]
    technical = np.sqrt(
        before[pairs.second] / same[pairs.second] * same[pairs.first] / after[pairs.first]
    )
    return {
        "value": change * technical,
        "efficiency_change": change,
        "technical_change": technical,
    }


def fixed_ratio(distances: Distances, pairs: Pairs, frontier: Frontier) -> Values:
    """Return the ratio on one frontier for all periods, as EC times the change of the gap to it."""
    same, fixed = (distances.efficiency(against) for against in ("own", frontier))
    value = fixed[pairs.second] / fixed[pairs.first]
    change = same[pairs.second] / same[pairs.first]
    return {"value": value, "efficiency_change": change, "technical_change": value / change}
