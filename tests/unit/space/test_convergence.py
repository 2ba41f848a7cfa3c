"""Sigma and beta convergence on panels whose rate is known, and against other software."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from cases_typology import codes, one_period, panel_of_scores
from xinzhi_core.errors import DataError, DuplicateKey, MethodError, OutOfDomain, SpecError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.space.convergence import beta, sigma
from xinzhi_econometrics.specification import Covariance, Regression

EXACT = 1e-9  # logs, exponentials and one small system of equations
SAME = 1e-8  # two programs, one regression


def path_to_steady_state(rate: float, *, n: int = 12, periods: int = 6, noise: float = 0.0):
    """Scores with ln y_t+1 = ln y* + e^-rate (ln y_t - ln y*), ln y* = 0.5 x - 1 known by x."""
    rng = np.random.default_rng(20250429)
    x = rng.normal(size=n)
    level, log = 0.5 * x - 1.0, rng.normal(-2.0, 0.5, size=n)
    rows = {}
    for t in range(periods):
        rows |= {(f"city{i:02d}", 2008 + t): (np.exp(log[i]), x[i]) for i in range(n)}
        log = level + np.exp(-rate) * (log - level) + noise * rng.normal(size=n)
    index = pd.MultiIndex.from_tuples(list(rows), names=["entity", "period"])
    frame = pd.DataFrame(list(rows.values()), index=index, columns=["score", "x"])
    return frame["score"], frame[["x"]]


@pytest.mark.parametrize("rate", [0.02, 0.2, 1.5])
def test_the_known_rate_comes_back(rate):
    """Conditional on what sets the steady state, speed and half-life are the simulated ones."""
    scores, controls = path_to_steady_state(rate)

    found = beta(scores, controls=controls)

    assert found.is_conditional
    assert found.speed == pytest.approx(rate, abs=EXACT)
    assert found.half_life == pytest.approx(np.log(2) / rate, rel=EXACT)


def test_entity_effects_stand_for_unknown_steady_states():
    """The panel form with entity effects finds the rate without being told the steady states."""
    scores, _ = path_to_steady_state(0.2)

    found = beta(scores, form="panel", effects=("entity",))

    assert found.speed == pytest.approx(0.2, abs=EXACT)
    assert "convergence.nickell" in codes(found.notices)


def test_absolute_and_conditional_differ_where_steady_states_do():
    """Without the controls the rate is another one: the two forms answer two questions."""
    scores, controls = path_to_steady_state(0.2)

    assert abs(beta(scores).speed - beta(scores, controls=controls).speed) > 0.01
    assert not beta(scores).is_conditional


def test_noise_leaves_the_rate_within_its_interval():
    """With noise the known rate lies within three errors of the estimate (one seeded draw)."""
    scores, controls = path_to_steady_state(0.2, n=200, noise=0.02)

    found = beta(scores, controls=controls)

    assert abs(found.speed - 0.2) < 3 * found.speed_error
    assert 0 < found.speed_error < 0.02


def test_the_error_of_the_speed_is_the_slope_of_the_speed_in_beta():
    """se(speed) = se(beta) |d speed / d beta|, the derivative taken numerically."""
    scores, controls = path_to_steady_state(0.2, noise=0.1)
    found = beta(scores, controls=controls)

    def speed(b: float) -> float:
        return -float(np.log(1 + b * found.span)) / found.span

    slope = (speed(found.beta - 1e-6) - speed(found.beta + 1e-6)) / 2e-6
    assert found.speed_error == pytest.approx(found.std_error * slope, rel=1e-7)


def test_cross_section_agrees_with_statsmodels():
    """Slope, HC1 error and p-value are those of statsmodels' OLS."""
    scores, controls = path_to_steady_state(0.2, noise=0.1)
    logs = np.log(scores).unstack("period")  # noqa: PD010 - keys are unique
    start = pd.DataFrame({"initial": logs[2008], "x": controls["x"].xs(2008, level="period")})

    found = beta(scores, controls=controls)

    other = sm.OLS((logs[2013] - logs[2008]) / 5, sm.add_constant(start)).fit(
        cov_type="HC1", use_t=True
    )
    assert found.beta == pytest.approx(other.params["initial"], abs=SAME)
    assert found.std_error == pytest.approx(other.bse["initial"], abs=SAME)
    assert found.p_value == pytest.approx(other.pvalues["initial"], abs=SAME)


