"""Files as strangers bring them, in small: what the first study makes of the habits of each source."""

from __future__ import annotations

import openpyxl
import pytest

from made_studies import STUDIES, Size, save
from xinzhi.study.file.located import read_yaml
from xinzhi.study.first.study_file import first_study
from xinzhi.study.first.tables import first_tables
from xinzhi_core.errors import DataError
from xinzhi_core.wording import LANGUAGES, say
from xinzhi_panel.io.read import read_panel


@pytest.fixture
def built(tmp_path):
    """Build the first study of one of the twelve, of 12 places in 6 years: its tables, its text, what it says."""

    def build(name):
        stranger = STUDIES[name](tmp_path, Size(12, 6))
        tables = first_tables(sorted(stranger.files), tmp_path, leaves_out=True)
        text = first_study(tables, tmp_path, "en").text
        return tables, text, read_yaml(text, "study.yaml").value

    return build


def test_a_heading_that_is_spread_over_a_row_of_units_is_the_key(built):
    """城 市 above a row of units: no quantity such as 地区生产总值 becomes the entity."""
    tables, _, spec = built("sheet_a_year")
    panel = tables.reading.panel

    assert panel.keys[0] == "城 市"
    assert (panel.n_entities, len(panel.periods)) == (12, 6)
    assert panel.units["地区生产总值"] == "万元"
    assert spec["efficiency"]["efficiency"]["bad_outputs"]


def test_a_merged_cell_above_the_names_is_no_row_of_headings(built):
    """经济 over five columns: the names stand in the row below, and their topic hides no meaning."""
    _, _, spec = built("provinces")
    measured = spec["efficiency"]["efficiency"]

    assert measured["inputs"] == ["经济 就业人员", "能源与环境 能源消费总量"]
    assert measured["good_outputs"] == ["实际地区生产总值"]
    assert measured["bad_outputs"] == ["能源与环境 二氧化硫排放总量", "能源与环境 二氧化碳排放量"]
    assert spec["variables"]["CO2"]["label"]["en"] == "Carbon dioxide emissions"


def test_firms_are_named_by_their_short_names_at_the_end_of_each_fiscal_year(built):
    """Neither the trade nor the code is the entity; the day that closes the books is its year."""
    tables, _, _ = built("firms")
    panel = tables.reading.panel

    assert panel.keys[:2] == ("证券简称", "会计期间")
    assert (panel.n_entities, panel.periods[0], panel.periods[-1]) == (12, 2013, 2018)


def test_a_sheet_that_lists_units_gives_them_and_empties_no_panel(built):
    """It names none of the places: it is left out, and its units are stated of the columns, years across or not."""
    tables, text, spec = built("wide_table")

    assert (tables.reading.panel.n_entities, len(tables.reading.panel.periods)) == (12, 6)
    assert tables.reading.panel.units["能源消费总量"] == "万吨标准煤"
    said = "it lists units, which the columns have been given"
    assert [say(one.why, "en") for one in tables.left] == [said]
    assert f"{said}." in text
    assert spec["sources"]["data"]["read"]["units"]["GDP"] == "亿元"


def test_the_page_asks_nothing_about_a_sheet_of_words(tmp_path):
    """What is about the data is left out with the reason, by the page as by `init`."""
    stranger = STUDIES["wide_table"](tmp_path, Size(12, 6))
    asked = first_tables(sorted(stranger.files), tmp_path)
    assert [one.is_about for one in asked.left] == [True]


def test_a_unit_in_the_heading_is_not_replaced_by_a_list(tmp_path):
    """A list that says otherwise would move the figures by ten thousand."""
    rows = [["城市", "年份", "地区生产总值（亿元）", "从业人员"]]
    rows += [
        [f"{name}市", year, 5.0 + year % 7, 3.0]
        for name in ("唐山", "保定")
        for year in (2010, 2011)
    ]
    units = [["指标", "单位"], ["地区生产总值", "万元"], ["从业人员", "万人"]]
    file = save(tmp_path / "a.xlsx", {"数据": rows, "单位": units})
    panel = first_tables([file], tmp_path).reading.panel

    assert panel.units == {"地区生产总值": "亿元", "从业人员": "万人"}


def test_units_of_a_table_by_indicator_stand_in_their_column(built):
    """A unit in words is read, with the prices in it; GDP of each country in its own currency is refused."""
    tables, _, spec = built("oecd_long")
    units = tables.reading.panel.units

    assert units["Total employment"] == "Thousand persons"
    assert units["Gross domestic product (volume)"].startswith(
        "Million US dollars, constant prices"
    )
    assert "%" not in units["Patent applications (PCT)"]
    logged = {one["column"] for one in spec["variables"].values() if "transform" in one}
    assert "Adults with tertiary education" not in logged
    assert "Patent applications (PCT)" in logged


