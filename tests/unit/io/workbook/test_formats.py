"""Cells whose format shows another number than the stored one."""

from __future__ import annotations

import struct
import zipfile

import openpyxl
import pytest

from xinzhi_core.errors import DataError, Where
from xinzhi_panel.io.raw import ReadOptions
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.workbook.archive import inspect
from xinzhi_panel.io.workbook.biff import inspect_old
from xinzhi_panel.io.workbook.formats import how_shown

ROWS = [(city, year) for city in "甲乙丙" for year in (2019, 2020, 2021)]
CODES = {
    "0%": "percent",
    "0.00%;[Red]-0.00%": "percent",
    "[$-409]0.0%_)": "percent",
    '0.0"%"': None,
    r"0.0\%": None,
    "#,##0.00": None,
    "#,##0,": "scaled",
    "0.00,,": "scaled",
    "0!.0000": "scaled",
    '0"."0,': "scaled",
    '#,##0"万元"': "万元",
    "General": None,
    "yyyy-mm-dd": None,
}


@pytest.mark.parametrize("code", CODES)
def test_a_format_tells_what_it_does_to_the_number(code):
    """A drawn percent sign changes nothing; a real one, and a comma behind the digits, do."""
    assert how_shown(code) == CODES[code]


def book(path, heading, cells, formats):
    """Make a sheet whose last column holds cells in formats, in turn."""
    whole = openpyxl.Workbook()
    sheet = whole.active
    sheet.append(["城市", "年份", "人口", heading])
    for i, key in enumerate(ROWS):
        sheet.append([*key, 100 + i, cells[i % len(cells)]])
        sheet.cell(sheet.max_row, 4).number_format = formats[i % len(formats)]
    whole.save(path)
    return path


def read(path, reading=None):
    return read_panel(path, entity="城市", period="年份", reading=reading or ReadOptions())


@pytest.mark.parametrize(
    ("heading", "cells", "formats"),
    [
        ("二产占比（%）", [0.385, 0.3861, 0.387], ["0.0%"]),
        ("二产占比(%)", [0.385, 38.61, 38.7], ["0.00%", "0.00", "General"]),
        ("二产占比（%）", [38.5, 38.61, 38.7], ['0.00"%"']),
        ("二产占比", [0.385, 0.3861, 0.387], ["0%"]),
    ],
)
def test_percents_are_read_as_they_are_shown(tmp_path, heading, cells, formats):
    """38.5 and never 0.385 where 38.5 % is shown; no digit that the format hides is lost."""
    panel = read(book(tmp_path / "a.xlsx", heading, cells, formats)).panel
    assert panel.frame.loc["甲", "二产占比"].tolist() == [38.5, 38.61, 38.7]
    assert panel.units["二产占比"] == "%"


def test_the_conversion_is_stated(tmp_path):
    """What was read for what is a decision; where the heading names no unit it is a warning."""
    result = read(book(tmp_path / "a.xlsx", "二产占比（%）", [0.385], ["0.0%"]))
    said = {decision.code: decision for decision in result.decisions}["excel.percent"]
    assert (said.count, said.where.cell) == (9, "D2")
    assert "38.5% where 0.385 is stored" in str(said.what)
    assert [w for w in result.warnings if w.code.startswith("excel")] == []
    bare = book(tmp_path / "b.xlsx", "二产占比", [0.385], ["0.0%"])
    assert "excel.percent_heading" in {w.code for w in read(bare).warnings}
    confirmed = read(bare, ReadOptions(accept=("excel.percent_heading", "excel.percent")))
    assert "excel.percent_heading" not in {w.code for w in confirmed.warnings}


@pytest.mark.parametrize(
    ("heading", "cells", "formats"),
    [
        ("产值（万元）", [0.385], ["0.0%"]),
        ("占比", [0.385, 38.6], ["0.0%", "0.0"]),
        ("产值（亿元）", ["38.5万"], ["General"]),
        ("产值（亿元）", ["38.5万元"], ["General"]),
    ],
)
def test_cells_in_another_unit_than_their_heading_are_refused(tmp_path, heading, cells, formats):
    """A percent among plain numbers or below 万元, or 万 below 亿元, is a doubt about the value."""
    with pytest.raises(DataError) as caught:
        read(book(tmp_path / "a.xlsx", heading, cells, formats))
    problem = caught.value.problems[0]
    assert (problem.code, problem.where.row) == ("number.mixed_units", 2)


def test_the_unit_of_the_heading_may_be_shortened_in_cells(tmp_path):
    """38.5亿 and 38.6 below （亿元） are in one unit."""
    panel = read(book(tmp_path / "a.xlsx", "产值（亿元）", ["38.5亿", 38.6], ["General"])).panel
    assert panel.frame.loc["甲", "产值"].tolist() == [38.5, 38.6, 38.5]
    assert panel.units["产值"] == "亿元"


@pytest.mark.parametrize("form", ["#,##0,", "0!.0000"])
def test_numbers_shown_divided_are_named(tmp_path, form):
    """What is shown is a thousandth or a ten-thousandth of what is stored and read."""
    result = read(book(tmp_path / "a.xlsx", "产值（千元）", [1371250], [form]))
    said = {w.code: w for w in result.warnings}["excel.scaled_format"]
    assert said.where.cell == "D2"
    assert result.panel.frame["产值"].iloc[0] == 1371250


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def test_old_workbooks_tell_their_percents(monkeypatch):
    """Formats of an xls are built in (10) or spelt out; numbers stand in four kinds of records."""
    own = "0.0%".encode("utf-16-le")
    start = b"".join(
        [
            record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)),
            record(0x041E, struct.pack("<HHB", 164, 4, 1) + own),
            record(0x041E, struct.pack("<HHB", 165, 6, 0) + b"#,##0,"),
            *(record(0x00E0, struct.pack("<HH", 0, n) + bytes(16)) for n in (0, 10, 164, 165)),
        ]
    )
    name = "数据".encode("utf-16-le")
    offset = len(start) + 4 + 8 + len(name) + 4
    start += record(0x0085, struct.pack("<IHBB", offset, 0, 2, 1) + name) + record(0x000A)
    sheet = b"".join(
        [
            record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)),
            record(0x0203, struct.pack("<HHHd", 1, 3, 1, 0.385)),
            record(0x0203, struct.pack("<HHHd", 1, 2, 0, 0.385)),
            record(0x027E, struct.pack("<HHHI", 2, 3, 2, 0)),
            record(0x00BD, struct.pack("<HHHIHIH", 3, 3, 2, 0, 3, 0, 4)),
            record(0x000A),
        ]
    )
    monkeypatch.setattr("xinzhi_panel.io.workbook.biff.stream_of", lambda *_: start + sheet)
    marks = inspect_old(b"", Where(file="a.xls"))["数据"]
    assert marks.shown == {"percent": {4: [2, 3, 4]}, "scaled": {5: [4]}}


def test_open_documents_tell_their_percents(tmp_path):
    """Repeated cells and rows count as often as they are repeated."""
    content = (
        '<table:table table:name="数据"><table:table-row table:number-rows-repeated="2">'
        '<table:table-cell office:value-type="float" office:value="1"/>'
        '<table:table-cell table:number-columns-repeated="2" office:value-type="percentage" '
        'office:value="0.385"/></table:table-row></table:table>'
    )
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", content)
    assert inspect(path, Where()).marks["数据"].shown == {"percent": {2: [1, 2], 3: [1, 2]}}
