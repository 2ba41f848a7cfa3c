"""Writing files whole or not at all."""

from __future__ import annotations

import csv
import errno
import os
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi_core.errors import ReportError
from xinzhi_core.write import failed, write_atomically
from xinzhi_panel.io.csv_text import csv_text


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path):
    """After writing there is the new file and no temporary one."""
    path = tmp_path / "new" / "a.txt"
    write_atomically(path, "one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(("length", "said"), [(12, 12), (80, 80), (81, 80), (300, 80)])
def test_a_name_is_said_in_full_or_with_the_mark_of_what_is_left_out(length, said):
    """A name that is too long for the system is cut after 80 letters and ends in a mark; a shorter one has none."""
    name = "n" * length

    problem = failed(Path(name), 0, OSError(errno.ENAMETOOLONG, "File name too long"))

    mark = "" if said == length else "…"
    assert str(problem.what) == f"'{'n' * said}{mark}' cannot be written: File name too long."


def test_a_full_disk_leaves_the_old_file_and_says_how_much_is_free(tmp_path, monkeypatch):
    """When the disk is full the old file stands, and the error names path and bytes."""
    path = tmp_path / "a.txt"
    write_atomically(path, "old")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportError) as caught:
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    assert str(path) in str(caught.value)
    assert "free" in str(caught.value)


def test_a_folder_that_cannot_be_made_is_an_error_of_its_own(tmp_path):
    """A file where a folder should be is reported, not crashed upon."""
    (tmp_path / "a").write_text("x")
    with pytest.raises(ReportError):
        write_atomically(tmp_path / "a" / "b.txt", "x")


@pytest.mark.parametrize("has_links", [True, False])
def test_a_new_file_never_replaces_one(tmp_path, monkeypatch, has_links):
    """Where a name must be new, one that came up meanwhile stays; also without links of the system."""
    if not has_links:

        def refused(*_words, **_more):
            raise PermissionError(errno.EPERM, "no links here")

        monkeypatch.setattr(os, "link", refused)
    write_atomically(tmp_path / "a.txt", "one", replace=False)

    with pytest.raises(ReportError) as caught:
        write_atomically(tmp_path / "a.txt", "two", replace=False)

    assert caught.value.code == "write.exists"
    assert (tmp_path / "a.txt").read_text() == "one"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.txt"]


def test_permissions_are_kept(tmp_path):
    """A file that others may read stays so."""
    path = tmp_path / "a.txt"
    path.write_text("x")
    path.chmod(0o640)
    write_atomically(path, "y")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_table_is_written_with_its_keys_and_opens_in_a_spreadsheet():
    """Keys come first, formulas are text."""
    index = pd.MultiIndex.from_tuples([("=1+1", 2008)], names=["entity", "period"])
    frame = pd.DataFrame({"x": [0.1], "t": ["@a"], "n": [np.nan], "i": [3.0]}, index=index)
    assert list(csv.reader(csv_text(frame).splitlines())) == [
        ["entity", "period", "x", "t", "n", "i"],
        ["'=1+1", "2008", "0.1", "'@a", "", "3"],
    ]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_numbers_lose_no_digit(values):
    """What is written is read back as the same float."""
    lines = csv_text(pd.DataFrame({"x": values})).splitlines()[1:]
    assert [float(line) for line in lines] == values


@given(st.text(max_size=30))
def test_no_text_begins_like_a_formula(text):
    """Whatever the text, its cell begins with no sign of a formula."""
    body = csv_text(pd.DataFrame({"x": pd.Series([text], dtype=object)}))
    cell = list(csv.reader(body.splitlines(keepends=True)))[1:]
    assert not cell or not cell[0] or not cell[0][0].startswith(("=", "+", "-", "@", "\t", "\r"))
