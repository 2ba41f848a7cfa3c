"""The files of a study take the place of those before: all of them or none, whatever happens."""

from __future__ import annotations

import os
import shutil

import pytest

from made_delivery import NEWER, OLDER, calls_of, delivered, first_delivered, forked, whole
from made_faults import TAKE_SPACE, faults, full_from, killed_at, tree
from xinzhi.work.delivery import JOURNAL, NEW, OLD
from xinzhi.work.lock import MARKER
from xinzhi.work.results import Results, claim
from xinzhi_core.errors import ReportError

pytestmark = pytest.mark.long


@pytest.fixture
def folder(tmp_path):
    """A folder with the results of a study, and a file of the user among them."""
    return first_delivered(tmp_path / "results")


def test_a_delivery_replaces_the_last_one_and_leaves_the_files_of_others(folder):
    """Old files that the new study does not have are gone; the file of the user stays."""
    delivered(folder)

    assert whole(folder, NEWER)
    assert not (folder / "gone").exists()
    assert Results(folder).marker.formats == ("html", "md")


def seen(folder):
    """Tell of which studies the folder shows a file that only one of them has."""
    found = tree(folder)
    shown = {name for name in found if not any(p.startswith(".") for p in name.split("/"))}
    of = {"old": OLDER, "new": NEWER}
    return {
        study
        for study, files in of.items()
        for name in shown & files.keys()
        if found[name] == files[name]
        and found[name] not in {o.get(name) for s, o in of.items() if s != study}
    }


def shows_all_of(folder, studies):
    """Tell whether every file of a study stands where its report does."""
    (files,) = [{"old": OLDER, "new": NEWER}[study] for study in studies]
    return files.items() <= tree(folder).items()


def test_a_kill_at_any_call_leaves_one_whole_study(folder, tmp_path):
    """Every third call of the system that changes the disk: old or new, never both, not for a moment.

    Before any command looks at the folder it shows files of one study at most, and a report only
    beside all its files. `just delivery` strikes at all calls, and at those of a whole run.
    """
    n = calls_of(folder)
    assert n > 40
    outcomes = []
    for number in range(1, n + 1, 3):
        copy = tmp_path / f"kill{number}"
        shutil.copytree(folder, copy)
        with faults(killed_at(number)):
            assert forked(lambda copy=copy: delivered(copy)) == 9
        studies = seen(copy)
        assert len(studies) <= 1, number
        assert "report.html" not in tree(copy) or shows_all_of(copy, studies), number
        with claim(copy):
            pass
        outcomes.append((whole(copy, OLDER), whole(copy, NEWER)))
        assert sum(outcomes[-1]) == 1, number
    assert outcomes == sorted(outcomes, reverse=True)  # decided at one point
    assert {old for old, _ in outcomes} == {True, False}


def code_of(folder, strike):
    """Deliver under faults; return the code of the error."""
    try:
        with faults(strike):
            delivered(folder)
    except ReportError as error:
        return error.code
    return ""


@pytest.mark.parametrize("once", [True, False])
def test_a_full_disk_at_any_call_leaves_the_old_study(folder, tmp_path, once):
    """Where a call fails the old files stand, with a message; a name needs room too."""
    for number in range(1, calls_of(folder) + 1):
        copy = tmp_path / f"full{number}"
        shutil.copytree(folder, copy)
        said = code_of(copy, full_from(number, once=once))
        if said == "write.failed":
            assert whole(copy, OLDER), number
        elif said:  # not even what was moved could be moved back
            assert (said, once) == ("results.unfinished", False)
        with claim(copy):
            pass
        assert whole(copy, OLDER) or whole(copy, NEWER), number
        assert not {NEW, OLD, JOURNAL} & {path.name for path in copy.iterdir()}


def test_a_disk_full_of_data_leaves_the_old_study_and_says_so(folder):
    """Where only room for data is missing, nothing has changed after the error."""
    for number in range(1, calls_of(folder) + 1):
        before = tree(folder)
        kinds = tuple(name for name in TAKE_SPACE if name not in {"replace", "rename"})
        if not code_of(folder, full_from(number, kinds=kinds)):
            return
        assert tree(folder) == before, number
    pytest.fail("the disk was full to the end")


