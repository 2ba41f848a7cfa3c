"""Superscript characters are note marks, never digits of a number or of a name."""

from __future__ import annotations

import struct
import zipfile

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from damage.old_workbook import old_workbook
from xinzhi_core.errors import DataError, Where
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.workbook.biff import _raised_texts, raised_of_old
from xinzhi_panel.io.workbook.rich_text import raised_cells, text_of

CITIES = ("大同", "阳泉", "唐山")
HEAD = ["城市", "年份", "地区生产总值（亿元）", "人口（万人）"]
ROWS = [
    [city, year, 1022.6 + 37.5 * i + 11.25 * k, 331.5 + 20 * i + k]
    for i, city in enumerate(CITIES)
    for k, year in enumerate((2016, 2017, 2018))
]


def book_of(folder, marks, lines=None, head=HEAD):
    """Write the table; marks: (row, column) from 0 -> what is raised behind the cell."""
    path = folder / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        up, plain = book.add_format({"font_script": 1}), book.add_format()
        for number, line in enumerate([head, *(lines or ROWS)]):
            for column, cell in enumerate(line):
                if (number, column) in marks:
                    parts = [plain, str(cell), up, marks[number, column]]
                    sheet.write_rich_string(number, column, *parts)
                elif cell not in ("", None):
                    sheet.write(number, column, cell)
    return path


def read(path):
    return read_panel(path, entity="城市", period="年份")


def is_whole(result):
    frame = result.panel.frame
    return list(frame.columns) == ["地区生产总值", "人口"] and all(
        frame.loc[(city, year)].tolist() == values for city, year, *values in ROWS
    )


def warned(result):
    return {warning.code: str(warning.what) for warning in result.warnings}


def decided(result):
    return {decision.code: decision for decision in result.decisions}


@pytest.mark.parametrize("mark", ["2", "1", "12", "1,2", "1、2", "a", "*", "1)", "①", "注1"])
def test_a_raised_mark_is_no_digit_of_a_number(mark, tmp_path):
    """1022.6 with a raised 2 is 1022.6, not 1022.62."""
    result = read(book_of(tmp_path, {(1, 2): mark, (2, 2): mark, (9, 3): mark}))
    assert is_whole(result)
    decision = decided(result)["excel.raised"]
    assert decision.count == 3
    assert str(decision.what) == (
        "Superscript characters in cells are note marks or powers, and were not read as digits: "
        "C2, C3, D10."
    )
    assert decision.where.cell == "C2"


def test_a_whole_column_of_marks_shifts_no_value(tmp_path):
    """Each number has a mark; the warning counts them."""
    result = read(book_of(tmp_path, {(row, 2): "1" for row in range(1, 10)}))
    assert is_whole(result)
    assert "number.footnote" in warned(result)


@pytest.mark.parametrize("mark", ["1", "2", "1,2", "a", "*", "1)"])
def test_a_city_with_a_mark_is_the_same_city(mark, tmp_path):
    """大同¹ in one year is 大同 in the others."""
    result = read(book_of(tmp_path, {(2, 0): mark}))
    assert is_whole(result)
    assert result.panel.entities == tuple(sorted(CITIES))
    assert "excel.raised" in decided(result)


@pytest.mark.parametrize("mark", ["1", "2", "1,2", "*"])
@pytest.mark.parametrize("column", [0, 1, 2, 3])
def test_a_heading_with_a_mark_is_the_heading(mark, column, tmp_path):
    """Those of the keys, too, and behind a unit in brackets."""
    result = read(book_of(tmp_path, {(0, column): mark}))
    assert is_whole(result)
    assert result.panel.units == {"地区生产总值": "亿元", "人口": "万人"}


def test_a_mark_before_the_unit_is_taken_off(tmp_path):
    """地区生产总值¹（亿元）, said with the name as it stands."""
    head = ["城市", "年份", "", "人口（万人）"]
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        up = book.add_format({"font_script": 1})
        for number, line in enumerate([head, *ROWS]):
            sheet.write_row(number, 0, line)
        sheet.write_rich_string(0, 2, "地区生产总值", up, "1", "（亿元）")
    result = read(path)
    assert is_whole(result)
    decision = decided(result)["layout.heading_marks"]
    assert str(decision.what) == (
        "Note marks were taken off the names of columns: 地区生产总值¹（亿元）."
    )
    assert (decision.count, decision.where.row) == (1, 1)


