"""`xinzhi init` on yearbook workbooks as they come: no edit by hand, every cell as it is printed."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import openpyxl
import pytest

from cli_runner import attempt, call
from made_xls import write_xls
from made_yearbooks import make_yearbooks
from parts import quick_among, quick_where
from xinzhi.study.file.load import load
from xinzhi.study.first.key_columns import Wanted, find_tables
from xinzhi.study.gather.sources import read_sources
from xinzhi_panel.io.files import Files
from xinzhi_panel.places.names import match
from xinzhi_panel.places.places import Matched

pytestmark = pytest.mark.usefixtures("english")

EXACT = 1e-12
"""Relative: percent cells and converted units are one rounded operation away from the printed figure."""
CITIES = ("唐山市", "大同市", "阜新市", "鹤岗市")
YEARS = range(2013, 2017)


@pytest.fixture(scope="module")
def yearbooks(tmp_path_factory):
    """Make the workbooks once: 30 cities in 4 years, GDP in 亿元 from 2010 on."""
    folder = tmp_path_factory.mktemp("yearbooks") / "data"
    return make_yearbooks(folder, 30, range(2008, 2012), switch=2010)


def panel_of(study: Path):
    """Read the panel of a study as `run` does."""
    with Files(study.parent) as files:
        return read_sources(load(study), files).panel


def city(name: str, year: int) -> str:
    """Call a city by its name of today."""
    found = match(name, year=year)
    return found.place.name if isinstance(found, Matched) else name


def wrong_cells(panel, truth, names):
    """List the cells that are not as they were printed; those that are not there are wrong, too."""
    frame = panel.frame
    keys = {(city(name, year), year): (name, year) for name, year in frame.index}
    columns = {c: next(n for n in frame.columns if str(n).endswith(c)) for c in truth.columns}
    return [
        (key, column)
        for column, name in columns.items()
        for key, value in truth[column].items()
        if key[0] in names
        and not (key in keys and abs(frame.at[keys[key], name] - value) <= EXACT * abs(value))
    ]


@pytest.mark.long
def test_eight_workbooks_are_one_study(yearbooks, tmp_path):
    """All 8 files are read as they come, with every cell right, and nobody is asked anything."""
    told = call("init", tmp_path / "study", "--from", yearbooks.folder)

    study = tmp_path / "study" / "study.yaml"
    assert wrong_cells(panel_of(study), yearbooks.truth, set(yearbooks.truth.index.unique(0))) == []
    text = study.read_text(encoding="utf-8")
    assert "read: {units: {地区生产总值: 亿元}}" in text
    assert "05 科学技术支出.xlsx: column 比上年增长: Cell D9 holds the error #REF!." in text
    assert "spellings" not in text
    assert "8 files." in told.stdout.splitlines()[0]
    assert "the figures of sheets 2008年, 2009年 were multiplied by 0.0001." in told.stdout
    assert "1 part is left out; `study.yaml` holds it with the reason:" in told.stdout
    assert (
        "'巢湖市' was taken for the prefecture of this name, which existed until 2010"
        in told.stdout
    )


@pytest.mark.long
@pytest.mark.parametrize("number", quick_among([1, 7], range(1, 9)))
def test_each_workbook_is_a_study_by_itself(yearbooks, tmp_path, number):
    """File by file, the cells are right as well."""
    file = next(yearbooks.folder.glob(f"0{number} *"))
    call("init", tmp_path / "study", "--from", file)

    panel = panel_of(tmp_path / "study" / "study.yaml")
    mine = [c for c in yearbooks.truth if any(str(n).endswith(c) for n in panel.frame.columns)]
    assert bool(mine) == (number < 8)
    if mine:
        assert wrong_cells(panel, yearbooks.truth[mine], set(yearbooks.whole)) == []


@pytest.mark.long
def test_the_whole_set_goes_from_init_to_the_report(tmp_path):
    """287 cities in 15 years: init, check and run end with 0, and every cell is right."""
    books = make_yearbooks(tmp_path / "data", 287, range(2008, 2023), switch=2016)
    study = tmp_path / "study"

    call("init", study, "--from", books.folder)
    call("check", study / "study.yaml")
    call("run", study)

    names = set(books.truth.index.unique(0))
    assert len(books.truth) * len(books.truth.columns) > 38_000
    assert wrong_cells(panel_of(study / "study.yaml"), books.truth, names) == []
    assert (study / "results" / "report.html").stat().st_size > 0


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write sheets of rows."""
    if path.suffix == ".xls":
        write_xls(path, sheets)
        return path
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def always(text: str):
    """Say the same of every year."""
    return lambda _: text


