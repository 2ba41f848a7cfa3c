"""Who the names of a column are: one code and one name for all spellings of a city, province or country.

Files that are put together are matched by these codes, never by likeness: a name is one place, or
it may be several and a person is asked, or nothing is known and the name stays as written.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import Literal

from xinzhi.notices import Notice
from xinzhi.places import index
from xinzhi.places.countries import find_countries, nearest_countries
from xinzhi.places.names import match_all
from xinzhi.places.outcome import Ambiguous, Matched
from xinzhi.places.places import province_name
from xinzhi.places.report import Key
from xinzhi.places.spelling import fold, is_latin, latin, stem
from xinzhi.wording import Message, message

Register = Literal["china_cities", "china_provinces", "countries"]
REGISTERS: tuple[Register, ...] = ("china_cities", "china_provinces", "countries")
CUTOFF = 0.6
NEAREST = 3
_CODE = re.compile(r"(\d{2})(0000)?(000000)?(\.0)?")
_PROVINCE = re.compile(r"\b(province|sheng|municipality|autonomous region)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Identity:
    """The place that a name means."""

    code: str
    """Code of the register: of six digits, or of three letters for a country."""
    name: str
    """The one name that is used from here on."""


@dataclass(frozen=True, slots=True)
class Unidentified:
    """A name that means no place of the register, or several."""

    why: Message
    candidates: tuple[str, ...] = ()
    """Names that it can mean, or the nearest ones."""
    is_ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Identified:
    """The names of a column, each with what it means."""

    found: Mapping[Key, Identity | Unidentified]
    notices: tuple[Notice, ...] = ()


def identify(keys: Iterable[Key], register: Register) -> Identified:
    """Identify names by a register; each with its year and province, where there are any.

    Examples
    --------
    >>> found = identify([("芜湖", None, None), ("芜湖市", None, None)], "china_cities").found
    >>> {identity.name for identity in found.values()}
    {'芜湖市'}
    >>> identify([("内蒙", None, None)], "china_provinces").found["内蒙", None, None].candidates
    ('内蒙古自治区',)
    """
    distinct = tuple(dict.fromkeys(keys))
    if register == "china_cities":
        return _cities(distinct)
    if register == "china_provinces":
        return Identified(MappingProxyType({key: _province(key[0]) for key in distinct}))
    # The language of most names: suggestions are in the language of the column.
    in_chinese = sum(not is_latin(name) for name, _, _ in distinct) > len(distinct) / 2
    return Identified(
        MappingProxyType({key: _country(key[0], chinese=in_chinese) for key in distinct})
    )


def _cities(keys: tuple[Key, ...]) -> Identified:
    names, years, provinces = zip(*keys, strict=True) if keys else ((), (), ())
    report = match_all(names, years=years, provinces=provinces)
    identities: dict[Key, Identity | Unidentified] = {}
    for key, match in report.matches.items():
        if isinstance(match, Matched):
            identities[key] = Identity(match.place.code, match.place.name)
        elif isinstance(match, Ambiguous):
            candidates = tuple(str(place) for place in match.candidates)
            identities[key] = Unidentified(match.why, candidates, is_ambiguous=True)
        else:
            identities[key] = Unidentified(match.why, tuple(place.name for place in match.nearest))
    return Identified(MappingProxyType(identities), report.notices())


def _province(name: str) -> Identity | Unidentified:
    text = fold(name)
    codes = _province_codes(name, text)
    if len(codes) == 1:
        return Identity(codes[0], province_name(codes[0]))
    by_stem = {stem(full): province_name(rows[0].code) for full, rows in index.provinces().items()}
    close = difflib.get_close_matches(stem(text), by_stem, n=NEAREST, cutoff=CUTOFF)
    why = message("'{name}' is not a known province.", name=name)
    return Unidentified(why, tuple(dict.fromkeys(by_stem[name] for name in close)))


def _province_codes(name: str, text: str) -> tuple[str, ...]:
    """Find the provinces that a Chinese or romanised name, or a code, means."""
    # Two digits, with zeros behind them in longer codes, perhaps read as a number (.0).
    if code := _CODE.fullmatch(text):
        rows = index.codes().get(f"{code[1]}0000", ())
        return tuple(dict.fromkeys(division.code for division in rows))
    if is_latin(text):
        codes = index.romanised().get(latin(_PROVINCE.sub("", name)), ())
        return tuple(code for code in codes if code.endswith("0000"))
    return tuple(dict.fromkeys(division.code for division in index.provinces().get(text, ())))


def _country(name: str, *, chinese: bool) -> Identity | Unidentified:
    countries = find_countries(name)
    in_language = attrgetter("chinese" if chinese else "name")
    if len(countries) == 1:
        return Identity(countries[0].code, in_language(countries[0]))
    if countries:
        why = message("'{name}' can mean {n} countries.", name=name, n=len(countries))
        return Unidentified(why, tuple(map(str, countries)), is_ambiguous=True)
    near = tuple(map(in_language, nearest_countries(name)))
    return Unidentified(message("'{name}' is not a known country.", name=name), near)
