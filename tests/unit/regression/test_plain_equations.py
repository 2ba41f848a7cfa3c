"""The equations of the method pages, written out in plain NumPy: witnesses that need no other program."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from cases_econometrics import simulated_panel
from oracles_econometrics import dummy_regression, sandwich
from xinzhi.analyses.mediation.compute import mediate
from xinzhi_econometrics.diagnostics.breusch_pagan import breusch_pagan
from xinzhi_econometrics.diagnostics.cross_section_dependence import pesaran_cd
from xinzhi_econometrics.diagnostics.effects_f import effects_f
from xinzhi_econometrics.diagnostics.hausman import hausman
from xinzhi_econometrics.diagnostics.mundlak import mundlak
from xinzhi_econometrics.estimators.random_effects import random_effects
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

X = ("x1", "x2")


def ols(y, x):
    """Least squares: slopes, residuals, (X'X)⁻¹."""
    bread = np.linalg.inv(x.T @ x)
    slopes = bread @ x.T @ y
    return slopes, y - x @ slopes, bread


def means(data, columns):
    """Mean of each entity, row by row."""
    return data[list(columns)].groupby(level=0).transform("mean").to_numpy()


def test_f_of_effects():
    """F = [(RSS0 - RSS1)/(df0 - df1)] / [RSS1/df1], by dummies: all effects, and years given entities."""
    data = simulated_panel(19)
    found = {one.name: one for one in effects_f(data, Regression("y", X))}
    _, whole, absorbed = dummy_regression(data, "y", X, ("entity", "period"))
    df = len(data) - 2 - absorbed
    x = np.column_stack([np.ones(len(data)), data[list(X)]])
    left = {
        "effects_f": (ols(data["y"].to_numpy(), x)[1], 1),
        "effects_f.period": dummy_regression(data, "y", X, ("entity",))[1:],
    }

    for name, (residuals, rank) in left.items():
        above = (residuals @ residuals - whole @ whole) / (absorbed - rank)
        f = above / (whole @ whole / df)
        p = scipy.stats.f.sf(f, absorbed - rank, df)
        np.testing.assert_allclose([found[name].value, found[name].p_value], [f, p], rtol=1e-9)


def random_by_hand(data):
    """Swamy and Arora on a balanced panel: slopes, covariance, σ²e, variance of the quasi-demeaned errors."""
    n_entities, n_periods = (len(data.index.unique(level)) for level in (0, 1))
    y, x, k = data["y"].to_numpy(), data[list(X)].to_numpy(), len(X)
    y_bar, x_bar = means(data, ("y",))[:, 0], means(data, X)
    _, inside, _ = ols(y - y_bar, x - x_bar)
    sigma_e = inside @ inside / (len(y) - n_entities - k)
    first = slice(None, None, n_periods)
    ones = np.ones((n_entities, 1))
    _, between, _ = ols(y_bar[first], np.hstack([ones, x_bar[first]]))
    sigma_1 = n_periods * (between @ between) / (n_entities - k - 1)
    theta = 1 - np.sqrt(sigma_e / sigma_1)
    constant = np.full((len(y), 1), 1 - theta)
    slopes, residuals, bread = ols(y - theta * y_bar, np.hstack([constant, x - theta * x_bar]))
    s2 = residuals @ residuals / (len(y) - k - 1)
    return slopes, s2 * bread, sigma_e, theta


def test_random_effects():
    """θ = 1 - √(σ²e/(T σ²u + σ²e)), then least squares of what is left."""
    data = simulated_panel(23, keep=1.0)
    slopes, _, sigma_e, theta = random_by_hand(data)
    asked = Regression("y", X, effects=("entity",), estimator="random_effects")

    found = random_effects(data, asked)

    np.testing.assert_allclose(found.estimate, slopes, rtol=1e-9)
    assert found.components is not None
    np.testing.assert_allclose(found.components.theta, theta, rtol=1e-9)
    np.testing.assert_allclose(found.components.sigma_e**2, sigma_e, rtol=1e-9)


def test_hausman():
    """H = d'(V_FE - V_RE)⁻¹d, with its sign."""
    data = simulated_panel(29, keep=1.0)
    y, x = data["y"].to_numpy(), data[list(X)].to_numpy()
    random, v_random, sigma_e, _ = random_by_hand(data)
    fixed, _, bread = ols(y - means(data, ("y",))[:, 0], x - means(data, X))
    d = fixed - random[1:]
    h = d @ np.linalg.solve(sigma_e * bread - v_random[1:, 1:], d)

    found = hausman(data, Regression("y", X, effects=("entity",)))

    np.testing.assert_allclose(found.classic.value, h, rtol=1e-8)
    np.testing.assert_allclose(found.difference, d, rtol=1e-8)


def test_mundlak():
    """F = g'V⁻¹g / k of the entities' means in a pooled regression, clustered by entity."""
    data = simulated_panel(37)
    y, entity = data["y"].to_numpy(), data.index.get_level_values(0).to_numpy()
    x = np.column_stack([np.ones(len(y)), data[list(X)], means(data, X)])
    slopes, residuals, _ = ols(y, x)
    n, g = len(y), len(np.unique(entity))
    v = sandwich(x, residuals, entity) * g / (g - 1) * (n - 1) / (n - x.shape[1])
    f = slopes[3:] @ np.linalg.solve(v[3:, 3:], slopes[3:]) / 2

    found = mundlak(data, Regression("y", X, effects=("entity",)))

    expected = [f, scipy.stats.f.sf(f, 2, g - 1)]
    np.testing.assert_allclose([found.value, found.p_value], expected, rtol=1e-9)


def test_lagrange_multiplier():
    """LM = N²/2 [Σ_i(Σ_t e)²/Σe² - 1]² / (ΣT² - N), with residuals of pooled least squares."""
    data = simulated_panel(41)
    x = np.column_stack([np.ones(len(data)), data[list(X)]])
    _, e, _ = ols(data["y"].to_numpy(), x)
    n = len(e)
    for level, name in ((0, "entity"), (1, "period")):
        of = data.index.get_level_values(level)
        sums = [e[of == one].sum() for one in of.unique()]
        sizes = [int((of == one).sum()) for one in of.unique()]
        share = np.square(sums).sum() / (e @ e) - 1
        lm = n**2 / 2 * share**2 / (np.square(sizes).sum() - n)

        found = {one.name: one for one in breusch_pagan(data, Regression("y", X))}[f"lm.{name}"]

        np.testing.assert_allclose(found.value, lm, rtol=1e-9)


@pytest.mark.parametrize("keep", [0.7, 1.0])
def test_pesaran_cd(keep):
    """CD = √(2/(N(N-1))) Σ √T_ij ρ_ij over the pairs that share three periods."""
    residuals = simulated_panel(81, n_entities=6, n_periods=9, keep=keep)["y"]
    wide = residuals.unstack(level=0)
    terms = []
    for i in range(wide.shape[1]):
        for j in range(i):
            both = wide.iloc[:, [i, j]].dropna()
            if len(both) >= 3:
                terms.append(np.sqrt(len(both)) * both.corr().iloc[0, 1])

    found = pesaran_cd(residuals)

    np.testing.assert_allclose(found.value, sum(terms) / np.sqrt(len(terms)), rtol=1e-9)


def errors_by_hand(data, kind):
    """Standard errors of x1 and x2 with both effects, by explicit dummies."""
    entity, period = (data.index.get_level_values(level).to_numpy() for level in (0, 1))
    d = np.hstack(
        [
            np.eye(len(np.unique(of)))[np.unique(of, return_inverse=True)[1]]
            for of in (entity, period)
        ]
    )
    own = data[list(X)].to_numpy()
    x = own - d @ np.linalg.lstsq(d, own, rcond=1e-12)[0]
    _, e, absorbed = dummy_regression(data, "y", X, ("entity", "period"))
    n, k, bread = len(e), 2, np.linalg.inv(x.T @ x)
    g, t = len(np.unique(entity)), len(np.unique(period))
    # effects nested in the clusters are not counted: those of the entities, or those of the periods
    by_entity, by_period = sandwich(x, e, entity), sandwich(x, e, period)
    by_row = sandwich(x, e, np.arange(n))
    if kind == "iid":
        v = bread * (e @ e) / (n - k - absorbed)
    elif kind == "hc1":
        v = by_row * n / (n - k - absorbed)
    elif kind == "cluster":
        v = by_entity * g / (g - 1) * (n - 1) / (n - k - t)
    else:
        small = min(g, t)
        v = (by_entity + by_period - by_row) * small / (small - 1) * (n - 1) / (n - k - 1)
    return np.sqrt(np.diag(v))


KINDS = {
    "iid": Covariance("iid"),
    "hc1": Covariance("hc1"),
    "cluster": Covariance("cluster", ("entity",)),
    "two_way": Covariance("two_way", ("entity", "period")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_standard_errors(kind):
    """The sums of scores of the page, with their small-sample factors."""
    data = simulated_panel(43, n_entities=15, n_periods=12)

    found = fit(data, Regression("y", X, covariance=KINDS[kind]))

    np.testing.assert_allclose(found.std_error, errors_by_hand(data, kind), rtol=1e-9)


def test_sobel():
    """Sobel's z = ab / √(b²s_a² + a²s_b²), from the slopes and errors of the two equations."""
    data = simulated_panel(47)
    asked = Regression("y", ("x1",), covariance=Covariance("cluster", ("entity",)))
    found = mediate(data, asked, ("x2",), draws=0).effects[0]
    first = fit(data, Regression("x2", ("x1",), covariance=asked.covariance))
    second = fit(data, Regression("y", ("x1", "x2"), covariance=asked.covariance))
    a, s_a = first.estimate[0], first.std_error[0]
    b, s_b = second.estimate[1], second.std_error[1]

    z = a * b / np.sqrt(b**2 * s_a**2 + a**2 * s_b**2)

    np.testing.assert_allclose([found.indirect, found.sobel.sobel.value], [a * b, z], rtol=1e-12)
    np.testing.assert_allclose(found.total, found.direct + found.indirect, rtol=1e-10)
