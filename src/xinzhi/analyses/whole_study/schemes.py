"""Which entities a draw takes, and the interval that its draws give.

bootstrap   n of n with replacement; percentile interval of the draws θ*
subsample   m of n without replacement; with q the quantiles of θ* less their mean θ̄*, f = √(m / (n - m)),
            and the bias b = (θ̄* - θ) / ((n / m)^r - 1),
            θ - b - f q_{1-α/2} <= θ_0 <= θ - b - f q_{α/2}

The factor f makes up for subsamples that overlap: they vary by 1/m - 1/n as much as samples vary by 1/n.
b is the generalised jackknife: a bias that falls as n^-r grows from n to m by what tells how large it is at
n. r is that of the quantity itself: of an effect that rests on scores the rate of the slowest of these, the bias of
a frontier; of a product without a score 1, as the covariance of its slopes falls; a slope without a score has
no such bias, and b = 0, as a correction would add the noise of the draws over (n / m)^r - 1.

References
----------
Politis, Romano and Wolf (1999), Subsampling, doi:10.1007/978-1-4612-1554-7; Efron (1979),
doi:10.1214/aos/1176344552; Wu (1990), doi:10.1214/aos/1176347741 (the factor); Kneip, Simar and Wilson
(2015), doi:10.1017/S0266466614000413 (the bias, for means of scores).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.errors import Problem, SpecError
from xinzhi.frontier.inference.replicates import stream
from xinzhi.regression.grouping import Array, Codes
from xinzhi.resampled import zero_interval
from xinzhi.wording import message

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Scheme:
    """How entities are drawn."""

    n: int
    """Entities of the study."""
    m: int
    """Entities of a draw."""
    is_with_replacement: bool
    seed: int

    def select(self, number: int) -> Codes:
        """Draw the entities of one draw, ascending; one that is drawn twice stands twice."""
        # `stage` keeps these numbers apart from other draws of the same seed.
        # A stream for each number: draw k is the same whichever process computes it.
        rng = stream(self.seed, number, stage=7)
        if self.is_with_replacement:
            return np.sort(rng.integers(self.n, size=self.m)).astype(np.intp)
        return np.sort(rng.permutation(self.n)[: self.m]).astype(np.intp)

    @property
    def factor(self) -> float:
        """Standard deviation of the study over that of the draws."""
        return 1.0 if self.is_with_replacement else float(np.sqrt(self.m / (self.n - self.m)))

    def distribution(self, estimate: float, draws: Array, rate: float = NAN) -> Array:
        """Turn draws, shape (B,), into the distribution whose quantiles are the ends of intervals.

        The draws themselves, or those of subsamples rescaled, mirrored and less the bias, which falls as
        n^-rate; NaN corrects nothing.
        """
        if self.is_with_replacement:
            return draws
        mean = float(draws.mean())
        return np.asarray(
            estimate - self.bias(estimate, mean, rate) - self.factor * (draws - mean),
            dtype=np.float64,
        )

    def interval(
        self, estimate: float, draws: Array, level: float, rate: float = NAN
    ) -> tuple[float, float]:
        """Interval of a number from its draws, shape (B,), none of which is lost."""
        return zero_interval(self.distribution(estimate, draws, rate), level)

    def bias(self, estimate: float, mean: float, rate: float) -> float:
        """Bias of the estimate from the mean of its draws; 0 where it is not corrected.

        >>> Scheme(100, 50, is_with_replacement=False, seed=1).bias(1.0, 1.25, 1.0)
        0.25
        """
        if self.is_with_replacement or np.isnan(rate):
            return 0.0
        growth = float((self.n / self.m) ** rate)
        return (mean - estimate) / (growth - 1.0)


def choose_scheme(scheme: str, size: int | None, n: int, seed: int) -> Scheme:
    """Make a scheme for n entities.

    Raises
    ------
    SpecError
        A subsample has as many entities as there are, or there are too few to draw from.
    """
    if n < 3:
        text = message("{n} entities are too few to draw from.", n=n)
        remedy = message("leave `inference.whole_study` out.")
        raise SpecError(Problem("whole_study.few", text, remedy=remedy))
    if scheme == "bootstrap":
        return Scheme(n, n, is_with_replacement=True, seed=seed)
    m = n // 2 if size is None else size
    if m >= n:
        text = message("A subsample of {m} entities needs more than the {n} there are.", m=m, n=n)
        remedy = message("choose a size below {n}, such as {half}.", n=n, half=n // 2)
        raise SpecError(Problem("whole_study.size", text, remedy=remedy))
    return Scheme(n, m, is_with_replacement=False, seed=seed)
