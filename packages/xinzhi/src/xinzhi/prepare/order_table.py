"""The table of the order on strategic emerging industries, read as it is published or pasted.

The order (战略性新兴产业分类（2018）, order No. 23 of the National Bureau of Statistics) prints the columns 代码,
战略性新兴产业分类名称, 国民经济行业代码（2017）, 国民经济行业名称 and, in its annex, 重点产品和服务: an index such as 1.1.1
stands once for several rows, a star behind a code means that the industry belongs in part. Copies of it are
workbooks with merged cells, csv files, and lines pasted out of a document.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from xinzhi.prepare.industries import industries
from xinzhi_panel.io.workbook.formats import STARS

INDEX = re.compile(r"([1-9](?:\.\d{1,2}){0,2})\.?")
LED = re.compile(rf"([1-9](?:\.\d{{1,2}}){{1,2}})\.?\s*(?=[^\d.\s{STARS}])")
"""An index before its name in one cell."""
IN_PART = rf"[{STARS}]|[(\[]\s*(?:[{STARS}]|部分)\s*[)\]]|部分(?=$|[\s,、;/])"
"""A mark behind a code or a name: a star, or 部分 with or without brackets."""
CODE = re.compile(rf"(?<![\d.A-Za-z])(?:[A-T]\s*)?(\d{{4}})\s*({IN_PART})?(?![\d.])")
SHORT = re.compile(rf"(?:[A-T]\s*)?(\d{{2,3}})\s*({IN_PART})?")
"""A code without its zeros, or of a group: in the column of codes it is one of the two."""
STAR = re.compile(rf"[{STARS}]|1|1\.0|是|部分")
ENDING = re.compile(rf"\s*(?:[{STARS}]|[(\[]?\s*(?:[{STARS}]|部分)\s*[)\]]?)+\s*$")
"""Marks behind the name of an industry, none of which ends in 部分."""
ORDINAL = re.compile(r"^[一二三四五六七八九十]+\s*[、.．]\s*")
HEADINGS = {
    "code": re.compile(r"国民经济行业代码|行业代码|行业编码|小类代码|四位代码|4754"),
    "industry": re.compile(r"国民经济行业名称|行业名称"),
    "products": re.compile(r"产品|服务目录|说明|描述|解释|备注"),
    "star": re.compile(r"^星|带星|星标|是否部分|部分属于|部分或全部"),
    "index": re.compile(r"^(产业|分类|战略性新兴产业)?(分类)?代码$|^编码$|^(分类)?编号$"),
    "name": re.compile(r"战略性新兴产业.*名称|分类名称|产业名称|^产业$|^类别$"),
}
SEPARATORS = re.compile(r"[、;；,，。\n/()（）]")
LEADING = re.compile(r"^(主要)?(包括|包含|含有|含|以及|及|和|与|或|其他|其它|各类|各种|新型的)")
ROW = "row of the file"
TRAILING = re.compile(
    r"等?(产品|的)?(研发|生产|制造|设计|开发|加工|服务|销售)?(和|及|与)?(制造|生产|服务|开发)?$"
)
SHORTEST_PRODUCT = 3
GENERAL = frozenset(
    (
        *(
            "计算机",
            "软件开发",
            "软件",
            "应用软件",
            "技术服务",
            "技术咨询",
            "信息服务",
            "信息系统",
            "零部件",
            "配件",
        ),
        *(
            "元器件",
            "电子元件",
            "通信设备",
            "仪器仪表",
            "新材料",
            "新产品",
            "新技术",
            "原材料",
            "金属材料",
            "配套设备",
        ),
        *(
            "专用设备",
            "通用设备",
            "机械设备",
            "电子产品",
            "电子设备",
            "网络设备",
            "互联网",
            "系统集成",
            "解决方案",
        ),
        *(
            "相关服务",
            "其他服务",
            "运营服务",
            "平台",
            "咨询",
            "检测",
            "维修",
            "安装",
            "相关产品",
            "关键零部件",
        ),
        *(
            "塑料",
            "橡胶",
            "钢材",
            "型材",
            "板材",
            "线材",
            "棒材",
            "管材",
            "合金",
            "玻璃",
            "陶瓷",
            "水泥",
            "涂料",
        ),
        *(
            "发动机",
            "电动机",
            "变压器",
            "压缩机",
            "阀门",
            "轴承",
            "齿轮",
            "模具",
            "铸件",
            "锻件",
            "电池",
            "电机",
        ),
        *(
            "数据服务",
            "平台建设",
            "工程施工",
            "工程设计",
            "技术推广",
            "设备制造",
            "系统",
            "设备",
            "材料",
            "部件",
        ),
    )
)
"""Words that products of many industries share: alone they do not show that a firm belongs."""


@dataclass(slots=True)
class _State:
    """Where the reader of the rows is: indexes and classes stand once for several rows."""

    kind: str = ""
    group: str = ""
    columns: dict[str, int] = field(default_factory=dict)
    row: int = 0
    rows: list[dict[str, str]] = field(default_factory=list)


def read_order(rows: Iterable[Sequence[object]], numbers: dict[str, str]) -> pd.DataFrame:
    """Read the rows of the table of the order.

    Parameters
    ----------
    rows
        Cells as they stand in the file; of pasted text each line is one cell.
    numbers
        Number of a class, its name and its name without 产业 -> key of the class.

    Returns
    -------
    A table with the columns class, code, starred (0 or 1), group, name, products and `ROW`. What stands
    among the codes and cannot be read as one comes as it is, to be refused.
    """
    state = _State()
    for state.row, row in enumerate(rows, start=1):
        _read_row([_plain(cell) for cell in row], state, numbers)
    columns = ["class", "code", "starred", "group", "name", "products", ROW]
    return pd.DataFrame(state.rows, columns=columns, dtype=str)


def products_of(text: str, *names: str) -> tuple[str, ...]:
    """Take a description of products apart into terms; what is too general is left out.

    >>> products_of("包括高性能路由器、核心交换机等设备制造；软件开发", "其他计算机制造")
    ('高性能路由器', '核心交换机')
    """
    own = {TRAILING.sub("", name) for name in names}
    parts = (LEADING.sub("", part.strip()) for part in SEPARATORS.split(text))
    words = (
        re.sub(r"等?(设备|产品|系统)?(制造|生产)?$", "", part).strip()
        if "等" in part
        else TRAILING.sub("", part)
        for part in parts
    )
    return tuple(
        dict.fromkeys(
            word
            for word in words
            if len(word) >= SHORTEST_PRODUCT and word not in GENERAL and word not in own
        )
    )


def _plain(cell: object) -> str:
    """Write a cell as text of one form; a number loses the point that a spreadsheet gave it."""
    if cell is None or cell != cell:  # noqa: PLR0124
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFKC", str(cell)).replace("\u3000", " ").strip()
    return re.sub(r"^(\d{4})\.0+$", r"\1", text)


def _read_row(cells: list[str], state: _State, numbers: dict[str, str]) -> None:
    if any(
        HEADINGS["code"].search(cell) and not CODE.search(cell.replace("(2017)", ""))
        for cell in cells
    ):
        state.columns = _headings(cells)
        return
    for cell in cells:
        _note_place(cell, cells, state, numbers)
    if state.columns.get("code") is not None and len(cells) > state.columns["code"]:
        _add_columns(cells, state)
    else:
        _add_pasted(cells, state)


def _headings(cells: list[str]) -> dict[str, int]:
    """Find the columns of a heading by what they say."""
    columns: dict[str, int] = {}
    for role, pattern in HEADINGS.items():
        for place, cell in enumerate(cells):
            if place not in columns.values() and pattern.search(cell.replace(" ", "")):
                columns[role] = place
                break
    return columns


def _note_place(cell: str, cells: list[str], state: _State, numbers: dict[str, str]) -> None:
    """Take over the class and the group that a cell names."""
    first = cell.split("\n", 1)[0].strip()
    named = numbers.get(ORDINAL.sub("", first).replace(" ", ""))
    led = LED.match(first)
    whole = INDEX.fullmatch(first)
    if named and not first.isdigit():
        state.kind = named
    elif (led or (whole and "." in whole[1])) and not CODE.match(first):
        index = (led or whole)[1]  # type: ignore[index]
        state.kind, state.group = numbers.get(index[0], state.kind), index
    elif len(cells) == 1 and (head := re.match(r"([1-9])\s*(\D+)$", first)):
        # `1 新一代信息技术产业` in one line.
        state.kind = numbers.get(head[2].strip().replace(" ", ""), state.kind)


def _add_columns(cells: list[str], state: _State) -> None:
    """Read the codes of a row whose columns have headings."""
    columns = state.columns
    cell = cells[columns["code"]]
    # A note that is merged over all columns holds numbers, too.
    found = list(CODE.finditer(cell)) if CODE.match(cell) else []
    if short := SHORT.fullmatch(cell):
        _add_short(short, cells, state)
    names = _lines(_cell(cells, columns.get("industry")))
    star = _cell(cells, columns.get("star"))
    for i, match in enumerate(found):
        name = names[i] if len(names) == len(found) else (names[0] if len(names) == 1 else "")
        # A star may stand in a column of its own, or behind the name.
        starred = match[2] or STAR.fullmatch(star) or ENDING.search(name)
        _add(state, match[1], name, _cell(cells, columns.get("products")), starred=bool(starred))


def _add_short(short: re.Match[str], cells: list[str], state: _State) -> None:
    """Read a code that a spreadsheet took for a number: 391 is 0391 beside its name, else not readable."""
    written = _cell(cells, state.columns.get("industry"))
    name = ENDING.sub("", written)
    code = short[1].zfill(4)
    is_code = len(short[1]) == 3 and industries().names.get(code) == name
    star = bool(short[2] or STAR.fullmatch(_cell(cells, state.columns.get("star"))))
    starred = star or bool(ENDING.search(written))
    products = _cell(cells, state.columns.get("products"))
    _add(state, code if is_code else short.group(), name, products, starred=starred)


def _add_pasted(cells: list[str], state: _State) -> None:
    """Read the codes of a row without headings: what stands between two codes belongs to the first."""
    text = "\t".join(cells)
    led = LED.match(text.lstrip())
    text = text.lstrip()[led.end() :] if led else text
    found = [match for match in CODE.finditer(text) if match[1] in industries().names or match[2]]
    for match, after in zip(found, [*found[1:], None], strict=False):
        rest = text[match.end() : after.start() if after else len(text)].strip()
        words = re.split(r"[\t ]+", rest.lstrip(STARS).strip(), maxsplit=1)
        # `集成电路制造*`: the star may stand behind the name.
        starred = match[2] or rest.startswith(tuple(STARS)) or ENDING.search(words[0])
        _add(state, match[1], words[0], words[1] if len(words) > 1 else "", starred=bool(starred))


def _add(state: _State, code: str, name: str, products: str, *, starred: bool) -> None:
    state.rows.append(
        {
            "class": state.kind,
            "code": code,
            "starred": str(int(starred)),
            "group": state.group,
            "name": ENDING.sub("", name),
            "products": products.replace("\t", "、"),
            ROW: str(state.row),
        }
    )


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def looks_like_order(cells: Iterable[Sequence[object]]) -> bool:
    """Whether rows are those of the order: an index of the classification stands with codes."""
    texts = [_plain(cell) for row in cells for cell in row]
    return any(HEADINGS["code"].search(text) for text in texts) or (
        any((INDEX.fullmatch(t) and "." in t) or LED.match(t) for t in texts)
        and any(CODE.search(text) for text in texts)
    )


def lines_of(text: str) -> Iterator[tuple[str, ...]]:
    """Split pasted text into rows; a tab separates cells."""
    return (tuple(line.split("\t")) for line in text.splitlines() if line.strip())
