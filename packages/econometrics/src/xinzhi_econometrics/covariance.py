"""Covariance of the coefficients under five assumptions on the errors.

Legend: A = (X'X)⁻¹X' (k, n), e residuals, N rows, K parameters that the rule counts, G clusters.
All are sums over rows of A_i e_i e_j A_j', which needs no inverse of X'X.

Driscoll-Kraay: with h_t the scores summed within period t,

    V = T/(T-1)·(N-1)/(N-K) Σ_s Σ_t w(|s - t|) h_s h_t',   w(d) = max(0, 1 - d/(L+1)),

where |s - t| is the distance in time, counted in the smallest step between two periods: years on both
sides of a missing one are two steps apart. w is a positive definite function of time, so that V has no
negative eigenvalue whatever the gaps (Newey and West 1987, doi:10.2307/1913610). Stata's xtscc, R fixest
and plm number the periods that occur and take both sides of a gap as neighbours; without gaps all agree.
"""

from __future__ import annotations

import numpy as np

from xinzhi_core.errors import MethodError, Problem, SpecError, Where
from xinzhi_core.wording import Message, message
from xinzhi_econometrics.estimates import CovarianceRule
from xinzhi_econometrics.least_squares import Array, Codes, Grouping, LeastSquares, Scores, cross
from xinzhi_econometrics.specification import Covariance
from xinzhi_econometrics.within import rank

ROUNDING = 1e-12
"""Negative eigenvalues of the scaled covariance down to this are rounding of zero."""


def covariance(
    scores: Scores,
    *,
    how: Covariance,
    clusters: tuple[Grouping, ...],
    effects: tuple[Grouping, ...],
    periods: Codes,
    n_slopes: int,
    df_absorbed: int,
    times: Array | None = None,
) -> tuple[Array, CovarianceRule]:
    """Compute V and the rule it follows.

    Parameters
    ----------
    scores
        Influence A (k, n) and residuals e (n,).
    clusters
        As many as the kind of errors needs.
    effects
        Effects of the regression: those nested in a cluster are not counted by the rule `fixest`.
    periods
        Period of each row in the order of time, from 0; for Driscoll-Kraay.
    n_slopes, df_absorbed
        k and dfa.
    times
        Time of each period, shape (T,), in units of the smallest step; 0, 1, 2 … where None.

    References
    ----------
    Cameron, Gelbach and Miller (2011), doi:10.1198/jbes.2010.07136;
    Driscoll and Kraay (1998), doi:10.1162/003465398557825.
    """
    residuals = scores.residuals
    n = len(residuals)
    df = n - n_slopes - df_absorbed
    if how.kind == "iid":
        influence = scores.rows
        vcov = influence @ influence.T * (residuals @ residuals / df)
        return vcov, CovarianceRule("iid", (), message("independent errors: RSS/(N-k-dfa)"), df)
    if how.kind == "hc1":
        products = scores.rows * residuals
        vcov = products @ products.T * (n / df)
        return vcov, CovarianceRule(
            "hc1", (), message("robust to unequal variances: N/(N-k-dfa)"), df
        )
    if how.kind == "driscoll_kraay":
        over_time = Grouping("period", periods, int(periods.max()) + 1)
        if times is None:
            times = np.arange(over_time.n_levels, dtype=np.float64)
        return _driscoll_kraay(scores, over_time, times, how, effects, n_slopes, df_absorbed)
    _check_clusters(clusters)
    # Two ways: the smaller number of clusters, as reghdfe and fixest count (Cameron and Miller 2015).
    n_clusters = min(cluster.n_levels for cluster in clusters)
    counted, words = _count_parameters(how.rule, clusters, effects, n_slopes, df_absorbed)
    factor = n_clusters / (n_clusters - 1) * (n - 1) / (n - counted)
    vcov, was_repaired = _meat(scores, clusters[0]), False
    if how.kind == "two_way":
        added = vcov + _meat(scores, clusters[1])
        # V1 + V2 - V12 may have negative eigenvalues, the sum V1 + V2 may not.
        vcov = added - _meat(scores, cross(*clusters))
        vcov, was_repaired = semidefinite(vcov, np.diag(added))
    rule = CovarianceRule(
        how.kind,
        tuple((cluster.name, cluster.n_levels) for cluster in clusters),
        words,
        n_clusters - 1,
        how.rule,
        was_repaired=was_repaired,
        counted=counted,
    )
    return vcov * factor, rule


def cluster_covariance(solved: LeastSquares, cluster: Grouping) -> Array:
    """Compute V of least squares without effects under clusters: G/(G-1)·(N-1)/(N-K), K columns."""
    k, n = solved.influence.shape
    factor = cluster.n_levels / (cluster.n_levels - 1) * (n - 1) / (n - k)
    return np.asarray(_meat(Scores(solved.influence, solved.residuals), cluster) * factor)


def _meat(scores: Scores, cluster: Grouping) -> Array:
    sums = scores.sums(cluster)
    return sums.T @ sums


def _check_clusters(clusters: tuple[Grouping, ...]) -> None:
    # With one cluster the scores add up to 0, and the factor G/(G-1) divides by 0.
    problems = [
        Problem(
            "reg.too_few_clusters",
            message(
                "'{name}' has {n} cluster; clustered standard errors need at least 2.",
                name=cluster.name,
                n=cluster.n_levels,
            ),
            Where(column=cluster.name),
            message("cluster by a column with more groups, or use hc1."),
        )
        for cluster in clusters
        if cluster.n_levels < 2
    ]
    if problems:
        raise MethodError(problems)


