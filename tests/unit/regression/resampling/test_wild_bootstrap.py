"""The wild cluster bootstrap, against bootstrap samples that are fitted one by one.

Both ways are exact arithmetic up to rounding, so counts of draws are equal; ends of intervals are
bisected to 1e-12 standard errors and compared a millionth of one inside and outside.
"""

from __future__ import annotations

import numpy as np
import pytest

from by_data import first_seen, rank_panel
from cases_econometrics import simulated_panel
from xinzhi_core.errors import MethodError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.resampling.cluster_bootstrap import generator
from xinzhi_econometrics.resampling.wild_bootstrap import wild_bootstrap
from xinzhi_econometrics.specification import Covariance, Regression

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


@pytest.mark.one_in(4)
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
    assert 1 / 501 <= few.p_value[0] <= 1
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
    assert list(found.to_frame().columns) == ["statistic", "p_value", "ci_low", "ci_high"]
    low, high = found.to_frame().loc["x1", ["ci_low", "ci_high"]]
    assert 0 < low < found.estimates.estimate[0] < high


def test_other_errors_are_refused():
    """Only errors clustered one way have a wild cluster bootstrap."""
    with pytest.raises(MethodError):
        wild_bootstrap(simulated_panel(), Regression("y", ("x1",), covariance=Covariance()))


def drawn_signs(draws: int, seed: int, data) -> np.ndarray:
    """Draw the Rademacher weights, one stream a draw, for provinces numbered by the data of their entities."""
    number = first_seen(data, rank_panel(data, ("x1", "x2"), "y"), "province")
    dealt = np.array(
        [
            np.array([-1.0, 1.0])[generator(seed, k).integers(2, size=len(number))]
            for k in range(draws)
        ]
    )
    return dealt[:, [number[province] for province in sorted(number)]]


def slow_p(data, value, weights):
    """Test one value of the slope of x1: refit every sample, count, add the sample itself."""
    regression = Regression("y", ("x1", "x2"), covariance=BY_PROVINCE)
    moved = data.assign(y=data["y"] - value * data["x1"])
    observed = abs(fit(moved, regression).statistic[0])
    t = by_refitting(moved, regression, "x1", weights)
    k = int(np.sum(t >= observed * (1 - 1e-8)))
    return (1 + k) / (1 + len(weights))


@pytest.fixture(scope="module")
def few_provinces():
    """A panel of 14 provinces: too few for the usual errors, too many for every sign."""
    return simulated_panel(97, n_entities=42)


def test_random_signs_count_the_sample_itself(few_provinces):
    """The p-value of random draws is (1 + k)/(1 + B), by refitting; 1/(1 + B) where k is 0."""
    weights = drawn_signs(39, 4, few_provinces)
    how = Regression("y", ("x1", "x2"), covariance=BY_PROVINCE)

    strong = wild_bootstrap(few_provinces, how, draws=39, seed=4)
    near = few_provinces.assign(
        y=few_provinces["y"] - 0.97 * strong.estimates.estimate[0] * few_provinces["x1"]
    )
    weaker = wild_bootstrap(near, how, draws=39, seed=4)

    assert strong.weights == "rademacher"
    assert strong.p_value[0] == slow_p(few_provinces, 0.0, weights) == 1 / 40
    assert weaker.p_value[0] == pytest.approx(slow_p(near, 0.0, weights), abs=1e-12)
    assert weaker.p_value[0] > 1 / 40


@pytest.mark.long
def test_the_interval_inverts_the_test(few_provinces):
    """A hair inside each end the slow test keeps the value, a hair outside it rejects it."""
    weights = drawn_signs(39, 4, few_provinces)
    how = Regression("y", ("x1", "x2"), covariance=BY_PROVINCE)

    found = wild_bootstrap(few_provinces, how, draws=39, seed=4, level=0.90)

    ((low, high),) = found.intervals[0]
    hair = 1e-6 * float(found.estimates.std_error[0])
    assert low < found.estimates.estimate[0] < high
    assert slow_p(few_provinces, low + hair, weights) >= 0.10
    assert slow_p(few_provinces, low - hair, weights) < 0.10
    assert slow_p(few_provinces, high - hair, weights) >= 0.10
    assert slow_p(few_provinces, high + hair, weights) < 0.10
    assert (found.level, found.n_draws) == (0.90, 39)


