"""Formulas on the rows of a panel, against values by hand and by pandas."""

from __future__ import annotations

import keyword

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi_core.errors import MissingColumn, OutOfDomain, SpecError, StudyError, Where
from xinzhi_core.formula.evaluate import evaluate
from xinzhi_core.formula.parse import parse
from xinzhi_core.formula.tree import FUNCTIONS
from xinzhi_core.panel.panel import panel_of

INDEX = pd.MultiIndex.from_tuples(
    [("a", 2008), ("a", 2009), ("a", 2011), ("b", 2008), ("b", 2009)], names=["entity", "period"]
)
PANEL = panel_of(
    pd.DataFrame(
        {
            "x": [1.0, 2.0, 4.0, 8.0, np.nan],
            "产值": [2.0, 4.0, 6.0, 8.0, 10.0],
            "人口（万人）": [1.0, 2.0, 3.0, 4.0, 5.0],
            "zero": [0.0, 1.0, 1.0, 1.0, 1.0],
            "组": pd.Series(["u", "u", "u", None, "v"], dtype=object, index=INDEX),
        },
        index=INDEX,
    ),
    rows=(2, 3, 4, 5, 6),
    source="a.csv",
    keys=("城市", "年份"),
)
NAN = np.nan


def value(text):
    return evaluate(parse(text), PANEL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + 1", [2, 3, 5, 9, NAN]),
        ("-x ** 2", [-1, -4, -16, -64, NAN]),
        ("产值 / `人口（万人）`", [2, 2, 2, 2, 2]),
        ("2 * (x - 1) / 4", [0, 0.5, 1.5, 3.5, NAN]),
        ("ln(产值) - ln(2)", np.log([1, 2, 3, 4, 5])),
        ("ln1p(zero)", np.log1p([0, 1, 1, 1, 1])),
        ("lag(x)", [NAN, 1, NAN, NAN, 8]),
        ("lag(x, 2)", [NAN, NAN, 2, NAN, NAN]),
        ("lead(产值)", [4, NAN, NAN, 10, NAN]),
        ("diff(产值)", [NAN, 2, NAN, NAN, 2]),
        ("mean(x, 产值)", [1.5, 3, 5, 8, NAN]),
        ("max(x, 产值, 3)", [3, 4, 6, 8, NAN]),
        ("x - min(x)", [0, 1, 3, 7, NAN]),
        ("x / mean(x)", np.array([1, 2, 4, 8, NAN]) / 3.75),
        ("sqrt(x * x)", [1, 2, 4, 8, NAN]),
        ("abs(-x)", [1, 2, 4, 8, NAN]),
        ("exp(zero) / exp(1)", [np.exp(-1), 1, 1, 1, 1]),
        ("1.5e2", [150] * 5),
        ("x^2", [1, 4, 16, 64, NAN]),
        ("x**2", [1, 4, 16, 64, NAN]),
        ("x²", [1, 4, 16, 64, NAN]),
        ("2^3^2", [512] * 5),
        ("-x^2", [-1, -4, -16, -64, NAN]),
        ("I(x^2)", [1, 4, 16, 64, NAN]),
        ("x:产值", [2, 8, 24, 64, NAN]),
        ("x × 产值", [2, 8, 24, 64, NAN]),
        ("L1.x", [NAN, 1, NAN, NAN, 8]),
        ("L.x", [NAN, 1, NAN, NAN, 8]),
        ("L0.x", [1, 2, 4, 8, NAN]),
        ("l(x, 2)", [NAN, NAN, 2, NAN, NAN]),
        ("L2.x", [NAN, NAN, 2, NAN, NAN]),
        ("F1.产值", [4, NAN, NAN, 10, NAN]),
        ("D.产值", [NAN, 2, NAN, NAN, 2]),
        ("D2.产值", [NAN, NAN, 2, NAN, NAN]),
        ("L1.(x * 产值)", [NAN, 2, NAN, NAN, 64]),
        ("log(产值)", np.log([2, 4, 6, 8, 10])),
        ("x > 2", [0, 0, 1, 1, NAN]),
        ("x >= 2", [0, 1, 1, 1, NAN]),
        ("x ≥ 2", [0, 1, 1, 1, NAN]),
        ("x < 2", [1, 0, 0, 0, NAN]),
        ("x <= 2", [1, 1, 0, 0, NAN]),
        ("x == 2", [0, 1, 0, 0, NAN]),
        ("x != 2", [1, 0, 1, 1, NAN]),
        ("1 < x <= 4", [0, 1, 1, 0, NAN]),
        ("not x > 2", [1, 1, 0, 0, NAN]),
        ("x > 2 and 产值 > 6", [0, 0, 0, 1, NAN]),
        ("x > 2 or 产值 < 3", [1, 0, 1, 1, NAN]),
        ("x > 2 or 产值 > 0", [1, 1, 1, 1, NAN]),
        ("x < 0 and 产值 > 0", [0, 0, 0, 0, NAN]),
        ("x in (1, 8)", [1, 0, 0, 1, NAN]),
        ("x not in (1, 8)", [0, 1, 1, 0, NAN]),
        ("组 == 'u'", [1, 1, 1, NAN, 0]),
        ("组 in ('v', 'w')", [0, 0, 0, NAN, 1]),
        ('组 != "u"', [0, 0, 0, NAN, 1]),
        ("period >= 2009", [0, 1, 1, 0, 1]),
        ("年份 >= 2009", [0, 1, 1, 0, 1]),
        ("entity == 'a'", [1, 1, 1, 0, 0]),
        ("(period >= 2009) * x", [0, 2, 4, 0, NAN]),
        ("（年份 ＞＝ 2009） and 组 in （‘u’，‘v’）", [0, 1, 1, NAN, 1]),
        ("ｘ＋１", [2, 3, 5, 9, NAN]),
        ("x + x + x - x * 2 / 2 * 1", [2, 4, 8, 16, NAN]),
    ],
)
def test_arithmetic_is_what_it_says(text, expected):
    """Each form has the value that it has on paper; missing stays missing."""
    np.testing.assert_allclose(value(text), expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "code", "rows", "column"),
    [
        ("ln(zero)", "derive.log_nonpositive", [2], "zero"),
        ("ln(zero - 1)", "derive.log_nonpositive", [2, 3, 4, 5, 6], "ln(zero - 1)"),
        ("ln1p(zero - 1)", "derive.log_nonpositive", [2], "ln1p(zero - 1)"),
        ("x / zero", "derive.division_by_zero", [2], "zero"),
        ("zero ** -1", "derive.division_by_zero", [2], "zero"),
        ("sqrt(1 - 产值)", "derive.root_negative", [2, 3, 4, 5, 6], "sqrt(1 - 产值)"),
        ("(1 - 产值) ** 0.5", "derive.power", [2, 3, 4, 5, 6], "(1 - 产值) ** 0.5"),
        ("exp(1000 * zero)", "derive.overflow", [3, 4, 5, 6], "exp(1000 * zero)"),
        ("1e308 * 产值", "derive.overflow", [2, 3, 4, 5, 6], "1e308 * 产值"),
    ],
)
def test_what_is_not_defined_names_its_rows(text, code, rows, column):
    """No infinity and no NaN is made silently: every row is named."""
    with pytest.raises(OutOfDomain) as caught:
        value(text)
    assert caught.value.code == code
    assert [p.where.row for p in caught.value.problems] == rows
    assert caught.value.problems[0].where.column == column


