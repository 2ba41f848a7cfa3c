"""Sobel tests: the effect against a·b, z against a, b and their errors."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from xinzhi_core.wording import message
from xinzhi_econometrics.replication.audit import CHECKS, Check, compare, place
from xinzhi_econometrics.replication.published import (
    Coefficient,
    PrintedRange,
    PublishedTables,
    rounded,
)

ONE = Fraction(1)


@CHECKS.add("sobel")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check all printed Sobel tests."""
    for link in tables.mediation:
        if link.sobel is None:
            continue
        b = tables.columns[link.b].coefficients.get(link.mediator)
        for name, row in tables.sobel[link.sobel].items():
            a = tables.columns[link.a].coefficients.get(name)
            if a is None or b is None:
                continue
            if row.effect is not None:
                product = rounded(a.b) * rounded(b.b)
                words = message("a·b = {a} · {b} = {product}", a=a.b, b=b.b, product=str(product))
                yield compare(link.sobel, name, "sobel_effect", row.effect, product, words)
            if row.z is not None and a.se is not None and b.se is not None:
                yield _check_z(link.sobel, name, row.z, a, b)


def _check_z(path: str, name: str, z: Decimal, a: Coefficient, b: Coefficient) -> Check:
    """z² = 1/(u² + v²), u = s_a/a, v = s_b/b; Aroian adds u²v², Goodman subtracts it."""
    u, v = _squared_ratio(a), _squared_ratio(b)
    z2 = rounded(z).square()
    # A table seldom says which of the three it prints: one that can be reached is enough.
    rules = {"Sobel": _bound(u, v, 0), "Aroian": _bound(u, v, 1), "Goodman": _bound(u, v, -1)}
    low, high = (rounded(a.b) * rounded(b.b)).ends
    sign_fits = high >= 0 if z > 0 else low <= 0 if z < 0 else True
    is_reached = sign_fits and any(z2.meets(bounds) for bounds in rules.values())
    ends = {rule: tuple(end**0.5 for end in bounds.numbers()) for rule, bounds in rules.items()}
    intervals = ", ".join(f"{rule} [{low:.4f}, {high:.4f}]" for rule, (low, high) in ends.items())
    return Check(
        *place(path),
        name,
        "sobel_z",
        "consistent" if is_reached else "inconsistent",
        str(z),
        ends["Sobel"],
        message(
            "|z| = 1/sqrt((s_a/a)² + (s_b/b)²), a = {a} ({sa}), b = {b} ({sb}): {ends}",
            a=a.b,
            sa=a.se,
            b=b.b,
            sb=b.se,
            ends=intervals,
        ),
    )


def _squared_ratio(c: Coefficient) -> PrintedRange:
    """(se/|b|)², all that the rounding allows."""
    assert c.se is not None
    return rounded(c.se).size().over(rounded(c.b).size()).square()


def _bound(u2: PrintedRange, v2: PrintedRange, sign: int) -> PrintedRange:
    """Bounds of z²; u² + v² + sign u²v² grows in both (for Goodman while the other is below 1)."""
    if sign < 0 and (u2.high is None or v2.high is None):
        return PrintedRange(Fraction(0), None)  # the difference may come as near to 0 as you like
    values = []
    for u, v in ((u2.low, v2.low), (u2.high, v2.high)):
        values.append(None if u is None or v is None else u + v + sign * u * v)
    if sign < 0 and u2.high is not None and v2.high is not None:
        corners = [u + v - u * v for u in u2.ends for v in v2.ends]
        values = [min(corners), max(corners)]
    low_sum, high_sum = values
    assert low_sum is not None
    high = None if low_sum <= 0 else ONE / low_sum
    low = Fraction(0) if high_sum is None or high_sum <= 0 else ONE / high_sum
    return PrintedRange(low if high is None else min(low, high), high)
