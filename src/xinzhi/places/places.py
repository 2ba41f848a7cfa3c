"""Places of prefecture level as they are called now, each with its province and its fate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from xinzhi.places.changes import PlaceChange, changes_of, successor
from xinzhi.places.divisions import Division, divisions, rows
from xinzhi.places.registry import City, find
from xinzhi.places.spelling import stem


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place of prefecture level, or a province or county that a name could also mean."""

    code: str
    """Six-digit code now, or the last one that it had."""
    name: str
    """Full name now, or the last one that it had: `大同市`, `延边朝鲜族自治州`."""
    province: str
    """Full name of the province."""
    level: str
    """`province`, `prefecture` or `county`."""
    first: int | None = None
    """First year at whose end it existed, under whatever name; None if before the lists."""
    last: int | None = None
    """Last year at whose end it existed; None if it still does."""

    @property
    def short(self) -> str:
        """Name without rank: `大同`, `延边`."""
        return stem(self.name)

    @property
    def city(self) -> City | None:
        """Entry in the register of the 126 resource-based cities, if it is one of them."""
        return find(self.code) if self.level == "prefecture" else None

    @property
    def changes(self) -> tuple[PlaceChange, ...]:
        """What happened to it since 2000, by date."""
        return changes_of(self.code)

    def __str__(self) -> str:
        inside = "" if self.province in {self.name, ""} else f"{self.province}, "
        return f"{self.name} ({inside}{self.code})"


@cache
def places() -> Mapping[str, KnownPlace]:
    """Read all places of prefecture level and all provinces by code.

    >>> str(places()["420600"]), places()["371200"].last
    ('襄阳市 (湖北省, 420600)', 2018)
    """
    by_code: dict[str, list[Division]] = {}
    for division in divisions():
        if division.level != "county":
            by_code.setdefault(successor(division.code), []).append(division)
    return MappingProxyType({code: _place(code, rows) for code, rows in by_code.items()})


def _place(code: str, rows: list[Division]) -> KnownPlace:
    """Join the rows of one place: its last name, its whole span."""
    # A row without an end is in force today.
    latest = max(rows, key=lambda d: d.last or 9999)
    firsts = [d.first for d in rows if d.first is not None]
    first = min(firsts) if len(firsts) == len(rows) else None
    return KnownPlace(code, latest.name, province_name(code), latest.level, first, latest.last)


@cache
def province_name(code: str) -> str:
    """Full name of the province of a code.

    >>> province_name("140200")
    '山西省'
    """
    return next(d.name for d in divisions() if d.code == code[:2] + "0000")


def place_of(division: Division) -> KnownPlace:
    """Find the place of prefecture level that a division is, or belonged to; a province is itself."""
    return places()[successor(division.prefecture)]


def county_place(division: Division) -> KnownPlace:
    """Show a county as a place, for the candidates of an ambiguous name."""
    province = province_name(division.code)
    return KnownPlace(
        division.code, division.name, province, "county", division.first, division.last
    )


@cache
def english_names() -> Mapping[str, tuple[str, ...]]:
    """Romanised names by code: the usual one, then pinyin and former ones.

    >>> english_names()["420600"]
    ('Xiangyang', 'Xiangfan')
    """
    return MappingProxyType(
        {
            row["code"]: (row["name"], *filter(None, row["also"].split(";")))
            for row in rows("english.csv")
        }
    )
