from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.present import numbers
from xinzhi.present.table import EMPTY, Cell
from xinzhi_core.wording import message

STARS = {"*": 0.10, "**": 0.05, "***": 0.01}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell(0.12345, "number"), "0.123"),
        (Cell(-0.12345, "estimate", "**"), "−0.123**"),
        (Cell(0.0456, "std_error"), "(0.046)"),
        (Cell(1840, "count"), "1840"),
        (Cell(18400, "count"), "18,400"),
        (Cell(2023, "year"), "2023"),
        (Cell(0.4567, "percent"), "45.7%"),
        (Cell(0.0001, "p_value"), "<0.001"),
        (Cell(12.3456, "statistic", decimals=2), "12.35"),
        (Cell(1e-9, "number"), "1.00e−09"),
        (Cell(2.5e15, "number"), "2.50e15"),
        (Cell(math.nan, "number"), "—"),
        (Cell(None, "count"), "—"),
        (Cell(-math.inf, "number"), "−∞"),
        (Cell("=1+1", "text"), "=1+1"),
        (EMPTY, ""),
    ],
)
def test_cells_are_written_as_a_journal_would(cell, text):
    """Each kind of cell has one way of being written, alike in both languages."""
    assert {str(numbers.write(cell, "en")), str(numbers.write(cell, "zh"))} == {text}


def test_words_in_cells_are_said_in_the_language():
    """A cell of words speaks the language of the report."""
    assert str(numbers.write(Cell(message("where"), "text"), "zh")) == "位置"


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 6))
def test_a_number_that_is_not_zero_never_reads_as_zero(value, decimals):
    """What is printed as zero is zero, and a minus sign stands before negative numbers only."""
    text = numbers.number(value, decimals)

    read = float(text.replace(",", "").replace("−", "-"))
    assert (read == 0) == (value == 0)
    assert text.startswith("−") == (value < 0)


@given(st.floats(-1e11, 1e11), st.integers(0, 6))
def test_the_printed_number_is_within_half_a_digit(value, decimals):
    """Rounding moves a number by half a unit of its last digit at most."""
    text = numbers.number(value, decimals).replace(",", "").replace("−", "-")

    digit = 10.0**-decimals
    assert abs(float(text) - value) <= 0.5 * digit * (1 + 1e-9) + abs(value) * 1e-15


@pytest.mark.parametrize(
    ("p", "mark"), [(0.009, "***"), (0.01, "**"), (0.05, "*"), (0.1, ""), (math.nan, "")]
)
def test_a_star_needs_a_p_value_below_its_level(p, mark):
    """A p-value that equals a level does not pass it."""
    assert numbers.marks(p, STARS) == mark


def test_the_parts_of_a_number_meet_at_the_decimal_point():
    """A format that aligns at the point gets both sides of it."""
    written = numbers.write(Cell(-12.5, "std_error"), "en")

    assert (written.before_point, written.after_point) == ("(−12", ".500)")
