"""The table of the order of 2018, as it is published, pasted and typed."""

from __future__ import annotations

import zipfile

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from made_xls import write_xls
from xinzhi.prepare.emerging_codes import CodeTable
from xinzhi.prepare.order_table import products_of
from xinzhi.study.file.lists import read_list
from xinzhi_core.errors import DataError
from xinzhi_core.wording import say
from xinzhi_panel.io.read import read_panel
from xinzhi_panel.io.workbook.formats import mark_shown

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
        cells = [int(c) if c.isdigit() and len(c) == 4 else c or None for c in row]
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


MARKS = ["*", "＊", "★", "☆", "※", "∗", "✱", " *", "（*）", "(部分)", "部分", " 部分", "（部分）"]


@pytest.mark.parametrize(
    ("form", "mark"),
    [("xls", "＊"), *((form, mark) for form in ("xlsx", "csv", "txt") for mark in MARKS)],
)
def test_no_star_is_lost_whatever_the_file(tmp_path, form, mark):
    """Among texts alone a mark looks like that of a note; an xls is read in a child process."""
    rows = [HEAD, ["1.1.1", "网络设备制造", f"3921{mark}", "通信系统设备制造", "光网络单元"]]
    path = tmp_path / f"order.{form}"
    if form == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    elif form == "xls":
        write_xls(path, {"order": rows})
    else:
        lines = [(",", "\t")[form == "txt"].join(row) for row in rows]
        path.write_text("\n".join(lines), encoding="utf-8")
    found = CodeTable.of(read_list(path, "codes"), ("new_technology",), name="t")
    assert found.classes == {"new_technology": {"3921": True}}


@pytest.mark.parametrize("mark", ["*", "＊", "※"])
def test_a_raised_star_is_a_star(tmp_path, mark):
    """The print raises the star; in the reading of panels such a mark is one of a note and taken off."""
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.append(["1.1.1", "网络设备制造", None, "通信系统设备制造", ""])
    raised = TextBlock(InlineFont(vertAlign="superscript"), mark)
    book.active["C2"] = CellRichText("3921", raised)
    book.save(tmp_path / "order.xlsx")
    found = CodeTable.of(read_list(tmp_path / "order.xlsx", "codes"), CHOSEN[:1], name="t")
    assert found.classes == {"new_technology": {"3921": True}}


@pytest.mark.parametrize("mark", ["*", "＊", "★", "部分"])
def test_a_star_in_the_column_of_marks_of_a_plain_table(tmp_path, mark):
    """The columns class, code and starred, with a star in the place of 1."""
    book = openpyxl.Workbook()
    for row in (["class", "code", "starred"], ["a", "C3921", mark], ["a", "3973＊", None]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    found = CodeTable.of(read_list(tmp_path / "t.xlsx", "codes"), ("a",), name="t")
    assert found.classes == {"a": {"3921": True, "3973": True}}


FORMATS = [
    '0"*"',
    '0"＊"',
    "0\\*",
    '0"★"',
    "0★",
    '0" *"',
    '0"（部分）"',
    '0"部分"',
    '[=3921]0"*";0',
]


@pytest.mark.parametrize("shown", FORMATS)
def test_a_star_that_only_the_format_writes_is_read(tmp_path, shown):
    """The cell holds the number 3921 and shows 3921*; the one below holds 3973 and shows 3973."""
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.append(["1.1.1", "网络设备制造", 3921, "通信系统设备制造", "光网络单元"])
    book.active.append(["1.2.4", "集成电路制造", 3973, "集成电路制造", ""])
    book.active["C2"].number_format = shown
    book.active["C3"].number_format = shown if "[" in shown else "0"
    book.save(tmp_path / "order.xlsx")
    found = CodeTable.of(read_list(tmp_path / "order.xlsx", "codes"), CHOSEN[:1], name="t")
    assert found.classes == {"new_technology": {"3921": True, "3973": False}}


@pytest.mark.parametrize(
    ("shown", "is_starred"), [('@"*"', True), ('0"*";;;@', False), ("0* ", False)]
)
def test_a_format_writes_its_star_behind_the_values_that_it_is_of(tmp_path, shown, is_starred):
    """A code as text has the star of the section of texts; `0* ` fills the cell with blanks."""
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.append(["1.1.1", "网络设备制造", "3921", "通信系统设备制造", "光网络单元"])
    book.active["C2"].number_format = shown
    book.save(tmp_path / "order.xlsx")
    found = CodeTable.of(read_list(tmp_path / "order.xlsx", "codes"), CHOSEN[:1], name="t")
    assert found.classes == {"new_technology": {"3921": is_starred}}


@pytest.mark.parametrize(
    ("code", "value", "mark"),
    [
        ('0"*"', 3921, "*"),
        ('0"*"', -3921, "*"),
        ('0"*";0', -3921, ""),
        ('0;0"*"', -3921, "*"),
        ('0;0;0"*"', 0, "*"),
        ('0"*"', True, ""),
        ('0"*"', None, ""),
        ('[>=3900]0"*";0', 3900, "*"),
        ('[>3900]0"*";0', 3900, ""),
        ('[<=3900]0"*";0', 3900, "*"),
        ('[<3900]0"*";0', 3900, ""),
        ('[<>3900]0"*";0', 3900, ""),
        ('[<>3900]0"*";0', 3901, "*"),
        ('[=1]0;[=2]0"★"', 2, "★"),
        ('[=1]0;[=2]0"★"', 3, ""),
        ('0"; 部分"', 3921, ""),
    ],
)
def test_which_section_of_a_format_shows_a_value(code, value, mark):
    """Sections by sign, or by their conditions."""
    assert mark_shown(code, value) == mark


def test_a_star_of_a_format_is_no_part_of_a_number_elsewhere(tmp_path):
    """In a panel the mark of a note behind a number leaves the number."""
    book = openpyxl.Workbook()
    for row in (["city", "year", "gdp"], ["a", 2010, 5.5], ["a", 2011, 6.25], ["b", 2010, 7]):
        book.active.append(row)
    book.active["C2"].number_format = '0.0"*"'
    book.save(tmp_path / "p.xlsx")
    frame = read_panel(tmp_path / "p.xlsx", entity="city", period="year").panel.frame
    assert frame["gdp"].tolist() == [5.5, 6.25, 7.0]


@pytest.mark.parametrize(
    "name", ["通信系统设备制造*", "通信系统设备制造（部分）", "通信系统设备制造部分"]
)
def test_a_mark_behind_the_name_says_that_the_industry_belongs_in_part(tmp_path, name):
    """In columns and in pasted lines; the name is without it."""
    (tmp_path / "order.csv").write_text(
        "\n".join([",".join(HEAD), f"1.1.1,网络设备制造,3921,{name},光网络单元"]), "utf-8"
    )
    (tmp_path / "order.txt").write_text(f"1.1.1 网络设备制造\t3921\t{name}\t光网络单元\n", "utf-8")
    for path in (tmp_path / "order.csv", tmp_path / "order.txt"):
        found = CodeTable.of(read_list(path, "codes"), CHOSEN[:1], name="t")
        assert found.classes == {"new_technology": {"3921": True}}


@pytest.mark.parametrize("code", ["3921部分", "3921（部分）", "3921 部分", "3921﹡"])
def test_a_code_of_a_plain_table_may_say_that_it_belongs_in_part(code):
    """The columns class, code and starred, the last of them empty."""
    table = pd.DataFrame({"class": ["a", "a"], "code": [code, "3973"], "starred": ["", ""]})
    assert CodeTable.of(table, ("a",), name="t").classes == {"a": {"3921": True, "3973": False}}


def test_a_list_in_one_of_several_sheets_names_them_and_the_way_out(tmp_path):
    """A step has no option for a sheet, so that none is advised."""
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("旧版")):
        sheet.append(HEAD)
        sheet.append(["1.1.1", "网络设备制造", "3921*", "通信系统设备制造", ""])
    book.active.title = "目录"
    book.save(tmp_path / "order.xlsx")
    with pytest.raises(DataError) as caught:
        read_list(tmp_path / "order.xlsx", "codes")
    (problem,) = caught.value.problems
    assert say(problem.what, "en") == "Several sheets hold such a table: 目录, 旧版."
    assert say(problem.remedy, "en") == (
        "keep the list as the one sheet of a workbook, or save its sheet as csv: a list has no option `sheet`."
    )
    assert say(problem.remedy, "zh") == (
        "请让清单成为工作簿中唯一的工作表，或将该表另存为 csv：清单没有 `sheet` 选项。"
    )


