"""Mediation: the planted one, the identity, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from cases_econometrics import agrees, case, frame, simulated_panel
from xinzhi.analyses.mediation.compute import mediate, sobel
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.inference import Inapplicable
from xinzhi_econometrics.resampling.cluster_bootstrap import BootstrapInterval
from xinzhi_econometrics.specification import Covariance, Regression

BY_ENTITY = Covariance("cluster", ("entity",))


@pytest.mark.parametrize(("key", "how"), [("iid", Covariance()), ("cluster_city", BY_ENTITY)])
def test_planted(key, how):
    """All slopes, errors, the share and the three tests are those of R fixest."""
    planted = case("sim_mediation_planted")
    expected = planted["expected"][key]

    found = mediate(
        frame(planted), Regression("y", ("x",), ("c1", "c2"), covariance=how), ("m",), draws=200
    )

    (effect,) = found.effects
    (through,) = found.through
    pairs = {
        "a": effect.a,
        "se_a": effect.a_error,
        "b": effect.b,
        "se_b": effect.b_error,
        "total": effect.total,
        "se_total": effect.total_error,
        "direct": effect.direct,
        "se_direct": effect.direct_error,
        "m_only": through.alone.estimate[0],
        "se_m_only": through.alone.std_error[0],
        "share_of_total": effect.share,
        "indirect": effect.indirect,
    }
    agrees(list(pairs.values()), [expected[name] for name in pairs], planted)
    for name in ("sobel", "aroian", "goodman"):
        test = getattr(effect.sobel, name)
        agrees([test.value, test.p_value], [expected[name]["z"], expected[name]["p"]], planted)
    agrees(
        [
            through.first.fit.r2_adjusted,
            found.total.fit.r2_adjusted,
            through.second.fit.r2_adjusted,
        ],
        planted["expected"]["adj_r2"],
        planted,
    )
    assert abs(effect.identity) < 1e-14
    assert effect.interval.low < planted["planted_truth"]["indirect"] < effect.interval.high


def mediated(seed: int, sign: float = 1.0):
    """Draw a panel in which x1 works through m only."""
    data = simulated_panel(seed, n_entities=20)
    draw = np.random.default_rng(seed)
    data["m"] = 0.8 * data["x1"] + draw.normal(size=len(data))
    data["z"] = sign * 0.7 * data["m"] + draw.normal(size=len(data)) * 0.3
    return data


def test_sign_flips_with_the_factor():
    """Sobel's z and the mediated effect change sign with the factor."""
    data = mediated(3)
    turned = data.assign(x1=-data["x1"])
    regression = Regression("z", ("x1",), ("x2",))

    first = mediate(data, regression, ("m",), draws=0).effects[0]
    second = mediate(turned, regression, ("m",), draws=0).effects[0]

    np.testing.assert_allclose(second.sobel.sobel.value, -first.sobel.sobel.value, rtol=1e-12)
    np.testing.assert_allclose(second.indirect, -first.indirect, rtol=1e-12)


def test_common_sample_makes_the_identity_hold():
    """Rows without a mediator are left out of every equation, so that total = direct + ab."""
    data = mediated(5)
    data.iloc[::9, data.columns.get_loc("m")] = np.nan

    found = mediate(data, Regression("z", ("x1",), ("x2",)), ("m",), draws=0)

    assert found.n_missing == len(data.iloc[::9])
    assert found.total.n == found.through[0].first.n == found.n
    assert abs(found.effects[0].identity) < 1e-13


def test_no_share_of_opposite_signs():
    """Direct and mediated effects of opposite signs are inconsistent mediation: no share."""
    data = mediated(7)
    data["z"] -= 2.0 * data["x1"]

    found = mediate(data, Regression("z", ("x1",)), ("m",), draws=0)

    assert np.isnan(found.effects[0].share)
    assert "opposite signs" in str(found.effects[0].share_remark)
    assert "mediation.inconsistent" in {notice.code for notice in found.notices}


def test_no_share_of_an_uncertain_total():
    """A total effect within two errors of zero has no share, but its ab is still tested."""
    data = mediated(9)
    data["z"] = np.random.default_rng(1).normal(size=len(data)) + 0.02 * data["m"]

    effect = mediate(data, Regression("z", ("x1",)), ("m",), draws=0).effects[0]

    assert abs(effect.total) < 2 * effect.total_error
    assert np.isnan(effect.share)
    assert np.isfinite(effect.sobel.sobel.value)


def test_mediator_that_equals_the_factor():
    """A mediator that cannot be told from the factors is refused with its reason; others go on."""
    data = mediated(11)
    data["twin"] = data["x1"] * 3

    found = mediate(data, Regression("z", ("x1",)), ("twin", "m"), draws=0)

    assert [r.name for r in found.refused] == ["twin"]
    assert [e.mediator for e in found.effects] == ["m"]
    assert isinstance(found.effects[0].interval, Inapplicable)


def test_bootstrap_is_the_seed_alone():
    """The same seed gives the same interval, whatever other mediators are asked for."""
    data = mediated(13)
    regression = Regression("z", ("x1",), covariance=BY_ENTITY)
    other = data.assign(n=data["x2"] ** 2)

    first = mediate(data, regression, ("m",), draws=50, seed=8).effects[0].interval
    second = mediate(other, regression, ("n", "m"), draws=50, seed=8).effects[1].interval

    assert isinstance(first, BootstrapInterval)
    np.testing.assert_allclose([first.low, first.high], [second.low, second.high], rtol=1e-10)


def test_bootstrap_without_sums_says_why():
    """Errors clustered across the entities cannot be resampled by sums of many levels."""
    data = mediated(15)
    data["cell"] = np.arange(len(data)) // 2 * 1.0
    regression = Regression(
        "z", ("x1",), effects=("entity", "period"), covariance=Covariance("cluster", ("period",))
    )

    interval = mediate(data, regression, ("m",), draws=30).effects[0].interval

    assert isinstance(
        interval, BootstrapInterval
    )  # entities become dummies: 20 levels are few enough


def test_sensitivity_of_a_confounded_mediator():
    """An omitted cause of the strength found makes the mediated effect vanish; none leaves it."""
    data = mediated(17)

    effect = mediate(data, Regression("z", ("x1",)), ("m",), draws=0).effects[0]

    np.testing.assert_allclose(effect.sensitivity.at(0.0), effect.indirect, rtol=1e-10)
    assert abs(effect.sensitivity.at(effect.sensitivity.rho)) < 1e-12
    second = fit(data, Regression("z", ("x1", "m"), covariance=Covariance()))
    f2 = second.statistic[1] ** 2 / second.covariance.df  # Cinelli and Hazlett, equation 13
    np.testing.assert_allclose(
        effect.sensitivity.robustness, (np.sqrt(f2**2 + 4 * f2) - f2) / 2, rtol=1e-10
    )


def test_goodman_without_variance():
    """Goodman's variance can be negative: the test is then absent, with its reason."""
    found = sobel(0.01, 1.0, 0.01, 1.0)

    assert isinstance(found.goodman, Inapplicable)
    assert np.isnan(sobel(0.0, 0.0, 0.0, 0.0).sobel.p_value)
