"""Intervals of scores, scale efficiency and the second stage: every printed cell is its number."""

from __future__ import annotations

from statistics import fmean

import numpy as np
import pytest

from printed import (
    Expected,
    check,
    check_sentences,
    count,
    digits,
    estimate,
    number,
    p_value,
    words,
)
from printed_charts import layers_of, rows_of
from said import method_sentences
from score_cells import CLOSE, settled
from xinzhi.report.deliver import scores_frame
from xinzhi.report.exhibits import exhibited

YEARS = (2014, 2015)
RETURNS = ("increasing", "constant", "decreasing")
NEAR = 1e-8
"""Two certified scores that are the same differ by less."""


@pytest.fixture
def scale(scored):
    """Efficiencies by (entity, period)."""
    return scored.result.of("scale_efficiency")["green"].to_frame()


@pytest.fixture
def methods(scored):
    shown = exhibited(scored.result)
    return [*method_sentences(scored.result, shown.methods), *map(str, shown.references)]


def test_intervals(scored):
    """Each entity in the last period: its score, and the bounds of its interval below it."""
    found = scored.result.of("inference")["green"].table
    scores = scored.result.panel.frame["green"]
    rows, cells = {}, {}
    for entity, period in found.index:
        if period == 2015:
            rows[entity] = entity
            cells |= {
                (entity, "score"): number(scores[entity, period]),
                (entity, "low"): number(found.loc[(entity, period), "low"]),
                (entity, "high"): number(found.loc[(entity, period), "high"]),
            }

    columns = {"score": "Score", "low": "Lower bound", "high": "Upper bound"}
    check(
        scored,
        "green_intervals",
        Expected(columns, rows, cells, "Entity", {"low": "下限", "high": "上限"}),
    )
    known = found.dropna()
    assert (known["low"] <= known["high"]).all()
    assert (known["high"] <= scores[known.index] + NEAR).all()


def test_one_result_a_score(scored):
    """A measure without intervals says why; each score is a piece of work of its own."""
    found = scored.result.of("inference")

    assert list(found) == ["green", "slack"]
    assert found["slack"].reason is not None
    assert scored.tables["slack_intervals"].rows == ()
    assert {one.name for one in scored.result.stages} >= {"inference.green", "inference.slack"}
    where = [str(n.where) for n in scored.result.notices if n.code == "inference.no_interval"]
    assert where == ["efficiency.slack"]


def test_methods_and_references(methods):
    """Each analysis says what it did, and names its sources once."""
    for begin in (
        "Green: confidence intervals. 90% confidence intervals",
        "slack: confidence intervals. No confidence interval is known",
        "Scale efficiency of Green is",
        "Second stage: drivers: truncated regression of the distance 1/θ of Green on the variables, over",
        "Age: truncated regression of the distance 1/θ of Green on the variables, over",
        "Indicator is the Luenberger indicator between consecutive periods",
    ):
        assert sum(one.startswith(begin) for one in methods) == 1, begin
    for doi in (
        "10.1016/j.jeconom.2005.07.009",
        "10.1007/978-94-015-7721-2",
        "10.1017/S0266466608080651",
        "10.1111/j.1468-0106.1996.tb00184.x",
    ):
        assert sum(doi in one for one in methods) == 1, doi


def test_scale_by_period(scored, scale):
    """Means of the efficiencies and the number of rows with which returns, by period and over all."""
    rows, cells, numbers = {}, {}, {}
    parts = {str(year): scale[scale.index.get_level_values(1) == year] for year in YEARS}
    for key, part in (parts | {"all": scale}).items():
        rows[key] = "All" if key == "all" else key
        cells[key, "n"] = count(len(part))
        numbers |= {(key, n): fmean(part[n]) for n in ("constant", "variable", "scale")}
        returns = list(part["returns"])
        cells |= {(key, f"{one}_returns"): count(returns.count(one)) for one in RETURNS}
    cells |= settled(scored, "green_scale", numbers)
    columns = {
        "n": "n",
        "constant": "Efficiency, constant returns",
        "variable": "Efficiency, variable returns",
        "scale": "Scale efficiency",
        "increasing_returns": "Increasing returns",
        "constant_returns": "Constant returns",
        "decreasing_returns": "Decreasing returns",
    }
    chinese = {"increasing_returns": "规模报酬递增", "decreasing_returns": "规模报酬递减"}

    check(scored, "green_scale", Expected(columns, rows, cells, "Period", chinese))
    counts = [list(scale["returns"]).count(one) for one in RETURNS]
    assert all(counts)
    check_sentences(
        scored,
        "green_scale",
        [
            (
                f"Mean scale efficiency is {digits(fmean(scale['scale']))}; of {len(scale)} rows {counts[0]} "
                f"have increasing, {counts[1]} constant and {counts[2]} decreasing returns to scale."
            )
        ],
    )


