"""What a heading means by the vocabulary of the subject: indicator, prices, area, unit; ambiguous ones are asked."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from xinzhi_core.errors import DataError
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.wording import say
from xinzhi_panel.columns.indicators import (
    ROLES,
    ambiguous,
    fold,
    identities,
    marks,
    packaged,
    sizes,
    with_own,
)
from xinzhi_panel.columns.kinds import price_basis
from xinzhi_panel.columns.meaning import measures, read_heading, size_of
from xinzhi_panel.columns.rules.identities import compared
from xinzhi_panel.columns.seen import check_plausible

TWENTY = """
地区生产总值（当年价格）（万元）|gdp|current|万元||good_output
地区生产总值_当年价格_亿元_全市|gdp|current|亿元|whole_city|good_output
地区生产总值（2008年价）（亿元）|gdp_constant|constant:2008|亿元||good_output
GDP指数（上年=100）|gdp_index_previous_year|index_previous_year|index||deflator
固定资产投资额（万元）|fixed_asset_investment|current|万元||control
城镇单位从业人员期末人数_万人_全市|employed_urban_units|none|万人|whole_city|input
年末总人口_全市_万人|population_year_end|none|万人|whole_city|control
当年实际使用外资金额（万美元）|fdi_used|current|万美元||control
全社会用电量（市辖区）（万千瓦时）|electricity|none|万千瓦时|districts|input
工业二氧化硫去除量（吨）|so2_removed|none|吨||
一般工业固体废物综合利用率（%）|solid_waste_use_rate|none|%||moderator
人均地区生产总值（元）|gdp_per_capita|current|元||control
第二产业占GDP的比重（%）|share_secondary|none|%||control mediator
内资企业数（个）|industrial_enterprises_domestic|none|个||
规模以上工业增加值同比增速（%）|va_industry_growth|constant|%||control
PM2.5年平均浓度（微克/立方米）|pm25|none|微克/立方米||bad_output outcome
科学技术支出（万元）|fiscal_science|current|万元||factor moderator
年末实有城市道路面积（万平方米）|road_area|none|万平方米||control
行政区划代码|area_code|none|code||key_entity
GDP (constant 2015 US$)|wb_gdp_constant|constant:2015|美元||good_output
"""
MORE = """
地区生产总值当年价万元|gdp|current|万元|
地区生产总值_万元_全市|gdp|current|万元|whole_city
地区生产总值（上年价格）|gdp|previous_year_prices||
规模以上工业总产值（当年价）|industrial_output|current||
工业总产值（现价，万元）|industrial_output|current|万元|
实际GDP（以2006年为基期，亿元）|gdp_constant|constant:2006|亿元|
2010年不变价GDP|gdp_constant|constant:2010||
人均GDP（2010年价）（元）|gdp_per_capita_constant|constant:2010|元|
天然气供气总量（亿标立方米）|natural_gas_supply|none|亿标立方米|
GDP_亿元|gdp|current|亿元|
人口密度（人每平方公里）|population_density|none|人/平方公里|
互联网普及率_百分比|internet_penetration|none|%|
gdp_100m08|gdp_constant|constant|100m08|
nominal_gdp_100m08|gdp|current|100m08|
labour_10k|employed_total|none|10k|
工业烟(粉)尘排放量（吨）|dust_industrial|none|吨|
高新技术企业数（国家级）|high_tech_firms|none||
工业二氧化硫排放|so2_industrial|none||
第二产业占GDP比重|share_secondary|none||
地区生产总值指数（1978=100）|gdp_index_base|index_base:1978|index|
年末实有道路面积_全市|road_area|none||whole_city
辖区面积|land_area|none||
固定资产投资增速（%）|fixed_asset_investment_growth|current|%|
real_estate_investment|real_estate_investment|current||
nominal gdp|gdp|current||
稻谷产量（万吨）||none|万吨|
GDP (constant 2015 US$) [NY.GDP.MKTP.KD]|wb_gdp_constant|constant:2015|美元|
Gross fixed capital formation (constant 2015 US$) [NE.GDI.FTOT.KD]|wb_gfcf_constant|constant:2015|美元|
Labor force, total [SL.TLF.TOTL.IN]|wb_labour_force|none|人|
Gross domestic product (volume)|gdp_constant|constant||
Gross fixed capital formation (volume)|gfcf|constant||
Trade volume|trade_total|current||
经济 地区生产总值（亿元）|gdp|current|亿元|
能源与环境 能源消费总量（万吨标准煤）|energy_consumption|none|万吨标准煤|
科技创新指标 专利授权数（件）|patents_granted|none|件|
教育 从业人员（人）|employed_education|none|人|
城镇单位在岗职工人数（人）|staff_on_post|none|人|
城镇固定资产投资完成额（万元）|fixed_asset_investment|current|万元|
员工人数（人）|firm_employees|none|人|
营业总收入（元）|firm_revenue|current|元|
资产负债率（%）|leverage|none|%|
"""


def lines(text):
    """Split a table of headings."""
    return [tuple(line.split("|")) for line in text.strip().splitlines()]


@pytest.mark.parametrize(("heading", "name", "basis", "unit", "scope", "roles"), lines(TWENTY))
def test_the_twenty_headings_are_read_as_the_vocabulary_says(
    heading, name, basis, unit, scope, roles
):
    """Indicator, prices, unit, area and the roles that the column may have."""
    read = read_heading(heading)

    assert (read.id, read.price_basis, read.unit, read.scope) == (name, basis, unit, scope)
    assert read.roles == tuple(roles.split())


@pytest.mark.parametrize(("heading", "name", "basis", "unit", "scope"), lines(MORE))
def test_units_and_marks_come_off_in_any_order(heading, name, basis, unit, scope):
    """Without brackets, behind a stroke, in a bracket beside the prices; what is unknown stays unknown."""
    read = read_heading(heading)

    assert (read.id, read.price_basis, read.unit, read.scope) == (name, basis, unit, scope)
    assert read.derived == ""


@pytest.mark.long
def test_every_heading_of_the_table_is_read_as_its_indicator_with_and_without_marks():
    """All headings, alone and with their unit in brackets and behind strokes."""
    wrong = []
    for one in packaged().indicators.values():
        for heading in one.headings:
            if (alone := read_heading(heading)).id != one.id or alone.derived:
                wrong.append((heading, alone.id, alone.derived))
            if not one.usual_unit or one.dimension in {"index", "text", "code", "time"}:
                continue
            for form in ("{}（{}）", "{}_{}_全市", "{}_全市_{}", "{}（全市，{}）"):
                text = form.format(heading, one.usual_unit)
                read = read_heading(text)
                if (read.id, read.unit) != (one.id, one.usual_unit):
                    wrong.append((text, read.id, read.unit))

    assert len(packaged().headings) > 3300
    assert wrong == []


def test_the_tables_name_ids_units_and_roles_that_there_are():
    """One heading has one id; steps, parts, identities and doubts name indicators."""
    known = packaged().indicators
    headings = [(fold(h), one.id) for one in known.values() for h in one.headings]
    owners: dict[str, set[str]] = {}
    for heading, owner in headings:
        owners.setdefault(heading, set()).add(owner)
    named = {i for one in known.values() for i in (*one.sum_of, *one.part_of)}
    named |= {
        m[1] for one in known.values() for s in one.step_hint if (m := re.match(r"\w+:(\w+)", s))
    }
    named |= {
        i for one in identities() for i in (*one.operands, *([one.result] if one.result else []))
    }
    named |= {i for ids in ambiguous().values() for i in ids}

    assert [heading for heading, ids in owners.items() if len(ids) > 1] == []
    assert named <= known.keys()
    assert len(known) == 461
    assert all(set(one.role_guess) <= set(ROLES) and one.role_guess for one in known.values())
    units = {
        (one.dimension, u)
        for one in known.values()
        for u in (one.usual_unit, *one.other_units)
        if u
    }
    assert [pair for pair in units if pair[0] not in sizes().get(pair[1], {})] == []
    assert len({mark for mark, _, _ in marks()}) == len(marks()) == 136


def test_the_two_readers_of_prices_do_not_contradict_each_other():
    """The words for prices and the marks of the vocabulary say the same of every heading."""
    names = {"constant": "constant", "current": "current", "previous_year": "previous_year_prices"}
    for one in packaged().indicators.values():
        for heading in one.headings:
            said = price_basis(heading)
            if said in names:
                assert read_heading(heading).price_basis.split(":")[0] == names[said], heading


@pytest.mark.parametrize(
    ("heading", "name", "derived"),
    [
        ("财政支出增长率（%）", "fiscal_expenditure", "growth"),
        ("人均科学技术支出（元）", "fiscal_science", "per"),
        ("专利授权量同比增长", "patents_granted", "growth"),
        ("国有及国有控股固定资产投资", "fixed_asset_investment", "part"),
        ("农村用电量", "electricity", "part"),
        ("煤炭消费量占比", "coal_consumption", "share"),
        ("单位GDP用电量", "electricity", "per"),
    ],
)
def test_what_is_made_of_an_amount_has_not_its_role(heading, name, derived):
    """A rate, a share, an amount per head or a part is neither input nor output."""
    read = read_heading(heading)

    assert (read.id, read.derived, read.roles) == (name, derived, ())
    assert read.stock_or_flow == "ratio"


@pytest.mark.parametrize(
    ("heading", "first", "others"),
    [
        ("第一产业（万元）", "va_primary", ()),
        ("第三产业（%）", "share_tertiary", ()),
        ("第二产业（万人）", "employed_secondary", ()),
        ("第二产业", "va_secondary", ("va_secondary", "employed_secondary", "share_secondary")),
        ("金融业（人）", "employed_finance", ()),
        ("金融业（亿元）", "va_finance", ()),
        ("制造业（万元）", "", ()),
        ("二氧化硫（微克/立方米）", "so2_concentration", ()),
        ("二氧化硫（吨）", "so2_total", ()),
        ("从业人员（万人）", "employed_total", ("employed_total", "employed_urban_units")),
        (
            "年末总人口",
            "population_year_end",
            ("population_year_end", "population_resident", "population_registered"),
        ),
        ("对外开放", "trade_openness", ("trade_openness", "fdi_share")),
        (
            "环境规制",
            "environmental_regulation",
            (
                "environmental_regulation",
                "so2_removal_rate",
                "solid_waste_use_rate",
                "environmental_words",
            ),
        ),
    ],
)
def test_the_unit_decides_what_an_ambiguous_heading_is_or_it_is_asked(heading, first, others):
    """Nothing is guessed where several indicators fit."""
    read = read_heading(heading)

    assert read.id == first
    assert tuple(one.id for one in read.may_be) == others


@pytest.mark.parametrize(
    "heading", ["", "x", "人", "数", "占比", "某指标", "a" * 500, "（万元）", "_全市_万元"]
)
def test_what_is_not_in_the_table_is_not_guessed(heading):
    """Neither a word inside nor a mark alone makes an indicator."""
    assert read_heading(heading).indicator is None
    assert read_heading(heading).roles == ()


def test_a_unit_that_is_stated_beside_the_heading_wins():
    """A row of units, or prices that stand where the unit does."""
    assert read_heading("GDP（万元）", "亿元").unit == "亿元"
    assert read_heading("GDP", "万元，2010年价").price_basis == "constant:2010"
    assert read_heading("GDP", "万元，2010年价").unit == "万元"
    assert read_heading("GDP", "当年价").price_basis == "current"


def test_units_are_sized_by_what_they_measure():
    """万吨 is mass and water, 户 persons and households; dollars need a rate of exchange to be yuan."""
    assert size_of("万吨", "volume") == size_of("万吨", "mass") == 10000
    assert size_of("亿标立方米", "volume") == 1e8
    assert size_of("微克/立方米", "concentration") == 1
    assert size_of("million yuan", "money") == 1e6
    assert size_of("‰", "share") == 0.1
    assert size_of("万元", "dollars") is None
    assert measures("万元", "dollars")
    assert not measures("万元", "persons")


def own(folder, text):
    """Write a vocabulary beside a study."""
    (folder / "vocabulary.csv").write_text(text, encoding="utf-8-sig")
    return with_own(folder)


def test_entries_of_ones_own_add_to_the_vocabulary_and_override_it(tmp_path):
    """A known id changes the cells that are filled and keeps its headings; a new one is added."""
    words = own(
        tmp_path,
        "id,zh,zh_variants,en_label,symbol,dimension,usual_unit,role_guess,plausible_high\n"
        "gdp,产出,经济总量,Output,Q,,,,\n"
        "rice_output,稻谷产量,,Rice output,R,mass,万吨,good_output,500\n"
        "coal_share,能源结构,,,,,,,\n",
    )
    output, rice = (
        read_heading("经济总量（亿元）", vocabulary=words),
        read_heading("稻谷产量（万吨）", vocabulary=words),
    )

    assert (output.id, output.indicator.symbol, output.price_basis) == ("gdp", ("Q",), "current")
    assert (output.indicator.label.zh, output.indicator.label.en) == ("产出", "Output")
    assert read_heading("地区生产总值", vocabulary=words).id == "gdp"
    assert (rice.roles, rice.indicator.plausible_high) == (("good_output",), 500.0)
    # What a person wrote down is not asked any more.
    assert read_heading("能源结构").may_be
    assert read_heading("能源结构", vocabulary=words).may_be == ()
    assert read_heading("稻谷产量").indicator is None
    assert words.own == {"gdp", "rice_output", "coal_share"}
    assert with_own(tmp_path / "nothing") is packaged()


@pytest.mark.parametrize(
    ("text", "said", "row"),
    [
        (
            "id,zh\n,产出\n",
            "A row of the vocabulary needs an `id` of small letters, digits and _: gdp.",
            2,
        ),
        (
            "id,zh\ngdp,产出\nGDP 1,x\n",
            "A row of the vocabulary needs an `id` of small letters, digits and _: gdp.",
            3,
        ),
        ("id,zh,plausible_low\nx,产出,many\n", "'many' is not a number.", 2),
    ],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path, text, said, row):
    """With the line of the file."""
    with pytest.raises(DataError) as refused:
        own(tmp_path, text)

    problem = refused.value.problems[0]
    assert (say(problem.what, "en"), problem.where.row, problem.where.file) == (
        said,
        row,
        "vocabulary.csv",
    )


def test_an_unknown_column_or_role_is_refused_with_the_near_miss(tmp_path):
    """A typing error would switch an entry off."""
    with pytest.raises(DataError, match="rol"):
        own(tmp_path, "id,zh,roles\nx,产出,input\n")
    with pytest.raises(DataError, match="inputs"):
        own(tmp_path, "id,zh,role_guess\nx,产出,inputs\n")


CITIES = ("石家庄市", "唐山市", "邯郸市", "保定市", "沧州市")


def panel(columns, units=None, cities=CITIES):
    """Make a panel of prefectures, a value a row."""
    index = pd.MultiIndex.from_product([cities, range(2010, 2014)], names=["entity", "period"])
    frame = pd.DataFrame(
        {name: [v + i / 7 for i in range(len(index))] for name, v in columns.items()}, index
    )
    return panel_of(frame, units=units or {})


def told(data, code, vocabulary=None):
    """Give the sentences of one rule."""
    return [say(p.what, "en") for p in check_plausible(data, vocabulary) if p.code == code]


def test_a_column_out_of_the_range_of_chinese_prefectures_is_named(tmp_path):
    """GDP of 60 yuan a head is no unit that anybody has; of countries or beside unknown units nothing is said."""
    data = panel({"社会消费品零售总额（万元）": 3.0})
    said = told(data, "plausible.usual_range")

    assert len(said) == 1
    assert said[0].startswith("'社会消费品零售总额（万元）' lies outside ")
    assert "万元, the range of Chinese prefectures: 20 rows, 5 entities, 2010–2013" in said[0]
    assert told(panel({"社会消费品零售总额": 3.0}), "plausible.usual_range") == []
    assert (
        told(
            panel({"社会消费品零售总额（万元）": 3.0}, cities=("a", "b", "c")),
            "plausible.usual_range",
        )
        == []
    )
    assert told(panel({"社会消费品零售总额（万元）": 3e6}), "plausible.usual_range") == []
    words = own(tmp_path, "id,zh,dimension,usual_unit,plausible_high\nrice,稻谷产量,mass,万吨,5\n")
    rice = panel({"稻谷产量（万吨）": 60.0})
    assert told(rice, "plausible.usual_range") == []
    assert told(rice, "plausible.usual_range", words)[0].startswith(
        "'稻谷产量（万吨）' lies outside −∞ to 5 万吨, the range of Chinese prefectures: 20 rows, 5 entities, 2010–2013"
    )


def test_columns_that_contradict_each_other_are_named():
    """A share that is not the part over the whole, shares that do not add up, a part above its whole."""
    base = {"地区生产总值（亿元）": 1000.0, "第二产业增加值（万元）": 4e6}
    wrong = told(panel({**base, "第二产业占GDP的比重（%）": 60.0}), "plausible.identity")
    right = panel(base)
    right.frame["第二产业占GDP的比重（%）"] = (
        right.frame["第二产业增加值（万元）"] / right.frame["地区生产总值（亿元）"] / 100
    )

    assert len(wrong) == 1
    assert wrong[0].startswith(
        "'第二产业占GDP的比重（%）' is not the ratio of '第二产业增加值（万元）', '地区生产总值（亿元）': 20 rows"
    )
    assert told(right, "plausible.identity") == []
    shares = {"第一产业占比（%）": 10.0, "第二产业占比（%）": 40.0, "第三产业占比（%）": 30.0}
    assert told(panel(shares), "plausible.identity")[0].startswith(
        "第一产业占比（%） + 第二产业占比（%） + 第三产业占比（%） do not add up to 100"
    )
    deposits = {"金融机构各项存款余额（万元）": 5e6, "城乡居民储蓄存款余额（万元）": 9e6}
    assert len(told(panel(deposits), "plausible.identity")) == 1
    assert (
        told(panel({**deposits, "城乡居民储蓄存款余额（万元）": 1e6}), "plausible.identity") == []
    )


def test_relations_that_another_rule_compares_are_not_said_twice():
    """Sums and parts of the older rules, and what needs a rate of exchange or a base year."""
    ids = {one.id for one in compared()}

    assert {"share_of_secondary", "shares_sectors", "index_growth", "deposits_to_gdp"} <= ids
    assert not {"gdp_sectors", "mining_below_secondary", "fdi_ratio", "gdp_per_head"} & ids


def test_the_topic_of_a_group_is_left_out_and_another_thing_is_not_the_thing():
    """经济 above 地区生产总值 says nothing of it; 其他 and 综合 are part of what a column is."""
    assert read_heading("经济 地区生产总值").id == "gdp"
    assert read_heading("能源与环境 地区生产总值").id == "gdp"
    for word in ("其他", "综合"):
        assert read_heading(f"{word} 地区生产总值").id == ""
