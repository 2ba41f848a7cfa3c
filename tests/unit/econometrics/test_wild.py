"""The wild cluster bootstrap, against bootstrap samples that are fitted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from cases_econometrics import simulated_panel
from xinzhi.econometrics.fit import fit
from xinzhi.econometrics.specification import Covariance, Regression
from xinzhi.econometrics.wild import wild_bootstrap
from xinzhi.errors import MethodError

BY_PROVINCE = Covariance("cluster", ("province",))


def by_refitting(data, regression, name, weights):
    """Refit every bootstrap sample: restricted fit plus weighted residuals."""
    others = tuple(r for r in regression.regressors if r != name)
    restricted = fit(
        data, Regression("y", others, effects=regression.effects, covariance=BY_PROVINCE)
    )
    fitted = data["y"] - restricted.residuals
    province = data["province"].to_numpy().astype(int)
    found = []
    for v in weights:
        sample = data.assign(y=fitted + restricted.residuals * v[province])
        again = fit(sample, regression)
        found.append(abs(again.statistic[again.position(name)]))
    return np.array(found)


@pytest.mark.parametrize("effects", [("entity", "period"), ("entity",), ("period",), ()])
def test_all_signs_by_refitting(effects):
    """With few clusters all signs are tried; the p-values are those of refitted samples."""
    data = simulated_panel(91, n_entities=18)
    regression = Regression("y", ("x1", "x2"), effects=effects, covariance=BY_PROVINCE)
    observed = fit(data, regression)
    signs = np.array([[1 - 2 * ((i >> g) & 1) for g in range(6)] for i in range(64)], float)

    found = wild_bootstrap(data, regression, draws=64)

    assert found.weights == "all"
    for j, name in enumerate(found.names):
        t = by_refitting(data, regression, name, signs)
        expected = np.mean(t >= abs(observed.statistic[observed.position(name)]) * (1 - 1e-8))
        np.testing.assert_allclose(found.p_value[j], expected, atol=1e-12)


def test_webb_and_rademacher():
    """Webb's weights up to twelve clusters, Rademacher's beyond; both have variance 1."""
    data = simulated_panel(93, n_entities=30)
    few = wild_bootstrap(data, Regression("y", ("x1",), covariance=BY_PROVINCE), draws=500, seed=1)
    many = wild_bootstrap(
        data,
        Regression("y", ("x1",), covariance=Covariance("cluster", ("entity",))),
        draws=500,
        seed=1,
    )

    assert (few.n_clusters, few.weights) == (10, "webb")
    assert (many.n_clusters, many.weights) == (30, "rademacher")
    assert 0 <= few.p_value[0] <= 1
    again = wild_bootstrap(
        data, Regression("y", ("x1",), covariance=BY_PROVINCE), draws=500, seed=1
    )
    np.testing.assert_array_equal(few.p_value, again.p_value)


def test_strong_effects_stay_significant():
    """A strong effect is found, an absent one is not."""
    data = simulated_panel(95, n_entities=45)
    data["noise"] = np.random.default_rng(2).normal(size=len(data))

    found = wild_bootstrap(
        data, Regression("y", ("x1", "noise"), covariance=BY_PROVINCE), draws=999
    )

    assert found.p_value[0] < 0.01
    assert found.p_value[1] > 0.05
    assert list(found.to_frame().columns) == ["statistic", "p_value"]


def test_other_errors_are_refused():
    """Only errors clustered one way have a wild cluster bootstrap."""
    with pytest.raises(MethodError):
        wild_bootstrap(simulated_panel(), Regression("y", ("x1",), covariance=Covariance()))
