"""Calendars of a panel: dates to the numbers of periods, and back to their names.

Numbers and names are those of `xinzhi_core.periods`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xinzhi_core.lazy import WhenUsed

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", "xinzhi-core[frames]")

from xinzhi_core.periods import PER_YEAR, Frequency, frequency_of, period_name

Numbers = npt.NDArray[np.int64]


def in_years(numbers: Sequence[int] | Numbers) -> npt.NDArray[np.float64]:
    """Give periods as years, quarters as fractions of them, so that they compare with years.

    >>> in_years([2008, 2009]).tolist(), in_years([8064, 8066]).tolist()
    ([2008.0, 2009.0], [2016.0, 2016.5])
    """
    values = np.asarray(numbers, dtype=np.float64)
    frequency = frequency_of(int(values[0])) if len(values) else "Y"
    return values / PER_YEAR[frequency]


@dataclass(frozen=True, slots=True)
class Calendar:
    """How periods are numbered."""

    frequency: Frequency = "Y"

    def number(self, dates: pd.PeriodIndex) -> Numbers:
        """Give dates their numbers.

        >>> Calendar("Q").number(pd.PeriodIndex(["1970Q1", "1971Q1"], freq="Q")).tolist()
        [7880, 7884]
        """
        whole = dates.asfreq(self.frequency)
        years = np.asarray(whole.year, dtype=np.int64)
        months = np.asarray(whole.month, dtype=np.int64) - 1
        per_year = PER_YEAR[self.frequency]
        return years * per_year + months * per_year // 12

    def label(self, number: int) -> int | pd.Period:
        """Name a number: the year itself, or the quarter or month."""
        if self.frequency == "Y":
            return number
        year, part = divmod(number, PER_YEAR[self.frequency])
        months = 12 // PER_YEAR[self.frequency]
        return pd.Period(year=year, month=1 + part * months, freq=self.frequency)

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Name the periods in the last level of an index."""
        if self.frequency == "Y":
            return frame
        level = frame.index.names[-1]
        names = {number: self.label(number) for number in frame.index.unique(level)}
        return frame.rename(index=names, level=level)


YEARS = Calendar()


def with_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Name quarters, for people, in the level or column of periods and in those from one to another.

    >>> frame = pd.DataFrame({"period": [8064, 8065], "x": [1.0, 2.0]})
    >>> with_names(frame)["period"].tolist(), with_names(frame.set_index("period")).index.tolist()
    (['2016Q1', '2016Q2'], ['2016Q1', '2016Q2'])
    """
    named = frame
    for name in OF_PERIODS:
        if name in named.columns and _are_quarters(named[name]):
            named = named.assign(**{name: list(map(period_name, named[name]))})
        if name in named.index.names and _are_quarters(level := named.index.unique(name)):
            named = named.rename(
                index=dict(zip(level, map(period_name, level), strict=True)), level=name
            )
    return named


OF_PERIODS = ("period", "from", "to")


def _are_quarters(values: pd.Series | pd.Index) -> bool:
    return (
        values.dtype.kind in "iu"
        and len(values) > 0
        and frequency_of(int(np.asarray(values)[0])) != "Y"
    )
