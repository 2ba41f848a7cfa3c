"""Everything that is computed is a variable: scores, slacks, changes and levels of an index."""

from __future__ import annotations

import json
from io import StringIO

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt, call
from xinzhi.study.file.load import load
from xinzhi.study.run import run
from xinzhi_core.errors import DataError, SpecError

pytestmark = pytest.mark.long

YEARS = range(2008, 2013)
STUDY = """
title: T
sources: {{data: {{file: data.csv, kind: panel, entity: city, period: year}}}}
panel: {{from: data}}
efficiency:
  green: {{measure: super_sbm, inputs: [labour, capital], good_outputs: [gdp], bad_outputs: [waste]}}
productivity:
  gml: {{index: {index}, of: green}}
variables:
  level: {{from: gml, as: cumulative, label: {{en: Green productivity, zh: 绿色生产率}}}}
  level_2010: {{from: gml, as: cumulative, base: 2010}}
  growth: {{from: gml, as: change}}
  catching_up: {{from: gml, as: cumulative, component: efficiency_change}}
  wasted: {{from: green, component: slack_waste}}
  log_level: {{expression: log(level)}}
  talent: {{column: talent}}
tables:
  of_levels: {{outcome: level, columns: [{{x: [talent]}}, {{outcome: growth, x: [talent]}}, {{outcome: log_level, x: [talent, wasted]}}]}}
space_and_time: {{level: {{convergence: [sigma, beta]}}}}
"""


@pytest.fixture
def frame():
    """Ten cities over five years."""
    rng = np.random.default_rng(8)
    index = pd.MultiIndex.from_product(
        [[f"c{i}" for i in range(10)], YEARS], names=["city", "year"]
    )
    names = ["labour", "capital", "gdp", "waste"]
    frame = pd.DataFrame(rng.uniform(1, 3, (len(index), 4)), index=index, columns=names)
    return frame.assign(talent=rng.normal(size=len(index)))


def ran(folder, frame, index="global_malmquist_luenberger"):
    frame.reset_index().to_csv(folder / "data.csv", index=False)
    (folder / "study.yaml").write_text(STUDY.format(index=index), encoding="utf-8")
    return run(folder / "study.yaml")


def by_year(frame, name):
    """One row a city, one column a year."""
    return frame.reset_index().pivot_table(
        index="entity", columns="period", values=name, dropna=False
    )


def by_hand(frame, index, component="value"):
    """Changes of an index from the function, one row a city, one column a year."""
    usual = {"measure": "super_sbm", "inputs": ["labour", "capital"], "good_outputs": "gdp"}
    found = xz.productivity(frame, index=index, bad_outputs="waste", **usual)
    return found.to_frame().pivot_table(index="entity", columns="to", values=component)


def test_levels_are_the_products_of_the_changes(tmp_path, frame):
    """1 in the base year, multiplied forwards, divided backwards."""
    found = ran(tmp_path, frame).variables
    wide = {name: by_year(found, name) for name in found.columns}

    changes = by_hand(frame, "global_malmquist_luenberger")
    level = wide["level"]
    np.testing.assert_allclose(level[2008], 1)
    np.testing.assert_allclose(level[[2009, 2010, 2011, 2012]], changes.cumprod(axis=1), rtol=1e-12)
    later = wide["level_2010"]
    np.testing.assert_allclose(later[2010], 1)
    np.testing.assert_allclose(later[2008] * changes[2009] * changes[2010], 1, rtol=1e-12)
    np.testing.assert_allclose(later[2012], changes[2011] * changes[2012], rtol=1e-12)
    growth = wide["growth"]
    assert growth[2008].isna().all()
    np.testing.assert_allclose(growth[[2009, 2010, 2011, 2012]], changes, rtol=1e-12)
    parts = by_hand(frame, "global_malmquist_luenberger", "efficiency_change")
    np.testing.assert_allclose(wide["catching_up"][2012], parts.prod(axis=1), rtol=1e-12)
    np.testing.assert_allclose(found["log_level"], np.log(found["level"]))


