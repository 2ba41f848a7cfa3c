"""Formulas in Python and on the command line: the numbers of columns made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import call
from xinzhi_core.errors import StudyError
from xinzhi_core.formula.parse import read_regression


@pytest.fixture
def cities():
    """Thirty cities of five provinces over eight years, rows in no order."""
    rng = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([range(30), range(2010, 2018)], names=["i", "year"])
    d = index.to_frame(index=False)
    d["city"] = [f"c{i:02d}" for i in d["i"]]
    d["province"] = [list("abcde")[i % 5] for i in d["i"]]
    d["talent"], d["tech"], d["z"] = rng.normal(size=(3, len(d)))
    d["green"] = d.talent + 0.3 * d.talent**2 - d.tech + rng.normal(size=len(d))
    return d.drop(columns="i").sample(frac=1.0, random_state=1).reset_index(drop=True)


def lagged(d, column):
    before = d[["city", "year", column]].assign(year=d["year"] + 1)
    return d[["city", "year"]].merge(before, how="left", on=["city", "year"])[column]


def slopes(found):
    return found.to_frame()[["estimate", "std_error"]].to_numpy()


def test_a_formula_gives_what_columns_made_by_hand_give(cities):
    """Squares, products, lags, dummies, a combined effect."""
    by_hand = cities.assign(
        square=cities.talent**2,
        product=cities.talent * cities.tech,
        lag=lagged(cities, "tech"),
        late=(cities.year >= 2014).astype(float) * cities.tech,
        pair=cities.province + cities.year.astype(str),
    )
    keys = {"entity": "city", "period": "year"}
    text = (
        "green ~ talent + x^2 + talent:tech + L1.tech + (year >= 2014):tech | city + province^year"
    )
    found = xz.fit(cities, text.replace("x^2", "talent^2"), cluster="city", **keys)
    expected = xz.fit(
        by_hand,
        outcome="green",
        regressors=["talent", "square", "product", "lag", "late"],
        effects=["city", "pair"],
        cluster="city",
        **keys,
    )

    np.testing.assert_allclose(slopes(found), slopes(expected), rtol=1e-10)
    assert found.names[:4] == ("talent", "talent^2", "talent × tech", "L1.tech")
    assert dict(found.effects)["province × year"] == dict(expected.effects)["pair"]


def test_keywords_take_formulas_too(cities):
    """The same terms under `regressors`, `controls` and `effects`."""
    keys = {"entity": "city", "period": "year"}
    line = xz.fit(cities, "green ~ talent + talent^2 + i(year) | city", cluster="city", **keys)
    words = xz.fit(
        cities,
        outcome="green",
        regressors=["talent", "talent^2", "i(year)"],
        effects="city",
        cluster="city",
        **keys,
    )
    effects = xz.fit(cities, "green ~ talent + talent^2 | city + year", cluster="city", **keys)

    np.testing.assert_allclose(slopes(line), slopes(words), rtol=1e-12)
    np.testing.assert_allclose(slopes(line)[:2, 0], slopes(effects)[:, 0], rtol=1e-8)


def test_instruments_stand_behind_the_second_bar(cities):
    """Y ~ x | effects | endogenous ~ instruments."""
    keys = {"entity": "city", "period": "year"}
    cities["talent"] += cities["z"]
    line = xz.fit(cities, "green ~ tech | city + year | talent ~ z", **keys)
    words = xz.fit(
        cities,
        outcome="green",
        regressors=["tech", "talent"],
        instruments={"talent": "z"},
        **keys,
    )

    np.testing.assert_allclose(slopes(line.estimates), slopes(words.estimates), rtol=1e-12)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("y ~ x", {"outcome": "y", "regressors": ("x",), "effects": ()}),
        ("y ~ 1 + x | 0", {"outcome": "y", "regressors": ("x",), "effects": ()}),
        (
            "ln(y) ~ a*b | c",
            {"outcome": "ln(y)", "regressors": ("a", "b", "a × b"), "effects": ("c",)},
        ),
        ("y ～ a ＋ b ｜ c", {"outcome": "y", "regressors": ("a", "b"), "effects": ("c",)}),
        ("y ~ `a|b` + (c + d)", {"outcome": "y", "regressors": ("a|b", "(c + d)"), "effects": ()}),
    ],
)
def test_the_parts_of_a_formula(text, found):
    """Bars, tildes and plus signs outside brackets and quotes."""
    assert read_regression(text) == found


@pytest.mark.parametrize(
    "text", ["y", "y ~", "~ x", "y ~ x | a | b ~ c | d", "y ~ x - 1", "y ~ x +"]
)
def test_what_is_no_regression_is_refused(text):
    """With what to write instead."""
    with pytest.raises(StudyError) as caught:
        read_regression(text)
    assert caught.value.code == "expression.syntax"


def test_a_formula_and_its_keywords_contradict_each_other(cities):
    """Nobody knows which one holds."""
    with pytest.raises(StudyError, match="both give"):
        xz.fit(cities, "green ~ talent | city", effects="city", entity="city", period="year")
    with pytest.raises(StudyError, match="did you mean 'talent'"):
        xz.fit(cities, "green ~ talnt^2 | city", entity="city", period="year")
    with pytest.raises(TypeError):
        xz.evaluate(cities, "green ~ talent")


def test_the_command_takes_the_same_terms(cities, tmp_path):
    """`xinzhi regress --regressors talent,talent^2`."""
    path = tmp_path / "cities.csv"
    cities.to_csv(path, index=False)
    ran = call(
        *("regress", path, "--entity", "city", "--period", "year", "--outcome", "green"),
        *("--regressors", "talent,talent^2,L1.tech", "--effects", "entity,province^period"),
        *("--format", "json"),
    )

    assert "province × period" in ran.stdout
