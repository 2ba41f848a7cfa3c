"""The digest for the console: the most informative tables, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from xinzhi.analyses.analysis import in_order
from xinzhi.present.numbers import write
from xinzhi.present.table import Table
from xinzhi.report.content import Content
from xinzhi.wording import Language, Wording, message, say

LONGEST = 40
"""Rows of a table that the console still shows; longer ones are in the report."""
Grid = tuple[str, list[str], list[tuple[str, ...]]]


def digest(content: Content, language: Language, decimals: int) -> Iterator[Grid]:
    """Give title, headings and rows of the most informative tables."""
    for section, most in _counts().items():
        short = [t for t in content.tables.get(section, ()) if len(t.rows) <= LONGEST]
        for table in short[:most]:
            yield grid(table, language, decimals)


def _counts() -> dict[str, int]:
    """Count the tables of each section that the console shows; `xinzhi show` lists all."""
    counts: Counter[str] = Counter()
    for _, analysis in in_order():
        if analysis.n_on_console:
            counts[analysis.place.key] += analysis.n_on_console
    return counts


def sentences(content: Content) -> tuple[Wording, ...]:
    """Give the abstract, then what the analyses that show last come to: their tables are too long."""
    last = (analysis.place.key for _, analysis in in_order() if analysis.shows_last)
    tables = (table for place in last for table in reversed(content.tables.get(place, ())))
    return (*content.abstract, *(words for table in tables for words in table.reading))


def n_more(content: Content) -> int:
    """Count the tables that the digest leaves out."""
    total = sum(map(len, content.tables.values()))
    return total - len(list(digest(content, "en", 3)))


def grid(table: Table, language: Language, decimals: int) -> Grid:
    """Turn a table into text, row by row."""
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
