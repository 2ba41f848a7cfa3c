"""Global Malmquist-Luenberger index of Oh."""

from __future__ import annotations

from xinzhi_core.wording import message
from xinzhi_frontier.productivity.index import (
    ENVIRONMENTAL,
    Distances,
    IndexTraits,
    Pairs,
    Values,
    fixed_ratio,
    registered,
)

TRAITS = IndexTraits(
    title=message("global Malmquist-Luenberger index"),
    references=("10.1007/s11123-010-0178-y",),
    is_global=True,
    usual=ENVIRONMENTAL,
)


@registered("global_malmquist_luenberger", TRAITS)
def global_malmquist_luenberger(distances: Distances, pairs: Pairs) -> Values:
    """Compute GML = (1 + β^G(1)) / (1 + β^G(2)) on the frontier of all periods.

    EC = (1 + β¹(1)) / (1 + β²(2)); technical change is what remains. On slack-based scores the
    ratio is that of the scores.

    References
    ----------
    Oh, D. (2010), doi 10.1007/s11123-010-0178-y.
    """
    return fixed_ratio(distances, pairs, "pooled")
