"""Engines compute draws by their numbers: the same bytes, whoever computes them."""

from __future__ import annotations

import copy
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np
import pytest

from made_draws import Sums, table
from places import ROOT
from xinzhi.work.draws import chunk_store as kept_draws
from xinzhi.work.draws import driver
from xinzhi.work.draws.chunk_store import ChunkStore, folders, read_about
from xinzhi.work.draws.driver import Chunked
from xinzhi.work.lock import Lock
from xinzhi_core.engine import Serial
from xinzhi_core.errors import Cancelled, MethodError, Stopped
from xinzhi_core.processes import MAPPED, Here, Processes, each, map_arrays, pack

pytestmark = pytest.mark.long

KEY = "5" * 64
N = 60
SMALL = Sums(table(500))
"""Its data travel with it."""


def digest(rows):
    return hashlib.sha256(rows.tobytes()).hexdigest()


def draws(engine, task=SMALL, n=N, key=KEY):
    with engine:
        return engine.draws(task, n, key=key, name="sums")


@pytest.fixture(scope="module")
def whole():
    """All draws, one after the other."""
    return SMALL(range(N))


def numbers_kept(folder):
    return sorted(ChunkStore.of(folder, KEY).numbers(), key=lambda one: one.start)


@pytest.mark.parametrize("n", [1, 2, 64, 65])
def test_the_plain_engine_gives_draws_in_the_order_of_their_numbers(n):
    found = Serial().draws(SMALL, n, key=KEY, name="sums")
    assert digest(found) == digest(SMALL(range(n)))


def test_a_task_gives_one_row_a_draw():
    with pytest.raises(ValueError, match=r"60 draws have the shape \(59, 5\)"):
        Serial().draws(lambda numbers: SMALL(numbers[1:]), N, key=KEY, name="short")


@pytest.mark.parametrize("chunk", [None, 1, 7, 1000])
def test_neither_the_size_of_chunks_nor_keeping_them_changes_a_digit(whole, tmp_path, chunk):
    assert digest(draws(Chunked(chunk=chunk))) == digest(whole)
    assert digest(draws(Chunked(folder=tmp_path, chunk=chunk))) == digest(whole)
    assert digest(draws(Chunked(folder=tmp_path, chunk=chunk))) == digest(whole)


def test_neither_processes_nor_mapped_data_change_a_digit(tmp_path):
    """One, two and four processes, three sizes of chunks: one digest; no file is left behind."""
    large = Sums()
    assert pack(large).size > MAPPED
    wanted = digest(large(range(N)))
    for jobs, sizes in ((1, (25,)), (2, (5, 11, 25)), (4, (11,))):
        with Chunked(Processes(jobs)) as engine:
            found = [
                replace(engine, chunk=size).draws(large, N, key=KEY, name="sums") for size in sizes
            ]
        assert {digest(one) for one in found} == {wanted}, jobs
    assert not [*tmp_path.iterdir()]


def test_lost_draws_are_rows_without_numbers(tmp_path):
    task = replace(SMALL, lost=frozenset({3, 59}))
    found = draws(Chunked(folder=tmp_path, chunk=7), task)
    again = draws(Chunked(folder=tmp_path), task)
    assert np.isnan(found).all(axis=1).nonzero()[0].tolist() == [3, 59]
    assert digest(found) == digest(again)


def test_the_error_of_the_lowest_draw_is_raised_whoever_computes(tmp_path):
    task = replace(SMALL, refused=frozenset({21, 22, 40}))
    for engine in (Serial(), Chunked(chunk=5), Chunked(Processes(2), tmp_path, chunk=5)):
        with pytest.raises(MethodError) as raised:
            engine.draws(task, N, key=KEY, name="sums")
        assert str(raised.value.problems[0].what) == "Draw 21 is refused.", engine
        assert raised.value.code == "made.refused"


def test_errors_travel_between_processes_with_their_problems():
    """What pickle calls is what copy calls."""
    with pytest.raises(MethodError) as raised:
        replace(SMALL, refused=frozenset({1})).one(1)
    (problem,) = raised.value.problems
    assert copy.copy(raised.value).problems == (problem,)
    assert copy.copy(Stopped(problem)).problem == problem


def test_more_draws_take_over_what_is_kept(whole, tmp_path):
    draws(Chunked(folder=tmp_path, chunk=7), n=21)
    refusing = replace(SMALL, refused=frozenset(range(21)))
    assert digest(draws(Chunked(folder=tmp_path, chunk=10), refusing)) == digest(whole)
    assert digest(draws(Chunked(folder=tmp_path), refusing, n=10)) == digest(whole[:10])


def test_another_key_and_another_version_share_nothing(tmp_path, monkeypatch):
    draws(Chunked(folder=tmp_path, chunk=20))
    refusing = replace(SMALL, refused=frozenset({0}))
    with pytest.raises(MethodError):
        draws(Chunked(folder=tmp_path), refusing, key="6" * 64)
    monkeypatch.setattr(kept_draws, "version", lambda _: "9.9")
    with pytest.raises(MethodError):
        draws(Chunked(folder=tmp_path), refusing)


