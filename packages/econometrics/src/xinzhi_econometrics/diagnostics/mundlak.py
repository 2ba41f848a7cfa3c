"""Mundlak's test of the entity means of the regressors, with clustered standard errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi_core.errors import MethodError
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message
from xinzhi_econometrics.covariance import cluster_covariance
from xinzhi_econometrics.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi_econometrics.estimators.random_effects import require_entity, with_means
from xinzhi_econometrics.inference import Inapplicable, Statistic, f_tail, wald
from xinzhi_econometrics.least_squares import least_squares
from xinzhi_econometrics.model import build_model
from xinzhi_econometrics.specification import Covariance, Regression

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
        model = build_model(data, replace(regression, covariance=Covariance()))
        entity = require_entity(model)
    except MethodError as error:
        return Inapplicable("mundlak", error.problems[0].what)
    k = len(model.names)
    design, positions = with_means(model, entity)
    if not set(range(1 + 2 * k)) <= set(positions):
        return Inapplicable(
            "mundlak", message("the means of the regressors are collinear between entities.")
        )
    if entity.n_levels - 1 < k:
        why = message(
            "{n} entities cannot test {means}.",
            one="{n} entity cannot test {means}.",
            n=entity.n_levels,
            means=message("{n} means", one="{n} mean", n=k),
        )
        return Inapplicable("mundlak", why)
    solved = least_squares(model.sample.outcome, design)
    vcov = cluster_covariance(solved, entity)
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
