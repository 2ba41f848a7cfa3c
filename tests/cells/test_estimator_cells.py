"""Columns of one table by three estimators: every cell is the number of its own estimator."""

from __future__ import annotations

import numpy as np
import pytest

import made_mechanism
from made_cells import printed
from printed import (
    Expected,
    check,
    check_sentences,
    count,
    digits,
    error,
    estimate,
    number,
    p_value,
    words,
)
from printed_charts import points_of
from said import method_sentences
from xinzhi.analyses.pathways.section import gather_inputs
from xinzhi.report.exhibits import exhibited
from xinzhi.study.file.load import spec_of
from xinzhi.study.view import StudyView
from xinzhi_core.errors import SpecError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

STUDY = """\
title: Estimators
seed: 3
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
variables:
  share: {column: share}
  talent: {column: talent, label: {zh: 人才, en: Talent}}
  control: {column: control}
  policy: {column: policy}
sets: {controls: [control]}
tables:
  estimators:
    outcome: share
    covariance: {cluster: entity}
    columns:
      - {x: [talent, controls]}
      - {x: [talent, controls], estimator: re}
      - {x: [talent, controls], estimator: fractional_logit}
  heirs: {from: estimators/3, columns: [{window: [2010, 2017]}, {estimator: ols}]}
typology: {from: estimators/3}
report: {languages: [en, zh], formats: [html]}
"""
KINDS = ("least_squares", "random_effects", "fractional_logit")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    frame = made_mechanism.panel()
    frame["share"] = 1 / (1 + np.exp(-(frame["green"] - frame["green"].mean()) / 5))
    return printed(tmp_path_factory.mktemp("estimators"), made_mechanism.write_study, frame, STUDY)


@pytest.fixture(scope="module")
def found(study):
    """Estimate again, outside the study."""
    how = Covariance("cluster", ("entity",))
    return [
        fit(
            study.result.variables,
            Regression("share", ("talent",), ("control",), covariance=how, estimator=kind),
        )
        for kind in KINDS
    ]


def test_cells(study, found):
    """Coefficients of each estimator, marginal effects of the logit, fit under its own name."""
    squares, effects, logit = found
    rows, cells = {}, {}
    for name, label in (("talent", "Talent"), ("control", "control")):
        rows |= {name: label, f"{name}:std_error": ""}
        for column, one in zip(("c1", "c2", "c3"), found, strict=True):
            at = one.names.index(name)
            cells[name, column] = estimate(one.estimate[at], one.p_value[at])
            cells[f"{name}:std_error", column] = error(one.std_error[at])
    at = effects.names.index("_cons")
    rows |= {"_cons": "Constant", "_cons:std_error": ""}
    cells["_cons", "c1"] = estimate(squares.fit.constant, squares.constant.p_value)
    cells["_cons:std_error", "c1"] = error(squares.constant.std_error)
    cells["_cons", "c2"] = estimate(effects.estimate[at], effects.p_value[at])
    cells["_cons:std_error", "c2"] = error(effects.std_error[at])
    marginal = logit.marginal_effects
    at = marginal.names.index("talent")
    rows |= {
        "talent:marginal_effect": "Average marginal effect of Talent",
        "talent:marginal_effect:std_error": "",
        "effects:entity": "Entity fixed effects",
        "effects:period": "Period fixed effects",
        "n": "Observations (N)",
        "n_entities": "Entities",
        "n_clusters": "Clusters",
        "r2_adj": "Adjusted R²",
        "r2_within": "Within R²",
        "r2_between": "Between R²",
        "r2_overall": "Overall R²",
        "pseudo_r2": "Pseudo R²",
        "log_likelihood": "Log pseudolikelihood",
        "sigma_u": "σ of entity effects",
        "sigma_e": "σ of the error",
        "f": "F",
        "f_p": "p-value of F",
    }
    cells |= {
        ("talent:marginal_effect", "c3"): estimate(marginal.estimate[at], marginal.p_value[at]),
        ("talent:marginal_effect:std_error", "c3"): error(marginal.std_error[at]),
        ("r2_adj", "c1"): number(squares.fit.r2_adjusted),
        ("sigma_u", "c2"): number(effects.components.sigma_u),
        ("sigma_e", "c2"): number(effects.components.sigma_e),
    }
    for column, one, words_of_entities in zip(
        ("c1", "c2", "c3"), found, ("yes", "random", "means of regressors"), strict=True
    ):
        cells |= {
            ("effects:entity", column): words(words_of_entities),
            ("effects:period", column): words("yes"),
            ("n", column): count(one.n),
            ("n_entities", column): count(
                study.result.variables.index.get_level_values(0).nunique()
            ),
            ("n_clusters", column): count(one.covariance.clusters[0][1]),
            ("f", column): number(one.fit.f),
            ("f_p", column): p_value(one.fit.f_p),
        }
        for key in ("r2_within", "r2_between", "r2_overall", "pseudo_r2", "log_likelihood"):
            if key in one.fit.to_dict():
                cells[key, column] = number(one.fit.to_dict()[key])
    ((at, wild),) = study.result.results["tables"]["estimators"].bootstraps.items()
    ((low, high),) = wild.intervals[wild.names.index("talent")]
    assert at == 0
    rows |= {
        "talent:p_wild": "Wild bootstrap p: Talent",
        "talent:interval_wild": "Wild bootstrap 95% interval: Talent",
    }
    cells["talent:p_wild", "c1"] = p_value(wild.p_value[wild.names.index("talent")])
    cells["talent:interval_wild", "c1"] = words(f"[{digits(low)}, {digits(high)}]")
    headings = {
        "c1": ("share", "(1)"),
        "c2": ("share", "(2) random effects"),
        "c3": ("share", "(3) fractional logit"),
    }

    check(study, "estimators", Expected(headings, rows, cells))


