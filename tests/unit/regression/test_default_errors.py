"""Errors that nobody stated: the same at every door, and told."""

# 1e-12: the default is the same computation as the stated errors; only sums of BLAS may differ.

from __future__ import annotations

import json

import numpy as np
import pytest

import xinzhi as xz
from cases_econometrics import simulated_panel
from cli_runner import attempt, call
from xinzhi.present.regression import regression_table
from xinzhi_core.errors import SpecError
from xinzhi_core.wording import say
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.specification import Covariance, Regression

BY_ENTITY = Covariance("cluster", ("entity",))
STUDY = """\
title: Default
sources: {data: {file: data.csv, entity: entity, period: period}}
panel: {from: data}
variables: {y: {column: y}, x1: {column: x1}, x2: {column: x2}}
tables:
  baseline: {outcome: y, columns: [{x: [x1]}]}
  stated: {outcome: y, covariance: iid, columns: [{x: [x1, x2]}]}
  inherits: {from: stated/1, columns: [{x: [x1]}]}
mediation: {through: {from: baseline/1, through: [x2], draws: 40}}
report: {formats: [md], languages: [en, zh]}
"""


@pytest.fixture(scope="module")
def data():
    return simulated_panel(3, n_entities=45).assign(
        half=lambda d: np.where(d.index.get_level_values(0) % 2 == 0, "a", "b")
    )


def test_a_panel_is_clustered_by_entity(data):
    """A regression without errors has those of clusters of entities, and says whose choice it is."""
    found = fit(data, Regression("y", ("x1", "x2")))
    stated = fit(data, Regression("y", ("x1", "x2"), covariance=BY_ENTITY))

    np.testing.assert_allclose(found.std_error, stated.std_error, rtol=1e-12)
    assert found.regression.covariance.clusters == ("entity",)
    assert (found.covariance.is_default, stated.covariance.is_default) == (True, False)


@pytest.mark.parametrize("of", ["one period", "one entity"])
def test_other_data_have_independent_errors(of):
    """A cross-section and a single series have no clusters: independent errors, called default."""
    periods, entities = (1, 40) if of == "one period" else (40, 1)
    data = simulated_panel(5, n_entities=entities, n_periods=periods, keep=1.0)

    found = fit(data, Regression("y", ("x1",), effects=()))

    assert (found.covariance.kind, found.covariance.is_default) == ("iid", True)


