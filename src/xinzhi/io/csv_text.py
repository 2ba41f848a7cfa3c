"""Frames as CSV text that a spreadsheet program reads as it is meant."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Beginnings of a text that a spreadsheet program would take for a formula."""


def csv_text(frame: pd.DataFrame) -> str:
    r"""Write a frame as CSV text, index levels first; numbers keep all their digits.

    Text that a spreadsheet program would take for a formula gets a leading apostrophe.

    >>> csv_text(pd.DataFrame({"x": [0.1, None], "t": ["=1+1", "b"]}).set_index("t"))
    "t,x\r\n'=1+1,0.1\r\nb,\r\n"
    """
    named = [name for name in frame.index.names if name is not None]
    table = frame.reset_index(level=named, allow_duplicates=True) if named else frame
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([safe_text(str(name)) for name in table.columns])
    columns = [list(map(_cell, table.iloc[:, i].tolist())) for i in range(table.shape[1])]
    writer.writerows(zip(*columns, strict=True))
    return stream.getvalue()


def safe_text(text: str) -> str:
    """Put an apostrophe before text that would be taken for a formula.

    >>> safe_text("-2+3"), safe_text("唐山")
    ("'-2+3", '唐山')
    """
    return f"'{text}" if text.startswith(RISKY) else text


def _cell(value: object) -> str:
    if isinstance(value, str):
        return safe_text(value)
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value)).lower()
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else _digits(float(value))
    return str(value)


def _digits(value: float) -> str:
    whole = value.is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(value)
