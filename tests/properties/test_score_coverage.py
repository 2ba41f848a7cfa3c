"""Coverage of intervals of scores on both scales, in small: the committed table is what the benchmark computes."""

from __future__ import annotations

import sys
import tomllib
from importlib import import_module

import pytest

from places import ROOT

sys.path.insert(0, str(ROOT / "benchmarks" / "intervals"))
scores = import_module("scores")

SAMPLES = 40
NAMES = {
    "distance": "radial, variable, 1+1, 100 rows",
    "efficiency": "radial, variable, 1+1, 100 rows, scale θ",
}


@pytest.mark.long
@pytest.mark.parametrize("scale", NAMES)
def test_the_coverage_of_a_scale_is_that_of_the_table(scale):
    """40 samples of 100 rows agree with the 2,000 of the table, within 4 Monte Carlo errors of their own."""
    (design,) = [one for one in scores.DESIGNS if one.name == NAMES[scale]]
    assert design.scale == scale
    text = (ROOT / "benchmarks" / "coverage_scores.toml").read_text(encoding="utf-8")
    every = [row for rows in tomllib.loads(text).values() if isinstance(rows, list) for row in rows]
    (committed,) = [row for row in every if row.get("design") == design.name]

    found = scores.cover(design, SAMPLES, 7000)

    error = committed["monte_carlo_error"] * (committed["samples"] / SAMPLES) ** 0.5
    assert found["coverage"] == pytest.approx(committed["coverage"], abs=4 * error)
