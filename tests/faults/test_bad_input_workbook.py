"""Odd and hostile workbooks: each is read as it is meant, or refused with place and remedy."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from datetime import datetime

import openpyxl
import pytest
from openpyxl.comments import Comment

from made_files import HEADER, KEYS, ROWS, is_truth, read_bytes, replaced, text_of, workbook
from xinzhi_core.errors import DataError, NotNumeric, SpecError, Where
from xinzhi_panel.io.raw import Limits
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.workbook.archive import refuse_bomb
from xinzhi_panel.io.workbook.biff import inspect_old

SHEET = "xl/worksheets/sheet1.xml"


def nothing(book):
    """Leave the workbook as it is."""


def dated(book):
    for row in book["数据"].iter_rows(min_row=2, min_col=2, max_col=2):
        row[0].value = datetime(int(row[0].value), 1, 1)  # noqa: DTZ001  spreadsheets know no zones


def commented(book):
    book["数据"]["C2"].comment = Comment("核实", "me")


def with_notes_sheet(book):
    book.create_sheet("说明", 0)["A1"] = "见数据表"


def with_hidden_twin(book):
    twin = book.copy_worksheet(book["数据"])
    twin.title, twin.sheet_state = "旧", "hidden"


def with_chart_sheet(book):
    book.create_chartsheet("图")


def moved(book):
    book["数据"].move_range("A1:D7", rows=3, cols=2)


def merged_keys(book):
    sheet = book["数据"]
    for first, last in ((2, 4), (5, 7)):
        sheet.merge_cells(start_row=first, end_row=last, start_column=1, end_column=1)


def titled(book):
    sheet = book["数据"]
    sheet.insert_rows(1, 2)
    sheet["A1"] = "表1 面板"
    sheet.merge_cells("A1:D1")


def years_as_text(book):
    for row in book["数据"].iter_rows(min_row=2, min_col=2, max_col=2):
        row[0].value = f"{row[0].value}年"


def stray_far_cell(book):
    book["数据"]["AZ3000"] = " "


@pytest.mark.parametrize(
    "build",
    [
        nothing,
        dated,
        commented,
        with_notes_sheet,
        with_hidden_twin,
        with_chart_sheet,
        moved,
        merged_keys,
        titled,
        years_as_text,
        stray_far_cell,
    ],
)
def test_a_harmless_variant_of_the_workbook_is_the_table(build, tmp_path):
    """Titles, merges, notes, dates and stray cells change no number."""
    assert is_truth(read_panel(workbook(tmp_path, build), **KEYS))


def test_the_content_decides_not_the_name(tmp_path):
    """A workbook called .csv and a text called .xlsx are read by what they are."""
    book = workbook(tmp_path, nothing, name="b.xlsx").read_bytes()
    assert is_truth(read_bytes(tmp_path, book, name="data.csv"))
    assert is_truth(read_bytes(tmp_path, text_of().encode(), name="data.xlsx"))


def test_variables_over_years_in_merged_cells_become_rows(tmp_path):
    """The usual yearbook layout: variables merged over their years."""

    def build(book):
        sheet = book["数据"]
        sheet.delete_rows(1, 10)
        sheet.append(["城市", "人口", None, None, "产值", None, None])
        sheet.append([None, 2008, 2009, 2010, 2008, 2009, 2010])
        for name in ("唐山", "大同"):
            mine = [row for row in ROWS if row[0] == name]
            sheet.append([name, *[float(r[2]) for r in mine], *[float(r[3]) for r in mine]])
        for cells in ("A1:A2", "B1:D1", "E1:G1"):
            sheet.merge_cells(cells)

    assert is_truth(read_panel(workbook(tmp_path, build), **KEYS))


def test_a_formula_that_was_never_computed_is_refused(tmp_path):
    """A formula without a stored value is no empty cell: the cell is named."""

    def build(book):
        book["数据"]["D4"] = "=1+1"

    with pytest.raises(DataError) as caught:
        read_panel(workbook(tmp_path, build), **KEYS)
    problem = caught.value.problems[0]
    assert (problem.code, problem.where.cell, problem.where.sheet) == (
        "excel.formula_no_value",
        "D4",
        "数据",
    )


def test_a_date_among_numbers_is_refused(tmp_path):
    """Spreadsheet programs turn 3-5 into a date: such a cell is named."""

    def build(book):
        book["数据"]["D4"] = datetime(2010, 3, 5)  # noqa: DTZ001

    with pytest.raises(NotNumeric) as caught:
        read_panel(workbook(tmp_path, build), **KEYS)
    assert caught.value.problems[0].where.row == 4


def test_a_truth_value_among_numbers_is_refused_and_a_column_of_them_is_read(tmp_path):
    """TRUE is 1 only where the whole column is true or false."""

    def one(book):
        book["数据"]["D4"] = True

    def all_of_them(book):
        for row in range(2, 8):
            book["数据"][f"E{row}"] = row % 2 == 0
        book["数据"]["E1"] = "煤炭"

    with pytest.raises(NotNumeric):
        read_panel(workbook(tmp_path, one), **KEYS)
    panel = read_panel(workbook(tmp_path, all_of_them), **KEYS).panel
    assert sorted(panel.frame["煤炭"]) == [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]


def test_hidden_rows_and_columns_are_read_and_named(tmp_path):
    """What the eye does not see is computed with: it is said."""

    def build(book):
        book["数据"].row_dimensions[3].hidden = True
        book["数据"].column_dimensions["C"].hidden = True

    result = read_panel(workbook(tmp_path, build), **KEYS)
    places = {w.code: w.where for w in result.warnings}
    assert is_truth(result)
    assert places["excel.hidden_row"].row == 3
    assert places["excel.hidden_column"].column == "C"


def test_two_sheets_that_fit_must_be_told_apart(tmp_path):
    """Which of two tables is meant is not guessed; a wrong name gets the nearest one."""

    def build(book):
        book.copy_worksheet(book["数据"]).title = "数据2"

    path = workbook(tmp_path, build)
    with pytest.raises(DataError) as several:
        read_panel(path, **KEYS)
    with pytest.raises(SpecError) as unknown:
        read_panel(path, **KEYS, sheet="数据3")
    assert several.value.code == "excel.sheet_ambiguous"
    assert "数据2" in str(unknown.value)
    assert is_truth(read_panel(path, **KEYS, sheet="数据2"))


def test_no_sheet_fits(tmp_path):
    """Where no sheet has the key, the sheets are listed."""

    def build(book):
        book["数据"]["A1"] = "地区"
        book.create_sheet("别的")["A1"] = "x"

    with pytest.raises(DataError) as caught:
        read_panel(workbook(tmp_path, build), **KEYS)
    assert "数据" in str(caught.value)


def zipped(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def test_a_zip_bomb_is_refused_from_its_directory(tmp_path):
    """Nothing is unpacked: the directory says enough."""
    bomb = zipped({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": bytes(200_000_000)})
    with pytest.raises(DataError) as caught:
        read_bytes(tmp_path, bomb, name="b.xlsx")
    assert caught.value.code == "security.zip_bomb"


@pytest.mark.long
def test_a_zip_bomb_is_refused_before_anything_is_loaded(tmp_path):
    """`check` needs the directory of the file alone; what is damaged is left to the reader."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    words = ["check", str(path), "--entity", "a", "--lang", "en"]
    code = f"import sys; from xinzhi.cli.main import main; sys.argv[1:] = {words!r}\n"
    code += "try: main()\nfinally: print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "would unpack to 300000000 bytes" in done.stdout + done.stderr
    assert done.stdout.strip().endswith("False")
    path.write_bytes(path.read_bytes()[:-30])
    assert refuse_bomb(path) is None


