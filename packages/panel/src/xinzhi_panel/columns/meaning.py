"""Read a heading by the vocabulary of the subject: which indicator, at which prices, of what area, in which unit.

A heading is compared whole; then segments that are wholly a unit or a mark come off, in any order, and
after each it is compared again. So 当年价格 is never the end of a base year, 实际使用外资 never constant prices,
and a part never its whole. Where nothing is found, nothing is said: there is no guess from a word inside.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from types import MappingProxyType

from xinzhi_panel.columns.indicators import (
    DIMENSIONS,
    Indicator,
    Vocabulary,
    ambiguous,
    fold,
    marks,
    packaged,
    sizes,
)
from xinzhi_panel.columns.kinds import price_basis
from xinzhi_panel.io.recognise.cells import is_unit
from xinzhi_panel.io.units import unit_of

CONSTANT: Mapping[str, str] = MappingProxyType(
    {"gdp": "gdp_constant", "gdp_per_capita": "gdp_per_capita_constant"}
)
"""Indicator -> the one that it is at constant prices."""
GROWING: Mapping[str, str] = MappingProxyType(
    {
        "gdp": "gdp_growth",
        "gdp_constant": "gdp_growth",
        "va_industry": "va_industry_growth",
        "va_industry_above_scale": "va_industry_growth",
        "fixed_asset_investment": "fixed_asset_investment_growth",
    }
)
"""Indicator -> the one that its growth is."""
PER_HEAD: Mapping[str, str] = MappingProxyType(
    {"gdp": "gdp_per_capita", "gdp_constant": "gdp_per_capita_constant"}
)
"""Indicator -> the one that it is per head."""
ENDINGS = (
    "总人数",
    "人数",
    "个数",
    "总数",
    "总量",
    "总额",
    "数量",
    "合计",
    "总计",
    "数",
    "额",
    "量",
    "的",
    "值",
)
"""Endings without meaning."""
BEGINNINGS = ("number_of_", "no_of_", "total_", "year_end_", "annual_")
SPOKEN: Mapping[str, str] = MappingProxyType(
    {
        "百分比": "%",
        "百分数": "%",
        "percent": "%",
        "pct": "%",
        "人每平方公里": "人/平方公里",
        "平方千米": "平方公里",
        "吨标煤": "吨标准煤",
        "万吨标煤": "万吨标准煤",
        "us$": "美元",
        "usd": "美元",
        "亿度": "亿千瓦时",
        "万度": "万千瓦时",
        "μg/m3": "微克/立方米",
        "ug/m3": "微克/立方米",
        "μg/m³": "微克/立方米",
    }
)
"""Other words for units of the table, folded."""
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
YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
LONGEST = 120
"""Characters beyond which a heading is not read."""


@dataclass(frozen=True, slots=True)
class HeadingReading:
    """What a heading says."""

    indicator: Indicator | None = None
    """None where the heading is not known whole."""
    price_basis: str = "none"
    """current, constant, constant:2008, previous_year_prices, index_previous_year, index_base:1978, unclear, none."""
    scope: str = ""
    """Area that the heading names: whole_city, districts, core …; empty where it names none."""
    unit: str = ""
    stock_or_flow: str = "none"
    derived: str = ""
    """growth, share, per or part: not the amount of the indicator, but made of it or a part of it."""
    may_be: tuple[Indicator, ...] = ()
    """Indicators that the heading may be instead: a person says which."""

    @property
    def id(self) -> str:
        """Name of the indicator; empty where the heading is not known."""
        return self.indicator.id if self.indicator else ""

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that the column may have in a study, the likelier first; what is derived of an amount has none."""
        if self.indicator is None or self.derived:
            return ()
        return tuple(role for role in self.indicator.role_guess if role != "none")

    @property
    def is_districts(self) -> bool:
        """Whether it is of the districts of a city alone."""
        return self.scope in {"districts", "core", "built_up"}

    @property
    def is_constant(self) -> bool:
        """Whether it is at the prices of one year."""
        return self.price_basis.startswith("constant")


@dataclass(frozen=True, slots=True)
class _Left:
    """What is left of a heading, and what was taken off."""

    text: str
    unit: str = ""
    marks: tuple[tuple[str, str], ...] = ()


