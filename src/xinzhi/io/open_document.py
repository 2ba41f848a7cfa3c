"""What an OpenDocument sheet hides or computes, which no cell value tells."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from pathlib import Path

from xinzhi.io.archive import LISTED, SheetMarks
from xinzhi.io.raw import letters

PART = re.compile(
    rb'<table:table\s[^>]*?table:name="(?P<table>[^"]*)"'
    rb"|<table:table-(?P<line>row|column)\b(?P<of_line>[^>]*)>"
    rb"|<table:(?:covered-)?table-cell\b(?P<cell>[^>]*)>"
)
REPEATED = re.compile(rb'-repeated="(\d+)"')
HIDDEN = re.compile(rb'table:visibility="(?:collapse|filter)"')


def inspect_open_document(path: Path) -> dict[str, SheetMarks]:
    """Find hidden rows and columns, formulas and cells with errors of each sheet."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml")
    found: dict[str, SheetMarks] = {}
    marks, row, column, cell, times = SheetMarks(), 0, 0, 0, 1
    for part in PART.finditer(content):
        attributes = part["of_line"] or part["cell"] or b""
        repeated = REPEATED.search(attributes)
        n = int(repeated.group(1)) if repeated else 1
        if part["table"] is not None:
            marks, row, column = SheetMarks(), 0, 0
            found[unescape(part["table"].decode())] = marks
        elif part["line"] == b"row":
            _hide(marks.hidden_rows, row, n, attributes)
            row, cell, times = row + n, 0, n
        elif part["line"] == b"column":
            _hide(marks.hidden_columns, column, n, attributes)
            column += n
        else:
            marks.formulas += b"table:formula=" in attributes
            if b'office:value-type="percentage"' in attributes:
                _percent(marks, range(cell + 1, cell + n + 1), range(row - times + 1, row + 1))
            if b'calcext:value-type="error"' in attributes:
                marks.error_cells[f"{letters(cell + 1)}{row}"] = "#?"
            cell += n
    return found


def _percent(marks: SheetMarks, columns: range, rows: range) -> None:
    places = marks.shown.setdefault("percent", {})
    for column in columns[: 1 + LISTED]:
        places.setdefault(column, []).extend(rows)


def _hide(hidden: list[int], before: int, n: int, attributes: bytes) -> None:
    if HIDDEN.search(attributes):
        hidden.extend(range(before + 1, before + 1 + min(n, LISTED)))
