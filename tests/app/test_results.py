"""The results page: what a run wrote and nothing else, the report in its frame, tables with chosen columns."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import zipfile
from importlib.resources import files

import docx
import pytest

from made_page import app_of, client
from xinzhi.analyses.analysis import in_order
from xinzhi.present.numbers import marks, number
from xinzhi_app.results import frame_report

pytestmark = pytest.mark.long

PATH = "/api/studies/s/results"


@pytest.fixture(scope="module")
def folder(oecd, tmp_path_factory):
    made = tmp_path_factory.mktemp("page")
    shutil.copytree(oecd, made / "s")
    return made


@pytest.fixture(scope="module")
def page(folder):
    return client(app_of(folder))


@pytest.fixture(scope="module")
def numbers(folder):
    return json.loads((folder / "s/results/results.json").read_text(encoding="utf-8"))


def table(page, **wanted):
    return page.get(f"{PATH}/table", params={"spec": json.dumps(wanted), "lang": "en"})


def test_the_files_are_those_that_the_run_wrote(page, folder):
    """Each can be had as it lies there, and all of them packed."""
    listed = page.get(PATH).json()
    marker = json.loads((folder / "s/results/.xinzhi-results.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in listed["files"]] == [*marker["files"]]

    for one in listed["files"]:
        answer = page.get(f"{PATH}/files/{one['name']}")
        assert answer.content == (folder / "s/results" / one["name"]).read_bytes()
        assert len(answer.content) == one["bytes"]
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"

    packed = page.get(f"{PATH}/all.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as pack:
        assert sorted(pack.namelist()) == sorted(marker["files"])
        assert pack.read("scores.csv") == (folder / "s/results/scores.csv").read_bytes()
    assert list((folder / "s/.xinzhi-app").glob("*.zip")) == []


@pytest.mark.parametrize(
    "name",
    [
        "mine.txt",
        ".xinzhi-results.json",
        "store/last_run.npz",
        "../study.yaml",
        "..%2Fstudy.yaml",
        "%2Fetc%2Fpasswd",
    ],
)
def test_no_other_file_is_given_away(page, folder, name):
    """Neither files of the user, nor the store, nor what lies outside."""
    (folder / "s/results/mine.txt").write_text("secret", encoding="utf-8")

    assert page.get(f"{PATH}/files/{name}").status_code in {400, 404}


def test_the_report_runs_its_own_scripts_and_nothing_else(page, folder):
    """Its policy names the scripts of the page by their hashes; the frame has none of our rights."""
    answer = page.get(f"{PATH}/page")
    text = (folder / "s/results/report.html").read_text(encoding="utf-8")
    own = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1])
    policy = dict(
        part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")
    )

    assert answer.content == text.encode()
    assert policy["script-src"] == re.search("script-src ([^;]*)", own)[1]
    assert policy["style-src"] == re.search("style-src ([^;]*)", own)[1]
    assert policy["sandbox"] == "allow-scripts"
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<meta http-equiv="Content-Security-Policy" content="script-src * \'unsafe-inline\'">',
        '<meta http-equiv="Content-Security-Policy" content="script-src &#39;sha256-x&#39; *">',
    ],
)
def test_a_report_of_somebody_else_runs_no_script(tmp_path, text):
    """A policy that is not ours gives it nothing."""
    path = tmp_path / "report.html"
    path.write_text(f"{text}</html>", encoding="utf-8")

    assert "script-src 'none'" in frame_report(path).headers["content-security-policy"]


def test_columns_are_printed_as_they_were_estimated(page, numbers):
    """Each cell is the number of results.json, with its stars, in the order of the reader."""
    columns = numbers["tables"]["baseline"]["columns"]
    labels = {"human_capital": "Talent <b>"}
    found = table(page, table="baseline", columns=[3, 1], labels=labels, decimals=4).json()

    rows = iter(found["rows"])
    for name in dict.fromkeys(name for at in (2, 0) for name in columns[at]["coefficients"]):
        slopes, below = next(rows), next(rows)
        assert slopes["label"] == labels.get(name, name)
        for cell, under, at in zip(slopes["cells"], below["cells"], (2, 0), strict=True):
            one = columns[at]["coefficients"][name]
            stars = marks(one["p"], {"*": 0.10, "**": 0.05, "***": 0.01})
            assert cell["text"] == number(one["b"], 4) + stars
            assert under["text"] == f"({number(one['se'], 4)})"
    rest = {row["label"]: [cell["text"] for cell in row["cells"]] for row in rows}
    assert rest["Observations (N)"] == [str(columns[at]["n"]) for at in (2, 0)]
    assert rest["Period fixed effects"] == ["no", "yes"]
    assert any("clustered by" in note for note in found["notes"])


def test_every_regression_table_of_a_study_can_be_chosen(page, numbers):
    """Whatever analysis made it: its columns hold coefficients."""
    listed = page.get(PATH).json()["regressions"]
    assert [one["id"] for one in listed] == [
        name
        for name, one in numbers["tables"].items()
        if isinstance(one.get("columns"), list) and "coefficients" in one["columns"][0]
    ]
    for one in listed:
        found = table(page, table=one["id"], style="chinese_journal").json()
        assert len(found["head"]) == len(one["columns"]) + 1
        assert any("t statistics" in note for note in found["notes"])


def test_coefficients_that_are_left_out_are_named(page):
    found = table(page, table="baseline", left_out=["urban", "trade"], under="none").json()

    assert [row["label"] for row in found["rows"]][:2] == ["human_capital", "investment"]
    assert "Not shown: urban, trade." in found["notes"]


def test_a_chosen_table_is_had_as_a_file(page, numbers):
    """In every format; the cells of the Word table are those of the page."""
    formats = page.get(PATH).json()["choices"]["format"]
    found = {one: table(page, table="baseline", columns=[1], format=one) for one in formats}
    slope = numbers["tables"]["baseline"]["columns"][0]["coefficients"]["investment"]

    for one, answer in found.items():
        assert f"baseline{one}" in answer.headers["content-disposition"]
        assert len(answer.content) > 200
    word = docx.Document(io.BytesIO(found[".docx"].content))
    cells = {row.cells[0].text: row.cells[1].text for row in word.tables[0].rows}
    stars = "*" * sum(slope["p"] < level for level in (0.1, 0.05, 0.01))
    assert stars
    assert cells["investment"] == f"{number(slope['b'])}{stars}"


@pytest.mark.parametrize(
    "spec",
    [
        '{"table": "none"}',
        '{"table": "ranking"}',
        '{"table": "baseline", "columns": []}',
        '{"table": "baseline", "columns": [0]}',
        '{"table": "baseline", "columns": [99]}',
        '{"table": "baseline", "columns": ["1"]}',
        '{"table": "baseline", "style": "odd"}',
        '{"table": "baseline", "under": "odd"}',
        '{"table": "baseline", "format": ".exe"}',
        "[1]",
        "{",
        "",
    ],
)
def test_what_cannot_be_chosen_is_refused(page, spec):
    answer = page.get(f"{PATH}/table", params={"spec": spec})

    assert answer.status_code == 400
    assert answer.json()["problems"]


def test_an_entity_has_the_scores_of_the_file(page, folder):
    with (folder / "s/results/scores.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["entity"] == "Poland"]
    assert "Poland" in page.get(PATH).json()["entities"]

    found = page.get(f"{PATH}/entity", params={"name": "Poland", "lang": "zh"}).json()["rows"]

    assert [(one["period"], one["score"]) for one in found] == [
        (one["period"], one["score"]) for one in rows
    ]
    assert {one["status"] for one in found} == {"已证明"}
    assert page.get(f"{PATH}/entity", params={"name": "x"}).json() == {"rows": []}


def test_a_study_without_results_says_so(page, folder):
    (folder / "new").mkdir(exist_ok=True)

    found = page.get("/api/studies/new/results").json()
    assert (found["files"], found["has_page"], found["entities"]) == ([], False, [])
    for what in ("page", "waiting"):
        assert page.get(f"/api/studies/new/results/{what}").status_code == 404


def test_a_report_that_is_still_written_is_not_shown(page, folder):
    """The one before stands in its place, and its own as soon as it is whole."""
    (folder / "half" / "results" / ".xinzhi-new").mkdir(parents=True)
    delivered = folder / "half" / "results" / "report.html"
    new = folder / "half" / "results" / ".xinzhi-new" / "report.html"
    new.write_text("<html>new", encoding="utf-8")
    path = "/api/studies/half/results/waiting"

    assert page.get(path).status_code == 404
    delivered.write_text("<html>old</html>", encoding="utf-8")
    assert page.get(path).text == "<html>old</html>"
    new.write_text("<html>new</html>\n", encoding="utf-8")
    assert page.get(path).text == "<html>new</html>\n"


def test_simulated_results_are_marked_wherever_they_go(page, folder, numbers):
    """On the page, and in the title of a table that is copied or downloaded."""
    made = folder / "simulated" / "results"
    made.mkdir(parents=True)
    for name in (".xinzhi-results.json", "report.html"):
        shutil.copy(folder / "s/results" / name, made)
    text = json.dumps({**numbers, "simulated": True})
    (made / "results.json").write_text(text, encoding="utf-8")
    path = "/api/studies/simulated/results"
    spec = {"table": "baseline", "title": "Effects"}

    assert page.get(path).json()["is_simulated"]
    assert not page.get(PATH).json()["is_simulated"]
    for language, title in (("en", "Effects (simulated data)"), ("zh", "Effects（模拟数据）")):
        asked = {"spec": json.dumps(spec), "lang": language}
        assert page.get(f"{path}/table", params=asked).json()["title"] == title
    asked = {"spec": json.dumps({**spec, "format": ".md"}), "lang": "en"}
    assert "simulated data" in page.get(f"{path}/table", params=asked).text
    assert table(page, **spec).json()["title"] == "Effects"


OURS = (
    *("results.py", "regressions.py", "run.py", "plan.py", "child.py"),
    *("static/results.js", "static/reading.js", "static/run.js"),
)


@pytest.mark.parametrize("name", OURS)
def test_the_pages_name_no_analysis(name):
    """What an analysis gives is found by what its results hold, so that a new one appears by itself."""
    text = files("xinzhi_app").joinpath(*name.split("/")).read_text(encoding="utf-8")
    names = set(re.findall(r"""["'`]([a-z_]+)["'`]""", text))

    assert names & {key for key, _ in in_order()} <= {"tables"}, "a key of results.json"


@pytest.mark.parametrize(
    "key",
    ["table", "columns", "headings", "title", "labels", "style", "under", "decimals", "left_out"],
)
def test_a_wrong_kind_of_choice_is_refused_or_passed_over(page, numbers, key):
    """A number for a list, a list for a word: an answer, and no fault of xinzhi."""
    name = next(n for n, t in numbers["tables"].items() if "coefficients" in str(t.get("columns")))
    for value in (None, True, -1, 10**30, "word", [], [None], [[]], {}, {"a": [1]}):
        assert table(page, **{"table": name, key: value}).status_code < 500, value
