"""The sheet of all entities' pages: an index with links, then page below page."""

from __future__ import annotations

from collections.abc import Iterator

from xlsxwriter.worksheet import Worksheet

from xinzhi.report.document import Document, Profile, Profiles
from xinzhi.report.xlsx_sheets import (
    CELL_WIDTH,
    LABEL_WIDTH,
    Book,
    write_headings,
    write_row,
)
from xinzhi.tables.table import Table
from xinzhi.wording import message

WIDEST = 10
"""Columns of the widest table of a page, its labels not counted."""


def profiles_of(document: Document) -> Iterator[Profiles]:
    """List the blocks of pages of a document."""
    blocks = (block for section in document.sections for block in section.blocks)
    return (block for block in blocks if isinstance(block, Profiles))


def write_profiles(book: Book, pages: Profiles, *, is_simulated: bool) -> None:
    """Write one sheet with all pages; each name in the index leads to its page."""
    sheet = book.sheet(pages.title)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, WIDEST, CELL_WIDTH)
    mark = book.say(message("(simulated data)")) if is_simulated else ""
    title = f"{book.say(pages.title)} {mark}".strip()
    sheet.write_string(0, 0, title, book.style(font_size=14))
    line = len(pages.items) + 3
    for at, item in enumerate(pages.items, 2):
        target = f"internal:'{sheet.get_name()}'!A{line + 1}"
        sheet.write_url(at, 0, target, book.style(font_color="#1F5A8C"), book.say(item.name))
        line = _page(book, sheet, line, item)


def _page(book: Book, sheet: Worksheet, line: int, item: Profile) -> int:
    """Write a page from a line on; return the line of the next one."""
    sheet.write_string(line, 0, book.say(item.name), book.style(font_size=13, bottom=1))
    for sentence in item.sentences:
        line += 1
        sheet.write_string(line, 0, book.say(sentence), book.style())
    line += 2
    for table in item.tables:
        line = _table(book, sheet, line, table) + 1
    return line + 1


def _table(book: Book, sheet: Worksheet, line: int, table: Table) -> int:
    sheet.write_string(line, 0, book.say(table.title), book.style(font_size=11))
    line = write_headings(book, sheet, table, line + 1)
    for at, row in enumerate(table.rows):
        write_row(book, sheet, line + at, row, is_last=at == len(table.rows) - 1)
    line += len(table.rows)
    for note in table.notes:
        sheet.write_string(line, 0, book.say(note), book.style(font_size=9))
        line += 1
    return line
