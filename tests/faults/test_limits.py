"""Each limit at the limit and one above it: what is just allowed is read, and one more is refused."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from importlib import import_module

import openpyxl
import pandas as pd
import pytest

from xinzhi.study.file.located import MAX_BYTES, MAX_DEPTH, MAX_DIGITS, read_yaml
from xinzhi_core.errors import StudyError, Where
from xinzhi_core.formula import parse as parser
from xinzhi_core.formula import tree
from xinzhi_core.formula.parse import parse
from xinzhi_panel.io import guard
from xinzhi_panel.io.csv_text import RISKY, csv_text
from xinzhi_panel.io.guard import ReadingLimits
from xinzhi_panel.io.raw import LIMITS, refuse_too_many, sniff
from xinzhi_panel.io.read import read_table
from xinzhi_panel.io.text.encoding import _refuse_long_line
from xinzhi_panel.io.workbook.archive import refuse_bomb
from xinzhi_panel.io.workbook.scan import SheetMarks, refuse_far

HERE = Where(file="a")


def code_of(work) -> str:
    """Give the code of a refusal; nothing where there is none."""
    try:
        work()
    except StudyError as error:
        return error.problems[0].code
    return ""


@pytest.mark.parametrize(("more", "code"), [(0, ""), (1, "limit.bytes")])
def test_a_file_has_a_most_of_bytes(tmp_path, more, code):
    """Its size is looked at before anything is read."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"city,x\n" + b"A,1\n" * 10)
    limits = replace(LIMITS, file_bytes=path.stat().st_size - more)
    assert code_of(lambda: sniff(path, limits=limits)) == code


@pytest.mark.parametrize("start", [b"", b"short\n", b"short\r"])
@pytest.mark.parametrize("end", [b"\n", b"\r", b""])
@pytest.mark.parametrize(("n", "code"), [(99, ""), (101, "limit.line")])
def test_a_line_has_a_most_of_bytes(start, end, n, code):
    """Counted without or with its end, wherever the line stands."""
    limits = replace(LIMITS, line_bytes=100)
    data = start + b"x" * n + end + b"more\n" * 30
    if not end:
        data = start + b"x" * n
    assert code_of(lambda: _refuse_long_line(data, HERE, limits)) == code


def packed(path, sizes, *, method=zipfile.ZIP_DEFLATED) -> tuple[int, int]:
    """Pack zeros; give the bytes packed and unpacked."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for i, size in enumerate(sizes):
            archive.writestr(f"part{i}", b"\0" * size)
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    return sum(m.compress_size for m in members), sum(m.file_size for m in members)


BOMB = "security.zip_bomb"


def test_a_packed_file_has_limits_of_its_own(tmp_path):
    """Members, bytes unpacked, and how many times its size; small files may be packed well."""
    path = tmp_path / "a.zip"
    small, large = packed(path, [50_000] * 4)
    ratio = large / small

    def refused(**limits) -> str:
        return code_of(lambda: refuse_bomb(path, limits=replace(LIMITS, **limits)))

    assert ratio > 100
    assert refused() == ""
    assert (refused(members=4), refused(members=3)) == ("", BOMB)
    assert (refused(unpacked_bytes=large), refused(unpacked_bytes=large - 1)) == ("", BOMB)
    just = {"ratio_from": large - 1}
    assert (refused(**just, ratio=ratio), refused(**just, ratio=ratio * 0.999)) == ("", BOMB)
    assert refused(ratio_from=large, ratio=1.0) == ""
    assert code_of(lambda: refuse_bomb(path, limits=replace(LIMITS, ratio_from=large - 1))) == BOMB
    (tmp_path / "b.zip").write_bytes(b"no archive")
    assert code_of(lambda: refuse_bomb(tmp_path / "b.zip")) == ""


def test_a_sheet_reaches_so_far_and_no_farther():
    """Rows times columns of the rectangle that holds all cells."""
    limits = replace(LIMITS, cells=60)
    cases = [(10, 6, ""), (10, 7, "limit.cells"), (61, 1, "limit.cells"), (60, 1, "")]
    for rows, columns, code in cases:
        marks = SheetMarks(last_row=rows, last_column=columns)
        assert code_of(lambda m=marks: refuse_far(m, HERE, limits)) == code


def test_a_far_cell_of_a_workbook_is_refused_before_it_is_read(tmp_path):
    """The limits are asked where a workbook is opened, in the same words."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"], book.active["XFD1048576"] = "city", "x", 1
    book.save(tmp_path / "a.xlsx")
    assert code_of(lambda: read_table(tmp_path / "a.xlsx")) == "limit.cells"


def test_a_table_has_a_most_of_rows_and_of_cells():
    """Either alone refuses it."""
    limits = replace(LIMITS, rows=10, cells=40)
    cases = [(10, 1, ""), (11, 1, "limit.rows"), (10, 4, ""), (10, 5, "limit.rows"), (8, 5, "")]
    for rows, columns, code in cases:
        work = lambda r=rows, c=columns: refuse_too_many(r, HERE, limits, columns=c)  # noqa: E731
        assert code_of(work) == code


