"""Regressions and their tests beside other programs and certified values, for tools/pages/generate_proof.py."""
# ruff: noqa: PLC0415 - other programs are loaded where they are asked

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from proof_common import (
    DATA,
    REFERENCE,
    Number,
    named,
    pairs,
    printed,
    python,
    r,
    r_witness,
    witness,
)

from xinzhi.analyses.mediation.compute import mediate
from xinzhi_econometrics.diagnostics.breusch_pagan import breusch_pagan
from xinzhi_econometrics.diagnostics.effects_f import effects_f
from xinzhi_econometrics.diagnostics.hausman import hausman
from xinzhi_econometrics.diagnostics.vif import vif
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.instruments.estimate import instrument
from xinzhi_econometrics.specification import Covariance, Regression

IID = Covariance()


@cache
def states() -> pd.DataFrame:
    """Production of the states: logarithms, indexed by entity and period."""
    data = pd.read_csv(DATA / "state-production" / "data.csv")
    names = {"product": "lg", "public_capital": "lp", "private_capital": "lc", "employment": "le"}
    for name, short in names.items():
        data[short] = np.log(data[name])
    data["share"] = data["unemployment"] / 100
    keys = {"state": "entity", "year": "period", "unemployment": "unemp"}
    return data.rename(columns=keys).set_index(["entity", "period"])


SLOPES = ("lp", "lc", "le", "unemp")
SHORT = Regression("lg", SLOPES, covariance=IID)


def production(covariance: Covariance, **others: Any) -> Any:
    """Fit the production function of the states."""
    return fit(states(), Regression("lg", SLOPES, covariance=covariance, **others))


PANEL_OLS = "tests/unit/regression/test_witnesses.py"


@witness("regressions", "Two-way fixed effects, independent errors (production of the states)",
         "双向固定效应，误差独立同方差（各州生产函数）", python("linearmodels"), PANEL_OLS, quick=True)  # fmt: skip
def two_way_linearmodels() -> list[Number]:
    """Slopes and errors of PanelOLS."""
    from linearmodels import PanelOLS

    data = states()
    theirs = PanelOLS(data["lg"], data[list(SLOPES)], entity_effects=True, time_effects=True).fit()
    ours = production(IID)
    labels = named(SLOPES, "b", "se")
    return pairs(labels, [*theirs.params, *theirs.std_errors], [*ours.estimate, *ours.std_error])


@witness("regressions", "Driscoll-Kraay errors, lag 2, up to the stated factor (production of the states)",
         "Driscoll—Kraay 标准误，滞后 2 期，已按说明的系数换算（各州生产函数）", python("linearmodels"), PANEL_OLS, quick=True)  # fmt: skip
def driscoll_kraay_linearmodels() -> list[Number]:
    """Errors of PanelOLS with a Bartlett kernel; it scales by N/(N-k-dfa)."""
    from linearmodels import PanelOLS

    data = states()
    model = PanelOLS(data["lg"], data[list(SLOPES)], entity_effects=True, time_effects=True)
    theirs = model.fit(cov_type="kernel", kernel="bartlett", bandwidth=2)
    ours = production(Covariance("driscoll_kraay", lag=2))
    n, k, cities, years = ours.n, len(SLOPES), 48, 17
    factor = years / (years - 1) * (n - 1) / (n - (k + cities)) * (n - k - ours.df_absorbed) / n
    return pairs(named(SLOPES, "se"), theirs.std_errors * np.sqrt(factor), ours.std_error)


@witness("regressions", "Random effects of Swamy and Arora (production of the states)",
         "Swamy—Arora 随机效应（各州生产函数）", python("linearmodels"),
         "tests/unit/regression/estimators/test_random_effects.py", quick=True)  # fmt: skip
def random_effects_linearmodels() -> list[Number]:
    """Slopes of RandomEffects, and of its errors."""
    from linearmodels import RandomEffects

    data = states()
    theirs = RandomEffects(data["lg"], data[list(SLOPES)].assign(_cons=1.0)).fit()
    ours = production(IID, effects=("entity",), estimator="random_effects")
    names = list(ours.names)
    return pairs(
        named(names, "b", "se"),
        [*theirs.params[names], *theirs.std_errors[names]],
        [*ours.estimate, *ours.std_error],
    )


