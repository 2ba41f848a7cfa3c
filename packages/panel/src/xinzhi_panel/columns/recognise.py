"""Recognise columns: a heading without its unit, a word in it, and what the column is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xinzhi_panel.columns.kinds import KIND_OF
from xinzhi_panel.columns.meaning import read_heading
from xinzhi_panel.io.recognise.cells import split_unit

_SPREAD = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
"""Blanks by which yearbooks spread a short heading, such as 城 市."""


def fold(name: str) -> str:
    """Fold a heading: lower case, without its unit in brackets and blanks inside Chinese words.

    >>> fold("GDP（亿元）"), fold(" Labour "), fold("城　市"), fold("gross output")
    ('gdp', 'labour', '城市', 'gross_output')
    """
    bare = split_unit(name)[0] or name
    return re.sub(r"\s+", "_", _SPREAD.sub("", bare.strip())).casefold()


def found(name: str, among: Sequence[str]) -> str | None:
    """Find the word of a list that a heading contains, or is where the word begins with `=`.

    >>> found("用电量（万千瓦时）", ("用电",)), found("kind", ("=k",)), found("electricity", ("city",))
    ('用电', None, None)
    """
    folded = fold(name)
    for word in among:
        whole = word.startswith("=")
        bare = word.removeprefix("=")
        # Latin words begin where a word begins: there is no city in electricity.
        start = r"(?<![a-z])" if bare.isascii() else ""
        if folded == bare if whole else re.search(start + re.escape(bare), folded):
            return bare
    return None


def kind_of(name: str) -> str | None:
    """Say what a column is; None where its heading does not say it without doubt.

    >>> kind_of("年末从业人员数（万人）"), kind_of("城镇私营从业人员"), kind_of("gdp_100m")
    ('employed', None, 'gdp')
    """
    read = read_heading(name)
    return None if read.derived else KIND_OF.get(read.id)
