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
from linearmodels.panel import PanelOLS

from cases_econometrics import agrees, case, frame, r_witness, simulated_panel
from oracles_econometrics import exact_least_squares
from xinzhi.econometrics.fit import fit
from xinzhi.econometrics.specification import Covariance, Regression
from xinzhi.errors import MethodError, NotIdentified, SpecError, StudyError
from xinzhi.panel.panel import panel_of

GRUNFELD = Regression("inv", ("value", "capital"))
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
    agrees(found.p_value, expected["p"], grunfeld)
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


ESTIMATR = """
f <- function(...) lm_robust(y ~ x1 + x2, data=d, fixed_effects=~ entity + period, ...)
a <- f(se_type="classical"); out$iid <- c(a$coefficients, a$std.error, a$p.value)
a <- f(se_type="HC1"); out$hc1 <- c(a$coefficients, a$std.error, a$p.value)
a <- f(se_type="stata", clusters=d$province); out$areg <- c(a$coefficients, a$std.error, a$p.value)
a <- lm_robust(y ~ x1 + x2, data=d, clusters=entity, se_type="stata")
out$pooled <- c(a$coefficients, a$std.error, a$p.value)
"""


def test_estimatr():
    """Coefficients, errors and p-values of R estimatr on an unbalanced panel."""
    data = simulated_panel()
    r = r_witness(data, ESTIMATR, "estimatr")
    hows = {
        "iid": Covariance(),
        "hc1": Covariance("hc1"),
        "areg": Covariance("cluster", ("province",), rule="areg"),
    }
    for key, how in hows.items():
        found = fit(data, Regression("y", ("x1", "x2"), covariance=how))
        ours = np.concatenate([found.estimate, found.std_error, found.p_value])
        np.testing.assert_allclose(ours, r[key], rtol=1e-8)
    found = fit(data, Regression("y", ("x1", "x2"), effects=(), covariance=BY_ENTITY))
    ours = np.concatenate([found.estimate, found.std_error, found.p_value])
    np.testing.assert_allclose(ours, r["pooled"], rtol=1e-8)


PLM = """
p <- pdata.frame(d, index=c("entity", "period"))
m <- plm(y ~ x1 + x2, data=p, model="within", effect="twoways")
out$slopes <- coef(m)
out$scc0 <- sqrt(diag(vcovSCC(m, type="HC0", maxlag=2)))
out$arellano <- sqrt(diag(vcovHC(m, method="arellano", type="HC0", cluster="group")))
out$two <- sqrt(diag(vcovDC(m, type="HC0")))
"""


def test_plm():
    """Driscoll-Kraay, one-way and two-way clusters of R plm, up to the stated factors."""
    data = simulated_panel(3, keep=1.0)
    r = r_witness(data, PLM, "plm")

    def errors(how: Covariance):
        return fit(data, Regression("y", ("x1", "x2"), covariance=how))

    scc = errors(Covariance("driscoll_kraay", lag=2))
    one = errors(BY_ENTITY)
    n, k, df = scc.n, 2, scc.covariance.df
    cities, years = len(data.index.levels[0]), len(data.index.levels[1])

    np.testing.assert_allclose(scc.estimate, r["slopes"], rtol=1e-10)
    np.testing.assert_allclose(scc.std_error, r["scc0"] * np.sqrt(n / df), rtol=1e-8)
    factor = cities / (cities - 1) * (n - 1) / (n - (k + 1 + years - 1))
    np.testing.assert_allclose(one.std_error, r["arellano"] * np.sqrt(factor), rtol=1e-8)
    two = errors(Covariance("two_way", ("entity", "period")))
    factor = years / (years - 1) * (n - 1) / (n - (k + 1))  # both effects are nested
    np.testing.assert_allclose(two.std_error, r["two"] * np.sqrt(factor), rtol=1e-8)
    assert two.covariance.df == min(cities, years) - 1


def test_linearmodels():
    """linearmodels, an independent package, gives the same slopes and errors."""
    data = simulated_panel(5)
    witness = PanelOLS(data["y"], data[["x1", "x2"]], entity_effects=True, time_effects=True).fit()

    found = fit(data, Regression("y", ("x1", "x2")))

    np.testing.assert_allclose(found.estimate, witness.params, rtol=1e-9)
    np.testing.assert_allclose(found.std_error, witness.std_errors, rtol=1e-9)


def test_panel_and_frame_agree_in_any_order():
    """A panel, a frame and a frame in another order give the same bits."""
    data = simulated_panel(7)
    shuffled = data.sample(frac=1, random_state=4)

    first = fit(panel_of(data), Regression("y", ("x1",), ("x2",)))
    second = fit(shuffled, Regression("y", ("x1",), ("x2",)))

    np.testing.assert_array_equal(first.estimate, second.estimate)
    np.testing.assert_array_equal(first.std_error, second.std_error)


def codes(data: pd.DataFrame, regression: Regression, error: type[StudyError]) -> list[str]:
    """Codes of the problems that a regression meets."""
    with pytest.raises(error) as caught:
        fit(data, regression)
    assert all(str(problem.remedy) for problem in caught.value.problems)
    return [problem.code for problem in caught.value.problems]


