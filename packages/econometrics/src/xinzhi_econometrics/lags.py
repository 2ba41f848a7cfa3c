"""Lags of columns within the entity.

A lag is found by the label of the period and never by the row above, so that a gap gives an empty cell.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi_core.errors import DataError, Problem, SpecError
from xinzhi_core.panel import transforms
from xinzhi_core.problems import require_columns
from xinzhi_core.wording import message


def lag(frame: pd.DataFrame, columns: tuple[str, ...], steps: int) -> pd.DataFrame:
    """Take each entity's value of `steps` periods earlier; empty where that period has no row.

    Parameters
    ----------
    frame
        Indexed (entity, period), periods whole numbers.
    columns
        Columns to lag; the result has the same names and index.
    steps
        Periods, as counted by their numbers: a gap in the years is a gap in the lag.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("a", 4)], names=["entity", "period"])
    >>> lag(pd.DataFrame({"x": [1.0, 2.0, 4.0]}, index=index), ("x",), 1)["x"].tolist()
    [nan, 1.0, nan]
    """
    _check(frame, columns, steps)
    lagged = {
        name: transforms.lag(frame.index, frame[name].to_numpy(dtype=np.float64), steps)
        for name in columns
    }
    return pd.DataFrame(lagged, index=frame.index)


def _check(frame: pd.DataFrame, columns: tuple[str, ...], steps: int) -> None:
    require_columns(columns, frame.columns)
    if steps < 0:
        what = message("A lag of {lag} periods looks into the future.", lag=steps)
        raise SpecError(Problem("reg.lag", what, remedy=message("use a lag of 0 or more.")))
    if not np.issubdtype(frame.index.levels[1].dtype, np.integer):  # type: ignore[attr-defined]
        text = message("Periods must be whole numbers to be lagged.")
        remedy = message("use years, or months numbered through, as the period.")
        raise DataError(Problem("lag.periods", text, remedy=remedy))
