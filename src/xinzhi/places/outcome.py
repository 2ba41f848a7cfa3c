"""What came of a name: matched, ambiguous or unknown; never a guess, and why in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xinzhi.places.divisions import Division
from xinzhi.places.nearest import nearest_places
from xinzhi.places.places import KnownPlace, county_place, place_of
from xinzhi.places.registry import Confidence
from xinzhi.wording import Message, message

How = Literal[
    "name",
    "short_name",
    "former_name",
    "code",
    "former_code",
    "english",
    "province",
    "context",
    "county",
    "authority",
]

Reason = Literal["empty", "code", "province", "county", "abolished", "elsewhere", "office", "name"]


@dataclass(frozen=True, slots=True)
class Matched:
    """A name that means one place."""

    text: str
    """The name as it was given."""
    place: KnownPlace
    how: How
    """`name`: its full name; `short_name`: without rank; `former_name`, `former_code`: of another
    time; `province`: told by the province beside it; `context`: told by the rest of the list;
    `county`: a county of it; `authority`: an office of it."""
    confidence: Confidence
    """`high`: nothing else bears the name; `medium`: a note says what to check."""
    county: str = ""
    """Name of the county through which it was found."""
    notes: tuple[Message, ...] = ()
    """What to know about the name or the place."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A name that can mean several places."""

    text: str
    candidates: tuple[KnownPlace, ...]
    why: Message

    @property
    def cities_only(self) -> tuple[KnownPlace, ...]:
        """Candidates without the provinces among them."""
        return tuple(c for c in self.candidates if c.level != "province")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that means no place of prefecture level."""

    text: str
    reason: Reason
    why: Message
    nearest: tuple[KnownPlace, ...] = ()
    """Places that could have been meant, most alike first; a suggestion, never used."""


Match = Matched | Ambiguous | Unknown


def no_such_name(name: str, text: str) -> Unknown:
    """Refuse a name that nothing bears, with the most similar ones."""
    why = message("'{name}' is not a known place.", name=name)
    return Unknown(name, "name", why, nearest_places(text))


def province_not_city(name: str) -> Unknown:
    """Refuse a province."""
    why = message("'{name}' is a province, not a place of prefecture level.", name=name)
    return Unknown(name, "province", why)


def county_not_prefecture(name: str, rows: tuple[Division, ...]) -> Unknown:
    """Refuse a county and name the place that it belongs to."""
    parents = tuple(dict.fromkeys(place_of(d) for d in rows))
    why = message(
        "{name} is a county-level place of {inside}, not a place of prefecture level.",
        name=county_place(rows[-1]).name if len(parents) == 1 else name,
        inside="、".join(place.name for place in parents),
    )
    return Unknown(name, "county", why, parents)


def several(name: str, candidates: tuple[KnownPlace, ...]) -> Ambiguous:
    """Leave open what a name means that several places bear."""
    if any(c.level == "province" for c in candidates):
        why = message("'{name}' is both a province and a place of prefecture level.", name=name)
    else:
        why = message("'{name}' can mean {n} places.", name=name, n=len(candidates))
    return Ambiguous(name, candidates, why)
