"""A wrong number in a column that only a preparation step reads is told at every door."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from cli_runner import call

N, YEARS = 24, range(2008, 2020)
STUDY = """\
title: A study
sources:
  data: {file: data.csv, kind: panel, entity: city, period: year}
panel: {from: data}
prepare:
  - filled: {step: interpolate, columns: [常住人口], method: linear}
  - rich: {step: expression, expression: ln(地区生产总值 / 常住人口)}
  - grey: {step: entropy_index, columns: [废水, 烟尘]}
variables:
  works: {column: works}
  rich: {column: rich}
  grey: {column: grey}
tables:
  baseline: {outcome: works, effects: [entity, period], columns: [{x: [rich, grey]}]}
report: {formats: [xlsx, md], languages: [en]}
"""


def yearbook() -> pd.DataFrame:
    """Draw a clean panel, to two decimals as yearbooks print; nothing here is real."""
    draw = np.random.default_rng(8)
    index = pd.MultiIndex.from_product(
        [[f"城{i:02d}" for i in range(N)], YEARS], names=["city", "year"]
    )
    shape = (N, len(YEARS))
    growth = draw.normal(0.08, 0.04, shape).cumsum(axis=1)
    people = np.exp(draw.normal(6, 0.4, (N, 1)) + draw.normal(0.005, 0.01, shape).cumsum(axis=1))
    gdp = np.exp(draw.normal(7.0, 0.4, (N, 1)) + growth)
    dust, water = (np.exp(draw.normal(4, 0.5, (N, 1)) + draw.normal(0, 0.1, shape)) for _ in "ab")
    columns = {
        "常住人口(万人)": people,
        "城镇人口(万人)": people * draw.uniform(0.3, 0.6, (N, 1)),
        "地区生产总值(亿元)": gdp,
        "废水(万吨)": dust,
        "烟尘(吨)": water,
        "works": draw.normal(size=shape),
    }
    return pd.DataFrame({name: made.ravel().round(2) for name, made in columns.items()}, index)


def power_of_ten(frame):
    """The domestic product of one city and year with a zero more."""
    frame.loc[("城03", 2013), "地区生产总值(亿元)"] *= 10


def unit(frame):
    """Residents of one city in another unit from one year on; only a step that fills reads them."""
    rows = frame.index.get_loc("城05")
    frame.iloc[rows, 0] *= np.where(np.arange(len(YEARS)) > 6, 0.01, 1.0)


def whole(frame):
    """Fewer residents than live in town: no step reads those in town."""
    frame.loc[("城07", 2011), "常住人口(万人)"] *= 0.4


def zero(frame):
    """A zero for a missing amount, in a column of an index."""
    frame.loc[("城02", 2010), "废水(万吨)"] = 0.0


PLANTED = {
    power_of_ten: ("plausible.unit_change", "地区生产总值"),
    unit: ("plausible.unit_change", "常住人口"),
    whole: ("plausible.part_above_whole", "城镇人口"),
    zero: ("plausible.zero", "废水"),
}


def folder_with(folder, change):
    """Write the study with its data, in which one thing is wrong."""
    frame = yearbook()
    if change is not None:
        change(frame)
    frame.to_csv(folder / "data.csv", encoding="utf-8")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return folder


def warnings_of(folder):
    """Check the study and list code and column of its warnings."""
    done = json.loads(call("check", folder / "study.yaml", "--format", "json").stdout)
    return [(p["code"], p["where"].get("column")) for p in done["problems"]]


def test_a_clean_yearbook_has_no_doubts(tmp_path):
    """What the others find is what was planted."""
    assert not [code for code, _ in warnings_of(folder_with(tmp_path, None)) if "plaus" in code]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("change", PLANTED, ids=lambda change: change.__name__)
def test_check_run_and_report_tell_what_only_a_step_reads(tmp_path, change):
    """In `check`, on the screen of `run`, in results.json and the report."""
    folder = folder_with(tmp_path, change)
    code, column = PLANTED[change]
    assert (code, column) in warnings_of(folder)

    ran = call("run", folder, "--lang", "en")
    results = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))
    told = [n for n in results["notices"] if n["code"] == code and column in n["where"]]
    assert len(told) == 1
    words = told[0]["text"]["en"]
    assert words in ran.stderr
    # Markdown escapes the sign of greater.
    report = (folder / "results" / "report.md").read_text(encoding="utf-8")
    assert words in report.replace("\\>", ">")
