"""The identity of a mediation: total = direct + a·b."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi_core.wording import message
from xinzhi_econometrics.replication.audit import CHECKS, Check, compare
from xinzhi_econometrics.replication.published import (
    CONSTANT,
    MediationLink,
    PublishedTables,
    rounded,
)


@CHECKS.add("total_effect")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check the total effect of each factor through each mediator."""
    for link in tables.mediation:
        if len({tables.columns[path].n for path in (link.total, link.a, link.b)}) > 1:
            continue  # the identity holds on one sample
        for name in tables.columns[link.total].coefficients:
            if name != CONSTANT:
                yield from _check_factor(tables, link, name)


def _check_factor(tables: PublishedTables, link: MediationLink, name: str) -> Iterator[Check]:
    total = tables.columns[link.total].coefficients[name]
    direct = tables.columns[link.b].coefficients.get(name)
    a = tables.columns[link.a].coefficients.get(name)
    b = tables.columns[link.b].coefficients.get(link.mediator)
    if direct is None or a is None or b is None:
        return
    reachable = rounded(direct.b) + rounded(a.b) * rounded(b.b)
    words = message(
        "direct + a·b through {mediator} = {direct} + {a} · {b} = {reach}",
        mediator=link.mediator,
        direct=direct.b,
        a=a.b,
        b=b.b,
        reach=str(reachable),
    )
    yield compare(link.total, name, "total_effect", total.b, reachable, words)