def test_names_and_functions_that_do_not_exist_get_the_nearest():
    """A slip is answered with what was meant."""
    with pytest.raises(MissingColumn):
        value("x + y")
    with pytest.raises(SpecError, match="did you mean 'ln1p'"):
        value("ln1pp(x)")
    with pytest.raises(SpecError, match="组 is text"):
        value("组 + 1")


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("组 > 1", "expression.type", "组 is text and is compared with the number 1"),
        ("x == 'u'", "expression.type", "'u' is text and is compared with the number x"),
        ("年份 == '2009'", "expression.type", "is compared with the number 年份"),
        ("组 < 'v'", "expression.type", "Texts have no order"),
        ("i(组) + 1", "expression.type", "several columns"),
        ("x and 产值 > 1", "derive.condition", "2.0 is neither 0 nor 1"),
        ("组 == u", "data.missing_column", "'u' is a value of '组'"),
        ("组 in (u, v)", "expression.syntax", "without quotation marks"),
        ("x = 2", "expression.syntax", "write =="),
        ("x > 1 & x < 3", "expression.syntax", "write `and`"),
        ("x > 1 | x < 3", "expression.syntax", "write `or`"),
        ("x == 'u", "expression.syntax", "close the text"),
        ("x +", "expression.syntax", "ends too early"),
        ("(x", "expression.syntax", "')' is missing"),
        ("L1.", "expression.syntax", "character 3"),
        ("人口（万人）", "expression.function", "between backquotes"),
        ("x" * 10_000, "expression.syntax", "10000 characters"),
        ("(" * 60 + "x" + ")" * 60, "expression.syntax", "nested too deeply"),
    ],
)
def test_a_mistake_says_what_where_and_what_to_write(text, code, words):
    """Nothing is guessed: a formula that has no meaning for these columns says why."""
    with pytest.raises(StudyError) as caught:
        value(text)

    assert caught.value.code == code
    assert words in str(caught.value)


