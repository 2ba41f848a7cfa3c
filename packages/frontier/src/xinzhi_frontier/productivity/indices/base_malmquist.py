"""Malmquist index on the frontier of one base period, of Berg, Førsund and Jansen."""

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
    title=message("base-period Malmquist index"),
    references=("10.2307/3440261",),
    is_global=True,
    has_base=True,
)


@registered("base_malmquist", TRAITS)
def base_malmquist(distances: Distances, pairs: Pairs) -> Values:
    """Compute M = Eᵇ(2) / Eᵇ(1) = EC x TC, with b the base period.

    EC = E²(2) / E¹(1), TC = [Eᵇ(2)/E²(2)] / [Eᵇ(1)/E¹(1)]. All rows are measured against the frontier of the
    base period, without joining it, so that an efficiency can be above 1. The index is circular: values along
    a path multiply to that of the whole path. It depends on the base period, and under variable returns a row
    may be out of reach of it.

    References
    ----------
    Berg, S. A., Førsund, F. R., Jansen, E. S. (1992). Malmquist indices of productivity growth during the
    deregulation of Norwegian banking, 1980-89. Scandinavian Journal of Economics 94 (supplement),
    doi 10.2307/3440261.
    """
    return fixed_ratio(distances, pairs, "base")
