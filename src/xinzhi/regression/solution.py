"""Coefficients of an estimator, and their covariance under the errors of the regression.

    b - β ≈ A e,    V = A Ω A'

where Ω stands for what the kind of the errors (robust, clustered, two-way, Driscoll-Kraay) makes of
the residuals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xinzhi.regression.covariance import covariance
from xinzhi.regression.estimates import CovarianceRule
from xinzhi.regression.grouping import Array, Grouping
from xinzhi.regression.least_squares import LeastSquares
from xinzhi.regression.model import Model
from xinzhi.regression.sample import periods_of, times_of
from xinzhi.wording import Wording, message


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """Coefficients b with b - β ≈ A e: what the covariance of any estimator is made of."""

    names: tuple[str, ...]
    """Those that are reported: not the dummies of effects, not the means of regressors."""
    slopes: Array
    """Shape (k,)."""
    influence: Array
    """A, shape (k, n)."""
    residuals: Array
    """e, shape (n,)."""
    n_parameters: int
    """K: all coefficients that were estimated, those that are not reported included."""
    effects: tuple[tuple[str, int], ...]
    """(effect, number of levels)."""
    columns: Array | None
    """Columns of the hat matrix (n, K), dummies among them; None where effects are taken out: A spans them."""
    root: Array | None
    """Standard deviation of each error up to a factor, where the model gives it; None: one for all."""

    def covariance(self, model: Model) -> tuple[Array, CovarianceRule]:
        """Compute V = A e e' A' under the errors of the regression; the rule counts all K."""
        # Effects that stay in the design as dummies are parameters, nested in a cluster or not.
        vcov, rule = estimated_covariance(
            model, self.influence, self.residuals, (), self.n_parameters, 0
        )
        return vcov, replace(rule, rule=_describe_rule(rule))


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquaresSolution(Coefficients):
    """Coefficients of least squares, the constant included where there are no effects."""

    solved: LeastSquares
    """The slopes without the constant, and the residuals."""
    constant: float


def estimated_covariance(
    model: Model,
    influence: Array,
    residuals: Array,
    effects: tuple[Grouping, ...],
    n_slopes: int,
    df_absorbed: int,
) -> tuple[Array, CovarianceRule]:
    """Compute V of coefficients with this influence under the errors of a regression."""
    sample, how = model.sample, model.regression.covariance
    is_over_time = how.kind == "driscoll_kraay"
    vcov, rule = covariance(
        influence,
        residuals,
        how=how,
        clusters=sample.clusters,
        effects=effects,
        periods=periods_of(sample.index) if is_over_time else np.empty(0, dtype=np.intp),
        n_slopes=n_slopes,
        df_absorbed=df_absorbed,
        times=times_of(sample.index) if is_over_time else None,
    )
    return vcov, replace(rule, is_default=how.is_default)


def _describe_rule(rule: CovarianceRule) -> Wording:
    """Describe the small-sample rule that counts every coefficient."""
    if rule.kind in {"cluster", "two_way"}:
        return message("G/(G-1)·(N-1)/(N-K), K counts all coefficients, dummies included")
    if rule.kind == "driscoll_kraay":
        return message(
            "Driscoll-Kraay, Bartlett weights, lag {lag}: T/(T-1)·(N-1)/(N-K), K counts all coefficients, dummies included",
            lag=rule.lag,
        )
    return rule.rule