def test_a_mistake_in_a_text_of_its_own_has_its_character_as_position():
    """Without a file, the position is that of the character; in a file, the place is that of the file."""
    where = Where(file="study.yaml", line=12, position=5)
    with pytest.raises(SpecError) as alone:
        parse("x + ?")
    with pytest.raises(SpecError) as inside:
        parse("x + ?", where=where)

    assert alone.value.problems[0].where.position == 5
    assert inside.value.problems[0].where == where
    assert "character 5 of the formula" in str(inside.value)


def test_lags_need_periods():
    """A cross-section has no year before."""
    frame = pd.DataFrame(
        {"x": [1.0]}, index=pd.MultiIndex.from_tuples([("a", 0)], names=["entity", "period"])
    )
    with pytest.raises(SpecError):
        evaluate(parse("lag(x)"), panel_of(frame, has_periods=False))


FRAGMENTS = [
    "__import__('os').system('touch PWNED')",
    "x.__class__.__bases__",
    "[x for x in (1,)]",
    "lambda: x",
    "x if x else x",
    "x := 1",
    "x[0]",
    "{x: 1}",
    "f'{x}'",
    "'a' * 10",
    "x and x",
    "x @ x",
    "x // 2",
    "x % 2",
    "x << 2",
    "~x",
    "*x",
    "**x",
    "mean(*x)",
    "ln(x=1)",
    "ln(ln)(x)",
    "eval(x)",
    "exec(x)",
    "open(x)",
    "getattr(x, y)",
    "print(x)",
    "await x",
    "yield x",
    "...",
    "1j",
    "0x10",
    "1_0",
    "True",
    "None",
    "x; y",
    "x\\\n+y",
    "x # y",
    "import os",
    "del x",
    "9e999",
    "lag(x, 0)",
    "lag(x, -1)",
    "lag(x, 1.5)",
    "lag(x, x)",
    "lag()",
    "ln(x, x)",
    "mean()",
    "quoted_0 + x",
    "`",
    "``",
    "x y",
    "2x",
    "1if x",
    "(",
    ")",
    "()",
    "(x, x)",
    "x,",
    "",
    " ",
]


