"""N against groups x years."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi_core.wording import Message, message
from xinzhi_econometrics.replication.audit import CHECKS, Check, Verdict, place
from xinzhi_econometrics.replication.published import PublishedTables


@CHECKS.add("n")
def check(tables: PublishedTables) -> Iterator[Check]:
    """Check the rows of each column."""
    for path, column in tables.columns.items():
        if column.n is not None and column.n_groups:
            verdict, words, reach = _judge(tables, path, column.n, column.n_groups)
            yield Check(*place(path), "N", "n", verdict, str(column.n), reach, words)


def _judge(
    tables: PublishedTables, path: str, n: int, groups: int
) -> tuple[Verdict, Message, tuple[float, ...]]:
    """All years, if the group is declared or the sample whole; else whole years of a window."""
    years = tables.years
    if years is not None and (path in tables.group_years or n == tables.full_n):
        whole = groups * years
        verdict: Verdict = "consistent" if n == whole else "inconsistent"
        words = message(
            "{groups} groups x {years} years = {n}",
            one="{groups} groups x {years} year = {n}",
            counting="years",
            groups=groups,
            years=years,
            n=whole,
        )
        return verdict, words, (float(whole), float(whole))
    most = float("inf") if years is None else float(groups * years)
    if n % groups == 0 and n <= most:
        words = message(
            "{n} / {groups} groups = {years} whole years",
            one="{n} / {groups} groups = {years} whole year",
            counting="years",
            n=n,
            groups=groups,
            years=n // groups,
        )
        return "consistent", words, (float(groups), most)
    if n > most:
        words = message(
            "{groups} groups x {years} years = {n} at most",
            one="{groups} groups x {years} year = {n} at most",
            counting="years",
            groups=groups,
            years=years,
            n=int(most),
        )
        return "inconsistent", words, (float(groups), most)
    words = message(
        "{n} is not a multiple of {groups} groups: an unbalanced sample may be meant",
        n=n,
        groups=groups,
    )
    return "undecidable", words, (float(groups), most)
