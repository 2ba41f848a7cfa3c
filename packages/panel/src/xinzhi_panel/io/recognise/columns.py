"""Columns of cells to columns of numbers or text, by our own grammar of numbers.

Plain numbers, read a column at a time whatever their length.

A cell is plain where it is a number already, or text of digits with at most a sign, a decimal mark and
an exponent. All other cells (missing marks, units, thousands, footnotes, full-width digits) are
exceptions, which `columns` reads one by one by the grammar of `cells`. Arrow rounds by the algorithm
of Lemire (2021, doi:10.1002/spe.2984), Python by that of Gay (1990); both round correctly, so that
either gives the bits that `float` gives for the text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from xinzhi_panel.io.raw import Cell
from xinzhi_panel.io.recognise.cells import (
    ERRORS,
    LONGEST,
    PLAIN,
    Decimal,
    Mark,
    NumberText,
    decimal_evidence,
    is_missing,
    parse_number,
    tidy,
)
from xinzhi_panel.io.recognise.years import parse_period
from xinzhi_panel.io.stored import StoredCells
from xinzhi_panel.io.text.columns import TextColumn

LONG_CODE = 16
"""Digits from which on a whole number may not fit a float."""
CODE = f"^(?:0[0-9]+|[0-9]{{{LONG_CODE},}})$"


@dataclass(frozen=True, slots=True)
class PlainNumbers:
    """The plain numbers of a column."""

    values: npt.NDArray[np.float64]
    """Value of each plain cell, NaN at the others."""
    flags: npt.NDArray[np.bool_]
    """Whether each cell is plain."""
    has_text: bool
    """Whether any plain cell is text."""
    codes: tuple[str, ...] | None
    """Texts with leading zeros or many digits, which codes have; None where any text has more than digits."""

    def all(self) -> bool:
        """Whether every cell is plain."""
        return bool(self.flags.all())


def plain_numbers(
    cells: Sequence[Cell], *, decimal: Decimal = ".", missing: frozenset[str] = frozenset()
) -> PlainNumbers:
    """Read the plain numbers of a column; the stated marks of `missing` are none.

    >>> plain_numbers(["0.1", "1e-320", "-", "12345678901234567.5"]).values.tolist()
    [0.1, 1e-320, nan, 1.2345678901234568e+16]
    >>> plain_numbers(["1,5", "1.234", 2.0], decimal=",").flags.tolist()
    [True, False, True]
    """
    if isinstance(cells, TextColumn):
        return _of_text_column(cells, decimal, missing)
    if isinstance(cells, StoredCells) and (values := cells.numbers()) is not None:
        return PlainNumbers(values, ~np.isnan(values), has_text=False, codes=())
    if decimal == "." and not missing:
        whole = _whole_list(cells)
        if whole is not None:
            return whole
    return _of_list(cells, decimal, missing)


def _of_text_column(cells: TextColumn, decimal: Decimal, missing: frozenset[str]) -> PlainNumbers:
    values = cells.numbers(LONGEST) if decimal == "." and not missing else None
    if values is not None and np.isfinite(values).all():
        flags = np.ones(len(values), dtype=bool)
        return PlainNumbers(values, flags, len(values) > 0, _codes_of_text_column(cells))
    flags = cells.matching(f"^{PLAIN[decimal]}$", LONGEST)
    if missing:
        flags &= ~cells.among(missing)
    plain = cells.select(flags)
    values = np.full(len(cells), np.nan)
    # Arrow knows no decimal comma: such cells are read by Python.
    numbers = plain.numbers(LONGEST) if decimal == "." else None
    if numbers is None:
        numbers = np.fromiter((float(c.replace(",", ".")) for c in plain), np.float64, len(plain))
    values[flags] = numbers
    return PlainNumbers(values, flags, len(plain) > 0, _codes_of_text_column(plain))


def _codes_of_text_column(plain: TextColumn) -> tuple[str, ...] | None:
    if not plain.has_only_digits():
        return None
    return tuple(plain.select(plain.matching(CODE, LONGEST)))


def _whole_list(cells: Sequence[Cell]) -> PlainNumbers | None:
    """Read a list in which Python takes every cell for a finite number; None for any other.

    Python takes more for a number than the pattern does: spaces around it, other scripts, 1_000.
    """
    kinds = set(map(type, cells))
    if not kinds <= {str, float, int}:
        return None
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))  # type: ignore[arg-type]
    except ValueError:
        return None
    texts = [cell for cell in cells if isinstance(cell, str)]
    joined = "\n".join(texts)
    if not np.isfinite(values).all() or not joined.isascii() or "_" in joined:
        return None
    # One test for all texts: a space inside any of them would split it.
    if joined.split() != texts or max(map(len, texts), default=0) > LONGEST:
        return None
    flags = np.ones(len(cells), dtype=bool)
    return PlainNumbers(values, flags, bool(texts), _codes_of_list(texts))


def _of_list(cells: Sequence[Cell], decimal: Decimal, missing: frozenset[str]) -> PlainNumbers:
    is_plain = re.compile(PLAIN[decimal]).fullmatch
    values = np.full(len(cells), np.nan)
    flags = np.zeros(len(cells), dtype=bool)
    texts = []
    for i, cell in enumerate(cells):
        if isinstance(cell, str):
            if len(cell) > LONGEST or not is_plain(cell) or cell in missing:
                continue
            texts.append(cell)
            values[i] = float(cell.replace(",", "."))
        elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
            values[i] = cell
        else:
            continue
        flags[i] = True
    return PlainNumbers(values, flags, bool(texts), _codes_of_list(texts))


def _codes_of_list(texts: list[str]) -> tuple[str, ...] | None:
    if texts and not "".join(texts).isdecimal():
        return None
    return tuple(t for t in texts if len(t) >= LONG_CODE or (t[0] == "0" and len(t) > 1))


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
DECIMALS: tuple[Decimal, ...] = (",", ".")
WITNESS = 0.8
"""Share of the texts of a column that must be numbers for it to prove the decimal mark of the file."""
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
    currencies: dict[str, list[int]] = field(default_factory=dict)
    """Currency that a sign or a unit in the cell names -> positions."""
    not_numbers: list[int] = field(default_factory=list)
    """Positions of cells that are not numbers in a column of numbers, or the other way round."""
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

    Only the cells that are not plain numbers are looked at one by one.
    """
    typed = Typed(plain.values, "number")
    typed.not_finite = np.flatnonzero(plain.flags & ~np.isfinite(plain.values)).tolist()
    if plain.has_text:
        typed.units[None] = []

    @cache  # marks and units repeat: each distinct text is parsed once
    def parse(text: str) -> NumberText | None:
        stated = tidy(text)
        if stated in missing:
            return NumberText(math.nan, missing=stated)
        return parse_number(text, decimal=decimal)

    n_numbers, others, flags = int(plain.flags.sum()), [], []
    exceptions = _exceptions(cells, plain)
    for i, cell in exceptions:
        number = parse(cell) if isinstance(cell, str) else None
        if isinstance(cell, bool):
            flags.append(i)
        elif number is not None:
            n_numbers += _keep(typed, i, number)
        elif cell is not None:
            others.append(i)
    typed.not_finite.sort()
    if not others and not flags and _are_codes(plain, exceptions):
        return _as_code(cells)
    return _verdict(cells, typed, n_numbers, others, flags)


