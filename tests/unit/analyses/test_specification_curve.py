"""The specification curve: the product of all choices."""

from __future__ import annotations

import numpy as np
import pytest

from cases_econometrics import simulated_panel
from xinzhi.analyses.specification_curve.compute import estimate, specification_curve, subsets
from xinzhi.errors import StudyError
from xinzhi.regression.fit import fit
from xinzhi.regression.inference import Inapplicable
from xinzhi.regression.specification import Covariance, Regression
from xinzhi.regression.variation import Variation

BASE = Regression("y", ("x1",), ("x2",))


def test_variation_without_an_answer():
    """A variation that cannot be estimated says why and stops nothing."""
    data = simulated_panel(7)
    short = estimate(data, BASE, Variation("short", window=(2001, 2001)))
    same = estimate(data, BASE, Variation("same"))

    assert isinstance(short, Inapplicable)
    np.testing.assert_array_equal(same.estimate, fit(data, BASE).estimate)


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
