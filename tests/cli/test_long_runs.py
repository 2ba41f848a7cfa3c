"""Draws of a study: kept while it runs, shown with the time that is left, asked for before they begin."""

from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import pytest

from cli_runner import attempt, call
from made_draws import Sums, table
from made_study import written
from xinzhi.analyses.describe import DescribeAnalysis
from xinzhi.cli import long_runs
from xinzhi.cli.long_runs import Pace, agreement, draws_json
from xinzhi.events import DrawProgress
from xinzhi.work.draws import driver
from xinzhi.work.draws.plan import Estimate

TASK = Sums(table(500))
KEY = "7" * 64
N = 200


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study that draws before it describes; `found` holds what it has drawn."""
    compute = DescribeAnalysis.compute
    found = []

    def drawing(self, section, given):
        found.append(given.engine.draws(TASK, N, key=KEY, name="Sums of the study"))
        return compute(self, section, given)

    monkeypatch.setattr(DescribeAnalysis, "compute", drawing)
    folder = written(tmp_path / "study")
    return folder, found


def test_draws_are_kept_beside_the_results(study, monkeypatch):
    folder, found = study
    monkeypatch.setattr(driver, "SAMPLED", 0.02)
    done = call("run", folder, "--lang", "en", "--progress", "json")
    assert found[0].tolist() == TASK(range(N)).tolist()
    (kept,) = (folder / "results" / "store" / "draws").iterdir()
    assert json.loads((kept / "draws.json").read_text())["name"] == "Sums of the study"
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    within = [line["draws"] for line in lines if "draws" in line]
    assert within[-1] == {
        "name": "Sums of the study",
        "done": N,
        "total": N,
        "seconds_left": within[-1]["seconds_left"],
    }
    assert {line["stage"] for line in lines if "draws" in line} == {"analyse"}


@pytest.mark.long
def test_engines_give_one_study(study):
    folder, found = study
    files = []
    for words in (
        [],
        ["--jobs", 2],
        ["--engine", "processes", "--jobs", 1],
        ["--engine", "serial"],
    ):
        call("run", folder, "--lang", "en", *words)
        results = folder / "results"
        files.append([(results / name).read_bytes() for name in ("results.json", "scores.csv")])
        shutil.rmtree(results)
    assert len(found) == 4
    assert all(one == files[0] for one in files)


def test_a_failure_of_the_engine_is_no_result(study, monkeypatch):
    """The run ends with the command that continues; nothing is kept as an analysis without an answer."""
    folder, found = study
    with monkeypatch.context() as patch:
        patch.setattr(driver, "SAMPLED", 0.0)
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
        failed = attempt("run", folder, "--lang", "en", "--out", folder / "elsewhere")
    assert failed.code == 1
    assert "The draws need" in failed.stderr
    assert (
        f"`xinzhi run {folder / 'study.yaml'} --out {folder / 'elsewhere'}` then" in failed.stderr
    )
    assert not found
    call("run", folder, "--lang", "en", "--out", folder / "elsewhere")
    assert len(found) == 1


@pytest.mark.long
def test_an_interrupted_run_says_so_and_goes_on(study, monkeypatch):
    folder, found = study

    def interrupt(_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(driver.Chunked, "draws", lambda *_, **__: interrupt(None))
        assert attempt("run", folder).code == 130
    call("run", folder, "--lang", "en")
    assert len(found) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--engine", "dask"], "needs the address of a scheduler"),
        (["--address", "tcp://10.0.0.1:1", "--engine", "serial"], "uses no address"),
        (["--engine", "serial", "--jobs", "2"], "is one process"),
    ],
)
def test_options_without_effect_are_refused(study, words, told):
    folder, found = study
    failed = call("run", folder, "--lang", "en", *words, code=1)
    assert told in failed.stderr
    assert not found


def terminal(said, answer=""):
    """A terminal on which a person answers; what it shows is added to a list."""
    return SimpleNamespace(
        isatty=lambda: True, readline=lambda: answer, write=said.append, flush=lambda: None
    )


@pytest.mark.parametrize(
    ("seconds", "answer", "yes", "begins", "asks"),
    [
        (20, "", False, True, False),
        (599, "", False, True, False),
        (3600, "n\n", False, False, True),
        (3600, "y\n", False, True, True),
        (3600, "\n", False, False, True),
        (3600, "n\n", True, True, False),
    ],
)
def test_long_computations_are_asked_for_on_a_terminal(
    monkeypatch, seconds, answer, yes, begins, asks
):
    said = []
    monkeypatch.setattr(long_runs.sys, "stdin", terminal(said, answer))
    monkeypatch.setattr(long_runs.sys, "stderr", terminal(said))
    estimate = Estimate("Whole study", 1900, seconds, 2, 300_000_000)
    assert agreement("en", yes=yes)(estimate) is begins
    shown = "".join(said)
    assert ("Begin?" in shown) is asks
    told = "Whole study: 1900 draws are left; they will take about"
    assert (told in shown) is (seconds > 30)
    assert ("Memory: about 300 MB." in shown) is (seconds > 30)


def test_a_batch_job_is_told_and_begins(monkeypatch, capsys):
    monkeypatch.setattr(long_runs.sys, "stdin", terminal([]))
    assert agreement("zh", yes=False)(Estimate("甲", 1900, 3600.0, 2, None))
    assert capsys.readouterr().err == "甲：还有 1900 次抽样，预计约需 60 分钟，同时计算 2 块。\n"


def test_few_of_many_lines_are_said(monkeypatch):
    now = iter(range(100))
    monkeypatch.setattr(long_runs.time, "monotonic", lambda: next(now))
    pace = Pace()
    assert [n for n in range(1, 26) if pace.is_due(DrawProgress("a", n, 25))] == [10, 20, 25]
    assert draws_json(DrawProgress("a", 1, 25))["seconds_left"] is None
