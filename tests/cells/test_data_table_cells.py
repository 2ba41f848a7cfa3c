"""Tables of the data: every correlation, and every input and output of a score, is what it names."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import pearsonr

import made_mechanism
from made_cells import printed
from printed import Expected, check, estimate, number, words
from xinzhi.study.run import run
from xinzhi_core.errors import SpecError
from xinzhi_core.wording import say

STUDY = """\
title: Data
seed: 3
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data, labels: {work: {zh: 劳动, en: Labour}, good: Output, waste: Waste}}
prepare:
  - work: {step: expression, expression: exp(talent), unit: persons}
  - good: {step: expression, expression: exp(green / 10)}
  - waste: {step: entropy_index, columns: [work, good]}
efficiency:
  score: {inputs: [work], good_outputs: [good], bad_outputs: [waste]}
variables:
  score: {from: score, label: {zh: 效率, en: Efficiency}}
  green: {column: green, label: {zh: 绿色, en: Green}}
  talent: {column: talent, label: {zh: 人才, en: Talent}}
  gaps: {column: gaps}
describe: {variables: [green, talent, gaps]}
report: {languages: [en, zh], formats: [html]}
"""
LABELS = {"green": "Green", "talent": "Talent", "gaps": "gaps"}


def panel():
    frame = made_mechanism.panel()
    draw = np.random.default_rng(5).normal(size=len(frame))
    frame["gaps"] = np.where(np.arange(len(frame)) % 7 == 0, np.nan, draw)
    return frame


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return printed(tmp_path_factory.mktemp("data"), made_mechanism.write_study, panel(), STUDY)


def test_correlations(study):
    """Pearson's r of the complete rows below the diagonal, with the stars of its t test."""
    complete = study.result.variables[list(LABELS)].dropna()
    names = list(LABELS)
    headings = {name: f"({at})" for at, name in enumerate(names, 1)}
    rows = {name: f"({at}) {LABELS[name]}" for at, name in enumerate(names, 1)}
    cells = {}
    for i, one in enumerate(names):
        cells[one, one] = number(1.0)
        for other in names[:i]:
            r, p = pearsonr(complete[one], complete[other])
            known = study.tables["descriptive_correlations"].rows[i].cells[names.index(other)].value
            assert known == pytest.approx(r)  # rounding: the same sums in another order
            cells[one, other] = estimate(known, p)

    assert {bool(cells[a, b].text.endswith("*")) for a, b in cells if a != b} == {True, False}
    check(study, "descriptive_correlations", Expected(headings, rows, cells, "Variable"))


def test_inputs_and_outputs(study):
    """Each column of a score has its role, what it is made of, and its unit."""
    headings = {"role": "Role", "definition": "Definition", "unit": "Unit"}
    rows = {"work": "Labour", "good": "Output", "waste": "Waste"}
    cells = {
        ("work", "role"): words("Input"),
        ("work", "definition"): words("exp(talent)"),
        ("work", "unit"): words("persons"),
        ("good", "role"): words("Good output"),
        ("good", "definition"): words("exp(green / 10)"),
        ("waste", "role"): words("Bad output"),
        ("waste", "definition"): words("entropy-weighted index of Labour, Output"),
    }

    check(study, "score_indicators", Expected(headings, rows, cells, "Indicator"))


def test_a_label_of_no_column_is_refused(tmp_path):
    """A label without effect is a slip: it is told with the nearest column."""
    made_mechanism.write_study(tmp_path, panel(), STUDY.replace("labels: {work:", "labels: {wrk:"))

    with pytest.raises(SpecError, match="wrk"):
        run(tmp_path / "study.yaml")


def test_a_source_is_called_by_its_title(tmp_path):
    """Once it has one, without reading its file again; by its name in the study file before."""
    before = printed(tmp_path, made_mechanism.write_study, panel(), STUDY)
    titled = STUDY.replace("{data: {file", "{data: {title: {zh: 年鉴, en: Yearbook}, file")
    after = printed(tmp_path, made_mechanism.write_study, panel(), titled)
    position = [column.key for column in before.tables["variables"].columns].index("source")
    for study, language, name in (
        (before, "en", "data"),
        (after, "en", "Yearbook"),
        (after, "zh", "年鉴"),
    ):
        cells = {
            row.key: say(row.cells[position].value, language)
            for row in study.tables["variables"].rows
        }
        assert {cells["green"], cells["talent"]} == {name}
