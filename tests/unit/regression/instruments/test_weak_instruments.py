"""Strength of instruments, against printed Stata output, closed forms and slow definitions.

Tolerances: printed figures to their last digit; closed forms and definitions to 1e-8, the rounding of
a few hundred products; the tables of Stock and Yogo were simulated by them, so that their closed form
agrees to 4 % (the size) and 4 % (the bias) only.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from linearmodels.datasets import mroz
from scipy import optimize, special, stats

from cases_econometrics import simulated_panel
from xinzhi_core.errors import SpecError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import Inapplicable, Statistic
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.instruments.stock_yogo import (
    BIASES,
    SIZES,
    critical_bias,
    critical_size,
)
from xinzhi_econometrics.instruments.two_stage import critical_f, worst_bias
from xinzhi_econometrics.model import build_model
from xinzhi_econometrics.specification import Covariance, Regression

BY_ENTITY = Covariance("cluster", ("entity",))
ROBUST = Covariance("hc1")


def made(seed: int = 3, *, strength: float = 0.8, n_entities: int = 30) -> pd.DataFrame:
    """Draw a panel in which x1 and x3 are endogenous, z1 to z4 instruments, errors uneven."""
    data = simulated_panel(seed, n_entities=n_entities, keep=0.9)
    draw = np.random.default_rng(seed)
    n = len(data)
    hidden, other = draw.normal(size=n), draw.normal(size=n)
    for name in ("z1", "z2", "z3", "z4"):
        data[name] = draw.normal(size=n)
    data["x1"] = strength * (data["z1"] + 0.4 * data["z2"]) + hidden * (1 + 0.5 * data["z1"] ** 2)
    data["x3"] = strength * (0.3 * data["z2"] + data["z3"]) + other
    data["y"] = 0.5 * data["x1"] + 0.2 * data["x2"] - hidden + draw.normal(size=n)
    return data


def working_women() -> pd.DataFrame:
    """The 428 working women of Mroz (1987), a cross-section."""
    data = mroz.load()
    data = data[data["inlf"] == 1]
    data.index = pd.MultiIndex.from_arrays(
        [np.arange(len(data)), np.zeros(len(data), dtype=int)], names=["entity", "period"]
    )
    return data


def of_women(covariance: Covariance):
    """Wages explained by schooling, its instruments age and children."""
    return instrument(
        working_women(),
        Regression("lwage", ("educ",), ("exper", "expersq"), effects=(), covariance=covariance),
        endogenous=("educ",),
        instruments=("age", "kidslt6", "kidsge6"),
    )


def test_printed_by_weakivtest():
    """Stata's weakivtest after `ivreg2 lwage exper expersq (educ=age kidslt6 kidsge6), rob`.

    It prints an effective F of 4.552 and the critical values 15.711, 9.957, 6.749; for τ = 30 % it
    takes 3.33 for 1/0.3 and prints 5.560, the same routine in Julia takes 1/0.3 and prints 5.562.
    """
    found = of_women(ROBUST)

    assert found.effective_f.value == pytest.approx(4.552, abs=5e-4)
    critical = [limit.critical for limit in found.strength.limits]
    assert critical == pytest.approx([15.711, 9.957, 6.749, 5.562], abs=5e-4)
    assert all(limit.simplified >= limit.critical for limit in found.strength.limits)
    assert found.is_weak


def test_printed_by_ivreg2():
    """Stata's ivreg2 prints the rank statistics of the same regression.

    It was run with dofminus(1) sdofminus(1): LM statistics carry (N-1)/N, F statistics 420/422.
    """
    plain, robust = of_women(Covariance()), of_women(ROBUST)

    lm = 427 / 428
    assert plain.strength.under_identification.value * lm == pytest.approx(12.78587959491035)
    assert robust.strength.under_identification.value * lm == pytest.approx(11.20431922138149)
    assert plain.strength.cragg_donald.value * 420 / 422 == pytest.approx(4.321492327535472)
    assert robust.strength.rank_f.value * 420 / 422 == pytest.approx(4.997422001157912)
    assert robust.strength.under_identification.distribution == "chi2(3)"


@pytest.mark.parametrize("covariance", [Covariance(), ROBUST, BY_ENTITY])
def test_one_endogenous_regressor_is_the_f_of_the_first_stage(covariance):
    """The rank F is Wald's F of the instruments in the first stage, under any errors."""
    data = made()
    how = Regression("y", ("x1",), ("x2",), covariance=covariance)

    found = instrument(data, how, endogenous=("x1",), instruments=("z1", "z2", "z3"))

    first = fit(data, Regression("x1", ("z1", "z2", "z3"), ("x2",), covariance=covariance))
    b, v = first.estimate[:3], first.vcov[:3, :3]
    assert found.strength.rank_f.value == pytest.approx(b @ np.linalg.solve(v, b) / 3, rel=1e-8)


