"""Old workbooks (xls): errors, formulas, hidden rows and columns.

The library that reads the cells gives empty ones for errors; here they are found in the records of
the BIFF stream, which lies in an OLE container.

Superscript characters of old workbooks (xls): fonts, runs of shared texts, and the cells that show them.

A run is the place of a character and the number of a font. A shared text that does not fit its record goes
on in the next one; characters that go on begin there with the mark of their width again (MS-XLS 2.5.293).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from xinzhi_core.errors import DataError, Where
from xinzhi_panel.io.raw import letters
from xinzhi_panel.io.workbook.archive import SheetMarks, corrupt
from xinzhi_panel.io.workbook.formats import Shown, shown_styles
from xinzhi_panel.io.workbook.rich_text import Raised, Run, text_of

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
    sheets = [sheet_of(body) for kind, body in records_of(stream, 0) if kind == BOUND_SHEET]
    styles = _styles(stream)
    return {name: _marks(stream, start, styles) for name, start in sheets if start < len(stream)}


def _styles(stream: bytes) -> dict[int, Shown]:
    """Styles whose format shows another number than the stored one."""
    formats: dict[int, str] = {}
    used: list[int] = []
    for kind, body in records_of(stream, 0):
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


def records_of(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Give the records of one part of the stream, to its end."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, stream[start + 4 : start + 4 + length]
        # A chart inside a sheet has a beginning and an end of its own.
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 0:
            return
        start += 4 + length


def sheet_of(body: bytes) -> tuple[str, int]:
    """Name of a sheet and the place of its part."""
    if len(body) < 8:
        return "", 1 << 32
    start, count, wide = struct.unpack_from("<I2xBB", body)
    name = body[8 : 8 + count * (1 + (wide & 1))]
    return name.decode("utf-16-le" if wide & 1 else "latin-1", "replace"), start


def _marks(stream: bytes, start: int, styles: Mapping[int, Shown]) -> SheetMarks:
    marks = SheetMarks()
    for kind, body in records_of(stream, start):
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
        # A style of two bytes before each number of four; the last column ends the record.
        used = [struct.unpack_from("<H", body, i)[0] for i in range(4, len(body) - 6, 6)]
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


END = 0xFFFFFFFA
"""Numbers from here on are not sectors."""


def stream_of(data: bytes, names: tuple[str, ...], where: Where) -> bytes | None:
    """Read the first stream with one of the names; None where there is none.

    Raises
    ------
    DataError
        `format.corrupt`: the chains of sectors do not hold together.
    """
    try:
        return _stream(data, names)
    except (struct.error, IndexError, ValueError) as error:
        raise DataError(corrupt(where, str(error))) from error


def _stream(data: bytes, names: tuple[str, ...]) -> bytes | None:
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    first_directory, least = struct.unpack_from("<I4xI", data, 48)
    if size not in {512, 4096}:
        msg = "sector size"
        raise ValueError(msg)
    table = _table(data, size)
    directory = _chain(data, first_directory, table, size)
    entries = [directory[i : i + 128] for i in range(0, len(directory) - 127, 128)]
    for entry in entries:
        length = struct.unpack_from("<H", entry, 64)[0]
        name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
        start, n = struct.unpack_from("<II", entry, 116)
        if name in names and n >= least:
            return _chain(data, start, table, size)[:n]
        if name in names:
            return _small(data, entries[0], start, table, size)[:n]
    return None


def _table(data: bytes, size: int) -> list[int]:
    """Read the table of sectors: the next sector of each."""
    places = list(struct.unpack_from("<109I", data, 76))
    more = struct.unpack_from("<I", data, 68)[0]
    seen = 0
    while more < END and seen <= len(data) // size:
        part = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        places += part[:-1]
        more, seen = part[-1], seen + 1
    table: list[int] = []
    for place in places:
        if place < END:
            table += struct.unpack_from(f"<{size // 4}I", data, (place + 1) * size)
    return table


def _chain(data: bytes, start: int, table: list[int], size: int) -> bytes:
    parts: list[bytes] = []
    sector = start
    while sector < END:
        if len(parts) > len(table):  # a hostile chain goes round in a circle
            msg = "a chain of sectors does not end"
            raise ValueError(msg)
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
    return b"".join(parts)


def _small(data: bytes, root: bytes, start: int, table: list[int], size: int) -> bytes:
    """Read a short stream, which lies in sectors of 64 bytes of its own."""
    whole = _chain(data, struct.unpack_from("<I", root, 116)[0], table, size)
    first = struct.unpack_from("<I", data, 60)[0]
    flat = _chain(data, first, table, size)
    short = list(struct.unpack_from(f"<{len(flat) // 4}I", flat))
    parts: list[bytes] = []
    while start < END and len(parts) <= len(short):
        parts.append(whole[start * 64 : start * 64 + 64])
        start = short[start]
    return b"".join(parts)


FONT, SHARED, CONTINUED, LABEL = 0x0031, 0x00FC, 0x003C, 0x00FD
UNICODE = 0x0600
"""Version from which on texts are shared."""
UNUSED = 4
"""Number that no font has."""


def raised_of_old(data: bytes, where: Where) -> dict[str, Raised]:
    """Find the cells with superscript characters of each sheet.

    Raises
    ------
    DataError
        `format.corrupt`.
    """
    stream = stream_of(data, ("Workbook", "Book"), where)
    if stream is None:
        return {}
    records = list(records_of(stream, 0))
    fonts = [
        len(body) >= 10 and struct.unpack_from("<H", body, 8)[0] == 1
        for kind, body in records
        if kind == FONT
    ]
    begin = next((body for kind, body in records if kind == BOF), b"")
    if not any(fonts) or len(begin) < 2 or struct.unpack_from("<H", begin)[0] != UNICODE:
        return {}
    try:
        texts = _raised_texts(records, fonts)
    except (struct.error, IndexError, ValueError) as error:
        raise DataError(corrupt(where, str(error))) from error
    used = [
        struct.unpack_from("<H", body)[0] for k, body in records if k == STYLE and len(body) >= 2
    ]
    styles = frozenset(i for i, font in enumerate(used) if _is_raised(font, fonts))
    sheets = [sheet_of(body) for kind, body in records if kind == BOUND_SHEET]
    found = {
        name: _cells(stream, start, texts, styles) for name, start in sheets if start < len(stream)
    }
    return {name: raised for name, raised in found.items() if raised.texts or raised.whole}


def _is_raised(font: int, fonts: Sequence[bool]) -> bool:
    place = font - (font > UNUSED)
    return place < len(fonts) and fonts[place]


def _raised_texts(records: Sequence[tuple[int, bytes]], fonts: Sequence[bool]) -> dict[int, str]:
    """Shared texts that hold superscript characters, by their numbers."""
    places = [i for i, (kind, _) in enumerate(records) if kind == SHARED]
    if not places:
        return {}
    parts = [records[places[0]][1]]
    for kind, body in records[places[0] + 1 :]:
        if kind != CONTINUED:
            break
        parts.append(body)
    reader = _RecordReader(parts)
    n = struct.unpack("<II", reader.take(8))[1]
    texts = {}
    for number in range(n):
        runs = list(_runs(reader, fonts))
        if any(raised for _, raised in runs):
            texts[number] = text_of(runs)
    return texts


def _runs(reader: _RecordReader, fonts: Sequence[bool]) -> Iterator[Run]:
    """Read one shared text as runs."""
    count, flags = struct.unpack("<HB", reader.take(3))
    n_runs = struct.unpack("<H", reader.take(2))[0] if flags & 8 else 0
    n_more = struct.unpack("<I", reader.take(4))[0] if flags & 4 else 0
    text = reader.characters(count, wide=bool(flags & 1))
    changes = [struct.unpack("<HH", reader.take(4)) for _ in range(n_runs)]
    reader.take(n_more)
    ends = [0, *(place for place, _ in changes), len(text)]
    raised = [False, *(_is_raised(font, fonts) for _, font in changes)]
    for (start, end), is_raised in zip(pairwise(ends), raised, strict=True):
        yield text[start:end], is_raised


class _RecordReader:
    """Reads bytes that go on from record to record."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self.parts, self.part, self.place = parts, 0, 0

    def take(self, n: int) -> bytes:
        """Take bytes, wherever a record ends."""
        taken = b""
        while len(taken) < n:
            some = self.parts[self.part][self.place : self.place + n - len(taken)]
            taken += some
            self.place += len(some)
            if len(taken) < n:
                self.part, self.place = self.part + 1, 0
        return taken

    def characters(self, count: int, *, wide: bool) -> str:
        """Take characters: behind the end of a record stands their width anew."""
        text = ""
        while len(text) < count:
            if self.place >= len(self.parts[self.part]):
                self.part, self.place = self.part + 1, 1
                wide = bool(self.parts[self.part][0] & 1)
            size = 1 + wide
            rest = len(self.parts[self.part]) - self.place
            some = self.take(min(count - len(text), max(rest // size, 1)) * size)
            text += some.decode("utf-16-le" if wide else "latin-1", "surrogatepass")
        return text


def _cells(stream: bytes, start: int, texts: dict[int, str], styles: frozenset[int]) -> Raised:
    """Find the cells of a sheet that show such a text, or whose style is raised."""
    raised = Raised()
    for kind, body in records_of(stream, start):
        if kind == LABEL and len(body) >= 10:
            row, column, style, number = struct.unpack_from("<HHHI", body)
            place = row + 1, column + 1
            if number in texts:
                raised.texts[place] = texts[number]
            elif style in styles:
                raised.whole.add(place)
        elif kind in {NUMBER, SMALL_NUMBER} and len(body) >= 6:
            row, column, style = struct.unpack_from("<HHH", body)
            if style in styles:
                raised.whole.add((row + 1, column + 1))
        elif kind == SMALL_NUMBERS and len(body) >= 6:
            row, first = struct.unpack_from("<HH", body)
            for column, i in enumerate(range(4, len(body) - 6, 6), start=first + 1):
                if struct.unpack_from("<H", body, i)[0] in styles:
                    raised.whole.add((row + 1, column))
    return raised
