"""Columns of cells to columns of numbers or text, by our own grammar of numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

import numpy as np
import numpy.typing as npt

from xinzhi.io.raw import Cell
from xinzhi.io.recognise.cells import (
    ERRORS,
    Decimal,
    Mark,
    Number,
    decimal_evidence,
    is_missing,
    parse_number,
    tidy,
)
from xinzhi.io.recognise.years import parse_period
from xinzhi.io.text.delimited import TextColumn

WORD = re.compile(r"[^\W\d_]")
DATED = frozenset({"date", "shorter", "range"})
ZEROS = (re.compile(r"\n0\d"), re.compile(r"\n-0\d"), re.compile(r"\n\+0\d"))
"""Leading zeros, which codes have and numbers do not; one pattern a sign, because that is fast."""
LONG_CODE = 16
"""Digits from which on a whole number may not fit a float."""
ODD_GROUPS = re.compile(
    r"[+-]?(?:\d{1,3}(?:\.\d{3}){2,}|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d*)?)", re.ASCII
)
"""Points between thousands, or groups of two digits as in India."""
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DATE_TEXT = re.compile(
    rf"(?:\d{{1,2}}[-/ ]{_MONTH}(?:[-/ ]\d{{2,4}})?|{_MONTH}[-/ ]\d{{2,4}}|(?:\d{{4}}年)?\d{{1,2}}月(?:\d{{1,2}}日)?"
    r"|\d{4}[-/]\d{1,2}(?:[-/]\d{1,2})?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?|\d{1,2}/\d{1,2}/\d{2,4})",
    re.IGNORECASE | re.ASCII,
)
"""Dates as spreadsheets write them."""
AFFIXED = re.compile(
    r"[^\d\s.]{0,2}\s*[+-]?\d[\d,]{0,20}\.\d{1,20}\s*[^\d\s.]{1,4}"
    r"|(?:约|大约|近|超|超过|不足|[≈~<>≤≥±])\s*\d[\d,.]{0,20}\s*[^\d\s.]{0,4}"
    r"|\d[\d,.]{0,20}\s*[十百千万亿]*(?:余|多|左右|以上|以下|上下)",
    re.ASCII,
)
"""Numbers with words around them: estimates, bounds, flags."""
DIGITS = re.compile(r"\d+", re.ASCII)


@dataclass(slots=True)
class Typed:
    """A column after typing, and all that must be said about it."""

    values: npt.NDArray[np.float64] | npt.NDArray[np.object_]
    kind: str
    """`number`, `text`, `code`, `date`, `flag`, `empty`."""
    missing: dict[str, int] = field(default_factory=dict)
    """Mark -> how often it stood for a missing value (empty cells are not counted)."""
    marks: dict[Mark, list[int]] = field(default_factory=dict)
    """What was understood in cells -> positions."""
    units: dict[str | None, list[int]] = field(default_factory=dict)
    """Unit in the cell -> positions; only where some cell carries one."""
    not_numbers: list[int] = field(default_factory=list)
    """Positions of cells that are no numbers in a column of numbers, or the other way round."""
    not_finite: list[int] = field(default_factory=list)
    error_cells: list[int] = field(default_factory=list)
    dates: list[int] = field(default_factory=list)
    """Positions of dates where numbers may have stood: spreadsheets turn 3-12 into the 12th of March."""
    long: list[int] = field(default_factory=list)
    """Positions of whole numbers with more digits than a float holds."""
    digits: list[int] = field(default_factory=list)
    """Positions of cells of a text column that people may have meant as numbers."""

    @property
    def unit(self) -> str | None:
        """The one unit of all cells, or None."""
        return next(iter(self.units)) if len(self.units) == 1 else None


def type_column(
    cells: Sequence[Cell],
    *,
    decimal: Decimal = ".",
    missing: frozenset[str] = frozenset(),
    as_text: bool = False,
) -> Typed:
    """Type a column: numbers if the cells are numbers, codes and text otherwise."""
    if as_text:
        return _as_text(cells, "text")
    return _slow(cells, decimal, missing)


def quick_column(cells: Sequence[Cell]) -> Typed | None:
    """Type a column in which Python takes every cell for an ordinary number."""
    if isinstance(cells, TextColumn):
        numbers = cells.numbers(LONG_CODE)
        return None if numbers is None else Typed(numbers, "number")
    kinds = set(map(type, cells))
    if not kinds or not kinds <= {str, float, int}:
        return None
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))  # type: ignore[arg-type]
    except ValueError:
        return None
    texts: Sequence[str] = []
    if str in kinds:
        texts = cells if len(kinds) == 1 else [c for c in cells if isinstance(c, str)]  # type: ignore[assignment]
    return Typed(values, "number") if np.isfinite(values).all() and _ordinary(texts) else None


def _ordinary(texts: Sequence[str]) -> bool:
    """Whether texts that Python takes for numbers need no second look."""
    joined = "\n".join(["", *texts])
    if not joined.isascii() or "_" in joined or any(zeros.search(joined) for zeros in ZEROS):
        return False
    return not texts or max(map(len, texts)) < LONG_CODE


def _slow(cells: Sequence[Cell], decimal: Decimal, missing: frozenset[str]) -> Typed:
    typed = Typed(np.full(len(cells), np.nan), "number")
    known: dict[str, Number | None] = {}
    n_numbers, others, flags = 0, [], []
    for i, cell in enumerate(cells):
        if isinstance(cell, bool):
            flags.append(i)
        elif isinstance(cell, (int, float)):
            typed.values[i] = cell
            n_numbers += 1
            if not math.isfinite(cell):
                typed.not_finite.append(i)
        elif isinstance(cell, str):
            number = known.get(cell, ...)
            if number is ...:
                number = known[cell] = _parse(cell, decimal, missing)
            if number is None:
                others.append(i)
            elif _keep(typed, i, number):
                n_numbers += 1
        elif cell is not None:
            others.append(i)
    return _verdict(cells, typed, n_numbers, others, flags)


def _parse(cell: str, decimal: Decimal, missing: frozenset[str]) -> Number | None:
    text = tidy(cell)
    if text in missing:
        return Number(math.nan, missing=text)
    return parse_number(cell, decimal=decimal)


def _keep(typed: Typed, i: int, number: Number) -> bool:
    """Keep what a text cell says; tell whether it is a number rather than a missing mark."""
    if number.missing is not None:
        if number.missing:
            typed.missing[number.missing] = typed.missing.get(number.missing, 0) + 1
        return False
    typed.values[i] = number.value
    if not math.isfinite(number.value):
        typed.not_finite.append(i)
    for mark in number.marks:
        typed.marks.setdefault(mark, []).append(i)
    typed.units.setdefault(number.unit, []).append(i)
    return True


def _verdict(
    cells: Sequence[Cell], typed: Typed, n_numbers: int, others: list[int], flags: list[int]
) -> Typed:
    typed.error_cells = [
        i for i in others if isinstance(c := cells[i], str) and tidy(c).casefold() in ERRORS
    ]
    strangers = [i for i in others if i not in set(typed.error_cells)]
    if flags and not n_numbers and not strangers:
        typed.values[flags] = [float(bool(cells[i])) for i in flags]
        typed.kind = "flag"
        return typed
    strangers += flags
    if not n_numbers and not strangers:
        typed.kind = "number" if typed.missing else "empty"
        return typed
    dates = [i for i in strangers if looks_like_date(cells[i])]
    is_misread = strangers and (
        _are_grouped(cells, strangers) or (n_numbers and len(dates) == len(strangers))
    )
    if not is_misread and (not n_numbers or n_numbers < len(strangers)):
        return _text_or_date(cells, typed, dates)
    if not strangers and _is_code(cells):
        return _as_code(cells)
    typed.dates = dates
    typed.not_numbers = sorted(strangers)
    if len(typed.units) == 1 and None in typed.units:
        typed.units = {}
    return typed


def _are_grouped(cells: Sequence[Cell], at: list[int]) -> bool:
    """Whether all of the cells are digits in groups, but not in groups of the file's custom."""
    return all(isinstance(c := cells[i], str) and ODD_GROUPS.fullmatch(tidy(c)) for i in at)


