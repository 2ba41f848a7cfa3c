"""Repetitions by rounding are told from values that were carried forward, at the coarsest digit there is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi_core.panel.panel import panel_of
from xinzhi_panel.columns.rules.repeated import _expected, _functions_of, _own_digit, _shared
from xinzhi_panel.columns.seen import SeenPanel, check_plausible, is_multiple


def panel(columns):
    """Make a panel of forty cities and ten years."""
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(40)], range(2008, 2018)], names=["entity", "period"]
    )
    return pd.DataFrame(columns, index)


def walks(seed, size, step):
    """Walks of forty cities about a level."""
    draw = np.random.default_rng(seed)
    level = draw.uniform(0.6, 1.4, (40, 1)) * size
    return (level + draw.normal(0, step, (40, 10)).cumsum(axis=1)).ravel()


def repeated(frame):
    return [p.where.column for p in check_plausible(panel_of(frame)) if "repeated" in p.code]


def test_the_logarithm_of_whole_numbers_is_as_coarse_as_they_are():
    """With the column itself beside it, and alone."""
    people = walks(0, 800, 5).round()
    same = people.reshape(40, 10)
    assert (np.diff(same, axis=1) == 0).sum() > 15

    assert repeated(panel({"people": people, "ln": np.log(people)})) == []
    assert repeated(panel({"ln": np.log(people)})) == []


@pytest.mark.parametrize("foreign", [123.456789, 1 / 3, 99.123])
def test_one_foreign_row_with_more_digits_changes_nothing(foreign):
    """An index with one decimal, of which a few cells have more."""
    index = walks(1, 110, 1.0).round(1)
    assert repeated(panel({"x": index})) == []
    index[[17, 170]] = foreign

    assert repeated(panel({"x": index})) == []


def test_values_that_people_choose_are_not_carried_forward():
    """Hours of work: many choose 2080."""
    draw = np.random.default_rng(2)
    hours = walks(2, 2080, 150).round()
    hours[draw.uniform(size=400) < 0.35] = 2080

    assert repeated(panel({"hours": hours})) == []


def test_values_rounded_to_their_size_are_not_carried_forward():
    """Three significant digits: 785000 and 12500000."""
    sales = np.exp(walks(3, 14, 0.05))
    digit = 10.0 ** (np.floor(np.log10(sales)) - 2)
    frame = panel({"sales": (sales / digit).round() * digit})
    assert (frame.groupby(level=0)["sales"].diff() == 0).sum() > 2

    assert repeated(frame) == []


@pytest.mark.parametrize("digits", [2, 3, 12])
def test_cells_that_were_carried_forward_are_found(digits):
    """Four cells, of a column written to two digits, three or all of them; its logarithm too."""
    x = walks(4, 800, 20).round(digits)
    x[[5, 55, 105, 205]] = x[[4, 54, 104, 204]]

    assert repeated(panel({"x": x, "ln": np.log(x)})) == ["x", "ln"]


def test_a_column_that_is_copied_with_its_logarithm_is_no_excuse_of_either():
    """Half of a sibling that is coarse for other reasons says nothing."""
    x = walks(5, 800, 20).round(3)
    x[[5, 55]] = x[[4, 54]]

    assert repeated(panel({"x": x, "coarse": (x / 100).round()})) == ["x"]


def test_chance_is_measured_at_the_digit_of_most_values():
    """By hand: of 101 steps of ten units in a grid of 1, at the grid of 0.1 of one foreign value."""
    before = np.full(101, 500.0)
    after = before + np.tile([10.0], 101)
    # w = max(10, 10/4) units of 1: all 101 steps are inside 10.5, and 101 + 1 over 20.
    assert _expected(before, after) == pytest.approx(102 / 20)
    before = np.arange(100.0, 200.0)
    after = before + 10.0
    after[0] += 0.1
    # At the grid of 0.1 the usual step is 100 units, w = 25: no step is so small. At 1 it is 10 again.
    assert _expected(before, after) == pytest.approx(100 / 20)


def test_chance_of_the_own_digit_is_counted_by_value():
    """By hand: relative steps of a tenth, w = 0.025, and a step of 0 at 1200 and at 1234."""
    before = np.array([1200.0, 1234.0, 1000.0, 1000.0, 1001.0])
    after = np.array([1200.0, 1234.0, 1100.0, 1100.0, 1101.1])

    moved = np.abs(after - before)[2:] / before[2:]
    w = 0.25 * np.median(moved)
    unit = 1.0
    expected = 100 / (2 * w * 1200) + unit / (2 * w * 1234)
    assert _own_digit(before, after) == pytest.approx(
        min(1, 100 / (2 * w * 1200)) + unit / (2 * w * 1234)
    )
    assert expected > 1
    assert _own_digit(before, before) == 0.0


def test_chance_of_shared_values_is_counted_in_other_entities():
    """By hand: near 10 stand 9.9, 10 and 10 of others."""
    index = pd.MultiIndex.from_product([["a", "b", "c"], [1, 2, 3]], names=["entity", "period"])
    frame = pd.DataFrame({"x": [10.0, 10.0, 12.0, 10.0, 9.9, 14.0, 10.0, 16.0, 20.0]}, index)
    seen = SeenPanel(panel_of(frame))
    counted = np.ones(6, dtype=bool)
    # Steps 0, 2, -0.1, 4.1, 6, 4: the usual one is 4, w = 1; small are a 1 (0) and b 1 (-0.1).
    # Of a near 10: 10, 9.9 of b and 10 of c, two of three equal; of b: 10, 10 of a and 10 of c, all equal.
    assert _shared(seen, frame["x"].to_numpy(), counted) == pytest.approx(2 / 3 + 1)
    assert _shared(seen, np.full(9, 5.0), counted) == 0.0


def test_functions_of_a_column_are_monotonic_with_its_ties():
    """ln, another unit and the opposite; a square of both signs, a rounded one and one with gaps are not."""
    x = np.array([3.0, 1.0, 2.0, 2.0, -4.0, 7.0])
    index = pd.MultiIndex.from_product([["a", "b"], [1, 2, 3]], names=["entity", "period"])
    columns = {"x": x, "exp": np.exp(x), "minus": -2 * x, "square": x**2, "round": (x / 3).round()}
    columns["gap"] = np.where(x == 7, np.nan, x)
    seen = SeenPanel(panel_of(pd.DataFrame(columns, index)))
    found = list(_functions_of(seen, seen.columns[0]))

    assert len(found) == 2
    np.testing.assert_array_equal(found[0], np.exp(x))
    np.testing.assert_array_equal(found[1], -2 * x)


def test_a_multiple_of_a_digit_is_written_with_no_finer_one():
    """Up to rounding of floats."""
    assert is_multiple(np.array([0.1 + 0.2, 0.35, 1e9 + 0.1]), 0.1).tolist() == [True, False, True]
