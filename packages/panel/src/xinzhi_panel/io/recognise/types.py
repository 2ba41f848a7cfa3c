"""Typing all columns of a table: one decimal mark for the file, one kind for each column.

Cells that contradict their column: dates, odd groups and long digits among numbers, a second unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import NotNumeric, OutOfDomain, Where
from xinzhi_core.wording import Message, message
from xinzhi_panel.io.raw import (
    ERRORS_PER_COLUMN,
    Cell,
    ColumnFindings,
    RawTable,
    ReadingFindings,
    ReadOptions,
)
from xinzhi_panel.io.recognise.cells import Decimal, Mark, cell_text, currency_of, loose, tidy
from xinzhi_panel.io.recognise.columns import (
    ODD_GROUPS,
    PlainNumbers,
    Typed,
    as_text,
    gather_evidence,
    looks_like_date,
    plain_numbers,
    type_column,
)
from xinzhi_panel.io.recognise.layout import Header
from xinzhi_panel.io.stored import in_memory, is_stored, spill
from xinzhi_panel.io.text.columns import TextColumn

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
MARK = re.compile(r"[^\d\s]{1,6}(?: [^\d\s]{1,6})?")
"""Short texts without digits that may mean that there is no value: n.d., 无数据, not avail."""
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
    text = tidy(cell) if isinstance(cell, str) else ""
    if ODD_GROUPS.fullmatch(text):
        return GROUPING
    if not MARK.fullmatch(text):
        return NOT_NUMERIC
    remedy = message(
        "correct the cell; if '{mark}' means that the value is missing, state it: `missing: ['{mark}']` under `read` "
        "of the source, or `xinzhi init --missing {mark}`; or state that the column is text.",
        mark=text,
    )
    return *NOT_NUMERIC[:2], remedy


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


Columns = Mapping[str, Sequence[Cell]]
Rows = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64] | npt.NDArray[np.object_]
NO_UNITS: Mapping[str, str] = MappingProxyType({})
UNDERSTOOD: dict[Mark, Message] = {
    "full_width": message("Full-width digits were read in column '{name}'."),
    "thousands": message("Thousands separators were taken out in column '{name}'."),
    "currency": message("Currency signs were taken off in column '{name}'."),
}
DOUBTED: dict[Mark, tuple[Message, Message]] = {
    "footnote": (
        message("Footnote marks were taken off numbers in column '{name}', rows {rows}."),
        message("read the note: such numbers are often estimates."),
    ),
    "paren": (
        message("Numbers in brackets were read as negative in column '{name}', rows {rows}."),
        message("confirm {value}, or write the minus sign."),
    ),
}
DECIMAL_MIXED = (
    "number.decimal_mixed",
    message("'{cell}' has another decimal mark than other cells of the file."),
    message("write all numbers with one decimal mark, or state `decimal`."),
)
DECIMAL_EITHER = (
    "number.ambiguous",
    message("'{cell}' may be a thousand times larger or smaller: the comma can be either mark."),
    message("state `decimal` for this file."),
)
KINDS: dict[str, Message] = {
    "code": message("Column '{name}' holds codes (leading zeros or many digits); it stays text."),
    "flag": message("Column '{name}' holds true and false; read as 1 and 0."),
    "empty": message("Column '{name}' is empty."),
}


def type_columns(
    columns: Columns,
    rows: Rows,
    table: RawTable,
    reading: ReadOptions,
    findings: ReadingFindings,
    headed: Mapping[str, str] = NO_UNITS,
) -> tuple[dict[str, Values], dict[str, str]]:
    """Type the columns and say what was understood, doubted or wrong.

    `headed` are the units that headings name. Returns the values of the columns, and the units that stood in cells.
    """
    missing = frozenset(reading.missing)
    stated = reading.decimal or "."
    numbers = _Numbers(columns, stated, reading)
    decimal = stated if reading.decimal else _decimal(numbers, columns, rows, table, findings)
    if decimal != stated:
        numbers = _Numbers(columns, decimal, reading)
    series: dict[str, Values] = {}
    units: dict[str, str] = {}
    for name, stored in columns.items():
        # A column on disk is in memory for this turn of the loop only.
        cells = in_memory(stored)
        plain = numbers.of(name, cells)
        typed = (
            type_column(cells, plain, decimal=decimal, missing=missing)
            if plain is not None
            else as_text(cells)
        )
        column = ColumnFindings(table, name, rows, findings)
        _report(column, cells, typed)
        report_units(column, cells, typed, headed.get(name))
        report_dates(column, cells, typed, headed.get(name))
        _warn_long(column, cells, typed)
        if typed.unit and not same_unit(typed.unit, headed.get(name, "")):
            units[name] = "%" if typed.unit in {"％", "%"} else typed.unit
        series[name] = spill(typed.values) if is_stored(stored) else typed.values
    return series, units


class _Numbers:
    """The plain numbers of columns, each read once; those of a column on disk whenever they are needed."""

    def __init__(self, columns: Columns, decimal: Decimal, reading: ReadOptions) -> None:
        self.columns, self.decimal, self.text = columns, decimal, reading.text
        self.missing = frozenset(reading.missing)
        self._read: dict[str, PlainNumbers] = {}

    def of(self, name: str, cells: Sequence[Cell]) -> PlainNumbers | None:
        """Read the numbers of a column, whose cells may be in memory by now; None where it is stated to be text."""
        if name in self.text:
            return None
        numbers = self._read.pop(name, None)
        if numbers is None:
            numbers = plain_numbers(cells, decimal=self.decimal, missing=self.missing)
            if not is_stored(self.columns[name]):
                self._read[name] = numbers
        return numbers

    def are_all(self, name: str) -> bool:
        """Whether every cell of a column is a plain number."""
        numbers = self.of(name, in_memory(self.columns[name]))
        return numbers is not None and numbers.all()


def _decimal(
    numbers: _Numbers, columns: Columns, rows: Rows, table: RawTable, findings: ReadingFindings
) -> Decimal:
    """Decide the decimal mark; only where some cell has a comma is there anything to decide."""
    others = (cells for name, cells in columns.items() if not numbers.are_all(name))
    if not any(map(_has_comma, others)):
        return "."
    # What is stated to be text says nothing of numbers.
    evidence = gather_evidence({n: c for n, c in columns.items() if n not in numbers.text})
    if evidence[","] and not evidence["."]:
        where = Where(file=table.file, sheet=table.sheet)
        sentence = message("The decimal mark of the file is the comma.")
        findings.decide("number.decimal", sentence, where)
        return ","
    if evidence[","]:
        fewer = min(evidence[","], evidence["."], key=lambda cells: sum(map(len, cells.values())))
        code, template, remedy = DECIMAL_MIXED
    elif evidence["?"] and not evidence["."] and table.delimiter == ";":
        # Fields separated by semicolons come from where the comma is the decimal mark.
        fewer = evidence["?"]
        code, template, remedy = DECIMAL_EITHER
    else:
        return "."
    for name, places in fewer.items():
        column = ColumnFindings(table, name, rows, findings)
        for i in places[:ERRORS_PER_COLUMN]:
            sentence = message(template.template, cell=cell_text(columns[name][i]))
            column.error(code, sentence, remedy, i, NotNumeric)
    return "."


def _has_comma(cells: Sequence[Cell]) -> bool:
    if isinstance(cells, TextColumn):
        return cells.holds(",") or cells.holds("，")
    return any(isinstance(cell, str) and ("," in cell or "，" in cell) for cell in cells)


def _report(column: ColumnFindings, cells: Sequence[Cell], typed: Typed) -> None:
    if typed.kind in KINDS and not typed.dates and not typed.long:
        sentence = message(KINDS[typed.kind].template, name=column.name)
        column.decide(f"type.{typed.kind}", sentence, len(cells))
    for mark, count in typed.missing.items():
        column.decide(
            "number.missing",
            message(
                "'{mark}' denotes a missing value in column '{name}'.", mark=mark, name=column.name
            ),
            count,
        )
    for kind, sentence in UNDERSTOOD.items():
        if places := typed.marks.get(kind):
            column.decide(
                f"number.{kind}", message(sentence.template, name=column.name), len(places)
            )
    if typed.digits:
        column.warn(
            "type.text_of_digits",
            message(
                "Column '{name}' was read as text, although its cells hold digits ('{cell}').",
                name=column.name,
                cell=cell_text(cells[typed.digits[0]])[:40],
            ),
            message("write plain numbers, or state that the column is text (`text`)."),
            typed.digits[0],
        )
    for kind, (sentence, remedy) in DOUBTED.items():
        if places := typed.marks.get(kind):
            column.warn(
                f"number.{kind}",
                message(sentence.template, name=column.name, rows=column.shown_rows(places)),
                message(remedy.template, value=typed.values[places[0]]),
                places[0],
            )
    _refuse_cells(column, cells, typed)


def _warn_long(column: ColumnFindings, cells: Sequence[Cell], typed: Typed) -> None:
    """Warn of whole numbers with more digits than a number holds, which stay text."""
    if not typed.long:
        return
    column.warn(
        "number.too_long",
        message(
            "Column '{name}' holds whole numbers with more digits than a number holds exactly ('{cell}'); "
            "it stays text.",
            name=column.name,
            cell=cell_text(cells[typed.long[0]])[:40],
        ),
        message(
            "write amounts in a larger unit; of codes, state that the column is text (`text`)."
        ),
        typed.long[0],
    )


def _refuse_cells(column: ColumnFindings, cells: Sequence[Cell], typed: Typed) -> None:
    for i in typed.error_cells[:ERRORS_PER_COLUMN]:
        column.error(
            "excel.error_cell",
            message("'{cell}' is an error of a spreadsheet.", cell=cell_text(cells[i])),
            message("correct the formula, or empty the cell if the value is missing."),
            i,
        )
    for i in typed.not_finite[:ERRORS_PER_COLUMN]:
        column.error(
            "number.not_finite",
            message("'{cell}' is not a finite number.", cell=cell_text(cells[i])),
            message("write the number, or empty the cell if the value is missing."),
            i,
            OutOfDomain,
        )
    for i in typed.not_numbers[:ERRORS_PER_COLUMN]:
        code, sentence, remedy = why_no_number(cells[i])
        wrong = message(sentence.template, cell=as_seen(cells[i]))
        column.error(code, wrong, remedy, i, NotNumeric)
    n = max(map(len, (typed.not_numbers, typed.error_cells, typed.not_finite)))
    if n > ERRORS_PER_COLUMN:
        column.findings.error(
            "number.many",
            message(
                "Column '{name}' has {n} such cells; the first are listed.",
                one="Column '{name}' has {n} such cell.",
                name=column.name,
                n=n,
            ),
            column.where,
            message("check that the column was meant to be numbers."),
            NotNumeric,
        )
