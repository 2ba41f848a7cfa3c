"""What a single cell holds: a number, a missing mark, a name, a unit or a note.

Numbers have a grammar of their own: a cell is a number, a missing mark or neither, nothing in
between. Full-width digits, thousands marks, percent, units and footnote marks are understood and
reported.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from xinzhi_panel.io.raw import Cell

Mark = Literal["footnote", "paren", "full_width", "thousands", "currency", "spaces"]
Decimal = Literal[".", ","]

MISSING = frozenset(
    {
        *("", "na", "n/a", "n.a.", "n.a", "nan", "#n/a", "#na", "null", "none", "nil", "nd"),
        *("-", "--", "---", "—", "——", "―", "–", "−", "－", "─"),
        *("/", "\\", ".", "..", "...", "…", "……", "⋯", "⋯⋯", "缺失", "缺", "无", "暂无", "暂缺"),
        *(
            "空",
            "空值",
            "未公布",
            "尚未公布",
            "暂未公布",
            "未统计",
            "不详",
            "无数据",
            "没有数据",
            "数据缺失",
            "缺失值",
            "no data",
            "not available",
            "<na>",
            "(na)",
            "missing",
            "?",
            "？",
            "×",
            "***",
        ),
    }
)
"""Marks that mean: no value; compared after trimming and case folding."""
_STROKES = re.compile(r"[-—–―−－─‐‑](?: *[-—–―−－─‐‑]){0,2}|[.…⋯·](?: *[.…⋯·]){0,5}")
"""A few dashes or dots, with blanks between: - -, — —, . . .; longer ones are rules of a table."""
ERRORS = frozenset(
    {"#div/0!", "#ref!", "#value!", "#name?", "#num!", "#null!", "#spill!", "#calc!"}
)
"""Error values of spreadsheets, as text."""
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
SPACES = "\u00a0\u2007\u2009\u202f\u2002\u2003\u2004\u2005\u2006\u2008\u200a\u3000"
LONGEST = 100
"""Characters that no number exceeds; what is longer costs no search."""
_CLEAN = str.maketrans({**dict.fromkeys(INVISIBLE), **dict.fromkeys(SPACES, " ")})
_FOOTNOTE = re.compile(
    r"(?:[①-⑳❶-❿➀-➉⑴-⒇*†‡§#]|(?<!m)[¹²³⁰⁴-⁹ᵃᵇ]|(?<=[¹²³⁰⁴-⁹])[,，、](?=[¹²³⁰⁴-⁹])|\[\d{1,2}\]|［\d{1,2}］|【\d{1,2}】|\^\d{1,2}|[（(]\d[)）])+$"
)
_MINUS = str.maketrans({"−": "-", "‐": "-", "‑": "-", "–": "-", "﹣": "-"})
UNITS_OF_MONEY = ("元", "人民币", "yuan", "美元", "欧元", "英镑", "港元", "港币", "日元")
"""Words that are units behind a number."""
_EXPONENT = "(?:[eE][+-]?[0-9]+)?"
PLAIN: dict[Decimal, str] = {
    ".": rf"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+){_EXPONENT}",
    ",": rf"[+-]?[0-9]+(?:,[0-9]*)?{_EXPONENT}",
}
"""Plain numbers by their decimal mark; where it is the comma, a point may separate thousands."""
_PLAIN = {decimal: re.compile(pattern) for decimal, pattern in PLAIN.items()}
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(?:([, '’])\d{3})(?:\1\d{3})*(?:\.\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?\d{1,3}(?:([. '’])\d{3})(?:\1\d{3})*(?:,\d*)?", re.ASCII),
}
CURRENCIES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("¥", "￥", "RMB", "CNY", "元", "人民币", "yuan"), "CNY"),
        **dict.fromkeys(("$", "US$", "USD", "美元"), "USD"),
        **dict.fromkeys(("€", "EUR", "欧元"), "EUR"),
        **dict.fromkeys(("£", "GBP", "英镑"), "GBP"),
        **dict.fromkeys(("HK$", "HKD", "港元", "港币"), "HKD"),
        **dict.fromkeys(("円", "JPY", "日元"), "JPY"),
    }
)
"""Sign or word of a currency -> the currency."""
_SIGNS = "|".join(
    re.escape(s) for s in sorted(CURRENCIES, key=len, reverse=True) if s not in UNITS_OF_MONEY
)
_CURRENCY = re.compile(rf"^({_SIGNS})\s*|\s*([¥￥$€£円])$")
_SQUARED = re.compile(r"(.*[\d.,]) ?(km2|m2|m3)", re.ASCII)
"""Units that end with a digit."""
_NOT_FINITE = frozenset({"inf", "infinity", "∞", "无穷", "无穷大"})
UNIT = re.compile(
    r"(?:[十百千万亿]{0,2}(?:人|元|美元|欧元|英镑|港元|港币|日元|公斤|克|吨|吨标准煤|吨标煤|标准煤|千瓦时|千瓦|度|户|家|件|个|公顷|平方公里|平方千米"
    r"|立方米|平方米|米|公里|辆|所|张|册|项|台|套|亩|人次|户次)"
    r"|[万亿千百]|%|‰|％|‱|°C|℃|(?:k|M|G|T)?(?:Wh|W|J|t|g)|km2|km²|m2|m²|m3|m³|ha|km|kg|USD|RMB|CNY|yuan|persons?|tonnes?|tons?)"
)
"""Units of measure that are understood in cells and headers."""


@dataclass(frozen=True, slots=True)
class NumberText:
    """What a cell of text says."""

    value: float
    """NaN where the cell is a missing mark, an infinity where it is not finite."""
    missing: str | None = None
    """The mark that stood for a missing value."""
    unit: str | None = None
    marks: frozenset[Mark] = frozenset()
    currency: str | None = None
    """Currency that a sign or the unit names."""


def tidy(text: str) -> str:
    r"""Trim a cell and drop what cannot be seen in it.

    >>> tidy("\u3000 12\u200b\u00a0")
    '12'
    """
    return text.translate(_CLEAN).strip()


def is_missing(text: str) -> bool:
    """Whether a trimmed cell is a missing mark.

    >>> is_missing("—"), is_missing("N/A"), is_missing("- -"), is_missing("0"), is_missing("-1")
    (True, True, True, False, False)
    """
    return text.casefold() in MISSING or _STROKES.fullmatch(text) is not None


def parse_number(text: str, *, decimal: Decimal = ".") -> NumberText | None:
    """Read a cell as a number or a missing mark; None where it is neither.

    Infinities come back as infinities, so that the caller can refuse them with their place.

    >>> parse_number("1,050.75").value, parse_number("３８．５％").value
    (1050.75, 38.5)
    >>> parse_number("1.050,75", decimal=",").value, parse_number("12a")
    (1050.75, None)
    """
    trimmed = tidy(text)
    if is_missing(trimmed):
        return NumberText(math.nan, missing=trimmed)
    if len(trimmed) > LONGEST:
        return None
    if decimal == "." and _PLAIN["."].fullmatch(trimmed):
        return NumberText(float(trimmed))
    marks: set[Mark] = set()
    body = _FOOTNOTE.sub("", trimmed).rstrip()
    if not body and trimmed[0] not in "(（":
        return None
    if body and body != trimmed:
        marks.add("footnote")
    # (3) alone is a number in brackets, not a footnote mark.
    body = _ascii(body or trimmed, marks)
    sign = _CURRENCY.search(body)
    if sign:
        marks.add("currency")
        body = (body[: sign.start()] + body[sign.end() :]).strip()
    # Accountants write negative numbers in brackets; a sign inside them is something else.
    negative = len(body) > 2 and body[0] == "(" and body[-1] == ")" and body[1] not in "+-"
    if negative:
        marks.add("paren")
        body = body[1:-1].strip()
    body, unit = _unit(body)
    value = _value(body, decimal, marks)
    if value is None:
        return None
    currency = CURRENCIES[sign[1] or sign[2]] if sign else currency_of(unit)
    return NumberText(-value if negative else value, None, unit, frozenset(marks), currency)


def currency_of(unit: str | None) -> str | None:
    """Tell the currency of a unit; None where it is not one of money.

    >>> currency_of("万元"), currency_of("亿美元"), currency_of("吨"), currency_of("元/人")
    ('CNY', 'USD', None, 'CNY')
    """
    first = PER.split(unit or "")[0].strip()
    words = sorted(CURRENCIES, key=len, reverse=True)
    return next((CURRENCIES[word] for word in words if first.endswith(word)), None)


def _ascii(body: str, marks: set[Mark]) -> str:
    plain = unicodedata.normalize("NFKC", body) if not body.isascii() else body
    plain = plain.translate(_MINUS)
    if any("０" <= c <= "９" or c in "．，％－＋" for c in body):
        marks.add("full_width")
    return plain


def _unit(body: str) -> tuple[str, str | None]:
    """Split a unit off the end of a number."""
    if squared := _SQUARED.fullmatch(body):
        return squared[1].rstrip(), squared[2]
    end = len(body)
    while end and not (body[end - 1].isdigit() or body[end - 1] in ".,"):
        end -= 1
    tail = body[end:].strip()
    if end and tail and UNIT.fullmatch(tail):
        return body[:end].rstrip(), tail
    return body, None


def _value(body: str, decimal: Decimal, marks: set[Mark]) -> float | None:
    if body.lstrip("+-").casefold() in _NOT_FINITE:
        return -math.inf if body.startswith("-") else math.inf
    # Where the comma is the decimal mark, 1.050 is a thousand and fifty, but 1.05 is still 1.05.
    if _PLAIN["."].fullmatch(body) and not (decimal == "," and _GROUPED[","].fullmatch(body)):
        return float(body)
    grouped = _GROUPED[decimal].fullmatch(body)
    if grouped:
        mark = grouped.group(1)
        marks.add("thousands")
        return float(body.replace(mark, "").replace(",", "."))
    if decimal == "," and _PLAIN[","].fullmatch(body):
        return float(body.replace(",", "."))
    return None


_SURE_COMMA = re.compile(
    r"[+-]?(?:\d{1,3}(?:[. '’]\d{3})+,\d+|\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{4,},\d+)", re.ASCII
)
_SURE_POINT = re.compile(
    r"[+-]?(?:\d{1,3}(?:[, '’]\d{3})+\.\d*|\d*\.(?:\d{1,2}|\d{4,})|0\.\d+|\d{4,}\.\d+"
    r"|\d{1,3}(?:,\d{3}){2,})",
    re.ASCII,
)
_EITHER_COMMA = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)


def decimal_evidence(text: str) -> str | None:
    """Tell which decimal mark a cell proves: `,`, `.`, `?` (a comma that may be either) or None.

    >>> [decimal_evidence(t) for t in ("1.050,75", "1,050.75", "1,050", "12", "1,050①")]
    [',', '.', '?', None, '?']
    """
    tidied = tidy(text)
    if len(tidied) > LONGEST:
        return None
    # A footnote is not a digit: 9,500① proves nothing.
    body, _ = _unit(_ascii(_FOOTNOTE.sub("", tidied).rstrip() or tidied, set()))
    if _SURE_COMMA.fullmatch(body):
        return ","
    if _SURE_POINT.fullmatch(body):
        return "."
    return "?" if _EITHER_COMMA.fullmatch(body) else None


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
    r"|(?:(?:\d+|\d{1,3}(?:[, ]\d{3})+)\s*)?(?:(?:hundred |ten )?(?:thousand|million|billion|trillion)s?\s+)?(?:of\s+)?"
    r"(?:US\s?)?(?:yuan|RMB|CNY|USD|dollars?|\$|persons?|people|inhabitants|households|tons?|tonnes?|[kMGT]?Wh|tce|km2?|ha|hectares?|units?)"
    r"|per\s?cent|percent|percentage points?",
    re.IGNORECASE,
)
"""Further units of names and rows of units; in a cell they would be a year or a name."""
PRICES = re.compile(
    r"(?:按)?(?:当年|现行|不变|可比|(?:19|20)\d{2}年(?:不变|可比)?)价格?(?:计算)?|现价|名义|实际"
)
"""Words for the prices of an amount."""
UNIT_BEHIND_NAME = re.compile(
    r"(.*[\u4e00-\u9fff）)])"
    r"(?:\s*[，,：:_]\s*(?=[十百千万亿]{0,2}[\u4e00-\u9fff%％‰])|\s+(?=[十百千万亿][\u4e00-\u9fff])|\s*(?=[%％‰]))"
    r"([\u4e00-\u9fff/／·%％‰]+)"
)
"""A name in Chinese, then a unit in Chinese or percents; behind a space it has a scale (万人)."""
PER = re.compile(r"[/／·]|每(?=[十百千万]?[一-龥])")


LONGEST_NAME = 200
"""Characters beyond which a name is not searched: patterns would be slow on a hostile cell."""


def loose(name: object) -> str:
    """Fold a name for comparison: width, case and spaces do not count.

    >>> loose("　ＧＤＰ ") == loose("gdp")
    True
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", tidy(str(name)))).casefold()


