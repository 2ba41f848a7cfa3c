"""The benchmark compares like with like; nothing here depends on speed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from places import ROOT

pytestmark = pytest.mark.long

# Scores are proved to 1e-9; those of SciPy come from HiGHS at its own tolerance of 1e-7 per program,
# here on data scaled by the row, where 1e-9 is met by far.
TOLERANCE = 1e-9


def answer(*words: str) -> dict[str, list[float]]:
    """What a contender finds, in the process that the benchmark gives it."""
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "worker.py", *words],
        input="run\n",
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)["values"]


def test_scipy_finds_the_scores_of_the_oecd_study() -> None:
    """A program a row, written from the papers and solved by SciPy, gives our 288 scores."""
    ours = answer("oecd", "xinzhi", "super_sbm")["score"]
    theirs = answer("oecd", "scipy", "super_sbm")["score"]
    assert len(ours) == 288
    assert max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) < TOLERANCE
    assert sum(score > 1 for score in ours) == 4


def test_linearmodels_finds_the_slopes_of_the_panel() -> None:
    """PanelOLS gives our slopes and, under the rule that counts all effects, our clustered errors."""
    ours = answer("panel", "xinzhi", "two_way_all_counted")
    theirs = answer("panel", "linearmodels", "two_way")
    for kind in ("estimate", "error"):
        pairs = zip(ours[kind], theirs[kind], strict=True)
        assert max(abs(a - b) for a, b in pairs) < TOLERANCE


def test_pandas_reads_the_same_numbers_to_the_last_bit() -> None:
    """Every 97th of a million numbers of 17 digits: both round correctly, so they are equal."""
    ours = answer("digits17", "xinzhi", "read")["number"]
    assert len(ours) == 10_310
    assert ours == answer("digits17", "pandas", "read")["number"]


def test_a_word_that_no_case_names_is_told_others() -> None:
    """`just bench nonsense` measures nothing, says so and names words that select."""
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "run.py", "--only", "nonsense"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "frontier, econometrics" in done.stderr
