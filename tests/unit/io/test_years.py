"""The grammar of periods."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.io.years import looks_like_year, parse_period

READ = {
    "2008": 2008,
    "2008年": 2008,
    "2008年度": 2008,
    "2008年末": 2008,
    "２００８年": 2008,
    "2008.0": 2008,
    "FY2008": 2008,
    "2008/1/1 0:00": 2008,
    "2008-12-31T00:00:00": 2008,
    "2008年12月31日": 2008,
    "二〇〇八年": 2008,
    "'08": 2008,
    "98年": 1998,
    "3": 3,
    "-2": -2,
}
REASONS = {
    "民国97年": "era",
    "昭和60年": "era",
    "2008Q1": "shorter",
    "2008年上半年": "shorter",
    "2008-03": "shorter",
    "2008-2009": "range",
    "2008年至2010年": "range",
    "1.5": "fraction",
    "": "blank",
    "—": "blank",
    "二月": "not_a_period",
    "2008/13/40": "not_a_period",
    "20O8": "not_a_period",
}


@pytest.mark.parametrize(("text", "year"), READ.items())
def test_years_are_read_as_people_write_them(text, year):
    """One year, however it is written."""
    assert parse_period(text).value == year


@pytest.mark.parametrize(("text", "reason"), REASONS.items())
def test_what_is_no_year_says_why(text, reason):
    """The reason decides the remedy that is offered."""
    period = parse_period(text)
    assert (period.value, period.how) == (None, reason)


def test_typed_cells_are_periods_too():
    """Numbers, dates and times of a workbook; truth values are none."""
    assert parse_period(2008.0).value == 2008
    assert parse_period(date(2008, 5, 1)).value == 2008
    assert parse_period(datetime(2008, 5, 1)).value == 2008  # noqa: DTZ001  as calamine gives it
    assert parse_period(True).value is None
    assert parse_period(2008.5).how == "fraction"
    assert parse_period(None).how == "blank"


@given(st.integers(min_value=1900, max_value=2100))
def test_every_year_of_two_centuries_is_seen_in_a_header(year):
    """Years of headers are recognised with and without 年."""
    assert looks_like_year(str(year))
    assert looks_like_year(f"{year}年")


@given(st.text(max_size=20))
def test_no_text_crashes_the_grammar(text):
    """Any text gives a period or a reason."""
    period = parse_period(text)
    assert (period.value is None) == (period.how in {*REASONS.values(), "month_or_day"})
