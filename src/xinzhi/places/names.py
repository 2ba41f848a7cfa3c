"""Match names and codes of prefecture-level places: through spellings, ranks and renamings.

The answer is a value: matched, ambiguous or unknown. A county is never taken for its prefecture
here (its figures are not those of the prefecture): see `authority.resolve_place` for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from xinzhi.places import index
from xinzhi.places.divisions import Division
from xinzhi.places.outcome import (
    How,
    Match,
    Unknown,
    county_not_prefecture,
    no_such_name,
    province_not_city,
    several,
)
from xinzhi.places.places import places
from xinzhi.places.report import MatchReport, report_of
from xinzhi.places.spelling import fold, is_latin, latin, stem
from xinzhi.places.years import match_code, matched_in_year
from xinzhi.wording import message

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
        why = message("There is no province '{province}'.", province=str(province))
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
    heads = [head for head in index.provinces() if text.startswith(head)]
    elsewhere = _rows(text) or _rows(text[len(max(heads, key=len, default="")) :])
    if elsewhere:
        nearest = tuple(places()[code] for code in index.codes_of_places(elsewhere))
        why = message("'{name}' does not lie in that province.", name=name)
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
