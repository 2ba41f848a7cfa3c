"""Empty cells: filled inside, continued where declared, and always written down."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.statespace.sarimax import SARIMAX

from xinzhi.prepare.arima import _covariance, fit_arima, polynomials, predict, smooth_arima
from xinzhi.prepare.step import prepare
from xinzhi.prepare.steps.filling import fill_ends, fill_inside
from xinzhi_core.errors import OutOfDomain, SpecError
from xinzhi_core.panel.panel import panel_of

NAN = np.nan
SMOOTHED = 1e-5
"""statsmodels starts nearly, not exactly, diffuse: its smoother agrees to about five digits."""


def made(values, periods=None, entities=("a",)):
    periods = range(2008, 2008 + len(values) // len(entities)) if periods is None else periods
    index = pd.MultiIndex.from_product([entities, periods], names=["entity", "period"])
    return panel_of(pd.DataFrame({"x": values}, index=index, dtype=float))


def test_the_worked_numbers_of_the_design_come_out():
    """10, ., ., 16, . : linear 12, 14; geometric 11.696071, 13.679808; the end stays empty."""
    start = made([10, NAN, NAN, 16, NAN])
    for method, expected_values in (
        ("linear", [10, 12, 14, 16, NAN]),
        ("geometric", [10, 11.696071, 13.679808, 16, NAN]),
    ):
        done = prepare(start, [("g", {"step": "interpolate", "columns": "all", "method": method})])
        np.testing.assert_allclose(done.frame["x"], expected_values, atol=5e-7)
        entry = done.ledger.entries[0]
        assert (entry.change, entry.n) == ("filled", 2)
        assert entry.cells == (("a", 2009), ("a", 2010))
        assert done.ledger.filled("x") == {("a", 2009), ("a", 2010)}


def test_nothing_is_filled_across_entities():
    """The last value of one city says nothing about the first of the next."""
    start = made([1, NAN, NAN, 4], entities=("a", "b"))
    done = prepare(start, [("g", {"step": "interpolate", "columns": ["x"]})])
    assert done.frame["x"].isna().sum() == 2
    assert done.ledger.entries == ()


def test_distance_in_periods_counts_not_distance_in_rows():
    """Between 2008 and 2012 the year 2009 is a quarter of the way."""
    filled = fill_inside(np.array([0.0, NAN, 8.0]), np.array([2008, 2009, 2012]))
    assert filled[1] == 2.0


def test_ends_are_filled_only_on_request():
    """Carried, or at the mean rate of growth; written down as ends."""
    start = made([NAN, 2, 4, NAN])
    carried = prepare(start, [("g", {"step": "interpolate", "columns": ["x"], "ends": "carry"})])
    grown = prepare(start, [("g", {"step": "interpolate", "columns": ["x"], "ends": "growth"})])
    assert carried.frame["x"].tolist() == [2, 2, 4, 4]
    assert grown.frame["x"].tolist() == [1, 2, 4, 8]
    assert "ends" in str(grown.ledger.entries[0].why)


def test_growth_of_values_that_are_not_positive_is_refused():
    """A zero has no rate of growth; the row is named."""
    with pytest.raises(OutOfDomain) as caught:
        prepare(
            made([0, NAN, 4]),
            [("g", {"step": "interpolate", "columns": ["x"], "method": "geometric"})],
        )
    assert caught.value.problems[0].where.period == 2008


@given(
    st.lists(st.one_of(st.none(), st.floats(0.1, 1e3)), min_size=1, max_size=15),
    st.sampled_from(["linear", "geometric"]),
)
def test_observed_values_never_change_and_filled_ones_lie_between(values, method):
    """Interpolation keeps what was observed and stays within its neighbours."""
    x = np.array([NAN if v is None else v for v in values])
    filled = fill_inside(x, np.arange(len(x)), method=method)
    seen = ~np.isnan(x)
    assert (filled[seen] == x[seen]).all()
    if seen.any():
        inner = filled[~np.isnan(filled)]
        assert inner.min() >= x[seen].min() * (1 - 1e-12)
        assert inner.max() <= x[seen].max() * (1 + 1e-12)
    assert np.array_equal(fill_ends(filled, np.arange(len(x)), ends="none"), filled, equal_nan=True)


SERIES = np.array([10, 12, 11, 13, 15, 14, 17, 16, 19, 21, 20, 22, 24, 23, 26, 25.0])
HOLES = [3, 4, 8, 12]


def with_holes():
    x = SERIES.copy()
    x[HOLES] = NAN
    return x, np.arange(len(x))


def test_a_random_walk_is_linear_inside():
    """ARIMA(0,1,0) without drift equals linear interpolation."""
    x, years = with_holes()
    smooth = smooth_arima(x, years, order=(0, 1, 0))
    np.testing.assert_allclose(smooth, fill_inside(x, years), rtol=1e-9)


@pytest.mark.parametrize(
    "order", [(1, 1, 0), (0, 1, 1), (1, 1, 1), (1, 0, 0), (2, 0, 0), (0, 0, 1)]
)
def test_the_expectation_is_that_of_a_kalman_smoother(order):
    """With the same parameters, statsmodels' Kalman smoother fills the same values."""
    x, years = with_holes()
    seen = ~np.isnan(x)
    parameters = fit_arima(x[seen], years[seen], order=order)
    ours = predict(x[seen], years[seen], years, parameters=parameters, order=order)
    phi, theta = polynomials(parameters, order)
    mean = _mean(x, years, parameters, order) if order[1] == 0 else 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = SARIMAX(x - mean, order=order, trend="n")
        smooth = model.smooth(np.concatenate([phi, theta, [1.0]]))
        theirs = smooth.get_prediction(information_set="smoothed").predicted_mean + mean
    np.testing.assert_allclose(ours[HOLES], theirs[HOLES], rtol=SMOOTHED)


