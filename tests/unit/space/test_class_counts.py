"""Counts of classes by period and group."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from cases_typology import panel_of_scores
from xinzhi.analyses.classes.compute import ClassRange, classify
from xinzhi.analyses.transitions.compute import counts_by_group
from xinzhi_core.errors import DataError

CLASSES = panel_of_scores(
    {
        "a": {2008: "low", 2023: "high"},
        "b": {2008: "low", 2023: None},
        "c": {2008: "low", 2023: "low"},
    }
)
REGION = pd.Series({"a": "east", "b": "west", "c": None})


def test_every_group_and_class_is_counted_in_every_period():
    """Empty classes are zeros, missing scores and entities without a group stand apart."""
    found = counts_by_group(CLASSES, REGION, ["low", "middle", "high"])

    assert found.loc[(2008, "east")].to_dict() == {"low": 1, "middle": 0, "high": 0, "none": 0}
    assert found.loc[(2023, "west"), "none"] == 1
    assert found.loc[(2023, "none"), "low"] == 1
    assert found.to_numpy().sum() == len(CLASSES)


def test_groups_add_up_to_the_counts_of_the_classes():
    """Over all groups the counts are those of `classify`, in an unbalanced panel too."""
    scores = panel_of_scores({"a": {1: 0.2, 2: 0.7}, "b": {1: float("nan")}, "c": {2: 0.3}})
    limit = Decimal("0.3")
    classes = {"low": ClassRange(None, limit), "high": ClassRange(limit, None, closed_low=True)}
    whole = classify(scores, classes)

    found = counts_by_group(whole.of, REGION, whole.names)

    pd.testing.assert_frame_equal(found.groupby("period").sum(), whole.counts)


def test_only_the_periods_that_are_wanted():
    """A period can be picked; one that is not in the data is an error."""
    assert set(counts_by_group(CLASSES, REGION, ["low", "high"], periods=[2023]).index) == {
        (2023, "east"),
        (2023, "west"),
        (2023, "none"),
    }
    with pytest.raises(DataError, match="no period 2013"):
        counts_by_group(CLASSES, REGION, ["low", "high"], periods=[2013])


def test_an_unknown_class_is_an_error():
    """A class that is not among the names would vanish from the counts."""
    with pytest.raises(DataError, match="'high' is not one of the classes"):
        counts_by_group(CLASSES, REGION, ["low"])
