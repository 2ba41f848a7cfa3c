"""Formatting of numbers.

Digits are grouped by commas from 10,000 on, minus is a real minus sign, a missing number is a dash,
and a number that is not zero never reads as zero. Both languages write numbers alike, so that the
two sides of a report can be compared digit by digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xinzhi.present.table import Cell, CellKind
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Label, Language, Message, say

DECIMALS = 3
STARS: Mapping[str, float] = {"*": 0.10, "**": 0.05, "***": 0.01}
"""Marks and the p-values below which they stand, where the study file says nothing."""
MISSING = "—"
MINUS = "−"
GROUPED_FROM = 10_000
LEAST_FIXED, MOST_FIXED = 1e-5, 1e12
"""Outside these a number is written with its power of ten, as 1.23e−9."""


def number(value: float | None, decimals: int = DECIMALS) -> str:
    """Write a number with a fixed number of decimals, more where it would read as zero.

    >>> number(-1234567.8912), number(0.00004321), number(-0.0), number(None)
    ('−1,234,567.891', '0.000043', '0.000', '—')
    """
    if value is None or math.isnan(value):
        return MISSING
    sign = MINUS if value < 0 else ""
    size = abs(float(value))
    if math.isinf(size):
        return f"{sign}∞"
    if size and not LEAST_FIXED <= size < MOST_FIXED:
        digits, exponent = f"{size:.2e}".split("e")
        return f"{sign}{digits}e{exponent.lstrip('+').replace('-', MINUS)}"
    return sign + _grouped(f"{size:.{_digits(size, decimals)}f}")


def _digits(size: float, decimals: int) -> int:
    """Give the decimals that show two digits of a number that would else read as zero."""
    if size == 0 or float(f"{size:.{decimals}f}") > 0:
        return decimals
    return 1 - math.floor(math.log10(size))


def _grouped(digits: str) -> str:
    whole, point, rest = digits.partition(".")
    return f"{int(whole):,}{point}{rest}" if int(whole) >= GROUPED_FROM else digits


LARGE, MEDIUM = 1000.0, 100.0


def digits_for(value: float) -> int:
    """Choose decimals for a number in its own units: none of a large one.

    >>> digits_for(20_012_414.53), digits_for(711.4), digits_for(5.958)
    (0, 1, 3)
    """
    size = abs(value)
    if size >= LARGE:
        return 0
    return 1 if size >= MEDIUM else DECIMALS


def amount(value: float, sign: str = "") -> str:
    """Write six figures of an amount, a large one in full; `sign` is + where it always has one.

    >>> amount(19_100_612.3), amount(0.0123456789), amount(-2.5, "+")
    ('19,100,612', '0.0123457', '-2.5')
    """
    if not math.isfinite(value):
        return MISSING
    return f"{value:{sign},.0f}" if 1e5 <= abs(value) < 1e15 else f"{value:{sign},.6g}"


def count(value: float | None) -> str:
    """Write a whole number.

    >>> count(1840), count(18400), count(-3)
    ('1840', '18,400', '−3')
    """
    return number(value, 0)


def year(value: float | None) -> str:
    """Write a year, never grouped, or the name of a quarter.

    >>> year(2023), year(12023), year(8064)
    ('2023', '12023', '2016Q1')
    """
    if value is None or math.isnan(value):
        return MISSING
    return period_name(round(value)).replace("-", MINUS)


def percent(value: float | None, decimals: int = 1) -> str:
    """Write a share (0.5 is 50 %) as per cent.

    >>> percent(0.1234), percent(-1)
    ('12.3%', '−100.0%')
    """
    text = number(None if value is None else 100 * value, decimals)
    return text if text == MISSING else f"{text}%"


def p_value(value: float | None, decimals: int = DECIMALS) -> str:
    """Write a p-value; one below the last digit is said to be below it.

    >>> p_value(0.0004), p_value(0.04567), p_value(0.0004, 4), p_value(0.9996)
    ('<0.001', '0.046', '0.0004', '>0.999')
    """
    if value is None or math.isnan(value):
        return MISSING
    least = 10.0**-decimals
    if value < least:
        return f"<{least:.{decimals}f}"
    if value < 1 and float(f"{value:.{decimals}f}") == 1:
        return f">{1 - least:.{decimals}f}"
    return f"{value:.{decimals}f}"


def p_equals(value: float | None) -> str:
    """Write a p-value as it stands in a sentence.

    >>> p_equals(0.04567), p_equals(1e-9)
    ('p = 0.046', 'p < 0.001')
    """
    text = p_value(value)
    return f"p {text[0]} {text[1:]}" if text[0] in "<>" else f"p = {text}"


def marks(p: float | None, levels: Mapping[str, float]) -> str:
    """Mark a p-value: the mark of the strictest level that it passes.

    >>> marks(0.03, STARS), marks(0.2, STARS)
    ('**', '')
    """
    if p is None or math.isnan(p):
        return ""
    passed = [(level, mark) for mark, level in levels.items() if p < level]
    return min(passed)[1] if passed else ""


def stars_in_words(levels: Mapping[str, float]) -> str:
    """List the marks and the p-values below which they stand.

    >>> stars_in_words(STARS)
    '* p < 0.1, ** p < 0.05, *** p < 0.01'
    """
    return ", ".join(f"{mark} p < {level:g}" for mark, level in levels.items())


def level(value: float) -> str:
    """Write a significance level: 0.05 is 5%, 0.001 is 0.1%.

    >>> level(0.05), level(0.001)
    ('5%', '0.1%')
    """
    return f"{100 * value:.6g}%"


@dataclass(frozen=True, slots=True)
class Written:
    """A cell as text, in parts, so that a format can align it and raise its stars."""

    text: str
    """What stands there, stars not included."""
    stars: str = ""
    is_number: bool = True

    @property
    def before_point(self) -> str:
        """The part that is set to the left of the decimal point, brackets and sign included."""
        return self.text.partition(".")[0] if self.is_number else self.text

    @property
    def after_point(self) -> str:
        """The part from the decimal point on."""
        return self.text[len(self.before_point) :]

    def __str__(self) -> str:
        return self.text + self.stars


_WRITERS: Mapping[CellKind, Callable[[float, int], str]] = {
    "number": number,
    "estimate": number,
    "statistic": number,
    "std_error": lambda value, decimals: f"({number(value, decimals)})",
    "t_statistic": lambda value, decimals: f"({number(value, decimals)})",
    "p_value": p_value,
    "percent": lambda value, decimals: percent(value, min(decimals, 1)),
    "count": lambda value, _: count(value),
    "year": lambda value, _: year(value),
}


def write(cell: Cell, language: Language, decimals: int = DECIMALS) -> Written:
    """Write a cell in a language.

    >>> str(write(Cell(-0.5, "estimate", stars="**"), "en")), str(write(Cell(0.25, "std_error"), "en"))
    ('−0.500**', '(0.250)')
    """
    value = cell.value
    if cell.kind == "empty":
        return Written("", is_number=False)
    if isinstance(value, (str, Message, Label)):
        return Written(say(value, language), cell.stars, is_number=False)
    if value is None or math.isnan(value):
        return Written(MISSING, is_number=False)
    if cell.kind == "text":
        return Written(str(value), cell.stars, is_number=False)
    if cell.kind == "year" and (name := year(value)) != f"{value:.0f}" and value > 0:
        return Written(name, is_number=False)  # a quarter is not a number to a reader
    places = decimals if cell.decimals is None else cell.decimals
    return Written(_WRITERS[cell.kind](value, places), cell.stars)
