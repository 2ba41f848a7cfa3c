"""The measured coverage of intervals of scores: which design is quoted, and in which words."""

from __future__ import annotations

import numpy as np
import pytest

from cases_efficiency import activities
from xinzhi.analyses.inference import show as score_coverage
from xinzhi.analyses.inference.show import (
    SimulatedScores,
    nearest_design,
    score_coverage_note,
    simulated_scores,
)
from xinzhi_core.wording import say
from xinzhi_frontier.inference.intervals import Resampling, infer
from xinzhi_frontier.options import Options

VARIABLE = Options("radial", "variable", "input")
CONSTANT = Options("radial", "constant", "input")


def design(returns="variable", inputs=1, n=20, periods=1, coverage=0.98, measure="radial"):
    return SimulatedScores(measure, returns, "distance", inputs, 1, n, periods, 2000, coverage)


def inference(options, n=24, periods=1):
    rng = np.random.default_rng(3)
    labels = [(f"e{i:02d}", year) for i in range(n) for year in range(periods)]
    x = rng.uniform(1, 4, (n * periods, 1))
    rows = activities(x, x * rng.uniform(0.4, 1, x.shape), labels=labels)
    return infer(rows, options, Resampling(draws=4, size=12, seed=1))


@pytest.fixture
def designs(monkeypatch):
    """Designs of a test instead of those measured."""

    def use(*those):
        monkeypatch.setattr(score_coverage, "simulated_scores", lambda: those)

    return use


def test_the_nearest_design_has_the_same_returns(designs):
    """Returns decide first, then entities, periods and columns in logarithms."""
    constant, small, large = design("constant", n=24), design(n=20), design(n=400)
    designs(constant, large, small, design(inputs=4, n=24), design(n=24, periods=10))

    assert nearest_design(inference(VARIABLE)) is small
    assert nearest_design(inference(CONSTANT)) is constant


def test_a_frontier_that_pools_years_is_compared_with_panels(designs):
    """One frontier a year is a cross-section; one of all years has their number."""
    cross, panel = design(n=24), design(n=24, periods=3)
    designs(cross, panel)

    yearly = Options("radial", "variable", "input", reference="contemporaneous")
    assert nearest_design(inference(yearly, periods=3)) is cross
    assert nearest_design(inference(VARIABLE, periods=3)) is panel


@pytest.mark.parametrize(
    ("coverage", "english", "chinese"),
    [(0.984, "conservative", "保守"), (0.917, "less often", "偏低"), (0.95, "", "")],
)
def test_the_note_says_short_or_conservative(designs, coverage, english, chinese):
    """Below 93 % the shortfall, above 97 % the word conservative, between them nothing."""
    designs(design(coverage=coverage))
    notes = list(score_coverage_note(inference(VARIABLE)))

    assert len(notes) == bool(english)
    for note in notes:
        text = say(note, "en")
        assert english in text
        assert f"{100 * coverage:.1f}%" in text
        assert "20 × 1 (variable returns, inputs: 1, outputs: 1)" in text
        assert chinese in say(note, "zh")


def test_without_an_interval_nothing_is_quoted(designs):
    """A slacks-based score has no interval and so no coverage."""
    designs(design())

    assert list(score_coverage_note(inference(Options("sbm")))) == []


def test_every_quoted_design_has_enough_samples():
    """2,000 samples; shares are shares."""
    assert simulated_scores()
    for one in simulated_scores():
        assert one.samples >= 2000
        assert 0.5 < one.coverage <= 1
