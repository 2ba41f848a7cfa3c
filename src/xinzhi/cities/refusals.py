"""Why a name or code is no place of prefecture level, in words."""

from __future__ import annotations

from xinzhi.cities.divisions import Division
from xinzhi.cities.nearest import nearest_places
from xinzhi.cities.outcome import Ambiguous, Unknown
from xinzhi.cities.places import Place, county_place, place_of
from xinzhi.wording import message


def no_such_name(name: str, text: str) -> Unknown:
    """Refuse a name that nothing bears, with the most similar ones."""
    why = message("'{name}' is no known place.", name=name)
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


def several(name: str, candidates: tuple[Place, ...]) -> Ambiguous:
    """Leave open what a name means that several places bear."""
    if any(c.level == "province" for c in candidates):
        why = message("'{name}' is both a province and a place of prefecture level.", name=name)
    else:
        why = message("'{name}' can mean {n} places.", name=name, n=len(candidates))
    return Ambiguous(name, candidates, why)
