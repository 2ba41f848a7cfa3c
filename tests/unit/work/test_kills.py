"""Drivers and workers that are killed at random points: `just kills` kills two hundred of each."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from places import ROOT

pytestmark = pytest.mark.long


@pytest.mark.skipif(not hasattr(os, "fork"), reason="drivers are copies of one process")
def test_killed_runs_continue_with_the_same_digits():
    """At most one wave is repeated, no file is left, the digits are those of one run."""
    done = subprocess.run(
        [sys.executable, "benchmarks/kills.py", "--drivers", "20", "--workers", "20"],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| driver alone | 16 |" in done.stdout
