"""Workbooks that no honest program writes: each is refused with its whole sentence, place and remedy."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest

from hostile_books import (
    HEADS,
    LINKS,
    MAIN,
    OFFICE,
    ROWS,
    SHEET,
    TABLE,
    book,
    document,
    one,
    packed,
    parts,
    sheet,
    text,
)
from told import told
from xinzhi_panel.io.raw import LIMITS, Limits
from xinzhi_panel.io.read import read_panel

BOOK_LINKS = "xl/_rels/workbook.xml.rels"
BOOK = "xl/workbook.xml"


def marked(at: tuple[int, int], change: Callable[[int], int]) -> bytes:
    """Change a byte of the heads of all parts: behind PK 3 4, and behind PK 1 2."""
    data = bytearray(book())
    for sign, place in zip((b"PK\x03\x04", b"PK\x01\x02"), at, strict=True):
        start = 0
        while (start := data.find(sign, start)) >= 0:
            data[start + place] = change(data[start + place])
            start += 4
    return bytes(data)


def linked(target: str) -> bytes:
    """Say that the sheet lies elsewhere."""
    link = f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="{target}"/>'
    return book(**{BOOK_LINKS: f'<Relationships xmlns="{LINKS}">{link}</Relationships>'})


def empty_cells() -> bytes:
    """Give rows of a hundred empty cells, and an empty cell behind them, of a document."""
    far = '<table:table-cell table:number-columns-repeated="100"/><table:table-cell/>'
    last = '<table:table-cell office:value-type="float" office:value="1"/>'
    return document(
        "".join(f"<table:table-row>{cells}</table:table-row>" for cells in [far] * 40 + [last])
    )


def one_cell(attributes: str) -> bytes:
    """Give a document of one cell."""
    return document(f"<table:table-row><table:table-cell {attributes}/></table:table-row>")


DAMAGED: dict[str, tuple[Callable[[], bytes], Limits, str, str]] = {
    "a row below zero": (
        lambda: one('<row r="-1"><c><v>1</v></c></row>'),
        LIMITS,
        "a row has the number -1",
        "有一行的行号是 -1",
    ),
    "a cell of another row": (
        lambda: one('<row r="6"><c r="A7"><v>1</v></c></row>'),
        LIMITS,
        "a cell of row 6 has the address A7",
        "第 6 行中有一个单元格的地址是 A7",
    ),
    "more cells in a row than columns": (
        lambda: one('<row r="6">' + "<c/>" * 16_385 + "</row>"),
        LIMITS,
        "row 6 has more than 16384 cells",
        "第 6 行的单元格超过 16384 个",
    ),
    "a number in two pieces": (
        lambda: book(sheet(TABLE.replace("<v>1.5</v>", "<v>1<!-- -->.5</v>"))),
        LIMITS,
        "the value of cell C2 is written in pieces",
        "单元格 C2 的值被拆成几段书写",
    ),
    "merged ranges over one another": (
        lambda: book(
            sheet(after="<mergeCells>" + '<mergeCell ref="A1:C9"/>' * 2 + "</mergeCells>")
        ),
        LIMITS,
        "merged cells lie over one another",
        "合并的单元格相互重叠",
    ),
    "a cell twice": (
        lambda: one('<row r="6"><c r="A6"><v>1</v></c><c r="A6"><v>2</v></c></row>'),
        LIMITS,
        "cell A6 stands twice",
        "单元格 A6 出现了两次",
    ),
    "a sheet that lies elsewhere": (
        lambda: linked("../../../etc/passwd"),
        LIMITS,
        "sheet '数据' is not where it should be",
        "工作表“数据”不在应在的位置",
    ),
    "the longest name of a sheet": (
        lambda: packed(parts(names=("x" * 300,))),
        LIMITS,
        "the name of a sheet has 300 characters",
        "有一个工作表的名称长达 300 个字符",
    ),
    "a sheet in latin-1": (
        lambda: book(b'<?xml version="1.0" encoding="ISO-8859-1"?>' + sheet("<row/>").encode()),
        LIMITS,
        f"{SHEET} is written in ISO-8859-1, not in UTF-8",
        f"{SHEET} 的编码是 ISO-8859-1，而不是 UTF-8",
    ),
    "elements in elements": (
        lambda: book(sheet(TABLE, after="<a>" * 200_000 + "</a>" * 200_000)),
        LIMITS,
        f"{SHEET} is nested more than 100 levels deep",
        f"{SHEET} 的嵌套超过 100 层",
    ),
    "formats of many megabytes": (
        lambda: book(
            **{"xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{" " * 67_200_000}</styleSheet>'}
        ),
        Limits(ratio=1e9, here_bytes=LIMITS.file_bytes),
        "xl/styles.xml has 67200091 bytes",
        "xl/styles.xml 有 67200091 字节",
    ),
    "two sheets of one part": (
        lambda: book(
            **{
                BOOK: str(parts()[BOOK]).replace(
                    "</sheets>", '<sheet name="b" sheetId="2" r:id="rId1"/></sheets>'
                )
            }
        ),
        LIMITS,
        "two of its sheets are one part",
        "其中两个工作表指向同一部分",
    ),
    "a part twice in other letters": (
        lambda: packed([*parts().items(), (SHEET.upper(), sheet())]),
        LIMITS,
        f"two of its parts have the name {SHEET.upper()}",
        f"其中两个部分同名：{SHEET.upper()}",
    ),
    "a part that leads out": (
        lambda: book(**{"../../evil.xml": "<a/>"}),
        LIMITS,
        "the name of a part leads out of it: ../../evil.xml",
        "其中一个部分的名称指向文件之外：../../evil.xml",
    ),
    "a document with a cell a negative number of times": (
        lambda: one_cell('table:number-columns-repeated="-3"'),
        LIMITS,
        "a cell is repeated -3 times",
        "有一个单元格重复 -3 次",
    ),
    "a document of empty cells": (
        empty_cells,
        Limits(cells=1000),
        "its cells are repeated too often",
        "单元格重复的次数过多",
    ),
}
"""What is wrong -> the workbook, the limits, and why it is damaged in English and Chinese."""


def read(folder, data, limits=LIMITS, language="en"):
    path = folder / "数据.xlsx"
    path.write_bytes(data)
    return told(
        lambda: read_panel(path, entity="城市", period="年份", limits=limits), language
    ).splitlines()


@pytest.mark.long
@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_damaged_is_said_in_both_languages(tmp_path, name):
    """The reader learns which cell, row or part it is, and nothing of the workbook is read."""
    make, limits, english, chinese = DAMAGED[name]
    data = make()
    assert read(tmp_path, data, limits) == [
        f"The file is damaged ({english}).",
        "  where: 数据.xlsx",
        "  remedy: download or export it again.",
    ]
    assert read(tmp_path, data, limits, "zh") == [
        f"文件已损坏（{chinese}）。",
        "  位置：数据.xlsx",
        "  办法：请重新下载或导出。",
    ]


@pytest.mark.parametrize(
    ("at", "change"),
    [((6, 8), lambda byte: byte | 1), ((8, 10), lambda _: 99)],
    ids=["with a password", "packed in a way of its own"],
)
def test_a_workbook_that_cannot_be_unpacked_says_how_to_save_it(tmp_path, at, change):
    """Both marks stand in the heads of the parts; nothing was asked for a password."""
    data = marked(at, change)
    assert read(tmp_path, data) == [
        "The workbook is encrypted or packed in an unusual way.",
        "  where: 数据.xlsx",
        "  remedy: save it without a password, as xlsx or csv.",
    ]
    assert read(tmp_path, data, LIMITS, "zh") == [
        "工作簿已加密或压缩方式异常。",
        "  位置：数据.xlsx",
        "  办法：请取消密码后另存为 xlsx 或 csv。",
    ]


def test_texts_beyond_a_limit_are_refused_with_their_number(tmp_path):
    """A cell of more characters than a cell can hold has an address; many texts have their sum."""
    assert read(tmp_path, one(f'<row r="6">{text("A6", "x" * 33_000)}</row>')) == [
        "A cell holds more than 32767 characters.",
        "  where: 数据.xlsx, row 6, cell A6",
        "  remedy: shorten the text, or save the table as csv.",
    ]
    n = sum(map(len, (*HEADS, *(city for city, *_ in ROWS))))
    assert read(tmp_path, book(), Limits(characters=n)) == []
    assert read(tmp_path, book(), Limits(characters=n - 1)) == [
        f"The texts of its cells have {n} characters, more than can be read.",
        "  where: 数据.xlsx",
        "  remedy: keep only the columns that the study needs, or save the table as csv.",
    ]
    assert read(tmp_path, book(), Limits(characters=n - 1), "zh") == [
        f"单元格中的文字共有 {n} 个字符，超出可读取的上限。",
        "  位置：数据.xlsx",
        "  办法：请只保留研究所需的列，或将表格另存为 csv。",
    ]


def test_cells_shown_in_thousands_are_read_as_stored(tmp_path):
    """A format with a comma behind the digits shows 1,000 for a million: the stored value is read, with a warning."""
    whole = openpyxl.Workbook()
    whole.active.append([*HEADS, "产值"])
    for i, row in enumerate(ROWS):
        whole.active.append([*row, 1e6 + i])
        for column, shown in ((3, "#,##0,"), (4, "0.0,,")):
            whole.active.cell(whole.active.max_row, column).number_format = shown
    stream = io.BytesIO()
    whole.save(stream)
    assert read(tmp_path, stream.getvalue())[:3] == [
        "Cells in columns C, D are shown divided by a power of ten; the stored values were read.",
        "  where: 数据.xlsx, sheet Sheet, row 2, cell C2",
        "  remedy: see that the heading names the unit of the stored values, not of the shown ones.",
    ]
    assert read(tmp_path, stream.getvalue(), LIMITS, "zh")[:3] == [
        "列 C、D 的单元格显示时缩小了若干个数量级；读取的是存储值。",
        "  位置：数据.xlsx，工作表 Sheet，第 2 行，单元格 C2",
        "  办法：请确认列名中的单位是存储值的单位，而不是显示值的单位。",
    ]
    path = tmp_path / "数据.xlsx"
    frame = read_panel(path, entity="城市", period="年份").panel.frame
    assert frame["产值"].tolist() == [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3]
