"""Frames as CSV text that a spreadsheet program reads as it is meant."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Beginnings of a text that a spreadsheet program would take for a formula."""
BLOCK = 50_000
"""Rows of a table that are turned into text at a time."""
WHOLE = 1e15
"""Whole numbers below this are written without a decimal point."""


def csv_text(frame: pd.DataFrame) -> str:
    r"""Write a frame as CSV text, index levels first; numbers keep all their digits.

    A missing number is an empty cell; an infinite one, as the open end of an interval, is `inf` or `-inf`, which
    pandas, R and DuckDB read as a number. `json_text` writes them as null, "inf" and "-inf".

    Text that a spreadsheet program would take for a formula gets a leading apostrophe.

    >>> csv_text(pd.DataFrame({"x": [0.1, None], "t": ["=1+1", "b"]}).set_index("t"))
    "t,x\r\n'=1+1,0.1\r\nb,\r\n"
    >>> csv_text(pd.DataFrame({"low": [float("-inf")], "high": [float("inf")]}))
    'low,high\r\n-inf,inf\r\n'
    """
    return "".join(csv_blocks(frame))


def csv_blocks(frame: pd.DataFrame) -> Iterator[str]:
    """Give the text of `csv_text` some rows at a time: cells and text of a large table take more room than it."""
    # By position: two columns may have one name. A level without a name counts rows.
    named = {i: name for i, name in enumerate(frame.index.names) if name is not None}
    levels = [frame.index.get_level_values(i) for i in named]
    columns = [frame.iloc[:, i] for i in range(frame.shape[1])]
    yield _lines([[safe_text(str(name)) for name in (*named.values(), *frame.columns)]])
    for start in range(0, len(frame), BLOCK):
        keys = [level[start : start + BLOCK].to_series() for level in levels]
        parts = (*keys, *(column.iloc[start : start + BLOCK] for column in columns))
        yield _lines(zip(*map(_cells, parts), strict=True))


def _lines(rows: Iterable[Iterable[object]]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue()


def safe_text(text: str) -> str:
    """Put an apostrophe before text that would be taken for a formula.

    >>> safe_text("-2+3"), safe_text("唐山")
    ("'-2+3", '唐山')
    """
    return f"'{text}" if text.startswith(RISKY) else text


def _cells(values: pd.Series) -> list[object]:
    """Write the cells of a column; numbers may stay numbers, which the writer gives with all digits."""
    if values.dtype == np.float64:
        numbers = values.to_numpy()
        cells = numbers.astype(object)
        is_whole = (np.trunc(numbers) == numbers) & (np.abs(numbers) < WHOLE)
        cells[is_whole] = numbers[is_whole].astype(np.int64)
        cells[np.isnan(numbers)] = ""
        return list(cells.tolist())
    if values.dtype == np.int64:
        return values.tolist()
    return [safe_text(cell) if isinstance(cell, str) else _cell(cell) for cell in values.tolist()]


def _cell(value: object) -> str:
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    if isinstance(value, (float, np.floating)):
        number = float(value)
        is_whole = number.is_integer() and abs(number) < WHOLE
        return "" if np.isnan(number) else str(int(number)) if is_whole else repr(number)
    return str(value)
