"""Fractional logit with Mundlak means: a regression for scores between 0 and 1.

    E[y_it | x] = Λ(a + x_it'b + x̄_i'g + d_t),   Λ(z) = 1/(1 + e^-z)

The means x̄_i stand for the effects of entities, which cannot be taken out of a curve; d_t are
dummies of the other effects. Estimated by quasi maximum likelihood, errors clustered by entity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special

from xinzhi.econometrics.distributions import t_tails
from xinzhi.econometrics.estimates import CovarianceRule
from xinzhi.econometrics.grouping import Array, Grouping
from xinzhi.econometrics.least_squares import dependences
from xinzhi.econometrics.model import Model, model
from xinzhi.econometrics.random_effects import entity_of, with_years
from xinzhi.econometrics.specification import Covariance, Regression
from xinzhi.errors import MethodError, OutOfDomain, Problem, SolverFailure, Where
from xinzhi.panel.panel import Panel
from xinzhi.wording import message

ROUNDS = 100
CLOSE = 1e-12
"""Largest step, in standard deviations of the index, at which Newton's rounds end."""


@dataclass(frozen=True, slots=True, eq=False)
class FractionalLogit:
    """Estimates of a fractional logit; the arrays follow `names`, means and dummies left out."""

    names: tuple[str, ...]
    estimate: Array
    """b, on the scale of the logit."""
    std_error: Array
    effect: Array
    """Average partial effects: mean of Λ'(index) times b, on the scale of the scores."""
    effect_error: Array
    """Delta method."""
    p_value: Array
    """Of b, t(G-1)."""
    n: int
    covariance: CovarianceRule

    def to_frame(self) -> pd.DataFrame:
        """Return one row a regressor: estimate, std_error, effect, effect_error, p_value."""
        columns = ("estimate", "std_error", "effect", "effect_error", "p_value")
        return pd.DataFrame(
            {column: getattr(self, column) for column in columns},
            index=pd.Index(self.names, name="name"),
        )


def fractional_logit(data: Panel | pd.DataFrame, regression: Regression) -> FractionalLogit:
    """Regress a score between 0 and 1 on regressors, controls and their means by entity.

    Parameters
    ----------
    regression
        With entity effects; its errors are replaced by errors clustered by entity.

    Raises
    ------
    OutOfDomain
        The outcome leaves [0, 1], as super-efficiency does.
    MethodError
        There are no entity effects, or the likelihood has no maximum.

    References
    ----------
    Papke and Wooldridge (1996), doi:10.1002/(SICI)1099-1255(199611)11:6<619::AID-JAE418>3.0.CO;2-1;
    Papke and Wooldridge (2008), doi:10.1016/j.jeconom.2008.05.009.
    """
    ready = model(data, replace(regression, covariance=Covariance()))
    entity = entity_of(ready)
    _check(ready, regression.outcome)
    design = _design(ready, entity)
    slopes = _maximum(ready.sample.outcome, design)
    vcov, rule = _covariance(ready.sample.outcome, design, slopes, entity)
    k = len(ready.names)
    own = slice(1, 1 + k)
    error = np.sqrt(np.diag(vcov)[own])
    effect, effect_error = _effects(design, slopes, vcov, k)
    return FractionalLogit(
        names=ready.names,
        estimate=slopes[own],
        std_error=error,
        effect=effect,
        effect_error=effect_error,
        p_value=t_tails(slopes[own] / error, rule.df),
        n=len(design),
        covariance=rule,
    )


def _check(ready: Model, outcome: str) -> None:
    y = ready.sample.outcome
    outside = np.flatnonzero((y < 0.0) | (y > 1.0))
    if outside.size:
        entity, period = ready.sample.index[int(outside[0])]
        raise OutOfDomain(
            Problem(
                "fractional.outside",
                message(
                    "'{name}' leaves the range from 0 to 1 in {n} rows.",
                    one="'{name}' leaves the range from 0 to 1 in {n} row.",
                    name=outcome,
                    n=len(outside),
                ),
                Where(column=outcome, entity=str(entity), period=str(period)),
                message("use scores without super-efficiency, untransformed."),
            )
        )


