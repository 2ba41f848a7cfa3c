"""A study with an index of two directions, its coordination, its obstacles, decoupling and decomposition, from file to report."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt, call
from xinzhi.study.run import check_study, run
from xinzhi_core.errors import DataError, SpecError
from xinzhi_core.wording import say

STUDY = """\
title: {zh: 指数, en: Index}
sources: {cities: {file: cities.csv, kind: panel, entity: city, period: year}}
panel: {from: cities}
prepare:
  - quality: {step: entropy_index, positive: [patents, talent], negative: [so2], dimensions: {people: [talent]}, weights: critic, shift: 0}
  - coordination: {step: coupling, of: [quality, green]}
  - decoupling: {step: tapio, of: co2, by: gdp}
efficiency: {score: {measure: radial, inputs: [labour, capital], good_outputs: [gdp]}}
space_and_time: {score: {dates: [2010, 2013], top: 2, obstacles: {of: quality, top: 2}}}
decompose: {carbon: {of: co2, factors: [population, gdp_per_head, intensity], dates: [2010, 2013]}}
report: {languages: [en, zh], formats: [md]}
"""


def cities():
    """Draw eight cities over four years; emissions are the product of their factors."""
    draw = np.random.default_rng(5)
    index = pd.MultiIndex.from_product(
        [[f"c{i}" for i in range(8)], range(2010, 2014)], names=["city", "year"]
    )
    names = ("patents", "talent", "so2", "labour", "capital", "population", "gdp_per_head", "intensity")  # fmt: skip
    frame = pd.DataFrame({name: draw.uniform(1, 9, 32) for name in names}, index=index)
    frame["green"] = draw.uniform(0.1, 0.9, 32)
    frame["gdp"] = frame.population * frame.gdp_per_head
    frame["co2"] = frame.gdp * frame.intensity
    return frame


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("index")
    cities().reset_index().to_csv(path / "cities.csv", index=False, float_format="%.17g")
    (path / "study.yaml").write_text(STUDY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def results(folder):
    call("run", folder / "study.yaml", "--out", folder / "results")
    return folder / "results"


@pytest.fixture(scope="module")
def tables(results):
    return json.loads((results / "results.json").read_text(encoding="utf-8"))["tables"]


def critic(frame):
    """Weigh by CRITIC with functions of numpy; return weights and scaled indicators."""
    x = frame[["patents", "talent", "so2"]].to_numpy() * [1, 1, -1]
    z = (x - x.min(axis=0)) / np.ptp(x, axis=0)
    d = z.std(axis=0) * (1 - np.corrcoef(z.T)).sum(axis=0)
    return d / d.sum(), z


def test_the_index_is_that_of_the_formula_at_every_door(folder, tables):
    """Study, command and function: one set of weights."""
    weights, z = critic(cities())
    kept = tables["quality_weights"]["indicators"]
    np.testing.assert_allclose([kept[n]["chosen"] for n in ("patents", "talent", "so2")], weights)
    assert [kept[n]["direction"] for n in ("patents", "talent", "so2")] == [1, 1, -1]
    np.testing.assert_allclose(tables["quality_weights"]["dimensions"]["people"], weights[1])
    words = {"positive": ["patents", "talent"], "negative": "so2", "weights": "critic", "shift": 0}
    found = xz.entropy_index(cities(), **words)
    np.testing.assert_allclose(found.index, z @ weights)
    flags = ["--positive", "patents,talent", "--negative", "so2", "--weights", "critic", "--shift", "0", "--entity", "city", "--period", "year"]  # fmt: skip
    done = attempt("analyse", "entropy_index", folder / "cities.csv", *flags, "--lang", "en")
    assert done.code == 0
    assert "Weights of Composite index" in done.stdout
    assert f"{weights[0]:.3f}" in done.stdout


def test_ranks_under_other_choices_are_counted(tables):
    """Every scheme, the other score, and each indicator left out; one of them by hand."""
    rows = {(row["kind"], row["name"]): row for row in tables["quality_weightings"]["rows"]}
    assert list(rows) == [
        *(("weights", name) for name in ("entropy", "pca", "equal", "equal_dimensions")),
        ("score", "topsis"),
        *(("without", name) for name in ("patents", "talent", "so2")),
    ]
    weights, z = critic(cities())
    years = cities().index.get_level_values("year")

    def ranks(values):
        return pd.Series(values).groupby(years).rank(ascending=False)

    moved = (ranks(z.mean(axis=1)) - ranks(z @ weights)).abs()
    assert rows["weights", "equal"]["mean_change"] == pytest.approx(moved.mean())
    assert rows["weights", "equal"]["largest_change"] == moved.max()


def test_a_choice_without_an_index_is_named():
    """Perfectly correlated indicators give CRITIC no conflict: the comparison is not left out in silence."""
    frame = cities()
    frame["double"] = 2 * frame["talent"]
    words = {"positive": ["talent", "double"], "weights": "equal", "shift": 0}
    found = xz.entropy_index(frame, **words)
    assert list(found.unavailable) == [("weights", "critic")]
    assert "critic" not in found.weights
    assert "perfectly correlated" in str(found.unavailable["weights", "critic"])
    frame["same"] = 1.0
    alone = xz.entropy_index(frame, positive=["talent", "same"], weights="equal", shift=0)
    assert ("without", "talent") in alone.unavailable


@pytest.mark.long
def test_what_has_no_index_stands_beneath_the_table(tmp_path):
    """In both languages, and as a notice with its number."""
    frame = cities()
    frame["double"] = 2 * frame["talent"]
    frame.reset_index().to_csv(tmp_path / "cities.csv", index=False)
    text = STUDY.replace(
        "negative: [so2], dimensions: {people: [talent]}, weights: critic", "weights: equal"
    )
    (tmp_path / "study.yaml").write_text(
        text.replace("[patents, talent]", "[double, talent]"), encoding="utf-8"
    )
    call("run", tmp_path / "study.yaml", "--out", tmp_path / "out")
    english = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    chinese = (tmp_path / "out" / "report.zh.md").read_text(encoding="utf-8")
    assert "No index under CRITIC weights: All indicators are perfectly correlated" in english
    assert "1 other choice gives no index: All indicators are perfectly correlated" in english
    assert "No other choice moves a rank." in english
    assert "The indicator with the largest weight" not in english
    assert "得不到指数" in chinese


def test_coordination_obstacles_states_and_parts_are_those_of_the_formulas(tables):
    """One row of each, with Python's own arithmetic."""
    frame = cities()
    weights, z = critic(frame)
    index = z @ weights
    green = frame["green"].to_numpy()
    degree = np.sqrt(np.sqrt(index * green))
    # With equal weights of two indices C T is the geometric mean of both.
    rows = tables["coordination_coordination"]["rows"]
    np.testing.assert_allclose([row["degree"] for row in rows], degree)

    lacking = weights * (1 - z)
    shares = lacking / lacking.sum(axis=1, keepdims=True)
    found = tables["score_obstacles"]["rows"]
    np.testing.assert_allclose([[row[n] for n in ("patents", "talent", "so2")] for row in found], shares)  # fmt: skip
    last = tables["score_largest_obstacles"]["rows"][0]
    best = sorted(zip(shares[3], ("patents", "talent", "so2"), strict=True), reverse=True)[:2]
    assert list(last["obstacles"]) == [name for _, name in best]

    rows = tables["decoupling_states"]["rows"]
    co2, gdp = frame.loc["c0", "co2"].to_numpy(), frame.loc["c0", "gdp"].to_numpy()
    np.testing.assert_allclose(rows[1]["elasticity"], (co2[1] / co2[0] - 1) / (gdp[1] / gdp[0] - 1))

    (row,) = tables["carbon_additive"]["rows"]
    total = frame["co2"].groupby("year").sum()
    parts = [row[n] for n in ("population", "gdp_per_head", "intensity")]
    assert sum(parts) == pytest.approx(total[2013] - total[2010])
    (ratio,) = tables["carbon_multiplicative"]["rows"]
    assert ratio["population"] * ratio["gdp_per_head"] * ratio["intensity"] == pytest.approx(total[2013] / total[2010])  # fmt: skip


