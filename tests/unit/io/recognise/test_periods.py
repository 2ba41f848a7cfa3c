"""Columns of periods: what is read with a warning, and what is refused."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest

from xinzhi_core.errors import DataError
from xinzhi_core.periods import period_name
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.read import read_panel

ONE_A_YEAR = {
    "year.one_part": [
        ("Dec-19", "Dec-20"),
        ("201901", "202001"),
        ("2019年12月", "2020年12月"),
        ("2019Q4", "2020Q4"),
    ],
    "year.noted": [("2019", "2020(快报)"), ("2019年", "2020年（预计）"), ("2019", "2020*")],
}
SEVERAL = [("Nov-19", "Dec-19"), ("201901", "201902"), ("2019", "2020Q2"), ("2019H1", "2019H2")]


def text(folder, years, heading="年份"):
    lines = [f"城市,{heading},人口,产值"]
    lines += [f"{c},{y},{i + 10},{i + 3.5}" for c in "甲乙丙" for i, y in enumerate(years)]
    path = folder / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def read(path, heading="年份", **stated):
    return read_panel(path, entity="城市", period=heading, reading=ReadOptions(**stated))


@pytest.mark.parametrize(
    ("code", "years"), [(code, years) for code, cases in ONE_A_YEAR.items() for years in cases]
)
def test_periods_that_are_years_after_all_are_read_and_said(tmp_path, code, years):
    """One part of each year, or a note behind a year: read, with a warning that can be confirmed."""
    result = read(text(tmp_path, years))
    assert result.panel.periods == (2019, 2020)
    assert code in {w.code for w in result.warnings}
    assert code not in {w.code for w in read(text(tmp_path, years), accept=(code,)).warnings}


@pytest.mark.parametrize("years", SEVERAL)
def test_several_parts_of_a_year_are_refused(tmp_path, years):
    """Months and halves are no years, nor are they numbers that follow one another; nor is a quarter among years."""
    with pytest.raises(DataError) as caught:
        read(text(tmp_path, years))
    assert {p.code for p in caught.value.problems} == {"year.shorter"}


@pytest.mark.parametrize(
    "quarters",
    [
        ("2019Q3", "2019Q4", "2020Q1"),
        ("2019年三季度", "2019年四季度", "2020年一季度"),
        ("2019年第3季度", "2019年第4季度", "2020年第1季度"),
        ("Q3 2019", "Q4 2019", "Q1 2020"),
        ("3Q2019", "4Q2019", "1Q2020"),
    ],
)
def test_quarters_are_periods_that_follow_one_another(tmp_path, quarters):
    """A year has four of them: the number of the next is higher by one, across the end of the year too."""
    result = read(text(tmp_path, quarters, heading="季度"), heading="季度")
    first, *_, last = result.panel.periods
    assert [*map(period_name, result.panel.periods)] == ["2019Q3", "2019Q4", "2020Q1"]
    assert last - first == 2
    assert "year.quarter" in {d.code for d in result.decisions}
    assert not result.warnings
    below_years = read(text(tmp_path, quarters))
    assert "year.quarter" in {w.code for w in below_years.warnings}


@pytest.mark.parametrize(
    "days",
    [
        ("2019-03-31", "2019-06-30", "2019-09-30", "2019-12-31"),
        ("20190331", "20190630", "20190930", "20191231"),
        (date(2019, 3, 31), date(2019, 6, 30), date(2019, 9, 30), date(2019, 12, 31)),
        ("2019年3月", "2019年6月", "2019年9月", "2019年12月"),
    ],
)
def test_days_that_end_the_four_quarters_of_a_year_are_quarters(tmp_path, days):
    """As firms report them; where each firm closes its books once a year, they are years."""
    result = read(text(tmp_path, days, heading="会计期间"), heading="会计期间")
    assert [*map(period_name, result.panel.periods)] == ["2019Q1", "2019Q2", "2019Q3", "2019Q4"]
    lines = [
        f"{name},{day},{n + 10},{n + 3.5}"
        for n, (name, day) in enumerate(zip("甲乙丙丁", days, strict=True))
    ]
    yearly = tmp_path / "yearly.csv"
    yearly.write_text("\n".join(["城市,会计期间,人口,产值", *lines]), encoding="utf-8")
    if "年" not in str(days[0]):
        assert read(yearly, heading="会计期间").panel.periods == (2019,)


def test_a_number_by_which_quarters_are_counted_is_no_period_of_a_file(tmp_path):
    """It would be printed as a quarter that nobody wrote."""
    with pytest.raises(DataError) as caught:
        read(text(tmp_path, ("8064", "8065"), heading="期"), heading="期")
    assert caught.value.code == "year.implausible"


@pytest.mark.parametrize("years", [("20190331", "20191231"), ("2019-03-31", "2019-12-31")])
def test_two_days_of_a_year_are_refused(tmp_path, years):
    """Two rows of one city and year are parts of a year, however the days are written."""
    with pytest.raises(DataError) as caught:
        read(text(tmp_path, years))
    assert {p.code for p in caught.value.problems} == {"year.shorter"}


@pytest.mark.parametrize("years", [("239", "243"), ("108", "109"), ("20191301", "20201301")])
def test_numbers_below_a_heading_of_years_that_are_none_are_refused(tmp_path, years):
    """Quarters since 1960, years of the Republic, mistyped days; below another heading they count."""
    with pytest.raises(DataError) as caught:
        read(text(tmp_path, years))
    assert {p.code for p in caught.value.problems} == {"year.implausible"}
    assert read(text(tmp_path, years, "期"), "期").panel.periods == tuple(map(int, years))


def test_counted_years_stay_counted(tmp_path):
    """1, 2, 3 … and years before our time are no mistakes."""
    for years in (("1", "120"), ("1010", "1011")):
        assert read(text(tmp_path, years)).panel.periods == tuple(map(int, years))


def test_years_typed_into_cells_for_dates_are_read_and_said(tmp_path):
    """The spreadsheet shows 1905年; 2019 was typed."""
    book = openpyxl.Workbook()
    book.active.append(["城市", "年份", "人口", "产值"])
    for i, city in enumerate("甲乙丙"):
        for year in (2019, 2020):
            book.active.append([city, year, 10 + i, 3.5 + year])
            book.active.cell(book.active.max_row, 2).number_format = 'yyyy"年"'
    book.save(tmp_path / "a.xlsx")
    result = read(tmp_path / "a.xlsx")
    assert result.panel.periods == (2019, 2020)
    said = {w.code: w for w in result.warnings}["year.typed_year"]
    assert date(1905, 7, 11).isoformat() in str(said.what)


def test_years_with_a_note_across_the_columns_are_years(tmp_path):
    """The last column is preliminary: it is read with the others, and said."""
    path = tmp_path / "a.csv"
    path.write_text(
        "城市,GDP2020,GDP2021,GDP2022（快报）\n甲,1,2,3.5\n乙,4,5,6.5\n丙,7,8,9\n", encoding="utf-8"
    )
    result = read(path)
    assert result.panel.frame["GDP"].loc[("甲", 2022)] == 3.5
    assert "year.noted" in {w.code for w in result.warnings}


def test_two_columns_of_one_year_are_refused(tmp_path):
    """A preliminary and a final figure of one year: one of them has to go."""
    path = tmp_path / "a.csv"
    path.write_text("城市,2020,2021,2021(快报)\n甲,1,2,3\n乙,4,5,6\n丙,7,8,9\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read(path)
    assert caught.value.problems[0].code == "layout.duplicate_column"
