"""A year of all entities that is equal to another one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, Finding, Floats, Rule, SeenPanel, has_digits, of_column

FEWEST = 5
"""Entities with equal values."""
SHARE = 0.5
"""Share of the entities that have both years."""
USUAL = 0.1
"""Share of equal values in other pairs of years, in the median, from which on entities keep their value."""
MOST = 200
"""Entities that are looked at first."""


@RULES.add("equal_years")
class EqualYears(Rule):
    """A year of most entities is equal to an earlier one, the one before or any other: copied, perhaps.

    At least half of the entities that have both years, and five; zeros, values of one or two digits and series that
    all entities share do not count, nor do columns of which entities keep the value.
    """

    code = "plausible.equal_years"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare all pairs of years."""
        for column in seen.columns:
            for later, earlier in equal_years(seen, column.values):
                table = seen.square(column.values)
                cells = np.zeros(table.shape, dtype=bool)
                cells[:, later] = table[:, later] == table[:, earlier]
                yield Finding(
                    self.code,
                    (column.name,),
                    seen.rows_of(cells),
                    message(
                        "'{name}' has in {period} the values of {other}",
                        name=column.name,
                        period=seen.panel.periods[later],
                        other=seen.panel.periods[earlier],
                    ),
                    message("look whether one year was copied into the place of the other."),
                    of_column(column.values),
                )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "equal values", f"at least {FEWEST}, and {SHARE:.0%} of the entities with both years"
        yield "equal values in other pairs of years", f"at most {USUAL:.0%} in the median"


def equal_years(seen: SeenPanel, values: Floats) -> tuple[tuple[int, int], ...]:
    """List pairs of periods, the later one first, that are equal in most entities; the nearest earlier one of each."""
    if not seen.is_square:
        return ()
    table = seen.square(values)
    n = table.shape[1]
    # A first look at some entities: most pairs of years have nothing in common.
    some = _telling(table[:: max(1, len(table) // MOST)])
    shares = np.zeros((n, n))
    for later in range(1, n):
        both = np.isfinite(some[:, later, None]) & np.isfinite(some[:, :later])
        equal = (some[:, later, None] == some[:, :later]).sum(axis=0)
        shares[later, :later] = equal / np.maximum(both.sum(axis=0), 1)
    pairs = shares[np.tril_indices(n, -1)]
    if not len(pairs) or np.median(pairs) > USUAL:
        return ()
    found = []
    table = _telling(table) if pairs.max() >= SHARE / 2 else table
    for later in range(1, n):
        for earlier in range(later - 1, -1, -1):
            if shares[later, earlier] >= SHARE / 2 and _is_copy(table[:, later], table[:, earlier]):
                found.append((later, earlier))
                break
    return tuple(found) if len(found) <= n // 2 else ()


def _telling(table: Floats) -> Floats:
    """Empty zeros and values of one or two digits."""
    known = np.isfinite(table) & (table != 0)
    known[known] = has_digits(table[known])
    return np.where(known, table, np.nan)


def _is_copy(later: Floats, earlier: Floats) -> bool:
    """Whether most entities have one value in both years, and not all of them the same."""
    both = np.isfinite(later) & np.isfinite(earlier)
    equal = later[both] == earlier[both]
    n = int(equal.sum())
    distinct = len(np.unique(later[both][equal]))
    return n >= FEWEST and n >= SHARE * int(both.sum()) and distinct > SHARE * n
