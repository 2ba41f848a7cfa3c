"""The digest for the console: the tables that say most, as words."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.report.section import Material
from xinzhi.tables.numbers import write
from xinzhi.tables.table import Table
from xinzhi.wording import Language, say

SECTIONS = (
    "efficiency",
    "classes",
    "models",
    "mediation",
    "moderation",
    "heterogeneity",
    "pathways",
)
LONGEST = 40
"""Rows of a table that the console still shows; longer ones are in the report."""
Grid = tuple[str, list[str], list[tuple[str, ...]]]


def digest(material: Material, language: Language, decimals: int) -> Iterator[Grid]:
    """Give title, headings and rows of the tables of efficiency, classes and models."""
    for section in SECTIONS:
        for table in material.tables.get(section, ()):
            if len(table.rows) <= LONGEST:
                yield grid(table, language, decimals)


def grid(table: Table, language: Language, decimals: int) -> Grid:
    """Turn a table into words, row by row."""
    headings = [say(table.stub, language), *(say(c.heading, language) for c in table.columns)]
    rows = [
        (say(row.label, language), *(str(write(cell, language, decimals)) for cell in row.cells))
        for row in table.rows
    ]
    return say(table.title, language), headings, rows
