"""Moves between classes, against hand counts and independent software."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cases_typology import codes, panel_of_scores
from xinzhi.errors import DataError, SpecError
from xinzhi.typology.transitions import paths, transitions

CLOSE = 1e-12  # sums of a handful of doubles


def classes(*rows: str, start: int = 1) -> pd.Series:
    """Classes by letters, one string an entity; a dash is a missing class."""
    return panel_of_scores(
        {
            f"city{i}": {start + t: None if c == "-" else c for t, c in enumerate(row)}
            for i, row in enumerate(rows)
        }
    )


def test_matrix_mobility_and_long_run_agree_with_giddy():
    """Counts, shares, Shorrocks' index and the steady state are those of giddy 2.3.8 (PySAL)."""
    rows = ["aabbc", "abbcc", "cbbaa", "aaaab", "ccccb", "bcbcb", "abcab"]

    found = transitions(classes(*rows), ["a", "b", "c"])

    assert found.counts.to_numpy().tolist() == [[5, 5, 0], [1, 3, 5], [1, 4, 4]]
    assert found.mobility == pytest.approx(0.8611111111111112, abs=CLOSE)
    # printed to eight digits
    np.testing.assert_allclose(found.long_run, [0.18181818, 0.40909091, 0.40909091], atol=5e-9)


def test_an_empty_class_is_a_row_without_numbers():
    """A class that nobody leaves from has no shares, and then there is no long run."""
    found = transitions(classes("aab"), ["a", "b", "c"])

    assert found.probabilities.loc["c"].isna().all()
    assert found.long_run is None
    assert np.isnan(found.mobility)
    assert codes(found.notices) == ["transitions.empty_class"] * 2


def test_two_closed_sets_have_no_single_long_run():
    """Where the long run depends on the start none is given."""
    assert transitions(classes("aaa", "bbb"), ["a", "b"]).long_run is None


def test_an_absorbing_class_takes_all():
    """Where everything ends in one class its long-run share is 1."""
    found = transitions(classes("aab", "abb"), ["a", "b"])

    np.testing.assert_allclose(found.long_run, [0.0, 1.0], atol=CLOSE)


def test_a_gap_is_no_move():
    """A missing class at one end is counted as missing, and no move spans the gap."""
    found = transitions(classes("a-b", "aab"), ["a", "b"])

    assert (found.n, found.n_missing) == (2, 2)
    assert "transitions.missing" in codes(found.notices)


def test_absence_at_both_dates_is_no_missing_move():
    """An entity that is not there yet moves nowhere; only its first arrival is an open move."""
    assert transitions(classes("--b", "aab"), ["a", "b"]).n_missing == 1


def test_a_missing_year_is_not_bridged():
    """With a step of 1 no move is counted across a year that the data lack."""
    scores = classes("aabb").drop(index=[2], level="period")

    found = transitions(scores, ["a", "b"])

    assert found.pairs == ((3, 4),)


def test_given_dates_are_compared_in_turn():
    """Declared dates replace the step, in the order of time."""
    found = transitions(classes("abab"), ["a", "b"], periods=[4, 1])

    assert found.pairs == ((1, 4),)
    assert found.counts.loc["a", "b"] == 1


def test_one_class_has_no_mobility():
    """With a single class there is nothing to move to."""
    found = transitions(classes("aa"), ["a"])

    assert np.isnan(found.mobility)
    assert found.probabilities.to_numpy().tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("series", "names", "options", "error", "code"),
    [
        (classes("ax"), ["a"], {}, DataError, "transitions.unknown_class"),
        (classes("a"), ["a"], {}, DataError, "transitions.no_pair"),
        (classes("aa"), ["a"], {"step": 0}, SpecError, "transitions.step"),
        (classes("aa"), ["a", "a"], {}, SpecError, "transitions.names"),
        (classes("aa"), ["a"], {"periods": [1, 9]}, DataError, "typology.no_period"),
    ],
)
def test_what_cannot_be_compared_is_named(series, names, options, error, code):
    """An unknown class, a single date, a step of 0, a class twice, an unknown date."""
    with pytest.raises(error) as caught:
        transitions(series, names, **options)
    assert caught.value.code == code


def test_paths_say_where_each_entity_went():
    """Each entity stayed, rose, fell, did both, or is unknown where a class is missing."""
    found = paths(classes("aaa", "aab", "cbb", "aba", "a-a"), ["a", "b", "c"], periods=[1, 2, 3])

    assert found.kinds.tolist() == ["stayed", "rose", "fell", "mixed", "unknown"]
    assert found.counts.sum() == 4
    assert found.counts["a > a > b"] == 1


def test_common_paths_come_first():
    """Paths are listed by number, then by name."""
    found = paths(classes("ab", "ba", "ab"), ["a", "b"], periods=[1, 2])

    assert found.counts.to_dict() == {"a > b": 2, "b > a": 1}
    assert list(found.counts.index) == ["a > b", "b > a"]
