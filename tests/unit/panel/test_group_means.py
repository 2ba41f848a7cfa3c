"""Sums and means of groups: one order of addition, whatever library adds elsewhere."""

# The same additions in the same order have the same bits: comparisons are exact.

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi_core.panel.group_means import (
    group_means,
    group_sums,
    subtract_group_means,
    sum_columns,
)


def drawn(n=400, groups=40, columns=3):
    """Draw values and groups of different sizes, each with a row, in no order."""
    draw = np.random.default_rng(20)
    codes = np.concatenate([np.arange(groups), draw.integers(0, groups, n - groups)])
    return draw.lognormal(size=(n, columns)), draw.permutation(codes)


def test_sums_are_those_of_each_group():
    """Each sum is the correctly rounded one but for the last digits."""
    values, codes = drawn()

    sums = group_sums(values, codes)

    # 30 additions of positive numbers are exact to 30 times 1.1e-16.
    for group in range(40):
        assert sums[group] == pytest.approx(values[codes == group].sum(axis=0), rel=1e-14)


def test_the_order_of_the_groups_changes_no_digit():
    """Sorted by group, by time or not at all: the rows of a group are added in their order."""
    values, codes = drawn()
    order = np.argsort(codes, kind="stable")

    assert (group_sums(values[order], codes[order]) == group_sums(values, codes)).all()


def test_a_column_has_the_sums_that_it_has_alone():
    """Columns side by side, in either layout of memory, are added like single ones."""
    values, codes = drawn()
    alone = np.column_stack([group_sums(column.copy(), codes) for column in values.T])

    assert (group_sums(values, codes) == alone).all()
    assert (group_sums(np.asfortranarray(values), codes) == alone).all()


def test_a_known_sum_has_known_bits():
    """First cell plus the sum of the others: 0.1 + (0.2 + 0.3), not (0.1 + 0.2) + 0.3."""
    sums = group_sums(np.array([0.1, 0.2, 0.3]), np.zeros(3, dtype=np.intp))

    assert sums.tolist() == [0.6]


def test_means_and_distances_from_them():
    """Means by group, and rows less the mean of their group, of one or more columns."""
    values, groups = np.array([1.0, 2.0, 4.0, 7.0]), pd.Index(["b", "a", "b", "b"])

    assert group_means(values, np.array([1, 0, 1, 1])).tolist() == [2.0, 4.0]
    assert subtract_group_means(values, groups).tolist() == [-3.0, 0.0, 0.0, 3.0]
    both = subtract_group_means(np.column_stack([values, -values]), groups)
    assert both.tolist() == [[-3.0, 3.0], [0.0, 0.0], [0.0, 0.0], [3.0, -3.0]]


def test_a_missing_cell_makes_the_sum_of_its_group_missing():
    """A sum over part of a group is never taken for the sum."""
    sums = group_sums(np.array([1.0, np.nan, 4.0]), np.array([0, 0, 1]))

    assert np.isnan(sums[0])
    assert sums[1] == 4.0


def test_columns_are_summed_by_the_values_of_others():
    """Groups stand in sorted order; of no rows there are no groups."""
    frame = pd.DataFrame({"city": ["b", "a", "b"], "year": [1, 1, 1], "n": [1, 2, 3]})

    assert sum_columns(frame, ["n"], by=["city", "year"])["n"].to_dict() == {
        ("a", 1): 2.0,
        ("b", 1): 4.0,
    }
    assert sum_columns(frame[:0], ["n"], by=["city", "year"]).empty