def closes_nothing(text: str) -> bool:
    """Whether a text has more closing brackets than opening ones, as behind the number of a note.

    >>> closes_nothing("人口1)"), closes_nothing("二氧化碳（CO2）")
    (True, False)
    """
    return len(re.findall(r"[)）]", text)) > len(re.findall(r"[(（]", text))


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
    """Split a known unit off the name of a column: one in brackets, or behind a comma, colon or space.

    >>> split_unit("GDP（亿元，当年价）"), split_unit("Population (10,000 persons)")
    (('GDP', '亿元'), ('Population', '10,000 persons'))
    >>> split_unit("年末人口（万人）"), split_unit("f(x)"), split_unit("人口：万人"), split_unit("增速%")
    (('年末人口', '万人'), ('f(x)', None), ('人口', '万人'), ('增速', '%'))
    """
    name = tidy(text)
    if len(name) > LONGEST_NAME:
        return name, None
    match = UNIT_IN_NAME.fullmatch(name)
    if match and (unit := _unit_among(match.group(2))):
        return match.group(1), unit
    match = UNIT_BEHIND_NAME.fullmatch(name)
    if match and has_chinese(match.group(1)) and is_unit(match.group(2)):
        return match.group(1), match.group(2)
    return name, None


def _unit_among(text: str) -> str | None:
    """Find the unit between brackets, which may stand beside the prices: 亿元，当年价."""
    if is_unit(text):
        return text
    parts = [part.strip() for part in re.split(r"[，,、;；]", text)]
    units = [part for part in parts if not PRICES.fullmatch(part)]
    return units[0] if len(units) == 1 and len(parts) > 1 and is_unit(units[0]) else None


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
