"""Rows that are no data, headings of several rows, sheets in parts: read as meant, and said."""

from __future__ import annotations

import openpyxl
import pytest

from made_files import HEADER, KEYS, ROWS, is_truth, read_bytes, read_lines, text_of
from xinzhi_core.errors import DataError
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.read import read_panel, read_series


def padded(*cells):
    return [*cells, *[""] * (len(HEADER) - len(cells))]


def in_blocks(row):
    """The table with a row below each city."""
    return [HEADER, *ROWS[:3], [ROWS[0][0], *row], *ROWS[3:], [ROWS[3][0], *row]]


def warned(result):
    return {warning.code: str(warning) for warning in result.warnings}


def decided(result):
    return {decision.code: decision for decision in result.decisions}


TOTALS = (
    *(
        "合计",
        "全国",
        "全省合计",
        "东部",
        "东部地区",
        "长三角",
        "东部10省市",
        "一、合计",
        "合计（亿元）",
        "其他平均",
    ),
    *(
        "全部城市平均",
        "资源型城市小计",
        "中位数",
        "标准差",
        "比上年增长%",
        "其中：市辖区",
        "其中：东部地区",
        "#市区",
    ),
    *("Total", "Grand Total", "Average", "Std. Dev.", "唐山 汇总", "唐山 Total", "Eastern China"),
)


@pytest.mark.parametrize("name", TOTALS)
def test_a_total_region_or_average_between_the_rows_is_left_out_and_named(name, tmp_path):
    """Kept, it would be the largest city of all and span the frontier."""
    total = [[name, year, "1000.5", "9000.25"] for year in ("2008", "2009")]
    result = read_lines(tmp_path, [HEADER, *ROWS[:3], *total, *ROWS[3:]])
    assert is_truth(result)
    said = warned(result)["layout.totals"]
    assert "5, 6" in said
    assert name in said


def test_statistics_are_left_out_where_a_mean_is_among_them(tmp_path):
    """Max and N beside Mean are statistics; Max alone may be the name of a firm."""
    table = [["Mean", "2008", "1", "2"], ["Max", "2008", "3", "4"], ["N", "2008", "2", "2"]]
    assert is_truth(read_lines(tmp_path, [HEADER, *ROWS, *table]))
    frame = read_lines(tmp_path, [HEADER, *ROWS, table[1]]).panel.frame
    assert "Max" in frame.index.get_level_values(0)


@pytest.mark.parametrize("name", ["其中：唐山", "其中：石家庄"])
def test_a_part_that_may_be_an_entity_is_refused(name, tmp_path):
    """Whether the row is a city or a share of the row above it, the person must say."""
    with pytest.raises(DataError) as caught:
        read_lines(tmp_path, [HEADER, *ROWS, [name, "2008", "1", "2"]])
    assert caught.value.code == "names.part"
    assert caught.value.problems[0].where.row == len(ROWS) + 2


@pytest.mark.parametrize(
    "period", ["小计", "合计", "三年平均", "2008-2010年平均", "年均增长率(%)", "累计", "Total"]
)
def test_a_total_in_the_column_of_periods_is_left_out_and_named(period, tmp_path):
    """小计 stands where a year should: the row is the sum of the rows above."""
    result = read_lines(tmp_path, in_blocks([period, "1", "2"]))
    assert is_truth(result)
    assert "5, 9" in warned(result)["layout.totals"]
    assert period in warned(result)["layout.totals"]


def test_a_range_of_years_alone_stays_an_error(tmp_path):
    """2008-2010 may be a period of its own: nothing says that it is a total."""
    with pytest.raises(DataError) as caught:
        read_lines(tmp_path, in_blocks(["2008-2010", "1", "2"]))
    assert caught.value.code == "year.range"


def test_a_total_without_a_name_is_known_by_another_column(tmp_path):
    """山西合计 in the column of provinces, nothing in that of cities."""
    lines = [
        ["省份", *HEADER],
        *(["山西", *row] for row in ROWS),
        ["山西合计", "", "2008", "1", "2"],
    ]
    result = read_lines(tmp_path, lines)
    assert len(result.panel.frame) == len(ROWS)
    assert "山西合计" in warned(result)["layout.totals"]


def test_names_that_are_stated_to_be_entities_are_kept(tmp_path):
    """A firm may be called 合计: `entities` says so, and nothing is left out."""
    text = text_of([HEADER, *ROWS, ["合计", "2008", "1", "2"], ["东部", "2008", "1.5", "2"]])
    result = read_bytes(tmp_path, text.encode(), reading=ReadOptions(entities=("合计", "东部")))
    assert {"合计", "东部"} <= set(result.panel.entities)
    assert "layout.totals" not in warned(result)
    assert result.stated["entities"] == ("合计", "东部")


