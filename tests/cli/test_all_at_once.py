"""One `check` tells all that can be known: an error cell hides no other, a key no value, the study file no data."""

from __future__ import annotations

import json

import pytest
from xlsxwriter import Workbook

from cli_runner import call

CITIES = ("大同市", "唐山市", "包头市", "阜新市")
OTHERS = dict(zip(CITIES, ("淮南市", "七台河市", "铜陵市", "焦作市"), strict=True))
HEAD = ["城市", "年份", "产出", "劳动", "比率"]
ROWS = [[city, year, 1.0 + i, 2.0 + year % 7, 0.5] for i, city in enumerate(CITIES) for year in (2019, 2020, 2021)]  # fmt: skip


def broken(path, *sheets):
    """Write a workbook: an error cell, a cell of words in two columns, a key that stands twice."""
    with Workbook(path) as book:
        for number, name in enumerate(sheets):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEAD)
            for n, (city, *row) in enumerate(ROWS, 1):
                sheet.write_row(n, 0, [OTHERS[city] if number else city, *row])
            sheet.write_formula("C3", "=1/0", value="#DIV/0!")
            sheet.write("D5", "约3.2")
            sheet.write("E6", "abc")
            sheet.write_row("A8", [OTHERS["唐山市"] if number else "唐山市", 2020, 9])
    return path


def found(*words):
    """List what a check says, as code and place."""
    document = json.loads(call("check", *words, "--format", "json", code=1).stdout)
    return [(one["code"], one["what"], one.get("where", {})) for one in document["problems"]]


@pytest.mark.parametrize("sheets", [("数据",), ("东部", "西部")])
def test_an_error_cell_hides_nothing(tmp_path, sheets):
    """Beside it stand the words, in every sheet of a stack, and the key that stands twice."""
    told = " | ".join(what for _, what, _ in found(broken(tmp_path / "b.xlsx", *sheets), "--entity", "城市", "--period", "年份"))  # fmt: skip

    assert told.count("#DIV/0!") == len(sheets)
    for words in ("'约3.2' is not a number", "'abc' is not a number", "carry the same key"):
        assert words in told


def test_an_error_in_a_key_is_told_once(tmp_path):
    """The cell of the city is empty because of the error, which is what is said of it."""
    with Workbook(tmp_path / "k.xlsx") as book:
        sheet = book.add_worksheet("s")
        sheet.write_row(0, 0, HEAD)
        for n, row in enumerate(ROWS, 1):
            sheet.write_row(n, 0, row)
        sheet.write_formula("A4", "=A99", value="#REF!")
        sheet.write("D5", "many")

    told = [what for _, what, _ in found(tmp_path / "k.xlsx", "--entity", "城市", "--period", "年份")]  # fmt: skip

    assert told[0] == "Cell A4 holds the error #REF!."
    assert any("'many'" in what for what in told)
    assert not any("is empty" in what for what in told)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["The name of the entity is empty", "'20x1' is not a period", "'abc' is not a number"]),
        ("zh", ["个体名称为空", "“20x1”不是时期", "“abc”不是数字"]),
    ],
)  # fmt: skip
def test_a_wrong_key_hides_no_value(tmp_path, language, told):
    """Names, periods and values of a csv file in one answer."""
    text = "城市,年份,产出\n大同市,2019,1\n大同市,20x1,2\n,2021,4\n大同市,2022,abc\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    words = (tmp_path / "a.csv", "--entity", "城市", "--period", "年份", "--lang", language)

    said = call("check", *words, code=1).stdout

    for words in told:
        assert words in said


STUDY = """\
title: t
sources:
  a: {file: a.csv, entity: 城市, period: 年份}
  b: {file: b.xlsx, entity: 城市, period: 年份}
panel: {from: [a, b]}
tables: {base: {outcome: y, colums: []}}
"""


def test_a_wrong_study_file_hides_no_data(tmp_path):
    """A key that is misspelt, and the cells of both sources, in one answer; a missing source is said once."""
    broken(tmp_path / "b.xlsx", "数据")
    (tmp_path / "a.csv").write_text("城市,年份,产业\n大同市,2019,1\n大同市,2020,x\n", "utf-8")
    (tmp_path / "study.yaml").write_text(STUDY, "utf-8")

    told = found(tmp_path / "study.yaml")

    assert "Unknown key 'colums'." in [what for _, what, _ in told]
    files = {where.get("file") for _, _, where in told}
    assert {"study.yaml", "a.csv", "b.xlsx"} <= files

    (tmp_path / "b.xlsx").unlink()
    told = [what for _, what, _ in found(tmp_path / "study.yaml")]
    assert "Unknown key 'colums'." in told
    assert sum("b.xlsx" in what or "does not exist" in what for what in told) <= 1
