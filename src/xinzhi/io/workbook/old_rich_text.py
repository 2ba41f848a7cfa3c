"""Superscript characters of old workbooks (xls): fonts, runs of shared texts, and the cells that show them.

A run is the place of a character and the number of a font. A shared text that does not fit its record goes
on in the next one; characters that go on begin there with the mark of their width again (MS-XLS 2.5.293).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise

from xinzhi.errors import DataError, Where
from xinzhi.io.workbook.archive import corrupt
from xinzhi.io.workbook.biff import (
    BOF,
    BOUND_SHEET,
    NUMBER,
    SMALL_NUMBER,
    SMALL_NUMBERS,
    STYLE,
    records_of,
    sheet_of,
    stream_of,
)
from xinzhi.io.workbook.rich_text import Raised, Run, text_of

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
