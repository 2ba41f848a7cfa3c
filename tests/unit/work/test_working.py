"""What somebody else has under the names that a run uses stays, and holds nothing up."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from made_faults import tree
from xinzhi.work import lock
from xinzhi.work.delivery import JOURNAL, NEW, OLD
from xinzhi.work.draws.chunk_store import ABOUT, ChunkStore, folders, read_about, remove
from xinzhi.work.lock import LOCK, MARKER, digest_of, find_holder
from xinzhi.work.results import KEY, Inputs, Results, claim, last_run, look_at, remember
from xinzhi.work.store import Store
from xinzhi_core.errors import ReportError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and links of a POSIX system")

FIRST = {"report.html": b"A", "figures/a.svg": b"A", "report.docx": b"A", "results.json": b"A"}
SECOND = {"report.html": b"B", "results.json": b"B"}
KNOWN = ("report*.html", "report*.docx", "results.json", "figures/*.svg")


def delivered(folder: Path, files=FIRST) -> list[str]:
    with claim(folder) as place:
        place.deliver(files, ("html",), KNOWN)
        return [str(note) for note in place.notes]


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "mine.txt").write_text("mine", encoding="utf-8")


def an_empty_folder(path: Path) -> None:
    path.mkdir()


def a_file(path: Path) -> None:
    path.write_text("mine", encoding="utf-8")


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def a_link_to_a_folder(path: Path) -> None:
    other = path.parent.parent / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine", encoding="utf-8")
    path.symlink_to(other)


MADE = (a_folder, an_empty_folder, a_file, a_pipe, a_link_to_itself, a_link_to_a_folder)
NAMES = (NEW, OLD, JOURNAL, MARKER, LOCK)


def state(path: Path):
    """Tell what lies at a path, without following or opening it."""
    content = (
        {p.name: p.read_text(encoding="utf-8") for p in path.glob("*")} if path.is_dir() else {}
    )
    return os.lstat(path).st_ino, path.is_symlink(), content


@pytest.mark.one_in(4)
@pytest.mark.parametrize("made", MADE, ids=lambda made: made.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_what_has_a_name_of_ours_is_kept_and_holds_nothing_up(tmp_path, made, name):
    """Working folders take another name; the journal, the marker and the lock are set aside.

    A lock that is a file says who holds the folder, and says nothing here: it is taken over.
    """
    folder = tmp_path / "r"
    delivered(folder)
    (folder / name).unlink(missing_ok=True)
    made(folder / name)
    if (made, name) == (a_file, LOCK):
        pytest.skip("a file of this name is a lock that says nothing")
    before, other = state(folder / name), tmp_path / "other"

    delivered(folder, SECOND)
    delivered(folder, FIRST)
    look_at(folder)

    is_fixed = name in {JOURNAL, MARKER, LOCK}
    kept = folder / f"{name.removesuffix('.json')}.kept.json" if is_fixed else folder / name
    assert state(kept if os.path.lexists(kept) else folder / name) == before
    if other.exists():
        assert [path.name for path in other.iterdir()] == ["mine.txt"]
    assert {n: (folder / n).read_bytes() for n in FIRST} == FIRST
    left = {p.name for p in folder.iterdir() if p.name.startswith(".")} - {MARKER, kept.name}
    assert not left - {f"{name.removesuffix('.json')}.kept.json"}


def test_a_journal_of_somebody_is_named(tmp_path):
    """What is set aside is said, with both names."""
    folder = tmp_path / "r"
    delivered(folder)
    for made in (a_folder, a_file):
        made(folder / JOURNAL)
        note = delivered(folder)[0]
        kept = next(p.name for p in folder.glob(".xinzhi-journal.kept*") if p.name in note)
        assert note == f"'{JOURNAL}' is not a file of xinzhi; it is kept as {kept}."


@pytest.mark.parametrize("name", ["../elsewhere", "/etc", ".xinzhi-newest", "mine", ""])
def test_a_forged_journal_moves_nothing_elsewhere(tmp_path, name):
    """It names folders of ours in this folder, and files within it, or it is none."""
    folder = tmp_path / "r"
    delivered(folder)
    for words in ({"new": name}, {"old": name}, {"put": [name]}, {"gone": [name]}):
        if name == ".xinzhi-newest" and ("put" in words or "gone" in words):
            continue
        journal = {"put": [], "gone": [], "new": NEW, "old": OLD, **words}
        if name == "mine" and ("put" in words or "gone" in words):
            continue
        (folder / JOURNAL).write_text(json.dumps(journal), encoding="utf-8")
        assert "it is kept as" in delivered(folder)[0]
    assert {n: (folder / n).read_bytes() for n in FIRST} == FIRST


def test_working_folders_of_the_last_version_are_known_by_their_journal(tmp_path):
    """They had no tag: what was cut off under it is completed, and both folders go."""
    folder = tmp_path / "r"
    delivered(folder)
    marker = json.loads((folder / MARKER).read_bytes())
    (folder / NEW).mkdir()
    (folder / OLD).mkdir()
    (folder / NEW / "report.html").write_bytes(b"B")
    (folder / "report.html").replace(folder / OLD / "report.html")
    marker["files"]["report.html"] = digest_of(folder / NEW / "report.html")
    (folder / NEW / MARKER).write_text(json.dumps(marker), encoding="utf-8")
    (folder / JOURNAL).write_text('{"put": ["report.html"], "gone": []}', encoding="utf-8")

    assert "complete now" in str(look_at(folder).notes[-1])

    assert (folder / "report.html").read_bytes() == b"B"
    assert {p.name for p in folder.iterdir() if p.name.startswith(".")} == {MARKER}


def test_a_working_folder_is_made_and_removed_at_once(tmp_path):
    """Its tag is the first thing in it and the last; a half-made one is swept, an other is not."""
    place = lock.choose(tmp_path, NEW)
    lock.make(place)
    assert (place.name, lock.is_working(place)) == (NEW, True)
    assert lock.choose(tmp_path, NEW) == place
    assert place.stat().st_mode & 0o700 == 0o700
    (place / "deep").mkdir()
    (place / "deep" / "a").write_text("a", encoding="utf-8")
    lock.remove(place)
    assert not place.exists()

    half, theirs = tmp_path / ".xinzhi-abcd1234.part", tmp_path / ".xinzhi-efgh5678.part"
    half.mkdir()
    (half / lock.TAG).write_bytes(lock.WORDS[:5])
    a_folder(theirs)
    lock.sweep_unmade(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [theirs.name]
    lock.remove(theirs)
    assert (theirs / "mine.txt").is_file()


def test_a_loop_of_links_is_refused_with_its_path(tmp_path):
    """As the folder of results, and on the way to it."""
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    for folder in (tmp_path / "a", tmp_path / "a" / "results"):
        for act in (lambda folder=folder: delivered(folder), lambda folder=folder: look_at(folder)):
            with pytest.raises(ReportError) as caught:
                act()
            assert caught.value.code == "write.failed"
            assert str(folder) in str(caught.value)
            assert "space" not in str(caught.value)
    assert {path.name for path in tmp_path.iterdir()} == {"a", "b"}


@pytest.mark.parametrize(
    ("make", "remedy"),
    [
        (lambda path: path.write_text("x", encoding="utf-8"), "move away what lies there"),
        (lambda path: path / ("n" * 300), "choose a shorter name"),
    ],
)
def test_room_is_asked_for_only_where_room_is_missing(tmp_path, make, remedy):
    """A file in the way and a name too long are called what they are."""
    made = make(tmp_path / "r")
    with pytest.raises(ReportError) as caught:
        delivered(made if isinstance(made, Path) else tmp_path / "r")
    assert remedy in str(caught.value)
    assert "bytes needed" not in str(caught.value)
    assert "free some space" not in str(caught.value)


def test_a_damaged_marker_leaves_nothing_of_another_study_beside_the_new_one(tmp_path):
    """What has a name that a study writes is kept under another, and said; the user's own names stay."""
    folder = tmp_path / "r"
    delivered(folder)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / MARKER).write_bytes(b"\xff")

    notes = delivered(folder, SECOND)

    found = {n: data for n, data in tree(folder).items() if n != MARKER}
    assert found == {
        **SECOND,
        "report.kept.html": b"A",
        "results.kept.json": b"A",
        "report.kept.docx": b"A",
        "figures/a.kept.svg": b"A",
        "notes.txt": b"mine",
        ".xinzhi-results.kept.json": b"\xff",
    }
    assert len(notes) == 4
    assert (
        "The list of what xinzhi wrote here is damaged, and figures/a.svg may be of an earlier "
        "study; it is kept as a.kept.svg."
    ) in notes
    assert delivered(folder, SECOND) == []


