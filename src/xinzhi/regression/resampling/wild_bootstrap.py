"""The wild cluster bootstrap: p-values and intervals that are valid with few clusters.

For each slope, H0: b_j = c is imposed, and the residuals of the restricted regression change their sign
together within a cluster. No draw is a regression: with A_j the influence on slope j, u the restricted
residuals and v_g the weight of cluster g,

    b*_j = c + Σ_g v_g A_jg u_g,   score*_g = v_g A_jg u_g - A_jg X_g (Σ_h v_h A_h u_h).

The p-value is that of c = 0, the interval holds every c that is not rejected (test inversion). Under H0
the restricted residuals are u(c) = u(b_j) - (c - b_j) x~_j, x~_j the regressor less the others, so that all
that a draw needs is linear in c and a test of another value costs no regression. With δ = (c - b_j)/se,
se the clustered error of the sample,

    t(c) = -δ,   t*(c) = (n₀ - δ n₁) / √Σ_g (s₀g - δ s₁g)²

and a draw counts where |t*| >= |t|: the test is two-sided and symmetric.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.errors import MethodError, Problem
from xinzhi.panel.panel import Panel
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.fit import estimate
from xinzhi.regression.grouping import Array, Grouping
from xinzhi.regression.least_squares import LeastSquares, dependences, least_squares
from xinzhi.regression.model import Model, model
from xinzhi.regression.resampling.cluster_bootstrap import generator
from xinzhi.regression.specification import Regression, with_errors
from xinzhi.wording import message

FEW = 40
"""Clusters below which the study runs this by itself."""
VERY_FEW = 12
"""Clusters up to which Webb's six weights replace the two of Rademacher."""
MOST_DUMMIES = 600
WEBB = np.sqrt(np.array([1.5, 1.0, 0.5]))


@dataclass(frozen=True, slots=True, eq=False)
class Wild:
    """Bootstrap p-values and intervals; the arrays follow `names`."""

    names: tuple[str, ...]
    estimates: Estimates
    statistic: Array
    """t of the sample, cluster-robust."""
    p_value: Array
    """Two-sided, symmetric: with k draws of |t*| >= |t|, (1 + k)/(1 + draws); k/draws for `all`."""
    intervals: tuple[Pieces, ...]
    """Values that the same test does not reject; ends may be infinite, the set may have gaps."""
    level: float
    """Of the intervals."""
    n_draws: int
    n_clusters: int
    weights: str
    """rademacher | webb | all: every combination of signs"""

    def to_frame(self) -> pd.DataFrame:
        """Return one row a slope: statistic, p_value, outer ends of the interval."""
        ends = [[end for piece in one for end in piece] or [np.nan] for one in self.intervals]
        return pd.DataFrame(
            {
                "statistic": self.statistic,
                "p_value": self.p_value,
                "ci_low": [min(one) for one in ends],
                "ci_high": [max(one) for one in ends],
            },
            index=pd.Index(self.names, name="name"),
        )


def wild_bootstrap(
    data: Panel | pd.DataFrame,
    regression: Regression,
    *,
    draws: int = 9999,
    seed: int = 0,
    level: float = 0.95,
) -> Wild:
    """Compute wild cluster bootstrap p-values and intervals of all slopes, the null imposed.

    Parameters
    ----------
    regression
        With errors of kind `cluster`.
    draws, seed
        Rademacher weights, Webb's up to 12 clusters; where all combinations of signs are no more
        than the draws, each is taken once.
    level
        Of the intervals. They hold the values whose p-value is 1 - level or more.

    Raises
    ------
    MethodError
        The errors are not clustered one way, or effects across clusters have too many levels.

    References
    ----------
    Cameron, Gelbach and Miller (2008), doi:10.1162/rest.90.3.414; Webb (2023),
    doi:10.1111/caje.12661; Roodman et al. (2019), doi:10.1177/1536867X19830877 (the inversion);
    Phipson and Smyth (2010), doi:10.2202/1544-6115.1585 (why a p-value of draws is never 0).
    """
    regression = with_errors(data, regression)
    if regression.covariance.kind != "cluster":
        raise MethodError(
            Problem(
                "wild.not_clustered",
                message("The wild cluster bootstrap needs errors clustered one way."),
                remedy=message("use covariance: {{cluster: …}}."),
            )
        )
    ready = model(data, regression)
    found = estimate(ready)
    cluster = ready.sample.clusters[0]
    x = _explicit(ready, cluster)
    y = _less_nested(ready, cluster, ready.sample.outcome[:, None])[:, 0]
    solved = least_squares(y, x)
    weights, kind = _weights(cluster.n_levels, draws, seed)
    first = 0 if ready.sample.effects else 1
    k = len(ready.names)
    tests = [
        inversion(y, x, solved, cluster, weights, j, is_exact=kind == "all")
        for j in range(first, first + k)
    ]
    bare = {one.name for one in found.without_error}
    is_tested = [not found.untested and name not in bare for name in ready.names]
    return Wild(
        names=ready.names,
        estimates=found,
        statistic=found.statistic[-k:],
        p_value=np.array(
            [t.p_value(0.0) if ok else np.nan for t, ok in zip(tests, is_tested, strict=True)]
        ),
        intervals=tuple(
            t.interval(level) if ok else () for t, ok in zip(tests, is_tested, strict=True)
        ),
        level=level,
        n_draws=len(weights),
        n_clusters=cluster.n_levels,
        weights=kind,
    )


