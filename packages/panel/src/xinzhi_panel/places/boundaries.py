"""Outlines of China that come with the package: provinces, prefectures, the dashed line.

For pictures of a study, not for publication as they are: a map that is published in China needs a
base map with an approval number, which the user names as a file of their own.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.wording import Label, message
from xinzhi_panel.places import places
from xinzhi_panel.places.divisions import fold, is_latin, latin
from xinzhi_panel.places.names import match
from xinzhi_panel.places.places import Ambiguous, Matched, english_names, place_of

Level = Literal["province", "prefecture"]
FILES: Mapping[Level, str] = MappingProxyType(
    {"province": "cn_provinces.topo.json", "prefecture": "cn_prefectures.topo.json"}
)
OBJECT, KEY = "data", "adcode"
"""Name of the object in the files, and the property that holds the code of an area."""
Line = tuple[tuple[float, float], ...]


@cache
def outlines(level: Level) -> Mapping[str, Any]:
    """Read the packaged outlines of a level as TopoJSON.

    >>> len(outlines("province")["objects"]["data"]["geometries"])
    34
    """
    return MappingProxyType(json.loads(_text(FILES[level])))


@cache
def dashed_line() -> tuple[Line, ...]:
    """Read the dashed line in the South China Sea: its dashes as (longitude, latitude).

    >>> len(dashed_line())
    10
    """
    (feature,) = json.loads(_text("cn_ninedash.geojson"))["features"]
    return tuple(tuple((x, y) for x, y in dash) for dash in feature["geometry"]["coordinates"])


def _text(name: str) -> str:
    return files("xinzhi_panel").joinpath("places", "data", name).read_text(encoding="utf-8")


@cache
def codes(level: Level) -> frozenset[str]:
    """Codes that have an outline at a level."""
    shapes = outlines(level)["objects"][OBJECT]["geometries"]
    return frozenset(str(shape["properties"][KEY]) for shape in shapes)


def label(code: str, name: str) -> Label:
    """Name an area in both languages.

    >>> label("420600", "襄阳市").en
    'Xiangyang'
    """
    english = english_names().get(code)
    return Label(name, zh=name, en=english[0] if english else None)


@dataclass(frozen=True, slots=True)
class Placed:
    """Entities and their outlines."""

    level: Level
    of: Mapping[str, str]
    """Entity -> code of its outline."""
    without: tuple[str, ...]
    """Entities that have no outline at this level; drawn nowhere."""


def place(entities: Iterable[str], *, level: Level | None = None) -> Placed:
    """Find the outlines of entities by their names or codes.

    Parameters
    ----------
    entities
        Names or six-digit codes, in Chinese or English.
    level
        `province` or `prefecture`; where None the one at which more entities have an outline, and
        provinces if both have as many (the four municipalities are both).

    Raises
    ------
    DataError
        No entity has an outline, or two of them mean the same area.

    Examples
    --------
    >>> found = place(["山西", "Inner Mongolia", "110000"])
    >>> found.level, list(found.of.values())
    ('province', ['140000', '150000', '110000'])
    >>> place(["大同市", "襄樊", "Atlantis"]).without
    ('Atlantis',)
    """
    names = list(dict.fromkeys(map(str, entities)))
    levels: tuple[Level, ...] = ("province", "prefecture") if level is None else (level,)
    codes_by_level = {name: _codes(names, name) for name in levels}
    # The first of equal ones is taken, which is the province.
    best = max(levels, key=lambda name: len(codes_by_level[name]))
    of = codes_by_level[best]
    if not of:
        raise DataError.of(
            message("No entity is a province or a place of prefecture level in China."),
            Where(key="boundaries"),
            message("name a boundary file of your own under boundaries."),
            code="map.no_outlines",
        )
    _refuse_twice(of)
    return Placed(best, MappingProxyType(of), tuple(name for name in names if name not in of))


def _codes(names: Iterable[str], level: Level) -> dict[str, str]:
    find_code = _province if level == "province" else _prefecture
    return {name: code for name in names if (code := find_code(name)) in codes(level)}


def _province(name: str) -> str:
    """Find the code of the one province that a name or code means."""
    text = fold(name).removesuffix(".0")
    if is_latin(text):
        romanised = places.romanised().get(latin(name), ())
        candidates = {code for code in romanised if code.endswith("0000")}
    else:
        named = {place_of(d).code for d in places.provinces().get(text, ())}
        candidates = named or ({text} if text.endswith("0000") else set())
    return candidates.pop() if len(candidates) == 1 else ""


def _prefecture(name: str) -> str:
    """Find the code of the one place of prefecture level that a name or code means."""
    outcome = match(name)
    if isinstance(outcome, Matched):
        return outcome.place.code
    cities = outcome.cities_only if isinstance(outcome, Ambiguous) else ()
    return cities[0].code if len(cities) == 1 else ""


def _refuse_twice(of: Mapping[str, str]) -> None:
    by_code: dict[str, list[str]] = defaultdict(list)
    for name, code in of.items():
        by_code[code].append(name)
    twice = {code: names for code, names in by_code.items() if len(names) > 1}
    if twice:
        raise DataError(
            Problem(
                "map.same_outline",
                message("{names} are the same area on the map.", names=", ".join(names)),
                Where(entity=names[0]),
                message("write one place in one way, in all rows."),
            )
            for names in twice.values()
        )