@pytest.mark.parametrize(
    "names",
    [
        ("东部", "中部", "西部", "东北"),
        ("华北", "东北", "华东", "华中", "西北", "南方"),
        ("Central", "Western", "Eastern", "Northern", "Ashanti", "Volta"),
        ("Total", "Shell", "BP", "Eni"),
    ],
)
def test_a_table_of_regions_is_a_table_of_regions(names, tmp_path):
    """Regions that are the entities are kept; so are names of regions elsewhere in the world."""
    lines = [[n, y, str(i + 1.5), str(7.25 * i + 2)] for i, n in enumerate(names) for y in "12"]
    read = read_bytes(
        tmp_path, text_of([HEADER, *lines]).encode(), reading=ReadOptions(entities=("Total",))
    )
    assert set(read.panel.entities) == set(names)
    assert "layout.totals" not in warned(read)


def test_a_table_of_series_keeps_the_nation_and_the_regions(tmp_path):
    """A series keyed by region may be asked for just these; plain totals are left out."""
    path = tmp_path / "s.csv"
    path.write_text("地区,价格\n全国,1\n东部,2\n其中：沿海,3\n合计,4\n", encoding="utf-8")
    assert list(read_series(path, keys=["地区"]).frame.index) == ["东部", "全国", "其中：沿海"]


HEADINGS = ("河北省", "山西", "内蒙古自治区", "一、河北省", "北京市", "（一）东部地区")


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_of_provinces_between_the_rows_are_no_data(heading, tmp_path):
    """They hold no number; they are left out and said, also in a csv row of one field."""
    result = read_lines(tmp_path, [HEADER, padded(heading), *ROWS[:3], [heading], *ROWS[3:]])
    assert is_truth(result)
    assert decided(result)["layout.headings"].count == 2


def test_another_lone_name_is_left_out_with_a_warning(tmp_path):
    """成长型 may be a heading, 朔州 a city without figures: the warning has row and name."""
    result = read_lines(tmp_path, [HEADER, *ROWS[:3], padded("朔州"), *ROWS[3:]])
    assert is_truth(result)
    assert "朔州" in warned(result)["layout.lone_name"]


def test_a_lone_name_of_an_entity_is_refused(tmp_path):
    """A row that carries the name of a city and nothing else may have lost its figures."""
    with pytest.raises(DataError) as caught:
        read_lines(tmp_path, [HEADER, *ROWS, padded("大同")])
    assert caught.value.code == "panel.blank_key"


def test_a_province_without_figures_stays_among_provinces(tmp_path):
    """In a cross-section of provinces the row is missing data, not a heading."""
    lines = [["城市", "人口"], ["西藏", ""], ["河北", "7"], ["山西", "3"]]
    path = tmp_path / "p.csv"
    path.write_text(text_of(lines), encoding="utf-8")
    assert len(read_panel(path, entity="城市", period=None).panel.frame) == 3


NOTES = (
    *(
        "本表按当年价格计算，2010年为快报数。",
        "以上数据为初步核算数",
        "2010年为快报数",
        "（完）",
        "第1页 共3页",
    ),
    *("Data for 2010 are preliminary estimates only", "制表人：张三", "报出日期：2011年1月5日"),
)


@pytest.mark.parametrize("note", NOTES)
def test_notes_below_the_table_need_no_mark(note, tmp_path):
    """A sentence, the number of a page, a signature: one cell or one field."""
    for lines in ([padded(note)], [[note]]):
        result = read_lines(tmp_path, [HEADER, *ROWS, padded(), *lines])
        assert is_truth(result)
        assert decided(result)["layout.notes"].count == 1


@pytest.mark.parametrize(
    "line",
    [
        ["制表：统计局", "", "审核：张", "日期：2011-01-05"],
        ["制表人", "张三", "审核人", "李四"],
        ["制表：统计局", "2011-01-05", "", ""],
        ["审核：张三", "", "联系电话：", "13800000000"],
        ["", "", "制表：统计局", ""],
        ["打印日期", "2011-01-05", "", ""],
    ],
)
def test_a_line_of_signatures_is_no_data(line, tmp_path):
    """Dates and telephone numbers in it are no figures of an entity."""
    result = read_lines(tmp_path, [HEADER, *ROWS, line])
    assert is_truth(result)
    assert decided(result)["layout.notes"].count == 1


def test_a_note_that_its_comma_cuts_is_a_note(tmp_path):
    """Two fields in a csv of four are no ragged row where they are words below the table."""
    text = text_of() + "注:本表按当年价格计算,2010年为快报数\n"
    assert is_truth(read_bytes(tmp_path, text.encode()))


