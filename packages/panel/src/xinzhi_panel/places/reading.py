"""Read the places at the beginning of a text: province, prefecture or county, county.

Which prefecture a county, an office or an address belongs to.

A text is read from its beginning as province, prefecture, county; what follows is the office or
the street. A place without its rank (灵石环保局) counts only where an office follows at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from xinzhi_core.wording import Message, message
from xinzhi_panel.places import places as index
from xinzhi_panel.places.changes import changes
from xinzhi_panel.places.divisions import Division, fold, is_latin
from xinzhi_panel.places.names import match as match_name
from xinzhi_panel.places.places import (
    Ambiguous,
    KnownPlace,
    Match,
    Matched,
    Unknown,
    match_code,
    matched_in_year,
    place_of,
    places,
    several,
    six_digits,
)

_BEFORE = re.compile(r"^(中华人民共和国|国家税务总局|中国人民银行|中国|原)+")
_OFFICE = re.compile(
    r"^(市|县|区|州|盟|旗)?(人民|生态|环境|环保|环|监察|监测|综合|执法|行政|住房|城市|城乡|城管|水利|水务|"
    r"自然|国土|国有|工业|应急|安全|公安|法院|检察|税务|国家|地方|市场|工商|质量|农业|林业|海事|交通|"
    r"分局|支队|大队|总队|委员会|政府|管理|高新|经济|经开|开发|新区|新城|产业|循环|化工|保税|局|厅)"
)
_BRANCH = re.compile(r"局(\w{2,8}?)(环境保护|生态环境|环保)?分局")
LONGEST = 16
"""Characters of the longest official name, and a few more."""

Tables = tuple[Mapping[str, tuple[Division, ...]], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A name at the beginning of a text."""

    rows: tuple[Division, ...]
    """Dated divisions that bear it."""
    name: str
    rest: str
    """What follows in the text."""


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """What the beginning of a text names."""

    province: Read | None
    first: Read | None
    """Prefecture or county after the province."""


def read(text: str) -> PlaceReading:
    """Read a text as it stands, then without words such as 原 in front of the place.

    >>> read("原平市环保局").first.name, read("原大同市环境保护局").first.name
    ('原平市', '大同市')
    """
    reading = _read(text)
    bare = _BEFORE.sub("", text)
    if reading.province or reading.first or bare == text:
        return reading
    return _read(bare)


def _read(text: str) -> PlaceReading:
    province = _province(text)
    if province is None:
        return PlaceReading(None, first_place(text, None))
    return PlaceReading(
        province, first_place(province.rest, tuple(d.code[:2] for d in province.rows))
    )


def longest(text: str, tables: Tables, inside: tuple[str, ...] | None) -> Read | None:
    """Read the longest name at the beginning of a text that stands in one of the tables."""
    # The longest name wins: 北京市 before 北京, 吉林市 before 吉林.
    for length in range(min(LONGEST, len(text)), 1, -1):
        name = text[:length]
        bearers = (d for table in tables for d in table.get(name, ()))
        rows = tuple(d for d in bearers if inside is None or d.code[:2] in inside)
        if rows:
            return Read(rows, name, text[length:])
    return None


def _province(text: str) -> Read | None:
    """Read a province, unless a longer name of a city or county begins there (河北区, 吉林市)."""
    province = longest(text, (index.provinces(),), None)
    longer = longest(text, (index.prefectures(), index.counties()), None)
    if province and longer and len(longer.name) > len(province.name):
        return None
    return province


def first_place(text: str, inside: tuple[str, ...] | None) -> Read | None:
    """Read a prefecture or county with its rank, else one without where an office follows."""
    full = longest(text, (index.prefectures(), index.counties()), inside)
    if full:
        return full
    bare = longest(text, (index.prefecture_stems(), index.county_stems()), inside)
    if bare is None or not (is_office(bare.rest) or second_place(bare)):
        return None
    return bare


def is_office(rest: str) -> bool:
    """Whether a text goes on with an office or a zone, or ends."""
    return not rest or _OFFICE.match(rest) is not None


