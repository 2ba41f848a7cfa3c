"""From a panel and a regression to estimates: least squares with fixed effects, and other estimators.

    y_it = x_it'b + effects + e_it,    b = (X~'X~)⁻¹X~'y~

where ~ means that all effects, or without effects the constant, are taken out. Other estimators add
themselves to `ESTIMATORS` and return the same `Estimates`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.register import Register
from xinzhi.regression.caveats import (
    PERFECT,
    caveats,
    dominated,
    rule_caveats,
    score_groupings,
    score_notices,
    zero_scores,
)
from xinzhi.regression.covariance import covariance
from xinzhi.regression.estimates import CovarianceRule, Estimates, Fit, NoError
from xinzhi.regression.grouping import Array, Codes, Grouping
from xinzhi.regression.inference import Tests, f_tail, t_tests, wald
from xinzhi.regression.least_squares import LeastSquares, least_squares, refined
from xinzhi.regression.model import Model, model
from xinzhi.regression.sample import periods_of, times_of
from xinzhi.regression.specification import LEAST_SQUARES, Regression
from xinzhi.wording import Wording, message

Estimator = Callable[[Panel | pd.DataFrame, Regression], Estimates]
ESTIMATORS: Register[Estimator] = Register("estimator", "xinzhi.regression.estimators")
REFINE = 30.0
"""Condition number from which slopes are refined in extended precision."""
NO_RESIDUALS = 1e-14
"""RSS/TSS below which the residuals are rounding."""


def fit(data: Panel | pd.DataFrame, regression: Regression) -> Estimates:
    """Estimate a regression by the estimator that it names, least squares where it names none.

    Parameters
    ----------
    data
        A panel, or a frame indexed (entity, period) in any order of rows.
    regression
        What is regressed on what, which errors and which estimator.

    Returns
    -------
    Estimates; `_cons` comes first among the names where there are no effects.

    Raises
    ------
    SpecError, DataError
        The regression does not fit the data.
    NotIdentified
        A variable of interest is constant (`reg.constant`), absorbed by the effects
        (`reg.absorbed`) or a linear combination of others (`reg.collinear`).
    MethodError
        Too few rows, levels or clusters.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([list("abc"), range(4)], names=["entity", "period"])
    >>> x = np.array([0.0, 1, 2, 5, 1, 0, 1, 2, 7, 1, 3, 3])
    >>> frame = pd.DataFrame({"x": x, "y": 2 * x + np.repeat([0.0, 9, 5], 4)}, index=index)
    >>> frame.loc[("a", 0), "y"] += 1
    >>> found = fit(frame, Regression("y", ("x",), effects=("entity",)))
    >>> found.n, found.df_absorbed, round(float(found.estimate[0]), 3)
    (12, 3, 1.943)
    """
    return ESTIMATORS.get(regression.estimator)(data, regression)


@ESTIMATORS.add(LEAST_SQUARES)
def fit_least_squares(data: Panel | pd.DataFrame, regression: Regression) -> Estimates:
    """Regress by least squares with any number of fixed effects; refuse other estimators."""
    return estimate(model(data, regression))


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Coefficients of a regression, the constant included where there are no effects."""

    names: tuple[str, ...]
    slopes: Array
    """Shape (k,)."""
    influence: Array
    """A with b - β = A e, shape (k, n)."""
    solved: LeastSquares
    """The slopes without the constant, and the residuals."""
    constant: float


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """Covariance of the coefficients, and their tests against 0."""

    vcov: Array
    rule: CovarianceRule
    tests: Tests
    is_perfect: bool
    """Whether the residuals are rounding, so that nothing can be tested."""
    without_error: tuple[NoError, ...]


def solve(ready: Model, given: LeastSquares | None = None) -> Solution:
    """Compute the coefficients; they do not depend on the kind of errors."""
    solved = least_squares(ready.outcome, ready.design) if given is None else given
    sample = ready.sample
    means = sample.design.mean(axis=0)
    constant = float(sample.outcome.mean() - means @ solved.slopes)
    slopes, influence, names = solved.slopes, solved.influence, ready.names
    if not sample.effects:
        slopes = np.concatenate([[constant], slopes])
        influence = np.vstack([1.0 / len(ready.outcome) - means @ influence, influence])
        names = ("_cons", *names)
    if given is None and solved.condition >= REFINE:
        slopes, solved = _refined(ready, solved, slopes, influence)
        constant = float(slopes[0]) if not sample.effects else constant
    return Solution(names, slopes, influence, solved, constant)


def infer(ready: Model, solution: Solution) -> Inference:
    """Compute the covariance under the errors of the regression, and the tests."""
    solved, names = solution.solved, solution.names
    vcov, rule = _covariance(ready, solved, solution.influence, ready.sample.design.mean(axis=0))
    is_perfect = _is_perfect(ready, solved.residuals)
    without_error = () if is_perfect else _without_error(ready, solved, solution.influence, names)
    vcov = _blanked(vcov, names, without_error)
    tests = t_tests(solution.slopes, vcov, rule.df, is_perfect=is_perfect)
    return Inference(vcov, rule, tests, is_perfect, without_error)


