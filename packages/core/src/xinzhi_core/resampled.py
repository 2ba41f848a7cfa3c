"""p-values and intervals of resampled numbers: the one rule for all draws.

Of B draws θ*, those that failed left out, k_low are <= 0 and k_high >= 0. The two-sided p-value

    p = min(1, 2 (1 + min(k_low, k_high)) / (1 + B))

is never below 2/(B + 1): B draws can show no less. The interval of level 1 - α holds what the same rule
does not reject, p < α, as a verdict asks (an effect counts where its p-value is below the level). With the
ordered draws θ*_(1) <= … <= θ*_(B) its ends are

    θ*_(j) and θ*_(B + 1 - j),   j the largest whole number with 2j/(B + 1) < α,

for θ*_(j) > 0 exactly where at most j - 1 draws are <= 0, that is where 2 (1 + k_low)/(B + 1) <= 2j/(B + 1).
So an interval leaves out zero exactly where p < α. Without such a j nothing can be rejected: the interval is
the whole line. A test that counts both tails at once, |θ*| >= |θ|, has p = (1 + k)/(1 + B).

References
----------
Davison and Hinkley (1997), Bootstrap Methods and their Application, doi:10.1017/CBO9780511802843, chapter 4;
Phipson and Smyth (2010), doi:10.2202/1544-6115.1585 (why a p-value of draws is never 0); Davidson and
MacKinnon (2000), doi:10.1080/07474930008800459 (how many draws).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import Problem, Where
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message

Array = npt.NDArray[np.float64]
NAN = float("nan")
ENOUGH = 19
"""(B + 1) times the level from which on the steps of p-values are fine against the level."""
ROUNDING = 1e-9
"""Share by which α (B + 1)/2 may miss a whole number for rounding alone: 0.05 is not a binary fraction."""


def p_of_count(k: float | Array, n: int | Array) -> Array:
    """Give the p-value (1 + k)/(1 + n): k of n draws are as far out as what was observed, ties counted.

    >>> float(p_of_count(0, 99)), float(p_of_count(99, 99))
    (0.01, 1.0)
    """
    return np.asarray((1.0 + np.asarray(k)) / (1.0 + np.asarray(n)), dtype=np.float64)


def two_sided(low: Array, high: Array) -> Array:
    """Double the smaller of two tails, at most 1.

    >>> two_sided(np.array([0.02, 0.6]), np.array([0.99, 0.7])).tolist()
    [0.04, 1.0]
    """
    return np.asarray(np.minimum(1.0, 2.0 * np.minimum(low, high)), dtype=np.float64)


def zero_p(draws: Array) -> float:
    """Test by draws, shape (B,), whether zero lies outside them; NaN draws have failed and do not count.

    >>> zero_p(np.array([1.0, 2.0, 3.0])), zero_p(np.array([-1.0, 1.0, np.nan]))
    (0.5, 1.0)
    >>> zero_p(np.array([np.nan]))
    nan
    """
    known = draws[~np.isnan(draws)]
    n = len(known)
    if not n:
        return NAN
    low, high = (p_of_count(int(side.sum()), n) for side in (known <= 0.0, known >= 0.0))
    return float(two_sided(low, high))


def order_of(n: int, level: float) -> int:
    """Find j: the ends of an interval of a level are the draws j from either side; 0 where there is none.

    >>> order_of(1000, 0.95), order_of(999, 0.95), order_of(40, 0.95), order_of(39, 0.95)
    (25, 24, 1, 0)
    """
    steps = (1.0 - level) * (n + 1) / 2.0
    return max(math.ceil(steps * (1.0 - ROUNDING)) - 1, 0)


def zero_interval(draws: Array, level: float) -> tuple[float, float]:
    """Take the interval of draws, shape (B,), that leaves out zero exactly where `zero_p` is below 1 - level.

    >>> zero_interval(np.arange(1.0, 101.0), 0.95), zero_interval(np.arange(9.0), 0.95)
    ((2.0, 99.0), (-inf, inf))
    """
    known = np.sort(draws[~np.isnan(draws)])
    n = len(known)
    if not n:
        return NAN, NAN
    j = order_of(n, level)
    return (float(known[j - 1]), float(known[n - j])) if j else (-math.inf, math.inf)


def least_draws(alpha: float, *, sides: int = 2) -> int:
    """Give the least number of draws with which a p-value can be below a level.

    `sides` is 2 where the smaller tail is doubled, and 1 where both are counted at once.

    >>> least_draws(0.05), least_draws(0.1), least_draws(0.01), least_draws(0.05, sides=1)
    (40, 20, 200, 20)
    """
    return math.floor(sides / alpha * (1.0 + ROUNDING))


def enough_draws(alpha: float) -> int:
    """Give the number of draws from which on the steps of p-values are fine against a level.

    >>> enough_draws(0.05), enough_draws(0.1)
    (379, 189)
    """
    return math.ceil(ENOUGH / alpha * (1.0 - ROUNDING)) - 1


def too_few(draws: int, alpha: float, *, sides: int = 2) -> Iterator[Problem]:
    """Refuse a number of draws with which nothing can be significant at a level."""
    least = least_draws(alpha, sides=sides)
    if draws < least:
        text = message(
            "With {n} draws no p-value can be below {p}: nothing can be significant at the level {level}.",
            one="With {n} draw no p-value can be below {p}: nothing can be significant at the level {level}.",
            n=draws,
            p=f"{sides / (draws + 1):.3g}",
            level=f"{alpha:g}",
        )
        remedy = message(
            "give at least {least} draws; {enough} or more are better.",
            least=least,
            enough=enough_draws(alpha),
        )
        yield Problem("draws.too_few", text, remedy=remedy)


def coarse(draws: int, alpha: float, place: str, *, sides: int = 2) -> Iterator[Notice]:
    """Say that p-values of few draws come in steps that are coarse against a level."""
    if least_draws(alpha, sides=sides) <= draws < enough_draws(alpha):
        text = message(
            "{n} draws give p-values in steps of {p}, which is coarse against the level {level}, and "
            "other draws may judge otherwise: {enough} or more are better.",
            n=draws,
            p=f"{sides / (draws + 1):.2g}",
            level=f"{alpha:g}",
            enough=enough_draws(alpha),
        )
        yield Notice("draws.coarse", text, Where(key=place))