def test_a_number_that_lost_its_zero_is_read_by_its_name(tmp_path):
    """391 beside 兔的饲养 is 0391; beside 计算机制造 it is a group, which the order does not list."""
    path = tmp_path / "order.csv"
    head = "产业名称,行业代码,行业名称\n"
    path.write_text(f"{head}生物产业,391*,兔的饲养\n", encoding="utf-8")
    found = CodeTable.of(read_list(path, "codes"), ("biotechnology",), name="t")
    assert found.classes == {"biotechnology": {"0391": True}}
    path.write_text(
        f"{head}生物产业,3911,计算机整机制造\n生物产业,391,计算机制造\n", encoding="utf-8"
    )
    with pytest.raises(DataError, match="'391' is not an industry of four digits") as caught:
        CodeTable.of(read_list(path, "codes"), ("biotechnology",), name="t")
    assert caught.value.problems[0].where.row == 3


def test_a_note_below_the_table_holds_no_codes(tmp_path):
    """A note merged over all columns names years."""
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.append(["1.1.1", "网络设备制造", "3921*", "通信系统设备制造", "光网络单元"])
    book.active.append(
        ["注：*表示国民经济行业2017版的类别仅部分属于战略性新兴产业，对应2011版3011"]
    )
    book.active.merge_cells("A3:E3")
    book.save(tmp_path / "order.xlsx")
    found = CodeTable.of(read_list(tmp_path / "order.xlsx", "codes"), CHOSEN[:1], name="t")
    assert found.classes == {"new_technology": {"3921": True}}


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


OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


@pytest.mark.parametrize(
    ("said", "is_starred"), [("3921*", True), ("3921★", True), ("3921", False)]
)
def test_a_star_that_an_open_document_shows_behind_a_number_is_read(tmp_path, said, is_starred):
    """The value is 3921, the text of the cell has the star of its format."""

    def text(word):
        return f'<table:table-cell office:value-type="string"><text:p>{word}</text:p></table:table-cell>'

    code = f'<table:table-cell office:value-type="float" office:value="3921"><text:p>{said}</text:p></table:table-cell>'
    row = [text("1.1.1"), text("网络设备制造"), code, text("通信系统设备制造"), text("光网络单元")]
    spaces = " ".join(f'xmlns:{n}="{OFFICE}:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
        '<office:spreadsheet><table:table table:name="a">'
        f"<table:table-row>{''.join(map(text, HEAD))}</table:table-row>"
        f"<table:table-row>{''.join(row)}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{OFFICE}:manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    path = tmp_path / "order.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    found = CodeTable.of(read_list(path, "codes"), CHOSEN[:1], name="t")
    assert found.classes == {"new_technology": {"3921": is_starred}}