IN_YI, GDP = always("亿元"), always("地区生产总值")


def of_years(unit_of=IN_YI, heading=GDP, name=str):
    """Make a sheet a year; the unit stands above the table."""
    sheets = {}
    for number, year in enumerate(YEARS):
        factor = {"亿元": 1.0, "万元": 1e4}.get(unit_of(year), 1.0)
        rows = [[f"单位：{unit_of(year)}"], ["城市", "年末总人口（万人）", heading(year)]]
        rows += [
            [c, 300.0 + i, round(1000.0 * (i + 1) * 1.05**number * factor, 2)]
            for i, c in enumerate(CITIES)
        ]
        sheets[name(year)] = rows
    return sheets


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "suffix"),
    quick_where(
        lambda case: case in {("{}年", ".xls"), ("二〇{}", ".xlsx")},
        product(["{}", "{}年", "{}年数据", "二〇{}"], [".xlsx", ".xls"]),
    ),
)
def test_a_sheet_a_year_is_one_table(tmp_path, suffix, name):
    """Whatever the sheets of years are called, `check FILE` and `init` read them as one table."""

    def called(year: int) -> str:
        digits = "".join("〇一二三四五六七八九"[int(d)] for d in f"{year % 100}")
        return f"二〇{digits}年" if name.startswith("二") else name.format(year)

    sheets = of_years(lambda year: "万元" if year < 2015 else "亿元", name=called)
    file = workbook(tmp_path / f"book{suffix}", sheets)

    told = call("check", file)
    call("init", tmp_path / "study", "--from", file)

    panel = panel_of(tmp_path / "study" / "study.yaml")
    assert panel.periods == tuple(YEARS)
    assert panel.frame.at[("大同市", 2013), "地区生产总值"] == 2000.0
    assert panel.frame.at[("大同市", 2016), "地区生产总值"] == 2315.25
    assert panel.units["地区生产总值"] == "亿元"
    assert "4 entities" in told.stdout or "16" in told.stdout


def test_a_sheet_without_a_year_in_its_name_has_it_in_its_title(tmp_path):
    """Sheet1 with 2013年 above the table is the year 2013."""
    sheets = {
        f"Sheet{i}": [
            [f"主要指标（{year}年）"],
            ["城市", "产值"],
            *[[c, i + j] for j, c in enumerate(CITIES)],
        ]
        for i, year in enumerate(YEARS)
    }
    (keys,), left = find_tables(workbook(tmp_path / "a.xlsx", sheets))

    assert (keys.entity, keys.period, keys.is_stacked, left) == ("城市", "年份", True, ())


@pytest.mark.long
def test_sheets_of_indicators_are_sources_of_one_study(tmp_path):
    """Sheets with cities down and years across are several tables of one study."""
    sheets = {
        name: [
            ["城市", *[f"{y}年" for y in YEARS]],
            *[[c, *[i + y for y in YEARS]] for i, c in enumerate(CITIES)],
        ]
        for name in ("年末总人口", "用电量")
    }
    file = workbook(tmp_path / "a.xlsx", {**sheets, "说明": [["来源"], ["年鉴"]]})
    call("init", tmp_path / "study", "--from", file)

    panel = panel_of(tmp_path / "study" / "study.yaml")
    assert {"年末总人口", "用电量"} <= set(panel.frame.columns)
    assert panel.frame.at[("阜新市", 2015), "用电量"] == 2017
    refused = attempt("check", file)
    assert (
        "`xinzhi init --from a.xlsx` makes a study of all of them"
        in refused.stdout + refused.stderr
    )


