"""Periods of which each is looked at: other calendars, years of the future, numbers that are no years."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from xinzhi_core.errors import DataError
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.recognise import years as calendars
from xinzhi_panel.io.recognise.years import are_numbered, far_years, other_calendars


def read(tmp_path, years, heading="年份", **stated):
    """Read a table of three cities whose years are given, one for each city where they are tuples."""
    lines = [f"城市,{heading},x"]
    for place, city in enumerate(("大同", "唐山", "包头")):
        for n, year in enumerate(years):
            own = year[place] if isinstance(year, tuple) else year
            lines.append(f"{city},{own},{100 + 7.3 * place + 3.1 * n}")
    file = tmp_path / "a.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return read_panel(file, entity="城市", period=heading, reading=ReadOptions(**stated))


def said(result):
    """Give what is said of the periods."""
    return {w.code: str(w.what) for w in result.warnings if w.code.startswith("year.")}


@pytest.mark.parametrize(
    ("years", "value", "may_be"),
    [
        ((105, 106, 2010, 2011), 105, "2016 (the Republic, 民国)"),
        ((105, 106, 107, 108, 2016), 105, "2016 (the Republic, 民国)"),
        (
            (10, 11, 12, 13, 2015),
            10,
            "2010 (two digits of 20xx), 2028 (Reiwa, 令和), 1998 (Heisei, 平成)",
        ),
        ((98, 2000, 2001), 98, "1998 (two digits of 19xx), 2009 (the Republic, 民国)"),
        ((2553, 2010, 2011), 2553, "2010 (the Buddhist era, 佛历)"),
        ((1390, 2010, 2012), 1390, "2011 (the Persian calendar)"),
    ],
)
@pytest.mark.parametrize("heading", ["年份", "period"])
def test_years_of_two_calendars_are_refused_row_by_row(years, value, may_be, heading, tmp_path):
    """Whichever of them are more, and whatever the heading; the years that may be meant are named."""
    with pytest.raises(DataError) as caught:
        read(tmp_path, years, heading)

    problem = caught.value.problems[0]
    right = sorted(year for year in years if 1900 < year < 2200)
    span = f"{right[0]}–{right[-1]}" if len(right) > 1 else f"{right[0]}"
    assert {p.code for p in caught.value.problems} == {"year.implausible"}
    assert len(caught.value.problems) == 3 * (len(years) - len(right))
    assert str(problem.what) == (
        f"{value} is not a year of the common era, and {3 * len(right)} other rows of the column hold such "
        f"years ({span})."
    )
    assert problem.where.row == 2
    assert str(problem.remedy) == (
        f"write the years of all rows in one calendar, with four digits: it may be {may_be}."
    )


def test_a_number_that_is_a_year_in_no_calendar_is_refused_without_a_guess(tmp_path):
    """20110 is a slip."""
    with pytest.raises(DataError) as caught:
        read(tmp_path, (2010, 2011, (20110, 2012, 2012)))

    assert str(caught.value.problems[0].remedy) == "write the year with four digits."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            ("民国105年", "era"),
            ("105年", "era"),
            ("2558年", "era"),
            ("佛历2558", "era"),
            ("R2", "era"),
        ),
        *(("令和2年", "era"), ("H30", "era"), ("B.E. 2558", "era"), ("ROC 105", "era")),
        *(("农历2015年", "lunar"), ("阴历二〇一五年", "lunar")),
    ],
)
def test_words_of_other_calendars_are_refused(text, code, tmp_path):
    """With what to add, or that a lunar year is another one."""
    with pytest.raises(DataError) as caught:
        read(tmp_path, (text, 2016, 2017))

    assert {p.code for p in caught.value.problems} == {f"year.{code}"}
    assert str(caught.value.problems[0].what) == (
        f"'{text}' is a year of the lunar calendar."
        if code == "lunar"
        else f"'{text}' counts years in another era."
    )


@pytest.mark.parametrize("text", ["公历2015年", "阳历2015年", "西元2015", "公元2015年"])
def test_words_of_the_common_era_are_read(text, tmp_path):
    """公历 is the calendar of everybody."""
    assert read(tmp_path, (text, 2016, 2017)).panel.periods == (2015, 2016, 2017)


def test_a_few_rows_of_the_future_are_refused(tmp_path, monkeypatch):
    """2105 for 2015, as one sentence and not as ninety missing years; it can be confirmed."""
    monkeypatch.setattr(calendars, "this_year", lambda: 2026)
    years = (2010, 2011, 2012, (2105, 2013, 2013), 2014)
    with pytest.raises(DataError) as caught:
        read(tmp_path, years)

    assert [p.code for p in caught.value.problems] == ["year.future"]
    assert str(caught.value) == (
        "2105 is in the future, 91 years after the other periods (2010–2014).\n"
        "  where: a.csv, row 5, column '年份'\n"
        "  remedy: correct the year, or confirm it: `accept: [year.future]` under `read` of the source."
    )
    assert read(tmp_path, years, accept=("year.future",)).panel.periods[-1] == 2105


def test_a_whole_year_of_the_future_is_a_warning_and_its_gap_one_line(tmp_path):
    """Scenarios go to 2100; what lies between is said once."""
    result = read(tmp_path, (*range(2003, 2013), 2105))

    assert said(result) == {
        "year.future": "2105 is in the future, 93 years after the other periods (2003–2012)."
    }
    gaps = [str(w.what) for w in result.warnings if w.code == "panel.gap_year"]
    assert gaps == ["No entity has a row for the 92 periods from 2013 to 2104."]


def test_a_single_row_of_a_far_past_is_a_warning(tmp_path):
    """1915 for 2015."""
    result = read(tmp_path, (2013, 2014, (1915, 2015, 2015), 2016))

    assert said(result) == {"year.far": "1915 lies 98 years from the other periods (2013–2016)."}


@pytest.mark.parametrize(
    "years",
    [(1978, 1985, 1990, 2000, 2010), (1953, 1964, 1982, 1990), (1500, 1600, 1700, 1820, 1870)],
)
def test_years_that_are_far_apart_by_their_nature_are_none_of_it(years):
    """Censuses and history."""
    assert far_years(np.repeat(years, 4)) == ()


@pytest.mark.parametrize(
    ("years", "sentence"),
    [
        (
            (1, 2, 3, 4),
            "The periods below '年份' are the numbers 1 to 4; they are not read as years.",
        ),
        (
            tuple(range(1, 13)),
            "The periods below '年份' are the numbers 1 to 12; they are not read as years.",
        ),
        ((0, 1, 2), "The periods below '年份' are the numbers 0 to 2; they are not read as years."),
    ],
)
def test_small_numbers_below_a_heading_of_years_stay_numbers(years, sentence, tmp_path):
    """No year is made of 1 to 8; it is said, and can be confirmed."""
    result = read(tmp_path, years)

    assert result.panel.periods == years
    assert said(result) == {"year.numbers": sentence}
    assert said(read(tmp_path, years, accept=("year.numbers",))) == {}


@pytest.mark.parametrize(
    ("years", "read_as"),
    [
        ((63, 64, 65), (1963, 1964, 1965)),
        ((10, 11, 12), (2010, 2011, 2012)),
        (("08", "09", "10"), (2008, 2009, 2010)),
        (("98", "99", "00"), (1998, 1999, 2000)),
        ((98, 99, 0, 1), (1998, 1999, 2000, 2001)),
    ],
)
def test_two_digits_are_years_where_they_cannot_be_a_count(years, read_as, tmp_path):
    """With a warning whose remedy names what else they may be."""
    result = read(tmp_path, years)

    assert result.panel.periods == tuple(sorted(read_as))
    assert set(said(result)) == {"year.two_digit"}
    remedy = next(str(w.remedy) for w in result.warnings if w.code == "year.two_digit")
    assert remedy == (
        f"confirm {read_as[0]}, or write years with four digits. Years of the Republic (民国) need 1911 more, "
        "and numbers of periods a heading such as period (期)."
    )


@pytest.mark.parametrize(
    ("heading", "years"), [("时间", (105, 106, 107)), ("period", (2553, 2554))]
)
def test_numbers_such_as_other_calendars_have_are_doubted_below_any_heading(
    heading, years, tmp_path
):
    """They stay numbers: nobody said that they are years."""
    assert said(read(tmp_path, years, heading)) == {
        "year.numbers": f"The periods {years[0]} to {years[-1]} are read as numbers, and may be years of another calendar."
    }


@pytest.mark.parametrize("years", [(1, 2, 3, 4), tuple(range(1, 60)), (196, 197, 198)])
def test_numbers_of_periods_are_nothing_odd(years, tmp_path):
    """Below a heading that does not speak of years."""
    assert said(read(tmp_path, years, "期数")) == {}


def test_a_long_count_passes_through_the_years():
    """1 to 2000 are no years of two calendars."""
    assert other_calendars(np.arange(1, 2001)) == {}
    assert (
        are_numbered(range(1, 2001)),
        are_numbered(range(1, 11)),
        are_numbered([105, 2015]),
    ) == (
        True,
        False,
        False,
    )


def test_a_frame_with_two_calendars_is_refused_too():
    """Python is a door like the others."""
    frame = pd.DataFrame(
        {"city": ["a", "a", "b", "b"], "year": [105, 2017, 105, 2017], "x": [1.0, 2, 3, 4]}
    )

    with pytest.raises(DataError) as caught:
        xz.profile(frame, entity="city", period="year")

    assert caught.value.code == "year.implausible"
    assert "105 is not a year of the common era, and 2 other rows" in str(caught.value)


@pytest.mark.parametrize(
    ("headings", "name", "may_be"),
    [
        (("105年", "2018年", "2019年"), "105年", "2016 (the Republic, 民国)"),
        (("106", "2018", "2019"), "106", "2017 (the Republic, 民国)"),
        (("民国105年", "2018", "2019"), "民国105年", "2016 (the Republic, 民国)"),
        (("2553", "2018", "2019"), "2553", "2010 (the Buddhist era, 佛历)"),
        (("GDP_105", "GDP_2018", "GDP_2019"), "GDP_105", "2016 (the Republic, 民国)"),
        (("2018", "2019", "2105"), "2105", None),
    ],
)
def test_years_across_the_columns_are_looked_at_too(headings, name, may_be, tmp_path):
    """A heading of another calendar would be a column of its own, and its year lost."""
    file = tmp_path / "a.csv"
    file.write_text(f"城市,{','.join(headings)}\na,1,2,3\nb,2,3,4\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_panel(file, entity="城市", period="年份")

    assert [p.code for p in caught.value.problems] == ["year.implausible"]
    assert str(caught.value.problems[0].what) == (
        f"The heading '{name}' is not a year of the common era, as those beside it are (2018–2019)."
    )
    assert caught.value.problems[0].where.column == name
    assert str(caught.value.problems[0].remedy) == (
        f"write the years of all columns in one calendar, with four digits: it may be {may_be}."
        if may_be
        else "write the year with four digits."
    )


def test_other_columns_beside_years_stay_columns(tmp_path):
    """Numbers of columns and variables that end with a digit are none of it."""
    file = tmp_path / "a.csv"
    file.write_text("城市,x1,PM10,GDP_2018,GDP_2019\na,1,2,3,4\nb,2,3,4,5\n", encoding="utf-8")

    panel = read_panel(file, entity="城市", period="年份").panel

    assert (panel.periods, [*panel.frame]) == ((2018, 2019), ["x1", "PM10", "GDP"])


@pytest.mark.parametrize("values", [(1, 2, 3), (2, 2, 2)])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_days_of_one_year_are_no_copies_of_each_other(values, suffix, tmp_path):
    """A remedy that keeps one row a year would throw months away, also where their values are the same."""
    days = pd.to_datetime([f"2016-{month:02}-28" for month in (1, 2, 3)])
    rows = [
        (city, day, x) for city in ("大同", "唐山") for day, x in zip(days, values, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["城市", "日期", "x"])
    file = tmp_path / f"a.{suffix}"
    if suffix == "csv":
        frame.to_csv(file, index=False)
    else:
        frame.to_excel(file, index=False)

    with pytest.raises(DataError) as caught:
        read_panel(file, entity="城市", period="日期")

    assert [p.code for p in caught.value.problems] == ["year.shorter"] * 2
    first = caught.value.problems[0]
    assert str(first.what) == (
        "Rows 2, 3, 4 are of several days of one year (大同 2016): 2016-01-28, 2016-02-28, 2016-03-28."
    )
    assert str(first.remedy) == (
        "aggregate to years, write quarters as 2016Q1, or number the periods 1, 2, 3 …"
    )
    assert (first.where.entity, first.where.period) == ("大同", 2016)


def test_one_day_a_year_is_a_year_and_a_row_that_stands_twice_a_copy(tmp_path):
    """Entities report on different days; the same day twice is one row, or a contradiction."""
    lines = ["城市,日期,x", "大同,2016-03-31,1", "大同,2017-12-31,2", "唐山,2016-12-31,3"]
    file = tmp_path / "a.csv"
    file.write_text("\n".join([*lines, "唐山,2017-12-31,4", lines[1]]), encoding="utf-8")
    result = read_panel(file, entity="城市", period="日期")
    assert result.panel.periods == (2016, 2017)
    assert len(result.panel.frame) == 4

    file.write_text("\n".join([*lines, "大同,2016-03-31,9"]), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_panel(file, entity="城市", period="日期")
    assert [p.code for p in caught.value.problems] == ["panel.duplicate"]
