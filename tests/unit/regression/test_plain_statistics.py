"""Statistics of panels on random small data against loops and dummies: signs, lags, factors, freedoms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from cases_econometrics import simulated_panel
from oracles_econometrics import dummies, dummy_regression
from xinzhi_core.errors import NotIdentified
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_econometrics.diagnostics.breusch_pagan import breusch_pagan
from xinzhi_econometrics.diagnostics.cross_section_dependence import cross_section_dependence
from xinzhi_econometrics.diagnostics.hausman import hausman
from xinzhi_econometrics.diagnostics.influence import influence
from xinzhi_econometrics.diagnostics.serial_correlation import serial_correlation
from xinzhi_econometrics.diagnostics.unit_root import harris_tzavalis, unit_roots
from xinzhi_econometrics.estimates import pieces_as_text
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.instruments.estimate import _judge_weak, instrument
from xinzhi_econometrics.least_squares import dependences
from xinzhi_econometrics.specification import Covariance, Regression
from xinzhi_econometrics.verdict import judge_slope

SEEDS = range(4)
X = ("x1", "x2")
BOTH = ("entity", "period")


def iid_errors(data, effects):
    """Slopes and classical errors by dummies."""
    slopes, e, absorbed = dummy_regression(data, "y", X, effects)
    d = dummies(data, effects)
    x = data[list(X)].to_numpy()
    x = x - d @ np.linalg.lstsq(d, x, rcond=1e-12)[0]
    s2 = e @ e / (len(e) - len(X) - absorbed)
    return slopes, np.sqrt(np.diag(s2 * np.linalg.inv(x.T @ x)))


@pytest.mark.parametrize("seed", SEEDS)
def test_influence_is_without_less_with(seed):
    """The shift of a city is (slope without it - slope with it) / error, signs and all."""
    data = simulated_panel(seed + 200)
    asked = Regression("y", ("x1",), ("x2",), covariance=Covariance())
    slopes, errors = iid_errors(data, BOTH)

    found = influence(data, asked)

    cities = data.index.unique(0)
    without = np.array([iid_errors(data.drop(index=c, level=0), BOTH)[0][0] for c in cities])
    shift = (without - slopes[0]) / errors[0]
    assert (shift > 0).any()
    assert (shift < 0).any()
    np.testing.assert_allclose(found.without.loc[cities, "x1"], without, rtol=1e-8)
    np.testing.assert_allclose(found.shift.loc[cities, "x1"], shift, rtol=1e-7, atol=1e-9)
    g = len(cities)
    spread = np.sqrt((g - 1) / g * np.sum((without - without.mean()) ** 2))
    np.testing.assert_allclose(found.jackknife["x1"], spread, rtol=1e-8)
    shown = found.to_frame()["x1"]
    order = cities[np.argsort(-np.abs(shift), kind="stable")][:10]
    assert shown.index.tolist() == order.tolist()
    np.testing.assert_allclose(shown, shift[cities.get_indexer(order)], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_turned_signs_are_those_of_the_refits(seed):
    """A notice for each variable and city without which the slope has the other sign, and no other."""
    data = simulated_panel(seed + 220, n_entities=6)
    data["y"] = data["y"] - 0.5 * data["x1"] + 0.3 * data["x2"]
    asked = Regression("y", X, covariance=Covariance())
    whole = dummy_regression(data, "y", X, BOTH)[0]
    expected = [
        f"Without {city} the slope of '{name}' changes its sign."
        for place, name in enumerate(X)
        for city in data.index.unique(0)
        if np.sign(dummy_regression(data.drop(index=city, level=0), "y", X, BOTH)[0][place])
        != np.sign(whole[place])
    ]

    notices = DIAGNOSTICS.get("influence")(data, asked).notices

    assert sorted(str(notice.text) for notice in notices) == sorted(expected)


@pytest.mark.parametrize(("n", "t"), [(5, 3), (12, 4), (30, 9), (8, 20)])
def test_unit_root_is_the_printed_formula(n, t):
    """Harris and Tzavalis: √N (ρ̂ - 1 + 3/(T+1)) / √(3(17T² - 20T + 17) / (5(T-1)(T+1)³)), left tail."""
    draw = np.random.default_rng(n * t)
    wide = draw.normal(size=(n, t + 1)).cumsum(axis=1) + draw.normal(size=(n, 1))
    over, under = 0.0, 0.0
    for line in wide:
        now, before = line[1:], line[:-1]
        over += sum((now - now.mean()) * (before - before.mean()))
        under += sum((before - before.mean()) ** 2)
    variance = 3 * (17 * t * t - 20 * t + 17) / (5 * (t - 1) * (t + 1) ** 3)
    z = np.sqrt(n) * (over / under - 1 + 3 / (t + 1)) / np.sqrt(variance)

    found = harris_tzavalis(wide)

    np.testing.assert_allclose(found.value, z, rtol=1e-9)
    np.testing.assert_allclose(found.p_value, scipy.stats.norm.cdf(z), rtol=1e-9)
    keys = pd.MultiIndex.from_product([range(n), range(t + 1)], names=["entity", "period"])
    (of_panel,) = unit_roots(pd.DataFrame({"y": wide.ravel()}, keys), ("y",))
    centred = harris_tzavalis(wide - wide.mean(axis=0))
    np.testing.assert_allclose(of_panel.value, centred.value, rtol=1e-9)


def bartlett(data, lag, rule, step=1):
    """Driscoll and Kraay's errors of x1 and x2 with both effects, period by period."""
    d = dummies(data, BOTH)
    x = data[list(X)].to_numpy()
    x = x - d @ np.linalg.lstsq(d, x, rcond=1e-12)[0]
    _, e, absorbed = dummy_regression(data, "y", X, BOTH)
    when = data.index.get_level_values(1).to_numpy()
    periods = np.unique(when)
    sums = {t: (x[when == t] * e[when == t, None]).sum(axis=0) for t in periods}
    meat = np.zeros((2, 2))
    for s in periods:
        for t in periods:
            weight = 1 - abs(s - t) / step / (lag + 1)
            if weight > 0:
                meat += weight * np.outer(sums[s], sums[t])
    bread = np.linalg.inv(x.T @ x)
    n, n_periods = len(e), len(periods)
    # The years are nested in themselves and not counted; the entities are, or the other way round.
    n_entities = len(data.index.unique(0))
    counted = {
        "areg": 2 + absorbed,
        "fixest": 2 + n_entities,
        "stata": 2 + n_periods,
    }[rule]
    factor = n_periods / (n_periods - 1) * (n - 1) / (n - counted)
    return np.sqrt(np.diag(bread @ meat @ bread * factor))


