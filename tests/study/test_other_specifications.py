"""The count of robustness: other specifications only, each once, each by the errors that its column prints."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from printed_charts import points_of
from xinzhi.report.build import content_of
from xinzhi.study.run import run
from xinzhi_core.wording import say
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.specification import Covariance, Regression

STUDY = """\
title: {{zh: 稳健, en: Robust}}
seed: 1
inference: {{errors: {errors}}}
sources: {{data: {{file: data.csv, kind: panel, entity: city, period: year}}}}
panel: {{from: data}}
variables:
  green: {{column: green, label: {{zh: 绿色, en: Green}}}}
  talent: {{column: talent, label: {{zh: 人才, en: Talent}}}}
  skill: {{column: skill, label: {{zh: 技能, en: Skill}}}}
  one: {{column: one}}
  two: {{column: two}}
  empty: {{column: empty}}
tables:
  baseline: {{outcome: green, columns: [{{x: [talent, one]}}, {{x: [talent]}}, {{x: [talent, one, two]}}]}}
  same: {{from: baseline/1, columns: [{{}}, {{window: [2000, 2030]}}, {{covariance: {{cluster: entity}}}}, {{covariance: hc1}}, {{covariance: iid}}]}}
  other: {{from: baseline/2, columns: [{{}}, {{covariance: {{cluster: entity}}}}]}}
  replaced: {{from: baseline/1, columns: [{{replace: {{talent: skill}}}}, {{window: [2010, 2014]}}, {{window: [2010, 2014], covariance: {{cluster: entity}}}}]}}
  noise: {{from: baseline/1, columns: [{{covariance: {{cluster: entity}}, window: [2011, 2015]}}]}}
  elsewhere: {{outcome: two, columns: [{{x: [talent]}}]}}
report: {{languages: [en, zh], formats: [html]}}
"""


def data(seed):
    """Draw a panel whose errors are alike within cities, so that clustered errors are far larger than HC1."""
    draw = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[f"c{i:02d}" for i in range(14)], range(2010, 2018)], names=["city", "year"]
    )
    n, city = len(index), index.codes[0]
    # Slow talent and slow errors: HC1 takes 112 rows for more than 14 cities hold.
    walk = np.cumsum(draw.normal(size=(14, 8)), axis=1).ravel()
    frame = pd.DataFrame(
        {"talent": np.cumsum(draw.normal(size=(14, 8)), axis=1).ravel()}, index=index
    )
    frame["skill"] = frame["talent"] + 0.3 * draw.normal(size=n)
    frame["one"], frame["two"], frame["empty"] = draw.normal(size=(3, n))
    frame["green"] = 0.35 * frame["talent"] + walk + 0.2 * draw.normal(size=14)[city]
    return frame


def telling():
    """Draw panels until the verdict on talent rests on the errors."""
    for seed in range(200):
        frame = data(seed)
        found = [
            fit(frame, Regression("green", ("talent",), ("one",), covariance=how))
            for how in (Covariance("hc1"), Covariance("cluster", ("entity",)))
        ]
        if found[0].p_value[0] < 0.05 < found[1].p_value[0] and found[0].estimate[0] > 0:
            return frame
    raise AssertionError


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Run the study for a panel in which the verdict on talent rests on the errors."""
    folder = tmp_path_factory.mktemp("robust")
    telling().to_csv(folder / "data.csv", float_format="%.17g")
    (folder / "study.yaml").write_text(STUDY.format(errors="hc1"), encoding="utf-8")
    result = run(folder / "study.yaml")
    return result, content_of(result)


def test_the_count_is_that_of_the_printed_tables(made):
    """By hand: without the columns of the first one, each specification once, by the p that is printed."""
    result, material = made
    tables = result.results["tables"]
    chosen = [
        tables["baseline"].columns[1],
        tables["baseline"].columns[2],
        tables["replaced"].columns[0],
        tables["replaced"].columns[1],
        tables["noise"].columns[0],
    ]
    k = sum(bool(one.p_value[0] < 0.05 and one.estimate[0] > 0) for one in chosen)
    paragraphs = [say(one, "en") for part in material.prose.values() for one in part]
    (said,) = [one for one in paragraphs if "sign and significance are confirmed" in one]

    assert f"confirmed for Talent in {k} of {len(chosen)}" in said
    assert 0 < k < len(chosen)


def test_other_errors_of_the_first_column_are_told_apart(made):
    """Once for each kind that changes a verdict; clustered ones by the sentence on clusters."""
    _, material = made
    text = " ".join(say(one, "en") for part in material.prose.values() for one in part)

    assert text.count("With standard errors clustered by") == 1
    assert "is no longer significant" in text
    assert (
        "With iid standard errors" not in text
        or "With iid standard errors, Talent is no longer" in text
    )


def test_the_note_under_a_table_agrees_with_its_cells(made):
    """Column (3) of the table of other errors is read by these: its p is the printed one, and so is the verdict."""
    result, material = made
    for table in (one for group in material.tables.values() for one in group):
        if table.id not in result.results["tables"]:
            continue
        columns = result.results["tables"][table.id].columns
        words = " ".join(say(one, "en") for one in table.reading)
        first = columns[0]
        p = first.p_value[0]
        shown = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
        assert shown in words, table.id
        cell = next(row for row in table.rows if row.key in {"talent", "skill"}).cells[0]
        assert ("not statistically significant" in words.split(". ")[0]) == (p >= 0.05)
        assert ("**" in cell.stars) == (p < 0.05)


@pytest.mark.long
def test_a_table_of_other_errors_alone_is_read_by_them(tmp_path):
    """As the demo's: one column, clustered, under a study that declares HC1."""
    telling().to_csv(tmp_path / "data.csv", float_format="%.17g")
    one = "  same: {from: baseline/1, columns: [{covariance: {cluster: entity}}]}\n"
    text = re.sub(r"  same: .*\n", one, STUDY.format(errors="hc1"))
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    result = run(tmp_path / "study.yaml")
    clustered = result.results["tables"]["same"].columns[0].p_value[0]
    material = content_of(result)
    (table,) = [one for group in material.tables.values() for one in group if one.id == "same"]
    (plot,) = [
        one for group in material.charts.values() for one in group if one.id == "same_coefficients"
    ]

    assert "not statistically significant: b" in say(table.reading[0], "en")
    assert f"p = {clustered:.3f}" in say(table.reading[0], "en")
    assert [p.is_filled for p in points_of(plot) if p.words.startswith("Talent")] == [False]
