"""The page of an entity: what stands under its tables reaches the HTML page and the workbook."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from xinzhi.present.table import Cell, Column, Row, Table
from xinzhi.report.document import Document, Profile, Profiles, Section
from xinzhi.report.format import write_report
from xinzhi.report.formats.html import profile_data

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
    return Document("Study", (Section("cities", "Cities", (pages,)),))


def test_the_options_in_force_stand_on_the_page_of_an_entity():
    """Every printed table of scores says how they were measured."""
    found = profile_data(document(), ("en",), 3)

    (first, second) = found["items"]
    for item in (first, second):
        assert [found["words"][at] for at in item["tables"][0]["notes"]] == [NOTE]


def test_the_workbook_writes_them_under_the_table_of_each_entity():
    """Once for each page, below the last period and above the next page."""
    content = write_report(document(), formats=["xlsx"], languages=("en",))["tables.xlsx"]
    sheet = load_workbook(io.BytesIO(content))["Cities"]
    column = [cell.value for cell in sheet["A"]]

    assert column.count(NOTE) == 2
    assert column[column.index(NOTE) - 1] == "2009"
    assert column.index(NOTE) < len(column) - 1 - column[::-1].index("B")
