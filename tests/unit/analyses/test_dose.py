"""The dose of a tool: where a step becomes significant, its interval, and what is said where there is none."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xinzhi.analyses.effects import ConditionalSlope, JudgedLine
from xinzhi.analyses.pathways.dose import Dose, DoseCurve, EntityDoses, find_dose

INF = math.inf
SLOPE = ConditionalSlope(("m", "y"), "w", -1.0, 0.5, 0.04, -0.004, 0.0025, 40.0, 400)


def roots(slope, t, minimum=0.0):
    """Where (b1 + b3 w - m)² = t²(V11 + 2 w V13 + w² V33), by the formula of the textbook."""
    b1 = slope.b1 - minimum
    a = slope.b3**2 - t**2 * slope.v33
    b = 2 * (b1 * slope.b3 - t**2 * slope.v13)
    c = b1**2 - t**2 * slope.v11
    half = math.sqrt(b * b - 4 * a * c)
    found = [(-b - half) / (2 * a), (-b + half) / (2 * a)]
    # Of both roots one has t, the other -t.
    return [w for w in found if (b1 + slope.b3 * w) * t > 0]


@pytest.mark.parametrize("df", [7.0, 40.0, 1700.0, INF])
@pytest.mark.parametrize("level", [0.10, 0.05, 0.01])
def test_dose_and_interval_are_roots_of_the_textbook(df, level):
    """T = c gives the dose; T = quantiles of the noncentral t with noncentrality c give its interval."""
    slope = replace(SLOPE, df=df)
    law = stats.norm if math.isinf(df) else stats.t(df)
    c = float(law.ppf(1 - level / 2))
    ends = [
        c + stats.norm.ppf(p) if math.isinf(df) else stats.nct.ppf(p, df, c)
        for p in (level / 2, 1 - level / 2)
    ]
    curve = find_dose(slope, 0.0, 10.0, level)
    assert curve.levels == pytest.approx(roots(slope, c))
    assert curve.low == pytest.approx(min(roots(slope, ends[0])) if abs(ends[0]) > 1e-9 else 2.0)
    if slope.b3 > ends[1] * math.sqrt(slope.v33):
        assert curve.high == pytest.approx(roots(slope, ends[1])[-1])
    else:
        assert curve.high == INF
    assert (curve.least, curve.most, curve.is_rising) == (0.0, 10.0, True)


def test_where_cr2_judges_degrees_of_freedom_change_with_the_tool():
    """At the dose p is the level; at its ends T has the ranks 2.5 and 97.5 % of the law with that c."""
    judged = JudgedLine((0.05, -0.006, 0.003), (9.0, 0.3, 0.02), (9.0, 0.1, 0.05, 0.001, 1e-4))
    slope = replace(SLOPE, judging=judged)
    curve = find_dose(slope, 0.0, 10.0, 0.05)
    assert float(slope.at(curve.level)[2]) == pytest.approx(0.05)
    assert float(slope.at(curve.level + 1e-6)[2]) < 0.05
    for w, rank in ((curve.low, 0.025), (curve.high, 0.975)):
        t, df = slope.statistic(w)
        assert stats.nct.cdf(t, df, stats.t.ppf(0.975, df)) == pytest.approx(rank)
    assert curve.low < curve.level < curve.high < 10


def test_without_a_significant_interaction_the_interval_has_no_upper_end():
    """However much of the tool there is, T stays below 1.5: no dose, and nothing bounds one."""
    slope = replace(SLOPE, v33=(0.5 / 1.5) ** 2, v13=0.0)
    curve = find_dose(slope, 0.0, 10.0, 0.05)
    assert curve.levels == ()
    assert math.isnan(curve.level)
    assert curve.high == INF
    # Significant at 10 %, but not far enough to bound the dose.
    slope = replace(SLOPE, v33=(0.5 / 2.2) ** 2, v13=0.0, v11=0.0001)
    curve = find_dose(slope, 0.0, 10.0, 0.10)
    assert len(curve.levels) == 1
    assert curve.high == INF


def test_a_tool_that_lowers_the_effect_and_a_step_without_error_have_no_dose():
    """More of it leads away; what is not tested is not significant anywhere."""
    for slope in (replace(SLOPE, b3=-0.5), replace(SLOPE, b3=0.0), replace(SLOPE, v11=math.nan)):
        curve = find_dose(slope, 0.0, 10.0, 0.05)
        assert (curve.levels, curve.low, curve.high) == ((), -INF, INF)
        assert curve.is_rising == (slope.b3 > 0)
    assert find_dose(SLOPE, math.nan, math.nan, 0.05).levels == ()


def test_a_smallest_effect_that_counts_moves_the_dose():
    """The dose is where the effect is significant and large enough; its ends are those of the later of both."""
    c = float(stats.t.ppf(0.975, 40))
    plain = find_dose(SLOPE, 0.0, 10.0, 0.05)
    assert find_dose(SLOPE, 0.0, 10.0, 0.05, 0.01) == replace(
        plain, low=max(plain.low, roots(SLOPE, -c, 0.01)[0])
    )
    curve = find_dose(SLOPE, 0.0, 10.0, 0.05, 1.5)
    assert curve.level == pytest.approx((1.5 + 1.0) / 0.5)
    assert curve.low == pytest.approx(max(plain.low, roots(SLOPE, -c, 1.5)[0]))
    assert curve.high == pytest.approx(max(plain.high, roots(SLOPE, c, 1.5)[0]))


CURVE = DoseCurve((3.0,), 2.0, 5.0, 0.0, 10.0, is_rising=True)


def doses(curve=CURVE, **own):
    return EntityDoses(curve, own, np.expm1)


def test_what_an_entity_needs_is_in_the_units_of_the_tool():
    """Out of logarithms: the level, what it is more than today, and both ends, not below today's."""
    dose = doses(a=1.0).of("a", "null", "works")
    assert dose.answer == "needed"
    own, level = math.expm1(1), math.expm1(3)
    assert (dose.own, dose.level, dose.more) == pytest.approx((own, level, level - own))
    ends = (dose.low, dose.high, dose.more_low, dose.more_high)
    low, high = math.expm1(2), math.expm1(5)
    assert ends == pytest.approx((low, high, low - own, high - own))
    assert dose.largest == pytest.approx(math.expm1(10))
    near = doses(a=2.5).of("a", "null", "works")
    assert (near.low, near.more_low) == (near.own, 0.0)
    assert near.more == pytest.approx(math.expm1(3) - math.expm1(2.5))


