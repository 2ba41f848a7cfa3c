"""A number in merged cells: over two columns it is refused, over rows of one column warned of."""

from __future__ import annotations

import openpyxl
import pytest

from xinzhi_core.errors import DataError
from xinzhi_panel.io.read import read_panel, read_series

HEAD = ["城市", "年份", "产值", "人口"]
ROWS = [
    [city, year, 7.5 + i + k, 331.5 + 20 * i + k]
    for i, city in enumerate(("大同", "阳泉", "唐山"))
    for k, year in enumerate((2016, 2017, 2018))
]


def book_of(folder, *merged, lines=(HEAD, *ROWS), shift=0):
    book = openpyxl.Workbook()
    sheet = book.active
    for number, line in enumerate(lines, start=1):
        for column, cell in enumerate(line, start=1 + shift):
            sheet.cell(number, column, cell)
    for place in merged:
        sheet.merge_cells(place)
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def read(path, **keys):
    return read_panel(path, **{"entity": "城市", "period": "年份", **keys})


def problems(path):
    with pytest.raises(DataError) as caught:
        read(path)
    return [p for p in caught.value.problems if p.code == "excel.merged_columns"]


@pytest.mark.parametrize("place", ["C4:D5", "C4:D4", "C2:D10", "B4:C4", "B4:D4", "B4:C5"])
def test_a_number_over_two_columns_is_refused_with_its_cells(place, tmp_path):
    """The amount of one variable is not that of another, in any of the rows."""
    (problem,) = problems(book_of(tmp_path, place))
    first = place.partition(":")[0]
    assert (problem.where.cell, problem.where.row) == (first, int(first[1:]))
    assert str(problem.remedy) == (
        "unmerge it and write each column's own value, or leave the others empty."
    )


def test_the_error_names_the_value_and_the_columns(tmp_path):
    """To the letter."""
    (problem,) = problems(book_of(tmp_path, "C4:D5"))
    assert str(problem.what) == (
        "The merged cell C4:D5 holds one number, 9.5, for several columns: 产值, 人口."
    )
    assert (problem.where.column, problem.where.sheet) == ("产值", "Sheet")


def test_each_merged_cell_is_named(tmp_path):
    """All errors at once."""
    found = problems(book_of(tmp_path, "C2:D2", "C4:D5", "C8:D10"))
    assert [problem.where.cell for problem in found] == ["C2", "C4", "C8"]


def test_a_table_that_begins_in_another_column_has_the_right_addresses(tmp_path):
    """Cells are named as the sheet has them."""
    (problem,) = problems(book_of(tmp_path, "E4:F5", shift=2))
    assert problem.where.cell == "E4"
    assert "E4:F5" in str(problem.what)


@pytest.mark.parametrize("place", ["C4:C5", "C2:C4", "D9:D10"])
def test_a_number_over_rows_of_one_column_is_a_warning(place, tmp_path):
    """It may be a sum, or the value of the first row."""
    result = read(book_of(tmp_path, place))
    (warning,) = (w for w in result.warnings if w.code == "excel.merged_rows")
    name = HEAD["ABCD".index(place[0])]
    assert str(warning.what) == (
        f"Merged cells in column '{name}' hold one number for several rows: {place}; it was taken "
        "for the value of each row."
    )
    assert (warning.where.cell, warning.where.column) == (place.partition(":")[0], name)
    assert str(warning.remedy) == (
        "unmerge them and write the value of each row; a sum over the rows belongs in none of them."
    )


def test_several_of_one_column_are_one_warning(tmp_path):
    """With all their places."""
    result = read(book_of(tmp_path, "C2:C3", "C6:C7"))
    (warning,) = (w for w in result.warnings if w.code == "excel.merged_rows")
    assert "C2:C3, C6:C7" in str(warning.what)


def test_names_and_codes_of_a_city_may_be_merged_over_its_rows(tmp_path):
    """They are the same in all of them; no warning."""
    lines = [
        ["城市", "代码", *HEAD[1:]],
        *([r[0], 140200 + 100 * (n // 3), *r[1:]] for n, r in enumerate(ROWS)),
    ]
    places = [f"{c}{a}:{c}{a + 2}" for c in "AB" for a in (2, 5, 8)]
    result = read(book_of(tmp_path, *places, lines=lines))
    assert len(result.panel.frame) == 9
    assert result.panel.frame["代码"].notna().all()
    assert "excel.merged_rows" not in {w.code for w in result.warnings}


@pytest.mark.parametrize("text", ["—", "缺失"])
def test_a_mark_of_missing_values_may_be_merged(text, tmp_path):
    """All cells that it covers are empty, in the first row as in the others."""
    lines = [HEAD, *[row[:] for row in ROWS]]
    lines[3][2] = text
    frame = read(book_of(tmp_path, "C4:D5", lines=lines)).panel.frame
    assert frame.loc[("大同", 2018)].isna().all()
    assert frame.loc[("阳泉", 2016)].isna().all()
    assert frame.isna().sum().sum() == 4


def test_headings_and_notes_may_be_merged(tmp_path):
    """Years above names, a title, a number below the table: none of them stands among the data."""
    head = [["表1", None, None, None], ["城市", "年份", 2020, None], [None, None, "产值", "人口"]]
    lines = [*head, *ROWS, ["注：单位为亿元"]]
    result = read(book_of(tmp_path, "A1:D1", "A2:A3", "B2:B3", "C2:D2", "A13:D13", lines=lines))
    assert len(result.panel.frame) == 9
    assert not [w for w in result.warnings if w.code.startswith("excel.merged")]


def test_a_series_and_sheets_in_parts_are_looked_at_too(tmp_path):
    """Every door that reads a workbook."""
    path = book_of(tmp_path, "C4:D5")
    with pytest.raises(DataError) as caught:
        read_series(path, keys=["城市", "年份"])
    assert caught.value.code == "excel.merged_columns"
    book = openpyxl.load_workbook(path)
    other = book.copy_worksheet(book.active)
    for row in other.iter_rows(min_row=2, max_col=2):
        if row[1].value is not None and row[1].coordinate not in other.merged_cells:
            row[1].value += 3
    book.save(path)
    with pytest.raises(DataError):
        read(path)
