"""The container of old Office files: which streams it holds, and their bytes."""

from __future__ import annotations

import struct

from xinzhi.errors import DataError, Where
from xinzhi.io.archive import corrupt

END = 0xFFFFFFFA
"""Numbers from here on are no sectors."""


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
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
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
        if len(parts) > len(table):
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