def test_a_step_that_is_significant_today_needs_nothing():
    """The dose is 0; the interval says what may be needed all the same."""
    dose = doses(a=4.0).of("a", "works", "works")
    assert (dose.answer, dose.more, dose.more_low) == ("already", 0.0, 0.0)
    assert dose.more_high == pytest.approx(math.expm1(5) - math.expm1(4))
    far = doses(a=7.0).of("a", "works", "works")
    assert (far.more, far.more_high) == (0.0, 0.0)
    # Of a tool that is not shown to change the step nothing bounds the dose.
    plain = doses(a=4.0).of("a", "works", "null")
    assert (plain.answer, plain.more) == ("already", 0.0)
    assert math.isnan(plain.more_low)
    assert math.isnan(plain.more_high)


@pytest.mark.parametrize(
    ("curve", "verdict", "interaction", "answer"),
    [
        (CURVE, "null", "works", "needed"),
        (CURVE, "harms", "works", "needed"),
        (CURVE, "small", "works", "needed"),
        (CURVE, "null", "harms", "weakens"),
        (replace(CURVE, is_rising=False), "null", "works", "weakens"),
        (CURVE, "null", "null", "not_shown"),
        (replace(CURVE, is_rising=False), "null", "null", "not_shown"),
        (CURVE, "null", "contested", "not_shown"),
        (CURVE, "null", "untested", "not_shown"),
        (CURVE, "untested", "works", "untested"),
        (replace(CURVE, levels=()), "null", "works", "never"),
        (replace(CURVE, levels=(0.5,)), "null", "works", "never"),
        (replace(CURVE, levels=(10.5,)), "null", "works", "beyond"),
        (replace(CURVE, levels=(10.0,)), "null", "works", "needed"),
        (replace(CURVE, levels=(0.5, 6.0)), "null", "works", "needed"),
        (CURVE, "works", "harms", "already"),
    ],
)
def test_what_is_said_of_a_dose(curve, verdict, interaction, answer):
    """A number within the data alone; else why there is none."""
    dose = doses(curve, a=1.0).of("a", verdict, interaction)
    assert dose.answer == answer
    assert math.isfinite(dose.level) == (answer in {"needed", "already"})
    assert dose.own == pytest.approx(math.expm1(1))
    if answer == "needed":
        assert dose.level == pytest.approx(math.expm1(curve.levels[-1]))


