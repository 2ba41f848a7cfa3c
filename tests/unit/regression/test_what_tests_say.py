"""Why a diagnostic test does not apply, and what a covariance stands on: whole sentences, in both languages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_core.wording import say

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
