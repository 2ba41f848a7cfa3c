"""At which prices an amount is: current prices are never called constant, whatever stands around the word."""

from __future__ import annotations

import pandas as pd
import pytest

from xinzhi.study.first.roles import propose_roles
from xinzhi_core.panel.panel import panel_of
from xinzhi_panel.columns.indicators import marks as marks_taken_off
from xinzhi_panel.columns.indicators import parts, rows
from xinzhi_panel.columns.kinds import KINDS, price_basis
from xinzhi_panel.columns.meaning import read_heading
from xinzhi_panel.columns.recognise import kind_of
from xinzhi_panel.columns.vocabulary import USES
from xinzhi_panel.io.read import read_panel

MARKS = {
    "current": (
        *("当年价", "当年价格", "现价", "当期价", "现行价格", "按当年价格计算", "名义", "本年价"),
        *("nominal", "current", "current prices", "current US$"),
    ),
    "previous_year": ("上年价", "上年价格", "上一年价格", "previous year prices"),
    "constant": (
        *("不变价", "不变价格", "可比价", "可比价格", "按可比价格计算", "2008年价", "2010年不变价"),
        *(
            "以2006年为基期",
            "2005年可比价",
            "constant",
            "constant prices",
            "real",
            "constant 2015 US$",
        ),
    ),
}
"""Prices -> words for them."""
SHAPES = (
    *(
        "{name}（{mark}）（万元）",
        "{name}({mark})(万元)",
        "{name}_{mark}_亿元",
        "{name}_{mark}_亿元_全市",
    ),
    *(
        "{name}（{mark}，亿元）",
        "{name}（{mark}）",
        "{name} ({mark})",
        "{name}_{mark}",
        "{mark}{name}",
        "{mark} {name}",
    ),
)
"""How headings are built."""
NAMES = (
    *(name for kind in ("gdp", "value added of industry") for name in KINDS[kind].names),
    *USES["good output"],
    *("规模以上工业总产值", "人均GDP", "固定资产投资", "社会消费品零售总额"),
)


def headings():
    """Build each mark into each name; names that hold a mark of their own say two things, and are left out."""
    for basis, marks in MARKS.items():
        for mark in marks:
            for name in NAMES:
                bare = name.removeprefix("=")
                if price_basis(bare) is None:
                    for shape in SHAPES:
                        # A Latin word is one only where it does not touch another.
                        if "{mark}{name}" in shape and mark.isascii() and bare.isascii():
                            continue
                        yield basis, shape.format(name=bare, mark=mark)


def test_each_word_for_prices_is_read_as_itself_in_every_heading():
    """No word is found inside its opposite: 年价 is no base year in 当年价, real no price in real_estate."""
    wrong = [
        (basis, text, price_basis(text)) for basis, text in headings() if price_basis(text) != basis
    ]

    assert len(list(headings())) > 3000
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        *(
            "实际利用外资",
            "当年实际使用外资金额（万美元）",
            "外商实际投资额",
            "实际到位资金",
            "年末实有城市道路面积",
        ),
        *(
            "real_estate_investment",
            "real estate",
            "实现价值",
            "实际增长率",
            "GDP",
            "地区生产总值",
            "固定资产投资",
        ),
        *(
            "current_account_balance",
            "GDP指数（上年=100）",
            "生产总值指数（1978=100）",
            "GDP平减指数",
            "非不变价",
        ),
    ],
)
def test_words_that_are_no_prices_say_nothing(text):
    """实际 is in fact, real belongs to estates, and an index has a base of its own."""
    assert price_basis(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "实际GDP",
        "实际人均GDP",
        "实际地区生产总值",
        "GDP(实际)",
        "真实GDP",
        "rgdpna",
        "realgdp",
        "GDP at 2010 prices",
    ],
)
def test_real_values_are_at_constant_prices(text):
    """Where the amount has prices."""
    assert price_basis(text) == "constant"


SAID = {"current": "current", "constant": "constant", "previous_year_prices": "previous_year"}


def words_of_the_table():
    """List the words for prices that the table has: (word, prices, its row); 实际 is one before amounts alone."""
    for row in rows("marks.csv"):
        said = SAID.get(row["value"].partition(":")[0])
        if row["kind"] in {"price_basis", "price_word"} and said and row["mark"] != "实际":
            yield row["mark"].replace("{year}", "2008"), said, row


def test_each_word_of_the_table_is_read_as_its_prices_wherever_it_stands():
    """The table of marks is the one list; words that are only searched do not come off a heading."""
    read = list(words_of_the_table())
    shapes = ("投资（{}）", "investment_{}", "{} 投资", "投资，{}（万元）")

    assert {said for _, said, _ in read} == set(SAID.values())
    assert [(w, s) for w, said, _ in read for s in shapes if price_basis(s.format(w)) != said] == []
    taken = {mark for mark, _, _ in marks_taken_off()}
    searched = {row["mark"] for _, _, row in read if row["kind"] == "price_word"}
    assert len(searched) > 50
    assert searched & taken == set()


