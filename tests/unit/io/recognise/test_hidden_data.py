"""A row of data that is written into one cell is refused with its words; text around a table is left out."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from xinzhi_core.errors import DataError
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.read import read_panel, read_series

CITIES = ("唐山", "大同", "呼和浩特", "阳泉")
HEAD = ["城市", "年份", "人口", "产值"]
LONG = [
    [city, year, 310.5 + 40 * i + k, 1200 + 75 * i + 31 * k]
    for i, city in enumerate(CITIES)
    for k, year in enumerate((2016, 2017, 2018))
]
CODE = "layout.delimiter"
DATA = {
    "semicolons": "唐山;2019;729.5;3561.25",
    "a tab": "唐山\t2019\t729.5\t3561.25",
    "full-width commas": "唐山，2019，729.5，3561.25",
    "enumeration commas": "唐山、2019、729.5、3561.25",
    "bars": "唐山|2019|729.5|3561.25",
    "full-width bars": "唐山｜2019｜729.5｜3561.25",
    "blanks": "唐山 2019 729.5 3561.25",
    "many blanks": "唐山      2019     729.5    3561.25",
    "ideographic blanks": "唐山\u30002019\u3000729.5\u30003561.25",
    "commas": "唐山,2019,729.5,3561.25",
    "commas and thousands": '唐山,2019,729.5,"3,561.25"',
    "slashes": "唐山/2019/729.5/3561.25",
    "several separators": "唐山;2019 729.5|3561.25",
    "too few fields": "唐山;2019;729.5",
    "too many fields": "唐山;2019;729.5;3561.25;12",
    "empty fields behind": "唐山;2019;729.5;3561.25;;",
    "missing values": "唐山;2019;—;—",
    "empty values": "唐山;2019;;",
    "a name and a period": "唐山 2019",
    "the ending of the name": "唐山市 2019 729.5 3561.25",
    "nothing between": "唐山2019年729.5万人3561.25亿元",
    "units": "唐山;2019年;729.5万人;3561.25亿元",
    "a city that no row has": "朔州;2019;729.5;3561.25",
    "a county that no row has": "朔州市 2019 729.5 3561.25",
    "a firm that no register has": "某新城;2019;729.5;3561.25",
    "no name": ";2019;729.5;3561.25",
    "numbers alone": "2019 729.5 3561.25",
    "one number alone": "3561.25",
    "a marked row": "*唐山;2019;729.5;3561.25",
    "a numbered row": "(1) 唐山;2019;729.5;3561.25",
    "names of columns between": "人口：729.5；产值：3561.25；2019",
    "several rows in one cell": "唐山;2019;729.5;3561.25\n大同;2019;331.75;694.25",
    "quotation marks": "“唐山”，“2019”，“729.5”，“3561.25”",
}
TEXT = {
    "a note": "注：2017年数据为快报数。",
    "a note with numbers": "注：2017年大同人口331.75万人，产值694.25亿元，为快报数。",
    "a numbered note": "注1：2018年起按常住人口计算",
    "a note in brackets": "（1）2018年为快报数，2017年为年报数",
    "a mark and a sentence": "① 2018年起口径调整，2016、2017年未调整。",
    "a star": "*数据为2018年快报数",
    "a source": "数据来源：《中国城市统计年鉴2018》",
    "a source with pages": "资料来源：《中国城市统计年鉴2018》第12-15页，中国统计出版社，2019年1月",
    "a source with commas": "来源：国家统计局,2019,2020,2021",
    "a unit": "单位：万元",
    "a unit and a year": "单位：亿元（2010年不变价）",
    "in English": "Source: World Bank, 2019; downloaded 1 May 2020",
    "in English, numbered": "Note 1. Figures for 2017 are preliminary, 2018 estimated.",
    "a page": "第 12 页",
    "pages": "第12页，共48页",
    "a page by strokes": "— 12 —",
    "a page alone": "12",
    "a page of pages": "3/48",
    "in English, a page": "Page 3 of 48",
    "a table goes on": "续表 2-1",
    "a title": "表2-1 2016-2018年主要指标",
    "a number of a table": "2-1 主要指标",
    "a date": "2019年1月5日",
    "a date and a time": "2020-05-01 10:30",
    "signatures": "制表：张三 审核：李四 2020-01-05",
    "an advertisement": "更多数据请关注公众号：经管数据屋 QQ群 123456789",
    "an address": "www.example.com/2019/12",
    "names of cities": "大同，阳泉，唐山",
    "a city that explains": "大同市数据来自统计公报，其余来自年鉴",
    "a city and a year that explain": "大同市2017年数据为插值",
    "words of a method": "按2010年不变价计算，缺失值以线性插值补齐",
    "a revision": "2018年数据根据第四次经济普查修订",
}


def padded(lines):
    return [[*line, *[""] * (4 - len(line))] for line in lines]


def as_csv(folder, lines):
    stream = io.StringIO()
    csv.writer(stream).writerows(padded(lines))
    path = folder / "t.csv"
    path.write_text(stream.getvalue(), encoding="utf-8")
    return path


def as_workbook(folder, lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


WRITERS = [pytest.param(as_csv, id="csv"), pytest.param(as_workbook, id="xlsx")]
PLACES = {"below": 12, "between": 5, "first": 0}


def read(path):
    return read_panel(path, entity="城市", period="年份")


@pytest.mark.one_in(4)
@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("at", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("text", DATA.values(), ids=DATA)
def test_a_row_in_one_cell_is_refused_with_its_row_its_words_and_a_remedy(
    text, at, write, tmp_path
):
    """Left out as text, a city or a year would be lost and no number would say so."""
    with pytest.raises(DataError) as caught:
        read(write(tmp_path, [HEAD, *LONG[:at], [text], *LONG[at:]]))
    assert at + 2 in {problem.where.row for problem in caught.value.problems}
    assert all(str(problem.remedy) for problem in caught.value.problems)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("text", TEXT.values(), ids=TEXT)
def test_text_below_a_table_is_left_out_and_counted(text, write, tmp_path):
    """A note may hold years, numbers, commas and names of cities."""
    result = read(write(tmp_path, [HEAD, *LONG, [text]]))
    assert len(result.panel.frame) == len(LONG)
    (ledger,) = result.ledgers
    assert ledger.runs == (("heading", 1), ("kept", 12), ("text", 1))


@pytest.mark.parametrize("text", TEXT.values(), ids=TEXT)
def test_text_above_a_table_is_part_of_its_heading(text, tmp_path):
    """What stands above the names of the columns is compared with the data too."""
    result = read(as_csv(tmp_path, [[text], HEAD, *LONG]))
    assert result.ledgers[0].runs == (("heading", 2), ("kept", 12))


@pytest.mark.parametrize("write", WRITERS)
def test_what_is_refused_is_worded(write, tmp_path):
    """The words of the error, to the letter."""
    with pytest.raises(DataError) as caught:
        read(write(tmp_path, [HEAD, *LONG, ["唐山;2019;729.5;3561.25"]]))
    (problem,) = caught.value.problems
    assert problem.code == CODE
    assert (problem.where.row, problem.where.file) == (14, write(tmp_path, [HEAD]).name)
    assert str(problem.what) == (
        "'唐山;2019;729.5;3561.25' reads like a row of data written into one cell, and was not read "
        "as one."
    )
    assert str(problem.remedy) == (
        "write its values into cells of their own, as in the other rows; if it is a remark, begin it "
        "with 'Note:'."
    )


@pytest.mark.parametrize("n", [1, 3, 12])
@pytest.mark.parametrize("mark", [";", "\t", "，", "、", "|", " "])
def test_no_number_of_rows_in_one_cell_is_lost(n, mark, tmp_path):
    """The last city, a whole year or all rows but one: each row is named."""
    joined = [[mark.join(map(str, row))] for row in LONG[-n:]]
    with pytest.raises(DataError):
        read(as_csv(tmp_path, [HEAD, *LONG[: 12 - n], *joined]))


def test_rows_quoted_as_a_whole_are_refused(tmp_path):
    """As editors make when files are pasted together."""
    lines = [",".join(map(str, row)) for row in [HEAD, *LONG]]
    lines[8:] = [f'"{line}"' for line in lines[8:]]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read(path)
    assert [p.where.row for p in caught.value.problems] == [9, 10, 11, 12, 13]
    assert {p.code for p in caught.value.problems} == {CODE}


@pytest.mark.parametrize("text", ["呼和浩特 2019 729.5 3561.25", "呼和浩特，2019，729.5，3561.25"])
@pytest.mark.parametrize("column", [4, 6])
def test_a_row_pasted_beside_the_table_is_refused(text, column, tmp_path):
    """Text beside a table is left out as text below it is."""
    lines = [[*row, *[None] * (column + 1 - len(row))] for row in [HEAD, *LONG]]
    lines[7][column] = text
    with pytest.raises(DataError) as caught:
        read(as_workbook(tmp_path, lines))
    assert {(p.code, p.where.row) for p in caught.value.problems} == {(CODE, 8)}


@pytest.mark.parametrize("write", WRITERS)
def test_rows_of_data_above_the_names_are_refused(write, tmp_path):
    """A table that was pasted above the one that has names would be its title."""
    with pytest.raises(DataError) as caught:
        read(write(tmp_path, [*LONG[:3], HEAD, *LONG[3:]]))
    assert [(p.code, p.where.row) for p in caught.value.problems] == [
        ("layout.data_above", row) for row in (1, 2, 3)
    ]
    assert str(caught.value.problems[0].what) == (
        "Row 1 holds data and stands above the names of the columns."
    )
    assert str(caught.value.problems[0].remedy) == (
        "move the names of the columns above it, or remove the row."
    )


def test_years_above_names_are_no_data(tmp_path):
    """Two rows of names, years above variables."""
    head = [[None, 2016, None, 2017, None], ["城市", "人口", "产值", "人口", "产值"]]
    rows = [[city, 1.5, 20.5, 1.25, 30.75] for city in CITIES]
    result = read(as_workbook(tmp_path, [*head, *rows]))
    assert len(result.panel.frame) == 8
    assert result.ledgers[0].runs == (("heading", 2), ("kept", 4))


WIDE = [["城市", 2016, 2017, 2018], *([c, 20.5 + i, 21.5 + i, 23.5] for i, c in enumerate(CITIES))]


@pytest.mark.parametrize(
    "text", ["朔州;12.5;13.5;14.5", "朔州 12.5 — 14.5", "12.5,13.5,14.5,15.5", "朔州;;;"]
)
def test_a_row_in_one_cell_of_a_wide_table_is_refused(text, tmp_path):
    """Its columns are years."""
    with pytest.raises(DataError) as caught:
        read(as_csv(tmp_path, [*WIDE, [text]]))
    assert caught.value.code == CODE


@pytest.mark.parametrize("text", ["制造;2017;12.5", "采矿 2017 12.5", "电力，2017，12.5"])
def test_a_row_in_one_cell_of_a_series_is_refused(text, tmp_path):
    """A table with keys of its own, whose names no register has."""
    rows = [
        ["行业", "年份", "台数"],
        *([i, y, 2.5] for i in ("制造", "采矿") for y in (2016, 2018)),
    ]
    path = tmp_path / "s.csv"
    path.write_text("\n".join([*(",".join(map(str, row)) for row in rows), text]), encoding="utf-8")
    with pytest.raises(DataError):
        read_series(path, keys=["行业", "年份"], reading=ReadOptions())