def test_merged_notes_and_headings_of_a_workbook_are_no_data(tmp_path):
    """A cell that is merged over the whole row is one text, not one in each column."""
    book = openpyxl.Workbook()
    sheet = book.active
    lines = [
        HEADER,
        padded("河北省"),
        *ROWS[:3],
        padded("山西省"),
        *ROWS[3:],
        padded("本表按当年价格计算。"),
    ]
    for line in lines:
        sheet.append([float(c) if c.replace(".", "").isdigit() else c or None for c in line])
    for row in (2, 6, 10):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
    book.save(tmp_path / "m.xlsx")
    result = read_panel(tmp_path / "m.xlsx", **KEYS)
    assert is_truth(result)
    assert {"layout.headings", "layout.notes"} <= set(decided(result))


@pytest.mark.parametrize(
    "mark", ["续表1", "续表", "（续表）", "表3-2 主要指标（续）", "接上表", "continued", "— 2 —"]
)
def test_a_continued_table_repeats_its_heading(mark, tmp_path):
    """Pages printed below one another are one table."""
    units = ["", "", "万人", "亿元"]
    lines = [HEADER, units, *ROWS[:3], [mark], HEADER, units, *ROWS[3:]]
    result = read_lines(tmp_path, lines)
    assert is_truth(result)
    assert "layout.repeated_header" in warned(result)


@pytest.mark.parametrize(
    "other", [["城市", "年份", "能源", "废水"], ["城市", "年份", "产值", "人口"]]
)
def test_a_second_table_with_other_columns_is_refused(other, tmp_path):
    """Its figures would be read into the columns of the first one."""
    with pytest.raises(DataError) as caught:
        read_lines(tmp_path, [HEADER, *ROWS[:3], padded("续表"), other, *ROWS[3:]])
    assert caught.value.code == "layout.second_table"
    assert caught.value.problems[0].where.row == 6


@pytest.mark.parametrize(
    "lines",
    [
        [HEADER],
        [HEADER, padded(), padded()],
        [HEADER, padded("注：无数据")],
        [padded("表1"), HEADER],
        [HEADER, ["", "", "万人", "亿元"]],
    ],
)
def test_a_heading_without_rows_is_an_error(lines, tmp_path):
    """An empty table is never what was meant."""
    with pytest.raises(DataError) as caught:
        read_lines(tmp_path, lines)
    assert caught.value.code == "layout.no_rows"


BELOW = {
    "symbols": [["", "", "L", "Y"]],
    "symbols at the keys too": [["i", "t", "L", "Y"]],
    "another language and symbols": [["City", "Year", "Labour", "GDP"], ["", "", "L", "Y"]],
    "units and symbols": [["", "", "万人", "亿元"], ["", "", "L", "Y"]],
    "all of them": [
        ["City", "Year", "Labour", "GDP"],
        ["", "", "万人", "亿元"],
        ["", "", "L", "Y"],
    ],
    "numbers of columns": [["甲", "乙", "1", "2"]],
    "a blank row and units": [padded(), ["", "", "万人", "亿元"]],
}


@pytest.mark.parametrize("name", BELOW)
def test_rows_below_the_names_that_explain_them_are_no_data(name, tmp_path):
    """The names stay those of the first row."""
    result = read_lines(tmp_path, [HEADER, *BELOW[name], *ROWS])
    assert is_truth(result)
    assert {"layout.explained", "layout.translation", "units.row"} & set(decided(result))


def test_names_over_three_rows_are_put_together(tmp_path):
    """Group, sub-group and name; the name comes last."""
    lines = [["城市", "年份", "投入", "产出"], ["", "", "劳动", "增加值"], ["", "", "人口", "产值"]]
    frame = read_lines(tmp_path, [*lines, *ROWS]).panel.frame
    assert list(frame.columns) == ["投入 劳动 人口", "产出 增加值 产值"]


@pytest.mark.parametrize(
    "head",
    [
        [["城市", "2008年", "", "2009年", ""], ["", "人口", "产值", "人口", "产值"]],
        [["", "2008年", "", "2009年", ""], ["城市", "人口", "产值", "人口", "产值"]],
        [
            ["城市", "2008", "", "2009", ""],
            ["", "人口", "产值", "人口", "产值"],
            ["", *["万人", "亿元"] * 2],
        ],
    ],
)
def test_years_over_names_become_rows_whatever_the_height_of_the_heading(head, tmp_path):
    """The keys may stand in the lower row, units below; units go to the variable."""
    result = read_lines(
        tmp_path, [*head, ["唐山", "1", "2", "3", "4"], ["大同", "5", "6", "7", "8"]]
    )
    assert result.panel.frame.loc[("唐山", 2009)].to_dict() == {"人口": 3.0, "产值": 4.0}
    assert dict(result.panel.units) in ({}, {"人口": "万人", "产值": "亿元"})


