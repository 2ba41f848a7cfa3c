"""Every analysis with draws on every engine, with draws that really leave this process."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from dataclasses import dataclass, field

import numpy as np
import pytest

from dask_cluster import cluster
from made_resampled import STUDY, write
from signed_draws import SignedPlan, signs
from xinzhi.analyses.analysis import ANALYSES, in_order
from xinzhi.analyses.capabilities import DrawnInWorkers
from xinzhi.analyses.reads import Given
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.cli.commands.run import run_study
from xinzhi.study.again import Cache
from xinzhi.study.analyses import Analyses
from xinzhi.study.file.load import spec_of
from xinzhi.work.draws.plan import Plan
from xinzhi_core import processes
from xinzhi_core.engine import Serial
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.processes import _unpack, pack
from xinzhi_frontier.inference import replicates as replicates_module

pytestmark = pytest.mark.long

CHUNK = 7
"""Draws at once: the first seven are the timed sample, which this process computes; all others leave it."""
WITH_DRAWS = ("whole_study", "leave_one_out", "placebo")


@dataclass(frozen=True)
class Travelling(Serial):
    """Computes each task from its bytes alone, and holds what cannot travel, as engines at work do."""

    lock: object = field(default_factory=threading.Lock)
    sent: list = field(default_factory=list)

    def draws(self, task, n, *, key, name):
        """Pack the task, unpack it, and compute every draw by the copy."""
        parcel = pack(task)
        self.sent.append(type(task).__name__)
        return super().draws(_unpack(parcel), n, key=key, name=name)


def computed(engine):
    """Compute the made study in this process."""
    from made_resampled import frame

    prepared = panel_of(
        frame().rename(columns={"city": "entity", "year": "period"}).set_index(["entity", "period"])
    )
    loop = Analyses(spec_of(STUDY, "s.yaml"), prepared, Cache(None, {}), engine=engine)
    loop.measure()
    return loop.compute()


@pytest.fixture(scope="module")
def plain():
    return computed(Serial())


def test_the_task_of_each_analysis_travels(plain):
    """Whatever asks the engine for draws packs, and its copy computes the same bytes."""
    engine = Travelling()
    found = computed(engine)
    assert sorted(engine.sent) == ["PlaceboDraws", "StudyDraws", "StudyDraws"]
    for key in WITH_DRAWS:
        one, two = plain[key][key], found[key][key]
        assert not isinstance(two, Unavailable), two
        name = "without" if key == "leave_one_out" else "draws"
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes(), key


def test_the_study_asks_every_analysis_that_has_draws():
    """A new analysis with draws belongs into the made study, or these tests say nothing of it."""
    assert {key for key, analysis in in_order() if isinstance(analysis, DrawnInWorkers)} == set(
        WITH_DRAWS
    )
    spec = spec_of(STUDY, "s.yaml")
    asked = {
        key
        for key, analysis in ANALYSES
        for section in spec.sections(key).values()
        if hasattr(section, "draws")
    }
    declared = {key for key, analysis in ANALYSES if "draws" in analysis.section.model_fields}
    assert asked == declared


def test_what_an_analysis_was_given_travels_without_the_engine():
    """All but the engine arrives; a driver's pool stays where it is."""
    given = Given(None, {}, key="k", engine=Travelling(), results={("a", "b"): 1})
    arrived = _unpack(pack(given))
    assert isinstance(arrived.engine, Serial)
    assert not isinstance(arrived.engine, Travelling)
    assert (arrived.key, arrived.results) == ("k", {("a", "b"): 1})


def test_replicates_of_scores_in_two_processes(plain, monkeypatch):
    """Intervals of scores and the second stage: each replicate travels, and gives the same bytes."""
    began, usual = [], processes.pool_of

    def pool_of(n):
        began.append(n)
        return usual(n)

    monkeypatch.setattr(processes, "pool_of", pool_of)
    assert replicates_module.each is processes.each
    found = computed(Serial(jobs=2))
    assert len(began) >= 3
    assert set(began) == {2}
    one, two = (results["second_stage"]["why"] for results in (plain, found))
    assert (one.low.tobytes(), one.p_values.tobytes()) == (
        two.low.tobytes(),
        two.p_values.tobytes(),
    )
    assert plain["inference"]["e"].table.equals(found["inference"]["e"].table)


def run_with(folder, plan):
    """Run the study by its command; give the exit code, the digests of draws and of the numbers."""
    code = run_study(write(folder), folder / "results", plan=plan, lang="en", quiet=True)
    run = json.loads((folder / "results" / "run.json").read_text(encoding="utf-8"))
    kept = {each["name"]: each["sha256"] for each in run["draws"]}
    numbers = hashlib.sha256((folder / "results" / "results.json").read_bytes()).hexdigest()
    return code, kept, numbers


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    return run_with(tmp_path_factory.mktemp("serial"), Plan())


def of_workers(folder, n_workers):
    """Check that workers, and not the driver, computed the draws beyond the samples."""
    signed = signs(folder)
    workers = {pid: numbers for pid, numbers in signed.items() if pid != os.getpid()}
    assert 1 <= len(workers) <= n_workers
    here = signed[os.getpid()]
    assert len(here) <= len(WITH_DRAWS) * CHUNK
    assert sorted(np.concatenate([*workers.values(), here])) == sorted(
        [*range(16), *range(22), *range(20)]
    )


def test_two_processes(serial, tmp_path):
    """Exit code 0, the same digests as in one process; the draws were computed by others."""
    (tmp_path / "log").mkdir()
    plan = SignedPlan("processes", jobs=2, chunk=CHUNK, log=str(tmp_path / "log"))
    code, kept, numbers = run_with(tmp_path / "study", plan)
    assert serial[0] == code == 0
    assert len(kept) == len(WITH_DRAWS)
    assert (kept, numbers) == serial[1:]
    of_workers(tmp_path / "log", 2)


def test_two_workers_of_dask(serial, tmp_path):
    """The same over TCP."""
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    (tmp_path / "log").mkdir()
    with cluster(tmp_path) as running:
        with distributed.Client(running.address, set_as_default=False) as client:
            client.wait_for_workers(2)
        plan = SignedPlan("dask", address=running.address, chunk=CHUNK, log=str(tmp_path / "log"))
        code, kept, numbers = run_with(tmp_path / "study", plan)
    assert (code, kept, numbers) == serial
    of_workers(tmp_path / "log", 2)