def second_place(first: Read) -> Read | None:
    """Read the county after a prefecture: with its rank, or without where an office follows."""
    full = longest(first.rest, (index.counties(),), None)
    if full:
        return full
    bare = longest(first.rest, (index.county_stems(),), None)
    if bare is None or not is_office(bare.rest) or is_office(first.rest):
        return None
    return bare if within(bare.rows, first.rows) else None


def within(counties: tuple[Division, ...], around: tuple[Division, ...]) -> tuple[Division, ...]:
    """Keep the counties that lie, or lay, in one of the places around."""
    # A county may have lain under a code that its prefecture has given up.
    codes = {d.prefecture for d in around} | set(index.codes_of_places(around))
    return tuple(
        d for d in counties if d.prefecture in codes or index.codes_of_places([d])[0] in codes
    )


def branch(first: Read) -> Read | None:
    """Read the county in 大同市生态环境局云冈分局, if it is one of the city.

    >>> branch(read("大同市生态环境局云冈分局").first).name
    '云冈'
    """
    match = _BRANCH.search(first.rest)
    if not match:
        return None
    rows = index.counties().get(match[1]) or index.county_stems().get(match[1], ())
    inner = within(rows, first.rows)
    return Read(inner, match[1], "") if inner else None


VAGUE = ("城区", "郊区", "矿区", "市区", "新区", "东区", "西区", "市郊区")
"""Counties whose names are words of the language: alone they name no place, and beside a prefecture
without such a county they say nothing."""
REMEMBERED = 100_000
"""Texts whose place is cached: a registry repeats its offices."""


def resolve_place(text: str, *, year: int | None = None) -> Match:
    """Find the place of prefecture level of a county, an office or an address.

    Parameters
    ----------
    text
        Name or code of a county (`灵石县`, `140729`), of an office (`大同市生态环境局云冈分局`,
        `大同市云冈区生态环境局`) or an address that begins with its place.
    year
        Year of the record: counties moved and changed their names. The state at its end counts;
        a county that moved in that very year carries a note.

    Returns
    -------
    Match
        `Matched` with the county where one is named; `Ambiguous` where several places bear the
        name or the parts contradict each other; `Unknown` for offices of provinces and texts that
        do not begin with a place.

    Examples
    --------
    >>> resolve_place("大同市云冈区生态环境局").place.name
    '大同市'
    >>> resolve_place("寿县环境保护局", year=2012).place.name
    '六安市'
    >>> [place.name for place in resolve_place("朝阳区环保局").candidates]
    ['北京市', '长春市']
    """
    return _resolve(text, year)


@lru_cache(maxsize=REMEMBERED)
def _resolve(text: str, year: int | None) -> Match:
    plain = fold(text)
    if not plain or is_latin(plain):
        return match_name(text, year=year)
    if re.fullmatch(r"[0-9]+(\.0)?", plain):
        return _by_code(text, six_digits(plain.removesuffix(".0")), year)
    reading = read(plain)
    if reading.first is None:
        return _no_place(text, plain, reading.province, year)
    if reading.first.name in VAGUE:
        return _vague(text, reading.first)
    return _with_county(text, reading.first, year)


def _by_code(text: str, code: str, year: int | None) -> Match:
    """Follow the code of a county; other codes are those of `match`."""
    rows = index.codes().get(code, ())
    if not rows or rows[-1].level != "county":
        return match_code(text, code, year)
    return _conclude(text, rows, year)


def _with_county(text: str, first: Read, year: int | None) -> Match:
    """Follow the county where it lies in the first place; where it does not, leave it open."""
    second = second_place(first) or branch(first)
    if second is None:
        return _conclude(text, first.rows, year)
    inner = within(second.rows, first.rows)
    if inner:
        return _conclude(text, inner, year)
    if second.name in VAGUE:
        return _conclude(text, first.rows, year)
    rows = first.rows + second.rows
    why = message(
        "'{text}': {county} does not lie in {place}.",
        text=text,
        county=second.name,
        place=first.name,
    )
    return Ambiguous(text, tuple(places()[code] for code in index.codes_of_places(rows)), why)


