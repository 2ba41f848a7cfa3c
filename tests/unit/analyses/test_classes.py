"""Classes of scores by declared thresholds."""

from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.analyses.classes import show
from xinzhi.analyses.classes.compute import classify, gaps_between, interval
from xinzhi.present.style import ENTITIES

PAPER = {"low": interval("< 0.30"), "middle": interval("0.30-0.60"), "high": interval("> 0.60")}


def scores(values, periods=(2008,)):
    n = len(values) // len(periods)
    index = pd.MultiIndex.from_product([range(n), periods], names=["entity", "period"])
    return pd.Series(values, index=index)


def test_a_threshold_belongs_where_it_is_written():
    """0.30 and 0.60 are in the middle class of the paper, as `< 0.30` and `> 0.60` say."""
    assert list(classify(scores([0.2999999, 0.3, 0.6, 0.6000001]), PAPER).of) == [
        "low",
        "middle",
        "middle",
        "high",
    ]


def test_a_missing_score_has_no_class_and_is_counted():
    """Rows without a score are counted as such, never put into a class."""
    found = classify(scores([0.1, np.nan, 0.7, 0.8], (2008, 2009)), PAPER)

    assert found.counts.loc[2009].to_dict() == {"low": 0, "middle": 0, "high": 1, "none": 1}


def test_an_empty_class_is_counted_as_zero():
    """A class that nobody is in stays in the table."""
    assert classify(scores([0.1]), PAPER).counts.loc[2008].to_dict() == {
        "low": 1,
        "middle": 0,
        "high": 0,
        "none": 0,
    }


@given(st.lists(st.floats(0, 2), min_size=1, max_size=30))
def test_each_score_is_counted_once(values):
    """The counts of a period add up to its rows."""
    assert classify(scores(values), PAPER).counts.to_numpy().sum() == len(values)


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        (("< 0.3", "> 0.3"), "No class holds the score 0.3"),
        (("<= 0.3", ">= 0.3"), "two classes"),
        (("< 0.3", "0.4-0.5", "> 0.5"), "No class holds the score 0.3"),
        (("0.3-0.6",), "No class holds"),
    ],
)
def test_ranges_that_do_not_cover_every_score_once_are_named(ranges, words):
    """A gap or an overlap is found before any score is looked at."""
    problem = gaps_between({str(n): interval(r) for n, r in enumerate(ranges)})

    assert words in str(problem)


def test_decimal_and_float_agree_on_a_threshold():
    """The number as written is the threshold, whatever its binary form."""
    assert interval("< 0.1").holds(0.1) == interval("< 0.1").holds(Decimal("0.1"))


def test_a_class_in_which_nobody_is_at_either_end_is_left_out_of_the_text():
    """From 0 to 0 says nothing; where it is all there is to say, it is said."""
    found = classify(scores([0.4, 0.4, 0.5, 0.7], (2008, 2009)), PAPER)
    shown = SimpleNamespace(style=SimpleNamespace(noun=ENTITIES))
    (text,) = (str(one) for one in show._count_classes(found, found.names, shown))
    assert "from 2 to 1 in the class middle" in text
    assert "from 0 to 1 in the class high" in text
    assert "class low" not in text
    (alone,) = (str(one) for one in show._count_classes(found, ("low",), shown))
    assert "from 0 to 0 in the class low" in alone
