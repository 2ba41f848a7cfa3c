"""Cells that are no numbers where numbers were meant: dates of spreadsheets, odd groups, long digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from xinzhi.errors import NotNumeric, Where
from xinzhi.io.cells import cell_text
from xinzhi.io.columns import ODD_GROUPS, Typed, looks_like_date
from xinzhi.io.findings import ERRORS_PER_COLUMN, Findings
from xinzhi.io.numbers import tidy
from xinzhi.io.raw import Cell, RawTable
from xinzhi.wording import Message, message

Rows = npt.NDArray[np.int64]
IS_DATE = re.compile(
    r"日期|时间|年月|[日月年期]$|成立|date|time|day|month|year|when|period", re.IGNORECASE
)
"""Headings below which dates belong."""
PLAUSIBLE = range(1950, 2101)
"""Years of dates that somebody may have noted of a city or firm; amounts shown as dates lie elsewhere."""
MEANT = message(
    "spreadsheets turn numbers such as 3-12 into dates: format the column as a number and restore the values."
)
NOT_NUMERIC = (
    "number.not_numeric",
    message("'{cell}' is no number."),
    message("mend the cell, empty it if the value is missing, or state that the column is text."),
)
DATE = ("number.date", message("'{cell}' is a date where a number should be."), MEANT)
GROUPING = (
    "number.grouping",
    message("'{cell}' is grouped in another way than 1,234,567.8."),
    message(
        "take out what separates the groups, in the whole column: 813.000 beside it may mean 813 000."
    ),
)


def as_seen(cell: Cell) -> str:
    """Text of a cell as it is seen; days without the hour at which they begin.

    >>> as_seen(datetime(1903, 10, 2)), as_seen(3.0)
    ('1903-10-02', '3')
    """
    return cell_text(cell).removesuffix(" 00:00:00")


def why_no_number(cell: Cell) -> tuple[str, Message, Message]:
    """Give the code, the sentence and the remedy for a cell that is no number.

    >>> why_no_number("12-Mar")[0], why_no_number("1.114.000")[0], why_no_number("12a")[0]
    ('number.date', 'number.grouping', 'number.not_numeric')
    """
    if looks_like_date(cell):
        return DATE
    grouped = isinstance(cell, str) and ODD_GROUPS.fullmatch(tidy(cell))
    return GROUPING if grouped else NOT_NUMERIC


def say_dates(
    name: str,
    cells: Sequence[Cell],
    typed: Typed,
    rows: Rows,
    table: RawTable,
    found: Findings,
    heading: str | None,
) -> None:
    """Refuse a column of amounts that became dates; say which columns hold dates."""
    if not typed.dates or typed.kind == "number":
        return
    first = typed.dates[0]
    place = table.where(int(rows[first]), None, name)
    where = Where(file=table.file, sheet=table.sheet, column=name)
    if IS_DATE.search(name) and not heading:
        if typed.kind == "date":
            what = message("Column '{name}' holds dates; it stays as it is.", name=name)
            found.decide("type.date", what, where, len(cells))
    elif heading or any(_is_amount(cells[i]) for i in typed.dates):
        for i in typed.dates[:ERRORS_PER_COLUMN]:
            code, what, remedy = DATE
            at = table.where(int(rows[i]), None, name)
            found.error(
                code, message(what.template, cell=as_seen(cells[i])), at, remedy, NotNumeric
            )
    else:
        what = message(
            "Column '{name}' holds dates such as '{cell}'; no number is read from it.",
            name=name,
            cell=as_seen(cells[first]),
        )
        found.warn("type.dates", what, place, MEANT)


def _is_amount(cell: Cell) -> bool:
    """Whether a date is one that only a number shown as a date has: an hour, or a far year."""
    if isinstance(cell, datetime):
        return cell.year not in PLAUSIBLE or cell.time() != datetime.min.time()
    if isinstance(cell, date):
        return cell.year not in PLAUSIBLE
    return not isinstance(cell, str)


def say_long(
    name: str, cells: Sequence[Cell], typed: Typed, rows: Rows, table: RawTable, found: Findings
) -> None:
    """Warn of whole numbers with more digits than a number holds, which stay text."""
    if not typed.long:
        return
    found.warn(
        "number.too_long",
        message(
            "Column '{name}' holds whole numbers with more digits than a number holds exactly ('{cell}'); "
            "it stays text.",
            name=name,
            cell=cell_text(cells[typed.long[0]])[:40],
        ),
        table.where(int(rows[typed.long[0]]), None, name),
        message(
            "write amounts in a larger unit; of codes, state that the column is text (`text`)."
        ),
    )
