"""Writers: a table as a file of each format, and the names of its columns there."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pyreadstat
import xlsxwriter

from damage.old_workbook import old_workbook
from damage.operators import plain
from damage.tables import HEAD, Damaged

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
IN_STATISTICS = ("city", "year", "pop", "gdp", "power")
"""Names of columns where letters are limited."""


def write(table: Damaged, reader: str, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """Write a table; give the file and the names of its columns."""
    path = folder / f"t.{reader}"
    names = IN_STATISTICS if reader in ("dta", "sav") else HEAD
    if reader == "csv":
        _text(table, path)
    elif reader == "xlsx":
        _workbook(table, path)
    elif reader == "xls":
        path.write_bytes(old_workbook(table.rows, table.merged, table.raised))
    else:
        _columns(table, reader, names, path)
    return path, names


def _text(table: Damaged, path: Path) -> None:
    rows = [["" if cell is None else plain(cell) for cell in row] for row in table.rows]
    for (row, column), mark in table.raised.items():
        rows[row][column] += mark.translate(RAISED)
    # A row that is one cell is one field, as where files are pasted together.
    rows = [row[:1] if row[0] and not any(row[1:]) else row for row in rows]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def _workbook(table: Damaged, path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        up, usual = book.add_format({"font_script": 1}), book.add_format()
        for number, row in enumerate(table.rows):
            for column, cell in enumerate(row):
                mark = table.raised.get((number, column))
                if mark:
                    sheet.write_rich_string(number, column, usual, plain(cell), up, mark)
                elif cell is not None:
                    sheet.write(number, column, cell)
        for top, left, bottom, right in table.merged:
            sheet.merge_range(top, left, bottom, right, "")
            sheet.write(top, left, table.rows[top][left])


def _columns(table: Damaged, reader: str, names: tuple[str, ...], path: Path) -> None:
    columns = {}
    for place, name in enumerate(names):
        cells = [row[place] if place < len(row) else None for row in table.rows[1:]]
        # A column has one type: with a word in it all of it is text.
        if any(isinstance(cell, str) for cell in cells):
            cells = ["" if cell is None else plain(cell) for cell in cells]
        columns[name] = cells
    frame = pd.DataFrame(columns)
    if reader == "parquet":
        frame.to_parquet(path)
    elif reader == "dta":
        pyreadstat.write_dta(frame, str(path))
    else:
        pyreadstat.write_sav(frame, str(path))