def estimate(ready: Model, given: LeastSquares | None = None) -> Estimates:
    """Estimate a regression whose effects are already partialled out.

    Parameters
    ----------
    ready
        The regression; its design is that of the residuals.
    given
        Slopes, influence and residuals found in another way, as by two-stage least squares.
    """
    solution = solve(ready, given)
    inference = infer(ready, solution)
    solved, tests, rule = solution.solved, inference.tests, inference.rule
    carried = dominated(solution.influence, _groupings(ready))
    return Estimates(
        regression=ready.regression,
        names=solution.names,
        estimate=solution.slopes,
        std_error=tests.std_error,
        statistic=tests.statistic,
        p_value=tests.p_value,
        ci_low=tests.ci_low,
        ci_high=tests.ci_high,
        vcov=inference.vcov,
        n=len(ready.outcome),
        n_missing=ready.sample.n_missing,
        n_singletons=ready.sample.n_singletons,
        dropped=ready.dropped,
        fit=_describe(ready, solution, inference),
        covariance=rule,
        effects=tuple((effect.name, effect.n_levels) for effect in ready.sample.effects),
        df_absorbed=ready.within.df,
        residuals=pd.Series(solved.residuals, index=ready.sample.index, name="residual"),
        notices=(
            *ready.notices,
            *caveats(ready, solved, rule, is_perfect=inference.is_perfect),
            *score_notices(solution.names, inference.without_error, carried),
        ),
        condition=solved.condition,
        untested=PERFECT if inference.is_perfect else "",
        without_error=inference.without_error,
    )


def _covariance(
    ready: Model, solved: LeastSquares, influence: Array, means: Array
) -> tuple[Array, CovarianceRule]:
    """Compute V; a repair of two-way errors must not depend on the origin of a column either.

    So a constant enters as the value at the means, ȳ = _cons + x̄'b, and is moved back afterwards.
    """
    is_moved = not ready.sample.effects and ready.regression.covariance.kind == "two_way"
    move = np.eye(len(influence))
    if is_moved:
        move[0, 1:] = means
    vcov, rule = covariance(
        move @ influence if is_moved else influence,
        solved.residuals,
        how=ready.regression.covariance,
        clusters=ready.sample.clusters,
        effects=ready.sample.effects,
        periods=_periods(ready),
        n_slopes=len(solved.slopes),
        df_absorbed=ready.within.df,
        times=times_of(ready.sample.index) if _is_over_time(ready) else None,
    )
    rule = replace(rule, is_default=ready.regression.covariance.is_default)
    if not is_moved:
        return vcov, rule
    move[0, 1:] = -means
    return move @ vcov @ move.T, rule


def _groupings(ready: Model) -> tuple[Grouping, ...]:
    """Choose the groups over which the errors of the regression add up the scores."""
    sample, kind = ready.sample, ready.regression.covariance.kind
    return score_groupings(kind, sample.clusters, _periods(ready), len(sample.outcome))


def _without_error(
    ready: Model, solved: LeastSquares, influence: Array, names: tuple[str, ...]
) -> tuple[NoError, ...]:
    """Find coefficients whose scores are zero, with the reason why they have no standard error."""
    found = zero_scores(influence, solved.residuals, _groupings(ready))
    return tuple(NoError(names[one.position], one.reason) for one in found)


def _blanked(vcov: Array, names: tuple[str, ...], without_error: tuple[NoError, ...]) -> Array:
    """Leave nothing in V of coefficients without an error, so that no test can use it."""
    if not without_error:
        return vcov
    at = [names.index(one.name) for one in without_error]
    blank = vcov.copy()
    blank[at, :] = np.nan
    blank[:, at] = np.nan
    return blank


def _refined(
    ready: Model, solved: LeastSquares, slopes: Array, influence: Array
) -> tuple[Array, LeastSquares]:
    """Give back the digits that collinear columns cost; without effects on the data as they are."""
    outcome, design = ready.outcome, ready.design
    if not ready.sample.effects:
        outcome = ready.sample.outcome
        design = np.column_stack([np.ones(len(outcome)), ready.sample.design])
    slopes, residuals = refined(outcome, design, slopes, influence)
    k = len(solved.slopes)
    return slopes, replace(solved, slopes=slopes[-k:], residuals=residuals)


def _periods(ready: Model) -> Codes:
    """Give each row its period, where the errors need it."""
    if not _is_over_time(ready):
        return np.empty(0, dtype=np.intp)
    return periods_of(ready.sample.index)


def _is_over_time(ready: Model) -> bool:
    return ready.regression.covariance.kind == "driscoll_kraay"