def test_a_word_beside_what_makes_it_another_one_says_nothing():
    """实现价值, 非不变价, real_estate: what may not stand beside a word is in the table with it."""
    beside = [
        text
        for word, _, row in words_of_the_table()
        for text in (
            *(f"投资{before}{word}" for before in parts(row["not_after"])),
            *(
                f"{word}{stroke}{behind}"
                for behind in parts(row["not_before"])
                for stroke in ("", "_", " ")
            ),
        )
    ]

    assert len(beside) > 30
    assert [text for text in beside if price_basis(text) is not None] == []


def test_a_heading_that_names_two_prices_is_unclear():
    """The label and the name are read together."""
    assert price_basis("GDP（当年价/不变价）") == price_basis("实际GDP", "GDP（现价）") == "unclear"
    assert price_basis("GDP", "GDP（现价）") == price_basis("GDP（现价）", "名义GDP") == "current"


@pytest.mark.parametrize(
    ("text", "is_real"),
    [
        ("gdp_100m08", True),
        ("gdp_100m", False),
        ("real_gdp", True),
        ("GDP（当年价）", False),
        ("当年实际使用外资", False),
        ("nominal_gdp_100m08", False),
    ],
)
def test_the_recogniser_agrees(text, is_real):
    """Rules of plausibility compare columns at the same prices only."""
    assert read_heading(text).is_constant is is_real


def test_the_area_of_a_district_word_is_the_whole_area():
    """辖区面积 is a name of its own; 面积（市辖区） is the area of the districts."""
    assert (kind_of("辖区面积"), read_heading("辖区面积").scope) == ("land area", "")
    assert read_heading("面积（市辖区）").scope == "districts"


def roles_of(*headings):
    """Propose roles for columns of three cities."""
    index = pd.MultiIndex.from_product([["a", "b", "c"], [2010, 2011]], names=["entity", "period"])
    values = {name: [float(i * 7 + j * j + 1) for j in range(6)] for i, name in enumerate(headings)}
    return propose_roles(panel_of(pd.DataFrame(values, index)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("地区生产总值(当年价格)", "the heading says '地区生产总值', at the prices of each year"),
        ("gdp_current", "the heading says 'gdp', at the prices of each year"),
        ("nominal GDP", "the heading says 'gdp', at the prices of each year"),
        ("GDP（2008年价）", "the heading says 'gdp', at constant prices"),
        ("GDP", "the heading says 'gdp'; the heading does not say at which prices"),
        (
            "GDP（上年价格）",
            "the heading says 'gdp', at the prices of the year before: these make no series",
        ),
        ("GDP（现价与不变价）", "the heading says 'gdp'; the heading names two kinds of prices"),
        ("output", "the heading says 'output'"),
    ],
)
def test_a_first_study_says_at_which_prices_the_output_is(text, says):
    """Or that the heading does not say it; a quantity that may be counted in tonnes says nothing."""
    roles = roles_of(text, "从业人员")

    assert roles.good_outputs == (text,)
    assert str(roles.reasons[text]) == says
    assert roles.is_real is ("constant" in says)


def test_where_both_prices_are_there_the_constant_one_is_taken_and_the_other_named():
    """A person sees that there was a choice."""
    roles = roles_of("GDP（现价）", "GDP（2010年价）", "从业人员")

    assert roles.good_outputs == ("GDP（2010年价）",)
    assert str(roles.reasons["GDP（2010年价）"]) == (
        "the heading says 'gdp', at constant prices; 'GDP（现价）' is at other prices"
    )


@pytest.mark.parametrize(
    "text", ["工业增加值增速", "GDP增幅", "产值同比增长", "地区生产总值环比", "GDP增长率"]
)
def test_growth_is_no_output(text):
    """A rate is not the amount whose name it bears."""
    assert roles_of(text, "从业人员").good_outputs == ()


def test_prices_in_the_bracket_of_the_unit_are_not_lost(tmp_path):
    """The unit is taken off the heading; its prices are still known."""
    file = tmp_path / "a.csv"
    file.write_text(
        '城市,年份,"GDP（当年价，亿元）",从业人员\na,2010,1.5,2\nb,2010,2.5,3\n', encoding="utf-8"
    )
    panel = read_panel(file, entity="城市", period="年份").panel

    roles = propose_roles(panel)

    assert roles.good_outputs == ("GDP",)
    assert str(roles.reasons["GDP"]) == "the heading says 'gdp', at the prices of each year"
    assert not roles.is_real
