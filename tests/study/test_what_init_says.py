"""What `init` says of files that it looks at for the first time: whole sentences, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cli_runner import attempt

CITIES = ("张家口市", "承德市", "唐山市", "邯郸市", "邢台市", "大同市", "长治市", "晋城市")
HEADS = ["城市", "年份", "从业人员", "资本存量", "用电量", "地区生产总值"]
Rows = list[list[Any]]


def panel(*, heads: Sequence[str] = HEADS, odd: dict[tuple[int, int], str] | None = None) -> Rows:
    """Give rows of eight cities in five years; `odd` holds other cells by row and column."""
    rows: Rows = [
        [c, y, 3.5 + (i * y) % 7, 2.5 + (i + y) % 5, 10.25 + i * y % 11, 20.75 + i * 3 + y % 9]
        for i, c in enumerate(CITIES)
        for y in range(2015, 2020)
    ]
    for (row, column), cell in (odd or {}).items():
        rows[row][column] = cell
    return [[*heads], *rows]


def written(folder: Path, files: dict[str, Rows | dict[str, Rows]], language: str) -> str:
    """Write files, let `init` look at them, and give what it prints and what it writes."""
    folder.mkdir()
    given: list[object] = []
    for name, content in files.items():
        given += ["--from", folder / name]
        if isinstance(content, list):
            lines = (",".join(map(str, row)) for row in content)
            (folder / name).write_text("\n".join(lines), encoding="utf-8")
            continue
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in content.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(folder / name)
    done = attempt("init", folder / "study", *given, "--lang", language)
    study = folder / "study" / "study.yaml"
    text = study.read_text(encoding="utf-8") if study.is_file() else ""
    return done.stdout + done.stderr + text


WASTE: Rows = [
    ["城市", "年份", "工业废水"],
    *(
        [c, y, "q" if not i else i + y % 5 + 0.5]
        for i, c in enumerate(CITIES)
        for y in range(2015, 2020)
    ),
]
WORDS: Rows = [["名称", "内容"], ["甲表", "一"], ["乙表", "二"]]


def of_year(*heads: str) -> Rows:
    """Give a sheet of one year that holds columns of its own."""
    return [
        ["城市", *heads],
        *([c, *(i * k + 0.5 for k in range(len(heads)))] for i, c in enumerate(CITIES)),
    ]


CASES: dict[str, tuple[dict[str, Rows | dict[str, Rows]], list[str], list[str]]] = {
    "a column of years by its values": (
        {"a.csv": panel(heads=["城市", "届", *HEADS[2:]])},
        ["届: all values lie between 1900 and 2100\n"],
        ["届：所有值都在 1900 到 2100 之间\n"],
    ),
    "a sheet of words": (
        {"a.xlsx": {"数据": panel(), "目录": WORDS}},
        [
            (
                "- a.xlsx: sheet 目录: it holds no numbers, and none of the entities of the other sheets\n"
                "  name its sheet and its columns if it holds data.\n"
            )
        ],
        [
            "- a.xlsx：工作表 目录：表中没有数值，也没有其他工作表中的个体\n  如果其中有数据，请指明工作表及其列。\n"
        ],
    ),
    "cells that are no numbers": (
        {"a.csv": panel(odd={(2, 4): "abc", (4, 4): "x9z", (2, 3): "--3"}), "b.csv": WASTE},
        [
            "- a.csv: columns 资本存量, 用电量: '--3' is not a number. (and 2 more)\n",
            "- b.csv: 'q' is not a number. (and 4 more)\n",
        ],
        [
            "- a.csv：列 资本存量、用电量：“--3”不是数字。（另有 2 处）\n",
            "- b.csv：“q”不是数字。（另有 4 处）\n",
        ],
    ),
    "water among the inputs": (
        {"a.csv": panel(heads=[*HEADS[:4], "供水总量", HEADS[5]])},
        ["供水总量: water: the heading says '供水'\n"],
        ["供水总量：水：列名含“供水”\n"],
    ),
    "sheets of one year twice": (
        {
            "a.xlsx": {
                "2015": of_year("从业人员", "资本存量", "地区生产总值"),
                "x2016": of_year("从业人员", "资本存量"),
                "2016": of_year("甲", "乙", "丙"),
            }
        },
        [
            "Sheet '2015' is not read: sheets x2016 and 2016 are both of 2016.\n",
            "  remedy: name the sheet to read: --sheet 2015.\n",
        ],
        [
            "未读取工作表“2015”：工作表 x2016 和 2016 都是 2016 年。\n",
            "  办法：请指明要读取的工作表：--sheet 2015。\n",
        ],
    ),
}
"""What the files are like -> the files, and what is said in English and Chinese."""


@pytest.mark.one_in(5)
@pytest.mark.parametrize("name", CASES)
def test_what_init_found_is_said_in_both_languages(tmp_path, name):
    """What was found, why, and what helps stand on the screen or in the study file."""
    files, english, chinese = CASES[name]
    said = written(tmp_path / "en", files, "en")
    assert [line for line in english if line not in said] == []
    said = written(tmp_path / "zh", files, "zh")
    assert [line for line in chinese if line not in said] == []
