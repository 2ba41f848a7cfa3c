"""The grammar of periods: years as people write them, whole numbers otherwise."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from xinzhi.io.numbers import is_missing, tidy
from xinzhi.io.raw import Cell

_WHOLE = re.compile(r"[+-]?\d{1,9}(?:\.0*)?", re.ASCII)
_YEAR = re.compile(
    r"(?:FY|CY|YR|Y|X|公元|['’‘`])?\s*((?:1[5-9]|20|21)\d{2})\s*(?:年度?|年末|年底|\[YR(?:1[5-9]|20|21)\d{2}\])?",
    re.IGNORECASE | re.ASCII,
)
_DAY = re.compile(
    r"((?:1[5-9]|20|21)\d{2})\s*([-/.年])\s*(\d{1,2})\s*(?:[-/.月])\s*(\d{1,2})\s*日?"
    r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_DAY_FIRST = re.compile(
    r"\d{1,2}[-/.](\d{1,2})[-/.]((?:1[5-9]|20)\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?"
)
_TWO_DIGIT = re.compile(r"['’‘`](\d{2})年?|(0\d)年?|(\d{2})年", re.ASCII)
_ERA = re.compile(r"(?:民国|民國|平成|昭和|令和|大正|明治|[HRS](?=\d{1,2}\b)).*")
_SHORTER = re.compile(
    r"(?:1[5-9]|20)\d{2}\s*(?:[-/.年]?\s*(?:Q[1-4]|[上下]半年|第?[一二三四1-4]季度?|H[12]|M\d{1,2})"
    r"|[-/.年]\s*(?:0?[1-9]|1[0-2])\s*月?)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?:1[5-9]|20)\d{2}\s*年?\s*(?:[-/~～—–至到]+)\s*(?:(?:1[5-9]|20)?\d{2})\s*年?"
)
_HANZI = str.maketrans("〇零○一二三四五六七八九", "000123456789")


@dataclass(frozen=True, slots=True)
class Period:
    """A period read, or why it could not be."""

    value: int | None
    how: str
    """`plain`, `year`, `date`, `hanzi`, `two_digit`; or the reason: `era`, `range`, `shorter`,
    `fraction`, `blank`, `not_a_period`, `month_or_day`."""


def parse_period(cell: Cell) -> Period:
    """Read a cell as a period.

    >>> [parse_period(c).value for c in (2008.0, "2008年", "２００８", "2008/1/1 0:00", "'08")]
    [2008, 2008, 2008, 2008, 2008]
    >>> parse_period("民国97年")
    Period(value=None, how='era')
    """
    if isinstance(cell, (datetime, date)):
        return Period(cell.year, "date")
    if isinstance(cell, bool) or cell is None:
        return Period(None, "blank" if cell is None else "not_a_period")
    if isinstance(cell, (int, float)):
        whole = float(cell).is_integer() and abs(cell) < 1e9
        return Period(int(cell), "plain") if whole else Period(None, "fraction")
    if not isinstance(cell, str):
        return Period(None, "not_a_period")
    return _from_text(unicodedata.normalize("NFKC", tidy(cell)))


def _from_text(text: str) -> Period:  # noqa: PLR0911  one line per spelling
    if is_missing(text):
        return Period(None, "blank")
    if two := _TWO_DIGIT.fullmatch(text):
        digits = int(next(group for group in two.groups() if group))
        return Period(digits + (2000 if digits < 50 else 1900), "two_digit")
    if _WHOLE.fullmatch(text):
        return Period(int(text.split(".", maxsplit=1)[0]), "plain")
    if year := _YEAR.fullmatch(text):
        return Period(int(year.group(1)), "year")
    if day := _DAY.fullmatch(text):
        valid = 1 <= int(day.group(3)) <= 12 and 1 <= int(day.group(4)) <= 31
        return Period(int(day.group(1)), "date") if valid else Period(None, "not_a_period")
    if day := _DAY_FIRST.fullmatch(text):
        return Period(int(day.group(2)), "date")
    if re.fullmatch(r"[〇零○一二三四五六七八九]{4}年?", text):
        return Period(int(text.rstrip("年").translate(_HANZI)), "hanzi")
    return Period(None, _reason(text))


def _reason(text: str) -> str:
    if _ERA.fullmatch(text):
        return "era"
    if _SHORTER.fullmatch(text):
        return "shorter"
    if _RANGE.fullmatch(text):
        return "range"
    if re.fullmatch(r"[+-]?\d*\.\d+", text):
        return "fraction"
    return "not_a_period"


def looks_like_year(cell: Cell) -> bool:
    """Whether a header cell is a year from 1900 to 2100.

    >>> looks_like_year("2008年"), looks_like_year("GDP"), looks_like_year(3.0)
    (True, False, False)
    """
    period = parse_period(cell)
    return period.value is not None and 1900 <= period.value <= 2100 and period.how != "two_digit"
