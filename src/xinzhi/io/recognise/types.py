"""Typing all columns of a table: one decimal mark for the file, one kind for each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from xinzhi.errors import NotNumeric, OutOfDomain, Where
from xinzhi.io.options import ReadOptions
from xinzhi.io.raw import ERRORS_PER_COLUMN, Cell, ColumnFindings, RawTable, ReadingFindings
from xinzhi.io.recognise.cells import Decimal, Mark, cell_text
from xinzhi.io.recognise.columns import Typed, as_text, gather_evidence, type_column
from xinzhi.io.recognise.doubts import as_seen, report_dates, report_units, same_unit, why_no_number
from xinzhi.io.recognise.plain import PlainNumbers, plain_numbers
from xinzhi.io.spill import spill
from xinzhi.io.stored import in_memory, is_stored
from xinzhi.io.text.columns import TextColumn
from xinzhi.wording import Message, message

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
