"""The fractional logit, against statsmodels and R's glm with sandwich errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from cases_econometrics import r_witness, simulated_panel
from xinzhi_core.errors import MethodError, OutOfDomain, SpecError
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

TWO_WAY = Regression("score", ("x1",), ("x2",), estimator="fractional_logit")


def scores(seed: int = 3, *, keep: float = 1.0) -> pd.DataFrame:
    """Draw scores between 0 and 1."""
    data = simulated_panel(seed, n_entities=25, keep=keep)
    noise = np.random.default_rng(seed).normal(size=len(data))
    data["score"] = expit(0.5 * data["x1"] - 0.3 * data["x2"] + noise)
    return data


def witness(data: pd.DataFrame):
    """Fit the same index by statsmodels, errors clustered by entity."""
    entity = data.index.get_level_values(0)
    x = data[["x1", "x2"]].copy()
    for name in ("x1", "x2"):
        x[f"{name}_mean"] = x[name].groupby(level=0).transform("mean")
    years = pd.get_dummies(data.index.get_level_values(1), drop_first=True).astype(float)
    years.index = data.index
    means = years.groupby(level=0).transform("mean")
    varying = means.loc[:, means.std() > 1e-12].add_suffix("m")
    design = np.column_stack([np.ones(len(x)), x, years, varying])
    return GLM(data["score"].to_numpy(), design, family=Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": np.asarray(entity)}, tol=1e-14
    )


@pytest.mark.parametrize("keep", [0.85, 1.0])
def test_statsmodels(keep):
    """Slopes and clustered errors are those of statsmodels, gaps or none."""
    data = scores(keep=keep)
    other = witness(data)

    found = fit(data, TWO_WAY)

    np.testing.assert_allclose(found.estimate, other.params[1:3], rtol=1e-8)
    np.testing.assert_allclose(found.std_error, other.bse[1:3], rtol=1e-7)


def test_average_partial_effects_are_differences():
    """The average partial effect is the mean change of the fitted score for a small change of x."""
    data = scores()
    found = fit(data, TWO_WAY)
    other = witness(data)
    design = other.model.exog.copy()
    before = other.predict(design).mean()
    design[:, 1] += 1e-6

    np.testing.assert_allclose(
        found.marginal_effects.estimate[0],
        (other.predict(design).mean() - before) / 1e-6,
        rtol=1e-5,
    )
    assert 0 < found.marginal_effects.std_error[0] < found.std_error[0]
    assert list(found.marginal_effects.to_frame().index) == ["x1", "x2"]


def test_units_divide_the_slope():
    """X · c gives b / c, however large c is."""
    data = scores()

    found = fit(data.assign(x1=data["x1"] * 1e7), TWO_WAY)

    np.testing.assert_allclose(found.estimate[0] * 1e7, fit(data, TWO_WAY).estimate[0], rtol=1e-9)


def test_super_efficiency_is_outside():
    """Scores above 1 are refused with their number and the first place."""
    data = scores()
    data.iloc[4, data.columns.get_loc("score")] = 1.2

    with pytest.raises(OutOfDomain, match="in 1 row"):
        fit(data, TWO_WAY)


def test_separated_scores_have_no_maximum():
    """Scores of 0 and 1 that a regressor separates have no finite slope."""
    data = scores()
    data["score"] = (data["x1"] > 0) * 1.0

    with pytest.raises(MethodError):
        fit(data, TWO_WAY)


POOLED = """
d$period <- factor(d$period)
m <- glm(score ~ x1 + x2{dummies}, data=d, family=quasibinomial(), control=glm.control(epsilon=1e-14))
v <- {vcov}
out$slopes <- coef(m)[2:3]; out$se <- sqrt(diag(v))[2:3]
p <- fitted(m); out$effect <- coef(m)[2:3] * mean(p * (1 - p))
x <- model.matrix(m); turn <- colMeans(x * p * (1 - p) * (1 - 2 * p))
j <- outer(coef(m), turn); diag(j) <- diag(j) + mean(p * (1 - p))
out$effect_se <- sqrt(diag(j %*% v %*% t(j)))[2:3]
"""


@pytest.mark.parametrize(
    ("effects", "covariance", "vcov"),
    [
        ((), Covariance("hc1"), 'vcovHC(m, type="HC1")'),
        ((), Covariance("cluster", ("entity",)), 'vcovCL(m, cluster=~entity, type="HC1")'),
        (("period",), Covariance("cluster", ("entity",)), 'vcovCL(m, ~entity, type="HC1")'),
    ],
)
def test_glm_with_sandwich(effects, covariance, vcov):
    """Without entity effects: R's quasibinomial glm with sandwich errors, and its average effects."""
    data = scores(keep=0.9)
    asked = Regression("score", ("x1",), ("x2",), effects, covariance, estimator="fractional_logit")
    script = POOLED.format(dummies=" + period" if effects else "", vcov=vcov)
    r = r_witness(data, script, "sandwich")

    found = fit(data, asked)

    assert found.names == (("x1", "x2") if effects else ("_cons", "x1", "x2"))
    np.testing.assert_allclose(found.estimate[-2:], r["slopes"], rtol=1e-8)
    np.testing.assert_allclose(found.std_error[-2:], r["se"], rtol=1e-7)
    np.testing.assert_allclose(found.marginal_effects.estimate, r["effect"], rtol=1e-8)
    np.testing.assert_allclose(found.marginal_effects.std_error, r["effect_se"], rtol=1e-7)


def test_pseudo_r2():
    """The pseudo R² and the quasi-likelihood are those of the definition; R² has no meaning."""
    data = scores()
    other = witness(data)
    y, mean = data["score"].to_numpy(), data["score"].mean()
    null = float(np.sum(y * np.log(mean) + (1 - y) * np.log(1 - mean)))
    fitted = other.predict()
    likelihood = float(np.sum(y * np.log(fitted) + (1 - y) * np.log(1 - fitted)))

    found = fit(data, TWO_WAY).fit

    np.testing.assert_allclose(found.log_likelihood, likelihood, rtol=1e-10)
    np.testing.assert_allclose(found.pseudo_r2, 1 - likelihood / null, rtol=1e-8)
    assert not {"r2", "r2_adj", "r2_within"} & set(found.to_dict())


def test_errors_of_one_variance_are_refused():
    """The variance of a share depends on its mean; nobody's choice is robust in a cross-section."""
    data = scores(keep=1.0)
    with pytest.raises(SpecError, match="depends on its mean"):
        fit(
            data,
            Regression(
                "score", ("x1",), covariance=Covariance("iid"), estimator="fractional_logit"
            ),
        )

    one_year = data[data.index.get_level_values(1) == 2001]
    found = fit(one_year, Regression("score", ("x1",), effects=(), estimator="fractional_logit"))
    assert found.covariance.kind == "hc1"


def test_perfect_fit_tests_nothing():
    """Residuals that are rounding give no p-value, of coefficients and of marginal effects."""
    data = simulated_panel(5)
    data["score"] = expit(data["x1"])

    found = fit(
        data, Regression("score", ("x1",), effects=("period",), estimator="fractional_logit")
    )

    np.testing.assert_allclose(found.estimate, 1.0, rtol=1e-8)
    assert found.untested
    assert "reg.perfect_fit" in {notice.code for notice in found.notices}
    assert np.isnan(
        [*found.p_value, *found.marginal_effects.p_value, found.fit.f, found.fit.f_p]
    ).all()