def test_the_interval_and_the_p_value_judge_alike(few_provinces):
    """Zero lies in the interval exactly where the p-value is no smaller than 1 - level."""
    data = few_provinces.assign(noise=np.random.default_rng(5).normal(size=len(few_provinces)))
    how = Regression("y", ("x1", "x2", "noise"), covariance=BY_PROVINCE)
    for level in (0.5, 0.8, 0.9, 0.95, 0.99):
        found = wild_bootstrap(data, how, draws=199, seed=2, level=level)
        for p, pieces in zip(found.p_value, found.intervals, strict=True):
            inside = any(low <= 0 <= high for low, high in pieces)
            assert inside == (p >= (1 - level) * (1 - 1e-12))


def test_units_do_not_move_the_interval(few_provinces):
    """A slope in other units has the same p-value and an interval in those units."""
    how = Regression("y", ("x1", "x2"), covariance=BY_PROVINCE)
    other = few_provinces.assign(x1=few_provinces["x1"] * 1000, y=few_provinces["y"] / 1e6)

    first = wild_bootstrap(few_provinces, how, draws=199)
    second = wild_bootstrap(other, how, draws=199)

    np.testing.assert_array_equal(first.p_value, second.p_value)
    np.testing.assert_allclose(
        np.array(second.intervals[0]) * 1e9, np.array(first.intervals[0]), rtol=1e-7
    )


def test_five_clusters_reject_nothing_at_five_per_cent():
    """All 32 signs: turning every sign gives a tie, so p is at least 2/32 and the set is the line."""
    found = wild_bootstrap(
        simulated_panel(91, n_entities=15), Regression("y", ("x1",), covariance=BY_PROVINCE)
    )

    assert (found.n_clusters, found.weights) == (5, "all")
    assert found.p_value[0] * 32 == int(found.p_value[0] * 32)
    assert found.p_value[0] >= 2 / 32
    assert found.intervals[0] == ((-np.inf, np.inf),)


def test_one_treated_cluster_bounds_hardly_anything():
    """A regressor that one cluster alone has: signs do not reject it, the interval is ten times wider."""
    data = simulated_panel(99, n_entities=42)
    data["treated"] = (data["province"] == 3) * np.random.default_rng(3).normal(size=len(data))
    how = Regression("y", ("treated",), ("x1",), effects=("entity",), covariance=BY_PROVINCE)

    found = wild_bootstrap(data, how, draws=199)

    usual = float(found.estimates.ci_high[0] - found.estimates.ci_low[0])
    ((low, high),) = found.intervals[0]
    assert found.p_value[0] > 0.2
    assert high - low > 10 * usual


def test_a_clustered_error_of_zero_has_no_p_value():
    """Alone in the regression its scores add up to 0: there is nothing to divide by."""
    data = simulated_panel(99, n_entities=42)
    data["treated"] = (data["province"] == 3) * np.random.default_rng(3).normal(size=len(data))
    how = Regression("y", ("treated",), effects=("entity",), covariance=BY_PROVINCE)

    found = wild_bootstrap(data, how, draws=199)

    assert np.isnan(found.p_value[0])
    assert found.intervals == ((),)


def test_a_perfect_fit_has_no_p_value():
    """Without residuals nothing can be drawn: no p-value of 0, no interval."""
    data = simulated_panel(99, n_entities=42).assign(y=lambda d: 2 * d["x1"])

    found = wild_bootstrap(data, Regression("y", ("x1",), covariance=BY_PROVINCE), draws=19)

    assert np.isnan(found.p_value).all()
    assert found.intervals == ((),)
    assert np.isnan(found.to_frame()["ci_low"]).all()
