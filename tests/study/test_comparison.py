"""Printed figures beside computed ones: any study can name them."""

from __future__ import annotations

import json
import re
import shutil
from decimal import Decimal

import pytest

from cli_runner import attempt
from places import EXAMPLES
from xinzhi.analyses.comparison.compute import ComparisonSection, compare, left_out, line_of
from xinzhi.analyses.comparison.counterparts import fits_nothing, rounds_to
from xinzhi.study.file.load import load

EXAMPLE = EXAMPLES / "oecd"
PRINTED = """
[table2]
human_capital = [1.460, 0.088, 1.177, 1.570]
investment = [0.222, 0.039, 0.119, 0.900]

[table5.col1]
N = 224
adj_r2 = 0.97
human_capital = { b = -0.055, se = 0.326, stars = 0 }
investment = { b = 0.345, se = 0.113, stars = 2 }
_cons = { b = 0.842, se = 0.5, stars = 3 }

[scores]
cities_low = { 2011 = 5, 2019 = 2 }

[elsewhere]
n = 7

[audit]
default = { effects = ["city", "year"], N = 224 }
"""
SECTION = """
compare:
  published: printed.toml
  tables: {table2: descriptive, table5: baseline, scores: green_efficiency_classes}
  reasons:
    "*.value": {zh: 另一数据版本, en: Another version of the data., within: {absolute: 3}}
"""


@pytest.fixture
def study(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "oecd", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "oecd" / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + SECTION, encoding="utf-8")
    (path.parent / "printed.toml").write_text(PRINTED, encoding="utf-8")
    return path


def run(study, *words):
    return attempt("run", study, "--only", "efficiency,describe,baseline", "--lang", "en", *words)


@pytest.mark.long
def test_each_printed_figure_has_its_verdict(study):
    """The block mirrors the printed keys; what is missed is shown as missed, with the reason."""
    done = run(study)

    assert done.code == 0
    assert "5 of 9 published figures agree." in done.stdout
    assert (
        "4 of 9 published figures differ: 1 explained by the data or methods of the study, 3 unexplained."
        in done.stdout
    )
    found = json.loads((study.parent / "results" / "results.json").read_text("utf-8"))
    compared, tables = found["comparison"], found["tables"]
    assert compared["table2"]["human_capital"]["agrees"]
    # The largest value of investment is missed; the reason is one of `value`, not of `max`.
    largest = compared["table2"]["investment"]
    assert (largest["differs"], largest["reasons"]) == (["max"], [])
    assert (largest["explained_by"], "beyond" in largest) == ({"max": "unexplained"}, False)
    assert compared["table5"]["col1"]["N"] == {"printed": 224, "computed": 224, "agrees": True}
    assert compared["table5"]["col1"]["human_capital"]["agrees"]
    # Two stars are printed and one is computed; b and se give three by any usual rule: that contradicts
    # the print, and explains nothing.
    investment = compared["table5"]["col1"]["investment"]
    assert investment["differs"] == ["stars"]
    assert (investment["explained_by"], investment["reasons"]) == ({"stars": "unexplained"}, [])
    assert [one["en"].partition(":")[0] for one in investment["beyond"]] == [
        "The printed figures contradict each other and do not give what was computed either"
    ]
    # The constant under fixed effects has an error: its stars contradict it, the computed ones do not.
    constant = compared["table5"]["col1"]["_cons"]
    assert constant["explained_by"] == {"se": "unexplained", "stars": "print"}
    assert constant["computed"].keys() == {"b", "se", "stars"}
    assert [one["en"].partition(":")[0] for one in constant["reasons"]] == [
        "The printed figures contradict each other"
    ]
    assert compared["scores"]["cities_low"]["2011"]["agrees"]
    missed = compared["scores"]["cities_low"]["2019"]
    assert missed["explained_by"] == {"value": "study"}
    assert missed["reasons"] == [
        {"zh": "另一数据版本 [相差不超过 3]", "en": "Another version of the data. [within 3]"}
    ]
    assert tables["comparison"]["left_out"] == ["elsewhere"]
    assert tables["comparison_missed"] == {
        "n": 4,
        "explained_by_print": 0,
        "explained_by_simulation": 0,
        "explained_by_study": 1,
        "unexplained": 3,
        "without_reason": 3,
    }
    page = (study.parent / "results" / "report.html").read_text("utf-8")
    assert all(words in page for words in ("Explained by", "the data or methods of the study"))