@witness("regressions", "Two-stage least squares with two-way effects (production of the states, employment instrumented by its lag)",
         "含双向固定效应的两阶段最小二乘（各州生产函数，以就业的滞后项为工具变量）", python("linearmodels"),
         "tests/unit/regression/instruments/test_estimate.py", quick=True,
         note=("The witness carries 64 dummies, which costs it digits.", "对照程序使用 64 个虚拟变量，因而损失若干位精度。"))  # fmt: skip
def two_stages_linearmodels() -> list[Number]:
    """Slopes of IV2SLS with dummies; its errors divide by N, ours by the degrees of freedom."""
    from linearmodels.iv import IV2SLS

    data = states()
    data = data.assign(lagged=data["le"].groupby(level=0).shift()).dropna()
    effects = [pd.get_dummies(data.index.get_level_values(k), drop_first=k > 0) for k in (0, 1)]
    dummies = pd.concat(effects, axis=1).astype(float).set_index(data.index)
    dummies.columns = [f"d{i}" for i in range(dummies.shape[1])]
    exogenous = pd.concat([data[["lp", "unemp"]], dummies], axis=1)
    theirs = IV2SLS(data["lg"], exogenous, data[["le"]], data[["lagged"]]).fit(
        cov_type="unadjusted"
    )
    regression = Regression("lg", ("le",), ("lp", "unemp"), covariance=IID)
    ours = instrument(data, regression, endogenous=("le",), instruments=("lagged",)).estimates
    names = list(ours.names)
    factor = np.sqrt(ours.n / ours.covariance.df)
    return pairs(
        named(names, "b", "se"),
        [*theirs.params[names], *theirs.std_errors[names] * factor],
        [*ours.estimate, *ours.std_error],
    )


@witness("regressions", "Fractional logit with means of the entities, clustered errors (unemployment of the states)",
         "含个体均值项的分数 Logit，聚类标准误（各州失业率）", python("statsmodels"),
         "tests/unit/regression/estimators/test_fractional_logit.py", quick=True)  # fmt: skip