def test_cragg_donald_is_an_eigenvalue_and_under_iid_errors_the_rank_f():
    """Cragg and Donald: the smallest eigenvalue of Σ^-1/2 Y'P_Z Y Σ^-1/2 over q."""
    data = made()
    how = Regression("y", ("x1", "x3"), ("x2",), covariance=Covariance())

    found = instrument(data, how, endogenous=("x1", "x3"), instruments=("z1", "z2", "z3", "z4"))

    y, z = partialled(data)
    df = found.estimates.n - 5 - found.estimates.df_absorbed
    inside = z @ np.linalg.lstsq(z, y, rcond=None)[0]
    sigma = (y - inside).T @ (y - inside) / df
    values = np.linalg.eigvals(np.linalg.solve(sigma, inside.T @ inside)).real
    assert found.strength.cragg_donald.value == pytest.approx(values.min() / 4, rel=1e-8)
    assert found.strength.rank_f.value == pytest.approx(values.min() / 4, rel=1e-8)


def partialled(data: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Endogenous regressors and instruments without city and year effects and x2."""
    ready = build_model(data, Regression("y", ("x1", "x3", "z1", "z2", "z3", "z4", "x2")))
    own = ready.design[:, [ready.names.index("x2")]]
    rest = ready.design[:, [i for i, name in enumerate(ready.names) if name != "x2"]]
    left = rest - own @ np.linalg.lstsq(own, rest, rcond=None)[0]
    return left[:, :2], left[:, 2:]


def by_definition(y: np.ndarray, z: np.ndarray, scores_of: np.ndarray, group: np.ndarray) -> float:
    """Form rk as Kleibergen and Paap write it: SVD, both roots, the Kronecker covariance."""
    q, p = z.shape[1], y.shape[1]
    g, f = np.linalg.cholesky(z.T @ z).T, np.linalg.cholesky(y.T @ y).T
    pi = np.linalg.solve(z.T @ z, z.T @ y)
    theta = g @ pi @ np.linalg.inv(f)
    u, _, vt = np.linalg.svd(theta)
    v, r = vt.T, p - 1
    u22, v22 = u[r:, r:], v[r:, r:]
    a = u[:, r:] @ np.linalg.solve(u22, root(u22 @ u22.T))
    b = root(v22 @ v22.T) @ np.linalg.solve(v22.T, v[:, r:].T)
    meat = np.zeros((p * q, p * q))
    for one in np.unique(group):
        rows = group == one
        score = sum(np.kron(e, row) for e, row in zip(scores_of[rows], z[rows], strict=True))
        meat += np.outer(score, score)
    turn = np.kron(np.linalg.inv(f).T, np.linalg.inv(g).T)
    both = np.kron(b, a.T)
    lam = both @ theta.T.ravel()
    return float(lam @ np.linalg.solve(both @ turn @ meat @ turn.T @ both.T, lam))


def root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(values) @ vectors.T


@pytest.mark.parametrize("covariance", [ROBUST, BY_ENTITY])
def test_two_endogenous_regressors_by_definition(covariance):
    """The rank statistics are those of the written formula, up to the small-sample factors."""
    data = made()
    how = Regression("y", ("x1", "x3"), ("x2",), covariance=covariance)

    found = instrument(data, how, endogenous=("x1", "x3"), instruments=("z1", "z2", "z3", "z4"))

    y, z = partialled(data)
    n = found.estimates.n
    city = found.estimates.residuals.index.codes[0]
    group = np.arange(n) if covariance == ROBUST else np.asarray(city)
    left = y - z @ np.linalg.lstsq(z, y, rcond=None)[0]
    wald = by_definition(y, z, left, group) / 4
    lm = by_definition(y, z, y, group)
    df = n - 5 - found.estimates.df_absorbed
    years = 7
    cluster = 30 / 29 * (n - 1) / (n - (5 + 1 + years - 1))
    factor = n / df if covariance == ROBUST else cluster
    effects = (n - found.estimates.df_absorbed) / n if covariance == ROBUST else 1.0
    assert found.strength.rank_f.value == pytest.approx(wald / factor, rel=1e-8)
    assert found.strength.under_identification.value == pytest.approx(lm * effects, rel=1e-8)
    assert found.strength.under_identification.distribution == "chi2(3)"


def test_rank_statistics_know_no_units():
    """Other units and sums of instruments leave every test of strength as it is."""
    data = made()
    data["a"], data["b"] = 1000 * data["z1"] + data["z2"], data["z2"] / 50
    data["small"] = data["x1"] / 1e6
    how = Covariance("cluster", ("entity",))

    first = instrument(
        data,
        Regression("y", ("x1",), ("x2",), covariance=how),
        endogenous=("x1",),
        instruments=("z1", "z2"),
    ).strength
    second = instrument(
        data,
        Regression("y", ("small",), ("x2",), covariance=how),
        endogenous=("small",),
        instruments=("a", "b"),
    ).strength

    for name in ("under_identification", "rank_f", "cragg_donald"):
        assert getattr(second, name).value == pytest.approx(getattr(first, name).value, rel=1e-7)
    assert second.effective_f.value == pytest.approx(first.effective_f.value, rel=1e-7)
    assert [c.critical for c in second.limits] == pytest.approx(
        [c.critical for c in first.limits], rel=1e-6
    )


def test_one_instrument_has_the_critical_values_of_the_paper():
    """With one instrument B is 1: 37.4, 23.1, 15.1 and 12.0 whatever the errors (MOP 2013)."""
    found = instrument(
        made(),
        Regression("y", ("x1",), ("x2",), covariance=BY_ENTITY),
        endogenous=("x1",),
        instruments=("z1",),
    )

    for limit, printed in zip(found.strength.limits, (37.42, 23.11, 15.06, 12.05), strict=True):
        # (√(1/τ) + 1.645)² up to the other tail, which is 1e-6 here
        exact = (np.sqrt(1 / limit.tau) + stats.norm.ppf(0.95)) ** 2
        assert limit.critical == pytest.approx(exact, rel=1e-3)
        assert limit.critical == pytest.approx(printed, abs=0.006)
        assert limit.simplified == pytest.approx(limit.critical, rel=1e-9)


def test_iid_errors_have_a_known_worst_bias():
    """Under iid errors B is |q - 2|/q: at β → ∞ no slope is worse."""
    draw = np.random.default_rng(2)
    for q in (1, 2, 3, 6):
        half = draw.normal(size=(2, 2))
        joint = np.kron(half @ half.T + np.eye(2), np.eye(q))
        assert worst_bias(joint) == pytest.approx(abs(q - 2) / q, abs=1e-7)


def test_the_worst_bias_is_that_of_a_search():
    """B by a million slopes and the exact worst direction is B of the grid and its polish."""
    draw = np.random.default_rng(4)
    q = 3
    half = draw.normal(size=(2 * q, 2 * q))
    joint = half @ half.T
    one, cross, two = joint[:q, :q], joint[:q, q:], joint[q:, q:]
    slopes = np.tan(np.linspace(-np.pi / 2, np.pi / 2, 200_001)[1:-1])
    s12 = (cross + cross.T) / 2 - slopes[:, None, None] * two
    e = np.linalg.eigvalsh(s12)
    trace = np.trace(s12, axis1=1, axis2=2)
    s1 = np.trace(one) - 2 * slopes * np.trace(cross) + slopes**2 * np.trace(two)
    top = np.maximum(abs(trace - 2 * e[:, 0]), abs(trace - 2 * e[:, -1]))

    assert worst_bias(joint) == pytest.approx(
        float((top / np.sqrt(s1 * np.trace(two))).max()), rel=1e-7
    )


def test_patnaik_is_near_the_simulated_quantile():
    """The approximate 95 % quantile is that of the worst first stage, to 2 % with 400,000 draws."""
    second = np.diag([3.0, 1.0, 0.5])
    x = 10.0
    draw = np.random.default_rng(6)
    # the worst first stage lies along the largest eigenvalue
    scores = draw.normal(size=(400_000, 3)) * np.sqrt(np.diag(second))
    scores[:, 0] += np.sqrt(x * np.trace(second))
    simulated = np.quantile((scores**2).sum(axis=1) / np.trace(second), 0.95)

    assert critical_f(second, x) == pytest.approx(simulated, rel=0.02)


def test_the_tables_of_bias_are_near_their_closed_form():
    """One endogenous regressor: relative bias exp(-m/2) 1F1(q/2 - 1; q/2; m/2) (Skeels, Windmeijer)."""
    for q in range(3, 31):
        for limit, printed in critical_bias(q, 1):
            m = optimize.brentq(
                lambda m, q=q, limit=limit: (
                    np.exp(-m / 2) * special.hyp1f1(q / 2 - 1, q / 2, m / 2) - limit
                ),
                1e-6,
                1300,
            )
            assert printed == pytest.approx(stats.ncx2.ppf(0.95, q, m) / q, rel=0.04)


def test_the_size_with_one_instrument_is_near_its_closed_form():
    """One instrument, ρ = 1: the Wald statistic is z²(l + z)²/l²."""

    def size(length: float) -> float:
        critical = stats.norm.ppf(0.975) * length
        outer = np.sort(np.roots([1, length, -critical]))
        inside = np.roots([1, length, critical])
        share = stats.norm.cdf(outer[0]) + stats.norm.sf(outer[1])
        if np.isreal(inside).all():
            low, high = np.sort(inside.real)
            share += stats.norm.cdf(high) - stats.norm.cdf(low)
        return float(share)

    for limit, printed in critical_size(1, 1):
        length = optimize.brentq(lambda at, limit=limit: size(at) - limit, 0.3, 6.0)
        assert printed == pytest.approx(stats.ncx2.ppf(0.95, 1, length**2), rel=0.04)


def test_the_tables_have_the_printed_shape():
    """Up to thirty instruments; looser limits ask for less; beyond the tables there is nothing."""
    bias = {p: [row for q in range(40) if (row := critical_bias(q, p))] for p in (1, 2, 3)}
    size = {p: [row for q in range(40) if (row := critical_size(q, p))] for p in (1, 2)}
    assert [len(rows) for rows in bias.values()] == [28, 27, 26]
    assert [len(rows) for rows in size.values()] == [30, 29]
    for tables, limits in ((bias, BIASES), (size, SIZES)):
        for rows in tables.values():
            assert {tuple(limit for limit, _ in row) for row in rows} == {limits}
            assert np.all(np.diff(np.array(rows)[:, :, 1], axis=1) < 0)
    for rows in size.values():
        assert np.all(np.diff(np.array(rows)[:, :, 1], axis=0) > 0)
    # printed by Stata for the same numbers of instruments and regressors
    assert critical_size(3, 1)[0] == (0.10, 22.30)
    assert critical_size(4, 2) == ((0.10, 16.87), (0.15, 9.93), (0.20, 7.54), (0.25, 6.28))
    assert critical_bias(30, 3) == ((0.05, 20.27), (0.10, 10.77), (0.20, 5.87), (0.30, 4.17))
    assert critical_size(31, 1) == critical_size(5, 3) == critical_bias(2, 1) == ()


def with_f(low: float, high: float) -> pd.DataFrame:
    """Draw a panel whose one instrument has an effective F between two limits."""
    for strength in np.linspace(0.2, 3.0, 120):
        data = made(13, strength=float(strength))
        first = fit(data, Regression("x1", ("z1",), ("x2",), covariance=BY_ENTITY))
        if low < first.statistic[0] ** 2 < high:
            return data
    raise AssertionError


def one(data: pd.DataFrame, tau: float = 0.10):
    """x1 by z1 with clustered errors."""
    return instrument(
        data,
        Regression("y", ("x1",), ("x2",), covariance=BY_ENTITY),
        endogenous=("x1",),
        instruments=("z1",),
        tau=tau,
    )


def test_an_f_of_more_than_ten_is_not_enough():
    """Between 10 and 23.1 the stars follow Anderson and Rubin, and the reader is told."""
    found = one(with_f(12, 22))

    assert found.is_weak
    assert found.judge == "anderson_rubin"
    assert found.limit == pytest.approx(23.1085, abs=1e-4)
    judged = found.judged
    assert judged.p_value[0] == found.anderson_rubin.p_at_zero
    assert judged.p_value[0] != found.estimates.usual_p[0]
    assert found.estimates.judge[1] == "none"
    assert np.isnan(judged.p_value[1])
    # Errors are there where they exist, of the endogenous slope and of the others.
    assert (judged.std_error > 0).all()
    np.testing.assert_array_equal(judged.statistic, judged.estimate / judged.std_error)
    assert judged.ci_low[0] == found.anderson_rubin.intervals[0][0]
    notice = next(n for n in found.estimates.notices if n.code == "iv.weak")
    assert "23.1" in str(notice.text)
    assert "Anderson-Rubin" in str(notice.text)


def test_the_declared_tau_decides():
    """The same instrument is weak at τ = 10 % and strong at 30 %."""
    data = with_f(13, 22)

    strict, loose = one(data), one(data, 0.30)

    # The errors are clustered by few entities: CR2 judges where the instruments are strong.
    assert (strict.judge, loose.judge) == ("anderson_rubin", "cr2")
    assert loose.judged is loose.estimates
    assert not any(n.code == "iv.weak" for n in loose.estimates.notices)
    assert one(data, 0.15).limit == pytest.approx(
        (np.sqrt(1 / 0.15) + stats.norm.ppf(0.95)) ** 2, rel=1e-3
    )


@pytest.mark.parametrize("tau", [0.0, 1.0, -0.1, float("nan")])
def test_tau_is_a_share(tau):
    """What is no share of the worst bias is refused."""
    with pytest.raises(SpecError) as caught:
        one(made(), tau)

    assert caught.value.code == "iv.tau"


def test_the_test_of_zero_is_the_reduced_form():
    """Anderson and Rubin's test of 0 is Wald's F of the instruments in the reduced form."""
    data = made()
    how = Regression("y", ("x1",), ("x2",), covariance=ROBUST)

    found = instrument(data, how, endogenous=("x1",), instruments=("z1", "z2"))

    reduced = fit(data, Regression("y", ("z1", "z2"), ("x2",), covariance=ROBUST))
    b, v = reduced.estimate[:2], reduced.vcov[:2, :2]
    zero = found.anderson_rubin_zero
    assert zero.value == pytest.approx(b @ np.linalg.solve(v, b) / 2, rel=1e-8)
    assert zero.p_value == pytest.approx(found.anderson_rubin.p_at_zero, rel=1e-8)


def test_several_endogenous_regressors_have_no_effective_f():
    """Two: Stock and Yogo judge under iid errors, nothing under others; the joint test is there."""
    data = made()
    names = {"endogenous": ("x1", "x3"), "instruments": ("z1", "z2", "z3", "z4")}

    plain = instrument(
        data, Regression("y", ("x1", "x3"), ("x2",), covariance=Covariance()), **names
    )
    robust = instrument(data, Regression("y", ("x1", "x3"), ("x2",), covariance=ROBUST), **names)

    assert isinstance(plain.effective_f, Inapplicable)
    assert "one endogenous regressor" in str(plain.effective_f.reason)
    assert plain.strength.limits == ()
    assert plain.limit == 16.87
    assert plain.judge == ("t" if plain.strength.cragg_donald.value > 16.87 else "none")
    assert (robust.judge, robust.is_weak) == ("none", True)
    assert np.isnan(robust.limit)
    assert np.isnan(robust.judged.p_value).all()
    assert isinstance(robust.anderson_rubin_zero, Statistic)
    assert "No test of the strength" in str(robust.estimates.notices[-1].text)


def test_fewer_clusters_than_instruments_have_no_rank_test():
    """Three clusters span two directions: four instruments cannot be tested, and it is said."""
    data = made(5, n_entities=9)

    found = instrument(
        data,
        Regression("y", ("x1",), ("x2",), covariance=Covariance("cluster", ("province",))),
        endogenous=("x1",),
        instruments=("z1", "z2", "z3", "z4"),
    )

    strength = found.strength
    for test in (strength.rank_f, strength.under_identification, found.anderson_rubin_zero):
        assert isinstance(test, Inapplicable)
        assert "clusters" in str(test.reason)
    assert isinstance(found.anderson_rubin, Inapplicable)
    assert found.judge in {"t", "none"}
