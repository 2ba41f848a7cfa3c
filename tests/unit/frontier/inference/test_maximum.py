"""A maximum of the second stage is printed only where it exists, whatever the units, and at every door."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import scipy

import xinzhi as xz
from xinzhi.report.build import content_of
from xinzhi.study.run import run
from xinzhi_core.errors import NotIdentified, SolverFailure
from xinzhi_core.wording import say
from xinzhi_frontier.inference import second_stage as module
from xinzhi_frontier.inference.second_stage import truncated_draw, truncated_regression

SCALE = np.array([1.0, 1e-6, 1e7])
ONE_ERROR = 1e-6
"""Newton ends within 1e-5 standard errors of the maximum, relative to numbers of the size of a standard error."""


def design(n, seed):
    """Draw a constant and two variables."""
    draw = np.random.default_rng(seed)
    return np.column_stack([np.ones(n), draw.normal(size=(n, 2))])


def distances(kind, n, seed):
    """Draw distances above 1: truncated normal, or with a tail that is longer than an exponential one."""
    z, draw = design(n, seed), np.random.default_rng(seed + 100)
    if kind == "normal":
        return truncated_draw(z @ [1.2, 0.3, -0.1], 0.4, 1.0, draw), z
    return 1 + draw.exponential(size=n) * np.exp(1.5 * draw.normal(size=n) + 0.2 * z[:, 1]), z


def minus_likelihood(theta, y, z):
    """Write the likelihood once more, by the distributions of scipy."""
    mean, sigma = z @ theta[:-1], np.exp(theta[-1])
    terms = scipy.stats.norm.logpdf(y, mean, sigma) - scipy.stats.norm.logsf(1.0, mean, sigma)
    return -float(terms.sum())


@pytest.mark.parametrize("seed", range(6))
def test_the_maximum_is_that_of_a_general_optimiser(seed):
    """BFGS on another parametrisation, from the found point and from elsewhere, finds nothing higher."""
    y, z = distances("normal", 80, seed)
    found = truncated_regression(y, z, left=1.0)
    here = np.append(found.coefficients, np.log(found.sigma))
    starts = (here, here + 0.3)
    best = min(scipy.optimize.minimize(minus_likelihood, x, args=(y, z)).fun for x in starts)

    assert found.log_likelihood == pytest.approx(-minus_likelihood(here, y, z), rel=1e-12)
    assert -found.log_likelihood <= best + 1e-8
    assert found.above_limit > 0.5


def has_maximum(y, z):
    """Ask the regression."""
    try:
        truncated_regression(y, z, left=1.0)
    except SolverFailure:
        return False
    return True


@pytest.mark.parametrize("seed", range(20))
def test_whether_there_is_a_maximum_is_seen_as_sigma_grows(seed):
    """Refused exactly where the profile likelihood still rises at the largest σ, where 1/σ² is 1e-4 of a scale of 1."""
    kind = ("normal", "tail")[seed % 2]
    y, z = distances(kind, 50, seed)
    exists = has_maximum(y, z)
    u = (y - 1) / np.mean(y - 1)

    def profile(kappa):
        # f(u) ∝ exp(-κu²/2 - su), s = z'a: the integral by the scaled complementary error function.
        def minus(a):
            s = z @ a
            m = np.sqrt(np.pi / (2 * kappa)) * scipy.special.erfcx(s / np.sqrt(2 * kappa))
            return float(np.sum(kappa * u**2 / 2 + s * u + np.log(m)))

        start = np.linalg.lstsq(z, np.ones(len(u)), rcond=None)[0]
        simplex = np.vstack([start, start + 0.3 * np.eye(len(start))])
        how = {"initial_simplex": simplex, "xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000}
        return -scipy.optimize.minimize(minus, start, method="Nelder-Mead", options=how).fun

    # The profile is concave in κ = 1/σ²: it has a maximum above 0 exactly where it rises at 0.
    assert exists == (profile(2e-3) > profile(1e-3))


def test_both_verdicts_occur_in_these_samples():
    """Of truncated normal distances nearly all have a maximum, of long tails nearly none."""
    found = {"normal": 0, "tail": 0}
    for seed in range(20):
        for kind in found:
            found[kind] += has_maximum(*distances(kind, 50, seed))
    assert found["normal"] >= 18
    assert found["tail"] <= 2


@pytest.mark.parametrize("kind", ["normal", "tail"])
@pytest.mark.parametrize("seed", range(4))
def test_units_change_neither_the_verdict_nor_the_fit(kind, seed):
    """Columns in other units, and moved by multiples of the constant: the same answer, in the new units."""
    y, z = distances(kind, 60, seed)
    moved = z * SCALE + np.array([0.0, 5e-6, 3e7])
    answers = []
    for columns in (z, moved):
        try:
            answers.append(truncated_regression(y, columns, left=1.0))
        except SolverFailure as error:
            answers.append(str(error.problems[0].what))
    if kind == "tail":
        assert answers[0] == answers[1]
        return
    one, other = answers
    np.testing.assert_allclose(
        other.coefficients[1:] * SCALE[1:], one.coefficients[1:], rtol=ONE_ERROR
    )
    assert other.sigma == pytest.approx(one.sigma, rel=ONE_ERROR)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-9)
    assert other.above_limit == pytest.approx(one.above_limit, rel=1e-6)


def test_distances_that_are_explained_exactly_have_no_maximum():
    """σ shrinks to 0; too few rows and columns that determine each other are another answer."""
    z = design(20, 1)
    z[:, 1:] = np.abs(z[:, 1:])
    with pytest.raises(SolverFailure, match="σ shrinks to 0"):
        truncated_regression(1.5 + z @ [0.0, 1.0, 2.0], z, left=1.0)
    for columns in (z[:3], z[:, [0, 1, 1]]):
        with pytest.raises(NotIdentified):
            truncated_regression(np.full(len(columns), 2.0), columns, left=1.0)


def firms(kind, n=60, seed=3):
    """Make firms whose distances are drawn, with a variable that moves them, and efficient ones."""
    y, z = distances(kind, n, seed)
    y[:2] = 1.0
    labour = np.random.default_rng(1).uniform(1, 2, n)
    index = pd.MultiIndex.from_product(
        [[f"f{i:02d}" for i in range(n)], [1]], names=["entity", "period"]
    )
    return pd.DataFrame(
        {"labour": labour, "gdp": labour / y, "age": z[:, 1], "size": z[:, 2]}, index
    )


ROLES = {"inputs": "labour", "good_outputs": "gdp", "regressors": "age"}


@pytest.mark.parametrize("algorithm", [1, 2])
@pytest.mark.parametrize("unit", [1.0, 1000.0])
def test_the_call_refuses_what_has_no_maximum(algorithm, unit):
    """`xz.second_stage` gives no number, in any unit of an input; of truncated normal distances it gives them."""
    words = {**ROLES, "algorithm": algorithm, "draws": 49, "bias_draws": 10}
    frame = firms("tail")
    frame["labour"] *= unit
    with pytest.raises(SolverFailure) as caught:
        xz.second_stage(frame, **words)
    assert caught.value.problems[0].code == "inference.no_maximum"

    found = xz.second_stage(firms("normal"), **words)
    assert np.isfinite(found.estimates).all()


STUDY = """\
title: {zh: 阶段, en: Stage}
seed: 2
sources: {data: {file: firms.csv, kind: panel, entity: entity, period: period}}
panel: {from: data}
efficiency: {score: {measure: radial, inputs: [labour], good_outputs: [gdp]}}
variables: {score: {from: score}, age: {column: age}, size: {column: size}}
second_stage: {drivers: {score: score, regressors: [age, size], algorithm: 1, draws: 60}}
report: {languages: [en, zh], formats: [html]}
"""


@pytest.mark.parametrize("kind", ["normal", "tail"])
def test_a_study_prints_numbers_only_of_a_maximum(kind, tmp_path):
    """In the table, results.json and the sentences of both languages: the reason in place of all numbers."""
    firms(kind).to_csv(tmp_path / "firms.csv", float_format="%.17g")
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    result = run(tmp_path / "study.yaml")
    material = content_of(result)
    (table,) = [one for group in material.tables.values() for one in group if one.id == "drivers"]
    words = {
        language: " ".join(say(one, language) for one in (*table.notes, *table.reading))
        for language in ("en", "zh")
    }
    told = json.dumps({key: str(value) for key, value in table.machine.items()}, ensure_ascii=False)
    if kind == "normal":
        assert "no maximum" not in words["en"] + told
        assert len(table.rows) == 5
        return
    assert "has no maximum: σ grows without end" in words["en"] + told
    assert "没有最大值：前沿之外的距离" in words["zh"]
    numbers = [
        cell.value for row in table.rows for cell in row.cells if isinstance(cell.value, float)
    ]
    assert numbers == []
    assert "coefficients" not in table.machine


def drawn_with_losses(monkeypatch, lost):
    """Let this many of 200 draws of the bootstrap have no maximum."""
    real = module.replicates

    def replicates(task, *, draws, seed, stage, jobs):
        found = real(task, draws=draws, seed=seed, stage=stage, jobs=jobs)
        if stage == 2:
            found[:lost] = np.nan
        return found

    monkeypatch.setattr(module, "replicates", replicates)
    words = {**ROLES, "regressors": ["age", "size"], "algorithm": 1, "draws": 200, "level": 0.9}
    return xz.second_stage(firms("normal", 90), **words)


def test_draws_without_a_maximum_are_counted(monkeypatch):
    """Up to the 5% that a 90% interval cuts off at an end they are left out; one more and there is no interval."""
    none = drawn_with_losses(monkeypatch, 0)
    assert none.lost == 0
    assert none.has_interval
    assert "inference.lost" not in [one.code for one in none.notices]
    monkeypatch.undo()
    some = drawn_with_losses(monkeypatch, 10)
    assert some.lost == 10
    assert some.has_interval
    assert (
        "In 10 of 200 draws of the bootstrap the likelihood has no maximum; they are left out."
        in [str(one.text) for one in some.notices]
    )
    monkeypatch.undo()
    many = drawn_with_losses(monkeypatch, 11)
    assert many.lost == 11
    assert not many.has_interval
    assert np.isnan([many.std_errors, many.low, many.high, many.p_values]).all()
    assert np.isfinite(many.estimates).all()
    (said,) = [str(one.text) for one in many.notices if one.code == "inference.no_maximum"]
    assert "11 of 200" in said
    assert "the 0.05 beyond one end" in said


def test_p_values_invert_the_interval():
    """0 lies outside exactly where p is below the level; so also for each coefficient."""
    found = xz.second_stage(
        firms("normal", 90),
        **{**ROLES, "regressors": ["age", "size"], "algorithm": 1, "draws": 200},
    )
    frame = found.to_frame()
    outside = ~((frame["ci_low"] <= 0) & (frame["ci_high"] >= 0))

    assert (outside == (frame["p_value"] < 0.05)).all()
    assert frame["p_value"].min() >= 2 / 201


def test_a_fit_at_the_edge_is_not_printed():
    """Less than half a unit above σ = ∞ infinity is within one standard error: the fit exists and is not given."""
    for seed in range(200):
        draw = np.random.default_rng(seed)
        y, z = 1 + draw.exponential(size=60), design(60, seed)
        try:
            fit = truncated_regression(y, z, left=1.0)
        except SolverFailure:
            continue
        if fit.above_limit < 0.5:
            with pytest.raises(SolverFailure, match="σ is not determined"):
                module._determined(fit)
            return
        assert module._determined(fit) is fit
    raise AssertionError
