"""The same value in consecutive periods."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from xinzhi.columns.plausible import RULES, Finding, Rule, of_column
from xinzhi.columns.seen import Flags, Floats, Seen, last_digit
from xinzhi.wording import message

MOST = 0.5
"""Share of repeated values from which on a column is one that an entity keeps, such as an area."""
DIGITS = 3
"""Significant digits below which a value may well return."""
BOUND = 0.005
"""Share of rows at the least or greatest value from which on it is a bound."""
LEAST, NEARBY = 10.0, 0.25
"""Steps around no change in which chance is measured: units of the last digit, share of the usual step."""
CHANCE = 0.001
"""Probability of so many repetitions by rounding below which they are named."""


@RULES.add("repeated")
class Repeated(Rule):
    """An entity has the same value in consecutive periods: the one before was carried forward, perhaps.

    Zeros apart. Rounded values return by chance; how often is estimated from small steps beside the last digit,
    and the column is named only if so many repetitions have a probability below 0.1% (Poisson).
    Values of one or two digits, bounds that many rows reach (100 %), entities with one value throughout and
    columns of which entities keep the value (more than half of all steps) are left out.
    """

    code = "plausible.repeated"

    def find(self, seen: Seen) -> Iterator[Finding]:
        """Compare each period with the one before."""
        follows = seen.follows
        if not len(follows):
            return
        for column in seen.columns:
            if not ((column.values[1:] == column.values[:-1]) & seen.next_row[:-1]).any():
                continue
            before, after = column.values[follows], column.values[follows + 1]
            both = ~(np.isnan(before) | np.isnan(after))
            equal = both & (before == after)
            if equal.sum() > MOST * both.sum():
                continue
            counted = both & ~seen.is_constant(column.values)[follows]
            counted[counted] = _is_telling(after[counted], column.values)
            same = equal & counted
            if not _is_no_chance(int(same.sum()), (after - before)[counted], column.values):
                continue
            rows = np.zeros(len(column.values), dtype=bool)
            rows[follows[same] + 1] = True
            yield Finding(
                self.code,
                (column.name,),
                rows,
                message("'{name}' has the value of the period before", name=column.name),
                message("look whether the period before was carried forward, or empty the cells."),
                of_column(column.values),
            )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "probability of so many by chance", f"below {CHANCE:.1%}"
        yield "significant digits", f"at least {DIGITS}"
        yield "share of repeated steps in the column", f"at most {MOST:.0%}"


def _is_telling(values: Floats, column: Floats) -> Flags:
    """Leave out zeros, values of one or two digits, and the bounds of a column that many rows reach (100 %)."""
    telling = values != 0
    telling[telling] = has_digits(values[telling])
    finite = column[np.isfinite(column)]
    for bound in (finite.min(), finite.max()):
        if (finite == bound).sum() > max(2, BOUND * len(finite)):
            telling &= values != bound
    return np.asarray(telling)


def has_digits(values: Floats) -> Flags:
    """Whether values have at least three significant digits.

    >>> has_digits(np.array([1200.0, 1230.0, 12.5, 0.012])).tolist()
    [False, True, True, False]
    """
    size = np.floor(np.log10(np.abs(values)))
    scaled = values / 10.0 ** (size - (DIGITS - 2))
    return np.asarray(np.abs(scaled - np.round(scaled)) > 1e-6)


def _is_no_chance(n: int, steps: Floats, values: Floats) -> bool:
    """Whether n repetitions are more than rounding explains.

    Steps near 0 are spread evenly over the units of the last digit, so that 2w + 1 of them hold the steps
    up to w units, and no change is one of them. w is a quarter of the usual step.
    """
    if not n:
        return False
    unit, size = last_digit(values), np.abs(steps[steps != 0])
    usual = float(np.median(size)) / unit if len(size) else 0.0
    w = max(LEAST, NEARBY * usual)
    expected = (float((size <= (w + 0.5) * unit).sum()) + 1.0) / (2 * w)
    if n <= expected:
        return False
    # Chernoff's bound of the tail of a Poisson variable: log P(N ≥ n) ≤ n - m - n log(n/m), m expected.
    return n - expected - n * math.log(n / expected) < math.log(CHANCE)
