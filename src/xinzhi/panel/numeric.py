"""Columns that should hold numbers and hold something else."""

from __future__ import annotations

import pandas as pd

from xinzhi.wording import Message, message


def remedy_of_text(name: str, column: pd.Series) -> Message:
    """Say what to do with a column that holds no numbers; cells of text may be numbers."""
    is_numbers = bool(pd.to_numeric(column, errors="coerce").notna().eq(column.notna()).all())
    if is_numbers and column.dtype.kind != "M":
        return message(
            "convert it: frame['{name}'] = pandas.to_numeric(frame['{name}']).", name=name
        )
    return message("name a column of numbers, or correct the cells.")
