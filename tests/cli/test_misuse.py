"""A wrong call: what, and the near miss, in both languages; every exit code as documented."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from cli_runner import attempt, call
from made_small import write_small

pytestmark = pytest.mark.usefixtures("english")

CALLS = [
    ("rn", "Unknown command 'rn'.", "did you mean 'run'?"),
    ("analyse momr", "Unknown command 'momr'.", "did you mean 'moran'?"),
    ("regress d.csv --outcom y", "Unknown option '--outcom'.", "did you mean '--outcome'?"),
    ("efficiency d.csv --returns-to x", "'--returns-to'.", "did you mean '--returns-to-scale'?"),
    ("run -z", "Unknown option '-z'.", "see `xinzhi run --help`."),
    ("efficiency d.csv --format jsn", "'jsn' is not a choice for --format", "mean 'json'?"),
    ("table d.csv --style ae", "'ae' is not a choice for --style", "did you mean 'aea'?"),
    ("run --lang=cn", "'cn' is not a choice for --lang: zh, en.", "see `xinzhi run --help`."),
    ("run --jobs x", "'x' in --jobs is not a whole number.", "see `xinzhi run --help`."),
    ("run --jobs 0", "--jobs must be at least 1, not 0.", "see `xinzhi run --help`."),
    ("table d.csv --decimals 99", "--decimals must be at most 10, not 99.", "table --help`."),
    ("regress d.csv --outcome", "The option '--outcome' needs a value.", "regress --help`."),
    ("run --quiet=3", "The option '--quiet' takes no value.", "see `xinzhi run --help`."),
    ("regress", "The argument 'data' is missing.", "see `xinzhi regress --help`."),
    ("regress d.csv --entity c", "The option '--outcome' is missing.", "regress --help`."),
    ("run a b", "No argument is left for 'b'.", "see `xinzhi run --help`."),
]


@pytest.mark.parametrize(("words", "what", "remedy"), CALLS, ids=[one[0] for one in CALLS])
def test_a_wrong_call(words, what, remedy):
    """Exit code 2; one style: what is wrong, then the remedy; English and Chinese."""
    english = call("--lang", "en", *words.split(), code=2)
    first, second = english.stderr.splitlines()

    assert what in first
    assert second.startswith("  remedy: ")
    assert remedy in second
    if "--lang" in words:
        return
    chinese = call("--lang", "zh", *words.split(), code=2).stderr.splitlines()
    assert chinese[1].startswith("  办法：")
    for line in chinese:
        assert re.search("[\u4e00-\u9fff]", line)
        assert not re.search("[a-z]{2,} [a-z]{2,} [a-z]{2,}", line.partition("`")[0])


@pytest.mark.parametrize("variable", ["LC_ALL", "LC_MESSAGES", "LANG"])
def test_the_locale_chooses_the_language_of_errors(monkeypatch, variable):
    """As for every other message."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "zh_CN.UTF-8")

    assert "没有命令“rn”。" in attempt("rn").stderr


def test_a_wrong_call_that_asked_for_json():
    """One document on stdout, whatever happened."""
    done = call("efficiency", "d.csv", "--format", "json", "--jobs", "x", code=2)

    assert json.loads(done.stdout)["problems"][0]["code"] == "usage"


@pytest.fixture
def study(tmp_path):
    return write_small(tmp_path)


def test_0_all_done_warnings_included(study):
    """A study, and data with a warning."""
    assert "!" in call("run", study, code=0).stderr


def test_1_errors_in_data_or_study_file_or_a_name(study):
    """Also a warning under --strict, and a model that could not be estimated."""
    roles = ["--entity", "city", "--period", "year"]
    data = study / "data.csv"
    call("check", data, "--entity", "nix", code=1)
    call("run", study, "--set", "seed=x", code=1)
    call("efficiency", data, *roles, "--inputs", "x", "--good", "y", "--measure", "nix", code=1)
    call("regress", study / "nix.csv", *roles, "--outcome", "y", "--regressors", "x", code=1)
    data.write_text(data.read_text() + "\nI,2001,1,\n")
    call("check", data, code=0)
    call("check", data, "--strict", code=1)
    model = (
        "tables={base: {outcome: e, effects: [entity], columns: [{x: [x], window: [2001, 2001]}]}}"
    )
    call("run", study, "--set", model, "--set", "efficiency.e.missing=leave_out", code=1)


def test_2_wrong_usage_or_a_crash(monkeypatch):
    """A crash says how to see more."""
    call("nix", code=2)
    call(code=2)

    def crash(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("xinzhi_econometrics.replication.published_tables.read", crash)
    assert "XINZHI_TRACEBACK=1" in call("audit", "x.toml", "--lang", "en", code=2).stderr


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_130_interrupted(study):
    """Ctrl-C, in a run."""
    rows = [
        f"c{n},{year},{1 + n % 7},{2 + n % 5}" for n in range(900) for year in range(2001, 2009)
    ]
    (study / "data.csv").write_text("city,year,x,y\n" + "\n".join(rows), encoding="utf-8")
    words = [sys.executable, "-m", "xinzhi.cli.main", "run", str(study), "--progress", "plain"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe) as running:
        first = running.stderr.readline()
        time.sleep(0.2)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate()

    assert first.startswith(b"[1/6] load")
    # Python ends itself by the signal where it was interrupted in `exec`; a shell calls both 130.
    assert running.returncode in (130, -signal.SIGINT), err
    assert b"Traceback" not in err
