"""Variations: what is changed before a regression is estimated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats.mstats import winsorize

from cases_econometrics import simulated_panel
from xinzhi_core.errors import StudyError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression
from xinzhi_econometrics.variation import Variation, changes

BASE = Regression("y", ("x1",), ("x2",))


def one(data, **options):
    """Estimate one variation."""
    return fit(*changes(data, BASE, Variation("v", **options)))


def test_each_variation_is_the_regression_that_it_says():
    """Replacing, windows, errors, effects, controls and dropping are plain regressions."""
    data = simulated_panel(3, n_entities=20)
    data["other"] = data["x1"] + data["x2"] ** 2
    year = data.index.get_level_values(1)
    pairs = [
        (one(data, replace={"x1": "other"}), fit(data, Regression("y", ("other",), ("x2",)))),
        (one(data, window=(2002, 2005)), fit(data[(year >= 2002) & (year <= 2005)], BASE)),
        (
            one(data, covariance=Covariance("hc1")),
            fit(data, Regression("y", ("x1",), ("x2",), covariance=Covariance("hc1"))),
        ),
        (one(data, effects=("entity",)), fit(data, Regression("y", ("x1",), ("x2",), ("entity",)))),
        (one(data, controls=()), fit(data, Regression("y", ("x1",)))),
        (one(data, drop=("province", (1.0, 2.0))), fit(data[~data["province"].isin([1, 2])], BASE)),
    ]
    for found, expected in pairs:
        np.testing.assert_array_equal(found.estimate, expected.estimate)
        np.testing.assert_array_equal(found.std_error, expected.std_error)


def test_winsorising_cuts_to_percentiles_of_the_rows_used():
    """All variables are cut to their percentiles; rows that are not used do not count."""
    data = simulated_panel(5, n_entities=20, keep=1.0)
    lost = data.copy()
    lost.iloc[:14, lost.columns.get_loc("x2")] = np.nan
    lost.iloc[:14, lost.columns.get_loc("x1")] = 1e6

    found = one(lost, winsorise=(10, 90))

    rest = data.iloc[14:].copy()
    for name in ("y", "x1", "x2"):
        rest[name] = rest[name].clip(*np.percentile(rest[name], [10, 90]))
    np.testing.assert_allclose(found.estimate, fit(rest, BASE).estimate, rtol=1e-12)
    # an independent winsoriser that cuts at order statistics agrees on which cells are cut
    assert (np.asarray(winsorize(data["x1"].to_numpy(), (0.1, 0.1))) != data["x1"]).sum() == 28


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"replace": {"x9": "x1"}}, "robustness.replace"),
        ({"drop": ("provinces", (1,))}, "data.missing_column"),
        ({"winsorise": (99, 1)}, "robustness.winsorise"),
        ({"window": (1900, 1950)}, "robustness.empty"),
    ],
)
def test_contradictory_variations(options, code):
    """Variations of what is not there are refused."""
    with pytest.raises(StudyError) as caught:
        one(simulated_panel(), **options)

    assert caught.value.code == code
