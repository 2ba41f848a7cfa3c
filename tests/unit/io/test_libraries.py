"""Files of Stata, SPSS, SAS and Arrow; skipped where their libraries are not installed."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import pytest

from made_files import HEADER, KEYS, is_truth, truth
from xinzhi_core.errors import DataError, MissingExtra
from xinzhi_core.periods import period_name
from xinzhi_panel.io import raw
from xinzhi_panel.io.raw import LIMITS, NOTHING_STATED
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.series import read_panel_here, read_table

SAS = zlib.decompress(
    base64.b85decode(
        "c-rmSze`(D6bJAVYbCZ0Q5-S^`X~;WB#(+zba)ZdUqmb<i?%~VrMO6`zqcq|3b9BL+MzTV3T~oAXpIV`2#y`PbZZ"
        "7*ME?LC+M3?vovXPQ;}0^4-%p0iJ>PfE3xNmkg-3Ma`~FNU-B|x)^PQV&x6Oq2j;H<}(Oq(pNoQ(Qc9CGjc<?wJ>"
        "Iz1Kkx<kqht5&x=i`1F6TgEctEzB>hp0*`w>1aMfY}`oYl~Q0!^0!vQv?72000000000000000a2?f(57DnWXXn4"
        "6rr)^k)w-T@eNYx$&SG%AL#uDy=02_dn(LM}zpG5Wx=elR*6DQs0002EdXE0&i!Rp{rJ9QREo!K!|9*w%4;=UZb="
        "vcfv?JVw`(dgot|xm};Z<2>@74CDcy!)>T=9uxig)t7Hj(p4;HR6~`Tue6(~_G0?(e|x*!1*J|Em{+FKM!WbZkh}"
        "?BrYf>#SJUR(IAn#rkpCPGoi$k~^8jTzuV*Z-`nZnOj~ZIuMHY{o1(?g^T=(@{81!$*a#B;5ogV*WfCJE6L?t8TR"
        "Kzdp^OnMACVTHhTGS+Gi>GJm)c)`_+7b^OVd@Ywtrkmwuzo&&s@2&E<TfkMnjlm-AyXx2(NSbN0%LHb2FAyi?8P{"
        "H*K`skxkQJmda{R_@D^J@;OlALE>!sJWb<lKo*dm-Dl-zXyL?00000002Nm{sYKL@Y4"
    )
)
"""A file that the program readstat wrote: city, year, gdp, waste, with labels; 12 rows."""


def here(path, entity, period):
    """Read without the child process that guards the parsers; it is tested elsewhere."""
    return read_panel_here(
        path,
        entity=entity,
        period=period,
        sheet=None,
        units={},
        reading=NOTHING_STATED,
        limits=LIMITS,
    )


def table():
    return truth().reset_index().set_axis(HEADER, axis=1)


def labels_of(panel):
    """Labels of the columns, as they travel with the frame."""
    return panel.frame.attrs["labels"]


def has_truth(result):
    """Whether the columns have their names and the numbers of the table."""
    return is_truth(replace_columns(result, {"pop": "人口", "gdp": "产值"}))


def replace_columns(result, names):
    frame = result.panel.frame.rename(columns=names)
    return replace(result, panel=replace(result.panel, frame=frame))


@pytest.mark.long
def test_names_of_stata_stay_names_and_labels_become_labels(tmp_path):
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
    assert has_truth(result)
    assert labels_of(result.panel) == {"pop": "人口", "gdp": "产值", "extra": "外"}
    assert result.panel.frame["extra"].isna().sum() == 3
    assert result.columns["产值"] == "gdp"
    counts = {str(d.what): d.count for d in result.decisions if "missing" in str(d.what)}
    assert sorted(counts.values()) == [1, 2]
    by_name = read_panel(tmp_path / "a.dta", entity="city", period="year")
    assert list(by_name.panel.frame.columns) == ["pop", "gdp", "extra"]


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.parametrize(
    ("library", "head"), [("pyreadstat", b"<stata_dta>"), ("pyarrow", b"PAR1")]
)
def test_a_missing_library_is_named_with_its_install_line(library, head, tmp_path, monkeypatch):
    """Where the library is not there, the error says what to install."""

    def absent(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(raw, "import_module", absent)
    path = tmp_path / "a"
    path.write_bytes(head)
    with pytest.raises(MissingExtra) as caught:
        read_table(path)
    assert f"pip install {library}" in str(caught.value)


def spss(path, frame=None, **options):
    """Write the table as an SPSS file."""
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = table().set_axis(["city", "year", "pop", "gdp"], axis=1) if frame is None else frame
    pyreadstat.write_sav(frame, str(path), **options)
    return path


def test_spss_files_are_read_by_variable_names_or_labels(tmp_path):
    """Also packed; the columns keep their names whichever the keys are named by."""
    for name, packed in (("a.sav", False), ("a.zsav", True)):
        path = spss(tmp_path / name, column_labels=HEADER, compress=packed)
        assert has_truth(here(path, **KEYS))
        assert has_truth(here(path, entity="city", period="year"))


def test_missing_values_of_spss_are_missing(tmp_path):
    """Single values, ranges and texts that the file declares missing; each is counted."""
    frame = table().set_axis(["city", "year", "pop", "gdp"], axis=1)
    frame.loc[1, "gdp"], frame.loc[2, "gdp"], frame["kind"] = 99999.0, -7.0, ["x", "NK", "y"] * 2
    ranges = {"gdp": [99999.0, {"lo": -9.0, "hi": -1.0}], "kind": ["NK"]}
    path = spss(tmp_path / "a.sav", frame, missing_ranges=ranges)
    result = here(path, entity="city", period="year")
    assert result.panel.frame.isna().sum().to_dict() == {"pop": 0, "gdp": 2, "kind": 2}
    counts = {str(d.what).split("'")[1]: d.count for d in result.decisions if "missing" in d.code}
    assert counts == {"99999": 1, "-7": 1, "NK": 2}


def test_values_without_a_label_among_labelled_ones_are_named(tmp_path):
    """A city whose code has no label is read as its code, and said; a labelled amount is no number."""
    frame = table().set_axis(["city", "year", "pop", "gdp"], axis=1)
    frame["city"] = [1.0] * 3 + [2.0] * 3
    labels = {"city": {1.0: "唐山"}}
    result = here(
        spss(tmp_path / "a.sav", frame, variable_value_labels=labels), entity="city", period="year"
    )
    assert result.panel.entities == ("2", "唐山")
    said = {w.code: w for w in result.warnings}["labels.partly"]
    assert (said.where.column, "are: 2" in str(said.what)) == ("city", True)
    path = spss(tmp_path / "b.sav", variable_value_labels={"gdp": {596.5: "拒答"}})
    with pytest.raises(DataError) as caught:
        here(path, entity="city", period="year")
    assert caught.value.code == "number.not_numeric"


@pytest.mark.parametrize("said", [b"cp936", b"ASCII"])
def test_chinese_of_old_spss_files_is_decoded(tmp_path, said):
    """By the code page that the file states, or by GB 18030 where it states nothing that fits."""
    frame = table().set_axis(["city", "year", "pop", "gdp"], axis=1)
    frame["city"] = ["AAAA"] * 3 + ["BBBB"] * 3
    path = spss(tmp_path / "a.sav", frame)
    data = path.read_bytes().replace(b"UTF-8", said)
    for letters, name in ((b"AAAA", "大同"), (b"BBBB", "唐山")):
        data = data.replace(letters, name.encode("gbk"))
    path.write_bytes(data)
    assert here(path, entity="city", period="year").panel.entities == ("唐山", "大同")


@pytest.mark.parametrize("form", ["QYR8", "MOYR8", "DATE11"])
def test_dates_of_spss_are_years_where_each_has_one(tmp_path, form):
    """The last quarter, month or day of each year."""
    frame = table().set_axis(["city", "year", "pop", "gdp"], axis=1)
    frame["year"] = [date(int(y), 12, 31) for y in frame["year"]]
    path = spss(tmp_path / "a.sav", frame, variable_format={"year": form})
    result = here(path, entity="city", period="year")
    assert result.panel.periods == (2008, 2009, 2010)
    assert ("year.one_part" in {w.code for w in result.warnings}) == (form != "DATE11")


def stata_with(tmp_path, form, values):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = table().set_axis(["city", "year", "pop", "gdp"], axis=1)
    frame["year"] = [float(v) for v in values] * 2
    pyreadstat.write_dta(frame, str(tmp_path / "a.dta"), variable_format={"year": form})
    return tmp_path / "a.dta"


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("%tq", [195, 199, 203]),
        ("%tm", [587, 599, 611]),
        ("%th", [97, 99, 101]),
        ("%tw", [2547, 2599, 2651]),
    ],
)
def test_dates_of_stata_are_no_years_by_themselves(tmp_path, form, values):
    """Each is read as a year where each year has one; several a year are refused, but for quarters, which are periods."""
    result = here(stata_with(tmp_path, form, values), entity="city", period="year")
    assert result.panel.periods == (2008, 2009, 2010)
    assert "year.one_part" in {w.code for w in result.warnings}
    if form == "%tq":
        several = here(stata_with(tmp_path, form, range(6, 9)), entity="city", period="year")
        assert [*map(period_name, several.panel.periods)] == ["1961Q3", "1961Q4", "1962Q1"]
        return
    with pytest.raises(DataError) as caught:
        here(stata_with(tmp_path, form, range(6, 9)), entity="city", period="year")
    assert caught.value.code == "year.shorter"


@pytest.mark.parametrize("version", [5, 8])
def test_transport_files_of_sas_are_read(tmp_path, version):
    """Both versions; Chinese in GB 18030 too, which the file does not state."""
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = table().set_axis(["city", "year", "pop", "gdp"], axis=1)
    frame["city"] = ["AAAA"] * 3 + ["BBBB"] * 3
    path = tmp_path / "a.xpt"
    pyreadstat.write_xport(frame, str(path), file_format_version=version)
    data = path.read_bytes()
    for letters, name in ((b"AAAA", "大同"), (b"BBBB", "唐山")):
        data = data.replace(letters, name.encode("gbk"))
    path.write_bytes(data)
    panel = here(path, entity="city", period="year").panel
    assert panel.entities == ("唐山", "大同")
    assert panel.frame["gdp"].loc["大同"].tolist() == truth()["产值"].loc["唐山"].tolist()


def test_data_sets_of_sas_are_read(tmp_path):
    """A file of another program: names, labels and numbers."""
    pytest.importorskip("pyreadstat")
    path = tmp_path / "a.sas7bdat"
    path.write_bytes(SAS)
    panel = here(path, **KEYS).panel
    assert list(panel.frame.columns) == ["gdp", "waste"]
    assert [str(panel.label(name).zh) for name in panel.frame] == ["地区生产总值", "废水"]
    assert panel.frame.loc[("大同", 2020)].tolist() == [101.5, 12.0]
    path.write_bytes(SAS[:5000])
    with pytest.raises(DataError) as caught:
        here(path, **KEYS)
    assert caught.value.code == "format.corrupt"


@pytest.mark.parametrize("compression", ["uncompressed", "lz4", "zstd"])
def test_feather_files_are_read(tmp_path, compression):
    """Packed or not; a cut file is damaged."""
    feather = pytest.importorskip("pyarrow.feather")
    path = tmp_path / "a.feather"
    feather.write_feather(table(), path, compression=compression)
    assert is_truth(here(path, **KEYS))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError) as caught:
        here(path, **KEYS)
    assert caught.value.code == "format.corrupt"
