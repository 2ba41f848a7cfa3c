"""Match names and codes of prefecture-level places: through spellings, ranks and renamings.

The answer is a value: matched, ambiguous or unknown. A county is never taken for its prefecture
here (its figures are not those of the prefecture): see `authority.resolve_place` for that.

Who the names of a column are: one code and one name for all spellings of a city, province or country.

Files that are put together are matched by these codes, never by likeness: a name is one place, or
it may be several and a person is asked, or nothing is known and the name stays as written.

Names of entities for readers of both languages, from the registers of cities, provinces and countries.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Literal

from xinzhi_core.notices import Notice
from xinzhi_core.wording import Label, Message, listed, message
from xinzhi_panel.places import places as index
from xinzhi_panel.places.divisions import (
    Division,
    find_countries,
    fold,
    is_latin,
    latin,
    nearest_countries,
    stem,
)
from xinzhi_panel.places.places import (
    Ambiguous,
    How,
    Key,
    Match,
    Matched,
    MatchReport,
    Unknown,
    county_not_prefecture,
    english_names,
    match_code,
    matched_in_year,
    no_such_name,
    places,
    province_name,
    province_not_city,
    report_of,
    several,
)

_BESIDE = re.compile(r"\s*(.+?)\s*[(（]\s*(.+?)\s*[)）]\s*")
_MARKS = re.compile(r"[-–—_/|·・.,，、:：]+")
_CODE = re.compile(r"[0-9]+(\.0)?")
_CITY = re.compile(r"\b(city|shi|prefecture)\b", re.IGNORECASE)
_PROVINCE = re.compile(r"\b(province|sheng)\b", re.IGNORECASE)
REMEMBERED = 100_000
"""Names whose match is cached: a panel repeats its names in every year."""

Codes = tuple[str, ...]


def match(name: str, *, year: int | None = None, province: str | None = None) -> Match:
    """Match a name or code with the place of prefecture level that it means.

    Parameters
    ----------
    name
        Chinese name with or without rank and province (`大同`, `大同市`, `山西省大同市`), former
        name (`襄樊`), six-digit code now or formerly, or romanised name (`Yulin, Shaanxi`).
    year
        Year of the figures; decides where a name changed its meaning. The state at the end of
        the year counts.
    province
        Province of the place, Chinese or English, where a column of the data tells it.

    Returns
    -------
    Match
        `Matched`, `Ambiguous` with the candidates, or `Unknown` with the nearest names.

    Examples
    --------
    >>> match("襄樊").place.name, match("522400").place.name
    ('襄阳市', '毕节市')
    >>> [str(place) for place in match("Suzhou").candidates]
    ['苏州市 (江苏省, 320500)', '宿州市 (安徽省, 341300)']
    >>> str(match("平定县").why)
    '平定县 is a county-level place of 阳泉市, not a place of prefecture level.'
    """
    return _match(name, year, province)


@lru_cache(maxsize=REMEMBERED)
def _match(name: str, year: int | None, province: str | None) -> Match:
    text = fold(name)
    if not text:
        return Unknown(name, "empty", message("The name is empty."))
    if _CODE.fullmatch(text):
        return match_code(name, text.removesuffix(".0"), year)
    in_brackets = _BESIDE.fullmatch(text)
    if in_brackets and _province_codes(in_brackets[2]):
        text, province = in_brackets[1], province or in_brackets[2]
    inside = None if province is None else _province_codes(province)
    if inside == ():
        why = message("Unknown province '{province}'.", province=str(province))
        return Unknown(name, "elsewhere", why)
    return _english(name, inside, year) if is_latin(text) else _chinese(name, text, inside, year)


def _province_codes(word: str) -> Codes:
    """Two-digit codes of the provinces that a Chinese or romanised word names."""
    if is_latin(word):
        english = index.romanised().get(latin(_PROVINCE.sub("", word)), ())
        return tuple(code[:2] for code in english if code.endswith("0000"))
    return tuple(d.code[:2] for d in index.provinces().get(fold(word), ()))


def _chinese(name: str, text: str, inside: Codes | None, year: int | None) -> Match:
    """Match a name as it stands, then with a province in front of it."""
    text = _MARKS.sub("", text)
    if rows := _in_provinces(_rows(text), inside):
        return _decide(name, text, rows, year, "province" if inside else None)
    # The longest province first: 内蒙古自治区 before 内蒙古.
    for length in range(len(text) - 1, 1, -1):
        head = tuple(d.code[:2] for d in index.provinces().get(text[:length], ()))
        allowed = head if inside is None else tuple(set(head) & set(inside))
        if rows := _in_provinces(_rows(text[length:]), allowed):
            return _decide(name, text[length:], rows, year, "province")
    return _unknown(name, text, inside)


def _rows(text: str) -> tuple[Division, ...]:
    """Dated divisions of prefecture level that bear a name, with or without rank."""
    return index.prefectures().get(text) or index.prefecture_stems().get(text, ())


def _in_provinces(rows: Iterable[Division], inside: Codes | None) -> tuple[Division, ...]:
    return tuple(d for d in rows if inside is None or d.code[:2] in inside)


def _decide(
    name: str, text: str, rows: tuple[Division, ...], year: int | None, how: How | None
) -> Match:
    """Decide among the rows that bear the name; a province of that name is a candidate too."""
    bearers = [places()[code] for code in index.codes_of_places(index.in_force(rows, year))]
    # Without a year, 南宁 is the city that exists, not the prefecture of old.
    existing = [place for place in bearers if place.last is None and year is None]
    candidates = existing or bearers
    if how is None:
        also = index.codes_of_places(index.provinces().get(text, ()))
        candidates += [places()[code] for code in also if places()[code] not in candidates]
    if len(candidates) > 1:
        return several(name, tuple(candidates))
    place = candidates[0]
    if how is None:
        now = [d for d in rows if d.name == place.name]
        how = "former_name" if not now else "short_name"
        if now and text in index.full_forms(now[0]):
            how = "name"
    return matched_in_year(name, place, how, year, _namesakes(text, rows))


def _namesakes(text: str, rows: tuple[Division, ...]) -> tuple[Division, ...]:
    """Find the county-level cities in the same province that are called so, with rank or without."""
    bearers = index.counties().get(stem(text) + "市", ())
    return tuple(
        d for d in bearers if d.code[:2] == rows[0].code[:2] and text in {d.name, stem(d.name)}
    )


def _english(name: str, inside: Codes | None, year: int | None) -> Match:
    """Match a romanised name, with its province after a comma where it has one."""
    head, _, tail = name.replace("，", ",").partition(",")
    in_brackets = _BESIDE.fullmatch(head)
    head = in_brackets[1] if in_brackets else head
    if tail and inside is None:
        inside = _province_codes(tail)
    codes = index.romanised().get(latin(_PROVINCE.sub("", head)), ())
    candidates = tuple(places()[c] for c in codes if inside is None or c[:2] in inside)
    if _CITY.search(head) or inside is not None:
        candidates = tuple(c for c in candidates if c.level != "province")
    if _PROVINCE.search(head):
        candidates = tuple(c for c in candidates if c.level == "province")
    if len(candidates) > 1:
        return several(name, candidates)
    if not candidates:
        return no_such_name(name, head)
    if candidates[0].level == "province":
        return province_not_city(name)
    return matched_in_year(name, candidates[0], "english", year, ())


def _unknown(name: str, text: str, inside: Codes | None) -> Unknown:
    """Say what the name is instead, or what it resembles."""
    if text in index.provinces():
        return province_not_city(name)
    head = max((one for one in index.provinces() if text.startswith(one)), key=len, default="")
    bare = text if _rows(text) else text[len(head) :]
    if elsewhere := _rows(bare):
        nearest = tuple(places()[code] for code in index.codes_of_places(elsewhere))
        # A name that was given without a province is known but for the one with which it begins.
        wanted = listed([*map(province_name, inside or _province_codes(head) or ())])
        why = message("'{name}' does not lie in {province}.", name=bare, province=wanted)
        return Unknown(name, "elsewhere", why, nearest)
    counties = index.counties().get(text) or index.county_stems().get(text, ())
    rows = _in_provinces(counties, inside)
    return county_not_prefecture(name, rows) if rows else no_such_name(name, text)


def match_all(
    names: Sequence[str],
    *,
    years: Sequence[int | None] | None = None,
    provinces: Sequence[str | None] | None = None,
) -> MatchReport:
    """Match the names of a column, with the years and provinces beside them where there are any.

    A name that is a province and a city at once (吉林) is taken for the city where the list holds
    other places of prefecture level and no province; the report says so.

    >>> report = match_all(["大同", "大同市", "吉林", "伊春", "宜春"])
    >>> sorted({place.name for place in report.places.values()})
    ['伊春市', '吉林市', '大同市', '宜春市']
    """
    none = [None] * len(names)
    keys = dict.fromkeys(zip(names, years or none, provinces or none, strict=True))
    return report_of({key: match(key[0], year=key[1], province=key[2]) for key in keys})


Register = Literal["china_cities", "china_provinces", "countries"]
REGISTERS: tuple[Register, ...] = ("china_cities", "china_provinces", "countries")
CUTOFF = 0.6
NEAREST = 3
_IDENTITY_CODE = re.compile(r"(\d{2})(0000)?(000000)?(\.0)?")
_IDENTITY_PROVINCE = re.compile(
    r"\b(province|sheng|municipality|autonomous region)\b", re.IGNORECASE
)


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
    codes = _identity_province_codes(name, text)
    if len(codes) == 1:
        return Identity(codes[0], province_name(codes[0]))
    by_stem = {stem(full): province_name(rows[0].code) for full, rows in index.provinces().items()}
    close = difflib.get_close_matches(stem(text), by_stem, n=NEAREST, cutoff=CUTOFF)
    why = message("'{name}' is not a known province.", name=name)
    return Unidentified(why, tuple(dict.fromkeys(by_stem[name] for name in close)))


def _identity_province_codes(name: str, text: str) -> tuple[str, ...]:
    """Find the provinces that a Chinese or romanised name, or a code, means."""
    # Two digits, with zeros behind them in longer codes, perhaps read as a number (.0).
    if code := _IDENTITY_CODE.fullmatch(text):
        rows = index.codes().get(f"{code[1]}0000", ())
        return tuple(dict.fromkeys(division.code for division in rows))
    if is_latin(text):
        codes = index.romanised().get(latin(_IDENTITY_PROVINCE.sub("", name)), ())
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


SAMPLED = 40
"""Names by which the register is chosen: to look for what thousands of unknown names are near takes long."""
MOSTLY = 0.9
CODE = re.compile(r"[A-Z]{2,3}|\d+(\.0)?")
CHINESE, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]")


def labels_of(entities: Iterable[str]) -> dict[str, Label]:
    """Label entities that are cities or provinces of China, or countries; others have no label.

    A name that is written in a language stays as it is written there. Cities of one English name have
    their province beside it.

    >>> labels = labels_of(["宜春市", "伊春市", "唐山"])
    >>> [label.en for label in labels.values()], labels["唐山"].zh
    (['Yichun (Jiangxi)', 'Yichun (Heilongjiang)', 'Tangshan'], '唐山')
    >>> [label.en for label in labels_of(["思茅市", "普洱市"]).values()]
    ['Simao', "Pu'er"]
    >>> [label.zh for label in labels_of(["DEU", "Korea, Rep."]).values()]
    ['德国', '韩国']
    """
    return dict(_labels(tuple(dict.fromkeys(entities))))


@lru_cache(maxsize=4)
def _labels(names: tuple[str, ...]) -> Mapping[str, Label]:
    """Label distinct names; a report asks for those of its entities again and again."""
    register = register_of(names)
    if register is None:
        return {}
    identities = _identified(names, register)
    english = _labels_english(identities, register)
    return {
        name: Label(
            name,
            zh=name if CHINESE.search(name) else _labels_chinese(identity, register),
            en=name
            if LATIN.search(name) and not CODE.fullmatch(name)
            else _former(name, identity, register) or english.get(identity.code),
        )
        for name, identity in identities.items()
    }


def register_of(names: Sequence[str]) -> Register | None:
    """Choose the register that knows nearly all of the names; None where no register does.

    >>> register_of(["唐山市", "大同市"]), register_of(["DEU", "France"]), register_of(["plot 1"])
    ('china_cities', 'countries', None)
    """
    step = max(1, len(names) // SAMPLED)
    return _register(tuple(names[::step]))


@lru_cache(maxsize=4)
def _register(sample: tuple[str, ...]) -> Register | None:
    counts: dict[Register, int] = {}
    for register in REGISTERS:
        counts[register] = len(_identified(sample, register))
        if counts[register] == len(sample):  # no other can know more
            break
    best = max(counts, key=lambda register: counts[register])
    return best if sample and counts[best] >= MOSTLY * len(sample) else None


def _identified(names: Iterable[str], register: Register) -> dict[str, Identity]:
    meanings = identify([(name, None, None) for name in names], register).found
    return {name: found for (name, _, _), found in meanings.items() if isinstance(found, Identity)}


def _labels_english(identities: Mapping[str, Identity], register: Register) -> dict[str, str]:
    """Give the English names by code; those that several cities bear with their provinces."""
    codes = list(dict.fromkeys(identity.code for identity in identities.values()))
    if register == "countries":
        return {code: find_countries(code)[0].name for code in codes}
    usual = {code: names[0] for code, names in english_names().items()}
    # Provinces and their capitals of one name are not meant.
    bearers = Counter(name for code, name in usual.items() if not code.endswith("0000"))
    return {
        code: f"{usual[code]} ({usual[code[:2] + '0000']})"
        if bearers[usual[code]] > 1
        else usual[code]
        for code in codes
        if code in usual
    }


def _former(name: str, identity: Identity, register: Register) -> str | None:
    """Give the English of a former name of a city: 思茅市 is Simao, and not Pu'er already."""
    former = english_names().get(identity.code, ())[1:] if register == "china_cities" else ()
    is_former = bool(CHINESE.search(name)) and stem(name) != stem(identity.name or name)
    return former[-1] if former and is_former else None


def _labels_chinese(identity: Identity, register: Register) -> str | None:
    if register == "countries":
        return find_countries(identity.code)[0].chinese
    return identity.name if register == "china_cities" else stem(province_name(identity.code))
