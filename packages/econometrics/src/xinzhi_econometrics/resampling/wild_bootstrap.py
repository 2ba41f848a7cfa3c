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

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi_core.errors import MethodError, Problem
from xinzhi_core.panel.panel import Panel
from xinzhi_core.resampled import p_of_count
from xinzhi_core.wording import message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import estimate
from xinzhi_econometrics.least_squares import (
    Array,
    Grouping,
    LeastSquares,
    dependences,
    least_squares,
)
from xinzhi_econometrics.model import Model, build_model
from xinzhi_econometrics.resampling.cluster_bootstrap import (
    by_data,
    generator,
    less_means,
    nested_effect,
)
from xinzhi_econometrics.specification import Regression, with_errors
from xinzhi_econometrics.whole_line import angles

FEW = 40
"""Clusters below which the study runs this by itself."""
VERY_FEW = 12
"""Clusters up to which Webb's six weights replace the two of Rademacher."""
MOST_DUMMIES = 600
"""Levels of effects across the clusters up to which their dummies enter the regression."""
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
        ends = [[end for piece in pieces for end in piece] or [np.nan] for pieces in self.intervals]
        return pd.DataFrame(
            {
                "statistic": self.statistic,
                "p_value": self.p_value,
                "ci_low": list(map(min, ends)),
                "ci_high": list(map(max, ends)),
            },
            index=pd.Index(self.names, name="name"),
        )


