"""What is said of options and rows that no frontier, index or interval takes: whole sentences, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from told import told
from xinzhi_frontier.productivity.index import cumulated

CHANCE = np.random.default_rng(1)
FRAME = pd.DataFrame(
    CHANCE.uniform(1, 5, (40, 2)).round(2),
    pd.MultiIndex.from_product([list("ABCDEFGH"), range(2001, 2006)], names=["city", "year"]),
    ["x", "y"],
)
ROLES: dict[str, Any] = {"inputs": ["x"], "good_outputs": ["y"]}
INTERVAL = ROLES | {"measure": "radial", "orientation": "input", "seed": 1, "draws": 100}


def score(**options: Any) -> Callable[[], object]:
    """Measure efficiency with options."""
    return lambda: xz.evaluate(FRAME, **(ROLES | options))


def interval(**options: Any) -> Callable[[], object]:
    """Ask for intervals of scores with options."""
    groups = [*"ab"] * 20 if "group" in options else FRAME["x"] + FRAME["y"]
    frame = FRAME.assign(g=groups)
    return lambda: xz.bootstrap_scores(frame, **(INTERVAL | options))


def index() -> Any:
    """Measure the Malmquist index."""
    return xz.productivity(FRAME, index="malmquist", **ROLES)


def without_input() -> object:
    """Measure rows of which the first uses nothing."""
    frame = FRAME.copy()
    frame.iloc[0, 0] = 0.0
    return xz.evaluate(frame, measure="radial", orientation="input", **ROLES)


DIRECTION = "a direction is finite and not negative; it improves every variable."
KNOWN = "efficiency_change, pure_efficiency_change, scale_change, technical_change, value"
ELSE = ", or ask for the sensitivity to the sample."
CASES: dict[str, tuple[Callable[[], object], str, str]] = {
    "a column in two roles": (
        score(good_outputs=["x"]),
        "Column 'x' has two roles.\n  remedy: name each column once among inputs, good and bad outputs.",
        "列“x”被指定了两种角色。\n  办法：每一列只能在投入、期望产出、非期望产出中出现一次。",
    ),
    "no input": (
        score(inputs=[]),
        (
            "A measure needs at least one input and one good output.\n"
            "  remedy: name columns as inputs and as good outputs."
        ),
        "效率测度至少需要一个投入和一个期望产出。\n  办法：请指定作为投入和期望产出的列。",
    ),
    "an epsilon above 1": (
        score(measure="epsilon_based", epsilon=2),
        "epsilon is 2.\n  where: epsilon\n  remedy: it lies between 0 (radial) and 1 (slacks).",
        "ε 为 2。\n  位置：epsilon\n  办法：ε 取值在 0（径向）与 1（松弛）之间。",
    ),
    "a direction of no column": (
        score(measure="directional", direction={"q": 1}),
        "The direction 'q' belongs to no input or output.\n  where: direction\n  remedy: known: x, y.",
        "方向向量中的“q”不是任何投入或产出。\n  位置：direction\n  办法：可用：x, y。",
    ),
    "a direction backwards": (
        score(measure="directional", direction={"x": -1, "y": 1}),
        f"The direction of 'x' is -1.\n  where: direction\n  remedy: {DIRECTION}",
        "“x”的方向为 -1。\n  位置：direction\n  办法：方向须为有限的非负数，表示各变量的改进方向。",
    ),
    "a direction of zeros": (
        score(measure="directional", direction={"x": 0, "y": 0}),
        (
            "The direction is 0 for every variable.\n  where: direction\n"
            "  remedy: give at least one variable a number."
        ),
        "所有变量的方向均为 0。\n  位置：direction\n  办法：请至少为一个变量给出数值。",
    ),
    "a row without input": (
        without_input,
        (
            "The row produces without any input.\n  where: row 0, A, 2001\n"
            "  remedy: correct the row or leave it out: no frontier exists with it."
        ),
        (
            "该行没有任何投入却有产出。\n  位置：第 0 行，A，2001\n"
            "  办法：请修正或剔除该行：含有它时前沿面不存在。"
        ),
    ),
    "a base that no pair has": (
        lambda: cumulated(index(), base=1990),
        (
            "The base period 1990 is not among the periods of the index.\n  where: base\n"
            "  remedy: choose one from 2001 to 2005."
        ),
        "指数的时期中没有基期 1990。\n  位置：base\n  办法：请在 2001 至 2005 之间选择。",
    ),
    "a component that is none": (
        lambda: cumulated(index(), "nope"),
        f"The index malmquist has no component 'nope'.\n  where: component\n  remedy: known: {KNOWN}.",
        f"指数 malmquist 没有“nope”这一分解项。\n  位置：component\n  办法：可用：{KNOWN}。",
    ),
    "draws from frontiers of groups": (
        interval(reference="group", group="g", resampling="smoothed"),
        (
            "The smoothed bootstrap has no frontiers of groups.\n  where: reference\n"
            "  remedy: use the resampling 'subsampling'."
        ),
        "平滑自助法不支持分组前沿。\n  位置：reference\n  办法：请使用重抽样方法“subsampling”。",
    ),
    "intervals on a base period": (
        interval(reference="base", base_period=2001),
        (
            "No confidence interval is known for a frontier of a base period: rows of other periods join it for "
            f"their own score.\n  where: reference\n  remedy: use another reference{ELSE}"
        ),
        (
            "以某一基期为前沿时没有已知的置信区间：其他时期的行在计算自身得分时会加入该前沿。\n"
            "  位置：reference\n  办法：请使用其他参考集，或改为计算对样本的敏感性。"
        ),
    ),
    "intervals on chosen rows": (
        interval(reference="rows"),
        (
            "No confidence interval is known for a frontier of chosen rows: they are not a sample.\n"
            f"  where: reference\n  remedy: use another reference{ELSE}"
        ),
        (
            "前沿由指定的行构成时没有已知的置信区间：这些行不是样本。\n"
            "  位置：reference\n  办法：请使用其他参考集，或改为计算对样本的敏感性。"
        ),
    ),
    "intervals under generalised returns": (
        interval(returns_to_scale=(0.8, 1.2)),
        (
            "No confidence interval is known under generalised returns to scale: the rate of convergence is known "
            "for constant and variable returns only.\n  where: returns_to_scale\n"
            f"  remedy: use constant or variable returns to scale{ELSE}"
        ),
        (
            "在广义规模报酬下没有已知的置信区间：只有规模报酬不变和可变时的收敛速度已知。\n"
            "  位置：returns_to_scale\n  办法：请使用规模报酬不变或可变的设定，或改为计算对样本的敏感性。"
        ),
    ),
    "intervals under weak disposability": (
        interval(good_outputs=["g"], bad_outputs=["y"], disposability="weak"),
        "No confidence interval is known for weakly disposable bad outputs: the limiting distribution is known under strong disposability only.\n  where: disposability\n  remedy: use strong disposability, or ask for the sensitivity to the sample.",
        "  位置：disposability\n  办法：请使用强可处置性，或改为计算对样本的敏感性。",
    ),
    "intervals of slacks": (
        interval(measure="sbm", orientation="none"),
        (
            "No confidence interval is known for this measure: the limiting distribution is known for radial and "
            "directional scores only, not for measures of slacks or super-efficiency.\n  where: measure\n"
            f"  remedy: use measure radial or directional{ELSE}"
        ),
        "",
    ),
}
"""What was asked for -> the call, and what is said in English and Chinese."""


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_measured_is_said_in_both_languages(name):
    """The option or row is named, and the remedy is one that this very option takes."""
    door, english, chinese = CASES[name]
    assert told(door) == english
    assert chinese in told(door, "zh")