def read_heading(
    name: str, unit: str | None = None, vocabulary: Vocabulary | None = None
) -> HeadingReading:
    """Read a heading; a unit that is stated beside it wins over one inside.

    Parameters
    ----------
    name
        The heading as it stands in the file.
    unit
        Unit of the column where the file has one elsewhere: beside the heading, in a row of units.

    Examples
    --------
    >>> read = read_heading("地区生产总值_当年价格_亿元_全市")
    >>> read.id, read.price_basis, read.unit, read.scope
    ('gdp', 'current', '亿元', 'whole_city')
    >>> read_heading("地区生产总值（2008年价）（亿元）").price_basis, read_heading("实际使用外资").id
    ('constant:2008', 'fdi_used')
    """
    return _reading(name, unit or "", vocabulary or packaged())


@lru_cache(maxsize=4096)
def _reading(name: str, unit: str, vocabulary: Vocabulary) -> HeadingReading:
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", name)).strip().casefold()
    if not text or len(text) > LONGEST:
        return HeadingReading(unit=unit)
    # Prices may stand where the unit does: GDP（当年价）.
    beside = _segment(unit) if unit else None
    left = _search(_Left(text), vocabulary)
    if left is None:
        taken = _strip_all(_Left(text))
        read = HeadingReading(None, unit=unit or taken.unit)
        return _marked(read, (*taken.marks, *(beside[1] if beside else ())), text)
    marked = (*left.marks, *(beside[1] if beside else ()))
    own = beside[0] if beside else unit
    indicator, may_be = _decided(left.text, own or left.unit, vocabulary)
    stated = own or left.unit
    if indicator and not stated and indicator.dimension in {"index", "code"}:
        stated = indicator.dimension
    elif indicator and not stated and indicator.source_kind.startswith("World Bank"):
        # These titles have a unit of their own.
        stated = indicator.usual_unit if re.search(r"[(,]", text) else ""
    read = HeadingReading(indicator, unit=stated, may_be=may_be)
    return _marked(read, marked, text, vocabulary)


def _search(start: _Left, vocabulary: Vocabulary) -> _Left | None:
    """Take segments off until the whole is known; what needs the fewest goes first."""
    queue, seen = [start], {start.text}
    while queue:
        left = queue.pop(0)
        folded = fold(left.text)
        # 第二产业占GDP比重 and 第二产业占GDP的比重 are one heading.
        if folded in ambiguous() or {folded, folded.replace("的", "")} & vocabulary.headings.keys():
            return left
        for shorter in _shorter(left):
            if shorter.text and shorter.text not in seen and len(seen) < 400:
                seen.add(shorter.text)
                queue.append(shorter)
    return None


def _strip_all(left: _Left) -> _Left:
    """Take off what is wholly a unit or a mark of a heading that is not known."""
    while True:
        shorter = next(_segments(left), None)
        if shorter is None or not shorter.text:
            return left
        left = shorter


def _shorter(left: _Left) -> Iterator[_Left]:
    yield from _segments(left)
    yield from _beside(left)
    yield from _unit_at_end(left)
    yield from _marks_at_ends(left)
    for ending in ENDINGS:
        if left.text.endswith(ending) and len(left.text) > len(ending) + 1:
            yield replace(left, text=left.text[: -len(ending)].strip(" _"))
    for word in BEGINNINGS:
        if left.text.startswith(word):
            yield replace(left, text=left.text.removeprefix(word))


BRACKET = re.compile(r"(.*?)[_ ]*[(\[【]([^()\[\]【】]+)[)\]】]\Z")
CODE = re.compile(r"[a-z]{2,3}(?:\.[a-z0-9]{1,6}){2,6}")
"""Codes of indicators that the World Bank puts behind its titles: [NY.GDP.MKTP.KD]."""
VOLUME = re.compile(r"(?:chained |in )?volumes?")
"""What the OECD writes behind an amount at constant prices; elsewhere it is a quantity."""
TOPICS = "经济|社会|环境|生态|能源|资源|人口|就业|民生|科技|创新|教育"
TOPIC = re.compile(
    rf"(?:国民)?经济|社会|(?:{TOPICS})(?:[与和及、](?:{TOPICS}))+"
    rf"|(?:{TOPICS})(?:[与和及、]?(?:{TOPICS}))*(?:发展)?(?:指标|方面|情况|变量|类)"
)
"""Groups of columns in a merged cell above their names, which say nothing about them; 教育 alone would, and 其他 says that it is another."""


