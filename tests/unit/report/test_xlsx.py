from __future__ import annotations

import io
import math
import zipfile

import pytest
from openpyxl import load_workbook

from made_report import HOSTILE, estimates, hostile_document
from xinzhi.present.regression import regression_table
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.report.document import Document, DocumentSection
from xinzhi.report.format import write_report


def written(document, languages=("en",)):
    return write_report(document, formats=["xlsx"], languages=languages)["tables.xlsx"]


def sheet(*cells):
    """Cells of a table of one row, as a spreadsheet program reads them."""
    columns = tuple(Column(f"c{at}", f"C{at}") for at in range(len(cells)))
    table = Table("t", "T", columns, (Row("r", cells),))
    content = written(Document("T", (DocumentSection("s", "S", (table,)),)))
    return load_workbook(io.BytesIO(content))["Table 1"][3][1:]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (Cell(-0.123456, "estimate", "**"), '0.000"**"'),
        (Cell(0.25, "std_error"), '"("0.000")"'),
        (Cell(18400, "count"), "#,##0"),
        (Cell(2023, "year"), "0"),
        (Cell(0.00004321, "number"), "0.000000"),
        (Cell(1.5e-9, "number"), "0.00E+00"),
        (Cell(0.0001, "p_value"), '[<0.001]"<0.001";0.000'),
        (Cell(0.9996, "p_value"), '">0.999"'),
        (Cell(0.4567, "percent"), "0.0%"),
    ],
)
def test_numbers_stay_numbers(cell, shown):
    """A cell keeps the unrounded number; its format shows it as the report does."""
    (found,) = sheet(cell)

    assert (found.value, found.number_format) == (cell.value, shown)


def test_a_missing_number_is_a_dash():
    """NaN is no number of a spreadsheet: it is the dash of the report."""
    assert [cell.value for cell in sheet(Cell(math.nan), Cell(math.inf))] == ["—", "∞"]


def test_hostile_words_are_text():
    """No word of the user is a formula or a link."""
    book = load_workbook(io.BytesIO(written(hostile_document(), ("zh", "en"))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]

    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert any(HOSTILE in str(cell.value) for cell in cells)


def test_words_that_look_like_formulas_stay_words():
    """A text that begins like a formula or an address is kept as text."""
    found = sheet(Cell("=1+1", "text"), Cell("http://x", "text"), Cell("12", "text"))

    assert [(cell.value, cell.data_type) for cell in found] == [
        ("=1+1", "s"), ("http://x", "s"), ("12", "s"),
    ]  # fmt: skip


def test_each_language_has_its_sheets():
    """A workbook in both languages has contents and tables in each."""
    table = regression_table("t", "T", [estimates({"x": (1, 1, 0.5)})])
    content = written(Document("T", (DocumentSection("s", "S", (table,)),)), ("zh", "en"))

    names = load_workbook(io.BytesIO(content)).sheetnames
    assert len(set(names)) == 4
    assert names[3].startswith("Table 1")


def test_the_same_tables_give_the_same_file():
    """No clock stands in the workbook."""
    first, second = (zipfile.ZipFile(io.BytesIO(written(hostile_document()))) for _ in range(2))

    assert [first.read(name) for name in first.namelist()] == [
        second.read(name) for name in second.namelist()
    ]
