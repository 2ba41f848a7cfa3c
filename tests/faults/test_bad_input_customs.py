"""Customs of yearbooks and exports that once came through unseen, or not at all."""

from __future__ import annotations

import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from made_files import HEADER, KEYS, ROWS, is_truth, lines_of, read_bytes, read_lines, text_of
from xinzhi_core.errors import DataError
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.recognise.cells import is_unit


def warned(result):
    return {warning.code for warning in result.warnings}


@pytest.mark.parametrize("key", ["", "单位", "没有单位"])
def test_a_row_of_units_is_recognised_whatever_it_says_at_the_keys(tmp_path, key):
    """Units below the names are taken as units and reported; no row of data is lost."""
    lines = [[*HEADER, "指数"], [key, "年", "人/平方公里", "万元", "上年=100"]]
    result = read_lines(tmp_path, [*lines, *([*row, "105.2"] for row in ROWS)])
    assert is_truth(result)
    assert dict(result.panel.units) == {"人口": "人/平方公里", "产值": "万元", "指数": "上年=100"}
    assert "units.row" in {decision.code for decision in result.decisions}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        *((unit, True) for unit in ("%", "万元", "年", "上年＝100", "1978年=100", "以2008年为100")),
        *(
            (unit, True)
            for unit in ("人/平方公里", "吨/万元", "微克/立方米", "台/万人", "元/人·年")
        ),
        *((name, False) for name in ("人口", "一产", "增速", "指数", "2008", "2008年", "唐山")),
    ],
)
def test_units_are_told_from_names_and_years(text, is_one):
    """What may be a name of a column or a year is no unit, so nothing is guessed."""
    assert is_unit(text) is is_one


def test_notes_that_go_on_below_a_note_are_notes(tmp_path):
    """Numbered lines below 注 belong to it; a lone name of the data does not."""
    notes = [["注：1.当年价格。", "", "", ""], ["2.2010年为快报数。", "", "", ""]]
    assert is_truth(read_lines(tmp_path, [HEADER, *ROWS, *notes]))
    with pytest.raises(DataError) as caught:
        read_lines(tmp_path, [HEADER, *ROWS, *notes, ["唐山", "", "", ""]])
    assert caught.value.problems[0].where.row == len(ROWS) + 4


def test_footnote_marks_do_not_cut_a_city_in_two(tmp_path):
    """唐山① in one year is 唐山, with a warning that names it."""
    each = lines_of(lambda row: [row[0] + ("①" if row[1] == "2009" else ""), *row[1:]])
    result = read_lines(tmp_path, each)
    assert is_truth(result)
    assert "names.footnote" in warned(result)


def test_codes_among_names_are_named(tmp_path):
    """130200 beside 唐山 would be an entity of its own, unseen."""
    each = lines_of(lambda row: ["130200" if row[:2] == ["唐山", "2009"] else row[0], *row[1:]])
    assert "panel.code_among_names" in warned(read_lines(tmp_path, each))


def test_years_across_and_down_at_once_are_named(tmp_path):
    """A column of periods and columns called by years: told, not guessed."""
    wide = [[*HEADER, "2008", "2009"], *([*row, "1", "2"] for row in ROWS)]
    assert "layout.years_beside_period" in warned(read_lines(tmp_path, wide))


@pytest.mark.parametrize("cell", ["'700.5", "٧٠٠"])
def test_numbers_that_were_read_as_text_are_named(tmp_path, cell):
    """A column of digits that the grammar does not take is text, with a warning."""
    result = read_lines(tmp_path, lines_of(lambda row: [*row[:3], cell]))
    assert result.panel.frame["产值"].dtype == object
    assert "type.text_of_digits" in warned(result)


@pytest.mark.parametrize("cell", ["甲", "2008-05-01", "A1-3"])
def test_words_and_dates_are_text_without_a_warning(tmp_path, cell):
    """The warning is for what people may have meant as numbers."""
    result = read_lines(tmp_path, lines_of(lambda row: [*row[:3], cell]))
    assert "type.text_of_digits" not in warned(result)


def test_quoted_cells_after_blanks_are_read(tmp_path):
    """`"城市", "年份"` is as good as without the blanks, commas inside quotation marks too."""
    text = "\n".join(", ".join(f'"{cell}"' for cell in row) for row in [HEADER, *ROWS])
    assert is_truth(read_bytes(tmp_path, text.encode()))


@pytest.mark.parametrize("cell", ["长" * 200_000, '"' + "x\n" * 90_000])
def test_a_cell_of_any_length_is_refused_not_crashed_upon(tmp_path, cell):
    """Longer than the csv module takes, quoted or not: an error with its row."""
    text = text_of() + f"唐山,2011,1,{cell}\n"
    with pytest.raises(DataError) as caught:
        read_bytes(tmp_path, text.encode())
    assert caught.value.problems[0].where.row is not None