@pytest.mark.parametrize(
    ("bare", "mark", "behind", "name", "unit"),
    [
        ("建成区面积（km", "2", "）", "建成区面积", "km²"),
        ("建成区面积（m", "2", "）", "建成区面积", "m²"),
        ("产量（10", "4", "吨）", "产量（10⁴吨）", None),
        ("ln(GDP)", "2", "", "ln(GDP)²", None),
    ],
)
def test_a_power_stays_in_a_heading(bare, mark, behind, name, unit, tmp_path):
    """km² is a unit, not km with a note."""
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        up = book.add_format({"font_script": 1})
        for number, line in enumerate([HEAD, *ROWS]):
            sheet.write_row(number, 0, line)
        parts = [bare, up, mark, *([behind] if behind else [])]
        sheet.write_rich_string(0, 2, *parts)
    result = read(path)
    assert list(result.panel.frame.columns) == [name, "人口"]
    assert result.panel.units.get(name) == unit
    assert result.panel.frame.iloc[:, 0].tolist() == sorted(
        (row[2] for row in ROWS), key=lambda v: next((r[0], r[1]) for r in ROWS if r[2] == v)
    )


def test_a_lowered_digit_is_part_of_a_name(tmp_path):
    """CO₂ is CO2."""
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        down = book.add_format({"font_script": 2})
        for number, line in enumerate([HEAD, *ROWS]):
            sheet.write_row(number, 0, line)
        sheet.write_rich_string(0, 2, "CO", down, "2", "排放量")
    result = read(path)
    assert list(result.panel.frame.columns) == ["CO2排放量", "人口"]
    assert "excel.raised" not in decided(result)


def test_marks_in_inline_texts_are_taken_off(tmp_path):
    """Some programs write the text of a cell into the cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line in [HEAD, *ROWS]:
        sheet.append(line)
    up = InlineFont(vertAlign="superscript")
    sheet["C2"] = CellRichText("1022.6", TextBlock(up, "2"))
    sheet["A4"] = CellRichText("大同", TextBlock(up, "1"))
    book.save(tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as archive:
        assert b't="s"' not in archive.read("xl/worksheets/sheet1.xml")
    assert is_whole(read(tmp_path / "t.xlsx"))


@pytest.mark.parametrize("mark", [1, 12, "1)", "①", "*", "a"])
def test_a_note_mark_in_a_cell_of_its_own_is_no_value(mark, tmp_path):
    """A cell that is superscript as a whole is empty, with a warning that shows it."""
    book = openpyxl.Workbook()
    for line in [HEAD, *ROWS]:
        book.active.append(line)
    book.active["D3"] = mark
    book.active["D3"].font = Font(vertAlign="superscript")
    book.save(tmp_path / "t.xlsx")
    result = read(tmp_path / "t.xlsx")
    assert result.panel.frame["人口"].isna().sum() == 1
    warning = next(w for w in result.warnings if w.code == "excel.raised_cell")
    assert str(warning.what) == (
        f"Cells that are superscript as a whole were taken for note marks and left empty: D3 ({mark})."
    )
    assert (warning.where.row, warning.where.cell) == (3, "D3")
    assert str(warning.remedy) == "take the superscript off cells that hold values."


def test_a_number_in_a_raised_cell_is_read_with_a_warning(tmp_path):
    """It is too long for the number of a note."""
    book = openpyxl.Workbook()
    for line in [HEAD, *ROWS]:
        book.active.append(line)
    book.active["D3"].font = Font(vertAlign="superscript")
    book.save(tmp_path / "t.xlsx")
    result = read(tmp_path / "t.xlsx")
    assert is_whole(result)
    assert warned(result)["excel.raised_cell"] == (
        "Numbers in cells that are superscript as a whole were read as numbers: D3 (332.5)."
    )


def test_a_workbook_without_raised_characters_is_not_parsed(tmp_path):
    """Nothing is found, and nothing is said."""
    path = book_of(tmp_path, {})
    assert raised_cells(path) == {}
    assert "excel.raised" not in decided(read(path))


def test_spoken_readings_of_characters_are_no_text(tmp_path):
    """What is written above characters to say how they sound is not in the cell."""
    path = book_of(tmp_path, {(2, 0): "1"})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/sharedStrings.xml"
    parts[name] = parts[name].replace(b"</r></si>", b'</r><rPh sb="0" eb="1"><t>x</t></rPh></si>')
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    assert is_whole(read(path))


def test_runs_are_put_together():
    """Numbers and powers stay raised, other raised words are taken off."""
    assert text_of([("GDP", False), (" 1 ", True)]) == "GDP¹"
    assert text_of([("x10", False), ("-3", True)]) == "x10⁻³"
    assert text_of([("x", False), ("n", True)]) == "xⁿ"
    assert text_of([("大同", False), ("见注", True)]) == "大同"


OPEN = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">
<office:automatic-styles><style:style style:name="T1" style:family="text">
<style:text-properties style:text-position="{position} 58%"/></style:style></office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table>
</office:spreadsheet></office:body></office:document-content>"""


