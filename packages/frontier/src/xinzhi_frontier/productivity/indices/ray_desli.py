"""Malmquist index decomposed as by Ray and Desli."""

from __future__ import annotations

import numpy as np

from xinzhi_core.wording import message
from xinzhi_frontier.productivity.index import (
    Distances,
    IndexTraits,
    Pairs,
    Values,
    adjacent_ratio,
    registered,
)

TRAITS = IndexTraits(title=message("Malmquist index (Ray, Desli)"), references=("10.2307/2951341",))


@registered("ray_desli", TRAITS)
def ray_desli(distances: Distances, pairs: Pairs) -> Values:
    """Compute M = pure EC x TC x scale change, with EC and TC on variable returns.

    scale change = sqrt(S¹(2)/S¹(1) · S²(2)/S²(1)), S = E_constant / E_variable. The product is
    the Malmquist index under constant returns, whatever returns the options name.

    References
    ----------
    Ray, S. C., Desli, E. (1997). American Economic Review 87, 1033-1039.
    """
    variable = adjacent_ratio(distances, pairs, "variable")
    same, after, before = (
        distances.efficiency(frontier, "constant") / distances.efficiency(frontier, "variable")
        for frontier in ("own", "next", "last")
    )
    scale = np.sqrt(
        before[pairs.second] / same[pairs.first] * same[pairs.second] / after[pairs.first]
    )
    return {
        "value": variable["value"] * scale,
        "efficiency_change": variable["efficiency_change"],
        "technical_change": variable["technical_change"],
        "scale_change": scale,
    }
