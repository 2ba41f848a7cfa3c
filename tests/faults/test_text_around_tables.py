"""Text around a table is left out with one notice that has its places; data never are.

The files are made here in the spirit of what compilers of data sell: advertisements below and beside
the table, in merged cells, between printed pages, in long tables and in wide ones.
"""

from __future__ import annotations

import re

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi_core.errors import DataError
from xinzhi_core.problems import DUPLICATE_KEY
from xinzhi_panel.io.read import read_panel

CITIES = ("大同", "阳泉", "鞍山", "淮南")
HEAD = ["城市", "年份", "人口", "产值", "用电量"]
LONG = [
    [city, year, 10.5 + i + k, 100 + 7 * i + 3 * k, 5.25 + i]
    for i, city in enumerate(CITIES)
    for k, year in enumerate((2019, 2020, 2021))
]
WIDE = [
    ["城市", 2018, 2019, 2020, 2021],
    *([c, *(1.5 + i + k for k in range(4))] for i, c in enumerate(CITIES)),
]
NOTICE = "layout.notes"
BELOW = {
    "a line": [["更多数据请关注公众号：经管数据屋"]],
    "without a mark": [["更多资料请加微信 abc12345"]],
    "several lines and blank ones": [[], [], ["免费领取"], ["扫码关注"], [], ["仅供学术研究"]],
    "an address": [["经管数据屋"], ["www.example.com"]],
    "in the middle": [["", "", "更多数据请关注公众号经管之家"]],
    "in the last column": [["", "", "", "", "QQ群 数据分享"]],
    "at both ends": [["数据整理 小王", "", "", "", "联系微信 xw2020"]],
    "labels and texts": [["资料来源", "中国城市统计年鉴"], ["说明", "部分缺失用插值"]],
    "numbered": [["注1 人口为年末数"], ["注2 产值当年价"]],
    "in English": [["Downloaded from CEIC"], ["Contact data team"]],
    "over columns": [["更多数据", "请访问", "www.example.com"]],
    "an imprint": [["© 2023 EPS DATA"], ["版权所有 侵权必究"]],
    "a number of QQ": [["QQ", "", "123456789"]],
    "a codebook": [[], ["指标", "解释"], ["人口", "年末常住人口"], ["产值", "当年价格"]],
}


def padded(lines):
    return [[*line, *[""] * (5 - len(line))] for line in lines]


def csv_of(folder, lines, *, sep=","):
    path = folder / "t.csv"
    path.write_text("\n".join(sep.join(map(str, line)) for line in lines), encoding="utf-8")
    return path


def workbook_of(folder, lines, *merged):
    path = folder / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                if cell != "":
                    sheet.write(number, column, cell)
        for place in merged:
            sheet.merge_range(*place)
    return path


WRITERS = [pytest.param(csv_of, id="csv"), pytest.param(workbook_of, id="xlsx")]


def read(path, **keys):
    return read_panel(path, **{"entity": "城市", "period": "年份", **keys})


def notices(result):
    return [d for d in result.decisions if d.code == NOTICE]


def is_whole(result, lines=LONG):
    """Whether the panel has every number of the lines, and nothing else."""
    frame = result.panel.frame
    return len(frame) == len(lines) and all(
        frame.loc[(city, year)].tolist() == values for city, year, *values in lines
    )


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("text", BELOW.values(), ids=BELOW)
def test_text_below_a_long_table_is_left_out_with_one_notice(text, write, tmp_path):
    """Wherever its words stand; the notice has the rows and the first words."""
    result = read(write(tmp_path, [HEAD, *LONG, *padded(text)]))
    assert is_whole(result)
    (notice,) = notices(result)
    filled = [n for n, line in enumerate(text, start=len(LONG) + 2) if any(line)]
    assert notice.count == len(filled)
    assert all(str(number) in str(notice.what) for number in filled)
    assert next(word for line in text for word in line if word)[:24] in str(notice.what)
    assert not [w for w in result.warnings if w.code.startswith("layout.")]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("text", BELOW.values(), ids=BELOW)
def test_text_below_a_wide_table_becomes_no_city(text, write, tmp_path):
    """Without a column of periods a line of words would be an entity without values."""
    result = read(write(tmp_path, [*WIDE, *padded(text)]))
    assert result.panel.entities == tuple(sorted(CITIES))
    assert len(notices(result)) == 1


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    "text",
    [
        [["更多数据请关注公众号"], ["表1（续）"]],
        [[], ["扫码领取"], [], ["2-1 主要指标"]],
        [["经管之家", "", "", "", "第2页"]],
    ],
)
def test_text_between_pages_is_left_out(text, write, tmp_path):
    """The heading is repeated below it."""
    result = read(write(tmp_path, [HEAD, *LONG[:6], *padded(text), HEAD, *LONG[6:]]))
    assert is_whole(result)
    assert len(notices(result)) == 1


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(("row", "column"), [(3, 6), (0, 6), (3, 5), (12, 7)])
def test_text_to_the_right_is_left_out(row, column, write, tmp_path):
    """A column without a heading, or one that is called by an advertisement, and holds no number."""
    lines = [[*line, *[""] * (column + 1 - len(line))] for line in [HEAD, *LONG]]
    lines[row][column] = "扫码关注公众号"
    result = read(write(tmp_path, lines))
    assert is_whole(result)
    (notice,) = notices(result)
    assert f"{'ABCDEFGH'[column]}{row + 1}" in str(notice.what)
    assert "layout.unnamed_column" not in {w.code for w in result.warnings}


