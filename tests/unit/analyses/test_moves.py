"""A share of a number only where it has a natural zero: effect sizes and what-ifs, by values, steps and names."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from xinzhi.analyses.implied_change import FactorChange, is_amount, rising
from xinzhi.report.build import content_of
from xinzhi.study.run import run
from xinzhi.study.view import has_natural_zero
from xinzhi_core.wording import say

STUDY = """\
title: {zh: 变动, en: Moves}
seed: 1
sources: {data: {file: data.csv, kind: panel, entity: city, period: year}}
panel: {from: data}
prepare:
  - ln_size: {step: log, column: size}
  - score_of_size: {step: standardise, column: size}
  - later: {step: lag, column: ln_size}
  - rate: {step: expression, expression: ln(size) / 2}
  - double: {step: expression, expression: size * 2}
variables:
  green: {column: green, label: {zh: 绿色, en: Green}}
  signed: {column: signed, label: {zh: 有正负, en: Signed}}
  amount: {column: amount, transform: ln1p, label: {zh: 数量, en: Amount}}
  logged: {column: logged_size, label: {zh: 对数规模, en: Logged}}
  yes: {column: yes, label: {zh: 是否, en: Yes}}
sets: {factors: [signed, amount, logged, yes]}
tables: {baseline: {outcome: green, columns: [{x: [factors]}]}}
typology: {from: [baseline], pathways: [{name: p, factor: signed, mediator: amount}], what_if: {signed: 10%, amount: 10%, logged: -10%}}
report: {languages: [en, zh], formats: [html]}
"""


def data():
    """Draw a panel in which all four factors count, one of them with both signs and a mean near 0."""
    draw = np.random.default_rng(4)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(30)], range(2010, 2016)], names=["city", "year"]
    )
    n = len(index)
    frame = pd.DataFrame(index=index)
    frame["signed"] = 0.05 + draw.normal(size=n)
    frame["amount"] = draw.uniform(1, 9, n)
    frame["size"] = draw.lognormal(8, 1, n)
    frame["logged_size"] = np.log(frame["size"])
    frame["yes"] = (draw.uniform(size=n) < 0.5) * 1.0
    frame["green"] = (
        3 + 0.3 * frame["signed"] + 0.5 * np.log1p(frame["amount"]) + 0.4 * frame["logged_size"] + 0.3 * frame["yes"]
        + 0.2 * draw.normal(size=n)
    )  # fmt: skip
    return frame


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Run the study; the logarithm came so in the file, and only its name tells."""
    folder = tmp_path_factory.mktemp("moves")
    frame = data().rename(columns={"logged_size": "ln_of_size"})
    frame.to_csv(folder / "data.csv", float_format="%.17g")
    path = folder / "study.yaml"
    path.write_text(STUDY.replace("logged_size", "ln_of_size"), encoding="utf-8")
    result = run(path)
    return frame, result, content_of(result)


def test_effect_sizes_by_hand(study):
    """An amount rises by 10% of its mean, a signed variable and a logarithm by one standard deviation, a yes from 0 to 1."""
    frame, result, material = study
    slopes = result.results["tables"]["baseline"].columns[0].params
    size = material.blocks["effect_sizes"]["factors"]
    mean = frame["amount"].mean()

    assert size["signed"]["change"] == pytest.approx(slopes["signed"] * frame["signed"].std())
    assert size["logged"]["change"] == pytest.approx(slopes["logged"] * frame["ln_of_size"].std())
    assert size["amount"]["change"] == pytest.approx(
        slopes["amount"] * math.log((1 + 1.1 * mean) / (1 + mean))
    )
    assert size["yes"]["change"] == pytest.approx(slopes["yes"])
    assert {name: one["move"] for name, one in size.items()} == {
        "signed": "sd",
        "amount": "share",
        "logged": "sd",
        "yes": "binary",
    }
    assert (size["signed"]["before"], size["yes"]["before"], size["yes"]["after"]) == (
        pytest.approx(frame["signed"].mean()),
        0,
        1,
    )