@pytest.mark.parametrize("n_periods", [5, 12, 28, 31, 90])
def test_default_lag_is_the_rule_of_thumb(n_periods):
    """Without a lag of its own it is the whole part of 4 (T/100)^(2/9)."""
    data = simulated_panel(n_periods, n_entities=6, n_periods=n_periods, keep=1.0)
    lag = int(np.floor(4 * (n_periods / 100) ** (2 / 9)))

    found = fit(data, Regression("y", X, covariance=Covariance("driscoll_kraay")))

    assert found.covariance.lag == lag
    np.testing.assert_allclose(found.std_error, bartlett(data, lag, "fixest"), rtol=1e-8)
    assert found.covariance.df == n_periods - 1


@pytest.mark.parametrize("lag", [0, 1, 3])
@pytest.mark.parametrize("rule", ["fixest", "stata", "areg"])
@pytest.mark.parametrize("step", [1, 2])
def test_weights_of_years_fall_with_their_distance(lag, rule, step):
    """Bartlett's weights by distance in steps, years lost in between, each rule with its own count."""
    data = simulated_panel(17, n_entities=7, n_periods=11, keep=0.9)
    data = data[~data.index.get_level_values(1).isin([2004, 2008])]
    data.index = data.index.set_levels(data.index.levels[1] * step, level=1)
    asked = Regression("y", X, covariance=Covariance("driscoll_kraay", lag=lag, rule=rule))

    found = fit(data, asked)

    np.testing.assert_allclose(found.std_error, bartlett(data, lag, rule, step), rtol=1e-8)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("effects", [("entity",), BOTH])
