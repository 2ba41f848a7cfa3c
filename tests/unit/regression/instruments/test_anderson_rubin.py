"""The covariance behind the Anderson-Rubin set is interpolated: with the same set as without.

Tolerance 1e-8: ends are roots of a statistic whose covariance agrees to 1e-9.
"""

from __future__ import annotations

import numpy as np
import pytest

from cases_econometrics import simulated_panel
from xinzhi.regression.instruments import anderson_rubin as module
from xinzhi.regression.instruments.estimate import instrument
from xinzhi.regression.specification import Covariance, Regression

KINDS = (
    Covariance("iid"),
    Covariance("hc1"),
    Covariance("cluster", ("entity",)),
    Covariance("two_way", ("entity", "period")),
    Covariance("driscoll_kraay", lag=1),
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
@pytest.mark.parametrize("strength", [0.8, 0.05])
def test_set_is_that_of_covariances_computed_at_each_slope(kind, strength, monkeypatch):
    """A quadratic through three slopes gives the set that thousands of covariances give."""
    data = simulated_panel(5, n_entities=20, keep=0.9)
    draw = np.random.default_rng(5)
    data["z1"], data["z2"], hidden = (draw.normal(size=len(data)) for _ in range(3))
    data["x1"] = strength * (data["z1"] + 0.4 * data["z2"]) + hidden
    data["y"] = 0.5 * data["x1"] - hidden + draw.normal(size=len(data))
    regression = Regression("y", ("x1",), ("x2",), covariance=kind)

    def ends():
        found = instrument(data, regression, endogenous=("x1",), instruments=("z1", "z2"))
        return np.ravel(found.anderson_rubin.intervals)

    quick = ends()
    monkeypatch.setattr(
        module,
        "_covariance",
        lambda direct, *_: lambda betas: np.array([direct(float(beta)) for beta in betas]),
    )

    np.testing.assert_allclose(quick, ends(), rtol=1e-8, atol=1e-8)
