"""Fractional logit: a regression for shares and for scores between 0 and 1.

    E[y_it | x] = Λ(a + x_it'b + x̄_i'g + d_t),   Λ(z) = 1/(1 + e^-z)

Estimated by quasi maximum likelihood of the Bernoulli family, which is consistent whatever the
distribution of y, so that errors have to be robust. The effects of entities cannot be taken out of a
curve: the means x̄_i of the regressors, and of the dummies, stand for them (Mundlak's device). d_t are
dummies of the other effects. Without entity effects there are no means: a pooled fractional logit.

References
----------
Papke and Wooldridge (1996), doi:10.1002/(SICI)1099-1255(199611)11:6<619::AID-JAE418>3.0.CO;2-1;
Papke and Wooldridge (2008), doi:10.1016/j.jeconom.2008.05.009.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import scipy

from xinzhi_core.errors import OutOfDomain, Problem, SolverFailure, SpecError, Where
from xinzhi_core.maximum import is_maximum
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import listed, message
from xinzhi_econometrics.estimates import Estimates, Fit, MarginalEffects
from xinzhi_econometrics.estimators.random_effects import find_entity, with_dummies, with_means
from xinzhi_econometrics.estimators.separation import columns_that_separate
from xinzhi_econometrics.fit import ESTIMATORS, Coefficients, judged_tests, with_parameters
from xinzhi_econometrics.inference import t_tests
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.model import Model, build_model
from xinzhi_econometrics.specification import LEAST_SQUARES, Regression, frame_of, with_errors

ROUNDS = 100
CLOSE = 1e-12
"""Largest step, in standard deviations of the index, at which Newton's rounds end."""


@ESTIMATORS.add("fractional_logit")
def fractional_logit(data: Panel | pd.DataFrame, regression: Regression) -> Estimates:
    """Regress a share or a score between 0 and 1 by a fractional logit.

    Parameters
    ----------
    data
        A panel, or a frame indexed (entity, period).
    regression
        Effects of entities enter as means of the regressors, others as dummies. Errors: cluster, hc1,
        two_way or driscoll_kraay.

    Returns
    -------
    Estimates on the scale of the logit, without means and dummies; `_cons` only where there are no
    effects. `marginal_effects` has the averages over rows of Λ'(index) b on the scale of the outcome;
    `fit.pseudo_r2` is 1 - lnL/lnL0. Residuals are y - Λ(index).

    Raises
    ------
    OutOfDomain
        The outcome leaves [0, 1], as super-efficiency does.
    SpecError
        Errors of one variance were asked for: the variance of a share depends on its mean.
    SolverFailure
        The likelihood has no maximum: a regressor or the dummies of an effect separate the scores of 0 from
        those of 1.

    Examples
    --------
    >>> draw = np.random.default_rng(1)
    >>> index = pd.MultiIndex.from_product([range(40), range(5)], names=["entity", "period"])
    >>> x = draw.normal(size=200)
    >>> frame = pd.DataFrame({"x": x, "y": scipy.special.expit(x + 0.3 * draw.normal(size=200))}, index=index)
    >>> logit = fractional_logit(frame, Regression("y", ("x",), estimator="fractional_logit"))
    >>> logit.estimate.round(1).tolist(), logit.marginal_effects.estimate.round(2).tolist()
    ([1.0], [0.21])
    """
    frame = frame_of(data)
    regression = with_errors(frame, regression)
    if regression.covariance.kind == "iid":
        what = message(
            "A fractional logit cannot have iid errors: the variance of a share depends on "
            "its mean."
        )
        remedy = message("use hc1, or cluster by entity.")
        raise SpecError(Problem("fractional.iid", what, Where(key="covariance"), remedy))
    # The model of least squares selects the rows and drops what the effects absorb; its columns without
    # effects are not used, as effects cannot be taken out of a curve.
    model = build_model(frame, replace(regression, estimator=LEAST_SQUARES))
    _check(model, regression.outcome)
    outcome, (design, owners), k = model.sample.outcome, _design(model), len(model.names)
    if names := columns_that_separate(outcome, design, owners):
        raise _separated(names)
    slopes = _maximise(outcome, design)
    residuals, influence = _scores(outcome, design, slopes)
    # The variance of a share is that of the likelihood up to a factor: Λ(1 - Λ).
    shares = scipy.special.expit(design @ slopes)
    root = np.sqrt(shares * (1 - shares))
    first = 1 if model.sample.effects else 0
    coefficients = Coefficients(
        ("_cons", *model.names)[first:],
        slopes[first : 1 + k],
        influence[first : 1 + k],
        residuals,
        design.shape[1],
        tuple((effect.name, effect.n_levels) for effect in model.sample.effects),
        influence.T * root[:, None],
        root,
    )
    estimates = with_parameters(model, regression, coefficients, _describe(outcome, design, slopes))
    effects, jacobian = _average_effects(design, slopes, k)
    averages = replace(
        coefficients, names=model.names, slopes=effects, influence=jacobian @ influence
    )
    return replace(estimates, marginal_effects=_marginal(model, averages, estimates))


def _marginal(model: Model, averages: Coefficients, estimates: Estimates) -> MarginalEffects:
    """Test the average marginal effects: to first order they are linear in the coefficients."""
    vcov, rule = averages.covariance(model)
    # A slope without a standard error has a marginal effect without one.
    for missing in estimates.without_error:
        if missing.name in averages.names:
            vcov[averages.names.index(missing.name)] = np.nan
    is_perfect = bool(estimates.untested)
    level = estimates.regression.level
    tests = t_tests(averages.slopes, vcov, rule.df, level=level, is_perfect=is_perfect)
    tests, judgement = judged_tests(model, averages, tests, rule)
    return MarginalEffects(
        averages.names,
        averages.slopes,
        tests.std_error,
        tests.statistic,
        tests.p_value,
        tests.ci_low,
        tests.ci_high,
        judgement,
    )


