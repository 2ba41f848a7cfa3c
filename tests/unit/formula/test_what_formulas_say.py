"""What is said of formulas that cannot be read, in both languages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from told import told

CHANCE = np.random.default_rng(2)
FRAME = pd.DataFrame(
    CHANCE.integers(1, 6, (40, 3)) + CHANCE.integers(0, 2, (40, 3)) / 2,
    pd.MultiIndex.from_product([list("ABCDEFGH"), range(2001, 2006)], names=["city", "year"]),
    ["x", "z", "y"],
)
REFUSED = {
    "i(1)": (
        (
            "i() takes the name of a column. (character 3 of the formula: i(1))\n  where: column 3\n"
            "  remedy: write i(region), or i(region, ref='East') to choose the base."
        ),
        (
            "i() 的括号内是列名。（公式第 3 个字符：i(1)）\n  位置：第 3 列\n"
            "  办法：请写 i(region)；选择基准组写 i(region, ref='East')。"
        ),
    ),
    "x$z": (
        (
            "'$' is not allowed here. (character 2 of the formula: x$z)\n  where: column 2\n"
            "  remedy: name the column alone."
        ),
        "此处不允许出现“$”。（公式第 2 个字符：x$z）\n  位置：第 2 列\n  办法：只写列名。",
    ),
    "x in (1, z)": (
        (
            "'z' stands among values without quotation marks. (character 10 of the formula: x in (1, z))\n"
            "  where: column 10\n  remedy: write 'z' with quotation marks, as a text."
        ),
        (
            "“z”在取值列表中没有加引号。（公式第 10 个字符：x in (1, z)）\n  位置：第 10 列\n"
            "  办法：请写成加引号的文本：'z'。"
        ),
    ),
    "x in (1, -'a')": (
        "A list holds numbers and texts. (character 10 of the formula: x in (1, -'a'))",
        "",
    ),
}
"""Formula -> what is said in English and Chinese."""


@pytest.mark.parametrize("formula", REFUSED)
def test_a_formula_that_cannot_be_read_says_where_and_what_to_write(formula):
    """The character is that of the formula, and what the remedy shows can be copied."""
    english, chinese = REFUSED[formula]
    assert english in told(lambda: xz.fit(FRAME, f"y ~ {formula}"))
    assert chinese in told(lambda: xz.fit(FRAME, f"y ~ {formula}"), "zh")
