"""Regressions against figures of R on public and made data: no cases from outside are needed.

The figures of R are those of `tests/reference/econ/witness.R`, which is in the repository.
"""

# 1e-8: independent software.

from __future__ import annotations

import tomllib

import numpy as np
import pandas as pd
import pytest

from places import REFERENCE, ROOT
from xinzhi_econometrics.diagnostics.breusch_pagan import breusch_pagan
from xinzhi_econometrics.diagnostics.effects_f import effects_f
from xinzhi_econometrics.diagnostics.hausman import hausman
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

AGREES = 1e-8
KEYS = ["entity", "period"]
BY_ENTITY = Covariance("cluster", ("entity",))
KINDS = {
    "iid": Covariance(),
    "hc1": Covariance("hc1"),
    "cluster": BY_ENTITY,
    "cluster_areg": Covariance("cluster", ("entity",), rule="areg"),
}


def figures(name: str) -> dict:
    return tomllib.loads((REFERENCE / "econ" / f"{name}.toml").read_text(encoding="utf-8"))


def gallery(name: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / "docs" / "gallery" / "data" / name / "data.csv")


def agree(found: object, expected: object) -> None:
    np.testing.assert_allclose(np.asarray(found, float), np.asarray(expected, float), rtol=AGREES)


@pytest.fixture
def grunfeld() -> pd.DataFrame:
    names = {"firm": "entity", "year": "period", "investment": "inv"}
    return gallery("grunfeld").rename(columns=names).set_index(KEYS)


@pytest.mark.parametrize("kind", KINDS)
def test_two_way_slopes_and_errors(grunfeld, kind):
    """Slopes, errors and t of Grunfeld's two-way regression are those of R with dummies."""
    expected = figures("grunfeld_fe_twoway")["vcov"][kind]

    found = fit(grunfeld, Regression("inv", ("value", "capital"), covariance=KINDS[kind]))

    agree(found.estimate, expected["coef"])
    agree(found.std_error, expected["se"])
    agree(found.statistic, expected["t"])
    assert found.covariance.df == expected["df"]
    if not found.covariance.clusters:
        agree(found.p_value, expected["p"])


def test_two_way_fit(grunfeld):
    """N, R², within R², F, its degrees of freedom and _cons are those of R, clustered F too."""
    expected = figures("grunfeld_fe_twoway")
    regression = Regression("inv", ("value", "capital"), covariance=Covariance())

    found = fit(grunfeld, regression)
    clustered = fit(grunfeld, Regression("inv", ("value", "capital"), covariance=BY_ENTITY))

    assert (found.n, found.df_absorbed) == (expected["N"], expected["df_absorbed"])
    assert [found.fit.f_df1, found.fit.f_df2] == expected["F_iid_df"]
    assert [clustered.fit.f_df1, clustered.fit.f_df2] == expected["F_cluster_df"]
    agree(
        [found.fit.r2, found.fit.r2_adjusted, found.fit.r2_within, found.fit.rss],
        [expected[key] for key in ("r2", "r2_adj", "r2_within", "rss")],
    )
    agree(
        [found.fit.f, found.fit.f_p, found.fit.constant, clustered.fit.f],
        [expected[key] for key in ("F_iid", "F_iid_p", "cons_stata", "F_cluster")],
    )


def test_f_tests_of_effects(grunfeld):
    """All effects against none, and years given firms, are nested regressions of R."""
    expected = figures("grunfeld_fe_twoway")

    found = {t.name: t for t in effects_f(grunfeld, Regression("inv", ("value", "capital")))}

    for name, key in (("effects_f", "F_all"), ("effects_f.period", "F_year")):
        agree([found[name].value, found[name].p_value], [expected[key], expected[f"{key}_p"]])


def test_random_effects_and_hausman(grunfeld):
    """Swamy and Arora's estimates, Hausman's chi² and the multiplier are those of R plm."""
    expected = figures("grunfeld_re_hausman")
    within = Regression("inv", ("value", "capital"), effects=("entity",))

    random = Regression(
        "inv", ("value", "capital"), (), ("entity",), Covariance(), estimator="random_effects"
    )

    found = fit(grunfeld, random)
    test = hausman(grunfeld, within)
    (multiplier,) = breusch_pagan(grunfeld, within)

    agree(found.estimate, expected["coef"])
    agree(found.std_error, expected["se"])
    assert found.components is not None
    parts = found.components
    agree(
        [parts.sigma_e**2, parts.sigma_u**2, parts.theta[1]],
        [expected[key] for key in ("sigma2_e", "sigma2_u", "theta")],
    )
    agree([test.classic.value, test.classic.p_value], [expected["hausman"], expected["hausman_p"]])
    agree(test.difference, expected["diff"])
    agree([multiplier.value, multiplier.p_value], [expected["bp_lm"], expected["bp_lm_p"]])


@pytest.mark.parametrize("singletons", ["keep", "drop"])
@pytest.mark.parametrize(
    ("key", "how"),
    [
        ("se_iid", Covariance()),
        ("se_hc1", Covariance("hc1")),
        ("se_cluster_city", BY_ENTITY),
        ("se_cluster_prov", Covariance("cluster", ("prov",))),
        ("se_cluster_prov_full", Covariance("cluster", ("prov",), rule="areg")),
    ],
)
def test_gaps_singletons_and_nesting(singletons, key, how):
    """Unbalanced: singletons are dropped or kept, nested effects counted or not, as in R."""
    data = pd.read_csv(REFERENCE / "econ" / "unbalanced.csv")
    data = data.rename(columns={"city": "entity", "year": "period"}).set_index(KEYS)
    expected = figures("unbalanced")[singletons]

    found = fit(data, Regression("y", ("x",), ("c1",), covariance=how, singletons=singletons))

    assert found.n == expected["N"]
    assert found.n_singletons == (3 if singletons == "drop" else 0)
    assert found.n_missing == data["x"].isna().sum()
    agree(found.estimate, expected["coef"])
    agree(found.std_error, expected[key])
    agree([found.fit.r2, found.fit.r2_adjusted, found.fit.r2_within], expected["r2"])
