"""Luenberger indicator of Chambers, Färe and Grosskopf."""

from __future__ import annotations

from xinzhi_core.wording import message
from xinzhi_frontier.productivity.index import (
    DIRECTIONAL,
    Distances,
    IndexTraits,
    Pairs,
    Values,
    registered,
)

TRAITS = IndexTraits(
    title=message("Luenberger indicator"),
    references=("10.1111/j.1468-0106.1996.tb00184.x",),
    is_difference=True,
    usual=DIRECTIONAL,
)


@registered("luenberger", TRAITS)
def luenberger(distances: Distances, pairs: Pairs) -> Values:
    """Compute L = ½ [β¹(1) - β¹(2) + β²(1) - β²(2)] as EC + TC; 0 means no change.

    EC = β¹(1) - β²(2). On efficiency scores β is 1 minus the efficiency.

    References
    ----------
    Chambers, R. G., Färe, R., Grosskopf, S. (1996), doi 10.1111/j.1468-0106.1996.tb00184.x.
    """
    same, after, before = (distances.inefficiency(frontier) for frontier in ("own", "next", "last"))
    change = same[pairs.first] - same[pairs.second]
    on_first = same[pairs.first] - before[pairs.second]
    on_second = after[pairs.first] - same[pairs.second]
    value = 0.5 * (on_first + on_second)
    return {"value": value, "efficiency_change": change, "technical_change": value - change}
