"""Text that stands around a table: advertisements, sources, remarks, below it, between its pages, beside it.

What is text is decided by structure. A row is text where it holds no number and no period, its name
is none that a registry knows and none that looks like the names of the table, and nothing beside the
name occurs in the same column of ordinary rows, stands for a missing value or may be meant as a
number. A column is text where it has no heading and holds a few words, none of them a number. All of
it is reported with its place; in doubt a row is data, so that it is refused with its place and never lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xinzhi_panel.io.raw import Cell, RawTable, letters
from xinzhi_panel.io.recognise.cells import cell_text, is_missing, is_number
from xinzhi_panel.io.recognise.gazetteer import is_place
from xinzhi_panel.io.recognise.rows.totals import is_continuation, is_sentence
from xinzhi_panel.io.recognise.years import parse_period
from xinzhi_panel.io.text.columns import column_of

WITH_TEXT = frozenset({"csv", "xlsx", "xls", "ods"})
"""Kinds of files in which people write beside their tables; databases have none of it."""
MOST_PLACES = 0.8
"""Share of names that are places from which on a name that is none is not an entity."""
PLACE_END = re.compile(r"[\u4e00-\u9fff]{1,11}(?:省|市|州|盟|县|旗|区|地区)")
ADDRESS = re.compile(
    r"公众号|公號|微信|qq|扣扣|扫码|扫一扫|二维码|关注|客服|加群|网盘|更多(?:数据|资料|资源|内容|信息)|版权|侵权|转载"
    r"|www\.|https?:|\.(?:com|cn|net|org)\b|\S@\S|©|copyright|all rights|download|contact|subscribe",
    re.IGNORECASE,
)
"""What advertisements and imprints say and names do not."""
LABEL = re.compile(
    r"[数资]?[据料]?(?:来源|出处)|(?:数据|指标|变量|补充)?(?:说明|备注|附注|注释|注\d*)|(?:数据)?(?:整理|收集|搜集|联系)(?:人|方式)?"
    r"|notes?|sources?|remarks?|comments?|disclaimer",
    re.IGNORECASE,
)
RUNS = (
    (re.compile(r"[A-Z]+"), "A"),
    (re.compile(r"[a-zà-öø-ÿ]+"), "a"),
    (re.compile(r"\d+"), "0"),
    (re.compile(r"[\u3400-\u9fff]+"), "中"),
)


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of the entities in ordinary rows look like."""

    shapes: frozenset[str]
    longest: int
    are_places: bool
    """Whether most of them are places."""

    @classmethod
    def learn(cls, names: Iterable[str]) -> Names:
        """Learn from the names in ordinary rows."""
        filled = [name for name in names if name]
        n_places = sum(map(is_place, filled))
        return cls(
            frozenset(map(shape, filled)),
            max(map(len, filled), default=0),
            bool(filled) and n_places >= MOST_PLACES * len(filled),
        )

    def fit(self, text: str) -> bool:
        """Whether a text may be one more name."""
        if is_place(text):
            return True
        if ADDRESS.search(text) or LABEL.fullmatch(text) or is_sentence(text):
            return False
        if self.are_places and not text.isascii():
            return PLACE_END.fullmatch(text) is not None
        return shape(text) in self.shapes and len(text) <= max(self.longest, 2)


def shape(text: str) -> str:
    """Write runs of letters, digits and hanzi as one sign each.

    >>> shape("c12"), shape("United States"), shape("大同市")
    ('a0', 'Aa Aa', '中')
    """
    for pattern, sign in RUNS:
        text = pattern.sub(sign, text)
    return text


def may_be_value(text: str) -> bool:
    """Whether a text may be meant as a value: a mark for a missing one, or digits without words.

    >>> [may_be_value(text) for text in ("—", "约100", "3-12", "年鉴2021版", "第2页")]
    [True, True, True, False, False]
    """
    if is_missing(text) or is_number(text):
        return True
    has_digit = any(character.isdecimal() for character in text)
    words = re.sub(r"[\d\W_]", "", text)
    is_marked = is_continuation(text) or ADDRESS.search(text)
    return has_digit and len(words) <= 2 and not is_marked


def may_be_period(cell: Cell) -> bool:
    """Whether a cell is meant as a period, readable or not."""
    return parse_period(cell).how not in {"blank", "not_a_period"}


@dataclass(frozen=True, slots=True)
class Remark:
    """Text beside the table: where it begins and what it says."""

    row: int
    position: int
    text: str

    def place(self, table: RawTable) -> str:
        """Address of the cell, as spreadsheets write it."""
        (row,) = table.shown_rows([self.row])
        return f"{letters(table.first_column + self.position)}{row}"


def columns_of_text(
    table: RawTable, row: int, headings: Sequence[str], keys: Sequence[int]
) -> dict[int, list[Remark]]:
    """Find columns that hold text beside the table, with each of their texts where it begins.

    Such a column has no heading, or one that is such a text itself; below it there are words only,
    in fewer than half of the rows or the same in all of them, as in a merged cell.
    """
    if table.kind not in WITH_TEXT:
        return {}
    lines = table.rows[row:]
    columns: dict[int, list[Remark]] = {}
    for position, heading in enumerate(headings):
        if position in keys or (heading and not _is_text_as_heading(headings, position)):
            continue
        cells = map(cell_text, column_of(lines, position))
        below = [(number, text) for number, text in enumerate(cells, row + 1) if text]
        first = {heading: row} if heading else {}
        for number, text in below:
            first.setdefault(text, number)
        is_apart = not heading or (position > 0 and not headings[position - 1])
        is_few = len(first) == 1 or (is_apart and 2 * len(below) < len(lines))
        if first and is_few and not any(map(may_be_value, first)):
            columns[position] = [Remark(number, position, text) for text, number in first.items()]
    return columns


def _is_text_as_heading(headings: Sequence[str], position: int) -> bool:
    text = headings[position]
    is_apart = position > 0 and not headings[position - 1]
    return ADDRESS.search(text) is not None or (is_apart and is_sentence(text))


def text_behind(table: RawTable, row: int, width: int) -> list[Remark] | None:
    """Text in the fields behind those of the heading, after an empty field; None where there is more.

    Without the empty field a comma may have cut a number in two.
    """
    cells = table.rows[row - 1]
    filled = [(i, text) for i in range(width, len(cells)) if (text := cell_text(cells[i]))]
    if cell_text(cells[width]) or any(may_be_value(text) for _, text in filled):
        return None
    return [Remark(row, i, text) for i, text in filled]