def _is_perfect(ready: Model, residuals: Array) -> bool:
    rss = float(residuals @ residuals)
    return rss <= NO_RESIDUALS**2 * float(ready.sample.outcome @ ready.sample.outcome) or (
        rss <= 1e-22 * float(ready.outcome @ ready.outcome)
    )


def with_parameters(
    ready: Model,
    regression: Regression,
    coefficients: Coefficients,
    fit: Fit,
) -> Estimates:
    """Put together the estimates of another estimator: covariance, tests, joint F and notices.

    Parameters
    ----------
    ready
        Rows, effects and clusters that were used.
    regression
        The regression as it was asked for, estimator included.
    coefficients
        Those that are reported, with the influence of each row.
    fit
        Statistics of fit; its F, that of all slopes together, is filled in here.
    """
    names, slopes = coefficients.names, coefficients.estimate
    vcov, rule = coefficients.covariance(ready)
    groupings = _groupings(ready)
    zero = zero_scores(coefficients.influence, coefficients.residuals, groupings)
    without_error = tuple(NoError(names[one.position], one.reason) for one in zero)
    vcov = _blanked(vcov, names, without_error)
    is_perfect = _is_perfect(ready, coefficients.residuals)
    tests = t_tests(slopes, vcov, rule.df, is_perfect=is_perfect)
    k = len(ready.names)
    f = np.nan if is_perfect else wald(slopes[-k:], vcov[-k:, -k:])
    carried = dominated(coefficients.influence, groupings)
    return Estimates(
        regression=replace(regression, covariance=ready.regression.covariance),
        names=names,
        estimate=slopes,
        std_error=tests.std_error,
        statistic=tests.statistic,
        p_value=tests.p_value,
        ci_low=tests.ci_low,
        ci_high=tests.ci_high,
        vcov=vcov,
        n=len(ready.outcome),
        n_missing=ready.sample.n_missing,
        n_singletons=ready.sample.n_singletons,
        dropped=ready.dropped,
        fit=replace(fit, f=f, f_df1=k, f_df2=rule.df, f_p=f_tail(f, k, rule.df)),
        covariance=rule,
        effects=coefficients.effects,
        df_absorbed=coefficients.n_parameters - k,
        residuals=pd.Series(coefficients.residuals, index=ready.sample.index, name="residual"),
        notices=(
            *ready.notices,
            *((Notice("reg.perfect_fit", PERFECT),) if is_perfect else ()),
            *rule_caveats(rule, k),
            *score_notices(names, without_error, carried),
        ),
        untested=PERFECT if is_perfect else "",
        without_error=without_error,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """Coefficients b with b - β ≈ A e: what the covariance of any estimator is made of."""

    names: tuple[str, ...]
    """Those that are reported: not the dummies of effects, not the means of regressors."""
    estimate: Array
    """Shape (k,)."""
    influence: Array
    """A, shape (k, n)."""
    residuals: Array
    """e, shape (n,)."""
    n_parameters: int
    """K: all coefficients that were estimated, those that are not reported included."""
    effects: tuple[tuple[str, int], ...]
    """(effect, number of levels)."""

    def covariance(self, ready: Model) -> tuple[Array, CovarianceRule]:
        """Compute V = A e e' A' under the errors of the regression; the rule counts all K."""
        vcov, rule = covariance(
            self.influence,
            self.residuals,
            how=ready.regression.covariance,
            clusters=ready.sample.clusters,
            effects=(),
            periods=_periods(ready),
            n_slopes=self.n_parameters,
            df_absorbed=0,
            times=times_of(ready.sample.index) if _is_over_time(ready) else None,
        )
        is_default = ready.regression.covariance.is_default
        return vcov, replace(rule, rule=_all_counted(rule), is_default=is_default)


def _all_counted(rule: CovarianceRule) -> Wording:
    """Describe the small-sample rule that counts every coefficient."""
    if rule.kind in {"cluster", "two_way"}:
        return message("G/(G-1)·(N-1)/(N-K), K counts all coefficients, dummies included")
    if rule.kind == "driscoll_kraay":
        return message(
            "Driscoll-Kraay, Bartlett weights, lag {lag}: T/(T-1)·(N-1)/(N-K), K counts all coefficients, dummies included",
            lag=rule.lag,
        )
    return rule.rule


def _describe(ready: Model, solution: Solution, inference: Inference) -> Fit:
    solved, rule = solution.solved, inference.rule
    rss = float(solved.residuals @ solved.residuals)
    centred = ready.sample.outcome - ready.sample.outcome.mean()
    k = len(solved.slopes)
    f = np.nan if inference.is_perfect else wald(solved.slopes, inference.vcov[-k:, -k:])
    return Fit(
        r2=1 - rss / float(centred @ centred),
        r2_adjusted=ready.adjusted_r2(solved.residuals),
        r2_within=1 - rss / float(ready.outcome @ ready.outcome),
        f=f,
        f_df1=k,
        f_df2=rule.df,
        f_p=f_tail(f, k, rule.df),
        rss=rss,
        constant=solution.constant,
    )
