"""Separation is found before a fractional logit is fitted, and the regressor that separates is named."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from xinzhi_core.errors import SolverFailure
from xinzhi_econometrics.estimators.separation import columns_that_separate, separating_direction
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Regression

FLAT = 1e-7
"""Of a likelihood whose maximum exists all gradients at a distance of 60 point back by far more than this."""


def frame(seed=0, n=20, t=4):
    """Draw shares between 0 and 1 with regressors, a dummy among them."""
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"e{i:02d}" for i in range(n)], range(t)], names=["entity", "period"]
    )
    data = pd.DataFrame(draw.normal(size=(n * t, 2)), index=index, columns=["x", "w"])
    data["dummy"] = (draw.uniform(size=n * t) < 0.3) * 1.0
    data["score"] = 1 / (1 + np.exp(-data["x"] + 0.5 * draw.normal(size=n * t)))
    return data


def asked(*names, effects=()):
    """Write a fractional logit."""
    return Regression("score", names, effects=effects, estimator="fractional_logit")


def complete(data):
    """All scores are 0 or 1, by the sign of x."""
    return (data["x"] > 0) * 1.0


def quasi(data):
    """Wherever the dummy is 1 the score is 1; elsewhere it is a share."""
    return data["score"].where(data["dummy"] == 0, 1.0)


CASES = {"complete": (complete, "x"), "quasi": (quasi, "dummy")}


@pytest.mark.parametrize("effects", [(), ("period",), ("entity", "period")])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("order", list(itertools.permutations(["x", "w", "dummy"]))[::2])
@pytest.mark.parametrize("unit", [1.0, 1e6])
def test_the_regressor_that_separates_is_named(case, effects, order, unit):
    """Complete and quasi-separation, with and without effects, in any order and unit: its name and no other."""
    data, (make, name) = frame(), CASES[case]
    data["score"] = make(data)
    data[["x", "w", "dummy"]] *= unit
    with pytest.raises(SolverFailure) as caught:
        fit(data, asked(*order, effects=effects))
    (problem,) = caught.value.problems

    assert problem.code == "fractional.no_maximum"
    assert problem.where.column == name
    assert f"no maximum: {name} separates" in str(problem.what)
    assert str(problem.remedy).startswith(f"leave {name} out")


def test_dummies_of_an_effect_that_separate_are_named():
    """A period in which all scores are 1 has no finite effect."""
    data = frame()
    data.loc[pd.IndexSlice[:, 2], "score"] = 1.0

    with pytest.raises(SolverFailure, match="period separates"):
        fit(data, asked("x", "w", effects=("period",)))


def test_scores_at_the_ends_that_are_not_separated_are_fitted():
    """Some scores of exactly 0 and 1 on both sides do no harm."""
    data = frame()
    data.iloc[::7, data.columns.get_loc("score")] = 1.0
    data.iloc[3::7, data.columns.get_loc("score")] = 0.0
    found = fit(data, asked("x", "w", "dummy"))

    assert np.isfinite(found.estimate).all()
    assert np.isfinite(found.std_error).all()


@pytest.mark.one_in(4)
@pytest.mark.parametrize("seed", range(40))
def test_the_program_finds_a_direction_exactly_where_the_likelihood_rises_without_end(seed):
    """Small samples: against the definition, over a fine net of directions."""
    draw = np.random.default_rng(seed)
    n = int(draw.integers(5, 9))
    x = np.column_stack([np.ones(n), draw.integers(-2, 3, n), draw.integers(0, 2, n)]).astype(float)
    y = draw.choice([0.0, 1.0, 0.5], size=n, p=[0.45, 0.45, 0.1])
    if np.linalg.matrix_rank(x) < 3:
        return
    sign = np.where(y == 1, 1.0, -1.0)
    grid = np.arange(-4, 5, 0.5)
    exists = any(
        np.all(sign[y != 0.5] * z[y != 0.5] >= 0) and np.all(z[y == 0.5] == 0) and np.any(z != 0)
        for d in itertools.product(grid, repeat=3)
        for z in [x @ np.array(d)]
    )
    found = separating_direction(y, x)

    assert (found is not None) == exists
    if found is not None:
        z = x / np.sqrt(np.mean(x**2, axis=0)) @ found
        assert (sign[y != 0.5] * z[y != 0.5] >= -FLAT).all()
        assert np.abs(z[y == 0.5]).max(initial=0) < FLAT
        assert columns_that_separate(y, x, ("", "a", "b")) != [] or np.all(found[1:] == 0)
    else:
        assert columns_that_separate(y, x, ("", "a", "b")) == []


def test_a_study_prints_the_reason(tmp_path):
    """A column of a table whose scores are separated has no number, the name and the reason instead."""
    from xinzhi.report.build import content_of
    from xinzhi.study.run import run
    from xinzhi_core.wording import say

    data = frame()
    data["score"] = quasi(data)
    data.to_csv(tmp_path / "data.csv", float_format="%.17g")
    (tmp_path / "study.yaml").write_text(
        """\
title: {zh: 分数, en: Shares}
sources: {data: {file: data.csv, kind: panel, entity: entity, period: period}}
panel: {from: data}
variables: {score: {column: score}, x: {column: x}, dummy: {column: dummy}}
tables: {shares: {outcome: score, estimator: fractional_logit, effects: [], columns: [{x: [x, dummy]}, {x: [x]}]}}
report: {languages: [en, zh], formats: [html]}
""",
        encoding="utf-8",
    )
    material = content_of(run(tmp_path / "study.yaml"))
    (table,) = [one for group in material.tables.values() for one in group if one.id == "shares"]
    first, second = table.machine["columns"]
    notes = {
        language: " ".join(say(one, language) for one in table.notes) for language in ("en", "zh")
    }

    assert first["coefficients"] == {}
    assert first["n"] is None
    assert first["not_estimated"][0]["code"] == "fractional.no_maximum"
    assert second["coefficients"]["x"]["b"] > 0
    assert "no maximum: dummy separates scores of 0 from scores of 1" in notes["en"]
    assert "没有最大值：dummy" in notes["zh"]


def test_the_mean_of_a_regressor_that_separates_bears_its_name():
    """With entity effects the means of the regressors stand in the curve: where one separates, the regressor is named."""
    data = frame()
    # A mean of 0 leaves shares; above it all scores are 1, below it 0: only the mean tells them apart.
    level = np.repeat(np.tile([0.0, 0.0, 1.5, -1.5], 5), 4)
    data["x"] += level - data.groupby(level=0)["x"].transform("mean")
    data["score"] = np.where(level == 0.0, data["score"], (level > 0) * 1.0)

    with pytest.raises(SolverFailure, match="no maximum: x separates"):
        fit(data, asked("x", "w", effects=("entity", "period")))
