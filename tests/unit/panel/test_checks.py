"""Doubts about a panel."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi_core.panel.checks import check_panel
from xinzhi_core.panel.panel import panel_of


def panel(values, periods=range(2008, 2012), entities="ab", **columns):
    index = pd.MultiIndex.from_product([list(entities), list(periods)], names=["entity", "period"])
    return panel_of(pd.DataFrame({"x": values, **columns}, index=index, dtype=float))


def codes(panel):
    return [problem.code for problem in check_panel(panel)]


def test_an_ordinary_panel_raises_no_doubt():
    """Eight different positive numbers are nothing to warn of."""
    assert codes(panel(np.linspace(1, 2, 8))) == []


def test_gaps_inside_are_named_one_by_one_and_ends_counted():
    """A missing row inside names its key; a missing end is one sentence."""
    whole = panel(np.linspace(1, 2, 8))
    inside = panel_of(whole.frame.drop(index=[("a", 2009)]))
    end = panel_of(whole.frame.drop(index=[("a", 2008)]))
    problem = check_panel(inside)[0]
    assert (problem.code, problem.where.entity, problem.where.period) == ("panel.gap", "a", 2009)
    assert codes(end) == ["panel.unbalanced"]


def test_a_year_that_nobody_has_is_one_warning():
    """A gap of all entities is a gap of the study, named once."""
    gapped = panel(np.linspace(1, 2, 8), periods=(2008, 2009, 2011, 2012))
    assert codes(gapped) == ["panel.gap_year"]


def test_regular_steps_are_no_gaps():
    """Every fifth year is a rhythm, not a gap."""
    assert codes(panel(np.linspace(1, 2, 8), periods=(1995, 2000, 2005, 2010))) == []


def test_one_wrong_unit_is_seen_and_growth_is_not():
    """A factor of ten thousand in one cell is a unit; doubling every year is growth."""
    values = np.linspace(100, 110, 8)
    values[2] *= 1e4
    jump = check_panel(panel(values))[0]
    assert (jump.code, jump.where.entity, jump.where.period) == ("panel.unit_jump", "a", 2010)
    assert codes(panel(np.tile(2.0 ** np.arange(4), 2))) == []


def test_zeros_and_missing_values_are_no_jumps():
    """Only positive values are compared."""
    assert codes(panel([0, 1, 2, np.nan, 3, 0, 1, 2])) == []


def test_codes_for_missing_values_are_doubted_and_real_ones_are_not():
    """-9999 among positive numbers is doubted; 9999 among ten thousands is not."""
    assert "number.sentinel" in codes(panel([1, 2, 3, -9999, 5, 6, 7, 8]))
    assert "number.sentinel" not in codes(panel([9998, 9999, 10001, 10002, 9, 6, 7, 8]))


def test_a_constant_and_an_empty_column_are_named():
    """Columns that say nothing are named before a regression trips over them."""
    assert codes(panel(np.linspace(1, 2, 8), c=1.0, e=np.nan)) == [
        "panel.constant",
        "panel.empty_column",
    ]


def test_a_change_of_unit_for_all_entities_is_seen():
    """From 2010 on everything is a tenth: 万 instead of 千; growth by a half is none."""
    values = np.linspace(100, 110, 8)
    values[[2, 3, 6, 7]] /= 10
    shift = [p for p in check_panel(panel(values)) if p.code == "panel.unit_jump"]
    assert [(p.where.column, p.where.period) for p in shift] == [("x", 2010)]
    assert codes(panel(np.tile(1.5 ** np.arange(4), 2) * [1, 1, 1, 1, 3, 3, 3, 3])) == []


def test_half_of_a_path_in_another_unit_is_seen():
    """Two periods in percents, two as shares: the middle of the path is near neither half."""
    values = [38.5, 38.6, 0.387, 0.388, 40.1, 40.2, 40.3, 40.4]
    found = [p for p in check_panel(panel(values)) if p.code == "panel.unit_jump"]
    assert {(p.where.entity, p.where.period) for p in found} == {("a", 2008), ("a", 2009)}


def test_of_two_periods_the_change_unlike_the_others_is_seen():
    """With two periods a path has no middle; the changes of the others stand in for it."""
    values = np.array([3.0, 3.1, 5.0, 5.2, 9.0, 9.1e4, 2.0, 2.2, 7.0, 7.1])
    jumps = check_panel(panel(values, (2008, 2009), "abcde"))
    assert [(p.code, p.where.entity, p.where.period) for p in jumps] == [
        ("panel.unit_jump", "c", 2009)
    ]


def test_a_whole_period_in_another_unit_is_named_once():
    """One sentence for the column, none for its cells."""
    values = np.tile([1.0, 1.1, 1.2e4, 1.3e4], 6) * np.repeat(np.arange(2, 8), 4)
    found = check_panel(panel(values, entities="abcdef"))
    assert [(p.code, p.where.period) for p in found] == [("panel.unit_jump", 2010)]


def zeros(values, **columns):
    return [
        (p.where.entity, p.where.period)
        for p in check_panel(panel(values, entities="abc", **columns))
        if p.code.startswith("panel.zero")
    ]


def test_a_year_or_a_city_of_zeros_is_named():
    """All zeros in one period, or of one entity, among amounts that are nowhere else 0."""
    amounts = np.arange(1.0, 13.0).reshape(3, 4)
    year, city = amounts.copy(), amounts.copy()
    year[:, 2], city[1] = 0, 0
    assert zeros(year.ravel()) == [(None, 2010)]
    assert zeros(city.ravel()) == [("b", None)]
    year[0, 2] = np.nan
    assert zeros(year.ravel()) == [(None, 2010)]


def test_zeros_that_mean_something_are_not_named():
    """Marks, trends, properties of places, changes that start at 0, and columns full of zeros."""
    amounts = np.arange(1.0, 13.0)
    after = np.tile([0.0, 1.0, 1.0, 1.0], 3)
    trend = np.tile(np.arange(4.0), 3)
    place = np.repeat([0.0, 3.0, 5.0], 4)
    change = np.tile([0.0, 1.0, -2.0, 3.0], 3) * amounts
    rare = np.tile([0.0, 0.0, 0.0, 1.0], 3) * amounts
    port = np.array([0.0] * 4 + [0, 0, 5, 6] + [7.0, 8, 9, 10])
    columns = {"t": trend, "p": place, "c": change, "r": rare, "o": port}
    assert zeros(after, **columns) == []
