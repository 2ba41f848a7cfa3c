"""A mark of 0 and 1 with another number in it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, Finding, Flags, Floats, Rule, SeenPanel, of_column

FEW, MOST = 3, 0.001
"""Rows with another number, and their share: more are counts, or classes."""
FEWEST = 20
"""Rows of 0 and 1, and a tenth of them of each."""
COUNTED = 0.2
"""Share of the rows with 2 or more that a count with as many 0 and 1 would have, below which it is not a count."""


@RULES.add("dummy")
class Dummy(Rule):
    """A column of 0 and 1 has another number in a few rows: a slip, most often.

    At least twenty rows, at most three of them, or 0.1%, with another number, one or two of these numbers; and far fewer than a
    count with as many zeros and ones would have (Poisson).
    """

    code = "plausible.dummy"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Look at columns that are nearly all 0 and 1."""
        for column in seen.columns:
            rows = _others(column.values)
            if rows.any():
                yield Finding(
                    self.code,
                    (column.name,),
                    rows,
                    message("'{name}' is 0 or 1 and here another number", name=column.name),
                    message("correct the cells, or empty them."),
                    of_column(column.values),
                )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "rows of 0 and 1", f"at least {FEWEST}"
        yield "rows of another number", f"at most {FEW}, or {MOST:.1%}"
        yield "of those that a count would have", f"at most {COUNTED:.0%}"


def _others(values: Floats) -> Flags:
    """Mark what is neither 0 nor 1 in a column of 0 and 1."""
    known = np.isfinite(values)
    zero, one = values == 0, values == 1
    others: Flags = known & ~zero & ~one
    n, zeros, ones = int(others.sum()), int(zero.sum()), int(one.sum())
    is_mark = zeros + ones >= FEWEST and 0 < n <= max(FEW, MOST * int(known.sum()))
    if not is_mark or len(np.unique(values[others])) > 2:
        return np.zeros_like(others)
    # Of a Poisson variable P(2)/P(1) = P(1)/(2 P(0)).
    as_count = ones * ones / (2 * max(zeros, 1))
    return others if n <= COUNTED * as_count else np.zeros_like(others)
