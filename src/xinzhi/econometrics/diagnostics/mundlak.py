"""Mundlak's test: whether the entities' means of the regressors matter, with clustered errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.econometrics.covariance import covariance
from xinzhi.econometrics.diagnostic import DIAGNOSTICS, Diagnosis
from xinzhi.econometrics.distributions import f_tail
from xinzhi.econometrics.grouping import Array, Grouping
from xinzhi.econometrics.least_squares import dependences, least_squares
from xinzhi.econometrics.model import Model, model
from xinzhi.econometrics.random_effects import entity_of, with_years
from xinzhi.econometrics.specification import Covariance, Regression
from xinzhi.econometrics.statistic import Inapplicable, Statistic
from xinzhi.errors import MethodError
from xinzhi.panel.panel import Panel
from xinzhi.wording import message

NULL = message("The means of the regressors do not matter: random effects are consistent.")


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
    design = _with_means(ready, entity, k)
    if design is None:
        return Inapplicable(
            "mundlak", message("the means of the regressors cannot be told apart between entities.")
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
    slopes, v = solved.slopes[1 + k : 1 + 2 * k], vcov[1 + k : 1 + 2 * k, 1 + k : 1 + 2 * k]
    scale = np.sqrt(np.diag(v))
    t = slopes / scale
    value = float(t @ np.linalg.solve(v / np.outer(scale, scale), t)) / k
    df2 = entity.n_levels - 1
    return Statistic("mundlak", NULL, value, f"F({k}, {df2})", f_tail(value, k, df2))


def _with_means(ready: Model, entity: Grouping, k: int) -> Array | None:
    """Constant, x, x̄, dummies of years and their means; None if some x̄ says nothing."""
    pooled, _ = with_years(ready)
    means = (entity.sums(pooled) / entity.counts[:, None])[entity.codes]
    design = np.hstack(
        [pooled[:, : 1 + k], means[:, 1 : 1 + k], pooled[:, 1 + k :], means[:, 1 + k :]]
    )
    size = np.linalg.norm(design, axis=0)
    present = np.flatnonzero(size > 0.0)
    kept, _ = dependences(design[:, present], np.full(len(present), 1e-10))
    chosen = present[list(kept)]
    if not set(range(1 + 2 * k)) <= set(chosen.tolist()):
        return None
    return np.asarray(design[:, chosen])


@DIAGNOSTICS.add("mundlak")
def diagnose(data: Panel | pd.DataFrame, regression: Regression) -> Diagnosis:
    """Test the means of the regressors."""
    return Diagnosis("mundlak", (mundlak(data, regression),))
