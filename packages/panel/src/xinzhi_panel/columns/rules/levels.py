"""Levels of a grouping that are nearly the same word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import numpy as np
import pandas as pd

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, Finding, Rule, SeenPanel

MOST = 50
"""Levels from which on a column is one of names or remarks."""
REPEATED = 3
"""Rows a level, on average, below which a column is not a grouping."""
ENDINGS = re.compile(
    r"(?<=.)(地区|区域|地带|城市|省份|类型|类别|型|类|期|区|市|省)\Z"
    r"|(?<=[a-z]{3})[ _-]*(region|area|city|cities|type|ern|s)\Z"
)
"""Words behind a level that add nothing."""
MARKS = re.compile(r"[\s_·.,，。、:：;；'\"’“”()（）-]+")
"""Spaces and marks that do not tell levels apart; + and < do."""
LONG = 5
"""Latin letters from which on one letter more, less or other may be a slip."""
RARE = 0.01
"""Share of rows of a level that may be a slip of another."""


@RULES.add("levels")
class Levels(Rule):
    """Two levels of a grouping are one word written in two ways: 中部 and 中部地区, East and east.

    Columns of text with at most 50 levels of three rows on average. Levels are the same but for capitals, spaces, full
    width, marks and words that add nothing (地区, 型, region), or, of five Latin letters or more, one letter inside the word in a level
    of at most 1% of the rows.
    """

    code = "plausible.levels"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare the levels of each column of text."""
        for name in map(str, seen.panel.frame.columns):
            column = seen.panel.frame[name]
            if column.dtype.kind != "O":
                continue
            places, found = pd.factorize(column)
            # A column of remarks or names ends here, before anything is compared.
            if len(found) > MOST:
                continue
            levels = [level for level in found if isinstance(level, str) and level]
            counts = np.bincount(places[places >= 0], minlength=len(found))
            sizes = {level: int(counts[k]) for k, level in enumerate(found) if level in levels}
            if len(levels) < 2 or sum(sizes.values()) < REPEATED * len(levels):
                continue
            for rare, usual in _alike(sizes):
                yield Finding(
                    self.code,
                    (name,),
                    (column == rare).to_numpy(dtype=bool),
                    message(
                        "'{name}' has the levels '{rare}' and '{usual}', which look like one",
                        name=name,
                        rare=rare,
                        usual=usual,
                    ),
                    message("write one of them throughout."),
                )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "levels", f"at most {MOST}, of {REPEATED} rows on average"
        yield "rows of a level with another letter", f"at most {RARE:.0%}"


def _alike(sizes: dict[str, int]) -> Iterator[tuple[str, str]]:
    """List the rarer and the more usual level of each pair that looks like one."""
    ordered = sorted(sizes, key=lambda level: (-sizes[level], level))
    total = sum(sizes.values())
    for k, rare in enumerate(ordered):
        for usual in ordered[:k]:
            few = sizes[rare] <= RARE * total
            if bare(rare) == bare(usual) or (
                few and _one_letter(rare.casefold(), usual.casefold())
            ):
                yield rare, usual
                break


def bare(level: str) -> str:
    """Fold a level: lower case, no spaces and marks, no words that add nothing.

    >>> bare("中部地区"), bare(" Ｅast"), bare("成长型"), bare("区")
    ('中部', 'east', '成长', '区')
    """
    plain = unicodedata.normalize("NFKC", level).casefold()
    return ENDINGS.sub("", re.sub(MARKS, "", plain))


def _one_letter(first: str, second: str) -> bool:
    """Whether two words differ in one Latin letter, or in two neighbours that are exchanged.

    >>> _one_letter("central", "centrl"), _one_letter("growing", "gorwing"), _one_letter("fusef", "fusea")
    (True, True, False)
    """
    if (
        not (first.isascii() and second.isascii())
        or first[:1] + first[-1:] != second[:1] + second[-1:]
    ):
        return False
    short, long = sorted((first, second), key=len)
    if len(short) < LONG or len(long) - len(short) > 1:
        return False
    if any(c.isdigit() for c in first + second):
        return False
    start = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    if len(long) > len(short):
        return short[start:] == long[start + 1 :]
    a, b = short[start:], long[start:]
    return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
