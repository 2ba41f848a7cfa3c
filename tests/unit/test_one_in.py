"""XINZHI_ONE_IN takes the same part of the tests everywhere; all parts together are all tests."""

from __future__ import annotations

import os
import subprocess
import sys
from zlib import crc32

from places import ROOT

FILE = "tests/unit/test_aliases.py"


def collected(share, part, *options):
    """List the names of the tests that a run would take."""
    words = [sys.executable, "-m", "pytest", "--collect-only", "-n", "0", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*words, *options],
        cwd=ROOT,
        env={**os.environ, "XINZHI_ONE_IN": str(share), "XINZHI_PART": str(part)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 5}, done.stdout  # 5: none of them is taken.
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_one_test_in_three_is_taken_by_its_name():
    """Without a share all are; with one, those whose checksum leaves the part as its remainder."""
    every = collected(1, 7, FILE)
    for part in (0, 5):
        third = collected(3, part, FILE)
        assert third == [name for name in every if crc32(name.encode()) % 3 == part % 3]
        assert 0 < len(third) < len(every)


def test_of_the_long_tests_whole_files_are_taken():
    """Two halves share no file, and together they are all long tests."""
    both = ("tests/docs/test_benchmark.py", "tests/docs/test_coming_from.py")
    every = collected(1, 0, "-m", "long", *both)
    halves = [collected(2, part, "-m", "long", *both) for part in (0, 1)]
    files = [{name.partition("::")[0] for name in half} for half in halves]
    assert files[0].isdisjoint(files[1])
    assert all(files)
    assert sorted([*halves[0], *halves[1]]) == sorted(every)