def looks_like_date(cell: Cell) -> bool:
    """Whether a cell is a date, or text as spreadsheets write dates.

    >>> [looks_like_date(c) for c in ("12-Mar", "3月12日", "1903/10/2", "Mar-12", "3/4", "12")]
    [True, True, True, True, False, False]
    """
    if isinstance(cell, str):
        return bool(DATE_TEXT.fullmatch(tidy(cell)))
    return isinstance(cell, (date, time, timedelta))


def _text_or_date(cells: Sequence[Cell], typed: Typed, at: list[int]) -> Typed:
    dates = [isinstance(cell, (date, time, timedelta)) for cell in cells if cell is not None]
    text = _as_text(cells, "date" if dates and all(dates) else "text")
    text.error_cells = typed.error_cells
    if at and len(at) == sum(value is not None for value in text.values):
        text.dates = at
    likely = [i for i, cell in enumerate(cells) if _may_be_number(cell)]
    if 2 * len(likely) > sum(value is not None for value in text.values):
        text.digits = likely
    return text


def _may_be_number(cell: Cell) -> bool:
    """Whether a cell has digits and nothing that words are made of, and is no date."""
    if not isinstance(cell, str):
        return isinstance(cell, float)
    if AFFIXED.fullmatch(tidy(cell)):
        return True
    has_digit = any(c.isdecimal() for c in cell)
    return has_digit and not WORD.search(cell) and parse_period(cell).how not in DATED


