"""Keys are read by their distinct values, and give the index that all rows would give."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_core.errors import StudyError
from xinzhi_panel.columns.keys import _text, keyed
from xinzhi_panel.io.recognise.keys import without_decimals

ROWS = 12
TEXT = "str" if pd.Series([None], dtype=object).astype("str").isna().all() else "string"
"""Type of texts in which an empty cell stays empty: older versions of pandas write it as a text."""
YEARS = np.tile([2010, 2009, 2012], 4)
LARGE = [f"c{i % 200:03d}" for i in range(300)]
ENTITIES = {
    "text": list("ddbbbaaaccca"),
    "text with one name twice as a number": [1, "1", 2, "b", 1, "1", 2, "b", 2, 2, 1, "b"],
    "whole numbers": [3, 3, 3, 1, 1, 1, 2, 2, 2, 10, 10, 10],
    "floats": [3.0, 3, 3, 1, 1, 1, 2, 2, 2, -0.0, 0.0, 10],
    "floats with decimals": [3.5, 3.5, 3, 1, 1, 1, 2, 2, 2, 10, 10, 10],
    "truth beside one": [True, 1, 1.0, "True", False, 0, 0.0, "x", "y", 2, 2, 2],
    "decimals": [
        Decimal(text)
        for text in ["1.50", "1.5", "1.50", "2", "2.0", "2.00", "3", "3", "3", "4", "4", "4"]
    ],
    "decimals beside floats": [Decimal("1.50"), 1.5, 1.5, 2, 2.0, "2", 3, 3, 3, 4, 4, 4],
    "codes as text": ["410032.0", "410033", "唐山", *"abcabcabc"],
    "marks": ["é", "e\u0301", "Z", "z", "😀", "\uffff", "a", "a", "b", "", " ", "a"],
}
KINDS = {
    "object": lambda values: pd.Series(values, dtype=object),
    "as pandas reads it": pd.Series,
    "category": lambda values: pd.Series(pd.Categorical(values)),
    "category with unused ones": lambda values: pd.Series(
        pd.Categorical(values, categories=[*dict.fromkeys(values), "7.5", "unused"])
    ),
}


def row_by_row(entities, periods, names):
    """Make the index from the text and the number of each row."""
    texts = without_decimals([_text(value) for value in entities])
    return pd.MultiIndex.from_arrays([texts, np.array(periods, dtype=np.int64)], names=names)


def assert_same_index(found, wanted):
    """Compare values, levels, codes and types."""
    assert found.equals(wanted)
    assert list(found.names) == list(wanted.names)
    for mine, theirs in zip(found.levels, wanted.levels, strict=True):
        assert mine.dtype == theirs.dtype
        assert mine.tolist() == theirs.tolist()
    for mine, theirs in zip(found.codes, wanted.codes, strict=True):
        assert np.asarray(mine).dtype == np.asarray(theirs).dtype
        assert np.array_equal(mine, theirs)


@pytest.mark.parametrize("is_index", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("entity", ENTITIES)
def test_the_index_is_that_of_all_rows(entity, kind, is_index):
    """Text, numbers, categories and mixed objects, as columns and as levels of an index."""
    try:
        column = KINDS[kind](ENTITIES[entity])
    except (TypeError, ValueError):
        pytest.skip("pandas makes no categories of these values")
    frame = pd.DataFrame({"city": column, "year": YEARS, "x": np.arange(ROWS)})
    levels = [column, YEARS]
    if is_index:
        frame = frame.set_index(["city", "year"])
        levels = [frame.index.get_level_values(level) for level in (0, 1)]
    found = keyed(frame, "city", "year")
    assert_same_index(found.index, row_by_row(*levels, ["city", "year"]))
    assert found["x"].tolist() == list(range(ROWS))
    assert list(found) == ["x"]


def test_an_index_that_was_cut_has_only_the_keys_that_occur():
    """Levels that no row uses any more neither stay nor decide how the others are written."""
    index = pd.MultiIndex.from_product([[1.0, 2.0, 2.5], [2009, 2010]], names=["city", "year"])
    frame = pd.DataFrame({"x": range(6)}, index=index).iloc[[3, 2, 0]]
    assert_same_index(
        keyed(frame).index, row_by_row([2, 2, 1], [2010, 2009, 2009], ["city", "year"])
    )


def test_more_levels_than_a_byte_counts():
    """Codes of one byte are not added to as bytes."""
    index = pd.MultiIndex.from_arrays([LARGE[:128], range(128)], names=["city", "year"])
    frame = pd.DataFrame({"x": 1.0}, index=index)
    assert_same_index(keyed(frame).index, row_by_row(LARGE[:128], range(128), ["city", "year"]))


PERIODS = {
    "text": [str(year) for year in YEARS],
    "floats": YEARS.astype(float),
    "objects": [Decimal(int(year)) for year in YEARS],
    "text with blanks": [f" {year} " for year in YEARS],
    "category of numbers": pd.Categorical(YEARS),
    "one number written twice": ["2010", "2009", " 2010", "2012"] * 3,
}


@pytest.mark.parametrize("is_index", [False, True])
@pytest.mark.parametrize("period", PERIODS)
def test_periods_are_numbers_whatever_they_are_written_as(period, is_index):
    """Text, floats, decimals and categories that are whole numbers."""
    numbers = [int(str(value).strip().removesuffix(".0")) for value in PERIODS[period]]
    frame = pd.DataFrame({"city": list("aaabbbcccddd"), "year": PERIODS[period], "x": 1.0})
    frame = frame.set_index(["city", "year"]) if is_index else frame
    found = keyed(frame, "city", "year")
    assert_same_index(found.index, row_by_row("aaabbbcccddd", numbers, ["city", "year"]))


@pytest.mark.parametrize("is_index", [False, True])
@pytest.mark.parametrize("empty", [None, np.nan, pd.NA])
@pytest.mark.parametrize("kind", ["object", TEXT, "category"])
@pytest.mark.parametrize("key", ["city", "year"])
def test_an_empty_key_is_refused_with_its_row(key, kind, empty, is_index):
    """The first row and the number of rows are those of the data."""
    values = {"city": list("aabbcc"), "year": ["1", "2", "1", "2", "1", "2"]}
    values[key][3] = values[key][4] = empty
    columns = {name: pd.Series(cells, dtype=object) for name, cells in values.items()}
    columns[key] = columns[key].astype(kind)
    frame = pd.DataFrame({**columns, "x": 1.0})
    frame = frame.set_index(["city", "year"]) if is_index else frame
    with pytest.raises(StudyError, match="of 2 rows is empty, first of row 3") as refused:
        keyed(frame, "city", "year")
    assert refused.value.problems[0].where.column == key


def test_the_period_that_is_named_is_the_first_of_the_rows():
    """Not the first in the order of its values."""
    frame = pd.DataFrame({"city": list("ab"), "year": ["z", "b"], "x": 1.0})
    for data in (frame, frame.set_index(["city", "year"])):
        with pytest.raises(StudyError, match="'z' is not a whole number"):
            keyed(data, "city", "year")


def test_a_regression_reads_codes_as_it_reads_names():
    """Slopes do not depend on how the entity is held."""
    draw = np.random.default_rng(5)
    frame = pd.DataFrame({"city": np.repeat(list("abcdef"), 6), "year": np.tile(range(6), 6)})
    frame["x"], frame["y"] = draw.normal(size=(2, 36))
    words = {"outcome": "y", "regressors": "x", "entity": "city", "period": "year"}
    plain = xz.fit(frame, **words)
    held = frame.assign(city=pd.Categorical(frame["city"], categories=list("gfedcba")))
    assert xz.fit(held, **words) == plain
    assert xz.fit(frame.iloc[::-1], **words).residuals.equals(plain.residuals)
