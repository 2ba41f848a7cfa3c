"""A fault of the program in one section costs that section: all others are reported, and the fault is said."""

from __future__ import annotations

import json

import pytest

from made_resampled import STUDY, write
from made_small import write_small
from parts import quick_among
from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.unavailable import LOUD, contain
from xinzhi.cli.commands.run import run_study
from xinzhi.work.draws.plan import Plan
from xinzhi_core.errors import Cancelled, Problem, Stopped

DESCRIBED = "describe: {variables: [e, x]}\n"


@pytest.fixture(autouse=True)
def quiet_faults(monkeypatch):
    """As for a user: a fault does not end the run."""
    monkeypatch.delenv(LOUD)


def raising(error):
    def work(*_args, **_more):
        raise error

    return work


def small(folder):
    """A study with a table and a description."""
    file = write_small(folder) / "study.yaml"
    file.write_text(file.read_text(encoding="utf-8") + DESCRIBED, encoding="utf-8")
    return file


def run(file):
    """Run; give the exit code, the report, the numbers and the traceback."""
    results = file.parent / "results"
    code = run_study(file, results, lang="en", quiet=True)
    texts = [results / name for name in ("report.md", "results.json", "faults.txt")]
    report, numbers, trace = (t.read_text(encoding="utf-8") if t.exists() else "" for t in texts)
    return code, report, json.loads(numbers), trace


FAULTS = [
    (
        TypeError("cannot pickle 'lock'"),
        "fault.program",
        "A fault of xinzhi in describe: TypeError: cannot pickle 'lock'",
    ),
    (KeyError("lost"), "fault.program", "A fault of xinzhi in describe: KeyError: 'lost'"),
    (AssertionError(), "fault.program", "A fault of xinzhi in describe: AssertionError:"),
    (MemoryError(), "fault.memory", "The memory of this computer was not enough for describe."),
    (
        OSError("no disk"),
        "fault.system",
        "The system refused something that describe needs: OSError: no disk",
    ),
]
PLACES = ("compute", "show", "draw")


@pytest.mark.one_in(5)
@pytest.mark.parametrize(
    ("where", "error", "code", "said"),
    quick_among(
        # Each fault in one place each time, and each place with a fault.
        [(PLACES[i % 3], *fault) for i, fault in enumerate(FAULTS)],
        [(where, *fault) for where in PLACES for fault in FAULTS],
    ),
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_other_sections_are_reported(tmp_path, monkeypatch, where, error, code, said):
    """Exit code 1, the table in its place, the sentence in report and results, the traceback in a file."""
    file = small(tmp_path)
    usual = run(file)
    assert (usual[0], usual[3]) == (0, "")
    monkeypatch.setattr(type(ANALYSES.get("describe")), where, raising(error))
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("variables: [e, x]", "variables: [x, e]"), encoding="utf-8")
    ended, report, numbers, trace = run(file)
    assert ended == 1
    assert numbers["tables"]["base"] == usual[2]["tables"]["base"]
    assert said in report
    assert [n["code"] for n in numbers["notices"] if n["code"].startswith("fault")] == [code]
    assert trace.startswith("xinzhi ")
    assert "Traceback (most recent call last)" in trace
    assert "in work" in trace
    assert type(error).__name__ in trace


def test_the_next_run_tries_again(tmp_path, monkeypatch):
    """A fault is kept to be shown, never for an answer; what rests on it is computed again too."""
    file = small(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(type(ANALYSES.get("efficiency")), "compute", raising(RuntimeError("odd")))
        ended, report, numbers, trace = run(file)
        assert ended == 1
        assert "A fault of xinzhi in efficiency.e: RuntimeError: odd" in report
        assert "RuntimeError: odd" in trace
        assert "base" in numbers["tables"]
    ended, report, numbers, trace = run(file)
    assert (ended, trace) == (0, "")
    assert "fault of xinzhi" not in report
    assert numbers["tables"]["base"]["columns"]
    why = {
        s["name"]: s["why"]
        for s in json.loads((tmp_path / "results/run.json").read_text())["stages"]
    }
    assert "fault of xinzhi" in str(why["efficiency.e"])


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), SystemExit(3), Cancelled(), Stopped(Problem("full", "Full."))]
)
def test_what_ends_a_run_goes_through(error):
    """Interruption, cancellation and a machine that cannot go on are not the failure of a section."""
    with pytest.raises(type(error)):
        contain("x", "x", raising(error))


def test_faults_are_raised_for_whoever_looks_for_them(monkeypatch):
    monkeypatch.setenv(LOUD, "1")
    with pytest.raises(ZeroDivisionError):
        contain("x", "x", raising(ZeroDivisionError()))


@pytest.mark.long
def test_a_task_that_cannot_travel_leaves_the_workers_to_the_next_one(tmp_path, monkeypatch):
    """Of two analyses with draws in processes the first fails on its way; the second is computed."""
    from xinzhi.analyses.whole_study.draws import StudyDraws

    monkeypatch.setattr(StudyDraws, "__reduce__", raising(TypeError("cannot travel")))
    study = STUDY.replace("  leave_one_out: {}\n", "").replace(
        "  scores: {draws: 10, level: 0.8, size: 8}\n", ""
    )
    file = write(tmp_path, study=study)
    code = run_study(
        file, tmp_path / "results", plan=Plan("processes", jobs=2, chunk=9), lang="en", quiet=True
    )
    numbers = json.loads((tmp_path / "results/results.json").read_text(encoding="utf-8"))
    assert code == 1
    assert "cannot travel" in (tmp_path / "results/faults.txt").read_text(encoding="utf-8")
    report = (tmp_path / "results/report.md").read_text(encoding="utf-8").replace("\\", "")
    assert "A fault of xinzhi in inference.whole_study: TypeError: cannot travel" in report
    assert {s["n_draws"] for s in numbers["tables"]["placebo"]["slopes"]} == {20}
