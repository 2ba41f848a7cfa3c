"""Which places a spelling can mean: tables from names to dated divisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from xinzhi.places.divisions import Division, divisions
from xinzhi.places.places import english_names, place_of
from xinzhi.places.spelling import latin, stem

AUTONOMOUS = "自治州"


def _table(pairs: Iterable[tuple[str, Division]]) -> Mapping[str, tuple[Division, ...]]:
    table: dict[str, dict[Division, None]] = defaultdict(dict)
    for name, division in pairs:
        table[name][division] = None
    return MappingProxyType({name: tuple(rows) for name, rows in table.items()})


def full_forms(division: Division) -> tuple[str, ...]:
    """Names with rank: the official one, and 阿坝州 for an autonomous prefecture."""
    if division.name.endswith(AUTONOMOUS):
        return (division.name, stem(division.name) + "州")
    return (division.name,)


@cache
def prefectures() -> Mapping[str, tuple[Division, ...]]:
    """Dated divisions of prefecture level by name with rank.

    >>> [d.code for d in prefectures()["阿坝州"]]
    ['513200']
    """
    return _table(
        (form, d) for d in divisions() if d.level == "prefecture" for form in full_forms(d)
    )


@cache
def prefecture_stems() -> Mapping[str, tuple[Division, ...]]:
    """Dated divisions of prefecture level by name without rank, with and without the peoples.

    >>> [prefecture_stems()[name][0].name for name in ("延边", "延边朝鲜族")]
    ['延边朝鲜族自治州', '延边朝鲜族自治州']
    """
    rows = [d for d in divisions() if d.level == "prefecture"]
    return _table(
        (form, d)
        for d in rows
        for form in dict.fromkeys((stem(d.name), d.name.removesuffix(AUTONOMOUS)))
    )


@cache
def provinces() -> Mapping[str, tuple[Division, ...]]:
    """Provinces, municipalities among them, by full and by short name."""
    rows = [d for d in divisions() if d.code.endswith("0000")]
    return _table((form, d) for d in rows for form in dict.fromkeys((d.name, stem(d.name))))


@cache
def counties() -> Mapping[str, tuple[Division, ...]]:
    """Dated counties by official name."""
    return _table((d.name, d) for d in divisions() if d.level == "county")


@cache
def county_stems() -> Mapping[str, tuple[Division, ...]]:
    """Dated counties by name without rank."""
    return _table((stem(d.name), d) for d in divisions() if d.level == "county")


@cache
def codes() -> Mapping[str, tuple[Division, ...]]:
    """Dated divisions by code."""
    return _table((d.code, d) for d in divisions())


@cache
def romanised() -> Mapping[str, tuple[str, ...]]:
    """Codes of places and provinces by the bare letters of their romanised names.

    >>> romanised()["yichun"]
    ('230700', '360900')
    """
    table: dict[str, dict[str, None]] = defaultdict(dict)
    for code, names in english_names().items():
        for name in names:
            table[latin(name)][code] = None
    return MappingProxyType({name: tuple(codes) for name, codes in table.items()})


def in_force(rows: tuple[Division, ...], year: int | None) -> tuple[Division, ...]:
    """Keep the rows that the list at the end of a year has; all of them if none has, or no year."""
    if year is None:
        return rows
    return tuple(d for d in rows if d.holds(year)) or rows


def codes_of_places(rows: Iterable[Division]) -> tuple[str, ...]:
    """Codes of the places of prefecture level that rows belong to, each once, in order."""
    return tuple(dict.fromkeys(place_of(d).code for d in rows))