def fractional_logit_statsmodels() -> list[Number]:
    """Index of a binomial GLM with the same columns."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    data, names = states(), ["lp", "lc"]
    means = data[names].groupby(level=0).transform("mean")
    years = pd.get_dummies(data.index.get_level_values(1), drop_first=True).to_numpy(dtype=float)
    design = np.column_stack([np.ones(len(data)), data[names], years, means])
    groups = data.index.codes[0] if isinstance(data.index, pd.MultiIndex) else None
    theirs = GLM(data["share"].to_numpy(), design, family=Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, tol=1e-14
    )
    ours = fit(data, Regression("share", ("lp",), ("lc",), estimator="fractional_logit"))
    return pairs(
        named(names, "b", "se"),
        [*theirs.params[1:3], *theirs.bse[1:3]],
        [*ours.estimate, *ours.std_error],
    )


@witness("regressions", "Variance inflation factors (Longley)", "方差膨胀因子（Longley 数据）",
         python("statsmodels"), "tests/unit/regression/diagnostics/test_vif.py", quick=True)  # fmt: skip
def vif_statsmodels() -> list[Number]:
    """Factors of the six regressors."""
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    data = pd.read_csv(DATA / "longley" / "data.csv")
    names = ["deflator", "gnp", "unemployed", "armed_forces", "population", "trend"]
    design = np.column_stack([data[names], np.ones(len(data))])
    theirs = [variance_inflation_factor(design, i) for i in range(6)]
    keyed = data.assign(period=0).rename(columns={"year": "entity"}).set_index(["entity", "period"])
    return pairs(names, theirs, vif(keyed, Regression("employment", tuple(names), effects=())).vif)


@witness("regressions", "Mediated effect with Sobel's error (public capital through private capital to production)",
         "中介效应及 Sobel 标准误（公共资本经由私人资本影响产出）", python("linearmodels"),
         "tests/study/test_reference_cases.py", quick=True)  # fmt: skip
def mediation_linearmodels() -> list[Number]:
    """Both equations by PanelOLS; a, b, direct and total effect, ab and its error by the formula."""
    from linearmodels import PanelOLS

    def theirs(outcome: str, regressors: list[str]) -> Any:
        data = states()
        effects = {"entity_effects": True, "time_effects": True}
        return PanelOLS(data[outcome], data[regressors], **effects).fit()

    first, second = theirs("lc", ["lp", "unemp"]), theirs("lg", ["lp", "lc", "unemp"])
    total = theirs("lg", ["lp", "unemp"]).params["lp"]
    a, b = first.params["lp"], second.params["lc"]
    error = np.hypot(a * second.std_errors["lc"], b * first.std_errors["lp"])
    (ours,) = mediate(
        states(), Regression("lg", ("lp",), ("unemp",), covariance=IID), ("lc",), draws=0
    ).effects
    return pairs(
        ["a", "b (path)", "direct", "total effect", "ab", "Sobel"],
        [a, b, second.params["lp"], total, a * b, error],
        [ours.a, ours.b, ours.direct, ours.total, ours.indirect, ours.sobel.std_error],
    )


NIST = "tests/unit/regression/test_fit.py"


def polynomial(x: Sequence[str], y: Sequence[object], degree: int) -> Any:
    """Fit a polynomial, each power rounded once from exact arithmetic."""
    index = pd.MultiIndex.from_product([range(len(x)), [0]], names=["entity", "period"])
    powers = {f"x{k}": [float(Fraction(v) ** k) for v in x] for k in range(1, degree + 1)}
    data = pd.DataFrame({"y": [float(Fraction(str(v))) for v in y], **powers}, index=index)
    return fit(data, Regression("y", tuple(powers), effects=(), covariance=IID))


@witness("regressions", "NIST Filip: polynomial of degree 10", "NIST Filip：10 次多项式",
         printed("NIST/ITL StRD, certified values", "NIST/ITL StRD 认证值"), NIST, quick=True,
         note=("The condition number of the design leaves seven digits or so to double precision; the report warns of it.",
               "设计矩阵的条件数使双精度计算只能保留约七位有效数字，报告会就此给出提示。"))  # fmt: skip
def nist_filip() -> list[Number]:
    """Slopes as certified; their condition number leaves 6 to 8 digits to double precision."""
    typed = tomllib.loads((REFERENCE / "econ_nist.toml").read_text(encoding="utf-8"))["filip"]
    found = polynomial(typed["x"], typed["y"], 10)
    return pairs(found.names, map(float, typed["slopes"]), found.estimate)[-len(typed["slopes"]):]  # fmt: skip


@witness("regressions", "NIST Wampler 3 to 5: slopes and errors", "NIST Wampler 3—5：系数与标准误",
         printed("NIST/ITL StRD, certified values", "NIST/ITL StRD 认证值"), NIST, quick=True)  # fmt: skip
def nist_wampler() -> list[Number]:
    """Slopes are 1, whatever the size of the residuals."""
    typed = tomllib.loads((REFERENCE / "econ_nist.toml").read_text(encoding="utf-8"))["wampler"]
    first = [sum(i**k for k in range(6)) for i in range(21)]
    numbers: list[Number] = []
    for name, factor in typed["factors"].items():
        y = [v + factor * int(e) for v, e in zip(first, typed["errors"], strict=True)]
        found = polynomial([str(i) for i in range(21)], y, 5)
        certified = [1.0] * 6 + [factor * float(v) for v in typed["std_errors_wampler3"]]
        labels = [f"{name} {label}" for label in named(found.names, "b", "se")]
        numbers += pairs(labels, certified, [*found.estimate, *found.std_error])
    return numbers


@witness("regressions", "Errors clustered by state, all effects counted (production of the states)",
         "按州聚类的标准误，全部固定效应计入自由度（各州生产函数）", r("sandwich", "clubSandwich"), PANEL_OLS)  # fmt: skip
def clusters_sandwich() -> list[Number]:
    """HC1 of vcovCL and CR1S of clubSandwich, with dummies."""
    script = """
