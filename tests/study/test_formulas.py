"""Formulas in a study file: squares, products, lags, policy dummies, combined effects, against numpy and R."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from needs import R
from xinzhi.study.file.load import spec_of
from xinzhi.study.run import check_study
from xinzhi.study.view import StudyView
from xinzhi_core.errors import StudyError
from xinzhi_core.wording import say

HEAD = """
title: formulas
sources: {d: {file: d.csv, entity: 城市, period: 年份}}
panel: {from: d}
variables:
  green: {column: green, label: {zh: 绿色, en: Green}}
  talent: {column: talent, label: {zh: 人才, en: Talent}}
  tech: {column: tech, label: {zh: 技术, en: Technology}}
  policy: {expression: "年份 >= 2015", label: {zh: 政策, en: Policy}}
groups:
  region: {column: 区, label: {zh: 地区, en: Region}}
"""
TABLES = """
tables:
  a:
    outcome: green
    effects: [entity, period]
    columns:
      - {x: [talent, talent^2, tech, "policy:tech"]}
      - {x: [talent, "talent**2", L1.tech, lead(gdp), "D1.gdp", "talent / gdp", "gdp ＞ 5 and talent > 0"], effects: [entity, "省*period"]}
      - {x: [talent, "i(region)", "i(年份, ref=2012)"], effects: []}
      - {x: ["i(region, tech)", talent]}
      - {x: [talent, "(省 in ('冀', '晋')):tech"], effects: [period, "省^区"]}
