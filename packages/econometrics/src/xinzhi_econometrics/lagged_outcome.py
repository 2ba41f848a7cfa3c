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
from dataclasses import dataclass

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
SCREENED = 512
"""Rows, of entities in one piece, on which columns are ruled out before all rows are compared."""
SCREENED_SHARE = 64
"""The same as a part of many rows: one in so many."""
MARGIN = 4.0
"""By how much a column must miss the bound there to be ruled out: rounding cannot carry it back."""
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
    rows = _LaggedRows(entity, periods_of(sample.index), times_of(sample.index), sample.outcome)
    by_values = _lags_by_values(rows, sample.design)
    return tuple(
        name
        for name, is_lag in zip(sample.names, by_values, strict=True)
        if is_lag or written.fullmatch(name)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _LaggedRows:
    """Rows of a sample by number of entity and of period, with their outcome."""

    entity: Codes
    place: Codes
    times: Array
    """Time of each period, in units of the smallest step."""
    outcome: Array

    def of_first_entities(self, at_least: int) -> Codes:
        """Give all rows of the first entities that have so many rows together."""
        if len(self.entity) <= at_least:
            return np.arange(len(self.entity))
        last = int(np.searchsorted(np.cumsum(np.bincount(self.entity)), at_least))
        return np.flatnonzero(self.entity <= last)

    def keep(self, rows: Codes) -> _LaggedRows:
        """Keep some rows."""
        return _LaggedRows(self.entity[rows], self.place[rows], self.times, self.outcome[rows])

    def earlier_outcomes(self) -> Iterator[Array]:
        """Give the outcome some periods earlier, missing where the entity has no such row or years are missing.

        Across a gap a lag by the number of the year and the row above are different things; elsewhere they
        agree, and these rows are compared.
        """
        n_places, when = len(self.times), self.times[self.place]
        pairs = self.entity * n_places + self.place
        order = np.argsort(pairs, kind="stable")
        in_order = pairs[order]
        for steps in range(1, LONGEST + 1):
            wanted = pairs - steps
            at = np.maximum(np.searchsorted(in_order, wanted, side="right") - 1, 0)
            # A pair that lies before the first period would be a late period of the entity before.
            is_there = (in_order[at] == wanted) & (self.place >= steps)
            row = order[at]
            is_there &= np.abs(when - when[row] - steps) < HALF
            yield np.where(is_there, self.outcome[row], np.nan)


def _lags_by_values(rows: _LaggedRows, design: Array) -> list[bool]:
    """Whether each column is an earlier outcome, up to a factor and a constant of the entity."""
    # Few entities rule out nearly all columns; what is left is compared on all rows.
    few = rows.of_first_entities(max(SCREENED, len(rows.entity) // SCREENED_SHARE))
    # Sums of squares about the means of entities are bounded from above by those about one mean; rounding
    # of the difference of two large sums is covered.
    squares = np.einsum("ij,ij->j", design, design)
    about_mean = np.asarray(squares * (1 + 1e-10) - len(design) * design.mean(axis=0) ** 2)
    most = ROUNDED**2 * MARGIN * about_mean
    columns = design[few]
    within_few = rows.keep(few)
    may_be = np.zeros(design.shape[1], dtype=bool)
    for y in within_few.earlier_outcomes():
        may_be |= _least_left(columns, y, within_few.entity) <= most
    found = [False] * design.shape[1]
    if may_be.any():
        earlier = list(rows.earlier_outcomes())
        for j in np.flatnonzero(may_be):
            found[j] = any(_is_lag(design[:, j], rows.outcome, y, rows.entity) for y in earlier)
    return found


def _least_left(columns: Array, earlier: Array, entity: Codes) -> Array:
    """Sum of squares within entities that no multiple of an earlier outcome takes from each column.

    Over all entities the sum can only be larger: each adds what the one common multiple leaves of it.
    """
    known = ~np.isnan(earlier)
    if not known.any():
        return np.zeros(columns.shape[1])
    rows = group_codes(ENTITY, entity[known])
    table = np.column_stack([earlier[known], columns[known]])
    table -= table.mean(axis=0)
    table -= rows.means(table)[rows.codes]
    lagged, others = table[:, 0], table[:, 1:]
    along, size = lagged @ others, float(lagged @ lagged)
    squares = np.einsum("ij,ij->j", others, others)
    return np.asarray(squares - along**2 / size) if size > 0.0 else squares


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
