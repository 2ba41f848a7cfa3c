"""Why a diagnostic test does not apply, and what a covariance stands on: whole sentences, in both languages."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi.analyses.mediation.compute import sobel
from xinzhi_core.errors import DataError, StudyError
from xinzhi_core.wording import Message, say
from xinzhi_econometrics.lags import lag

ENTITIES = [f"e{i}" for i in range(30)]


def panel(n_periods: int, **more: Any) -> pd.DataFrame:
    """Give a panel of thirty entities with random numbers, and columns that are functions of it."""
    chance = np.random.default_rng(3)
    index = pd.MultiIndex.from_product(
        [ENTITIES, range(2001, 2001 + n_periods)], names=["city", "year"]
    )
    frame = pd.DataFrame(chance.normal(size=(len(index), 3)), index, ["x", "z", "y"])
    return frame.assign(**more)


def of_one_mean(frame: pd.DataFrame) -> pd.Series:
    """Give a column that differs from x, but has the means of x in all entities."""
    return frame["x"] + frame["z"] - frame.groupby("city")["z"].transform("mean")


CASES: dict[str, tuple[str, pd.DataFrame, dict[str, Any], str, str]] = {
    "two periods for correlation between entities": (
        "cross_section_dependence",
        panel(2),
        {},
        "no two entities share 3 periods.",
        "没有两个个体同时具有 3 个共同时期。",
    ),
    "two periods for serial correlation": (
        "serial_correlation",
        panel(2),
        {},
        "too few entities have three periods in a row.",
        "连续三期有数据的个体过少。",
    ),
    "two periods for a unit root": (
        "unit_root",
        panel(2),
        {},
        "fewer than two entities or four periods.",
        "个体少于两个或时期少于四期。",
    ),
    "a unit root of what does not change": (
        "unit_root",
        panel(6, y=lambda f: f.groupby("city")["y"].transform("first")),
        {"effects": ["period"]},
        "'y' does not change within entities.",
        "“y”在个体内部不随时间变化。",
    ),
    "means that are all one": (
        "mundlak",
        panel(6, w=of_one_mean),
        {"regressors": ["x", "w"]},
        "the means of the regressors are collinear between entities.",
        "各个体的解释变量均值之间共线。",
    ),
    "means that are rounding": (
        "mundlak",
        panel(6, x=lambda f: f["x"] - f.groupby("city")["x"].transform("mean")),
        {},
        "the means of the regressors are collinear between entities.",
        "各个体的解释变量均值之间共线。",
    ),
    "effects within effects": (
        "effects_f",
        panel(6, g=lambda f: f.index.get_level_values("city").str.len()),
        {"effects": ["entity", "g"]},
        "The effects g are contained in the others.",
        "g 效应已包含在其他固定效应之中。",
    ),
}
"""Why a test does not apply -> the test, the data, options of the call, and what is said in English and Chinese."""


@pytest.mark.parametrize("name", CASES)
def test_a_test_that_does_not_apply_says_why(name):
    """There is no statistic and no verdict, but a reason."""
    test, data, options, english, chinese = CASES[name]
    asked = {"effects": ["entity"], "regressors": ["x"], **options}
    found = xz.diagnose(data, outcome="y", tests=test, **asked)
    reasons = [s.reason for one in found.tests for s in one.statistics if hasattr(s, "reason")]
    assert english in [say(reason, "en") for reason in reasons]
    assert chinese in [say(reason, "zh") for reason in reasons]


def test_a_constant_column_has_no_vif_and_is_named():
    """The other columns have theirs."""
    found = xz.vif(panel(4, c=1.0), outcome="y", regressors=["x", "c"])
    assert [(say(one.text, "en"), say(one.text, "zh")) for one in found.notices] == [
        ("No VIF for constant columns: c.", "常数列没有 VIF：c。")
    ]


def test_a_gap_in_the_sample_is_said_of_driscoll_kraay():
    """Two programs treat both sides of a gap as adjacent: whoever compares is told."""
    data = panel(8).drop(index=2004, level="year")
    found = xz.fit(data, outcome="y", regressors=["x"], covariance="driscoll_kraay")
    assert (
        "Periods are missing inside the sample: the weights of Driscoll-Kraay standard errors follow the distance "
        "in time. Stata's xtscc and R's fixest and plm treat both sides of a gap as adjacent."
    ) in [say(one.text, "en") for one in found.notices]
    assert (
        "样本期中间缺少若干时期：Driscoll-Kraay 标准误的权重按实际时间间隔计算。"
        "Stata 的 xtscc 以及 R 的 fixest 和 plm 则把缺口两侧视为相邻时期。"
    ) in [say(one.text, "zh") for one in found.notices]


def test_the_choice_says_that_the_test_of_random_effects_does_not_exist():
    """A regressor that was centred by entity has no means to test: no verdict rests on their rounding."""
    data = panel(6, x=lambda f: f["x"] - f.groupby("city")["x"].transform("mean"))
    found = xz.diagnose(data, outcome="y", regressors=["x"], tests="hausman", effects=["entity"])
    why = "the means of the regressors are collinear between entities."
    assert say(found.tests[0].verdict, "en") == f"Random effects could not be tested: {why}"
    assert say(found.tests[0].verdict, "zh") == "无法检验随机效应：各个体的解释变量均值之间共线。"


def beside(frame: pd.DataFrame) -> pd.Series:
    """Give what the columns z and a do not explain of w."""
    outside = np.column_stack([np.ones(len(frame)), frame["z"], frame["a"]])
    return frame["w"] - outside @ np.linalg.lstsq(outside, frame["w"], rcond=None)[0]


def wide(**more: Any) -> pd.DataFrame:
    """Give a panel of thirty entities over six years with seven columns of random numbers."""
    chance = np.random.default_rng(4)
    names = ["w", "a", "b", "c"]
    return panel(6).assign(**{name: chance.normal(size=180) for name in names}).assign(**more)


FOUR = ["z", "a", "b", "c"]
FITS: dict[str, tuple[pd.DataFrame, dict[str, Any], str, str]] = {
    "Driscoll-Kraay as Stata counts": (
        panel(6),
        {"covariance": {"driscoll_kraay": 1}, "rule": "stata", "effects": ["entity"]},
        (
            "Driscoll-Kraay, Bartlett weights, lag 1: T/(T-1)·(N-1)/(N-K) as xtscc, K leaves out the "
            "entities"
        ),
        (
            "Driscoll-Kraay 标准误，Bartlett 权重，滞后 1 期：T/(T-1)·(N-1)/(N-K)，同 xtscc，"
            "K 不计个体固定效应"
        ),
    ),
    "Driscoll-Kraay with all effects": (
        panel(6),
        {"covariance": {"driscoll_kraay": 1}, "rule": "areg", "effects": ["entity"]},
        ("Driscoll-Kraay, Bartlett weights, lag 1: T/(T-1)·(N-1)/(N-K), K counts all effects"),
        "Driscoll-Kraay 标准误，Bartlett 权重，滞后 1 期：T/(T-1)·(N-1)/(N-K)，K 计入全部固定效应",
    ),
    "Driscoll-Kraay of a logit": (
        panel(6, y=lambda f: 1 / (1 + np.exp(-f["y"]))),
        {"covariance": {"driscoll_kraay": 1}, "estimator": "fractional_logit", "effects": []},
        (
            "Driscoll-Kraay, Bartlett weights, lag 1: T/(T-1)·(N-1)/(N-K), K counts all coefficients, "
            "dummies included"
        ),
        (
            "Driscoll-Kraay 标准误，Bartlett 权重，滞后 1 期：T/(T-1)·(N-1)/(N-K)，K 计入全部系数，"
            "含虚拟变量"
        ),
    ),
    "errors that the regressor widens": (
        pd.DataFrame({"x": np.arange(100.0)}).assign(
            y=lambda f: f["x"] * (1 + 0.9 * (-1) ** f["x"]), city=[f"c{i}" for i in range(100)]
        ),
        {"covariance": "iid", "effects": [], "entity": "city"},
        (
            "Standard errors: the variance of the errors changes with the regressors (Breusch-Pagan "
            "test, p < 0.05), which these standard errors do not allow for. "
            "Heteroskedasticity-robust standard errors (HC1) would."
        ),
        (
            "标准误：误差方差随解释变量变化（Breusch-Pagan 检验，p < 0.05），所列标准误未考虑这一点。"
            "异方差稳健标准误（HC1）可予考虑。"
        ),
    ),
    "entities of one year each": (
        panel(6).iloc[[6 * i + i % 6 for i in range(30)]],
        {"covariance": "hc1", "effects": []},
        "too few entities have two periods in a row.",
        "拥有连续两个时期的个体太少。",
    ),
    "a control that the effects nearly hold": (
        panel(6, z=lambda f: f.index.codes[0] + 1e-7 * f["z"]),
        {"controls": ["z"], "effects": ["entity"]},
        (
            "Within the effects only {share} of the standard deviation of 'z' is left: its slope rests "
            "on rounding or on very few rows."
        ),
        "扣除固定效应后，“z”的标准差只剩 {share}：其系数依赖于舍入误差或极少数行。",
    ),
    "two weak endogenous regressors": (
        wide(),
        {"regressors": ["x", "w"], "instruments": {"x": FOUR, "w": FOUR}, "covariance": "iid"},
        (
            "The instruments may be weak: Cragg-Donald F {f}, critical value 16.9 (Stock and Yogo, "
            "size 10%, iid errors). No stars are given; see the joint Anderson-Rubin test."
        ),
        (
            "工具变量可能较弱：Cragg-Donald F 为 {f}，临界值为 16.9（Stock-Yogo，检验水平10%，"
            "误差独立同分布）。不标注星号，请看联合 Anderson-Rubin 检验。"
        ),
    ),
    "a set of two endogenous regressors": (
        wide(),
        {"regressors": ["x", "w"], "instruments": {"x": FOUR, "w": FOUR}, "covariance": "iid"},
        "the set is computed for one endogenous regressor only.",
        "置信集只在仅有一个内生解释变量时计算。",
    ),
    "J of two-way errors": (
        wide(),
        {"instruments": {"x": ["z", "a"]}, "covariance": {"two_way": ["entity", "period"]}},
        "J is computed for iid, hc1 and one-way clustered errors.",
        "J 统计量只在 iid、hc1 和单向聚类标准误下计算。",
    ),
    "an F of other errors": (
        wide(),
        {"instruments": {"x": ["z", "a"]}, "covariance": {"two_way": ["entity", "period"]}},
        "its distribution depends on the standard errors; compare it with its critical value.",
        "其分布取决于标准误的设定，请与临界值对照。",
    ),
    "instruments that move one of two": (
        wide(w=beside),
        {
            "regressors": ["x", "w"],
            "instruments": {"x": ["z", "a"], "w": ["z", "a"]},
            "effects": [],
        },
        (
            "The instruments do not explain x, w independently.\n"
            "  where: column 'x'\n"
            "  remedy: use other instruments, or treat fewer regressors as endogenous."
        ),
        (
            "工具变量不能独立地解释 x, w。\n"
            "  位置：列“x”\n"
            "  办法：请更换工具变量，或减少内生解释变量。"
        ),
    ),
}
"""What a fit says of its errors, tests and instruments -> data, options, and the sentence in both languages."""


def sentences_of(told: object) -> list[Any]:
    """List the sentences in a result: of the rule, the notices, the tests."""
    if is_dataclass(told) and not isinstance(told, (Message, type)):
        return sentences_of([getattr(told, field.name) for field in fields(told)])
    if isinstance(told, (list, tuple)):
        return [one for each in told for one in sentences_of(each)]
    return [told] if isinstance(told, (str, Message)) else []


@pytest.mark.parametrize("name", FITS)
def test_what_a_fit_says(name):
    """In the rule of its errors, a notice, a reason, or the error with its place."""
    data, options, *expected = FITS[name]
    asked = {"outcome": "y", "regressors": ["x"], "effects": ["entity"], **options}
    try:
        found = xz.fit(data, **asked)
        estimates = getattr(found, "estimates", found)
        said = sentences_of([found, estimates.notices, estimates.error_tests])
        told = {language: [say(one, language) for one in said] for language in ("en", "zh")}
    except StudyError as error:
        told = {language: [error.in_words(language)] for language in ("en", "zh")}

    for sentence, language in zip(expected, ("en", "zh"), strict=True):
        pattern = re.sub(r"\\{\w+\\}", "[0-9.e-]+", re.escape(sentence))
        assert any(re.fullmatch(pattern, line) for line in told[language]), told[language]


def test_the_variance_of_a_product_that_is_negative():
    """Goodman's variance subtracts: both paths within their errors leave nothing."""
    tests = sobel(0.1, 0.5, 0.1, 0.5)
    assert say(tests.goodman.reason, "en") == "the variance of ab is not positive."
    assert say(tests.goodman.reason, "zh") == "ab 的方差不为正。"


def test_periods_that_are_no_whole_numbers_have_no_lag():
    """Which period is the one before nobody knows."""
    data = panel(3).rename(index=lambda year: year + 0.5, level="year")
    with pytest.raises(DataError) as raised:
        lag(data, ("x",), 1)
    assert raised.value.in_words("en") == (
        "Periods must be whole numbers to be lagged.\n"
        "  remedy: use years, or months numbered through, as the period."
    )
    assert raised.value.in_words("zh") == (
        "只有时期为整数时才能取滞后。\n  办法：请以年份或连续编号的月份作为时期。"
    )
