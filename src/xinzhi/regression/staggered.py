"""Regressors of two values that entities switch to at several dates: staggered starts.

With effects of entities and periods, the slope of such a regressor is a weighted average of comparisons of
two groups in two spans of time. Some of them compare late starters with early ones that have started already;
where effects change over time their weights can be negative, and the slope can have the wrong sign.

An entity whose last row without and first row with the regressor are periods apart started at any time between
them. Its start is an interval (a, b], and the number of dates is the smallest number of points that meets all
intervals: by taking the earliest end again and again, which is exact for intervals. So rows that are missing
make no date of their own.

References
----------
Goodman-Bacon (2021), doi:10.1016/j.jeconom.2021.03.014.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from xinzhi.errors import Where
from xinzhi.notices import Notice
from xinzhi.regression.grouping import Array, Codes
from xinzhi.regression.sample import Sample, periods_of
from xinzhi.wording import message

CODE = "reg.staggered"


@dataclass(frozen=True, slots=True)
class Starts:
    """When entities switch to the higher of two values."""

    dates: tuple[int, ...]
    """Places of the first periods with it among the periods of the sample, no more than are needed."""
    n_entities: int
    """Entities that switch within the sample."""


def starts_of(column: Array, entity: Codes, place: Codes) -> Starts | None:
    """Find when entities switch on; None for what is not two values, or is switched off anywhere.

    Parameters
    ----------
    column
        The regressor, (n,).
    entity, place
        Numbers of entity and period of each row, sorted by both, (n,).

    Examples
    --------
    >>> entity, place = np.repeat([0, 1], 3), np.tile([0, 1, 2], 2)
    >>> starts_of(np.array([0.0, 1, 1, 0, 0, 1]), entity, place)
    Starts(dates=(1, 2), n_entities=2)
    """
    low, high = float(column.min(initial=np.inf)), float(column.max(initial=-np.inf))
    is_on = column == high
    if low >= high or not (is_on | (column == low)).all():
        return None
    same = entity[1:] == entity[:-1]
    if (same & is_on[:-1] & ~is_on[1:]).any():
        return None
    at = np.flatnonzero(same & ~is_on[:-1] & is_on[1:])
    intervals = sorted(zip(place[at + 1].tolist(), place[at].tolist(), strict=True))
    dates: list[int] = []
    for first_with, last_without in intervals:
        if not dates or last_without >= dates[-1]:
            dates.append(first_with)
    return Starts(tuple(dates), len(at))


def staggered_notices(
    sample: Sample, names: Collection[str], *, but: Collection[str] = ()
) -> Iterator[Notice]:
    """Say which regressors switch on at several dates.

    Parameters
    ----------
    sample
        Rows sorted by entity and period.
    names
        Columns that have a coefficient.
    but
        Columns that are not regressors: instruments.
    """
    entity, place = np.asarray(sample.index.codes[0], dtype=np.intp), periods_of(sample.index)
    for name, column in zip(sample.names, sample.design.T, strict=True):
        if name not in names or name in but:
            continue
        starts = starts_of(column, entity, place)
        if starts is None or len(starts.dates) < 2:
            continue
        labels = np.unique(np.asarray(sample.index.get_level_values(1)))
        text = message(
            "'{name}' switches on at {dates} dates ({first} to {last}), in {n} entities. With effects of entities and periods one coefficient mixes groups that start at different dates: late starters are compared with early ones too, and where effects change over time it may be the effect of none (Goodman-Bacon 2021, doi:10.1016/j.jeconom.2021.03.014). Estimators of staggered starts are not available here.",
            name=name,
            dates=len(starts.dates),
            first=str(labels[starts.dates[0]]),
            last=str(labels[starts.dates[-1]]),
            n=starts.n_entities,
        )
        yield Notice(CODE, text, Where(column=name))