def test_an_indicator_in_two_units_is_refused(tmp_path):
    """A series of euros and kroner is none."""
    head = "Country,Variable,Unit,PowerCode,TIME,Value\n"
    lines = [
        f"{who},{what},{unit},{power},{year},{year - 2000}\n"
        for who, money in (("Austria", "Euro"), ("Denmark", "Danish krone"))
        for what, unit, power in (
            ("GDP", money, "Millions"),
            ("Employment", "Persons", "Thousands"),
        )
        for year in (2010, 2011)
    ]
    file = tmp_path / "oecd.csv"
    file.write_text(head + "".join(lines), "utf-8")
    with pytest.raises(DataError) as caught:
        read_panel(file, entity="Country", period="TIME")
    assert [problem.code for problem in caught.value.problems] == ["units.differ"]
    assert "Millions Euro, Millions Danish krone" in str(caught.value)


@pytest.mark.long
def test_the_title_of_a_sheet_says_what_its_indicator_is(tmp_path):
    """A sheet called 废水排放 below 工业废水排放量（万吨）: industrial, and its prices where the title has them."""
    stranger = STUDIES["sheet_an_indicator"](tmp_path, Size(12, 6))
    tables = first_tables(sorted(stranger.files), tmp_path, read={"missing": ["n.d."]})
    spec = read_yaml(first_study(tables, tmp_path, "en").text, "study.yaml").value
    labels = {one.get("column"): one["label"]["en"] for one in spec["variables"].values()}

    assert labels["废水排放"] == "Industrial waste water"
    assert labels["生产总值"] == "GDP at current prices"
    assert spec["sets"]["factors"] == ["PAT"]


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("表3-2  2009—2018年各市工业废水排放量（万吨）", "工业废水排放量（万吨）"),
        ("市辖区人口（万人）", "市辖区人口（万人）"),
        ("某省统计资料汇编", None),
    ],
)
def test_a_title_is_a_label_where_it_is_surely_that_of_an_indicator(tmp_path, title, label):
    """Numbers, years and kinds of places come off; the title of a book is no label."""
    rows = [[title], ["城市", "2009年", "2010年"], ["唐山市", 3.0, 4.0], ["保定市", 5.0, 6.0]]
    file = save(tmp_path / "a.xlsx", {"甲": rows})
    panel = read_panel(file, entity="城市", period="年份").panel
    assert panel.label("甲").zh == label


@pytest.mark.long
def test_a_mark_that_may_mean_no_value_is_named_in_the_remedy(tmp_path):
    """The remedy can be copied, and does what it says."""
    stranger = STUDIES["sheet_an_indicator"](tmp_path, Size(12, 6))
    tables = first_tables(sorted(stranger.files), tmp_path, leaves_out=True)
    text = first_study(tables, tmp_path, "en").text

    assert "`missing: ['n.d.']` under `read` of the source, or `xinzhi init --missing n.d.`" in text
    with pytest.raises(DataError):
        first_tables(sorted(stranger.files), tmp_path)
    whole = first_tables(sorted(stranger.files), tmp_path, read={"missing": ["n.d."]})
    assert not whole.left


@pytest.mark.parametrize("name", ["world_bank", "oecd_long"])
def test_investment_at_constant_prices_is_neither_capital_nor_deflated(built, name):
    """A code in brackets or the word volume hides no meaning; the remedy is an index of 100."""
    _, text, spec = built(name)

    assert "'Gross fixed capital formation" in text
    assert (
        " is at constant prices already, so its price index is a column of 100 in every row;"
        in text
    )
    assert "index_kind: fixed_base, base: " in text
    inputs = spec["efficiency"]["efficiency"]["inputs"]
    assert not [one for one in inputs if "capital" in one]


PLACES = ("大同市", "阳泉市", "长治市", "晋城市")
YEARS = range(2014, 2020)
INDICATORS = (
    "地区生产总值（亿元）",
    "从业人员（万人）",
    "用电量（亿千瓦时）",
    "二氧化硫排放量（吨）",
)


def numbers_of(indicator: int, place: int, year: int) -> float:
    """Give a number that no other cell has."""
    return 1000.0 * (indicator + 1) + 10.0 * place + (year - YEARS[0]) + 0.5


def sheets_of(layout):
    """Give the rows of each sheet: one row a year, the years across, or the years below their indicator."""
    if layout == "long":
        rows = [["城市", "年份", *INDICATORS]]
        for p, place in enumerate(PLACES):
            rows += [[place, y, *(numbers_of(i, p, y) for i in range(4))] for y in YEARS]
        return {"Sheet": rows}
    if layout == "side by side":
        above = [name if y == YEARS[0] else None for name in INDICATORS for y in YEARS]
        rows = [["城市", *above], [None, *[f"{y}年" for _ in INDICATORS for y in YEARS]]]
        for p, place in enumerate(PLACES):
            rows.append([place, *(numbers_of(i, p, y) for i in range(4) for y in YEARS)])
        return {"Sheet": rows}
    return {
        name.partition("（")[0]: [
            ["城市", *[f"{y}年" for y in YEARS]],
            *([place, *(numbers_of(i, p, y) for y in YEARS)] for p, place in enumerate(PLACES)),
        ]
        for i, name in enumerate(INDICATORS)
    }