def test_sentences_say_by_how_much(study):
    """In both languages the words of the move stand with the change of the right factor."""
    _, _, material = study
    size = {
        name: f"+{one['change']:.3f}"
        for name, one in material.blocks["effect_sizes"]["factors"].items()
    }
    text = {
        language: " ".join(say(one, language) for part in material.prose.values() for one in part)
        for language in ("en", "zh")
    }

    assert (
        "An increase of one standard deviation from the mean goes with a change in Green of "
        f"{size['signed']} for Signed and {size['logged']} for Logged."
    ) in text["en"]
    assert (
        f"A 10% increase in Amount from its mean goes with a change in Green of {size['amount']}."
        in text["en"]
    )
    assert f"Where Yes is 1 rather than 0, Green differs by {size['yes']}." in text["en"]
    assert "各因素由均值提高一个标准差时" in text["zh"]
    assert "数量由均值提高10%" in text["zh"]


def test_what_ifs_move_the_way_their_sign_says(study):
    """+10% of -0.3 would be a fall: one standard deviation instead, said; -10% of a logarithm is one less."""
    frame, _, material = study
    (table,) = [one for group in material.tables.values() for one in group if one.id == "what_if"]
    rows = pd.DataFrame(table.machine["what_if"])
    spread = {"signed": frame["signed"].std(), "logged": -frame["ln_of_size"].std()}
    for name, step in spread.items():
        own = rows[rows["factor"] == name]
        np.testing.assert_allclose(own["new_value"] - own["value"], step)
    own = rows[rows["factor"] == "amount"]
    np.testing.assert_allclose(own["new_value"], 1.1 * own["value"])
    for name, sign in (("signed", 1), ("amount", 1), ("logged", -1)):
        assert (np.sign(rows.loc[rows["factor"] == name, "change"]) == sign).all()
        assert set(rows.loc[rows["factor"] == name, "judgement"]) == {"works"}
    headings = [say(column.spanner, "en") for column in table.columns]
    assert (
        headings
        == ["Signed +1 standard deviation"] * 3
        + ["Amount +10%"] * 3
        + ["Logged −1 standard deviation"] * 3
    )
    told = [str(one.text) for one in material.notices if one.code == "what_if.standard_deviation"]
    assert [text.split("'")[1] for text in told] == ["Signed", "Logged"]
    assert f"({frame['signed'].std():.4g})" in told[0]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("size", True), ("double", True), ("ln_size", False), ("score_of_size", False), ("later", False), ("rate", False),
        ("lnGDP", False), ("ln_gdp", False), ("log_gdp", False), ("logGDP", False), ("对数人口", False), ("z_score", False),
        ("人口", True), ("line", True), ("logistics", True), ("lnd", True), ("zinc", True), ("standard", True),
    ],
)  # fmt: skip
def test_columns_without_a_natural_zero_are_known(study, column, expected):
    """By the step that made them, also through others, else by the names of logarithms and standard scores."""
    assert has_natural_zero(column, study[1].spec) == expected


def test_amounts_have_one_sign():
    """Zeros are amounts; a value below 0, none above 0, or nothing known are not."""
    assert is_amount(np.array([0.0, 1.0, np.nan]), has_zero=True)
    for values in ([-1e-9, 1.0], [-2.0, -1.0], [0.0, 0.0], [np.nan]):
        assert not is_amount(np.array(values), has_zero=True)
    assert not is_amount(np.array([1.0, 2.0]), has_zero=False)


def test_moves_in_own_units_stay():
    """A number in the factor's own units means the same whatever its sign; a share of amounts stays a share."""
    signed = np.array([-1.0, 0.0, 1.0])
    assert rising(FactorChange(2.0, "absolute"), signed, has_zero=True) == FactorChange(
        2.0, "absolute"
    )
    assert rising(FactorChange(0.2), np.array([1.0, 2.0]), has_zero=True) == FactorChange(0.2)
    assert rising(FactorChange(0.2), signed, has_zero=True) == FactorChange(1.0, "sd", 1.0)
    assert rising(FactorChange(-0.2), np.array([1.0, 3.0]), has_zero=False) == FactorChange(
        -1.0, "sd", math.sqrt(2.0)
    )