def _conclude(text: str, rows: tuple[Division, ...], year: int | None) -> Match:
    """Decide by the rows in force in the year; several places leave it open."""
    chosen = index.in_force(rows, year)
    candidates = tuple(places()[code] for code in index.codes_of_places(chosen))
    if len(candidates) > 1:
        return _open(text, candidates, chosen, year)
    if any(d.level == "prefecture" for d in chosen):
        return matched_in_year(text, candidates[0], "authority", year, ())
    match = matched_in_year(text, candidates[0], "county", year, ())
    if not isinstance(match, Matched):
        return match
    # The latest row names the county as it is called now.
    county = max(chosen, key=lambda d: d.last or 9999)
    doubts = () if year is None else _timing(county, year)
    return replace(
        match,
        county=county.name,
        confidence="medium" if doubts else match.confidence,
        notes=match.notes + doubts,
    )


def _timing(county: Division, year: int) -> tuple[Message, ...]:
    """Say that a county moved in this very year, or was not called so then."""
    moved = tuple(
        c.in_words()
        for c in changes()
        if c.kind == "moved" and c.county == county.name and c.year == year
    )
    if county.holds(year):
        return moved
    unlisted = message(
        "{county} ({code}) was not in the list of {year} under this name.",
        county=county.name,
        code=county.code,
        year=year,
    )
    return (*moved, unlisted)


def _open(
    text: str, candidates: tuple[KnownPlace, ...], rows: tuple[Division, ...], year: int | None
) -> Ambiguous:
    """Leave a name open; where it is one county that moved, ask for the year."""
    if year is not None or not _are_successive(rows):
        return several(text, candidates)
    spans = "、".join(
        f"{place_of(d).name} {d.first or ''}–{d.last or ''}"
        for d in sorted(rows, key=lambda d: d.first or 0)
    )
    why = message("'{text}' depends on the year: {spans}.", text=text, spans=spans)
    return Ambiguous(text, candidates, why)


def _are_successive(rows: tuple[Division, ...]) -> bool:
    """Whether rows of one name follow each other in time: one county that moved."""
    spans = sorted((d.first or 0, d.last or 9999) for d in rows)
    return len({d.name for d in rows}) == 1 and all(a[1] < b[0] for a, b in pairwise(spans))


def _vague(text: str, first: Read) -> Unknown:
    """Refuse 城区, 矿区 and their like without a prefecture."""
    why = message(
        "'{text}' names no city: {county} is a word of the language as well as a name.",
        text=text,
        county=first.name,
    )
    return Unknown(text, "office", why, tuple(dict.fromkeys(place_of(d) for d in first.rows)))


def _no_place(text: str, plain: str, province: Read | None, year: int | None) -> Match:
    """Say what a text names when it names no place below the province."""
    if province is None:
        why = message("'{text}' does not begin with a known place.", text=text)
        return Unknown(text, "office", why, _named_inside(plain))
    place = place_of(province.rows[0])
    if place.level == "prefecture":
        return _municipality(text, place, province, year)
    namesakes = index.prefecture_stems().get(province.name, ())
    if namesakes:
        return several(text, tuple(place_of(d) for d in (*namesakes, *province.rows)))
    elsewhere = first_place(province.rest, None)
    if elsewhere and elsewhere.name not in VAGUE:
        nearest = tuple(dict.fromkeys(place_of(d) for d in elsewhere.rows))
        why = message(
            "'{name}' does not lie in {province}.", name=elsewhere.name, province=place.name
        )
        return Unknown(text, "elsewhere", why, nearest)
    return Unknown(text, "province", message("'{text}' names the province only.", text=text))


def _municipality(text: str, place: KnownPlace, read_as: Read, year: int | None) -> Match:
    """Match a municipality with its rank, or without where an office follows (not 北京路)."""
    if read_as.name == place.name or is_office(read_as.rest):
        return matched_in_year(text, place, "authority", year, ())
    why = message("'{text}' does not begin with a known place.", text=text)
    return Unknown(text, "office", why, (place,))


def _named_inside(plain: str) -> tuple[KnownPlace, ...]:
    """Find the places whose names with rank stand somewhere inside a text, up to three."""
    tables = (index.prefectures(), index.counties())
    names = (longest(plain[start:], tables, None) for start in range(1, len(plain)))
    return tuple(dict.fromkeys(place_of(d) for name in names if name for d in name.rows))[:3]
