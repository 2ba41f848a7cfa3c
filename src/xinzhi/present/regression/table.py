"""Regressions side by side in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xinzhi.present.regression.fitted import Fitted, name_of
from xinzhi.present.regression.machine import machine_column
from xinzhi.present.regression.notes import notes_under
from xinzhi.present.regression.reading import reading_beside
from xinzhi.present.regression.rows import rows_of
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.wording import Wording, message


def regression_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    estimates: Sequence[Fitted],
    style: Style = PLAIN,
) -> Table:
    """Set regressions side by side, one a column, standard errors on their own row beneath.

    Parameters
    ----------
    id
        Key of the table in results.json.
    title
        Title of the table.
    estimates
        One per column, in order; a regression that failed keeps its column, which says so.
    style
        Labels of variables, effects and clusters (a name without one stands for itself), levels of
        the stars, digits after the point.

    Returns
    -------
    Table
        Regressors of interest first, then controls, the constant, effects, counts and fit.
        `machine` holds the same numbers per column.
    """
    return Table(
        id=id,
        title=title,
        columns=tuple(_column(i, one, style.labels) for i, one in enumerate(estimates, 1)),
        rows=tuple(with_decimals(row, style.decimals) for row in rows_of(estimates, style)),
        notes=notes_under(estimates, style),
        reading=reading_beside(estimates, style),
        machine={
            "columns": [machine_column(i, one, style.stars) for i, one in enumerate(estimates, 1)]
        },
    )


def _column(position: int, one: Fitted, labels: Mapping[str, Wording]) -> Column:
    outcome = name_of(one.regression.outcome, labels)
    label = one.regression.label
    heading: Wording = (
        message("({n}) {label}", n=position, label=label) if label else f"({position})"
    )
    return Column(f"c{position}", heading, outcome)


def with_decimals(row: Row, decimals: int) -> Row:
    """Set the digits after the point of all numbers of a row."""
    fine = ("number", "estimate", "std_error", "statistic")
    cells = tuple(
        Cell(c.value, c.kind, c.stars, decimals) if c.kind in fine else c for c in row.cells
    )
    return Row(row.label, cells, row.key, row.rule_above)
