"""What is read and what is hashed are the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest

from xinzhi_core.errors import DataError
from xinzhi_panel.io import files as taken
from xinzhi_panel.io.files import Files

TEXT = b"city,year\n\xe5\x94\x90\xe5\xb1\xb1,2008\n"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "study" / "data.csv"
    path.parent.mkdir()
    path.write_bytes(TEXT)
    os.utime(path, (1e9, 1e9))
    return path


def test_a_file_is_taken_once_whatever_happens_to_it(source):
    """Saved, replaced or removed afterwards: the bytes and the digest stay those of the first look."""
    with Files(source.parent) as files:
        first = files.take("data.csv")
        source.write_bytes(b"other")
        again = files.take(source.parent / "." / "data.csv")
        source.unlink()

        assert again == first
        assert (first.path.read_bytes(), first.sha256) == (TEXT, sha256(TEXT).hexdigest())
        assert first.path.name == source.name
        files.verify()
    assert not first.path.exists()


def test_a_file_that_is_not_there_is_left_to_its_reader(tmp_path):
    """Missing, a folder, or no name of a file at all: no digest, and the path as it was given."""
    (tmp_path / "folder").mkdir()
    with Files(tmp_path) as files:
        for name in ("missing.csv", "folder", "a\0b"):
            assert files.take(name) == taken.Taken(tmp_path / name, "")


@pytest.mark.parametrize("how", ["written", "replaced", "removed", "same size and time"])
def test_a_large_file_that_changes_while_it_is_read_is_refused(source, how):
    """Read where it lies; a change is an error with a remedy, so that nothing is remembered of it."""
    with Files(source.parent, copied=0) as files:
        found = files.take("data.csv")
        assert (found.path, found.sha256) == (source, sha256(TEXT).hexdigest())
        files.verify()
        if how == "removed":
            source.unlink()
        elif how == "replaced":
            (source.parent / "new").write_bytes(TEXT)
            (source.parent / "new").replace(source)
        else:
            source.write_bytes(TEXT[::-1] if how == "same size and time" else b"other")
            os.utime(source, (1e9, 1e9))

        with pytest.raises(DataError, match=r"saved while it was read(.|\n)*run again"):
            files.verify()


def test_a_fresh_file_is_looked_through_again(source):
    """Saved so shortly before that its times could stay the same: the content decides."""
    os.utime(source)
    with Files(source.parent, copied=0) as files:
        files.take("data.csv")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(taken, "_state", lambda _: files._in_place[0].state)
            files.verify()
            source.write_bytes(TEXT[::-1])
            with pytest.raises(DataError):
                files.verify()


def test_a_file_that_is_written_to_without_end_is_refused(source, monkeypatch):
    """A copy is made of a file at rest: tried again, then refused."""
    calls = iter(range(100))
    monkeypatch.setattr(taken, "_state", lambda _: (next(calls),))
    with Files(source.parent) as files, pytest.raises(DataError, match=r"data\.csv"):
        files.take("data.csv")


def test_without_room_for_a_copy_the_file_is_read_where_it_lies(source, monkeypatch):
    """A full temporary folder stops nothing."""

    def full(*_words, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(taken, "TemporaryDirectory", full)
    with Files(source.parent) as files:
        assert files.take("data.csv").path == source


def test_copies_of_killed_runs_are_removed(source, tmp_path, monkeypatch):
    """Data do not pile up in the temporary folder; those of a run that lives stay."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    here = taken._of_here()
    names = [f"{here}{pid}-abc" for pid in (dead.pid, os.getpid(), "other")]
    elsewhere = f"xinzhi-files-00000000-{dead.pid}-abc"
    for name in (*names, elsewhere):
        (tmp_path / name).mkdir()

    with Files(source.parent) as files:
        files.take("data.csv")

    left = {path.name for path in tmp_path.glob("xinzhi-files-*")}
    assert left == {*names[1:], elsewhere}


def test_a_relative_folder_is_joined_once(tmp_path, monkeypatch):
    """Where the study file is named from the folder above, its files are found and hashed too."""
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "codes.csv").write_text("a\n1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    with Files(Path("study")) as files:
        beside, whole = files.take("codes.csv"), files.take(files.folder / "codes.csv")

        assert beside == whole
        assert beside.sha256 == sha256(b"a\n1\n").hexdigest()
        assert beside.path.read_text(encoding="utf-8") == "a\n1\n"
