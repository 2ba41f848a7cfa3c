"""How a workbook of tables is written: its fonts, its rules, its numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from xlsxwriter import Workbook
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.worksheet import Worksheet

from xinzhi.report.html_table import spanners_of
from xinzhi.tables.numbers import Written, write
from xinzhi.tables.table import Cell, Row, Table
from xinzhi.wording import Language, Wording, say

LONGEST = 32_767
"""Characters that a cell can hold."""
FONTS: Mapping[Language, str] = {"zh": "宋体", "en": "Times New Roman"}
LABEL_WIDTH, CELL_WIDTH = 30, 13
THIN, MEDIUM = 1, 2


@dataclass(frozen=True, slots=True)
class Book:
    """The workbook, and how this language is written in it."""

    workbook: Workbook
    language: Language
    decimals: int
    styles: dict[tuple[tuple[str, object], ...], CellFormat] = field(default_factory=dict)
    """Formats that were made, each once."""

    def say(self, wording: Wording) -> str:
        """Say a wording, no longer than a cell can hold."""
        text = say(wording, self.language)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def sheet(self, name: Wording) -> Worksheet:
        """Add a sheet; a name that another language has taken gets the language behind it."""
        text = self.say(name)
        taken = text in self.workbook.sheetnames
        return self.workbook.add_worksheet(f"{text} ({self.language})" if taken else text)

    def style(self, **properties: object) -> CellFormat:
        """Make a cell format in the font of the language."""
        key = tuple(sorted(properties.items()))
        if key not in self.styles:
            base: dict[str, object] = {"font_name": FONTS[self.language], "font_size": 10.5}
            self.styles[key] = self.workbook.add_format(base | properties)
        return self.styles[key]


def write_headings(book: Book, sheet: Worksheet, table: Table, line: int = 1) -> int:
    """Write one or two lines of headings between the upper rules; return the next line."""
    spanners = spanners_of(table)
    if spanners:
        style = book.style(top=MEDIUM, align="center")
        sheet.write_blank(line, 0, None, style)
        at = 1
        for spanner in spanners:
            if spanner.width == 1:
                sheet.write_string(line, at, book.say(spanner.text), style)
            else:
                sheet.merge_range(line, at, line, at + spanner.width - 1, "", style)
                sheet.write_string(line, at, book.say(spanner.text), style)
            at += spanner.width
        line += 1
    top = {} if spanners else {"top": MEDIUM}
    sheet.write_string(line, 0, book.say(table.stub), book.style(bottom=THIN, **top))
    style = book.style(bottom=THIN, align="center", text_wrap=True, **top)
    for at, column in enumerate(table.columns, 1):
        sheet.write_string(line, at, book.say(column.heading), style)
    return line + 1


def write_row(book: Book, sheet: Worksheet, line: int, row: Row, *, is_last: bool) -> None:
    """Write a row: numbers as numbers, all else as text."""
    rules = ({"top": THIN} if row.rule_above else {}) | ({"bottom": MEDIUM} if is_last else {})
    sheet.write_string(line, 0, book.say(row.label), book.style(**rules))
    for at, cell in enumerate(row.cells, 1):
        text = write(cell, book.language, book.decimals)
        if isinstance(cell.value, (int, float)) and text.is_number and math.isfinite(cell.value):
            style = book.style(
                num_format=number_format(cell, text),
                font_name="Times New Roman",
                align="center",
                **rules,
            )
            sheet.write_number(line, at, cell.value, style)
        else:
            style = book.style(align="center", **rules)
            sheet.write_string(line, at, str(text)[:LONGEST], style)


def number_format(cell: Cell, text: Written) -> str:
    """Give the number format that shows a number as the report writes it, stars and brackets too.

    >>> number_format(Cell(0.5, "estimate", "**"), Written("0.500", "**"))
    '0.000"**"'
    >>> number_format(Cell(0.25, "std_error"), Written("(0.250)"))
    '"("0.000")"'
    >>> number_format(Cell(0.9996, "p_value"), Written(">0.999"))
    '">0.999"'
    """
    if cell.kind == "p_value" and text.text.startswith(">"):
        return f'"{text.text}"'
    if cell.kind == "p_value":
        zeros = "0" * (len(text.after_point) - 1)
        least = f"0.{zeros[1:]}1"
        return f'[<{least}]"<{least}";0.{zeros}'
    digits = _digits(text)
    if cell.kind == "percent":
        digits += "%"
    if cell.kind == "std_error":
        digits = f'"("{digits}")"'
    return f'{digits}"{text.stars}"' if text.stars else digits


def _digits(text: Written) -> str:
    if "e" in text.text:
        return "0.00E+00"
    places = sum(letter.isdigit() for letter in text.after_point)
    whole = "#,##0" if "," in text.before_point else "0"
    return f"{whole}.{'0' * places}" if places else whole
