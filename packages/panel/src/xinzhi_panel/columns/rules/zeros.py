"""Single zeros among large amounts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, Finding, Flags, Floats, Rule, SeenPanel, last_digit

OTHERS = 3
"""Values of the entity that are not zero."""
UNITS = 100.0
"""How many units of the last digit the least of them is at least."""
SMOOTH = 10.0
"""How many times the least of them the greatest is at most."""
DIFFERENT = 20
"""Values that a column of amounts has at least: fewer are classes."""
MOST = 0.1
"""Share of zeros from which on they are usual."""
MOST_ACROSS = 0.02
"""The same without periods, where only the other entities tell what is usual."""


@RULES.add("zeros")
class ZerosAmongAmounts(Rule):
    """A zero stands among large amounts of the same entity: an empty cell, most often.

    The other values of the entity, at least three, are at least a hundred units of the last digit and within a factor
    of 10 of one another. Whole periods and entities of zeros are `panel.zero_period` and `panel.zero_entity`; columns
    with more than a tenth of zeros, and with negative values, are left out. Without periods the other entities count.
    """

    code = "plausible.zero"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Look at the other values of each entity with a zero."""
        for column in seen.columns:
            rows = _zeros(seen, column.values)
            if rows.any():
                yield Finding(
                    self.code,
                    (column.name,),
                    rows,
                    message("'{name}' is 0 among large amounts", name=column.name),
                    message(
                        "zeros often stand for missing values: empty the cells; if nothing was measured there, leave them."
                    ),
                )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "other values of the entity", f"at least {OTHERS}"
        yield "least of them, in units of the last digit", f"at least {UNITS:g}"
        yield "greatest over least of them", f"at most {SMOOTH:g}"
        yield "zeros in the column", f"at most {MOST:.0%}; {MOST_ACROSS:.0%} without periods"
        yield "different values", f"at least {DIFFERENT}"


def _zeros(seen: SeenPanel, values: Floats) -> Flags:
    """Mark zeros that do not belong there."""
    known = np.isfinite(values)
    zero = known & (values == 0)
    nothing: Flags = np.zeros(len(values), dtype=bool)
    has_periods = seen.panel.has_periods and len(seen.panel.periods) > 1
    most_zeros = (MOST if has_periods else MOST_ACROSS) * known.sum()
    if not zero.any() or zero.sum() > most_zeros or values[known].min() < 0:
        return nothing
    positive = np.where(zero, np.nan, values)
    if len(np.unique(values[known])) < DIFFERENT:
        return nothing
    if has_periods:
        least = np.fmin.reduceat(positive, seen.starts)
        most = np.fmax.reduceat(positive, seen.starts)
        others = np.add.reduceat(np.isfinite(positive).astype(int), seen.starts)
        by_period = np.bincount(seen.period[known], minlength=len(seen.panel.periods))
        of_zeros = np.bincount(seen.period[zero], minlength=len(by_period))
        zero &= (of_zeros < 0.9 * by_period)[seen.period] | (by_period == 1)[seen.period]
        belongs = seen.entity
    else:
        least, most = (np.array([f(positive)]) for f in (np.nanmin, np.nanmax))
        others, belongs = np.array([np.isfinite(positive).sum()]), np.zeros(len(values), dtype=int)
    unit = last_digit(positive)
    with np.errstate(invalid="ignore"):
        is_large = (others >= OTHERS) & (least >= UNITS * unit) & (most <= SMOOTH * least)
    return np.asarray(zero & is_large[belongs])
