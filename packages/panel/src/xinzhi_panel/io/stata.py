"""Whether the parts of a Stata file lie where its map says: the format has no checksum.

The map of formats 117 to 119 (Stata 13 on) names the place of each part, and the header the number of
variables and rows. A damaged length or place shifts all values behind it; a damaged value is not found.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Final

from xinzhi_core.errors import DataError, Where
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import shown_name
from xinzhi_panel.io.workbook.archive import corrupt

HEADER = re.compile(
    rb"<stata_dta><header><release>(11[789])</release><byteorder>([LM]SF)</byteorder><K>(.{2,4})</K><N>(.{4,8})</N>",
    re.DOTALL,
)
PARTS: Final = (
    *(b"<stata_dta>", b"<map>", b"<variable_types>", b"<varnames>", b"<sortlist>", b"<formats>"),
    *(b"<value_label_names>", b"<variable_labels>", b"<characteristics>", b"<data>", b"<strls>"),
    *(b"<value_labels>", b"</stata_dta>"),
)
WIDTHS: Final = {32768: 8, 65526: 8, 65527: 4, 65528: 4, 65529: 2, 65530: 1}
"""Bytes of the types that are not text; a text has as many as its type says."""


def refuse_shifted(path: Path) -> None:
    """Refuse a Stata file whose parts do not lie where its map says, or whose rows have another length.

    Raises
    ------
    DataError
        `format.corrupt`.
    """
    data = path.read_bytes()
    head = HEADER.match(data)
    if head is None:  # an older format, without a map
        return
    order = "<" if head[2] == b"LSF" else ">"
    n_variables = int.from_bytes(head[3], "little" if order == "<" else "big")
    n_rows = int.from_bytes(head[4], "little" if order == "<" else "big")
    start = data.find(PARTS[1], head.end())
    places = _numbers(data, start + len(PARTS[1]), "Q", len(PARTS) + 1, order)
    is_whole = start >= 0 and len(places) == len(PARTS) + 1 and places[-1] == len(data)
    is_whole = is_whole and all(
        data.startswith(part, place) for part, place in zip(PARTS, places, strict=False)
    )
    if is_whole:
        types = _numbers(data, places[2] + len(PARTS[2]), "H", n_variables, order)
        width = sum(WIDTHS.get(kind, kind) for kind in types)
        end = places[9] + len(PARTS[9]) + n_rows * width
        is_whole = len(types) == n_variables and data.startswith(b"</data>", end)
    if not is_whole:
        raise DataError(corrupt(Where(file=shown_name(path)), message("its parts do not fit")))


def _numbers(data: bytes, start: int, kind: str, n: int, order: str) -> tuple[int, ...]:
    size = struct.calcsize(kind) * n
    return struct.unpack_from(f"{order}{n}{kind}", data, start) if start + size <= len(data) else ()
