"""The grammar of numbers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi_panel.io.recognise.cells import MISSING, decimal_evidence, parse_number, tidy

VALUES = [
    ("1,234.5", 1234.5),
    ("１２３４．５", 1234.5),
    ("1 234,5", None),
    ("-1,234", -1234.0),
    ("−5", -5.0),
    ("(863.5)", -863.5),
    ("（863.5）", -863.5),
    ("38.5%", 38.5),
    ("38.5 ％", 38.5),
    ("¥1,000", 1000.0),
    ("120.5万人", 120.5),
    ("3576.5①", 3576.5),
    ("3576.5[2]", 3576.5),
    ("3576.5(1)", 3576.5),
    ("12.5***", 12.5),
    ("1e-3", 0.001),
    (".5", 0.5),
    ("5.", 5.0),
    ("1’234’567", 1234567.0),
    ("①", None),
    ("*", None),
    ("1,23", None),
    ("12,345,6", None),
    ("1 2", None),
    ("1_000", None),
    ("0x1F", None),
    ("1e", None),
    ("--5", None),
    ("5-", None),
    ("约5", None),
    ("5~6", None),
    ("٣", None),
]
"""What each text means, by the grammar of docs and the customs of yearbooks."""


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_a_text_is_the_number_that_people_mean_or_none(text, value):
    """Nothing in between: a text is a number, a missing mark or neither."""
    number = parse_number(text)
    assert (None if number is None else number.value) == value


def test_missing_marks_are_missing_and_zero_is_not():
    """Every mark gives NaN and is kept, so that it can be counted; 0 is a number."""
    for mark in MISSING:
        number = parse_number(mark)
        assert number is not None
        assert math.isnan(number.value)
        assert number.missing is not None
    zero = parse_number("0")
    assert zero is not None
    assert zero.missing is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_is_read_back_exactly(value):
    """The shortest text of a float is that float, with thousands marks too."""
    number = parse_number(repr(value))
    assert number is not None
    assert number.value == value
    if abs(value) < 1e15:
        grouped = parse_number(f"{value:,.3f}")
        assert grouped is not None
        assert grouped.value == float(f"{value:.3f}")


@given(st.floats(min_value=-1e12, max_value=1e12))
def test_a_decimal_comma_is_the_mirror_of_a_decimal_point(value):
    """Exchanging the two marks and stating it changes nothing."""
    text = f"{value:,.2f}"
    mirrored = text.translate(str.maketrans(",.", ".,"))
    number = parse_number(mirrored, decimal=",")
    assert number is not None
    assert number.value == float(text.replace(",", ""))


@given(st.floats(min_value=1.0, max_value=1e9))
def test_evidence_names_the_mark_that_was_used(value):
    """Two decimals prove the mark, whichever it is."""
    text = f"{value:,.2f}"
    assert decimal_evidence(text) == "."
    assert decimal_evidence(text.translate(str.maketrans(",.", ".,"))) == ","


@settings(max_examples=300)
@given(st.text(max_size=30))
def test_no_text_crashes_the_grammar_and_numbers_have_digits(text):
    """Any text is judged; a finite number always had a digit in it."""
    number = parse_number(text)
    if number is not None and math.isfinite(number.value):
        assert any(c.isdigit() or c.isnumeric() for c in tidy(text))