def test_an_interrupted_delivery_goes_back(folder):
    """Ctrl-C while the files are put in place: the old study stands."""
    replace = os.replace
    moved = []

    def interrupted(source, target, **more):
        moved.append(target)
        if str(target).endswith("b.svg") and moved.count(target) == 1:
            raise KeyboardInterrupt
        return replace(source, target, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            delivered(folder)

    assert whole(folder, OLDER)


def cut(folder):
    """Cut a delivery off after the first file was put in place."""

    def strike(name, _n, words):
        if name == "replace" and str(words[1]).endswith("figures/b.svg"):
            os.kill(os.getpid(), 9)

    with faults(strike):
        assert forked(lambda: delivered(folder)) == 9
    assert (folder / JOURNAL).exists()


def test_what_was_cut_off_is_completed_and_said(folder):
    """The next command completes it and says so."""
    cut(folder)

    with claim(folder) as place:
        said = [str(note) for note in place.notes]

    assert whole(folder, NEWER)
    assert any("complete now" in note for note in said)
    assert any("did not finish" in note for note in said)


def test_an_edit_between_kill_and_next_command_is_kept(folder):
    """A file that somebody changed or made meanwhile is not written over, wherever the kill struck."""
    cut(folder)
    (folder / "scores.csv").write_text("my scores", encoding="utf-8")  # in place already
    (folder / "report.html").write_text("my edit", encoding="utf-8")  # still to come
    (folder / "figures" / "b.svg").write_text("my picture", encoding="utf-8")

    with claim(folder):
        pass

    found = tree(folder)
    assert found["figures/b.kept.svg"] == b"my picture"
    assert found["report.kept.html"] == b"my edit"
    assert {name: found[name] for name in NEWER} == {**NEWER, "scores.csv": b"my scores"}
    delivered(folder)
    assert tree(folder)["scores.kept.csv"] == b"my scores"


@pytest.mark.parametrize("damage", ["journal", "staged", "marker"])
def test_a_delivery_that_cannot_be_completed_is_undone(folder, damage):
    """Journal, a new file or its marker damaged after the kill: the old study, and no crash."""
    cut(folder)
    place = {
        "journal": folder / JOURNAL,
        "staged": folder / NEW / "figures" / "b.svg",
        "marker": folder / NEW / MARKER,
    }[damage]
    place.write_bytes(b"\xff{")

    with claim(folder) as place:
        said = [str(note) for note in place.notes]

    assert any("damaged" in note for note in said)
    found = {name: data for name, data in tree(folder).items() if name in OLDER}
    assert found == OLDER
    delivered(folder)
    assert Results(folder).marker.is_sound


def test_temporary_files_of_dead_runs_are_swept(folder):
    """Only names of our own form go; a download of the user stays."""
    for name in (".xinzhi-abcd1234.part", "store/.xinzhi-abcd1234.part", "thesis.pdf.part"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"half")

    with claim(folder):
        pass

    assert [path.name for path in folder.rglob("*.part")] == ["thesis.pdf.part"]


def test_a_file_that_stays_the_same_is_neither_written_nor_moved(folder):
    """It is complete at every moment, and a program that holds it open goes on reading it."""
    before = {name: (folder / name).stat() for name in ("scores.csv", "report.html")}
    delivered(folder)
    after = {name: (folder / name).stat() for name in before}

    assert after["scores.csv"].st_ino == before["scores.csv"].st_ino
    assert after["scores.csv"].st_mtime_ns == before["scores.csv"].st_mtime_ns
    assert after["report.html"].st_ino != before["report.html"].st_ino
    assert Results(folder).marker.is_unchanged(folder, "scores.csv")


@pytest.mark.parametrize("change", ["words", "gone", "link"])
def test_a_file_that_would_stay_the_same_is_written_where_somebody_has_changed_it(folder, change):
    """A file that was changed, removed or exchanged for a link is not as it was delivered."""
    place = folder / "scores.csv"
    place.unlink()
    if change == "words":
        place.write_bytes(b"mine")
    elif change == "link":
        (folder / "figures" / "same").write_bytes(b"same")
        place.symlink_to(folder / "figures" / "same")
    delivered(folder)

    assert place.is_file()
    assert not place.is_symlink()
    assert place.read_bytes() == b"same"
