"""A dask cluster over TCP: the same bytes; what cannot work is told at once."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from concurrent.futures import Future
from dataclasses import replace

import pytest

import xinzhi
from dask_cluster import cluster
from made_draws import Sums
from xinzhi.work.draws.driver import Chunked
from xinzhi_core.errors import MethodError, Stopped

pytest.importorskip("distributed", reason="the extra dask is not installed")

from xinzhi_core.processes import PATIENCE, SAME, Cluster

pytestmark = pytest.mark.long

KEY, N = "5" * 64, 60
TASK = Sums()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A scheduler and two workers."""
    with cluster(tmp_path_factory.mktemp("cluster")) as found:
        crew = Cluster.connect(found.address)
        while crew.jobs < 2:
            time.sleep(0.1)
            crew.meet_workers()
        crew.close(at_once=False)
        yield found


@pytest.fixture
def crew(running):
    """A driver of its own."""
    found = Cluster.connect(running.address)
    yield found
    found.close(at_once=True)


def digest(rows):
    return hashlib.sha256(rows.tobytes()).hexdigest()


def meet_until_refused(crew):
    while True:
        crew.meet_workers()
        time.sleep(0.2)


def test_three_sizes_of_chunks_give_the_bytes_of_one_process(crew, tmp_path):
    wanted = digest(TASK(range(N)))
    assert crew.jobs == 2
    for size in (5, 11, 25):
        found = Chunked(crew, tmp_path / str(size), chunk=size).draws(TASK, N, key=KEY, name="sums")
        assert digest(found) == wanted, size


def test_the_error_of_the_lowest_draw_is_raised(crew):
    task = replace(TASK, refused=frozenset({21, 22, 40}))
    with pytest.raises(MethodError) as raised:
        Chunked(crew, chunk=5).draws(task, N, key=KEY, name="sums")
    assert str(raised.value.problems[0].what) == "Draw 21 is refused."


def test_killed_workers_lose_nothing(crew, running, tmp_path):
    """Both workers are killed one after the other, and another one joins."""
    engine = Chunked(crew, tmp_path, chunk=4)
    victims = [*running.workers]

    def tell(within):
        if within.done >= 20 and victims:
            victim = victims.pop()
            running.add_worker()
            os.kill(victim.pid, signal.SIGKILL)

    engine.tell = tell
    found = engine.draws(replace(TASK, pause=0.01), N, key=KEY, name="sums")
    assert not victims
    assert digest(found) == digest(TASK(range(N)))


@pytest.mark.parametrize("pause", [0.0, 0.2], ids=["idle workers", "workers at work"])
def test_a_chunk_that_the_scheduler_lost_is_computed_again(crew, tmp_path, monkeypatch, pause):
    """One chunk is never answered: nobody waits for it, and none that a worker computes is begun twice."""
    sent = []

    def lose_the_first(self, numbers):
        sent.append(numbers)
        return Future() if not pause and len(sent) == 1 else submit(self, numbers)

    submit = Cluster.submit
    monkeypatch.setattr("xinzhi_core.processes.PATIENCE", 1.0)
    monkeypatch.setattr(Cluster, "submit", lose_the_first)
    task = replace(TASK, pause=pause)
    rows = Chunked(crew, tmp_path, chunk=15).draws(task, N, key=KEY, name="sums")
    assert digest(rows) == digest(TASK(range(N)))
    assert sent.count(sent[0]) == (1 if pause else 2)


def test_an_address_where_nothing_listens_is_told_after_some_seconds(monkeypatch):
    assert PATIENCE < 10
    monkeypatch.setattr("xinzhi_core.processes.PATIENCE", 1.0)
    with pytest.raises(Stopped) as raised:
        Cluster.connect("tcp://127.0.0.1:9")
    assert raised.value.problem.code == "engine.address"
    assert "No scheduler answers at tcp://127.0.0.1:9" in str(raised.value.problem.what)


def test_a_word_that_is_no_address_is_told():
    with pytest.raises(Stopped) as raised:
        Cluster.connect("nowhere")
    assert raised.value.problem.code == "engine.address"


def test_a_worker_with_another_version_is_refused(crew, running, tmp_path):
    """Both versions are named, and the worker."""
    folder = tmp_path / "xinzhi-9.9.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: xinzhi\nVersion: 9.9\n")
    running.add_worker(tmp_path)
    with pytest.raises(Stopped) as raised:
        meet_until_refused(crew)
    problem = raised.value.problem
    assert problem.code == "engine.version"
    assert f"has xinzhi 9.9, and this computer has xinzhi {xinzhi.__version__}" in str(problem.what)
    assert SAME[0] == "xinzhi"
