"""Resampling by fitting again, held against resampling by sums."""

from __future__ import annotations

import numpy as np
import pytest

from cases_econometrics import simulated_panel
from refit import refit
from xinzhi_core.errors import MethodError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.resampling.cluster_bootstrap import cluster_draws, sums
from xinzhi_econometrics.specification import Covariance, Regression


@pytest.mark.parametrize("cluster", ["entity", "province"])
@pytest.mark.parametrize("effects", [("entity", "period"), ("province", "period"), ()])
def test_refits_equal_sums(cluster, effects):
    """The draws of both engines are the same, and so are the slopes."""
    data = simulated_panel(3, n_entities=18)
    how = Covariance("cluster", (cluster,))
    regression = Regression("y", ("x1", "x2"), effects=effects, covariance=how)
    added = sums(data, regression)
    draws = cluster_draws(added.n_clusters, 6, 4)

    found = refit(
        data,
        regression,
        lambda frame: fit(frame, regression).estimate[-2:],
        draws=6,
        seed=4,
        n_estimates=2,
    )

    if effects == ("province", "period") and cluster == "entity":
        # copies of a city stay in their province, whose effect cuts across the cities
        assert not np.isnan(found).any()
    np.testing.assert_allclose(found, added.slopes(draws, "y", ("x1", "x2")), rtol=1e-9)


def test_what_is_estimated_again_moves():
    """Winsorising within each draw is not the same as winsorising once."""
    data = simulated_panel(5, n_entities=18)
    regression = Regression("y", ("x1",), ("x2",))

    def cut(frame):
        bounds = np.percentile(frame["x1"], [5, 95])
        return fit(frame.assign(x1=frame["x1"].clip(*bounds)), regression).estimate[:1]

    again = refit(data, regression, cut, draws=20, seed=1, n_estimates=1)
    once = data.assign(x1=data["x1"].clip(*np.percentile(data["x1"], [5, 95])))
    plain = refit(
        once, regression, lambda f: fit(f, regression).estimate[:1], draws=20, seed=1, n_estimates=1
    )

    assert np.std(again - plain) > 0


def test_lost_draws_are_missing():
    """A draw that cannot be estimated is NaN, the others are numbers."""
    data = simulated_panel(7, n_entities=6, keep=1.0)
    data["rare"] = np.where(data.index.get_level_values(0) == 3, data["x1"], 0.0)
    regression = Regression("y", ("rare",))

    found = refit(
        data, regression, lambda f: fit(f, regression).estimate, draws=40, seed=2, n_estimates=1
    )

    missing = cluster_draws(6, 40, 2)[:, 3] == 0
    np.testing.assert_array_equal(np.isnan(found[:, 0]), missing)
    assert missing.any()


def test_clusters_across_entities():
    """Entities that belong to more than one cluster cannot be drawn whole."""
    data = simulated_panel(9)
    regression = Regression("y", ("x1",), covariance=Covariance("cluster", ("industry",)))

    with pytest.raises(MethodError, match="more than one"):
        refit(
            data, regression, lambda f: fit(f, regression).estimate, draws=2, seed=1, n_estimates=1
        )
