"""Tests of what the errors assume, and the advice that follows from them."""

# Sizes are counted over seeded draws; bounds leave five standard errors of a share.

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter
from statsmodels.stats.diagnostic import het_breuschpagan

import xinzhi as xz
from cli_runner import call
from xinzhi.present.regression import regression_table
from xinzhi_core.wording import say
from xinzhi_econometrics.diagnostics.cross_section_dependence import correlations, sums_of_pairs
from xinzhi_econometrics.diagnostics.error_tests import (
    breusch_pagan_koenker,
    mean_correlation,
    with_advice,
)
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.specification import Covariance, Regression

IID, HC1 = Covariance(), Covariance("hc1")
BY_ENTITY = Covariance("cluster", ("entity",))
TWO_WAY = Covariance("two_way", ("entity", "period"))
KRAAY = Covariance("driscoll_kraay", lag=2)
SERIAL, ACROSS, UNEQUAL = (
    "advice.serial_correlation",
    "advice.cross_section_dependence",
    "advice.heteroskedasticity",
)


def made(design: str, seed: int, *, n: int = 60, t: int = 12) -> pd.DataFrame:
    """Draw y = e: independent, AR(0.6), or AR(0.6) with a factor whose loadings x and e share."""
    draw = np.random.default_rng(seed)

    def series(rows: int) -> np.ndarray:
        noise = draw.normal(size=(rows, t + 50))
        return noise[:, 50:] if design == "independent" else lfilter([1], [1, -0.6], noise)[:, 50:]

    x, e = series(n), series(n)
    if design == "factor":
        loads = draw.uniform(0, 2, size=(n, 1))
        x, e = x + loads * series(1), e + loads * series(1)
    index = pd.MultiIndex.from_product(
        [range(n), range(2001, 2001 + t)], names=["entity", "period"]
    )
    return pd.DataFrame({"x": x.ravel(), "y": e.ravel()}, index=index)


def codes(data, regression):
    """Codes of the advice on a regression."""
    found = with_advice(data, fit(data, regression))
    return {n.code for n in found.notices if n.code.startswith("advice.")}


@pytest.mark.parametrize("effects", [("entity", "period"), ("entity",)])
@pytest.mark.parametrize(
    ("design", "how", "expected"),
    [
        ("independent", IID, set()),
        ("serial", IID, {SERIAL}),
        ("serial", HC1, {SERIAL}),
        ("serial", BY_ENTITY, set()),
        ("serial", Covariance("cluster", ("period",)), {SERIAL}),
        ("factor", BY_ENTITY, {ACROSS}),
        ("factor", IID, {SERIAL, ACROSS}),
        ("factor", TWO_WAY, set()),
        ("factor", KRAAY, set()),
        ("factor", Covariance("cluster", ("period",)), {SERIAL}),
    ],
)
def test_advice_depends_on_the_errors_in_force(design, how, expected, effects):
    """What the errors allow for is no advice; what they do not is, with and without year effects."""
    data = made(design, 4)

    assert codes(data, Regression("y", ("x",), effects=effects, covariance=how)) == expected


def test_pooled_errors_that_share_an_entity():
    """Pooled least squares with independent errors: entities that differ are correlated over time."""
    data = made("independent", 6)
    data["y"] += np.random.default_rng(1).normal(size=60)[data.index.codes[0]]

    assert SERIAL in codes(data, Regression("y", ("x",), effects=(), covariance=IID))
    assert codes(data, Regression("y", ("x",), effects=(), covariance=BY_ENTITY)) == set()


@pytest.mark.one_in(4)
@pytest.mark.parametrize("effects", [("entity", "period"), ("entity",)])
@pytest.mark.parametrize("design", ["independent", "serial"])
def test_the_mean_correlation_keeps_its_size(design, effects):
    """Without common factors the test of the scores rejects about 5 % of samples, serial or not."""
    rejected = 0
    for seed in range(120):
        data = made(design, seed, n=30, t=10)
        found = fit(data, Regression("y", ("x",), effects=effects))
        scores = found.residuals * (data["x"] - data["x"].groupby(level=0).transform("mean"))
        rejected += mean_correlation(scores).p_value < 0.05

    assert rejected / 120 < 0.05 + 5 * np.sqrt(0.05 * 0.95 / 120)


