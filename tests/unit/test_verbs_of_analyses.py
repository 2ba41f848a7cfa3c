"""Verbs, flags and keys of an analysis are one declaration; a verb refuses what a study refuses."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt
from made_cities import cities, write_study
from xinzhi.analyses.analysis import ANALYSES, Analysis, base_key, offered
from xinzhi.analyses.analysis import in_file as analysis_in_file
from xinzhi.analyses.capabilities import CAPABILITIES, OfResults, OfScore
from xinzhi.analyses.efficiency.section import OTHER_ANALYSES, Measurement
from xinzhi.analyses.regressions.section import (
    Changes,
    RegressionTable,
    SingleRegression,
    TableColumn,
)
from xinzhi.api.analysis import CALL
from xinzhi.api.regression import REGRESSION, SMALL_SAMPLE
from xinzhi.cli.commands.regress import make_command
from xinzhi.study.run import run
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.errors import SpecError, StudyError
from xinzhi_core.vocabulary import in_file, in_python

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
    keys = {field.alias or name for name, field in offered(analysis).model_fields.items()}
    has_base = "base" in offered(analysis).model_fields
    keywords = set(inspect.signature(getattr(xz, analysis.verb)).parameters)

    if isinstance(analysis, OfResults):
        assert keywords == {in_python(key) for key in keys} | {"study"}
        return
    options = keys - {base_key(analysis)} - analysis.shown_only
    if isinstance(analysis, OfScore):
        options = options - {analysis.measured} | MEASUREMENT
    assert keywords == options | {"data", *CALL} | (set(REGRESSION) if has_base else set())


@pytest.mark.parametrize("key", KEYS)
def test_the_command_line_takes_them_too(key):
    """Each keyword of Python but the data is a flag, described as in the study file."""
    analysis = ANALYSES.get(key)
    done = attempt("analyse", key, "--help")
    told = " ".join(done.stdout.split())

    assert done.code == 0
    for name in set(inspect.signature(getattr(xz, analysis.verb)).parameters) - {"data", "study"}:
        assert f"--{in_file(name).replace('_', '-')}" in told


@pytest.mark.parametrize("key", DECLARED)
def test_the_study_file_has_the_section(key):
    """Its schema is that of the declared options, and its description that of the analysis."""
    field = StudySpec.model_fields[key]

    assert field.description == ANALYSES.get(key).description
    declared = analysis_in_file(ANALYSES.get(key))
    assert declared.__name__ in str(field.annotation)


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda f: xz.mediate(f, **MODEL, through="m", tests="sobl"), "'sobl' is not a choice"),
        (lambda f: xz.mediate(f, **MODEL, through="m", tests="sobel", draws=9), "no effect"),
        (lambda f: xz.moderate(f, **MODEL, moderators="m", paths="x => y"), "is not a path"),
        (
            lambda f: xz.moderate(f, **MODEL, moderators="m", paths="x -> m"),
            "cannot moderate a path",
        ),
        (
            lambda f: xz.specification_curve(f, **MODEL, vary={"replace": [{"z": "m"}]}),
            "Unknown variable of the regression 'z'",
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


def test_what_a_verb_refuses_is_told_in_chinese(frame):
    """The same words as in a study file."""
    with pytest.raises(SpecError) as caught:
        xz.moderate(frame, **MODEL, moderators="m", paths="x => y")

    assert "“x => y”不是路径。" in caught.value.in_words("zh")


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


def test_words_and_numbers_of_a_flag_are_read_as_declared(tmp_path, frame):
    """A choice of numbers, numbers by column, and a heading with its unit inside a mapping."""
    data = frame.abs().rename_axis(["city", "year"]).rename(columns={"m": "用电量（万千瓦时）"})
    data.to_csv(tmp_path / "data.csv")
    keys = ["--entity", "city", "--period", "year", "--format", "json"]
    roles = ["--inputs", "x", "--good-outputs", "y", "--weights", "x=1,y=2"]
    more = ["--regressors", "x", "--algorithm", "1", "--draws", "40", "--measure", "radial"]

    second = attempt("analyse", "second_stage", tmp_path / "data.csv", *keys, *roles[:4], *more)
    weighted = attempt("analyse", "scale_efficiency", tmp_path / "data.csv", *keys, *roles)
    replaced = attempt(
        "regress", tmp_path / "data.csv", *keys, "--outcome", "y", "--regressors", "x",
        "--replace", "{x: 用电量（万千瓦时）}",
    )  # fmt: skip

    assert second.code == 0, second.stderr
    assert "weights" in weighted.stderr, "known to the analysis, which has no use for them here"
    assert json.loads(replaced.stdout)["coefficients"][0]["name"] == "用电量"


def test_options_of_one_regression_are_those_of_a_column():
    """What `xz.regress` takes is declared once: a column or its table has it, described in the same words."""
    own = set(SingleRegression.model_fields) - {"base"}

    assert own <= {*TableColumn.model_fields, *RegressionTable.model_fields}
    for name in Changes.model_fields:
        here, there = Changes.model_fields[name], TableColumn.model_fields[name]
        assert (here.annotation, here.description) == (there.annotation, there.description)


def test_fit_and_its_command_take_the_options_of_a_column():
    """`xz.fit` and `xinzhi regress` have what `xz.regress` has but the seed, with the same defaults, and two more."""
    regress = inspect.signature(xz.regress).parameters
    fit = inspect.signature(xz.fit).parameters
    command = {one.name: one for one in make_command().params}
    told = " ".join(attempt("regress", "--help").stdout.split())

    assert set(fit) == set(regress) - {"seed"} | {*SMALL_SAMPLE, "level"}
    for name in set(regress) & set(fit):
        assert (fit[name].default, fit[name].annotation) == (
            regress[name].default,
            regress[name].annotation,
        )
    own = {"sheet", "output_format", "lang", "endogenous", "output", "overwrite", "dry_run"}
    assert set(command) - {"help"} == set(fit) | own
    for name in set(fit) - {"data"}:
        assert f"--{in_file(name).replace('_', '-')}" in told
        assert command[name].required == (fit[name].default is inspect.Parameter.empty)
    for name, option in SingleRegression.model_fields.items():
        if name != "base":
            assert " ".join(option.description.split()) in xz.fit.__doc__
            assert " ".join(option.description.split())[:60] in " ".join(command[name].help.split())


def test_errors_are_written_as_in_the_study_file_or_by_keyword(frame):
    """`{driscoll_kraay: 2}` and covariance, lag: the same; two kinds at a time and unknown words are refused."""
    written = xz.regress(frame, **MODEL, covariance={"driscoll_kraay": 2}).columns[0]
    named = xz.fit(frame, **MODEL, covariance="dk", lag=2)
    ruled = xz.fit(frame, **MODEL, covariance={"cluster": "entity", "as": "stata"})

    assert written.covariance == named.covariance
    assert (written.std_error == named.std_error).all()
    assert ruled.covariance == xz.fit(frame, **MODEL, cluster="entity", rule="stata").covariance
    with pytest.raises(SpecError, match="One kind of errors at a time"):
        xz.fit(frame, **MODEL, covariance={"driscoll_kraay": 2}, cluster="entity")
    with pytest.raises(SpecError, match="lag"):
        xz.fit(frame, **MODEL, covariance={"driscoll_kraay": "two"})


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study that has been run, with its pathways and what-if."""
    path = write_study(tmp_path_factory.mktemp("made"), cities())
    return path, run(path, results=path.parent / "results")


