"""The ledger as tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.panel.history import entries_table, filled_by_year, share_filled
from xinzhi.panel.panel import panel_of
from xinzhi.prepare.apply import prepare


def prepared():
    index = pd.MultiIndex.from_product([["a", "b"], [2008, 2009, 2010]], names=["entity", "period"])
    frame = pd.DataFrame({"x": [1, np.nan, 3, 4, np.nan, 6], "z": 1.0}, index=index, dtype=float)
    steps = [
        ("gaps", {"step": "interpolate", "columns": ["x"]}),
        ("y", {"step": "log1p", "column": "x"}),
    ]
    return prepare(panel_of(frame), steps)


def test_every_entry_is_a_row():
    """What was done, to which column, in which years, how many cells."""
    table = entries_table(prepared().ledger)
    assert table[
        ["step", "kind", "column", "change", "n", "first", "last"]
    ].to_numpy().tolist() == [
        ["gaps", "interpolate", "x", "filled", 2, 2009, 2009],
        ["y", "log1p", "y", "derived", 6, None, None],
    ]
    assert "linear" in str(table["why"].iloc[0])


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
