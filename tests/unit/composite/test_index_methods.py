"""Weights, scores and obstacles of a composite index: worked by hand, and the laws that they obey."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xinzhi_core.errors import DataError
from xinzhi_econometrics.composite.index import (
    SCHEMES,
    Construction,
    build_index,
    by_scheme,
    obstacles,
    other_constructions,
    rank_moves,
    ranks_of,
    standardise,
    topsis,
    without,
)

X = np.array([[1.0, 10.0, 3.0], [2.0, 30.0, 1.0], [4.0, 20.0, 2.0], [5.0, 50.0, 9.0]])
NAMES = ("a", "b", "c")
Z = (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0))
ALL = np.ones(3, dtype=bool)
TABLES = arrays(
    float, st.tuples(st.integers(4, 12), st.integers(2, 4)), elements=st.integers(0, 50).map(float)
)


def weights_by_hand(scheme):
    """Weigh Z by the textbook, with library functions that ours do not call."""
    if scheme == "entropy":
        p = Z / Z.sum(axis=0)
        terms = np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0)
        d = 1 + terms.sum(axis=0) / np.log(4)
    elif scheme == "critic":
        d = np.std(Z, axis=0, ddof=1) * (1 - np.corrcoef(Z.T)).sum(axis=0)
    elif scheme == "pca":
        values, vectors = np.linalg.eig(np.corrcoef(X.T))
        loadings = vectors * np.sqrt(values)
        d = (loadings[:, values >= 1] ** 2).sum(axis=1)
    else:
        d = np.ones(3)
    return d / d.sum()


@pytest.mark.parametrize("scheme", ["entropy", "critic", "pca", "equal"])
def test_weights_are_those_of_the_textbook(scheme):
    """Four rows, three indicators: each scheme by its formula."""
    np.testing.assert_allclose(
        by_scheme(Z, ALL, NAMES, scheme), weights_by_hand(scheme), rtol=1e-12
    )


def test_dimensions_have_the_same_weight():
    """Of three dimensions, one of them an indicator in none, each has a third."""
    found = by_scheme(np.c_[Z, Z[:, 0]], np.ones(4, bool), ("a", "b", "c", "d"), "equal_dimensions", {"x": ("a", "b"), "y": ("c",)})  # fmt: skip
    np.testing.assert_allclose(found, [1 / 6, 1 / 6, 1 / 3, 1 / 3])


def test_combined_weights_are_the_geometric_mean():
    """Of entropy and given weights, divided by its sum; given ones are divided by theirs first."""
    how = Construction({"a": 2.0, "b": 1.0, "c": 1.0}, ("entropy",), shift=0.0)
    mean = np.sqrt(np.array([0.5, 0.25, 0.25]) * weights_by_hand("entropy"))
    np.testing.assert_allclose(build_index(X, NAMES, how).weights, mean / mean.sum(), rtol=1e-12)


def test_topsis_is_the_share_of_the_distance_to_the_worst():
    """Row by row, with Python's own distance."""
    w = weights_by_hand("critic")
    found = build_index(X, NAMES, Construction("critic", score="topsis", shift=0.0)).index
    for row, value in zip(Z, found, strict=True):
        best, worst = np.linalg.norm(w * (1 - row)), np.linalg.norm(w * row)
        assert value == pytest.approx(worst / (best + worst), rel=1e-12)


