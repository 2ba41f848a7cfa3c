"""The ledger as tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.prepare.step import prepare
from xinzhi_core.panel.panel import filled_by_year, panel_of, share_filled


def prepared():
    index = pd.MultiIndex.from_product([["a", "b"], [2008, 2009, 2010]], names=["entity", "period"])
    frame = pd.DataFrame({"x": [1, np.nan, 3, 4, np.nan, 6], "z": 1.0}, index=index, dtype=float)
    steps = [
        ("gaps", {"step": "interpolate", "columns": ["x"]}),
        ("y", {"step": "log1p", "column": "x"}),
    ]
    return prepare(panel_of(frame), steps)


def test_filled_cells_are_counted_by_variable_and_year():
    """Derived columns inherit the flag; columns without filled cells are left out."""
    table = filled_by_year(prepared(), ["x", "y", "z"])
    assert table.index.tolist() == ["x", "y"]
    assert table.loc["y", 2009] == 2
    assert table.loc["y", 2008] == 0
    assert table.loc["x", "share"] == 2 / 6


def test_the_share_of_a_regression_counts_its_own_rows():
    """Of the rows of 2009 all cells of y are filled, none of z."""
    panel = prepared()
    rows = panel.frame.index[panel.frame.index.get_level_values("period") == 2009]
    assert share_filled(panel, ["y"], rows) == 1.0
    assert share_filled(panel, ["y", "z"], rows) == 0.5
    assert share_filled(panel, [], rows) == 0.0


def made(steps):
    """Two entities over four years; one gap of a in 2009 is filled first."""
    index = pd.MultiIndex.from_product([["a", "b"], range(2008, 2012)], names=["entity", "period"])
    x = [100.0, np.nan, 120, 130, 100, 110, 120, 130]
    frame = pd.DataFrame({"x": x, "p": 100.0, "d": [np.nan] * 2 + [5.0] * 2 + [np.nan] * 4}, index)
    gaps = ("gaps", {"step": "interpolate", "columns": ["x"]})
    return prepare(panel_of(frame.astype(float)), [gaps, *steps])


CHAIN = {"price": "p", "index_kind": "previous_year", "base": 2008}


@pytest.mark.parametrize(
    ("options", "years"),
    [
        ({"step": "log1p", "column": "x"}, [2009]),
        ({"step": "lag", "column": "x"}, [2010]),
        ({"step": "lead", "column": "x"}, [2008]),
        ({"step": "difference", "column": "x"}, [2009, 2010]),
        ({"step": "expression", "expression": "x + lag(x, 2)"}, [2011]),
        ({"step": "capital_stock", "investment": "x", **CHAIN}, [2009, 2010, 2011]),
    ],
)
def test_what_rests_on_a_filled_cell_is_counted_in_the_years_that_it_reaches(options, years):
    """A lag moves the flag, a difference spreads it, a stock carries it to the end."""
    panel = made([("y", options)])
    assert panel.ledger.filled("y") == {("a", year) for year in years}


def test_cells_that_were_filled_are_not_counted_as_computed_too():
    """carry_back takes two cells over and fills two; each is counted once."""
    step = {"step": "carry_back", "column": "d", "from": 2010, "to": [2008, 2009]}
    entries = [e for e in made([("y", step)]).ledger.entries if e.step == "y"]
    assert sorted((entry.change, entry.n) for entry in entries) == [("copied", 2), ("filled", 2)]


def test_a_derived_cell_without_a_value_is_not_counted_as_filled():
    """X is filled in 2009, but x / d has no value there."""
    panel = made([("y", {"step": "rate", "numerator": "x", "denominator": "d", "per": 1})])
    assert filled_by_year(panel, ["y"]).empty
