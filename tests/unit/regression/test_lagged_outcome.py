"""A lag of the outcome beside entity effects: the bias of Nickell (1981), and the notice of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.regression.fit import fit
from xinzhi.regression.specification import Regression

PERSISTENCE, PERIODS = 0.5, 6


@pytest.fixture(scope="module")
def dynamic() -> pd.DataFrame:
    """Four thousand entities whose outcome follows an AR(1) around a level of their own."""
    rng = np.random.default_rng(3)
    level = rng.normal(size=4000)
    path = [level + rng.normal(size=len(level)) / np.sqrt(1 - PERSISTENCE**2)]
    for _ in range(PERIODS):
        path.append(level + PERSISTENCE * (path[-1] - level) + rng.normal(size=len(level)))
    index = pd.MultiIndex.from_product([range(len(level)), range(1, PERIODS + 1)])
    values = {"y": np.array(path[1:]).T.ravel(), "L1.y": np.array(path[:-1]).T.ravel()}
    return pd.DataFrame(values, index=index.set_names(["entity", "period"]))


def codes(data: pd.DataFrame, *regressors: str, effects: tuple[str, ...]) -> set[str]:
    """List the notices of a regression."""
    return {one.code for one in fit(data, Regression("y", regressors, effects=effects)).notices}


def test_the_estimate_is_biased_as_the_notice_says(dynamic: pd.DataFrame) -> None:
    """The bias is that of Nickell (1981), equation 18, which falls with the number of periods."""
    found = fit(dynamic, Regression("y", ("L1.y",), effects=("entity",)))
    rho, t = PERSISTENCE, PERIODS
    share = 1 - (1 - rho**t) / (t * (1 - rho))
    bias = -(1 + rho) / (t - 1) * share / (1 - 2 * rho * share / ((1 - rho) * (t - 1)))

    assert found.estimate[0] - rho == pytest.approx(bias, abs=0.02)


def test_the_notice_names_the_lag(dynamic: pd.DataFrame) -> None:
    """It is given with entity effects alone, and for a lag of the outcome alone."""
    other = dynamic.rename(columns={"L1.y": "L1.x"})

    assert "reg.lagged_outcome" in codes(dynamic, "L1.y", effects=("entity", "period"))
    assert "reg.lagged_outcome" not in codes(dynamic, "L1.y", effects=("period",))
    assert "reg.lagged_outcome" not in codes(other, "L1.x", effects=("entity",))