def _design(ready: Model, entity: Grouping) -> Array:
    """Constant, x, x̄, dummies and their means; columns that say nothing are left out."""
    pooled, _ = with_years(ready)
    k = len(ready.names)
    means = (entity.sums(pooled) / entity.counts[:, None])[entity.codes]
    order = [pooled[:, : 1 + k], means[:, 1 : 1 + k], pooled[:, 1 + k :], means[:, 1 + k :]]
    design = np.hstack(order)
    size = np.linalg.norm(design, axis=0)
    present = np.flatnonzero(size > 0.0)
    kept, _ = dependences(design[:, present], np.full(len(present), 1e-10))
    return np.asarray(design[:, present[list(kept)]])


def _maximum(outcome: Array, design: Array) -> Array:
    """Find the maximum by Newton's steps on standardised columns, halved while they overshoot."""
    scale = np.sqrt(np.mean(design**2, axis=0))
    x = design / scale
    slopes = np.zeros(x.shape[1])
    slopes[0] = special.logit(np.clip(outcome.mean(), 1e-6, 1 - 1e-6))
    best = _likelihood(outcome, x @ slopes)
    for _ in range(ROUNDS):
        fitted = special.expit(x @ slopes)
        weights = fitted * (1 - fitted)
        hessian = x.T @ (weights[:, None] * x)
        if np.linalg.eigvalsh(hessian)[0] <= 1e-12 * len(x):
            break
        step = np.linalg.solve(hessian, x.T @ (outcome - fitted))
        found = _likelihood(outcome, x @ (slopes + step))
        while found < best - 1e-12 * abs(best) and np.max(np.abs(step)) > CLOSE:
            step = step / 2
            found = _likelihood(outcome, x @ (slopes + step))
        slopes, best = slopes + step, found
        if np.max(np.abs(step)) <= CLOSE * max(1.0, float(np.max(np.abs(slopes)))):
            return np.asarray(slopes / scale)
    raise SolverFailure(
        Problem(
            "fractional.no_maximum",
            message(
                "The likelihood of the fractional logit has no maximum: the scores are separated."
            ),
            remedy=message("use fewer regressors, or scores that are not all 0 or 1."),
        )
    )


def _likelihood(outcome: Array, index: Array) -> float:
    return float(outcome @ special.log_expit(index) + (1 - outcome) @ special.log_expit(-index))


def _covariance(
    outcome: Array, design: Array, slopes: Array, entity: Grouping
) -> tuple[Array, CovarianceRule]:
    """H⁻¹ (Σ_g s_g s_g') H⁻¹ · G/(G-1) · (N-1)/(N-K)."""
    if entity.n_levels < 2:
        raise MethodError(
            Problem(
                "reg.too_few_clusters",
                message(
                    "'{name}' has {n} cluster; errors need at least 2.",
                    name=entity.name,
                    n=entity.n_levels,
                ),
                remedy=message("cluster by a column with more groups, or use hc1."),
            )
        )
    fitted = special.expit(design @ slopes)
    weights = fitted * (1 - fitted)
    scale = np.sqrt(np.mean(design**2, axis=0))
    x = design / scale
    bread = np.linalg.inv(x.T @ (weights[:, None] * x))
    sums = entity.sums(x * (outcome - fitted)[:, None])
    n, k, g = *design.shape, entity.n_levels
    factor = g / (g - 1) * (n - 1) / (n - k)
    vcov = bread @ (sums.T @ sums) @ bread * factor / np.outer(scale, scale)
    words = message("clusters by entity: G/(G-1)·(N-1)/(N-K), K counts means and dummies")
    return vcov, CovarianceRule("cluster", ((entity.name, g),), words, g - 1)


def _effects(design: Array, slopes: Array, vcov: Array, k: int) -> tuple[Array, Array]:
    """Average partial effects and their errors by the delta method."""
    fitted = special.expit(design @ slopes)
    slope = fitted * (1 - fitted)
    bend = slope * (1 - 2 * fitted)
    mean = float(slope.mean())
    turn = design.T @ bend / len(design)
    own = slopes[1 : 1 + k]
    jacobian = np.outer(own, turn)
    jacobian[np.arange(k), 1 + np.arange(k)] += mean
    return own * mean, np.sqrt(np.einsum("ij,jk,ik->i", jacobian, vcov, jacobian))
