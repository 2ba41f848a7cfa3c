"""Workbooks to rows of typed cells: xlsx, xls, ods, by content."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import python_calamine as calamine
from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum

from xinzhi_core.errors import DataError, Problem, SpecError, Where, suggestion
from xinzhi_core.problems import MISSING_COLUMN
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import (
    LIMITS,
    Cell,
    Decision,
    Limits,
    RawTable,
    ReadingFindings,
    letters,
    listed,
    shown_name,
    sniff,
)
from xinzhi_panel.io.recognise.gazetteer import is_place
from xinzhi_panel.io.recognise.layout import year_in
from xinzhi_panel.io.recognise.note_marks import without_heading_marks
from xinzhi_panel.io.recognise.parts import Unlike
from xinzhi_panel.io.workbook.archive import SheetMarks, corrupt, inspect
from xinzhi_panel.io.workbook.biff import inspect_old, raised_of_old
from xinzhi_panel.io.workbook.formats import apply_formats, write_marks
from xinzhi_panel.io.workbook.rich_text import Raised, apply_raised, raised_cells, refuse_raised

AMBIGUOUS = "excel.sheet_ambiguous"
FAULTS = 50
"""Cells with errors that are named."""
Together = Callable[[list[RawTable]], RawTable | Unlike]
HEADED = 60
"""Rows in which the names of columns are looked for."""
STACKED = 60
"""Sheets up to which parts of one table are looked for."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """An opened workbook: its sheets in order, and what the XML says besides the values."""

    file: str
    kind: str
    book: calamine.CalamineWorkbook
    visible: tuple[str, ...]
    hidden: tuple[str, ...]
    marks: Mapping[str, SheetMarks]
    """Sheet name -> marks."""
    raised: dict[str, Raised]
    """Sheet name -> cells with superscript characters."""


def open_workbook(path: Path, kind: str, *, limits: Limits = LIMITS) -> Workbook:
    """Open a workbook after looking through it for damage, bombs and entities."""
    where = Where(file=shown_name(path))
    marks: Mapping[str, SheetMarks]
    raised: dict[str, Raised] = {}
    source: BinaryIO
    if kind == "zip":
        looked = inspect(path, where, limits=limits)
        kind, marks = looked.kind, looked.marks
        if kind == "ods":
            _refuse_raised(path, where)
        else:
            raised = _raised(path, looked.parts, where)
        source = path.open("rb") if looked.copy is None else BytesIO(looked.copy)
    else:
        kind = "xls"
        data = path.read_bytes()
        _refuse_encrypted(data, where)
        marks = inspect_old(data, where)
        raised = raised_of_old(data, where)
        source = BytesIO(data)
    try:
        with source as stream:
            book = calamine.load_workbook(stream)
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(corrupt(where, str(error))) from error
    sheets = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    if kind == "xlsx" and not {m.name for m in sheets} <= marks.keys():
        raise DataError(corrupt(where))
    visible = tuple(m.name for m in sheets if m.visible == SheetVisibleEnum.Visible)
    hidden = tuple(m.name for m in sheets if m.visible != SheetVisibleEnum.Visible)
    return Workbook(where.file or "", kind, book, visible, hidden, marks, raised)


def _refuse_raised(path: Path, where: Where) -> None:
    try:
        refuse_raised(path, where)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise DataError(corrupt(where, str(error))) from error


def _raised(path: Path, names: Mapping[str, str], where: Where) -> dict[str, Raised]:
    try:
        parts = raised_cells(path)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise DataError(corrupt(where, str(error))) from error
    return {name: parts[part] for name, part in names.items() if part in parts}


def _refuse_encrypted(data: bytes, where: Where) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise DataError.of(
            message("The workbook is protected by a password."),
            where,
            message("save it without a password."),
            code="format.encrypted",
        )
    if "WordDocument".encode("utf-16-le") in data:
        raise DataError.of(
            message("The file is a text document, not a workbook."),
            where,
            message("copy the table into a spreadsheet and save it as xlsx."),
            code="format.unsupported",
        )


def choose_sheet(
    book: Workbook,
    sheet: str | None,
    fits: Callable[[RawTable], bool],
    together: Together | None = None,
    sheets: Sequence[str] = (),
    *,
    lenient: bool = False,
    plain: bool = False,
) -> RawTable:
    """Take the sheet that was named, else the one visible sheet that has the names of the keys.

    Where several have them, or several are named, `together` may put them below one another.
    Cells with errors are refused here, unless the caller is `lenient` and does so; `plain` as `read_sheet`.
    """
    for name in sheets if sheet is None else (sheet,):
        if name not in (*book.visible, *book.hidden):
            raise SpecError.of(
                message("Sheet '{name}' does not exist.", name=name),
                Where(file=book.file),
                suggestion(name, (*book.visible, *book.hidden)),
                code="excel.sheet",
            )
    if sheet is not None or len(sheets) == 1:
        return read_sheet(book, sheet or sheets[0], lenient=lenient, plain=plain)
    if len(book.visible) == 1 and not sheets:
        return _with_hidden(read_sheet(book, book.visible[0], lenient=lenient, plain=plain), book)
    fitting = [*sheets] or _fitting(book, fits, together)
    if len(fitting) == 1:
        sentence = message(
            "Sheet '{name}' was taken: of {n} sheets only it has the named columns.",
            name=fitting[0],
            n=len(book.visible),
        )
        where = Where(file=book.file, sheet=fitting[0])
        table = read_sheet(book, fitting[0], lenient=lenient, plain=plain).with_decision(
            Decision(sentence, where, code="excel.sheet")
        )
        return _with_hidden(table, book)
    unlike: Unlike | None = None
    if fitting and together is not None and len(fitting) <= STACKED:
        stacked = together(
            [read_sheet(book, name, lenient=lenient, plain=plain) for name in fitting]
        )
        if isinstance(stacked, RawTable):
            return _with_hidden(_with_unread(stacked, book, fitting if not sheets else ()), book)
        unlike = stacked
    raise DataError(_no_one_sheet(book, fitting, unlike))


def _no_one_sheet(book: Workbook, fitting: Sequence[str], unlike: Unlike | None) -> Problem:
    """Say why no sheet was taken, and the way out of this."""
    where = Where(file=book.file, sheet=unlike.sheet if unlike else None)
    if not fitting:
        text = message(
            "None of the sheets has the named columns: {names}.", names=listed(book.visible)
        )
        return Problem(MISSING_COLUMN, text, where, message("name the sheet (`sheet`)."))
    text = message("Several sheets hold such a table: {names}.", names=listed(fitting))
    if unlike is None:
        return Problem(AMBIGUOUS, text, where, message("name the sheet (`sheet`)."))
    text = message(
        "Several sheets hold such a table ({names}), and they are not parts of one: {why}.",
        names=listed(fitting),
        why=unlike.what,
    )
    return Problem(AMBIGUOUS, text, where, unlike.remedy)


def _fitting(
    book: Workbook, fits: Callable[[RawTable], bool], together: Together | None
) -> list[str]:
    """List the sheets that have the names of the keys, and the others of a row of years."""
    tops = {name: read_sheet(book, name, top=HEADED) for name in book.visible}
    fitting = [name for name, top in tops.items() if fits(top)]
    filled = [name for name, top in tops.items() if len(top.rows) > 1]
    if together is None:
        return fitting
    # A year whose heading is spelt otherwise is never left aside for that; nor are sheets of cities.
    if fitting and all(year_in(name) for name in fitting):
        return [name for name in filled if name in fitting or year_in(name)]
    return fitting or (filled if all(map(is_place, filled)) else [])


def _with_unread(table: RawTable, book: Workbook, read: Sequence[str]) -> RawTable:
    """Note which visible sheets are not parts of the table."""
    left = [name for name in book.visible if name not in read] if read else []
    if not left:
        return table
    sentence = message(
        "Sheets {names} have no such columns; they were not read.",
        one="Sheet {names} has no such columns; it was not read.",
        n=len(left),
        names=listed(left),
    )
    where = Where(file=table.file)
    return table.with_decision(Decision(sentence, where, len(left), "excel.other_sheets"))


def _with_hidden(table: RawTable, book: Workbook) -> RawTable:
    """Note which hidden sheets were left aside."""
    if not book.hidden:
        return table
    sentence = message("Hidden sheets were not read: {names}.", names=listed(book.hidden))
    where = Where(file=table.file)
    return table.with_decision(Decision(sentence, where, len(book.hidden), "excel.hidden_sheets"))


def read_sheet(
    book: Workbook,
    name: str,
    *,
    top: int | None = None,
    lenient: bool = False,
    plain: bool = False,
) -> RawTable:
    """Read the cells of a sheet; `top` reads only so many rows and skips the checks.

    Cells with errors are refused; a `lenient` reading gives them with the table, for who reads them.
    A `plain` reading leaves every mark in its text: the star behind 3921＊ says something of the code.
    """
    where = Where(file=book.file, sheet=name)
    marks = book.marks.get(name, SheetMarks())
    findings = ReadingFindings()
    faults: tuple[Problem, ...] = ()
    if top is None:
        faults = _faults(marks, where)
        if faults and not lenient:
            raise DataError(faults)
        _report_marks(marks, where, findings)
    try:
        sheet = book.book.get_sheet_by_name(name)
        rows = _rows(sheet, top)
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(corrupt(where, str(error))) from error
    first_column = (sheet.start or (0, 0))[1] + 1
    if name in book.raised and not plain:
        apply_raised(rows, book.raised[name], first_column, where, findings)
    percents: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    if top is None:
        percents = apply_formats(rows, marks.shown, first_column, where, findings)
        if plain:
            write_marks(rows, marks.shown, first_column)
        merged = _fill_merged(sheet, rows, first_column, where, findings)
    table = RawTable(
        book.file,
        rows,
        kind=book.kind,
        sheet=name,
        first_column=first_column,
        has_addresses=True,
        percents=percents,
        merged=merged,
        faults=faults,
        decisions=tuple(findings.decisions),
        warnings=tuple(findings.warnings),
    )
    return table if plain else without_heading_marks(table)


def _rows(sheet: calamine.CalamineSheet, top: int | None) -> list[list[Cell]]:
    # Rows of a sheet without a cell cannot be asked for: older calamine panics.
    cells = islice(sheet.iter_rows(), top) if sheet.start is not None else ()
    rows: list[list[Cell]] = [[None if cell == "" else cell for cell in row] for row in cells]
    # Formatted but empty cells below the table are not rows.
    while rows and not any(_filled(cell) for cell in rows[-1]):
        rows.pop()
    return rows


def filled_sheets(path: Path, *, limits: Limits = LIMITS) -> list[str]:
    """List the visible sheets of a workbook that hold more than one row."""
    book = open_workbook(path, sniff(path, limits=limits), limits=limits)
    tables = ((name, read_sheet(book, name, top=HEADED)) for name in book.visible)
    return [name for name, table in tables if sum(any(map(_filled, row)) for row in table.rows) > 1]


def _filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _fill_merged(
    sheet: calamine.CalamineSheet,
    rows: list[list[Cell]],
    first_column: int,
    where: Where,
    findings: ReadingFindings,
) -> tuple[tuple[int, int, int, int], ...]:
    """Give every cell of a merged range the value of the range; return where the ranges are."""
    ranges = sorted(sheet.merged_cell_ranges or ())
    filled = 0
    places = []
    for (top, first), (bottom, last) in ranges:
        # Ranges count from the first cell of the sheet, rows of cells from `first_column`.
        left, right = first - first_column + 1, last - first_column + 1
        if top >= len(rows) or not 0 <= left < len(rows[top]) or rows[top][left] is None:
            continue
        for row in range(top, min(bottom, len(rows) - 1) + 1):
            _fill(rows[row], left, right, rows[top][left])
            filled += 1
        places.append((top + 1, min(bottom, len(rows) - 1) + 1, left, right))
    if filled:
        findings.decide(
            "excel.merged",
            message("Merged cells were filled with the value of their range."),
            where,
            len(ranges),
        )
    return tuple(places)


def _fill(row: list[Cell], left: int, right: int, value: Cell) -> None:
    for position in range(left, min(right, len(row) - 1) + 1):
        if row[position] is None:
            row[position] = value


def _faults(marks: SheetMarks, where: Where) -> tuple[Problem, ...]:
    """List the cells that hold errors, and the formulas without a value."""
    errors = [
        Problem(
            "excel.error_cell",
            message("Cell {cell} holds the error {value}.", cell=cell, value=value),
            Where(file=where.file, sheet=where.sheet, row=_row_of(cell), cell=cell),
            message("correct the formula, or empty the cell if the value is missing."),
        )
        for cell, value in list(marks.error_cells.items())[:FAULTS]
    ]
    uncomputed = [
        Problem(
            "excel.formula_no_value",
            message("Cell {cell} holds a formula without a stored value.", cell=cell),
            Where(file=where.file, sheet=where.sheet, row=_row_of(cell), cell=cell),
            message("open the workbook in a spreadsheet program and save it, or paste values."),
        )
        for cell in marks.uncomputed[:FAULTS]
    ]
    return (*errors, *uncomputed)


def _report_marks(marks: SheetMarks, where: Where, findings: ReadingFindings) -> None:
    if marks.formulas:
        findings.decide(
            "excel.formulas",
            message("Cells with formulas: their stored values are used."),
            where,
            marks.formulas,
        )
    _report_hidden(marks, where, findings)


def _row_of(cell: str) -> int:
    return int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _report_hidden(marks: SheetMarks, where: Where, findings: ReadingFindings) -> None:
    if marks.hidden_rows:
        findings.warn(
            "excel.hidden_row",
            message(
                "Rows {rows} are hidden; they were read too.",
                one="Row {rows} is hidden; it was read too.",
                n=len(marks.hidden_rows),
                rows=listed(marks.hidden_rows),
            ),
            Where(file=where.file, sheet=where.sheet, row=marks.hidden_rows[0]),
            message("unhide or delete them, to see what is computed."),
        )
    if marks.hidden_columns:
        names = [letters(n) for n in marks.hidden_columns]
        findings.warn(
            "excel.hidden_column",
            message(
                "Columns {columns} are hidden; they were read too.",
                one="Column {columns} is hidden; it was read too.",
                n=len(names),
                columns=listed(names),
            ),
            Where(file=where.file, sheet=where.sheet, column=names[0]),
            message("unhide or delete them, to see what is computed."),
        )
