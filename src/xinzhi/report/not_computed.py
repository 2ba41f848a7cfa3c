"""What stands in the place of an analysis that has no answer: its title and the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi.report.naming import score_label
from xinzhi.study.result import StudyResult
from xinzhi.tables.not_computed import not_computed_table
from xinzhi.tables.table import Table
from xinzhi.wording import Wording, message

SECTIONS: Mapping[str, str] = {
    "space_and_time": "space",
    "scripts": "models",
}
"""Section of the study file -> section of the report."""


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
        kind, _, name = place.partition(".")
        key, title = _called(result, kind, name)
        yield SECTIONS[kind], not_computed_table(key, title, found.problems)


def _called(result: StudyResult, kind: str, name: str) -> tuple[str, Wording]:
    """Give id and title that the table would have had."""
    score = score_label(result, name)
    titles: dict[str, tuple[str, Wording]] = {
        "space_and_time": (f"{name}_space", message("{score} over space and time", score=score)),
        "scripts": ("scripts", message("The regressions in other software")),
    }
    return titles[kind]
