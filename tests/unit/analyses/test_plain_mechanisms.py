"""Moderation, moderated mediation and sensitivity on random panels against dummies and loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from cases_econometrics import simulated_panel
from oracles_econometrics import dummies, dummy_regression
from xinzhi.analyses.describe.compute import correlate
from xinzhi.analyses.mediation.compute import mediate
from xinzhi.analyses.moderation.compute import moderate_mediation
from xinzhi.analyses.moderation.moderated_effect import _roots, gaps, moderate
from xinzhi_econometrics.specification import Covariance, Regression

BOTH = ("entity", "period")
IID = Covariance()
SEEDS = range(3)


def chained(seed):
    """Draw a panel in which x1 moves m and m moves y, both more where w is high; some years are lost."""
    data = simulated_panel(seed + 300, n_entities=18, n_periods=9, keep=0.85)
    draw = np.random.default_rng(seed)
    n = len(data)
    data["w"] = draw.normal(1.0, 0.7, size=n)
    data["m"] = 0.4 * data["x1"] + 0.5 * data["x1"] * data["w"] + draw.normal(size=n)
    data["y"] = data["y"] + 0.6 * data["m"] - 0.4 * data["m"] * data["w"]
    return data


def earlier(data, name, steps):
    """The value of the same entity so many years before, where there is one."""
    cells = data[name].to_dict()
    return [cells.get((entity, year - steps), np.nan) for entity, year in data.index]


def estimate(frame, outcome, names):
    """Slopes and classical covariance with both effects, by dummies, on the complete rows."""
    slopes, e, absorbed = dummy_regression(frame, outcome, names, BOTH)
    d = dummies(frame, BOTH)
    x = frame[list(names)].to_numpy()
    x = x - d @ np.linalg.lstsq(d, x, rcond=1e-12)[0]
    s2 = e @ e / (len(e) - len(names) - absorbed)
    return slopes, s2 * np.linalg.inv(x.T @ x), e


def without_single_rows(frame):
    """Leave out entities and years of one row, until none is left."""
    while True:
        counts = [frame.groupby(level=level)["y"].transform("size") for level in (0, 1)]
        keep = (counts[0] > 1) & (counts[1] > 1)
        if keep.all():
            return frame
        frame = frame[keep]


def at(slopes, vcov, i, j, w):
    """Effect of x at w and its error."""
    error = np.sqrt(vcov[i, i] + 2 * w * vcov[i, j] + w * w * vcov[j, j])
    return slopes[i] + slopes[j] * w, error


@pytest.mark.parametrize("steps", [0, 1, 2])
@pytest.mark.parametrize("lagged", ["all", "moderator"])
@pytest.mark.parametrize("seed", SEEDS)
def test_effects_along_the_moderator(seed, lagged, steps):
    """Slope + interaction · w at mean - SD, mean and mean + SD of the rows used, with its t and interval."""
    lagged = "all" if steps == 0 else lagged
    data = chained(seed)
    frame = data.assign(**{"w.": earlier(data, "w", steps)})
    for name in ("x1", "x2"):
        frame[f"{name}."] = earlier(data, name, steps) if lagged == "all" else data[name]
    frame["xw"] = frame["x1."] * frame["w."]
    frame = without_single_rows(frame.dropna())
    slopes, vcov, e = estimate(frame, "m", ("x1.", "xw", "w.", "x2."))
    w = frame["w."].to_numpy()
    asked = Regression("m", ("x1",), ("x2",), covariance=IID)

    found = moderate(data, asked, focal="x1", moderator="w", steps=steps, lagged=lagged)

    assert found.estimates.n == len(e)
    np.testing.assert_allclose(found.moderator_mean, w.mean(), rtol=1e-10)
    np.testing.assert_allclose(found.moderator_sd, w.std(ddof=1), rtol=1e-10)
    df = found.estimates.covariance.df
    t = scipy.stats.t.ppf(0.975, df)
    for one, place, sign in zip(
        found.conditional, ("low", "mean", "high"), (-1, 0, 1), strict=True
    ):
        value = w.mean() + sign * w.std(ddof=1)
        effect, error = at(slopes, vcov, 0, 1, value)
        expected = [value, effect, error, 2 * scipy.stats.t.sf(abs(effect / error), df)]
        expected += [effect - t * error, effect + t * error]
        assert one.place == place
        numbers = [one.moderator, one.effect, one.std_error, one.p_value, one.ci_low, one.ci_high]
        np.testing.assert_allclose(numbers, expected, rtol=1e-7, atol=1e-12)
    inside = [
        any(low <= value <= high for low, high in found.region.intervals) for value in w.tolist()
    ]
    significant = [abs(np.divide(*at(slopes, vcov, 0, 1, value))) >= t for value in w.tolist()]
    assert inside == significant
    np.testing.assert_allclose(found.region.share, np.mean(significant), rtol=1e-12)


@pytest.mark.parametrize("steps", [0, 1, 2])
@pytest.mark.parametrize("lagged", ["all", "moderator"])
@pytest.mark.parametrize("seed", SEEDS)
def test_mediated_effects_along_the_moderator(seed, lagged, steps):
    """(a1 + a3 w)(b1 + b3 w) and its delta error from two equations on one sample, whatever is lagged."""
    lagged = "all" if steps == 0 else lagged
    data = chained(seed)
    frame = data.assign(**{"w.": earlier(data, "w", steps)})
    for name in ("x1", "x2", "m"):
        frame[f"{name}."] = earlier(data, name, steps) if lagged == "all" else data[name]
    frame["xw"], frame["mw"] = frame["x1."] * frame["w."], frame["m."] * frame["w."]
    frame = without_single_rows(frame.dropna())
    w = frame["w."].to_numpy()
    a_slopes, a_vcov, _ = estimate(frame, "m", ("x1.", "xw", "w.", "x2."))
    b_slopes, b_vcov, _ = estimate(frame, "y", ("x1.", "m.", "mw", "w.", "x2."))
    asked = Regression("y", ("x1",), ("x2",), covariance=IID)

    found = moderate_mediation(
        data, asked, focal="x1", mediator="m", moderator="w", steps=steps, lagged=lagged, draws=0
    )

    indirect = []
    for one, sign in zip(found.conditional, (-1, 0, 1), strict=True):
        value = w.mean() + sign * w.std(ddof=1)
        (a, s_a), (b, s_b) = at(a_slopes, a_vcov, 0, 1, value), at(b_slopes, b_vcov, 1, 2, value)
        indirect.append(a * b)
        error = np.sqrt((a * s_b) ** 2 + (b * s_a) ** 2)
        expected = [value, a, s_a, b, s_b, a * b, error, a * b / error]
        expected += [2 * scipy.stats.norm.sf(abs(a * b / error))]
        numbers = [one.moderator, one.a, one.a_error, one.b, one.b_error, one.indirect]
        numbers += [one.std_error, one.z, one.p_value]
        np.testing.assert_allclose(numbers, expected, rtol=1e-6, atol=1e-12)
    assert found.n == len(frame)
    np.testing.assert_allclose(found.index, indirect[2] - indirect[0], rtol=1e-7)
    b_mean = at(b_slopes, b_vcov, 1, 2, w.mean())[0]
    np.testing.assert_allclose(found.first_stage_index, a_slopes[1] * b_mean, rtol=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_years_that_a_lag_loses(seed):
    """Rows after the first of their entity whose row so many years before is not there."""
    data = chained(seed)
    for steps in (1, 2, 3):
        lost = [
            (e, t)
            for e, t in data.index
            if (e, t - steps) not in data.index and t - steps >= data.loc[e].index.min()
        ]
        assert gaps(data, steps) == len(lost)
    assert gaps(data, 1) > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_sensitivity_to_an_omitted_cause(seed):
    """ρ at which ab is 0, the effect at other ρ by theorem 4 of Imai et al., and what makes b 0."""
    data = chained(seed)
    data = without_single_rows(data)
    asked = Regression("y", ("x1",), ("x2",), covariance=IID)
    a, _, m = estimate(data, "m", ("x1", "x2"))
    _, _, y = estimate(data, "y", ("x1", "x2"))
    b, v, e = estimate(data, "y", ("x1", "m", "x2"))

    (effect,) = mediate(data, asked, ("m",), draws=0).effects

    r = np.corrcoef(m, y)[0, 1]
    ratio = np.linalg.norm(y) / np.linalg.norm(m)
    np.testing.assert_allclose(effect.sensitivity.rho, r, rtol=1e-8)
    np.testing.assert_allclose(effect.indirect, a[0] * b[1], rtol=1e-8)
    for rho in (-0.6, 0.0, 0.3, r):
        value = a[0] * ratio * (r - rho * np.sqrt((1 - r * r) / (1 - rho * rho)))
        np.testing.assert_allclose(effect.sensitivity.at(rho), value, rtol=1e-7, atol=1e-12)
    # Cinelli and Hazlett: f² = t²/df of b with classical errors, on the same degrees of freedom.
    f2 = (
        b[1] ** 2
        / v[1, 1]
        / (e @ e)
        * (e @ e)
        / (len(e) - 3 - np.linalg.matrix_rank(dummies(data, BOTH)))
    )
    robustness = (np.sqrt(f2 * f2 + 4 * f2) - f2) / 2
    np.testing.assert_allclose(effect.sensitivity.robustness, robustness, rtol=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_correlations_on_complete_rows(seed):
    """Pearson's r and its p-value of SciPy, on the rows that have all columns."""
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([range(8), range(4)], names=["entity", "period"])
    data = pd.DataFrame(draw.normal(size=(32, 3)) @ draw.normal(size=(3, 3)), index, list("abc"))
    data[data > 2.2] = np.nan
    complete = data.dropna()

    found = correlate(data, ("a", "b", "c"))

    assert found.n == len(complete)
    for i, first in enumerate("abc"):
        for j, second in enumerate("abc"):
            if i != j:
                r, p = scipy.stats.pearsonr(complete[first], complete[second])
                np.testing.assert_allclose([found.r[i, j], found.p_value[i, j]], [r, p], rtol=1e-7)


@pytest.mark.parametrize(
    ("coefficients", "roots"),
    [
        ((0.0, 0.0, 3.0), ()),
        ((0.0, 2.0, -3.0), (1.5,)),
        ((1.0, 0.0, 1.0), ()),
        ((1.0, -2.0, 1.0), (1.0,)),
        ((-2.0, 2.0, 12.0), (-2.0, 3.0)),
        ((1.0, 0.0, 0.0), (0.0,)),
        ((1.0, -4.0, 0.0), (0.0, 4.0)),
    ],
)
def test_bounds_of_a_region(coefficients, roots):
    """Two, one or no value of the moderator, also where the equation is no quadratic."""
    assert _roots(*coefficients) == roots


def test_roots_far_apart_keep_their_digits():
    """Roots of 1e8 and 1e-8: neither loses its digits in the other."""
    found = _roots(1.0, -(1e8 + 1e-8), 1.0)
    np.testing.assert_allclose(found, (1e-8, 1e8), rtol=1e-14)