def _exceptions(cells: Sequence[Cell], plain: PlainNumbers) -> list[tuple[int, Cell]]:
    """Cells that are not plain numbers, with their positions."""
    if isinstance(cells, StoredCells):
        return []  # numbers, and empty cells: columns of anything else are in memory by now
    places = np.flatnonzero(~plain.flags).tolist()
    if isinstance(cells, TextColumn):
        return list(zip(places, cells.select(~plain.flags), strict=True))
    return [(i, cells[i]) for i in places]


def _keep(typed: Typed, i: int, number: NumberText) -> bool:
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
    if number.currency:
        typed.currencies.setdefault(number.currency, []).append(i)
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
        all(_is_grouped(cells[i]) for i in strangers)
        or (n_numbers and len(dates) == len(strangers))
    )
    if not is_misread and (not n_numbers or n_numbers < len(strangers)):
        return _text_or_date(cells, typed, dates)
    typed.dates = dates
    typed.not_numbers = sorted(strangers)
    if len(typed.units) == 1 and None in typed.units:
        typed.units = {}
    return typed


def _where(
    cells: Sequence[Cell], places: Iterable[int], judge: Callable[[Cell], bool]
) -> list[int]:
    """Positions of the cells of which something holds; each distinct cell is judged once."""
    # By type too: 1, 1.0 and True are equal, and not one kind of cell.
    judge_once = lru_cache(maxsize=None, typed=True)(judge)
    return [i for i in places if judge_once(cells[i])]


def _is_error(cell: Cell) -> bool:
    return isinstance(cell, str) and tidy(cell).casefold() in ERRORS


