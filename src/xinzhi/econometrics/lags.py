"""Lags inside the entity, by the label of the period and never by the row above."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.errors import DataError, Problem, SpecError
from xinzhi.panel import transforms
from xinzhi.problems import require_columns
from xinzhi.wording import message


def lagged_name(name: str, steps: int) -> str:
    """Name the lag of a column as Stata does; a lag of 0 is the column itself.

    >>> lagged_name("talent", 1), lagged_name("talent", 0)
    ('L1.talent', 'talent')
    """
    return f"L{steps}.{name}" if steps else name


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


def gaps(frame: pd.DataFrame, steps: int) -> int:
    """Count rows without the row of `steps` periods earlier though their entity had begun by then.

    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("a", 4)], names=["entity", "period"])
    >>> gaps(pd.DataFrame(index=index), 1)
    1
    """
    entity, period = (frame.index.get_level_values(level) for level in (0, 1))
    earlier = pd.MultiIndex.from_arrays([entity, period - steps])
    first = period.to_series().groupby(np.asarray(entity)).transform("min").to_numpy()
    return int(
        np.sum(~earlier.isin(frame.index) & (np.asarray(earlier.get_level_values(1)) >= first))
    )


def _check(frame: pd.DataFrame, columns: tuple[str, ...], steps: int) -> None:
    require_columns(columns, frame.columns)
    if steps < 0:
        raise SpecError(
            Problem(
                "reg.lag",
                message("A lag of {lag} periods looks into the future.", lag=steps),
                remedy=message("use a lag of 0 or more."),
            )
        )
    if not np.issubdtype(frame.index.levels[1].dtype, np.integer):  # type: ignore[attr-defined]
        raise DataError(
            Problem(
                "lag.periods",
                message("Periods must be whole numbers to be lagged."),
                remedy=message("use years, or months numbered through, as the period."),
            )
        )
