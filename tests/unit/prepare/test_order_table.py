"""The table of the order of 2018, as it is published, pasted and typed."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from xinzhi.errors import DataError
from xinzhi.prepare.emerging_codes import CodeTable
from xinzhi.prepare.order_table import products_of
from xinzhi.study.file.lists import read_list

HEAD = [
    "代码",
    "战略性新兴产业分类名称",
    "国民经济行业代码（2017）",
    "国民经济行业名称",
    "重点产品和服务",
]
ROWS = [
    ["1", "新一代信息技术产业", "", "", ""],
    ["1.1", "下一代信息网络产业", "", "", ""],
    ["1.1.1", "网络设备制造", "3919*", "其他计算机制造", "高性能路由器、核心交换机"],
    ["", "", "3921＊", "通信系统设备制造", ""],
    ["1.2", "电子核心产业", "", "", ""],
    ["1.2.4", "集成电路制造", "3973", "集成电路制造", ""],
    ["2", "高端装备制造产业", "", "", ""],
    ["2.1.1", "机器人与增材设备制造", "C3491", "工业机器人制造", ""],
]
EXPECTED = {
    "new_technology": {"3919": True, "3921": True, "3973": False},
    "high_end_equipment": {"3491": False},
}
CHOSEN = tuple(EXPECTED)


def table_at(path):
    return CodeTable.of(read_list(path, "codes"), CHOSEN, name=path.name)


def test_a_workbook_is_read_as_it_is_published(tmp_path):
    """A title above, numbers as numbers, groups in cells that stand once."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["战略性新兴产业分类（2018）"])
    sheet.append(HEAD)
    for row in ROWS:
        plain = [cell.replace("＊", "*") for cell in row]
        cells = [int(c) if c.isdigit() and len(c) == 4 else c or None for c in plain]
        sheet.append(cells)
    book.save(tmp_path / "order.xlsx")
    found = table_at(tmp_path / "order.xlsx")
    assert found.classes == EXPECTED
    assert found.groups["new_technology"] == {"1.1", "1.2"}
    assert found.products["new_technology"]["3919"] == ("高性能路由器", "核心交换机")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_is_read_in_the_encodings_of_spreadsheets(tmp_path, encoding):
    """The same rows, separated by commas."""
    path = tmp_path / "order.csv"
    path.write_bytes("\n".join(",".join(row) for row in [HEAD, *ROWS]).encode(encoding))
    assert table_at(path).classes == EXPECTED


@pytest.mark.parametrize("mark", ["\t", " "])
def test_pasted_lines_are_read(tmp_path, mark):
    """Lines out of a document, with tabs or spaces between the cells and without a heading."""
    path = tmp_path / "order.txt"
    lines = [mark.join(cell for cell in row if cell) for row in ROWS]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert table_at(path).classes == EXPECTED


def test_a_star_may_stand_in_a_column_of_its_own(tmp_path):
    """是 and 否 in the column 是否部分."""
    path = tmp_path / "order.csv"
    path.write_text(
        "产业名称,行业代码,行业名称,是否部分\n新材料产业,2651,初级形态塑料及合成树脂制造,是\n新材料产业,3073,特种陶瓷制品制造,否\n",
        encoding="utf-8",
    )
    found = CodeTable.of(read_list(path, "codes"), ("new_materials",), name="t")
    assert found.classes == {"new_materials": {"2651": True, "3073": False}}


def test_a_later_table_decides_and_may_take_a_code_out():
    """Ours first, the user's behind it."""
    ours = pd.DataFrame({"class": ["a", "a"], "code": ["3973", "3491"], "starred": ["0", "1"]})
    own = pd.DataFrame({"class": ["a", "a"], "code": ["3973", "3491"], "starred": ["1", "-"]})
    found = CodeTable.of_tables([("ours", ours), ("own", own)], ("a",))
    assert found.classes == {"a": {"3973": True}}


def test_a_table_that_is_neither_is_refused():
    """Columns of another thing."""
    with pytest.raises(DataError, match="has no column class"):
        CodeTable.of(pd.DataFrame({"x": ["1"]}), ("a",), name="codes")


def test_products_that_many_industries_share_are_no_terms():
    """软件开发 and 专用设备 alone show nothing."""
    assert products_of("包括软件开发、专用设备；高速光模块制造", "x") == ("高速光模块",)
