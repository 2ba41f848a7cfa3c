"""How periods are numbered: years, quarters, months.

Methods count periods by whole numbers of which neighbours differ by 1. A year is its own number; a
quarter is 4 × year + quarter − 1 and a month 12 × year + month − 1. Years of the common era from 1500
to 2200 give quarters 6000 to 8803 and months 18000 to 26411, so that a number alone says what it is,
and whatever speaks of a period calls it by `period_name`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Frequency = Literal["Y", "Q", "M"]
FREQUENCIES: tuple[Frequency, ...] = ("Y", "Q", "M")
FIRST, LAST = 1500, 2200
"""Years of the common era that a panel may be of."""
PER_YEAR: Mapping[Frequency, int] = MappingProxyType({"Y": 1, "Q": 4, "M": 12})
LONGEST = 6
"""Digits that the number of no period has."""
QUARTER = re.compile(r"((?:1[5-9]|20|21)\d{2})Q([1-4])", re.IGNORECASE | re.ASCII)


def frequency_of(number: int) -> Frequency:
    """Tell what a number of a period counts; a plain count, such as 1, 2, 3, is its own name as a year is.

    >>> frequency_of(2008), frequency_of(8064), frequency_of(24192), frequency_of(3)
    ('Y', 'Q', 'M', 'Y')
    """
    for frequency in FREQUENCIES[1:]:
        step = PER_YEAR[frequency]
        if step * FIRST <= number < step * (LAST + 1):
            return frequency
    return "Y"


def period_name(period: object) -> str:
    """Name a period; what is not a number, such as a name already, stays as it is.

    >>> period_name(2008), period_name(8064), period_name("8064"), period_name(24192), period_name("2016Q1")
    ('2008', '2016Q1', '2016Q1', '2016-01', '2016Q1')
    """
    text = str(period)
    number = int(text) if len(text) < LONGEST and text.isdecimal() else 0
    frequency = frequency_of(number)
    if frequency == "Y":
        return text
    year, part = divmod(number, PER_YEAR[frequency])
    return f"{year}Q{part + 1}" if frequency == "Q" else f"{year}-{part + 1:02}"


def period_key(number: int) -> int | str:
    """Write a period into a table of numbers: years and counts as they are, quarters by their names.

    >>> period_key(2008), period_key(8064)
    (2008, '2016Q1')
    """
    return number if frequency_of(number) == "Y" else period_name(number)


def quarter(year: int, of_year: int) -> int:
    """Give a quarter its number.

    >>> quarter(2016, 1)
    8064
    """
    return PER_YEAR["Q"] * year + of_year - 1


def period_number(text: str) -> int | None:
    """Read the name of a quarter, such as 2016Q1; None for anything else.

    >>> period_number("2016q1"), period_number("2016")
    (8064, None)
    """
    match = QUARTER.fullmatch(text.strip())
    return quarter(int(match[1]), int(match[2])) if match else None
