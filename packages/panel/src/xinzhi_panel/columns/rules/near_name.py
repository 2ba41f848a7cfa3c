"""A column whose name is nearly that of another one, whose gap it fills."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, Finding, NumberColumn, Rule, SeenPanel

FEW = 0.5
"""Share of rows that the column fills at most."""


@RULES.add("near_name")
class NearName(Rule):
    """A column is filled only where one of nearly the same name is empty: one heading was mistyped, perhaps.

    `gpd2016` among gdp2010, gdp2011 …, or a heading that differs in one file of several. The names differ in one
    character, or in two neighbours that are exchanged, and no row has both.
    """

    code = "plausible.near_name"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare names of columns that have gaps."""
        gaps = [column for column in seen.columns if np.isnan(column.values).any()]
        for rare in gaps:
            for usual in gaps:
                if nearly(rare.name.casefold(), usual.name.casefold()) and _fills(rare, usual):
                    yield Finding(
                        self.code,
                        (rare.name, usual.name),
                        ~np.isnan(rare.values),
                        message(
                            "'{rare}' is filled only where '{usual}' is empty",
                            rare=rare.name,
                            usual=usual.name,
                        ),
                        message("if it is one column, correct the heading of one of them."),
                    )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "rows that the column fills", f"less than {FEW:.0%} of both"


def _fills(rare: NumberColumn, usual: NumberColumn) -> bool:
    """Whether one column is there only where the other one is not."""
    first, second = ~np.isnan(rare.values), ~np.isnan(usual.values)
    n = int(first.sum())
    return bool(n and not (first & second).any() and n < FEW * (n + int(second.sum())))


def nearly(first: str, second: str) -> bool:
    """Whether two names differ in one character, or in two neighbours; numbers in them must be the same.

    >>> nearly("gpd", "gdp"), nearly("gdp1", "gdp2"), nearly("gd", "gdp"), nearly("从业人员", "就业人员"), nearly("gdp", "gdp")
    (True, False, True, True, False)
    """
    if first == second or [c for c in first if c.isdigit()] != [c for c in second if c.isdigit()]:
        return False
    short, long = sorted((first, second), key=len)
    if len(short) < 2 or len(long) - len(short) > 1:
        return False
    start = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    if len(long) > len(short):
        return short[start:] == long[start + 1 :]
    a, b = short[start:], long[start:]
    return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
