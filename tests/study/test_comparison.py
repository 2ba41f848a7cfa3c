"""Printed figures beside computed ones: any study can name them."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal

import pytest

from cli_runner import attempt, call
from places import ROOT
from xinzhi.report.comparison import compare, rounds_to

EXAMPLE = ROOT / "src" / "xinzhi" / "examples" / "oecd"
PRINTED = """
[table2]
human_capital = [1.460, 0.088, 1.177, 1.570]
investment = [0.222, 0.039, 0.119, 0.900]

[table5.col1]
N = 224
adj_r2 = 0.97
human_capital = { b = -0.055, se = 0.326, stars = 0 }
investment = { b = 0.345, se = 0.113, stars = 2 }
_cons = { b = 0.842, se = 0.5, stars = 0 }

[scores]
cities_low = { 2011 = 5, 2019 = 2 }
"""
LINKS = "{table2: descriptive, table5: baseline, scores: green_efficiency_classes}"


@pytest.fixture
def study(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "oecd", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "oecd" / "study.yaml"
    path.write_text(
        path.read_text(encoding="utf-8")
        + f"compare: {{published: printed.toml, tables: {LINKS}}}\n",
        encoding="utf-8",
    )
    (path.parent / "printed.toml").write_text(PRINTED, encoding="utf-8")
    return path


def test_each_printed_figure_has_its_verdict(study):
    """The block mirrors the printed keys; what is missed is shown as missed."""
    call("run", study, "--only", "efficiency,describe,baseline")

    found = json.loads((study.parent / "results" / "results.json").read_text("utf-8"))["comparison"]
    assert found["table2"]["human_capital"]["agrees"]
    assert not found["table2"]["investment"]["agrees"]
    assert found["table5"]["col1"]["N"] == {"printed": 224, "computed": 224, "agrees": True}
    assert found["table5"]["col1"]["human_capital"]["agrees"]
    # Two stars are printed here, three are computed.
    assert not found["table5"]["col1"]["investment"]["agrees"]
    assert found["table5"]["col1"]["_cons"]["agrees"]
    assert found["scores"]["cities_low"]["2011"]["agrees"]
    assert not found["scores"]["cities_low"]["2019"]["agrees"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("published: printed.toml", "published: print.toml", "print.toml"),
        ("table5: baseline", "table5: baselin", "did you mean 'baseline'"),
        ("table5: baseline", "table55: baseline", "table5"),
        ("published:", "publishd:", "did you mean 'published'"),
    ],
)
def test_a_wrong_comparison_is_refused(study, old, new, words):
    """A file or a table that is not there, a misspelt key."""
    study.write_text(study.read_text("utf-8").replace(old, new), encoding="utf-8")

    done = attempt("run", study, "--only", "efficiency,describe,baseline", "--lang", "en")

    assert done.code == 1
    assert words in done.stderr


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