@pytest.mark.long
def test_a_sheet_a_city_is_one_table(tmp_path):
    """Sheets that are called by cities and hold their years."""
    sheets = {
        c: [["年份", "产值"], *[[y, i * 10 + y] for y in YEARS]] for i, c in enumerate(CITIES)
    }
    file = workbook(tmp_path / "a.xlsx", sheets)
    call("init", tmp_path / "study", "--from", file)

    panel = panel_of(tmp_path / "study" / "study.yaml")
    assert panel.entities == tuple(sorted(CITIES))
    assert panel.frame.at[("鹤岗市", 2014), "产值"] == 30 + 2014


@pytest.mark.long
def test_a_sheet_in_a_currency_is_left_out_with_the_reason(tmp_path):
    """万美元 is no 万元: the sheet is left out, said in the file and on the console, the rest is read."""
    file = workbook(tmp_path / "a.xlsx", of_years(lambda y: "万美元" if y == 2016 else "万元"))
    told = call("init", tmp_path / "study", "--from", file)

    panel = panel_of(tmp_path / "study" / "study.yaml")
    assert panel.periods == (2013, 2014, 2015)
    text = (tmp_path / "study" / "study.yaml").read_text(encoding="utf-8")
    reason = (
        "'地区生产总值' is in 万元 in sheet 2013 but in 万美元 in sheet 2016, and its figures do not tell "
        "that one is the other"
    )
    assert reason in text
    assert reason in told.stdout
    assert "read: {sheets: ['2013', '2014', '2015']" in text


def test_current_and_constant_prices_are_not_one_column(tmp_path):
    """A heading that is marked otherwise is not the same column, whatever its unit."""
    marks = {2013: "（亿元，当年价）", 2014: "（亿元，2010年价）"}
    sheets = of_years(heading=lambda y: "地区生产总值" + marks.get(y, "（亿元，当年价）"))
    (keys,), left = find_tables(workbook(tmp_path / "a.xlsx", sheets))

    assert keys.sheets == ("2013", "2015", "2016")
    assert [(one.sheet, str(one.what)) for one in left] == [
        ("2014", "'地区生产总值' is marked '2010年价' in sheet 2014 but not in sheet 2013")
    ]


@pytest.mark.long
def test_a_damaged_file_takes_no_other_with_it(tmp_path):
    """Of three files one is damaged and one is no table: the third is a study, exit code 0."""
    folder = tmp_path / "data"
    folder.mkdir()
    lines = "".join(f"{c},{y},{i + y}\n" for i, c in enumerate(CITIES) for y in YEARS)
    (folder / "a.csv").write_text("城市,年份,产值\n" + lines, encoding="utf-8")
    (folder / "b.xlsx").write_bytes(b"PK\x03\x04 damaged")
    (folder / "c.csv").write_text("x\n", encoding="utf-8")
    told = call("init", tmp_path / "study", "--from", folder)

    text = (tmp_path / "study" / "study.yaml").read_text(encoding="utf-8")
    assert "2 parts are left out; `study.yaml` holds them with the reason:" in told.stdout
    assert "## Left out: data/b.xlsx: " in text
    assert "## Left out: data/c.csv: " in text
    assert len(panel_of(tmp_path / "study" / "study.yaml").frame) == 16
    (folder / "a.csv").unlink()
    assert attempt("init", tmp_path / "other", "--from", folder).code == 1


