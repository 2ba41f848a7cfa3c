"""Harris and Tzavalis' panel unit root test, for many entities and few periods."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy

from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message
from xinzhi_econometrics.diagnostics import DIAGNOSTICS, Diagnosis
from xinzhi_econometrics.inference import Inapplicable, Statistic
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.specification import Regression, columns_of, frame_of

NAME = "unit_root"


def harris_tzavalis(
    wide: Array, *, name: str = NAME, column: str = "y"
) -> Statistic | Inapplicable:
    """Test a unit root with entity means against stationarity, T fixed and N large.

    ρ̂ from y_it = a_i + ρ y_i,t-1 + e_it; z = sqrt(N)(ρ̂ - 1 + 3/(T+1)) /
    sqrt(3(17T² - 20T + 17) / (5(T-1)(T+1)³)), T the number of periods after the first; one-sided.

    Parameters
    ----------
    wide
        y, shape (N, T+1): entities by consecutive periods, no gaps.

    References
    ----------
    Harris and Tzavalis (1999), doi:10.1016/S0304-4076(98)00076-1, theorem 2.
    """
    n, t = wide.shape[0], wide.shape[1] - 1
    if n < 2 or t < 3:
        return Inapplicable(name, message("fewer than two entities or four periods."))
    now = wide[:, 1:] - wide[:, 1:].mean(axis=1, keepdims=True)
    before = wide[:, :-1] - wide[:, :-1].mean(axis=1, keepdims=True)
    squares = float(np.sum(before**2))
    if squares <= 1e-24 * float(np.sum(wide**2)):
        return Inapplicable(name, message("'{name}' does not change within entities.", name=column))
    rho = float(np.sum(before * now)) / squares
    variance = 3 * (17 * t**2 - 20 * t + 17) / (5 * (t - 1) * (t + 1) ** 3)
    z = np.sqrt(n) * (rho - 1 + 3 / (t + 1)) / np.sqrt(variance)
    null = message("'{name}' has a unit root in every entity.", name=column)
    return Statistic(name, null, float(z), "N(0, 1), left tail", float(scipy.special.ndtr(z)))


def unit_roots(
    data: Panel | pd.DataFrame, columns: tuple[str, ...]
) -> tuple[Statistic | Inapplicable, ...]:
    """Test each column after removing common movements of the years.

    The mean over entities is subtracted in each period, which lessens the dependence between
    entities that the test does not know of. Only balanced panels without gaps are tested.
    """
    values = columns_of(data, columns)
    index = frame_of(data).index
    periods = np.unique(index.get_level_values(1))
    entities = index.get_level_values(0).nunique()
    tests: list[Statistic | Inapplicable] = []
    is_even = len(periods) < 2 or len(np.unique(np.diff(periods))) == 1
    for j, column in enumerate(columns):
        name = f"{NAME}.{column}"
        is_full = len(index) == entities * len(periods) and not np.isnan(values[:, j]).any()
        if not (is_full and is_even):
            why = message("'{name}' has gaps: the test needs a balanced panel.", name=column)
            tests.append(Inapplicable(name, why))
            continue
        wide = values[:, j].reshape(entities, len(periods))
        tests.append(harris_tzavalis(wide - wide.mean(axis=0), name=name, column=column))
    return tuple(tests)


@DIAGNOSTICS.add(NAME)
def diagnose(data: Panel | pd.DataFrame, regression: Regression) -> Diagnosis:
    """Test outcome, regressors and controls for unit roots."""
    columns = (regression.outcome, *regression.regressors, *regression.controls)
    return Diagnosis(NAME, unit_roots(data, columns))
