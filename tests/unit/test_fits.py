"""Fits of Python: predictions, a plot, several regressions in one formula, equality."""

from __future__ import annotations

import copy
import pickle  # noqa: TID251 - users do it

import numpy as np
import pandas as pd
import pytest
import scipy

import xinzhi as xz
from made_calls import CALLS, KEYS, panel
from xinzhi_core.errors import MethodError, MissingColumn, NotNumeric, StudyError
from xinzhi_core.formula.tree import each_regression


@pytest.fixture
def cities():
    """Thirty cities of five provinces over eight years, unbalanced, rows in no order."""
    rng = np.random.default_rng(3)
    index = pd.MultiIndex.from_product([range(30), range(2010, 2018)], names=["i", "year"])
    d = index.to_frame(index=False)
    d["city"] = [f"c{i:02d}" for i in d["i"]]
    d["province"] = [list("abcde")[i % 5] for i in d["i"]]
    d["talent"], d["tech"], d["z"], u = rng.normal(size=(4, len(d)))
    d["green"] = d.talent + 0.3 * d.talent**2 - d.tech + u
    d["share"] = scipy.special.expit(d["green"] / 3)
    return d.drop(columns="i").sample(n=200, random_state=1).reset_index(drop=True)


def dummies(d, *columns):
    """Make the columns of effects by hand."""
    parts = [pd.get_dummies(d[name], prefix=name, dtype=float) for name in columns]
    return pd.concat(parts, axis=1)


def by_hand(d, columns):
    """Regress by least squares on columns and dummies; the smallest solution where they are collinear."""
    slopes = np.linalg.lstsq(columns.to_numpy(float), d["green"].to_numpy(), rcond=None)[0]
    return slopes, columns.to_numpy(float) @ slopes


def test_terms_and_effects_are_those_of_dummies_by_hand(cities):
    """x^2, a:b, i(region) before the bar; a combined effect behind it: slopes and fitted values."""
    d = cities.assign(pair=cities["province"] + cities["year"].astype(str))
    found = xz.fit(
        d,
        "green ~ talent + talent^2 + talent:tech + i(province, tech) | city + province^year",
        **KEYS,
    )
    columns = pd.concat(
        [
            d[["talent"]],
            d["talent"] ** 2,
            d["talent"] * d["tech"],
            *((d["province"] == one) * d["tech"] for one in "abcde"),
            dummies(d, "city", "pair"),
        ],
        axis=1,
    )  # fmt: skip

    slopes, fitted = by_hand(d, columns)

    np.testing.assert_allclose(found.params, slopes[:8], rtol=1e-8)
    mine = found.predict()
    theirs = pd.Series(fitted, pd.MultiIndex.from_frame(d[["city", "year"]]))
    np.testing.assert_allclose(mine, theirs.loc[mine.index], atol=1e-9)


def test_dummies_of_a_region_without_effects(cities):
    """i(region) leaves out the first value, or the one that ref names; the constant stays."""
    d = cities
    found = xz.fit(d, "green ~ talent + i(province, ref='c')", **KEYS)
    columns = pd.concat(
        [pd.Series(1.0, d.index), d["talent"], *((d["province"] == one) * 1.0 for one in "abde")],
        axis=1,
    )

    slopes, fitted = by_hand(d, columns)

    np.testing.assert_allclose(found.params, slopes, rtol=1e-9)
    np.testing.assert_allclose(found.predict(d), fitted, rtol=1e-9)


def test_instruments_behind_a_second_bar_are_those_by_hand(cities):
    """Two-stage least squares on dummies."""
    d = cities.assign(talent=cities["talent"] + cities["z"])
    found = xz.fit(d, "green ~ tech | city + year | talent ~ z", **KEYS)
    effects = dummies(d, "city", "year")
    outside = np.hstack([d[["z", "tech"]], effects])
    inside = np.hstack([d[["tech", "talent"]], effects])
    projected = outside @ np.linalg.lstsq(outside, inside, rcond=None)[0]
    slopes = np.linalg.lstsq(projected, d["green"].to_numpy(), rcond=None)[0]

    np.testing.assert_allclose(found.params, slopes[:2], rtol=1e-8)
    np.testing.assert_allclose(found.predict(d), inside @ slopes, rtol=1e-7)
    assert found.residuals.equals(found.estimates.residuals)
    np.testing.assert_allclose(
        found.conf_int().loc["tech"].astype(float),
        found.to_frame().loc["tech", ["ci_low", "ci_high"]].astype(float),
    )


