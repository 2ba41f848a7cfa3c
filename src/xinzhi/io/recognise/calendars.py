"""Periods of which each is looked at: years of another calendar among years, and years far from the others.

A year counts as one of the common era from 1500 to 2200. What stands beside such years and is none may be
counted in another calendar; the calendars by which it would fall among the others are named, none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from xinzhi.wording import Message, Wording, listed, message

IS_YEAR = re.compile(r"年|year|yr", re.IGNORECASE)
"""Headings below which years stand."""
Ints = npt.NDArray[np.int64]
FIRST, LAST = 1500, 2200
"""Years of the common era that a panel may be of."""
NUMBERED = 20
"""Periods from which a dense row of numbers is a count, even where it passes 1500: 1, 2, 3 … 2000."""
AROUND = 30
"""Years before and behind the others in which a year of another calendar is sought."""
FAR = 10
"""Years without any row beyond which a year is far from the others."""
FEW = 0.5
"""Share of the rows of a usual period up to which a far year is one of a few rows."""


@dataclass(frozen=True, slots=True)
class Count:
    """A way to count years."""

    name: Message
    add: int
    """Years to add to get the common era."""
    first: int
    last: int
    """Numbers that may be years of it."""


COUNTS: tuple[Count, ...] = (
    Count(message("two digits of 20xx"), 2000, 0, 49),
    Count(message("two digits of 19xx"), 1900, 50, 99),
    Count(message("the Republic, 民国"), 1911, 1, 150),
    Count(message("Reiwa, 令和"), 2018, 1, 12),
    Count(message("Heisei, 平成"), 1988, 1, 31),
    Count(message("the Buddhist era, 佛历"), -543, 2300, 2800),
    Count(message("the Persian calendar"), 621, 1300, 1450),
)
"""Calendars that tables of regions are written in."""


def this_year() -> int:
    """Year of today."""
    return datetime.now(tz=UTC).year


def are_numbered(distinct: Sequence[int]) -> bool:
    """Whether many periods stand so densely that they are a count and no years.

    >>> are_numbered(range(1, 2001)), are_numbered([105, 106, 2015])
    (True, False)
    """
    if len(distinct) < NUMBERED:
        return False
    step = int(np.diff(distinct).min())
    return 2 * len(distinct) > (distinct[-1] - distinct[0]) // step


def other_calendars(values: Ints) -> Mapping[int, Wording]:
    """Find what is not a year of the common era beside such years, each with what it may be.

    >>> {v: str(why) for v, why in other_calendars(np.array([2010, 2011, 101, 2555])).items()}
    {101: '2012 (the Republic, 民国)', 2555: '2012 (the Buddhist era, 佛历)'}
    >>> other_calendars(np.array([1, 2, 3])), other_calendars(np.array([2008, 2009]))
    ({}, {})
    """
    distinct = np.unique(values).tolist()
    years = [value for value in distinct if FIRST <= value <= LAST]
    if not years or len(years) == len(distinct) or are_numbered(distinct):
        return {}
    low, high = years[0] - AROUND, years[-1] + AROUND
    return {
        value: listed(
            [
                message("{year} ({calendar})", year=value + count.add, calendar=count.name)
                for count in COUNTS
                if count.first <= value <= count.last and low <= value + count.add <= high
            ]
        )
        for value in distinct
        if value not in years
    }


@dataclass(frozen=True, slots=True)
class FarYear:
    """A year far from all others."""

    value: int
    distance: int
    """Years between it and the nearest of the others."""
    first: int
    last: int
    """The others."""
    is_few: bool
    """Whether fewer rows are of it than of a usual year."""

    @property
    def is_future(self) -> bool:
        """Whether it has not begun."""
        return self.value > max(this_year(), self.last)


def far_years(values: Ints) -> tuple[FarYear, ...]:
    """Find single years that stand more than ten years before or behind all others.

    >>> [(far.value, far.distance) for far in far_years(np.array([2008, 2009, 2009, 2010, 2010, 2105]))]
    [(2105, 95)]
    >>> far_years(np.array([1990, 2000, 2010])), far_years(np.array([1, 2, 3, 40]))
    ((), ())
    """
    distinct, n_rows = np.unique(values, return_counts=True)
    if len(distinct) < 3 or distinct[0] < FIRST or distinct[-1] > LAST:
        return ()
    found = []
    for end, others in ((0, slice(1, None)), (-1, slice(None, -1))):
        rest = distinct[others]
        distance = int(np.abs(rest - distinct[end]).min())
        # A survey every twenty years is no slip: the others must lie closer together.
        if distance > max(FAR, 2 * int(np.diff(rest).max())):
            few = bool(n_rows[end] <= FEW * np.median(n_rows[others]))
            found.append(FarYear(int(distinct[end]), distance, int(rest[0]), int(rest[-1]), few))
    return tuple(found)
