"""Studies of quarters: counted as years are, and called by their names wherever they are spoken of."""

from __future__ import annotations

import json
import re

import docx
import openpyxl
import pytest

import made_everything
from cli_runner import attempt, call
from xinzhi.prepare.step import STEPS
from xinzhi_core.errors import DataError, SpecError
from xinzhi_core.panel.calendar import in_years
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.periods import period_name
from xinzhi_panel.io.read import read_panel

QUARTERS = ["2016Q1", "2016Q2", "2016Q3", "2016Q4", "2017Q1", "2017Q2"]
NUMBERS = range(8064, 8070)
LEAK = re.compile(r"(?<![0-9a-f.])806[4-9](?![0-9a-f]|\.\d)")
INSIDE = ("store", "scripts")
"""What programs read: R and Stata need a number to lag by."""


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Run the study that uses every section: once of years, once of quarters with the same figures."""
    folders = {}
    for kind, labels in (("years", list(range(2016, 2022))), ("quarters", QUARTERS)):
        folder = folders[kind] = tmp_path_factory.mktemp(kind)
        frame = made_everything.places()
        frame.index = frame.index.set_levels(labels, level=1)
        dates = f"[{labels[0]}, {labels[-1]}]"
        text = made_everything.STUDY.replace("[2010, 2015]", dates)
        text = text.replace("formats: [html]", "formats: [html, docx, md, xlsx]")
        file = made_everything.write_study(folder, frame, text)
        done = attempt("run", file, "--lang", "zh")
        assert done.code == 0, done.stderr
        (folder / "said.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    return folders


def texts(folder):
    """Give what the files of a study say: of a page what is seen, of charts their words."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or set(INSIDE) & set(path.parts):
            continue
        if path.suffix == ".docx":
            document = docx.Document(str(path))
            cells = (cell.text for t in document.tables for row in t.rows for cell in row.cells)
            yield path.name, "\n".join([*(p.text for p in document.paragraphs), *cells])
        elif path.suffix == ".xlsx":
            for sheet in openpyxl.load_workbook(path):
                rows = (" ".join(map(str, row)) for row in sheet.iter_rows(values_only=True))
                yield f"{path.name} {sheet.title}", "\n".join(rows)
        elif path.suffix == ".html":
            page = re.sub(r"<script.*?</script>", "", path.read_text("utf-8"), flags=re.DOTALL)
            yield path.name, page
        elif path.suffix in {".md", ".json", ".csv", ".txt", ".tex"}:
            yield str(path.relative_to(folder)), path.read_text("utf-8")


@pytest.mark.long
def test_no_number_of_a_quarter_is_shown_anywhere(both):
    """Word, page, tables, csv, JSON and console speak of 2016Q1, in every analysis that there is."""
    found = {name: LEAK.findall(text) for name, text in texts(both["quarters"])}
    assert len(found) > 30
    assert {name: leaks[:3] for name, leaks in found.items() if leaks} == {}


@pytest.mark.long
def test_quarters_give_the_numbers_of_years(both):
    """What follows by one follows by one: the same figures give the same results, but for the names."""
    found = {
        kind: json.loads((folder / "results" / "results.json").read_text("utf-8"))["tables"]
        for kind, folder in both.items()
    }
    years = dict(zip(map(str, range(2016, 2022)), QUARTERS, strict=True))
    as_quarters = re.sub(
        r'"?\b(20(?:1[6-9]|2[01]))\b"?',
        lambda match: json.dumps(years[match[1]]) if '"' in match[0] or True else "",
        json.dumps(found["years"], ensure_ascii=False, sort_keys=True),
    )
    flat = as_quarters.replace('"', "")
    assert flat == json.dumps(found["quarters"], ensure_ascii=False, sort_keys=True).replace(
        '"', ""
    )


@pytest.mark.long
def test_in_chinese_no_year_stands_behind_a_quarter(both):
    """2016Q1 is its own name: 2016Q1年 is none."""
    report = (both["quarters"] / "results" / "report.zh.md").read_text("utf-8")
    assert "2016Q1" in report
    assert not re.findall(r"Q[1-4] ?年", report)


@pytest.mark.long
def test_charts_call_quarters_by_their_names(both):
    """The axis of periods has a label for each, and what the pointer shows is the name."""
    page = (both["quarters"] / "results" / "report.html").read_text("utf-8")
    assert "floor(datum.value / 4) + 'Q' + (datum.value % 4 + 1)" in page
    assert '"period_name": "2016Q1"' in page or '"period_name":"2016Q1"' in page


