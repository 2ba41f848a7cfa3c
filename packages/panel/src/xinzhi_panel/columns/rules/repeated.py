"""The same value in consecutive periods."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.rules.equal_years import equal_years
from xinzhi_panel.columns.seen import (
    DIGITS,
    RULES,
    SAMPLE,
    Finding,
    Flags,
    Floats,
    NumberColumn,
    Rule,
    SeenPanel,
    has_digits,
    is_multiple,
    last_digit,
    of_column,
)

MOST = 0.5
"""Share of repeated values from which on a column is one that an entity keeps, such as an area."""
BOUND = 0.005
"""Share of rows at the least or greatest value from which on it is a bound."""
LEAST, NEARBY = 10.0, 0.25
"""Steps around no change in which chance is measured: units of the last digit, share of the usual step."""
CHANCE = 0.001
"""Probability of so many repetitions by rounding below which they are named."""
COARSER = 6
"""Powers of ten above the last digit that are tried as the digit with which most rows are written."""
ROUND = 1e-9
"""Distance from a whole number at which a power of ten is one."""
MOSTLY = 0.5
"""Share of values that are written with a coarser digit from which on chance is measured at it."""


@RULES.add("repeated")
class Repeated(Rule):
    """An entity has the same value in consecutive periods: the one before was carried forward, perhaps.

    Zeros apart. Rounded values return by chance, and the column is named only if so many repetitions have a
    probability below 0.1% (Poisson). How often they return is estimated in four ways, of which the largest counts:
    from small steps beside the last digit, that of all values, that with which most are written and that of each value
    (12500000 is rounded to a hundred thousand); from the same of a column of which this one is a function (the
    logarithm of whole numbers is as coarse as they are); and from how often other entities have this very value among
    the values near it.
    Values of one or two digits, bounds that many rows reach (100 %), entities with one value throughout and
    columns of which entities keep the value (more than half of all steps) are left out; a year that is a copy of the
    one before as a whole is `equal_years`.
    """

    code = "plausible.repeated"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
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
            same = equal & counted & ~_copied(seen, column.values, equal & counted)
            if not self.is_telling(seen, column, counted, int(same.sum())):
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

    def is_telling(self, seen: SeenPanel, column: NumberColumn, counted: Flags, n: int) -> bool:
        """Whether n repetitions are more than chance explains, measured at the coarsest digit there is."""
        if not n:
            return False
        before, after = (column.values[seen.follows[counted] + shift] for shift in (0, 1))
        if not _is_no_chance(n, _expected(before, after)):
            return False
        if not _is_no_chance(
            n, max(_own_digit(before, after), _shared(seen, column.values, counted))
        ):
            return False
        return all(
            _is_no_chance(n, _expected(*(other[seen.follows[counted] + shift] for shift in (0, 1))))
            for other in _functions_of(seen, column)
        )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "probability of so many by chance", f"below {CHANCE:.1%}"
        yield "significant digits", f"at least {DIGITS}"
        yield "share of repeated steps in the column", f"at most {MOST:.0%}"


def _copied(seen: SeenPanel, values: Floats, same: Flags) -> Flags:
    """Leave out the steps into years that are copies of the year before as a whole: `equal_years` names them."""
    copies = (
        [later for later, earlier in equal_years(seen, values) if later == earlier + 1]
        if same.any()
        else []
    )
    return np.asarray(np.isin(seen.period[seen.follows + 1], copies))


def _is_telling(values: Floats, column: Floats) -> Flags:
    """Leave out zeros, values of one or two digits, and the bounds of a column that many rows reach (100 %)."""
    telling = values != 0
    telling[telling] = has_digits(values[telling])
    finite = column[np.isfinite(column)]
    for bound in (finite.min(), finite.max()):
        if (finite == bound).sum() > max(2, BOUND * len(finite)):
            telling &= values != bound
    return np.asarray(telling)


def _is_no_chance(n: int, expected: float) -> bool:
    """Whether n repetitions are more than chance explains, of which it explains so many on average.

    >>> _is_no_chance(3, 0.1), _is_no_chance(3, 0.3), _is_no_chance(0, 0.0)
    (True, False, False)
    """
    if n <= expected:
        return False
    if expected <= 0.0:
        return True
    # Chernoff's bound of the tail of a Poisson variable: log P(N ≥ n) ≤ n - m - n log(n/m), m expected.
    return n - expected - n * math.log(n / expected) < math.log(CHANCE)


def _expected(before: Floats, after: Floats) -> float:
    """Expect so many repetitions by rounding: at the last digit, or at that with which most values are written.

    Steps near 0 are spread evenly over the units of the digit, so that 2w + 1 of them hold the steps up to w
    units, and no change is one of them. w is a quarter of the usual step.
    """
    values = np.concatenate([before, after])
    unit, most = last_digit(values), 0.0
    for power in range(COARSER + 1):
        digit = unit * 10.0**power
        if power:
            coarse = is_multiple(before, digit) & is_multiple(after, digit)
            if is_multiple(values, digit).mean() < MOSTLY:
                break
            before, after = before[coarse], after[coarse]
        size = np.abs(after - before)
        moved = size[size > 0]
        usual = float(np.median(moved)) / digit if len(moved) else 0.0
        w = max(LEAST, NEARBY * usual)
        most = max(most, (float((moved <= (w + 0.5) * digit).sum()) + 1.0) / (2 * w))
    return most


def _own_digit(before: Floats, after: Floats) -> float:
    """Expect so many repetitions by rounding where each value is rounded to its own last digit.

    Of positive values steps are relative, so that large entities and small ones have the same usual step.
    """
    unit, size = last_digit(before), np.abs(after - before)
    scale = before if (before > 0).all() else np.ones(len(before))
    relative = size / scale
    moved = relative[relative > 0]
    if not len(moved):
        return 0.0
    w = NEARBY * float(np.median(moved))
    digit = np.full(len(before), unit)
    # A column to all digits has a rounding error and no last digit that some values could exceed.
    is_written = abs(math.log10(unit) - round(math.log10(unit))) < ROUND
    for power in range(1, COARSER + 1) if is_written else ():
        digit[is_multiple(before, unit * 10.0**power)] = unit * 10.0**power
    small = relative <= w
    share = digit[small] / (2 * w * scale[small])
    return float(np.minimum(share, 1.0).sum())


def _shared(seen: SeenPanel, values: Floats, counted: Flags) -> float:
    """Expect so many repetitions as other entities have the very value among the values near it.

    A step that is small beside the usual one ends near its beginning v. That it ends at v itself is as probable as a
    value of another entity near v is v: often where all are rounded, or where many choose one value.
    """
    rows = seen.follows[counted]
    size = np.abs(values[rows + 1] - values[rows])
    moved = size[size > 0]
    if not len(moved):
        return 0.0
    w = NEARBY * float(np.median(moved))
    small = rows[size <= w]
    every = max(1, len(small) // SAMPLE)
    small = small[::every]
    entity = np.asarray(seen.panel.frame.index.codes[0])  # type: ignore[attr-defined]
    known = np.flatnonzero(np.isfinite(values))
    at, among = values[small], np.sort(values[known])
    pairs = np.stack([entity[known].astype(np.float64), values[known]], axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    keys = pairs[order]
    first = np.searchsorted(keys[:, 0], entity[small], side="left")
    last = np.searchsorted(keys[:, 0], entity[small], side="right")
    near = _between(among, at - w, at + w)
    exact = _between(among, at, at)
    for k, (a, b) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        own = keys[a:b, 1]
        near[k] -= np.searchsorted(own, at[k] + w, "right") - np.searchsorted(
            own, at[k] - w, "left"
        )
        exact[k] -= np.searchsorted(own, at[k], "right") - np.searchsorted(own, at[k], "left")
    return every * float((exact / np.maximum(near, 1.0)).sum())


def _between(among: Floats, low: Floats, high: Floats) -> Floats:
    """Count the sorted values from low to high, both included."""
    n = np.searchsorted(among, high, side="right") - np.searchsorted(among, low, side="left")
    return np.asarray(n, dtype=np.float64)


def _functions_of(seen: SeenPanel, column: NumberColumn) -> Iterator[Floats]:
    """Find columns of which this one is a strictly monotonic function: ln of a column, its value in another unit."""
    for other in seen.columns:
        if other.name == column.name:
            continue
        both = np.isfinite(column.values) & np.isfinite(other.values)
        if both.sum() < 2 or not np.isfinite(other.values[np.isfinite(column.values)]).all():
            continue
        order = np.argsort(other.values[both], kind="stable")
        x, y = np.diff(other.values[both][order]), np.diff(column.values[both][order])
        if ((x == 0) == (y == 0)).all() and ((y >= 0).all() or (y <= 0).all()):
            yield other.values
