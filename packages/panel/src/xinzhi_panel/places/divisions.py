"""The official divisions of China by code and name, dated: provinces, prefectures, counties.

A row says that a code carried a name from the end of one year to the end of another. Years are
those of the lists in force at the end of the year; counties are covered from 2003, prefectures
from 2000, both to 2023. Sources and licences: `data/SOURCES.md`.

Countries and regions of ISO 3166 by code and by the names that data files give them.

Names are compared without case, accents, punctuation, "the" and the difference between "St." and
"Saint", "&" and "and". A name that two countries bear (Congo, 多米尼加) is left to a person.
Sources and licences: `data/SOURCES.md`.

One spelling per name: width, invisible characters, suffixes, Latin letters.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

Level = Literal["province", "prefecture", "county"]
MUNICIPALITIES = ("11", "12", "31", "50")


@dataclass(frozen=True, slots=True)
class Division:
    """One code under one name for a span of years."""

    code: str
    """Six-digit code of the division (GB/T 2260)."""
    name: str
    first: int | None
    """First year at whose end the list has it; None if it has it from the start."""
    last: int | None
    """Last year at whose end the list has it; None if it still has it."""

    @property
    def level(self) -> Level:
        """Province, prefecture (also municipalities and counties directly under a province)."""
        if self.code.endswith("0000"):
            return "prefecture" if self.code[:2] in MUNICIPALITIES else "province"
        if self.code.endswith("00") or self.is_direct:
            return "prefecture"
        return "county"

    @property
    def is_direct(self) -> bool:
        """Whether it is a county-level place directly under its province."""
        return self.code[2:4] == "90"

    @property
    def prefecture(self) -> str:
        """Code of the prefecture-level place that it is, or belonged to."""
        if self.level != "county":
            return self.code
        if self.code[:2] in MUNICIPALITIES:
            return self.code[:2] + "0000"
        return self.code[:4] + "00"

    def holds(self, year: int) -> bool:
        """Whether the list at the end of a year has it; beyond the lists their ends hold."""
        return (self.first or year) <= year <= (self.last or year)


def rows(name: str) -> Iterator[Mapping[str, str]]:
    """Read a table of this package."""
    text = files("xinzhi_panel.places").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


@cache
def divisions() -> tuple[Division, ...]:
    """List all rows by code and date.

    >>> [d.name for d in divisions() if d.code == "420600"]
    ['襄樊市', '襄阳市']
    """
    return tuple(
        Division(
            row["code"], row["name"], int(row["first"] or 0) or None, int(row["last"] or 0) or None
        )
        for row in rows("divisions.csv")
    )


CUTOFF = 0.75
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Country:
    """A country, or a region with a code of its own."""

    code: str
    """Three letters of ISO 3166-1: `DEU`."""
    name: str
    """Usual English name."""
    chinese: str
    """Usual Chinese name."""

    def __str__(self) -> str:
        return f"{self.name} {self.chinese} ({self.code})"


def find_countries(text: str) -> tuple[Country, ...]:
    """Find the countries that a name or code can mean: one, several or none.

    Examples
    --------
    >>> [country.code for country in find_countries("Korea, Rep.")]
    ['KOR']
    >>> [country.code for country in find_countries("刚果")]
    ['COD', 'COG']
    >>> find_countries("CZE") == find_countries("Czech Republic") == find_countries("捷克")
    True
    """
    return _by_name().get(_bare(text), ())


@lru_cache(maxsize=1000)
def nearest_countries(text: str) -> tuple[Country, ...]:
    """Find up to three countries whose names are spelled most like an unknown one.

    >>> [country.name for country in nearest_countries("Germny")]
    ['Germany']
    """
    close = difflib.get_close_matches(_bare(text), _by_name(), n=NEAREST, cutoff=CUTOFF)
    return tuple(dict.fromkeys(country for name in close for country in _by_name()[name]))


@cache
def _by_name() -> Mapping[str, tuple[Country, ...]]:
    bearers_of: dict[str, dict[Country, None]] = defaultdict(dict)
    for row in rows("countries.csv"):
        country = Country(row["iso3"], row["name"], row["name_zh"])
        also = filter(None, row["also"].split(";"))
        for name in (country.code, row["iso2"], country.name, country.chinese, *also):
            bearers_of[_bare(name)][country] = None
    return MappingProxyType({name: tuple(bearers) for name, bearers in bearers_of.items()})


def _bare(text: str) -> str:
    """Reduce a name to letters and digits in one case."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"\bst\b\.?", "saint", re.sub(r"\bthe\b", "", plain))
    # Letters of every script stay: names are Chinese, too.
    return "".join(c for c in plain if c.isalnum())


