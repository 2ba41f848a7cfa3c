"""Dates as periods: years, quarters or months, whichever tells the rows of an entity apart."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xinzhi.errors import DataError, Where
from xinzhi.panel.calendar import FREQUENCIES, Calendar, Frequency
from xinzhi.problems import DUPLICATE_KEY
from xinzhi.wording import message


def is_dates(values: pd.Index[Any]) -> bool:
    """Whether values are dates or periods, and not numbers or text."""
    return values.dtype.kind == "M" or isinstance(
        values.dtype, (pd.PeriodDtype, pd.DatetimeTZDtype)
    )


def calendar_of(entities: pd.Index[Any], dates: pd.Index[Any], column: str) -> Calendar:
    """Find the longest period of which no entity has two rows.

    Raises
    ------
    DataError
        Dates have a time zone, or an entity has two rows in one month.

    Examples
    --------
    >>> days = pd.DatetimeIndex(["2008-06-30", "2009-06-30"])
    >>> calendar_of(pd.Index(["a", "a"]), days, "date").frequency
    'Y'
    """
    periods = periods_of(dates, column)
    # From years to the finest period that the dates have: the first without twins is the longest.
    finest = FREQUENCIES[: FREQUENCIES.index(_frequency(dates)) + 1]
    for frequency in finest:
        if not pd.MultiIndex.from_arrays([entities, periods.asfreq(frequency)]).has_duplicates:
            return Calendar(frequency)
    twice = pd.MultiIndex.from_arrays([entities, periods.asfreq(finest[-1])])
    entity, period = twice[twice.duplicated()][0]
    raise DataError.of(
        message("{entity} has more than one row in {period}.", entity=entity, period=str(period)),
        Where(column=column, entity=str(entity)),
        message("take the mean or the sum of each period first: years, quarters or months."),
        code=DUPLICATE_KEY,
    )


def periods_of(dates: pd.Index[Any], column: str) -> pd.PeriodIndex:
    """Read dates as periods."""
    if isinstance(dates.dtype, pd.DatetimeTZDtype):
        raise DataError.of(
            message("The dates have a time zone ({zone}).", zone=str(dates.dtype.tz)),
            Where(column=column),
            message("take it off: frame['{column}'].dt.tz_localize(None).", column=column),
            code="panel.time_zone",
        )
    return dates if isinstance(dates, pd.PeriodIndex) else pd.DatetimeIndex(dates).to_period("M")


def _frequency(dates: pd.Index[Any]) -> Frequency:
    """Find the finest period that dates can be told apart by."""
    if not isinstance(dates.dtype, pd.PeriodDtype):
        return "M"
    word = str(dates.dtype).removeprefix("period[")[0]
    return "Y" if word in "YA" else "Q" if word == "Q" else "M"
