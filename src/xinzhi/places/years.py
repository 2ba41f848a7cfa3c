"""What the year does to a match: places that were founded, renamed, abolished or had a namesake.

Six-digit codes (GB/T 2260) are matched here, those of former times too.
"""

from __future__ import annotations

from dataclasses import replace

from xinzhi.places import index
from xinzhi.places.changes import successor
from xinzhi.places.divisions import MUNICIPALITIES, Division
from xinzhi.places.outcome import (
    Ambiguous,
    How,
    Match,
    Matched,
    Unknown,
    county_not_prefecture,
    province_not_city,
    several,
)
from xinzhi.places.places import KnownPlace, county_place, place_of, places
from xinzhi.wording import Message, message


def matched_in_year(
    name: str, place: KnownPlace, how: How, year: int | None, namesakes: tuple[Division, ...]
) -> Match:
    """Match a place as it stood at the end of a year, or say why it did not.

    `namesakes` are the county-level cities of the same name: a row of a year in which there was
    one may be about the smaller place.
    """
    match = Matched(name, place, how, "high", notes=_fate(place, how))
    if place.last is not None:
        return _abolished(match, place.last, year, namesakes)
    doubts = _doubts_now(namesakes) if year is None else _doubts(place, year, namesakes)
    return replace(match, confidence="medium", notes=match.notes + doubts) if doubts else match


def _fate(place: KnownPlace, how: How) -> tuple[Message, ...]:
    """Sentences on renaming, where the name or code is not the present one, and on abolition."""
    tells = how in {"former_name", "former_code"} or place.last is not None
    kinds = {"renamed", "raised", "merged", "split"}
    return tuple(
        c.in_words()
        for c in (place.changes if tells else ())
        if c.kind in kinds and successor(c.from_code) == place.code
    )


def _abolished(
    match: Matched, last: int, year: int | None, namesakes: tuple[Division, ...]
) -> Matched | Ambiguous | Unknown:
    """Match an abolished place up to its last year only."""
    now = tuple(county_place(d) for d in namesakes if d.last is None)
    if year is None and now:
        return several(match.text, (match.place, *now))
    if year is not None and year > last:
        return Unknown(match.text, "abolished", match.notes[0], _heirs(match.place))
    # Without a year nobody knows whether the place still existed.
    return match if year else replace(match, confidence="medium")


def _heirs(place: KnownPlace) -> tuple[KnownPlace, ...]:
    """Places that an abolished one went to."""
    codes = [
        code
        for change in place.changes
        if change.from_code == place.code and change.kind in {"merged", "split"}
        for code in change.to_codes
    ]
    return tuple(places()[code] for code in codes)


def _doubts_now(namesakes: tuple[Division, ...]) -> tuple[Message, ...]:
    """Say that a county-level city bears the name today."""
    return tuple(
        message(
            "{county} is a county-level city of the same name: "
            "check that the figures are those of the whole prefecture.",
            county=d.name,
        )
        for d in namesakes
        if d.last is None
    )


def _doubts(place: KnownPlace, year: int, namesakes: tuple[Division, ...]) -> tuple[Message, ...]:
    """Say what a year before the founding, or a namesake in that year, puts in doubt."""
    doubts = []
    if place.first is not None and year < place.first:
        doubts.append(
            message(
                "{place} exists since {first} only; the figures are of {year}.",
                place=place.name,
                first=place.first,
                year=year,
            )
        )
    if any(d.holds(year) for d in namesakes):
        doubts.append(
            message(
                "In {year} {place} was also the name of a county-level city: "
                "check that the figures are those of the whole prefecture.",
                place=namesakes[0].name,
                year=year,
            )
        )
    return tuple(doubts)


NATIONAL = "156"
"""China in the coding of the national platform: 156140200."""
REASSIGNED = ("469025", "469026", "469027", "469028", "469030")
"""Counties of Hainan whose codes belonged to other counties before 2007."""
REASSIGNED_IN = 2007


def six_digits(code: str) -> str:
    """Reduce the longer forms of a code to six digits; other lengths are left as they are.

    >>> six_digits("140200000000"), six_digits("156140200"), six_digits("110100")
    ('140200', '140200', '110000')
    """
    if len(code) == 12 and code.endswith("000000"):
        code = code[:6]
    if len(code) == 9 and code.startswith(NATIONAL):
        code = code[3:]
    is_city_proper = len(code) == 6 and code[:2] in MUNICIPALITIES and code[2:] == "0100"
    return code[:2] + "0000" if is_city_proper else code


def match_code(name: str, digits: str, year: int | None) -> Match:
    """Match a code with its place; codes of counties and provinces are refused.

    >>> match_code("522400", "522400", None).how
    'former_code'
    """
    code = six_digits(digits)
    rows = index.codes().get(code)
    if code in REASSIGNED and year is not None and year < REASSIGNED_IN:
        why = message(
            "{code} belonged to another place before {year}.", code=code, year=REASSIGNED_IN
        )
        return Unknown(name, "code", why)
    if not rows:
        near = places().get(code[:4] + "00") if len(code) in {4, 6} else None
        why = message("{code} is not a known place code.", code=name)
        return Unknown(name, "code", why, (near,) if near else ())
    # The last row is the latest bearer of the code.
    if rows[-1].level == "county":
        return county_not_prefecture(name, rows)
    place = place_of(rows[-1])
    if place.level == "province":
        return province_not_city(name)
    how: How = "code" if place.code == code else "former_code"
    return matched_in_year(name, place, how, year, ())