def test_indicators_are_added_and_start_at_zero(tmp_path, frame):
    """A Luenberger indicator is a difference."""
    found = by_year(ran(tmp_path, frame, "luenberger").variables, "level")

    changes = by_hand(frame, "luenberger")
    np.testing.assert_allclose(found[2008], 0)
    np.testing.assert_allclose(found[2012], changes.sum(axis=1), rtol=1e-12)


def test_an_index_is_an_outcome_and_converges(tmp_path, frame):
    """The slopes are those of the levels; a notice says what regressing an index means."""
    result = ran(tmp_path, frame)

    data = frame.assign(level=result.variables["level"].to_numpy())
    slope = xz.fit(data, outcome="level", regressors="talent").to_frame()["estimate"].iloc[0]
    column = result.results["tables"]["of_levels"].columns[0]
    assert column.to_frame()["estimate"].iloc[0] == pytest.approx(slope, rel=1e-12)
    assert any(notice.code == "inference.index_as_outcome" for notice in result.notices)
    converged = xz.convergence(data, score="level")
    assert repr(result.results["convergence"]["level"]) == repr(converged)


def test_slacks_are_variables(tmp_path, frame):
    """How much less waste the target has."""
    found = ran(tmp_path, frame).variables["wasted"]

    roles = {"inputs": ["labour", "capital"], "good_outputs": "gdp", "bad_outputs": "waste"}
    scores = xz.evaluate(frame, measure="super_sbm", **roles).to_frame()
    np.testing.assert_allclose(found, scores["slack_waste"])


def test_a_gap_breaks_the_chain(frame):
    """Nothing is filled: what lies beyond a missing year, seen from the base, is missing."""
    short = frame.drop(index=("c1", 2010))
    found = xz.productivity(
        short, index="malmquist", inputs=["labour", "capital"], good_outputs="gdp"
    )

    level = found.join(short)["malmquist_cumulative"]
    assert level.loc["c1"].isna().to_dict() == {2008: False, 2009: False, 2011: True, 2012: True}
    assert level.drop(index="c1").notna().all()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("from: gml, as: change", "from: gmll, as: change", "'gml'"),
        (
            "from: green, component: slack_waste",
            "from: green, as: change",
            "is a score, not an index",
        ),
        ("as: change", "base: 2008", "`base` has no effect"),
        ("column: talent", "column: talent, as: change", "those of a score or an index"),
        ("as: change", "as: changes", "change"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path, frame, old, new, words):
    """Before anything is measured, with the nearest name."""
    frame.reset_index().to_csv(tmp_path / "data.csv", index=False)
    text = STUDY.format(index="malmquist").replace(old, new)
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(SpecError) as caught:
        load(tmp_path / "study.yaml")

    assert words in str(caught.value)
    assert "line" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("component: slack_waste", "component: slack_wast", "slack_waste"),
        ("component: efficiency_change", "component: efficiency", "efficiency_change"),
        ("base: 2010", "base: 2030", "from 2008 to 2012"),
    ],
)
def test_what_the_result_does_not_have_is_named(tmp_path, frame, old, new, words):
    """A component or a base year that is not there: the nearest, or the range."""
    frame.reset_index().to_csv(tmp_path / "data.csv", index=False)
    text = STUDY.format(index="global_malmquist_luenberger").replace(old, new)
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")

    with pytest.raises((SpecError, DataError)) as caught:
        run(tmp_path / "study.yaml")

    assert words in str(caught.value)


def test_only_a_table_of_an_index_measures_what_it_needs(tmp_path, frame):
    """`--only of_levels` keeps the index and the score that it is made of."""
    frame.reset_index().to_csv(tmp_path / "data.csv", index=False)
    (tmp_path / "study.yaml").write_text(STUDY.format(index="malmquist"), encoding="utf-8")

    whole = run(tmp_path / "study.yaml")
    part = run(tmp_path / "study.yaml", only=("of_levels",))

    mine, theirs = (one.results["tables"]["of_levels"].columns for one in (whole, part))
    for one, other in zip(mine, theirs, strict=True):
        assert one.to_frame().equals(other.to_frame())


