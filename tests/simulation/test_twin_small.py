"""The study finds what was planted in a small twin, and only that: it is not wired to the paper."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from cli_runner import call
from simulation.printed import FOLDER
from simulation.small import EFFECTS, simulate_small
from simulation.sources import write_sources

pytestmark = pytest.mark.long

# Slopes are planted exactly; counting patents, firms and robots in whole numbers moves them by
# a few per cent of the smallest one.
PLANTED = 0.01


def shortened() -> str:
    """Take the study of the example, with tables of the planted regressions only."""
    yaml = YAML(typ="safe")
    study = yaml.load((FOLDER / "study.yaml").read_text("utf-8"))
    keep = ("title", "seed", "simulated", "sources", "panel", "prepare", "efficiency")
    keep += ("variables", "sets")
    short = {key: study[key] for key in keep}
    short["tables"] = {
        "vitality": {"outcome": "NEPP", "columns": [{"x": ["factors", "controls"]}]},
        "substitution": {"outcome": "SEE", "columns": [{"x": ["factors", "controls"]}]},
        "efficiency": {
            "outcome": "GTFP",
            "columns": [{"x": ["factors", "NEPP", "SEE", "controls"]}],
        },
    }
    short["report"] = {"languages": ["en"], "formats": ["html"]}
    text = StringIO()
    yaml.dump(short, text)
    return text.getvalue()


def study(folder: Path, **changes: object) -> dict[str, dict[str, float]]:
    """Simulate, run the study on the raw files, and return slopes and p-values by effect."""
    write_sources(simulate_small(**changes), folder, 1)
    (folder / "study.yaml").write_text(shortened(), encoding="utf-8")
    call("run", folder, "--lang", "en")
    tables = json.loads((folder / "results" / "results.json").read_text("utf-8"))["tables"]
    outcomes = {"vitality": "NEPP", "substitution": "SEE", "efficiency": "GTFP"}
    return {
        f"{name} -> {outcome}": cell
        for table, outcome in outcomes.items()
        for name, cell in tables[table]["columns"][0]["coefficients"].items()
    }


@pytest.fixture(scope="module")
def as_planted(tmp_path_factory):
    return study(tmp_path_factory.mktemp("twin"))


def test_all_effects_come_out_of_the_raw_files(as_planted):
    """Through reader, steps, frontier and regression each slope is the planted one."""
    for effect, slope in EFFECTS.items():
        assert as_planted[effect]["b"] == pytest.approx(slope, abs=PLANTED), effect
    assert as_planted["IRD -> NEPP"]["p"] < 0.01


def test_what_is_taken_out_is_not_found_and_what_is_planted_is(tmp_path):
    """Without automation -> vitality the study does not find it; talent -> vitality is found."""
    found = study(tmp_path, without=("IRD -> NEPP",), planted={"HEE -> NEPP": 0.2})

    assert found["IRD -> NEPP"]["b"] == pytest.approx(0, abs=PLANTED)
    assert found["IRD -> NEPP"]["p"] > 0.1
    assert found["HEE -> NEPP"]["b"] == pytest.approx(0.2, abs=PLANTED)
    assert found["HEE -> NEPP"]["p"] < 0.01