def test_points_are_on_the_scale_of_the_outcome(study, found):
    """The plot shows the average marginal effect of the logit beside the slopes of the others."""
    marginal = found[2].marginal_effects
    points = points_of(study.charts["estimators_coefficients"])

    assert [one.words for one in points] == ["Talent (1)", "Talent (2)", "Talent (3)"]
    assert points[2].estimate == marginal.estimate[marginal.names.index("talent")]
    assert points[0].estimate == found[0].estimate[0]


def test_pathways_rest_on_marginal_effects(study, found):
    """An effect on the logit scale would be taken for one on the scale of the outcome."""
    view = StudyView(study.result.spec)
    asked = study.result.spec.typology
    results = {("tables", "estimators"): study.result.results["tables"]["estimators"]}
    rows = gather_inputs(asked, view, results).estimates.set_index("path")
    marginal = found[2].marginal_effects

    assert rows.loc["talent -> share", "b"] == pytest.approx(marginal.estimate[0], abs=0)


def test_estimators_are_inherited():
    """A table that starts from a column of another estimator keeps it, or names its own."""
    view = StudyView(spec_of(STUDY, "study.yaml"))

    kinds = [view.equation(f"heirs/{n}").regression.estimator for n in (1, 2)]
    assert kinds == ["fractional_logit", "least_squares"]


def test_sentences(study):
    """Under the table: which column is what."""
    check_sentences(
        study,
        "estimators",
        ["* p < 0.1, ** p < 0.05, *** p < 0.01; the text calls effects significant at p < 0.05."],
    )
    shown = exhibited(study.result)
    methods = [*method_sentences(study.result, shown.methods), *map(str, shown.references)]

    assert any("Column (2): random effects of entities" in one for one in methods)
    assert any(one.startswith("Regressions are estimated by least squares") for one in methods)
    assert any(one.startswith("Papke") for one in methods)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (
            "mediation: {m: {from: estimators/3, through: [policy]}}\n",
            "its column has another estimator",
        ),
        (
            "  iv: {from: estimators/3, columns: [{instruments: {talent: [policy]}}]}\n",
            "another estimator",
        ),
        ("  odd: {from: estimators/3, columns: [{estimator: probit}]}\n", "is not a choice"),
    ],
)
def test_what_does_not_go_together_is_refused(more, what):
    """A section of least squares, instruments, a word that is no estimator: told before anything is computed."""
    text = STUDY.replace("typology:", f"{more}typology:")

    with pytest.raises(SpecError, match=what):
        spec_of(text, "study.yaml")
