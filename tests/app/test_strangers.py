"""Cancel ends a run that this page's computer has started, and never somebody else's process."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, replace

import pytest

from xinzhi.work.lock import LOCK, Holder
from xinzhi_app.child import FOLDER, RECORD, Record, Runs
from xinzhi_core.process import began, this_host

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say when")
NOW = "2026-11-30 10:00:00+08:00"


@pytest.fixture
def stranger():
    """A process that is nobody's run."""
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        yield process
        process.kill()


@pytest.fixture
def study(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / FOLDER).mkdir()
    return tmp_path / "study.yaml"


def say(study, record: Record, holder: Holder) -> None:
    """Leave a record of the page and the words of a lock."""
    (study.parent / FOLDER / RECORD).write_text(json.dumps(asdict(record)), encoding="utf-8")
    (study.parent / "results" / LOCK).write_text(json.dumps(asdict(holder)), encoding="utf-8")


@pytest.fixture
def busy(study):
    """Somebody holds the lock of the system."""
    handle = os.open(study.parent / "results" / LOCK, os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    yield
    os.close(handle)


def is_alive(process) -> bool:
    time.sleep(0.05)
    return process.poll() is None


@pytest.mark.usefixtures("busy")
def test_the_run_of_this_computer_is_cancelled(study, stranger):
    """Where computer, number and start agree, in record and lock, it is the run."""
    since = began(stranger.pid)
    holder = Holder(this_host(), stranger.pid, NOW, since)
    say(study, Record(stranger.pid, NOW, "en", host=this_host(), began=since), holder)
    assert Runs().status(study)["state"] == "running"
    Runs().cancel(study)
    assert stranger.wait(5) == -2


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(
    ("of_record", "of_holder"),
    [
        ({}, {"host": "elsewhere"}),
        ({"host": "elsewhere"}, {"host": "elsewhere"}),
        ({"host": "elsewhere"}, {}),
        ({"host": ""}, {}),
        ({"host": "", "began": ""}, {"host": "elsewhere", "began": ""}),
        ({"began": "another"}, {"began": "another"}),
        ({"began": "another"}, {}),
        ({}, {"began": "another"}),
    ],
)
def test_a_stranger_with_the_same_number_gets_no_signal(study, stranger, of_record, of_holder):
    """Another computer's run, one of an older version, and a number that was given again."""
    since = began(stranger.pid)
    record = Record(stranger.pid, NOW, "en", host=this_host(), began=since)
    holder = Holder(this_host(), stranger.pid, NOW, since)
    say(study, replace(record, **of_record), replace(holder, **of_holder))
    Runs().cancel(study)
    Runs().cancel(study)
    assert is_alive(stranger)
    record = json.loads((study.parent / FOLDER / RECORD).read_bytes())
    assert record["is_cancelled"] is False


def test_a_run_of_another_computer_is_at_work_elsewhere(study, stranger):
    """The page does not call it its own."""
    holder = Holder("elsewhere", stranger.pid, NOW)
    say(study, Record(stranger.pid, NOW, "en", host=this_host()), holder)
    assert Runs().status(study)["state"] == "elsewhere"


@pytest.mark.usefixtures("busy")
def test_a_process_that_leads_no_group_gets_no_signal(study):
    """What the page starts leads a group; the group of anything else is not its own."""
    with subprocess.Popen(["sleep", "60"]) as process:
        since = began(process.pid)
        holder = Holder(this_host(), process.pid, NOW, since)
        say(study, Record(process.pid, NOW, "en", host=this_host(), began=since), holder)
        Runs().cancel(study)
        assert is_alive(process)
        process.kill()
