"""Names of totals, regions, parts and signatures against all names of the divisions of China."""

from __future__ import annotations

import pytest

from xinzhi_panel.io.recognise.cells import is_note
from xinzhi_panel.io.recognise.rows.totals import (
    is_continuation,
    is_region,
    is_sentence,
    is_signature,
    is_total,
    is_total_of_periods,
    may_be_odd,
    part,
)
from xinzhi_panel.places.divisions import divisions, stem
from xinzhi_panel.places.places import english_names

TOTALS = [
    "合计",
    "总计",
    "小计",
    "共计",
    "总和",
    "汇总",
    "加总",
    "累计",
    "合",
    "计",
    "总",
    "总体",
    "整体",
    "全体",
    "全国",
    "全省",
    "全市",
    "全部城市",
    "所有城市",
    "平均",
    "平均值",
    "均值",
    "中位数",
    "标准差",
    "最大值",
    "最小值",
    "极差",
    "变异系数",
    "众数",
    "平均水平",
    "东部平均",
    "资源型城市小计",
    "一、合计",
    "合计（亿元）",
    "年均增长率",
    "同比增长",
    "增速",
    "比上年增长%",
    "Total",
    "Subtotal",
    "Average",
    "Mean",
    "Median",
    "Overall",
]
REGIONS = [
    "东部",
    "东部地区",
    "中部",
    "西部",
    "东北",
    "东北地区",
    "东北三省",
    "华东",
    "西南",
    "中南",
    "沿海",
    "内陆地区",
    "长三角",
    "京津冀",
    "环渤海",
    "粤港澳大湾区",
    "成渝",
    "黄河流域",
    "珠三角",
    "长江经济带",
    "苏南地区",
    "东部10省市",
    "海西经济区",
    "Eastern China",
    "central provinces",
]
SIGNATURES = [
    "制表：甲",
    "填表人：乙",
    "审核：丙",
    "复核：丁",
    "校对：戊",
    "编制：甲",
    "经办人：乙",
    "批准：丙",
    "负责人：",
    "联系电话：",
    "报出日期：2023年",
    "打印时间：",
    "导出日期：",
    "下载时间：",
    "更新日期：",
    "签字：",
    "盖章：",
    "主管：",
    "统计负责人：丁",
]


@pytest.mark.parametrize("name", TOTALS)
def test_a_total_is_known_by_its_name(name):
    """Each is a total, and the quick look before the patterns does not pass it over."""
    assert is_total(name)
    assert may_be_odd(name)


@pytest.mark.parametrize("name", REGIONS)
def test_a_region_is_known_by_its_name(name):
    """Each is a region, and the quick look before the patterns does not pass it over."""
    assert is_region(name)
    assert may_be_odd(name)


@pytest.mark.parametrize("text", SIGNATURES)
def test_a_signature_is_known_by_its_first_word(text):
    """Each is a line below a table, and the quick look does not pass it over."""
    assert is_signature([text])
    assert may_be_odd(text)


@pytest.mark.parametrize("text", ["小计", "2019-2022年平均", "三年合计", "年均增长率(%)", "Total"])
def test_a_total_of_periods_is_known(text):
    """What stands in place of a year and says that the row is derived from the others."""
    assert is_total_of_periods(text)


@pytest.mark.parametrize(
    "name",
    [
        "Central",
        "Western",
        "TotalEnergies",
        "Max",
        "北方",
        "南部",
        "中原",
        "海西",
        "晋中地区",
        "东部新区",
    ],
)
def test_a_name_that_only_looks_like_one_is_an_entity(name):
    """Regions of Ghana, firms, counties and prefectures are entities of their tables."""
    assert not is_total(name)
    assert not is_region(name)


def test_no_place_of_china_is_taken_for_a_total():
    """Names and short names of 3,689 divisions, and romanised ones, are names of entities."""
    chinese = {d.name for d in divisions()} | {stem(d.name) for d in divisions()}
    names = chinese | {name for names in english_names().values() for name in names}
    odd = [n for n in names if is_total(n) or is_region(n) or part(n) is not None]
    odd += [n for n in names if is_signature([n, n]) or is_note(n)]
    odd += [n for n in names if is_continuation(n) or is_sentence(n)]
    assert len(names) > 3000
    assert odd == []
