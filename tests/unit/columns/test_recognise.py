"""What a column is, by its heading: certain, or not at all."""

from __future__ import annotations

import pytest

from xinzhi.columns.kinds import KINDS
from xinzhi.columns.recognise import heading, kind_of


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
            "从业人员平均工资",
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
    assert [heading(name).scope for name in ("GDP_市辖区", "GDP（全市）", "GDP")] == [
        "districts",
        "",
        "",
    ]
    assert {kind_of(name) for name in ("GDP_市辖区", "GDP（全市）", "GDP")} == {"gdp"}


def test_no_heading_names_two_kinds():
    """Each whole heading stands in one kind, folded as it is compared."""
    names = [name for kind in KINDS.values() for name in kind.names]

    assert len(names) == len(set(names))
    assert [kind_of(name) for name in names] == [
        kind for kind, one in KINDS.items() for _ in one.names
    ]