def without_topic(heading: str) -> str:
    """Take off the topic of a group of columns, which stood in a merged cell above them.

    >>> without_topic("经济 就业人员"), without_topic("工业 废水排放量")
    ('就业人员', '工业 废水排放量')
    """
    group, _, below = heading.partition(" ")
    return below if below and TOPIC.fullmatch(group) else heading


def _segments(left: _Left) -> Iterator[_Left]:
    """Take off a bracket at the end, or what stands before or behind a stroke, where it is a unit or marks."""
    text = left.text
    pairs: list[tuple[str, str]] = []
    if match := BRACKET.match(text):
        pairs.append((match[1], match[2]))
    for separator in ("_", "、", ",", ":", ";", " ", "-"):
        if separator in text:
            head, _, tail = text.rpartition(separator)
            first, _, rest = text.partition(separator)
            pairs += [(head, tail), (rest, first)]
    for rest, segment in pairs:
        if (taken := _segment(segment)) and rest.strip(" _"):
            if left.unit and taken[0]:
                continue
            yield _Left(rest.strip(" _,:;、-"), left.unit or taken[0], (*left.marks, *taken[1]))
    if match := SUFFIX.search(text):
        # Digits behind a unit are the year of the prices: gdp_100m08.
        is_dated = match["plain"] and re.search(r"\d{2}\Z", match[0][len(match["p"]) + 1 :])
        dated = (
            (("dated", "constant"),)
            if is_dated or re.search(r"(?:cny|rmb|yuan|usd)\d+\Z", match[0])
            else ()
        )
        yield _Left(text[: match.start()], left.unit or match[0][1:], (*left.marks, *dated))


def _beside(left: _Left) -> Iterator[_Left]:
    """Take off a code behind a title, the word volume in brackets, or the topic of a group in front."""
    if match := BRACKET.match(left.text):
        if CODE.fullmatch(match[2]):
            yield replace(left, text=match[1])
        if VOLUME.fullmatch(match[2]):
            yield replace(left, text=match[1], marks=(*left.marks, ("price_basis", "constant")))
    if (below := without_topic(left.text)) != left.text:
        yield replace(left, text=below)


