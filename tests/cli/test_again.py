"""`show`, `report`, `run --only`, `parts`, `schema`, and a run that is interrupted."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli_runner import attempt, call
from made_everything import places, write_study
from xinzhi.study.schema.study import StudySpec
from xinzhi_frontier.measure import MEASURES

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def demo(oecd, tmp_path_factory) -> Path:
    """Copy the finished example, as these tests run it again."""
    return Path(shutil.copytree(oecd, tmp_path_factory.mktemp("again") / "oecd"))


def test_show_lists_the_tables(demo):
    """Without a name, each table with its title."""
    told = call("show", "--study", demo, "--lang", "en").stdout

    assert "baseline: Human capital and green efficiency" in told


def test_show_prints_a_table_of_the_last_run(demo):
    """The numbers are those of results.json."""
    results = json.loads((demo / "results" / "results.json").read_text(encoding="utf-8"))
    b = results["tables"]["baseline"]["columns"][0]["coefficients"]["human_capital"]["b"]

    assert f"{abs(b):.3f}" in call("show", "baseline", "--study", demo).stdout


def test_an_unknown_table_is_refused_with_the_nearest(demo):
    """`show basline` offers baseline."""
    assert "'baseline'" in attempt("show", "basline", "--study", demo, "--lang", "en").stderr


def test_report_writes_again_without_computing(demo):
    """A format that was not asked for before comes from the remembered work."""
    call("report", "--study", demo, "--format", "xlsx", "--out", demo / "results")

    assert (demo / "results" / "tables.xlsx").stat().st_size > 0


def test_nothing_is_shown_that_was_not_computed(tmp_path, demo):
    """After a change that matters, `show` says to run first instead of showing old numbers."""
    study = tmp_path / "study.yaml"
    text = (demo / "study.yaml").read_text(encoding="utf-8")
    study.write_text(
        text.replace("returns_to_scale: constant", "returns_to_scale: variable"), encoding="utf-8"
    )
    for name in ("oecd_panel.csv", "countries.topo.json"):
        (tmp_path / name).symlink_to(demo / name)

    done = attempt("show", "baseline", "--study", study, "--out", demo / "results", "--lang", "en")

    assert done.code == 1
    assert done.stdout == ""
    assert "under efficiency: changed since then: its options." in done.stderr
    assert "compute it with `xinzhi run study.yaml`" in done.stderr


@pytest.mark.parametrize("command", ["show", "report"])
def test_a_changed_frontier_of_one_analysis_is_no_failure_of_it(tmp_path, command):
    """A new frontier of one exhibit: a sentence and the command, never an exhibit 'not computed'."""
    study = write_study(tmp_path, places())
    text = study.read_text(encoding="utf-8")
    call("run", study)
    wider = text.replace(
        "vary: {controls: each}",
        "vary: {controls: each, efficiency: {returns_to_scale: [variable, constant]}}",
    )
    assert wider != text
    study.write_text(wider, encoding="utf-8")

    asked = ("show", "specification_curve") if command == "show" else ("report",)
    done = attempt(*asked, "--study", study, "--lang", "en")

    assert (done.code, done.stdout) == (1, "")
    assert "The last run does not hold 'green' under efficiency (returns_to_scale:" in done.stderr
    assert "the study file did not ask for it then" in done.stderr
    assert "compute it with `xinzhi run study.yaml`" in done.stderr


def test_a_changed_file_is_named(tmp_path):
    """New values in a file of data: which file, and the command; in Chinese too."""
    study = write_study(tmp_path, places())
    call("run", study, "--only", "plain")
    write_study(tmp_path, places() * 2)

    done = attempt("show", "--study", study, "--lang", "en")
    chinese = attempt("show", "--study", study, "--lang", "zh")

    assert "the data as they are read now: changed since then: the file places.csv." in done.stderr
    assert "places.csv" in chinese.stderr
    assert "xinzhi run" in chinese.stderr


def test_only_runs_what_is_named_and_what_it_rests_on(tmp_path, demo):
    """--only baseline: its score and its table, no map, no description; the report says so."""
    out = tmp_path / "results"

    done = call("run", demo, "--only", "baseline", "--out", out, "--lang", "en")

    stages = json.loads((out / "run.json").read_text(encoding="utf-8"))["stages"]
    assert [s["name"] for s in stages if not s["name"].startswith("tables.baseline")] == [
        "read",
        "prepare",
        "efficiency.green_efficiency",
        "classes.green_efficiency",
    ]
    assert "Only a part of the study was run: baseline" in done.stderr


def test_only_refuses_an_unknown_name(demo):
    """The nearest part is offered."""
    assert (
        "did you mean 'baseline'"
        in attempt("run", demo, "--only", "basline", "--lang", "en").stderr
    )


def test_progress_as_json_is_one_object_a_line(demo):
    """A program can read stage, done and total."""
    lines = call("run", demo, "--progress", "json").stderr.splitlines()

    events = [json.loads(line) for line in lines if line.startswith("{")]
    told = [{key: event[key] for key in ("stage", "done", "total")} for event in events]
    assert {"stage": "measure", "done": 4, "total": 6} in told
    assert all(event["seconds"] >= 0 for event in events)


def test_parts_lists_every_register():
    """Each measure that can be named stands in the list."""
    told = call("parts").stdout

    assert all(name in told for name in MEASURES.names())


def test_the_schema_is_that_of_the_study_file():
    """Each section of the study file stands in the schema with its description."""
    schema = json.loads(call("schema").stdout)

    assert set(schema["properties"]) == set(StudySpec.model_fields)
    assert all("description" in part for part in schema["properties"].values())


SLOW = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have told us to ignore it
import xinzhi.analyses.efficiency.compute as stages
evaluate = stages.evaluate
def slow(*a, **k):
    print("measuring", flush=True)
    time.sleep(60)
    return evaluate(*a, **k)
stages.evaluate = slow
from xinzhi.cli.main import main
sys.argv = ["xinzhi", "run", sys.argv[1], "--out", sys.argv[2]]
main()
"""


def test_an_interrupted_run_leaves_nothing_torn(tmp_path, demo):
    """Ctrl-C: exit 130, no half-written file, and the next run takes up what was finished."""
    out = tmp_path / "results"
    running = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(demo), str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout.readline() == "measuring\n"
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=30)

    assert running.returncode == 130
    assert not list(out.rglob("*.part"))
    call("run", demo, "--out", out)
    stages = json.loads((out / "run.json").read_text(encoding="utf-8"))["stages"]
    assert not next(s for s in stages if s["name"] == "read")["computed"]
