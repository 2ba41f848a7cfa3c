"""Entities are numbered by their data: names, order of rows and units change nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from by_data import ranked
from xinzhi_core.panel.numbering import by_name, number_entities


def made(seed, n=7):
    """An unbalanced panel with ties in the first column and some cells missing."""
    rng = np.random.default_rng(seed)
    entity, period = np.repeat(np.arange(n), 4), np.tile(np.arange(4), n)
    values = np.column_stack([rng.integers(0, 2, 4 * n), rng.normal(size=4 * n)]).astype(float)
    values[rng.random(values.shape) < 0.1] = np.nan
    kept = (rng.random(4 * n) < 0.8) | (period == 1)
    return entity[kept], period[kept], values[kept]


@given(st.integers(0, 10_000))
def test_numbers_follow_the_data_alone(seed):
    """Other names, another order of rows and another unit give each entity the same number."""
    entity, period, values = made(seed)
    numbers = number_entities(entity, period, values)
    rng = np.random.default_rng(seed + 1)
    names, rows = rng.permutation(7), rng.permutation(len(entity))
    other = number_entities(names[entity][rows], period[rows], (1000.0 * values)[rows])
    assert sorted(numbers) == list(range(7))
    assert np.array_equal(other[names], numbers)


@given(st.integers(0, 10_000))
def test_numbers_by_a_slow_sort(seed):
    """Python's own comparison of tuples gives the same numbers; a missing value is above all others."""
    entity, period, values = made(seed)
    wanted = ranked(entity.tolist(), period.tolist(), np.where(np.isnan(values), np.inf, values).T)
    assert number_entities(entity, period, values).tolist() == [wanted[i] for i in range(7)]


def test_the_period_counts_before_its_values_and_zero_has_one_sign():
    """An entity that begins earlier comes first; -0.0 is 0.0, so that the next column decides."""
    late_early = number_entities(np.array([0, 1]), np.array([2, 1]), np.array([[0.0], [9.0]]))
    signs = number_entities(np.array([0, 1]), np.array([1, 1]), np.array([[0.0, 1.0], [-0.0, 2.0]]))
    assert (late_early.tolist(), signs.tolist()) == ([1, 0], [0, 1])


def test_columns_stand_in_the_order_of_their_names():
    """Whoever asks for the columns in another order numbers alike."""
    a, b = np.array([1.0]), np.array([2.0])
    assert by_name({"b": b, "a": a}).tolist() == by_name({"a": a, "b": b}).tolist() == [[1.0, 2.0]]
