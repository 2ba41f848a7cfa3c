"""Variance inflation factors."""

from __future__ import annotations

import numpy as np

from cases_econometrics import agrees, case, frame, simulated_panel
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_econometrics.diagnostics.vif import vif
from xinzhi_econometrics.specification import Regression


def test_longley():
    """VIF, tolerance and mean of Longley's regressors are those of R car::vif."""
    longley = case("vif_longley")
    expected = longley["expected"]

    found = vif(frame(longley), Regression("y", tuple(f"x{i}" for i in range(1, 7)), effects=()))

    agrees(found.vif, expected["vif"], longley)
    agrees(found.tolerance, expected["tolerance"], longley)
    agrees(found.mean, expected["mean_vif"], longley)


def test_collinear_and_constant_columns():
    """An exact combination has an infinite VIF, a constant none, the others keep theirs."""
    data = simulated_panel().assign(one=5.0)
    data["twin"] = 3 * data["x1"] + 1

    found = vif(data, Regression("y", ("x1", "twin", "x2", "one")))

    assert np.isinf(found.vif[:2]).all()
    assert np.isnan(found.vif[3])
    plain = vif(data, Regression("y", ("x1", "x2"))).vif[1]
    np.testing.assert_allclose(found.vif[2], plain, rtol=1e-10)
    assert {notice.code for notice in found.notices} == {"vif.high", "vif.constant"}


def test_registered():
    """The register knows the diagnostics by the names of the study file."""
    assert {"vif", "effects_f"} <= set(DIAGNOSTICS.names())
    table = DIAGNOSTICS.get("vif")(simulated_panel(), Regression("y", ("x1", "x2"))).table
    assert list(table.columns) == ["vif", "tolerance"]


def test_the_mean_is_infinite_where_one_factor_is_and_missing_where_all_are():
    """One exact combination makes the mean infinite; where no factor is a number there is no mean."""
    data = simulated_panel()
    data["twin"] = 3 * data["x1"] + 1

    assert vif(data, Regression("y", ("x1", "twin", "x2"))).mean == np.inf
    assert np.isnan(vif(data, Regression("y", ("x1", "twin"))).mean)
    assert vif(data, Regression("y", ("x1", "x2"))).mean >= 1.0
