"""Stata and Parquet files; skipped where their libraries are not installed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pandas as pd
import pytest

from made_files import HEADER, KEYS, is_truth, truth
from xinzhi.errors import DataError, MissingExtra
from xinzhi.io import parquet, stata
from xinzhi.io.in_process import read_table
from xinzhi.io.read import read_panel


def table():
    return truth().reset_index().set_axis(HEADER, axis=1)


def test_labels_of_stata_become_titles_and_values(tmp_path):
    """A labelled integer is the name that its label says; extended missing values are counted."""
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = table().set_axis(["city", "year", "pop", "gdp"], axis=1)
    names = {name: float(i) for i, name in enumerate(dict.fromkeys(frame["city"]), start=1)}
    frame["city"] = frame["city"].map(names)
    frame["extra"] = pd.Series([1.0, "a", "b", "a", 2.0, 3.0], dtype=object)
    pyreadstat.write_dta(
        frame,
        str(tmp_path / "a.dta"),
        column_labels=[*HEADER, "外"],
        variable_value_labels={"city": {int(v): k for k, v in names.items()}},
        missing_user_values={"extra": ["a", "b"]},
    )
    result = read_panel(tmp_path / "a.dta", **KEYS)
    assert is_truth(result)
    assert result.panel.frame["外"].isna().sum() == 3
    counts = {str(d.what): d.count for d in result.decisions if "missing" in str(d.what)}
    assert sorted(counts.values()) == [1, 2]
    by_name = read_panel(tmp_path / "a.dta", entity="city", period="year")
    assert list(by_name.panel.frame.columns) == ["pop", "gdp", "extra"]


def test_types_of_parquet_are_understood(tmp_path):
    """Dictionaries are text, timestamps years, decimals numbers; lists are refused."""
    arrow = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    frame = table()
    columns = {
        "城市": arrow.array(frame["城市"].astype(str).tolist()).dictionary_encode(),
        "年份": arrow.array([datetime(int(y), 1, 1) for y in frame["年份"]]),  # noqa: DTZ001
        "人口": arrow.array([Decimal(str(v)) for v in frame["人口"]]),
        "产值": arrow.array(frame["产值"].tolist()),
        "号": arrow.array([2**60 + i for i in range(6)]),
    }
    pq.write_table(arrow.table(columns), tmp_path / "a.parquet")
    result = read_panel(tmp_path / "a.parquet", **KEYS)
    assert is_truth(result)
    assert result.panel.frame["号"].iloc[0].startswith("11529215046068469")
    nested = arrow.table({**columns, "l": arrow.array([[1]] * 6)})
    pq.write_table(nested, tmp_path / "b.parquet")
    with pytest.raises(DataError) as caught:
        read_panel(tmp_path / "b.parquet", **KEYS)
    assert caught.value.code == "format.nested"


def test_a_damaged_parquet_file_is_refused(tmp_path):
    """Cut or flipped, it is never read as other numbers."""
    pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    import pyarrow as pa

    frame = table()
    path = tmp_path / "a.parquet"
    data = pa.table({c: frame[c].astype(object).tolist() for c in frame})
    pq.write_table(data, path, write_page_checksum=True, compression="none")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with pytest.raises(DataError) as caught:
        read_panel(path, **KEYS)
    assert caught.value.code == "format.corrupt"


@pytest.mark.parametrize("module", [stata, parquet])
def test_a_missing_library_is_named_with_its_install_line(module, tmp_path, monkeypatch):
    """Where the library is not there, the error says what to install."""

    def absent(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(module, "import_module", absent)
    path = tmp_path / "a"
    path.write_bytes(b"<stata_dta>" if module is stata else b"PAR1")
    with pytest.raises(MissingExtra) as caught:
        read_table(path)
    assert "pip install" in str(caught.value)
