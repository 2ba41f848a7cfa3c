"""Workbooks of Excel 97 (.xls, .et), written by hand: a compound file around BIFF8 records of cells."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SMALL = 4096
"""Streams of this size and more lie in whole sectors."""


def write_xls(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> None:
    """Write sheets of numbers and texts."""
    path.write_bytes(_compound(_book(sheets)))


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _book(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Write the stream of the workbook: the list of its sheets, then each with its cells."""
    parts = [_sheet(rows) for rows in sheets.values()]
    bof = _record(0x809, struct.pack("<HHHHII", 0x600, 0x5, 0x0DBB, 0x07CC, 0, 6))
    codepage = _record(0x42, struct.pack("<H", 1200))

    def listed(offsets: Sequence[int]) -> bytes:
        return b"".join(
            _record(
                0x85,
                struct.pack("<IBBBB", offset, 0, 0, len(name), 1) + name.encode("utf-16-le"),
            )
            for name, offset in zip(sheets, offsets, strict=True)
        )

    size = len(bof + codepage + listed([0] * len(parts)) + _record(0x0A))
    offsets = [size + sum(map(len, parts[:i])) for i in range(len(parts))]
    return bof + codepage + listed(offsets) + _record(0x0A) + b"".join(parts)


def _sheet(rows: Sequence[Sequence[object]]) -> bytes:
    out = [_record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6))]
    width = max(map(len, rows), default=0)
    out.append(_record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0)))
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if isinstance(cell, (int, float)):
                out.append(_record(0x203, struct.pack("<HHHd", i, j, 0, float(cell))))
            elif cell not in (None, ""):
                text = str(cell).encode("utf-16-le")
                out.append(_record(0x204, struct.pack("<HHHHB", i, j, 0, len(text) // 2, 1) + text))
    return b"".join([*out, _record(0x0A)])


def _compound(stream: bytes) -> bytes:
    """Put one stream, called Workbook, into a compound file."""
    stream = stream.ljust(SMALL, b"\0")
    n = -(-len(stream) // SECTOR)
    n_fat = 1
    while n_fat * SECTOR // 4 < n + n_fat + 1:
        n_fat += 1
    # The sectors: the table of sectors, the directory, the stream.
    first = n_fat + 1
    chain = [FAT] * n_fat + [END] + [first + i + 1 for i in range(n - 1)] + [END]
    chain += [FREE] * (n_fat * SECTOR // 4 - len(chain))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, n_fat, n_fat, 0, SMALL, END, 0, END, 0)
    header += struct.pack("<109I", *range(n_fat), *[FREE] * (109 - n_fat))
    directory = _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, first, len(stream))
    return (
        header
        + struct.pack(f"<{len(chain)}I", *chain)
        + directory.ljust(SECTOR, b"\0")
        + stream.ljust(n * SECTOR, b"\0")
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
