"""XINZHI_ONE_IN takes the same part of the tests everywhere; all parts together are all tests."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace
from zlib import crc32

import pytest

from places import ROOT

FILE = "tests/unit/test_aliases.py"
NAMES = [f"tests/unit/test_{file}.py::test_{n}" for file in "abcdefghij" for n in range(9)]


@pytest.fixture
def taken(request, monkeypatch):
    """Choose among names as the hook of the repository does."""
    ours = str(ROOT / "conftest.py")
    plugins = request.config.pluginmanager.get_plugins()
    (hooks,) = (one for one in plugins if getattr(one, "__file__", None) == ours)

    def choose(share, part, marked=""):
        monkeypatch.setenv("XINZHI_ONE_IN", str(share))
        monkeypatch.setenv("XINZHI_PART", str(part))
        left_out = []

        def deselect(items):
            left_out.extend(items)

        config = SimpleNamespace(
            option=SimpleNamespace(markexpr=marked),
            hook=SimpleNamespace(pytest_deselected=deselect),
        )
        items = [SimpleNamespace(nodeid=name) for name in NAMES]
        hooks.pytest_collection_modifyitems(config, items)
        assert len(items) + len(left_out) == len(NAMES)
        return [item.nodeid for item in items]

    return choose


def test_a_part_is_told_by_the_name_of_the_test(taken):
    """Without a share all are taken; with one, those whose checksum leaves the part as its remainder."""
    assert taken(1, 7) == NAMES
    for part in (0, 1, 5):
        assert taken(3, part) == [n for n in NAMES if crc32(n.encode()) % 3 == part % 3]


def test_a_part_of_the_long_tests_is_told_by_the_name_of_the_file(taken):
    """Four quarters share no file, and together they are all."""
    quarters = [taken(4, part, "long") for part in (20, 21, 22, 23)]
    files = [{name.partition("::")[0] for name in quarter} for quarter in quarters]

    assert sorted(name for quarter in quarters for name in quarter) == sorted(NAMES)
    assert sum(map(len, files)) == len(set.union(*files))


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


@pytest.mark.long
def test_one_test_in_three_is_taken_by_its_name():
    """Without a share all are; with one, those whose checksum leaves the part as its remainder."""
    every = collected(1, 7, FILE)
    for part in (0, 5):
        third = collected(3, part, FILE)
        assert third == [name for name in every if crc32(name.encode()) % 3 == part % 3]
        assert 0 < len(third) < len(every)


@pytest.mark.long
def test_of_the_long_tests_whole_files_are_taken():
    """Two halves share no file, and together they are all long tests."""
    both = ("tests/docs/test_benchmark.py", "tests/docs/test_coming_from.py")
    every = collected(1, 0, "-m", "long", *both)
    halves = [collected(2, part, "-m", "long", *both) for part in (0, 1)]
    files = [{name.partition("::")[0] for name in half} for half in halves]
    assert files[0].isdisjoint(files[1])
    assert all(files)
    assert sorted([*halves[0], *halves[1]]) == sorted(every)
