"""Results as bytes and back."""

from decimal import Decimal
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from xinzhi.study.fingerprint import from_bytes, of_column, to_bytes
from xinzhi_core.errors import Problem, Where
from xinzhi_core.panel.ledger import Entry, Ledger
from xinzhi_core.panel.panel import panel_of
from xinzhi_core.wording import Label, message


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        0.1,
        "中文",
        (),
        (1, ("a", None)),
        Decimal("0.30"),
        Label("gdp", zh="产值"),
        message("{n} rows {what}", n=3, what=Label("x")),
        Problem("a.b", message("x"), Where(row=3), "y"),
        Ledger((Entry("s", "k", "c", "filled", "why", (("a", 1),), 1),)),
    ],
)
def test_a_value_comes_back_equal(value):
    """Plain values and frozen values survive the way to bytes and back."""
    assert from_bytes(to_bytes(value)) == value


def test_a_mapping_keeps_its_order():
    """Order carries meaning: classes, columns."""
    assert list(from_bytes(to_bytes(MappingProxyType({"b": 1, "a": 2})))) == ["b", "a"]


def test_numbers_come_back_to_the_last_bit():
    """Arrays are written in numpy's own format: no digit is lost, missing stays missing."""
    array = np.array([0.1, np.nan, -0.0, 1e-300, np.inf])

    assert from_bytes(to_bytes(array)).tobytes() == array.tobytes()


def test_a_panel_comes_back_whole():
    """Numbers, text with gaps, the index, rows and units."""
    index = pd.MultiIndex.from_tuples([("b", 2008), ("a", 2009)], names=["entity", "period"])
    frame = pd.DataFrame({"x": [1.5, np.nan]}, index=index)
    frame["region"] = pd.Series(["east", np.nan], index=index, dtype=object)
    panel = panel_of(frame, units={"x": "t"}, rows=(2, 3), source="a.csv")

    again = from_bytes(to_bytes(panel))

    pd.testing.assert_frame_equal(
        again.frame, panel.frame, check_index_type=False, check_column_type=False
    )
    assert (again.rows, dict(again.units), again.source) == (panel.rows, {"x": "t"}, "a.csv")


@pytest.mark.parametrize("dtype", [object, "string", None])
@pytest.mark.parametrize("words", [("east", None, "west", "east"), (None, "east"), (None, None)])
def test_a_missing_word_stays_missing_in_words_of_every_kind(words, dtype):
    """Words as Python's objects, as pandas' own strings, and as pandas infers them from a list."""
    column = pd.Series(list(words), dtype=dtype)
    again = from_bytes(to_bytes(pd.DataFrame({"m": column})))["m"]

    assert again.isna().tolist() == [one is None for one in words]
    assert again.dropna().tolist() == [one for one in words if one is not None]
    assert of_column(again) == of_column(column)


def test_nothing_else_can_be_recorded():
    """A record holds listed classes only: an object of another kind is refused."""
    with pytest.raises(TypeError, match="cannot hold"):
        to_bytes(object())