@cache
def _segment(text: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """Read a segment that is wholly a unit, marks, or both: its unit and its marks; None for anything else."""
    plain = re.sub(r"^单位[::]?\s*", "", unicodedata.normalize("NFKC", text).strip().casefold())
    if known := _unit(plain):
        return known, ()
    if mark := _mark(plain):
        return "", (mark,)
    pieces = [piece.strip() for piece in re.split(r"[,、;]|\s+", plain) if piece.strip()]
    if len(pieces) < 2:
        pieces = [piece for piece in re.split(r"[/与和及]", plain) if piece]
    if len(pieces) < 2:
        return None
    read = [_segment(piece) for piece in pieces]
    units = [one[0] for one in read if one and one[0]]
    if any(one is None for one in read) or len(units) > 1:
        return None
    return next(iter(units), ""), tuple(mark for one in read if one for mark in one[1])


@cache
def _units() -> Mapping[str, str]:
    return MappingProxyType({fold(unit): unit for unit in sizes() if unit != "1"})


def _unit(text: str) -> str:
    """Find the unit that a text is, as the table writes it; empty where it is none."""
    folded = fold(text)
    if re.fullmatch(r"(?:上年|\d{4}年?|基年)=100", folded):
        return ""
    spoken = SPOKEN.get(folded)
    if spoken or folded in _units():
        return spoken or _units()[folded]
    # A word alone may be a mark as well: 万人 begins a heading per 10,000 persons.
    return text if is_unit(text) and not _mark(text) and not YEAR.search(text) else ""


@cache
def _finders() -> tuple[tuple[str, re.Pattern[str], str, str], ...]:
    """Compile the marks, the longest first: (where it stands, pattern, kind, value)."""
    found: list[tuple[int, str, re.Pattern[str], str, str]] = []
    for mark, kind, value in marks():
        if mark == "1978=100":  # the example of the line below it
            continue
        body = re.escape(fold(mark)).replace(r"\{year\}", r"(?P<year>(?:19|20)\d{2})")
        where = (
            "start"
            if mark in {"名义", "真实", "实际", "万人"}
            else "end"
            if mark == "率"
            else "any"
        )
        found.append((len(fold(mark)), where, re.compile(body), kind, value))
    found.sort(key=lambda one: -one[0])
    return tuple(one[1:] for one in found)


def _valued(match: re.Match[str], kind: str, value: str) -> tuple[str, str]:
    year = match.groupdict().get("year")
    return kind, value.replace("{year}", year) if year else value


@cache
def _mark(text: str) -> tuple[str, str] | None:
    """Find the mark that a text wholly is."""
    folded = fold(text)
    if re.fullmatch(r"(?:19|20)\d{2}年?(?:=|为)100", folded):
        return "price_basis", f"index_base:{folded[:4]}"
    for _, pattern, kind, value in _finders():
        if match := pattern.fullmatch(folded):
            return _valued(match, kind, value)
    if match := re.fullmatch(r"(?:constant|base)?((?:19|20)\d{2})(?:prices?|年)?", folded):
        return "price_basis", f"constant:{match[1]}"
    return None


NOT_PRICES = re.compile(r"(?:使用|利用|完成|到位|有|收|缴|到)")
"""Words behind 实际 with which it means what was in fact done."""


def _marks_at_ends(left: _Left) -> Iterator[_Left]:
    """Take a mark off either end, the longest first."""
    folded = left.text
    for where, pattern, kind, value in _finders():
        latin = pattern.pattern.isascii() and re.match(r"[a-z]", pattern.pattern)
        if where != "end" and (match := pattern.match(folded)):
            rest = folded[match.end() :]
            is_word = not latin or rest[:1] in {"_", " ", ""}
            if is_word and not (match[0] == "实际" and NOT_PRICES.match(rest)) and len(rest) > 1:
                yield replace(
                    left, text=rest.strip(" _的"), marks=(*left.marks, _valued(match, kind, value))
                )
        if where != "start" and (match := re.search(rf"(?:{pattern.pattern})\Z", folded)):
            rest = folded[: match.start()]
            is_word = not latin or rest[-1:] in {"_", " ", ""}
            if is_word and len(rest) > 1:
                yield replace(
                    left, text=rest.strip(" _的"), marks=(*left.marks, _valued(match, kind, value))
                )


def _unit_at_end(left: _Left) -> Iterator[_Left]:
    """Take off a unit that stands at the very end without brackets, the longest first."""
    if left.unit:
        return
    folded = left.text
    for unit in sorted((*_units(), *SPOKEN), key=len, reverse=True):
        if folded.endswith(unit) and len(folded) > len(unit) + 1:
            if unit[0].isascii() and unit[0].isalpha() and folded[-len(unit) - 1].isalpha():
                continue
            yield replace(
                left, text=folded[: -len(unit)].strip(" _"), unit=SPOKEN.get(unit) or _units()[unit]
            )


def _decided(
    text: str, unit: str, vocabulary: Vocabulary
) -> tuple[Indicator | None, tuple[Indicator, ...]]:
    """Choose among the indicators that a heading may be; the unit decides, or a person."""
    folded = fold(text)
    names = (vocabulary.headings.get(name, "") for name in (folded, folded.replace("的", "")))
    told = vocabulary.indicators.get(next(filter(None, names), ""))
    if folded not in ambiguous() or (told and told.id in vocabulary.own):
        return told, ()
    several = tuple(vocabulary.indicators[name] for name in ambiguous()[folded])
    if len({one.dimension for one in several}) == 1 and len(several) > 1:
        return several[0], several
    if unit:
        fitting = tuple(one for one in several if measures(unit, one.dimension))
        return (fitting[0], fitting[1:] and fitting) if fitting else (None, ())
    if len(several) == 1:
        return (told, ()) if told is None else (told, several)
    return told or several[0], several


def measures(unit: str, dimension: str) -> bool:
    """Whether a unit measures a dimension of the vocabulary.

    >>> measures("万元", "money"), measures("万人", "money"), measures("10k", "money")
    (True, False, True)
    """
    return size_of(unit, dimension) is not None or (
        dimension in sizes().get(_unit(unit) or unit, {})
    )


def size_of(unit: str, dimension: str) -> float | None:
    """Return how many base units of `units.csv` a unit of a dimension is; None where it is another thing.

    >>> size_of("万千瓦时", "electricity"), size_of("10k", "persons"), size_of("吨", "money")
    (10000.0, 10000.0, None)
    """
    known = sizes().get(_unit(unit) or unit, {})
    if dimension in known:
        return known[dimension]
    other = unit_of(unit)
    if other is None or other.dimension not in {None, DIMENSIONS.get(dimension, dimension)}:
        return None
    return other.factor


def _marked(
    read: HeadingReading,
    taken: Sequence[tuple[str, str]],
    text: str,
    vocabulary: Vocabulary | None = None,
) -> HeadingReading:
    """Apply the marks: to the indicator where there is one for it, to prices, area and kind elsewhere."""
    known = (vocabulary or packaged()).indicators
    of = dict(reversed(tuple(taken)))
    derived = ""
    if "share" in of and of["share"] in {"removed", "compliant"}:
        derived = "share"
    basis = _stated_basis(taken, text)
    read = settled_by_prices(read, basis or "")
    indicator = read.indicator
    if indicator is not None:
        if basis and basis.startswith("constant") and indicator.id in CONSTANT:
            indicator = known[CONSTANT[indicator.id]]
        if of.get("per") == "person" and indicator.id in PER_HEAD:
            indicator = known[PER_HEAD[indicator.id]]
            of.pop("per")
        if "growth" in of and indicator.id in GROWING:
            indicator, basis = known[GROWING[indicator.id]], None
            of.pop("growth")
        if basis and basis.startswith("index") and indicator.dimension != "index":
            derived = "growth"
    for kind in DERIVED:
        if kind in of and not derived and _changes(indicator, kind):
            derived = DERIVED[kind]
    if of.get("area_scope") in {"towns", "rural"} and not derived:
        derived = "part"
    said = basis or (_basis(indicator, text) if indicator else "none")
    return replace(
        read,
        indicator=indicator,
        price_basis=said if not derived or basis else "none",
        scope=of.get("area_scope", ""),
        unit=read.unit,
        stock_or_flow=(derived and "ratio") or (indicator.stock_or_flow if indicator else "none"),
        derived=derived,
    )


def settled_by_prices(read: HeadingReading, basis: str) -> HeadingReading:
    """Decide by the prices what a heading may be: 上年=100 beside 地区生产总值指数 leaves no doubt which index it is."""
    fitting = [one for one in read.may_be if one.price_basis == basis.partition(":")[0]]
    return replace(read, indicator=fitting[0], may_be=()) if len(fitting) == 1 else read


def _stated_basis(taken: Sequence[tuple[str, str]], text: str) -> str | None:
    """Find the prices that marks or other words of a heading name; two kinds are unclear."""
    said = {value for kind, value in taken if kind == "price_basis"}
    if len(said) > 1:
        return "unclear"
    dated = next((value for kind, value in taken if kind == "dated"), None)
    spoken: str | None = price_basis(text)
    if spoken == "constant" and (year := YEAR.search(text)):
        spoken = f"constant:{year[1]}"
    spoken = "previous_year_prices" if spoken == "previous_year" else spoken
    return next(iter(said), None) or spoken or dated


DERIVED: Mapping[str, str] = MappingProxyType(
    {"growth": "growth", "share": "share", "per": "per", "enterprise_scope": "part"}
)
"""Kind of a mark -> what it makes of an amount."""


def _changes(indicator: Indicator | None, kind: str) -> bool:
    """Whether a mark makes another thing of the indicator: a rate of a rate says what it is twice."""
    if indicator is None:
        return True
    if kind == "share":
        return indicator.dimension not in {"share", "ratio"}
    if kind == "per":
        return indicator.dimension not in {"price", "ratio", "density"}
    return kind != "growth" or indicator.stock_or_flow != "growth"


def _basis(indicator: Indicator, text: str) -> str:
    """Give the prices of an indicator without a mark; a year that its own heading names is the base."""
    basis = indicator.price_basis
    if indicator.dimension == "share" and indicator.stock_or_flow == "ratio":
        return "none"
    if basis in {"constant", "index_base"} and (year := YEAR.search(text)):
        return f"{basis}:{year[1]}"
    return basis
