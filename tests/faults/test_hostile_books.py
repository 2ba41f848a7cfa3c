"""Hostile workbooks: a message or the table, never a crash, never a hang, in bounded memory.

All are read by one process with little memory and a clock for each: by the function, by `xinzhi check`
and by the work of the page's upload. What is not answered, crashed or hung.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from hostile_books import BOOKS, ROWS, TABLE, book, sheet, text
from parts import quick_where
from xinzhi_core.errors import DataError, Where
from xinzhi_panel.io.raw import LIMITS
from xinzhi_panel.io.read import read_panel, read_series, read_table, sheets_of
from xinzhi_panel.io.workbook.archive import TooMuchHere, inspect

DRIVER = """
import json, resource, signal, sys
from dataclasses import replace
from pathlib import Path
from cli_runner import attempt
from hostile_books import BOOKS
from xinzhi_app.findings import examine
from xinzhi_core.errors import StudyError
from xinzhi_panel.io.read import read_panel

KEYS = {"entity": "城市", "period": "年份"}
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
for name in sys.argv[2:]:
    path = Path(sys.argv[1]) / "a.xlsx"
    path.write_bytes(BOOKS[name][0]())
    signal.alarm(240)
    try:
        said = read_panel(path, **KEYS).panel.frame["人口"].tolist()
    except StudyError as error:
        said = error.problems[0].code
    try:
        examine(path)
        taken = True
    except StudyError:
        taken = False
    done = attempt("check", path, "--entity", "城市", "--period", "年份", "--lang", "en")
    print(json.dumps([name, said, taken, done.code, (done.stdout + done.stderr)[-2000:]]), flush=True)
"""


BIG = {
    "an attribute of megabytes",
    "formats of megabytes",
    "a thousand sheets",
    "the longest text 30,000 times",
    "empty cells before another in each row",
    "merged ranges before the cells",
}
"""Books that take as long as the fifty others."""


@pytest.fixture(scope="module")
def answers(request, tmp_path_factory):
    """Name -> what was said of each book that a test of this run asks for."""
    asked = {
        item.callspec.params["name"]
        for item in request.session.items
        if item.path == request.path and "answers" in item.fixturenames
    }
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(tmp_path_factory.mktemp("hostile")), *sorted(asked)],
        cwd=Path(__file__).parents[1] / "support",
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (lines[-1:], done.stderr[-3000:])
    return {name: rest for name, *rest in lines}


@pytest.mark.parametrize("name", quick_where(lambda name: name not in BIG, BOOKS))
def test_a_hostile_workbook_is_refused_or_read(answers, name):
    """What, and a remedy; at the door of the page at once where the reader would refuse it."""
    said, is_taken, code, printed = answers[name]
    codes = BOOKS[name][1]
    assert "failed unexpectedly" not in printed
    if isinstance(said, list):
        assert codes & {"", "*"}
        assert said == [row[2] for row in ROWS]
        assert (is_taken, code) == (True, 0)
    else:
        assert said in codes or "*" in codes
        assert code == 1
        assert "remedy" in printed
        assert "a.xlsx" in printed
    if codes & {"format.corrupt", "limit.cells", "security.xml_entity", "security.zip_bomb"}:
        assert name == "an index of no text" or not is_taken


STYLES = {
    "as it is written": lambda xml: xml,
    "single quotes": lambda xml: xml.replace('"', "'"),
    "blanks": lambda xml: xml.replace('="', ' = "').replace("/>", " />"),
    "a prefix": lambda xml: (
        xml.replace("</", "</x:")
        .replace("<", "<x:")
        .replace("<x:/x:", "</x:")
        .replace("xmlns=", "xmlns:x=")
    ),
    "no addresses": lambda xml: re.sub(r' r="\w+"', "", xml),
    "a comment": lambda xml: xml.replace("<sheetData>", "<sheetData><!-- <c t='e' -->"),
}
MARKED = sheet(
    TABLE.replace('<row r="3">', '<row r="3" hidden="1">')
    + '<row r="6">'
    + text("A6", "大同")
    + '<c r="B6"><v>2010</v></c>{cell}</row>',
    before='<cols><col min="2" max="2" hidden="true"/></cols>',
)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="C6"><f>1+1</f></c>', "excel.formula_no_value"),
        ('<c r="C6"><f>1+1</f><v/></c>', "excel.formula_no_value"),
        ('<c r="C6"><f/><v></v></c>', "excel.formula_no_value"),
        ('<c r="C6" t="e"><v>#N/A</v></c>', "excel.error_cell"),
        ('<c r="C6" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "excel.error_cell"),
        ('<c r="C6"><f>1+1</f><v>2</v></c>', ""),
    ],
)
def test_marks_are_found_however_the_sheet_is_written(tmp_path, style, cell, code):
    """Hidden rows and columns, errors and formulas: quotes, blanks, prefixes, cells without address."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(book(STYLES[style](MARKED.replace("{cell}", cell))))
    if code:
        with pytest.raises(DataError) as caught:
            read_panel(path, entity="城市", period="年份")
        (problem,) = caught.value.problems
        assert (problem.code, problem.where.cell, problem.where.row) == (code, "C6", 6)
        return
    result = read_panel(path, entity="城市", period="年份")
    assert result.panel.frame["人口"].tolist() == [1.5, 2.5, 3.5, 4.5, 2.0]
    places = {w.code: (w.where.row, w.where.column) for w in result.warnings}
    assert places["excel.hidden_row"] == (3, None)
    assert places["excel.hidden_column"] == (None, "B")
    assert {d.code: d.count for d in result.decisions}["excel.formulas"] == 1