@pytest.mark.parametrize(("more", "code"), [(0, ""), (1, "study.size")])
def test_a_study_file_has_a_most_of_bytes(more, code):
    """Counted in bytes, not in letters."""
    head, letter = "a: ", "中"
    n = (MAX_BYTES - len(head)) // len(letter.encode())
    text = head + letter * n
    text += "b" * (MAX_BYTES - len(text.encode()) + more)
    assert len(text) < MAX_BYTES // 2
    assert code_of(lambda: read_yaml(text, "study.yaml")) == code


@pytest.mark.parametrize(("depth", "code"), [(MAX_DEPTH, ""), (MAX_DEPTH + 1, "study.depth")])
@pytest.mark.parametrize(("open_", "close"), [("[", "]"), ("{a: ", "}")])
def test_a_study_file_has_a_deepest_level(depth, code, open_, close):
    """Lists and mappings alike."""
    text = open_ * depth + "1" + close * depth
    assert code_of(lambda: read_yaml(text, "study.yaml")) == code


@pytest.mark.parametrize(("n", "is_refused"), [(MAX_DIGITS, False), (MAX_DIGITS + 1, True)])
@pytest.mark.parametrize("form", ["{}", "-{}", "{}.5", ".{}"])
def test_a_number_has_a_most_of_digits(n, is_refused, form):
    """Whole ones and others; the same signs as a text are a text."""
    number = form.format("9" * (n - len(form) + 2))
    assert len(number) == n
    assert bool(code_of(lambda: read_yaml(f"a: {number}", "study.yaml"))) == is_refused
    assert code_of(lambda: read_yaml(f"a: '{number}'", "study.yaml")) == ""


@pytest.mark.parametrize(("n", "is_refused"), [(0, False), (1, True)])
def test_a_formula_has_a_longest_and_a_deepest(n, is_refused):
    """Characters, brackets, signs, powers, and how far a lag reaches."""
    long = "x+" * (tree.LONGEST // 2)
    formulas = [
        long[: tree.LONGEST - 1 + n] if n == 0 else long + "x",
        "(" * (parser.DEEPEST + n) + "x" + ")" * (parser.DEEPEST + n),
        "-" * (parser.DEEPEST + n) + "x",
        "not " * (parser.DEEPEST + n) + "x",
        "^".join("x" * (parser.DEEPEST + 1 + n)),
        f"lag(x, {parser.FARTHEST + n})",
    ]
    for formula in formulas:
        assert bool(code_of(lambda f=formula: parse(f, where=HERE))) == is_refused, formula[:50]


def test_the_limits_of_formulas_and_of_the_guard_are_those_that_are_documented():
    """A limit that is ten times as large is none."""
    assert (tree.LONGEST, parser.DEEPEST, parser.FARTHEST) == (2000, 40, 99)
    assert (MAX_BYTES, MAX_DEPTH, MAX_DIGITS) == (1_000_000, 20, 100)
    assert ReadingLimits() == ReadingLimits(seconds=120, megabytes=4096)


def test_a_child_that_reads_is_limited_before_it_reads(monkeypatch, tmp_path):
    """Memory, time of the processor and twice that of the clock, set to what the parent says, in bytes and seconds."""
    resource = import_module("resource")
    calls: list[object] = []
    usual = resource.RLIM_INFINITY
    monkeypatch.setattr(resource, "getrlimit", lambda _: (usual, usual))
    monkeypatch.setattr(resource, "setrlimit", lambda name, both: calls.append((name, both[0])))
    # Here the alarm would end the process of the tests.
    monkeypatch.setattr(guard, "_end_in_time", lambda seconds: calls.append(("clock", seconds)))

    def task(_, **__):
        calls.append("read")
        raise SystemExit

    monkeypatch.setattr(guard, "TASKS", {"panel": task})
    request = (
        '{"task": "panel", "path": "x", "reading": {}, "guard": {"seconds": 7, "megabytes": 3}}'
    )
    monkeypatch.setattr("sys.stdin", io.StringIO(request))
    with pytest.raises(SystemExit):
        guard._child(tmp_path)

    limits = {(resource.RLIMIT_AS, 3 * 1024 * 1024), (resource.RLIMIT_CPU, 7)}
    assert set(calls[:-1]) == {*limits, ("clock", 14)}
    assert calls[-1] == "read"


def test_a_limit_of_the_system_is_never_raised(monkeypatch):
    """Where the system allows less, less it stays."""
    resource = import_module("resource")
    calls = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (50, 50))
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: calls.append(both[0]))
    guard._limit("RLIMIT_AS", 100)
    guard._limit("RLIMIT_AS", 20)
    assert calls == [50, 20]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_every_sign_that_begins_a_formula_is_defused(sign):
    """In names of columns, keys and cells; elsewhere in a text it stays as it is."""
    assert sign in RISKY
    index = pd.Index([f"{sign}a"], name=f"{sign}key")
    frame = pd.DataFrame({f"{sign}x": [f"{sign}1"], "b": [f"b{sign}1"]}, index=index)
    rows = list(csv.reader(io.StringIO(csv_text(frame), newline="")))
    assert rows == [[f"'{sign}key", f"'{sign}x", "b"], [f"'{sign}a", f"'{sign}1", f"b{sign}1"]]
