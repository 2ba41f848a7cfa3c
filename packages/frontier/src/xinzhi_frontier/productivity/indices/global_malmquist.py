"""Global Malmquist index of Pastor and Lovell."""

from __future__ import annotations

from xinzhi_core.wording import message
from xinzhi_frontier.productivity.index import (
    Distances,
    IndexTraits,
    Pairs,
    Values,
    fixed_ratio,
    registered,
)

TRAITS = IndexTraits(
    title=message("global Malmquist index"),
    references=("10.1016/j.econlet.2005.02.013",),
    is_global=True,
)


@registered("global_malmquist", TRAITS)
def global_malmquist(distances: Distances, pairs: Pairs) -> Values:
    """Compute GM = E^G(2) / E^G(1) on the frontier of all periods; circular, never infeasible.

    EC = E²(2) / E¹(1) on the periods' own frontiers; technical change is what remains, the change
    of the gap between own and global frontier (best practice change).

    References
    ----------
    Pastor, J. T., Lovell, C. A. K. (2005), doi 10.1016/j.econlet.2005.02.013.
    """
    return fixed_ratio(distances, pairs, "pooled")
