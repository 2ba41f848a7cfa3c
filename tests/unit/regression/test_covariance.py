"""Errors of the slopes: laws that no choice of units breaks, and repairs that are told."""

# 1e-9: multiplying a column by 1000 changes rounding only.

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cases_econometrics import simulated_panel
from oracles_econometrics import sandwich
from xinzhi.present.regression import regression_table
from xinzhi_core.errors import SpecError
from xinzhi_econometrics.covariance import semidefinite
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

TWO_WAY = Covariance("two_way", ("entity", "period"))
SLOPES = ("x1", "x2", "x3")
REPAIRED = [(3, ("entity", "period")), (3, ()), (21, ("entity", "period")), (21, ())]


def short_panel(seed: int):
    """Draw a panel of five periods and three regressors: negative eigenvalues are common."""
    data = simulated_panel(seed, n_periods=5)
    return data.assign(x3=np.random.default_rng(seed).normal(size=len(data)))


@pytest.mark.parametrize(("seed", "effects"), REPAIRED)
@pytest.mark.parametrize("name", ["y", *SLOPES])
def test_t_does_not_depend_on_units(seed, effects, name):
    """A column in thousandths leaves every t of repaired two-way errors as it was."""
    data = short_panel(seed)
    regression = Regression("y", SLOPES, effects=effects, covariance=TWO_WAY)

    found = fit(data, regression)
    other = fit(data.assign(**{name: data[name] * 1000}), regression)

    assert found.covariance.was_repaired
    assert other.covariance.was_repaired
    np.testing.assert_allclose(other.statistic, found.statistic, rtol=1e-9)


@pytest.mark.parametrize("seed", [3, 21])
def test_t_does_not_depend_on_the_origin(seed):
    """A column moved by 2000, as years can be, leaves every t of a pooled regression but that of _cons."""
    data = short_panel(seed)
    regression = Regression("y", SLOPES, effects=(), covariance=TWO_WAY)

    found = fit(data, regression)
    other = fit(data.assign(x3=data["x3"] + 2000), regression)

    assert found.covariance.was_repaired
    np.testing.assert_allclose(other.statistic[1:], found.statistic[1:], rtol=1e-7)


def test_positive_covariances_are_not_touched():
    """Errors that need no repair are the plain sum V1 + V2 - V12, and say nothing of a repair."""
    data = simulated_panel(3, n_entities=30, n_periods=12)
    regression = Regression("y", ("x1", "x2"), effects=(), covariance=TWO_WAY)

    found = fit(data, regression)

    x = np.column_stack([np.ones(len(data)), data[["x1", "x2"]]])
    e = found.residuals.to_numpy()
    entity, period = (np.asarray(codes) for codes in data.index.codes)
    pairs = np.arange(len(data))
    plain = sandwich(x, e, entity) + sandwich(x, e, period) - sandwich(x, e, pairs)
    factor = 12 / 11 * (len(data) - 1) / (len(data) - 3)
    assert np.linalg.eigvalsh(plain)[0] > 0.0
    np.testing.assert_allclose(found.vcov, plain * factor, rtol=1e-9)
    assert not found.covariance.was_repaired
    assert "reg.not_semidefinite" not in {notice.code for notice in found.notices}


def test_a_repair_is_told():
    """A repair is a notice, a note under the table and a key of results.json."""
    found = fit(short_panel(3), Regression("y", SLOPES, covariance=TWO_WAY))

    table = regression_table("t", "T", [found])

    assert "reg.not_semidefinite" in {notice.code for notice in found.notices}
    assert any("correlation scale" in str(note) for note in table.notes)
    assert table.machine["columns"][0]["covariance"]["repaired"] is True


def test_repair_by_hand():
    """[[1, 2c], [2c, c²]] has the eigenvalues 3 and -1 on its scale: what stays is 3/2 everywhere."""
    c = 1000.0

    found, was_repaired = semidefinite(np.array([[1, 2 * c], [2 * c, c**2]]), np.array([1, c**2]))

    assert was_repaired
    np.testing.assert_allclose(found, 1.5 * np.array([[1, c], [c, c**2]]), rtol=1e-12)


def test_rounding_is_no_repair():
    """An eigenvalue of -1e-17, which is 0, is left alone."""
    vcov = np.array([[1.0, 1.0], [1.0, 1.0 - 1e-15]])

    found, was_repaired = semidefinite(vcov, np.ones(2))

    assert found is vcov
    assert not was_repaired


