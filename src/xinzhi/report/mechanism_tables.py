"""The tables of the mechanism, section by section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.report.headings import column_headings
from xinzhi.study.result import StudyResult
from xinzhi.study.titles import table_title
from xinzhi.study.variables import labels
from xinzhi.tables.regression import (
    regression_table,
    with_headings,
    with_instruments,
    with_wild,
)
from xinzhi.tables.table import Table
from xinzhi.wording import message


def regressions(result: StudyResult) -> Iterator[Table]:
    """Set the tables of regressions, with what instruments and few clusters add."""
    report, words = result.spec.report, labels(result.spec)
    for name, estimates in result.estimates.items():
        table = regression_table(
            name,
            table_title(result.spec, name),
            estimates,
            labels=words,
            stars=report.stars,
            decimals=report.decimals,
        )
        table = with_headings(table, column_headings(result.spec, name))
        table = with_instruments(
            table,
            result.mechanism.instrumented.get(name, {}),
            labels=words,
            estimates=estimates,
            stars=report.stars,
            decimals=report.decimals,
        )
        table = with_wild(
            table,
            result.mechanism.wild.get(name, {}),
            labels=words,
            decimals=report.decimals,
        )
        yield _without_wild(table, result.mechanism.without_wild.get(name, {}))


def _without_wild(table: Table, found: Mapping[int, Unavailable]) -> Table:
    """Say of a column with few clusters why it has no wild bootstrap."""
    notes = tuple(
        message("Column {n}: no wild bootstrap: {why}", n=position + 1, why=problem.what)
        for position, one in found.items()
        for problem in one.problems
    )
    return replace(table, notes=(*table.notes, *notes))
