"""Malmquist index of Färe, Grosskopf, Norris and Zhang."""

from __future__ import annotations

from xinzhi_core.wording import message
from xinzhi_frontier.productivity.index import (
    Distances,
    IndexTraits,
    Pairs,
    Values,
    adjacent_ratio,
    registered,
)

TRAITS = IndexTraits(
    title=message("Malmquist index (Färe, Grosskopf, Norris, Zhang)"),
    references=("10.2307/2117971", "10.1007/BF00158770"),
)


@registered("malmquist", TRAITS)
def malmquist(distances: Distances, pairs: Pairs) -> Values:
    """Compute the index M = EC x TC, and under constant returns EC = pure EC x scale change.

    With E^s(t) the efficiency of period t on the frontier of s:
    EC = E²(2) / E¹(1), TC = sqrt(E¹(2)/E²(2) · E¹(1)/E²(1)); pure EC on variable returns.

    References
    ----------
    Färe, R., Grosskopf, S., Norris, M., Zhang, Z. (1994). American Economic Review 84, 66-83.
    """
    values = dict(adjacent_ratio(distances, pairs))
    if distances.options.returns_to_scale == "constant":
        variable = distances.efficiency("own", "variable")
        values["pure_efficiency_change"] = variable[pairs.second] / variable[pairs.first]
        values["scale_change"] = values["efficiency_change"] / values["pure_efficiency_change"]
    return values
