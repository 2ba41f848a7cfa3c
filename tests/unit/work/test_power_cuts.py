"""After a power cut, whatever of the last writes has come to the disk, the next command finds one whole study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from cut_runs import is_new_again, logged_runs, outcomes
from made_faults import tree
from power_cuts import cuts
from write_log import Disk, WriteLog, write_log
from xinzhi.study.update.exchange import begin, last_exchange
from xinzhi.work.delivery import Delivery
from xinzhi.work.draws.chunk_store import ChunkStore
from xinzhi.work.lock import MARKER
from xinzhi.work.results import Results, claim
from xinzhi.work.store import Store
from xinzhi_core.write import write_atomically

OLDER = {
    "report.html": b"A" * 40, "tables/deep/a.md": b"A", "scores.csv": b"same", "gone/x.md": b"A"
}  # fmt: skip
NEWER = {
    "report.html": b"B" * 50, "tables/deep/b.md": b"B", "scores.csv": b"same", "new/far/y.md": b"B"
}  # fmt: skip
MINE = {"tables/mine.txt": b"mine", "notes.md": b"my notes"}
EDITED = b"my own words in the report"
DRAWN = 40


def deliver(folder: Path, files: dict[str, bytes] = NEWER) -> None:
    with claim(folder) as place:
        place.deliver(files, ("html",))


@pytest.fixture
def folder(tmp_path):
    """A folder with the results of a study, and files of the user among them."""
    folder = tmp_path / "results"
    deliver(folder, OLDER)
    for name, data in MINE.items():
        (folder / name).write_bytes(data)
    return folder


def logged(folder: Path, work: Callable[[Path], object]) -> WriteLog:
    """Do something, and give its log, which must say all that has changed."""
    with write_log(folder) as log:
        work(folder)
    assert log.replayed().tree() == Disk.of(folder).tree()
    assert log.operations
    return log


def study_in(folder: Path, edited: bytes | None = None) -> str:
    """Tell which study a folder holds whole, beside the files of the user and nothing else."""
    found = tree(folder)
    for name, data in MINE.items():
        assert found.pop(name) == data
    del found[MARKER]
    kept = found.pop("report.kept.html", None)
    if edited is not None:
        assert edited in {kept, found["report.html"]}, "an edited report is lost"
    else:
        assert kept is None
    report = found.pop("report.html", None)
    for study, files in (("old", OLDER), ("new", NEWER)):
        is_report = report == files["report.html"] or (study == "old" and report == edited)
        if is_report and found == {n: data for n, data in files.items() if n != "report.html"}:
            return study
    return f"mixed: {sorted(found)}"


def studies_after(log: WriteLog, tmp_path: Path, number: int, edited: bytes | None = None):
    """Lay each state down, let the next command look at it and the next run deliver."""
    found = set()
    for n, state in enumerate(cuts(log, number, seed=39)):
        place = tmp_path / f"cut{n}"
        state.disk.lay(place)
        with claim(place):
            pass
        study = study_in(place, edited)
        assert study in {"old", "new"}, f"{state}: {study}"
        found.add(study)
        deliver(place)
        assert study_in(place, edited) == "new", str(state)
        assert not [p.name for p in place.iterdir() if p.name[0] == "." and p.name != MARKER], state
    return found


def test_a_power_cut_in_a_delivery_leaves_one_whole_study(folder, tmp_path):
    """The old or the new, both of which are found; nothing of the user's is lost, nothing of ours left over."""
    log = logged(folder, deliver)
    assert studies_after(log, tmp_path, DRAWN) == {"old", "new"}


@pytest.mark.long
def test_a_power_cut_in_a_delivery_loses_no_edited_report(folder, tmp_path):
    """It lies in its place, or under the name that it is kept by."""
    (folder / "report.html").write_bytes(EDITED)
    log = logged(folder, deliver)
    assert studies_after(log, tmp_path, DRAWN, EDITED) == {"old", "new"}


@pytest.mark.long
def test_a_power_cut_after_an_interrupted_delivery_leaves_one_whole_study(folder, tmp_path):
    """What is undone is durable before the journal goes."""
    real, calls = Delivery._sync, []

    def sync(self):
        calls.append(self)
        real(self)
        if len(calls) == 2:
            raise KeyboardInterrupt

    def work(folder):
        with mock.patch.object(Delivery, "_sync", sync), pytest.raises(KeyboardInterrupt):
            deliver(folder)

    log = logged(folder, work)
    assert study_in(folder) == "old"
    assert studies_after(log, tmp_path, DRAWN) == {"old", "new"}


@pytest.mark.long
def test_a_power_cut_in_the_recovery_leaves_one_whole_study(folder, tmp_path):
    """The recovery of a delivery that a power cut has left is itself cut."""
    first = logged(folder, deliver)
    for n, state in enumerate(cuts(first, 8, seed=6)):
        place = tmp_path / f"first{n}"
        state.disk.lay(place)

        def recover(folder):
            with claim(folder):
                pass

        log = logged(place, recover)
        assert studies_after(log, tmp_path / f"second{n}", 10) <= {"old", "new"}


@pytest.mark.long
def test_five_hundred_power_cuts_in_deliveries(folder, tmp_path):
    """Distinct states of one delivery over another study."""
    log = logged(folder, deliver)
    assert studies_after(log, tmp_path, 500) == {"old", "new"}


