"""Malmquist-Luenberger index of Chung, Färe and Grosskopf."""

from __future__ import annotations

from xinzhi_core.wording import message
from xinzhi_frontier.productivity.index import (
    ENVIRONMENTAL,
    Distances,
    IndexTraits,
    Pairs,
    Values,
    adjacent_ratio,
    registered,
)

TRAITS = IndexTraits(
    title=message("Malmquist-Luenberger index"),
    references=("10.1006/jema.1997.0146",),
    usual=ENVIRONMENTAL,
)


@registered("malmquist_luenberger", TRAITS)
def malmquist_luenberger(distances: Distances, pairs: Pairs) -> Values:
    """Compute ML = EC x TC from directional distances, E = 1 / (1 + β).

    EC = (1 + β¹(1)) / (1 + β²(2)); TC = sqrt((1 + β²(1))/(1 + β¹(1)) · (1 + β²(2))/(1 + β¹(2))).
    On slack-based scores E is the score itself. Distances across periods can be infeasible.

    References
    ----------
    Chung, Y. H., Färe, R., Grosskopf, S. (1997), doi 10.1006/jema.1997.0146.
    """
    return adjacent_ratio(distances, pairs)
