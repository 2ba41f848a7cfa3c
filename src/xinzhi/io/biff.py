"""Looking into old workbooks (xls): errors, formulas, hidden rows and columns.

The library that reads the cells gives empty ones for errors; here they are found.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from xinzhi.errors import Where
from xinzhi.io.archive import SheetMarks
from xinzhi.io.ole import stream_of
from xinzhi.io.raw import letters

BOUND_SHEET, BOF, EOF = 0x0085, 0x0809, 0x000A
FORMULA, BOOL_OR_ERROR, ROW, COLUMNS = 0x0006, 0x0205, 0x0208, 0x007D
ERRORS: Mapping[int, str] = MappingProxyType(
    {
        0x00: "#NULL!",
        0x07: "#DIV/0!",
        0x0F: "#VALUE!",
        0x17: "#REF!",
        0x1D: "#NAME?",
        0x24: "#NUM!",
        0x2A: "#N/A",
    }
)


def inspect_old(data: bytes, where: Where) -> dict[str, SheetMarks]:
    """Find what stands in the records of each sheet and in no cell value.

    Raises
    ------
    DataError
        `format.corrupt`.
    """
    stream = stream_of(data, ("Workbook", "Book"), where)
    if stream is None:
        return {}
    sheets = [_sheet(body) for kind, body in _records(stream, 0) if kind == BOUND_SHEET]
    return {name: _marks(stream, start) for name, start in sheets if start < len(stream)}


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Give the records of one part of the stream, to its end."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, stream[start + 4 : start + 4 + length]
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 0:
            return
        start += 4 + length


def _sheet(body: bytes) -> tuple[str, int]:
    """Name of a sheet and the place of its part."""
    if len(body) < 8:
        return "", 1 << 32
    start, count, wide = struct.unpack_from("<I2xBB", body)
    name = body[8 : 8 + count * (1 + (wide & 1))]
    return name.decode("utf-16-le" if wide & 1 else "latin-1", "replace"), start


def _marks(stream: bytes, start: int) -> SheetMarks:
    marks = SheetMarks()
    for kind, body in _records(stream, start):
        if kind in {FORMULA, BOOL_OR_ERROR} and len(body) >= 8:
            _cell(kind, body, marks)
        elif kind == ROW and len(body) >= 16 and body[12] & 0x20:
            marks.hidden_rows.append(struct.unpack_from("<H", body)[0] + 1)
        elif kind == COLUMNS and len(body) >= 10 and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            marks.hidden_columns += list(range(first + 1, min(last, first + 255) + 2))
    return marks


def _cell(kind: int, body: bytes, marks: SheetMarks) -> None:
    row, column = struct.unpack_from("<HH", body)
    code = None
    if kind == FORMULA:
        marks.formulas += 1
        if len(body) >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff":
            code = body[8]
    elif body[7] == 1:
        code = body[6]
    if code is not None:
        marks.error_cells[f"{letters(column + 1)}{row + 1}"] = ERRORS.get(code, "#ERR")
