"""Tables of inference on scores say what they are, how they came about, and what they are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cases_efficiency import activities
from xinzhi.analyses.inference.section import ScoreInference as Section
from xinzhi.analyses.inference.show import score_inference_table
from xinzhi.study.fingerprint import from_bytes, to_bytes
from xinzhi_core.wording import say
from xinzhi_frontier.inference.intervals import Resampling, infer
from xinzhi_frontier.options import Options

RADIAL = Options("radial", "constant", "input")


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(2)
    labels = [(f"e{i:02d}", year) for i in range(20) for year in (2020, 2021)]
    x = rng.uniform(1, 4, (40, 1))
    return activities(x, x * rng.uniform(0.4, 1, (40, 1)), labels=labels)


def table_of(rows, found):
    index = pd.MultiIndex.from_tuples(rows.labels)
    scores = pd.Series(rows.good_outputs[:, 0] / rows.inputs[:, 0], index=index)
    return score_inference_table("green", "Green", scores / scores.max(), found, labels={})


def test_intervals_stand_beside_scores_with_their_method(rows):
    """Bounds of the last period, and below them sizes, draws, rate and scale in both languages."""
    plan = Resampling(draws=8, size=12, seed=1, scale="efficiency")
    found = infer(rows, RADIAL, plan)
    table = table_of(rows, found)

    assert table.id == "green_intervals"
    assert [column.key for column in table.columns] == ["score", "low", "high"]
    assert len(table.rows) == 20
    for row in table.rows:
        score, low, high = (cell.value for cell in row.cells)
        assert low <= high <= score + 1e-7
    said = say(table.notes[1], "en")
    assert said.startswith("95% confidence intervals of the true score by subsampling")
    assert "8 subsamples of 12 of 20 entities" in said
    assert "n^-1.000" in said
    assert "the efficiency (θ or 1/φ)" in said
    assert "12（共20）" in say(table.notes[1], "zh")
    assert len(table.machine["rows"]) == 40
    assert table.machine["scale"] == "efficiency"


def test_without_an_interval_the_reason_stands_there(rows):
    """A slacks-based measure: no rows, no bounds, but the reason, also in results.json."""
    found = infer(rows, Options("super_sbm"), Resampling(draws=8, seed=1))
    table = table_of(rows, found)

    assert table.columns == ()
    assert table.rows == ()
    assert say(table.notes[1], "en").startswith("No confidence interval is known for this measure")
    assert say(table.notes[1], "zh").startswith("该测度没有已知的置信区间")
    assert table.machine["no_interval"] == str(found.reason)


@pytest.mark.parametrize(
    ("method", "words"),
    [("smoothed", "It gives no confidence interval"), ("sensitivity", "not confidence intervals")],
)
def test_what_is_no_interval_says_so(rows, method, words):
    """Bias and sensitivity have tables of their own names, without the word bound."""
    table = table_of(rows, infer(rows, RADIAL, Resampling(method, draws=4, seed=1)))

    assert words in say(table.notes[1], "en")
    assert not any("bound" in str(column.heading).lower() for column in table.columns)
    assert table.id in {"green_bias", "green_sensitivity"}


def test_an_inference_survives_the_store(rows):
    """Written and read back, tables, plan, reason and notices are the same."""
    for options in (RADIAL, Options("sbm")):
        found = infer(rows, options, Resampling(draws=4, size=12, seed=1))
        again = from_bytes(to_bytes(found))

        assert again.plan == found.plan
        assert again.reason == found.reason
        assert again.notices == found.notices
        # Words come back as objects: what they say is the same.
        assert_frame_equal(again.table, found.table, check_dtype=False)


def test_the_word_of_earlier_studies_is_understood():
    """`entities` was the name of what is now the sensitivity; intervals are the default."""
    assert Section(resampling="entities").resampling == "sensitivity"
    assert Section().resampling == "subsampling"
