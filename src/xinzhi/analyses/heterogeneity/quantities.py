"""What draws of the whole study compute again of groups: their slopes, and the differences of each two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from xinzhi.analyses.heterogeneity.compute import Heterogeneity
from xinzhi.analyses.quantity import Quantity, minus, slope, slope_of
from xinzhi.regression.estimates import Estimates

NAN = float("nan")


def quantities(found: Iterable[Heterogeneity]) -> Iterator[Quantity]:
    """List the slopes of interest in each group, then their differences."""
    for one in found:
        judged = one.judged
        known = [(name, e) for name, e in judged.groups if isinstance(e, Estimates)]
        names = [difference.regressor for difference in judged.differences]
        for group, estimates in known:
            for name in names:
                regression = f"{one.grouping}/{group}"
                yield slope_of(regression, estimates, name, grouping=one.grouping, group=group)
        for (first, left), (second, right) in combinations(known, 2):
            yield from (_difference(one, name, first, left, second, right) for name in names)


def _difference(
    one: Heterogeneity, name: str, first: str, left: Estimates, second: str, right: Estimates
) -> Quantity:
    """Take the slope of the first group less that of the second; its test has no interval."""
    minuend = ((slope(f"{one.grouping}/{first}", name),),)
    subtrahend = ((slope(f"{one.grouping}/{second}", name),),)
    estimate = float(left.estimate[left.position(name)] - right.estimate[right.position(name)])
    return Quantity(
        "difference",
        (name, left.regression.outcome),
        (*minuend, *minus(subtrahend)),
        estimate,
        NAN,
        NAN,
        grouping=one.grouping,
        group=first,
        other=second,
    )
