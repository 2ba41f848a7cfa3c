"""Documents as JSON: the text of the standard library, number by number."""

from __future__ import annotations

import json
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi_panel.io.json_text import finite, json_text

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


@given(st.dictionaries(st.text(), VALUES))
def test_the_text_is_that_of_the_standard_library(document):
    plain = json.dumps(finite(document), ensure_ascii=False, indent=1, allow_nan=False)
    assert json_text(document) == plain


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError):
        json_text({"a": object()})
    with pytest.raises(TypeError):
        json_text({"a": {1, 2}})