def _as_code(cells: Sequence[Cell]) -> Typed:
    """Keep codes as text; where their digits, not their zeros, make them codes, note them."""
    typed = _as_text(cells, "code")
    typed.long = [
        i
        for i, text in enumerate(typed.values)
        if isinstance(text, str) and len(text) >= LONG_CODE and int(float(text)) != int(text)
    ]
    return typed


def _is_code(cells: Sequence[Cell]) -> bool:
    """Whether all cells are digits only and some would lose their zeros or digits as numbers."""
    texts = {tidy(cell) for cell in cells if isinstance(cell, str)}
    texts = {text for text in texts if not is_missing(text)}
    if not texts or not all(DIGITS.fullmatch(text) for text in texts):
        return False
    if any(text[0] == "0" and len(text) > 1 for text in texts):
        return True
    return any(len(text) >= LONG_CODE and int(float(text)) != int(text) for text in texts)


def _as_text(cells: Sequence[Cell], kind: str) -> Typed:
    known: dict[str, str] = {}
    values = np.empty(len(cells), dtype=object)
    for i, cell in enumerate(cells):
        if isinstance(cell, str):
            text = known.get(cell)
            if text is None:
                text = known[cell] = tidy(cell)
            values[i] = text or None
        elif isinstance(cell, float) and cell.is_integer():
            values[i] = str(int(cell))
        elif cell is not None:
            values[i] = cell if kind == "date" else str(cell)
    return Typed(values, kind)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the cells of a file prove about its decimal mark: column -> positions."""

    comma: dict[str, list[int]]
    point: dict[str, list[int]]
    either: dict[str, list[int]]


def gather_evidence(columns: Mapping[str, Sequence[Cell]]) -> Evidence:
    """Look for proofs of a decimal comma or point in cells of text that look like numbers."""
    evidence = Evidence({}, {}, {})
    kinds = {",": evidence.comma, ".": evidence.point, "?": evidence.either}
    for name, cells in columns.items():
        known: dict[str, str | None] = {}
        for i, cell in enumerate(cells):
            if not isinstance(cell, str):
                continue
            if cell not in known:
                known[cell] = decimal_evidence(cell)
            proof = known[cell]
            if proof:
                kinds[proof].setdefault(name, []).append(i)
    return evidence
