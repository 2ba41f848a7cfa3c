"""Which warnings about columns reach the reader of a study: those of every column on which a result can rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.study.result import Reading
from xinzhi.study.run import check_study
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import about_data, matters, used_columns
from xinzhi_core.errors import Problem, Where
from xinzhi_core.panel.checks import check_panel
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.problems import CONSTANT_COLUMN, first_of_columns
from xinzhi_core.wording import say
from xinzhi_panel.columns.seen import RULES

SPEC = StudySpec.model_validate(
    {
        "title": "t",
        "panel": {"from": ["data"], "keep": {"in_study": [1]}},
        "sources": {"data": {"file": "a.csv", "entity": "city", "period": "year"}},
        "prepare": [
            {"filled": {"step": "interpolate", "column": "raw"}},
            {"waste": {"step": "entropy_index", "columns": ["dust", "water"]}},
            {"rich": {"step": "expression", "expression": "ln(gdp / people) + lag(filled)"}},
            {
                "stock": {
                    "step": "capital_stock",
                    "investment": "invested",
                    "price": "prices",
                    "depreciation": 0.096,
                    "initial": {"rule": "ratio", "denominator": 0.1},
                }
            },
        ],
        "variables": {"y": {"column": "score"}},
        "groups": {"region": {"column": "part"}},
    }
)
BY_STEPS = ("raw", "dust", "water", "gdp", "people", "filled", "invested", "prices")
CODES = [f"plausible.{name}" for name in RULES.names()]


@pytest.mark.parametrize(
    "code",
    [
        *CODES,
        "type.text",
        "panel.unit_jump",
        "panel.constant",
        "panel.empty_column",
        "panel.zero_period",
    ],
)
@pytest.mark.parametrize("column", ["score", "part", *BY_STEPS])
def test_a_warning_reaches_the_study_where_its_column_is_used(code, column):
    """Of variables, groups, keys and of all that a step reads, whatever rule doubts it."""
    assert matters(Problem(code, "", Where(column=column), severity="warning"), SPEC)


@pytest.mark.parametrize("column", ["city", "year", "in_study"])
def test_keys_and_what_chooses_rows_matter_but_for_being_constant(column):
    """The rows with in_study = 1 have no other value of it: that they are constant says nothing."""
    for code in [*CODES, "type.text", "panel.unit_jump", "panel.empty_column"]:
        assert matters(Problem(code, "", Where(column=column), severity="warning"), SPEC)
    assert not matters(Problem("panel.constant", "", Where(column=column)), SPEC)


@pytest.mark.parametrize("code", [*CODES, "panel.constant"])
def test_a_column_that_nothing_reads_is_left_alone(code):
    """Only a code that does not tell cities apart matters whatever is used."""
    warning = Problem(code, "", Where(column="other"), severity="warning")
    assert matters(warning, SPEC) == (code == "plausible.code")


def test_a_warning_about_several_columns_reaches_the_study_by_any():
    """Miners above the employed doubt both, though only one of them is used."""
    where = Where(column="other")
    for beside, is_told in ((("raw",), True), (("another",), False), (("another", "score"), True)):
        warning = Problem("plausible.part_above_whole", "", where, "", "warning", beside)
        assert matters(warning, SPEC) == is_told


def test_the_columns_on_which_results_rest():
    """Names of expressions and of lists, not the words of other options."""
    assert used_columns(SPEC) >= {"score", "part", "city", "year", *BY_STEPS}
    assert not used_columns(SPEC) & {"other", "ln", "lag"}


MANY = 30
"""More columns than a list of warnings names."""


def made(**columns):
    """A panel with many columns that nothing reads before those given."""
    index = pd.MultiIndex.from_product(
        [list("abcd"), range(2001, 2007)], names=["entity", "period"]
    )
    grows = np.arange(1.0, len(index) + 1)
    others = {f"u{i:02}": columns["like"].copy() for i in range(MANY)}
    frame = pd.DataFrame({**others, "raw": columns["like"], "x": grows}, index=index)
    return panel_of(frame)


def cells(**at):
    """Amounts that grow; some cells are others."""
    values = np.arange(1.0, 25.0) + np.tile([0.0, 0.3, 0.1, 0.7], 6)
    for place, value in at.items():
        values[int(place[1:])] = value
    return values


ODD = {
    "panel.constant": np.full(24, 3.0),
    "number.sentinel": cells(p2=-999.0, p9=-999.0),
    "number.too_large": cells(p5=2.0**60, p11=2.0**59),
    "panel.zero_entity": np.where(np.arange(24) // 6 == 1, 0.0, cells()),
    "panel.unit_jump": np.where(np.arange(24) % 6 >= 3, 1000.0, 1.0)
    * np.tile(np.arange(10.0, 16.0), 4),
}


@pytest.mark.parametrize("code", ODD)
def test_a_warning_is_not_lost_behind_columns_that_nothing_reads(code):
    """Thirty columns of a yearbook have the same fault before the one that a step reads."""
    panel = made(like=ODD[code])
    reading = Reading(
        panel=panel, files=(), decisions=(), warnings=check_panel(panel), coverage=None
    )
    told = [w for w in about_data(SPEC, reading, panel) if w.code == code]
    assert told
    assert all("raw" in {w.where.column, *w.beside} for w in told)


def test_constant_columns_beyond_those_that_are_named_are_counted_as_the_study_uses_them():
    """Of eleven columns more, the one that a step reads is named, in both languages."""
    panel = made(like=ODD["panel.constant"])
    found = [w for w in check_panel(panel) if w.code == CONSTANT_COLUMN]
    assert [w.where.column for w in found] == [*(f"u{i:02}" for i in range(20)), None]
    assert found[-1].beside == (*(f"u{i:02}" for i in range(20, MANY)), "raw")
    assert str(found[-1].what) == "11 more columns are constant or empty."
    reading = Reading(panel=panel, files=(), decisions=(), warnings=tuple(found), coverage=None)
    (told,) = about_data(SPEC, reading, panel)
    assert say(told.what, "en") == "1 further column that the study uses is constant or empty: raw."
    assert say(told.what, "zh") == "研究所用的列中另有 1 列为常数或空列：raw。"
    assert told.beside == ("raw",)


def test_a_list_is_cut_behind_the_first_of_each_column():
    """The first n, then one of each column that has none among them."""
    places = [Problem("x", "", Where(column=c, row=i)) for i, c in enumerate("aaaabcbd")]
    kept = first_of_columns(places, 3)
    assert [p.where.row for p in kept] == [0, 1, 2, 4, 5, 7]
    assert first_of_columns(places[:2], 3) == places[:2]


RENAMED = """
title: t
panel: {from: data}
sources:
  data:
    file: data.csv
    entity: city
    period: year
    columns: {score: "得分", gdp: "产值", other: "别的"}
