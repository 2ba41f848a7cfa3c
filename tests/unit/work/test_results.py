"""A folder of results is ours as far as its marker says; files of others are never touched."""

from __future__ import annotations

import pytest

from made_faults import tree
from xinzhi.work.lock import MARKER
from xinzhi.work.results import Results, claim
from xinzhi_core.errors import ReportError

FILES = {"report.html": b"1", "review_2020.csv": b"ours", "scripts/study.R": b"1"}


def delivered(folder, files=FILES, sources=()):
    with claim(folder) as place:
        place.refuse_others(files, sources)
        place.deliver(files, ())
        return [str(note) for note in place.notes]


@pytest.fixture
def theirs(tmp_path):
    """A folder of the user's, with a file that has the name of one of ours."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "report.html").write_text("mine", encoding="utf-8")
    return folder


def test_a_file_of_the_user_is_refused_with_its_name(theirs):
    """Nothing is written, not even a marker; the remedy is another folder."""
    with pytest.raises(ReportError, match=r"report\.html(.|\n)*--out") as caught:
        delivered(theirs)

    assert caught.value.code == "results.not_ours"
    assert tree(theirs) == {"report.html": b"mine"}


def test_a_folder_of_the_user_takes_new_names(theirs):
    """Names that are free may be written; later runs replace these, and only these."""
    files = {"scores.csv": b"1"}
    delivered(theirs, files)
    delivered(theirs, {"scores.csv": b"2"})

    found = tree(theirs)
    assert (found["report.html"], found["scores.csv"]) == (b"mine", b"2")


def test_a_store_of_the_user_is_not_ours(theirs):
    """A folder called store in somebody's folder is refused before it is used."""
    (theirs / "store").mkdir()

    with pytest.raises(ReportError, match="store"):
        delivered(theirs, {"scores.csv": b"1"})


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_folder_that_is_something_else_is_refused(theirs, tmp_path, kind):
    """`scripts` as a file, or as a link to another folder: nothing is written through it."""
    other = tmp_path / "other"
    other.mkdir()
    place = theirs / "scripts"
    if kind == "file":
        place.write_text("x", encoding="utf-8")
    else:
        place.symlink_to(other)

    with pytest.raises(ReportError, match="scripts"):
        delivered(theirs, {"scripts/study.R": b"1"})

    assert list(other.iterdir()) == []


def test_what_the_user_changed_is_kept_under_another_name(tmp_path):
    """Verdicts in a review and edits of a report are never lost; a note says where they are."""
    delivered(tmp_path / "r")
    (tmp_path / "r" / "review_2020.csv").write_text("verdicts", encoding="utf-8")
    (tmp_path / "r" / "report.html").write_text("edited", encoding="utf-8")

    notes = delivered(tmp_path / "r", {"report.html": b"2"})

    found = tree(tmp_path / "r")
    assert found["report.html"] == b"2"
    assert found["report.kept.html"] == b"edited"
    assert found["review_2020.kept.csv"] == b"verdicts"
    assert "review_2020.csv" not in found
    assert len([note for note in notes if "kept" in note]) == 2


def test_a_second_edit_does_not_replace_the_first(tmp_path):
    """Each version that was changed keeps a name of its own."""
    for text in ("first", "second"):
        delivered(tmp_path / "r")
        (tmp_path / "r" / "report.html").write_text(text, encoding="utf-8")
    delivered(tmp_path / "r")

    found = tree(tmp_path / "r")
    assert (found["report.kept.html"], found["report.kept2.html"]) == (b"first", b"second")


@pytest.mark.parametrize("how", ["itself", "symbolic link", "hard link", "spelling"])
def test_a_source_is_never_a_target(tmp_path, how):
    """Not by its path, not through a link, not by another spelling, not even where it was ours."""
    folder = tmp_path / "r"
    delivered(folder)
    source = folder / "report.html"
    if how == "symbolic link":
        source = tmp_path / "data.csv"
        source.symlink_to(folder / "report.html")
    elif how == "hard link":
        source = tmp_path / "data.csv"
        source.hardlink_to(folder / "report.html")
    elif how == "spelling":
        source = tmp_path / "r" / ".." / "r" / "." / "report.html"
    before = tree(folder)

    with pytest.raises(ReportError) as caught:
        delivered(folder, {"report.html": b"2"}, (source,))

    assert caught.value.code == "results.source"
    assert tree(folder) == before


def test_a_source_that_would_be_removed_is_refused(tmp_path):
    """A study that reads a result of the last one from the same folder does not lose it."""
    delivered(tmp_path / "r")

    with pytest.raises(ReportError) as caught:
        delivered(tmp_path / "r", {"report.html": b"2"}, (tmp_path / "r" / "review_2020.csv",))

    assert caught.value.code == "results.source"


@pytest.mark.parametrize("damage", ["text", "folder", "types", "climbing"])
def test_a_damaged_marker_loses_nothing_and_stops_nothing(tmp_path, damage):
    """Nobody knows then what is ours: everything in the way is kept under another name."""
    folder = tmp_path / "r"
    delivered(folder)
    marker = folder / MARKER
    if damage == "folder":
        marker.unlink()
        marker.mkdir()
    else:
        words = {
            "text": "\ufffd{",
            "types": '{"files": {"report.html": 3}, "formats": []}',
            "climbing": '{"files": {"../x": "0"}, "formats": []}',
        }
        marker.write_text(words[damage], encoding="utf-8")

    delivered(folder, {"report.html": b"2"})

    found = tree(folder)
    assert (found["report.html"], found["report.kept.html"]) == (b"2", b"1")
    assert Results(folder).marker.is_sound
    assert delivered(folder, {"report.html": b"3"}) == []


def test_a_folder_in_place_of_a_result_is_kept(tmp_path):
    """A folder where a file of ours was does not stop the next run."""
    folder = tmp_path / "r"
    delivered(folder)
    (folder / "report.html").unlink()
    (folder / "report.html").mkdir()
    (folder / "report.html" / "mine").write_text("mine", encoding="utf-8")

    delivered(folder)

    assert (folder / "report.html").read_bytes() == b"1"
    assert (folder / "report.kept.html" / "mine").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_was_made_for_nothing_is_gone(tmp_path):
    """A run that is refused leaves no empty folder behind."""
    with claim(tmp_path / "a" / "b"):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_an_error_with_a_remedy(tmp_path):
    """`--out data.csv`: the file stays, the message says what is wrong."""
    file = tmp_path / "data.csv"
    file.write_text("x", encoding="utf-8")

    with pytest.raises(ReportError, match=r"data\.csv"), claim(file):
        pass

    assert file.read_text(encoding="utf-8") == "x"


def test_a_link_to_the_folder_is_followed(tmp_path):
    """A folder of results may lie elsewhere."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    delivered(tmp_path / "link")

    assert (tmp_path / "real" / "report.html").read_bytes() == b"1"
    assert (tmp_path / "link").is_symlink()
