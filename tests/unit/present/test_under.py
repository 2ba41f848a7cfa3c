"""Statistics in the place of standard errors, in every format."""

from __future__ import annotations

import io

import docx
import openpyxl
import pytest

from made_report import estimates
from xinzhi.present.regression import regression_table
from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.present.units import with_statistics
from xinzhi.report.document import Document, DocumentSection
from xinzhi.report.format import write_report
from xinzhi_core.wording import LANGUAGES, say


@pytest.fixture
def table():
    return with_statistics(
        regression_table("t", "Baseline", [estimates({"x": (-0.5, 0.2, 0.001)})])
    )


def test_the_statistic_is_the_estimate_over_its_error(table):
    """Two digits, in brackets, on the row of the errors; the note says what stands there."""
    at = next(n for n, row in enumerate(table.rows) if row.key == "x")

    (cell,) = table.rows[at + 1].cells
    assert (cell.kind, cell.value, cell.decimals) == ("t_statistic", -2.5, 2)
    notes = [say(note, "en") for note in table.notes]
    assert notes[0].startswith("t or z statistics in parentheses; Standard errors clustered")
    for language in LANGUAGES:
        assert "in parentheses; small" not in say(table.notes[0], language).replace(
            "statistics in parentheses", ""
        )


def test_every_format_prints_it(table):
    """The page, the document, the workbook, LaTeX and Markdown show the same text."""
    document = Document("T", (DocumentSection("s", "S", (table,)),))
    formats = ("html", "docx", "xlsx", "tex", "md")
    files = write_report(document, formats=formats, languages=("en",))

    assert "(−2</span>" in files["report.html"].decode()
    word = docx.Document(io.BytesIO(files["report.docx"]))
    texts = {cell.text for row in word.tables[0].rows for cell in row.cells}
    assert "(−2.50)" in texts
    sheet = openpyxl.load_workbook(io.BytesIO(files["tables.xlsx"]))["Table 1"]
    shown = {cell.value: cell.number_format for row in sheet.rows for cell in row}
    assert shown[-2.5] == '"("0.00")"'
    assert "($-$2.50)" in files["tables/t.tex"].decode()
    assert "(−2.50)" in files["tables/t.md"].decode()


@pytest.mark.parametrize("error", [0.0, float("nan"), None])
def test_an_error_that_divides_nothing_stays(error):
    """No statistic without an error above zero; a table without errors is the same."""
    rows = (Row("x", (Cell(0.5, "estimate"),)), Row("", (Cell(error, "std_error"),)))
    table = Table("t", "T", (Column("c", "C"),), rows)

    assert with_statistics(table) is table
