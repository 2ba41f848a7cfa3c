"""From a panel and a regression to estimates: least squares with fixed effects, and other estimators.

    y_it = x_it'b + effects + e_it,    b = (X~'X~)⁻¹X~'y~

where ~ means that all effects, or without effects the constant, are taken out. Other estimators add
themselves to `ESTIMATORS` and return the same `Estimates`.

Coefficients of an estimator, and their covariance under the errors of the regression.

    b - β ≈ A e,    V = A Ω A'

where Ω stands for what the kind of the errors (robust, clustered, two-way, Driscoll-Kraay) makes of
the residuals.

The constant under fixed effects and its error, as Stata's xtreg, fe and reghdfe report _cons.

    _cons = ȳ - x̄'b,    _cons - α ≈ (1/n) Σ e_i - x̄'A e = c'B e,    V(_cons) = c' V_B c,

B the influence A of the slopes under a first row of 1/n, c = (1, -x̄)', V_B what the declared errors
make of B: σ²(1/n + x̄'(X~'X~)⁻¹x̄) for independent errors. This is least squares of y~ + ȳ on X~ + x̄ and
a constant, which is how both programs compute it. α is the mean of the effects of the rows used, which
are held fixed: errors clustered within the entities whose effects are taken out leave ȳ without an error.

References
----------
Stata, Methods and formulas of [XT] xtreg; Correia (2016), "Linear models with high-dimensional fixed
effects", reghdfe. Witness: linearmodels' PanelOLS with a constant (tests/unit/regression/test_constant.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import Panel
from xinzhi_core.register import Register
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.caveats import (
    PERFECT,
    caveats,
    find_dominated,
    find_zero_scores,
    judge_caveats,
    rule_caveats,
    score_groupings,
    score_notices,
)
from xinzhi_econometrics.covariance import covariance
from xinzhi_econometrics.estimates import Constant, CovarianceRule, Estimates, Fit, NoError
from xinzhi_econometrics.inference import Tests, f_tail, t_tests, wald
from xinzhi_econometrics.judgement import (
    Combination,
    Judge,
    Judgement,
    adjust,
    basis_of,
    judge_few,
    usual_judgement,
)
from xinzhi_econometrics.lagged_outcome import lag_notices
from xinzhi_econometrics.least_squares import (
    Array,
    Grouping,
    LeastSquares,
    Scores,
    least_squares,
    refine,
)
from xinzhi_econometrics.model import Model, build_model
from xinzhi_econometrics.specification import (
    LEAST_SQUARES,
    Regression,
    periods_of,
    staggered_notices,
    times_of,
)


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
    scores: Scores = field(init=False, repr=False)
    """A e, whose sums over clusters are computed once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "scores", Scores(self.influence, self.residuals))

    def covariance(self, model: Model) -> tuple[Array, CovarianceRule]:
        """Compute V = A e e' A' under the errors of the regression; the rule counts all K."""
        # Effects that stay in the design as dummies are parameters, nested in a cluster or not.
        vcov, rule = estimated_covariance(model, self.scores, (), self.n_parameters, 0)
        return vcov, replace(rule, rule=_describe_rule(rule))


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquaresSolution(Coefficients):
    """Coefficients of least squares, the constant included where there are no effects."""

    solved: LeastSquares
    """The slopes without the constant, and the residuals."""
    constant: float


