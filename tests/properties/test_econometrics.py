"""Laws of regressions with fixed effects, over random panels."""

# 1e-8: the laws hold exactly; random designs may have condition numbers near 1e4.

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cases_econometrics import simulated_panel
from xinzhi_econometrics.diagnostics.vif import vif
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.least_squares import Grouping, grouping
from xinzhi_econometrics.resampling.cluster_bootstrap import cluster_draws, sums
from xinzhi_econometrics.specification import Covariance, Regression
from xinzhi_econometrics.within import within

TWO_WAY = Regression("y", ("x1", "x2"))
ROWS = Covariance("cluster", ("row",))
CLOSE = {"rtol": 1e-8, "atol": 1e-10}
few = settings(max_examples=25, deadline=None)


@st.composite
def panels(draw, *, keep: tuple[float, ...] = (0.75, 1.0)) -> pd.DataFrame:
    """Panels of different size and balance."""
    return simulated_panel(
        draw(st.integers(0, 10_000)),
        n_entities=draw(st.integers(8, 15)),
        n_periods=draw(st.integers(5, 8)),
        keep=draw(st.sampled_from(keep)),
    )


@few
@given(panels(), st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_constants_of_city_and_year_leave_slopes(data, city, year):
    """A constant per city or year added to the outcome leaves slopes and errors."""
    moved = data.assign(
        y=data["y"] + city * (data.index.codes[0] % 3) + year * (data.index.codes[1] % 2)
    )

    first, second = fit(data, TWO_WAY), fit(moved, TWO_WAY)

    np.testing.assert_allclose(second.estimate, first.estimate, **CLOSE)
    np.testing.assert_allclose(second.std_error, first.std_error, **CLOSE)


@few
@given(panels(), st.sampled_from([1e-9, 1e-3, 7.0, 1e6, 1e9]))
def test_units_divide_the_slope(data, unit):
    """X · c gives b / c, and t as before."""
    first, second = fit(data, TWO_WAY), fit(data.assign(x1=data["x1"] * unit), TWO_WAY)

    np.testing.assert_allclose(second.estimate[0] * unit, first.estimate[0], **CLOSE)
    np.testing.assert_allclose(second.statistic, first.statistic, **CLOSE)


@few
@given(panels())
def test_residuals_sum_to_zero(data):
    """Residuals sum to zero in each city and each year and with each regressor."""
    residuals = fit(data, TWO_WAY).residuals
    used = data.loc[residuals.index]

    sums = [residuals.groupby(level=level).sum().abs().max() for level in (0, 1)]
    along = [abs(float(residuals @ used[name])) for name in ("x1", "x2")]

    assert max(sums + along) < 1e-10


@few
@given(st.integers(0, 10_000))
def test_two_periods_are_differences(seed):
    """With two periods, within is the regression of differences on a constant."""
    data = simulated_panel(seed, n_entities=14, n_periods=2, keep=1.0)
    change = data.groupby(level="entity").diff().dropna()

    within = fit(data, replace(TWO_WAY, covariance=Covariance()))
    pooled = fit(change, Regression("y", ("x1", "x2"), effects=(), covariance=Covariance()))

    np.testing.assert_allclose(within.estimate, pooled.estimate[1:], **CLOSE)
    np.testing.assert_allclose(within.std_error, pooled.std_error[1:], **CLOSE)


@few
@given(panels())
def test_clusters_of_one_are_white(data):
    """Clusters of one row give White's errors, up to the two factors."""
    data = data.assign(row=np.arange(len(data), dtype=float))
    regression = Regression("y", ("x1", "x2"), effects=())
    white = fit(data, Regression("y", ("x1", "x2"), effects=(), covariance=Covariance("hc1")))

    found = fit(data, Regression("y", ("x1", "x2"), effects=(), covariance=ROWS))

    assert regression.effects == ()
    np.testing.assert_allclose(found.std_error, white.std_error, **CLOSE)


@few
@given(panels())
def test_mediation_identity(data):
    """Total = direct + a·b on one sample, whatever the effects."""
    data = data.assign(m=0.4 * data["x1"] + data["industry"] + data["y"] * 0.1)
    total = fit(data, Regression("y", ("x1",), ("x2",))).estimate[0]
    a = fit(data, Regression("m", ("x1",), ("x2",))).estimate[0]
    direct, b = fit(data, Regression("y", ("x1", "m"), ("x2",))).estimate[:2]

    np.testing.assert_allclose(total, direct + a * b, **CLOSE)


@few
@given(panels())
def test_vif_is_the_inverse_of_correlation(data):
    """VIF is the diagonal of the inverse correlation matrix, and at least 1."""
    found = vif(data, Regression("y", ("x1", "x2", "industry")))
    correlation = np.corrcoef(data[["x1", "x2", "industry"]].to_numpy(), rowvar=False)

    np.testing.assert_allclose(found.vif, np.diag(np.linalg.inv(correlation)), **CLOSE)
    assert (found.vif >= 1 - 1e-12).all()


@few
@given(panels(), st.randoms(use_true_random=False))
def test_order_of_rows(data, random):
    """The order of the rows changes no bit."""
    order = list(range(len(data)))
    random.shuffle(order)

    first, second = fit(data, TWO_WAY), fit(data.iloc[order], TWO_WAY)

    np.testing.assert_array_equal(first.vcov, second.vcov)


@st.composite
def groupings(draw) -> tuple[Grouping, ...]:
    """Draw one to four effects of any shape, connected or not."""
    n = draw(st.integers(2, 24))
    levels = draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
    return tuple(
        grouping(str(j), draw(st.lists(st.integers(0, most), min_size=n, max_size=n)))
        for j, most in enumerate(levels)
    )


@settings(max_examples=150, deadline=None)
@given(groupings(), st.integers(0, 10_000))
def test_within_is_the_projection_off_all_dummies(effects, seed):
    """Whatever the effects, what is taken out is the projection on their dummies, rank and all."""
    n = len(effects[0].codes)
    columns = np.random.default_rng(seed).normal(size=(n, 2)) + 1e3
    dummies = np.hstack([np.eye(e.n_levels)[e.codes] for e in effects])

    found = within(effects)

    expected = columns - dummies @ np.linalg.lstsq(dummies, columns, rcond=1e-12)[0]
    np.testing.assert_allclose(found.demean(columns), expected, atol=1e-9)
    assert found.df == np.linalg.matrix_rank(dummies)


@few
@given(panels(), st.integers(0, 10_000), st.sampled_from([(), ("entity",), ("entity", "period")]))
def test_draws_by_sums_are_weighted_regressions(data, seed, effects):
    """A draw by sums is least squares on dummies with each row weighted by its cluster's count."""
    regression = Regression("y", ("x1", "x2"), effects=effects, singletons="keep")
    added = sums(data, regression)
    counts = cluster_draws(added.n_clusters, 1, seed)[0]
    place = [added.clusters.index(entity) for entity in data.index.get_level_values(0)]
    weight = np.sqrt(counts[place])
    keys = [data.index.get_level_values(name) for name in effects]
    parts = [np.ones((len(data), 1)), *(pd.get_dummies(key).to_numpy(float) for key in keys)]
    design = np.hstack([data[["x1", "x2"]], *parts]) * weight[:, None]
    rank = np.linalg.matrix_rank(design)
    full = np.linalg.matrix_rank(design[:, 2:]) + 2
    expected = np.linalg.lstsq(design, data["y"] * weight, rcond=1e-12)[0][:2]

    found = added.slopes(counts[None, :], "y", ("x1", "x2"))[0]

    if rank == full:
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)
    else:
        assert np.isnan(found).all()