def _less_nested(ready: Model, cluster: Grouping, columns: Array) -> Array:
    """Partial out the finest effect that is nested in the clusters; it commutes with the weights."""
    nested = [e for e in ready.sample.effects if e.is_nested_in(cluster)]
    if not nested:
        return columns
    inner = max(nested, key=lambda effect: effect.n_levels)
    return np.asarray(columns - inner.means(columns)[inner.codes])


def _explicit(ready: Model, cluster: Grouping) -> Array:
    """Slopes first, then the dummies of effects that cut across clusters, or the constant."""
    across = [e for e in ready.sample.effects if not e.is_nested_in(cluster)]
    levels = sum(effect.n_levels for effect in across)
    if levels > MOST_DUMMIES:
        raise MethodError(
            Problem(
                "wild.too_many_levels",
                message("Effects across the clusters have {n} levels.", n=levels),
                remedy=message("cluster by a group that contains them, or use fewer effects."),
            )
        )
    n = len(ready.sample.outcome)
    own = ready.sample.design
    if not ready.sample.effects:
        return np.column_stack([np.ones(n), own])
    dummies = [np.eye(effect.n_levels)[effect.codes] for effect in across]
    all_columns = _less_nested(ready, cluster, np.hstack([own - own.mean(axis=0), *dummies]))
    size = np.linalg.norm(all_columns, axis=0)
    present = np.flatnonzero(size > 1e-10)
    kept, _ = dependences(all_columns[:, present], np.full(len(present), 1e-10))
    chosen = present[list(kept)]
    return np.asarray(all_columns[:, chosen])


def _weights(n_clusters: int, draws: int, seed: int) -> tuple[Array, str]:
    """Weights of the clusters in each draw, shape (B, G)."""
    # With few clusters all sign vectors are enumerated: the p-value is then exact, not simulated.
    if n_clusters < 63 and 2**n_clusters <= draws:
        bits = (np.arange(2**n_clusters)[:, None] >> np.arange(n_clusters)) & 1
        return (2 * bits - 1).astype(np.float64), "all"
    values = np.array([-1.0, 1.0])
    if n_clusters <= VERY_FEW:
        values = np.concatenate([-WEBB, WEBB])
    picks = np.stack(
        [generator(seed, k).integers(len(values), size=n_clusters) for k in range(draws)]
    )
    return values[picks].astype(np.float64), "webb" if len(values) > 2 else "rademacher"


