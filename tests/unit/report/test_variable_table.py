"""The table of variables and the units of the tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from xinzhi.present.units import transformed, unit_in_words
from xinzhi.report.exhibits import exhibited, ranges, tables_of, with_names
from xinzhi.report.named import in_words
from xinzhi.study.run import run
from xinzhi_core.wording import Label, say

STUDY = """
title: {zh: 试, en: Test}
sources: {d: {file: d.csv, kind: panel, entity: city, period: year}}
panel: {from: [d]}
prepare:
  - gaps: {step: interpolate, method: linear, columns: [x]}
  - share: {step: rate, numerator: [x], denominator: y, per: 100}
variables:
  transform: ln1p
  S: {column: share, unit: percent, label: {zh: 份额, en: Share}}
  Y: {column: y, unit: 万人, transform: none, label: {zh: 人口}}
  SS: {expression: S * Y}
describe: {variables: [S, Y]}
report: {formats: [html]}
"""
ROWS = ["a,2008,1,10", "a,2009,,11", "a,2010,3,12", "b,2008,2,20", "b,2009,4,21", "b,2010,5,22"]


@pytest.fixture
def tables(tmp_path: Path) -> dict:
    (tmp_path / "d.csv").write_text("\n".join(["city,year,x,y", *ROWS]), encoding="utf-8")
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    result = run(tmp_path / "study.yaml")
    return {one.id: one for one in tables_of(result, exhibited(result))["data"]}


def texts(row, language):
    return [say(cell.value, language) if cell.kind == "text" else cell.value for cell in row.cells]


def test_each_variable_has_its_definition_unit_source_and_filled_cells(tables):
    """The definition is that of the step, the unit that of the tables, the share of cells counted."""
    share, size, product = tables["variables"].rows

    assert say(share.label, "en") == "Share"
    assert texts(share, "en") == ["S", "x / y × 100", "ln(1 + %)", "d", "16.7% (2009)"]
    assert texts(size, "en") == ["Y", "y", "10,000 persons", "d", 0.0]
    assert texts(size, "zh")[2] == "万人"
    assert texts(product, "en")[1] == "S * Y"


def test_a_label_missing_in_english_leaves_the_name(tables):
    """A variable with a Chinese label only is called by its name in English."""
    _, size, _ = tables["variables"].rows

    assert (say(size.label, "zh"), say(size.label, "en")) == ("人口", "Y")


SHEETS = """
title: {zh: 试, en: Test}
sources:
  output: {file: book.xlsx, sheet: output, kind: panel, entity: city, period: year}
  people: {file: book.xlsx, sheet: people, kind: panel, entity: city, period: year}
  more: {files: [c.csv, d.csv], kind: panel, entity: city, period: year}
panel: {from: [output, people, more]}
prepare:
  - share: {step: rate, numerator: [gdp], denominator: residents}
variables: {G: {column: gdp}, R: {column: residents}, S: {column: share}, C: {column: coal}}
describe: {variables: [G, R, S, C]}
report: {formats: [html]}
"""


def test_two_sheets_of_one_workbook_are_two_sources(tmp_path):
    """Each column has the source that holds it, what is made of both has both, several files are one source."""
    keys = pd.MultiIndex.from_product([["a", "b"], [2008, 2009]], names=["city", "year"])
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        for column in ("gdp", "residents"):
            sheet = pd.DataFrame({column: [1.5, 2.5, 3.5, 4.25]}, index=keys).reset_index()
            sheet.to_excel(book, sheet_name={"gdp": "output"}.get(column, "people"), index=False)
    for name, rows in (("c", ["a,2008,5", "a,2009,6"]), ("d", ["b,2008,7", "b,2009,9"])):
        text = "\n".join(["city,year,coal", *rows])
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(SHEETS, encoding="utf-8")
    result = run(tmp_path / "study.yaml")
    (table,) = (
        one for one in tables_of(result, exhibited(result))["data"] if one.id == "variables"
    )

    assert [texts(row, "en")[3] for row in table.rows] == [
        "output",
        "people",
        "output, people",
        "more",
    ]


def test_descriptive_statistics_have_units(tables):
    """The unit stands before the number of observations."""
    table = tables["descriptive"]

    assert [column.key for column in table.columns][:2] == ["unit", "n"]
    assert [say(row.cells[0].value, "en") for row in table.rows] == ["ln(1 + %)", "10,000 persons"]


def test_units_are_said_in_both_languages():
    """A unit of parts is translated whole or not at all."""
    assert say(unit_in_words("台/万人"), "en") == "machines per 10,000 persons"
    assert say(unit_in_words("台/万人"), "zh") == "台/万人"
    assert unit_in_words("斗/万人") == "斗/万人"
    assert say(transformed("亿元", "ln"), "en") == "ln(100 million yuan)"


def test_periods_that_follow_each_other_are_a_range():
    """Single periods stand alone."""
    assert ranges([]) == ""
    assert ranges([2008, 2010, 2011]) == "2008, 2010–2011"


def test_names_in_a_formula_are_read_as_labels():
    """Also where one name is a part of another, or looks like a key of a message."""
    labels = {
        "gdp": Label("gdp", en="Output", zh="产出"),
        "gdp_index": Label("gdp_index", en="Index", zh="指数"),
    }
    labels["x1"] = Label("x1", en="Rate", zh="汇率")

    text = in_words(
        with_names("gdp_index × x1 / (gdp × 10000)", ["gdp", "gdp_index", "x1"]), labels
    )

    assert say(text, "en") == "Index × Rate / (Output × 10000)"
    assert say(text, "zh") == "指数 × 汇率 / (产出 × 10000)"