def test_scale_by_entity(scored, scale):
    """Each entity in the last period."""
    rows, cells = {}, {}
    names = ("constant", "variable", "non_increasing", "scale")
    for entity, period in scale.index:
        if period == 2015:
            row = scale.loc[(entity, period)]
            rows[entity] = entity
            cells |= {(entity, name): number(row[name]) for name in names}
            cells[entity, "returns"] = words(f"{row['returns'].capitalize()} returns")
    columns = {
        "constant": "Efficiency, constant returns",
        "variable": "Efficiency, variable returns",
        "non_increasing": "Efficiency, non-increasing returns",
        "scale": "Scale efficiency",
        "returns": "Returns to scale",
    }

    check(scored, "green_scale_entities", Expected(columns, rows, cells, "Entity"))


def test_scale_by_hand(scored, scale):
    """One input and one output: constant returns are productivity over the best, classes go by size."""
    data = scored.result.panel.frame
    ratio = data["output"] / data["labour"]

    assert scale["constant"].to_numpy() == pytest.approx((ratio / ratio.max()).to_numpy(), abs=NEAR)
    best = data["labour"][ratio.idxmax()]
    for row, returns in scale["returns"].items():
        if scale["variable"][row] > 1 - NEAR and row != ratio.idxmax():
            assert returns == ("increasing" if data["labour"][row] < best else "decreasing")
    assert scale["scale"].to_numpy() == pytest.approx(
        (scale["constant"] / scale["variable"]).to_numpy(), rel=CLOSE
    )


def test_scores_file_holds_scale(scored, scale):
    """scores.csv has the efficiencies beside the scores of the measurement that asks for them."""
    found = scores_frame(scored.result)
    green = found[found["measurement"] == "green"]

    assert np.array_equal(green["scale_efficiency"], scale["scale"])
    assert list(green["returns"]) == list(scale["returns"])
    assert list(green["entity"]) == list(scale.index.get_level_values(0))
    assert np.array_equal(green["variable_returns"], green["score"])
    assert found.loc[found["measurement"] == "slack", "scale_efficiency"].isna().all()


@pytest.mark.parametrize(
    ("name", "labels"), [("drivers", {"talent": "Talent", "age": "age"}), ("plain", {"age": "age"})]
)
def test_second_stage(scored, name, labels):
    """Each coefficient with its error, bounds and p; the rows behind them."""
    result = scored.result.of("second_stage")[name]
    rows = {"constant": "Constant", **labels, "sigma": "σ of the disturbance", "n": "N"}
    cells = {("n", "estimate"): count(result.n_fitted)}
    for at, key in enumerate(list(rows)[:-1]):
        cells |= {
            (key, "estimate"): estimate(result.estimates[at]),
            (key, "std_error"): number(result.std_errors[at]),
            (key, "low"): number(result.low[at]),
            (key, "high"): number(result.high[at]),
        }
        if key != "sigma":
            cells[key, "p_value"] = p_value(result.p_values[at])
    columns = {
        "estimate": "Coefficient",
        "std_error": "Standard error",
        "low": "Lower bound",
        "high": "Upper bound",
        "p_value": "p",
    }

    check(
        scored,
        name,
        Expected(columns, rows, cells, "Variable", {"low": "下限", "high": "上限"}),
    )


def test_second_stage_sentences(scored):
    """The direction of each variable, and how often such intervals hold."""
    result = scored.result.of("second_stage")["drivers"]
    at = list(result.names).index("age")
    b, low, high = (digits(one[at]) for one in (result.estimates, result.low, result.high))

    assert result.low[at] > 0
    check_sentences(
        scored,
        "drivers",
        [
            (
                "Truncated regression of the distance 1/θ of Green: a positive coefficient means more inefficiency. "
                "90% intervals and p-values from 40 draws of the parametric bootstrap, which treats all "
                "rows as independent, also those of one entity."
            ),
            (
                "In simulated samples of 100 rows, 95% intervals of a slope by algorithm 2 hold the true value "
                "in 91.5% of cases; rows were independent there."
            ),
            f"age is associated with more inefficiency: {b} (90% interval {low} to {high}).",
        ],
    )
    told = [str(one.text) for one in scored.result.notices]
    assert any("separability" in one for one in told)
    assert any("86.4% of cases" in one for one in told)
    assert any("91.5% of cases" in one for one in told)


def test_an_indicator_adds_up_over_time(scored):
    """Each point of the chart is the sum of the mean differences; the first period is 0."""
    frame = scored.result.of("productivity")["luen"].to_frame()
    chart = scored.charts["luen_over_time"].specifications["en"]
    (layer,) = layers_of(chart, "line")
    fields = [layer["encoding"][key]["field"] for key in ("color", "x", "y")]
    found = {tuple(row[f] for f in fields[:2]): row[fields[2]] for row in rows_of(chart, layer)}

    names = {"Indicator": "value", "Efficiency change": "efficiency_change"}
    for name, key in names.items():
        assert found[name, 2014] == 0
        assert found[name, 2015] == pytest.approx(fmean(frame[key]), rel=CLOSE)
    check_sentences(scored, "luen_productivity", ["Means are arithmetic."])