def test_an_entry_of_somebody_stays_in_the_store(tmp_path):
    """A `.npz` of the user's, a pipe and a folder of that ending: none is moved, removed or waited for."""
    place = Results(tmp_path)
    place.store.put("key", b"body")
    for number, made in enumerate((a_file, a_pipe, a_folder)):
        made(place.store.folder / f"mine{number}.npz")
    before = sorted(path.name for path in place.store.folder.iterdir())

    remember(place, Inputs.of(()), {"code": 0})
    assert last_run(place, tmp_path / "study.yaml") is None
    place.store.keep_only(frozenset({KEY, "key"}))

    left = {path.name for path in place.store.folder.iterdir()}
    assert left == {*before, f"{KEY}.npz"}


def test_what_lies_beside_draws_is_not_removed_with_them(tmp_path):
    """Draws are removed by their names."""
    store = ChunkStore.of(tmp_path, "key")
    with store.locked("draws", 3, "go on"):
        Store(store.folder).put(f"{store.key}.00000000-00000003", b"x")
    a_file(store.folder / "mine.npz")
    remove(store.folder)
    assert [path.name for path in store.folder.iterdir()] == ["mine.npz"]
    assert folders(tmp_path) == []
    (store.folder / "mine.npz").unlink()
    with store.locked("draws", 3, "go on"):
        pass
    remove(store.folder)
    assert not store.folder.exists()


@pytest.mark.parametrize(
    "words", ["[" * 100_000, '{"name": 1}', "[]", "9" * 5000, "\udcff", '"x"', "{}"]
)
def test_forged_words_of_draws_and_locks_say_nothing(tmp_path, words):
    """What they say is believed only where it has the kinds that we write."""
    (tmp_path / ABOUT).write_text(words, encoding="utf-8", errors="surrogateescape")
    (tmp_path / LOCK).write_text(words[:4000], encoding="utf-8", errors="surrogateescape")
    assert read_about(tmp_path) is None
    assert find_holder(tmp_path) is None
    about = {"name": "a", "key": "k", "version": "1", "started": "now", "sha256": ""}
    for n, is_read in ((3, True), (10**12, False), (-1, False), (True, False), ("3", False)):
        (tmp_path / ABOUT).write_text(json.dumps({**about, "n": n}), encoding="utf-8")
        assert (read_about(tmp_path) is not None) == is_read