def test_an_entity_without_a_level_gets_no_dose():
    """Nothing can be added to a level that is not known."""
    dose = doses().of("b", "untested", "works")
    assert dose.answer == "unknown"
    assert math.isnan(dose.own)


def test_an_end_beyond_the_data_is_not_a_number():
    """It is said, not extrapolated; JSON has no value there."""
    dose = doses(replace(CURVE, high=10.5), a=1.0).of("a", "null", "works")
    assert dose.high == INF == dose.more_high
    written = json.loads(json.dumps(dose.to_dict(), allow_nan=False))
    assert written["high"] is None is written["more_high"]
    assert written["has_upper_bound"] is False
    assert list(written) == [
        *("answer", "own", "level", "low", "high", "more", "more_low", "more_high", "largest"),
        "has_upper_bound",
    ]
    seen = doses(replace(CURVE, high=10.0), a=1.0).of("a", "null", "works")
    assert seen.to_dict()["has_upper_bound"] is True
    assert seen.to_dict()["high"] == pytest.approx(math.expm1(10))
    nothing = Dose("unknown").to_dict()
    assert set(nothing.values()) == {"unknown", None, False}


def test_the_interval_covers_the_dose_as_often_as_it_says():
    """Estimates drawn around known ones, their covariance with few degrees of freedom: 95 of 100."""
    rng = np.random.default_rng(5)
    b, df, n = np.array([-1.0, 0.5]), 15, 400
    v = np.array([[0.04, -0.004], [-0.004, 0.004]])
    c = float(stats.t.ppf(0.975, df))
    (true,) = roots(ConditionalSlope(("m", "y"), "w", *b, v[0, 0], v[0, 1], v[1, 1], df, 9), c)
    covered = 0
    for _ in range(n):
        b1, b3 = rng.multivariate_normal(b, v)
        scale = rng.chisquare(df) / df
        slope = ConditionalSlope(
            ("m", "y"), "w", b1, b3, *(scale * v[[0, 0, 1], [0, 1, 1]]), float(df), 9
        )
        curve = find_dose(slope, 0.0, 10.0, 0.05)
        covered += curve.low <= true <= curve.high
    # Three standard errors of a share of 0.95 in 400 samples.
    assert abs(covered / n - 0.95) < 3 * math.sqrt(0.95 * 0.05 / n)


def test_doses_of_a_result_are_one_frame():
    """Its columns are those of a dose, behind entity, tool and path."""
    from xinzhi.analyses.pathways.compute import PathwayResult
    from xinzhi.analyses.pathways.pathways import CityPathways, Pathways

    empty = PathwayResult.doses.fget(
        type("R", (), {"pathways": Pathways({"a": CityPathways("a", {}, ())}, "y", None)})()
    )
    assert isinstance(empty, pd.DataFrame)
    assert list(empty.columns) == ["entity", "tool", "path", *Dose("unknown").to_dict()]
    assert len(empty) == 0
