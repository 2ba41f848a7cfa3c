"""The four ways of the architecture page: each place decides, and a raw number reaches the report.

The tests take the decision away at the place that the page names, and look at what a user sees.
"""

from __future__ import annotations

import ast
import csv
import json
import math
import re
import shutil

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt, call
from layout import place_of
from places import ROOT
from xinzhi.analyses.analysis import in_file, in_order
from xinzhi.options import Section
from xinzhi.study.schema.study import StudySpec
from xinzhi_econometrics import fit as fitting
from xinzhi_frontier.kernel import engine, library
from xinzhi_frontier.solve.certificate import Point
from xinzhi_frontier.solve.plain import PlainModel
from xinzhi_panel.io.recognise import layout

PAGES = {"en": "docs/explanation/architecture.md", "zh": "docs/zh/explanation/architecture.md"}
HEADINGS = {"en": "## Four ways", "zh": "## 四条路径"}


def places(language):
    """List what the table names: pairs of a file and, where there is one, a definition in it."""
    text = (ROOT / PAGES[language]).read_text(encoding="utf-8")
    section = text.partition(HEADINGS[language])[2].partition("\n## ")[0]
    return re.findall(r"`([\w/]+\.py)(?:: (\w+))?`", section.partition("\n| ")[2])


def test_every_place_exists_and_both_languages_name_the_same():
    """A file that moves takes its line of the table with it."""
    assert sorted(places("en")) == sorted(places("zh"))
    assert len(places("en")) == 20
    for file, name in places("en"):
        tree = ast.parse(place_of(file).read_text(encoding="utf-8"))
        defined = {
            one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.ClassDef)
        } | {
            target.id
            for one in ast.walk(tree)
            if isinstance(one, ast.Assign)
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        assert name in defined, file


def test_the_test_that_judges_gives_the_star(monkeypatch):
    """Without its p-value the same coefficient, with the same standard error, has none."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "city": np.repeat([f"c{i:02d}" for i in range(20)], 6),
            "year": np.tile(range(2001, 2007), 20),
            "x": rng.normal(size=120),
        }
    )
    frame["y"] = 2 * frame["x"] + rng.normal(size=120)
    options = {"entity": "city", "period": "year", "outcome": "y", "regressors": ["x"]}
    starred = str(xz.table(xz.fit(frame, **options))).replace("\\", "")
    chosen = fitting.judged_tests

    def nobody_is_sure(*given):
        tests, judgement = chosen(*given)
        return fitting.replace(tests, p_value=np.ones_like(tests.p_value)), judgement

    monkeypatch.setattr(fitting, "judged_tests", nobody_is_sure)
    plain = str(xz.table(xz.fit(frame, **options))).replace("\\", "")
    assert "1.936***" in starred
    assert "1.936" in plain
    assert "1.936*" not in plain


def test_the_heading_gives_the_unit(tmp_path, monkeypatch):
    """What is split off the heading is the unit of the column; with nothing split off there is none."""
    path = tmp_path / "gdp.csv"
    path.write_text(
        "城市,年份,地区生产总值（亿元）\n大同市,2010,1\n大同市,2011,2\n", encoding="utf-8"
    )
    assert xz.read(path, entity="城市", period="年份").units == {"地区生产总值": "亿元"}

    monkeypatch.setattr(layout, "split_unit", lambda text: (text, None))
    assert xz.read(path, entity="城市", period="年份").units == {}


def test_without_a_proof_there_is_no_score(monkeypatch):
    """The compiled solver, HiGHS and fractions give the same scores; what none of them proves is unsolved."""
    frame = pd.DataFrame(
        {"city": list("abcdef"), "x": [1.0, 2, 3, 4, 5, 6], "y": [1.0, 3, 2, 4, 4, 5]}
    )
    options = {"entity": "city", "inputs": ["x"], "good_outputs": ["y"]}
    scores = xz.evaluate(frame, **options).scores
    confirmed = engine.confirm

    def take_back(*given, **how):
        optima = confirmed(*given, **how)
        optima.status[:] = library.UNSOLVED
        return optima

    monkeypatch.setattr(engine, "confirm", take_back)
    by_highs = xz.evaluate(frame, **options)
    np.testing.assert_allclose(by_highs.scores, scores, rtol=1e-12)

    monkeypatch.setattr(Point, "is_proved", property(lambda _: False))
    by_fractions = xz.evaluate(frame, **options)
    np.testing.assert_allclose(by_fractions.scores, scores, rtol=1e-12)

    monkeypatch.setattr(PlainModel, "_solve_exactly", lambda *_: None)
    unproved = xz.evaluate(frame, **options)
    assert set(unproved.statuses) == {"unsolved"}
    assert np.isnan(unproved.scores).all()


def test_an_option_is_a_field_of_a_section_in_the_folder_of_its_analysis():
    """Every key of the study file that is an analysis has its options there, each with its description."""
    keys = StudySpec.model_fields
    for key, analysis in in_order():
        section = in_file(analysis)
        assert issubclass(section, Section)
        assert key in keys or not analysis.is_declared, key
        if section.__module__.startswith("xinzhi."):
            assert section.__module__.startswith("xinzhi.analyses."), key
        for name, field in section.model_fields.items():
            assert field.description or field.exclude, f"{key}.{name}"


@pytest.mark.long
def test_one_raw_number_from_its_cell_to_the_report(oecd, tmp_path):
    """The largest coal share: cell of the file, line of an error, formula, logarithm, cell of Table 1."""
    folder = shutil.copytree(oecd, tmp_path / "copy")
    path = folder / "oecd_panel.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    studied = [
        (float(row["coal_share_pct"]), n, row)
        for n, row in enumerate(rows, start=2)
        if row["in_study"] == "1" and 2011 <= int(row["year"]) <= 2019
    ]
    raw, line, row = max(studied, key=lambda one: one[0])
    used = math.log1p(raw / 100)

    results = json.loads((folder / "results/results.json").read_text(encoding="utf-8"))
    described = results["tables"]["descriptive"]["variables"]["coal"]
    assert described["max"] == pytest.approx(used, rel=1e-12)
    shown = call("show", "descriptive", "--study", folder / "study.yaml", "--lang", "en").stdout
    (printed,) = [one for one in shown.splitlines() if one.startswith("Coal share")]
    assert printed.split()[-2] == f"{used:.3f}"

    lines[line - 1] = lines[line - 1].replace(f",{row['coal_share_pct']},", ",12..5,")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = attempt("check", folder / "study.yaml", "--lang", "en")
    assert f"row {line}" in told.stdout
    assert "coal_share_pct" in told.stdout
