"""Random effects, Hausman's contrast, Mundlak's test and Breusch and Pagan's multiplier."""

from __future__ import annotations

import numpy as np
import pytest
from linearmodels.panel import RandomEffects

from cases_econometrics import agrees, case, frame, r_witness, simulated_panel
from xinzhi.econometrics.diagnostic import DIAGNOSTICS
from xinzhi.econometrics.diagnostics.breusch_pagan import breusch_pagan
from xinzhi.econometrics.diagnostics.hausman import hausman
from xinzhi.econometrics.diagnostics.mundlak import mundlak
from xinzhi.econometrics.model import model
from xinzhi.econometrics.random_effects import random_effects
from xinzhi.econometrics.specification import Regression
from xinzhi.econometrics.statistic import Inapplicable, Statistic
from xinzhi.errors import MethodError

GRUNFELD = Regression("inv", ("value", "capital"), effects=("entity",))
CITY = Regression("y", ("x1", "x2"), effects=("entity",))


def test_grunfeld_random_effects():
    """Swamy and Arora's estimates of Grunfeld are those of R plm and of Baltagi's table 2.1."""
    grunfeld = case("grunfeld_re_hausman")
    expected = grunfeld["expected"]

    found = random_effects(model(frame(grunfeld), GRUNFELD))

    agrees(found.estimate, expected["coef"], grunfeld)
    agrees(found.std_error, expected["se"], grunfeld)
    agrees(
        [found.sigma2_e, found.sigma2_u, found.theta[0]],
        [expected[k] for k in ("sigma2_e", "sigma2_u", "theta")],
        grunfeld,
    )


def test_grunfeld_tests():
    """Hausman's chi² and the Lagrange multiplier of Grunfeld are the published ones."""
    grunfeld = case("grunfeld_re_hausman")
    expected = grunfeld["expected"]

    found = hausman(frame(grunfeld), GRUNFELD)
    (lm,) = breusch_pagan(frame(grunfeld), GRUNFELD)

    agrees(
        [found.classic.value, found.classic.p_value, found.eigenvalues[0]],
        [expected["hausman"][k] for k in ("chi2", "p", "min_eig")],
        grunfeld,
    )
    agrees(found.difference, expected["hausman"]["diff"], grunfeld)
    assert found.is_definite
    agrees([lm.value, lm.p_value], [expected["bp_lm"]["chi2"], expected["bp_lm"]["p"]], grunfeld)


def test_negative_contrast_keeps_its_sign():
    """A negative classic statistic is reported with its sign and no p-value; Mundlak decides."""
    negative = case("hausman_negative")
    expected = negative["expected"]
    data = frame(negative)

    found = hausman(data, CITY)
    robust = mundlak(data, CITY)

    agrees(found.classic.value, expected["classic_chi2"], negative)
    assert np.isnan(found.classic.p_value)
    assert str(found.classic.remark)
    agrees(np.sort(found.eigenvalues), np.sort(expected["eigenvalues"]), negative)
    agrees(
        [found.sigmamore.value, found.sigmamore.p_value],
        [expected["sigmamore_chi2"], expected["sigmamore_p"]],
        negative,
    )
    agrees(
        [robust.value, robust.p_value],
        [expected["mundlak_cluster"]["F"], expected["mundlak_cluster"]["p_F"]],
        negative,
    )
    diagnosis = DIAGNOSTICS.get("hausman")(data, CITY)
    assert [notice.code for notice in diagnosis.notices] == ["hausman.not_definite"]
    assert "Fixed effects" in str(diagnosis.verdict)


PLM = """
p <- pdata.frame(d, index=c("entity", "period"))
r <- plm(y ~ x1 + x2, p, model="random", random.method="swar")
out$slopes <- coef(r); out$se <- sqrt(diag(vcov(r))); out$sigma2 <- r$ercomp$sigma2
w <- plm(y ~ x1 + x2, p, model="within"); h <- phtest(w, r); out$hausman <- h$statistic
o <- plm(y ~ x1 + x2, p, model="pooling")
out$lm <- c(plmtest(o, effect="individual", type="bp")$statistic, plmtest(o, effect="time", type="bp")$statistic)
"""


@pytest.mark.parametrize("keep", [0.75, 1.0])
def test_plm(keep):
    """Random effects, Hausman and LM of R plm, on a balanced and an unbalanced panel."""
    data = simulated_panel(23, keep=keep)
    r = r_witness(data, PLM, "plm")

    found = random_effects(model(data, CITY))

    np.testing.assert_allclose([found.sigma2_e, found.sigma2_u], r["sigma2"], rtol=1e-8)
    np.testing.assert_allclose(found.estimate, r["slopes"], rtol=1e-8)
    np.testing.assert_allclose(found.std_error, r["se"], rtol=1e-8)
    np.testing.assert_allclose(abs(hausman(data, CITY).classic.value), r["hausman"][0], rtol=1e-6)
    tests = breusch_pagan(data, Regression("y", ("x1", "x2"), singletons="keep"))
    np.testing.assert_allclose([t.value for t in tests], r["lm"], rtol=1e-8)


def test_linearmodels():
    """linearmodels, an independent package, gives the same random effects slopes."""
    data = simulated_panel(29, keep=1.0)
    witness = RandomEffects(data["y"], data[["x1", "x2"]].assign(one=1.0)).fit()

    found = random_effects(model(data, CITY))

    np.testing.assert_allclose(found.estimate[1:], witness.params[["x1", "x2"]], rtol=1e-8)


def test_year_effects_are_dummies_in_both():
    """With year effects, fixed slopes are the two-way ones and random effects carry dummies."""
    data = simulated_panel(31)
    with_dummies = data.copy()
    years = [f"d{year}" for year in range(2002, 2008)]
    for name in years:
        with_dummies[name] = (data.index.get_level_values(1) == int(name[1:])) * 1.0
    explicit = random_effects(
        model(with_dummies, Regression("y", ("x1", "x2", *years), effects=("entity",)))
    )

    found = random_effects(model(data, Regression("y", ("x1", "x2"))))

    np.testing.assert_allclose(found.estimate, explicit.estimate[:3], rtol=1e-9)
    np.testing.assert_allclose(found.std_error, explicit.std_error[:3], rtol=1e-9)


def test_without_entity_effects():
    """Without entity effects there is no contrast: an error here, a reason in the table."""
    data = simulated_panel()
    pooled = Regression("y", ("x1",), effects=("period",))

    with pytest.raises(MethodError):
        hausman(data, pooled)
    (absent,) = DIAGNOSTICS.get("hausman")(data, pooled).statistics
    assert isinstance(absent, Inapplicable)
    assert isinstance(mundlak(data, pooled), Inapplicable)


def test_mundlak_with_years_on_an_unbalanced_panel():
    """With years and gaps, Mundlak's slopes stay those of fixed effects: the test is a Wald of g."""
    data = simulated_panel(37)

    found = mundlak(data, Regression("y", ("x1", "x2")))

    assert isinstance(found, Statistic)
    assert found.distribution == "F(2, 11)"
    assert 0 < found.p_value < 1