@pytest.mark.parametrize("text", FRAGMENTS)
def test_what_is_no_arithmetic_is_refused(text):
    """Python that is more than arithmetic does not parse."""
    with pytest.raises(StudyError):
        value(text)


@pytest.mark.long
def test_ten_thousand_hostile_expressions_are_refused():
    """Whatever is put around, before or after arithmetic: code never parses."""
    chance = np.random.default_rng(20250429)
    words = [word for word in keyword.kwlist if word.isalpha()]
    carriers = ["{0}", "x + {0}", "ln({0})", "mean(x, {0})", "({0}) * 2", "-{0}", "{0} / x"]
    hostile = [text for text in FRAGMENTS if text.strip() and text not in {"x,", ")", "("}]
    for _ in range(10_000):
        bad = hostile[chance.integers(len(hostile))]
        if chance.random() < 0.3:
            bad = f"x {words[chance.integers(len(words))]} {bad}"
        text = bad
        for _ in range(chance.integers(3)):
            text = carriers[chance.integers(len(carriers))].format(text)
        with pytest.raises(StudyError):
            value(text)


@pytest.mark.long
@settings(max_examples=300)
@given(st.text(alphabet="x产ln1p(),.+-*/ 0123e`'\"[]{}:=_@%&|~\\\n#", max_size=40))
def test_any_text_is_refused_or_gives_a_number_per_row(text):
    """There is no third way: an error of ours, or five floats that are not infinite."""
    try:
        result = value(text)
    except StudyError:
        return
    assert result.shape == (5,)
    assert not np.isinf(result).any()


def test_deep_and_long_expressions_are_refused_not_crashed_upon():
    """Neither recursion nor length brings the program down."""
    for text in ("(" * 900 + "x" + ")" * 900, "-" * 1500 + "x", "x" + "^x" * 900, "x" * 10_000):
        with pytest.raises(StudyError):
            value(text)


FRAME = PANEL.frame.reset_index()


def lag_by_merging(values):
    """Look the value of the year before up by its key."""
    key = FRAME.assign(v=values)[["entity", "period", "v"]]
    key["period"] += 1
    return FRAME.merge(key, on=["entity", "period"], how="left")["v"]


BINARY = {"+": pd.Series.add, "-": pd.Series.sub, "*": pd.Series.mul}
UNARY = {"abs": pd.Series.abs, "lag": lag_by_merging, "diff": lambda v: v - lag_by_merging(v)}


def expressions(depth=3):
    """Draw pairs of a text and its value by pandas."""
    columns = st.sampled_from(["x", "产值"]).map(lambda name: (name, FRAME[name]))
    numbers = st.integers(1, 99).map(lambda n: (f"{n / 8}", pd.Series([n / 8] * 5)))
    leaf = st.one_of(columns, numbers)
    if depth == 0:
        return leaf
    inner = expressions(depth - 1)
    binary = st.tuples(inner, st.sampled_from("+-*"), inner).map(
        lambda p: (f"({p[0][0]} {p[1]} {p[2][0]})", BINARY[p[1]](p[0][1], p[2][1]))
    )
    call = st.tuples(st.sampled_from(list(UNARY)), inner).map(
        lambda p: (f"{p[0]}({p[1][0]})", UNARY[p[0]](p[1][1]))
    )
    return st.one_of(leaf, binary, call)


@settings(max_examples=60)
@given(expressions())
def test_an_expression_agrees_with_pandas(pair):
    """The oracle builds the same value with pandas, lags by looking up keys."""
    text, expected = pair
    np.testing.assert_allclose(value(text), expected, rtol=1e-12)


def test_every_function_of_the_list_is_tested_here():
    """The list of functions is the contract of the study file."""
    assert set(FUNCTIONS) == {
        *("ln", "ln1p", "exp", "sqrt", "abs"),
        *("lag", "lead", "diff", "mean", "min", "max"),
    }