def _count_parameters(
    rule: str,
    clusters: tuple[Grouping, ...],
    effects: tuple[Grouping, ...],
    n_slopes: int,
    df_absorbed: int,
) -> tuple[int, Message]:
    """Count K of the cluster factor G/(G-1)·(N-1)/(N-K), and describe the rule."""
    if rule == "areg":
        return n_slopes + df_absorbed, message(
            "clusters as areg: G/(G-1)·(N-1)/(N-K), K counts all effects"
        )
    candidates = effects[:1] if rule == "stata" else effects
    nested = [
        effect for effect in candidates if any(effect.is_nested_in(cluster) for cluster in clusters)
    ]
    # Effects nested in a cluster vanish with it: counting them would inflate the errors (fixest, reghdfe).
    # The constant is counted also where all effects are nested: `rank` of no effects is 1.
    counted = n_slopes + (
        rank(tuple(effect for effect in effects if effect not in nested)) if nested else df_absorbed
    )
    if rule == "stata":
        return counted, message(
            "clusters as xtreg, fe: G/(G-1)·(N-1)/(N-K), K leaves out the first effect if nested in the cluster"
        )
    return counted, message(
        "clusters as fixest and reghdfe: G/(G-1)·(N-1)/(N-K), K leaves out effects nested in the cluster"
    )


def semidefinite(vcov: Array, sizes: Array) -> tuple[Array, bool]:
    """Set negative eigenvalues to 0 on the correlation scale (Cameron, Gelbach and Miller 2011).

    The eigenvalues of a covariance depend on the units of the columns, those of D⁻¹VD⁻¹ do not:
    the t statistics are the same in yuan and in billions. D holds the roots of the summed one-way
    variances, which are positive where those of V itself need not be.

    Parameters
    ----------
    vcov
        V, shape (k, k).
    sizes
        D², shape (k,).

    Returns
    -------
    V, and whether it had to be repaired: rounding alone does not count.

    Examples
    --------
    >>> vcov = np.array([[1.0, 2.0], [2.0, 1.0]])
    >>> repaired, was_repaired = semidefinite(vcov, np.ones(2))
    >>> repaired.round(9).tolist(), was_repaired
    ([[1.5, 1.5], [1.5, 1.5]], True)
    """
    scale = np.sqrt(sizes)
    scale = np.where(scale > 0.0, scale, 1.0)
    values, vectors = np.linalg.eigh(vcov / np.outer(scale, scale))
    if values[0] >= -ROUNDING * max(values[-1], 1.0):
        return vcov, False
    half = scale[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))
    return half @ half.T, True


def _driscoll_kraay(
    scores: Scores,
    over_time: Grouping,
    times: Array,
    how: Covariance,
    effects: tuple[Grouping, ...],
    n_slopes: int,
    df_absorbed: int,
) -> tuple[Array, CovarianceRule]:
    """Weigh the products of the scores of two periods by their distance; t with T-1 degrees."""
    n, n_periods = len(scores.residuals), over_time.n_levels
    # The default is the rule of thumb of Newey and West.
    lag = int(4 * (n_periods / 100) ** (2 / 9)) if how.lag is None else how.lag
    if n_periods < 2 or not 0 <= lag < n_periods:
        raise SpecError(_wrong_lag(lag, n_periods))
    sums = scores.sums(over_time)
    # Summed within periods first: correlation across entities of one period is allowed without weight.
    vcov = sums.T @ sums
    # Periods that are k places apart are at least k steps apart: beyond the lag none has a weight.
    for places in range(1, lag + 1):
        apart = times[places:] - times[:-places]
        weights = np.maximum(0.0, 1.0 - apart / (lag + 1))
        gamma = (weights[:, None] * sums[places:]).T @ sums[:-places]
        vcov = vcov + gamma + gamma.T
    counted, words = _count_over_time(how.rule, over_time, effects, n_slopes, df_absorbed)
    rule = CovarianceRule(
        "driscoll_kraay",
        (("period", n_periods),),
        message("Driscoll-Kraay, Bartlett weights, lag {lag}: {rule}", lag=lag, rule=words),
        n_periods - 1,
        how.rule,
        lag=lag,
        counted=counted,
        has_gaps=bool(np.any(np.diff(times) > 1.0 + 1e-9)),
    )
    return vcov * (n_periods / (n_periods - 1) * (n - 1) / (n - counted)), rule


def _wrong_lag(lag: int, n_periods: int) -> Problem:
    return Problem(
        "reg.lag",
        message(
            "Lag {lag} does not fit {n} periods.",
            one="Lag {lag} does not fit {n} period.",
            lag=lag,
            n=n_periods,
        ),
        remedy=message("use a lag from 0 to {most}.", most=n_periods - 1)
        if n_periods > 1
        else message("use hc1 for a cross-section."),
    )


def _count_over_time(
    rule: str,
    over_time: Grouping,
    effects: tuple[Grouping, ...],
    n_slopes: int,
    df_absorbed: int,
) -> tuple[int, Message]:
    """Count K of Driscoll-Kraay's factor T/(T-1)·(N-1)/(N-K), and describe the rule."""
    if rule == "areg":
        return n_slopes + df_absorbed, message("T/(T-1)·(N-1)/(N-K), K counts all effects")
    if rule == "stata":
        words = message("T/(T-1)·(N-1)/(N-K) as xtscc, K leaves out the entities")
        left = tuple(effect for effect in effects if effect.name != "entity")
    else:
        words = message("T/(T-1)·(N-1)/(N-K) as fixest, K leaves out effects nested in the periods")
        left = tuple(effect for effect in effects if not effect.is_nested_in(over_time))
    if len(left) == len(effects):
        return n_slopes + df_absorbed, words
    # `rank` of no effects is 1: the constant.
    return n_slopes + rank(left), words