def test_the_report_says_it_in_both_languages(results):
    """Weights, classes, states, parts and obstacles; classes that nobody is in are a notice."""
    english = (results / "report.md").read_text(encoding="utf-8")
    chinese = (results / "report.zh.md").read_text(encoding="utf-8")
    for words in (
        "Weights of quality", "CRITIC weights", "Sum of people", "Ranks under other choices: quality",
        "Coupling coordination: coordination", "Decoupling of co2 from gdp", "Obstacle degrees of quality",
        "Decomposition by factors: change of co2", "of the ten classes of coordination",
    ):  # fmt: skip
        assert words in english, words
    for words in (
        "quality的权重",
        "CRITIC 权重",
        "耦合协调度",
        "脱钩",
        "障碍度",
        "因素分解",
        "十个协调等级中有",
    ):
        assert words.replace(" ", "") in chinese.replace(" ", ""), words


def test_a_column_that_a_later_step_changes_is_not_explained_by_the_first(tmp_path):
    """The weights would be those of other numbers: the table says why there are none."""
    cities().reset_index().to_csv(tmp_path / "cities.csv", index=False)
    later = "  - patents: {step: log, column: patents}\nefficiency:"
    text = STUDY.replace("efficiency:", later, 1)
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    ran = run(tmp_path / "study.yaml", results=tmp_path / "results")
    problems = [say(p.what, "en") for one in (ran.results["entropy_index"]["quality"],) for p in one.problems]  # fmt: skip
    assert problems == ["'quality' or a column that it was made of was changed by a later step."]


