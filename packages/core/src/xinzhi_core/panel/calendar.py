"""How periods are numbered: years, quarters, months.

Methods count periods by whole numbers of which neighbours differ by 1. A year is its own number; a
quarter and a month have the ordinal number of `pandas.Period`, and results name them as periods again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from xinzhi_core.lazy import WhenUsed

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", "xinzhi-core[frames]")

Frequency = Literal["Y", "Q", "M"]
FREQUENCIES: tuple[Frequency, ...] = ("Y", "Q", "M")
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Calendar:
    """How periods are numbered."""

    frequency: Frequency = "Y"

    def number(self, dates: pd.PeriodIndex) -> Numbers:
        """Give dates their numbers.

        >>> Calendar("Q").number(pd.PeriodIndex(["1970Q1", "1971Q1"], freq="Q")).tolist()
        [0, 4]
        """
        whole = dates.asfreq(self.frequency)
        return np.asarray(whole.year if self.frequency == "Y" else whole.asi8, dtype=np.int64)

    def label(self, number: int) -> int | pd.Period:
        """Name a number: the year itself, or the quarter or month."""
        if self.frequency == "Y":
            return number
        return pd.Period(ordinal=number, freq=self.frequency)

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Name the periods in the last level of an index."""
        if self.frequency == "Y":
            return frame
        level = frame.index.names[-1]
        names = {number: self.label(number) for number in frame.index.unique(level)}
        return frame.rename(index=names, level=level)


YEARS = Calendar()
