"""Plain numbers, read a column at a time whatever their length.

A cell is plain where it is a number already, or text of digits with at most a sign, a decimal mark and
an exponent. All other cells (missing marks, units, thousands, footnotes, full-width digits) are
exceptions, which `columns` reads one by one by the grammar of `cells`. Arrow rounds by the algorithm
of Lemire (2021, doi:10.1002/spe.2984), Python by that of Gay (1990); both round correctly, so that
either gives the bits that `float` gives for the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xinzhi.io.raw import Cell
from xinzhi.io.recognise.cells import LONGEST, PLAIN, Decimal
from xinzhi.io.stored import StoredCells
from xinzhi.io.text.columns import TextColumn

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
