"""The tables of a study, section by section."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.panel.history import filled_by_year
from xinzhi.report.analyses import Exhibited
from xinzhi.report.not_computed import with_not_computed
from xinzhi.report.section import order_of
from xinzhi.study.result import StudyResult
from xinzhi.tables.filled import filled_table
from xinzhi.tables.table import Table
from xinzhi.wording import message


def tables_of(result: StudyResult, shown: Exhibited) -> dict[str, tuple[Table, ...]]:
    """Set the tables of a study: section of the report -> its tables."""
    tables = {
        "data": tuple(_filled(result)),
    }
    for place, found in shown.tables.items():
        before = tuple(table for order, table in found if order < order_of(place))
        after = tuple(table for order, table in found if order >= order_of(place))
        tables[place] = (*before, *tables.get(place, ()), *after)
    return with_not_computed(result, tables)


def _filled(result: StudyResult) -> Iterator[Table]:
    filled = filled_by_year(result.panel, map(str, result.panel.frame.columns))
    if len(filled):
        yield filled_table("filled", message("Filled cells by variable and period"), filled)
