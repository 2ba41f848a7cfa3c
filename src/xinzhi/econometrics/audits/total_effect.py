"""The identity of a mediation: total = direct + a·b."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.econometrics.audit import CHECKS, Check, judge, place
from xinzhi.econometrics.bounds import rounded
from xinzhi.econometrics.printed import CONSTANT, MediationLink, Printed
from xinzhi.wording import message


@CHECKS.add("total_effect")
def check(printed: Printed) -> Iterator[Check]:
    """Check the total effect of each factor through each mediator."""
    for link in printed.mediation:
        if len({printed.columns[path].n for path in (link.total, link.a, link.b)}) > 1:
            continue  # the identity holds on one sample
        for name in printed.columns[link.total].coefficients:
            if name != CONSTANT:
                yield from _one(printed, link, name)


def _one(printed: Printed, link: MediationLink, name: str) -> Iterator[Check]:
    total = printed.columns[link.total].coefficients[name]
    direct = printed.columns[link.b].coefficients.get(name)
    a = printed.columns[link.a].coefficients.get(name)
    b = printed.columns[link.b].coefficients.get(link.mediator)
    if direct is None or a is None or b is None:
        return
    reachable = rounded(direct.b) + rounded(a.b) * rounded(b.b)
    table, column = place(link.total)
    yield Check(
        table,
        column,
        name,
        "total_effect",
        judge(rounded(total.b), reachable),
        str(total.b),
        reachable.numbers(),
        message(
            "direct + a·b through {mediator} = {direct} + {a} · {b} = {reach}",
            mediator=link.mediator,
            direct=direct.b,
            a=a.b,
            b=b.b,
            reach=str(reachable),
        ),
    )
