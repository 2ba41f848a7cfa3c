"""Columns of cells to columns of numbers or text, by our own grammar of numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from xinzhi.io.recognise.plain import LONG_CODE, PlainNumbers
from xinzhi.io.recognise.years import parse_period
from xinzhi.io.stored import StoredCells
from xinzhi.io.text.columns import TextColumn

WORD = re.compile(r"[^\W\d_]")
DATED = frozenset({"date", "shorter", "range"})
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
    plain: PlainNumbers,
    *,
    decimal: Decimal = ".",
    missing: frozenset[str] = frozenset(),
) -> Typed:
    """Type a column: numbers if the cells are numbers, codes and text otherwise.

    Only the cells that are no plain numbers are looked at one by one.
    """
    typed = Typed(plain.values, "number")
    typed.not_finite = np.flatnonzero(plain.flags & ~np.isfinite(plain.values)).tolist()
    if plain.has_text:
        typed.units[None] = []
    known: dict[str, Number | None] = {}
    n_numbers, others, flags = int(plain.flags.sum()), [], []
    exceptions = _exceptions(cells, plain)
    for i, cell in exceptions:
        if isinstance(cell, bool):
            flags.append(i)
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
    typed.not_finite.sort()
    if not others and not flags and _are_codes(plain, exceptions):
        return _as_code(cells)
    return _verdict(cells, typed, n_numbers, others, flags)


def _exceptions(cells: Sequence[Cell], plain: PlainNumbers) -> list[tuple[int, Cell]]:
    """Cells that are no plain numbers, with their positions."""
    if isinstance(cells, StoredCells):
        return []  # numbers, and empty cells: columns of anything else are in memory by now
    at = np.flatnonzero(~plain.flags).tolist()
    if isinstance(cells, TextColumn):
        return list(zip(at, cells.kept(~plain.flags), strict=True))
    return [(i, cells[i]) for i in at]


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
    if others and isinstance(cells, TextColumn):
        cells = list(cells)
    typed.error_cells = _where(cells, others, _is_error)
    errors = set(typed.error_cells)
    strangers = [i for i in others if i not in errors]
    if flags and not n_numbers and not strangers:
        typed.values[flags] = [float(bool(cells[i])) for i in flags]
        typed.kind = "flag"
        return typed
    strangers += flags
    if not n_numbers and not strangers:
        typed.kind = "number" if typed.missing else "empty"
        return typed
    dates = _where(cells, strangers, looks_like_date)
    is_misread = strangers and (
        _are_grouped(cells, strangers) or (n_numbers and len(dates) == len(strangers))
    )
    if not is_misread and (not n_numbers or n_numbers < len(strangers)):
        return _text_or_date(cells, typed, dates)
    typed.dates = dates
    typed.not_numbers = sorted(strangers)
    if len(typed.units) == 1 and None in typed.units:
        typed.units = {}
    return typed


def _where(cells: Sequence[Cell], at: Iterable[int], judge: Callable[[Cell], bool]) -> list[int]:
    """Positions of the cells of which something holds; each distinct cell is judged once."""
    known: dict[tuple[type, Cell], bool] = {}
    found = []
    for i in at:
        key = (type(cells[i]), cells[i])
        if key not in known:
            known[key] = judge(cells[i])
        if known[key]:
            found.append(i)
    return found


def _is_error(cell: Cell) -> bool:
    return isinstance(cell, str) and tidy(cell).casefold() in ERRORS


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
    text = as_text(cells, "date" if dates and all(dates) else "text")
    text.error_cells = typed.error_cells
    if at and len(at) == sum(value is not None for value in text.values):
        text.dates = at
    likely = _where(cells, range(len(cells)), _may_be_number)
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
    typed = as_text(cells, "code")
    typed.long = [
        i
        for i, text in enumerate(typed.values)
        if isinstance(text, str) and len(text) >= LONG_CODE and int(float(text)) != int(text)
    ]
    return typed


def _are_codes(plain: PlainNumbers, exceptions: list[tuple[int, Cell]]) -> bool:
    """Whether all texts are digits only and some would lose their zeros or digits as numbers."""
    if plain.codes is None:
        return False
    others = {tidy(cell) for _, cell in exceptions if isinstance(cell, str)}
    others = {text for text in others if not is_missing(text)}
    if not all(DIGITS.fullmatch(text) for text in others):
        return False
    return any(
        (text[0] == "0" and len(text) > 1)
        or (len(text) >= LONG_CODE and int(float(text)) != int(text))
        for text in (*plain.codes, *others)
    )


def as_text(cells: Sequence[Cell], kind: str = "text") -> Typed:
    """Keep the cells of a column as text, tidied; of a column of dates as they are."""
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
