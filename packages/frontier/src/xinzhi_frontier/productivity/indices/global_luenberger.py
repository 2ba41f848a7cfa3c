"""Global Luenberger indicator."""

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
    title=message("global Luenberger indicator"),
    references=("10.1016/j.ejor.2012.04.022",),
    is_difference=True,
    is_global=True,
    usual=DIRECTIONAL,
)


@registered("global_luenberger", TRAITS)
def global_luenberger(distances: Distances, pairs: Pairs) -> Values:
    """Compute L = β^G(1) - β^G(2) on the frontier of all periods, as EC + technical change.

    EC = β¹(1) - β²(2). On efficiency scores β is 1 minus the efficiency.

    References
    ----------
    Oh, D. (2010), doi 10.1007/s11123-010-0178-y (global frontier); Zhou, P., Ang, B. W.,
    Wang, H. (2012), doi 10.1016/j.ejor.2012.04.022 (non-radial distances).
    """
    same, pooled = (distances.inefficiency(frontier) for frontier in ("own", "pooled"))
    value = pooled[pairs.first] - pooled[pairs.second]
    change = same[pairs.first] - same[pairs.second]
    return {"value": value, "efficiency_change": change, "technical_change": value - change}