def test_complete_draws_replace_those_of_the_same_name(tmp_path):
    draws(Chunked(folder=tmp_path, chunk=20))
    draws(Chunked(folder=tmp_path, chunk=20), key="6" * 64)
    assert [read_about(folder).key for folder in folders(tmp_path)] == [
        ChunkStore.of(tmp_path, "6" * 64).key
    ]


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "renamed", "folder"])
def test_a_damaged_chunk_is_put_aside_and_computed_again(whole, tmp_path, damage):
    draws(Chunked(folder=tmp_path, chunk=10))
    kept = ChunkStore.of(tmp_path, KEY)
    files = sorted(kept.folder.glob("*.npz"))
    assert len(files) == 6
    target, body = files[2], bytearray(files[2].read_bytes())
    if damage == "flip":
        body[-3] ^= 1
        target.write_bytes(body)
    elif damage == "cut":
        target.write_bytes(body[:-8])
    elif damage == "empty":
        target.write_bytes(b"")
    elif damage == "renamed":
        files[3].rename(target)
    else:
        target.unlink()
        target.mkdir()
    assert digest(draws(Chunked(folder=tmp_path, chunk=10))) == digest(whole)
    assert (kept.folder / "quarantine" / target.name).exists()
    assert digest(
        draws(Chunked(folder=tmp_path), replace(SMALL, refused=frozenset(range(N))))
    ) == digest(whole)


def test_a_disk_that_will_be_too_small_is_told_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=9))
    with pytest.raises(Stopped) as raised:
        draws(Chunked(folder=tmp_path, chunk=10, command="xinzhi run study.yaml"))
    problem = raised.value.problem
    assert problem.code == "engine.space"
    needed = 50 * 5 * 8 + 6 * kept_draws.OVERHEAD
    where = ChunkStore.of(tmp_path, KEY).folder
    assert str(problem.what) == f"The draws need {needed} bytes in '{where}', and 9 are free."
    assert "`xinzhi run study.yaml` then continues" in str(problem.remedy)


@pytest.mark.parametrize("failing", range(6))
def test_a_full_disk_stops_with_the_command_that_continues(whole, tmp_path, monkeypatch, failing):
    """Whichever write fails, what was finished before stays, and the next run goes on from there.

    The first names the holder of the lock, the next describes the draws, three are chunks, the last
    notes the digest of all.
    """
    import xinzhi_core.write as writing

    calls, write_all = iter(range(100)), writing.write_all

    def full(handle, data):
        if next(calls) == failing:
            raise OSError(28, "No space left on device")
        write_all(handle, data)

    with monkeypatch.context() as patch:
        patch.setattr(writing, "write_all", full)
        with pytest.raises(Stopped) as raised:
            draws(Chunked(folder=tmp_path, chunk=20, command="xinzhi run study.yaml"))
    problem = raised.value.problem
    assert problem.code == "write.failed"
    assert "No space left on device" in str(problem.what)
    assert "bytes needed" in str(problem.what)
    assert "`xinzhi run study.yaml` then continues" in str(problem.remedy)
    assert len(numbers_kept(tmp_path)) == max(0, failing - 2)
    assert digest(draws(Chunked(folder=tmp_path, chunk=20))) == digest(whole)


def test_two_drivers_do_not_compute_the_same_draws(tmp_path):
    kept = ChunkStore.of(tmp_path, KEY)
    kept.folder.mkdir(parents=True)
    other = Lock(kept.folder)
    other.acquire()
    with pytest.raises(Stopped) as raised:
        draws(Chunked(folder=tmp_path))
    other.release()
    assert raised.value.problem.code == "results.locked"
    draws(Chunked(folder=tmp_path))


@pytest.mark.parametrize("crew", ["here", "processes"])
def test_cancelled_at_once(tmp_path, crew):
    """The draws that are left would take half a minute and more; none of them is waited for."""
    cancel = threading.Event()
    timer = threading.Timer(1.0, cancel.set)
    workers = Here(cancel) if crew == "here" else Processes(2)
    engine = Chunked(workers, tmp_path, cancel=cancel, chunk=40)
    timer.start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        draws(engine, replace(SMALL, pause=0.05), n=1000)
    assert time.monotonic() - began < 20
    timer.join()


@dataclass
class Late(Here):
    """A crew whose workers take some time to start."""

    jobs = 2
    asked: int = 0
    given: list = field(default_factory=list)

    def is_ready(self):
        """Say so when asked for the fourth time."""
        self.asked += 1
        return self.asked > 3

    def submit(self, numbers):
        """Note what is asked for."""
        self.given.append(numbers)
        return super().submit(numbers)


