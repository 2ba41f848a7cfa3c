"""Large text files by column: a million rows without a million lists.

The bytes are looked at once: where lines end, where fields end, and where quotation marks open and close. A
file whose marks all open at the beginning of a field and close at its end is read by Arrow; lines that are
shorter than the longest are filled up for it, and keep their own lengths. Whatever is not as plain is left to
the reader of the standard library, row by row, which also words what is wrong.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import numpy.typing as npt

from xinzhi_panel.io.text.columns import ColumnRows, TextColumn, UnevenRows

LARGE = 4 << 20
"""Bytes from which on it is worth while."""
KEPT_BY_COLUMN = frozenset(",;\t|")
FILLED = 2
"""Times the cells of the file that rows of one length may have."""
NEWLINE, RETURN, QUOTE = 10, 13, 34
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """The rows of a text, by their places among its bytes."""

    ends: Places
    """Place behind the last character of each row, before its line end."""
    widths: Places
    """Fields of each row; a blank line has none."""
    has_breaks: bool
    """Whether a quoted field holds a line end."""


def read_columns(data: bytes, mark: str) -> ColumnRows | None:
    r"""Read UTF-8 text without a byte-order mark by column; None where it has to be read row by row.

    The cells are those of `csv.reader` with `strict` and `skipinitialspace`.

    Parameters
    ----------
    mark
        What separates the fields.
    """
    # A text in a formula, ="0012", is taken out cell by cell.
    if len(data) < LARGE or mark not in KEPT_BY_COLUMN or b'="' in data:
        return None
    lines = _find_lines(data, mark)
    width = int(lines.widths.max()) if lines is not None else 0
    if lines is None or width < 2:
        return None
    if width * len(lines.widths) > FILLED * int(lines.widths.sum()):
        return None
    is_even = bool((lines.widths == width).all())
    columns = _columns(
        data if is_even else _filled_up(data, lines, width, mark), mark, width, lines
    )
    if columns is None:
        return None
    return ColumnRows(columns) if is_even else UnevenRows(columns, lines.widths.astype(np.int32))


def _find_lines(data: bytes, mark: str) -> _Lines | None:
    """Find the rows of a text; None where a quotation mark or a line end is not where plain files have them."""
    codes = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(codes == NEWLINE)
    if not len(ends) or _has_lone_return(codes, ends):
        return None
    marks = np.flatnonzero(codes == ord(mark))
    has_breaks = False
    if b'"' in data:
        quotes = np.flatnonzero(codes == QUOTE)
        if not _are_plain(codes, quotes, ord(mark)):
            return None
        n_lines = len(ends)
        marks, ends = _outside(marks, quotes), _outside(ends, quotes)
        has_breaks = len(ends) < n_lines
    if not len(ends) or ends[-1] != len(codes) - 1:
        ends = np.append(ends, len(codes))
    starts = np.concatenate([[0], ends[:-1] + 1])
    has_return = (ends > starts) & (codes[np.maximum(ends - 1, 0)] == RETURN)
    stops = ends - has_return
    # A field that is too long is an error, which the other reader words.
    if int((stops - starts).max()) > csv.field_size_limit():
        return None
    widths = np.diff(np.searchsorted(marks, ends), prepend=0) + 1
    return _Lines(stops, np.where(stops > starts, widths, 0), has_breaks)


def _are_plain(codes: Bytes, quotes: Places, mark: int) -> bool:
    """Whether each quotation mark opens a field at its beginning, closes it at its end, or is doubled inside."""
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening > 0, codes[opening - 1], NEWLINE)
    after = (
        np.append(codes, NEWLINE)[closing + 1]
        if closing[-1] + 1 == len(codes)
        else codes[closing + 1]
    )
    # Of two neighbours the first closes and the second opens again: a doubled mark. Each carriage return has its
    # line feed behind it.
    opens = (before == mark) | (before == NEWLINE) | (before == QUOTE)
    closes = (after == mark) | (after == NEWLINE) | (after == RETURN) | (after == QUOTE)
    return bool(opens.all() and closes.all())


def _outside(places: Places, quotes: Places) -> Places:
    """Leave out the places between quotation marks that open and close."""
    first, last = np.searchsorted(places, quotes[::2]), np.searchsorted(places, quotes[1::2])
    holds = last > first
    if not holds.any():
        return places
    depth = np.zeros(len(places) + 1, dtype=np.int8)
    depth[first[holds]] += 1
    depth[last[holds]] -= 1
    return np.asarray(places[np.cumsum(depth[:-1], dtype=np.int8) == 0])


def _filled_up(data: bytes, lines: _Lines, width: int, mark: str) -> bytes:
    """Add the separators that short lines lack; a blank line has none of its fields."""
    short = np.flatnonzero(lines.widths < width)
    lacking = (width - np.maximum(lines.widths[short], 1)).tolist()
    parts, start = [], 0
    for stop, n in zip(lines.ends[short].tolist(), lacking, strict=True):
        parts += [data[start:stop], mark.encode() * n]
        start = stop
    return b"".join([*parts, data[start:]])


def _columns(data: bytes, mark: str, width: int, lines: _Lines) -> Sequence[TextColumn] | None:
    """Parse the text, and take the blanks off the beginnings of cells."""
    arrow, reader = import_module("pyarrow"), import_module("pyarrow.csv")
    separator, has_quotes = mark.encode(), b'"' in data
    has_blanks = any(_begins_a_cell(b" ", before, data) for before in (separator, b"\n"))
    if has_blanks and any(_begins_a_cell(b'" ', before, data) for before in (separator, b"\n")):
        return None  # a blank behind an opening mark belongs to the cell
    # Names of our own: those in the file may repeat, and are a row like any other.
    names = [str(i) for i in range(width)]
    table = reader.read_csv(
        arrow.BufferReader(data),
        read_options=reader.ReadOptions(column_names=names, use_threads=False),
        parse_options=reader.ParseOptions(
            delimiter=mark,
            quote_char='"' if has_quotes else False,
            double_quote=has_quotes,
            newlines_in_values=lines.has_breaks,
        ),
        convert_options=reader.ConvertOptions(
            column_types=dict.fromkeys(names, arrow.large_string()), strings_can_be_null=False
        ),
    )
    cells = [table.column(name) for name in names]
    if has_blanks:
        trim = import_module("pyarrow.compute").utf8_ltrim
        cells = [trim(column, characters=" ") for column in cells]
    return [TextColumn(column) for column in cells]


def _begins_a_cell(text: bytes, before: bytes, data: bytes) -> bool:
    return data.startswith(text) or before + text in data


def _has_lone_return(codes: Bytes, ends: Places) -> bool:
    """Whether a carriage return ends a line by itself, as old files do."""
    # Each carriage return before a line feed belongs to it.
    returns = int(np.count_nonzero(codes == RETURN))
    return returns > 0 and returns != int(
        np.count_nonzero(codes[np.maximum(ends - 1, 0)] == RETURN)
    )