@pytest.mark.one_in(4)
@pytest.mark.parametrize("titles", [1, 2])
@pytest.mark.parametrize("short", [0, 1])
@pytest.mark.parametrize("layout", ["long", "years across", "side by side"])
def test_a_title_merged_over_the_columns_is_no_row_of_headings(layout, titles, short, tmp_path):
    """One text in each cell of a row, over all columns or all but one: the headings stand below, the cells are the same."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets_of(layout).items():
        sheet = book.create_sheet(name)
        for number in range(1, titles + 1):
            sheet.cell(number, 1, ("各市主要指标", "（2014—2019年）")[number - 1])
            end = len(rows[0]) - short
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=end)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "t.xlsx")

    panel = first_tables([tmp_path / "t.xlsx"], tmp_path).reading.panel

    assert (panel.n_entities, panel.periods) == (4, tuple(YEARS))
    for i, name in enumerate(INDICATORS):
        column = panel.frame[name.partition("（")[0]]
        for p, place in enumerate(PLACES):
            assert [column[place, y] for y in YEARS] == [numbers_of(i, p, y) for y in YEARS]


def refusal_of(rows, folder_of_test):
    """Give the one kind of problem that a first study meets in a sheet, in both languages."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder_of_test / "t.xlsx")
    with pytest.raises(DataError) as caught:
        first_tables([folder_of_test / "t.xlsx"], folder_of_test)
    first = caught.value.problems[0]
    return first, tuple(f"{say(first.what, lang)} {say(first.remedy, lang)}" for lang in LANGUAGES)


def test_places_across_the_columns_are_to_be_turned_over(tmp_path):
    """Years down and cities across, as data banks give them: `--entity 年份` would help nobody."""
    rows = [["年份", *PLACES], *([y, *(numbers_of(0, p, y) for p in range(4))] for y in YEARS)]
    problem, said = refusal_of(rows, tmp_path)

    assert problem.code == "init.places_across"
    assert said == (
        (
            "各地点横排在各列：大同市、阳泉市、长治市、晋城市。 请将行与列互换（在 Excel 中：复制，选择性粘贴，转置），"
            "使每行为一个地点；年份可以横排在各列。"
        ),
        (
            "The places stand across the columns: 大同市, 阳泉市, 长治市, 晋城市. turn rows and columns over (in Excel: "
            "copy, Paste Special, Transpose), so that each row is a place; years may stand across the columns."
        ),
    )


def test_tables_side_by_side_are_told_from_columns_of_one_name(tmp_path):
    """The keys again behind an empty column begin another table; a quantity twice is one column too many."""
    beside = [["城市", "年份", *INDICATORS[:2], None, "城市", "年份", *INDICATORS[2:]]]
    twice = [["城市", "年份", INDICATORS[0], INDICATORS[1], INDICATORS[0]]]
    for p, place in enumerate(PLACES):
        for y in YEARS:
            own = [numbers_of(i, p, y) for i in range(4)]
            beside.append([place, y, *own[:2], None, place, y, *own[2:]])
            twice.append([place, y, *own[:3]])

    problem, said = refusal_of(beside, tmp_path)
    other, _ = refusal_of(twice, tmp_path)

    assert problem.code == other.code == "layout.duplicate_column"
    assert said == (
        "有两列同名“城市”：第 1 列和第 6 列。 此处可能并排放着几个表：请将每个表放在单独的工作表或文件中。",
        (
            "Two columns are called '城市': numbers 1 and 6. several tables may stand side by side here: "
            "give each a sheet or a file of its own."
        ),
    )
    assert "name of its own" in say(other.remedy, "en")


@pytest.mark.parametrize("is_above", [True, False])
def test_names_above_their_rows_are_never_filled_down_unasked(is_above, tmp_path):
    """Merged names of a sheet that was saved as csv: refused, with what is to be done; one gap is a gap."""
    rows = sheets_of("long")["Sheet"]
    for number, row in enumerate(rows[1:]):
        if number % len(YEARS) if is_above else number == 3:
            row[0] = None
    problem, said = refusal_of(rows, tmp_path)

    assert problem.code == "panel.blank_key"
    assert ("write it in every row of the block" in said[1]) is is_above
    assert ("请在该组每行都填写名称" in said[0]) is is_above


def test_a_title_and_a_unit_above_a_column_without_a_name_are_no_headings(tmp_path):
    """Provinces below no heading: the text above them is the title, and the other one the unit."""
    rows = sheets_of("long")["Sheet"]
    book = openpyxl.Workbook()
    book.active.append(["各市主要指标", None, None, None, None, None, "单位：亿元"])
    for row in rows:
        book.active.append([None if row is rows[0] else "山西省", *row])
    book.save(tmp_path / "t.xlsx")

    panel = first_tables([tmp_path / "t.xlsx"], tmp_path).reading.panel

    assert panel.keys[:2] == ("城市", "年份")
    assert panel.frame["地区生产总值"]["大同市", 2014] == numbers_of(0, 0, 2014)