def test_what_the_study_file_says_holds_for_what_is_left_out(study):
    """Without options the verb gives the study's own result; with some these alone differ."""
    own = study[1].results["typology"]["typology"]

    same, more = xz.pathways(study[1]), xz.pathways(study[1], what_if={"HEE": "20%"})

    pd.testing.assert_frame_equal(same.to_frame(), own.to_frame())
    pd.testing.assert_frame_equal(same.what_if.by_city, own.what_if.by_city)
    pd.testing.assert_frame_equal(more.to_frame(), own.to_frame())
    first = own.what_if.by_city.query("factor == 'HEE'")
    assert (
        (more.what_if.by_city["new_value"] / more.what_if.by_city["value"]).round(9).eq(1.2).all()
    )
    assert (first["new_value"] / first["value"]).round(9).eq(1.1).all()


def test_a_study_on_the_command_line(study):
    """The flags are written as in the study file, and what was computed is read, not computed again."""
    flags = ["--what-if", "{HEE: 20%}", "--from", "baseline", "--format", "json"]

    done = attempt("analyse", "typology", study[0], *flags)

    assert done.code == 0
    tables = json.loads(done.stdout)
    found = xz.pathways(study[1], what_if={"HEE": "20%"}, from_="baseline")
    counts = found.to_frame().drop_duplicates(["entity", "pathway"])
    shown = tables["pathways_by_city"]["cities"]
    assert {
        (city, rule): one["status"]
        for city, told in shown.items()
        for rule, one in told["pathways"].items()
    } == {(one.entity, one.pathway): one.status for one in counts.itertuples()}
    assert set(counts["status"]) == {"effect_only", "unsupported"}


