"""Looking into old workbooks (xls): errors, formulas, hidden rows and columns.

The library that reads the cells gives empty ones for errors; here they are found.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from xinzhi.errors import Where
from xinzhi.io.archive import SheetMarks
from xinzhi.io.formats import Shown, shown_styles
from xinzhi.io.ole import stream_of
from xinzhi.io.raw import letters

BOUND_SHEET, BOF, EOF = 0x0085, 0x0809, 0x000A
FORMAT, STYLE = 0x041E, 0x00E0
FORMULA, BOOL_OR_ERROR, ROW, COLUMNS = 0x0006, 0x0205, 0x0208, 0x007D
NUMBER, SMALL_NUMBER, SMALL_NUMBERS = 0x0203, 0x027E, 0x00BD
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
    styles = _styles(stream)
    return {name: _marks(stream, start, styles) for name, start in sheets if start < len(stream)}


def _styles(stream: bytes) -> dict[int, Shown]:
    """Styles whose format shows another number than the stored one."""
    formats: dict[int, str] = {}
    used: list[int] = []
    for kind, body in _records(stream, 0):
        if kind == FORMAT and len(body) >= 5:
            formats[struct.unpack_from("<H", body)[0]] = _format(body)
        elif kind == STYLE and len(body) >= 4:
            used.append(struct.unpack_from("<H", body, 2)[0])
    return shown_styles(formats, used)


def _format(body: bytes) -> str:
    """Spell a format; before 1997 its length took one byte and there was no mark of the width."""
    count, wide = struct.unpack_from("<HB", body, 2)
    if wide & 1 and len(body) == 5 + 2 * count:
        return body[5:].decode("utf-16-le", "replace")
    start = 5 if len(body) == 5 + count else 3
    return body[start:].decode("latin-1")


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


def _marks(stream: bytes, start: int, styles: Mapping[int, Shown]) -> SheetMarks:
    marks = SheetMarks()
    for kind, body in _records(stream, start):
        if styles:
            _shown(kind, body, styles, marks)
        if kind in {FORMULA, BOOL_OR_ERROR} and len(body) >= 8:
            _cell(kind, body, marks)
        elif kind == ROW and len(body) >= 16 and body[12] & 0x20:
            marks.hidden_rows.append(struct.unpack_from("<H", body)[0] + 1)
        elif kind == COLUMNS and len(body) >= 10 and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            marks.hidden_columns += list(range(first + 1, min(last, first + 255) + 2))
    return marks


def _shown(kind: int, body: bytes, styles: Mapping[int, Shown], marks: SheetMarks) -> None:
    """Note cells whose format shows another number than the stored one."""
    if kind in {NUMBER, SMALL_NUMBER, FORMULA} and len(body) >= 6:
        row, first, *used = struct.unpack_from("<HHH", body)
    elif kind == SMALL_NUMBERS and len(body) >= 6:
        row, first = struct.unpack_from("<HH", body)
        used = [struct.unpack_from("<H", body, at)[0] for at in range(4, len(body) - 6, 6)]
    else:
        return
    for column, style in enumerate(used, start=first + 1):
        if (how := styles.get(style)) is not None:
            marks.shown.setdefault(how, {}).setdefault(column, []).append(row + 1)


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
