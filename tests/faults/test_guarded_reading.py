"""ReadOptions in a child process: the same result, and an end to what never ends."""

from __future__ import annotations

import subprocess

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from made_files import KEYS, changed, text_of
from xinzhi.prepare.records import years_in
from xinzhi_core.errors import DataError, NotNumeric, StudyError
from xinzhi_panel.io.guard import ReadingLimits, read_guarded
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.read import RecordFile, read_panel, read_series

pytestmark = pytest.mark.long

ODD = [["表1"], *[[*row, "组" if i == 0 else "甲"] for i, row in enumerate(changed(4, 3, "4469①"))]]


def written(folder, text):
    path = folder / "a.csv"
    path.write_bytes(text.encode("gb18030"))
    return path


def test_a_guarded_reading_gives_what_a_plain_one_gives(tmp_path):
    """Panel, labels, units, rows, decisions and warnings come through the wall unchanged."""
    path = written(tmp_path, text_of(ODD).replace("人口", "人口（万人）"))
    reading = ReadOptions(accept=("layout.header",))
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
        read_guarded(path, **KEYS, guard=ReadingLimits(megabytes=16))
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


def tables(folder):
    """One small series as csv, which is read here, and as Parquet, which a child reads."""
    frame = pd.DataFrame(
        {"行业": ["制造", "采矿"], "年份": ["2008年", "2008年"], "台数": ["40①", "12"]}
    )
    frame.to_csv(folder / "r.csv", index=False)
    frame.to_parquet(folder / "r.parquet")
    return folder / "r.csv", folder / "r.parquet"


def test_a_guarded_series_is_the_series(tmp_path):
    """Frame, units, warnings and what can be stated come through the wall."""
    here, there = (read_series(path, keys=["行业", "年份"]) for path in tables(tmp_path))
    pd.testing.assert_frame_equal(there.frame, here.frame, check_index_type=False)
    assert there.frame.attrs == here.frame.attrs
    assert (
        [w.code for w in there.warnings] == [w.code for w in here.warnings] == ["number.footnote"]
    )
    assert there.stated["accept"] == ("number.footnote", "year.text")


def test_a_damaged_series_is_an_error_and_the_child_alone_suffers(tmp_path):
    """A cut file is refused with its name."""
    _, path = tables(tmp_path)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(DataError) as caught:
        read_series(path, keys=["行业", "年份"])
    assert caught.value.code == "format.corrupt"


def test_records_of_foreign_kinds_come_through_a_child(tmp_path):
    """Numbers stay numbers, dates come as text that is read as a year."""
    dated = pd.DataFrame({"id": [1.0, 2.0], "day": pd.to_datetime(["2008-05-01", "2009-01-02"])})
    dated.to_stata(tmp_path / "f.dta", write_index=False, convert_dates={"day": "td"}, version=118)
    file = RecordFile(tmp_path / "f.dta", {"id": "id", "date": "day"})
    (batch,) = file.batches(("id", "date"))
    assert batch["id"].tolist() == [1.0, 2.0]
    assert years_in(batch["date"]).tolist() == [2008, 2009]


@given(st.integers(0, 2**31), st.booleans())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_streamed_file_with_any_bytes_changed_is_read_or_refused(tmp_path, seed, checked):
    """Bit rot in a Parquet file of records, with and without checksums: never another exception."""
    path = tmp_path / "firms.parquet"
    frame = pd.DataFrame(
        {"编号": [f"F{i}" for i in range(300)], "地址": ["唐山市", "大同市", "阜新市"] * 100}
    )
    frame.to_parquet(path, write_page_checksum=checked)
    data, chance = bytearray(path.read_bytes()), np.random.default_rng(seed)
    for _ in range(int(chance.choice([1, 3, 20]))):
        data[chance.integers(4, len(data))] = chance.integers(256)
    path.write_bytes(data)
    try:
        batches = list(RecordFile(path, {"id": "编号", "place": "地址"}).batches(("id", "place")))
    except StudyError:
        return
    assert all(isinstance(text, str) for batch in batches for text in batch["id"].dropna())