def test_entities_are_refused_in_any_part_and_any_encoding(tmp_path):
    """A document type is no part of a workbook, in UTF-8 or UTF-16."""
    evil = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><workbook/>'
    for data in (evil.encode(), evil.encode("utf-16")):
        path = replaced(workbook(tmp_path, nothing), "xl/workbook.xml", lambda _, d=data: d)
        with pytest.raises(DataError) as caught:
            read_panel(path, **KEYS)
        assert caught.value.code == "security.xml_entity"


def test_a_cell_at_the_far_corner_is_refused(tmp_path):
    """A rectangle of seventeen thousand million cells is not laid out in memory."""
    row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = replaced(
        workbook(tmp_path, nothing), SHEET, lambda data: data.replace(b"</sheetData>", row)
    )
    with pytest.raises(DataError) as caught:
        read_panel(path, **KEYS)
    assert caught.value.code == "limit.cells"
    assert "XFD1048576" in str(caught.value)


@pytest.mark.long
def test_other_archives_and_documents_are_refused(tmp_path):
    """A text document, a plain archive, an encrypted workbook: each says what it is."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    for data, code in (
        (zipped({"word/document.xml": b"<a/>"}), "format.unsupported"),
        (zipped({"a.csv": b"a,b"}), "format.unsupported"),
        (ole + "EncryptedPackage".encode("utf-16-le"), "format.encrypted"),
        (ole + "WordDocument".encode("utf-16-le"), "format.unsupported"),
        (ole, "format.corrupt"),
        (
            zipped({"xl/workbook.xml": b"<not", "xl/_rels/workbook.xml.rels": b"x"}),
            "format.corrupt",
        ),
    ):
        with pytest.raises(DataError) as caught:
            read_bytes(tmp_path, data, name="b.xlsx")
        assert caught.value.code == code


@pytest.mark.parametrize("cut", [100, 2000, -100, -30])
def test_a_cut_workbook_is_damaged(cut, tmp_path):
    """Wherever it is cut, it is refused as damaged."""
    data = workbook(tmp_path, nothing).read_bytes()[:cut]
    with pytest.raises(DataError) as caught:
        read_bytes(tmp_path, data, name="b.xlsx")
    assert caught.value.code == "format.corrupt"


def ole_with(stream, name="Workbook"):
    """Build an old Office container with one stream, by its specification."""
    body = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    n = len(body) // 512
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIII", header, 44, 1, 1, 0, 4096, 0xFFFFFFFE)
    struct.pack_into("<III", header, 64, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    chain = [*range(3, n + 2), 0xFFFFFFFE]
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *chain, *[0xFFFFFFFF] * (126 - n))

    def entry(label, kind, start, size):
        data = bytearray(128)
        text = label.encode("utf-16-le") + b"\0\0"
        data[: len(text)] = text
        struct.pack_into("<HBB", data, 64, len(text), kind, 1)
        struct.pack_into("<III", data, 68, 0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF)
        struct.pack_into("<II", data, 116, start, size)
        return bytes(data)

    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0) + entry(name, 2, 2, len(body))
    return bytes(header) + table + directory.ljust(512, b"\0") + body


def record(kind, body=b""):
    return struct.pack("<HH", kind, len(body)) + body


def old_workbook():
    """Build a sheet with an error value, a formula that failed, a hidden row and a hidden column."""
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    sheet = b"".join(
        [
            record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)),
            record(0x007D, struct.pack("<HHHHHH", 2, 2, 2560, 0, 1, 0)),
            record(0x0208, struct.pack("<HHHHHHI", 3, 0, 4, 255, 0, 0, 0x20)),
            record(0x0203, struct.pack("<HHHd", 1, 0, 0, 2008.0)),
            record(0x0205, struct.pack("<HHHBB", 2, 3, 0, 0x07, 1)),
            record(0x0006, struct.pack("<HHHBBBBHHHI", 3, 3, 0, 2, 0, 0x2A, 0, 0, 0xFFFF, 0, 0)),
            record(0x000A),
        ]
    )
    name = "数据".encode("utf-16-le")
    bound = struct.pack("<IHBB", 0, 0, 2, 1) + name
    offset = len(start) + len(record(0x0085, bound)) + len(record(0x000A))
    bound = struct.pack("<IHBB", offset, 0, 2, 1) + name
    return ole_with(start + record(0x0085, bound) + record(0x000A) + sheet)


def test_errors_and_hidden_things_of_old_workbooks_are_found():
    """In an xls file too, errors are no empty cells, and hidden rows are named."""
    marks = inspect_old(old_workbook(), Where(file="a.xls"))["数据"]
    assert marks.error_cells == {"D3": "#DIV/0!", "D4": "#N/A"}
    assert (marks.hidden_rows, marks.hidden_columns, marks.formulas) == ([4], [3], 1)


@pytest.mark.parametrize("cut", [100, 600, 1100, 1600])
def test_a_cut_old_workbook_is_damaged(cut):
    """Wherever the container is cut, it is damaged or holds nothing; no chain runs for ever."""
    assert cut_marks(old_workbook()[:cut]) == {}


def cut_marks(data):
    """Give the error cells that are found; a damaged file has none."""
    try:
        marks = inspect_old(data, Where(file="a.xls"))
    except DataError:
        return {}
    return {name: sheet for name, sheet in marks.items() if sheet.error_cells}


def test_limits_hold_for_files_and_rows(tmp_path):
    """Limits are values that a caller can lower."""
    path = tmp_path / "a.csv"
    path.write_text(text_of(), encoding="utf-8")
    for limits, code in ((Limits(file_bytes=20), "limit.bytes"), (Limits(rows=3), "limit.rows")):
        with pytest.raises(DataError) as caught:
            read_panel(path, **KEYS, limits=limits)
        assert caught.value.code == code


def test_an_error_cell_outside_any_use_is_named_too(tmp_path):
    """#N/A in the last row is named by its address."""
    path = replaced(
        workbook(tmp_path, nothing),
        SHEET,
        lambda data: data.replace(
            b'<c r="D7" t="n"><v>694.25</v></c>', b'<c r="D7" t="e"><v>#N/A</v></c>'
        ),
    )
    with pytest.raises(DataError) as caught:
        read_panel(path, **KEYS)
    assert (caught.value.code, caught.value.problems[0].where.cell) == ("excel.error_cell", "D7")


def test_the_header_row_can_be_stated(tmp_path):
    """Where two rows could be the header, the stated one is."""

    def build(book):
        book["数据"].insert_rows(1)
        for column, name in enumerate(HEADER, start=1):
            book["数据"].cell(1, column, name)

    from xinzhi_panel.io.raw import ReadOptions

    result = read_panel(workbook(tmp_path, build), **KEYS, reading=ReadOptions(header=2))
    assert is_truth(result)
    assert openpyxl.__version__
