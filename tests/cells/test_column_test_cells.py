"""Tests of the columns of a table: each row is the statistic of its own column, with the stars of its p-value."""

from __future__ import annotations

import pytest

import made_mechanism
from made_cells import printed
from printed import MISSING, Expected, check, error, estimate
from regression_cells import regression_cells
from xinzhi_econometrics.diagnostics.effects_f import effects_f
from xinzhi_econometrics.diagnostics.hausman import hausman
from xinzhi_econometrics.diagnostics.mundlak import mundlak
from xinzhi_econometrics.inference import Statistic
from xinzhi_econometrics.specification import Regression

STUDY = """\
title: Tests
seed: 3
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
variables:
  green: {column: green}
  talent: {column: talent, label: {zh: 人才, en: Talent}}
  control: {column: control}
sets: {controls: [control]}
tables:
  baseline:
    outcome: green
    covariance: hc1
    tests: [effects_f, hausman]
    columns:
      - {x: [talent, controls]}
      - {x: [talent], effects: [entity]}
      - {x: [talent, controls], effects: []}
report: {languages: [en, zh], formats: [html]}
"""
NAMES = {"talent": "Talent", "control": "control"}
LABELS = {
    "effects_f": "F test of the fixed effects",
    "hausman": "Hausman, classic",
    "mundlak": "Mundlak, clustered",
}
ASKED = (
    Regression("green", ("talent",), ("control",)),
    Regression("green", ("talent",), (), ("entity",)),
    Regression("green", ("talent",), ("control",), ()),
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return printed(
        tmp_path_factory.mktemp("tests"), made_mechanism.write_study, made_mechanism.panel(), STUDY
    )


def test_cells(study):
    """The joint F of the effects, the classic Hausman statistic and Mundlak's, column by column."""
    frame = study.result.variables
    estimates = study.result.results["tables"]["baseline"].fitted
    rows, cells = regression_cells(estimates, ["talent", "control"], NAMES)
    at = list(rows).index("_cons") + 1
    pooled = estimates[2]
    place = pooled.names.index("_cons")
    rows = dict([*list(rows.items())[:at], ("_cons:std_error", ""), *list(rows.items())[at:]])
    cells["_cons", "c3"] = estimate(pooled.estimate[place], pooled.p_value[place])
    cells["_cons:std_error", "c3"] = error(pooled.std_error[place])
    del cells["n_entities", "c3"]
    rows |= {f"test:{name}": label for name, label in LABELS.items()}
    for column, asked in enumerate(ASKED, 1):
        of_hausman = hausman(frame, asked).classic if asked.effects else None
        for one in (effects_f(frame, asked)[0], of_hausman, mundlak(frame, asked)):
            if isinstance(one, Statistic):
                cells[f"test:{one.name}", f"c{column}"] = estimate(one.value, one.p_value)
    cells["test:effects_f", "c3"] = cells["test:hausman", "c3"] = MISSING
    headings = {f"c{n}": ("green", f"({n})") for n in (1, 2, 3)}

    check(study, "baseline", Expected(headings, rows, cells))
