"""Workbook: a sheet a table with numbers as numbers, and a sheet of the pages of all entities."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.worksheet import Worksheet

from xinzhi.present.numbers import Written, write
from xinzhi.present.table import UNDER, Cell, Row, Table
from xinzhi.report.document import Document, Profile, Profiles, number_chapters
from xinzhi.report.format import FORMATS, Format, Setting
from xinzhi.report.formats.html_table import spanners_of
from xinzhi_core.wording import Language, Wording, message, say

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
"""The same tables give the same file: no clock in it."""
# A word of the user that begins with = or looks like a number or an address stays text.
TEXT_ONLY = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
A4 = 9


def write_xlsx(document: Document, setting: Setting) -> Mapping[str, bytes]:
    """Write tables.xlsx: a sheet of contents, then a sheet a table, language after language."""
    languages, decimals = setting.languages, setting.decimals
    content = io.BytesIO()
    with Workbook(content, TEXT_ONLY) as workbook:
        workbook.set_properties({"title": say(document.title, languages[0]), "created": ALWAYS})
        blocks = (n for chapter in number_chapters(document) for n in chapter.blocks)
        tables = [(n.caption, n.block) for n in blocks if isinstance(n.block, Table)]
        for language in languages:
            book = Book(workbook, language, decimals)
            _contents(book, document, tables)
            for caption, table in tables:
                _sheet(book, caption, table, document)
            for section in document.sections:
                for block in section.blocks:
                    if isinstance(block, Profiles):
                        _profiles(book, block, document)
    return {"tables.xlsx": content.getvalue()}


FORMATS.add("xlsx")(Format(write_xlsx))


def _contents(book: Book, document: Document, tables: Sequence[tuple[Wording, Table]]) -> None:
    sheet = book.sheet(message("Contents"))
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 70)
    sheet.write_string(0, 0, _title(book, document.title, document), book.style(font_size=14))
    for line, (caption, table) in enumerate(tables, 2):
        sheet.write_string(line, 0, book.say(caption), book.style())
        sheet.write_string(line, 1, book.say(table.title), book.style())


def _title(book: Book, title: Wording, document: Document) -> str:
    mark = book.say(message("(simulated data)")) if document.simulated else ""
    return f"{book.say(title)} {mark}".strip()


def _sheet(book: Book, caption: Wording, table: Table, document: Document) -> None:
    sheet = book.sheet(caption)
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, len(table.columns), CELL_WIDTH)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    title = f"{book.say(caption)}  {_title(book, table.title, document)}"
    sheet.write_string(0, 0, title, book.style(font_size=11))
    line = write_headings(book, sheet, table)
    sheet.freeze_panes(line, 1)
    line = _rows_and_notes(book, sheet, line, table)
    for sentence in table.reading:
        line += 1
        sheet.write_string(line, 0, book.say(sentence), book.style())


def _rows_and_notes(book: Book, sheet: Worksheet, line: int, table: Table) -> int:
    """Write what stands under the headings; return the next line."""
    for n, row in enumerate(table.rows, 1):
        write_row(book, sheet, line, row, is_last=n == len(table.rows))
        line += 1
    for note in table.all_notes:
        sheet.write_string(line, 0, book.say(note), book.style(font_size=9))
        line += 1
    return line


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
        """Write a text, no longer than a cell can hold."""
        text = say(wording, self.language)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def sheet(self, name: Wording) -> Worksheet:
        """Add a sheet; where another language has the same name, the language stands behind it."""
        text = self.say(name)
        is_used = text in self.workbook.sheetnames
        sheet = self.workbook.add_worksheet(f"{text} ({self.language})" if is_used else text)
        sheet.hide_gridlines(2)
        return sheet

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
        first = 1
        for spanner in spanners:
            if spanner.width > 1:
                sheet.merge_range(line, first, line, first + spanner.width - 1, "", style)
            sheet.write_string(line, first, book.say(spanner.text), style)
            first += spanner.width
        line += 1
    top = {} if spanners else {"top": MEDIUM}
    sheet.write_string(line, 0, book.say(table.stub), book.style(bottom=THIN, **top))
    style = book.style(bottom=THIN, align="center", text_wrap=True, **top)
    for n, column in enumerate(table.columns, 1):
        sheet.write_string(line, n, book.say(column.heading), style)
    return line + 1


def write_row(book: Book, sheet: Worksheet, line: int, row: Row, *, is_last: bool) -> None:
    """Write a row: numbers as numbers, all else as text."""
    rules = ({"top": THIN} if row.rule_above else {}) | ({"bottom": MEDIUM} if is_last else {})
    sheet.write_string(line, 0, book.say(row.label), book.style(**rules))
    for n, cell in enumerate(row.cells, 1):
        text = write(cell, book.language, book.decimals)
        if isinstance(cell.value, (int, float)) and text.is_number and math.isfinite(cell.value):
            style = book.style(
                num_format=number_format(cell, text),
                font_name="Times New Roman",
                align="center",
                **rules,
            )
            sheet.write_number(line, n, cell.value, style)
        else:
            style = book.style(align="center", **rules)
            sheet.write_string(line, n, str(text)[:LONGEST], style)


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
    if cell.kind in UNDER:
        digits = f'"("{digits}")"'
    return f'{digits}"{text.stars}"' if text.stars else digits


def _digits(text: Written) -> str:
    if "e" in text.text:
        return "0.00E+00"
    before, _, after = text.text.partition(".")
    places = sum(map(str.isdigit, after))
    whole = "#,##0" if "," in before else "0"
    return f"{whole}.{'0' * places}" if places else whole


WIDEST = 10
"""Columns of the widest table of a page, its labels not counted."""
MOST_PAGES = 1_000
"""Pages that a sheet can hold and a reader can find; more of them stand in report.html only."""


def _profiles(book: Book, pages: Profiles, document: Document) -> None:
    """Write one sheet with all pages; each name in the index leads to its page."""
    sheet = book.sheet(pages.title)
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, WIDEST, CELL_WIDTH)
    sheet.write_string(0, 0, _title(book, pages.title, document), book.style(font_size=14))
    if len(pages.items) > MOST_PAGES:
        text = message("The pages of all {n} entities stand in report.html.", n=len(pages.items))
        sheet.write_string(2, 0, book.say(text), book.style())
        return
    line = len(pages.items) + 3
    for n, item in enumerate(pages.items, 2):
        target = f"internal:'{sheet.get_name()}'!A{line + 1}"
        sheet.write_url(n, 0, target, book.style(font_color="#1F5A8C"), book.say(item.name))
        line = _page(book, sheet, line, item)


def _page(book: Book, sheet: Worksheet, line: int, item: Profile) -> int:
    """Write a page from a line on; return the line of the next one."""
    sheet.write_string(line, 0, book.say(item.name), book.style(font_size=13, bottom=1))
    for sentence in item.sentences:
        line += 1
        sheet.write_string(line, 0, book.say(sentence), book.style())
    line += 2
    for table in item.tables:
        sheet.write_string(line, 0, book.say(table.title), book.style(font_size=11))
        line = write_headings(book, sheet, table, line + 1)
        line = _rows_and_notes(book, sheet, line, table) + 1
    return line + 1
