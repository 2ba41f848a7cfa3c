"""Plain numbers of any length: the bits of `float`, and only exceptions looked at one by one."""

from __future__ import annotations

import math
import struct

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.recognise import columns
from xinzhi_panel.io.recognise.columns import plain_numbers, type_column
from xinzhi_panel.io.text.columns import TextColumn
from xinzhi_panel.io.text.delimited import LARGE

DIGITS = st.text("0123456789", min_size=1, max_size=40)
TEXTS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.builds("{}{}.{}".format, st.sampled_from(["", "+", "-"]), DIGITS, DIGITS),
    st.builds("{}.{}e{}".format, DIGITS, DIGITS, st.integers(-330, 300)),
)
"""Numbers of up to eighty digits, subnormal ones among them."""


def columns_of(texts):
    """The cells of a column as a list and as a column of a large file."""
    return texts, TextColumn(pa.chunked_array([pa.array(texts, pa.large_string())]))


def typed(cells, **options):
    """A column after typing."""
    return type_column(cells, plain_numbers(cells, **options), **options)


def bits(value):
    return struct.pack("<d", value)


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_plain_numbers_have_the_bits_of_float(texts):
    """Whatever the number of digits, and whatever stands beside them in the column."""
    wanted = [bits(float(text)) for text in texts]
    for more in ([], ["NA"], ["５"]):
        for cells in columns_of([*texts, *more]):
            found = plain_numbers(cells)
            assert [bits(v) for v in found.values[: len(texts)]] == wanted
            assert found.flags.tolist() == [True] * len(texts) + [False] * len(more)


@given(st.lists(TEXTS.filter(lambda text: "+" not in text), min_size=1, max_size=6))
def test_a_decimal_comma_gives_the_same_bits(texts):
    """Where the comma is the decimal mark, long numbers are read alike."""
    for cells in columns_of([text.replace(".", ",") for text in texts]):
        found = plain_numbers(cells, decimal=",")
        assert [bits(v) for v in found.values] == [bits(float(text)) for text in texts]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["0.1", "1e-320", "+5", "-3.", ".5"], [0.1, 1e-320, 5.0, -3.0, 0.5]),
        (["123456789012345678901", "0.5"], [123456789012345678901.0, 0.5]),
        (["1234567890123456", "12"], [1234567890123456.0, 12.0]),
        (["１２．５", "0.12345678901234567"], [12.5, 0.12345678901234567]),
        (["1,234.5", "0.12345678901234567"], [1234.5, 0.12345678901234567]),
        (["00.5", "1.5"], [0.5, 1.5]),
    ],
)
def test_numbers_stay_numbers(texts, values):
    """Long, subnormal, signed and full-width numbers are numbers in a column of numbers."""
    for cells in columns_of(texts):
        column = typed(cells)
        assert column.kind == "number"
        assert column.values.tolist() == values


@pytest.mark.parametrize(
    "texts",
    [
        ["123456789012345678901", "123456789012345678902"],
        ["007", "12"],
        ["007", "NA", "12"],
        ["9007199254740993", "12"],
        ["\u3000007", "12"],
    ],
)
def test_codes_stay_text(texts):
    """Digits that a number would lose are kept: leading zeros, and more digits than a float holds."""
    for cells in columns_of(texts):
        assert typed(cells).kind == "code"


def test_what_is_too_large_is_not_finite_and_named():
    """1e400 is an error at its place, between numbers of any length."""
    for cells in columns_of(["0.12345678901234567", "1e400", "-1e400"]):
        column = typed(cells)
        assert column.not_finite == [1, 2]
        assert math.isinf(column.values[1])


def test_a_stated_mark_of_missing_values_is_missing_although_it_is_a_number():
    """-999 is no number where it is stated to be missing."""
    for cells in columns_of(["0.12345678901234567", "-999"]):
        column = typed(cells, missing=frozenset({"-999"}))
        assert np.isnan(column.values[1])
        assert column.missing == {"-999": 1}


@pytest.mark.long
def test_only_exceptions_are_looked_at_one_by_one(tmp_path, monkeypatch):
    """In a large file of long numbers the grammar is asked for the odd cells only."""
    asked = []
    grammar = columns.parse_number
    monkeypatch.setattr(columns, "parse_number", lambda t, **o: asked.append(t) or grammar(t, **o))
    path = tmp_path / "long.csv"
    values = np.random.default_rng(1).uniform(1, 1000, 200_000)
    cells = [f"c{i // 16},{2000 + i % 16},{v:.17g}" for i, v in enumerate(values.tolist())]
    cells[3], cells[20] = f"c0,{2003},NA", f"c1,{2004},1５"
    path.write_text("\n".join(["city,year,x", *cells]), encoding="utf-8")
    assert path.stat().st_size > LARGE
    frame = read_panel(path, entity="city", period="year").panel.frame
    assert asked == ["NA", "1５"]
    assert frame.loc[("c1", 2004), "x"] == 15
    assert frame.loc[("c7", 2001), "x"] == values[7 * 16 + 1]
