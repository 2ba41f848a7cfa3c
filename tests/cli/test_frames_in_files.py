"""A table of results as csv, as a workbook and for Stata holds the same; what a file cannot hold is said."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pandas as pd
import pytest
import python_calamine

from cli_runner import attempt, call
from xinzhi.report.formats import frame_file
from xinzhi.report.formats.frame_file import FrameFile, stata_names
from xinzhi_core.errors import SpecError

CITIES = ("大同市", "唐山市", "包头市", "阜新市", "淮南市", "七台河市")
DRAW = np.random.default_rng(5)
ROWS = [
    (city, year, *DRAW.uniform(1, 9, 3).round(2).tolist())
    for city in CITIES
    for year in (2019, 2020, 2021)
]
HEADINGS = ("城市", "年份", "劳动", "产出", "人才 (万人)")
RECORDS = "编号,经营范围,真值\nF1,=1+1 工业机器人研发,1\nF2,餐饮服务,0\n"
COMMANDS = {
    "efficiency": ("--entity", "城市", "--period", "年份", "--inputs", "劳动", "--good", "产出", "--measure", "radial", "--with-data"),
    "regress": ("--entity", "城市", "--period", "年份", "--outcome", "产出", "--regressors", "劳动"),
    "check": ("--entity", "城市", "--period", "年份"),
    "evaluate-terms": ("--truth", "真值", "--text", "经营范围"),
}  # fmt: skip


@pytest.fixture
def data(tmp_path):
    """Write a panel, and records one of which looks like a formula."""
    with (tmp_path / "data.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADINGS, *ROWS])
    (tmp_path / "records.csv").write_text(RECORDS, encoding="utf-8")
    return tmp_path


def written(data, command, ending, language="zh"):
    """Run a command into a file."""
    source = data / ("records.csv" if command == "evaluate-terms" else "data.csv")
    target = data / f"out.{ending}"
    done = attempt(command, source, *COMMANDS[command], "--output", target, "--lang", language)
    assert done.code == 0, done.stderr
    return target, done


def as_csv(path):
    """Read csv as Excel does, which wants the mark."""
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(raw.decode("utf-8-sig").splitlines()))


def same(cell, text):
    """Whether a cell of a file is what stands in csv, where an apostrophe guards a formula.

    A workbook keeps 16 digits of a number, Stata all of them; Stata has 1 for true.
    """
    if text in {"true", "false"}:
        return bool(cell) == (text == "true")
    if isinstance(cell, (int, float)):
        return text != "" and cell == pytest.approx(float(text), rel=1e-15)
    return str(cell) == text.removeprefix("'")


@pytest.mark.parametrize("command", COMMANDS)
def test_csv_workbook_and_stata_hold_the_same(data, command):
    """Every cell, with all digits; numbers are numbers in a workbook, and text that looks like a formula is text."""
    heading, *rows = as_csv(written(data, command, "csv")[0])

    book = python_calamine.load_workbook(written(data, command, "xlsx")[0])
    assert book.sheet_names == ["结果", "说明"]
    first, *others = book.get_sheet_by_name("结果").to_python()
    assert first == [name.removeprefix("'") for name in heading]
    assert len(others) == len(rows)
    for row, texts in zip(others, rows, strict=True):
        assert all(same(cell, text) for cell, text in zip(row, texts, strict=True)), (row, texts)
    assert book.get_sheet_by_name("说明").to_python()[0][0]

    path, done = written(data, command, "dta")
    frame = pd.read_stata(path)
    assert [*frame] == stata_names(name.removeprefix("'") for name in heading)
    with pd.io.stata.StataReader(path) as stata:
        assert list(stata.variable_labels().values()) == [
            name.removeprefix("'") for name in heading
        ]
    for (_, row), texts in zip(frame.iterrows(), rows, strict=True):
        for cell, text in zip(row, texts, strict=True):
            missing = isinstance(cell, float) and math.isnan(cell)
            assert (missing and text == "") or same(
                cell.item() if isinstance(cell, np.generic) else cell, text
            )
    is_renamed = [*frame] != [name.removeprefix("'") for name in heading]
    assert ("Stata 不接受这些变量名" in done.stderr) == is_renamed


@pytest.mark.one_in(4)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("ending", ["csv", "xlsx", "dta"])
def test_the_same_table_gives_the_same_bytes(data, command, ending):
    """No clock stands in a file."""
    first = written(data, command, ending)[0].read_bytes()
    (data / f"out.{ending}").unlink()
    assert written(data, command, ending)[0].read_bytes() == first


def test_notes_stand_in_the_workbook(data):
    """What a command says beside its table stands on the second sheet, in its language."""
    path, done = written(data, "efficiency", "xlsx", "en")
    notes = [
        row[0] for row in python_calamine.load_workbook(path).get_sheet_by_name("Notes").to_python()
    ]
    assert notes[0].startswith("Measurement: ")
    warned = [line[2:] for line in done.stderr.splitlines() if line.startswith("! ")]
    assert all(any(line.startswith(note[:60]) for line in warned) for note in notes[1:])
    assert len(notes) == 1 + len(warned)


def test_a_pipe_takes_a_workbook_and_csv_without_the_mark(data):
    """`--format` names what goes through `-`; a program at the other end wants no mark."""
    done = call("check", data / "data.csv", *COMMANDS["check"], "--output", "-", "--lang", "en")
    assert done.stdout.startswith("城市,年份")


FRAME = pd.DataFrame(
    {
        "n": [1, 2, 3],
        "half": [0.1, np.nan, 2.0],
        "end": [np.inf, -np.inf, 1.0],
        "is": [True, False, True],
        "word": ["=A1", None, "inf"],
        "big": [2**40, 1, 2],
    },
    index=pd.Index(["a", "b", "c"], name="who"),
)


def test_what_a_cell_is_decides_how_it_is_kept():
    """Missing is empty, infinite is a word in a workbook and missing, with a notice, in Stata; a word stays one."""
    file = FrameFile(FRAME, "T", ("N",), "en")
    book = python_calamine.load_workbook(io.BytesIO(file.xlsx()))
    heading, *rows = book.get_sheet_by_name("Results").to_python()
    assert heading == ["who", "n", "half", "end", "is", "word", "big"]
    assert rows == [
        ["a", 1.0, 0.1, "inf", True, "=A1", float(2**40)],
        ["b", 2.0, "", "-inf", False, "", 1.0],
        ["c", 3.0, 2.0, 1.0, True, "inf", 2.0],
    ]
    assert book.get_sheet_by_name("Notes").to_python() == [["T"], ["N"]]

    content, lost = file.dta()
    frame = pd.read_stata(io.BytesIO(content))
    assert [str(one.text) for one in lost] == [
        "Stata has no such names; the old ones are the labels of the variables: end -> _end.",
        "Stata has no infinite numbers: 2 cells are missing there.",
    ]
    assert frame["word"].tolist() == ["=A1", "", "inf"]
    assert frame["_end"].isna().tolist() == [True, True, False]
    assert frame["big"].tolist() == [2**40, 1, 2]
    assert frame["half"].isna().tolist() == [False, True, False]
    (_, one) = FrameFile(FRAME.iloc[:1], "T").dta()[1]
    assert str(one.text) == "Stata has no infinite numbers: 1 cell is missing there."


def test_a_long_text_is_kept_whole_by_stata():
    """Texts above 2,045 bytes are long strings there, Chinese ones counted in bytes."""
    long = "长" * 700
    content, _ = FrameFile(pd.DataFrame({"t": [long, "x"]}), "T").dta()
    assert pd.read_stata(io.BytesIO(content))["t"].tolist() == [long, "x"]


def test_names_for_stata_are_distinct():
    """Also where they agree in their first 32 characters, or are given twice."""
    names = stata_names(["a" * 40, "a" * 41, "", "2 b", "2_b", "2_b", "if", "str8"])
    assert names == ["a" * 32, f"{'a' * 30}_2", "_", "_2_b", "_2_b_2", "_2_b_3", "_if", "_str8"]
    assert all(len(name) <= 32 for name in names)


def test_what_a_sheet_cannot_hold_is_refused(monkeypatch):
    """With its size and the way out, before a file is written."""
    monkeypatch.setattr(frame_file, "MOST_ROWS", 2)
    with pytest.raises(SpecError) as caught:
        FrameFile(FRAME, "T").xlsx()
    (problem,) = caught.value.problems
    assert problem.code == "output.too_large"
    assert str(problem.what) == "A sheet holds 2 rows and 16384 columns; here are 3 and 7."
    assert str(problem.remedy) == "let the name of the file end in .csv."


def test_no_row_is_a_file_with_headings():
    """An empty table keeps its columns."""
    file = FrameFile(FRAME.iloc[:0], "T")
    rows = (
        python_calamine.load_workbook(io.BytesIO(file.xlsx()))
        .get_sheet_by_name("Results")
        .to_python()
    )
    assert rows == [["who", "n", "half", "end", "is", "word", "big"]]
    assert [*pd.read_stata(io.BytesIO(file.dta()[0]))] == stata_names(rows[0])