def _check(model: Model, outcome: str) -> None:
    y = model.sample.outcome
    outside = np.flatnonzero((y < 0.0) | (y > 1.0))
    if outside.size:
        entity, period = model.sample.index[int(outside[0])]
        raise OutOfDomain(
            Problem(
                "fractional.outside",
                message(
                    "'{name}' lies outside the range from 0 to 1 in {n} rows.",
                    one="'{name}' lies outside the range from 0 to 1 in {n} row.",
                    name=outcome,
                    n=len(outside),
                ),
                Where(column=outcome, entity=str(entity), period=str(period)),
                message("use scores without super-efficiency, untransformed."),
            )
        )


def _design(model: Model) -> tuple[Array, tuple[str, ...]]:
    """Put together constant, x, x̄, dummies and their means, of full column rank.

    Returns
    -------
    The columns, and what each belongs to: a regressor, as its mean does, or the effects of the dummies.
    """
    entity, k = find_entity(model), len(model.names)
    others = [effect.name for effect in model.sample.effects if effect is not entity]
    effects = ", ".join(others)
    if entity is None:
        design = with_dummies(model, model.sample.effects)[0]
        return design, ("", *model.names, *[effects] * (design.shape[1] - k - 1))
    design, used = with_means(model, entity)
    words = ("", *model.names, *model.names)
    return design, tuple(words[at] if at <= 2 * k else effects for at in used)


def _maximise(outcome: Array, design: Array) -> Array:
    """Find the maximum by Newton's steps on standardised columns, halved while they overshoot."""
    scale = np.sqrt(np.mean(design**2, axis=0))
    x = design / scale
    slopes = np.zeros(x.shape[1])
    # The start is the mean alone, cut so that shares which are all 0 or all 1 have a finite logit.
    slopes[0] = scipy.special.logit(np.clip(outcome.mean(), 1e-6, 1 - 1e-6))
    best = _likelihood(outcome, x @ slopes)
    for _ in range(ROUNDS):
        fitted = scipy.special.expit(x @ slopes)
        weights = fitted * (1 - fitted)
        hessian = x.T @ (weights[:, None] * x)
        gradient = x.T @ (outcome - fitted)
        # Where the fitted shares run to 0 and 1, the curvature vanishes.
        if np.linalg.eigvalsh(hessian)[0] <= 1e-12 * len(x):
            break
        step = np.linalg.solve(hessian, gradient)
        likelihood = _likelihood(outcome, x @ (slopes + step))
        # Near the maximum rounding may lower the likelihood: that much is not an overshoot.
        while likelihood < best - 1e-12 * abs(best) and np.max(np.abs(step)) > CLOSE:
            step = step / 2
            likelihood = _likelihood(outcome, x @ (slopes + step))
        slopes, best = slopes + step, likelihood
        if np.max(np.abs(step)) <= CLOSE * max(1.0, float(np.max(np.abs(slopes)))):
            if is_maximum(gradient, hessian):
                return np.asarray(slopes / scale)
            break
    what = message("The likelihood of the fractional logit has no maximum that could be proved.")
    raise SolverFailure(
        Problem("fractional.no_maximum", what, remedy=message("use fewer regressors."))
    )


def _separated(names: list[str]) -> SolverFailure:
    what = message(
        "The likelihood of the fractional logit has no maximum: {names} separates scores of 0 from scores of 1.",
        names=listed(names),
    )
    remedy = message(
        "leave {names} out, or combine its values so that both kinds of scores occur on both sides.",
        names=listed(names),
    )
    return SolverFailure(Problem("fractional.no_maximum", what, Where(column=names[0]), remedy))


def _likelihood(outcome: Array, index: Array) -> float:
    return float(
        outcome @ scipy.special.log_expit(index) + (1 - outcome) @ scipy.special.log_expit(-index)
    )


def _scores(outcome: Array, design: Array, slopes: Array) -> tuple[Array, Array]:
    """Residuals e = y - Λ and influence A = H⁻¹X', H = X'diag(Λ')X: b - β ≈ A e."""
    fitted = scipy.special.expit(design @ slopes)
    weights = fitted * (1 - fitted)
    # Columns of one size: the units of the regressors must not cost digits of the inverse.
    scale = np.sqrt(np.mean(design**2, axis=0))
    x = design / scale
    influence = np.linalg.inv(x.T @ (weights[:, None] * x)) @ x.T
    return outcome - fitted, influence / scale[:, None]


def _describe(outcome: Array, design: Array, slopes: Array) -> Fit:
    index = design @ slopes
    mean = np.full(len(outcome), scipy.special.logit(outcome.mean()))
    likelihood, null = _likelihood(outcome, index), _likelihood(outcome, mean)
    residuals = outcome - scipy.special.expit(index)
    return Fit(
        rss=float(residuals @ residuals),
        constant=float(slopes[0]),
        pseudo_r2=1 - likelihood / null,
        log_likelihood=likelihood,
    )


def _average_effects(design: Array, slopes: Array, k: int) -> tuple[Array, Array]:
    """Average marginal effects, shape (k,), and their derivatives by all slopes, shape (k, K)."""
    fitted = scipy.special.expit(design @ slopes)
    slope = fitted * (1 - fitted)
    # Λ'' = Λ'(1 - 2Λ): the derivative of the mean slope, by the chain rule over all coefficients.
    bend = slope * (1 - 2 * fitted)
    mean = float(slope.mean())
    reported = slopes[1 : 1 + k]
    jacobian = np.outer(reported, design.T @ bend / len(design))
    jacobian[np.arange(k), 1 + np.arange(k)] += mean
    return reported * mean, jacobian