def test_the_command_puts_scores_behind_the_data(tmp_path, frame):
    """Rows in the order of the file, so that the next command can read the file."""
    mixed = frame.reset_index().sample(frac=1, random_state=3)
    mixed.to_csv(tmp_path / "data.csv", index=False)
    roles = ["--inputs", "labour,capital", "--good", "gdp", "--bad", "waste"]
    keys = ["--entity", "city", "--period", "year"]

    call(
        "efficiency",
        tmp_path / "data.csv",
        *roles,
        *keys,
        "--with-data",
        "--output",
        tmp_path / "s.csv",
    )
    indexed = call(
        "efficiency", tmp_path / "data.csv", *roles, *keys, "--index", "ml", "--with-data"
    )

    table = pd.read_csv(tmp_path / "s.csv")
    assert table["city"].tolist() == mixed["city"].tolist()
    assert table["year"].tolist() == mixed["year"].tolist()
    scores = xz.evaluate(
        mixed,
        entity="city",
        period="year",
        inputs=["labour", "capital"],
        good_outputs="gdp",
        bad_outputs="waste",
    )
    np.testing.assert_allclose(table["score"], scores.scores, rtol=1e-12)
    done = call(
        "regress",
        tmp_path / "s.csv",
        "--outcome",
        "score",
        "--regressors",
        "talent",
        "--format",
        "json",
        *keys,
    )
    assert json.loads(done.stdout)
    levels = pd.read_csv(StringIO(indexed.stdout))
    assert (levels.loc[levels["year"] == 2008, "malmquist_luenberger_cumulative"] == 1).all()


def test_results_beside_the_data_are_a_table(tmp_path, frame):
    """Json has a form of its own."""
    frame.reset_index().to_csv(tmp_path / "data.csv", index=False)

    done = attempt(
        *(
            "efficiency",
            tmp_path / "data.csv",
            "--entity",
            "city",
            "--period",
            "year",
            "--lang",
            "en",
        ),
        *("--inputs", "labour", "--good", "gdp", "--with-data", "--output", tmp_path / "s.json"),
    )

    assert done.code == 1
    assert "are a table: csv, xlsx or dta" in done.stderr
    assert not (tmp_path / "s.json").exists()


MAP = """
maps:
  levels: {{value: level, boundaries: built_in, in: [2010, 2012], classes: {{fallen: "< 1.00", risen: ">= 1.00"}}}}
"""
PLACES = [
    "北京市",
    "天津市",
    "河北省",
    "山西省",
    "河南省",
    "山东省",
    "江苏省",
    "安徽省",
    "浙江省",
    "湖北省",
]


def on_a_map(folder, frame, change=("", "")):
    """A study with a map of a cumulative index, whose cities are provinces."""
    named = frame.rename(
        index=dict(zip([f"c{i}" for i in range(10)], PLACES, strict=True)), level=0
    )
    named.reset_index().to_csv(folder / "data.csv", index=False)
    text = (STUDY + MAP).format(index="global_malmquist_luenberger").replace(*change)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder / "study.yaml"


def test_a_cumulative_index_stands_on_a_map(tmp_path, frame):
    """Each area has the class of its level, in classes of the map; the legend has their ranges."""
    found = xz.run(on_a_map(tmp_path, frame), only="levels")

    mapped = found.results["maps"]["levels"]
    level = found.panel.frame["level"]
    shown = level[level.index.get_level_values("period").isin([2010, 2012])]
    np.testing.assert_array_equal(mapped.values, shown)
    assert mapped.classes.tolist() == ["risen" if one >= 1 else "fallen" for one in shown]
    figure = found.figures["levels_map"].in_language("en")
    assert "Green productivity on the map" in figure.to_html()
    assert "fallen (&lt; 1.00)" in figure.to_svg() or "fallen (< 1.00)" in figure.to_svg()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((', classes: {fallen: "< 1.00", risen: ">= 1.00"}', ""), "add `classes` to the map"),
        (("value: level,", "value: levl,"), "did you mean 'level'"),
        (('risen: ">= 1.00"', 'risen: "> 1.50"'), "No class holds the score 1.00"),
        (("value: level,", "groups: level,"), "classes"),
    ],
)
def test_a_map_without_classes_is_refused(tmp_path, frame, change, words):
    """Also a name that is none, ranges that leave a gap, and classes of groups."""
    with pytest.raises(SpecError, match=words):
        load(on_a_map(tmp_path, frame, change))
