"""Cells that contradict their column: dates, odd groups and long digits among numbers, a second unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from xinzhi.errors import NotNumeric
from xinzhi.io.raw import ERRORS_PER_COLUMN, Cell, ColumnFindings, RawTable, ReadingFindings
from xinzhi.io.recognise.cells import cell_text, currency_of, loose, tidy
from xinzhi.io.recognise.columns import ODD_GROUPS, Typed, looks_like_date
from xinzhi.io.recognise.layout import Header
from xinzhi.wording import Message, message

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
    message("'{cell}' is not a number."),
    message(
        "correct the cell, empty it if the value is missing, or state that the column is text."
    ),
)
DATE = ("number.date", message("'{cell}' is a date where a number should be."), MEANT)
DURATION = (
    "number.duration",
    message("'{cell}' is a length of time where a number should be."),
    message("write it as a number, of days or of hours, and name the unit in the heading."),
)
GROUPING = (
    "number.grouping",
    message("'{cell}' is grouped in another way than 1,234,567.8."),
    message(
        "take out what separates the groups, in the whole column: 813.000 in the same column may "
        "mean 813 000."
    ),
)


def as_seen(cell: Cell) -> str:
    """Text of a cell as it is seen; days without the hour at which they begin.

    >>> as_seen(datetime(1903, 10, 2)), as_seen(3.0)
    ('1903-10-02', '3')
    """
    return cell_text(cell).removesuffix(" 00:00:00")


def why_no_number(cell: Cell) -> tuple[str, Message, Message]:
    """Give the code, the sentence and the remedy for a cell that is not a number.

    >>> why_no_number("12-Mar")[0], why_no_number("1.114.000")[0], why_no_number("12a")[0]
    ('number.date', 'number.grouping', 'number.not_numeric')
    """
    if isinstance(cell, timedelta):
        return DURATION
    if looks_like_date(cell):
        return DATE
    grouped = isinstance(cell, str) and ODD_GROUPS.fullmatch(tidy(cell))
    return GROUPING if grouped else NOT_NUMERIC


def report_dates(
    column: ColumnFindings, cells: Sequence[Cell], typed: Typed, heading: str | None
) -> None:
    """Refuse a column of amounts that became dates; say which columns hold dates."""
    if not typed.dates or typed.kind == "number":
        return
    first = typed.dates[0]
    if IS_DATE.search(column.name) and not heading:
        if typed.kind == "date":
            sentence = message("Column '{name}' holds dates; it stays as it is.", name=column.name)
            column.decide("type.date", sentence, len(cells))
    elif heading or any(_is_amount(cells[i]) for i in typed.dates):
        # A unit in the heading says that the column is of amounts, whatever its cells look like.
        for i in typed.dates[:ERRORS_PER_COLUMN]:
            code, sentence, remedy = why_no_number(cells[i])
            wrong = message(sentence.template, cell=as_seen(cells[i]))
            column.error(code, wrong, remedy, i, NotNumeric)
    else:
        sentence = message(
            "Column '{name}' holds dates such as '{cell}'; no number is read from it.",
            name=column.name,
            cell=as_seen(cells[first]),
        )
        column.warn("type.dates", sentence, MEANT, first)


def _is_amount(cell: Cell) -> bool:
    """Whether a date is one that only a number shown as a date has: an hour, or a far year."""
    if isinstance(cell, datetime):
        return cell.year not in PLAUSIBLE or cell.time() != datetime.min.time()
    if isinstance(cell, date):
        return cell.year not in PLAUSIBLE
    return not isinstance(cell, str)


SCALE = re.compile(r"^[十百千万萬亿億]*")
MEND = message("write all numbers of the column in one unit.")
IN_ONE_CURRENCY = message(
    "convert them to one currency at the rates of their years, and name it in the heading."
)
SAME: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        "吨 t ton tons tonne tonnes",
        "千克 公斤 kg",
        "克 g",
        "平方公里 平方千米 km2 km²",
        "公顷 ha",
        "平方米 m2 m²",
        "亩",
        "千瓦时 度 kwh",
        "mwh",
        "gwh",
        "人 person persons",
        "户",
        "吨标准煤 吨标煤",
    )
)
"""Words for one unit each; two units of different lines are not one."""


def report_units(
    column: ColumnFindings, cells: Sequence[Cell], typed: Typed, heading: str | None
) -> None:
    """Say which unit stood in the cells; refuse a column in several, or in another than its heading."""
    if typed.kind == "number" and _refuse_currencies(column, cells, typed, heading):
        return
    stated = {unit: places for unit, places in typed.units.items() if unit}
    if typed.kind != "number" or not stated:
        return
    unit, places = next(iter(stated.items()))
    if len(stated) == 1 and heading and _contradicts(unit, heading):
        sentence = message(
            "'{cell}' is in {unit}, but the heading of column '{name}' gives {heading}.",
            unit=unit,
            name=column.name,
            heading=heading,
        )
        _refuse_units(sentence, column, cells, places)
        return
    has_bare = None in typed.units or any(isinstance(cell, (int, float)) for cell in cells)
    if len(stated) == 1 and (not has_bare or (heading and same_unit(unit, heading))):
        sentence = message(
            "The unit {unit} was read from the cells of '{name}'.", unit=unit, name=column.name
        )
        column.decide("units.cells", sentence, len(places))
        return
    # The rarest unit is the likeliest mistake, and the shortest list of cells to mend.
    sentence = message(
        "'{cell}': the cells of column '{name}' are not all in one unit.", name=column.name
    )
    _refuse_units(sentence, column, cells, min(stated.values(), key=len))


def _refuse_currencies(
    column: ColumnFindings, cells: Sequence[Cell], typed: Typed, heading: str | None
) -> bool:
    """Refuse amounts in several currencies, or in another than the heading's; tell whether there are."""
    found, headed = typed.currencies, currency_of(heading)
    if len(found) > 1:
        sentence = message(
            "'{cell}': the cells of column '{name}' are in several currencies ({currencies}).",
            name=column.name,
            currencies=", ".join(sorted(found)),
        )
        _refuse_units(sentence, column, cells, min(found.values(), key=len), IN_ONE_CURRENCY)
        return True
    currency, places = next(iter(found.items()), ("", []))
    # One sign, ¥, is that of yuan and of yen.
    if headed and currency and headed != currency and {headed, currency} != {"CNY", "JPY"}:
        sentence = message(
            "'{cell}' is in {unit}, but the heading of column '{name}' gives {heading}.",
            unit=currency,
            name=column.name,
            heading=str(heading),
        )
        _refuse_units(sentence, column, cells, places, IN_ONE_CURRENCY)
        return True
    return False