@pytest.mark.parametrize(("n_periods", "is_told"), [(12, True), (30, False)])
def test_few_periods_are_told(n_periods, is_told):
    """Driscoll-Kraay errors of fewer than 30 periods come with a caution."""
    data = simulated_panel(5, n_periods=n_periods, keep=1.0)

    found = fit(data, Regression("y", ("x1",), covariance=Covariance("driscoll_kraay", lag=2)))

    assert ("reg.few_periods" in {notice.code for notice in found.notices}) is is_told
    assert found.covariance.df == n_periods - 1


def test_few_periods_cannot_test_many_slopes():
    """Three periods have no joint test of three slopes: F is empty, and that is told."""
    data = short_panel(3)
    data = data[data.index.get_level_values(1) < 2004]

    found = fit(data, Regression("y", SLOPES, covariance=Covariance("driscoll_kraay", lag=0)))

    assert np.isnan(found.fit.f)
    assert "reg.no_joint_test" in {notice.code for notice in found.notices}


def test_a_cross_section_has_no_driscoll_kraay_errors():
    """One period has no average over time: refused, with the way out."""
    data = simulated_panel(5, n_entities=40, n_periods=1, keep=1.0)

    with pytest.raises(SpecError, match="Lag 0 does not fit 1 period"):
        fit(
            data,
            Regression("y", ("x1",), effects=(), covariance=Covariance("driscoll_kraay", lag=0)),
        )


def gap_panel(periods):
    """Draw a panel with these periods; the numbers do not depend on what the periods are called."""
    data = simulated_panel(17, n_entities=9, n_periods=len(periods), keep=1.0)
    entity, period = data.index.codes
    return data.set_index(
        pd.MultiIndex.from_arrays([entity, np.array(periods)[period]], names=["entity", "period"])
    )


def by_hand(data, found, lag, distance):
    """Sum w(|s - t|) h_s h_t' over all pairs of periods, one by one, for effects of entities."""
    within = data[["x1", "x2"]] - data[["x1", "x2"]].groupby(level=0).transform("mean")
    bread = np.linalg.inv(within.T @ within)
    scores = within.mul(found.residuals, axis=0).groupby(level=1).sum().to_numpy()
    meat = sum(
        max(0.0, 1 - abs(distance[s] - distance[t]) / (lag + 1)) * np.outer(scores[s], scores[t])
        for s in range(len(scores))
        for t in range(len(scores))
    )
    n, t = len(data), len(scores)
    return bread @ meat @ bread * t / (t - 1) * (n - 1) / (n - 2 - 9)


@pytest.mark.parametrize(
    ("periods", "distance", "has_gaps"),
    [
        ([2001, 2002, 2003, 2004, 2005], [0, 1, 2, 3, 4], False),
        ([2001, 2002, 2005, 2006, 2009], [0, 1, 4, 5, 8], True),
        ([2000, 2002, 2004, 2008, 2011], [0, 1, 2, 4, 5.5], True),
        ([2000, 2010, 2020, 2030, 2040], [0, 1, 2, 3, 4], False),
        (["1st", "2nd", "3rd", "4th", "5th"], [0, 1, 2, 3, 4], False),
    ],
)
@pytest.mark.parametrize("lag", [0, 1, 2, 4])
def test_driscoll_kraay_weights_follow_time(periods, distance, has_gaps, lag):
    """Years on both sides of a gap are not neighbours; the unit is the smallest step."""
    data = gap_panel(periods)
    how = Covariance("driscoll_kraay", lag=lag, rule="stata")

    found = fit(data, Regression("y", ("x1", "x2"), effects=("entity",), covariance=how))

    expected = by_hand(data, found, lag, distance)
    factor = (len(data) - 2 - 9) / (len(data) - found.covariance.counted)
    np.testing.assert_allclose(found.vcov, expected * factor, rtol=1e-9)
    assert np.linalg.eigvalsh(found.vcov)[0] > -1e-15
    assert found.covariance.has_gaps is has_gaps
    assert ("reg.gaps" in {notice.code for notice in found.notices}) is has_gaps


def test_a_gap_changes_driscoll_kraay_errors():
    """The same numbers under other years have other errors: 2002 and 2005 are three years apart."""
    how = Covariance("driscoll_kraay", lag=2)
    regression = Regression("y", ("x1", "x2"), covariance=how)

    plain = fit(gap_panel([2001, 2002, 2003, 2004, 2005]), regression)
    gap = fit(gap_panel([2001, 2002, 2005, 2006, 2009]), regression)

    np.testing.assert_allclose(gap.estimate, plain.estimate, rtol=1e-12)
    assert np.abs(gap.std_error / plain.std_error - 1).max() > 1e-3
