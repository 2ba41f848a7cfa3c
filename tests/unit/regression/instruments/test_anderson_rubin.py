"""The covariance behind the Anderson-Rubin set is interpolated: with the same set as without.

Tolerance 1e-8: ends are roots of a statistic whose covariance agrees to 1e-9.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from cases_econometrics import simulated_panel
from xinzhi.present.regression.instrumented import instrument_notes
from xinzhi.study.fingerprint import from_bytes, to_bytes
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import f_tail
from xinzhi_econometrics.instruments import estimate as module
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.specification import Covariance, Regression

KINDS = (
    Covariance("iid"),
    Covariance("hc1"),
    Covariance("cluster", ("entity",)),
    Covariance("two_way", ("entity", "period")),
    Covariance("driscoll_kraay", lag=1),
)


@pytest.mark.one_in(8)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
@pytest.mark.parametrize("strength", [0.8, 0.05])
def test_set_is_that_of_covariances_computed_at_each_slope(kind, strength, monkeypatch):
    """A quadratic through three slopes gives the set that thousands of covariances give."""
    data = simulated_panel(5, n_entities=20, keep=0.9)
    draw = np.random.default_rng(5)
    data["z1"], data["z2"], hidden = (draw.normal(size=len(data)) for _ in range(3))
    data["x1"] = strength * (data["z1"] + 0.4 * data["z2"]) + hidden
    data["y"] = 0.5 * data["x1"] - hidden + draw.normal(size=len(data))
    regression = Regression("y", ("x1",), ("x2",), covariance=kind)

    def ends():
        found = instrument(data, regression, endogenous=("x1",), instruments=("z1", "z2"))
        return np.ravel(found.anderson_rubin.intervals)

    quick = ends()
    monkeypatch.setattr(
        module,
        "_covariance",
        lambda direct, _, centre, width: SimpleNamespace(
            at=lambda z: np.array([direct(float(centre + one * width)) for one in z])
        ),
    )

    np.testing.assert_allclose(quick, ends(), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("is_traced", [False, True])
def test_a_kept_set_gives_every_level(is_traced, monkeypatch):
    """What a study keeps is read back with the sets of other levels; a traced V gives the same ends.

    The error of V between the angles of the grid is below (π / 4001)², 6e-7 of its size.
    """
    data = simulated_panel(5, n_entities=20, keep=0.9)
    draw = np.random.default_rng(5)
    data["z1"], data["z2"], hidden = (draw.normal(size=len(data)) for _ in range(3))
    data["x1"] = 0.8 * (data["z1"] + 0.4 * data["z2"]) + hidden
    data["y"] = 0.5 * data["x1"] - hidden + draw.normal(size=len(data))

    def found():
        regression = Regression("y", ("x1",), ("x2",), covariance=KINDS[0])
        return instrument(
            data, regression, endogenous=("x1",), instruments=("z1", "z2")
        ).anderson_rubin

    plain = found()
    if is_traced:
        monkeypatch.setattr(module, "AGREES", -1.0)
    kept = from_bytes(to_bytes(found()))

    assert isinstance(kept.test.covariance, module.Traced if is_traced else module.Quadratic)
    assert kept.at(0.8) != kept.at(0.95)
    for level in (0.5, 0.8, 0.95, 0.99):
        np.testing.assert_allclose(kept.at(level), plain.at(level), rtol=2e-6, atol=2e-6)


def few_clusters_with_instruments(seed=3, n_entities=11, strength=0.05):
    """Draw a panel of eleven entities of unequal size whose instruments move the regressor little."""
    data = simulated_panel(seed, n_entities=n_entities, keep=0.9)
    draw = np.random.default_rng(seed)
    data["z1"], data["z2"], hidden = (draw.normal(size=len(data)) for _ in range(3))
    data["x1"] = strength * (data["z1"] + 0.4 * data["z2"]) + hidden
    data["y"] = 0.5 * data["x1"] - hidden + draw.normal(size=len(data))
    return data


@pytest.mark.parametrize("strength", [1.5, 0.8])
def test_few_clusters_judge_the_set_by_cr2(strength):
    """One instrument: the set holds exactly the slopes that CR2 does not reject in y - βx on the instrument.

    Tolerance 1e-7: ends are roots of a statistic whose covariance agrees to 1e-9.
    """
    data = few_clusters_with_instruments(strength=strength)
    kind = Covariance("cluster", ("entity",))
    regression = Regression("y", ("x1",), ("x2",), covariance=kind)
    found = instrument(data, regression, endogenous=("x1",), instruments=("z1",))

    def p_of(beta):
        left = data.assign(left=data["y"] - beta * data["x1"])
        tested = fit(left, Regression("left", ("z1",), ("x2",), covariance=kind))
        assert tested.judge[0] == "cr2"
        return float(tested.p_value[0]), float(tested.df[0])

    p, df = p_of(0.0)
    zero = found.anderson_rubin_zero
    assert zero.p_value == pytest.approx(p, rel=1e-9)
    assert found.anderson_rubin.p_at_zero == pytest.approx(p, rel=1e-7)
    assert zero.distribution == f"F(1, {df:.6g})"
    assert df < 9.5
    ends = [end for end in np.ravel(found.anderson_rubin.intervals) if np.isfinite(end)]
    assert ends
    for end in ends:
        assert p_of(end)[0] == pytest.approx(0.05, rel=1e-6)
    told = [str(note) for note in instrument_notes(found, {})]
    assert told[-1] == (
        "With few clusters the Anderson-Rubin test is by CR2 and the approximate Hotelling test."
    )


def test_two_instruments_are_judged_by_the_approximate_hotelling_test():
    """With two instruments p is that of the joint test of CR2 whose witness is R's clubSandwich."""
    data = few_clusters_with_instruments()
    kind = Covariance("cluster", ("entity",))
    regression = Regression("y", ("x1",), ("x2",), covariance=kind)
    found = instrument(data, regression, endogenous=("x1",), instruments=("z1", "z2"))
    reduced = fit(data, Regression("y", ("z1", "z2"), ("x2",), covariance=kind))
    both = np.eye(3)[:2]
    few = reduced.judgement.few
    eta, df = few.joint(both)
    q = both @ reduced.estimate
    value = float(q @ np.linalg.solve(both @ few.vcov @ both.T, q)) * df / (2 * eta)

    assert found.anderson_rubin_zero.value == pytest.approx(value, rel=1e-9)
    assert found.anderson_rubin_zero.p_value == pytest.approx(f_tail(value, 2, df), rel=1e-9)


def test_many_clusters_keep_the_declared_rule():
    """Sixty clusters, effectively more than forty: F has G - 1 degrees of freedom, and nothing is said."""
    data = few_clusters_with_instruments(n_entities=60)
    kind = Covariance("cluster", ("entity",))
    regression = Regression("y", ("x1",), ("x2",), covariance=kind)
    found = instrument(data, regression, endogenous=("x1",), instruments=("z1",))
    assert found.anderson_rubin_zero.distribution == "F(1, 59)"
    assert found.anderson_rubin_zero.remark == ""
