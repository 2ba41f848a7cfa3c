"""Fixtures that all tests share."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from cli_runner import call
from needs import CASES
from places import SHARED
from xinzhi.cli.streams import COLLECTIONS

# Packages that tests install beside xinzhi: importing them here would add their analyses to every test.
collect_ignore = ["outside/threshold", "outside/did"]

# No test depends on the speed of the machine or on chance: the examples of a test are always the same,
# but for `just test-all`, which looks for new ones.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize="XINZHI_TEST_ALL" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

# Tests make objects that live as long as a module or the session: to look for dead ones among them at every
# 700 new ones takes a seventh of the time. A run of the command line has the same numbers.
gc.set_threshold(*COLLECTIONS)

# A slip of the program ends a test, where it would only cost its user one section of the report.
os.environ.setdefault("XINZHI_RAISE_FAULTS", "1")


@pytest.fixture
def shared() -> Path:
    """Folder of reference material beside the repository; the test is skipped where it is missing."""
    if not SHARED.is_dir():
        pytest.skip(CASES)
    return SHARED


@pytest.fixture(scope="session")
def oecd(tmp_path_factory) -> Path:
    """Run the example `oecd` once for all tests about it; a test that changes it copies it.

    What the console said is in `stdout.txt`.
    """
    folder = tmp_path_factory.mktemp("demo") / "oecd"
    done = call("demo", "oecd", "--out", folder, "--lang", "en")
    (folder / "stdout.txt").write_text(done.stdout, encoding="utf-8")
    return folder


@pytest.fixture
def english(monkeypatch) -> None:
    """Commands speak English, as these tests read them, whatever the language of the machine."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
