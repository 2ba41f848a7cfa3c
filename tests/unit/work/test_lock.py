"""One run at a time in a folder; who is refused learns who holds it."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from xinzhi.work import lock
from xinzhi.work.lock import LOCK, find_holder
from xinzhi.work.results import claim, look_at
from xinzhi_core.errors import ReportError
from xinzhi_core.wording import say

HOLDER = """
import sys
from pathlib import Path
from xinzhi.work.results import claim
with claim(Path(sys.argv[1])) as place:
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_is_refused_with_host_process_and_start(holder, tmp_path):
    """The words are those of the lock, and the way out is said."""
    started = json.loads((tmp_path / LOCK).read_text(encoding="utf-8"))["started"]

    with pytest.raises(ReportError) as caught, claim(tmp_path):
        pass

    assert caught.value.code == "results.locked"
    for word in (socket.gethostname(), str(holder.pid), started, "--out"):
        assert word in str(caught.value)


def test_a_lock_of_a_dead_run_is_taken_over_and_explained(holder, tmp_path):
    """Killed, so that it could tidy nothing up: the next run says whose place it takes."""
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / LOCK).exists()

    with claim(tmp_path) as place:
        said = str(place.notes[0])

    assert str(holder.pid) in said
    assert "did not finish" in said
    assert not (tmp_path / LOCK).exists()


def test_two_in_one_process_are_refused_too(tmp_path):
    """Two threads of a program are two runs."""
    with claim(tmp_path), pytest.raises(ReportError, match=str(os.getpid())), claim(tmp_path):
        pass


def test_after_a_run_the_folder_is_free(tmp_path):
    """Also after one that failed."""
    with pytest.raises(ZeroDivisionError), claim(tmp_path):
        raise ZeroDivisionError

    with claim(tmp_path) as place:
        assert place.notes == []


def test_a_lock_of_another_computer_is_refused_with_the_remedy(tmp_path):
    """Whether that run lives cannot be told from here: a person has to look, and knows which file."""
    words = {"host": "elsewhere", "pid": 7, "started": "2024-05-01 10:00:00+08:00"}
    (tmp_path / LOCK).write_text(json.dumps(words), encoding="utf-8")

    with pytest.raises(ReportError) as caught, claim(tmp_path):
        pass

    for word in ("elsewhere", "7", "2024-05-01 10:00:00", str(tmp_path / LOCK)):
        assert word in str(caught.value)
    (tmp_path / LOCK).unlink()
    with claim(tmp_path):
        pass


@pytest.mark.parametrize("words", ["", "{", '{"host": 3}', "[]"])
def test_a_lock_that_says_nothing_stops_nobody(tmp_path, words):
    """The lock of the system decides; the words are for people."""
    (tmp_path / LOCK).write_text(words, encoding="utf-8")

    with claim(tmp_path) as place:
        assert place.notes == []


def test_a_folder_in_place_of_the_lock_stops_nobody(tmp_path):
    """It is kept under another name."""
    (tmp_path / LOCK).mkdir()

    with claim(tmp_path):
        pass

    assert [path.is_dir() for path in tmp_path.iterdir()] == [True]


def test_a_look_at_a_folder_needs_no_lock(holder, tmp_path):
    """While a run is at work, what is finished can be looked at, and nothing is changed."""
    before = sorted(path.name for path in tmp_path.iterdir())

    look_at(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == before
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert "did not finish" in str(look_at(tmp_path).notes[0])
    assert list(tmp_path.iterdir()) == []


def test_who_is_at_work_is_told_to_whoever_looks(holder, tmp_path):
    """A page that was closed finds the run again; when it is dead, nobody is at work."""
    assert find_holder(tmp_path).pid == holder.pid

    holder.send_signal(signal.SIGKILL)
    holder.wait()

    assert (tmp_path / LOCK).exists()
    assert find_holder(tmp_path) is None
    assert find_holder(tmp_path / "nowhere") is None


def test_a_run_of_another_computer_may_still_be_at_work(tmp_path):
    """The lock cannot tell, so it is shown."""
    words = {"host": "elsewhere", "pid": 7, "started": "2024-05-01 10:00:00+08:00"}
    (tmp_path / LOCK).write_text(json.dumps(words), encoding="utf-8")

    assert find_holder(tmp_path).host == "elsewhere"


def test_a_look_at_the_lock_keeps_nobody_out(tmp_path):
    """Whoever looks holds the lock for an instant; a run that begins then waits that long."""
    (tmp_path / LOCK).write_text("", encoding="utf-8")
    looked = os.open(tmp_path / LOCK, os.O_RDWR)
    fcntl.flock(looked, fcntl.LOCK_EX)
    with ThreadPoolExecutor() as pool:
        pool.submit(lambda: (time.sleep(0.05), os.close(looked)))
        with claim(tmp_path) as place:
            assert place.notes == []


def test_words_of_a_number_that_was_given_again_stop_nobody(tmp_path, monkeypatch):
    """Where the file system cannot lock, the start of the process tells a dead run from a living one."""
    now = "2024-05-01 10:00:00+08:00"

    def refused(_handle):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "_seize", refused)
    me = {"host": socket.gethostname(), "pid": os.getpid(), "started": now}
    for words, is_held in (
        (me, True),
        ({**me, "began": lock.began(os.getpid())}, True),
        ({**me, "began": "another"}, False),
        ({**me, "pid": 0}, False),
        ({**me, "host": "elsewhere", "began": "another"}, True),
    ):
        (tmp_path / LOCK).write_text(json.dumps(words), encoding="utf-8")
        assert bool(find_holder(tmp_path)) == is_held
        if is_held:
            with pytest.raises(ReportError, match="Another run is using"), claim(tmp_path):
                pass
        else:
            with claim(tmp_path) as place:
                assert "did not finish" in str(place.notes[0])


@pytest.mark.usefixtures("holder")
def test_a_run_that_has_not_said_who_it_is_keeps_others_out(tmp_path):
    """Between locking and writing there are no words yet: the folder is in use all the same."""
    (tmp_path / LOCK).write_bytes(b"")

    with pytest.raises(ReportError) as refused, claim(tmp_path):
        pass

    (problem,) = refused.value.problems
    assert str(problem.what) == f"Another run is using '{tmp_path}'."
    assert say(problem.what, "zh") == f"另一个运行正在使用“{tmp_path}”。"
    assert str(problem.remedy) == "wait until it has ended, or choose another folder with --out."