@pytest.mark.parametrize(
    "place", [(13, 0, 13, 4), (14, 0, 18, 4), (1, 6, 9, 8), (0, 6, 9, 8), (14, 2, 15, 3)]
)
def test_text_in_merged_cells_is_left_out(place, tmp_path):
    """A merged cell fills a block of the sheet with its words."""
    result = read(workbook_of(tmp_path, [HEAD, *LONG], (*place, "更多数据请关注公众号 经管之家")))
    assert is_whole(result)
    assert len(notices(result)) == 1


def test_text_behind_a_row_of_csv_is_left_out_after_an_empty_field(tmp_path):
    """Without the empty field, or with a number in it, the row is refused: a comma may cut a number."""
    for more, is_text in ((["", "来源 年鉴"], True), (["来源 年鉴"], False), (["", "7"], False)):
        lines = [HEAD, *LONG[:3], [*LONG[3], *more], *LONG[4:]]
        if is_text:
            result = read(csv_of(tmp_path, lines))
            assert is_whole(result)
            assert "G5" in str(notices(result)[0].what)
        else:
            with pytest.raises(DataError) as caught:
                read(csv_of(tmp_path, lines))
            assert caught.value.code == "layout.ragged"


def test_text_on_several_sheets_of_one_table_is_one_notice(tmp_path):
    """Years on sheets, each with an advertisement; the notice has the sheets."""
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as made:
        for year, text in ((2019, "扫码关注"), (2020, "更多数据请关注公众号")):
            sheet = made.add_worksheet(str(year))
            lines = [["城市", "人口"], *([city, year + 0.5] for city in CITIES), [text]]
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
    result = read(path)
    assert len(result.panel.frame) == 8
    (notice,) = notices(result)
    assert "2019: 6; 2020: 6" in str(notice.what)
    assert notice.count == 2


DOUBTFUL = {
    "another table": [["省份", "总人口"], ["山西", 3500]],
    "a name of the table": [["大同"]],
    "a city with estimates": [["朔州", "", "约100", "", ""]],
    "a period that is none": [["朔州", "去年", 3.5]],
    "a number without a period": [["更多数据", "", "", 12.5]],
    "marks of missing values": [["某地", "", "—", "—", "—"]],
}


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("lines", DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_may_be_data_is_refused_with_its_row(lines, write, tmp_path):
    """In doubt a row is data: it is never left out."""
    with pytest.raises(DataError) as caught:
        read(write(tmp_path, [HEAD, *LONG, *padded(lines)]))
    assert len(LONG) + 2 in {problem.where.row for problem in caught.value.problems}
    assert all(str(problem.remedy) for problem in caught.value.problems)


def test_another_table_below_a_wide_one_is_refused(tmp_path):
    """Its numbers would stand below the years of the first."""
    with pytest.raises(DataError) as caught:
        read(csv_of(tmp_path, [*WIDE, *padded([["省份", "总人口"], ["山西", 3500]])]))
    assert caught.value.code == "layout.second_table"


@pytest.mark.parametrize("name", ["石家庄", "石家庄市", "黔西南", "恩施州"])
def test_a_city_without_values_stays_in_a_wide_table(name, tmp_path):
    """The registry or its ending tells that it is one."""
    result = read(csv_of(tmp_path, [*WIDE, *padded([[name]])]))
    assert len(result.panel.entities) == 5
    assert not notices(result)


def test_rows_of_words_are_data_in_a_table_of_words(tmp_path):
    """Where no row has a number nothing tells text from data."""
    lines = [["企业", "类型"], ["甲", "国有"], ["乙", "民营"], ["说明书店", "民营"]]
    result = read(csv_of(tmp_path, lines), entity="企业", period=None)
    assert len(result.panel.frame) == 3


def read_or_refused(path):
    """The result, or the rows that the error names, those in its sentences among them."""
    try:
        return read(path), set()
    except DataError as error:
        rows = {problem.where.row for problem in error.problems}
        words = " ".join(str(p.what) for p in error.problems if p.code == DUPLICATE_KEY)
        return None, rows | {int(number) for number in re.findall(r"\d+", words)}


NAMES = st.sampled_from(["戊公司", "己公司", "大同", "石家庄市", "c5", "Kosovo"])
CELLS = st.one_of(
    st.floats(0.1, 1e6).map(lambda v: f"{v:.3f}"),
    st.sampled_from(["", "—", "NA", "约7", "1,5", "3-12", "国有"]),
)


@settings(max_examples=60, deadline=None)
@given(
    name=NAMES,
    year=st.sampled_from(["2022", "2022年", "", "去年"]),
    cells=st.lists(CELLS, min_size=3, max_size=3),
    at=st.integers(1, 12),
)
def test_no_row_with_a_period_or_a_value_is_left_out(name, year, cells, at, tmp_path_factory):
    """Any row that has one of them is in the panel, or its row is in the error."""
    if not year and all(cell in {"", "国有"} for cell in cells):
        return
    lines = [HEAD, *LONG[:at], [name, year, *cells], *LONG[at:]]
    path = csv_of(tmp_path_factory.mktemp("any"), lines, sep="\t")
    result, rows = read_or_refused(path)
    if result is None:
        assert at + 2 in rows
    else:
        assert len(result.panel.frame) == len(LONG) + 1
        assert not notices(result)
