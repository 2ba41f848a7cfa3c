"""Files as strangers bring them, in small: what the first study makes of the habits of each source."""

from __future__ import annotations

import pytest

from made_studies import STUDIES, Size, save
from xinzhi.study.file.located import read_yaml
from xinzhi.study.first.study_file import first_study
from xinzhi.study.first.tables import first_tables
from xinzhi_core.errors import DataError
from xinzhi_core.wording import say
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
