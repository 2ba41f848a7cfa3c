"""What the year does to a match: places that were founded, renamed, abolished or had a namesake."""

from __future__ import annotations

from dataclasses import replace

from xinzhi.cities.changes import successor
from xinzhi.cities.divisions import Division
from xinzhi.cities.outcome import Ambiguous, How, Match, Matched, Unknown
from xinzhi.cities.places import Place, county_place, places
from xinzhi.cities.refusals import several
from xinzhi.wording import Message, message


def matched_in_year(
    name: str, place: Place, how: How, year: int | None, namesakes: tuple[Division, ...]
) -> Match:
    """Match a place as it stood at the end of a year, or say why it did not.

    `namesakes` are the county-level cities of the same name: a row of a year in which there was
    one may be about the smaller place.
    """
    found = Matched(name, place, how, "high", notes=_fate(place, how))
    if place.last is not None:
        return _abolished(found, place.last, year, namesakes)
    doubts = _doubts_now(namesakes) if year is None else _doubts(place, year, namesakes)
    return replace(found, confidence="medium", notes=found.notes + doubts) if doubts else found


def _fate(place: Place, how: How) -> tuple[Message, ...]:
    """Sentences on renaming, where the name or code is not the present one, and on abolition."""
    tells = how in {"former_name", "former_code"} or place.last is not None
    kinds = {"renamed", "raised", "merged", "split"}
    return tuple(
        c.in_words()
        for c in (place.changes if tells else ())
        if c.kind in kinds and successor(c.from_code) == place.code
    )


def _abolished(
    found: Matched, last: int, year: int | None, namesakes: tuple[Division, ...]
) -> Matched | Ambiguous | Unknown:
    """Match an abolished place up to its last year only."""
    now = tuple(county_place(d) for d in namesakes if d.last is None)
    if year is None and now:
        return several(found.text, (found.place, *now))
    if year is not None and year > last:
        return Unknown(found.text, "abolished", found.notes[0], _heirs(found.place))
    return found if year else replace(found, confidence="medium")


def _heirs(place: Place) -> tuple[Place, ...]:
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


def _doubts(place: Place, year: int, namesakes: tuple[Division, ...]) -> tuple[Message, ...]:
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
