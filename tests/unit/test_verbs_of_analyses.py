"""Verbs, flags and keys of an analysis are one declaration; a verb refuses what a study refuses."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt
from xinzhi.analyses.analysis import ANALYSES, base_key
from xinzhi.analyses.efficiency.section import OTHER_ANALYSES, Measurement
from xinzhi.analyses.regressions.section import (
    Changes,
    RegressionTable,
    SingleRegression,
    TableColumn,
)
from xinzhi.api.analysis import DATA, REGRESSION
from xinzhi.errors import SpecError, StudyError
from xinzhi.study.schema.study import StudySpec

KEYS = [key for key, analysis in ANALYSES if analysis.verb and not analysis.is_written_by_hand]
DECLARED = [key for key, analysis in ANALYSES if analysis.is_declared]
MEASUREMENT = set(Measurement.model_fields) - OTHER_ANALYSES
MODEL = {"outcome": "y", "regressors": "x"}


@pytest.fixture
def frame():
    index = pd.MultiIndex.from_product(
        [list("abcdef"), range(2010, 2018)], names=["entity", "period"]
    )
    draw = np.random.default_rng(0).normal(size=(48, 3))
    return pd.DataFrame(draw, index=index, columns=["y", "x", "m"])


@pytest.mark.parametrize("key", KEYS)
def test_python_takes_the_keys_of_the_study_file(key):
    """The keywords are the keys of the section, the regression in the place of `from`, and no others."""
    analysis = ANALYSES.get(key)
    keys = {field.alias or name for name, field in analysis.offered.model_fields.items()}
    has_base = "base" in analysis.offered.model_fields
    keywords = set(inspect.signature(getattr(xz, analysis.verb)).parameters)

    options = keys - {base_key(analysis), analysis.measured} - analysis.shown_only
    if analysis.measured:
        options |= MEASUREMENT
    assert keywords == options | {"data", *DATA} | (set(REGRESSION) if has_base else set())


@pytest.mark.parametrize("key", KEYS)
def test_the_command_line_takes_them_too(key):
    """Each keyword of Python but the data is a flag, described as in the study file."""
    analysis = ANALYSES.get(key)
    done = attempt("analyse", key, "--help")
    told = " ".join(done.stdout.split())

    assert done.code == 0
    for name in set(inspect.signature(getattr(xz, analysis.verb)).parameters) - {"data"}:
        assert f"--{name.replace('_', '-')}" in told


@pytest.mark.parametrize("key", DECLARED)
def test_the_study_file_has_the_section(key):
    """Its schema is that of the declared options, and its description that of the analysis."""
    field = StudySpec.model_fields[key]

    assert field.description == ANALYSES.get(key).description
    declared = ANALYSES.get(key).in_file or ANALYSES.get(key).section
    assert declared.__name__ in str(field.annotation)


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda f: xz.mediate(f, **MODEL, through="m", tests="sobl"), "'sobl' is not a choice"),
        (lambda f: xz.mediate(f, **MODEL, through="m", tests="sobel", draws=9), "no effect"),
        (lambda f: xz.moderate(f, **MODEL, moderators="m", paths="x => y"), "is no path"),
        (lambda f: xz.moderate(f, **MODEL, moderators="m", paths="x -> m"), "moderates a path"),
        (
            lambda f: xz.specification_curve(f, **MODEL, vary={"replace": [{"z": "m"}]}),
            "no variable of the regression 'z'",
        ),
        (
            lambda f: xz.specification_curve(f, **MODEL, vary={"efficiency": {"bads": ["inputs"]}}),
            "no frontier can be changed",
        ),
    ],
)
def test_a_verb_refuses_what_a_study_refuses(frame, call, what):
    """Another frontier, a path through its own moderator, a word that is no choice: nothing is computed."""
    with pytest.raises(SpecError, match=what):
        call(frame)


def test_one_regression_by_its_verb(frame):
    """Instruments, few clusters and changed rows reach Python; what cannot be estimated is an error."""
    few = xz.regress(frame, **MODEL, window=(2011, 2016), seed=3)
    instrumented = xz.regress(frame, **MODEL, instruments={"x": "m"}, tau=0.2)

    (column,), (wild,) = few.columns, few.bootstraps.values()
    assert column.n == 36
    assert wild.n_clusters == 6
    assert few.to_frame().loc[(1, "x"), "estimate"] == column.estimate[0]
    assert (instrumented.columns[0].instruments, instrumented.columns[0].tau) == (("m",), 0.2)
    with pytest.raises(StudyError, match="x"):
        xz.regress(frame.assign(x=1.0), **MODEL)
    with pytest.raises(SpecError, match="concerns instruments"):
        xz.regress(frame, **MODEL, tau=0.2)


def test_a_mapping_is_written_on_the_command_line_as_in_the_study_file(tmp_path, frame):
    """`--instruments '{x: m}'` and `--window '[2011, 2016]'`: the same numbers as in Python."""
    frame.rename_axis(["city", "year"]).to_csv(tmp_path / "data.csv")
    words = ["--entity", "city", "--period", "year", "--outcome", "y", "--regressors", "x"]
    flags = ["--instruments", "{x: m}", "--window", "[2011, 2016]", "--format", "json"]

    done = attempt("analyse", "tables", tmp_path / "data.csv", *words, *flags)

    (column,) = json.loads(done.stdout)["tables"]["columns"]
    found = xz.regress(frame, **MODEL, instruments={"x": "m"}, window=(2011, 2016))
    assert column["coefficients"]["x"]["b"] == found.fitted[0].estimate[0]
    assert column["instruments"]["instruments"] == ["m"]


def test_options_of_one_regression_are_those_of_a_column():
    """What `xz.regress` takes is declared once: a column or its table has it, and `xinzhi regress` the flags it shares."""
    own = set(SingleRegression.model_fields) - {"base"}
    told = attempt("regress", "--help").stdout

    assert own <= {*TableColumn.model_fields, *RegressionTable.model_fields}
    for name in Changes.model_fields:
        here, there = Changes.model_fields[name], TableColumn.model_fields[name]
        assert (here.annotation, here.description) == (there.annotation, there.description)
    for flag in ("estimator", "singletons", "instruments", "tau", *REGRESSION):
        assert f"--{flag}" in told


def test_estimators_reach_python(frame):
    """A short form is understood; the result is that of `xz.fit`."""
    found = xz.regress(frame, **MODEL, estimator="re")

    assert found.estimated[0].estimator == "random_effects"
    expected = xz.fit(frame, **MODEL, estimator="random_effects")
    assert (found.estimated[0].estimate == expected.estimate).all()
