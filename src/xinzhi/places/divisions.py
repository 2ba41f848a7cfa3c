"""The official divisions of China by code and name, dated: provinces, prefectures, counties.

A row says that a code carried a name from the end of one year to the end of another. Years are
those of the lists in force at the end of the year; counties are covered from 2003, prefectures
from 2000, both to 2023. Sources and licences: `data/SOURCES.md`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Level = Literal["province", "prefecture", "county"]
MUNICIPALITIES = ("11", "12", "31", "50")


@dataclass(frozen=True, slots=True)
class Division:
    """One code under one name for a span of years."""

    code: str
    """Six-digit code of the division (GB/T 2260)."""
    name: str
    first: int | None
    """First year at whose end the list has it; None if it has it from the start."""
    last: int | None
    """Last year at whose end the list has it; None if it still has it."""

    @property
    def level(self) -> Level:
        """Province, prefecture (also municipalities and counties directly under a province)."""
        if self.code.endswith("0000"):
            return "prefecture" if self.code[:2] in MUNICIPALITIES else "province"
        if self.code.endswith("00") or self.is_direct:
            return "prefecture"
        return "county"

    @property
    def is_direct(self) -> bool:
        """Whether it is a county-level place directly under its province."""
        return self.code[2:4] == "90"

    @property
    def prefecture(self) -> str:
        """Code of the prefecture-level place that it is, or belonged to."""
        if self.level != "county":
            return self.code
        if self.code[:2] in MUNICIPALITIES:
            return self.code[:2] + "0000"
        return self.code[:4] + "00"

    def holds(self, year: int) -> bool:
        """Whether the list at the end of a year has it; beyond the lists their ends hold."""
        return (self.first or year) <= year <= (self.last or year)


def rows(name: str) -> Iterator[Mapping[str, str]]:
    """Read a table of this package."""
    text = files("xinzhi.places").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


@cache
def divisions() -> tuple[Division, ...]:
    """List all rows by code and date.

    >>> [d.name for d in divisions() if d.code == "420600"]
    ['襄樊市', '襄阳市']
    """
    return tuple(
        Division(
            row["code"], row["name"], int(row["first"] or 0) or None, int(row["last"] or 0) or None
        )
        for row in rows("divisions.csv")
    )
