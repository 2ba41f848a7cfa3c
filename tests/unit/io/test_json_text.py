"""Documents as JSON: the text of the standard library, number by number."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xinzhi_panel.io.csv_text import csv_text
from xinzhi_panel.io.json_text import json_text

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.floats(width=32).map(np.float32)
    | st.floats().map(np.float64)
    | st.integers(-9, 9).map(np.int64)
    | st.booleans().map(np.bool_)
)
VALUES = st.recursive(
    LEAVES,
    lambda part: (
        st.lists(part)
        | st.lists(part).map(tuple)
        | st.dictionaries(st.text(), part)
        | st.dictionaries(st.integers(), part).map(MappingProxyType)
    ),
)


def plain_of(value):
    """Give what the standard library can write: no scalars of numpy, no numbers that JSON has not."""
    if isinstance(value, Mapping):
        return {str(key): plain_of(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_of(part) for part in value]
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


@pytest.mark.long
@settings(max_examples=25)
@given(st.dictionaries(st.text(), VALUES))
def test_the_text_is_that_of_the_standard_library(document):
    compare_with_the_standard_library(document)


@pytest.mark.long
@given(st.dictionaries(st.text(), VALUES))
def test_the_text_of_many_documents_is_that_of_the_standard_library(document):
    compare_with_the_standard_library(document)


def compare_with_the_standard_library(document):
    """Write a document in both ways."""
    plain = json.dumps(plain_of(document), ensure_ascii=False, indent=1, allow_nan=False)
    assert json_text(document) == plain


@given(st.lists(st.floats() | st.floats(width=32).map(np.float32), min_size=1))
@example([math.nan, math.inf, -math.inf, 0.0, -0.0, 1e300])
def test_both_doors_give_the_same_numbers(numbers):
    """What csv has as nothing, JSON has as null; infinite numbers are called the same, and come back as such."""
    frame = pd.DataFrame({"n": range(len(numbers)), "x": np.array(numbers, dtype=np.float64)})
    cells = [line.partition(",")[2] for line in csv_text(frame).splitlines()[1:]]
    written = json.loads(json_text({"x": [float(one) for one in numbers]}))["x"]

    for number, cell, value in zip(numbers, cells, written, strict=True):
        if math.isnan(number):
            assert (cell, value) == ("", None)
        elif math.isinf(number):
            assert cell == value == ("inf" if number > 0 else "-inf")
        else:
            assert float(cell) == value == float(number)
    read = pd.read_csv(io.StringIO(csv_text(frame)))["x"].to_numpy(dtype=float)
    np.testing.assert_array_equal(read, np.array(numbers, dtype=float))


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError):
        json_text({"a": object()})
    with pytest.raises(TypeError):
        json_text({"a": {1, 2}})
