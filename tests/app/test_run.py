"""Runs from the page: they outlive browser and server, are found again, cancelled and continued."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from made_page import app_of, client
from made_runs import drawing, draws_done, ended, kill_all, wait, write_study
from xinzhi.work.lock import find_holder
from xinzhi_app.child import FOLDER, PRINTED, PROGRESS, Runs, read_lines, read_tail
from xinzhi_core.errors import ReportError

pytestmark = pytest.mark.long

SERVER = """
import os, sys
from pathlib import Path
from xinzhi_app.child import Runs
Runs().start(Path(sys.argv[1]), "en")
os._exit(9)
"""
"""A server that is killed as soon as it has started a run."""
PATH = "/api/studies/s/run"
LONG = 100_000


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    kill_all(tmp_path)


@pytest.fixture
def page(folder):
    return client(app_of(folder))


def runs_of(folder, draws):
    return Runs(), write_study(folder / "s", draws)


def test_a_run_is_the_command_itself_and_says_how_it_stands(folder):
    """Its results are those of `xinzhi run`; another server knows it too."""
    runs, study = runs_of(folder, 0)
    assert runs.status(study)["state"] == "none"

    runs.start(study, "en")
    assert runs.status(study)["state"] == "running"
    found = ended(runs, study)

    assert (found["state"], found["record"]["code"]) == ("finished", 0)
    assert found["has_page"]
    assert not found["has_page_waiting"]
    assert found["progress"].items() >= {"stage": "report", "done": 6, "total": 6}.items()
    assert "Where to look" in found["printed"]
    assert Runs().status(study)["state"] == "finished"


def test_a_run_outlives_its_server(folder):
    """The server is killed; a new one finds the run at work, sees it draw and sees it end."""
    _, study = runs_of(folder, 1000)
    command = [sys.executable, "-c", SERVER, str(study)]
    assert subprocess.run(command, check=False).returncode == 9

    another = Runs()
    assert drawing(another, study)["state"] == "running"
    assert ended(another, study)["state"] == "finished"


def test_a_killed_run_is_told_and_continued(folder):
    """What it had drawn is not drawn again."""
    runs, study = runs_of(folder, 3000)
    runs.start(study, "en")
    found = drawing(runs, study)
    os.killpg(found["record"]["pid"], signal.SIGKILL)

    told = ended(runs, study)
    assert (told["state"], told["has_page"]) == ("stopped", False)
    assert Runs().status(study)["state"] == "stopped"

    runs.start(study, "en")
    assert draws_done(drawing(runs, study)) >= draws_done(found)
    told = ended(runs, study)
    assert told["state"] == "finished"
    assert any("did not finish" in one for one in told["messages"])


def test_a_cancelled_run_stops_and_goes_on_when_it_is_asked(page, folder):
    """It is interrupted as by Ctrl-C, and says so."""
    runs, study = runs_of(folder, LONG)
    assert page.post(PATH).status_code == 201
    found = drawing(runs, study)

    assert page.delete(PATH).json()["record"]["is_cancelled"]
    told = wait(lambda: page.get(PATH).json(), lambda one: one["state"] != "running")
    assert (told["state"], told["record"]["code"]) == ("cancelled", 130)
    assert page.delete(PATH).json()["state"] == "cancelled"

    page.post(PATH)
    assert draws_done(drawing(runs, study)) >= draws_done(found)


def test_a_run_that_does_not_heed_is_ended_by_a_second_cancel(folder):
    """The second signal is one that no handler keeps waiting."""
    runs, study = runs_of(folder, LONG)
    runs.start(study, "en")
    found = drawing(runs, study)
    os.kill(found["record"]["pid"], signal.SIGSTOP)
    runs.cancel(study)
    assert runs.status(study)["state"] == "running"

    runs.cancel(study)
    os.kill(found["record"]["pid"], signal.SIGCONT)

    assert ended(runs, study)["state"] == "cancelled"


def test_two_browsers_start_one_run(page, folder):
    """The second one is told who is at work, in its language."""
    runs, study = runs_of(folder, LONG)
    first, second = page.post(PATH), page.post(f"{PATH}?lang=zh")

    assert (first.status_code, second.status_code) == (201, 400)
    pid = first.json()["record"]["pid"]
    (problem,) = second.json()["problems"]
    assert problem["code"] == "results.locked"
    assert f"进程 {pid}" in problem["what"]
    wait(lambda: find_holder(study.parent / "results"), bool)
    with pytest.raises(ReportError, match=str(pid)):
        Runs().start(study, "en")
    assert runs.status(study)["record"]["pid"] == pid


def test_a_run_from_the_command_line_is_shown_as_such(page, folder):
    """It is neither started a second time nor cancelled from the page."""
    _, study = runs_of(folder, LONG)
    command = [sys.executable, "-m", "xinzhi", "run", str(study), "--quiet"]
    with subprocess.Popen(command) as other:
        found = wait(lambda: page.get(PATH).json(), lambda one: one["state"] == "elsewhere")
        assert found["holder"]["pid"] == other.pid
        assert page.post(PATH).status_code == 400
        assert page.delete(PATH).json()["state"] == "elsewhere"
        assert other.poll() is None
        other.kill()


def test_the_earlier_results_stay_while_a_run_is_at_work(page, folder):
    """Until the new ones are whole."""
    runs, study = runs_of(folder, 0)
    runs.start(study, "en")
    ended(runs, study)
    before = page.get("/api/studies/s/results/page").content

    write_study(folder / "s", LONG)
    page.post(PATH)
    drawing(runs, study)

    assert page.get("/api/studies/s/results/page").content == before
    assert page.get("/api/studies/s/results").json()["is_older"]


def test_progress_comes_as_events_until_the_end(page, folder):
    """Each event says all, and the last one how the run ended."""
    write_study(folder / "s")
    page.post(PATH)
    with page.stream("GET", f"{PATH}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = list(stream.iter_lines())

    states = [json.loads(line[6:]) for line in lines if line.startswith('data: {"state"')]
    printed = [json.loads(line[6:]) for line in lines if line.startswith('data: "')]
    assert states[0]["state"] == "running"
    assert states[-1]["state"] == "finished"
    assert "Where to look" in printed[-1]


def test_a_plan_says_what_would_be_computed_and_how_long_it_took(page, folder):
    """Before the first run nothing is known of the time; after it nothing is left to do."""
    runs, study = runs_of(folder, 0)
    first = page.get(f"{PATH}/plan").json()
    runs.start(study, "en")
    ended(runs, study)
    second = page.get(f"{PATH}/plan").json()
    text = study.read_text(encoding="utf-8").replace("effects: [entity]", "effects: [period]")
    study.write_text(text, encoding="utf-8")
    third = page.get(f"{PATH}/plan?lang=zh").json()

    assert first["reads"] == ["study.yaml", "data.csv"]
    assert (first["seconds"], first["n_unknown"]) == (None, len(first["computes"]))
    assert second["unchanged"]
    (changed,) = third["computes"]
    assert changed["what"] == "tables 下的“base”"
    assert third["seconds"] == changed["seconds"] > 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_study_that_names_files_outside_is_not_run(page, folder, method):
    """Neither read for a plan nor started."""
    study = write_study(folder / "s")
    text = study.read_text(encoding="utf-8").replace("data.csv", "../../secret.csv")
    study.write_text(text, encoding="utf-8")
    answer = page.request(method, PATH if method == "POST" else f"{PATH}/plan")

    assert answer.status_code == 400
    assert answer.json()["problems"][0]["code"] == "app.outside"
    assert not (study.parent / FOLDER).exists()


@pytest.mark.parametrize("name", [FOLDER, "results"])
def test_a_link_to_another_folder_is_not_written(folder, name):
    """A study from somebody else may hold one."""
    write_study(folder / "w" / "s")
    outside = folder / "outside"
    outside.mkdir()
    (folder / "w" / "s" / name).symlink_to(outside)
    inside = client(app_of(folder / "w"))

    assert inside.post(PATH).json()["problems"][0]["code"] == "app.outside"
    assert list(outside.iterdir()) == []


def test_a_study_with_an_error_is_refused_with_its_place(page, folder):
    """The plan says what `xinzhi check` would say."""
    study = write_study(folder / "s")
    text = study.read_text(encoding="utf-8").replace("inputs: [x]", "inputs: [nowhere]")
    study.write_text(text, encoding="utf-8")
    answer = page.get(f"{PATH}/plan")

    assert answer.status_code == 400
    assert "nowhere" in answer.json()["problems"][0]["what"]


def test_lines_that_are_still_written_wait(tmp_path):
    """A sentence that looks like progress stays a sentence; the end of a long file is enough."""
    path = tmp_path / PROGRESS
    event = {"stage": "read", "done": 1, "total": 6}
    path.write_text(f'{json.dumps(event)}\n{{odd}}\n{{"a": 1}}\nwords\n{{"stage"', encoding="utf-8")
    assert read_lines(path) == [event, "{odd}", '{"a": 1}', "words"]

    long = tmp_path / PRINTED
    long.write_text("".join(f"line {n} 城市\n" for n in range(40_000)), encoding="utf-8")
    tail = read_tail(long)
    assert tail.startswith("line ")
    assert tail.endswith("line 39999 城市\n")
    assert read_tail(tmp_path / "none") == ""
