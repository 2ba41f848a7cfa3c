"""What a column is, by its heading: certain, or not at all."""

from __future__ import annotations

import pytest

from xinzhi_panel.columns.kinds import KINDS
from xinzhi_panel.columns.meaning import read_heading
from xinzhi_panel.columns.recognise import kind_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("年末从业人员数（万人）", "employed"),
        ("从业人员", "employed"),
        ("labour_10k", "employed"),
        ("采矿业从业人员数（人）", "employed in mining"),
        ("常住人口（万人）", "residents"),
        ("年末总人口_全市", "residents"),
        ("城镇人口", "urban residents"),
        ("地区生产总值（亿元）", "gdp"),
        ("gdp_100m", "gdp"),
        ("GDP", "gdp"),
        ("第二产业增加值", "value added of secondary industry"),
        ("行政区域土地面积（平方公里）", "land area"),
        ("全社会用电量（万千瓦时）", "electricity"),
        ("工业用电量", "electricity of industry"),
        ("co2_mt", "carbon dioxide"),
        ("固定资产投资总额（万元）", "fixed-asset investment"),
    ],
)
def test_a_heading_that_is_the_whole_name_says_what_the_column_is(name, kind):
    """Units, scopes and words without meaning are taken off."""
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    "name",
    [
        *(
            "城镇私营从业人员",
            "信息业从业人员",
            "从业人员平均年龄",
            "人均GDP增长率",
            "地区生产总值指数",
        ),
        *(
            "gdp_growth",
            "population_density",
            "x",
            "",
            "数",
            "labour_share",
            "固定资产投资价格指数",
        ),
    ],
)
def test_a_heading_with_any_other_word_says_nothing(name):
    """A part is never taken for its whole, a rate never for an amount."""
    assert kind_of(name) is None


def test_the_scope_of_a_heading_is_told_apart():
    """市辖区 is another column than 全市, which is another word for no scope at all."""
    assert [read_heading(name).scope for name in ("GDP_市辖区", "GDP（全市）", "GDP")] == [
        "districts",
        "whole_city",
        "",
    ]
    assert {kind_of(name) for name in ("GDP_市辖区", "GDP（全市）", "GDP")} == {"gdp"}


def test_no_indicator_is_of_two_kinds():
    """Each indicator stands in one kind, and its headings are read as it."""
    ids = [one for kind in KINDS.values() for one in kind.ids]

    assert len(ids) == len(set(ids))
    assert {kind_of(name) for name in KINDS["gdp"].names} == {"gdp"}
    assert "居民人口" in KINDS["residents"].names
