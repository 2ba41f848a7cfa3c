"""Malmquist index on the frontier of the first period, decomposed as by Ray and Desli."""

from __future__ import annotations

from xinzhi_core.wording import message
from xinzhi_frontier.productivity.index import Distances, IndexTraits, Pairs, Values, registered

TRAITS = IndexTraits(
    title=message("first-period Malmquist index (Ray, Desli)"),
    references=("10.2307/1913388", "10.2307/2951341"),
)


@registered("ray_desli_base", TRAITS)
def ray_desli_base(distances: Distances, pairs: Pairs) -> Values:
    """Compute M = pure EC x TC x scale change, all on the frontier of the first of both periods.

    With variable returns V and constant returns C: pure EC = V²(2) / V¹(1), TC = V¹(2) / V²(2),
    scale change = [C¹(2)/V¹(2)] / [C¹(1)/V¹(1)]. The product is C¹(2) / C¹(1), the Malmquist index of the first
    period of Caves, Christensen and Diewert, whatever returns the options name. `ray_desli` takes the
    geometric mean of both periods instead.

    References
    ----------
    Caves, D. W., Christensen, L. R., Diewert, W. E. (1982). The economic theory of index numbers and the
    measurement of input, output, and productivity. Econometrica 50, doi 10.2307/1913388. Ray, S. C., Desli,
    E. (1997), doi 10.2307/2951341.
    """
    (same, before), (c_same, c_before) = (
        (distances.efficiency("own", returns), distances.efficiency("last", returns))
        for returns in ("variable", "constant")
    )
    first, second = pairs.first, pairs.second
    change = same[second] / same[first]
    technical = before[second] / same[second]
    scale = (c_before[second] / before[second]) / (c_same[first] / same[first])
    return {
        "value": change * technical * scale,
        "efficiency_change": change,
        "technical_change": technical,
        "scale_change": scale,
    }
