"""An index without options is the one that its authors define."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cases_efficiency import load, numbers, tolerance

GLOBAL = {"tfpch": "value", "effch": "efficiency_change", "techch": "technical_change"}
ADJACENT = {"mi": "value", "effch": "efficiency_change", "techch": "technical_change"}
OF_AUTHORS = {
    "cfg1997_malmquist_luenberger_weak": ("ml", ADJACENT, 1),
    "gtfpch_global_malmquist_luenberger": ("gml", GLOBAL, 0),
}


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("name", OF_AUTHORS)
def test_an_index_with_defaults_is_that_of_its_authors(name):
    """Chung, Färe and Grosskopf (1997) and Oh (2010) come out of `xz.productivity` without options."""
    index, columns, by_period = OF_AUTHORS[name]
    case, rows = load(name)
    keys = pd.MultiIndex.from_tuples(rows.labels, names=["province", "year"])
    frame = pd.DataFrame(np.hstack(rows.parts), index=keys, columns=list(rows.roles.names))
    x, y, b = (
        list(names)
        for names in (rows.roles.inputs, rows.roles.good_outputs, rows.roles.bad_outputs)
    )

    result = xz.productivity(frame, index=index, inputs=x, good_outputs=y, bad_outputs=b)

    found = result.to_frame()
    found = found.sort_values("from", kind="stable") if by_period else found
    for key, column in columns.items():
        np.testing.assert_allclose(
            found[column], numbers(case["expected"][key]), rtol=0, atol=tolerance(case, key)
        )
    assert "measure=directional" in repr(result)
    assert "disposability=weak" in repr(result)


def test_a_luenberger_indicator_is_directional_by_default(panel_frame):
    """Chambers, Färe and Grosskopf (1996): along (-x, y, -b); named, it is the same."""
    roles = {"inputs": "x", "good_outputs": "y", "bad_outputs": "b"}

    for index in ("luenberger", "global_luenberger"):
        usual = xz.productivity(panel_frame, index=index, **roles)
        named = xz.productivity(
            panel_frame, index=index, measure="ddf", orientation="none", **roles
        )
        pd.testing.assert_frame_equal(usual.to_frame(), named.to_frame())
        assert usual.options.measure == "directional"


def test_a_malmquist_index_is_radial_by_default(panel_frame):
    """As before: output-oriented under constant returns."""
    roles = {"inputs": "x", "good_outputs": "y"}
    usual = xz.productivity(panel_frame, index="malmquist", **roles)

    assert (usual.options.measure, usual.options.orientation) == ("radial", "output")


@pytest.fixture
def panel_frame():
    """Six cities over three years."""
    rng = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([list("abcdef"), [1, 2, 3]], names=["city", "year"])
    return pd.DataFrame(rng.uniform(1, 3, (18, 3)), index=index, columns=list("xyb"))
