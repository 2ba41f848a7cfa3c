"""Known disasters of yearbook data are found by their rule, to the word, and clean panels give nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi_core.panel.panel import panel_of
from xinzhi_core.wording import say
from xinzhi_panel.columns.seen import RULES, accepted, check_plausible

YEARS = range(2008, 2020)
N = 30
UNITS = {"gdp": "亿元", "urban": "%", "people": "万人", "index": "上年=100"}
ACCEPT = " If it is true: `accept: ['{code}']`, or for this column alone '{code} {column}', under `read` of the source."


def clean(seed=0):
    """Thirty cities in twelve years: amounts, a share, an index, a mark, a code and a region."""
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"城{i:02d}" for i in range(N)], YEARS], names=["entity", "period"]
    )
    shape = (N, len(YEARS))
    growth = draw.normal(0.08, 0.04, shape) + draw.normal(0, 0.01, len(YEARS))
    level = draw.normal(7.0, 0.7, (N, 1))
    gdp = np.exp(level + growth.cumsum(axis=1))
    people = np.exp(draw.normal(6, 0.4, (N, 1)) + draw.normal(0.005, 0.01, shape).cumsum(axis=1))
    urban = draw.uniform(35, 60, (N, 1)) + draw.uniform(0.3, 1.2, shape).cumsum(axis=1)
    start = draw.integers(2, 14, (N, 1))
    code = 130000 + 100 * np.arange(1, N + 1)[:, None] * np.ones(shape)
    region = np.array(["东部", "中部", "西部"], dtype=object)[np.arange(N) % 3].repeat(len(YEARS))
    return pd.DataFrame(
        {
            "gdp": gdp.ravel().round(2),
            "people": people.ravel().round(2),
            "urban": urban.ravel().round(2),
            "index": (100 * np.exp(growth)).ravel().round(1),
            "pilot": (np.arange(len(YEARS)) >= start).astype(float).ravel(),
            "代码": code.ravel(),
            "region": region,
            "fdi": (gdp * np.exp(draw.normal(-4, 0.3, shape))).ravel().round(4),
        },
        index,
    )


def problems(frame, units=UNITS, rows=()):
    return check_plausible(panel_of(frame, units=units, rows=rows))


def the_one(frame, code, column, units=UNITS):
    """Return the one warning about a column, which must be of this rule."""
    found = [p for p in problems(frame, units) if p.where.column == column]
    assert [p.code for p in found] == [code]
    assert found[0].severity == "warning"
    assert accepted(found[0], [code])
    assert accepted(found[0], [f"{code} {column}"])
    assert not accepted(found[0], [f"{code} other"])
    return found[0]


def args(problem):
    """Return the parts of what is said."""
    return problem.what.values  # noqa: PD011 - of a message, not of a frame


def said(problem):
    """Return what is said before the count of rows, in both languages, and the remedy."""
    what = args(problem)["what"]
    remedy = str(problem.remedy)
    end = ACCEPT.format(code=problem.code, column=problem.where.column)
    assert remedy.endswith(end)
    return say(what, "en"), say(what, "zh"), remedy.removesuffix(end)


def counted(problem):
    """Return how many rows are named."""
    return str(args(problem)["rows"])


def in_year(frame, year):
    return frame.index.get_level_values("period") == year


@pytest.mark.parametrize("seed", range(12))
def test_a_clean_panel_gives_nothing(seed):
    """No false alarm, as written in yearbooks and to the last digit."""
    frame = clean(seed)

    assert [(p.code, p.where.column) for p in problems(frame)] == []
    noisy = frame.assign(gdp=frame["gdp"] * 1.000001234567, fdi=frame["fdi"] * 1.000001234567)
    assert [(p.code, p.where.column) for p in problems(noisy)] == []


def test_a_break_of_all_entities_is_told_with_its_step():
    """Real prices from 2014 on, or districts instead of the city."""
    frame = clean()
    later = frame.index.get_level_values("period") >= 2014
    frame.loc[later, "gdp"] *= 0.6
    found = the_one(frame, "plausible.common_break", "gdp")
    english, chinese, remedy = said(found)
    steps = np.log(frame["gdp"]).groupby(level=0).diff()
    step = f"{100 * np.expm1(steps[in_year(frame, 2014)].median()):+.1f} %"

    assert english.startswith(
        f"'gdp' breaks in all entities at once: the median step is {step} in 2014, and usually steps lie from "
    )
    assert chinese.startswith(
        f"“gdp”在所有个体中同时断裂：各期变动的中位数为2014 年 {step}，而通常变动介于 "
    )
    assert remedy == (
        "look whether prices, scope (全市, 市辖区) or method change there, or two years are exchanged."
    )
    assert counted(found) == "30 rows, 30 entities, 2014"


@pytest.mark.parametrize(("first", "second"), [(2012, 2013), (2010, 2016), (2008, 2019)])
def test_two_years_that_are_exchanged_are_a_break(first, second):
    """Neighbours, and years far apart."""
    frame = clean()
    a, b = in_year(frame, first), in_year(frame, second)
    frame.loc[a, "gdp"], frame.loc[b, "gdp"] = (
        frame.loc[b, "gdp"].to_numpy(),
        frame.loc[a, "gdp"].to_numpy(),
    )

    the_one(frame, "plausible.common_break", "gdp")


@pytest.mark.parametrize(("factor", "code"), [(100.0, "unit_change"), (3.0, "common_break")])
def test_a_change_of_unit_of_all_entities_is_told_once(factor, code):
    """As a change of unit where it is one."""
    frame = clean()
    frame.loc[frame.index.get_level_values("period") >= 2014, "gdp"] *= factor

    the_one(frame, f"plausible.{code}", "gdp")


def test_a_break_of_differences_is_told_in_units():
    """A column with negative values: steps are differences."""
    frame = clean()[["gdp"]]
    frame["balance"] = np.random.default_rng(1).normal(0, 1, len(frame)).round(3)
    frame.loc[frame.index.get_level_values("period") >= 2014, "balance"] += 40
    (found,) = [p for p in problems(frame) if p.code == "plausible.common_break"]
    english, _, _ = said(found)

    assert " +40" in english or " +39" in english
    assert "%" not in english


@pytest.mark.parametrize("later", [2013, 2015, 2019])
def test_a_year_that_is_another_one_is_told(later):
    """The year before, two years back, or any other one."""
    frame = clean()
    frame.loc[in_year(frame, later), "gdp"] = frame.loc[in_year(frame, 2012), "gdp"].to_numpy()
    found = [p for p in problems(frame) if p.code == "plausible.equal_years"]
    (found,) = found

    assert said(found) == (
        f"'gdp' has in {later} the values of 2012",
        f"“gdp”{later} 年的数值与 2012 年相同",
        "look whether one year was copied into the place of the other.",
    )
    assert counted(found) == f"30 rows, 30 entities, {later}"
    assert "plausible.repeated" not in [p.code for p in problems(frame)]


@pytest.mark.parametrize(("n", "is_told"), [(14, False), (15, True)])
def test_half_of_the_entities_make_an_equal_year(n, is_told):
    """Below, the rows are repetitions of single entities."""
    frame = clean()
    rows = in_year(frame, 2013) & (frame.index.get_level_values(0) < f"城{n:02d}")
    frame.loc[rows, "gdp"] = frame["gdp"].shift()[rows]
    codes = [p.code for p in problems(frame) if p.where.column == "gdp"]

    assert codes == ["plausible.equal_years" if is_told else "plausible.repeated"]


def test_geometric_interpolation_and_one_rate_for_all_are_told():
    """Within one city, and into the last year of all."""
    frame = clean()
    rows = [25, 26, 27, 28]
    ends = frame["gdp"].iloc[[24, 29]].to_numpy()
    frame.iloc[rows, 0] = (ends[0] * (ends[1] / ends[0]) ** (np.arange(1, 5) / 5)).round(2)
    frame.iloc[rows[-1] + 1, 0] = ends[1]
    found = the_one(frame, "plausible.constant_growth", "gdp")
    assert said(found) == (
        "'gdp' grows at one rate over four periods or more",
        "“gdp”连续四期或更多期以同一速度增长",
        "look whether these years were interpolated; they are not observations.",
    )
    assert counted(found) == "4 rows, 1 entity, 2009–2012"

    frame = clean()
    frame.loc[in_year(frame, 2019), "gdp"] = (
        1.07 * frame.loc[in_year(frame, 2018), "gdp"].to_numpy()
    ).round(2)
    found = the_one(frame, "plausible.constant_growth", "gdp")
    assert said(found) == (
        "'gdp' grows at the same rate in all entities, as nowhere else",
        "“gdp”在所有个体中以同一速度增长，其他时期并非如此",
        "look whether these years were extrapolated; they are not observations.",
    )
    assert counted(found) == "30 rows, 30 entities, 2019"


@pytest.mark.parametrize(("n", "is_told"), [(4, False), (5, True)])
def test_one_value_in_five_cities_is_told(n, is_told):
    """The mean in the place of empty cells."""
    frame = clean()
    mean = round(float(frame["gdp"].mean()), 2)
    places = [12 * i + 5 for i in range(n)]
    frame.iloc[places, 0] = mean
    found = [p for p in problems(frame) if p.code == "plausible.one_value"]

    assert bool(found) == is_told
    if is_told:
        assert said(found[0]) == (
            "'gdp' has one value in many entities",
            "“gdp”在许多个体中取同一数值",
            "look whether empty cells were filled with a mean; empty them, or declare the step under `prepare`.",
        )
        assert counted(found[0]) == "5 rows, 5 entities, 2013"
        assert f"({mean:.6g})" in str(found[0].what)


@pytest.mark.parametrize("places", [[40], [3, 77, 200], [59]])
def test_zeros_among_large_amounts_are_told(places):
    """One, three, and the last year of a city."""
    frame = clean()
    frame.iloc[places, 0] = 0.0
    found = the_one(frame, "plausible.zero", "gdp")

    assert said(found) == (
        "'gdp' is 0 among large amounts",
        "“gdp”在一系列较大的数值之中为 0",
        "zeros often stand for missing values: empty the cells; if nothing was measured there, leave them.",
    )
    assert counted(found).startswith(f"{len(places)} row")


@pytest.mark.parametrize("more", [0, 1])
def test_a_tenth_of_zeros_is_told_and_one_more_is_not(more):
    """The rule says at most 10 %: with exactly as many it still speaks."""
    frame = clean()
    places = [*range(0, len(frame), 10)][: len(frame) // 10] + [5] * more
    assert len(places) == len(frame) / 10 + more
    frame.iloc[places, 0] = 0.0

    found = [p for p in problems(frame) if p.code == "plausible.zero"]

    assert [counted(one).startswith(f"{len(places)} rows") for one in found] == [True] * (1 - more)


def test_zeros_of_small_counts_of_many_rows_and_of_whole_years_are_left():
    """Patents of a small town; a tenth of all rows; a year that another check names."""
    frame = clean()[["gdp"]]
    draw = np.random.default_rng(0)
    frame["patents"] = draw.poisson(4, len(frame)).astype(float)
    frame["many"] = np.where(draw.uniform(size=len(frame)) < 0.15, 0, frame["gdp"])
    frame["year"] = np.where(in_year(frame, 2011), 0, frame["gdp"] * 3.1)

    assert [p for p in problems(frame) if p.code == "plausible.zero"] == []


@pytest.mark.parametrize("rows", [[5], list(range(24, 36)), list(range(3, 360, 12))])
def test_fractions_among_percentages_are_told(rows):
    """One cell, one city, one year."""
    frame = clean()
    frame.iloc[rows, 2] = (frame["urban"].iloc[rows] / 100).round(4)
    found = [p for p in problems(frame) if p.code == "plausible.fraction"]
    (found,) = found

    assert said(found) == (
        "'urban' is in percent and holds fractions",
        "“urban”以百分比计，却含有小数形式的比率",
        "multiply these cells by 100, or correct the unit.",
    )
    assert counted(found).startswith(f"{len(rows)} row")


@pytest.mark.parametrize(
    ("name", "unit", "factor", "is_told"),
    [
        ("城镇化率", "%", 0.01, True),
        ("城镇化率", None, 0.01, False),
        ("城镇化率", "%", 1.0, False),
        ("财政支出增长率", "%", 0.01, False),
    ],
)
def test_a_share_in_percent_that_is_a_fraction_throughout_is_told(name, unit, factor, is_told):
    """Where the heading says so, and the column is a share."""
    frame = clean()[["urban"]].mul(factor).rename(columns={"urban": name})
    codes = [p.code for p in problems(frame, {name: unit} if unit else {})]

    assert codes == (["plausible.fraction"] if is_told else [])


@pytest.mark.parametrize(
    ("name", "value", "is_told"),
    [
        ("绿化覆盖率", 118.5, True),
        ("服务外包占比", 100.6, True),
        ("服务外包占比", 100.5, False),
        ("服务外包占比", -0.1, True),
        ("进出口占GDP比重", 118.5, False),
        ("存贷款比例", 118.5, False),
        ("用电增长率", 118.5, False),
        ("green_share", 118.5, True),
    ],
)
def test_a_share_above_a_hundred_is_told(name, value, is_told):
    """Of shares alone: trade over output can be above 100."""
    frame = clean()[["urban"]].rename(columns={"urban": name})
    frame.iloc[17, 0] = value
    found = [p for p in problems(frame, {name: "%"}) if p.code == "plausible.above_hundred"]

    assert bool(found) == is_told
    if is_told:
        assert said(found[0]) == (
            f"'{name}' is a share and lies outside 0 to 100 percent",
            f"“{name}”是占比，却超出 0 至 100% 的范围",
            "compare the cells with the yearbook, and the unit.",
        )


@pytest.mark.parametrize(
    ("name", "unit", "rows"),
    [
        ("x", "上年=100", [5]),
        ("x（上年＝100）", None, [5, 50, 111]),
        ("生产总值指数", None, list(range(24, 36))),
        ("x", "上年=100", list(range(360))),
    ],
)
def test_growth_rates_among_index_numbers_are_told(name, unit, rows):
    """One cell, some, a city, all."""
    frame = clean()[["index"]].rename(columns={"index": name})
    frame.iloc[rows, 0] -= 100
    every = problems(frame, {name: unit} if unit else {})
    (found,) = [p for p in every if p.code == "plausible.growth_rate"]

    assert said(found) == (
        f"'{name}' is an index with the previous year as 100 and holds growth rates",
        f"“{name}”是以上年为 100 的指数，却含有增长率",
        "add 100 to these cells, or correct the heading.",
    )
    assert counted(found).startswith(f"{len(rows)} row")


def test_an_index_of_another_base_is_left():
    """Digital finance from 20 to 300."""
    frame = pd.DataFrame({"数字金融指数": np.linspace(20, 300, 360)}, clean().index)

    assert [p for p in problems(frame, {}) if p.code == "plausible.growth_rate"] == []


@pytest.mark.parametrize(
    ("factor", "is_told"), [(1.29, False), (1.31, True), (0.78, False), (0.76, True)]
)
def test_gdp_per_head_is_compared(factor, is_told):
    """With GDP over residents, where all three are recognised."""
    frame = clean()[["gdp", "people"]].set_axis(["地区生产总值", "常住人口"], axis=1)
    frame["人均地区生产总值"] = frame["地区生产总值"] / frame["常住人口"] * 1e4
    frame.iloc[31, 2] *= factor
    units = {"地区生产总值": "亿元", "常住人口": "万人", "人均地区生产总值": "元"}
    found = [p for p in problems(frame, units) if p.code == "plausible.per_head"]

    assert bool(found) == is_told
    if is_told:
        assert said(found[0]) == (
            "'人均地区生产总值' is not '地区生产总值' over '常住人口'",
            "“人均地区生产总值”不等于“地区生产总值”除以“常住人口”",
            "compare the units, and whether it is divided by registered residents (户籍人口).",
        )
        assert counted(found[0]) == "1 row, 1 entity, 2015"
        assert ", computed " in str(found[0].what)
    assert [p for p in problems(frame, {}) if p.code == "plausible.per_head"] == []


def test_codes_that_do_not_tell_cities_apart_are_told():
    """One code for two cities, and two for one."""
    frame = clean()
    frame.iloc[24:36, 5] = frame["代码"].iloc[0]
    found = the_one(frame, "plausible.code", "代码")
    assert said(found) == (
        "'代码' has one code for several entities",
        "“代码”中多个个体使用同一代码",
        "correct the code: until then nobody can tell whose figures these are.",
    )
    assert counted(found) == "24 rows, 2 entities, 2008–2019"
    assert "城00 2008 (130100); 城02 2008 (130100)" in str(found.what)

    frame = clean()
    frame.iloc[24:30, 5] = 139999.0
    found = the_one(frame, "plausible.code", "代码")
    assert said(found) == (
        "'代码' has several codes for one entity",
        "“代码”中同一个体有多个代码",
        "correct the code, or look whether two entities have one name.",
    )
    assert counted(found) == "2 rows, 1 entity, 2008–2014"
    assert "(139999); 城02 2014 (130300)" in str(found.what)


def test_the_code_of_a_province_or_an_industry_is_left():
    """Many cities have one."""
    frame = clean()
    frame["省代码"] = np.floor(np.arange(360) / 60) + 11

    assert problems(frame) == ()


@pytest.mark.parametrize(
    ("usual", "rare", "is_told"),
    [
        ("中部", "中部地区", True),
        ("中部", "中 部", True),
        ("East", "east ", True),
        ("East", "Ｅast", True),
        ("Central", "Centrl", True),
        ("Growing", "Gorwing", True),
        ("East", "West", False),
        ("drug", "drug+", False),
        ("<6m", ">6m", False),
        ("P", "PS", False),
        ("type1", "type2", False),
    ],
)
def test_levels_that_look_like_one_are_told(usual, rare, is_told):
    """In a grouping, the rarer one is named."""
    frame = clean()
    frame["region"] = np.where(np.arange(360) < 200, usual, "其他")
    frame.iloc[[7, 8], 6] = rare
    found = [p for p in problems(frame) if p.where.column == "region"]

    assert bool(found) == is_told
    if is_told:
        assert said(found[0]) == (
            f"'region' has the levels '{rare}' and '{usual}', which look like one",
            f"“region”的类别“{rare}”与“{usual}”似为同一类别",
            "write one of them throughout.",
        )
        assert counted(found[0]) == "2 rows, 1 entity, 2015–2016"


def test_slips_of_many_rows_and_columns_of_names_are_left():
    """A level of more than a hundredth of the rows; more than fifty levels."""
    frame = clean()
    frame["region"] = np.where(np.arange(360) < 356, "Central", "Centrl")
    assert [p.where.column for p in problems(frame)] == []
    frame.iloc[356, 6] = "Central"
    assert [p.where.column for p in problems(frame)] == ["region"]
    frame["region"] = [f"{name} city" if k % 2 else name for k, (name, _) in enumerate(frame.index)]
    assert [p.where.column for p in problems(frame)] == []


@pytest.mark.parametrize(("n", "is_told"), [(1, True), (3, True), (4, False)])
def test_a_mark_with_another_number_is_told(n, is_told):
    """Up to three cells; more are a class."""
    frame = clean()
    frame.iloc[[7, 70, 111, 222][:n], 4] = 2.0
    found = [p for p in problems(frame) if p.where.column == "pilot"]

    assert bool(found) == is_told
    if is_told:
        assert said(found[0]) == (
            "'pilot' is 0 or 1 and here another number",
            "“pilot”应取 0 或 1，此处却是其他数值",
            "correct the cells, or empty them.",
        )


def test_a_count_is_no_mark():
    """Poisson with few twos."""
    frame = clean()[["gdp"]]
    frame["strikes"] = [0.0] * 320 + [1.0] * 38 + [2.0] * 2

    assert problems(frame) == ()


@pytest.mark.parametrize(
    ("factor", "english", "chinese"),
    [
        (1.0, "'copy' is 'fdi' but for rounding", "除四舍五入外，“copy”与“fdi”相同"),
        (
            1e-2,
            "'copy' is 0.01 times 'gdp' but for rounding",
            "除四舍五入外，“copy”是“gdp”的 0.01 倍",
        ),
        (
            1e4,
            "'copy' is 10000 times 'fdi' but for rounding",
            "除四舍五入外，“copy”是“fdi”的 10000 倍",
        ),
    ],
)
def test_a_rounded_copy_is_told(factor, english, chinese):
    """In the same unit and with another power of ten."""
    frame = clean()
    source = "gdp" if factor < 1 else "fdi"
    frame["copy"] = (frame[source] * factor).round(-2 if factor > 1 else 2)
    found = the_one(frame, "plausible.rounded_copy", "copy")

    assert said(found) == (english, chinese, "keep one of them: together they are collinear.")


def test_a_copy_with_one_other_cell_or_of_whole_numbers_is_left():
    """A cell that differs by more than half a digit; a column of classes."""
    frame = clean()
    frame["copy"] = frame["fdi"].round(2)
    frame.iloc[5, -1] += 0.02
    frame["class"] = (frame["urban"] / 20).round()

    assert problems(frame) == ()


def test_a_column_sorted_by_itself_is_told():
    """Over all rows; and the cells of one year alone."""
    frame = clean()
    frame["gdp"] = np.sort(frame["gdp"])
    found = next(p for p in problems(frame) if p.code == "plausible.sorted_alone")
    assert found.where.column == "gdp"
    assert said(found) == (
        "'gdp' is in order over all rows, and nothing else is",
        "“gdp”在所有行中依次排列，其他列并非如此",
        "look whether the column was sorted by itself.",
    )

    frame = clean()
    year = in_year(frame, 2013)
    frame.loc[year, "gdp"] = np.sort(frame.loc[year, "gdp"])[::-1]
    found = next(p for p in problems(frame) if p.code == "plausible.sorted_alone")
    assert said(found) == (
        "'gdp' is in order over the entities in this period, unlike the periods beside it",
        "“gdp”在该期各个体之间依次排列，相邻各期并非如此",
        "look whether the column was sorted by itself.",
    )
    assert counted(found) == "30 rows, 30 entities, 2013"


def test_a_table_that_was_sorted_as_a_whole_is_left():
    """All rows by one column; entities by their size in one year."""
    frame = clean()
    ranks = frame["gdp"].to_numpy().argsort().argsort()
    assert problems(frame, rows=tuple((ranks + 2).tolist())) == ()

    sizes = frame.loc[in_year(frame, 2013), "gdp"].to_numpy()
    order = sizes.argsort().argsort().repeat(len(YEARS)) * len(YEARS)
    rows = order + np.tile(np.arange(len(YEARS)), N) + 2
    assert problems(frame, rows=tuple(rows.tolist())) == ()


def test_a_mistyped_heading_is_told():
    """`gpd2016` among gdp2010, gdp2011 …, once they are one column each."""
    frame = clean()
    frame["gpd"] = frame["gdp"].where(in_year(frame, 2016))
    frame["gdp"] = frame["gdp"].mask(in_year(frame, 2016))
    found = the_one(frame, "plausible.near_name", "gpd")

    assert said(found) == (
        "'gpd' is filled only where 'gdp' is empty",
        "仅在“gdp”为空处，“gpd”才有数值",
        "if it is one column, correct the heading of one of them.",
    )
    assert counted(found) == "30 rows, 30 entities, 2016"
    frame.iloc[0, -1] = 1.0
    assert "plausible.near_name" not in [p.code for p in problems(frame)]


def test_every_rule_is_asked_by_its_code():
    """A file of a rule that no register finds would be silent."""
    codes = {rule.code for _, rule in RULES}

    assert codes >= {
        f"plausible.{name}"
        for name in (
            *("common_break", "equal_years", "constant_growth", "one_value", "zero", "fraction"),
            *("above_hundred", "growth_rate", "per_head", "code", "levels", "dummy"),
            *("rounded_copy", "sorted_alone", "near_name", "spike"),
        )
    }


@pytest.mark.parametrize("seed", range(6))
def test_holes_break_no_rule(seed):
    """A third of the cells empty, rows missing."""
    frame = clean(seed)
    draw = np.random.default_rng(seed)
    holes = frame.mask(draw.uniform(size=frame.shape) < 0.3)
    part = holes[draw.uniform(size=len(frame)) < 0.7]

    for data in (holes, part, part.iloc[:3], holes.iloc[:12]):
        assert all(p.severity == "warning" for p in problems(data))


@pytest.mark.parametrize("factor", [30.0, 5.0, 0.05])
@pytest.mark.parametrize("year", [2008, 2009, 2012, 2019])
def test_a_value_that_stands_alone_is_told(factor, year):
    """In a series too restless for a change of unit; at its ends, and beside them, too."""
    frame = restless()
    frame.loc[("城04", year), "spending"] *= factor
    found = the_one(frame, "plausible.spike", "spending", {"spending": "万元"})

    assert said(found) == (
        "'spending' stands far from the years beside it",
        "“spending”与相邻年份相差悬殊",
        "compare the cell with its source: a digit too many, or another unit?",
    )
    assert counted(found) == f"1 row, 1 entity, {year}"
    assert (found.where.entity, found.where.period) == ("城04", year)


def restless():
    """Spending that moves by a third from year to year."""
    draw = np.random.default_rng(4)
    index = clean().index
    level = draw.normal(8, 0.5, (N, 1)) + draw.uniform(-0.3, 0.3, (N, len(YEARS)))
    return pd.DataFrame({"spending": np.exp(level).ravel().round(3)}, index)


def test_a_new_level_a_volatile_series_and_counts_stand_for_themselves():
    """None of them is a slip; nor is a value of a series that is too short."""
    level, volatile, counts, short = restless(), restless(), restless(), restless()
    level.loc[("城04", slice(2014, None)), "spending"] *= 10
    draw = np.random.default_rng(7)
    volatile["spending"] *= np.exp(draw.normal(0, 1.2, len(volatile)))
    counts["spending"] = draw.poisson(2.0, len(counts)).astype(float)
    short.loc[("城04", 2010), "spending"] *= 100
    short = short[short.index.get_level_values("period") < 2014]

    for frame in (level, volatile, counts, short, restless()):
        assert "plausible.spike" not in [p.code for p in problems(frame, {"spending": "万元"})]


def test_a_value_beside_a_zero_or_a_gap_is_told_and_two_alone_are_not():
    """As beside an end, where a neighbour has no other; of two values between gaps nobody can tell which is wrong."""
    beside, pair = restless(), restless()
    rows = beside.index.get_level_values("entity") == "城04"
    first = np.flatnonzero(rows)[0]
    beside.iloc[first : first + 2, 0] = 0.0
    beside.iloc[first + 3, 0] *= 30
    pair.iloc[[first + 2, first + 5], 0] = np.nan
    pair.iloc[first + 3, 0] *= 30

    found = [p for p in problems(beside, {"spending": "万元"}) if p.code == "plausible.spike"]
    assert [(p.where.entity, p.where.period) for p in found] == [("城04", YEARS[3])]
    assert "plausible.spike" not in [p.code for p in problems(pair, {"spending": "万元"})]


def test_a_change_of_unit_is_not_told_as_a_spike_too():
    """A smooth series with one cell in another unit: once, as that."""
    frame = clean()
    frame.loc[("城04", 2012), "gdp"] *= 10
    codes = [p.code for p in problems(frame) if p.where.column == "gdp"]

    assert codes.count("plausible.unit_change") == 1
    assert "plausible.spike" not in codes
