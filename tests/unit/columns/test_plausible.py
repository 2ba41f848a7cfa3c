"""Planted defects are found, and nothing else: every rule of plausibility."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi_core.panel.checks import check_panel
from xinzhi_core.panel.panel import panel_of
from xinzhi_panel.columns.kinds import KINDS
from xinzhi_panel.columns.rules.bands import BANDS
from xinzhi_panel.columns.rules.part_above_whole import PARTS
from xinzhi_panel.columns.rules.sums import SUMS
from xinzhi_panel.columns.seen import RULES, accepted, check_plausible, with_plausible

UNITS = {
    "常住人口": "万人",
    "城镇人口": "万人",
    "从业人员": "人",
    "采矿业从业人员": "人",
    "地区生产总值": "亿元",
    "第二产业增加值": "万元",
    "全社会用电量": "万千瓦时",
}


def smooth(seed, n=30, periods=12):
    """A clean panel of cities: each column a share of another, growing smoothly."""
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"城{i:02d}" for i in range(n)], range(2008, 2008 + periods)], names=["entity", "period"]
    )
    growth = np.cumsum(rng.normal(0.05, 0.03, (n, periods)), axis=1).ravel()

    def share(low, high):
        base = rng.uniform(low, high, n).repeat(periods)
        return base * np.exp(rng.normal(0, 0.01, n * periods))

    people = 1e6 * np.exp(rng.normal(0, 0.5, n)).repeat(periods) * np.exp(growth / 5)
    gdp = people * 40_000 * share(0.5, 1.5) * np.exp(growth)
    return pd.DataFrame(
        {
            "常住人口": people / 1e4,
            "城镇人口": people * share(0.3, 0.7) / 1e4,
            "从业人员": people * share(0.2, 0.5),
            "采矿业从业人员": people * share(0.01, 0.05),
            "地区生产总值": gdp / 1e8,
            "第二产业增加值": gdp * share(0.3, 0.6) / 1e4,
            "全社会用电量": people * 3_000 * share(0.5, 2) / 1e4,
        },
        index=index,
    )


def codes(frame, units=UNITS):
    return [(p.code, p.where.column) for p in check_plausible(panel_of(frame, units=units))]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("seed", range(20))
def test_a_clean_panel_gives_nothing(seed):
    """No false alarm, exact or rounded as yearbooks are."""
    frame = smooth(seed)

    assert codes(frame) == []
    assert codes(frame.round(2)) == []


def planted(change):
    frame = smooth(1)
    change(frame)
    return codes(frame)


def set_cells(column, rows, values):
    def change(frame):
        frame.iloc[rows, frame.columns.get_loc(column)] = values(frame, rows)

    return change


@pytest.mark.parametrize(
    ("column", "change", "code"),
    [
        (
            "采矿业从业人员",
            set_cells("采矿业从业人员", [5], lambda f, r: f["从业人员"].iloc[r] * 1.1),
            "plausible.part_above_whole",
        ),
        (
            "城镇人口",
            set_cells("城镇人口", [40, 41], lambda f, r: f["常住人口"].iloc[r] * 1.02),
            "plausible.part_above_whole",
        ),
        (
            "从业人员",
            set_cells("从业人员", [7], lambda f, r: f["常住人口"].iloc[r] * 1.2e4),
            "plausible.part_above_whole",
        ),
        (
            "第二产业增加值",
            set_cells("第二产业增加值", [9], lambda f, r: f["地区生产总值"].iloc[r] * 1.5e4),
            "plausible.part_above_whole",
        ),
        (
            "全社会用电量",
            set_cells("全社会用电量", slice(0, None), lambda f, _: f["全社会用电量"] * 1e4),
            "plausible.band",
        ),
        (
            "地区生产总值",
            set_cells("地区生产总值", slice(0, None), lambda f, _: f["地区生产总值"] * 1e4),
            "plausible.band",
        ),
        *[
            (
                "常住人口",
                set_cells(
                    "常住人口", list(range(3, 12)), lambda f, r, k=k: f["常住人口"].iloc[r] * k
                ),
                "plausible.unit_change",
            )
            for k in (10, 100, 1000, 10_000, 0.1, 0.01)
        ],
        (
            "全社会用电量",
            set_cells("全社会用电量", [31], lambda f, _: f["全社会用电量"].iloc[[30]].to_numpy()),
            "plausible.repeated",
        ),
        (
            "常住人口",
            set_cells(
                "常住人口",
                [25, 26, 27],
                lambda f, _: np.interp([25, 26, 27], [24, 28], f["常住人口"].iloc[[24, 28]]),
            ),
            "plausible.straight_line",
        ),
    ],
)
def test_a_planted_defect_is_found_in_its_column(column, change, code):
    """One defect, one notice (and those of other rules that it breaks too)."""
    assert (code, column) in planted(change)


def test_a_multiple_and_a_copy_of_a_column_are_told():
    """A series that is another one times a constant; the same column twice."""
    frame = smooth(2).assign(碳=lambda f: f["全社会用电量"] * 5.81, 副本=lambda f: f["常住人口"])
    found = [p for p in check_plausible(panel_of(frame, units=UNITS)) if "multiple" in p.code]

    assert {p.where.column: str(p.what).split(":")[0] for p in found} == {
        "碳": "'碳' is 5.81 times '全社会用电量' in every row",
        "副本": "'副本' is the same as '常住人口' in every row",
    }


def test_sums_that_do_not_match_their_parts_are_told():
    """Three industries make GDP."""
    frame = smooth(3)
    frame["第一产业增加值"] = 0.1 * frame["地区生产总值"]
    frame["第二产业增加值"] = 0.4 * frame["地区生产总值"]
    frame["第三产业增加值"] = 0.5 * frame["地区生产总值"] * (1 + 0.001 * np.sin(range(len(frame))))
    units = {**UNITS, **{c: "亿元" for c in frame if "产业" in c}}
    right = [code for code, _ in codes(frame, units) if code == "plausible.sum"]
    frame.iloc[17, frame.columns.get_loc("第三产业增加值")] *= 1.3
    wrong = [one for one in check_plausible(panel_of(frame, units=units)) if "sum" in one.code]

    assert right == []
    assert len(wrong) == 1
    assert (wrong[0].where.entity, wrong[0].where.period) == ("城01", 2013)


@pytest.mark.parametrize(
    "units",
    [{"常住人口": "万人"}, {"常住人口": "万人", "城镇人口": "亩"}],
    ids=["one unit unknown", "a unit of something else"],
)
def test_in_doubt_a_rule_is_not_asked(units):
    """A unit that one column lacks, or that measures something else: nobody can compare."""
    frame = smooth(4)
    frame["城镇人口"] *= 1e4

    assert [c for c, column in codes(frame, units) if column == "城镇人口"] == []


def test_districts_are_a_part_of_the_whole_city():
    """The same column for 市辖区 and for 全市."""
    frame = smooth(5)[["常住人口"]].assign(常住人口_市辖区=lambda f: f["常住人口"] * 0.4)
    frame.iloc[3, 1] = frame.iloc[3, 0] * 1.2

    assert codes(frame, {}) == [("plausible.part_above_whole", "常住人口_市辖区")]


def test_a_notice_counts_and_shows_three_examples():
    """Rows, entities, years, three cities, remedy, how to accept it."""
    frame = smooth(6)
    frame.loc[frame.index.get_level_values("period") == 2010, "城镇人口"] = 1e4
    (found,) = [p for p in check_plausible(panel_of(frame, units=UNITS)) if "part" in p.code]

    assert "30 rows, 30 entities, 2010; 城00 2010 (10000 > " in str(found.what)
    assert str(found.what).count("2010 (") == 3
    assert "accept: ['plausible.part_above_whole']" in str(found.remedy)
    assert found.severity == "warning"


def test_what_is_true_is_accepted_for_all_columns_or_for_one():
    """`accept` in the study file."""
    frame = smooth(7)
    frame.iloc[31, 0] = frame.iloc[30, 0]
    (found,) = check_plausible(panel_of(frame, units=UNITS))

    assert accepted(found, ["plausible.repeated"])
    assert accepted(found, ["plausible.repeated 常住人口"])
    assert not accepted(found, ["plausible.repeated 城镇人口", "plausible.band"])


def test_a_change_of_unit_is_told_once():
    """The check of jumps of all panels sees a factor of 100 too; one of both is enough."""
    frame = smooth(8)
    frame.iloc[[30, 31], 0] *= 100
    panel = panel_of(frame, units=UNITS)
    found = [
        p.code for p in with_plausible(panel, check_panel(panel)) if p.where.column == "常住人口"
    ]

    assert found.count("plausible.unit_change") == 1
    assert "panel.unit_jump" not in found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 359), st.sampled_from([10.0, 100.0, 1e4]))
def test_no_rule_breaks_on_missing_cells(seed, row, factor):
    """Holes anywhere, one odd cell: no error, and every notice is a warning with its place."""
    frame = smooth(seed % 50)
    rng = np.random.default_rng(seed)
    frame = frame.mask(rng.uniform(size=frame.shape) < 0.3)
    frame.iloc[row] *= factor
    for problem in check_plausible(panel_of(frame, units=UNITS)):
        assert problem.severity == "warning"
        assert problem.where.column in frame
        assert problem.where.entity in set(frame.index.get_level_values(0))


def test_the_tables_of_rules_name_kinds_that_there_are():
    """A typing error in a table would switch a rule off."""
    named = {name for pair in PARTS for name in pair}
    named |= {name for whole, parts in SUMS for name in (whole, *parts)}
    named |= {name for band in BANDS for name in (band.above, band.below) if name}

    assert named <= set(KINDS)
    assert all(rule.code.startswith("plausible.") for _, rule in RULES)
    assert all(band.low < band.high for band in BANDS)


def test_fractions_of_a_city_that_writes_nothing_else_are_found():
    """All years of one city are fractions: a hundred times these lie among the percentages of the others."""
    index = pd.MultiIndex.from_product(
        [[f"城{i}" for i in range(6)], range(2010, 2018)], names=["entity", "period"]
    )
    draw = np.random.default_rng(3)
    values = pd.Series(draw.uniform(35, 60, len(index)), index=index)
    values["城2"] = draw.uniform(
        0.18, 0.22, 8
    )  # a hundred times: 18 to 22, about half of the least
    found = [
        one
        for one in check_plausible(panel_of(values.to_frame("城镇化率"), units={"城镇化率": "%"}))
        if one.code == "plausible.fraction"
    ]

    assert len(found) == 1
    assert "城2" in str(found[0].where) + str(found[0].what)