@pytest.fixture
def quarterly():
    """Make a panel of two places over five quarters."""
    import pandas as pd

    index = pd.MultiIndex.from_product(
        [["甲", "乙"], range(8064, 8069)], names=["entity", "period"]
    )
    return panel_of(
        pd.DataFrame({"gdp": range(10, 20), "index": 105.0, "inv": 3.0}, index, dtype=float)
    )


@pytest.mark.parametrize(
    ("step", "options", "code"),
    [
        (
            "real_output",
            {"nominal": "gdp", "index": "index", "index_kind": "previous_year", "base": "2016Q1"},
            "derive.index_of_quarters",
        ),
        (
            "capital_stock",
            {
                "investment": "inv",
                "price": "index",
                "index_kind": "previous_year",
                "base": "2016Q1",
                "depreciation": 0.025,
            },
            "derive.index_of_quarters",
        ),
    ],
)
def test_an_index_of_the_year_before_makes_no_chain_of_quarters(quarterly, step, options, code):
    """The same quarter of the year before is 100: multiplied from quarter to quarter it is nothing."""
    with pytest.raises(DataError) as caught:
        STEPS.get(step).model_validate(options).apply(quarterly, name="x")
    assert caught.value.code == code


def test_the_depreciation_of_a_year_is_not_that_of_a_quarter(quarterly):
    """It must be stated; an index with one base then gives a stock."""
    options = {"investment": "inv", "price": "index", "index_kind": "fixed_base", "base": "2016Q1"}
    kind = STEPS.get("capital_stock")
    with pytest.raises(Exception, match="that of a year"):
        kind.model_validate(options).apply(quarterly, name="x")
    made = kind.model_validate(options | {"depreciation": 0.025}).apply(quarterly, name="x")
    assert made.frame["x"].notna().all()


def test_quarters_compare_with_years_in_formulas(tmp_path):
    """`period >= 2017` is the quarters of 2017 and later, and no number of quarters is above 2017."""
    assert in_years([8064, 8068]).tolist() == [2016.0, 2017.0]
    lines = [
        f"{name},{quarter},{n + 1},{n + 2}"
        for n, (name, quarter) in enumerate(
            (name, quarter) for name in ("甲", "乙", "丙") for quarter in QUARTERS
        )
    ]
    (tmp_path / "a.csv").write_text("\n".join(["city,quarter,x,y", *lines]), encoding="utf-8")
    (tmp_path / "study.yaml").write_text(
        "title: a\nsources: {a: {file: a.csv, entity: city, period: quarter}}\n"
        "panel: {from: a, periods: {from: 2016Q3}}\n"
        "variables: {x: {column: x}, late: {expression: period >= 2017}}\ndescribe: {variables: [x, late]}\n"
        "report: {formats: [md]}\n",
        encoding="utf-8",
    )
    call("run", tmp_path, "--lang", "en")
    described = (tmp_path / "results" / "tables" / "descriptive.md").read_text("utf-8")
    assert re.search(r"late \| 12 \| 0\\?\.500", described)
    found = {name: LEAK.findall(text) for name, text in texts(tmp_path / "results")}
    assert len(found) > 3
    assert {name: leaks[:3] for name, leaks in found.items() if leaks} == {}


def test_a_cumulative_figure_is_no_amount_of_a_quarter(tmp_path):
    """累计值 is proposed for nothing, and the study says that it is not used."""
    head = "省份,季度,地区生产总值_累计值(亿元),地区生产总值_当季值(亿元),城镇单位就业人员(万人),全社会用电量(亿千瓦时)"
    lines = [
        f"{name},{2016 + n // 4}年{'一二三四'[n % 4]}季度,{100 * (n % 4 + 1)},{100 + n},{50 + n},{30 + n}"
        for name in ("北京", "天津", "河北", "山西")
        for n in range(8)
    ]
    file = tmp_path / "季度.csv"
    file.write_text("\n".join([head, *lines]), encoding="utf-8")
    done = attempt("init", tmp_path / "study", "--from", file, "--lang", "en")
    text = (tmp_path / "study" / "study.yaml").read_text("utf-8")

    assert done.code == 0
    assert "good_outputs:\n      - 地区生产总值_当季值" in text
    assert "Columns not used in this study: 地区生产总值_累计值" in text
    assert "No capital found: bring in a stock of capital at the end of each quarter" in text
    assert "8064" not in text
    assert [*map(period_name, read_panel(file, entity="省份", period="季度").panel.periods)][
        -1
    ] == "2017Q4"


def test_a_step_that_counts_by_years_refuses_quarters(quarterly):
    """Records of firms have days, and are counted by the year."""
    from xinzhi.prepare.columns import require_years

    with pytest.raises(SpecError):
        require_years(quarterly, step="firms")