"""


def data():
    """40 cities of five provinces and three regions over ten years, with a gap and missing cells."""
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product([range(40), range(2010, 2020)], names=["i", "年份"])
    d = index.to_frame(index=False)
    d["城市"] = [f"城{i:02d}" for i in d["i"]]
    d["省"] = [list("冀晋辽吉黑")[i % 5] for i in d["i"]]
    d["区"] = [list("东中西")[i % 3] for i in d["i"]]
    d["talent"], d["tech"] = rng.normal(size=(2, len(d)))
    d["gdp"] = rng.uniform(1, 9, len(d))
    noise = rng.normal(size=len(d)) * 0.3
    d["green"] = 0.5 * d.talent + 0.2 * d.talent**2 - 0.3 * d.tech + d.i * 0.01 + noise
    d.loc[[3, 77], "talent"] = np.nan
    return d.drop(index=[125]).drop(columns="i").reset_index(drop=True)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("formulas")
    data().to_csv(folder / "d.csv", index=False)
    (folder / "study.yaml").write_text(HEAD + TABLES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def result(study):
    return xz.run(study / "study.yaml")


def least_squares(columns, effects):
    """Slopes by numpy on a full set of dummies; rows with a missing cell are left out."""
    d = data()
    x = pd.DataFrame(columns(d)).astype(float)
    keep = (x.notna().all(axis=1) & d["green"].notna()).to_numpy()
    for effect in effects:  # alone in a level: no information on the slopes
        key = pd.Series(effect(d)).astype(str)
        keep = keep & (key.map(key[keep].value_counts()).fillna(0).to_numpy() > 1)
    dummies = [pd.get_dummies(pd.Series(e(d)).astype(str)[keep]).astype(float) for e in effects]
    design = np.column_stack([x[keep], np.ones(keep.sum()), *dummies])
    slopes = np.linalg.lstsq(design, d["green"].to_numpy()[keep], rcond=None)[0]
    return slopes[: x.shape[1]]


def shifted(d, column, by):
    """Look up the value of the year `by` before."""
    other = d[["城市", "年份", column]].assign(年份=d["年份"] + by)
    return d[["城市", "年份"]].merge(other, how="left", on=["城市", "年份"])[column].to_numpy()


def both(d):
    return ((d.gdp > 5) & (d.talent > 0)).astype(float).where(d.talent.notna())


ENTITY, PERIOD = (lambda d: d["城市"]), (lambda d: d["年份"])
BY_HAND = [
    (
        lambda d: {
            "a": d.talent,
            "b": d.talent**2,
            "c": d.tech,
            "d": (d["年份"] >= 2015) * d.tech,
        },
        [ENTITY, PERIOD],
    ),
    (
        lambda d: {
            "a": d.talent,
            "b": d.talent**2,
            "c": shifted(d, "tech", 1),
            "d": shifted(d, "gdp", -1),
            "e": d.gdp - shifted(d, "gdp", 1),
            "f": d.talent / d.gdp,
            "g": both(d),
        },
        [ENTITY, lambda d: d["省"] + d["年份"].astype(str)],
    ),
    (
        lambda d: {
            "a": d.talent,
            **{r: d["区"] == r for r in "中西"},
            **{str(y): d["年份"] == y for y in range(2010, 2020) if y != 2012},
        },
        [],
    ),
    (
        lambda d: {**{r: (d["区"] == r) * d.tech for r in "东中西"}, "a": d.talent},
        [ENTITY, PERIOD],
    ),
    (
        lambda d: {"a": d.talent, "b": d["省"].isin(["冀", "晋"]) * d.tech},
        [PERIOD, lambda d: d["省"] + d["区"]],
    ),
]


@pytest.mark.parametrize("number", range(len(BY_HAND)))
def test_slopes_are_those_of_dummies_and_columns_made_by_hand(result, number):
    """Each construct against columns written out in pandas and dummies in numpy."""
    estimates = result.results["tables"]["a"].columns[number]
    slopes = [n for n in estimates.names if n != "_cons"]
    found = estimates.to_frame().loc[slopes, "estimate"].to_numpy()

    np.testing.assert_allclose(found, least_squares(*BY_HAND[number]), rtol=1e-8, atol=1e-10)


def test_another_writing_of_a_formula_is_the_same_row(result):
    """talent^2 and talent**2 are one variable; an effect with * is the one with ^."""
    columns = result.results["tables"]["a"].columns

    assert "talent^2" in columns[0].names
    assert "talent^2" in columns[1].names
    assert columns[1].regression.effects == ("entity", "省 × period")


def test_headings_say_formulas_as_a_person_would(result):
    """Labels, ×, ², lags in words, the base of dummies."""
    named = result.spec.variables.named
    words = {n: named[n].label.label(n) for n in named}

    assert [say(words[n], "zh") for n in ("talent^2", "policy × tech", "L1.tech", "D1.gdp")] == [
        "人才²",
        "政策×技术",
        "技术（滞后1期）",
        "Δgdp",
    ]
    assert say(words["region == '中'"], "zh") == "地区：中（基准：东）"
    assert say(words["region == '中'"], "en") == "Region: 中 (base: 东)"
    assert say(words["(region == '东') × tech"], "en") == "Region: 东 × Technology"


@pytest.mark.long
@pytest.mark.skipif(shutil.which("Rscript") is None, reason=R)
def test_r_finds_the_same_slopes_and_errors_from_the_exported_panel(study, result):
    """The script carries derived columns and combined effects."""
    from cli_runner import call

    call("run", study)
    scripts = study / "results" / "scripts"
    subprocess.run(
        ["Rscript", "--vanilla", "study.R"], cwd=scripts, capture_output=True, check=True
    )
    found = pd.read_csv(scripts / "study_R.csv")
    ours = {
        (f"a/{n}", name): values.to_numpy()
        for n, one in enumerate(result.results["tables"]["a"].columns, 1)
        for name, values in one.to_frame()[["estimate", "std_error"]].iterrows()
    }
    expected = [ours[key] for key in zip(found["model"], found["name"], strict=True)]

    assert len(found) >= 25
    np.testing.assert_allclose(found[["estimate", "std_error"]], expected, rtol=1e-8)


WRONG = {
    "self: {expression: 'self + 1'}": ("expression.circle", "self → self", 10),
    "a1: {expression: 'b1 * 2'}\n  b1: {expression: 'a1 + 1'}": (
        "expression.circle",
        "a1 → b1 → a1",
        10,
    ),
    "bad: {expression: 'talent +* 2'}": ("expression.syntax", "character 9", 10),
    "bad: {expression: 'i(省)'}": ("expression.dummies", "several variables", 10),
    "bad: {expression: '" + "x" * 10_000 + "'}": ("expression.syntax", "10000 characters", 10),
    "bad: {expression: '" + "(" * 60 + "1" + ")" * 60 + "'}": ("expression.syntax", "deeply", 10),
}


@pytest.mark.parametrize("line", WRONG, ids=range(len(WRONG)))
def test_a_formula_that_cannot_be_is_refused_with_its_line(line):
    """Circles, mistakes, endless texts: named before any data are read."""
    code, words, number = WRONG[line]
    text = HEAD.replace("groups:", f"  {line}\ngroups:")
    with pytest.raises(StudyError) as caught:
        spec_of(text, "study.yaml")

    problem = caught.value.problems[0]
    assert (problem.code, problem.where.line) == (code, number)
    assert words in str(problem.what)


@pytest.mark.parametrize(
    ("term", "code", "words"),
    [
        ("talnt^2", "data.missing_column", "did you mean 'talent'"),
        ("省 == 冀", "data.missing_column", "'冀' is a value of '省'"),
        ("省 > 3", "expression.type", "is text and is compared with the number 3"),
        ("talent / (tech - tech)", "derive.division_by_zero", "Division by zero"),
        ("i(gdp)", "expression.levels", "dummies need 2 to 200"),
        ("i(省, ref='京')", "expression.base", "'京' is not a value of '省'"),
    ],
)
def test_a_formula_that_the_data_cannot_have_is_refused_by_check(study, term, code, words):
    """Unknown names, texts, zeros: found by check, with the nearest name or what to write."""
    path = study / "wrong.yaml"
    table = f'tables: {{a: {{outcome: green, columns: [{{x: [talent, "{term}"]}}]}}}}\n'
    path.write_text(HEAD + table, encoding="utf-8")

    found = [p for p in check_study(path).problems if p.code == code]
    assert found
    assert words in str(found[0])


def test_a_group_can_be_a_condition(study):
    """`column: 省 in (...)`: 1 and 0, named by the user or said as yes and no."""
    path = study / "groups.yaml"
    groups = """groups:
  north: {column: "省 in ('冀', '晋')", northern: [1], others: rest}
  plain: {column: "省 == '冀'"}
