"""Mundlak's test of the entity means of the regressors, with clustered standard errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.errors import MethodError
from xinzhi.panel.panel import Panel
from xinzhi.regression.covariance import covariance
from xinzhi.regression.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi.regression.estimators.random_effects import entity_of, with_means
from xinzhi.regression.inference import Inapplicable, Statistic, f_tail, wald
from xinzhi.regression.least_squares import least_squares
from xinzhi.regression.model import model
from xinzhi.regression.specification import Covariance, Regression
from xinzhi.wording import message

NULL = message(
    "The coefficients of the group means of the regressors are 0: random effects are consistent."
)


def mundlak(data: Panel | pd.DataFrame, regression: Regression) -> Statistic | Inapplicable:
    """Test the entities' means of the regressors in a pooled regression, clustered by entity.

    y_it = a + x_it'b + x̄_i'g + d_t + d̄_i + e_it; the slopes b are those of fixed effects and
    g = 0 is what random effects assume. F = Wald / k with G - 1 degrees of freedom.

    References
    ----------
    Mundlak (1978), doi:10.2307/1913646; Wooldridge (2019), doi:10.1016/j.jeconom.2018.12.010.
    """
    try:
        ready = model(data, replace(regression, covariance=Covariance()))
        entity = entity_of(ready)
    except MethodError as error:
        return Inapplicable("mundlak", error.problems[0].what)
    k = len(ready.names)
    design, kept = with_means(ready, entity)
    if not set(range(1 + 2 * k)) <= set(kept):
        return Inapplicable(
            "mundlak", message("the means of the regressors are collinear between entities.")
        )
    if entity.n_levels - 1 < k:
        return Inapplicable(
            "mundlak",
            message("{n} entities cannot test {k} means.", n=entity.n_levels, k=k),
        )
    solved = least_squares(ready.sample.outcome, design)
    vcov, _ = covariance(
        solved.influence,
        solved.residuals,
        how=Covariance("cluster", ("entity",)),
        clusters=(entity,),
        effects=(),
        periods=entity.codes,
        n_slopes=design.shape[1] - 1,
        df_absorbed=1,
    )
    means = slice(1 + k, 1 + 2 * k)
    value = wald(solved.slopes[means], vcov[means, means])
    if not np.isfinite(value):
        return Inapplicable("mundlak", message("there are too few clusters for this test."))
    df2 = entity.n_levels - 1
    return Statistic("mundlak", NULL, value, f"F({k}, {df2})", f_tail(value, k, df2))


@DIAGNOSTICS.add("mundlak")
def diagnose(data: Panel | pd.DataFrame, regression: Regression) -> Diagnosis:
    """Test the means of the regressors."""
    return Diagnosis("mundlak", (mundlak(data, regression),))
