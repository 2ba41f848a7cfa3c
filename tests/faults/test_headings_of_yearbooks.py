"""Headings as yearbooks print them: groups over names, merged cells, units in a row, in names, in titles."""

from __future__ import annotations

import pytest
import xlsxwriter

from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.recognise.cells import split_unit

CITIES = ("大同", "阳泉", "鞍山", "淮南")
GROUPED = ["工业 产值", "工业 用电量", "农业 产值", "农业 面积"]


def rows(width):
    return [
        [city, year, *(round(1.5 * i + k + j / 10, 2) for j in range(width))]
        for i, city in enumerate(CITIES)
        for k, year in enumerate((2019, 2020, 2021))
    ]


def read_book(folder, lines, *merged, period="年份"):
    path = folder / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                if cell != "":
                    sheet.write(number, column, cell)
        for place in merged:
            sheet.merge_range(*place)
    return read_panel(path, entity="城市", period=period).panel


def read_csv(folder, lines):
    path = folder / "t.csv"
    path.write_text(
        "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines), encoding="utf-8"
    )
    return read_panel(path, entity="城市", period="年份").panel


def is_whole(panel, names):
    frame = panel.frame
    return list(frame.columns) == names and all(
        frame.loc[(city, year)].tolist() == values for city, year, *values in rows(len(names))
    )


LEVEL = ["", "", "产值", "用电量", "产值", "面积"]
EMPTY = [""] * 6
GROUPS = ((0, 2, 0, 3, "工业"), (0, 4, 0, 5, "农业"))


def below(n, places):
    return [(a + n, b, c + n, d, text) for a, b, c, d, text in places]


def test_groups_and_keys_over_two_rows_are_joined(tmp_path):
    """The usual heading: keys merged downwards, groups merged sideways."""
    keys = ((0, 0, 1, 0, "城市"), (0, 1, 1, 1, "年份"))
    assert is_whole(read_book(tmp_path, [EMPTY, LEVEL, *rows(4)], *keys, *GROUPS), GROUPED)


@pytest.mark.parametrize("last", ["面积", "亩产"])
def test_groups_above_a_row_with_the_keys_are_joined(last, tmp_path):
    """Also where the names below them differ already."""
    second = ["城市", "年份", "产值", "用电量", "产值" if last == "面积" else "亩产", "面积"]
    wanted = [*GROUPED[:2], f"农业 {second[4]}", GROUPED[3]]
    assert is_whole(read_book(tmp_path, [EMPTY, second, *rows(4)], *GROUPS), wanted)
    first = ["", "", "工业", "", "农业", ""]
    assert is_whole(read_csv(tmp_path, [first, second, *rows(4)]), wanted)


def test_a_title_above_is_no_group(tmp_path):
    """One text over all columns, over the first, or a title and a unit at both ends."""
    names = ["人口", "产值", "用电量", "面积"]
    head = ["城市", "年份", *names]
    for title in (["表1 主要指标"], ["", "", "主要指标"], ["", "", "", "表1", "", "单位：亿元"]):
        lines = [[*title, *[""] * (6 - len(title))], head, *rows(4)]
        assert is_whole(read_csv(tmp_path, lines), names)
    merged = (0, 0, 0, 5, "2019年主要指标")
    assert is_whole(read_book(tmp_path, [EMPTY, head, *rows(4)], merged), names)


def test_a_title_over_groups_over_names_over_units(tmp_path):
    """Four rows of heading in one sheet."""
    units = ["", "", "亿元", "亿千瓦时", "亿元", "公顷"]
    merged = (
        (0, 0, 0, 5, "表1 主要指标"),
        *below(1, ((0, 0, 1, 0, "城市"), (0, 1, 1, 1, "年份"), *GROUPS)),
    )
    panel = read_book(tmp_path, [EMPTY, EMPTY, LEVEL, units, *rows(4)], *merged)
    assert is_whole(panel, GROUPED)
    assert list(panel.units.values()) == ["亿元", "亿千瓦时", "亿元", "公顷"]


