"""Words and signs of tables, written down a second time: one that the reader lost or mistook is noticed.

The lists of the reader are not imported, but asked through what it does with them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import numpy as np
import pandas as pd
import pytest

from xinzhi_core.errors import DataError, Where
from xinzhi_core.panel.checks import check_panel
from xinzhi_core.panel.panel import panel_of
from xinzhi_panel.columns.units import ratio, singles_in, unit_of
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.recognise.cells import (
    cell_text,
    decimal_evidence,
    is_filled,
    is_note,
    is_number,
    is_unit,
    loose,
    parse_number,
    split_unit,
    tidy,
)
from xinzhi_panel.io.recognise.rows.totals import (
    is_region,
    is_total,
    is_total_of_periods,
    is_total_of_series,
    part,
    statistics,
)
from xinzhi_panel.io.recognise.years import looks_like_year, parse_period, without_note
from xinzhi_panel.io.text.encoding import decode, find_delimiter

MISSING = [
    "NA",
    "na",
    "N/A",
    "n/a",
    "n.a.",
    "n.a",
    "nan",
    "NaN",
    "#N/A",
    "#NA",
    "null",
    "NULL",
    "none",
    "None",
    "nil",
    "ND",
    "-",
    "--",
    "---",
    "—",
    "——",
    "―",
    "–",
    "−",
    "－",
    "─",
    "/",
    "\\",
    ".",
    "..",
    "...",
    "…",
    "……",
    "⋯",
    "⋯⋯",
    "缺失",
    "缺",
    "无",
    "暂无",
    "暂缺",
    "空",
    "空值",
    "未公布",
    "不详",
    "无数据",
    "没有数据",
    "数据缺失",
    "缺失值",
    "尚未公布",
    "暂未公布",
    "未统计",
    "no data",
    "not available",
    "- -",
    "— —",
    "－－",
    ". . .",
    "· · ·",
    "<NA>",
    "(NA)",
    "missing",
    "?",
    "？",
    "×",
    "***",
]
NO_MARKS = [
    "0",
    "0.0",
    "零",
    "a",
    "no",
    "N",
    "x",
    "*",
    "+",
    "零星",
    "无锡",
    "空港",
    "----",
    "- - - -",
    "-·-",
    "////",
]


def test_every_mark_of_a_missing_value_is_one():
    """As yearbooks, statistical programs and spreadsheets write them; in any case, with spaces around."""
    for mark in ["", *MISSING]:
        for text in (mark, f" {mark}\u3000", mark.upper()):
            number = parse_number(text)
            assert number is not None, text
            assert number.missing is not None, text
    for text in NO_MARKS:
        number = parse_number(text)
        assert number is None or number.missing is None, text


SPACES = "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000 \t\n"
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"


@pytest.mark.parametrize("sign", SPACES + INVISIBLE, ids=lambda sign: f"U+{ord(sign):04X}")
def test_spaces_and_what_cannot_be_seen_say_nothing(sign):
    """Around a number, a name or a year, and inside a number where they cannot be seen."""
    assert tidy(f"{sign}12{sign}") == "12"
    number = parse_number(f"{sign}-1,050.5{sign}")
    assert number is not None
    assert number.value == -1050.5
    assert loose(f"{sign}GDP{sign}") == "gdp"
    assert parse_period(f"{sign}2008{sign}").value == 2008
    if sign in INVISIBLE:
        assert tidy(f"1{sign}2") == "12"


@pytest.mark.parametrize(
    "mark",
    [
        "①",
        "⑳",
        "❶",
        "➀",
        "⑴",
        "⒇",
        "*",
        "†",
        "‡",
        "§",
        "#",
        "¹",
        "²",
        "³",
        "⁰",
        "⁹",
        "ᵃ",
        "[1]",
        "［12］",
        "【3】",
        "^2",
        "(1)",
        "（9）",
    ],
)
def test_a_mark_of_a_footnote_is_no_digit(mark):
    """It is taken off and said; the number before it stays whole."""
    number = parse_number(f"3576.5{mark}")
    assert number is not None
    assert (number.value, set(number.marks) - {"full_width"}) == (3576.5, {"footnote"})


@pytest.mark.parametrize("sign", ["¥", "￥", "$", "€", "£", "RMB", "CNY", "USD", "US$"])
def test_a_currency_is_no_digit(sign):
    """Before the number; the signs behind it as well."""
    number = parse_number(f"{sign} 1,000.5")
    assert number is not None
    assert (number.value, "currency" in number.marks) == (1000.5, True)
    if len(sign) == 1:
        behind = parse_number(f"1,000.5 {sign}")
        assert behind is not None
        assert behind.value == 1000.5


@pytest.mark.parametrize(
    ("text", "value", "marks"),
    [
        ("１２，３４５．５", 12345.5, {"full_width", "thousands"}),
        ("－１２", -12.0, {"full_width"}),
        ("＋１２", 12.0, {"full_width"}),
        ("‐5", -5.0, set()),
        ("‑5", -5.0, set()),
        ("–5", -5.0, set()),
        ("﹣5", -5.0, set()),
        ("(5)", -5.0, {"paren"}),
        ("(55)", -55.0, {"paren"}),
        ("(-55)", None, None),
        ("(+55)", None, None),
        ("1 234 567.5", 1234567.5, {"thousands"}),
        ("1'234.5", 1234.5, {"thousands"}),
        ("1,234 567", None, None),
        ("12,34", None, None),
        ("1234,567", None, None),
        ("0,123", 123.0, {"thousands"}),
        ("1e5", 1e5, set()),
        ("-1.5E+3", -1500.0, set()),
        ("12.5%", 12.5, set()),
        ("12.5‰", 12.5, set()),
        ("12.5万千瓦时", 12.5, set()),
        ("1" * 100, float("1" * 100), set()),
        ("1" * 101, None, None),
    ],
)  # fmt: skip
def test_how_a_number_may_be_written(text, value, marks):
    """The value, and everything that was understood to get it."""
    number = parse_number(text)
    found = None if number is None else (number.value, set(number.marks))
    assert found == (None if marks is None else (value, marks))


@pytest.mark.parametrize("text", ["inf", "-inf", "Infinity", "∞", "-∞", "无穷", "无穷大"])
def test_what_is_not_finite_keeps_its_sign(text):
    """So that it is refused with its place."""
    number = parse_number(text)
    assert number is not None
    assert number.value == (-np.inf if text.startswith("-") else np.inf)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.050,75", 1050.75), ("1.050", 1050.0), ("1.05", 1.05), ("1,05", 1.05), ("1 050,5", 1050.5)],
)
def test_a_number_with_a_decimal_comma(text, value):
    """Where the comma is the decimal mark the point separates thousands, and only those."""
    number = parse_number(text, decimal=",")
    assert number is not None
    assert number.value == value


EVIDENCE = {
    ",": ["1.050,75", "1 050,5", "0,5", "12,3", "12,34", "12,3456", "1234,567", "-0,125"],
    ".": ["1,050.75", "0.5", "12.3", "12.3456", "1234.567", "1,234,567", ".5"],
    "?": ["1,050", "-12,345", "999,999"],
    None: ["12", "", "a", "1.050", "0", "01,050"],
}


@pytest.mark.parametrize(("text", "mark"), [(t, m) for m, texts in EVIDENCE.items() for t in texts])
def test_what_a_cell_proves_of_the_decimal_mark(text, mark):
    """One of the two, either, or nothing."""
    assert decimal_evidence(text) == mark


# What each unit measures, and how many of the basic one it is: persons, yuan, US dollars, kWh, tonnes,
# tonnes of coal, square kilometres, pieces, per cent, years.
UNITS = {
    ("persons", 1.0): ["人", "persons", "person"],
    ("persons", 1e4): ["万人", "10,000 persons"],
    ("persons", 1e3): ["千人", "thousand persons"],
    ("money", 1.0): ["元", "CNY", "RMB", "yuan"],
    ("money", 1e4): ["万元"],
    ("money", 1e6): ["百万元", "million yuan"],
    ("money", 1e7): ["千万元"],
    ("money", 1e8): ["亿元", "100 million yuan"],
    ("money", 1e9): ["十亿元", "billion yuan"],
    ("money", 1e12): ["万亿元"],
    ("dollars", 1.0): ["美元", "USD"],
    ("dollars", 1e4): ["万美元"],
    ("electricity", 1.0): ["千瓦时", "度", "kWh"],
    ("electricity", 1e-3): ["Wh"],
    ("electricity", 1e3): ["MWh"],
    ("electricity", 1e6): ["GWh"],
    ("electricity", 1e8): ["亿千瓦时"],
    ("mass", 1.0): ["吨", "t", "tonnes", "tons", "tonne", "ton"],
    ("mass", 1e4): ["万吨", "10kt"],
    ("mass", 1e6): ["mt", "million tons"],
    ("energy", 1.0): ["吨标准煤", "吨标煤", "tce"],
    ("energy", 1e4): ["万吨标准煤"],
    ("area", 1.0): ["平方公里", "平方千米", "km2", "km²", "sqkm"],
    ("area", 0.01): ["公顷", "ha"],
    ("area", 1e-6): ["平方米"],
    ("area", 10.0): ["千公顷"],
    ("count", 1.0): ["件", "项", "个"],
    ("percent", 1.0): ["%", "％", "pct", "percent"],
    ("years", 1.0): ["年"],
    (None, 1e3): ["k", "1k", "thousand"],
    (None, 1e4): ["万", "10k"],
    (None, 1e6): ["百万", "million"],
    (None, 1e8): ["亿", "100m"],
    (None, 1e9): ["bn", "billion", "g"],
    (None, 1e2): ["百", "hundred"],
}


@pytest.mark.parametrize(
    ("text", "meaning"), [(text, meaning) for meaning, texts in UNITS.items() for text in texts]
)
def test_what_a_unit_is(text, meaning):
    """A second table of units: dimension and size."""
    unit = unit_of(text)
    assert unit is not None
    assert unit.dimension == meaning[0]
    assert unit.factor == pytest.approx(meaning[1], rel=1e-12)


def test_units_of_one_dimension_are_exchanged_by_their_sizes():
    """万元 per 亿元; of different things both are counted singly."""
    first = [(*meaning, texts[0]) for meaning, texts in UNITS.items() if meaning[0] is not None]
    for (dimension, size, above), (other, other_size, below) in product(first, repeat=2):
        if dimension == other:
            assert ratio(above, below) == pytest.approx(size / other_size, rel=1e-12)
    assert ratio("亿元", "万人") == pytest.approx(1e4)
    assert (singles_in("万户"), singles_in("千瓦"), singles_in("百分点")) == (1e4, 1.0, 1.0)


@pytest.mark.parametrize(
    ("heading", "name", "unit"),
    [
        *[("GDP（亿元）", "GDP", "亿元"), ("GDP(亿元)", "GDP", "亿元"), ("GDP[亿元]", "GDP", "亿元")],
        *[("GDP【亿元】", "GDP", "亿元"), ("GDP（单位：亿元）", "GDP", "亿元")],
        *[("GDP（当年价，亿元）", "GDP", "亿元"), ("人口：万人", "人口", "万人")],
        *[("人口_万人", "人口", "万人"), ("比重%", "比重", "%"), ("密度（人/平方公里）", "密度", "人/平方公里")],
        *[("指数（上年=100）", "指数", "上年=100"), ("Population (10,000 persons)", "Population", "10,000 persons")],
        *[("GDP（现价）", "GDP（现价）", None), ("工业（规模以上）", "工业（规模以上）", None), ("f(x)", "f(x)", None)],
    ],
)  # fmt: skip
def test_the_unit_of_a_heading(heading, name, unit):
    """In any brackets or behind a mark; words that are not units stay in the name."""
    found = split_unit(heading)
    assert found[1] == unit
    assert found[0] == (name if unit else heading)
    assert unit is None or is_unit(unit)


def test_cells_are_filled_numbers_or_text():
    """Zero and False are filled; blanks are not; a truth is no number."""
    assert [is_filled(cell) for cell in (0, False, "0", "x")] == [True] * 4
    assert [is_filled(cell) for cell in (None, "", " ", "\u3000\u200b")] == [False] * 4
    assert [is_number(cell) for cell in (0, 1.5, "1,050", "12%")] == [True] * 4
    assert [is_number(cell) for cell in (None, True, "—", "a", "")] == [False] * 5
    assert [cell_text(cell) for cell in (None, 2008.0, 0.5, " a ")] == ["", "2008", "0.5", "a"]
    notes = [
        "注：快报数",
        "数据来源：统计局",
        "资料来源: x",
        "Note: x",
        "Sources: x",
        "* p",
        "※",
        "① x",
    ]
    assert [is_note(text) for text in notes] == [True] * len(notes)
    assert not any(map(is_note, ["注重县", "来宾市", "单位面积产量", "note", "大同"]))


YEARS = {
    2008: [
        *["2008", "2008.0", "2008年", "2008年度", "2008年末", "FY2008", "２００８", "二〇〇八年", "二零零八"],
        *["2008-01-05", "2008/1/5", "2008.01.05", "2008年1月5日", "20080105", "5/1/2008", "5-Jan-2008"],
        *["Jan 5, 2008", "2008-01-05 00:00", "'08", "08年", "2008(快报)", "2008年预计", "2008*", "2008[1]"],
    ],
    1998: ["'98", "98年", "31-Dec-98"],
    2049: ["'49", "49年"],
    1950: ["'50", "50年"],
    1500: ["1500"],
    2100: ["2100年"],
}  # fmt: skip
NO_YEARS = {
    "era": ["民国97年", "平成20", "昭和50", "令和2年"],
    "range": ["2008-2010", "2008~2010", "2008—2010年"],
    "shorter": ["2008Q1", "2008年上半年", "200801", "2008年3月", "Mar-08", "2008第1季度"],
    "fraction": ["8.5", "-0.5"],
    "blank": ["", "—", "NA"],
    "not_a_period": ["abc", "20081a", "2008-13-05", "2008-01-32"],
}


@pytest.mark.parametrize(("year", "text"), [(y, t) for y, texts in YEARS.items() for t in texts])
def test_a_year_as_people_write_it(year, text):
    """Which year, whatever else stands in the cell."""
    assert parse_period(text).value == year


@pytest.mark.parametrize(("how", "text"), [(h, t) for h, texts in NO_YEARS.items() for t in texts])
def test_what_is_not_a_year_says_what_it_is(how, text):
    """The reason chooses the sentence that a person reads."""
    period = parse_period(text)
    assert (period.value, period.how) == (None, how)


def test_cells_of_dates_are_years():
    """A year typed into a cell for dates is that year, in both customs of spreadsheets."""
    for zero in (date(1899, 12, 30), date(1904, 1, 1)):
        for year in (1900, 1949, 2008, 2100):
            found = parse_period(zero + timedelta(days=year))
            assert (found.value, found.how) == (year, "typed_year")
    assert parse_period(date(2008, 3, 1)).value == 2008
    assert parse_period(datetime(2008, 12, 31, 16, tzinfo=UTC)).how == "timezone"
    assert parse_period(datetime(2008, 12, 31, 11, tzinfo=UTC)).value == 2008
    assert parse_period(datetime(2008, 12, 30, 16, tzinfo=UTC)).value == 2008
    assert [parse_period(cell).value for cell in (2008, 2008.0, True, 2008.5)] == [
        2008,
        2008,
        None,
        None,
    ]
    seen = ["1900", "2100", "1899", "2101", "'08", "GDP"]
    assert [looks_like_year(text) for text in seen] == [True, True, False, False, False, False]
    assert without_note("GDP2022（快报）") == "GDP2022"
    assert without_note("GDP（2022）") == "GDP（2022）"


TOTALS = [
    "合计",
    "总计",
    "小计",
    "共计",
    "全国",
    "平均",
    "均值",
    "中位数",
    "标准差",
    "最大值",
    "最小值",
    "汇总",
    "累计",
    "合",
    "全部城市",
    "所有样本",
    "年均增长",
    "同比增长",
]
TOTALS += ["变异系数", "众数", "极差", "标准偏差", "加总", "总和", "均数", "中位值"]
TOTALS += [
    "Total",
    "Grand total",
    "Sub-total",
    "Average",
    "Mean",
    "Median",
    "All cities",
    "Nationwide",
    "Overall",
]
PLACES = [
    "合肥",
    "全椒县",
    "总口镇",
    "平顶山",
    "平凉",
    "大同",
    "大兴安岭地区",
    "中卫",
    "东莞",
    "西安",
    "Totnes",
    "Meaning",
    "Beijing",
]
REGIONS = [
    "东部",
    "西部地区",
    "中部地区",
    "东北",
    "东北地区",
    "华北",
    "华东地区",
    "长三角",
    "珠三角",
    "京津冀",
    "长江经济带",
    "沿海地区",
    "内陆地区",
]


def test_totals_and_regions_are_not_places():
    """Rows of these names are no entities; places whose names hold the same signs are."""
    for name in TOTALS:
        assert is_total(name), name
        assert is_total(f" {name}："), name
    for name in REGIONS:
        assert is_region(name), name
    assert not any(is_total(name) or is_region(name) for name in PLACES)
    assert all(map(is_total_of_series, ["合计", "工业合计", "Total", "平均"]))
    assert not any(map(is_total_of_series, ["全国", "工业", "制造"]))
    assert all(
        map(is_total_of_periods, ["小计", "平均", "2019-2022年平均", "增长率", "同比", "Total"])
    )
    assert not any(map(is_total_of_periods, ["2019", "2019年", ""]))
    summary = [
        "min",
        "max",
        "sd",
        "std",
        "var",
        "minimum",
        "maximum",
        "n",
        "obs",
        "count",
        "p25",
        "p50",
        "p75",
        "q1",
        "q3",
    ]
    assert statistics([*summary, "mean"]) == frozenset(summary)
    assert statistics(summary) == frozenset()
    assert (part("其中：市辖区"), part("其中"), part("#县域"), part("大同")) == (
        "市辖区",
        "",
        "县域",
        None,
    )


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "，"])
def test_what_separates_fields_is_found(mark):
    """Each of the five, also where fields hold another of them."""
    lines = [["city", "year", "x"], ["A", "2008", "1"], ["B", "2009", "2"]]
    assert find_delimiter("\n".join(mark.join(line) for line in lines)) == mark
    other = ";" if mark != ";" else "|"
    lines[1][0] = f"A{other}a"
    assert find_delimiter("\n".join(mark.join(line) for line in lines)) == mark


TEXT = "城市,年份,值\n唐山市,2008,1.5\n大同市,2009,2.5\n太原市,2009,3\n"
MARKED = {
    "utf-8": b"\xef\xbb\xbf",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
    "utf-32-le": b"\xff\xfe\x00\x00",
    "utf-32-be": b"\x00\x00\xfe\xff",
}


@pytest.mark.parametrize("encoding", MARKED)
def test_a_mark_says_the_encoding(encoding):
    """All five, none taken for another; a second mark is no text."""
    for mark in (MARKED[encoding], MARKED[encoding] + "\ufeff".encode(encoding)):
        found = decode(mark + TEXT.encode(encoding), Where())
        assert (found.text, found.encoding, found.by) == (TEXT, encoding, "mark")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_without_a_mark_the_bytes_say_it(encoding):
    """Every one that is expected; nothing is replaced."""
    found = decode(TEXT.encode(encoding), Where())
    assert (found.text, found.encoding, found.by) == (TEXT, encoding, "bytes")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (TEXT.encode() + b"\xff", "encoding.bad_byte"),
        (TEXT.encode() + b"a\x00b,1,2\n", "layout.nul"),
        (TEXT.encode().replace(b"1.5", "\ufffd".encode()), "encoding.replaced"),
        ("город,год\nМосква,2008\n".encode("cp1251") * 5, "encoding.unknown"),
    ],
)
def test_bytes_that_mean_nothing_are_refused(data, code):
    """With what is wrong, and where."""
    with pytest.raises(DataError) as caught:
        decode(data, Where(file="a.csv"))
    assert caught.value.code == code
    assert caught.value.problems[0].where.row or code == "encoding.unknown"


SENTINELS = [-1, -9, -88, -99, -888, -999, -8888, -9999, -99999, 9999, 99999, 999999, 9999999]


@pytest.mark.parametrize("code", SENTINELS)
def test_every_code_for_a_missing_value_is_doubted(code):
    """Among numbers that are all small and positive; one beside it is a number."""
    index = pd.MultiIndex.from_product(
        [["a", "b", "c", "d"], [2008, 2009]], names=["entity", "period"]
    )
    others = np.linspace(0.2, 0.9, 8)

    def doubted(value: float) -> bool:
        values = others.copy()
        values[3] = value
        frame = pd.DataFrame({"x": values}, index=index)
        return "number.sentinel" in {p.code for p in check_panel(panel_of(frame))}

    assert doubted(code)
    assert not doubted(code + 0.5)


@pytest.mark.parametrize(("largest", "is_doubted"), [(1990.0, True), (2010.0, False)])
def test_a_code_among_numbers_of_its_size_is_a_number(largest, is_doubted):
    """9999 is doubted where it is five times as large as all others."""
    index = pd.MultiIndex.from_product([["a", "b"], [2008, 2009]], names=["entity", "period"])
    frame = pd.DataFrame({"x": [1.0, largest, 9999.0, 3.0]}, index=index)
    codes = {problem.code for problem in check_panel(panel_of(frame))}
    assert ("number.sentinel" in codes) == is_doubted


ERRORS = ["#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"]


@pytest.mark.parametrize("error", [*ERRORS, *(error.lower() for error in ERRORS)])
def test_every_error_of_a_spreadsheet_is_refused_at_its_cell(tmp_path, error):
    """In any case; none is a missing value or a text."""
    rows = [f"c{i},2008,{error if i == 2 else i}" for i in range(9)]
    (tmp_path / "a.csv").write_text("\n".join(["city,year,x", *rows]), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_panel(tmp_path / "a.csv", entity="city", period="year")
    assert [(p.code, p.where.row) for p in caught.value.problems] == [("excel.error_cell", 4)]


@pytest.mark.parametrize("same", [True, False])
def test_two_rows_of_one_key(tmp_path, same):
    """Identical ones are one, and counted; different ones are refused with the place of the second."""
    rows = ["A,2008,1", "A,2009,2", "B,2008,3", "B,2009,4", f"A,2009,{2 if same else 5}"]
    (tmp_path / "a.csv").write_text("\n".join(["city,year,x", *rows]), encoding="utf-8")
    if same:
        read = read_panel(tmp_path / "a.csv", entity="city", period="year")
        assert read.panel.frame["x"].tolist() == [1.0, 2.0, 3.0, 4.0]
        assert any("duplicate" in p.code for p in read.warnings)
        return
    with pytest.raises(DataError) as caught:
        read_panel(tmp_path / "a.csv", entity="city", period="year")
    where = caught.value.problems[0].where
    assert (where.entity, where.period) == ("A", 2009)