def _refuse_units(
    sentence: Message,
    column: ColumnFindings,
    cells: Sequence[Cell],
    places: Sequence[int],
    remedy: Message = MEND,
) -> None:
    for i in places[:ERRORS_PER_COLUMN]:
        wrong = message(sentence.template, **{**sentence.values, "cell": cell_text(cells[i])})
        column.error("number.mixed_units", wrong, remedy, i, NotNumeric)


def same_unit(unit: str, heading: str) -> bool:
    """Whether a unit in cells is that of the heading, or its beginning.

    >>> same_unit("亿", "亿元"), same_unit("％", "%"), same_unit("万元", "亿元")
    (True, True, False)
    """
    return loose(heading).startswith(loose(unit))


def _contradicts(unit: str, heading: str) -> bool:
    """Whether a unit in cells is of another scale than the heading: percents, or 万 for 亿."""
    if same_unit(unit, heading):
        return False
    a, b = loose(unit), loose(heading)
    if ("%" in a) != ("%" in b):
        return True
    lines = [next((n for n, words in enumerate(SAME) if text in words), None) for text in (a, b)]
    if None not in lines and lines[0] != lines[1]:
        return True
    # 万人 and 亿人 differ in the scale only, and a bare 万 is a scale of whatever is counted.
    return SCALE.sub("", a, count=1) in {SCALE.sub("", b, count=1), ""} and a != b


def warn_percents(
    table: RawTable,
    header: Header,
    headed: Mapping[str, str],
    units: Mapping[str, str],
    findings: ReadingFindings,
) -> None:
    """Warn of columns whose cells a workbook shows as percents, where no heading says so."""
    for name, position in zip(header.names, header.positions, strict=True):
        if position in table.percents and units.get(name) == "%" and name not in headed:
            findings.warn(
                "excel.percent_heading",
                message(
                    "The cells of column '{name}' are formatted as percents, its heading names no unit: "
                    "0.385 shown as 38.5 % was read as 38.5.",
                    name=name,
                ),
                table.where(header.row, position, name),
                message("write (%) behind the heading, or format the cells as plain numbers."),
            )
