"""The digest for the console: the tables that say most, as words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from xinzhi.present.numbers import write
from xinzhi.present.table import Table
from xinzhi.report.sections import Material
from xinzhi.wording import Language, Wording, message, say

SHOWN: Mapping[str, int] = MappingProxyType(
    {"efficiency": 2, "classes": 1, "models": 1, "pathways": 1}
)
"""Section -> so many of its tables; `xinzhi show` lists all."""
LONGEST = 40
"""Rows of a table that the console still shows; longer ones are in the report."""
Grid = tuple[str, list[str], list[tuple[str, ...]]]


def digest(material: Material, language: Language, decimals: int) -> Iterator[Grid]:
    """Give title, headings and rows of the tables that say most."""
    for section, most in SHOWN.items():
        short = [t for t in material.tables.get(section, ()) if len(t.rows) <= LONGEST]
        for table in short[:most]:
            yield grid(table, language, decimals)


def sentences(material: Material) -> tuple[Wording, ...]:
    """Give what the comparison with printed figures comes to; the tables are too long to show."""
    tables = reversed(material.tables.get("comparison", ()))
    return tuple(one for table in tables for one in table.reading)


def n_more(material: Material) -> int:
    """Count the tables that the digest leaves out."""
    total = sum(map(len, material.tables.values()))
    return total - len(list(digest(material, "en", 3)))


def grid(table: Table, language: Language, decimals: int) -> Grid:
    """Turn a table into words, row by row."""
    headings = [say(table.stub, language), *(say(words, language) for words in _headings(table))]
    rows = [
        (say(row.label, language), *(str(write(cell, language, decimals)) for cell in row.cells))
        for row in table.rows
    ]
    return say(table.title, language), headings, rows


def _headings(table: Table) -> list[Wording]:
    """Words over the columns; with what stands above them where they would be alike."""
    plain = [column.heading for column in table.columns]
    if len({str(words) for words in plain}) == len(plain):
        return plain
    return [
        message("{spanner}: {heading}", spanner=column.spanner, heading=column.heading)
        if column.spanner
        else column.heading
        for column in table.columns
    ]
