"""XINZHI_ONE_IN takes the same part of the tests everywhere, and a different test belongs to one part."""

from __future__ import annotations

import os
import subprocess
import sys
from zlib import crc32

from places import ROOT

FILE = "tests/unit/test_aliases.py"


def collected(share):
    """List the names of the tests of one file that a run would take."""
    words = [sys.executable, "-m", "pytest", "--collect-only", "-n", "0", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*words, FILE],
        cwd=ROOT,
        env={**os.environ, "XINZHI_ONE_IN": str(share)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if line.startswith(FILE)]


def test_one_test_in_three_is_taken_by_its_name():
    """Without a share all are; with one, those whose checksum it divides."""
    every = collected(1)
    third = collected(3)
    assert third == [name for name in every if crc32(name.encode()) % 3 == 0]
    assert 0 < len(third) < len(every)
