"""Reading in a child process: the same result, and an end to what never ends."""

from __future__ import annotations

import subprocess

import pandas as pd
import pytest

from made_files import KEYS, changed, text_of
from xinzhi.errors import DataError, NotNumeric
from xinzhi.io.guard import Guard, read_guarded
from xinzhi.io.options import Reading
from xinzhi.io.read import read_panel

ODD = [["表1"], *[[*row, "组" if i == 0 else "甲"] for i, row in enumerate(changed(4, 3, "4469①"))]]


def written(folder, text):
    path = folder / "a.csv"
    path.write_bytes(text.encode("gb18030"))
    return path


def test_a_guarded_reading_gives_what_a_plain_one_gives(tmp_path):
    """Panel, labels, units, rows, decisions and warnings come through the wall unchanged."""
    path = written(tmp_path, text_of(ODD).replace("人口", "人口（万人）"))
    reading = Reading(accept=("layout.header",))
    plain = read_panel(path, **KEYS, reading=reading)
    guarded = read_guarded(path, **KEYS, reading=reading)
    pd.testing.assert_frame_equal(guarded.panel.frame, plain.panel.frame)
    assert guarded.panel.rows == plain.panel.rows
    pd.testing.assert_frame_equal(guarded.panel.to_table(), plain.panel.to_table())
    assert dict(guarded.panel.units) == dict(plain.panel.units)
    assert dict(guarded.panel.labels) == dict(plain.panel.labels)
    assert [str(w) for w in guarded.warnings] == [str(w) for w in plain.warnings]
    assert guarded.decisions == plain.decisions
    assert dict(guarded.stated) == dict(plain.stated)
    assert dict(guarded.columns) == dict(plain.columns)


def test_errors_come_through_with_class_and_place(tmp_path):
    """The class of the error, its code and its place are those of a plain reading."""
    path = written(tmp_path, text_of(changed(4, 3, "x")))
    with pytest.raises(NotNumeric) as caught:
        read_guarded(path, **KEYS)
    assert caught.value.problems[0].where.row == 4


def test_too_little_memory_is_an_error_with_a_remedy(tmp_path):
    """A child that is stopped leaves no traceback, but a problem."""
    path = written(tmp_path, text_of())
    with pytest.raises(DataError) as memory:
        read_guarded(path, **KEYS, guard=Guard(megabytes=16))
    assert memory.value.code in {"limit.memory", "format.corrupt"}
    assert "megabytes" in str(memory.value)


def test_a_child_that_does_not_end_is_stopped(tmp_path, monkeypatch):
    """When the clock runs out the child is killed and the error says so."""

    def never_ends(command, **options):
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(subprocess, "run", never_ends)
    with pytest.raises(DataError) as caught:
        read_guarded(written(tmp_path, text_of()), **KEYS)
    assert caught.value.code == "limit.seconds"