@pytest.mark.parametrize("effects", [(), ("entity",), ("period",), ("entity", "period")])
def test_panel_agrees_with_the_regressions_of_the_package(effects):
    """Unbalanced, with any effects: slope and clustered error are those of econometrics.fit."""
    scores, controls = path_to_steady_state(0.2, noise=0.1)
    scores = scores.drop([("city03", 2010), ("city05", 2013)])
    controls = controls.assign(z=np.random.default_rng(5).normal(size=len(controls)))[["z"]]
    logs = np.log(scores)
    after = logs.rename(lambda period: period - 1, level="period")
    frame = pd.DataFrame({"growth": after - logs, "initial": logs}).join(controls).dropna()
    model = Regression(
        "growth", ("initial", "z"), effects=effects, covariance=Covariance("cluster", ("entity",))
    )

    found = beta(scores, form="panel", controls=controls, effects=effects)

    other = fit(frame, model).to_frame().loc["initial"]
    assert found.n == len(frame)
    assert found.beta == pytest.approx(other["estimate"], abs=SAME)
    assert found.std_error == pytest.approx(other["std_error"], abs=SAME)
    assert found.p_value == pytest.approx(other["p_value"], abs=SAME)


def test_divergence_has_no_half_life():
    """Where gaps grow the speed is negative and no half-life exists."""
    scores = panel_of_scores(
        {f"c{i}": {0: np.exp(-1.0 - i), 1: np.exp(-1.0 - 2 * i)} for i in range(4)}
    )

    found = beta(scores)

    assert found.beta == pytest.approx(1.0, abs=EXACT)
    assert found.speed == pytest.approx(-np.log(2), abs=EXACT)
    assert np.isnan(found.half_life)


def test_overtaking_has_no_speed():
    """Where the last overtake the first (1 + beta T < 0) no speed exists, and a notice says so."""
    scores = panel_of_scores(
        {f"c{i}": {0: np.exp(-float(i)), 1: np.exp(float(i))} for i in range(4)}
    )

    found = beta(scores)

    assert np.isnan([found.speed, found.speed_error, found.half_life]).all()
    assert codes(found.notices) == ["reg.perfect_fit", "convergence.no_speed"]


def test_missing_scores_and_controls_are_counted():
    """A growth rate without its start, end or control is left out and counted."""
    scores, controls = path_to_steady_state(0.2)
    scores.loc["city00", 2013] = np.nan

    found = beta(scores, controls=controls.drop([("city01", 2008)]))

    assert found.n == 10
    assert codes(found.notices) == ["reg.perfect_fit", "convergence.rows_left_out"]


def test_a_missing_year_gives_no_step():
    """The panel form takes no growth rate across a year that the data lack."""
    scores, _ = path_to_steady_state(0.2)

    found = beta(scores.drop(2010, level="period"), form="panel", effects=("entity",))

    assert found.n == 12 * 3


@pytest.mark.parametrize(
    ("change", "options", "error", "code"),
    [
        (lambda s: s * 0, {}, OutOfDomain, "convergence.log"),
        (lambda s: s.xs(2008, level="period", drop_level=False), {}, DataError, "convergence.span"),
        (
            lambda s: s.drop([2009, 2011, 2013], level="period"),
            {"form": "panel"},
            DataError,
            "convergence.no_steps",
        ),
        (lambda s: s.loc[["city00", "city01"]], {}, MethodError, "convergence.too_few_rows"),
        (
            lambda s: s.loc[["city00"]],
            {"form": "panel"},
            MethodError,
            "convergence.too_few_clusters",
        ),
        (lambda s: s * 0 + 0.5, {}, MethodError, "convergence.outcome_constant"),
        (lambda s: s, {"form": "spline"}, SpecError, "option.unknown"),
        (lambda s: s, {"effects": ("entity",)}, SpecError, "convergence.effects"),
        (lambda s: s, {"form": "panel", "effects": ("region",)}, SpecError, "option.unknown"),
    ],
)
def test_what_has_no_rate_is_named(change, options, error, code):
    """Zeros, no span, no neighbouring years, too few, all alike, odd options."""
    with pytest.raises(error) as caught:
        beta(change(path_to_steady_state(0.2)[0]), **options)
    assert caught.value.code == code


