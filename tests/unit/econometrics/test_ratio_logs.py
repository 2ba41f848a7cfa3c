"""Logs of small ratios."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cases_econometrics import simulated_panel
from xinzhi.econometrics.ratio_logs import percent_slopes
from xinzhi.econometrics.specification import Regression


def shares() -> pd.DataFrame:
    """Draw an outcome with elasticity 0.8 of a share near 0.097, and a large variable."""
    data = simulated_panel(3, n_entities=20)
    share = 0.097 * np.exp(0.02 * data["x1"])
    return data.assign(
        share=share,
        ln_share=np.log1p(share),
        big=np.exp(data["x2"]) * 50,
        ln_big=np.log1p(np.exp(data["x2"]) * 50),
        y=0.8 * np.log(share) + 1e-4 * data["y"],
    )


def test_a_true_elasticity_comes_back_as_percent():
    """0.8 becomes about 9 under ln(1+x), and about 0.8·(1+9.7)/9.7 = 0.88 with percent numbers."""
    data = shares()

    (found,) = percent_slopes(
        data, Regression("y", ("ln_share",), ("ln_big",)), {"ln_share": "share", "ln_big": "big"}
    )

    assert found.slope == pytest.approx(0.8 * 1.097 / 0.097, rel=0.02)
    assert found.percent_slope == pytest.approx(0.8 * 10.7 / 9.7, rel=0.02)
    assert found.notice.code == "reg.log_of_ratio"
    assert "9." in str(found.notice.text)


def test_nothing_small_nothing_said():
    """Variables above 1, and those without a raw column, need no second estimate."""
    assert percent_slopes(shares(), Regression("y", ("ln_big",)), {"ln_big": "big"}) == ()
    assert percent_slopes(shares(), Regression("y", ("ln_share",)), {}) == ()


def test_dropped_controls_have_no_slope():
    """A ratio that the effects absorb has no slope to compare."""
    data = shares()
    data["fixed"] = 0.01 * (1 + data.index.get_level_values(0))
    data["ln_fixed"] = np.log1p(data["fixed"])

    assert (
        percent_slopes(data, Regression("y", ("ln_big",), ("ln_fixed",)), {"ln_fixed": "fixed"})
        == ()
    )