Pieces = tuple[tuple[float, float], ...]
"""Intervals from left to right; ends may be infinite."""
TIE = 1e-10
"""Share within which |t*| and |t| are equal, as with all signs turned."""
NOTHING = 1e-10
"""Clustered error over the norm of the scores below which it is a trace of rounding."""
REACH = 1e4
"""Standard errors from the estimate beyond which a set counts as unbounded."""
GRID = 401
STEPS = 60
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Inversion:
    """The bootstrap distribution of one slope, for every value under test."""

    estimate: float
    error: float
    """Clustered error without a small-sample factor, as in each draw."""
    moved: tuple[Array, Array]
    """n₀ and n₁ over the error, shape (B,)."""
    squares: tuple[Array, Array, Array]
    """Σ s₀², Σ s₀s₁ and Σ s₁² over the squared error."""
    is_exact: bool
    """Whether every combination of signs is drawn once, that of the sample among them."""

    def p_value(self, value: float) -> float:
        """Test one value: k/B of all combinations of signs, (1 + k)/(1 + B) of random draws.

        A Monte Carlo p-value of 0 would say that no draw could be as large, which B draws cannot show.
        """
        if not self.error > 0.0:
            return float("nan")
        return self._p((value - self.estimate) / self.error)

    def interval(self, level: float) -> Pieces:
        """Values with a p-value of 1 - level or more, by a grid and bisection of each change."""
        if not self.error > 0.0:
            return ()
        # The set need not be an interval: every change of the decision on the grid is bisected.
        inner = 2.0 * np.tan(np.linspace(-np.pi / 2, np.pi / 2, GRID)[1:-1])
        grid = np.concatenate([[-REACH], inner, [REACH]])
        kept = [self._is_kept(float(delta), level) for delta in grid]
        edges = [
            self.estimate + self.error * self._edge(float(grid[i]), float(grid[i + 1]), level)
            for i in range(len(grid) - 1)
            if kept[i] != kept[i + 1]
        ]
        ends = [*([-np.inf] if kept[0] else []), *edges, *([np.inf] if kept[-1] else [])]
        return tuple((float(a), float(b)) for a, b in zip(ends[::2], ends[1::2], strict=True))

    def _p(self, delta: float) -> float:
        top = self.moved[0] - delta * self.moved[1]
        bottom = self.squares[0] - 2 * delta * self.squares[1] + delta**2 * self.squares[2]
        # squared, so that a draw without spread counts as large and none is lost
        k = int(np.sum(top**2 >= delta**2 * bottom * (1 - TIE) ** 2))
        n = len(top)
        return k / n if self.is_exact else (1 + k) / (1 + n)

    def _is_kept(self, delta: float, level: float) -> bool:
        return self._p(delta) >= (1 - level) * (1 - 1e-12)

    def _edge(self, low: float, high: float, level: float) -> float:
        """Bisect the change of the decision between two values, on the side that is not rejected."""
        low_is_kept = self._is_kept(low, level)
        for _ in range(STEPS):
            middle = (low + high) / 2
            if self._is_kept(middle, level) == low_is_kept:
                low = middle
            else:
                high = middle
        return low if low_is_kept else high


def inversion(
    y: Array,
    x: Array,
    solved: LeastSquares,
    cluster: Grouping,
    weights: Array,
    j: int,
    *,
    is_exact: bool,
) -> Inversion:
    """Draw the bootstrap distribution of slope j.

    Parameters
    ----------
    y, x
        Outcome (n,) and regressors (n, k), without the effects that are nested in the clusters.
    solved
        Least squares of y on x.
    weights
        Weight of each cluster in each draw, shape (B, G).
    """
    others = np.delete(x, j, axis=1)
    own = least_squares(x[:, j], others).residuals if others.shape[1] else x[:, j]
    # The restricted residuals are linear in the value under test: one set of draws serves all values.
    b, a = float(solved.slopes[j]), solved.influence
    at = (least_squares(y, others).residuals if others.shape[1] else y) - b * own
    scores = a[j] * solved.residuals
    error = float(np.linalg.norm(cluster.sums(scores[:, None])))
    # the scores of a regressor that one cluster alone has add up to 0: there is no error to divide by
    error = error if error > NOTHING * float(np.linalg.norm(scores)) else 0.0
    size = error if error > 0.0 else 1.0
    zero, one = cluster.sums((a * at).T) / size, cluster.sums((a * own).T)
    along = cluster.sums(a[j][:, None] * x)
    blocks = [
        _block(weights[first : first + AT_ONCE], zero, one, along, j)
        for first in range(0, len(weights), AT_ONCE)
    ]
    n0, n1, s00, s01, s11 = (np.concatenate(part) for part in zip(*blocks, strict=True))
    return Inversion(b, error, (n0, n1), (s00, s01, s11), is_exact)


def _block(v: Array, zero: Array, one: Array, along: Array, j: int) -> tuple[Array, ...]:
    moved0, moved1 = v @ zero, v @ one
    s0 = v * zero[:, j] - moved0 @ along.T
    s1 = v * one[:, j] - moved1 @ along.T
    return (
        moved0[:, j],
        moved1[:, j],
        np.einsum("bg,bg->b", s0, s0),
        np.einsum("bg,bg->b", s0, s1),
        np.einsum("bg,bg->b", s1, s1),
    )