FITS = {
    "effects": lambda d: xz.fit(d, "green ~ talent + talent^2 | city + year", **KEYS),
    "constant": lambda d: xz.fit(d, "green ~ talent + tech", **KEYS),
    "random": lambda d: xz.fit(d, "green ~ talent | city", estimator="re", **KEYS),
    "logit": lambda d: xz.fit(d, "share ~ talent", estimator="fractional_logit", **KEYS),
    "instruments": lambda d: xz.fit(d, "green ~ tech | city | talent ~ z", **KEYS),
}


@pytest.mark.parametrize("kind", FITS)
def test_predictions_of_the_rows_used_are_the_fitted_values(kind, cities):
    """Outcome less residual; rows given again, in any order, get the same values in their order."""
    found = FITS[kind](cities)

    own, turned = found.predict(), cities.iloc[::-1]
    again = found.predict(turned)
    outcome = cities.set_index(["city", "year"])["share" if kind == "logit" else "green"]

    assert again.index.equals(turned.index)
    np.testing.assert_allclose(
        own, (outcome.loc[own.index] - found.residuals).to_numpy(), rtol=1e-12
    )
    keyed = pd.Series(again.to_numpy(), pd.MultiIndex.from_frame(turned[["city", "year"]]))
    np.testing.assert_allclose(keyed.loc[own.index], own, rtol=1e-8, atol=1e-10)


def test_new_rows_move_by_the_slopes(cities):
    """One unit more of tech moves the prediction by its slope; a gap, or an unknown city, has none."""
    found = FITS["constant"](cities)
    within = xz.fit(cities, "green ~ tech | city + year", **KEYS)
    more = cities.assign(tech=cities["tech"] + 1.0)

    for one in (found, within):
        np.testing.assert_allclose(
            one.predict(more) - one.predict(cities), one.params["tech"], rtol=1e-9
        )
    strange = cities.iloc[:3].assign(city=["c00", "nowhere", "c01"], year=[2099, 2012, 2012])
    assert within.predict(strange).isna().tolist() == [True, True, False]
    assert found.predict(strange.assign(tech=[1.0, np.nan, 2.0])).isna().tolist() == [
        False,
        True,
        False,
    ]


def test_a_sum_of_effects_that_nothing_identifies_is_missing():
    """Two groups of cities without a common year: the constant between them is not known."""
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_tuples(
        [(c, y) for c in "ab" for y in (1, 2, 3)] + [(c, y) for c in "cd" for y in (4, 5, 6)],
        names=["city", "year"],
    )
    d = pd.DataFrame(rng.normal(size=(12, 2)), index, ["y", "x"])
    found = xz.fit(d, "y ~ x | city + year")
    new = pd.DataFrame(
        {"x": [0.0, 0.0]}, pd.MultiIndex.from_tuples([("a", 2), ("a", 4)], names=index.names)
    )

    assert found.predict(new).isna().tolist() == [False, True]


def test_what_cannot_be_predicted_is_refused(cities):
    """A column that is not there, text, and estimators whose dummies are not reported."""
    found = FITS["effects"](cities)
    with pytest.raises(MissingColumn, match="talent"):
        found.predict(cities.drop(columns="talent"))
    with pytest.raises(NotNumeric, match="to_numeric"):
        FITS["constant"](cities).predict(cities.assign(tech=cities["tech"].astype(str)))
    mundlak = xz.fit(cities, "share ~ talent | city", estimator="fractional_logit", **KEYS)
    assert len(mundlak.predict()) == mundlak.nobs
    with pytest.raises(MethodError, match="leave newdata out"):
        mundlak.predict(cities)


