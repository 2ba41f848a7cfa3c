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


class Case:
    """A collected test that knows its name and its marks only."""

    def __init__(self, nodeid, **marks):
        self.nodeid = nodeid
        self.marks = {name: SimpleNamespace(args=args) for name, args in marks.items()}

    def get_closest_marker(self, name):
        """Find a mark by its name."""
        return self.marks.get(name)

    def add_marker(self, mark):
        """Give the test a further mark."""
        self.marks[mark.name] = mark


@pytest.fixture
def hooks(request):
    """Find the hooks of the repository."""
    ours = str(ROOT / "conftest.py")
    plugins = request.config.pluginmanager.get_plugins()
    (found,) = (one for one in plugins if getattr(one, "__file__", None) == ours)
    return found


@pytest.fixture
def taken(hooks, monkeypatch):
    """Choose among names as the hook of the repository does."""

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
        items = [Case(name) for name in NAMES]
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


def test_one_case_in_n_is_not_left_to_the_long(hooks):
    """Of 10 cases with one_in(4), the 3 with the smallest checksums stay; a long test stays long."""
    cases = [Case(f"test_a.py::test_one[{n}]", one_in=(4,)) for n in range(10)]
    others = [Case("test_a.py::test_two"), Case("test_a.py::test_three[1]", one_in=(4,), long=())]
    hooks.leave_to_the_long([*cases, *others])

    quick = [case.nodeid for case in cases if not case.get_closest_marker("long")]
    by_sum = sorted((case.nodeid for case in cases), key=lambda name: crc32(name.encode()))
    assert sorted(quick) == sorted(by_sum[:3])
    assert [bool(case.get_closest_marker("long")) for case in others] == [False, True]


def test_of_few_cases_one_stays(hooks):
    """A test with fewer cases than n keeps one of them, so that none is left to the long alone."""
    cases = [Case(f"test_a.py::test_one[{n}]", one_in=(12,)) for n in range(3)]
    hooks.leave_to_the_long(cases)
    assert sum(not case.get_closest_marker("long") for case in cases) == 1


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
