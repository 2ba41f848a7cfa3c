"""Typing all columns of a table: one decimal mark for the file, one kind for each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from xinzhi.errors import NotNumeric, OutOfDomain, Where
from xinzhi.io.options import ReadOptions
from xinzhi.io.raw import ERRORS_PER_COLUMN, Cell, Findings, RawTable, listed
from xinzhi.io.recognise.cells import Decimal, Mark, cell_text
from xinzhi.io.recognise.columns import Evidence, Typed, as_text, gather_evidence, type_column
from xinzhi.io.recognise.doubts import (
    as_seen,
    same_unit,
    say_dates,
    say_long,
    say_units,
    why_no_number,
)
from xinzhi.io.recognise.plain import PlainNumbers, plain_numbers
from xinzhi.io.spill import spilled
from xinzhi.io.stored import is_stored, loaded
from xinzhi.io.text.columns import TextColumn
from xinzhi.wording import Message, message

Columns = Mapping[str, Sequence[Cell]]
Rows = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64] | npt.NDArray[np.object_]
NO_UNITS: Mapping[str, str] = MappingProxyType({})
SAID: dict[Mark, Message] = {
    "full_width": message("Full-width digits were read in column '{name}'."),
    "thousands": message("Thousands separators were taken out in column '{name}'."),
    "currency": message("Currency signs were taken off in column '{name}'."),
}
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
    found: Findings,
    headed: Mapping[str, str] = NO_UNITS,
) -> tuple[dict[str, Values], dict[str, str]]:
    """Type the columns and say what was understood, doubted or wrong.

    `headed` are the units that headings name. Returns the values of the columns, and the units that stood in cells.
    """
    missing = frozenset(reading.missing)
    stated = reading.decimal or "."
    numbers = _Numbers(columns, stated, reading)
    decimal = stated if reading.decimal else _decimal(numbers, columns, rows, table, found)
    if decimal != stated:
        numbers = _Numbers(columns, decimal, reading)
    series: dict[str, Values] = {}
    units: dict[str, str] = {}
    for name, lying in columns.items():
        cells = loaded(lying)
        plain = numbers.of(name, cells)
        typed = (
            type_column(cells, plain, decimal=decimal, missing=missing)
            if plain is not None
            else as_text(cells)
        )
        _report(name, cells, typed, rows, table, found)
        say_units(name, cells, typed, rows, table, found, headed.get(name))
        say_dates(name, cells, typed, rows, table, found, headed.get(name))
        say_long(name, cells, typed, rows, table, found)
        if typed.unit and not same_unit(typed.unit, headed.get(name, "")):
            units[name] = "%" if typed.unit in {"％", "%"} else typed.unit
        series[name] = spilled(typed.values) if is_stored(lying) else typed.values
    return series, units


class _Numbers:
    """The plain numbers of columns, each read once; those of a column on disk whenever they are needed."""

    def __init__(self, columns: Columns, decimal: Decimal, reading: ReadOptions) -> None:
        self.columns, self.decimal, self.text = columns, decimal, reading.text
        self.missing = frozenset(reading.missing)
        self._known: dict[str, PlainNumbers] = {}

    def of(self, name: str, cells: Sequence[Cell]) -> PlainNumbers | None:
        """Read the numbers of a column, whose cells may be in memory by now; None where it is stated to be text."""
        if name in self.text:
            return None
        found = self._known.pop(name, None)
        if found is None:
            found = plain_numbers(cells, decimal=self.decimal, missing=self.missing)
            if not is_stored(self.columns[name]):
                self._known[name] = found
        return found

    def are_all(self, name: str) -> bool:
        """Whether every cell of a column is a plain number."""
        found = self.of(name, loaded(self.columns[name]))
        return found is not None and found.all()


def _decimal(
    numbers: _Numbers,
    columns: Columns,
    rows: Rows,
    table: RawTable,
    found: Findings,
) -> Decimal:
    """Decide the decimal mark; only where some cell has a comma is there anything to decide."""
    others = (c for name, c in columns.items() if not numbers.are_all(name))
    if not any(map(_has_comma, others)):
        return "."
    evidence = gather_evidence(columns)
    where = Where(file=table.file, sheet=table.sheet)
    if evidence.comma and not evidence.point:
        found.decide("number.decimal", message("The decimal mark of the file is the comma."), where)
        return ","
    if evidence.comma:
        _refuse_mixed(evidence, columns, rows, table, found)
    elif evidence.either and not evidence.point and table.delimiter == ";":
        _refuse_either(evidence, columns, rows, table, found)
    return "."


def _has_comma(cells: Sequence[Cell]) -> bool:
    if isinstance(cells, TextColumn):
        return cells.holds(",") or cells.holds("，")
    return any(isinstance(cell, str) and ("," in cell or "，" in cell) for cell in cells)


def _refuse_mixed(
    evidence: Evidence, columns: Columns, rows: Rows, table: RawTable, found: Findings
) -> None:
    n_comma = sum(map(len, evidence.comma.values()))
    n_point = sum(map(len, evidence.point.values()))
    fewer = evidence.comma if n_comma <= n_point else evidence.point
    for name, i in _places(fewer):
        found.error(
            "number.decimal_mixed",
            message(
                "'{cell}' has another decimal mark than other cells of the file.",
                cell=cell_text(columns[name][i]),
            ),
            table.where(int(rows[i]), None, name),
            message("write all numbers with one decimal mark, or state `decimal`."),
            NotNumeric,
        )


def _refuse_either(
    evidence: Evidence, columns: Columns, rows: Rows, table: RawTable, found: Findings
) -> None:
    for name, i in _places(evidence.either):
        found.error(
            "number.ambiguous",
            message(
                "'{cell}' may be a thousand times larger or smaller: the comma can be either mark.",
                cell=cell_text(columns[name][i]),
            ),
            table.where(int(rows[i]), None, name),
            message("state `decimal` for this file."),
            NotNumeric,
        )


def _places(places: Mapping[str, list[int]]) -> list[tuple[str, int]]:
    return [(name, i) for name, at in places.items() for i in at[:ERRORS_PER_COLUMN]]


def _report(
    name: str, cells: Sequence[Cell], typed: Typed, rows: Rows, table: RawTable, found: Findings
) -> None:
    where = Where(file=table.file, sheet=table.sheet, column=name)
    if typed.kind in KINDS and not typed.dates and not typed.long:
        what = message(KINDS[typed.kind].template, name=name)
        found.decide(f"type.{typed.kind}", what, where, len(cells))
    for mark, count in typed.missing.items():
        found.decide(
            "number.missing",
            message("'{mark}' denotes a missing value in column '{name}'.", mark=mark, name=name),
            where,
            count,
        )
    for mark_kind, what in SAID.items():
        if at := typed.marks.get(mark_kind):
            found.decide(f"number.{mark_kind}", message(what.template, name=name), where, len(at))
    if typed.digits:
        _warn_text(name, cells, typed, rows, table, found)
    _warn_marks(name, typed, rows, table, found)
    _refuse_cells(name, cells, typed, rows, table, found)


def _warn_text(
    name: str, cells: Sequence[Cell], typed: Typed, rows: Rows, table: RawTable, found: Findings
) -> None:
    i = typed.digits[0]
    found.warn(
        "type.text_of_digits",
        message(
            "Column '{name}' was read as text, although its cells hold digits ('{cell}').",
            name=name,
            cell=cell_text(cells[i])[:40],
        ),
        table.where(int(rows[i]), None, name),
        message("write plain numbers, or state that the column is text (`text`)."),
    )


def _warn_marks(name: str, typed: Typed, rows: Rows, table: RawTable, found: Findings) -> None:
    for mark, code, template, remedy in (
        (
            "footnote",
            "number.footnote",
            message("Footnote marks were taken off numbers in column '{name}', rows {rows}."),
            message("read the note: such numbers are often estimates."),
        ),
        (
            "paren",
            "number.paren",
            message("Numbers in brackets were read as negative in column '{name}', rows {rows}."),
            message("confirm {value}, or write the minus sign."),
        ),
    ):
        at = typed.marks.get(mark)  # type: ignore[call-overload]
        if at:
            found.warn(
                code,
                message(template.template, name=name, rows=listed(table.shown_rows(rows[at]))),
                table.where(int(rows[at[0]]), None, name),
                message(remedy.template, value=typed.values[at[0]]),
            )


def _refuse_cells(
    name: str, cells: Sequence[Cell], typed: Typed, rows: Rows, table: RawTable, found: Findings
) -> None:
    for i in typed.error_cells[:ERRORS_PER_COLUMN]:
        found.error(
            "excel.error_cell",
            message("'{cell}' is an error of a spreadsheet.", cell=cell_text(cells[i])),
            table.where(int(rows[i]), None, name),
            message("correct the formula, or empty the cell if the value is missing."),
        )
    for i in typed.not_finite[:ERRORS_PER_COLUMN]:
        found.error(
            "number.not_finite",
            message("'{cell}' is not a finite number.", cell=cell_text(cells[i])),
            table.where(int(rows[i]), None, name),
            message("write the number, or empty the cell if the value is missing."),
            OutOfDomain,
        )
    for i in typed.not_numbers[:ERRORS_PER_COLUMN]:
        code, what, remedy = why_no_number(cells[i])
        said = message(what.template, cell=as_seen(cells[i]))
        found.error(code, said, table.where(int(rows[i]), None, name), remedy, NotNumeric)
    if typed.not_numbers or typed.error_cells or typed.not_finite:
        _say_many(name, typed, table, found)


def _say_many(name: str, typed: Typed, table: RawTable, found: Findings) -> None:
    more = max(map(len, (typed.not_numbers, typed.error_cells, typed.not_finite)))
    if more > ERRORS_PER_COLUMN:
        found.error(
            "number.many",
            message(
                "Column '{name}' has {n} such cells; the first are listed.",
                one="Column '{name}' has {n} such cell.",
                name=name,
                n=more,
            ),
            Where(file=table.file, sheet=table.sheet, column=name),
            message("check that the column was meant to be numbers."),
            NotNumeric,
        )
