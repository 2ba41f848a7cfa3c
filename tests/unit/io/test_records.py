"""Files of records, batch by batch."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from xinzhi_core.errors import DataError, MissingColumn
from xinzhi_panel.io.arrow import batches_of, read_arrow
from xinzhi_panel.io.read import RecordFile

ROWS = [[str(i), f"20{10 + i % 5}-01-01", "唐山市", "3562"] for i in range(7)]
HEADER = ["编号", "成立日期", "地址", "行业代码"]
ROLES = {"id": "编号", "date": "成立日期", "place": "地址", "code": "行业代码"}


def csv_file(folder, encoding="utf-8"):
    path = folder / "r.csv"
    path.write_bytes("\n".join(",".join(row) for row in [HEADER, *ROWS]).encode(encoding))
    return path


def parquet_file(folder, _=None):
    pd.DataFrame(ROWS, columns=HEADER).to_parquet(folder / "r.parquet")
    return folder / "r.parquet"


def workbook_file(folder, _=None):
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    book.save(folder / "r.xlsx")
    return folder / "r.xlsx"


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize("make", [csv_file, parquet_file, workbook_file])
def test_batches_put_together_are_the_file(make, size, tmp_path):
    """Whatever the kind and the size of the batches, the same records come out."""
    file = RecordFile(make(tmp_path), ROLES, size=size)
    batches = list(file.batches(("id", "place")))
    whole = pd.concat(batches, ignore_index=True)
    assert [len(b) <= size for b in batches] == [True] * len(batches)
    assert whole["id"].tolist() == [row[0] for row in ROWS]
    assert list(whole.columns) == ["id", "place"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_decided_by_the_beginning(encoding, tmp_path):
    """The first megabyte decides; the rest must agree."""
    file = RecordFile(csv_file(tmp_path, encoding), ROLES)
    assert next(iter(file.batches(("place",))))["place"].iloc[0] == "唐山市"


def test_errors_name_the_row(tmp_path):
    """A ragged row and a bad byte are found where they are."""
    path = csv_file(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + "\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError) as ragged:
        list(RecordFile(path, ROLES).batches(("id",)))
    assert ragged.value.problems[0].where.row == 9
    with pytest.raises(MissingColumn, match="行业代码"):
        list(RecordFile(path, {**ROLES, "code": "行业代号"}).batches(("code",)))
    long = "编号,地址\n" + "1,唐山\n" * 300_000
    path.write_bytes(long.encode() + b"2,\xff\n")
    with pytest.raises(DataError) as bad:
        list(RecordFile(path, {"id": "编号", "place": "地址"}).batches(("id",)))
    assert bad.value.code == "encoding.bad_byte"


@pytest.mark.parametrize(
    "read",
    [
        lambda path: read_arrow(path, "parquet"),
        lambda path: next(batches_of(path, 10)[2]),
        lambda path: next(RecordFile(path, {"city": "city"}).batches(("city",))),
    ],
    ids=["table", "batches", "records"],
)
def test_a_lack_of_memory_is_not_damage_of_the_file(read, tmp_path, monkeypatch):
    """The error of pyarrow that says so is one of its own errors too, and must not be told as damage."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "rows.parquet"
    pd.DataFrame({"city": ["a"], "x": [1.0]}).to_parquet(path)

    def without_memory(*_words, **_options):
        raise arrow.lib.ArrowMemoryError

    monkeypatch.setattr(parquet.ParquetFile, "read", without_memory)
    monkeypatch.setattr(parquet.ParquetFile, "iter_batches", without_memory)
    with pytest.raises(MemoryError):
        read(path)


MARKED = [
    ["f1*", "芯片设计*", "软件开发¹"],
    ["f2", "网络安全②", "数据处理[1]"],
    ["f3", "路由器制造※", "设备维修1)"],
]


@pytest.mark.parametrize("raised", [False, True])
def test_no_text_of_a_record_loses_a_mark_and_headings_are_found_without_theirs(tmp_path, raised):
    """A star behind a heading is that of a field to be filled in; one in a record is its own."""
    book = openpyxl.Workbook()
    book.active.append(["编号*", "名称", "经营范围¹"])
    for row in MARKED:
        book.active.append(row)
    if raised:
        mark = TextBlock(InlineFont(vertAlign="superscript"), "2")
        book.active["C2"] = CellRichText("面积为m", mark)
    book.save(tmp_path / "r.xlsx")
    file = RecordFile(tmp_path / "r.xlsx", {"id": "编号", "name": "名称", "text": "经营范围"})
    found = pd.concat(file.batches(("id", "name", "text")))
    expected = [list(row) for row in MARKED]
    if raised:
        expected[0][2] = "面积为m2"
    assert found.to_numpy().tolist() == expected


def test_a_heading_may_be_named_with_its_mark(tmp_path):
    """The name as it stands in the file is taken first."""
    book = openpyxl.Workbook()
    book.active.append(["编号*", "名称"])
    book.active.append(["f1", "芯片*"])
    book.save(tmp_path / "r.xlsx")
    file = RecordFile(tmp_path / "r.xlsx", {"id": "编号*", "text": "名称"})
    assert pd.concat(file.batches(("id", "text"))).to_numpy().tolist() == [["f1", "芯片*"]]
