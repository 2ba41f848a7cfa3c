"""Published regressions that need nothing beside the repository: Longley (NIST) and Grunfeld.

The data come with statsmodels, which the tests install, and are in the public domain. Certified digits of
Longley: NIST/ITL Statistical Reference Datasets, https://www.itl.nist.gov/div898/strd/lls/data/Longley.shtml.
Grunfeld, the ten firms: Baltagi, B. H. (2021), Econometric Analysis of Panel Data, tables 2.1 and 3.1 and
section 4.3; Kleiber, C., Zeileis, A. (2010), The Grunfeld data at 50, German Economic Review 11,
doi 10.1111/j.1468-0475.2010.00513.x; all digits as R's plm and fixest print them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.datasets

from xinzhi_econometrics.diagnostics.breusch_pagan import breusch_pagan
from xinzhi_econometrics.diagnostics.effects_f import effects_f
from xinzhi_econometrics.diagnostics.hausman import hausman
from xinzhi_econometrics.diagnostics.vif import vif
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

LONGLEY = Regression("TOTEMP", ("GNPDEFL", "GNP", "UNEMP", "ARMED", "POP", "YEAR"), effects=())
GRUNFELD = Regression("invest", ("value", "capital"), covariance=Covariance())
BY_FIRM = ("entity",)


@pytest.fixture(scope="module")
def longley():
    """Sixteen years of the United States."""
    data = statsmodels.datasets.longley.load_pandas().data
    keys = pd.MultiIndex.from_product([range(len(data)), [0]], names=["entity", "period"])
    return data.set_index(keys)


@pytest.fixture(scope="module")
def grunfeld():
    """Ten firms over twenty years: the eleventh of the file is not in the published tables."""
    data = statsmodels.datasets.grunfeld.load_pandas().data
    data = data[data["firm"].astype(str) != "American Steel"]
    keys = [data["firm"].astype(str), data["year"].astype(int)]
    data = data.set_index(pd.MultiIndex.from_arrays(keys, names=["entity", "period"]))
    return data[["invest", "value", "capital"]].sort_index()


def test_longley(longley):
    """All digits that NIST certifies, though the regressors are nearly collinear."""
    found = fit(longley, LONGLEY)

    assert found.names[0] == "_cons"
    slopes = [-3482258.63459582, 15.0618722713733, -0.358191792925910e-01, -2.02022980381683]
    slopes += [-1.03322686717359, -0.511041056535807e-01, 1829.15146461355]
    errors = [890420.383607373, 84.9149257747669, 0.334910077722432e-01, 0.488399681651699]
    errors += [0.214274163161675, 0.226073200069370, 455.478499142212]
    np.testing.assert_allclose(found.estimate, slopes, rtol=1e-8)
    np.testing.assert_allclose(found.std_error, errors, rtol=1e-8)
    of_fit = [found.fit.r2, found.fit.r2_adjusted, found.fit.f, found.fit.rss]
    expected = [0.995479004577296, 0.992465007628826, 330.285339234588, 836424.055505915]
    np.testing.assert_allclose(of_fit, expected, rtol=1e-8)


def test_variance_inflation_of_longley(longley):
    """The factors that books print of these regressors: 135.5, 1788.5, 33.6, 3.59, 399.2, 759.0."""
    found = vif(longley, LONGLEY)

    expected = [135.532438279969, 1788.5134827177, 33.6188905960462, 3.58893019344541]
    expected += [399.151022312534, 758.980597406697]
    np.testing.assert_allclose(found.vif, expected, rtol=1e-6)
    np.testing.assert_allclose(found.tolerance, 1 / np.array(expected), rtol=1e-6)
    np.testing.assert_allclose(found.mean, np.mean(expected), rtol=1e-6)


@pytest.mark.parametrize(
    ("how", "errors", "p_values", "df"),
    [
        (
            Covariance(),
            [0.0137512830036482, 0.0227190108825725],
            [6.65257521125077e-15, 5.45306606200769e-35],
            169,
        ),
        (
            Covariance("hc1"),
            [0.0191799205213116, 0.0544026642585443],
            [5.78157933597686e-09, 5.69168652955922e-10],
            169,
        ),
        (
            Covariance("cluster", BY_FIRM),
            [0.0108244294768637, 0.0478483965925889],
            [1.7726713730996e-06, 3.7702779481795e-05],
            9,
        ),
        (
            Covariance("cluster", BY_FIRM, rule="areg"),
            [0.0111089155204725, 0.0491059410265698],
            [2.20466459116186e-06, 4.62043349567636e-05],
            9,
        ),
    ],
)
def test_grunfeld_two_way(grunfeld, how, errors, p_values, df):
    """Slopes 0.118 and 0.358 with the errors, p-values and degrees of freedom of each rule."""
    found = fit(grunfeld, Regression("invest", ("value", "capital"), covariance=how))

    slopes = np.array([0.117715855082606, 0.357916273073428])
    np.testing.assert_allclose(found.estimate, slopes, rtol=1e-6)
    np.testing.assert_allclose(found.std_error, errors, rtol=1e-6)
    np.testing.assert_allclose(found.statistic, slopes / errors, rtol=1e-6)
    np.testing.assert_allclose(found.usual_p, p_values, rtol=1e-5)
    assert found.covariance.df == df
    # Ten firms are few clusters: CR2 judges, the usual test is kept beside it.
    judge = "cr2" if how.kind == "cluster" else "t"
    assert found.judge == (judge,) * 2
    if judge == "t":
        np.testing.assert_array_equal(found.p_value, found.usual_p)
    else:
        assert (found.p_value > found.usual_p).all()


def test_grunfeld_fit(grunfeld):
    """R² of the whole and within, the F test of the slopes, the constant of areg."""
    found = fit(grunfeld, GRUNFELD)
    by_firm = fit(grunfeld, replace(GRUNFELD, covariance=Covariance("cluster", BY_FIRM)))

    assert (found.n, found.df_absorbed, found.fit.f_df1, found.fit.f_df2) == (200, 29, 2, 169)
    of_fit = [found.fit.r2, found.fit.r2_adjusted, found.fit.r2_within, found.fit.f]
    expected = [0.951693399681222, 0.94311826352996, 0.720145212924406, 217.44230687637]
    np.testing.assert_allclose(of_fit, expected, rtol=1e-6)
    more = [found.fit.f_p, found.fit.rss, found.fit.constant]
    np.testing.assert_allclose(
        more, [1.84423620499766e-47, 452147.070378938, -80.1637952455437], rtol=1e-6
    )
    np.testing.assert_allclose(by_firm.fit.f, 60.0820925628902, rtol=1e-6)
    assert (by_firm.fit.f_df1, by_firm.fit.f_df2) == (2, 9)


def test_tests_of_the_effects_of_grunfeld(grunfeld):
    """F of firms and years against none, 17.40, and of years given firms, 1.403."""
    found = {test.name: test for test in effects_f(grunfeld, GRUNFELD)}

    for name, value, p, law in (
        ("effects_f", 17.4031456443478, 1.79392274526544e-36, "F(28, 169)"),
        ("effects_f.period", 1.40324067147503, 0.130912279737212, "F(19, 169)"),
    ):
        np.testing.assert_allclose([found[name].value, found[name].p_value], [value, p], rtol=1e-6)
        assert found[name].distribution == law


def test_random_effects_of_grunfeld(grunfeld):
    """Swamy and Arora: 0.110 and 0.308 (Baltagi's table 2.1), θ = 0.861; Hausman 2.33, p = 0.312."""
    asked = replace(GRUNFELD, effects=("entity",))
    found = fit(grunfeld, replace(asked, estimator="random_effects"))
    contrast = hausman(grunfeld, asked)
    (lm,) = breusch_pagan(grunfeld, asked)

    slopes = [-57.8344149050329, 0.109781152232484, 0.308112982830713]
    errors = [28.8989352602898, 0.0104926635495465, 0.0171804690896399]
    np.testing.assert_allclose(found.estimate, slopes, rtol=1e-6)
    np.testing.assert_allclose(found.std_error, errors, rtol=1e-6)
    parts = found.components
    np.testing.assert_allclose(
        [parts.sigma_e**2, parts.sigma_u**2, parts.theta[1]],
        [2784.45823077794, 7089.80009930804, 0.861223620747879],
        rtol=1e-6,
    )
    np.testing.assert_allclose(parts.rho, 7089.80009930804 / (7089.80009930804 + 2784.45823077794))
    np.testing.assert_allclose(
        [contrast.classic.value, contrast.classic.p_value, contrast.eigenvalues[0]],
        [2.33036689367546, 0.311865446054886, 1.62385498268805e-06],
        rtol=1e-5,
    )
    np.testing.assert_allclose(
        contrast.difference, [0.000342651888234624, 0.00195235846942621], rtol=1e-5
    )
    assert contrast.is_definite
    np.testing.assert_allclose([lm.value, lm.p_value], [798.161548369066, 1.35448491908351e-175])