@pytest.mark.parametrize(("position", "is_refused"), [("super", True), ("sub", False)])
def test_an_open_document_with_raised_characters_is_refused(position, is_refused, tmp_path):
    """The texts of the cells are shown, with what helps."""
    lines = [["城市", "年份", "产值"], *[row[:3] for row in ROWS]]
    rows = ""
    for number, line in enumerate(lines):
        cells = ""
        for cell in line:
            kind = "string" if isinstance(cell, str) else "float"
            value = "" if isinstance(cell, str) else f' office:value="{cell}"'
            mark = '<text:span text:style-name="T1">2</text:span>' if cell == "产值" else ""
            if (number, cell) == (2, "大同"):
                mark = '<text:span text:style-name="T1">1</text:span>'
            cells += (
                f'<table:table-cell office:value-type="{kind}"{value}>'
                f"<text:p>{cell}{mark}</text:p></table:table-cell>"
            )
        rows += f"<table:table-row>{cells}</table:table-row>"
    path = tmp_path / "t.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", OPEN.format(position=position, rows=rows))
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    if not is_refused:
        # What is lowered stays, as in CO2: here it makes another name, and nothing is lost.
        assert "产值2" in read(path).panel.frame
        return
    with pytest.raises(DataError) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert problem.code == "excel.raised"
    assert str(problem.what) == (
        "The workbook has superscript characters ('产值2', '大同1'), which cannot be told from digits in "
        "this format."
    )
    assert (
        str(problem.remedy) == "save the workbook as xlsx, or take the superscript characters off."
    )


def old_book(folder, lines, **marks):
    path = folder / "t.xls"
    rows = [[float(c) if isinstance(c, (int, float)) else c for c in line] for line in lines]
    path.write_bytes(old_workbook(rows, **marks))
    return path


@pytest.mark.long
def test_marks_in_an_old_workbook_are_taken_off(tmp_path):
    """On names of columns, names of cities and numbers; cells that are superscript as a whole are empty."""
    marks = {(0, 2): "1", (2, 0): "1", (3, 3): "2"}
    result = read(old_book(tmp_path, [HEAD, *ROWS], raised=marks))
    assert is_whole(result)
    assert str(decided(result)["excel.raised"].what).endswith(": C1, A3, D4.")
    lines = [HEAD, *[row[:] for row in ROWS]]
    lines[4][3] = 1
    result = read(old_book(tmp_path, lines, raised_style={(4, 3), (5, 2)}))
    found = {str(w.what) for w in result.warnings if w.code == "excel.raised_cell"}
    assert found == {
        "Cells that are superscript as a whole were taken for note marks and left empty: D5 (1).",
        "Numbers in cells that are superscript as a whole were read as numbers: C6 (1071.35).",
    }


@pytest.mark.long
def test_texts_of_an_old_workbook_that_go_on_in_another_record_are_found(tmp_path):
    """A record holds 8224 bytes; a text behind them keeps its number."""
    head = [*HEAD, "备注"]
    rows = [[*row, f"{n}" + "说明" * 400] for n, row in enumerate(ROWS)]
    result = read(old_book(tmp_path, [head, *rows], raised={(9, 0): "1", (0, 2): "2"}))
    assert result.panel.entities == tuple(sorted(CITIES))
    assert "地区生产总值" in result.panel.frame


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("cut", [9, 14, 15, 20])
def test_a_shared_text_may_be_cut_by_the_end_of_a_record(cut, wide):
    """Inside its characters the width stands anew; inside its runs nothing does."""
    body = "ab12".encode("utf-16-le") if wide else b"ab12"
    text = struct.pack("<HBH", 4, 8 | wide, 1) + body + struct.pack("<HH", 2, 5)
    whole = struct.pack("<II", 1, 1) + text
    start, end = 13, 13 + len(body)
    at = min(cut, len(whole) - 1)
    if start < at < end:
        at -= (at - start) % (1 + wide)
    again = bytes([int(wide)]) if start <= at < end and at > start else b""
    if at == start:
        again = bytes([int(wide)])
    records = [(0xFC, whole[:at]), (0x3C, again + whole[at:])]
    assert _raised_texts(records, [False, False, False, False, True]) == {0: "ab¹²"}


@pytest.mark.parametrize("cut", [1100, 1400])
def test_a_cut_old_workbook_has_no_raised_cells(cut, tmp_path):
    """Where the container ends before its fonts."""
    path = old_book(tmp_path, [HEAD, *ROWS], raised={(0, 2): "1"})
    assert raised_of_old(path.read_bytes()[:cut], Where(file="t.xls")) == {}


def test_an_old_workbook_that_ends_before_its_table_of_sectors_is_damaged(tmp_path):
    """The chains of sectors do not hold together."""
    path = old_book(tmp_path, [HEAD, *ROWS], raised={(0, 2): "1"})
    with pytest.raises(DataError) as caught:
        raised_of_old(path.read_bytes()[:700], Where(file="t.xls"))
    assert caught.value.code == "format.corrupt"
