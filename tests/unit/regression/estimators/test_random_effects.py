"""Random effects, against R plm, linearmodels and the published figures of Grunfeld."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from linearmodels.panel import RandomEffects

from cases_econometrics import agrees, case, frame, r_witness, simulated_panel
from xinzhi.analyses.mediation.compute import mediate
from xinzhi_core.errors import MethodError, SpecError
from xinzhi_econometrics.estimators.random_effects import swamy_arora
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.model import build_model
from xinzhi_econometrics.specification import Covariance, Regression

IID = Covariance()
GRUNFELD = Regression("inv", ("value", "capital"), (), ("entity",), IID, estimator="random_effects")
CITY = Regression("y", ("x1", "x2"), (), ("entity",), IID, estimator="random_effects")


def test_grunfeld_random_effects():
    """Swamy and Arora's estimates of Grunfeld are those of R plm and of Baltagi's table 2.1."""
    grunfeld = case("grunfeld_re_hausman")
    expected = grunfeld["expected"]

    found = fit(frame(grunfeld), GRUNFELD)

    agrees(found.estimate, expected["coef"], grunfeld)
    agrees(found.std_error, expected["se"], grunfeld)
    agrees(
        [found.components.sigma_e**2, found.components.sigma_u**2, found.components.theta[1]],
        [expected[k] for k in ("sigma2_e", "sigma2_u", "theta")],
        grunfeld,
    )


PLM = """
p <- pdata.frame(d, index=c("entity", "period"))
r <- plm(y ~ x1 + x2{more}, p, model="random", random.method="swar")
k <- seq_len(3 + {extra})
out$slopes <- coef(r)[k]; out$se <- sqrt(diag(vcov(r)))[k]; out$sigma2 <- r$ercomp$sigma2
out$cluster <- sqrt(diag(vcovHC(r, method="arellano", type="sss", cluster="group")))[k]
"""


@pytest.mark.long
@pytest.mark.parametrize("keep", [0.75, 1.0])
def test_plm(keep):
    """Slopes, components, classical and clustered errors of R plm, with gaps and without."""
    data = simulated_panel(23, keep=keep)
    r = r_witness(data, PLM.format(more="", extra=0), "plm")
    clustered = Regression("y", ("x1", "x2"), effects=("entity",), estimator="random_effects")

    found = fit(data, CITY)

    sigma2 = [found.components.sigma_e**2, found.components.sigma_u**2]
    np.testing.assert_allclose(sigma2, r["sigma2"], rtol=1e-8)
    np.testing.assert_allclose(found.estimate, r["slopes"], rtol=1e-8)
    np.testing.assert_allclose(found.std_error, r["se"], rtol=1e-8)
    np.testing.assert_allclose(fit(data, clustered).std_error, r["cluster"], rtol=1e-7)


@pytest.mark.long
def test_what_does_not_vary_within_entities_is_estimated():
    """A regressor that is constant within entities has a slope, that of R plm."""
    data = simulated_panel(23, keep=0.8)
    entity = data.index.get_level_values(0)
    data["fixed"] = np.sin(3.0 * np.asarray(entity)) + np.asarray(entity) % 4
    r = r_witness(data, PLM.format(more=" + fixed", extra=1), "plm")
    asked = Regression("y", ("x1", "x2", "fixed"), (), ("entity",), IID, estimator="random_effects")

    found = fit(data, asked)

    np.testing.assert_allclose(found.estimate, r["slopes"], rtol=1e-8)
    np.testing.assert_allclose(found.std_error, r["se"], rtol=1e-8)


def test_linearmodels():
    """linearmodels, an independent package, gives the same random effects slopes."""
    data = simulated_panel(29, keep=1.0)
    witness = RandomEffects(data["y"], data[["x1", "x2"]].assign(one=1.0)).fit()

    found = fit(data, CITY)

    np.testing.assert_allclose(found.estimate[1:], witness.params[["x1", "x2"]], rtol=1e-8)


def test_year_effects_are_dummies_in_both():
    """With year effects, fixed slopes are the two-way ones and random effects carry dummies."""
    data = simulated_panel(31)
    with_dummies = data.copy()
    years = [f"d{year}" for year in range(2002, 2008)]
    for name in years:
        with_dummies[name] = (data.index.get_level_values(1) == int(name[1:])) * 1.0
    explicit = fit(with_dummies, replace(CITY, regressors=("x1", "x2", *years)))

    found = fit(data, replace(CITY, effects=("entity", "period")))

    np.testing.assert_allclose(found.estimate, explicit.estimate[:3], rtol=1e-9)
    np.testing.assert_allclose(found.std_error, explicit.std_error[:3], rtol=1e-9)


def test_squared_correlations():
    """Within, between and overall R² are the squared correlations that Stata's xtreg, re prints."""
    data = simulated_panel(31)
    found = fit(data, CITY)
    fitted = data[["x1", "x2"]] @ found.estimate[1:]
    y, by = data["y"], lambda column: column.groupby(level=0)

    expected = [
        np.corrcoef(y - by(y).transform("mean"), fitted - by(fitted).transform("mean")),
        np.corrcoef(by(y).mean(), by(fitted).mean()),
        np.corrcoef(y, fitted),
    ]

    np.testing.assert_allclose(
        [found.fit.r2_within, found.fit.r2_between, found.fit.r2_overall],
        [table[0, 1] ** 2 for table in expected],
        rtol=1e-10,
    )
    assert not {"r2", "r2_adj"} & set(found.fit.to_dict())
    np.testing.assert_allclose(found.residuals, y - found.estimate[0] - fitted, atol=1e-12)


def test_twin_of_fixed_effects():
    """On regressors that vary within entities the twin of Hausman's test has the same slopes."""
    data = simulated_panel(31)
    twin = swamy_arora(build_model(data, Regression("y", ("x1", "x2"))))

    found = fit(data, Regression("y", ("x1", "x2"), (), covariance=IID, estimator="random_effects"))

    np.testing.assert_allclose(found.estimate, twin.solved.slopes[:3], rtol=1e-10)


def test_entity_is_needed():
    """Random effects are those of entities: without them there is nothing to take as random."""
    with pytest.raises(MethodError, match="entity effects"):
        fit(
            simulated_panel(3),
            Regression("y", ("x1",), effects=("period",), estimator="random_effects"),
        )


def test_an_unknown_estimator():
    """A slip in the name of an estimator is met with the nearest one."""
    with pytest.raises(SpecError, match="estimator"):
        fit(simulated_panel(3), Regression("y", ("x1",), estimator="random_effect"))


def test_what_is_defined_for_least_squares_refuses_others():
    """A mediation is a product of least-squares slopes: another estimator is refused, not ignored."""
    data = simulated_panel(3)

    with pytest.raises(SpecError, match="least squares"):
        mediate(data, Regression("y", ("x1",), estimator="random_effects"), ("x2",))


@pytest.mark.parametrize("effect", [0.0, 1.0])
def test_perfect_fit_within_entities_is_refused(effect):
    """Where nothing is left within entities θ is 0/0: an error with a remedy."""
    data = simulated_panel(5)
    codes = data.index.codes[0]
    data["y"] = 1 + 2 * data["x1"].round() + effect * codes
    data["x1"] = data["x1"].round()

    with pytest.raises(MethodError, match="perfectly within entities"):
        fit(data, replace(CITY, regressors=("x1",)))
