"""Hausman's contrast, Mundlak's test and Breusch and Pagan's multiplier."""

from __future__ import annotations

import numpy as np
import pytest

from cases_econometrics import agrees, case, frame, r_witness, simulated_panel
from xinzhi_core.errors import MethodError
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_econometrics.diagnostics.breusch_pagan import breusch_pagan
from xinzhi_econometrics.diagnostics.hausman import hausman, verdict
from xinzhi_econometrics.diagnostics.mundlak import mundlak
from xinzhi_econometrics.inference import Inapplicable, Statistic
from xinzhi_econometrics.specification import Regression

GRUNFELD = Regression("inv", ("value", "capital"), effects=("entity",))
CITY = Regression("y", ("x1", "x2"), effects=("entity",))


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
w <- plm(y ~ x1 + x2, p, model="within"); h <- phtest(w, r); out$hausman <- h$statistic
o <- plm(y ~ x1 + x2, p, model="pooling")
out$lm <- c(plmtest(o, effect="individual", type="bp")$statistic, plmtest(o, effect="time", type="bp")$statistic)
"""


@pytest.mark.long
@pytest.mark.parametrize("keep", [0.75, 1.0])
def test_plm(keep):
    """Hausman and LM of R plm, on a balanced and an unbalanced panel."""
    data = simulated_panel(23, keep=keep)
    r = r_witness(data, PLM, "plm")

    np.testing.assert_allclose(abs(hausman(data, CITY).classic.value), r["hausman"][0], rtol=1e-6)
    tests = breusch_pagan(data, Regression("y", ("x1", "x2"), singletons="keep"))
    np.testing.assert_allclose([t.value for t in tests], r["lm"], rtol=1e-8)


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


@pytest.mark.parametrize(
    ("p_value", "says"),
    [
        (
            0.00213,
            (
                "Fixed effects: the group means of the regressors are jointly significant (Mundlak, "
                "clustered, p = 0.00213), so random effects are inconsistent."
            ),
        ),
        (
            0.213,
            (
                "The test does not reject random effects (Mundlak, clustered, p = 0.213); fixed "
                "effects remain consistent."
            ),
        ),
    ],
)
def test_the_verdict_follows_the_test_of_mundlak(p_value, says):
    robust = Statistic("mundlak", "means are zero", 9.7, "chi2(2)", p_value)
    assert str(verdict(robust)) == says