def test_years_above_variables_in_two_rows_become_rows(tmp_path):
    """2008 over 人口 and 产值, 2009 over the same: the table of both years."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["城市", 2008, None, 2009, None])
    sheet.append([None, "人口", "产值", "人口", "产值"])
    sheet.append(["唐山", 1, 2, 3, 4])
    sheet.append(["大同", 5, 6, 7, 8])
    for cells in ("A1:A2", "B1:C1", "D1:E1"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "w.xlsx")
    frame = read_panel(tmp_path / "w.xlsx", **KEYS).panel.frame
    assert frame.loc[("唐山", 2009)].to_dict() == {"人口": 3.0, "产值": 4.0}
    assert frame.loc[("大同", 2008)].to_dict() == {"人口": 5.0, "产值": 6.0}


def test_a_parquet_file_with_one_name_twice_says_so(tmp_path):
    """The file is not damaged; two columns have one name."""
    columns = [pa.array(["唐山"]), pa.array([2008]), pa.array([1.0]), pa.array([2.0])]
    pq.write_table(
        pa.table(columns, names=["城市", "年份", "人口", "人口"]), tmp_path / "t.parquet"
    )
    with pytest.raises(DataError) as caught:
        read_panel(tmp_path / "t.parquet", **KEYS)
    assert caught.value.code == "layout.duplicate_column"


def test_thousands_of_constant_columns_are_counted_not_listed(tmp_path):
    """Twenty are named, the rest is one line."""
    names = [f"v{i}" for i in range(500)]
    result = read_lines(tmp_path, [[*HEADER, *names], *([*row, *["1"] * 500] for row in ROWS)])
    constant = [w for w in result.warnings if w.code == "panel.constant"]
    assert len(constant) == 21
    assert "480" in str(constant[-1].what)


OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"


def open_document(folder, second="", last=""):
    """Write an OpenDocument sheet by its specification: column C hidden."""

    def text(word, more=""):
        return f'<table:table-cell office:value-type="string" {more}><text:p>{word}</text:p></table:table-cell>'

    def number(value, more=""):
        return f'<table:table-cell office:value-type="float" office:value="{value}" {more}/>'

    twice = number(7, 'table:number-columns-repeated="2"')
    rows = [
        f"<table:table-row>{''.join(map(text, HEADER))}</table:table-row>",
        f"<table:table-row {second}>{text('唐山')}{number(2008)}{twice}</table:table-row>",
        f"<table:table-row>{text('大同')}{number(2008)}{number(7)}{number(8, last)}</table:table-row>",
    ]
    spaces = " ".join(f'xmlns:{n}="{OFFICE}:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} xmlns:calcext="c">'
        '<office:body><office:spreadsheet><table:table table:name="数据&amp;1">'
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/><table:table-column/>'
        f"{''.join(rows)}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{OFFICE}:manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{SPREADSHEET}"/></manifest:manifest>'
    )
    path = folder / "b.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", SPREADSHEET)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def test_hidden_rows_columns_and_formulas_of_open_document_sheets_are_named(tmp_path):
    """What xlsx files are told of is told of ods files too; repeated cells are all there."""
    path = open_document(tmp_path, 'table:visibility="filter"', 'table:formula="of:=[.C3]+1"')
    result = read_panel(path, **KEYS)
    assert result.panel.frame.loc[("唐山", 2008)].tolist() == [7.0, 7.0]
    told = {warning.code: warning.where for warning in result.warnings}
    assert told["excel.hidden_row"].row == 2
    assert told["excel.hidden_column"].column == "C"
    assert "excel.formulas" in {decision.code for decision in result.decisions}


def test_an_error_in_an_open_document_sheet_is_refused_with_its_cell(tmp_path):
    """An error would be read as an empty cell."""
    path = open_document(tmp_path, last='calcext:value-type="error"')
    with pytest.raises(DataError) as caught:
        read_panel(path, **KEYS)
    assert [problem.where.cell for problem in caught.value.problems] == ["D3"]


def test_a_binary_workbook_is_refused_with_the_way_out(tmp_path):
    """Its errors and hidden rows cannot be seen, so its numbers are not taken."""
    path = tmp_path / "b.xlsb"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", b"\0")
    with pytest.raises(DataError) as caught:
        read_panel(path, **KEYS)
    assert caught.value.code == "format.unsupported"
    assert "xlsx" in str(caught.value.problems[0].remedy)
