"""The covariance behind the Anderson-Rubin set is interpolated: with the same set as without.

Tolerance 1e-8: ends are roots of a statistic whose covariance agrees to 1e-9.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from cases_econometrics import simulated_panel
from xinzhi.regression.instruments import anderson_rubin as module
from xinzhi.regression.instruments.estimate import instrument
from xinzhi.regression.specification import Covariance, Regression
from xinzhi.study.record import from_bytes, to_bytes

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
        lambda direct, _, centre, width: SimpleNamespace(
            at=lambda z: np.array([direct(float(centre + one * width)) for one in z])
        ),
    )

    np.testing.assert_allclose(quick, ends(), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("is_traced", [False, True])
def test_a_kept_set_gives_every_level(is_traced, monkeypatch):
    """What a study keeps is read back with the sets of other levels; a traced V gives the same ends.

    The error of V between the angles of the grid is below (π / 4001)², 6e-7 of its size.
    """
    data = simulated_panel(5, n_entities=20, keep=0.9)
    draw = np.random.default_rng(5)
    data["z1"], data["z2"], hidden = (draw.normal(size=len(data)) for _ in range(3))
    data["x1"] = 0.8 * (data["z1"] + 0.4 * data["z2"]) + hidden
    data["y"] = 0.5 * data["x1"] - hidden + draw.normal(size=len(data))

    def found():
        regression = Regression("y", ("x1",), ("x2",), covariance=KINDS[0])
        return instrument(
            data, regression, endogenous=("x1",), instruments=("z1", "z2")
        ).anderson_rubin

    plain = found()
    if is_traced:
        monkeypatch.setattr(module, "AGREES", -1.0)
    kept = from_bytes(to_bytes(found()))

    assert isinstance(kept.test.covariance, module.Traced if is_traced else module.Quadratic)
    assert kept.at(0.8) != kept.at(0.95)
    for level in (0.5, 0.8, 0.95, 0.99):
        np.testing.assert_allclose(kept.at(level), plain.at(level), rtol=2e-6, atol=2e-6)
