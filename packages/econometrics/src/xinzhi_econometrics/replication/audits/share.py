"""Mediated shares: as quotients of unrounded effects, and of what is printed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xinzhi_core.wording import Message, message
from xinzhi_econometrics.replication.audit import CHECKS, Check, compare, place
from xinzhi_econometrics.replication.published import (
    MediationLink,
    PrintedRange,
    PublishedTables,
    SobelRow,
    exactly,
    rounded,
)


@CHECKS.add("share")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check each share by a·b / total within the rounding, and by printed effect / printed total."""
    for link in tables.mediation:
        for name, row in tables.sobel.get(link.sobel or "", {}).items():
            if row.share is not None:
                yield from _check_share(tables, link, name, row, row.share)


def _check_share(
    tables: PublishedTables, link: MediationLink, name: str, row: SobelRow, share: Decimal
) -> Iterator[Check]:
    total = tables.columns[link.total].coefficients.get(name)
    a = tables.columns[link.a].coefficients.get(name)
    b = tables.columns[link.b].coefficients.get(link.mediator)
    if total is None:
        return
    fits = False
    if a is not None and b is not None:
        exact = _quotient(rounded(a.b) * rounded(b.b), rounded(total.b))
        words = message(
            "from unrounded effects: a·b / total = {a} · {b} / {total} = {reach}",
            a=a.b,
            b=b.b,
            total=total.b,
            reach=str(exact),
        )
        first = _compare(link, name, share, exact, words)
        fits = first.verdict == "consistent"
        yield first
    if row.effect is not None:
        quotient = _quotient(exactly(row.effect), exactly(total.b))
        words = message(
            "from the rounded figures: effect / total = {effect} / {total} = {reach}",
            effect=row.effect,
            total=total.b,
            reach=str(quotient),
        )
        second = _compare(link, name, share, quotient, words)
        # A share of unrounded effects need not be the quotient of rounded ones.
        if not (fits and second.verdict == "inconsistent"):
            yield second


def _quotient(above: PrintedRange, below: PrintedRange) -> PrintedRange | None:
    """Divide; None where the total may be 0."""
    low, high = below.ends
    if low <= 0 <= high:
        return None
    ends = [x / y for x in above.ends for y in below.ends]
    return PrintedRange(min(ends), max(ends))


def _compare(
    link: MediationLink, name: str, share: Decimal, reachable: PrintedRange | None, words: Message
) -> Check:
    assert link.sobel is not None
    if reachable is None:
        return Check(*place(link.sobel), name, "share", "undecidable", str(share), (), words)
    return compare(link.sobel, name, "share", share, reachable, words)
