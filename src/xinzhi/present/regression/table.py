"""Regressions side by side in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xinzhi.present.regression.fitted import Fitted, name_of
from xinzhi.present.regression.machine import add_to_columns, machine_column
from xinzhi.present.regression.notes import notes_under
from xinzhi.present.regression.reading import reading_beside
from xinzhi.present.regression.rows import rows_of
from xinzhi.present.style import PLAIN, Style
from xinzhi.present.table import Column, Row, Table
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
        columns=tuple(_column(n, fitted, style.labels) for n, fitted in enumerate(estimates, 1)),
        rows=tuple(with_decimals(row, style.decimals) for row in rows_of(estimates, style)),
        notes=notes_under(estimates, style),
        reading=reading_beside(estimates, style),
        machine={
            "columns": [
                machine_column(n, fitted, style.stars) for n, fitted in enumerate(estimates, 1)
            ]
        },
    )


def _column(n: int, fitted: Fitted, labels: Mapping[str, Wording]) -> Column:
    asked = fitted.regression
    heading = message("({n}) {label}", n=n, label=asked.label) if asked.label else f"({n})"
    return Column(f"c{n}", heading, name_of(asked.outcome, labels))


def with_decimals(row: Row, decimals: int) -> Row:
    """Set the digits after the point of all numbers of a row."""
    measured = ("number", "estimate", "std_error", "statistic")
    cells = (replace(c, decimals=decimals) if c.kind in measured else c for c in row.cells)
    return replace(row, cells=tuple(cells))


def with_headings(
    table: Table, headings: Sequence[Wording], spanners: Sequence[Wording] | None = None
) -> Table:
    """Put words beside the numbers of the columns; an empty one leaves the number alone.

    Parameters
    ----------
    headings
        One for each column.
    spanners
        What stands above the headings; the outcomes stay where they are left out.
    """
    columns = tuple(
        replace(
            column,
            heading=message("({n}) {label}", n=n, label=words) if words else column.heading,
            spanner=column.spanner if spanners is None else spanners[n - 1],
        )
        for n, (column, words) in enumerate(zip(table.columns, headings, strict=True), 1)
    )
    labels = {i: {"label": str(words)} for i, words in enumerate(headings) if words}
    return replace(table, columns=columns, machine=add_to_columns(table.machine, labels))
