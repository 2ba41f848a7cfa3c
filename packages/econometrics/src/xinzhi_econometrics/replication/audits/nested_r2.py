"""One regressor more: the adjusted R² that its slope allows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from xinzhi_core.wording import message
from xinzhi_econometrics.replication.audit import CHECKS, Check, compare
from xinzhi_econometrics.replication.published import (
    NestedLink,
    PrintedRange,
    PublishedTables,
    exactly,
    rounded,
)


@CHECKS.add("nested_r2")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check each nested model: ΔR² = b²(1-R²_M)Var(M)/Var(Y), whatever the errors.

    With D = N-k-dfa of the smaller model and the regression of M on the same regressors,
    1 - adj = D/(D-1) · [(1 - adj_0) - b²(1 - adj_M)Var(M)/Var(Y)].
    """
    for link in tables.nested:
        result = _check_link(tables, link)
        if result is not None:
            yield result


def _check_link(tables: PublishedTables, link: NestedLink) -> Check | None:
    model, smaller = tables.columns[link.model], tables.columns[link.of]
    b = model.coefficients.get(link.added)
    sd_m, sd_y = tables.sds.get(link.added), tables.sds.get(model.depvar)
    df = smaller.df
    if b is None or sd_m is None or sd_y is None or df is None or df < 2:
        return None
    if model.adj_r2 is None or smaller.adj_r2 is None:
        return None
    if not model.n == smaller.n == tables.full_n:
        return None  # the identity holds on one sample, and the deviations are those of the whole
    unexplained, words = _unexplained_share(tables, link, df, smaller.n or 0)
    ratio = rounded(sd_m).size().over(rounded(sd_y).size()).square()
    gain = rounded(b.b).square() * unexplained * ratio
    left = ((exactly(1) - rounded(smaller.adj_r2)) - gain).times(Fraction(df, df - 1))
    reachable = exactly(1) - left
    arithmetic = message(
        "adding {name}: b²(1-R²)Var({name})/Var({y}) = {b}² · {own} · ({sd_m}/{sd_y})² = {gain}, on {adj}: {reach}",
        name=link.added,
        y=model.depvar,
        b=b.b,
        own=words,
        sd_m=sd_m,
        sd_y=sd_y,
        gain=str(gain),
        adj=smaller.adj_r2,
        reach=str(reachable),
    )
    return compare(link.model, "adj_r2", "nested_r2", model.adj_r2, reachable, arithmetic)


def _unexplained_share(
    tables: PublishedTables, link: NestedLink, df: int, n: int
) -> tuple[PrintedRange, str]:
    """1 - adj_M of the added variable on the smaller model's regressors; else between 0 and 1."""
    for mediation in tables.mediation:
        first = tables.columns[mediation.a]
        is_same = (mediation.b, mediation.mediator) == (link.model, link.added)
        if is_same and first.adj_r2 is not None:
            return exactly(1) - rounded(first.adj_r2), f"(1 - {first.adj_r2})"
    # 1 - R² <= 1 is (1 - adj) <= (N-1)/D
    return PrintedRange(Fraction(0), Fraction(n - 1, df)), "[0, 1]"