l <- lm(lg ~ lp + lc + le + unemp + factor(entity) + factor(period), d)
pick <- c("lp", "lc", "le", "unemp")
out$a <- sqrt(diag(sandwich::vcovCL(l, cluster = d$entity, type = "HC1")))[pick]
out$b <- sqrt(diag(clubSandwich::vcovCR(l, cluster = d$entity, type = "CR1S")))[pick]
"""
    told = r_witness(states(), script, "sandwich", "clubSandwich")
    ours = production(Covariance("cluster", ("entity",), rule="areg")).std_error
    labels = named(SLOPES, "se (sandwich)", "se (clubSandwich)")
    return pairs(labels, [*told["a"], *told["b"]], [*ours, *ours])


@witness("regressions", "Errors clustered by state, with p-values (production of the states)",
         "按州聚类的标准误及 p 值（各州生产函数）", r("estimatr"), PANEL_OLS)  # fmt: skip
def clusters_estimatr() -> list[Number]:
    """lm_robust with fixed effects: the usual p of Stata's rule, and that of CR2, which judges here."""
    script = """
f <- lg ~ lp + lc + le + unemp
a <- estimatr::lm_robust(f, data = d, fixed_effects = ~ entity + period, se_type = "stata", clusters = entity)
b <- estimatr::lm_robust(f, data = d, fixed_effects = ~ entity + period, se_type = "CR2", clusters = entity)
out$a <- c(a$coefficients, a$std.error, a$p.value, b$p.value)
"""
    told = r_witness(states().reset_index(level=1), script, "estimatr")
    ours = production(Covariance("cluster", ("entity",), rule="areg"))
    labels = named(SLOPES, "b", "se", "usual p", "p by CR2")
    return pairs(labels, told["a"], [*ours.estimate, *ours.std_error, *ours.usual_p, *ours.p_value])


@witness("regressions", "Errors clustered by state, and by state and year (production of the states)",
         "按州聚类、按州与年份双向聚类的标准误（各州生产函数）", python("pyfixest"), PANEL_OLS)  # fmt: skip
def clusters_pyfixest() -> list[Number]:
    """Fit by feols with its own small-sample rule, that of fixest."""
    import pyfixest

    data, formula = states().reset_index(), "lg ~ lp + lc + le + unemp | entity + period"
    one = pyfixest.feols(formula, data=data, vcov={"CRV1": "entity"})
    two = pyfixest.feols(formula, data=data, vcov={"CRV1": "entity + period"})
    ours = production(Covariance("cluster", ("entity",)))
    both = production(Covariance("two_way", ("entity", "period")))
    names = list(SLOPES)
    return pairs(
        named(names, "b", "se (state)", "se (state, year)"),
        [*one.coef()[names], *one.se()[names], *two.se()[names]],
        [*ours.estimate, *ours.std_error, *both.std_error],
    )


@witness("regressions", "Hausman, Breusch-Pagan and F tests of effects (Grunfeld)",
         "Hausman 检验、Breusch—Pagan 检验与固定效应 F 检验（Grunfeld 数据）", r("plm"),
         "tests/unit/regression/diagnostics/test_hausman.py")  # fmt: skip
def tests_plm() -> list[Number]:
    """Statistic and p-value of each test."""
    data = pd.read_csv(DATA / "grunfeld" / "data.csv").rename(
        columns={"firm": "entity", "year": "period"}
    )
    data = data.set_index(["entity", "period"])
    script = """
p <- pdata.frame(d, index = c("entity", "period")); f <- investment ~ value + capital
h <- phtest(f, p); b <- plmtest(plm(f, p, model = "pooling"), type = "bp")
e <- pFtest(plm(f, p, model = "within"), plm(f, p, model = "pooling"))
out$a <- c(h$statistic, h$p.value, b$statistic, b$p.value, e$statistic, e$p.value)
"""
    told = r_witness(data, script, "plm")
    regression = Regression("investment", ("value", "capital"), effects=("entity",))
    contrast = hausman(data, regression).classic
    (multiplier,) = breusch_pagan(data, regression)
    joint = next(test for test in effects_f(data, regression) if test.name == "effects_f")
    ours = [value for test in (contrast, multiplier, joint) for value in (test.value, test.p_value)]
    labels = [f"{name}: {kind}" for name in ("Hausman", "Breusch-Pagan", "F") for kind in ("statistic", "p")]  # fmt: skip
    return pairs(labels, told["a"], ours)
