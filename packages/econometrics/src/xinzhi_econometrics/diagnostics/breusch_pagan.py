"""Breusch and Pagan's Lagrange multiplier test for random effects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message
from xinzhi_econometrics.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi_econometrics.diagnostics.effects_f import KEYS
from xinzhi_econometrics.inference import Inapplicable, Statistic, chi2_tail
from xinzhi_econometrics.least_squares import least_squares
from xinzhi_econometrics.model import build_model
from xinzhi_econometrics.specification import Covariance, Regression, draw


def breusch_pagan(
    data: Panel | pd.DataFrame, regression: Regression
) -> tuple[Statistic | Inapplicable, ...]:
    """Test each effect against pooled least squares.

    LM = N²/2 · [Σ_i(Σ_t e_it)²/Σe² - 1]² / (ΣT_i² - N), chi² with 1 degree of freedom; the form
    for unbalanced panels, N rows, e residuals of pooled least squares on the same rows.

    References
    ----------
    Breusch and Pagan (1980), doi:10.2307/2297111; Baltagi and Li (1990),
    doi:10.1080/07474939008800180.
    """
    if not regression.effects:
        return (Inapplicable("lm", message("The regression has no effects.")),)
    effects = draw(data, replace(regression, covariance=Covariance())).effects
    pooled = build_model(data, replace(regression, effects=(), covariance=Covariance()))
    rows = np.ones(len(pooled.outcome), dtype=bool)
    if regression.singletons == "drop":
        used = draw(data, replace(regression, covariance=Covariance())).index
        rows = np.asarray(pooled.sample.index.isin(used))
    centred = pooled.sample.design[rows] - pooled.sample.design[rows].mean(axis=0)
    outcome = pooled.sample.outcome[rows] - pooled.sample.outcome[rows].mean()
    residuals = least_squares(outcome, centred).residuals
    n, squares = len(residuals), float(residuals @ residuals)
    tests = []
    for effect in effects:
        sums = effect.sums(residuals[:, None])[:, 0]
        share = float(sums @ sums) / squares - 1
        value = n**2 / 2 * share**2 / (float(effect.counts @ effect.counts) - n)
        null = message(
            "The effects {names} have no variance.", names=KEYS.get(effect.name, effect.name)
        )
        tests.append(Statistic(f"lm.{effect.name}", null, value, "chi2(1)", chi2_tail(value, 1)))
    return tuple(tests)


@DIAGNOSTICS.add("lm")
def diagnose(data: Panel | pd.DataFrame, regression: Regression) -> Diagnosis:
    """Test whether the variance of the effects is zero."""
    return Diagnosis("lm", breusch_pagan(data, regression))