@pytest.mark.long
@pytest.mark.parametrize(("effects", "most"), [((), 0.8), (("entity",), 0.75)])
def test_intervals_that_the_advice_speaks_of_are_too_narrow(effects, most):
    """With a factor, 95 % intervals by entity cover far less than 95 %, two-way ones more."""
    hits = {BY_ENTITY: 0, TWO_WAY: 0}
    told = 0
    for seed in range(60):
        data = made("factor", seed)
        told += ACROSS in codes(data, Regression("y", ("x",), effects=effects))
        for how in hits:
            found = fit(data, Regression("y", ("x",), effects=effects, covariance=how))
            j = found.position("x")
            hits[how] += found.ci_low[j] < 0 < found.ci_high[j]

    assert hits[BY_ENTITY] / 60 < most
    assert hits[TWO_WAY] > hits[BY_ENTITY]
    assert told == 60


def test_mean_correlation_by_hand():
    """Σ sqrt(T_ij) ρ_ij over the root of the sum of its squares, pair by pair, with gaps."""
    data = made("serial", 9, n=6, t=9).sample(frac=0.8, random_state=3).sort_index()
    wide = data["y"].unstack(level=0)  # noqa: PD010 - keys are unique
    z = []
    for i in range(6):
        for j in range(i):
            both = wide[[i, j]].dropna().to_numpy()
            if len(both) >= 3:
                z.append(np.sqrt(len(both)) * np.corrcoef(both.T)[0, 1])

    found = mean_correlation(data["y"])

    np.testing.assert_allclose(found.value, np.sum(z) / np.sqrt(np.square(z).sum()), rtol=1e-10)


def test_breusch_pagan_is_statsmodels():
    """Koenker's form of the test is that of statsmodels; a cross-section that fails it gets advice."""
    draw = np.random.default_rng(2)
    x = draw.normal(size=(200, 2))
    index = pd.MultiIndex.from_product([range(200), [0]], names=["entity", "period"])
    data = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": draw.normal(size=200)}, index=index)
    data["y"] *= np.exp(0.5 * data["a"])
    regression = Regression("y", ("a", "b"), effects=(), covariance=IID)
    found = fit(data, regression)

    ours = breusch_pagan_koenker(found.residuals.to_numpy(), x)

    theirs = het_breuschpagan(found.residuals, np.column_stack([np.ones(200), x]))
    np.testing.assert_allclose([ours.value, ours.p_value], theirs[:2], rtol=1e-9)
    assert codes(data, regression) == {UNEQUAL}
    assert codes(data, Regression("y", ("a", "b"), effects=(), covariance=HC1)) == set()


def test_two_stages_are_tested_too():
    """Two-stage least squares is tested with the scores of its own slopes."""
    data = made("factor", 4)
    data["z"] = data["x"] + np.random.default_rng(3).normal(size=len(data))
    found = instrument(data, Regression("y", ("x",)), endogenous=("x",), instruments=("z",))

    tested = with_advice(data, found)

    assert ACROSS in {notice.code for notice in tested.notices}


def test_short_panels_are_not_tested():
    """Two periods have no correlation over time: no test, no advice."""
    data = made("factor", 4, t=2)

    found = with_advice(data, fit(data, Regression("y", ("x",))))

    assert found.error_tests == ()


def test_many_entities_are_thinned():
    """Of more than 400 entities in a panel with gaps evenly spaced ones are correlated: still found."""
    data = made("factor", 4, n=4000, t=5)

    assert mean_correlation(data["y"]).p_value < 1e-6
    assert mean_correlation(data["y"].iloc[1:]).p_value < 1e-6


def test_the_advice_stands_beside_the_table():
    """Note under the table in both languages, tests with their numbers in results.json."""
    found = xz.fit(made("factor", 4), outcome="y", regressors="x")
    plain = xz.fit(made("independent", 4), outcome="y", regressors="x")

    table = regression_table("t", "T", [plain, found])

    english = [say(note, "en") for note in table.notes]
    assert any(n.startswith("Column (2): the errors of different entities") for n in english)
    assert any("双向聚类" in say(note, "zh") for note in table.notes)
    tests = table.machine["columns"][1]["error_tests"]
    assert tests["cross_section_dependence.x"]["p"] < 0.05