def test_a_torn_entry_of_the_store_is_refused(tmp_path):
    """The entry is there whole or it is none; the former one is not lost by it."""
    store = Store(tmp_path / "s" / "store")
    store.put("old", b"old body")
    log = logged(tmp_path / "s", lambda _: store.put("new", b"new body" * 9))
    bodies = set()
    for n, state in enumerate(cuts(log, DRAWN, seed=1)):
        state.disk.lay(tmp_path / f"cut{n}")
        found = Store(tmp_path / f"cut{n}" / "store")
        assert found.get("old") == b"old body"
        bodies.add(found.get("new"))
    assert bodies == {None, b"new body" * 9}


def test_chunks_that_a_power_cut_has_torn_are_computed_again(tmp_path):
    """Whole chunks are read, others are missing; no draw has other digits."""
    rows = np.arange(24.0).reshape(12, 2)
    (tmp_path / "s").mkdir()

    def compute(folder):
        store = ChunkStore.of(folder / "draws", "key")
        with store.locked("draws", 12, "go on"):
            for start in range(0, 12, 4):
                store.publish(range(start, start + 4), rows[start : start + 4], "go on")
            store.complete(rows, "go on")

    log = logged(tmp_path / "s", compute)
    counts = set()
    for n, state in enumerate(cuts(log, DRAWN, seed=2)):
        state.disk.lay(tmp_path / f"cut{n}")
        store = ChunkStore.of(tmp_path / f"cut{n}" / "draws", "key")
        with store.locked("draws", 12, "go on"):
            found = dict(store.chunks())
        assert all((rows[k.start : k.stop] == numbers).all() for k, numbers in found.items())
        counts.add(len(found))
    assert counts == {0, 1, 2, 3}


SOURCES = {"study.yaml": b"file: a", "data/a.csv": b"old figures"}
REPLACED = {"study.yaml": b"file: b", "data/a.csv": None, "data/b.csv": b"new figures"}


@pytest.mark.parametrize("edited", [False, True])
def test_a_power_cut_in_an_update_can_be_undone(tmp_path, edited):
    """Files of the study are the old ones, or those of an update that is done; an edited one is kept."""
    study = tmp_path / "s"
    (study / "data").mkdir(parents=True)
    for name, data in SOURCES.items():
        (study / name).write_bytes(data)

    def update(folder):
        exchange = begin(folder, REPLACED).put(REPLACED)
        if edited:
            exchange.undo()
        else:
            exchange.noted("done")

    log = logged(study, update)
    for n, state in enumerate(cuts(log, DRAWN, seed=3)):
        place = tmp_path / f"cut{n}"
        state.disk.lay(place)
        last = last_exchange(place)
        if last is not None and last.is_open:
            last.undo()
            last = None
        found = {
            k: v
            for k, v in tree(place).items()
            if not k.startswith("updates") and "xinzhi-" not in k
        }
        new = {k: v for k, v in REPLACED.items() if v is not None}
        assert found == (SOURCES if last is None else new), str(state)


def test_a_power_cut_while_an_edited_file_makes_room_loses_neither(tmp_path):
    """An update is undone over a file that somebody has changed since: it keeps its content under a new name."""
    study = tmp_path / "s"
    (study / "data").mkdir(parents=True)
    (study / "data/a.csv").write_bytes(b"old")
    contents = {"data/a.csv": b"new"}
    exchange = begin(study, contents).put(contents)
    (study / "data/a.csv").write_bytes(b"mine")
    log = logged(study, lambda _: exchange.undo())
    for n, state in enumerate(cuts(log, DRAWN, seed=4)):
        state.disk.lay(tmp_path / f"cut{n}")
        found = tree(tmp_path / f"cut{n}")
        assert b"mine" in {data for name, data in found.items() if name.startswith("data/")}, state


def test_a_file_has_its_permissions_when_it_has_its_name(tmp_path):
    """A file that replaces one which others may read is not left to its owner alone."""
    (tmp_path / "a.txt").write_bytes(b"old")
    (tmp_path / "a.txt").chmod(0o664)
    log = logged(tmp_path, lambda folder: write_atomically(folder / "a.txt", b"new"))
    for state in cuts(log, DRAWN, seed=5):
        node = state.disk.node_at(("a.txt",))
        assert state.disk.modes[node] == 0o664, str(state)
        assert bytes(state.disk.files[node]) in {b"old", b"new"}


def test_results_of_a_first_run_are_whole_or_none(tmp_path):
    """A folder that is made by the run may be gone; it never holds a part that is taken for a whole."""
    (tmp_path / "s").mkdir()
    log = logged(tmp_path / "s", lambda folder: deliver(folder / "results", OLDER))
    for n, state in enumerate(cuts(log, DRAWN, seed=7)):
        place = tmp_path / f"cut{n}" / "results"
        state.disk.lay(place.parent)
        with claim(place):
            pass
        found = Results(place).marker.files if place.is_dir() else {}
        shown = {k: v for k, v in tree(place).items() if k[0] != "."} if place.is_dir() else {}
        assert shown in ({}, OLDER), str(state)
        assert found.keys() == shown.keys(), str(state)


@pytest.mark.long
@pytest.mark.parametrize("is_first", [True, False])
def test_a_power_cut_in_a_whole_run_leaves_one_whole_study(tmp_path, is_first):
    """From the first entry of the store to the last word of the marker; then the run is done again."""
    runs, told = logged_runs(tmp_path / "s", is_first=is_first), Counter[str]()
    for n, (state, found, place) in enumerate(outcomes(runs, tmp_path / "cuts", 30, seed=8)):
        assert found in {"old", "new"}, str(state)
        told[found] += 1
        assert n % 15 or is_new_again(runs, place), str(state)
    assert min(told["old"], told["new"]) > 3