def test_published_figures_beside_a_study(study):
    """Figures of any file are set beside the tables of the study; the command tells the same."""
    (study[0].parent / "figures.toml").write_text("[printed.col1]\nN = 144\nadj_r2 = 7\n")
    asked = {"published": "figures.toml", "tables": {"printed": "baseline"}}

    found = xz.compare(study[1], **asked).to_frame().set_index("figure")
    done = attempt(
        "analyse", "compare", study[0], "--published", "figures.toml", "--tables",
        "{printed: baseline}", "--format", "json",
    )  # fmt: skip

    n = study[1].results["tables"]["baseline"].fitted[0].n
    assert found["agrees"].to_dict() == {"printed.col1.N": n == 144, "printed.col1.adj_r2": False}
    assert found.loc["printed.col1.N", "computed"] == n
    told = json.loads(done.stdout)["comparison"]
    assert (told["n"], told["agrees"]) == (2, int(found["agrees"].sum()))


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda s: xz.pathways(s, from_="nobody"), "typology.from[1]"),
        (lambda s: xz.pathways(s, what_if={"moon": 1}), "typology.what_if.moon"),
        (lambda s: xz.pathways(s, what_if={"HEE": 0}), "typology.what_if.HEE"),
        (xz.compare, "compare.published"),
        (lambda s: xz.compare(s, published="nothing.toml"), "compare"),
    ],
)
def test_a_verb_of_a_study_names_the_place(study, call, key):
    """What is wrong is told by its key, as in the study file."""
    with pytest.raises(StudyError) as caught:
        call(study[1])

    assert caught.value.problems[0].where.key == key


def test_estimators_reach_python(frame):
    """A short form is understood; the result is that of `xz.fit`."""
    found = xz.regress(frame, **MODEL, estimator="re")

    assert found.estimated[0].estimator == "random_effects"
    expected = xz.fit(frame, **MODEL, estimator="random_effects")
    assert (found.estimated[0].estimate == expected.estimate).all()


@pytest.mark.parametrize(
    ("name", "capability"),
    [("samples", "Estimated"), ("column", "Measured"), ("doubts", "Mechanism")],
)
def test_what_only_a_capability_is_asked_for_is_refused_without_it(name, capability):
    """A method that nobody would call is an error when its class is made, and not silence in the report."""
    with pytest.raises(TypeError, match=f"Lost defines {name}, which is read of {capability}"):
        type("Lost", (Analysis,), {name: lambda *_: ()})
    ours = next(one for one in CAPABILITIES if one.__name__ == capability)
    assert type("Asked", (Analysis, ours), {name: lambda *_: ()}).__name__ == "Asked"