def test_the_unit_that_changes_between_files_is_converted(tmp_path):
    """A file a year with 万元 before 2015 and 亿元 after it is one column in 亿元, stated in the study."""
    folder = tmp_path / "data"
    folder.mkdir()
    for year in YEARS:
        unit, factor = ("万元", 1e4) if year < 2015 else ("亿元", 1.0)
        rows = "".join(f"{c},{(i + 1) * (year - 2000) * factor}\n" for i, c in enumerate(CITIES))
        (folder / f"{year}.csv").write_text(f"城市,产值（{unit}）\n{rows}", encoding="utf-8")
    call("init", tmp_path / "study", "--from", folder)

    panel = panel_of(tmp_path / "study" / "study.yaml")
    assert panel.frame["产值"].loc["大同市"].tolist() == [26.0, 28.0, 30.0, 32.0]
    assert panel.units["产值"] == "亿元"
    text = (tmp_path / "study" / "study.yaml").read_text(encoding="utf-8")
    assert "read: {units: {产值: 亿元}}" in text


def table(path: Path, heading: str, keys: list[str]) -> Path:
    """Write four entities in three years below headings; the last key is the group of the first."""
    rows = "".join(
        f"{keys[i]},{'东部' if i < 2 else '西部'},{y},{i + y},{i * y / 7}\n"
        for i in range(4)
        for y in (2001, 2002, 2003)
    )
    path.write_text(f"{heading}\n{rows}", encoding="utf-8")
    return path


@pytest.mark.one_in(6)
@pytest.mark.parametrize(
    ("heading", "keys", "entity"),
    [
        ("地市,region,年份,x,y", CITIES, "地市"),
        ("municipality,region,year,x,y", "abcd", "municipality"),
        ("unitid,state,year,x,y", ["101", "102", "103", "104"], "unitid"),
        ("fcode,region,year,x,y", ["410032", "410440", "410495", "410500"], "fcode"),
        ("source,region,year,x,y", "abcd", "source"),
        ("辖下,region,年份,x,y", CITIES, "辖下"),
    ],
)
def test_the_key_is_the_column_that_names_each_row_once(tmp_path, heading, keys, entity):
    """A known but coarse heading gives way to an unknown one that is unique; the reason is said."""
    told = call("init", tmp_path / "s", "--from", table(tmp_path / "a.csv", heading, [*keys]))

    assert f"{entity}: " in told.stdout
    assert "its values name each row once" in told.stdout
    assert load(tmp_path / "s" / "study.yaml").sources["data"].entity == entity


@pytest.mark.long
def test_keys_and_roles_can_be_named(tmp_path):
    """What a person names is taken, with the regression as part of the study."""
    file = table(tmp_path / "a.csv", "name1,region,when,x,y", ["a", "b", "c", "d"])
    call(
        *("init", tmp_path / "s", "--from", file, "--entity", "name1", "--period", "when"),
        *("--inputs", "x", "--good-outputs", "y", "--outcome", "y", "--regressors", "x"),
    )

    study = load(tmp_path / "s" / "study.yaml")
    assert (study.sources["data"].entity, study.sources["data"].period) == ("name1", "when")
    section = study.efficiency["efficiency"]
    assert (section.inputs, section.good_outputs) == (("x",), ("y",))
    assert study.tables["baseline"].outcome == "y"
    refused = attempt("init", tmp_path / "t", "--from", file, "--inputs", "z")
    assert refused.code == 1
    assert "Column 'z' is not in the data." in refused.stderr
    refused = attempt("init", tmp_path / "t", "--from", file, "--entity", "nane1")
    assert "did you mean 'name1'?" in refused.stderr


def test_keys_that_are_wanted_are_preferred(tmp_path):
    """A stated key wins over one that is found."""
    file = table(tmp_path / "a.csv", "城市,region,年份,x,y", list(CITIES))
    (keys,), _ = find_tables(file, wanted=Wanted("region", None))

    assert (keys.entity, str(keys.reasons["region"])) == ("region", "it was named")
