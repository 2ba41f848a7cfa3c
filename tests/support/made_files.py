"""Hostile and odd files made from one small table, and the table itself."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pandas as pd

from xinzhi_panel.io.raw import NOTHING_STATED, ReadOptions
from xinzhi_panel.io.read import ReadResult, read_panel

HEADER = ["城市", "年份", "人口", "产值"]
ROWS = [
    ["唐山", "2008", "729.5", "3561.25"],
    ["唐山", "2009", "731.0", "3781.5"],
    ["唐山", "2010", "735.25", "4469.0"],
    ["大同", "2008", "316.5", "569.75"],
    ["大同", "2009", "318.25", "596.5"],
    ["大同", "2010", "331.75", "694.25"],
]
KEYS = {"entity": "城市", "period": "年份"}


def truth() -> pd.DataFrame:
    """Give the table as a frame of a panel."""
    index = pd.MultiIndex.from_tuples(
        [(row[0], int(row[1])) for row in ROWS], names=["entity", "period"]
    )
    values = [[float(cell) for cell in row[2:]] for row in ROWS]
    return pd.DataFrame(values, index=index, columns=HEADER[2:]).sort_index()


def changed(row: int, column: int, cell: str) -> list[list[str]]:
    """Give the table with one cell changed; row 2 is the first row of data."""
    lines = [HEADER[:], *[line[:] for line in ROWS]]
    lines[row - 1][column] = cell
    return lines


def lines_of(each: Callable[[list[str]], list[str]]) -> list[list[str]]:
    """Give the table with each row of data changed."""
    return [HEADER[:], *[each(line[:]) for line in ROWS]]


def text_of(
    lines: Sequence[Sequence[str]] | None = None, *, mark: str = ",", end: str = "\n"
) -> str:
    """Lines as delimited text."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=mark, lineterminator=end).writerows(lines or [HEADER, *ROWS])
    return stream.getvalue()


def read_bytes(
    folder: Path, data: bytes, *, name: str = "data.csv", reading: ReadOptions = NOTHING_STATED
) -> ReadResult:
    """Write a file and read it as a panel."""
    path = folder / name
    path.write_bytes(data)
    return read_panel(path, **KEYS, reading=reading)


def read_lines(folder: Path, lines: Sequence[Sequence[str]]) -> ReadResult:
    """Write lines as CSV and read them as a panel."""
    return read_bytes(folder, text_of(lines).encode())


def is_truth(result: ReadResult) -> bool:
    """Whether a result holds the table exactly."""
    frame = result.panel.frame
    expected = truth()
    return bool(
        list(frame.index) == list(expected.index)
        and all((frame[column] == expected[column]).all() for column in expected)
    )


def workbook(
    folder: Path, build: Callable[[openpyxl.Workbook], None], name: str = "b.xlsx"
) -> Path:
    """Write a workbook; `build` gets it with the table in the sheet 数据."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "数据"
    sheet.append(HEADER)
    for row in ROWS:
        sheet.append([row[0], int(row[1]), float(row[2]), float(row[3])])
    build(book)
    book.save(folder / name)
    return folder / name


def replaced(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Rewrite one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path