def test_what_is_read_here_is_a_copy_of_what_was_looked_at(tmp_path):
    """Other parts are left out, and a sheet that says it is shorter ends there."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(book(**{"xl/media/a.png": b"x", "docProps/app.xml": "<a>"}))
    copy = tmp_path / "b.xlsx"
    copy.write_bytes(inspect(path, Where()).copy)
    with zipfile.ZipFile(copy) as parts:
        assert {"xl/workbook.xml", "xl/worksheets/sheet1.xml"} <= set(parts.namelist())
        assert not {"xl/media/a.png", "docProps/app.xml"} & set(parts.namelist())


@pytest.mark.parametrize("name", ["here_bytes", "here_cells", "here_characters", "here_text"])
def test_a_large_workbook_is_left_to_a_child(tmp_path, name):
    """Bytes, cells, characters and the longest text: each alone."""
    path = tmp_path / "a.xlsx"
    shared = "<si><t>大同</t></si>"
    path.write_bytes(book(sheet(TABLE + '<row r="6"><c r="A6" t="s"><v>0</v></c></row>'), shared))
    with zipfile.ZipFile(path) as parts:
        unpacked = sum(member.file_size for member in parts.infolist())
    most = {"here_bytes": unpacked, "here_cells": 18, "here_characters": 16, "here_text": 2}[name]
    assert inspect(path, Where(), limits=replace(LIMITS, **{name: most})).marks
    with pytest.raises(TooMuchHere):
        inspect(path, Where(), limits=replace(LIMITS, **{name: most - 1}))
    guarded = replace(LIMITS, **{name: most - 1}, is_guarded=True)
    assert inspect(path, Where(), limits=guarded).marks


@pytest.mark.long
def test_a_child_reads_what_this_process_would_read(tmp_path):
    """A long note sends the workbook to a child: panel, series, cells and sheets come through the wall."""
    path, plain = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    note = f'<row r="7">{text("A7", "注：" + "数" * 5000)}</row>'
    path.write_bytes(book(sheet(TABLE + note)))
    plain.write_bytes(book(sheet(TABLE + note.replace("数" * 4900, ""))))
    keys = {"entity": "城市", "period": "年份"}
    assert read_panel(path, **keys).panel.frame.equals(read_panel(plain, **keys).panel.frame)
    series = [read_series(p, keys=["城市", "年份"]).frame for p in (path, plain)]
    assert series[0].equals(series[1])
    tables = [read_table(p) for p in (path, plain)]
    assert [list(row) for row in tables[0].rows[:5]] == [list(row) for row in tables[1].rows[:5]]
    for field in ("kind", "sheet", "first_column", "has_addresses", "percents"):
        assert getattr(tables[0], field) == getattr(tables[1], field)
    assert sheets_of(path) == sheets_of(plain) == ["数据"]