# fmt: off
PEOPLES: tuple[str, ...] = (
    "柯尔克孜族", "柯尔克孜", "维吾尔族", "维吾尔", "哈萨克族", "哈萨克", "塔吉克族", "塔吉克", "达斡尔族",
    "鄂温克族", "蒙古族", "蒙古", "锡伯族", "锡伯", "布依族", "朝鲜族", "土家族", "哈尼族",
    "傈僳族", "拉祜族", "东乡族", "纳西族", "景颇族", "仫佬族", "布朗族", "撒拉族", "毛南族",
    "仡佬族", "阿昌族", "普米族", "裕固族", "保安族", "独龙族", "满族", "回族", "藏族",
    "苗族", "彝族", "壮族", "侗族", "瑶族", "白族", "傣族", "黎族", "佤族",
    "畲族", "水族", "土族", "羌族", "怒族", "各族",
)
# fmt: on
"""Names of peoples in the names of autonomous places, longest first."""

SUFFIXES = (
    *("自治州", "自治县", "自治旗", "特别行政区", "自治区"),
    *("林区", "矿区", "特区", "新区", "地区"),
)
RANKS = ("省", "市", "州", "盟", "县", "区", "旗")
SHORTEST_STEM = 2

_QUOTES = "\"'“”‘’「」『』《》<>【】[]*"
_SHI = re.compile(r"\b(city|shi|municipality|prefecture|autonomous|league|region|diqu|zhou)\b")


def fold(text: str) -> str:
    """Fold width and compatibility forms, drop white space, invisible characters and quotes.

    >>> fold(" 大\u200b同　市 "), fold("１４０２００")
    ('大同市', '140200')
    """
    wide = unicodedata.normalize("NFKC", text)
    return "".join(c for c in wide if unicodedata.category(c)[0] not in "ZC" and c not in _QUOTES)


@cache
def stem(name: str) -> str:
    """Leave the rank and the peoples out of a place name, where two characters remain.

    >>> stem("大同市"), stem("延边朝鲜族自治州"), stem("大兴安岭地区"), stem("沁县")
    ('大同', '延边', '大兴安岭', '沁县')
    """
    for suffix in SUFFIXES + RANKS:
        if name.endswith(suffix) and len(name) - len(suffix) >= SHORTEST_STEM:
            return _without_peoples(name[: -len(suffix)])
    return name


def _without_peoples(name: str) -> str:
    """Strip names of peoples from the end as long as a name is left."""
    for people in PEOPLES:
        if name.endswith(people) and len(name) - len(people) >= SHORTEST_STEM:
            return _without_peoples(name[: -len(people)])
    return name


def latin(text: str) -> str:
    """Reduce a romanised name to its bare letters: accents, apostrophes and rank left out.

    >>> latin("Lüliang City"), latin("Ya'an Shi"), latin("Daxing’anling Prefecture")
    ('luliang', 'yaan', 'daxinganling')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z]", "", _SHI.sub(" ", re.sub(r"['’`]", "", plain)))


def is_latin(text: str) -> bool:
    """Whether a text is written in Latin letters only.

    >>> is_latin("Ürümqi"), is_latin("大同")
    (True, False)
    """
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all("LATIN" in unicodedata.name(c, "") for c in letters)