def test_a_plot_shows_the_estimates(cities, tmp_path):
    """Points and lines are those of the table; labels, language and formats are those of a figure."""
    found = FITS["effects"](cities)
    figure = found.plot(labels={"talent": "Human capital"})

    rows = next(
        rows
        for rows in figure.chart.specifications["en"]["datasets"].values()
        if "clear" in rows[0]
    )
    table = found.to_frame()
    assert [row["b"] for row in rows] == table["estimate"].tolist()
    assert [row["low"] for row in rows] == pytest.approx(table["ci_low"].tolist(), rel=1e-12)
    assert [row["en"] for row in rows] == ["Human capital", "talent^2"]
    assert "Human capital" in figure.to_svg()
    assert "回归系数：green" in figure.in_language("zh").to_html()
    assert found.plot(language="zh") == found.plot().in_language("zh")
    assert figure.save(tmp_path / "a.pdf").read_bytes()[:4] == b"%PDF"
    assert FITS["instruments"](cities).plot().to_png()[:4] == b"\x89PNG"


SEVERAL = [
    ("c(green, z) ~ talent | city", ("green ~ talent | city", "z ~ talent | city")),
    ("green ~ sw(talent, tech)", ("green ~ talent", "green ~ tech")),
    ("green ~ z + sw0(talent, tech)", ("green ~ z", "green ~ z + talent", "green ~ z + tech")),
    (
        "green ~ csw(talent, tech + z) | city",
        ("green ~ talent | city", "green ~ talent + tech + z | city"),
    ),
    ("green ~ z + csw0(talent)", ("green ~ z", "green ~ z + talent")),
    (
        "green ~ talent | sw(city, city + province^year)",
        ("green ~ talent | city", "green ~ talent | city + province^year"),
    ),
    ("green ~ talent | csw0(city, year)", ("green ~ talent | 1", "green ~ talent | city", "green ~ talent | city + year")),
    (
        "c(green, ln(share)) ~ sw(talent, tech) | city",
        (
            "green ~ talent | city", "green ~ tech | city",
            "ln(share) ~ talent | city", "ln(share) ~ tech | city",
        ),
    ),
    ("green ~ csw0(z, tech) | city | talent ~ z^2", ("green ~ 1 | city | talent ~ z^2", "green ~ z | city | talent ~ z^2", "green ~ z + tech | city | talent ~ z^2")),
]  # fmt: skip


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("text", "single"), SEVERAL)
def test_several_regressions_are_the_single_ones(text, single, cities):
    """Each is identical to the regression that its own formula gives, to the last digit."""
    assert each_regression(text) == single

    found = xz.fit(cities, text, cluster="city", **KEYS)

    assert found.formulas == single
    assert list(found) == [xz.fit(cities, one, cluster="city", **KEYS) for one in single]
    assert found.to_frame().loc[single[-1]].equals(found[-1].to_frame())
    assert found[1:].formulas == single[1:]
    assert len(xz.table(found).table.columns) == len(single)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sw(a, b) ~ x", "several outcomes stand in c"),
        ("y ~ c(a, b)", "lists outcomes"),
        ("y ~ sw()", "separated by commas"),
        ("y ~ csw(a, , b)", "separated by commas"),
        ("y ~ x * sw(a, b)", "Unknown function 'sw'"),
    ],
)
def test_words_that_have_no_meaning_there_are_refused(text, words, cities):
    """With what to write."""
    with pytest.raises(StudyError, match=words):
        xz.fit(
            cities.rename(columns={"green": "y", "talent": "x", "tech": "a", "z": "b"}),
            text,
            **KEYS,
        )


@pytest.mark.parametrize(
    "text", ["y ~ x", "y ~ (c + d) + sw", "csw ~ c | sw", "y ~ `sw(a, b)`", "nothing"]
)
def test_a_formula_of_one_regression_stays(text):
    """Columns may be called c, sw and csw."""
    assert each_regression(text) == (text,)


FRAME = panel()


@pytest.mark.one_in(5)
@pytest.mark.parametrize("name", CALLS)
def test_results_are_equal_by_value(name):
    """To a copy, to itself after pickling, to the result of the same call; not to one of other data."""
    first, second = (CALLS[name](FRAME, KEYS) for _ in range(2))
    if isinstance(first, pd.DataFrame):
        return
    turned = ("labour", "product", "gdp", "y", "x", "share")  # all factors of a product at once
    other = CALLS[name](FRAME.assign(**{c: FRAME[c].to_numpy()[::-1] for c in turned}), KEYS)

    assert first == second
    assert copy.copy(first) == first == copy.deepcopy(first) == pickle.loads(pickle.dumps(first))  # noqa: S301 - our own
    assert first != other
    assert first != "a result"
