"""What single cells of a table say apart from numbers: names, units, notes, totals."""

from __future__ import annotations

import re
import unicodedata

from xinzhi.io.numbers import UNIT, parse_number, tidy
from xinzhi.io.raw import Cell

NOTE = re.compile(
    r"(?:注|附注|备注|说明|数据来源|资料来源|来源|单位|notes?|sources?|data source)\s*\d*\s*[:：.、]|[*※①]",
    re.IGNORECASE,
)
UNIT_IN_NAME = re.compile(
    r"(.+?)\s*[（(\[［【]\s*(?:单位[:：])?\s*([^（）()\[\]［］【】]+?)\s*[)）\]］】]$"
)


BESIDE_NUMBERS = re.compile(
    r"(?:上年|上期|上月|去年|同期|以?(?:19|20)\d{2}年?)\s*(?:=|为|价格?=)\s*100%?|(?:19|20)\d{2}年(?:不变)?价格?"
    r"|[十百千万]?(?:年|岁|小时|天|日|月|次|元|人|公斤|千克|克|毫克|微克|升|毫升|分|分贝|倍|百分点|个百分点)"
    r"|无量纲|[没无]有?单位|标准立方米|当年价|可比价"
)
"""Further units of names and rows of units; in a cell they would be a year or a name."""
PER = re.compile(r"[/／·]|每(?=[十百千万]?[一-龥])")


LONGEST_NAME = 200
"""Characters beyond which a name is not searched: patterns would be slow on a hostile cell."""


def loose(name: object) -> str:
    """Fold a name for comparison: width, case and spaces do not count.

    >>> loose("　ＧＤＰ ") == loose("gdp")
    True
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", tidy(str(name)))).casefold()


def cell_text(cell: Cell) -> str:
    """Text of a cell, whole numbers without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return tidy(str(cell))


def has_chinese(text: str) -> bool:
    """Whether a text holds a Chinese character.

    >>> has_chinese("GDP（亿元）"), has_chinese("GDP")
    (True, False)
    """
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def is_filled(cell: Cell) -> bool:
    """Whether a cell holds anything that can be seen."""
    return cell is not None and (not isinstance(cell, str) or bool(tidy(cell)))


def is_number(cell: Cell) -> bool:
    """Whether a cell is a number, typed or as text."""
    if isinstance(cell, str):
        number = parse_number(cell)
        return number is not None and number.missing is None
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def split_unit(text: str) -> tuple[str, str | None]:
    """Split a known unit in brackets off the name of a column.

    >>> split_unit("年末人口（万人）"), split_unit("f(x)")
    (('年末人口', '万人'), ('f(x)', None))
    """
    match = UNIT_IN_NAME.fullmatch(tidy(text)) if len(text) <= LONGEST_NAME else None
    if match and is_unit(match.group(2)):
        return match.group(1), match.group(2)
    return tidy(text), None


def is_unit(text: str) -> bool:
    """Whether a text is a known unit, or several by a stroke.

    >>> is_unit("人/平方公里"), is_unit("上年＝100"), is_unit("人口")
    (True, True, False)
    """
    parts = [part.strip() for part in PER.split(unicodedata.normalize("NFKC", tidy(text)))]
    return all(UNIT.fullmatch(part) or BESIDE_NUMBERS.fullmatch(part) for part in parts)


def is_note(text: str) -> bool:
    """Whether the first cell of a row begins a note below the table.

    >>> is_note("注：快报数"), is_note("注重县")
    (True, False)
    """
    return bool(NOTE.match(text))