DOORS = {
    "fit": lambda d: xz.fit(d, outcome="y", regressors="x1").covariance,
    "mediate": lambda d: (
        xz.mediate(d, outcome="y", regressors="x1", through="x2", tests="sobel").total.covariance
    ),
    "moderate": lambda d: (
        xz.moderate(d, outcome="y", regressors="x1", moderators="x2", paths="x1 -> y")
        .paths[0]
        .found.estimates.covariance
    ),
    "compare_groups": lambda d: (
        xz.compare_groups(d, outcome="y", regressors="x1", by="half", difference="interaction")
        .groupings["half"]
        .groups[0][1]
        .covariance
    ),
    "instruments": lambda d: (
        instrument(
            d, Regression("y", ("x1",)), endogenous=("x1",), instruments=("x2",)
        ).estimates.covariance
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_every_function_clusters(data, door):
    """Each function that estimates a panel clusters by entity where nothing is stated."""
    rule = DOORS[door](data)

    assert (rule.kind, rule.clusters[0][0], rule.is_default) == ("cluster", "entity", True)


def test_the_specification_curve_clusters(data):
    """Each specification has the default errors of the whole panel."""
    found = xz.specification_curve(
        data, outcome="y", regressors="x1", vary={"window": [(2001, 2005), None]}
    )

    whole = fit(data, Regression("y", ("x1",), covariance=BY_ENTITY))
    assert np.isclose(found.table["std_error"], whole.std_error[0], rtol=1e-12).any()


def test_independent_errors_can_be_stated(data):
    """`iid` is had by stating it, and contradicts a cluster."""
    stated = xz.fit(data, outcome="y", regressors="x1", covariance="iid")

    assert (stated.covariance.kind, stated.covariance.is_default) == ("iid", False)
    with pytest.raises(SpecError, match="take 0 cluster variables"):
        xz.fit(data, outcome="y", regressors="x1", covariance="iid", cluster="entity")


def test_every_function_takes_the_errors(data):
    """The functions beside `fit` take `covariance` as it does."""
    mediated = xz.mediate(
        data, outcome="y", regressors="x1", through="x2", covariance="hc1", tests="sobel"
    )
    moderated = (
        xz.moderate(
            data, outcome="y", regressors="x1", moderators="x2", paths="x1 -> y", covariance="iid"
        )
        .paths[0]
        .found
    )
    compared = xz.compare_groups(
        data,
        outcome="y",
        regressors="x1",
        by="half",
        covariance="cluster",
        difference="interaction",
    )

    assert mediated.total.covariance.kind == "hc1"
    assert moderated.estimates.covariance.kind == "iid"
    assert not compared.groupings["half"].groups[0][1].covariance.is_default


def test_a_lag_without_driscoll_kraay_is_refused(data):
    """A lag that nothing uses is not passed over."""
    with pytest.raises(SpecError, match="have no lag"):
        xz.fit(data, outcome="y", regressors="x1", lag=2)


@pytest.mark.parametrize("kind", ["iid", "hc1"])
@pytest.mark.parametrize("rule", ["stata", "areg"])
def test_a_rule_that_the_errors_do_not_have_is_refused(data, kind, rule):
    """A rule that nothing follows is not passed over; that of all commands stands for none."""
    with pytest.raises(SpecError, match=f"kind {kind} have no small-sample rule"):
        xz.fit(data, outcome="y", regressors="x1", covariance=kind, rule=rule)

    told = xz.fit(data, outcome="y", regressors="x1", covariance=kind, rule="fixest")
    assert told.covariance.kind == kind


def test_the_small_sample_rule_holds_for_the_default(data):
    """`rule` alone keeps the default clusters and counts as asked."""
    found = xz.fit(data, outcome="y", regressors="x1", rule="areg")
    stated = fit(
        data, Regression("y", ("x1",), covariance=Covariance("cluster", ("entity",), rule="areg"))
    )

    np.testing.assert_allclose(found.std_error, stated.std_error, rtol=1e-12)


def test_the_table_says_whose_choice_it_is(data):
    """The note under a table states the errors, and that they are the default, in both languages."""
    (note, *_) = regression_table("t", "T", [fit(data, Regression("y", ("x1",)))]).notes

    assert say(note, "en").startswith("Standard errors clustered by Entity (the default)")
    assert "（默认）" in say(note, "zh")


def regress(path, *words):
    """Call the command and read its JSON."""
    keys = ("--entity", "entity", "--period", "period", "--outcome", "y", "--regressors", "x1")
    return json.loads(call("regress", path, *keys, *words, "--format", "json").stdout)


def test_the_command_clusters(data, tmp_path):
    """`xinzhi regress` clusters by entity where nothing is stated, and JSON says so."""
    data.to_csv(tmp_path / "data.csv")

    plain = regress(tmp_path / "data.csv")["covariance"]
    stated = regress(tmp_path / "data.csv", "--covariance", "iid")["covariance"]
    done = attempt(
        "regress", tmp_path / "data.csv", "--entity", "entity", "--period", "period", "--outcome",
        "y", "--regressors", "x1", "--covariance", "iid", "--cluster", "entity", "--lang", "en",
    )  # fmt: skip

    assert (plain["kind"], plain["clusters"], plain["default"]) == ("cluster", {"entity": 44}, True)
    assert (stated["kind"], "default" in stated) == ("iid", False)
    assert done.code == 1
    assert "take 0 cluster variables" in done.stderr


@pytest.mark.long
def test_a_study_clusters(data, tmp_path):
    """Tables and mediation of a study without `covariance` are clustered by entity."""
    data.to_csv(tmp_path / "data.csv")
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")

    call("run", tmp_path)

    written = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    kinds = {
        name: written["tables"][name]["columns"][0]["covariance"]
        for name in ("baseline", "stated", "inherits")
    }
    assert [kinds[name]["kind"] for name in kinds] == ["cluster", "iid", "iid"]
    assert [kinds[name].get("default", False) for name in kinds] == [True, False, False]
    total = fit(data, Regression("y", ("x1",), covariance=BY_ENTITY))
    (effect,) = written["tables"]["through_effects"]["effects"]
    np.testing.assert_allclose(effect["total"]["se"], total.std_error[0], rtol=1e-9)
    for name in ("baseline", "through", "through_effects"):
        text = (tmp_path / "results" / "tables" / f"{name}.md").read_text(encoding="utf-8")
        assert "clustered by Entity (the default)" in text
