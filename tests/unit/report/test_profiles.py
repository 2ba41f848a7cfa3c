"""The page of an entity: what stands under its tables reaches the HTML page and the workbook."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.report.document import Document, DocumentSection, Profile, Profiles
from xinzhi.report.format import write_report
from xinzhi.report.formats import xlsx
from xinzhi.report.formats.html_data import page_data

NOTE = "Measurement: super-SBM, constant returns to scale."


def document():
    """One page with one table of scores."""
    table = Table(
        id="scores",
        title="Score over time",
        stub="Period",
        columns=(Column("score", "Score"),),
        rows=(Row("2008", (Cell(0.5),)), Row("2009", (Cell(0.6),))),
        notes=(NOTE,),
    )
    pages = Profiles("Cities", (Profile("a", "A", (), (table,)), Profile("b", "B", (), (table,))))
    return Document("Study", (DocumentSection("cities", "Cities", (pages,)),))


def test_the_options_in_force_stand_on_the_page_of_an_entity():
    """Every printed table of scores says how they were measured."""
    found = page_data(document(), (), ("en",), 3)

    for item in found["items"]:
        (form, *rows) = item["tables"][0]
        assert [found["words"][at] for at in found["forms"][form]["notes"]] == [NOTE]
        assert [[found["words"][at] for at in row] for row in rows] == [
            ["2008", "0.500"],
            ["2009", "0.600"],
        ]


def test_the_workbook_writes_them_under_the_table_of_each_entity():
    """Once for each page, below the last period and above the next page."""
    content = write_report(document(), formats=["xlsx"], languages=("en",))["tables.xlsx"]
    sheet = load_workbook(io.BytesIO(content))["Cities"]
    column = [cell.value for cell in sheet["A"]]

    assert column.count(NOTE) == 2
    assert column[column.index(NOTE) - 1] == "2009"
    assert column.index(NOTE) < len(column) - 1 - column[::-1].index("B")


def test_a_workbook_of_thousands_of_entities_names_the_page(monkeypatch):
    """More pages than a reader can find in a sheet: the sheet says where they stand."""
    monkeypatch.setattr(xlsx, "MOST_PAGES", 1)

    content = write_report(document(), formats=["xlsx"], languages=("en",))["tables.xlsx"]

    sheet = load_workbook(io.BytesIO(content))["Cities"]
    assert [cell.value for cell in sheet["A"] if cell.value] == [
        "Cities",
        "The pages of all 2 entities stand in report.html.",
    ]
