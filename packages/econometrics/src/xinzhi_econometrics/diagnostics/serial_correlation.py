"""Wooldridge's test of first-order serial correlation of the errors of an entity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi_core.errors import DataError, MethodError
from xinzhi_core.panel.panel import PERIOD, Panel
from xinzhi_core.wording import message
from xinzhi_econometrics.covariance import cluster_covariance
from xinzhi_econometrics.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi_econometrics.inference import Inapplicable, Statistic, f_tail
from xinzhi_econometrics.lags import lag
from xinzhi_econometrics.least_squares import grouping, least_squares
from xinzhi_econometrics.model import build_model
from xinzhi_econometrics.specification import Covariance, Regression, frame_of, key_of

NAME = "serial_correlation"
NULL = message("The errors of an entity are not correlated over time.")


def serial_correlation(
    data: Panel | pd.DataFrame, regression: Regression
) -> Statistic | Inapplicable:
    """Regress the residuals of first differences on their own lag: ρ = -1/2 without correlation.

    Δy_it = Δx_it'b + effects of periods + u_it, u_it = ρ u_i,t-1 + v_it, errors clustered by
    entity; F(1, G-1) of ρ = -1/2. Differences and lags are over the smallest step between periods.

    References
    ----------
    Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data, section 10.6.3;
    Drukker (2003), doi:10.1177/1536867X0300300206.
    """
    try:
        residuals, step = _difference_residuals(data, regression)
    except (MethodError, DataError) as error:
        return Inapplicable(NAME, error.problems[0].what)
    earlier = lag(residuals.to_frame("u"), ("u",), step)["u"]
    pairs = earlier.notna().to_numpy()
    u, before = residuals.to_numpy()[pairs], earlier.to_numpy()[pairs]
    entity = grouping("entity", residuals.index.get_level_values(0)[pairs])
    if entity.n_levels < 2 or len(u) < 3:
        return Inapplicable(NAME, message("too few entities have three periods in a row."))
    solved = least_squares(u, before[:, None])
    vcov = cluster_covariance(solved, entity)
    # Differences of uncorrelated errors share one error with their neighbour: their correlation is -1/2.
    value = float((solved.slopes[0] + 0.5) ** 2 / vcov[0, 0])
    df2 = entity.n_levels - 1
    return Statistic(NAME, NULL, value, f"F(1, {df2})", f_tail(value, 1, df2))


def _difference_residuals(
    data: Panel | pd.DataFrame, regression: Regression
) -> tuple[pd.Series, int]:
    """Residuals of the differenced regression on the rows of the regression, and the step."""
    model = build_model(data, replace(regression, covariance=Covariance()))
    names = (regression.outcome, *model.names)
    values = np.column_stack([model.sample.outcome, model.sample.design])
    frame = pd.DataFrame(values, index=model.sample.index, columns=list(names))
    periods = np.unique(frame.index.get_level_values(1))
    step = int(np.diff(periods).min()) if len(periods) > 1 else 1
    change = (frame - lag(frame, names, step)).dropna()
    centred = change.to_numpy()
    if PERIOD in {key_of(frame_of(data), effect) for effect in regression.effects}:
        centred = (change - change.groupby(level=1).transform("mean")).to_numpy()
    # A trend has one difference in all rows, which the means of the periods take out: it is left out.
    size = np.linalg.norm(centred, axis=0)
    moving = [j for j in range(1, len(names)) if size[j] > 1e-10 * np.abs(change.iloc[:, j]).max()]
    residuals = centred[:, 0]
    if moving:
        residuals = least_squares(centred[:, 0], centred[:, moving]).residuals
    return pd.Series(residuals, index=change.index), step


@DIAGNOSTICS.add(NAME)
def diagnose(data: Panel | pd.DataFrame, regression: Regression) -> Diagnosis:
    """Test for serial correlation."""
    return Diagnosis(NAME, (serial_correlation(data, regression),))
