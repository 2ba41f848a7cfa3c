"""What convergence and inequality say of their data: whole sentences, in both languages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi_core.wording import say
from xinzhi_econometrics.space.convergence import beta
from xinzhi_econometrics.space.inequality import theil

INDEX = pd.MultiIndex.from_product(
    [[f"e{i}" for i in range(30)], range(2001, 2007)], names=["entity", "period"]
)
SCORES = pd.Series(np.exp(np.random.default_rng(3).normal(size=180)), INDEX, name="score")
HALVES = pd.Series({f"e{i}": "ab"[i % 2] for i in range(30)})
CASES = {
    "entity effects": (
        lambda: beta(SCORES, form="panel", effects=["entity", "period"]),
        "With entity effects beta is biased towards convergence where periods are few (Nickell 1981).",
        "含个体固定效应且时期较少时，β 会偏向收敛（Nickell 1981）。",
    ),
    "a period without a group": (
        lambda: theil(SCORES.drop(2003, level="period").reindex(INDEX[INDEX.codes[0] != 7].union([("e7", 2003)])).fillna({("e7", 2003): 1.0}), HALVES.drop("e7")),
        "In 2003 no entity of a group has a score.",
        "时期 2003 没有任何已分组个体具有得分。",
    ),
    "a group of one": (
        lambda: theil(SCORES, HALVES.where(HALVES.index != "e3", "c")),
        "Group c has a single member with a score: inequality within it is 0 by definition.",
        "“c”组只有一个有得分的成员：组内不平等按定义为 0。",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_of_the_scores(name):
    """The place and the names, as the notice gives them."""
    compute, english, chinese = CASES[name]

    notices = compute().notices

    assert [say(one.text, "en") for one in notices].count(english) == 1
    assert [say(one.text, "zh") for one in notices].count(chinese) == 1
