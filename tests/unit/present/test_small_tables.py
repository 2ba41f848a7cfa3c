from __future__ import annotations

import math

import pandas as pd

from xinzhi.analyses.classes.show import classes_table
from xinzhi.analyses.describe.show import descriptive_table
from xinzhi.analyses.diagnostics.show import influence_table, vif_table
from xinzhi.present.numbers import write
from xinzhi.present.style import Style


def texts(row):
    return [str(write(cell, "en")) for cell in row.cells]


def test_descriptive_statistics_have_labels_and_empty_cells():
    """Each variable has its label, and empty cells a column of their own."""
    frame = pd.DataFrame(
        {"n": [3, 2], "mean": [1.5, 2], "sd": [0.5, math.nan], "min": [1, 2], "max": [2, 2], "n_missing": [0, 1]},
        index=["gdp", "co2"],
    )  # fmt: skip
    found = descriptive_table("d", "D", frame, Style({"gdp": "GDP"}))

    assert str(found.rows[0].label) == "GDP"
    assert texts(found.rows[1]) == ["2", "2.000", "—", "2.000", "2.000", "1"]
    assert found.machine["variables"]["co2"] == {
        "n": 2, "mean": 2.0, "sd": None, "min": 2.0, "max": 2.0, "n_missing": 1,
    }  # fmt: skip


def test_empty_cells_have_no_column_where_there_are_none():
    """A complete variable list shows no column of zeros."""
    frame = pd.DataFrame({"n": [3], "mean": [1.0], "sd": [1.0], "min": [0.0], "max": [2.0]}, ["x"])

    assert [c.key for c in descriptive_table("d", "D", frame, Style()).columns][-1] == "max"


def test_vif_has_a_mean_and_names_the_worst():
    """The mean stands under a rule; the reading calls a factor above ten strong."""
    frame = pd.DataFrame({"vif": [1.0, 12.0], "tolerance": [1.0, 1 / 12]}, ["a", "b"])
    found = vif_table("v", "V", frame, labels={"b": "Beta"})

    assert texts(found.rows[-1]) == ["6.50", ""]
    assert found.rows[-1].rule_above
    assert "Collinearity is strong: the largest VIF, of Beta, is 12.00" in str(found.reading[0])


def test_classes_are_counted_with_totals():
    """Rows without a score count in the total, not among the scores of the reading."""
    counts = pd.DataFrame({"low": [1, 2], "high": [3, 1], "none": [0, 1]}, index=[2008, 2009])
    found = classes_table("c", "C", counts, labels={"low": "Low"})

    assert texts(found.rows[1]) == ["2", "1", "1", "4"]
    assert str(found.reading[0]) == "Low: 2 of 3 scores in 2009, after 1 of 4 in 2008."


def test_a_class_of_no_score_is_hidden_where_all_have_one():
    """The column for rows without a score appears only when there are some."""
    counts = pd.DataFrame({"low": [1], "high": [3], "none": [0]}, index=[2008])

    found = classes_table("c", "C", counts, labels={})
    assert [column.key for column in found.columns] == ["low", "high", "total"]


def test_every_cell_of_influence():
    """The change of each slope stands in the row of the entity that is left out."""
    shift = pd.DataFrame({"talent": [0.9, -0.4], "x": [-1.2, 0.1]}, index=["b", "a"])

    table = influence_table(
        "i", "Influence", shift, labels={"talent": "Talent"}, entities={"a": "Ada", "b": "Bee"}
    )

    assert [str(column.heading) for column in table.columns] == ["Talent", "x"]
    assert [str(row.label) for row in table.rows] == ["Bee", "Ada"]
    assert [[cell.value for cell in row.cells] for row in table.rows] == [[0.9, -1.2], [-0.4, 0.1]]
    assert table.machine["shift"]["b"] == {"talent": 0.9, "x": -1.2}
