"""Which prefecture a county, an office or an address belongs to.

A text is read from its beginning as province, prefecture, county; what follows is the office or
the street. A place without its rank (灵石环保局) counts only where an office follows at once.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from xinzhi.places import index
from xinzhi.places.changes import changes
from xinzhi.places.divisions import Division
from xinzhi.places.names import match as match_name
from xinzhi.places.outcome import Ambiguous, Match, Matched, Unknown, several
from xinzhi.places.places import KnownPlace, place_of, places
from xinzhi.places.reading import (
    Read,
    branch,
    first_place,
    is_office,
    longest,
    read,
    second_place,
    within,
)
from xinzhi.places.spelling import fold, is_latin
from xinzhi.places.years import match_code, matched_in_year, six_digits
from xinzhi.wording import Message, message

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
        why = message("'{name}' does not lie in that province.", name=elsewhere.name)
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
