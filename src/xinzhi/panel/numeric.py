"""Columns that should hold numbers and hold something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import NotNumeric, OutOfDomain, Problem, Where
from xinzhi.problems import NOT_NUMERIC
from xinzhi.wording import Message, message


def holds_numbers(column: pd.Series) -> bool:
    """Whether the type of a column is one of real numbers; categories are not, whatever they are called.

    >>> holds_numbers(pd.Series([1, None], dtype="Int64")), holds_numbers(pd.Series([1, 2], dtype="category"))
    (True, False)
    """
    return column.dtype.kind in "fiub"


def require_numbers(frame: Mapping[str, pd.Series] | pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse columns that do not hold finite numbers; empty cells are allowed.

    Raises
    ------
    NotNumeric, OutOfDomain
        `data.not_numeric`, `data.infinite`: once for each column.
    """
    columns = {name: frame[name] for name in names}
    texts = [
        not_numeric(name, column) for name, column in columns.items() if not holds_numbers(column)
    ]
    if texts:
        raise NotNumeric(texts)
    infinite_columns = [
        infinite(name, column)
        for name, column in columns.items()
        if np.isinf(column.to_numpy(dtype=np.float64, na_value=np.nan)).any()
    ]
    if infinite_columns:
        raise OutOfDomain(infinite_columns)


def not_numeric(name: str, series: pd.Series) -> Problem:
    """Say where a column, indexed (entity, period), holds something else than a number."""
    # A word is a better example than a number that is written as text.
    is_text = _is_text(series)
    place = int(np.argmax(is_text if is_text.any() else series.notna().to_numpy()))
    entity, period = series.index[place]
    return Problem(
        NOT_NUMERIC,
        message(
            "Column '{name}' holds '{value}', not a number.", name=name, value=series.iloc[place]
        ),
        Where(column=name, entity=str(entity), period=str(period)),
        message("use a column of numbers; a group can be an effect.")
        if is_text.any()
        else remedy_of_text(name, series),
    )


def infinite(name: str, series: pd.Series) -> Problem:
    """Say where a column, indexed (entity, period), holds an infinite value."""
    place = int(np.argmax(np.isinf(series.to_numpy(dtype=np.float64, na_value=np.nan))))
    entity, period = series.index[place]
    text = message("Column '{name}' holds an infinite value.", name=name)
    remedy = message("check for a division by zero or the logarithm of zero.")
    return Problem(
        "data.infinite", text, Where(column=name, entity=str(entity), period=str(period)), remedy
    )


def remedy_of_text(name: str, column: pd.Series) -> Message:
    """Say what to do with a column that holds no numbers; cells of text may be numbers."""
    if not _is_text(column).any() and column.dtype.kind != "M":
        return message(
            "convert it: frame['{name}'] = pandas.to_numeric(frame['{name}']).", name=name
        )
    return message("name a column of numbers, or correct the cells.")


def _is_text(column: pd.Series) -> npt.NDArray[np.bool_]:
    """Find the cells that are neither empty nor numbers written as text."""
    if column.dtype.kind in "mMc":
        return column.notna().to_numpy()
    numbers = pd.to_numeric(column.astype(object), errors="coerce")
    return (numbers.isna() & column.notna()).to_numpy()
