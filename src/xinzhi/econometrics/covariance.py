"""Covariance of the slopes: how far they can be trusted, under five assumptions on the errors.

Legend: A = (X'X)⁻¹X' (k, n), e residuals, N rows, K parameters that the rule counts, G clusters.
All are sums over rows of A_i e_i e_j A_j', which needs no inverse of X'X.
"""

from __future__ import annotations

import numpy as np

from xinzhi.econometrics.estimates import CovarianceRule
from xinzhi.econometrics.grouping import Array, Codes, Grouping, crossed
from xinzhi.econometrics.specification import Covariance
from xinzhi.econometrics.within import rank
from xinzhi.errors import MethodError, Problem, SpecError, Where
from xinzhi.wording import Message, message


def covariance(
    influence: Array,
    residuals: Array,
    *,
    how: Covariance,
    clusters: tuple[Grouping, ...],
    effects: tuple[Grouping, ...],
    periods: Codes,
    n_slopes: int,
    df_absorbed: int,
) -> tuple[Array, CovarianceRule]:
    """Compute V and the rule it follows.

    Parameters
    ----------
    influence
        A, shape (k, n).
    residuals
        e, shape (n,).
    clusters
        As many as the kind of errors needs.
    effects
        Effects of the regression: those nested in a cluster are not counted by the rule `fixest`.
    periods
        Period of each row in the order of time, from 0; for Driscoll-Kraay.
    n_slopes, df_absorbed
        k and dfa.

    References
    ----------
    Cameron, Gelbach and Miller (2011), doi:10.1198/jbes.2010.07136;
    Driscoll and Kraay (1998), doi:10.1162/003465398557825.
    """
    n = len(residuals)
    df = n - n_slopes - df_absorbed
    scores = influence * residuals
    if how.kind == "iid":
        vcov = influence @ influence.T * (residuals @ residuals / df)
        return vcov, CovarianceRule("iid", (), message("independent errors: RSS/(N-k-dfa)"), df)
    if how.kind == "hc1":
        vcov = scores @ scores.T * (n / df)
        return vcov, CovarianceRule(
            "hc1", (), message("robust to unequal variances: N/(N-k-dfa)"), df
        )
    if how.kind == "driscoll_kraay":
        return _driscoll_kraay(scores, periods, how.lag, df)
    _check_clusters(clusters)
    n_clusters = min(cluster.n_levels for cluster in clusters)
    counted, words = _counted(how.rule, clusters, effects, n_slopes, df_absorbed)
    factor = n_clusters / (n_clusters - 1) * (n - 1) / (n - counted)
    vcov, was_repaired = _clustered(scores, clusters[0]), False
    if how.kind == "two_way":
        first, second = clusters
        vcov = vcov + _clustered(scores, second) - _clustered(scores, crossed(first, second))
        vcov, was_repaired = _semidefinite(vcov)
    sizes = tuple((cluster.name, cluster.n_levels) for cluster in clusters)
    rule = CovarianceRule(
        how.kind, sizes, words, n_clusters - 1, how.rule, was_repaired=was_repaired
    )
    return vcov * factor, rule


def _clustered(scores: Array, cluster: Grouping) -> Array:
    sums = cluster.sums(scores.T)
    return sums.T @ sums


def _check_clusters(clusters: tuple[Grouping, ...]) -> None:
    problems = [
        Problem(
            "reg.too_few_clusters",
            message(
                "'{name}' has {n} cluster; errors need at least 2.",
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


def _counted(
    rule: str,
    clusters: tuple[Grouping, ...],
    effects: tuple[Grouping, ...],
    n_slopes: int,
    df_absorbed: int,
) -> tuple[int, Message]:
    """Count K of the cluster factor G/(G-1)·(N-1)/(N-K), and say the rule."""
    if rule == "areg":
        return n_slopes + df_absorbed, message(
            "clusters as areg: G/(G-1)·(N-1)/(N-K), K counts all effects"
        )
    first = effects[:1] if rule == "stata" else effects
    nested = tuple(
        effect for effect in first if any(effect.is_nested_in(cluster) for cluster in clusters)
    )
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


def _semidefinite(vcov: Array) -> tuple[Array, bool]:
    """Set negative eigenvalues to 0, as Cameron, Gelbach and Miller advise."""
    values, vectors = np.linalg.eigh(vcov)
    if values[0] >= 0.0:
        return vcov, False
    repaired: Array = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return repaired, True


def _driscoll_kraay(
    scores: Array, periods: Codes, lag: int | None, df: int
) -> tuple[Array, CovarianceRule]:
    """Bartlett weights on the autocovariances of the scores summed within periods.

    V = N/(N-k-dfa) Σ_l w_l (Γ_l + Γ_l'), w_l = 1 - l/(L+1).
    """
    n_periods = int(periods.max()) + 1
    used = int(4 * (n_periods / 100) ** (2 / 9)) if lag is None else lag
    if not 0 <= used < n_periods:
        raise SpecError(
            Problem(
                "reg.lag",
                message("Lag {lag} does not fit {n} periods.", lag=used, n=n_periods),
                remedy=message("use a lag from 0 to {most}.", most=n_periods - 1),
            )
        )
    sums = Grouping("period", periods, n_periods).sums(scores.T)
    vcov = sums.T @ sums
    for step in range(1, used + 1):
        gamma = sums[step:].T @ sums[:-step]
        vcov = vcov + (1 - step / (used + 1)) * (gamma + gamma.T)
    rule = CovarianceRule(
        "driscoll_kraay",
        (("period", n_periods),),
        message("Driscoll-Kraay, Bartlett weights, lag {lag}: N/(N-k-dfa)", lag=used),
        df,
        lag=used,
    )
    return vcov * (scores.shape[1] / df), rule