def test_a_unit_that_changes_between_the_years_is_refused(tmp_path):
    """GDP in 亿元 in one year and in 万元 in the next are not one series."""
    with pytest.raises(DataError) as caught:
        read_lines(tmp_path, [["城市", "产值2008（亿元）", "产值2009（万元）"], ["唐山", "1", "2"]])
    assert caught.value.code == "units.differ"


def sheets(folder, parts):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in parts.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append([float(c) if c.replace(".", "").isdigit() else c or None for c in line])
    book.save(folder / "s.xlsx")
    return folder / "s.xlsx"


def of_year(year):
    return [row for row in ROWS if row[1] == year]


def without_years(year):
    return [[HEADER[0], *HEADER[2:]], *([row[0], *row[2:]] for row in of_year(year))]


PARTS = {
    "years in a column": {
        "2008-2009": [HEADER, *of_year("2008"), *of_year("2009")],
        "2010": [HEADER, *of_year("2010")],
    },
    "years as names": {year: without_years(year) for year in ("2008", "2009", "2010")},
    "titles and notes": {
        f"{year}年": [[f"{year}年"], *without_years(year), ["注：快报"]]
        for year in ("2008", "2009", "2010")
    },
    "regions": {"河北": [HEADER, *ROWS[:3]], "山西": [HEADER, *ROWS[3:]]},
    "other order": {
        "2008": [HEADER, *of_year("2008"), *of_year("2009")],
        "2010": [[*HEADER[:2], *HEADER[:1:-1]], *([*r[:2], *r[:1:-1]] for r in of_year("2010"))],
    },
}


@pytest.mark.parametrize("name", PARTS)
def test_sheets_that_are_parts_of_one_table_are_put_together(name, tmp_path):
    """The same columns, no key twice: years or regions, each on a sheet."""
    result = read_panel(sheets(tmp_path, PARTS[name]), **KEYS)
    assert is_truth(result)
    assert decided(result)["excel.stacked"].count == len(PARTS[name])


@pytest.mark.parametrize(
    "parts",
    [
        {"新": [HEADER, *ROWS], "旧": [HEADER, *ROWS]},
        {"2008": [HEADER, *of_year("2008")], "汇总": [HEADER, *ROWS]},
        {"甲": without_years("2008"), "乙": without_years("2009")},
    ],
)
def test_sheets_that_are_no_parts_of_one_table_must_be_told_apart(parts, tmp_path):
    """Two versions, a summary beside its parts, sheets without years: nothing is guessed."""
    with pytest.raises(DataError) as caught:
        read_panel(sheets(tmp_path, parts), **KEYS)
    assert caught.value.code == "excel.sheet_ambiguous"


@pytest.mark.parametrize(
    ("heading", "other", "code"),
    [
        ("产值", "废水", "excel.column_absent"),
        ("产值（亿元）", "产值（万元）", "panel.unit_jump"),
    ],
)
def test_years_with_another_column_or_unit_are_read_with_a_warning(heading, other, code, tmp_path):
    """A column that a year lacks is empty there; figures are converted as the headings say, and a break is told."""
    first = [[*HEADER[:3], heading], *of_year("2008")]
    parts = {"2008": first, "2009": [[*HEADER[:3], other], *of_year("2009")]}

    result = read_panel(sheets(tmp_path, parts), **KEYS)

    assert code in {warning.code for warning in result.warnings}
    if other == "废水":
        assert result.panel.frame["产值"].isna().tolist() == [False, True] * 2
        assert result.panel.frame["废水"].isna().tolist() == [True, False] * 2
    else:
        assert result.panel.units["产值"] == "万元"
        assert decided(result)["units.converted"].where.column == "产值"


def test_a_problem_in_one_of_several_sheets_is_said_with_sheet_and_row(tmp_path):
    """Row 3 of the second sheet, not row 6 of nothing."""
    second = [HEADER, of_year("2010")[0], [*of_year("2010")[1][:3], "约3"]]
    parts = {"2008": [HEADER, *of_year("2008"), *of_year("2009")], "2010": second}
    with pytest.raises(DataError) as caught:
        read_panel(sheets(tmp_path, parts), **KEYS)
    where = caught.value.problems[0].where
    assert (where.sheet, where.row) == ("2010", 3)