"""
    table = "tables: {a: {outcome: green, columns: [{x: [talent]}]}}\n"
    ask = "heterogeneity: {g: {from: a/1, by: [north, plain], difference: [interaction]}}\n"
    text = HEAD[: HEAD.index("groups:")] + groups + table + ask
    path.write_text(text, encoding="utf-8")
    found = xz.run(path)
    members = StudyView(found.spec).memberships("north", found.panel)
    north = found.panel.frame["省"].isin(["冀", "晋"])

    assert not found.not_computed
    assert members.eq("northern").tolist() == north.tolist()
    assert str(StudyView(found.spec).member_label("plain", "1")) == "yes"


def test_a_variable_cannot_be_replaced_in_half():
    """Talent gives way to tech, and talent^2 would stay: that is no robustness check of anything."""
    table = "tables: {a: {outcome: green, columns: [{x: [talent, talent^2], replace: {talent: gdp}}]}}\n"
    text = HEAD.replace("  policy:", "  gdp: {column: gdp}\n  policy:") + table
    with pytest.raises(StudyError) as caught:
        spec_of(text, "study.yaml")
    both_replaced = text.replace("{talent: gdp}", "{talent: gdp, talent^2: gdp^2}")

    assert [p.code for p in caught.value.problems] == ["study.half_replaced"]
    assert spec_of(both_replaced, "study.yaml").sections("tables")


def test_a_what_if_of_a_factor_with_a_square_is_refused():
    """The slope of talent is not its effect where talent^2 stands beside it."""
    table = "tables: {a: {outcome: green, columns: [{x: [talent, talent^2, tech]}]}}\n"
    ask = "typology: {from: [a], what_if: {WHO: 10%}}\n"
    with pytest.raises(StudyError) as caught:
        spec_of(HEAD + table + ask.replace("WHO", "talent"), "study.yaml")

    assert [p.code for p in caught.value.problems] == ["typology.several_terms"]
    assert spec_of(HEAD + table + ask.replace("WHO", "tech"), "study.yaml").sections("typology")