def test_equal_starts_are_named_without_columns_of_the_regression():
    """Where all start alike, no slope on the start exists; the words speak of scores."""
    scores = panel_of_scores(
        {name: {1: 0.5, 2: end} for name, end in {"a": 0.4, "b": 0.6, "c": 0.7, "d": 0.9}.items()}
    )

    with pytest.raises(MethodError, match="All scores at the start are the same") as caught:
        beta(scores)
    assert caught.value.code == "convergence.constant"


def test_a_control_constant_within_entities_cannot_stand_beside_their_effects():
    """What the effects explain is refused by name, although rounding leaves crumbs of it."""
    scores, controls = path_to_steady_state(0.2)

    with pytest.raises(MethodError, match="'x' cannot be estimated: absorbed"):
        beta(scores, form="panel", controls=controls * 1e6, effects=("entity",))


@pytest.mark.parametrize("name", ["initial", "growth", "span", "entity", "period"])
def test_a_control_with_a_name_of_the_regression_is_refused(name):
    """`initial` is the start of a growth rate, `entity` names effects and clusters."""
    scores, controls = path_to_steady_state(0.2)

    with pytest.raises(DuplicateKey, match=f"cannot be named '{name}'"):
        beta(scores, controls=controls.rename(columns={"x": name}))


def test_what_the_regression_has_to_say_is_said():
    """Twelve clusters are few, and the notice of the regression reaches the reader."""
    rng = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([range(12), range(6)], names=["entity", "period"])
    scores = pd.Series(np.exp(rng.normal(size=72)), index.set_levels(list("abcdefghijkl"), level=0))

    assert "reg.few_clusters" in codes(beta(scores, form="panel").notices)


def test_sigma_is_the_dispersion_by_hand():
    """Mean, deviation with n - 1 and their ratio are those of a hand calculation."""
    scores = panel_of_scores({"a": {1: 1.0, 2: 2.0}, "b": {1: 3.0, 2: 2.0}})

    found = sigma(scores).by_period

    assert found.loc[1, ["n", "mean"]].tolist() == [2.0, 2.0]
    assert found["sd"].tolist() == pytest.approx([2**0.5, 0.0], abs=EXACT)
    assert found["cv"].tolist() == pytest.approx([0.5**0.5, 0.0], abs=EXACT)
    assert found.loc[1, "sd_log"] == pytest.approx(np.log(3) / 2**0.5, abs=EXACT)


def test_sigma_falls_along_a_path_to_one_steady_state():
    """On a path with rate r the deviation of logs falls by e^-r each period; the trend is negative."""
    scores = panel_of_scores(
        {f"c{i}": {t: np.exp(i * np.exp(-0.2 * t)) for t in range(5)} for i in range(4)}
    )

    found = sigma(scores)

    ratios = (found.by_period["sd_log"].shift(-1) / found.by_period["sd_log"]).dropna()
    np.testing.assert_allclose(ratios, np.exp(-0.2), atol=EXACT)
    assert found.slope < 0
    assert found.slope_p < 0.01


def test_sigma_compares_the_same_entities():
    """By default who lacks a score in some year is left out everywhere, and named."""
    scores = panel_of_scores({"a": {1: 1.0, 2: 2.0}, "b": {1: 3.0, 2: 2.0}, "c": {1: 9.0}})

    common, available = sigma(scores), sigma(scores, sample="available")

    assert common.by_period["n"].tolist() == [2, 2]
    assert codes(common.notices) == ["convergence.left_out"]
    assert available.by_period["n"].tolist() == [3, 2]
    assert available.notices == ()


def test_sigma_of_two_years_has_no_trend_test():
    """Two years make a line, not a test."""
    scores = panel_of_scores({"a": {1: 1.0, 2: 2.0}, "b": {1: 3.0, 2: 2.0}})

    assert np.isnan(sigma(scores).slope)


def test_zeros_have_no_log_dispersion():
    """With a zero score the deviation of logs is missing, the rest is there."""
    found = sigma(panel_of_scores({"a": {1: 0.0}, "b": {1: 3.0}})).by_period

    assert np.isnan(found.loc[1, "sd_log"])
    assert found.loc[1, "cv"] == pytest.approx(2**0.5, abs=EXACT)


def test_one_entity_has_no_dispersion():
    """Dispersion needs two."""
    with pytest.raises(MethodError, match="Fewer than two"):
        sigma(one_period({"a": 1.0}))
