"""Entities with the same figures are noticed; what a province or the nation sets for all is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi_core.panel.panel import panel_of
from xinzhi_panel.columns.seen import check_plausible

N, T, EACH = 20, 8, 4
NAMES = [f"c{i:02}" for i in range(N)]


def table():
    """Twenty cities of five provinces over eight years: figures, counts, an index, a policy, a wage of provinces."""
    random = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([NAMES, range(2010, 2010 + T)], names=["entity", "period"])

    def of_province(low, high):
        return random.uniform(low, high, (N // EACH, T)).repeat(EACH, 0).ravel()

    return pd.DataFrame(
        {
            "人口": random.uniform(100, 900, N * T).round(1),
            "用电量": random.uniform(1e3, 9e3, N * T).round(2),
            "高校数": random.integers(1, 6, N * T).astype(float),
            "居民消费价格指数": of_province(98, 104).round(1),
            "试点": np.repeat(np.arange(N) // EACH % 2, T) * (np.tile(np.arange(T), N) > 3) * 1.0,
            "省均工资": of_province(5e3, 9e3).round(),
        },
        index,
    )


def found(frame, *, has_periods=True):
    """Give what is said of identical entities."""
    problems = check_plausible(panel_of(frame, has_periods=has_periods))
    return [(p.code, str(p.what)) for p in problems if p.code.startswith("plausible.identical")]


def test_a_right_table_has_none():
    """Columns of provinces are shared by their cities, and counts meet by chance."""
    assert found(table()) == []


def test_a_city_that_was_copied_is_named_with_the_columns():
    """Once, and not again for each column."""
    frame = table()
    frame.loc["c07"] = frame.loc["c03"].to_numpy()

    assert found(frame) == [
        (
            "plausible.identical",
            (
                "c03, c07 have the same values in all 6 columns of numbers (人口, 用电量, 高校数, 居民消费价格指数, 试点, "
                f"省均工资): 16 rows, 2 entities, 2010–2017; c03 2010 ({frame['人口']['c03', 2010]:g}); "
                f"c07 2010 ({frame['人口']['c03', 2010]:g}); c03 2011 ({frame['人口']['c03', 2011]:g})."
            ),
        )
    ]


def test_one_column_that_was_copied_is_named():
    """With the names of both cities."""
    frame = table()
    frame.loc["c07", "人口"] = frame.loc["c03", "人口"].to_numpy()

    ((code, what),) = found(frame)

    assert code == "plausible.identical_series"
    assert what.startswith(
        "'人口' is the same in every period for c03, c07: 16 rows, 2 entities, 2010–2017;"
    )


def test_empty_cells_count_as_cells():
    """A copy has the gaps of its original; another gap is another series."""
    frame = table()
    frame.loc["c07", "人口"] = frame.loc["c03", "人口"].to_numpy()
    frame.loc[("c03", 2012), "人口"] = np.nan

    assert found(frame) == []
    frame.loc[("c07", 2012), "人口"] = np.nan
    assert [code for code, _ in found(frame)] == ["plausible.identical_series"]


@pytest.mark.parametrize("province", ["text", "code"])
def test_a_column_that_a_group_explains_is_none_of_it(province):
    """Two cities of one province among cities of other provinces."""
    frame = table()[["省均工资", "人口"]].loc[["c00", "c01", "c05", "c09", "c13"]]
    assert [code for code, _ in found(frame)] == ["plausible.identical_series"]

    groups = {"c00": 11, "c01": 11, "c05": 12, "c09": 13, "c13": 14}
    codes = [groups[name] for name in frame.index.get_level_values(0)]
    frame["省"] = [f"p{code}" for code in codes] if province == "text" else np.array(codes, float)
    if province == "text":
        frame["省"] = frame["省"].astype(object)

    assert found(frame) == []


@pytest.mark.parametrize("heading", ["价格水平", "CPI", "物价指数", "贷款利率", "政策强度"])
def test_headings_of_what_is_set_for_all_are_left_out(heading):
    """A single pair of cities may lie in one province."""
    frame = table()[["人口"]]
    frame.loc["c07", "人口"] = frame.loc["c03", "人口"].to_numpy()

    assert (
        found(frame.assign(x=1.0).rename(columns={"人口": heading}).assign(y=table()["用电量"]))
        == []
    )


def test_two_periods_show_nothing_in_one_column():
    """Three values are the least that cannot well be chance."""
    frame = table().loc[(slice(None), [2010, 2011]), ["人口", "用电量"]].copy()
    frame.loc["c07", "人口"] = frame.loc["c03", "人口"].to_numpy()

    assert found(frame) == []


def test_the_warning_is_about_every_column_that_is_the_same():
    """A study that uses any of them is told, not one that uses the first."""
    frame = table()
    frame.loc["c07"] = frame.loc["c03"].to_numpy()
    (copied,) = [p for p in check_plausible(panel_of(frame)) if p.code == "plausible.identical"]

    assert {copied.where.column, *copied.beside} == set(frame)


def test_a_single_period_needs_two_columns_of_figures():
    """Equal rows of a cross-section; equal counts are chance."""
    frame = table().xs(2012, level=1)
    frame.index = pd.MultiIndex.from_arrays([NAMES, [0] * N], names=["entity", "period"])
    copied = frame.copy()
    copied.iloc[7] = copied.iloc[3].to_numpy()
    counts = frame[["高校数", "试点"]]

    assert [code for code, _ in found(copied, has_periods=False)] == ["plausible.identical"]
    assert found(counts, has_periods=False) == []


def test_a_table_of_groups_is_not_one_of_copies():
    """Where most entities are like another one, the figures are those of their groups."""
    frame = table()[["省均工资", "居民消费价格指数"]]

    assert found(frame) == []
