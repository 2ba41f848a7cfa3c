"""The constant under fixed effects and its error, as Stata's xtreg, fe and reghdfe report _cons.

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

import numpy as np

from xinzhi.regression.caveats import find_zero_scores, score_groupings
from xinzhi.regression.estimates import Constant
from xinzhi.regression.few_clusters import adjust, basis_of
from xinzhi.regression.grouping import Array
from xinzhi.regression.judgement import Combination, Judge, Judgement
from xinzhi.regression.model import Model
from xinzhi.regression.solution import Solution, estimated_covariance


def constant_under_effects(model: Model, solution: Solution, judgement: Judgement) -> Constant:
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
    rows = np.vstack([mean, solution.influence])
    # Regressors of mean 0 leave nothing but the mean of the outcome, which clusters may not see.
    is_unseen = bool(find_zero_scores((c @ rows)[None], residuals, seen_by))
    if seen_by and all(find_zero_scores(mean[None], residuals, (one,)) for one in seen_by):
        rows[0] = 0.0  # what is left of its scores is rounding, which a repair would blow up
    # A row of its own for the mean of the outcome: a repair of two-way errors depends on no origin.
    vcov, rule = estimated_covariance(
        model, rows, residuals, sample.effects, len(solution.slopes), model.within.df
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


def _by_few_clusters(model: Model, solution: Solution, error: float, means: Array) -> Combination:
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
