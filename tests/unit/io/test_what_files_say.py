"""Files that cannot be read at all: the whole sentence, the file and what to do, in both languages."""

from __future__ import annotations

import json
import os
import shutil
import struct
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from told import told
from xinzhi_panel.io.outlines import read_boundaries
from xinzhi_panel.io.read import read_panel

LONG = "x" * 300 + ".csv"
UNREAD = {
    "a page": (
        b"<html><table><tr><td>1</td></tr></table></html>",
        "HTML",
        "this is a web page (HTML), whatever its name suggests: open it and save it as xlsx or csv.",
        "无论文件名如何，这是网页（HTML）：请打开后另存为 xlsx 或 csv。",
    ),
    "a spreadsheet as XML": (
        b'<?xml version="1.0"?><Workbook/>',
        "XML",
        "this is an XML file: open it in a spreadsheet and save it as xlsx or csv.",
        "这是 XML 文件：请用电子表格打开后另存为 xlsx 或 csv。",
    ),
    "a printed page": (
        b"%PDF-1.7\n1 0 obj",
        "PDF",
        "copy the table into a spreadsheet and save it as xlsx or csv.",
        "请将表格复制到电子表格中，另存为 xlsx 或 csv。",
    ),
}


def read(path, language="en"):
    return told(lambda: read_panel(path, entity="city", period=None), language).splitlines()


@pytest.mark.parametrize("name", UNREAD)
def test_another_kind_of_file_says_how_to_save_it(tmp_path, name):
    """The content tells the kind, whatever the file is called."""
    data, kind, english, chinese = UNREAD[name]
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert read(path) == [
        f"The content of the file is of kind {kind}, which is not read.",
        "  where: a.csv",
        f"  remedy: {english}",
    ]
    assert read(path, "zh") == [
        f"文件内容属于 {kind} 类型，不予读取。",
        "  位置：a.csv",
        f"  办法：{chinese}",
    ]


def test_a_file_that_the_system_does_not_open_is_an_error_with_its_reason(tmp_path):
    """A name that is too long is no crash: `Path.is_file` raises there, as it does in a closed folder."""
    path = tmp_path / LONG
    with pytest.raises(OSError, match="too long"):
        path.is_file()
    reason = os.strerror(36) if sys.platform == "linux" else "File name too long"
    assert read(path) == [
        f"The file cannot be opened: {reason}.",
        f"  where: {LONG}",
        "  remedy: check its permissions and that no other program holds it.",
    ]
    assert read(path, "zh") == [
        f"文件无法打开：{reason}。",
        f"  位置：{LONG}",
        "  办法：请检查权限，并确认没有其他程序占用它。",
    ]


def test_areas_that_are_no_binary_are_refused(tmp_path):
    """GeoParquet can hold points as numbers; what is not well-known binary is not guessed at."""
    geo = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "point"}}}
    table = pa.table({"geometry": [b"x"], "name": ["a"]})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "g.parquet")
    door = lambda: read_boundaries(tmp_path / "g.parquet")  # noqa: E731  said twice
    assert told(door).splitlines() == [
        "The boundaries cannot be used: its areas are written as point, not as WKB.",
        "  where: g.parquet",
        "  remedy: name a GeoJSON, TopoJSON or GeoParquet file with longitudes and latitudes.",
    ]
    assert told(door, "zh").splitlines() == [
        "边界文件不可用：其区域以 point 而非 WKB 存储。",
        "  位置：g.parquet",
        "  办法：请指定以经纬度表示的 GeoJSON、TopoJSON 或 GeoParquet 文件。",
    ]


@pytest.fixture
def foreign(tmp_path):
    """A file that a child process reads: Stata of 2010, whose text is neither UTF-8 nor GB 18030."""
    return stata_115(tmp_path / "a.dta", b"K\xf6ln\xe9\xe8")


def stata_115(path, name):
    """Write a Stata file of version 115 with one text and one number."""
    head = struct.pack("<BBBBhi", 115, 2, 1, 0, 2, 1) + bytes(81) + bytes(18)
    kinds = bytes([8, 255])
    names = b"city".ljust(33, b"\0") + b"x".ljust(33, b"\0")
    sorts = struct.pack("<hhh", 0, 0, 0)
    formats = b"%8s".ljust(49, b"\0") + b"%9.0g".ljust(49, b"\0")
    labels = bytes(33 * 2) + bytes(81 * 2)
    end = bytes(5)
    row = name.ljust(8, b"\0") + struct.pack("<d", 1.5)
    path.write_bytes(head + kinds + names + sorts + formats + labels + end + row)
    return path


@pytest.mark.long
def test_an_old_file_of_an_unknown_encoding_asks_for_it(foreign):
    """Nothing is guessed: the encoding is stated, or the file saved anew."""
    assert read(foreign) == [
        "The encoding of the file is neither UTF-8 nor, clearly, GB 18030.",
        "  where: a.dta",
        "  remedy: state the encoding, or save the file with a newer program.",
    ]
    assert read(foreign, "zh")[2] == "  办法：请指明编码，或用较新版本的软件另存。"


def test_a_process_that_cannot_be_started_is_said_with_its_reason(foreign, monkeypatch):
    """The system refuses a process: the reason is its own, and the remedy does without one."""
    monkeypatch.setattr(sys, "executable", str(foreign.parent / "none"))
    assert read(foreign) == [
        f"The file is read by a process of its own, which the system refused: {os.strerror(2)}.",
        "  where: a.dta",
        "  remedy: close other programs or raise the limits of the system, or save the table as csv.",
    ]
    assert read(foreign, "zh") == [
        f"该文件由单独的进程读取，系统拒绝启动：{os.strerror(2)}。",
        "  位置：a.dta",
        "  办法：请关闭其他程序或放宽系统限制，或将表格另存为 csv。",
    ]


@pytest.mark.skipif(shutil.which("false") is None, reason="no program that fails")
def test_a_process_that_ends_without_a_word_is_a_damaged_file(foreign, monkeypatch):
    """A parser that crashes takes only its own process with it."""
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    english, chinese = read(foreign), read(foreign, "zh")
    assert english[0].startswith("Reading was stopped: the file is damaged, or needs more than ")
    assert english[1:] == [
        "  where: a.dta",
        "  remedy: download or export it again, or save the table as csv.",
    ]
    assert chinese[2] == "  办法：请重新下载或导出，或将表格另存为 csv。"
