"""`xinzhi explain`: a printed number is followed to raw cells and back, with readers that are not ours."""

from __future__ import annotations

import json

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cli_runner import call
from made_cities import STUDY, cities

TEXT = STUDY.replace("formats: [html, docx, xlsx, tex, md]", "formats: [xlsx]").replace(
    "cities.csv", "cities.xlsx, sheet: 数据"
)
RENAMED = TEXT.replace(
    "period: year}}",
    "period: year, columns: {hee: 高校在校生数（千人）, pgpp: pgpp, ird: ird, see: see, rder: rder, stage: stage, labour: labour, capital: capital, gdp: gdp, waste: waste}}}",
)


@pytest.fixture(scope="module")
def frame():
    """Made cities, of which one row lacks a regressor; the first city has a name for people."""
    frame = cities(n_cities=14, n_years=5)
    frame["city"] = frame["city"].where(frame["city"].str.startswith("城"), "城00")
    frame.loc[frame.index[7], "pgpp"] = np.nan
    return frame


@pytest.fixture(scope="module")
def study(frame, tmp_path_factory):
    """A workbook with a title above its headings, and the study run on it."""
    folder = tmp_path_factory.mktemp("explain")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "数据"
    headings = frame.rename(columns={"hee": "高校在校生数（千人）"})
    sheet.append(["城市数据"])
    sheet.append(list(headings.columns))
    for row in headings.itertuples(index=False):
        sheet.append([None if value != value else value for value in row])  # noqa: PLR0124 - a NaN
    book.save(folder / "cities.xlsx")
    (folder / "study.yaml").write_text(RENAMED, encoding="utf-8")
    call("run", folder, "--quiet", "--set", "tables.baseline.columns[1].x=[factors]")
    call("run", folder, "--quiet")
    return folder


def explained(study, *words):
    return json.loads(call("explain", study, *words, "--format", "json").stdout)


def raw(study, cell):
    """Read a cell with another reader."""
    book = openpyxl.load_workbook(study / cell["file"], data_only=True)
    return book[cell["sheet"]][cell["cell"]].value


def test_a_number_is_followed_to_a_raw_cell_and_back(study, frame):
    """The cell of the workbook holds the value; least squares over all such cells give the printed number."""
    found = explained(study, "baseline.HEE", "--row", "城05,2012")
    talent, score = found["variables"]
    own = frame[(frame["city"] == "城05") & (frame["year"] == 2012)].iloc[0]

    (cell,) = talent["cells"]
    assert (cell["row"], found["followed"]) == (int(own.name) + 3, ["城05", "2012"])
    assert raw(study, cell) == float(cell["raw"]) == cell["value"]
    # A workbook keeps 15 digits.
    assert cell["value"] == pytest.approx(own["hee"], rel=1e-14)
    assert talent["value"] == pytest.approx(np.log1p(own["hee"]), rel=1e-12)
    assert [one["column"] for one in score["cells"]] == ["labour", "capital", "gdp", "waste"]
    assert [raw(study, one) for one in score["cells"]] == pytest.approx(
        [own[one["column"]] for one in score["cells"]], rel=1e-14
    )

    scores = pd.read_csv(study / "results" / "scores.csv", encoding="utf-8-sig")
    data = frame.merge(scores, left_on=["city", "year"], right_on=["entity", "period"])
    data = data.dropna(subset=["hee", "pgpp", "ird"])
    x = np.column_stack([np.log1p(data["hee"]), np.log1p(data["pgpp"]), data["ird"]])
    effects = pd.get_dummies(data[["city", "year"]].astype(str)).to_numpy(float)
    slopes = np.linalg.lstsq(np.hstack([x, effects]), np.log1p(data["score"]), rcond=None)[0]
    assert found["number"] == pytest.approx(slopes[0], rel=1e-8)
    assert float(found["printed"].rstrip("*").replace("−", "-")) == round(found["number"], 3)
    assert found["model"]["n"] == found["rows"]["n"] == len(data)
    assert found["rows"]["left_out"] == [["城01", "2012", "no value of PGPP"]]


def test_a_number_is_that_of_the_results(study):
    """Every digit of results.json; its verdict is the one that the study declares."""
    found = explained(study, "baseline.col1.HEE.se")
    (column, *_) = json.loads((study / "results" / "results.json").read_text("utf-8"))["tables"]["baseline"]["columns"]  # fmt: skip

    assert found["number"] == column["coefficients"]["HEE"]["se"]
    assert found["estimate"] == column["coefficients"]["HEE"]
    assert found["printed"] == f"({found['number']:.3f})"
    is_clear = found["verdict"]["p"] < 0.05
    assert found["verdict"]["direction"] == ("positive" if is_clear else "not_significant")


@pytest.mark.long
def test_an_address_is_what_a_reader_sees(study):
    """The number of the table in the report, the label in either language, the column, all lead to one number."""
    found = explained(study, "baseline.HEE")
    number = found["caption"].split()[-1]

    for address in (f"table{number}.talent", f"{number}.高素质人才", "baseline.col1.Talent.b"):
        assert explained(study, address)["address"] == found["address"] == "baseline.col1.HEE.b"
    other = explained(study, "mechanism.HEE")
    assert other["address"].startswith("mechanism.col")
    assert other["verdict"] is None


@pytest.mark.one_in(5)
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["baselin.HEE"], "did you mean 'baseline'"),
        (["baseline.HEEE"], "did you mean 'HEE'"),
        (["baseline.talents"], "did you mean 'talent'"),
        (["baseline.col9.HEE"], "called 'col9'"),
        (["baseline"], "called ''"),
        ([""], "called ''"),
        (["baseline.HEE", "--row", "城5,2012"], "has no row '城5 2012'"),
        (["baseline.HEE", "--row", "城05,1999"], "has no row '城05 1999'"),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest(study, words, told):
    """An address that leads nowhere."""
    assert told in call("explain", study, *words, "--lang", "en", code=1).stderr


@pytest.mark.long
def test_the_text_names_every_link_in_both_languages(study):
    """From the printed cell to the cell of the file, in the language of the console."""
    told = call("explain", study, "baseline.talent", "--row", "城05", "--lang", "en").stdout
    for part in ("Table ", "In full: ", "Model: GTFP on HEE", "Estimate: b ", "Judged: ", "Rows used: 69",
                 "Followed: 城05 2010", "hee: cities.xlsx[数据] G", "no value of PGPP"):  # fmt: skip
        assert part in told
    chinese = call("explain", study, "baseline.talent", "--lang", "zh").stdout
    for part in ("完整数值：", "模型：", "判断：", "所用行数：69", "追踪的行："):
        assert part in chinese
