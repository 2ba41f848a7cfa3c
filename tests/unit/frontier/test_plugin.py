"""A measure of a user's own package, found through its entry point: the one of the guide."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from places import ROOT

pytestmark = pytest.mark.long

PAGE = ROOT / "docs" / "how-to" / "own-measure.md"
FILE = re.compile(r'^```(?:python|toml) title="(.*?)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
DATA = "city,year,labour,capital,gdp\nA,1,2,4,1\nB,1,1,1,1\nC,1,1,2,1\n"
MAIN = "from xinzhi.cli.main import main; main()"
STUDY = """\
title: Own
sources:
  data: {file: cities.csv, kind: panel, entity: city, period: year}
panel: {from: data}
efficiency:
  waste: {measure: input_waste, inputs: [labour, capital], good_outputs: [gdp]}
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Return a folder that holds the package of the guide as an installer lays it down."""
    folder = tmp_path_factory.mktemp("package")
    files = dict(FILE.findall(PAGE.read_text(encoding="utf-8")))
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "cities.csv").write_text(DATA, encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    head, _, points = files["pyproject.toml"].partition('[project.entry-points."xinzhi.measures"]')
    assert 'name = "input-waste"' in head
    meta = folder / "input_waste-0.1.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: input-waste\nVersion: 0.1\n")
    (meta / "entry_points.txt").write_text("[xinzhi.measures]" + points.replace('"', ""))
    return folder


def run(package, *words):
    """Run Python with the package installed."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=package,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(package), "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


def test_the_command_line_has_the_measure(package):
    """A wastes 1/2 of its labour and 3/4 of its capital beside B: 0.625; C half its capital: 0.25."""
    words = [
        "efficiency",
        "cities.csv",
        "--entity",
        "city",
        "--period",
        "year",
        "--inputs",
        "labour,capital",
    ]
    words += ["--good-outputs", "gdp", "--measure", "input_waste", "--format", "json"]

    rows = json.loads(run(package, "-c", MAIN, *words))["rows"]

    assert [row["score"] for row in rows] == pytest.approx([0.625, 0, 0.25], abs=1e-9)
    assert {row["status"] for row in rows} == {"certified"}


def test_a_study_file_has_the_measure(package):
    """The study file names it as any other measure, and the report calls it by its title."""
    run(package, "-c", MAIN, "run", "study.yaml", "--lang", "en")

    page = (package / "results" / "report.html").read_text(encoding="utf-8")
    assert "mean waste of inputs" in page.lower()


def test_parts_list_the_measure_with_its_paper(package):
    """`xinzhi parts` shows title and paper."""
    (line,) = [x for x in run(package, "-c", MAIN, "parts").splitlines() if "input_waste" in x]

    assert "mean waste of inputs; doi 10.1016/S0377-2217(99)00407-5" in line


def test_the_laws_can_be_tried_on_the_measure(package):
    """The test of the guide passes, and would not if the measure broke a law."""
    code = (
        "import test_input_waste as t; t.test_the_measure_keeps_its_laws()\n"
        "from xinzhi_frontier.laws import claimed_laws\n"
        "print(len(claimed_laws('input_waste')))"
    )

    assert int(run(package, "-c", code)) >= 12
