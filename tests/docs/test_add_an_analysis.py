"""The how-to page *Add an analysis*, run: its files make a package, and every interface has the table."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from made_mechanism import STUDY, panel, write_study
from places import ROOT

pytestmark = pytest.mark.long

PAGE = ROOT / "docs" / "how-to" / "add-an-analysis.md"
BLOCK = re.compile(r'```(?:python|yaml|toml|po) title="([^"]+)"\n(.*?)```', re.DOTALL)


@pytest.fixture(scope="module")
def blocks() -> dict[str, str]:
    return dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def package(tmp_path_factory, blocks):
    """Install the package of the page: its files, and the metadata that an installer writes."""
    folder = tmp_path_factory.mktemp("site")
    for name, text in blocks.items():
        if name.startswith(("quantiles/", "windows/")) and not name.endswith(".toml"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    for name, file in (("quantiles", "pyproject.toml"), ("windows", "windows/pyproject.toml")):
        group, entry = re.search(r'entry-points\."(.*?)"\]\n(.*)', blocks[file]).groups()
        about = folder / f"{name}-0.1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
        (about / "entry_points.txt").write_text(f"[{group}]\n{entry.replace(chr(34), '')}\n")
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory, blocks):
    """A study that asks for the analysis and for nothing else that costs time."""
    head = STUDY.partition("diagnostics:")[0]
    report = "report: {languages: [en, zh], formats: [html, xlsx]}\n"
    return write_study(
        tmp_path_factory.mktemp("study"), panel(), head + blocks["study.yaml"] + report
    )


def python(package, *words, code=0):
    """Start Python with the package beside xinzhi."""
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(package)},
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stdout + done.stderr


def xinzhi(package, *words, code=0):
    """Run a command."""
    return python(package, "-m", "xinzhi.cli.main", *words, code=code)


def expected(name, share):
    """Take a quantile of a column in the first year, by another way."""
    frame = panel()
    frame = frame.reset_index() if "year" not in frame else frame
    values = frame.loc[frame["year"] == frame["year"].min(), name]
    return pd.Series(sorted(values)).quantile(share)


def test_the_study_file_the_report_and_the_cache_have_it(package, study):
    """A run writes its numbers and its table; the second run takes them from the first."""
    xinzhi(package, "run", study)
    results = study.parent / "results"
    text = (results / "results.json").read_text(encoding="utf-8")
    first = json.loads(text)["tables"]["spread"]["rows"][0]

    assert (first["variable"], first["period"]) == ("green", 2008)
    assert first["0.9"] == pytest.approx(expected("green", 0.9), rel=1e-12)
    html = (results / "report.html").read_text(encoding="utf-8")
    assert "Quantiles by period" in html
    assert "分年分位数" in html
    xinzhi(package, "run", study)
    stages = json.loads((results / "run.json").read_text(encoding="utf-8"))["stages"]
    assert [one["computed"] for one in stages if one["name"] == "quantiles.spread"] == [False]
    code = package / "quantiles" / "compute.py"
    code.write_text(code.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    xinzhi(package, "run", study)
    stages = json.loads((results / "run.json").read_text(encoding="utf-8"))["stages"]
    assert [one["computed"] for one in stages if one["name"] == "quantiles.spread"] == [True]


def test_a_misspelt_name_is_refused_with_its_line(package, study, tmp_path):
    """`of: [gren]` is an error at its place, with the nearest name."""
    text = study.read_text(encoding="utf-8").replace("[green, talent]", "[gren, talent]")
    other = write_study(tmp_path, panel(), text)
    said = xinzhi(package, "check", other, "--lang", "en", code=1)

    line = next(n for n, one in enumerate(text.splitlines(), 1) if "[gren," in one)
    assert re.search(rf"study\.yaml\D+{line}\b", said)
    assert "green" in said


def test_the_command_line_has_it(package, study):
    """`xinzhi analyse quantiles` prints the table, `xinzhi parts` and `xinzhi schema` name it."""
    data = study.parent / "data.csv"
    words = ("analyse", "quantiles", data, "--entity", "city", "--period", "year", "--of", "green")
    told = xinzhi(package, *words, "--shares", "0.5,0.9", "--format", "json")
    first = json.loads(told)["quantiles"]["rows"][0]

    assert first["0.9"] == pytest.approx(expected("green", 0.9), rel=1e-12)
    assert "quantiles" in xinzhi(package, "parts")
    assert "quantiles" in json.loads(xinzhi(package, "schema"))["properties"]


def test_python_has_it(package, study):
    """`xz.quantiles_by_period` gives the result, with the keywords of the study file."""
    code = (
        "import pandas as pd, xinzhi as xz; "
        f"frame = pd.read_csv({str(study.parent / 'data.csv')!r}); "
        "found = xz.quantiles_by_period(frame, of='green', shares=(0.9,), entity='city', period='year'); "
        "print(repr(float(found.to_frame().iloc[0, 0])))"
    )
    assert float(python(package, "-c", code)) == pytest.approx(expected("green", 0.9), rel=1e-12)


def test_the_form_of_the_page_has_it(package):
    """Its options are fields, with its own words, although no file of the page names it."""
    code = (
        "import json; from xinzhi_app.form import form; "
        "made = {one: form(one) for one in ('zh', 'en')}; print(json.dumps(made))"
    )
    made = json.loads(python(package, "-c", code))

    for language, label in (("zh", "分年分位数"), ("en", "Quantiles by period")):
        field = next(one for one in made[language]["fields"] if one["key"] == "quantiles")
        assert (field["kind"], field["label"], field["example"]) == ("named", label, True)
        options = made[language]["sections"][field["item"]["of"]]["fields"]
        assert [(one["key"], one["kind"], one["required"]) for one in options] == [
            ("title", "words", False),
            ("of", "names", True),
            ("shares", "yaml", False),
        ]
        assert options[2]["about"] == "Shares of the entities below each quantile."


def test_the_page_puts_an_example_of_it(package, study):
    """One click, and the study is valid."""
    code = (
        "import json, sys; from pathlib import Path; from xinzhi_app.study_text import change_text; "
        "study = Path(sys.argv[1]); text = study.read_text(encoding='utf-8'); "
        "found = change_text(text, {'example': ['quantiles', 'more']}, study, study.parent, 'en'); "
        "print(json.dumps([found['problems'], found['values']['quantiles']]))"
    )
    problems, sections = json.loads(python(package, "-c", code, study))

    assert problems == []
    assert sections["more"] == {"of": ["factors"]}


@pytest.fixture(scope="module")
def moving(package, tmp_path_factory, blocks):
    """Run the second example of the page; the folder of the study."""
    tables = "tables: {baseline: {outcome: green, columns: [{x: [factors, controls]}]}}\n"
    report = "report: {languages: [en, zh], formats: [html, md]}\n"
    head = STUDY.partition("diagnostics:")[0] + tables
    study = write_study(
        tmp_path_factory.mktemp("moving"), panel(), head + blocks["windows.yaml"] + report
    )
    xinzhi(package, "run", study)
    return study.parent


def slope_until(last):
    """Regress within cities and years over four years, by dummies."""
    frame = panel().reset_index()
    part = frame[(frame["year"] > last - 4) & (frame["year"] <= last)]
    dummies = pd.get_dummies(part[["city", "year"]].astype(str), dtype=float)
    design = np.column_stack([part[["talent", "patents", "control"]], dummies])
    return np.linalg.lstsq(design, part["green"], rcond=None)[0][0]


def test_an_analysis_of_a_regression_has_a_table_a_chart_and_draws(moving):
    """Slopes are those of dummies in each window; draws and both languages come from xinzhi."""
    tables = json.loads((moving / "results" / "results.json").read_text(encoding="utf-8"))["tables"]
    rows = {row["last"]: row["estimate"] for row in tables["moving"]["rows"]}
    drawn = {one["key"]: one for one in tables["whole_study"]["intervals"]}

    assert [*rows] == list(range(2011, 2018))
    assert rows[2013] == pytest.approx(slope_until(2013), rel=1e-9)
    assert drawn["windows.moving 2013 statistic"]["estimate"] == pytest.approx(rows[2013], rel=1e-9)
    assert drawn["windows.moving 2013 statistic"]["n_draws"] == 40
    assert tables["whole_study"]["not_drawn"] == []
    html = (moving / "results" / "report.html").read_text(encoding="utf-8")
    for words in (
        "Slope in moving windows",
        "滚动窗口内的斜率",
        "moving_chart",
        "人才，截至2013的窗口",
    ):
        assert words in html


def test_its_command_and_its_function_give_the_same(package, moving):
    """With the options of the study file."""
    words = ("analyse", "windows", moving / "data.csv", "--entity", "city", "--period", "year")
    asked = ("--outcome", "green", "--regressors", "talent,patents", "--controls", "control")
    told = xinzhi(
        package, *words, *asked, "--follow", "talent", "--length", "4", "--format", "json"
    )
    code = (
        "import pandas as pd, xinzhi as xz; "
        f"frame = pd.read_csv({str(moving / 'data.csv')!r}); "
        "found = xz.windows(frame, outcome='green', regressors=['talent', 'patents'], controls='control', "
        "follow='talent', length=4, entity='city', period='year'); "
        "print(repr(float(found.to_frame().loc[2013, 'estimate'])))"
    )

    (row,) = [row for row in json.loads(told)["windows"]["rows"] if row["last"] == 2013]
    assert row["estimate"] == pytest.approx(slope_until(2013), rel=1e-9)
    assert float(python(package, "-c", code)) == row["estimate"]


def test_the_second_example_is_short(blocks):
    """Code and both languages together."""
    lines = sum(text.count("\n") for name, text in blocks.items() if name.startswith("windows/"))

    assert lines < 300
