"""Fixed effects regressions against printed tables, R and exact arithmetic."""

# Tolerances: those of the cases; printed NIST digits as RELIABILITY.md asks; independent software
# 1e-8, which leaves room for its own iterations.

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cases_econometrics import agrees, case, frame, simulated_panel
from oracles_econometrics import exact_least_squares
from xinzhi_core.panel.panel import panel_of
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

GRUNFELD = Regression("inv", ("value", "capital"), covariance=Covariance())
BY_ENTITY = Covariance("cluster", ("entity",))
NIST = tomllib.loads(
    (Path(__file__).parents[2] / "reference" / "econ_nist.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("key", "how"),
    [
        ("iid", Covariance()),
        ("hc1", Covariance("hc1")),
        ("cluster", BY_ENTITY),
        ("cluster_areg", Covariance("cluster", ("entity",), rule="areg")),
    ],
)
def test_grunfeld_two_way(key, how):
    """Slopes, errors, t and p of the Grunfeld regression are those of R fixest."""
    grunfeld = case("grunfeld_fe_twoway")
    expected = grunfeld["expected"]["vcov"][key]

    found = fit(frame(grunfeld), Regression("inv", ("value", "capital"), covariance=how))

    agrees(found.estimate, expected["coef"], grunfeld)
    agrees(found.std_error, expected["se"], grunfeld)
    agrees(found.statistic, expected["t"], grunfeld)
    # Ten firms: CR2 judges clustered errors, the t-test of the usual errors stands beside.
    agrees(found.usual_p, expected["p"], grunfeld)
    assert found.covariance.df == expected["df"]


def test_grunfeld_fit():
    """R², adjusted R², within R², F, its degrees of freedom and _cons are those of areg."""
    grunfeld = case("grunfeld_fe_twoway")
    expected = grunfeld["expected"]

    found = fit(frame(grunfeld), GRUNFELD)

    assert (found.n, found.df_absorbed) == (expected["N"], expected["df_absorbed"])
    assert [found.fit.f_df1, found.fit.f_df2] == expected["F_iid_df"]
    agrees(
        [
            found.fit.r2,
            found.fit.r2_adjusted,
            found.fit.r2_within,
            found.fit.f,
            found.fit.f_p,
            found.fit.rss,
            found.fit.constant,
        ],
        [
            expected[k]
            for k in ("r2", "r2_adj", "r2_within", "F_iid", "F_iid_p", "rss", "cons_stata")
        ],
        grunfeld,
    )


def test_grunfeld_clustered_f():
    """F with clustered errors is the Wald test by k, with G-1 degrees of freedom."""
    grunfeld = case("grunfeld_fe_twoway")

    found = fit(frame(grunfeld), Regression("inv", ("value", "capital"), covariance=BY_ENTITY))

    agrees(found.fit.f, grunfeld["expected"]["F_cluster"], grunfeld)
    assert [found.fit.f_df1, found.fit.f_df2] == grunfeld["expected"]["F_cluster_df"]


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
def test_singletons_and_nesting(singletons, key, how):
    """Unbalanced panels: singletons are dropped or kept, nested effects counted or not, as in R."""
    unbalanced = case("unbalanced_singletons_nested")
    expected = unbalanced["expected"][singletons]

    found = fit(
        frame(unbalanced), Regression("y", ("x",), ("c1",), covariance=how, singletons=singletons)
    )

    assert found.n == expected["N"]
    assert found.n_singletons == (3 if singletons == "drop" else 0)
    assert found.n_missing == 47
    agrees(found.estimate, expected["coef"], unbalanced)
    agrees(found.std_error, expected[key], unbalanced)
    agrees(
        [found.fit.r2, found.fit.r2_adjusted, found.fit.r2_within],
        [expected["r2"][k] for k in ("r2", "ar2", "wr2")],
        unbalanced,
    )


def test_longley():
    """All digits of NIST's Longley regression, pooled with a constant."""
    longley = case("nist_longley")
    expected = longley["expected"]

    found = fit(frame(longley), Regression("y", tuple(f"x{i}" for i in range(1, 7)), effects=()))

    assert found.names[0] == "_cons"
    agrees(found.estimate, expected["coef"], longley)
    agrees(found.std_error, expected["se"], longley)
    agrees(
        [found.fit.r2, found.fit.r2_adjusted, found.fit.f, found.fit.rss],
        [expected[k] for k in ("r2", "r2_adj", "F", "rss")],
        longley,
    )


def polynomial(x: list[str], y: list[str], degree: int) -> tuple[list[float], np.ndarray, object]:
    """Slopes in exact arithmetic, ours, and our estimates."""
    powers = [[Fraction(v) ** k for k in range(degree + 1)] for v in x]
    exact, _ = exact_least_squares(y, powers)
    names = tuple(f"x{k}" for k in range(1, degree + 1))
    data = pd.DataFrame({f"x{k}": [float(row[k]) for row in powers] for k in range(1, degree + 1)})
    data["y"] = [float(Fraction(v)) for v in y]
    data.index = pd.MultiIndex.from_product([range(len(x)), [0]], names=["entity", "period"])
    found = fit(data, Regression("y", names, effects=()))
    return [float(v) for v in exact], found.estimate, found


def digits(found: np.ndarray, exact: list[float]) -> float:
    """Digits that agree, of the worst slope."""
    error = np.max(np.abs(found / np.array(exact) - 1))
    return float(-np.log10(error)) if error > 0 else 16.0


WAMPLER_X = [str(i) for i in range(21)]
WAMPLER_1 = [sum(i**k for k in range(6)) for i in range(21)]


@pytest.mark.parametrize(("name", "least"), [("wampler3", 9), ("wampler4", 9), ("wampler5", 7)])
def test_wampler_with_errors(name, least):
    """Wampler 3-5: the slopes are 1 whatever the size of the residuals."""
    factor = NIST["wampler"]["factors"][name]
    y = [
        str(v + factor * int(e)) for v, e in zip(WAMPLER_1, NIST["wampler"]["errors"], strict=True)
    ]

    exact, slopes, found = polynomial(WAMPLER_X, y, 5)

    assert exact == [1.0] * 6
    assert digits(slopes, exact) >= least
    printed = [factor * float(v) for v in NIST["wampler"]["std_errors_wampler3"]]
    np.testing.assert_allclose(found.std_error, printed, rtol=1e-9)


@pytest.mark.parametrize("tenth", [1, 10])
def test_wampler_perfect(tenth):
    """Wampler 1 and 2: a perfect fit is found and said, and nothing is tested."""
    y = [str(sum(Fraction(i, tenth) ** k for k in range(6))) for i in range(21)]

    exact, slopes, found = polynomial(WAMPLER_X, y, 5)

    assert digits(slopes, exact) >= 9
    assert "reg.perfect_fit" in {notice.code for notice in found.notices}
    assert np.isnan(found.p_value).all()
    assert np.isnan(found.fit.f)


def test_filip():
    """Filip, degree 10: at least six digits, and the reader is told of the collinearity."""
    exact, slopes, found = polynomial(NIST["filip"]["x"], NIST["filip"]["y"], 10)

    np.testing.assert_allclose(exact, [float(v) for v in NIST["filip"]["slopes"]], rtol=1e-13)
    assert digits(slopes, exact) >= 6
    assert "reg.near_collinear" in {notice.code for notice in found.notices}


def test_panel_and_frame_agree_in_any_order():
    """A panel, a frame and a frame in another order give the same bits."""
    data = simulated_panel(7)
    shuffled = data.sample(frac=1, random_state=4)

    first = fit(panel_of(data), Regression("y", ("x1",), ("x2",)))
    second = fit(shuffled, Regression("y", ("x1",), ("x2",)))

    np.testing.assert_array_equal(first.estimate, second.estimate)
    np.testing.assert_array_equal(first.std_error, second.std_error)


def test_to_frame_names_its_columns():
    """The table of estimates has one row a slope, under stable names."""
    found = fit(simulated_panel(), Regression("y", ("x1", "x2")))

    table = found.to_frame()

    assert list(table.index) == ["x1", "x2"]
    assert list(table.columns) == [
        "estimate",
        "std_error",
        "statistic",
        "p_value",
        "ci_low",
        "ci_high",
        "df",
        "judge",
    ]
    assert "<table" in found._repr_html_()