def _is_grouped(cell: Cell) -> bool:
    """Whether a cell is digits in groups, but not in groups of the file's custom."""
    return isinstance(cell, str) and ODD_GROUPS.fullmatch(tidy(cell)) is not None


def looks_like_date(cell: Cell) -> bool:
    """Whether a cell is a date, or text as spreadsheets write dates.

    >>> [looks_like_date(c) for c in ("12-Mar", "3月12日", "1903/10/2", "Mar-12", "3/4", "12")]
    [True, True, True, True, False, False]
    """
    if isinstance(cell, str):
        return bool(DATE_TEXT.fullmatch(tidy(cell)))
    return isinstance(cell, (date, time, timedelta))


def _text_or_date(cells: Sequence[Cell], typed: Typed, dates: list[int]) -> Typed:
    are_dates = [isinstance(cell, (date, time, timedelta)) for cell in cells if cell is not None]
    text = as_text(cells, "date" if are_dates and all(are_dates) else "text")
    text.error_cells = typed.error_cells
    n_filled = sum(value is not None for value in text.values)
    if dates and len(dates) == n_filled:
        text.dates = dates
    likely = _where(cells, range(len(cells)), _may_be_number)
    if 2 * len(likely) > n_filled:
        text.digits = likely
    return text


def _may_be_number(cell: Cell) -> bool:
    """Whether a cell has digits and nothing that words are made of, and is not a date."""
    if not isinstance(cell, str):
        return isinstance(cell, float)
    if AFFIXED.fullmatch(tidy(cell)):
        return True
    has_digit = any(c.isdecimal() for c in cell)
    return has_digit and not WORD.search(cell) and parse_period(cell).how not in DATED


def _as_code(cells: Sequence[Cell]) -> Typed:
    """Keep codes as text; where their digits, not their zeros, make them codes, note them."""
    typed = as_text(cells, "code")
    typed.long = [i for i, t in enumerate(typed.values) if isinstance(t, str) and _loses_digits(t)]
    return typed


def _loses_digits(text: str) -> bool:
    """Whether a whole number has more digits than a float keeps."""
    return len(text) >= LONG_CODE and int(float(text)) != int(text)


def _are_codes(plain: PlainNumbers, exceptions: list[tuple[int, Cell]]) -> bool:
    """Whether all texts are digits only and some would lose their zeros or digits as numbers."""
    if plain.codes is None:
        return False
    others = {tidy(cell) for _, cell in exceptions if isinstance(cell, str)}
    others = {text for text in others if not is_missing(text)}
    if not all(DIGITS.fullmatch(text) for text in others):
        return False
    return any(
        (text[0] == "0" and len(text) > 1) or _loses_digits(text)
        for text in (*plain.codes, *others)
    )


def as_text(cells: Sequence[Cell], kind: str = "text") -> Typed:
    """Keep the cells of a column as text, tidied; of a column of dates as they are."""
    tidy_once = cache(tidy)
    values = np.empty(len(cells), dtype=object)
    for i, cell in enumerate(cells):
        if isinstance(cell, str):
            values[i] = tidy_once(cell) or None
        elif isinstance(cell, float) and cell.is_integer():
            values[i] = str(int(cell))
        elif cell is not None:
            values[i] = cell if kind == "date" else str(cell)
    return Typed(values, kind)


def gather_evidence(columns: Mapping[str, Sequence[Cell]]) -> dict[str, dict[str, list[int]]]:
    """Look for proofs of a decimal comma or point in cells of text that look like numbers.

    Returns the decimal mark, `?` where it may be either -> column -> positions. A column of which most
    cells are not numbers by that mark, as lists and coordinates are not, proves nothing.
    """
    prove_once = cache(decimal_evidence)
    evidence: dict[str, dict[str, list[int]]] = {",": {}, ".": {}, "?": {}}
    for name, cells in columns.items():
        for i, cell in enumerate(cells):
            if isinstance(cell, str) and (mark := prove_once(cell)):
                evidence[mark].setdefault(name, []).append(i)
    for mark in DECIMALS:
        evidence[mark] = {n: i for n, i in evidence[mark].items() if _are_numbers(columns[n], mark)}
    return evidence


def _are_numbers(cells: Sequence[Cell], decimal: Decimal) -> bool:
    """Whether nearly all texts of a column are numbers with this decimal mark."""
    texts = {cell for cell in cells if isinstance(cell, str)}
    read = [parse_number(text, decimal=decimal) is not None for text in texts]
    return sum(read) >= WITNESS * len(read)
