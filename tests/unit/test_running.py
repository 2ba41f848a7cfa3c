"""How the tests themselves are run: what `conftest.py` at the root of the repository promises."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from types import SimpleNamespace

import pytest

from places import ROOT

SPEC = importlib.util.spec_from_file_location("running", ROOT / "conftest.py")
running = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(running)
SHARED_STUDY = re.compile(
    r"^(?:def test_\w+|@pytest.fixture.*\ndef \w+)\(.*\b(oecd|folder)\b", re.MULTILINE
)


def workers(*words):
    return running.pytest_xdist_auto_num_workers(SimpleNamespace(args=list(words)))


def test_tests_of_one_file_run_in_this_process():
    """A debugger works, and nothing is started, for a test or a file."""
    assert workers("tests/unit/test_running.py") == 0
    assert workers("tests/unit/test_running.py::a", "tests/unit/test_running.py::b[x/y.csv]") == 0


def test_all_others_use_the_cores_of_this_process():
    """Folders and several files are spread; a process that may use one core starts one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    for words in (("tests", "packages"), ("tests/unit",), ("tests/a.py", "tests/b.py")):
        assert workers(*words) == cores


def test_each_file_goes_to_one_process_and_files_of_one_study_together():
    """A study that a session fixture runs is run once: all files that use it are listed."""
    spread = running.Spread._split_scope
    assert spread(None, "tests/unit/a.py::b[x::y]") == "tests/unit/a.py"

    files = (ROOT / "tests").rglob("test_*.py")
    texts = {p.relative_to(ROOT).as_posix(): p.read_text(encoding="utf-8") for p in files}
    for fixture, study in (("oecd", "oecd"), ("folder", "provinces")):
        users = {
            name
            for name, text in texts.items()
            if fixture in SHARED_STUDY.findall(text) and f"\ndef {fixture}(" not in text
        }
        assert users
        assert {spread(None, f"{name}::test") for name in users} == {study}, users


@pytest.mark.parametrize("prefix", [None, "elsewhere"])
def test_compiled_code_is_shared_where_it_may_not_lie_beside_the_sources(
    tmp_path, monkeypatch, prefix
):
    """Children read it by the environment; where a folder was chosen before, it stays."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", prefix or "")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", prefix)

    running.share_compiled_code(tmp_path)

    assert sys.dont_write_bytecode is (prefix is not None)
    assert os.environ["PYTHONPYCACHEPREFIX"] == (prefix or str(tmp_path))
    assert ("PYTHONDONTWRITEBYTECODE" in os.environ) is (prefix is not None)
