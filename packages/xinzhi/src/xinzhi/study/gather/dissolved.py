"""Places that no longer exist: 巢湖市 until 2010, 莱芜市 until 2018, in tables that do not say of which year.

A name is one series of its file. Where it is identified in the years in which the place existed, the later
rows of the same name belong to it too; and a name that a county-level city has taken over is that of the
dissolved prefecture where nearly all names beside it are prefectures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xinzhi_core.errors import Problem, Where
from xinzhi_core.wording import message
from xinzhi_panel.places.names import Identified, Identity, Unidentified, match
from xinzhi_panel.places.places import Ambiguous, Key, KnownPlace

DISSOLVED = "names.dissolved"
NEARLY_ALL = 0.9
"""Share of the other names of a table that are prefectures."""


def with_dissolved(identified: Identified, file: str) -> tuple[Identified, tuple[Problem, ...]]:
    """Identify places that no longer exist by the other years and the other names of their table."""
    found: dict[Key, Identity | Unidentified] = dict(identified.found)
    in_some_year = {
        key[0]: place for key, place in identified.found.items() if isinstance(place, Identity)
    }
    doubts: list[Problem] = []
    for key, place in identified.found.items():
        if isinstance(place, Identity):
            continue
        if key[1] is not None and not place.is_ambiguous and key[0] in in_some_year:
            found[key] = in_some_year[key[0]]
        elif (
            place.is_ambiguous
            and (former := _former(key[0]))
            and _are_prefectures(identified.found)
        ):
            found[key] = Identity(former.code, former.name)
            doubts.append(_taken(key[0], former, file))
    return replace(identified, found=MappingProxyType(found)), tuple(dict.fromkeys(doubts))


def _former(name: str) -> KnownPlace | None:
    """Find the one dissolved prefecture that a name means beside county-level cities."""
    found = match(name)
    if not isinstance(found, Ambiguous):
        return None
    prefectures = [place for place in found.candidates if place.level == "prefecture"]
    counties = [place for place in found.candidates if place.level == "county"]
    is_one = len(prefectures) == 1 and len(prefectures) + len(counties) == len(found.candidates)
    return prefectures[0] if is_one and prefectures[0].last is not None else None


def _are_prefectures(found: Mapping[Key, Identity | Unidentified]) -> bool:
    """Whether nearly all other names of a table are those of prefectures."""
    others: Sequence[Identity | Unidentified] = [
        place for place in found.values() if isinstance(place, Identity) or not place.is_ambiguous
    ]
    n_known = sum(isinstance(place, Identity) for place in others)
    return bool(others) and n_known >= NEARLY_ALL * len(others)


def _taken(name: str, place: KnownPlace, file: str) -> Problem:
    text = message(
        "'{name}' was taken for the prefecture of this name, which existed until {last}: nearly all names "
        "beside it are prefectures. Today it is the name of a county-level city.",
        name=name,
        last=place.last,
    )
    remedy = message("if the county-level city is meant, leave its row out.")
    return Problem(DISSOLVED, text, Where(file=file, entity=name), remedy, severity="warning")