def estimated_covariance(
    model: Model,
    scores: Scores,
    effects: tuple[Grouping, ...],
    n_slopes: int,
    df_absorbed: int,
) -> tuple[Array, CovarianceRule]:
    """Compute V of coefficients with this influence under the errors of a regression."""
    sample, how = model.sample, model.regression.covariance
    is_over_time = how.kind == "driscoll_kraay"
    vcov, rule = covariance(
        scores,
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


def constant_under_effects(
    model: Model, solution: LeastSquaresSolution, judgement: Judgement
) -> Constant:
    """Test the constant that stands under the slopes of a regression with fixed effects.

    Parameters
    ----------
    judgement
        What judges the slopes: the constant follows where CR2 judges all of them.
    """
    sample, residuals = model.sample, solution.solved.residuals
    n, means = len(residuals), sample.design.mean(axis=0)
    seen_by = score_groupings(model)
    mean, c = np.full(n, 1.0 / n), np.concatenate([[1.0], -means])
    # Regressors of mean 0 leave nothing but the mean of the outcome, which clusters may not see.
    own = Scores((mean + c[1:] @ solution.influence)[None], residuals)
    is_unseen = bool(find_zero_scores(own, seen_by))
    of_mean = Scores(mean[None], residuals)
    if seen_by and all(find_zero_scores(of_mean, (one,)) for one in seen_by):
        mean = np.zeros(n)  # what is left of its scores is rounding, which a repair would blow up
    # A row of its own for the mean of the outcome: a repair of two-way errors depends on no origin.
    scores = solution.scores.beneath(mean)
    vcov, rule = estimated_covariance(
        model, scores, sample.effects, len(solution.slopes), model.within.df
    )
    variance = math.nan if is_unseen else float(c @ vcov @ c)
    error = math.sqrt(variance) if variance > 0.0 else math.nan
    judge: Judge = "t"
    tested = Combination(solution.constant, error, error, float(rule.df), judge)
    if math.isfinite(error) and set(judgement.judge) == {"cr2"}:
        tested = _by_few_clusters(model, solution, error, means)
    low, high = tested.interval(model.regression.level)
    return Constant(
        estimate=solution.constant,
        std_error=error,
        statistic=solution.constant / error,
        p_value=tested.p_value,
        ci_low=low,
        ci_high=high,
        df=tested.df,
        judge=tested.judge,
    )


def _by_few_clusters(
    model: Model, solution: LeastSquaresSolution, error: float, means: Array
) -> Combination:
    """Judge the constant by CR2: its part in effects that are nested in the clusters is held fixed."""
    sample, cluster = model.sample, model.sample.clusters[0]
    row = -means @ solution.influence
    if not any(effect.is_nested_in(cluster) for effect in sample.effects):
        row = row + 1.0 / len(row)
    basis = basis_of(solution.influence.T, sample.effects, cluster)
    assert basis is not None  # CR2 judges the slopes
    few = adjust(row[None], cluster, basis).scores_of(solution.solved.residuals)
    one = np.ones(1)
    return Combination(solution.constant, error, few.error(one), few.df(one), "cr2")


Estimator = Callable[[Panel | pd.DataFrame, Regression], Estimates]
ESTIMATORS: Register[Estimator] = Register(message("estimator"), "xinzhi_econometrics.estimators")
REFINE = 30.0
"""Condition number from which slopes are refined in extended precision."""
NO_RESIDUALS = 1e-14
"""Norm of the residuals relative to that of the outcome, below which they are rounding."""
NO_RESIDUALS_WITHIN = 1e-11
"""The same relative to the outcome without effects."""


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
    >>> estimates = fit(frame, Regression("y", ("x",), effects=("entity",)))
    >>> estimates.n, estimates.df_absorbed, round(float(estimates.estimate[0]), 3)
    (12, 3, 1.943)
    """
    return ESTIMATORS.get(regression.estimator)(data, regression)


@ESTIMATORS.add(LEAST_SQUARES)
def fit_least_squares(data: Panel | pd.DataFrame, regression: Regression) -> Estimates:
    """Regress by least squares with any number of fixed effects; refuse other estimators."""
    return estimate(build_model(data, regression))


@dataclass(frozen=True, slots=True, eq=False)
class CoefficientInference:
    """Covariance of the coefficients, and their tests against 0."""

    vcov: Array
    rule: CovarianceRule
    tests: Tests
    """As they are judged: errors and statistics by the declared rule, p-values and intervals by the judge."""
    judgement: Judgement
    is_perfect: bool
    """Whether the residuals are rounding, so that nothing can be tested."""
    without_error: tuple[NoError, ...]


def solve(model: Model, given: LeastSquares | None = None) -> LeastSquaresSolution:
    """Compute the coefficients; they do not depend on the kind of errors."""
    solved = least_squares(model.outcome, model.design) if given is None else given
    sample = model.sample
    means = sample.design.mean(axis=0)
    constant = float(sample.outcome.mean() - means @ solved.slopes)
    slopes, influence, names = solved.slopes, solved.influence, model.names
    if not sample.effects:
        # The design is centred: the influence on the constant is that on ȳ less that on x̄'b.
        slopes = np.concatenate([[constant], slopes])
        influence = np.vstack([1.0 / len(model.outcome) - means @ influence, influence])
        names = ("_cons", *names)
    # The residuals of two-stage least squares are not orthogonal to its design: they are not refined.
    if given is None and solved.condition >= REFINE:
        slopes, solved = _refine(model, solved, slopes, influence)
        constant = float(slopes[0]) if not sample.effects else constant
    return LeastSquaresSolution(
        names,
        slopes,
        influence,
        solved.residuals,
        len(solved.slopes) + model.within.df,
        tuple((effect.name, effect.n_levels) for effect in sample.effects),
        None,
        None,
        solved,
        constant,
    )


def infer(model: Model, solution: LeastSquaresSolution) -> CoefficientInference:
    """Compute the covariance under the errors of the regression, and the tests."""
    sample, solved = model.sample, solution.solved
    # A repair of two-way errors must not depend on the origin of a column: the constant enters as the
    # value at the means, ȳ = _cons + x̄'b, and is moved back afterwards.
    is_moved = not sample.effects and model.regression.covariance.kind == "two_way"
    move = np.eye(len(solution.influence))
    if is_moved:
        move[0, 1:] = sample.design.mean(axis=0)
    vcov, rule = estimated_covariance(
        model,
        Scores(move @ solution.influence, solved.residuals) if is_moved else solution.scores,
        sample.effects,
        len(solved.slopes),
        model.within.df,
    )
    if is_moved:
        move[0, 1:] *= -1
        vcov = move @ vcov @ move.T
    return _test(model, solution, vcov, rule)


def estimate(model: Model, given: LeastSquares | None = None) -> Estimates:
    """Estimate a regression whose effects are already partialled out.

    Parameters
    ----------
    model
        The regression; its design is that of the residuals.
    given
        Slopes, influence and residuals found in another way, as by two-stage least squares.
    """
    solution = solve(model, given)
    inference = infer(model, solution)
    centred = model.sample.outcome - model.sample.outcome.mean()
    rss = float(solution.residuals @ solution.residuals)
    fit = Fit(
        r2=1 - rss / float(centred @ centred),
        r2_adjusted=model.adjusted_r2(solution.residuals),
        r2_within=1 - rss / float(model.outcome @ model.outcome),
        rss=rss,
        constant=solution.constant,
    )
    remarks = (
        *caveats(model, solution.solved, inference.rule, is_perfect=inference.is_perfect),
        *judge_caveats(inference.rule, inference.judgement, solution.names),
    )
    estimates = _report(model, solution, inference, fit, remarks)
    # Beside instruments the constant has no test: what judges a slope there is decided later.
    has_test = given is None and model.sample.effects and not inference.is_perfect
    has_test = has_test and not inference.without_error
    constant = constant_under_effects(model, solution, inference.judgement) if has_test else None
    return replace(estimates, condition=solution.solved.condition, constant=constant)


def with_parameters(
    model: Model, regression: Regression, coefficients: Coefficients, fit: Fit
) -> Estimates:
    """Put together the estimates of another estimator: covariance, tests, joint F and notices.

    Parameters
    ----------
    model
        Rows, effects and clusters that were used.
    regression
        The regression as it was asked for, estimator included.
    coefficients
        Those that are reported, with the influence of each row.
    fit
        Statistics of fit; its F, that of all slopes together, is filled in here.
    """
    inference = _test(model, coefficients, *coefficients.covariance(model))
    perfect = (Notice("reg.perfect_fit", PERFECT),) if inference.is_perfect else ()
    remarks = (
        *perfect,
        *lag_notices(model.sample, regression.outcome, [name for name, _ in coefficients.effects]),
        *staggered_notices(model.sample, model.names),
        *rule_caveats(inference.rule, len(model.names)),
        *judge_caveats(inference.rule, inference.judgement, coefficients.names),
    )
    estimates = _report(model, coefficients, inference, fit, remarks)
    asked = replace(regression, covariance=model.regression.covariance)
    return replace(estimates, regression=asked)


def _test(
    model: Model, coefficients: Coefficients, vcov: Array, rule: CovarianceRule
) -> CoefficientInference:
    """Test the coefficients; where the scores are zero, an estimate has no standard error."""
    residuals, level = coefficients.residuals, model.regression.level
    is_perfect = _is_perfect(model, residuals)
    groupings = () if is_perfect else score_groupings(model)
    without_score = find_zero_scores(coefficients.scores, groupings)
    if without_score:
        # Nothing is left in V of a coefficient without an error, so that no joint test can use it.
        positions = [zero.position for zero in without_score]
        vcov = vcov.copy()
        vcov[positions, :] = np.nan
        vcov[:, positions] = np.nan
    tests = t_tests(coefficients.slopes, vcov, rule.df, level=level, is_perfect=is_perfect)
    tests, judgement = judged_tests(model, coefficients, tests, rule)
    names = coefficients.names
    without_error = tuple(NoError(names[zero.position], zero.reason) for zero in without_score)
    return CoefficientInference(vcov, rule, tests, judgement, is_perfect, without_error)


def judged_tests(
    model: Model, coefficients: Coefficients, tests: Tests, rule: CovarianceRule
) -> tuple[Tests, Judgement]:
    """Judge coefficients: by CR2 where clusters of one way are few, else by t as the errors are declared."""
    if rule.kind != "cluster":
        return tests, usual_judgement(tests, rule.df)
    influence, residuals = coefficients.influence, coefficients.residuals
    effects = model.sample.effects if coefficients.columns is None else ()
    columns = influence.T if coefficients.columns is None else coefficients.columns
    if coefficients.root is not None:
        # Errors of unequal variance are divided by their standard deviation, so that they have one.
        influence, residuals = influence * coefficients.root, residuals / coefficients.root
    is_scaled = coefficients.root is not None
    return judge_few(
        tests,
        coefficients.slopes,
        rule.df,
        scores=Scores(influence, residuals) if is_scaled else coefficients.scores,
        columns=columns,
        effects=effects,
        cluster=model.sample.clusters[0],
        level=model.regression.level,
    )


def _report(
    model: Model,
    coefficients: Coefficients,
    inference: CoefficientInference,
    fit: Fit,
    remarks: tuple[Notice, ...],
) -> Estimates:
    tests, vcov, df = inference.tests, inference.vcov, inference.rule.df
    k = len(model.names)
    f = np.nan if inference.is_perfect else wald(coefficients.slopes[-k:], vcov[-k:, -k:])
    on_one_group = find_dominated(coefficients.scores, score_groupings(model))
    return Estimates(
        regression=model.regression,
        names=coefficients.names,
        estimate=coefficients.slopes,
        std_error=tests.std_error,
        statistic=tests.statistic,
        p_value=tests.p_value,
        ci_low=tests.ci_low,
        ci_high=tests.ci_high,
        vcov=vcov,
        n=len(model.outcome),
        n_missing=model.sample.n_missing,
        n_singletons=model.sample.n_singletons,
        dropped=model.dropped,
        fit=replace(fit, f=f, f_df1=k, f_df2=df, f_p=f_tail(f, k, df)),
        covariance=inference.rule,
        effects=coefficients.effects,
        df_absorbed=coefficients.n_parameters - k,
        residuals=pd.Series(coefficients.residuals, index=model.sample.index, name="residual"),
        notices=(
            *model.notices,
            *remarks,
            *score_notices(coefficients.names, inference.without_error, on_one_group),
        ),
        untested=PERFECT if inference.is_perfect else "",
        without_error=inference.without_error,
        judgement=inference.judgement,
    )


def _refine(
    model: Model, solved: LeastSquares, slopes: Array, influence: Array
) -> tuple[Array, LeastSquares]:
    """Give back the digits that collinear columns cost; without effects on the data as they are."""
    outcome, design = model.outcome, model.design
    if not model.sample.effects:
        outcome = model.sample.outcome
        design = np.column_stack([np.ones(len(outcome)), model.sample.design])
    slopes, residuals = refine(outcome, design, slopes, influence)
    k = len(solved.slopes)
    return slopes, replace(solved, slopes=slopes[-k:], residuals=residuals)


def _is_perfect(model: Model, residuals: Array) -> bool:
    """Whether the residuals are rounding, of the outcome as it is or of what the effects leave of it."""
    rss = float(residuals @ residuals)
    raw, left = model.sample.outcome, model.outcome
    # Demeaning leaves rounding of the size of the raw outcome, whatever the size of what is left.
    is_rounding = rss <= NO_RESIDUALS**2 * float(raw @ raw)
    return is_rounding or rss <= NO_RESIDUALS_WITHIN**2 * float(left @ left)
