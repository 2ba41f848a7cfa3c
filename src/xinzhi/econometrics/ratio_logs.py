"""Logs of small ratios: ln(1+x) of a share is nearly x, so its slope is not an elasticity.

With y = β ln(x), the slope of ln(1+x) is about β (1+x)/x: at x = 0.097 a true 0.8 becomes 9.05,
while ln(1+100x), the same share as a percent number, gives 0.88.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.fit import fit
from xinzhi.econometrics.sample import columns_of, frame_of
from xinzhi.econometrics.specification import Regression
from xinzhi.errors import MethodError, Where
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.wording import message

SMALL = 1.0
"""Largest value of x below which ln(1+x) is taken of a small ratio."""


@dataclass(frozen=True, slots=True)
class PercentSlope:
    """The slope of a logged ratio as it is, and with the ratio as a percent number."""

    name: str
    slope: float
    std_error: float
    percent_slope: float
    """Slope of ln(1+100x) in its place."""
    percent_error: float
    notice: Notice


def percent_slopes(
    data: Panel | pd.DataFrame, regression: Regression, raw: Mapping[str, str]
) -> tuple[PercentSlope, ...]:
    """Estimate again with small ratios as percent numbers inside the log.

    Parameters
    ----------
    raw
        Variable of the regression that is ln(1+x) -> the column that holds x.

    Returns
    -------
    One for each variable whose x stays below 1 in absolute value; the others need none.
    """
    frame = frame_of(data)
    asked = (*regression.regressors, *regression.controls)
    small = [name for name in asked if name in raw and _is_small(frame, raw[name])]
    if not small:
        return ()
    plain = fit(frame, regression)
    found = (_one(frame, regression, plain, name, raw[name]) for name in small)
    return tuple(slope for slope in found if slope is not None)


def _is_small(frame: pd.DataFrame, column: str) -> bool:
    values = columns_of(frame, (column,))[:, 0]
    present = np.abs(values[~np.isnan(values)])
    return bool(present.size and present.max() < SMALL)


def _one(
    frame: pd.DataFrame, regression: Regression, plain: Estimates, name: str, column: str
) -> PercentSlope | None:
    """Put ln(1+100x) in the place of one variable; None where it is not identified."""
    x = columns_of(frame, (column,))[:, 0]
    if name not in plain.names or np.nanmin(x) <= -0.01:
        return None
    try:
        again = fit(frame.assign(**{name: np.log1p(100 * x)}), regression)
    except MethodError:
        return None
    if name not in again.names:
        return None
    i, j = plain.position(name), again.position(name)
    slope, percent = float(plain.estimate[i]), float(again.estimate[j])
    notice = Notice(
        "reg.log_of_ratio",
        message(
            "'{name}' is ln(1+x) of a ratio below 1: its slope {slope:.3g} is not an elasticity; with x as a percent number it is {percent:.3g}.",
            name=name,
            slope=slope,
            percent=percent,
        ),
        Where(column=name),
    )
    return PercentSlope(
        name, slope, float(plain.std_error[i]), percent, float(again.std_error[j]), notice
    )
