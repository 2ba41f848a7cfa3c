"""Lags of the outcome among the regressors, by their names and by their values.

With entity effects the slope of a lag of the outcome is biased by the order of 1/T. A lag that a person made
before the data were read has any name: it is found where a column is the outcome of the entity some periods
earlier, up to a factor and a constant, and is not the outcome of the same period as well, as a common trend is.

References
----------
Nickell (1981), doi:10.2307/1911408.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from xinzhi_core.errors import Where
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import ENTITY
from xinzhi_core.wording import message
from xinzhi_econometrics.least_squares import Array, Codes, group_codes
from xinzhi_econometrics.specification import Sample, periods_of, times_of

LONGEST = 3
"""Periods back that are looked for in the values."""
FEWEST = 6
"""Rows with the earlier outcome from which values are compared: two numbers are fitted to them."""
ROUNDED = 0.01
"""Standard deviation of what is left, relative to that of the column within entities: a lag may be rounded."""
APART = 10.0
"""How much more the outcome of the same period must leave, so that a trend is not taken for a lag."""
HALF = 0.5
"""Of a step: times are whole numbers of steps up to rounding."""
EXACT = 1e-6
"""What it must leave at least: of two exact trends each is a copy of all shifts of the other."""


def lags_of_outcome(sample: Sample, outcome: str, effects: Iterable[str]) -> tuple[str, ...]:
    """Name the columns of a regression with entity effects that are lags of its outcome.

    Parameters
    ----------
    sample
        Rows sorted by entity and period.
    outcome
        Name of the outcome.
    effects
        Names of the effects, fixed or random.

    Returns
    -------
    Names in the order of the columns; none without entity effects.
    """
    entities = {ENTITY, str(sample.index.names[0])}
    if entities.isdisjoint(effects):
        return ()
    written = re.compile(rf"L\d+\.{re.escape(outcome)}")
    entity = group_codes(ENTITY, np.asarray(sample.index.codes[0], dtype=np.intp)).codes
    earlier = list(_earlier_outcomes(sample, entity))
    return tuple(
        name
        for name, column in zip(sample.names, sample.design.T, strict=True)
        if written.fullmatch(name)
        or any(_is_lag(column, sample.outcome, y, entity) for y in earlier)
    )


def _earlier_outcomes(sample: Sample, entity: Codes) -> Iterator[Array]:
    """Give the outcome some periods earlier, missing where the entity has no such row or years are missing.

    Across a gap a lag by the number of the year and the row above are different things; elsewhere they agree, and
    these rows are compared.
    """
    place = periods_of(sample.index)
    times = times_of(sample.index)[place]
    row_of = {
        pair: row for row, pair in enumerate(zip(entity.tolist(), place.tolist(), strict=True))
    }
    for steps in range(1, LONGEST + 1):
        pairs = zip(entity.tolist(), (place - steps).tolist(), strict=True)
        at = np.array([row_of.get(pair, -1) for pair in pairs], dtype=np.intp)
        is_there = (at >= 0) & (np.abs(times - times[at] - steps) < HALF)
        yield np.where(is_there, sample.outcome[at], np.nan)


def _is_lag(column: Array, outcome: Array, earlier: Array, entity: Codes) -> bool:
    known = ~np.isnan(earlier)
    if known.sum() < FEWEST:
        return False
    y, lagged, same = (_within(each[known], entity[known]) for each in (column, earlier, outcome))
    left = _left(y, lagged)
    return left <= ROUNDED and _left(y, same) > max(APART * left, EXACT)


def _within(column: Array, entity: Codes) -> Array:
    """Subtract the means of entities, of one row an entity the common one; rounding of a constant becomes 0."""
    counts = np.bincount(entity)
    if counts.max() == 1:
        entity = np.zeros_like(entity)
        counts = np.bincount(entity)
    means = np.bincount(entity, column) / np.maximum(counts, 1)
    deviations = column - means[entity]
    is_rounding = np.abs(deviations).max() <= 1e-12 * np.abs(column).max()
    return np.zeros_like(column) if is_rounding else deviations


def _left(column: Array, other: Array) -> float:
    """Give what a multiple of `other` leaves of a column, relative to the column; 1 where one is 0."""
    size, spread = float(other @ other), float(column @ column)
    if size == 0.0 or spread == 0.0:
        return 1.0
    rest = column - other * (float(other @ column) / size)
    return float(np.sqrt(rest @ rest / spread))


def lag_notices(
    sample: Sample, outcome: str, effects: Iterable[str], instruments: tuple[str, ...] = ()
) -> Iterator[Notice]:
    """Say which regressors are lags of the outcome, and which instruments are."""
    for name in lags_of_outcome(sample, outcome, effects):
        if name in instruments:
            text = message(
                "The instrument '{name}' is a lag of the outcome: with entity effects it is correlated with the error by the order of 1/T (Nickell 1981), so that it does not identify the slope. GMM estimators of dynamic panels are not available here.",
                name=name,
            )
        else:
            text = message(
                "'{name}' is a lag of the outcome: with entity effects its coefficient is biased by the order of 1/T, and the others with it (Nickell 1981). GMM estimators of dynamic panels are not available here.",
                name=name,
            )
        yield Notice("reg.lagged_outcome", text, Where(column=name))
