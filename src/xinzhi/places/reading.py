"""Read the places at the beginning of a text: province, prefecture or county, county."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xinzhi.places import index
from xinzhi.places.divisions import Division

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
