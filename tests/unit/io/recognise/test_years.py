"""The grammar of periods."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi_panel.io.recognise.years import looks_like_year, parse_period

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
    "20081231": 2008,
    "31-Dec-08": 2008,
    "Dec 31, 2008": 2008,
    "31 December 2008": 2008,
    "2008(快报)": 2008,
    "2008年（初步核算）": 2008,
    "2008年快报数": 2008,
    "2008p": 2008,
    "2008*": 2008,
    "2008①": 2008,
    "2008［1］": 2008,
    "3": 3,
    "-2": -2,
}
REASONS = {
    "民国97年": "era",
    "昭和60年": "era",
    "2008Q1": "shorter",
    "2008年上半年": "shorter",
    "2008-03": "shorter",
    "200803": "shorter",
    "2008m3": "shorter",
    "2008w12": "shorter",
    "Mar-08": "shorter",
    "March 2008": "shorter",
    "2008(一季度)": "not_a_period",
    "2008（2009年修订）": "not_a_period",
    "19-Dec": "not_a_period",
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
    assert parse_period(20081231.0).value == 2008
    assert parse_period(200812.0).part == (2008, "12")
    assert parse_period(210200.0).value == 210200


@pytest.mark.parametrize("day", [date(1905, 6, 30), datetime(1905, 6, 30), date(1909, 7, 1)])  # noqa: DTZ001
def test_a_year_typed_into_a_cell_for_dates_is_that_year(day):
    """2008 is a day of 1905 for spreadsheets that count from 1900, of 1909 from 1904."""
    assert (parse_period(day).value, parse_period(day).how) == (2008, "typed_year")


@given(st.integers(min_value=1900, max_value=2100))
def test_every_year_of_two_centuries_is_seen_in_a_header(year):
    """Years of headers are recognised with and without 年."""
    assert looks_like_year(str(year))
    assert looks_like_year(f"{year}年")


@pytest.mark.long
@given(st.text(max_size=20))
def test_no_text_crashes_the_grammar(text):
    """Any text gives a period or a reason."""
    period = parse_period(text)
    assert (period.value is None) == (period.how in {*REASONS.values(), "month_or_day"})


def test_new_year_in_another_time_zone_is_no_old_year():
    """Midnight in China is four in the afternoon of the day before in Greenwich; noon is a choice."""
    assert parse_period(datetime(2008, 12, 31, 16)).how == "timezone"  # noqa: DTZ001
    assert parse_period(datetime(2008, 12, 31, 23, 59, 59)).value == 2008  # noqa: DTZ001
    assert parse_period(datetime(2008, 12, 31)).value == 2008  # noqa: DTZ001