def test_the_unit_of_a_group_is_that_of_its_columns(tmp_path):
    """增加值（亿元） over 第一产业: the unit is kept as a unit."""
    groups = ((0, 2, 0, 3, "增加值（亿元）"), (0, 4, 0, 5, "人口（万人）"))
    keys = ((0, 0, 1, 0, "城市"), (0, 1, 1, 1, "年份"))
    level = ["", "", "第一产业", "第二产业", "城镇", "农村"]
    panel = read_book(tmp_path, [EMPTY, level, *rows(4)], *keys, *groups)
    assert is_whole(panel, ["增加值 第一产业", "增加值 第二产业", "人口 城镇", "人口 农村"])
    assert list(panel.units.values()) == ["亿元", "亿元", "万人", "万人"]


def test_variables_with_units_over_years_become_rows(tmp_path):
    """The wide table of a yearbook."""
    years = ["", "2019年", "2020年", "2019年", "2020年"]
    cells = [[city, 1.5 + i, 2.5, 3.5, 4.5] for i, city in enumerate(CITIES)]
    merged = ((0, 0, 1, 0, "城市"), (0, 1, 0, 2, "人口（万人）"), (0, 3, 0, 4, "产值（亿元）"))
    panel = read_book(tmp_path, [[""] * 5, years, *cells], *merged)
    assert panel.units == {"人口": "万人", "产值": "亿元"}
    assert panel.frame.loc[("鞍山", 2020)].to_dict() == {"人口": 2.5, "产值": 4.5}


@pytest.mark.parametrize(
    "units",
    [
        ["", "", "（亿元）", "（万人）", "（%）"],
        ["单位", "年", "亿元", "万人", "%"],
        ["（单位）", "", "亿元", "万人", "%"],
    ],
)
def test_a_row_of_units_is_read(units, tmp_path):
    """With brackets or without, with 单位 at the keys or nothing."""
    panel = read_csv(tmp_path, [["城市", "年份", "产值", "人口", "增速"], units, *rows(3)])
    assert is_whole(panel, ["产值", "人口", "增速"])
    assert panel.units == {"产值": "亿元", "人口": "万人", "增速": "%"}


def test_the_unit_of_a_title_is_that_of_the_one_variable(tmp_path):
    """Years across or one column; above several variables it may be that of some."""
    cells = [[city, 1.5 + i, 2.5] for i, city in enumerate(CITIES)]
    path = tmp_path / "wide.csv"
    lines = [["单位：万人", "", ""], ["城市", 2019, 2020], *cells]
    path.write_text("\n".join(",".join(map(str, line)) for line in lines), encoding="utf-8")
    assert set(read_panel(path, entity="城市", period="年份").panel.units.values()) == {"万人"}
    one = [["单位：万人", "", ""], ["城市", "年份", "人口"], *rows(1)]
    assert read_csv(tmp_path, one).units == {"人口": "万人"}
    two = [["单位：万人", "", "", ""], ["城市", "年份", "人口", "产值"], *rows(2)]
    assert not read_csv(tmp_path, two).units


@pytest.mark.parametrize(
    ("heading", "name", "unit"),
    [
        ("产值(亿元)", "产值", "亿元"),
        ("人口：万人", "人口", "万人"),
        ("用电 亿千瓦时", "用电", "亿千瓦时"),
        ("面积_公顷", "面积", "公顷"),
        ("工资，元", "工资", "元"),
        ("增速%", "增速", "%"),
        ("占比 %", "占比", "%"),
        ("GDP（亿元，当年价）", "GDP", "亿元"),
        ("产值（2005年不变价、亿元）", "产值", "亿元"),
        ("GDP (100 million yuan)", "GDP", "100 million yuan"),
        ("税收/亿元", "税收/亿元", None),
        ("产值/人", "产值/人", None),
        ("其中：工业", "其中：工业", None),
        ("城镇 人口", "城镇 人口", None),
        ("企业 家", "企业 家", None),
        ("万人拥有公交车", "万人拥有公交车", None),
        ("f(x)", "f(x)", None),
        ("X_t", "X_t", None),
    ],
)
def test_units_are_split_off_names(heading, name, unit):
    """A stroke may divide: 税收/亿元 stays as it is."""
    assert split_unit(heading) == (name, unit)