def _mean(x, years, parameters, order):
    """Generalised least squares mean, by brute force on the covariance of the process."""
    seen = ~np.isnan(x)
    k = np.linalg.inv(_covariance(parameters, order, len(x))[np.ix_(years[seen], years[seen])])
    return (k.sum(axis=0) @ x[seen]) / k.sum()


def test_the_likelihood_is_at_least_that_of_statsmodels():
    """Our parameters of ARIMA(0,1,1) give statsmodels' likelihood no less than its own."""
    x, years = with_holes()
    seen = ~np.isnan(x)
    parameters = fit_arima(x[seen], years[seen], order=(0, 1, 1))
    _, theta = polynomials(parameters, (0, 1, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = SARIMAX(x, order=(0, 1, 1), trend="n", concentrate_scale=True)
        best = model.fit(disp=False)
        assert model.loglike(theta) >= best.llf - 1e-4


def test_short_series_fall_back_to_linear_and_say_so():
    """Below eight observations no process is fitted."""
    done = prepare(
        made([1, NAN, 3, 4, 5, 6, 7, 8]),
        [("g", {"step": "interpolate", "columns": ["x"], "method": "arima"})],
    )
    assert done.frame["x"].iloc[1] == 2.0
    assert "fewer than 8" in str(done.ledger.entries[0].why)
    with pytest.raises(SpecError):
        prepare(
            made([1, NAN, 3]),
            [
                (
                    "g",
                    {
                        "step": "interpolate",
                        "columns": ["x"],
                        "method": "arima",
                        "order": [3, 1, 0],
                    },
                )
            ],
        )


def test_a_later_value_stands_for_earlier_years_where_declared():
    """The index of 2011 stands for 2008 to 2010, flagged; observed cells are never overwritten."""
    start = made([NAN, NAN, NAN, 50, 60])
    step = {"step": "carry_back", "column": "x", "from": 2011, "to": [2008, 2009, 2010]}
    done = prepare(start, [("D", step)])
    assert done.frame["D"].tolist() == [50, 50, 50, 50, 60]
    assert len(done.ledger.filled("D")) == 3
    with pytest.raises(OutOfDomain) as caught:
        prepare(made([1, NAN, NAN, 50, 60]), [("D", step)])
    assert caught.value.code == "prepare.observed"


@pytest.mark.parametrize(
    ("method", "ahead"), [("growth", [8, 16]), ("linear", [5.5, 7]), ("hold", [4, 4])]
)
def test_values_beyond_the_last_one_follow_the_declared_rule(method, ahead):
    """1, 2, 4 goes on as 8, 16 by growth and as 5.5, 7 by mean change; only to the stated year."""
    start = made([1, 2, 4, NAN, NAN, NAN])
    done = prepare(
        start, [("X", {"step": "extrapolate", "column": "x", "to": 2012, "method": method})]
    )
    np.testing.assert_allclose(done.frame["X"], [1, 2, 4, *ahead, NAN])
    assert done.ledger.filled("X") == {("a", 2011), ("a", 2012)}


def test_what_is_computed_from_filled_cells_counts_as_filled():
    """The share of filled cells follows a column through the steps that use it."""
    done = prepare(
        made([10, NAN, 16]),
        [
            ("g", {"step": "interpolate", "columns": ["x"]}),
            ("y", {"step": "expression", "expression": "x * 2"}),
            ("z", {"step": "log1p", "column": "y"}),
        ],
    )
    assert done.ledger.filled("z") == {("a", 2009)}
