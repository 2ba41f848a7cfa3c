"""Cells that are no numbers where numbers were meant."""

from __future__ import annotations

import openpyxl
import pytest

from xinzhi_core.errors import DataError
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.read import read_panel

ROWS = [(city, year) for city in "甲乙丙" for year in (2019, 2020)]
AMOUNTS = [1371.75, 1454.9, 1538.7, 1622.4, 1878.7, 1993.5]


def text(folder, cells, heading="产值"):
    lines = [f"城市,年份,人口,{heading}"]
    lines += [f'{c},{y},{i + 10.5},"{cells[i % len(cells)]}"' for i, (c, y) in enumerate(ROWS)]
    path = folder / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def dated(folder, cells, heading="产值"):
    book = openpyxl.Workbook()
    book.active.append(["城市", "年份", "人口", heading])
    for i, key in enumerate(ROWS):
        book.active.append([*key, i + 10.5, cells[i]])
        book.active.cell(book.active.max_row, 4).number_format = "yyyy-mm-dd"
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def read(path, **stated):
    return read_panel(path, entity="城市", period="年份", reading=ReadOptions(**stated))


def codes(path, **stated):
    """Codes of the errors, or of the warnings where there is none."""
    try:
        return {w.code for w in read(path, **stated).warnings}
    except DataError as error:
        return {p.code for p in error.problems}


def test_amounts_that_became_dates_are_refused(tmp_path):
    """1371.75 shown as the second of October 1903 is no date; each cell is named."""
    with pytest.raises(DataError) as caught:
        read(dated(tmp_path, AMOUNTS))
    assert [p.code for p in caught.value.problems] == ["number.date"] * 6
    assert [p.where.row for p in caught.value.problems] == [2, 3, 4, 5, 6, 7]
    assert "number.date" in codes(dated(tmp_path, range(41000, 41006), "产值（亿元）"))


def test_a_column_of_dates_is_said(tmp_path):
    """Days of our time are a warning, and no word below a heading of dates or where stated."""
    days = range(41000, 41006)
    assert "type.dates" in codes(dated(tmp_path, days))
    assert "type.dates" not in codes(dated(tmp_path, days), accept=("type.dates",))
    result = read(dated(tmp_path, days, "成立日期"))
    assert "type.date" in {d.code for d in result.decisions}
    assert codes(dated(tmp_path, days, "成立日期")) == set()


@pytest.mark.parametrize(
    "cells",
    [["31.2", "12-Mar"], ["12-Mar", "31-May", "3.25"], ["3月12日", "31.5"], ["1903/10/2", "7.5"]],
)
def test_dates_among_numbers_are_refused(tmp_path, cells):
    """A spreadsheet made them of 3.12 or 3-12, be they few or most."""
    assert codes(text(tmp_path, cells)) == {"number.date"}


def test_text_that_is_all_dates_is_said(tmp_path):
    """No number is read, and that is no secret; nor is it where the heading is one of dates."""
    assert codes(text(tmp_path, ["12-Mar", "31-May"])) == {"type.dates"}
    assert codes(text(tmp_path, ["2012-03-12", "2013-05-31"], "成立时间")) == set()


@pytest.mark.parametrize(
    "cells", [["813.000", "1.114.000"], ["1.114.000", "1.115.000"], ["1,23,456.5", "7.5"]]
)
def test_groups_of_another_custom_are_refused(tmp_path, cells):
    """Points between thousands and groups of two: a neighbour may be wrong by a thousand."""
    assert codes(text(tmp_path, cells)) == {"number.grouping"}


def test_whole_numbers_beyond_the_digits_of_a_number_are_said(tmp_path):
    """As text where the column is digits only; as numbers where decimals stand beside them."""
    long = text(tmp_path, ["9007199254740993", "12"])
    assert codes(long) == {"number.too_long"}
    assert codes(long, text=("产值",)) == set()
    mixed = read(text(tmp_path, ["9007199254740993", "9007199254740993.5"]))
    assert {w.code for w in mixed.warnings} >= {"number.too_large"}
    assert mixed.panel.frame["产值"].dtype == float


def test_codes_that_a_spreadsheet_has_shortened_name_nobody(tmp_path):
    """1.402E+14 has lost ten digits; so has a number of eighteen."""
    path = tmp_path / "b.csv"
    path.write_text("城市,年份,x\n1.402E+14,2019,1\n1.403E+14,2019,2\n", encoding="utf-8")
    assert codes(path) == {"names.shortened"}
    book = openpyxl.Workbook()
    for row in (["城市", "年份", "x"], [140200000000000123, 2019, 1.5], [5, 2019, 2.5]):
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    assert codes(tmp_path / "b.xlsx") == {"names.shortened"}
