"""Which entities a draw takes, and the interval that its draws give.

bootstrap   n of n with replacement; percentile interval of the draws θ*
subsample   m of n without replacement; with q the quantiles of θ* - θ and f = √(m / (n - m)),
            θ - f q_{1-α/2} <= θ_0 <= θ - f q_{α/2}

The factor f makes up for subsamples that overlap: they vary by 1/m - 1/n as much as samples vary by 1/n.

References
----------
Politis, Romano and Wolf (1999), Subsampling, doi:10.1007/978-1-4612-1554-7; Efron (1979),
doi:10.1214/aos/1176344552; Wu (1990), doi:10.1214/aos/1176347741 (the factor).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.errors import Problem, SpecError
from xinzhi.frontier.inference.replicates import stream
from xinzhi.regression.grouping import Array, Codes
from xinzhi.wording import message


@dataclass(frozen=True, slots=True)
class Scheme:
    """How entities are drawn."""

    n: int
    """Entities of the study."""
    m: int
    """Entities of a draw."""
    is_with_replacement: bool
    seed: int

    def taken(self, number: int) -> Codes:
        """Draw the entities of one draw, ascending; one taken twice stands twice."""
        rng = stream(self.seed, number, stage=7)
        if self.is_with_replacement:
            return np.sort(rng.integers(self.n, size=self.m)).astype(np.intp)
        return np.sort(rng.permutation(self.n)[: self.m]).astype(np.intp)

    @property
    def factor(self) -> float:
        """Standard deviation of the study over that of the draws."""
        return 1.0 if self.is_with_replacement else float(np.sqrt(self.m / (self.n - self.m)))

    def interval(self, estimate: float, draws: Array, level: float) -> tuple[float, float]:
        """Interval of a number from its draws, shape (B,), none of which is lost."""
        tails = [(1 - level) / 2, (1 + level) / 2]
        if self.is_with_replacement:
            low, high = np.quantile(draws, tails)
            return float(low), float(high)
        low, high = np.quantile(draws - estimate, tails)
        return estimate - self.factor * float(high), estimate - self.factor * float(low)


def scheme_of(scheme: str, size: int | None, n: int, seed: int) -> Scheme:
    """Make a scheme for n entities.

    Raises
    ------
    SpecError
        A subsample has as many entities as there are, or there are too few to draw from.
    """
    if n < 3:
        raise SpecError(
            Problem(
                "whole_study.few",
                message("{n} entities are too few to draw from.", n=n),
                remedy=message("leave `inference.whole_study` out."),
            )
        )
    if scheme == "bootstrap":
        return Scheme(n, n, is_with_replacement=True, seed=seed)
    m = n // 2 if size is None else size
    if m >= n:
        raise SpecError(
            Problem(
                "whole_study.size",
                message("A subsample of {m} entities needs more than the {n} there are.", m=m, n=n),
                remedy=message("choose a size below {n}, such as {half}.", n=n, half=n // 2),
            )
        )
    return Scheme(n, m, is_with_replacement=False, seed=seed)
