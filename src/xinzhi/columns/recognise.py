"""Recognise columns: a heading without its unit, a word in it, and what the column is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from xinzhi.columns.kinds import KINDS, price_basis
from xinzhi.io.recognise.cells import split_unit

SCOPES = re.compile(
    r"[（(\[_\s]*(全市|市辖区|市区|辖区|全省|全国|districts?|whole_city|city_proper)[)）\]_\s]*"
)
WHOLE = frozenset(("全市", "全省", "全国", "whole_city"))
"""Words of scope that say: all of the entity, as a heading without such a word does."""
BEFORE = re.compile(
    r"(年末|年底|期末|年均|年平均|当年|本年|全年|总|total_|number_of_|no_of_|year_end_)"
)
AFTER = re.compile(
    r"(_?(总人数|人数|总数|总量|总额|合计|总计|数量|数|量|额|total|persons|amount|number))"
)
KEEP = frozenset(("指数",))
"""Endings that are not empty words."""
SUFFIX = re.compile(
    r"_(?:(?P<money>(?P<m>100m|10k|1k|m|bn|k)?_?(?:cny|rmb|yuan)\d*)"
    r"|(?P<dollars>(?P<d>100m|10k|1k|m|bn|k)?_?usd\d*)"
    r"|(?P<electricity>(?P<e>10k|100m|m|g|t|k)_?wh)"
    r"|(?P<area>km2|sqkm|ha)"
    r"|(?P<energy>(?P<c>10k|m|k)?tce|quad)"
    r"|(?P<mass>(?P<t>10k|m|k)?t|tonnes|tons)"
    r"|(?P<plain>(?P<p>100m|10k|1k|m|bn|k)\d{0,2}))\Z"
)
"""Units at the end of an English heading: labour_10k, energy_10ktce, co2_mt, gdp_100m."""


@dataclass(frozen=True, slots=True)
class HeadingMeaning:
    """What a heading says."""

    core: str
    """Lower case, without unit, scope and words without meaning."""
    scope: str
    """districts, or empty: all of the entity."""
    unit: str | None
    """Unit at the end of the heading, where it has one."""
    is_real: bool
    """Whether it says constant prices: real_gdp, gdp_100m08."""


def fold(name: str) -> str:
    """Fold a heading: lower case, without its unit in brackets.

    >>> fold("GDP（亿元）"), fold(" Labour ")
    ('gdp', 'labour')
    """
    bare = split_unit(name)[0] or name
    return re.sub(r"\s+", "_", bare.strip()).casefold()


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


def heading(name: str) -> HeadingMeaning:
    """Take unit, scope and words without meaning off a heading.

    >>> heading("年末从业人员数（万人）").core, heading("labour_10k").core, heading("GDP_市辖区").scope
    ('从业人员', 'labour', 'districts')
    """
    folded = fold(name)
    unit = SUFFIX.search(folded)
    core = folded[: unit.start()] if unit else folded
    # 辖区面积 is the area of all of it: what is a name as it stands holds no word of scope.
    scopes = [] if core in NAMES else [match[1] for match in SCOPES.finditer(core)]
    core = SCOPES.sub("", core).strip("_") or core if scopes else core
    core = _without(AFTER, _without(BEFORE, core, at_end=False), at_end=True)
    districts = any(scope not in WHOLE for scope in scopes)
    end = unit[0][1:] if unit else None
    # Digits behind a unit are the year of the prices: gdp_100m08.
    basis, dated = price_basis(name), end and re.search(r"(?<!km)\d\Z|\d{2}\Z", end)
    is_real = basis == "constant" or (basis is None and bool(dated))
    return HeadingMeaning(core, "districts" if districts else "", end, is_real)


def _without(words: re.Pattern[str], core: str, *, at_end: bool) -> str:
    """Take words without meaning off one end, unless nothing would be left."""
    while core not in NAMES and not core.endswith(tuple(KEEP)):
        match = re.search(words.pattern + r"\Z", core) if at_end else words.match(core)
        rest = "" if match is None else (core[: match.start()] if at_end else core[match.end() :])
        if len(rest.strip("_")) < 2:
            return core
        core = rest.strip("_")
    return core


NAMES: Mapping[str, str] = MappingProxyType(
    {name: kind for kind, words in KINDS.items() for name in words.names}
)
"""Whole heading -> kind."""


@cache
def kind_of(name: str) -> str | None:
    """Say what a column is; None where its heading does not say it without doubt.

    >>> kind_of("年末从业人员数（万人）"), kind_of("城镇私营从业人员"), kind_of("gdp_100m")
    ('employed', None, 'gdp')
    """
    return NAMES.get(heading(name).core)
