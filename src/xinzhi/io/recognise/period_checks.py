"""What is odd about the periods of a column, each value looked at: other calendars, far years, bare numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from xinzhi.io.raw import ERRORS_PER_COLUMN, ColumnFindings
from xinzhi.io.recognise.calendars import FIRST, IS_YEAR, LAST, Ints, far_years, other_calendars
from xinzhi.wording import Message, Wording, message

OTHER_COUNTS = ((90, 130), (2480, 2600))
"""Numbers that recent years of the Republic and of the Buddhist era have."""


def are_of_one_count(values: Ints, column: ColumnFindings) -> bool:
    """Refuse day numbers of a spreadsheet, other calendars, and mistyped years among years."""
    if not len(values):
        return False
    is_year = bool(IS_YEAR.search(column.name))
    if is_year and values.min() >= 18_000 and values.max() <= 60_000:
        column.findings.error(
            "year.serial",
            message(
                "The years look like day numbers of a spreadsheet ({value}).", value=int(values[0])
            ),
            column.where,
            message("format the column as a number and write the years, such as 2008."),
        )
        return False
    if is_year and ((values.min() >= 60 and values.max() < 1000) or values.min() > LAST):
        column.findings.error(
            "year.implausible",
            message("{value} is not a year of the common era.", value=int(values[0])),
            column.where,
            message("write the years, such as 2008; years of the Republic (民国) need 1911 more."),
        )
        return False
    # A panel may number its periods 1, 2, 3: only beside years is another number a mistake.
    meanings = other_calendars(values)
    odd = np.flatnonzero(np.isin(values, [*meanings]))
    for i in odd[:ERRORS_PER_COLUMN].tolist():
        column.error("year.implausible", *other_calendar(values, int(values[i]), meanings), i)
    return not len(odd)


def other_calendar(
    values: Ints, value: int, meanings: Mapping[int, Wording]
) -> tuple[Message, Message]:
    """Say what is wrong with a period that is no year beside years, and what it may be."""
    years = values[(values >= FIRST) & (values <= LAST)]
    what = message(
        "{value} is not a year of the common era, and {n} other rows of the column hold such years ({years}).",
        one="{value} is not a year of the common era, and {n} other row of the column holds such a year ({years}).",
        value=value,
        n=len(years),
        years=span(int(years.min()), int(years.max())),
    )
    if not str(meanings[value]):
        return what, message("write the year with four digits.")
    return what, message(
        "write the years of all rows in one calendar, with four digits: it may be {years}.",
        years=meanings[value],
    )


def span(first: int, last: int) -> str:
    """Write years from one to another.

    >>> span(2008, 2010), span(2008, 2008)
    ('2008–2010', '2008')
    """
    return str(first) if first == last else f"{first}–{last}"


def doubt_far_years(values: Ints, column: ColumnFindings, accept: Collection[str]) -> None:
    """Doubt a year far from all others, as 2105 for 2015; a few rows of the future are refused."""
    for far in far_years(values):
        code = "year.future" if far.is_future else "year.far"
        if code in accept:
            continue
        i = int(np.flatnonzero(values == far.value)[0])
        gap = {"value": far.value, "n": far.distance, "years": span(far.first, far.last)}
        what = (
            message(
                "{value} is in the future, {n} years after the other periods ({years}).",
                **gap,
            )
            if far.is_future
            else message("{value} lies {n} years from the other periods ({years}).", **gap)
        )
        remedy = message(
            "correct the year, or confirm it: `accept: [{code}]` under `read` of the source.",
            code=code,
        )
        if far.is_future and far.is_few:
            column.error(code, what, remedy, i)
        elif far.is_future or far.is_few:
            column.warn(code, what, remedy, i)


def doubt_numbers(values: Ints, column: ColumnFindings) -> None:
    """Say that numbers below a heading of years, or such as years of another calendar, stay numbers."""
    first, last = int(values.min()), int(values.max())
    is_year = bool(IS_YEAR.search(column.name))
    if is_year and last < FIRST:
        column.warn(
            "year.numbers",
            message(
                "The periods below '{name}' are the numbers {first} to {last}; they are not read as years.",
                name=column.name,
                first=first,
                last=last,
            ),
            message(
                "if they are years, write them with four digits; if they number periods, confirm it or "
                "call the column period (期)."
            ),
        )
    elif not is_year and any(low <= first and last <= high for low, high in OTHER_COUNTS):
        column.warn(
            "year.numbers",
            message(
                "The periods {first} to {last} are read as numbers, and may be years of another calendar.",
                first=first,
                last=last,
            ),
            message(
                "if they are, write the years of the common era: 民国 + 1911, 佛历 - 543; if not, confirm it."
            ),
        )
