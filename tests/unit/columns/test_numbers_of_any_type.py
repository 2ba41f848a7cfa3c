"""Numbers of any type are read exactly; codes lose the decimals that a program gave them, and nothing else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import xinzhi as xz
from xinzhi_core.errors import DataError, NotNumeric
from xinzhi_panel.columns.frames import numbers_of_objects, with_plain_columns
from xinzhi_panel.columns.keys import keyed
from xinzhi_panel.io.raw import LIMITS, NOTHING_STATED
from xinzhi_panel.io.recognise.columns import gather_evidence
from xinzhi_panel.io.recognise.keys import without_decimals
from xinzhi_panel.io.series import read_panel_here

D = Decimal
KEYS = {"city": ["a", "a", "b", "b"], "year": [2010, 2011, 2010, 2011]}


def read(path, entity="city", period="year"):
    """Read a table in this process."""
    return read_panel_here(
        path,
        entity=entity,
        period=period,
        sheet=None,
        units={},
        reading=NOTHING_STATED,
        limits=LIMITS,
    )


@pytest.mark.parametrize(
    ("column", "kind", "values"),
    [
        ([D("1.1"), D("2.2"), D("3.3"), D("0.3")], "f", [1.1, 2.2, 3.3, 0.3]),
        ([D("1.1"), None, D("3.3"), D("NaN")], "f", [1.1, np.nan, 3.3, np.nan]),
        (
            pd.Series([np.float64(0.1), np.float32(0.5), 2, D("0.3")], dtype=object),
            "f",
            [0.1, 0.5, 2.0, 0.3],
        ),
        (pd.Series([np.int64(1), 2, np.int8(3), 4], dtype=object), "i", [1, 2, 3, 4]),
        (pd.Series([2**53 + 1, 2, 3, 4], dtype=object), "i", [2**53 + 1, 2, 3, 4]),
        (pd.Series([2**63, 2, 3, 4], dtype=object), "f", [2.0**63, 2.0, 3.0, 4.0]),
        (pd.Series([1, None, 3, 4], dtype=object), "f", [1.0, np.nan, 3.0, 4.0]),
        (pd.Categorical([1.5, 2.5, 1.5, 3.0]), "f", [1.5, 2.5, 1.5, 3.0]),
        (pd.Categorical([1, 2, 1, 3]), "i", [1, 2, 1, 3]),
        (pd.Categorical([1, 2, None, 2]), "f", [1.0, 2.0, np.nan, 2.0]),
        (pd.Categorical([D("1.1"), D("2.2"), D("1.1"), D("2.2")]), "f", [1.1, 2.2, 1.1, 2.2]),
        (pd.array([1, None, 3, 4], dtype="Int64"), "f", [1.0, np.nan, 3.0, 4.0]),
        (
            pd.array(
                [D("1.1"), D("2.2"), None, D("0.3")], dtype=pd.ArrowDtype(pa.decimal128(10, 1))
            ),
            "f",
            [1.1, 2.2, np.nan, 0.3],
        ),
    ],
)
def test_numbers_of_any_type_become_those_of_numpy(column, kind, values):
    """Each the nearest float of what was written; whole numbers stay whole."""
    frame = keyed(pd.DataFrame({**KEYS, "x": column}), "city", "year")

    assert frame["x"].dtype.kind == kind
    np.testing.assert_array_equal(frame["x"].to_numpy(), values)


@pytest.mark.parametrize(
    "column",
    [
        ["1", "2", "3", "4"],
        pd.Series([True, False, True, True], dtype=object),
        pd.Series([1, "n/a", 3, 4], dtype=object),
        pd.Series([1, 2, 3, 1j], dtype=object),
        pd.Series([None, None, None, None], dtype=object),
        pd.Categorical(["a", "b", "a", "b"]),
    ],
)
def test_what_is_no_number_stays_as_it_is(column):
    """Texts of digits, truth values, one word among numbers."""
    frame = pd.DataFrame({**KEYS, "x": column})

    assert with_plain_columns(frame)["x"].dtype == frame["x"].dtype
    assert numbers_of_objects(frame["x"].astype(object)) is None


def test_lengths_of_time_are_refused_by_name():
    """They have a unit that nobody stated."""
    frame = pd.DataFrame(
        {**KEYS, "x": pd.to_timedelta([1, 2, 3, 4], unit="D"), "y": [1.0, 2, 4, 3]}
    )

    with pytest.raises(NotNumeric, match="Column 'x' holds '1 days 00:00:00', not a number"):
        xz.fit(frame, outcome="y", regressors="x", effects=[], entity="city", period="year")


def test_lengths_of_time_in_a_file_are_refused_as_such(tmp_path):
    """Not as dates, which they are not."""
    lengths = pa.array([dt.timedelta(hours=n) for n in range(4)], pa.duration("s"))
    pq.write_table(pa.table({**KEYS, "x": lengths}), tmp_path / "a.parquet")

    with pytest.raises(DataError) as caught:
        read(tmp_path / "a.parquet")

    assert {p.code for p in caught.value.problems} == {"number.duration"}
    assert (
        str(caught.value.problems[0].what)
        == "'0:00:00' is a length of time where a number should be."
    )
    assert str(caught.value.problems[0].remedy) == (
        "write it as a number, of days or of hours, and name the unit in the heading."
    )


def test_decimals_of_arrow_are_the_nearest_floats(tmp_path):
    """The cast of Arrow multiplies by a power of ten, and misses one in three."""
    chosen = np.random.default_rng(1).integers(0, 10**17, 400)
    values = [D(int(number)).scaleb(-4) for number in chosen]
    table = pa.table(
        {
            "city": [f"c{n}" for n in range(400)],
            "x": pa.array(values, pa.decimal128(38, 4)),
            "y": pa.array(values, pa.decimal128(38, 4)).dictionary_encode(),
        }
    )
    pq.write_table(table.drop_columns("y"), tmp_path / "a.parquet")
    exact = [float(value) for value in values]

    frame = keyed(table, "city")
    assert frame["x"].tolist() == frame["y"].tolist() == exact
    by_city = read(tmp_path / "a.parquet", period=None).panel.frame["x"].droplevel(1)
    assert by_city.loc[[f"c{n}" for n in range(400)]].tolist() == exact


def test_keys_of_any_type_are_names_and_years():
    """Codes and years that a database gives as decimals or floats."""
    frame = pd.DataFrame(
        {
            "city": pd.Series([D(410032), np.float64(410033), "410034.0"], dtype=object),
            "year": pd.Series([np.float64(2010), D(2010), np.int64(2010)], dtype=object),
            "x": [1.0, 2.0, 3.0],
        }
    )

    assert keyed(frame, "city", "year").index.tolist() == [
        ("410032", 2010),
        ("410033", 2010),
        ("410034", 2010),
    ]


@pytest.mark.parametrize(
    ("names", "bare"),
    [
        (["410032.0", "410033.0"], ["410032", "410033"]),
        (["130200.0", "130300", "唐山"], ["130200", "130300", "唐山"]),
        (["1.0", "1.5"], ["1.0", "1.5"]),
        (["v1.0", "大同"], ["v1.0", "大同"]),
        (["1.", "2.00"], ["1", "2"]),
        (["007", "008.0"], ["007", "008"]),
        ([], []),
    ],
)
def test_codes_lose_decimals_where_all_numbers_are_whole(names, bare):
    """A version 1.5 among them shows that the point means something."""
    assert without_decimals(names) == bare


def test_codes_with_and_without_decimals_meet(tmp_path):
    """In one file, and it is said; the years of one city are one city."""
    (tmp_path / "a.csv").write_text(
        "city,year,x\n130200,2010,1\n130200.0,2011,2\n130300.0,2010,3\n130300,2011,4\n"
    )

    result = read(tmp_path / "a.csv")

    assert result.panel.entities == ("130200", "130300")
    (said,) = [d for d in result.decisions if d.code == "names.decimals"]
    assert (str(said.what), said.count) == (
        "Codes in column 'city' were read without their decimals: 130200.0 as 130200.",
        2,
    )


@pytest.mark.parametrize(
    ("names", "warns"),
    [
        (("1060", "980", "55000"), False),
        (("600000", "SH600001", "0700.HK"), False),
        (("1060", "A1", "x"), False),
        (("130300", "唐山", "大同"), True),
        (("1060", "Boston", "Lowell"), True),
    ],
)
def test_codes_are_among_names_only_where_there_are_names(names, warns, tmp_path):
    """Codes of different lengths are all codes."""
    lines = ["city,year,x", *(f"{name},2010,{n}.5" for n, name in enumerate(names))]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")

    codes = [w.code for w in read(tmp_path / "a.csv").warnings]

    assert ("panel.code_among_names" in codes) is warns


def test_identifiers_in_single_precision_are_doubted(tmp_path):
    """Of the keys only: of amounts the digits that are lost do not matter."""
    large = np.array([20000001, 20000005, 20000009, 20000013], dtype=np.float32)
    frame = pd.DataFrame({"city": large, "year": [2010] * 4, "x": large * 2})
    frame.to_stata(tmp_path / "a.dta", write_index=False)
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), tmp_path / "a.parquet")

    for name in ("a.dta", "a.parquet"):
        doubts = [w for w in read(tmp_path / name).warnings if w.code == "names.single_precision"]
        assert [(w.where.column, str(w.what)) for w in doubts] == [
            (
                "city",
                (
                    "Column 'city' is stored in single precision, which keeps whole numbers up to 16 777 216 only: "
                    "two codes near 20000000 may have become one."
                ),
            )
        ]
        assert str(doubts[0].remedy) == (
            "store the codes as text, or in Stata as long or double, and save the file again."
        )


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_identifiers_that_are_kept_exactly_are_not_doubted(kind, tmp_path):
    """Up to 16 777 216 in single precision, and in double precision."""
    codes = np.array([16777213, 16777214, 16777215, 16777216], dtype=kind)
    codes = codes if kind is np.float32 else codes * 2
    frame = pd.DataFrame({"city": codes, "year": [2010] * 4, "x": [1.0, 2, 3, 4]})
    frame.to_stata(tmp_path / "a.dta", write_index=False)

    assert [w for w in read(tmp_path / "a.dta").warnings if "single" in w.code] == []


def test_lists_and_coordinates_prove_no_decimal_mark(tmp_path):
    """A column that is no column of numbers says nothing about those of others."""
    (tmp_path / "a.csv").write_text(
        'city,year,latlng,codes,area\na,2010,"33,65","809,829,849",2.02\nb,2010,"12.5,18.5",2,5\n'
        'c,2010,"-12,18",55,7.5\n'
    )

    frame = read(tmp_path / "a.csv").panel.frame

    assert frame["area"].tolist() == [2.02, 5.0, 7.5]
    assert frame["latlng"].tolist() == ["33,65", "12.5,18.5", "-12,18"]


def test_most_texts_of_a_column_must_be_numbers_for_a_proof():
    """Four in five."""
    proofs = [*(f"{n},5" for n in range(4)), "x"], [*(f"{n},5" for n in range(3)), "x"]

    assert [bool(gather_evidence({"c": cells})[","]) for cells in proofs] == [True, False]