def test_an_index_of_columns_shows_what_it_showed(tmp_path):
    """Without the new options there are no new tables."""
    cities().reset_index().to_csv(tmp_path / "cities.csv", index=False)
    lines = STUDY.splitlines()[:3]
    lines += ["prepare:", "  - quality: {step: entropy_index, columns: [patents, talent]}"]
    lines += ["describe: {variables: [quality]}", "variables: {quality: {column: quality}}"]
    (tmp_path / "study.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = run(tmp_path / "study.yaml", results=tmp_path / "results")
    assert not ran.results.get("entropy_index")


def test_obstacles_of_what_is_no_index_are_refused_with_the_line(tmp_path):
    """The nearest index is offered."""
    cities().reset_index().to_csv(tmp_path / "cities.csv", index=False)
    (tmp_path / "study.yaml").write_text(STUDY.replace("{of: quality, top", "{of: qualty, top"), encoding="utf-8")  # fmt: skip
    with pytest.raises(SpecError) as caught:
        check_study(tmp_path / "study.yaml")
    (problem,) = caught.value.problems
    assert "Unknown composite index 'qualty'" in str(problem.what)
    assert "quality" in str(problem.remedy)
    assert problem.where.line == 9


@pytest.mark.long
def test_a_dimension_has_the_label_of_the_study_in_both_languages(tmp_path):
    """In the table of weights and in that of obstacles; a name that is neither column nor dimension is refused."""
    cities().reset_index().to_csv(tmp_path / "cities.csv", index=False)
    label = "labels: {people: {zh: 创新人才, en: Innovative people}}"
    text = STUDY.replace("panel: {from: cities}", f"panel: {{from: cities, {label}}}")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    call("run", tmp_path / "study.yaml", "--out", tmp_path / "out")
    english = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    chinese = (tmp_path / "out" / "report.zh.md").read_text(encoding="utf-8")
    assert english.count("Sum of Innovative people") == 2
    assert chinese.count("创新人才合计") == 2
    assert "people" not in chinese
    (tmp_path / "study.yaml").write_text(text.replace("{people: {zh", "{peopel: {zh"), "utf-8")
    done = attempt("check", tmp_path / "study.yaml", "--lang", "en")
    assert "Unknown column 'peopel'." in done.stdout


def test_only_what_is_named_is_run(folder):
    """A table alone, and a prepared column by its name."""
    ran = run(folder / "study.yaml", results=folder / "part", only=("quality",))
    assert set(ran.results["entropy_index"]) == {"quality"}
    assert not ran.results.get("efficiency")


def test_a_quantity_that_is_not_the_product_is_refused():
    """With the row, both numbers and the remedy; a value below 0 too."""
    frame = cities()
    frame.iloc[5, frame.columns.get_loc("co2")] *= 1.01
    with pytest.raises(DataError) as caught:
        xz.decompose(frame, of="co2", factors=["population", "gdp_per_head", "intensity"])
    (problem,) = caught.value.problems
    assert "'co2' is not the product of population, gdp_per_head, intensity" in str(problem.what)
    assert (problem.where.entity, problem.where.period) == ("c1", 2011)
    with pytest.raises(DataError) as caught:
        xz.decompose(frame.assign(gdp=-frame["gdp"]), of="co2", factors=["gdp", "intensity"])
    assert caught.value.code == "decompose.negative"


def test_changes_from_zero_and_gaps_are_said():
    """Two notices of a decomposition, one of each kind; an entity with a gap is left out of the total."""
    from xinzhi.api.analysis import analyse_data
    from xinzhi_core.panel.panel import panel_of

    frame = cities().loc[["c0", "c1", "c2"]].copy()
    frame.loc[("c0", 2010), ["population", "gdp", "co2"]] = 0.0
    frame.loc[("c1", 2013), "co2"] = np.nan
    data = panel_of(frame.rename_axis(["entity", "period"]))
    words = {"of": "co2", "factors": ["population", "gdp_per_head", "intensity"]}
    shown = analyse_data("decompose", data, **words, dates=[2010, 2013])
    limit, gap = (str(one.text) for one in shown.notices)
    assert limit == (
        "1 change of an entity begins or ends at 0: it goes in equal parts to the factors that are 0 there, the limit "
        "of small values."
    )
    assert (
        gap
        == "1 change of an entity is left out of the totals: a value at one of the dates is missing."
    )
    parts = shown.result.by_entity.loc["c0"].iloc[0]
    assert parts["population"] == pytest.approx(frame.loc[("c0", 2013), "co2"])
    assert shown.result.additive["n"].tolist() == [2]