def test_reasons_say_the_same_in_both_languages():
    """The reasons of the example: the same numbers and the same reservation in Chinese and English."""
    study = load(EXAMPLES / "resource_cities" / "study.yaml")

    for figure, words in study.compare.reasons.items():
        assert sorted(re.findall(r"[0-9.]*[0-9]", words.zh)) == sorted(
            re.findall(r"[0-9.]*[0-9]", words.en)
        ), figure
        assert ("除非" in words.zh) == ("unless" in words.en), figure


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("published: printed.toml", "published: print.toml", "print.toml"),
        ("table5: baseline", "table55: baseline", "table5"),
        ("table5: baseline", "table5: descriptive/7", "'descriptive/7'"),
        ("published:", "publishd:", "did you mean 'published'"),
    ],
)
def test_a_wrong_comparison_is_refused(study, old, new, words):
    """A file, a table or a part that is not there, a misspelt key."""
    study.write_text(study.read_text("utf-8").replace(old, new), encoding="utf-8")

    done = run(study)

    assert done.code == 1
    assert words in done.stderr


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("stars = 2", 'stars = "**"', ("line 10", "table5.col1.investment", "'**'")),
        ("b = 0.345", 'b = "0.345"', ("line 10", "without quotation marks")),
        ("se = 0.113", "std = 0.113", ("line 10", "no part 'std'")),
        ("N = 224\n", "N = \n", ("line 7",)),
        ("default =", "defaults =", ("audit.defaults", "did you mean 'default'")),
    ],
)
def test_misprints_of_the_file_are_told_with_their_line(study, old, new, words):
    """`check` finds what the file of printed figures gets wrong, before anything is computed."""
    path = study.parent / "printed.toml"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")

    done = attempt("check", study, "--lang", "en")

    assert done.code == 1
    said = done.stdout + done.stderr
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("computed", "printed", "agrees"),
    [
        (0.02951, "0.030", True),
        (0.0306, "0.030", False),
        (0.026, "0.03", True),
        (1839.6, "1840", True),
        (-0.0849, "-0.084", False),
        (2.5e-9, "0.000", True),
        (848, "848", True),
    ],
)
def test_a_printed_figure_stands_for_what_rounds_to_it(computed, printed, agrees):
    """Half a unit of the last printed digit, no more."""
    assert rounds_to(computed, Decimal(printed)) is agrees


def test_what_has_no_counterpart_is_missed_not_forgotten():
    """A printed slope that the column does not have is listed and does not agree."""
    (one,) = compare(
        {"t": {"col1": {"x": {"b": Decimal("0.1")}}}},
        {"t": {"columns": [{"coefficients": {}}]}},
        {},
    )

    assert (one.computed, one.agrees) == (None, False)


EFFECT = {"mediator": "m", "factor": "x", "indirect": {"b": 0.0042}}
SHAPES = {
    "effects": {"effects": [EFFECT | {"sobel": {"value": 2.1, "p": 0.04}, "share": 0.15}]},
    "signs": {
        "paths": [
            {
                "moderator": "w",
                "focal": "x",
                "outcome": "y",
                "interaction": {"b": 0.2, "p": 0.03},
                "verdict": "positive",
            },
            {
                "moderator": "w",
                "focal": "m",
                "outcome": "y",
                "interaction": {"b": 0.2, "p": 0.3},
                "verdict": "not_significant",
            },
        ]
    },
    "ends": {"regions": {"2008": {"East": 3, "West": 1}}, "stayers": ["甲市", "乙市"]},
    "groups": {"columns": [{"group": "coal", "n": 848}]},
}


@pytest.mark.parametrize(
    ("printed", "link", "verdicts"),
    [
        ({"m": {"x": {"effect": Decimal("0.004"), "stars": 2}}}, "effects", [True]),
        ({"m": {"x": {"effect": Decimal("0.005")}}}, "effects", [False]),
        ({"w": {"x -> y": "+", "m -> y": "+"}}, "signs", [True, False]),
        ({"w": {"x -> y": "-"}}, "signs", [False]),
        ({"east": 3, "west": 2}, "ends/2008", [True, False]),
        ({"cities": 2, "names": ["乙"]}, "ends/stayers", [True, True]),
        ({"names": ["丙"]}, "ends/stayers", [False]),
        ({"coal": 848}, "groups", [True]),
    ],
)
def test_other_tables_than_regressions_are_compared(printed, link, verdicts):
    """Mediated effects, signs of interactions, regions of the best, those who stay, group sizes."""
    found = compare({"p": printed}, SHAPES, {"p": link})

    assert [one.agrees for one in found] == verdicts


def test_what_nothing_stands_beside_is_named():
    """A whole table by its name, else figure by figure; words are no figures."""
    printed = {
        "t": {"col1": {"N": 3, "hausman": 2}, "note": "words"},
        "u": {"a": [1, 2]},
        "audit": {"n": 1},
    }
    found = compare(printed, {"t": {"columns": [{"n": 3}]}}, {})

    assert left_out(printed, found) == ("t.col1.hausman", "u")


def test_a_reason_that_fits_no_figure_is_found():
    """A pattern is matched with the path of a figure and its part."""
    found = compare({"t": {"col1": {"N": 3}}}, {"t": {"columns": [{"n": 3}]}}, {})
    why = {"en": "why", "within": "5%"}
    named = {"en": "why", "of": {"t.col1.N.value": 3, "t.col2.N.value": 3}}
    reasons = {"t.*.value": why, "*.se": why, "t.col1.N.value": "why", "sizes": named}
    said = ComparisonSection(published="p.toml", reasons=reasons)

    assert fits_nothing(said.reasons, found) == ("*.se", "t.col2.N.value")


def test_a_line_is_found_under_its_table():
    """The same key under two tables has two lines."""
    text = '[a]\nx = 1\n["b c"]\nx = { b = 2 }\n'

    assert [line_of(text, path) for path in (("a", "x"), ("b c", "x", "b"), ("a", "y"))] == [
        2,
        4,
        None,
    ]
