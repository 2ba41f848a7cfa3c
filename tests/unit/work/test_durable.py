"""After a power cut there is the old file or the new one, whole: every writer keeps the law of `recorded`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from made_page import app_of, client
from recorded import recorded
from xinzhi.work.delivery import JOURNAL, NEW
from xinzhi.work.draws.chunk_store import ABOUT, ChunkStore
from xinzhi.work.lock import LOCK, MARKER
from xinzhi.work.results import Inputs, Results, claim, remember
from xinzhi.work.store import Store
from xinzhi_core.write import write_atomically

FILES = {"report.html": b"<p>one</p>", "tables/a.md": b"|a|", "results.json": b"{}"}
LATER = {"report.html": b"<p>two</p>", "tables/b.md": b"|b|", "results.json": b"{ }"}
TABLE = "城市,年份,就业\n唐山市,2008,1\n大同市,2008,2\n唐山市,2009,1\n大同市,2009,3\n"


def a_new_file(folder: Path) -> None:
    write_atomically(folder / "a.txt", "one")


def a_file_in_new_folders(folder: Path) -> None:
    write_atomically(folder / "new" / "deep" / "a.txt", b"one")


def a_file_that_replaces(folder: Path) -> None:
    (folder / "a.txt").write_text("old", encoding="utf-8")
    write_atomically(folder / "a.txt", ["one", "two"])


def a_file_whose_name_must_be_free(folder: Path) -> None:
    write_atomically(folder / "a.txt", "one", replace=False)


def an_entry_of_the_store(folder: Path) -> None:
    Store(folder / "store").put("key", b"body")


def a_chunk_of_draws(folder: Path) -> None:
    store, rows = ChunkStore.of(folder / "draws", "key"), np.ones((3, 2))
    with store.locked("draws", 3, "go on"):
        store.publish(range(3), rows, "go on")
        store.complete(rows, "go on")
    assert json.loads((store.folder / ABOUT).read_text(encoding="utf-8"))["sha256"]


def a_first_delivery(folder: Path) -> None:
    with claim(folder / "results") as place:
        place.deliver(FILES, ("html",))


def a_delivery_over_an_edited_one(folder: Path) -> None:
    a_first_delivery(folder)
    (folder / "results" / "report.html").write_text("mine", encoding="utf-8")
    with claim(folder / "results") as place:
        place.deliver(LATER, ("html",))
    assert (folder / "results" / "report.kept.html").read_text(encoding="utf-8") == "mine"


def what_the_last_run_said(folder: Path) -> None:
    remember(Results(folder), Inputs.of(()), {"code": 0})


def a_file_that_is_dropped_on_the_page(folder: Path) -> None:
    page = client(app_of(folder))
    assert page.post("/api/studies", json={"name": "study"}).status_code == 201
    page.put("/api/studies/study/files", params={"name": "a.csv"}, content=TABLE.encode())
    assert (folder / "study" / "data" / "a.csv").read_bytes() == TABLE.encode()


def a_study_that_the_page_makes(folder: Path) -> None:
    page = client(app_of(folder))
    made = page.post("/api/studies", json={"name": "study"}).json()["id"]
    page.put(f"/api/studies/{made}/files", params={"name": "a.csv"}, content=TABLE.encode())
    page.post(f"/api/studies/{made}/suggestion", json={})
    page.put(f"/api/studies/{made}/text", json={"text": "title: mine\n", "is_valid": False})
    page.put("/api/settings", json={"language": "zh", "study": made})
    assert (folder / made / "data" / "a.csv").is_file()


WRITERS: tuple[Callable[[Path], None], ...] = (
    a_new_file,
    a_file_in_new_folders,
    a_file_that_replaces,
    a_file_whose_name_must_be_free,
    an_entry_of_the_store,
    a_chunk_of_draws,
    a_first_delivery,
    a_delivery_over_an_edited_one,
    what_the_last_run_said,
    a_file_that_is_dropped_on_the_page,
    a_study_that_the_page_makes,
)


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_what_is_written_is_durable_before_it_has_its_name(tmp_path, write):
    """The content first, then the name, then the folder that holds the name."""
    (tmp_path / "here").mkdir()

    with recorded(tmp_path / "here") as record:
        write(tmp_path / "here")

    # What a test wrote itself is another's: an edited file keeps the state in which it was found.
    own = ("report.kept.html",)
    assert record.events
    assert record.broken(spared=(LOCK, *own)) == []


def test_a_delivery_is_decided_only_when_all_is_on_the_disk(tmp_path):
    """Every staged file and folder is durable before the journal, the journal before the first move."""
    folder = tmp_path / "results"
    with claim(folder) as place:
        place.deliver(FILES, ("html",))
    with claim(folder) as place, recorded(folder) as record:
        place.deliver(LATER, ("html",))

    decided = record.named(folder / JOURNAL)
    moved = [record.named(folder / name) for name in LATER]
    for name in (*LATER, MARKER):
        synced = record.first_sync(folder / name)
        assert synced is not None
        assert synced < decided < record.named(folder / name)
    # The folders of the staged files hold their names before the journal does: three at least.
    folders = [
        i for i, event in enumerate(record.events) if event[0] == "sync" and event[2] is None
    ]
    assert (
        len([i for i in folders if i < decided]) >= len({Path(name).parent for name in LATER}) + 1
    )
    # The journal's own name is durable before anything moves, the files before the marker names them.
    assert any(decided < i < min(moved) for i in folders)
    marked = record.named(folder / MARKER)
    assert any(max(moved) < i < marked for i in folders)
    assert not record.synced_after(folder, len(record.events))
    gone = [i for i, event in enumerate(record.events) if event == ("gone", folder / JOURNAL, None)]
    assert gone
    assert marked < gone[-1]
    assert any(marked < i < gone[-1] for i in folders)
    assert any(i > gone[-1] for i in folders)
    assert not (folder / NEW).exists()