def test_the_command_and_the_study_tell_it(tmp_path):
    """`xinzhi regress` warns, a study prints the advice under the table and in results.json."""
    made("factor", 4).to_csv(tmp_path / "data.csv")
    keys = ("--entity", "entity", "--period", "period", "--outcome", "y", "--regressors", "x")
    (tmp_path / "study.yaml").write_text(
        "title: T\n"
        "sources: {data: {file: data.csv, entity: entity, period: period}}\n"
        "panel: {from: data}\n"
        "variables: {y: {column: y}, x: {column: x}}\n"
        "tables: {baseline: {outcome: y, columns: [{x: [x]}, {x: [x], effects: [entity]}]}}\n"
        "report: {formats: [md], languages: [en]}\n",
        encoding="utf-8",
    )

    done = call("regress", tmp_path / "data.csv", *keys, "--format", "json")
    call("run", tmp_path)

    assert ACROSS in {warning["code"] for warning in json.loads(done.stdout)["warnings"]}
    written = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    assert [notice["code"] for notice in written["notices"]].count(ACROSS) == 1
    text = (tmp_path / "results" / "tables" / "baseline.md").read_text(encoding="utf-8")
    assert "Columns (1), (2): the errors of different entities are correlated" in text


def serial_panel():
    """Draw y, a mediator, a moderator and two groups, errors AR(0.6) in all of them."""
    data = made("serial", 4)
    more = made("serial", 5)
    return data.assign(
        m=more["x"] + data["x"],
        w=more["y"],
        half=np.where(data.index.codes[0] < 30, "north", "south"),
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda f, **k: xz.mediate(f, through="m", tests="sobel", **k),
        lambda f, **k: xz.moderate(f, moderators="w", paths="x -> y", **k).paths[0].found,
        lambda f, **k: xz.compare_groups(f, by="half", difference="interaction", **k).groupings[
            "half"
        ],
    ],
    ids=["mediate", "moderate", "compare_groups"],
)
def test_every_function_of_python_gives_the_advice_of_fit(call):
    """Independent errors of correlated data are advised against; clusters of entities are not."""
    asked = {"outcome": "y", "regressors": "x"}

    plain = call(serial_panel(), covariance="iid", **asked)
    clustered = call(serial_panel(), **asked)

    assert [n.code for n in plain.notices].count(SERIAL) == 1
    assert SERIAL not in {n.code for n in clustered.notices}


def test_every_equation_is_tested():
    """All equations of a mediation and all groups carry their tests, as in a study."""
    asked = {"outcome": "y", "regressors": "x", "covariance": "iid"}

    mediation = xz.mediate(serial_panel(), through="m", tests="sobel", **asked)
    compared = xz.compare_groups(serial_panel(), by="half", difference="interaction", **asked)

    (through,) = mediation.through
    equations = [mediation.total, through.first, through.second, through.alone]
    equations += [found for _, found in compared.groupings["half"].groups]
    assert [equation.n for equation in equations] == [720, 720, 720, 720, 360, 360]
    for equation in equations:
        assert {"serial_correlation"} <= {test.name for test in equation.error_tests}


def test_sums_of_all_pairs_without_looking_at_one():
    """In a panel without gaps the sums over pairs are those of the correlations themselves."""
    rng = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([range(30), range(7)], names=["entity", "period"])
    values = pd.Series(rng.normal(size=210) + np.tile(rng.normal(size=7), 30), index)
    values[4] = 2.5  # an entity that does not vary is in no pair
    rho, shared = correlations(values)
    z = np.sqrt(shared) * rho
    n, total, squares = sums_of_pairs(values)
    assert n == len(z) == 29 * 28 // 2
    assert (total, squares) == pytest.approx((z.sum(), z @ z), rel=1e-12)
    assert sums_of_pairs(values.drop((3, 2))) is None
    assert sums_of_pairs(values.iloc[::-1]) is None