def test_draws_are_computed_here_until_the_first_worker_has_started(tmp_path, monkeypatch):
    monkeypatch.setattr(driver, "SOON", 0.0)
    monkeypatch.setattr(driver, "SAMPLED", 0.0)
    monkeypatch.setattr(driver, "MEANWHILE", 0.01)
    crew, task = Late(), replace(SMALL, pause=0.002)
    found = draws(Chunked(crew, tmp_path), task, n=200)
    assert digest(found) == digest(SMALL(range(200)))
    assert crew.asked == 4
    first = min(one.start for one in crew.given)
    assert sum(map(len, crew.given)) == 200 - first
    assert first > 3


def test_a_worker_that_is_lost_is_replaced(whole, tmp_path):
    lives = tmp_path / "lives"
    lives.mkdir()
    for k in range(3):
        (lives / f"life-{k}").touch()
    task = replace(SMALL, deadly=33, lives=str(lives))
    found = draws(Chunked(Processes(2), tmp_path / "kept", chunk=10), task)
    assert not [*lives.iterdir()]
    assert digest(found) == digest(whole)


def test_a_chunk_that_ends_its_workers_is_named(tmp_path):
    lives = tmp_path / "lives"
    lives.mkdir()
    for k in range(9):
        (lives / f"life-{k}").touch()
    task = replace(SMALL, deadly=53, lives=str(lives))
    with pytest.raises(Stopped) as raised:
        draws(Chunked(Processes(1), tmp_path / "kept", chunk=10), task)
    assert raised.value.problem.code == "engine.workers"
    assert "Draws 51 to 60 of 'sums' were begun 4 times" in str(raised.value.problem.what)
    assert len([*lives.iterdir()]) == 5
    assert len(numbers_kept(tmp_path / "kept")) == 5


def test_progress_ends_with_all_draws_and_tells_the_time(tmp_path):
    told = []
    draws(Chunked(folder=tmp_path, chunk=10, tell=told.append), replace(SMALL, pause=0.002))
    assert [one.done for one in told] == [10, 20, 30, 40, 50, 60]
    assert told[0].seconds is None
    assert 0 < told[1].seconds < 5
    assert told[-1].seconds == 0


def test_who_does_not_agree_to_the_estimate_computes_nothing(tmp_path):
    asked = []

    def refuse(estimate):
        asked.append(estimate)
        return False

    with pytest.raises(Cancelled):
        draws(Chunked(folder=tmp_path, chunk=10, agree=refuse), replace(SMALL, pause=0.002))
    assert asked[0].n == 50
    assert 50 * 0.002 <= asked[0].seconds < 5
    assert len(numbers_kept(tmp_path)) == 1


def test_large_data_lie_in_a_file_while_workers_read_them(tmp_path):
    task = Sums()
    with map_arrays(pack(task), tmp_path) as parcel:
        assert not parcel.arrays
        assert [one.stat().st_size for one in tmp_path.iterdir()] == [task.data.nbytes]
    assert not [*tmp_path.iterdir()]


def test_each_item_keeps_its_place_and_a_lost_process_is_told(tmp_path):
    (tmp_path / "life-0").touch()
    task = replace(SMALL, deadly=4, lives=str(tmp_path))
    with pytest.raises(Stopped) as raised:
        each(task.one, range(8), 2)
    assert raised.value.problem.code == "engine.workers"
    assert [found[0] for found in each(task.one, range(8), 2)] == [*range(8)]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT for a group of processes")
def test_ctrl_c_ends_driver_and_workers_within_a_second(tmp_path):
    """A terminal sends it to all; workers leave it to their driver, and say nothing."""
    code = (
        "from pathlib import Path; from dataclasses import dataclass, field, replace\n"
        "from made_draws import Sums, table\n"
        "from xinzhi.work.draws.driver import Chunked\n"
        "from xinzhi_core.processes import Processes\n"
        "with Chunked(Processes(2), Path('kept'), chunk=2) as engine:\n"
        "    task = Sums(table(500), pause=0.05)\n"
        f"    engine.draws(task, 2000, key='{KEY}', name='sums')\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests" / "support")},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while len([*tmp_path.glob("kept/*/*.npz")]) < 4:
        assert run.poll() is None
        time.sleep(0.05)
    began = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate()
    assert time.monotonic() - began < 20  # the draws that are left would take 40 seconds
    assert said.count("Traceback") == said.count("KeyboardInterrupt") == 1
    assert len(numbers_kept(tmp_path / "kept")) >= 4


def test_workers_that_were_expected_compute(whole):
    """They have loaded a module before they were asked; one that is not there ends no computation."""
    for module in ("made_draws", "no_such_module"):
        crew = Processes(2)
        with Chunked(crew, chunk=10) as engine:
            engine.expect(module)
            pool = crew.pool
            engine.expect(module)
            found = engine.draws(SMALL, N, key=KEY, name="sums")
            assert crew.pool is pool
        assert digest(found) == digest(whole)
        assert crew.pool is None
