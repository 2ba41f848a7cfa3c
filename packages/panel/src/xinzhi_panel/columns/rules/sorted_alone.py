"""A column that was sorted by itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, Finding, Flags, Floats, Places, Rule, SeenPanel

FEWEST = 5
"""Entities, and periods of which years are compared."""
ROWS = 20
"""Rows."""
RELATED, UNRELATED = 0.8, 0.4
"""Rank correlation of neighbouring years in the median, and of a year that was sorted alone with its neighbours."""


@RULES.add("sorted_alone")
class SortedAlone(Rule):
    """A column is in ascending or descending order over all rows while the keys are not sorted by it: sorted alone, perhaps.

    The rows stand in blocks of entities or of periods, so that the table as a whole was not sorted by the column, which
    differs within entities and within periods. One year is in such order, and its ranks among entities have nothing
    to do with those of the years beside it, while other years have.
    """

    code = "plausible.sorted_alone"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Look for order in the file."""
        if seen.panel.n_entities < FEWEST or not seen.panel.has_periods:
            return
        order = _file_order(seen)
        is_blocked = _is_in_blocks(seen.entity[order]) or _is_in_blocks(seen.period[order])
        for column in seen.columns:
            if (
                is_blocked
                and _is_sorted(column.values[order], ROWS)
                and _varies(seen, column.values)
            ):
                yield Finding(
                    self.code,
                    (column.name,),
                    np.isfinite(column.values),
                    message(
                        "'{name}' is in order over all rows, and nothing else is", name=column.name
                    ),
                    message("look whether the column was sorted by itself."),
                )
                continue
            years = _sorted_years(seen, column.values, order)
            if years.any():
                yield Finding(
                    self.code,
                    (column.name,),
                    years & np.isfinite(column.values),
                    message(
                        "'{name}' is in order over the entities in this period, unlike the periods beside it",
                        name=column.name,
                    ),
                    message("look whether the column was sorted by itself."),
                )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "rows in order", f"at least {ROWS}"
        yield "rank correlation of neighbouring years", f"at least {RELATED:g} in the median"
        yield "that of the year in order", f"at most {UNRELATED:g}"


def _file_order(seen: SeenPanel) -> Places:
    """Give the rows in the order of the file; in that of the keys where it is not known."""
    n = len(seen.entity)
    return np.argsort(seen.panel.rows, kind="stable") if len(seen.panel.rows) == n else np.arange(n)


def _is_in_blocks(codes: Places) -> bool:
    """Whether all rows of one number stand together."""
    return int((np.diff(codes) != 0).sum()) + 1 == len(np.unique(codes))


def _is_sorted(values: Floats, least: int) -> bool:
    """Whether values never fall, or never rise, and are not few or the same."""
    known = values[np.isfinite(values)]
    if len(known) < least:
        return False
    steps = np.diff(known)
    is_sorted = bool((steps >= 0).all() or (steps <= 0).all())
    return is_sorted and len(np.unique(known)) >= 0.5 * len(known)


def _varies(seen: SeenPanel, values: Floats) -> bool:
    """Whether a column differs within entities and within periods."""
    if seen.is_constant(values).all():
        return False
    most = np.full(len(seen.panel.periods), -np.inf)
    least = -most
    known = np.isfinite(values)
    np.maximum.at(most, seen.period[known], values[known])
    np.minimum.at(least, seen.period[known], values[known])
    return bool((most > least).any())


def _sorted_years(seen: SeenPanel, values: Floats, order: Places) -> Flags:
    """Mark the rows of years in which a column of entities is in order, against its neighbours."""
    rows: Flags = np.zeros(len(values), dtype=bool)
    n = len(seen.panel.periods)
    if not seen.is_square or n < FEWEST:
        return rows
    suspects = [
        t for t in range(n) if _is_sorted(values[order][seen.period[order] == t], 2 * FEWEST)
    ]
    if not suspects or len(suspects) > n // 3:
        return rows
    table = seen.square(values)
    related = np.array([_rank_correlation(table[:, t], table[:, t + 1]) for t in range(n - 1)])
    if np.isnan(related).all() or np.nanmedian(related) < RELATED:
        return rows
    for t in suspects:
        beside = related[[i for i in (t - 1, t) if 0 <= i < n - 1]]
        if (beside <= UNRELATED).all():
            rows |= seen.period == t
    return rows


def _rank_correlation(first: Floats, second: Floats) -> float:
    """Correlate the ranks of what is there in both; NaN for few."""
    both = np.isfinite(first) & np.isfinite(second)
    if both.sum() < FEWEST:
        return float("nan")
    a, b = (np.argsort(np.argsort(x[both])).astype(float) for x in (first, second))
    return float(np.corrcoef(a, b)[0, 1])