def test_what_cannot_be_told_is_refused():
    """Constant, absorbed and collinear variables of interest are refused, all at once."""
    data = simulated_panel()
    entity = data.index.get_level_values(0).to_numpy(float)
    data = data.assign(
        one=3.0,
        city=entity,
        trend=entity * 2 + data.index.get_level_values(1),
        twin=2 * data["x1"] - 1,
    )

    found = codes(data, Regression("y", ("one", "city", "trend", "x1", "twin")), NotIdentified)

    assert found == [
        "reg.constant",
        "reg.absorbed",
        "reg.absorbed",
        "reg.collinear",
        "reg.collinear",
    ]


def test_controls_that_say_nothing_are_dropped_and_named():
    """Constant, absorbed and collinear controls are dropped and named; the slopes do not move."""
    data = simulated_panel()
    data = data.assign(one=3.0, city=data.index.get_level_values(0) * 1.0, twin=2 * data["x2"] - 1)

    found = fit(data, Regression("y", ("x1",), ("x2", "one", "city", "twin")))
    plain = fit(data, Regression("y", ("x1",), ("x2",)))

    assert [drop.name for drop in found.dropped] == ["one", "city", "twin"]
    assert [notice.code for notice in found.notices] == ["reg.dropped"] * 3
    np.testing.assert_allclose(found.estimate, plain.estimate, rtol=1e-12)


def test_control_that_equals_a_variable_of_interest():
    """A control that takes the place of a variable of interest makes that variable unknowable."""
    data = simulated_panel()

    found = codes(
        data.assign(twin=data["x1"] * 7), Regression("y", ("x1",), ("twin",)), NotIdentified
    )

    assert found == ["reg.collinear"]


def test_near_collinearity_is_named():
    """Columns that are the same up to a trace are named, with the digits that they cost."""
    data = simulated_panel()
    data["shadow"] = data["x1"] + 1e-6 * data["x2"] ** 2

    found = fit(data, Regression("y", ("x1", "shadow", "x2")))

    notice = next(n for n in found.notices if n.code == "reg.near_collinear")
    assert "x1, shadow are" in str(notice.text)


@pytest.mark.parametrize(
    ("rows", "regression", "code"),
    [
        (slice(0, 1), Regression("y", ("x1",)), "reg.no_rows"),
        ("one entity", Regression("y", ("x1",)), "reg.one_level"),
        ("one period", Regression("y", ("x1",), effects=("period",)), "reg.one_level"),
        ("one period", Regression("y", ("x1",), effects=("entity",)), "reg.no_rows"),
        (slice(0, 2), Regression("y", ("x1", "x2"), effects=()), "reg.too_few_rows"),
        (
            "one entity",
            Regression("y", ("x1",), effects=(), covariance=BY_ENTITY),
            "reg.too_few_clusters",
        ),
    ],
)
def test_impossible_samples(rows, regression, code):
    """Samples that cannot answer are refused with the reason."""
    data = simulated_panel(keep=1.0)
    data = (
        {
            "one entity": data.loc[[0]],
            "one period": data[data.index.get_level_values(1) == 2001],
        }.get(rows)
        if isinstance(rows, str)
        else data.iloc[rows]
    )

    assert codes(data, regression, MethodError) == [code]


@pytest.mark.parametrize(
    ("regression", "code"),
    [
        (Regression("y", ("x1",), covariance=Covariance("hc3")), "option.unknown"),
        (Regression("y", ("x1",), covariance=Covariance("cluster")), "reg.clusters"),
        (Regression("y", ("x1",), covariance=Covariance(rule="xtreg")), "option.unknown"),
        (Regression("y", ("x1",), singletons="forget"), "option.unknown"),
        (Regression("y", ("x1", "y")), "reg.named_twice"),
        (Regression("y", ()), "reg.no_regressors"),
        (Regression("y", ("x1",), covariance=Covariance("driscoll_kraay", lag=7)), "reg.lag"),
    ],
)
def test_contradictory_words(regression, code):
    """Words that contradict each other or mean nothing are refused."""
    assert codes(simulated_panel(), regression, SpecError) == [code]


def test_outcome_without_variation():
    """An outcome that the effects explain wholly is refused."""
    data = simulated_panel()
    data["y"] = data.index.get_level_values(0) * 3.0

    assert codes(data, Regression("y", ("x1",)), MethodError) == ["reg.outcome_constant"]


def test_bad_cells_are_placed():
    """Text and infinity in a column are refused with their place, and unknown columns by name."""
    data = simulated_panel()
    data["text"] = ["many"] * len(data)
    data["inf"] = data["x1"].where(data["x1"] != data["x1"].max(), np.inf)

    assert codes(data, Regression("y", ("text", "inf")), StudyError) == [
        "data.not_numeric",
        "data.infinite",
    ]
    assert codes(data, Regression("y", ("x11",)), StudyError) == ["data.missing_column"]


def test_missing_keys_leave_the_row_out():
    """A row whose cluster or effect is empty is left out and counted."""
    data = simulated_panel()
    data.iloc[3, data.columns.get_loc("province")] = np.nan

    found = fit(data, Regression("y", ("x1",), covariance=Covariance("cluster", ("province",))))

    assert found.n_missing == 1
    assert found.n == len(data) - 1


def test_more_slopes_than_clusters():
    """With no more clusters than slopes there is no joint test, and the reader is told."""
    data = simulated_panel(n_entities=6, keep=1.0)

    found = fit(
        data, Regression("y", ("x1", "x2"), covariance=Covariance("cluster", ("province",)))
    )

    assert np.isnan(found.fit.f)
    assert {"reg.few_clusters", "reg.no_joint_test"} <= {n.code for n in found.notices}


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
    ]
    assert "<table" in found._repr_html_()