def test_obstacles_are_shares_of_what_is_lacking():
    """By hand: 4 rows, 3 indicators, weights 0.5, 0.3, 0.2; the best row has none."""
    z = np.array([[0.0, 0.0, 0.25], [0.25, 0.5, 0.0], [1.0, 1.0, 1.0], [0.75, 0.25, 0.5]])
    found = obstacles(z, np.array([0.5, 0.3, 0.2]))
    expected = [
        [0.5 / 0.95, 0.3 / 0.95, 0.15 / 0.95],
        [0.375 / 0.725, 0.15 / 0.725, 0.2 / 0.725],
        [np.nan] * 3,
        [0.125 / 0.45, 0.225 / 0.45, 0.1 / 0.45],
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@given(TABLES, st.floats(0.01, 100), st.sampled_from(SCHEMES), st.sampled_from(["sum", "topsis"]))
def test_positive_scaling_of_an_indicator_changes_no_index(x, factor, scheme, score):
    """Units are no matter, whatever the weights and the score."""
    names = tuple("abcd"[: x.shape[1]])
    how = Construction(scheme, score=score, dimensions={"d": ("a",)})
    try:
        before = build_index(x, names, how)
    except DataError:
        assume(False)
    scaled = x.copy()
    scaled[:, 0] *= factor
    after = build_index(scaled, names, how)

    np.testing.assert_allclose(after.weights, before.weights, atol=1e-7)
    np.testing.assert_allclose(after.index, before.index, atol=1e-7)
    assert before.weights.sum() == pytest.approx(1, abs=1e-12)
    assert (before.weights >= 0).all()
    if score == "topsis":
        assert (before.index >= 0).all()
        assert (before.index <= 1).all()


@given(TABLES)
def test_a_doubled_indicator_halves_its_weight_where_dimensions_are_equal(x):
    """Two copies in one dimension share what one had; the others keep theirs."""
    assume((np.ptp(x, axis=0) > 0).any())
    names = tuple("abcd"[: x.shape[1]])
    how = Construction("equal_dimensions", dimensions={"d": ("a",)})
    twice = Construction("equal_dimensions", dimensions={"d": ("a", "copy")})
    one = build_index(x, names, how)
    two = build_index(np.c_[x, x[:, 0]], (*names, "copy"), twice)

    np.testing.assert_allclose(two.weights[[0, -1]], one.weights[0] / 2)
    np.testing.assert_allclose(two.weights[1:-1], one.weights[1:])
    np.testing.assert_allclose(two.index, one.index, atol=1e-12)


@given(TABLES)
def test_by_entropy_copies_weigh_the_same_and_the_others_keep_their_ratios(x):
    """Entropy looks at one indicator at a time: a copy takes its weight from all in proportion."""
    assume((np.ptp(x, axis=0) > 0).all())
    names = tuple("abcd"[: x.shape[1]])
    one = build_index(x, names, Construction()).weights
    two = build_index(np.c_[x, x[:, 0]], (*names, "copy"), Construction()).weights
    np.testing.assert_allclose(two, np.r_[one, one[0]] / (1 + one[0]), rtol=1e-9)


def test_the_only_indicator_that_varies_has_all_the_weight():
    """Of CRITIC and principal components too, where there is no other to correlate with."""
    x = np.c_[np.arange(4.0), np.full(4, 2.0)]
    for scheme in ("entropy", "critic", "pca"):
        np.testing.assert_allclose(build_index(x, ("a", "b"), Construction(scheme)).weights, [1, 0])


@pytest.mark.parametrize(
    ("x", "how", "code"),
    [
        (np.ones((3, 2)), Construction("equal"), "derive.entropy_constant"),
        (np.c_[np.arange(4.0), 2 * np.arange(4.0)], Construction("critic"), "index.no_conflict"),
        (np.c_[np.arange(4.0), [1, 0, 0, 1]], Construction({"a": 0, "b": 0}), "index.no_weight"),
    ],
)
def test_weights_that_are_not_defined_are_an_error(x, how, code):
    """Nothing varies, nothing conflicts, nothing weighs."""
    with pytest.raises(DataError) as caught:
        build_index(x, ("a", "b"), how)
    assert caught.value.code == code


def test_other_choices_are_listed_without_the_one_that_was_made():
    """All schemes but its own, the other score; one indicator fewer leaves the rest as declared."""
    how = Construction("critic", score="topsis", dimensions={"d": ("a", "b"), "e": ("c",)})
    assert list(other_constructions(NAMES, how)) == ["entropy", "pca", "equal", "equal_dimensions", "sum"]  # fmt: skip
    places, fewer = without(NAMES, how, "c")
    assert (places, fewer.dimensions) == ([0, 1], {"d": ["a", "b"]})


def test_moves_of_ranks_are_counted_within_periods():
    """Four rows in two periods: one period turns round, the other stays."""
    periods = [1, 1, 2, 2]
    before = ranks_of(np.array([0.1, 0.2, 0.3, 0.4]), periods)
    after = ranks_of(np.array([0.2, 0.1, 0.3, 0.4]), periods)
    found = rank_moves(before, after)
    assert (found["mean_change"], found["largest_change"], found["share_moved"]) == (0.5, 1.0, 0.5)
    assert found["rank_correlation"] == pytest.approx(0.0)


def test_scaling_by_period_gives_each_period_its_own_best():
    """The best of a period is 1, the worst 0, whatever the others have."""
    groups = [1, 1, 2, 2]
    np.testing.assert_allclose(standardise(X[:, :1], groups)[:, 0], [0, 1, 0, 1])


def test_topsis_of_nothing_that_differs_is_missing():
    """Both distances are 0."""
    assert np.isnan(topsis(np.ones((2, 2)), np.array([0.5, 0.5]))).all()