prepare:
  - grown: {step: expression, expression: "diff(gdp)"}
variables:
  y: {column: score}
  g: {column: grown}
"""


def test_a_warning_about_a_heading_reaches_the_study_by_the_name_that_it_gives(tmp_path):
    """The file says 批次, the study group: what is doubted of the one is doubted of the other."""
    rows = ["city,year,得分,产值,批次,别的"]
    for i, (city, year) in enumerate((c, y) for c in "abcdef" for y in range(2001, 2007)):
        batch = f"2010-0{1 + i // 6}-15"
        rows.append(f"{city},{year},{0.3 + i / 90:.3f},{3 + i * 1.7:.2f},{batch},{batch}")
    (tmp_path / "data.csv").write_text("\n".join(rows), encoding="utf-8")
    text = RENAMED.replace("columns: {", "columns: {batch: 批次, ")
    (tmp_path / "study.yaml").write_text(f"{text}groups: {{batch: {{column: batch}}}}\n", "utf-8")
    told = {p.where.column for p in check_study(tmp_path / "study.yaml").problems}
    assert "批次" in told
    assert "别的" not in told


def test_a_constant_that_a_step_alone_reads_is_told(tmp_path):
    """A column of one value, filled down by mistake, moves every index that a step makes of it."""
    rows = ["city,year,得分,产值,别的"]
    for i, (city, year) in enumerate((c, y) for c in "abcdef" for y in range(2001, 2007)):
        rows.append(f"{city},{year},{0.3 + i / 90 + i % 4 / 50:.3f},7.5,7.5")
    (tmp_path / "data.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "study.yaml").write_text(RENAMED, encoding="utf-8")
    found = [p for p in check_study(tmp_path / "study.yaml").problems if p.code == CONSTANT_COLUMN]
    assert [p.where.column for p in found] == ["gdp"]
    assert say(found[0].what, "en") == "Column 'gdp' is constant (7.5)."
