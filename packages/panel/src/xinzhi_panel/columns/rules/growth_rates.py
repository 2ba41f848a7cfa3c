"""Growth rates among index numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import (
    RULES,
    Finding,
    Flags,
    Floats,
    Rule,
    SeenPanel,
    is_index_of_previous_year,
    of_column,
)

INDICES = re.compile(r"指数|(?<![a-z])(index|indices)(?![a-z])")
"""Headings of index numbers."""
INDEX = (50.0, 200.0)
"""Where an index of the previous year lies."""
RATE = 40.0
"""Growth rates lie below, on both sides of 0."""
MOSTLY = 0.6
"""Share of values that are index numbers, where the heading does not say which year is 100."""


@RULES.add("growth_rates")
class GrowthRates(Rule):
    """A column with the previous year as 100 holds growth rates: 8.5 among 108.5.

    Either the heading says 上年=100, and a value is below 40; or it says 指数 or index, most values lie between 50 and 200, the others between
    -40 and 40 with nothing between, and plus 100 they lie where the index numbers do.
    """

    code = "plausible.growth_rate"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Look for values that are index numbers less 100."""
        for column in seen.columns:
            says = is_index_of_previous_year(seen.panel, column.name)
            if not says and not INDICES.search(column.name.casefold()):
                continue
            rows = _rates(column.values, says=says)
            if rows.any():
                yield Finding(
                    self.code,
                    (column.name,),
                    rows,
                    message(
                        "'{name}' is an index with the previous year as 100 and holds growth rates",
                        name=column.name,
                    ),
                    message("add 100 to these cells, or correct the heading."),
                    of_column(column.values),
                )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "index numbers", f"{INDEX[0]:g} to {INDEX[1]:g}"
        yield "growth rates", f"-{RATE:g} to {RATE:g}"
        yield "index numbers, where the heading does not say so", f"at least {MOSTLY:.0%}"


def _rates(values: Floats, *, says: bool) -> Flags:
    """Mark growth rates."""
    with np.errstate(invalid="ignore"):
        rate = np.abs(values) < RATE
        index = (values >= INDEX[0]) & (values <= INDEX[1])
    known = int(np.isfinite(values).sum())
    if says:
        return np.asarray(rate)
    nothing: Flags = np.zeros(len(values), dtype=bool)
    # Without words: two heaps, of which one is the other less 100.
    if not rate.any() or index.sum() < MOSTLY * known or (rate | index).sum() < known:
        return nothing
    numbers, rates = values[index], values[rate]
    low, high = numbers.min(), numbers.max()
    spread = high - low
    is_shifted = (
        rates.min() + 100 >= low - 0.25 * spread and rates.max() + 100 <= high + 0.25 * spread
    )
    return np.asarray(rate) if is_shifted and 80.0 <= np.median(numbers) <= 130.0 else nothing
