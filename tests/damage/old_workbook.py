"""Old workbooks (BIFF 8 in an OLE container), as far as a table with raised and merged cells needs them."""

from __future__ import annotations

import struct

RAISED = 5
"""Number of the raised font in runs of texts; number 4 is never used."""
SECTOR, FREE, END, TABLE = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def old_workbook(rows, merged=(), raised=None, raised_style=()) -> bytes:
    """Write rows of texts and numbers as an xls; see `tables.Damaged`."""
    raised = raised or {}
    texts, cells = [], []
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            style = 1 if (r, c) in raised_style else 0
            if (r, c) in raised:
                bare = (
                    str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
                )
                texts.append(_text(bare + raised[r, c], len(bare)))
                cells.append(_record(0x00FD, struct.pack("<HHHI", r, c, style, len(texts) - 1)))
            elif isinstance(cell, str):
                texts.append(_text(cell))
                cells.append(_record(0x00FD, struct.pack("<HHHI", r, c, style, len(texts) - 1)))
            elif cell is not None:
                cells.append(_record(0x0203, struct.pack("<HHHd", r, c, style, cell)))
    spans = b"".join(
        struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in merged
    )
    width = max(map(len, rows))
    sheet = b"".join(
        [
            _begin(0x0010),
            _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0)),
            *cells,
            *([_record(0x00E5, struct.pack("<H", len(merged)) + spans)] if merged else []),
            _record(0x000A),
        ]
    )
    fonts = [0, 0, 0, 0, 1]  # escapement: the last one is raised, number 5 in runs
    head = [
        _begin(0x0005),
        *(_record(0x0031, _font(up)) for up in fonts),
        _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
        _record(0x00E0, struct.pack("<HHHBBBBIIH", RAISED, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
    ]
    shared = _shared(texts)
    name = "Sheet1"
    bound = 4 + 8 + len(name)
    offset = sum(map(len, head)) + bound + len(shared) + 4
    head.append(_record(0x0085, struct.pack("<IHBB", offset, 0, len(name), 0) + name.encode()))
    return _container(b"".join(head) + shared + _record(0x000A) + sheet)


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0x0006))


def _font(escapement: int) -> bytes:
    name = "Arial"
    head = struct.pack("<HHHHHBBBBBB", 200, 0, 0x7FFF, 400, escapement, 0, 0, 0, 0, len(name), 0)
    return head + name.encode()


def _text(text: str, raised_from: int | None = None) -> bytes:
    body = text.encode("utf-16-le")
    count = len(body) // 2
    if raised_from is None:
        return struct.pack("<HB", count, 1) + body
    runs = struct.pack("<HH", raised_from, RAISED)
    return struct.pack("<HBH", count, 9, 1) + body + runs


LARGEST = 8224


def _shared(texts: list[bytes]) -> bytes:
    """Write the shared texts; a record that is full goes on in the next one, between texts."""
    bodies = [struct.pack("<II", len(texts), len(texts))]
    for text in texts:
        if len(bodies[-1]) + len(text) > LARGEST:
            bodies.append(b"")
        bodies[-1] += text
    first, *others = bodies
    return b"".join([_record(0x00FC, first), *(_record(0x003C, body) for body in others)])


def _container(stream: bytes) -> bytes:
    """Put a stream into an OLE container; short streams are made as long as ordinary ones are."""
    stream = stream.ljust(4096, b"\0")
    n = -(-len(stream) // SECTOR)
    # The table of sectors, the directory, then the stream.
    table = [TABLE, END, *range(3, n + 2), END]
    assert len(table) <= SECTOR // 4
    table += [FREE] * (SECTOR // 4 - len(table))
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry("Workbook", 2, 2, len(stream))
    directory = directory.ljust(SECTOR, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0
    )
    head += struct.pack("<109I", 0, *[FREE] * 108)
    return (
        head + struct.pack(f"<{len(table)}I", *table) + directory + stream.ljust(n * SECTOR, b"\0")
    )


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    spelt = (name + "\0").encode("utf-16-le")
    head = spelt.ljust(64, b"\0") + struct.pack("<HBBIII", len(spelt), kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)