@pytest.mark.parametrize("step", [1, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_serial_correlation_by_loops(seed, step, effects):
    """F = ((ρ̂ + 1/2) / s)²: differences over one step, gaps unpaired, years taken out where they are."""
    data = simulated_panel(seed + 240, n_entities=9, n_periods=8, keep=0.85)
    data.index = data.index.set_levels(data.index.levels[1] * step, level=1)
    # An entity that stands alone is left out of the regression, and here.
    data = data[data.groupby(level=0)["y"].transform("size") > 1]
    rows = {}
    for entity, when in data.index:
        if (entity, when - step) in data.index:
            before = data.loc[(entity, when - step), ["y", *X]]
            rows[entity, when] = data.loc[(entity, when), ["y", *X]] - before
    change = pd.DataFrame(rows).T
    if "period" in effects:
        change = change - change.groupby(level=1).transform("mean")
    x = change[list(X)].to_numpy(float)
    y = change["y"].to_numpy(float)
    u = pd.Series(y - x @ np.linalg.lstsq(x, y, rcond=None)[0], index=change.index)
    pairs = [(e, u[e, t], u[e, t - step]) for e, t in u.index if (e, t - step) in u.index]
    entity = np.array([e for e, _, _ in pairs])
    now, before = np.array([p[1:] for p in pairs]).T
    rho = now @ before / (before @ before)
    left = now - rho * before
    scores = [((before * left)[entity == e]).sum() for e in np.unique(entity)]
    n, g = len(now), len(scores)
    variance = np.square(scores).sum() / (before @ before) ** 2 * g / (g - 1) * (n - 1) / (n - 1)
    value = (rho + 0.5) ** 2 / variance

    found = serial_correlation(data, Regression("y", X, effects=effects))

    np.testing.assert_allclose(found.value, value, rtol=1e-8)
    np.testing.assert_allclose(found.p_value, scipy.stats.f.sf(value, 1, g - 1), rtol=1e-7)
    assert found.distribution == f"F(1, {g - 1})"


@pytest.mark.parametrize("effects", [(), ("entity",), ("period",), BOTH])
def test_dependence_before_and_after_the_years(effects):
    """CD of the residuals without years among the effects, and of those with them."""
    data = simulated_panel(251, n_entities=8, n_periods=9, keep=0.9)
    without = tuple(effect for effect in effects if effect != "period")

    found = cross_section_dependence(data, Regression("y", X, effects=effects))

    for test, of in zip(found, (without, (*without, "period")), strict=True):
        if of:
            e = dummy_regression(data, "y", X, of)[1]
        else:
            x = np.column_stack([np.ones(len(data)), data[list(X)]])
            e = data["y"].to_numpy() - x @ np.linalg.lstsq(x, data["y"], rcond=None)[0]
        wide = pd.Series(e, data.index).unstack(level=0)  # noqa: PD010 (keys are unique)
        terms = []
        for i in range(wide.shape[1]):
            for j in range(i):
                both = wide.iloc[:, [i, j]].dropna()
                if len(both) >= 3:
                    terms.append(np.sqrt(len(both)) * both.corr().iloc[0, 1])
        value = sum(terms) / np.sqrt(len(terms))
        np.testing.assert_allclose(test.value, value, rtol=1e-7)
        np.testing.assert_allclose(test.p_value, 2 * scipy.stats.norm.sf(abs(value)), rtol=1e-6)
    assert [test.name.rpartition(".")[2] for test in found] == [
        "before_period_effects",
        "after_period_effects",
    ]


@pytest.mark.parametrize("singletons", ["keep", "drop"])
def test_lagrange_multiplier_on_the_rows_of_the_regression(singletons):
    """Rows that are alone count where they are kept, and are out where they are dropped."""
    data = simulated_panel(261, n_entities=10, n_periods=6, keep=1.0)
    data = data.drop([key for key in data.index if key[0] in (2, 5) and key[1] != 2003])
    alone = data.groupby(level=0)["y"].transform("size") == 1
    assert alone.sum() == 2
    rows = data if singletons == "keep" else data[~alone]
    x = np.column_stack([np.ones(len(rows)), rows[list(X)]])
    e = rows["y"].to_numpy() - x @ np.linalg.lstsq(x, rows["y"], rcond=None)[0]
    of = rows.index.get_level_values(0)
    sums = [e[of == one].sum() for one in of.unique()]
    sizes = np.array([(of == one).sum() for one in of.unique()])
    share = np.square(sums).sum() / (e @ e) - 1
    expected = len(e) ** 2 / 2 * share**2 / (np.square(sizes).sum() - len(e))

    (found,) = breusch_pagan(data, Regression("y", X, effects=("entity",), singletons=singletons))

    np.testing.assert_allclose(found.value, expected, rtol=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_what_a_column_is_a_combination_of(seed):
    """Of planted combinations the last column is the dependent one, and exactly its parts are named."""
    draw = np.random.default_rng(seed)
    design = draw.normal(size=(40, 7))
    parts = {4: [0, 2], 6: [1, 3, 5]}
    for column, others in parts.items():
        design[:, column] = design[:, others] @ draw.uniform(0.5, 2.0, size=len(others))

    kept, found = dependences(design, np.full(7, 1e-13))

    assert kept == (0, 1, 2, 3, 5)
    assert {one.column: list(one.others) for one in found} == parts


@pytest.mark.parametrize("mean", [0.0, 1e3, 1e6, 1e9])
def test_what_the_effects_explain_is_not_estimated_whatever_its_mean(mean):
    """A sum of a part of the entity and a part of the year is absorbed, however large its mean is."""
    data = simulated_panel(271)
    entity = data.index.get_level_values(0).to_numpy()
    draw = np.random.default_rng(0)
    year = data.index.get_level_values(1).to_numpy() - 2001
    data["fixed"] = mean + draw.normal(size=12)[entity] + draw.normal(size=7)[year]
    with pytest.raises(NotIdentified) as caught:
        fit(data, Regression("y", ("fixed", "x1"), effects=BOTH))
    assert [problem.code for problem in caught.value.problems] == ["reg.absorbed"]


def test_a_contrast_is_definite_only_with_full_rank_and_no_eigenvalue_below_0():
    """Both are needed: one alone does not make the classic statistic a chi²."""
    data = simulated_panel(29, keep=1.0)
    found = hausman(data, Regression("y", X, effects=("entity",)))
    for least in (-1.0, 0.0, 1.0):
        for rank in (1, 2):
            other = replace(found, eigenvalues=np.array([least, 2.0]), rank=rank)
            assert other.is_definite == (least > 0 and rank == 2)


def test_a_set_with_a_gap_is_reported_by_its_pieces():
    """Of a weakly instrumented slope: rows of `conf_int`, `set` in frames, pieces in verdicts; its ends are missing."""
    data = simulated_panel(281, n_entities=20, keep=1.0)
    draw = np.random.default_rng(281)
    data["z"] = draw.normal(size=len(data))
    data["x1"] = 0.1 * data["z"] + draw.normal(size=len(data))
    asked = Regression("y", ("x1",), ("x2",), covariance=Covariance("hc1"))
    found = instrument(data, asked, endogenous=("x1",), instruments=("z",))
    assert found.is_weak
    apart, whole = ((-3.0, -1.0), (2.0, 5.0)), ((-3.0, 5.0),)
    for pieces, ends in ((apart, (np.nan, np.nan)), (whole, (-3.0, 5.0))):
        values = replace(found.anderson_rubin, intervals=pieces, test=None)
        judged = _judge_weak(found.estimates, replace(found, anderson_rubin=values))
        place = judged.position("x1")
        np.testing.assert_array_equal((judged.ci_low[place], judged.ci_high[place]), ends)
        assert judged.set_at("x1", 0.95) == pieces
        assert judged.conf_int().loc[["x1"]].to_numpy().tolist() == [[*piece] for piece in pieces]
        assert judged.to_frame().loc["x1", "set"] == pieces_as_text(pieces)
        assert judge_slope(judged, "x1").pieces == pieces
        np.testing.assert_array_equal(judge_slope(judged, "x1").interval, ends)
    # At a level of its own the regression has another set: the verdict reads that one.
    other = instrument(
        data, replace(asked, level=0.6), endogenous=("x1",), instruments=("z",)
    ).judged
    assert judge_slope(other, "x1").pieces == other.set_at("x1", 0.6) != other.set_at("x1", 0.95)
