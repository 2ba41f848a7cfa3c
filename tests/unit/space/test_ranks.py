"""Ranks, ends and stayers on tables small enough to see."""

from __future__ import annotations

import pandas as pd
import pytest

from cases_typology import codes, one_period, panel_of_scores
from xinzhi_core.errors import DataError, DuplicateKey, NotNumeric, OutOfDomain, SpecError
from xinzhi_core.wording import say
from xinzhi_econometrics.space.ranks import end, rank

FIVE = {"a": 0.9, "b": 0.5, "c": 0.5, "d": 0.2, "e": 0.1}
REGION = pd.Series({"a": "east", "b": "east", "c": "west", "d": "west", "e": "northeast"})


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        ("min", [1, 2, 2, 4, 5]),
        ("max", [1, 3, 3, 4, 5]),
        ("average", [1, 2.5, 2.5, 4, 5]),
        ("dense", [1, 2, 2, 3, 4]),
    ],
)
def test_ties_are_ranked_by_the_declared_rule(ties, expected):
    """Equal scores get the rank that the rule says."""
    assert rank(one_period(FIVE), ties=ties).of.tolist() == expected


def test_scores_within_the_certificate_are_ties():
    """Scores that differ by less than their certificate share a rank; a tolerance of 0 parts them."""
    scores = one_period({"a": 1.0, "b": 1.0 + 4e-10, "c": 0.9})

    assert rank(scores).of.tolist() == [1, 1, 3]
    assert rank(scores, tolerance=0.0).of.tolist() == [2, 1, 3]


def test_periods_are_ranked_apart_and_gaps_get_no_rank():
    """Each period has its own rank 1; a missing score has no rank and is counted."""
    scores = panel_of_scores({"a": {1: 0.1, 2: 0.9}, "b": {1: 0.2, 2: float("nan")}, "c": {1: 0.3}})

    found = rank(scores)

    assert found.of.dropna().to_dict() == {("a", 1): 3, ("a", 2): 1, ("b", 1): 2, ("c", 1): 1}
    assert found.summary["n"].tolist() == [3, 1]
    assert found.summary["n_missing"].tolist() == [0, 2]


def test_order_of_rows_does_not_matter():
    """Ranks follow the keys, not the order of the rows (D5)."""
    scores = one_period(FIVE)

    pd.testing.assert_series_equal(rank(scores).of, rank(scores.sample(frac=1, random_state=1)).of)


def test_best_and_last_are_counted_by_region():
    """Members stand from the outermost inwards and every region has a count."""
    top = end(one_period(FIVE), REGION, side="top", n=1)
    bottom = end(one_period(FIVE), REGION, side="bottom", n=2)

    assert top.members == {2023: ("a",)}
    assert bottom.members == {2023: ("e", "d")}
    assert bottom.counts.loc[2023].to_dict() == {"east": 0, "northeast": 1, "west": 1, "none": 0}


@pytest.mark.parametrize(("cut", "members"), [("include", ("a", "b", "c")), ("exclude", ("a",))])
def test_a_tie_at_the_cut_is_told(cut, members):
    """Where place n is shared, all or none are taken, and a notice names them."""
    found = end(one_period(FIVE), REGION, side="top", n=2, cut=cut)

    assert found.members[2023] == members
    assert codes(found.notices) == ["ranks.tie_at_cut"]
    assert "b, c" in say(found.notices[0].text, "en")


def test_a_tie_inside_the_cut_is_not_told():
    """A tie that the cut does not part needs no notice."""
    assert end(one_period(FIVE), REGION, side="top", n=3).notices == ()


def test_stayers_are_members_at_every_date():
    """Who leaves the last n once is no stayer."""
    scores = panel_of_scores({"a": {1: 0.1, 2: 0.1}, "b": {1: 0.2, 2: 0.9}, "c": {1: 0.8, 2: 0.2}})

    found = end(scores, pd.Series(dtype=object), side="bottom", n=2)

    assert found.stayers == ("a",)


def test_a_missing_score_leaves_staying_open():
    """An entity that is last wherever it has a score but lacks one is named, not counted."""
    scores = panel_of_scores(
        {"a": {1: 0.1, 2: float("nan")}, "b": {1: 0.5, 2: 0.5}, "c": {1: 0.6, 2: 0.4}}
    )

    found = end(scores, pd.Series({"a": "x", "b": "x", "c": "x"}), side="bottom", n=1)

    assert found.stayers == ()
    assert codes(found.notices) == ["ranks.stayers_unknown"]


def test_more_asked_for_than_there_are():
    """With fewer scores than n all are members, and a notice says so."""
    found = end(one_period({"a": 0.5}), REGION, side="top", n=20)

    assert found.members[2023] == ("a",)
    assert codes(found.notices) == ["ranks.few"]


def test_a_member_without_a_group_is_counted_apart():
    """Members without a group stand under `none`, and a notice names them."""
    found = end(one_period(FIVE), REGION.drop("a"), side="top", n=1)

    assert found.counts.loc[2023, "none"] == 1
    assert codes(found.notices) == ["typology.no_group"]


def test_a_missing_year_is_an_error_with_the_years_known():
    """A date that is not in the data stops the work."""
    with pytest.raises(DataError, match="no period 2013") as caught:
        end(one_period(FIVE), REGION, side="top", periods=[2013, 2023])
    assert caught.value.code == "typology.no_period"


@pytest.mark.parametrize(
    "options",
    [{"side": "middle"}, {"side": "top", "n": 0}, {"side": "top", "cut": "half"},
     {"side": "top", "tolerance": -1.0}],
)  # fmt: skip
def test_options_without_meaning_are_refused(options):
    """An unknown word, n of 0, or a negative tolerance is an error of the study file."""
    with pytest.raises(SpecError):
        end(one_period(FIVE), REGION, **options)


def test_unknown_tie_rule_is_refused():
    """The rule for ties is one of four."""
    with pytest.raises(SpecError, match="first"):
        rank(one_period(FIVE), ties="first")


def test_broken_input_is_named():
    """A wrong index, a double key, a word, no date, infinity, no score: each has its own error."""
    index = pd.MultiIndex.from_tuples([("a", 1), ("a", 1)], names=["entity", "period"])
    with pytest.raises(DataError, match="indexed by entity and period"):
        rank(pd.Series([1.0, 2.0]))
    with pytest.raises(DuplicateKey, match="Entity a has two scores"):
        rank(pd.Series([1.0, 2.0], index))
    with pytest.raises(NotNumeric, match="holds 'n/a', not a number"):
        rank(one_period({"a": "n/a"}))
    with pytest.raises(SpecError, match="No period is asked for"):
        end(one_period(FIVE), REGION, side="top", periods=[])
    with pytest.raises(OutOfDomain, match="infinite"):
        rank(one_period({"a": float("inf")}))
    with pytest.raises(DataError, match="No scores are available"):
        rank(one_period({"a": float("nan")}))


def test_an_entity_with_two_groups_is_an_error():
    """One entity, one group."""
    twice = pd.Series(["x", "y"], index=["a", "a"])
    with pytest.raises(DuplicateKey, match="is listed in the groups twice"):
        end(one_period(FIVE), twice, side="top")
