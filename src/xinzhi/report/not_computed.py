"""What stands in the place of a piece of work that has no answer: its title and the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi.study.result import StudyResult
from xinzhi.tables.not_computed import not_computed_table
from xinzhi.tables.table import Table
from xinzhi.wording import Wording, message

PLACES: Mapping[str, tuple[str, str, Wording]] = {
    "scripts": ("models", "scripts", message("The regressions in other software")),
}
"""Piece of work -> section of the report, and id and title that the table would have had."""


def with_not_computed(
    result: StudyResult, tables: Mapping[str, tuple[Table, ...]]
) -> dict[str, tuple[Table, ...]]:
    """Add what could not be computed to the sections where it would stand."""
    every = dict(tables)
    for section, table in _tables(result):
        every[section] = (*every.get(section, ()), table)
    return every


def _tables(result: StudyResult) -> Iterator[tuple[str, Table]]:
    for place, found in result.not_computed.items():
        section, key, title = PLACES[place]
        yield section, not_computed_table(key, title, found.problems)
