"""Coupling coordination, Tapio's states and LMDI: worked by hand, and the laws that they obey."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xinzhi_econometrics.composite.coordination import (
    CLASSES,
    STATES,
    class_places,
    coordinate,
    elasticity,
    state_places,
)
from xinzhi_econometrics.composite.decomposition import deviations, lmdi, log_mean

INDICES = arrays(float, st.tuples(st.integers(1, 6), st.integers(2, 4)), elements=st.floats(0, 1))


@pytest.mark.parametrize("u", [[0.4, 0.9], [0.2, 0.5, 0.8], [0.9, 0.3, 0.6, 0.7]])
def test_both_couplings_are_those_of_the_papers(u):
    """By Python's own arithmetic, two to four indices."""
    n, weights = len(u), np.arange(1, len(u) + 1) / sum(range(1, len(u) + 1))
    standard = n * math.prod(u) ** (1 / n) / sum(u)
    distances = sum(math.sqrt((a - b) ** 2) for a, b in combinations(u, 2)) / sum(range(1, n))
    ratio = math.sqrt((1 - distances) * math.prod(v / max(u) for v in u) ** (1 / (n - 1)))
    t = sum(w * v for w, v in zip(weights, u, strict=True))

    for form, c in (("standard", standard), ("ratio", ratio)):
        found = coordinate(np.array([u]), weights, form)
        assert found.coupling[0] == pytest.approx(c, rel=1e-12)
        assert found.development[0] == pytest.approx(t, rel=1e-12)
        assert found.degree[0] == pytest.approx(math.sqrt(c * t), rel=1e-12)


@given(INDICES, st.sampled_from(["standard", "ratio"]))
def test_coupling_and_degree_lie_between_0_and_1(u, form):
    """And are not defined only where all indices are 0; equal indices are fully coupled."""
    n = u.shape[1]
    found = coordinate(u, np.full(n, 1 / n), form)
    zero = u.max(axis=1) == 0
    assert (np.isnan(found.coupling) == zero).all()
    for values in (found.coupling[~zero], found.degree[~zero]):
        assert ((values >= 0) & (values <= 1 + 1e-12)).all()
    same = coordinate(np.full((1, n), 0.3), np.full(n, 1 / n), form)
    assert same.coupling[0] == pytest.approx(1)


def test_classes_are_a_tenth_wide():
    """The lower bound belongs to a class, 1 to the last."""
    found = class_places(np.array([0.0999, 0.1, 0.1 + 0.2, 0.8999, 0.9, 1.0, np.nan]))
    assert found.tolist() == [0, 1, 3, 8, 9, 9, -1]
    assert len(CLASSES) == 10


@pytest.mark.parametrize(
    ("y", "x", "state"),
    [
        (-5, 10, "strong_decoupling"),
        (0, 10, "weak_decoupling"),
        (7.9, 10, "weak_decoupling"),
        (8, 10, "expansive_coupling"),
        (12, 10, "expansive_coupling"),
        (12.1, 10, "expansive_negative_decoupling"),
        (5, -10, "strong_negative_decoupling"),
        (-5, -10, "weak_negative_decoupling"),
        (-10, -10, "recessive_coupling"),
        (-20, -10, "recessive_decoupling"),
    ],
)
def test_the_state_follows_both_changes(y, x, state):
    """From 100 by so much: Tapio's eight fields, with their bounds."""
    start = np.array([100.0])
    e = elasticity(start, start + y, start, start + x)
    assert e[0] == pytest.approx(y / x)
    (place,) = state_places(e, np.array([x > 0]))
    assert STATES[place] == state


def test_an_elasticity_that_is_not_defined_is_missing():
    """No change to compare with, or a start at 0."""
    one, zero = np.array([1.0, 0.0, 1.0]), np.array([2.0, 1.0, 2.0])
    by = np.array([1.0, 1.0, 0.0]), np.array([1.0, 2.0, 2.0])
    e = elasticity(one, zero, *by)
    assert np.isnan(e).all()
    assert state_places(e, np.array([True] * 3)).tolist() == [-1, -1, -1]


POSITIVE = st.floats(0.01, 100)


@given(
    arrays(float, st.tuples(st.just(2), st.integers(1, 5), st.integers(2, 4)), elements=POSITIVE)
)
def test_sums_and_products_of_lmdi_are_exact(x):
    """Additive parts sum to the change of the total, ratios multiply to its ratio, for any number of entities."""
    start, end = x
    y0, y1 = start.prod(axis=1), end.prod(axis=1)
    found = lmdi((y0, y1), (start, end))
    size = y0.sum() + y1.sum()
    assert found.additive.sum() == pytest.approx(y1.sum() - y0.sum(), abs=1e-9 * size)
    assert found.multiplicative.prod() == pytest.approx(y1.sum() / y0.sum(), rel=1e-9)
    np.testing.assert_allclose(found.by_row.sum(axis=1), y1 - y0, atol=1e-9 * size)


def test_lmdi_by_hand():
    """Two entities: logarithmic means and logarithms by the textbook."""
    start, end = np.array([[10.0, 2.0], [4.0, 5.0]]), np.array([[20.0, 3.0], [8.0, 2.0]])
    y0, y1 = start.prod(axis=1), end.prod(axis=1)
    means = [(b - a) / (math.log(b) - math.log(a)) for a, b in zip(y0, y1, strict=True)]
    parts = [sum(m * math.log(end[i, k] / start[i, k]) for i, m in enumerate(means)) for k in (0, 1)]  # fmt: skip
    total = (y1.sum() - y0.sum()) / math.log(y1.sum() / y0.sum())
    found = lmdi((y0, y1), (start, end))
    np.testing.assert_allclose(found.additive, parts, rtol=1e-12)
    np.testing.assert_allclose(found.multiplicative, np.exp(np.array(parts) / total), rtol=1e-12)


def test_a_zero_takes_the_limit_of_small_values():
    """What begins at 0 goes to the factor that is 0 there; two such factors share it; from 0 to 0 is nothing."""
    start = np.array([[0.0, 2.0], [0.0, 0.0], [0.0, 3.0]])
    end = np.array([[4.0, 3.0], [2.0, 5.0], [0.0, 1.0]])
    found = lmdi((start.prod(axis=1), end.prod(axis=1)), (start, end))
    np.testing.assert_allclose(found.by_row, [[12, 0], [5, 5], [0, 0]])
    assert found.with_zero.tolist() == [True, True, False]
    assert np.isnan(found.multiplicative).all()
    small = np.maximum(start, 1e-300)
    limit = lmdi((small.prod(axis=1), end.prod(axis=1)), (small, end)).by_row
    np.testing.assert_allclose(limit[0], [12, 0], atol=0.1)


def test_the_logarithmic_mean_lies_between_the_geometric_and_the_arithmetic():
    """Also where both values are nearly the same."""
    a = np.array([1.0, 2.0, 3.0, 1.0])
    b = np.array([5.0, 2.0, 3.0 + 1e-12, 0.0])
    found = log_mean(a, b)
    assert (found[:3] >= np.sqrt(a * b)[:3] - 1e-12).all()
    assert (found[:3] <= ((a + b) / 2)[:3] + 1e-12).all()
    assert found[3] == 0


def test_deviations_from_a_product_allow_for_units():
    """A constant factor is one of units; a row that is off by 1% shows."""
    x = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    y = 1000 * x.prod(axis=1) * np.array([1.0, 1.0, 1.01])
    np.testing.assert_allclose(deviations(y, x), [0, 0, 0.01 / 1.01], atol=1e-12)
    assert np.isinf(deviations(np.array([0.0, 2.0]), x[:2])[0])
