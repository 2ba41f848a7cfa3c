"""Named variations and the specification curve."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats.mstats import winsorize

from cases_econometrics import simulated_panel
from xinzhi.errors import StudyError
from xinzhi.regression.fit import fit
from xinzhi.regression.inference import Inapplicable
from xinzhi.regression.robustness import Variation, vary
from xinzhi.regression.specification import Covariance, Regression
from xinzhi.regression.specification_curve import specification_curve, subsets

BASE = Regression("y", ("x1",), ("x2",))


def one(data, **options):
    """Estimate one variation."""
    (found,) = vary(data, BASE, (Variation("v", **options),))
    return found


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
        np.testing.assert_array_equal(found.estimates.estimate, expected.estimate)
        np.testing.assert_array_equal(found.estimates.std_error, expected.std_error)
        assert str(found.words)


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
    np.testing.assert_allclose(found.estimates.estimate, fit(rest, BASE).estimate, rtol=1e-12)
    # an independent winsoriser that cuts at order statistics agrees on which cells are cut
    assert (np.asarray(winsorize(data["x1"].to_numpy(), (0.1, 0.1))) != data["x1"]).sum() == 28


def test_variation_without_an_answer():
    """A variation that cannot be estimated says why and stops nothing."""
    data = simulated_panel(7)
    found = vary(data, BASE, (Variation("short", window=(2001, 2001)), Variation("same")))

    assert isinstance(found[0].estimates, Inapplicable)
    np.testing.assert_array_equal(found[1].estimates.estimate, fit(data, BASE).estimate)


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


def test_curve_is_the_product():
    """The curve holds every combination of the choices, each equal to its own regression."""
    data = simulated_panel(9, n_entities=20)
    choices = {
        "controls": subsets(("x2", "industry")),
        "effects": (("entity",), ("entity", "period")),
        "window": (None, (2002, 2006)),
        "covariance": (Covariance(), Covariance("cluster", ("entity",))),
    }

    found = specification_curve(data, BASE, choices)

    assert found.n_specifications == 32 == len(found.table)
    assert found.table["estimate"].is_monotonic_increasing
    row = found.table.query(
        "controls == 'industry' and effects == 'entity' and window == '2002, 2006' and covariance == 'cluster entity'"
    )
    year = data.index.get_level_values(1)
    alone = fit(
        data[(year >= 2002) & (year <= 2006)],
        Regression("y", ("x1",), ("industry",), ("entity",), Covariance("cluster", ("entity",))),
    )
    np.testing.assert_array_equal(row["estimate"], alone.estimate[:1])
    np.testing.assert_array_equal(row["std_error"], alone.std_error[:1])
    summary = found.summary().loc["x1"]
    assert summary["share_positive"] == 1.0
    assert summary["n"] == 32


def test_curve_names_replacements():
    """A replaced variable keeps its place in the curve, and the choice says by what."""
    data = simulated_panel(11).assign(other=lambda d: d["x1"] * 2)

    found = specification_curve(data, BASE, {"replace": (None, {"x1": "other"})})

    assert list(found.table["replace"]) == ["other for x1", ""]
    np.testing.assert_allclose(
        found.table["estimate"].max(), 2 * found.table["estimate"].min(), rtol=1e-9
    )


def test_curve_counts_what_it_could_not_estimate():
    """Combinations without an answer are listed with their reasons."""
    found = specification_curve(simulated_panel(), BASE, {"window": (None, (2001, 2001))})

    assert len(found.table) == 1
    assert len(found.refused) == 1


@pytest.mark.parametrize("choices", [{"moon": (1,)}, {"controls": ()}])
def test_contradictory_choices(choices):
    """Unknown choices and empty ones are refused."""
    with pytest.raises(StudyError):
        specification_curve(simulated_panel(), BASE, choices)
