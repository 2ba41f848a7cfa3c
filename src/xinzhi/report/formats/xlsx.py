"""Workbook of all tables: numbers as numbers, text as text, one sheet a table."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from xinzhi.report.document import Document
from xinzhi.report.format import FORMATS
from xinzhi.report.numbering import Numbered, numbered
from xinzhi.report.xlsx_profiles import profiles_of, write_profiles
from xinzhi.report.xlsx_sheets import (
    CELL_WIDTH,
    LABEL_WIDTH,
    Book,
    write_headings,
    write_row,
)
from xinzhi.tables.table import Table
from xinzhi.wording import Language, Wording, message, say

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
"""The same tables give the same file: no clock in it."""
TEXT_ONLY = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
A4 = 9


@FORMATS.add("xlsx")
def write_xlsx(
    document: Document, *, languages: Sequence[Language], decimals: int
) -> Mapping[str, bytes]:
    """Write tables.xlsx: a sheet of contents, then a sheet a table, language after language."""
    content = io.BytesIO()
    with Workbook(content, TEXT_ONLY) as workbook:
        workbook.set_properties({"title": say(document.title, languages[0]), "created": ALWAYS})
        tables = [
            one
            for _, blocks in numbered(document)
            for one in blocks
            if isinstance(one.block, Table)
        ]
        for language in languages:
            book = Book(workbook, language, decimals)
            _contents(book, document, tables)
            for one in tables:
                _sheet(book, one, document)
            for pages in profiles_of(document):
                write_profiles(book, pages, is_simulated=document.simulated)
    return {"tables.xlsx": content.getvalue()}


def _contents(book: Book, document: Document, tables: Sequence[Numbered]) -> None:
    sheet = book.sheet(message("Contents"))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 70)
    sheet.write_string(0, 0, _title(book, document.title, document), book.style(font_size=14))
    for line, one in enumerate(tables, 2):
        sheet.write_string(line, 0, book.say(one.caption), book.style())
        assert isinstance(one.block, Table)
        sheet.write_string(line, 1, book.say(one.block.title), book.style())


def _title(book: Book, title: Wording, document: Document) -> str:
    mark = book.say(message("(simulated data)")) if document.simulated else ""
    return f"{book.say(title)} {mark}".strip()


def _sheet(book: Book, one: Numbered, document: Document) -> None:
    table = one.block
    assert isinstance(table, Table)
    sheet = book.sheet(one.caption)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, len(table.columns), CELL_WIDTH)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    title = f"{book.say(one.caption)}  {_title(book, table.title, document)}"
    sheet.write_string(0, 0, title, book.style(font_size=11))
    line = write_headings(book, sheet, table)
    sheet.freeze_panes(line, 1)
    for at, row in enumerate(table.rows):
        write_row(book, sheet, line + at, row, is_last=at == len(table.rows) - 1)
    _below(book, sheet, line + len(table.rows), table)


def _below(book: Book, sheet: Worksheet, line: int, table: Table) -> None:
    """Write notes and reading under the table."""
    for note in table.notes:
        sheet.write_string(line, 0, book.say(note), book.style(font_size=9))
        line += 1
    for sentence in table.reading:
        line += 1
        sheet.write_string(line, 0, book.say(sentence), book.style())
