"""Resampling by sums equals fitting again."""

# 1e-9: sums of squares against QR on condition numbers below 1e2.

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cases_econometrics import agrees, case, frame, simulated_panel
from xinzhi_core.errors import MethodError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.resampling.cluster_bootstrap import (
    cluster_draws,
    leave_one_out,
    percentile,
    sums,
)
from xinzhi_econometrics.specification import Regression


def test_fixed_draws():
    """The draws of the reference case give the slopes of R fixest on duplicated cities."""
    fixed = case("cluster_bootstrap_fixed_draws")
    expected = fixed["expected"]
    weights = np.array([[float(c) for c in row] for row in expected["counts"]])
    regression = Regression("y", ("x",), ("c1", "c2"))

    added = sums(frame(fixed), regression, others=("m",))
    a, second = added.many(weights, (("m", ("x", "c1", "c2")), ("y", ("x", "m", "c1", "c2"))))

    agrees(a[:, 0], expected["a"], fixed)
    agrees(second[:, 1], expected["b"], fixed)
    agrees(second[:, 0], expected["direct"], fixed)
    agrees(a[:, 0] * second[:, 1], expected["indirect"], fixed)


def duplicated(data: pd.DataFrame, weights: np.ndarray, clusters: tuple) -> pd.DataFrame:
    """Take the rows of a draw, each copy of an entity under a name of its own."""
    parts = []
    for cluster, times in zip(clusters, weights, strict=True):
        for copy in range(int(times)):
            part = data.loc[[cluster]].reset_index()
            part["entity"] = f"{cluster}/{copy}"
            parts.append(part)
    return pd.concat(parts).set_index(["entity", "period"])


@pytest.mark.parametrize(
    "effects",
    [("entity", "period"), ("entity",), ("period",), (), ("entity", "period", "industry")],
)
@pytest.mark.parametrize("keep", [0.8, 1.0])
def test_draws_equal_refits(effects, keep):
    """A draw by weights equals the regression on physically duplicated entities."""
    data = simulated_panel(41, keep=keep)
    regression = Regression("y", ("x1", "x2"), effects=effects, singletons="keep")
    added = sums(data, regression)
    weights = cluster_draws(added.n_clusters, 4, 1)

    found = added.slopes(weights, "y", ("x1", "x2"))

    for row, slopes in zip(weights, found, strict=True):
        again = fit(duplicated(data, row, added.clusters), regression).estimate[-2:]
        np.testing.assert_allclose(slopes, again, rtol=1e-9)


def test_leave_one_out():
    """Weights 1 - e_i leave out one entity."""
    data = simulated_panel(43)
    regression = Regression("y", ("x1", "x2"))
    added = sums(data, regression)

    found = added.slopes(leave_one_out(added.n_clusters), "y", ("x1", "x2"))

    for entity, slopes in zip(added.clusters, found, strict=True):
        again = fit(data.drop(index=entity, level=0), regression)
        np.testing.assert_allclose(slopes, again.estimate, rtol=1e-9)


def test_clusters_above_entities():
    """Provinces are drawn with all their cities; their names are those of the data."""
    data = simulated_panel(47)
    regression = Regression("y", ("x1", "x2"))
    added = sums(data, regression, cluster="province")

    found = added.slopes(leave_one_out(added.n_clusters), "y", ("x1", "x2"))

    assert added.clusters == (0.0, 1.0, 2.0, 3.0)
    again = fit(data[data["province"] != 2.0], regression)
    np.testing.assert_allclose(found[2], again.estimate, rtol=1e-9)


def test_lost_draws_are_counted():
    """A draw that cannot tell a regressor gives no number and is counted."""
    data = simulated_panel(53, keep=1.0)
    data["rare"] = np.where(data.index.get_level_values(0) == 3, data["x1"], 0.0)
    added = sums(data, Regression("y", ("rare", "x2")))
    weights = np.vstack([np.ones(12), leave_one_out(12)[3], leave_one_out(12)[4]])

    found = added.slopes(weights, "y", ("rare", "x2"))
    interval = percentile(found[:, 0])

    assert np.isnan(found[1]).all()
    assert (interval.n_draws, interval.n_lost) == (2, 1)


def test_lost_years_do_not_lose_the_draw():
    """A draw in which a year has no row is estimated without that year."""
    data = simulated_panel(59, keep=1.0)
    data = data[(data.index.get_level_values(1) != 2001) | (data.index.get_level_values(0) < 2)]
    regression = Regression("y", ("x1", "x2"))
    added = sums(data, regression)
    weights = np.ones((1, 12))
    weights[0, :2] = 0

    found = added.slopes(weights, "y", ("x1", "x2"))

    again = fit(data.drop(index=[0, 1], level=0), regression)
    np.testing.assert_allclose(found[0], again.estimate, rtol=1e-9)


def test_draws_do_not_depend_on_chunks():
    """Replicate k is the same whatever the number of draws, and the slopes whatever the chunk."""
    data = simulated_panel(61)
    added = sums(data, Regression("y", ("x1", "x2")))
    many = cluster_draws(added.n_clusters, 1100, 5)

    np.testing.assert_array_equal(many[:7], cluster_draws(added.n_clusters, 7, 5))
    whole = added.slopes(many, "y", ("x1", "x2"))
    np.testing.assert_allclose(
        whole[500:503], added.slopes(many[500:503], "y", ("x1", "x2")), rtol=1e-12
    )


def test_too_many_levels():
    """Where sums are not worth it, the error says to fit again."""
    data = simulated_panel(67, n_entities=60, n_periods=8, keep=1.0)
    data["cell"] = np.arange(len(data), dtype=float) // 1.1

    with pytest.raises(MethodError, match="fitting again"):
        sums(data, Regression("y", ("x1",), effects=("entity", "cell"), singletons="keep"))