def wild_bootstrap(
    data: Panel | pd.DataFrame,
    regression: Regression,
    *,
    draws: int = 9999,
    seed: int = 0,
    level: float | None = None,
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
        Of the intervals, that of the regression where left out. They hold the values whose p-value is
        1 - level or more.

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
    level = regression.level if level is None else level
    if regression.covariance.kind != "cluster":
        what = message("The wild cluster bootstrap needs errors clustered one way.")
        remedy = message("use covariance: {{cluster: …}}.")
        raise MethodError(Problem("wild.not_clustered", what, remedy=remedy))
    model = build_model(data, regression)
    estimates = estimate(model)
    # Signs are dealt to clusters by their numbers, which the data give, not their names.
    model = replace(model, sample=by_data(model.sample))
    cluster, k = model.sample.clusters[0], len(model.names)
    x = _design(model, cluster)
    # The effect that is nested in the clusters is partialled out: it commutes with the weights.
    inner = nested_effect(model.sample, cluster)
    y = less_means(model.sample.outcome[:, None], inner)[:, 0]
    solved = least_squares(y, x)
    weights, kind = _draw_weights(cluster.n_levels, draws, seed)
    first = 0 if model.sample.effects else 1
    untested = {missing.name for missing in estimates.without_error}
    if estimates.untested:
        untested = set(model.names)
    p_values, intervals = np.full(k, np.nan), []
    for j, name in enumerate(model.names):
        test = invert(y, x, solved, cluster, weights, first + j, is_exact=kind == "all")
        intervals.append(() if name in untested else test.interval(level))
        if name not in untested:
            p_values[j] = test.p_value(0.0)
    return Wild(
        names=model.names,
        estimates=estimates,
        statistic=estimates.statistic[-k:],
        p_value=p_values,
        intervals=tuple(intervals),
        level=level,
        n_draws=len(weights),
        n_clusters=cluster.n_levels,
        weights=kind,
    )


def _design(model: Model, cluster: Grouping) -> Array:
    """Put together regressors first, then the dummies of effects that cut across clusters.

    Without effects: the constant first, then the regressors.
    """
    across = [effect for effect in model.sample.effects if not effect.is_nested_in(cluster)]
    levels = sum(effect.n_levels for effect in across)
    if levels > MOST_DUMMIES:
        what = message("Effects across the clusters have {n} levels.", n=levels)
        remedy = message("cluster by a group that contains them, or use fewer effects.")
        raise MethodError(Problem("wild.too_many_levels", what, remedy=remedy))
    x = model.sample.design
    if not model.sample.effects:
        return np.column_stack([np.ones(len(x)), x])
    dummies = [np.eye(effect.n_levels)[effect.codes] for effect in across]
    inner = nested_effect(model.sample, cluster)
    columns = less_means(np.hstack([x - x.mean(axis=0), *dummies]), inner)
    # The dummies of an effect add up to the constant: where a nested effect contains it, one drops out.
    present = np.flatnonzero(np.linalg.norm(columns, axis=0) > 1e-10)
    independent, _ = dependences(columns[:, present], np.full(len(present), 1e-10))
    return np.asarray(columns[:, present[list(independent)]])


def _draw_weights(n_clusters: int, draws: int, seed: int) -> tuple[Array, str]:
    """Draw the weights of the clusters, shape (B, G), and name their distribution."""
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
"""Bisections of a step of the grid, after which its width is rounding."""
CHUNK = 2_000
"""Draws at once: it bounds the memory and changes no result."""


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
        inner = 2.0 * np.tan(angles(GRID))
        grid = np.concatenate([[-REACH], inner, [REACH]])
        inside = [self._is_inside(float(delta), level) for delta in grid]
        edges = [
            self.estimate + self.error * self._edge(float(grid[i]), float(grid[i + 1]), level)
            for i in range(len(grid) - 1)
            if inside[i] != inside[i + 1]
        ]
        ends = [*([-np.inf] if inside[0] else []), *edges, *([np.inf] if inside[-1] else [])]
        return tuple((float(a), float(b)) for a, b in zip(ends[::2], ends[1::2], strict=True))

    def _p(self, delta: float) -> float:
        top = self.moved[0] - delta * self.moved[1]
        bottom = self.squares[0] - 2 * delta * self.squares[1] + delta**2 * self.squares[2]
        # Squared, so that a draw without spread counts as large and none is lost.
        k = int(np.sum(top**2 >= delta**2 * bottom * (1 - TIE) ** 2))
        n = len(top)
        return k / n if self.is_exact else float(p_of_count(k, n))

    def _is_inside(self, delta: float, level: float) -> bool:
        # p moves in steps: a value whose p equals 1 - level up to rounding is not rejected.
        return self._p(delta) >= (1 - level) * (1 - 1e-12)

    def _edge(self, low: float, high: float, level: float) -> float:
        """Bisect the change of the decision between two values, on the side that is not rejected."""
        low_is_inside = self._is_inside(low, level)
        for _ in range(STEPS):
            middle = (low + high) / 2
            if self._is_inside(middle, level) == low_is_inside:
                low = middle
            else:
                high = middle
        return low if low_is_inside else high


def invert(
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
    regressor, outcome = x[:, j], y
    if others.shape[1]:
        regressor = least_squares(regressor, others).residuals
        outcome = least_squares(outcome, others).residuals
    # The restricted residuals u(c) are linear in the value under test: one set of draws serves all.
    b, a = float(solved.slopes[j]), solved.influence
    residuals = outcome - b * regressor
    scores = a[j] * solved.residuals
    error = float(np.linalg.norm(cluster.sums(scores[:, None])))
    # The scores of a regressor that one cluster alone has add up to 0: there is no error to divide by.
    error = error if error > NOTHING * float(np.linalg.norm(scores)) else 0.0
    size = error if error > 0.0 else 1.0
    constant, slope = cluster.sums((a * residuals).T) / size, cluster.sums((a * regressor).T)
    along = cluster.sums(a[j][:, None] * x)
    chunks = [
        _draw(weights[first : first + CHUNK], constant, slope, along, j)
        for first in range(0, len(weights), CHUNK)
    ]
    n0, n1, s00, s01, s11 = (np.concatenate(part) for part in zip(*chunks, strict=True))
    return Inversion(b, error, (n0, n1), (s00, s01, s11), is_exact)


def _draw(v: Array, constant: Array, slope: Array, along: Array, j: int) -> tuple[Array, ...]:
    """Give what draws need for every δ: both parts of the slope, and the products of its scores."""
    moved0, moved1 = v @ constant, v @ slope
    s0 = v * constant[:, j] - moved0 @ along.T
    s1 = v * slope[:, j] - moved1 @ along.T
    return (
        moved0[:, j],
        moved1[:, j],
        np.einsum("bg,bg->b", s0, s0),
        np.einsum("bg,bg->b", s0, s1),
        np.einsum("bg,bg->b", s1, s1),
    )
