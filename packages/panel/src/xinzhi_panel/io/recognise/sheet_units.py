"""Units of columns that stand in several sheets: told apart by sheet, converted where that is certain.

A unit in a heading is the unit of its column. A unit above the table (单位：万元) is that of the columns
that it fits, and nobody says which these are. Where such a unit changes between two sheets, the figures
of the entities that both sheets hold decide, column by column: their median ratio is about 1 where the
unit of the column did not change, and about the ratio of the two units where it did. What is neither is
not converted, and the sheets are not put together.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from xinzhi_panel.io.raw import Cell
from xinzhi_panel.io.recognise.cells import cell_text, is_unit, parse_number
from xinzhi_panel.io.units import Unit, unit_of

ABOVE = re.compile(r"(?:计量)?单位\s*[:：]\s*(.+)|units?\s*:\s*(.+)", re.IGNORECASE)
BETWEEN = re.compile(r"[、,，;；/及和]|\band\b")
CLOSE = 0.5
"""Powers of ten by which figures may change from one sheet to the next beside a change of unit."""
TOLD = 1.0 - 1e-9
"""Powers of ten from which a change of unit can be told from growth: a factor of ten."""
EXACT = 1e-9
"""Rounding of logarithms."""


@dataclass(frozen=True, slots=True)
class ColumnUnit:
    """What is known about the unit of one column in one sheet."""

    sheet: str
    cells: Mapping[str, Cell]
    """Entity -> its cell; of several rows the last one."""
    own: str | None
    """The unit in the heading of the column, or in a row of units."""
    above: tuple[str, ...] = ()
    """Units above the table, of some of its columns."""


def units_above(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    """Read the units that stand above a table (单位：万人、亿元).

    >>> units_above([["2-1 主要指标"], ["单位：万人、亿元"]]), units_above([["2008年"]])
    (('万人', '亿元'), ())
    """
    for row in rows:
        for text in map(cell_text, row):
            match = ABOVE.search(text.strip("()（）"))
            if match is None:
                continue
            words = [word.strip(" ()（）") for word in BETWEEN.split(match[1] or match[2])]
            if words and all(map(is_unit, words)):
                return tuple(dict.fromkeys(words))
    return ()


def factors(
    columns: Sequence[ColumnUnit], target: str | None
) -> tuple[str | None, list[float]] | None:
    """Find by what the figures of each sheet are multiplied, and the unit that they then have.

    Parameters
    ----------
    columns
        One column in each of the sheets, in the order of their years.
    target
        The unit that is stated for the column; without it that of the last sheet.

    Returns
    -------
    tuple or None
        The common unit (None where none is known) and a factor for each sheet; None where the
        units of two sheets are not the same thing, or nobody can tell whether they changed.
    """
    own = [column.own for column in columns]
    if any(own) and None not in own:
        unit = target or str(own[-1])
        among = [factor_between(str(one), unit) for one in own]
        return None if None in among else (unit, [float(f) for f in among if f is not None])
    if any(own):
        return _partly_named(columns, target)
    return _by_figures(columns, target)


def factor_between(unit: str, other: str) -> float | None:
    """Return by what figures in a unit are multiplied to be in another one; None for another thing.

    >>> factor_between("万元", "亿元"), factor_between("万元", "元"), factor_between("万元", "万人")
    (0.0001, 10000.0, None)
    """
    if unit.strip().casefold() == other.strip().casefold():
        return 1.0
    first, second = unit_of(unit), unit_of(other)
    if first is None or second is None or first.dimension != second.dimension:
        return None
    return first.factor / second.factor


def _partly_named(
    columns: Sequence[ColumnUnit], target: str | None
) -> tuple[str | None, list[float]] | None:
    """Take the unit that some sheets name for all, if the figures go on without a jump."""
    named = dict.fromkeys(column.own for column in columns if column.own)
    if len(named) > 1:
        return None
    (only,) = named
    unit = target or str(only)
    factor = factor_between(str(only), unit)
    jumps = [_jump(a, b) for a, b in pairwise(columns)]
    if factor is None or any(jump is None or abs(jump) > CLOSE for jump in jumps):
        return None
    return unit, [factor] * len(columns)


def _by_figures(
    columns: Sequence[ColumnUnit], target: str | None
) -> tuple[str | None, list[float]] | None:
    """Follow the units above the tables from sheet to sheet; the figures say which columns they are of."""
    sizes, changed = [0.0], set[str]()
    for first, second in pairwise(columns):
        step = _step(first, second)
        if step is None:
            return None
        sizes.append(sizes[-1] + step[0])
        changed |= step[1]
    wanted = unit_of(target)
    if wanted is not None and wanted.dimension is not None:
        changed.add(wanted.dimension)
    unit = _unit_of_last(columns[-1], changed)
    more = factor_between(unit, target) if unit and target else 1.0
    if more is None or (target and not unit):
        return None
    size = sizes[-1] - math.log10(more)
    return target or unit, [_power(one - size) for one in sizes]


def _unit_of_last(column: ColumnUnit, changed: set[str]) -> str | None:
    """Give the unit above the last sheet that measures what changed."""
    fitting = [u for u in column.above if (known := unit_of(u)) and known.dimension in changed]
    return fitting[0] if len(fitting) == 1 else None


def _step(first: ColumnUnit, second: ColumnUnit) -> tuple[float, set[str]] | None:
    """Powers of ten by which the unit of a column grows from one sheet to the next, and of what it is.

    None where the unit may have changed and the figures do not tell.
    """
    if set(first.above) == set(second.above) or not _is_of_numbers(first, second):
        return 0.0, set()
    before, after = _by_dimension(first.above), _by_dimension(second.above)
    steps = {
        dimension: math.log10(after[dimension].factor / before[dimension].factor)
        for dimension in before.keys() & after.keys()
    }
    jump = _jump(first, second)
    if jump is None:
        return None
    if abs(jump) <= CLOSE:
        return 0.0, set()
    # Figures become smaller where their unit becomes larger.
    fitting = {d for d, step in steps.items() if abs(step) >= TOLD and abs(jump + step) <= CLOSE}
    if len({steps[d] for d in fitting}) != 1:
        return None
    return steps[min(fitting)], fitting


def _power(exponent: float) -> float:
    """Ten to a power, exactly where the power is whole."""
    whole = round(exponent)
    return 10.0**whole if abs(exponent - whole) < EXACT else 10.0**exponent


def _is_of_numbers(first: ColumnUnit, second: ColumnUnit) -> bool:
    """Whether both sheets have numbers in a column."""
    return bool(_numbers(first.cells)) and bool(_numbers(second.cells))


def _by_dimension(units: Sequence[str]) -> dict[str, Unit]:
    known = (unit_of(unit) for unit in units)
    return {unit.dimension: unit for unit in known if unit is not None and unit.dimension}


def _jump(first: ColumnUnit, second: ColumnUnit) -> float | None:
    """Median power of ten by which figures of common entities change; None without any."""
    a, b = _numbers(first.cells), _numbers(second.cells)
    steps = [math.log10(b[name] / a[name]) for name in a.keys() & b.keys()]
    return statistics.median(steps) if steps else None


def _numbers(cells: Mapping[str, Cell]) -> dict[str, float]:
    """Positive numbers of a column by entity."""
    read = {name: number_in(cell) for name, cell in cells.items()}
    return {name: value for name, value in read.items() if value is not None and value > 0}


def number_in(cell: Cell) -> float | None:
    """Return the plain number of a cell, None where it holds none or one with a unit of its own."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, (int, float)):
        return float(cell)
    number = parse_number(cell) if isinstance(cell, str) else None
    if number is None or number.missing is not None or number.unit is not None:
        return None
    return number.value if math.isfinite(number.value) else None


def converted(cell: Cell, factor: float) -> Cell:
    """Multiply the number in a cell; what is not a number is left as it is.

    >>> converted("1,234,567", 1e-4), converted(0.5, 1e4), converted("…", 1e-4)
    (123.4567, 5000.0, '…')
    """
    number = number_in(cell)
    if number is None or factor == 1.0:
        return cell
    # Division by a whole number is exact to the last digit, multiplication by its inverse is not.
    return number / round(1 / factor) if 1 / factor == round(1 / factor) else number * factor


def is_convertible(cell: Cell) -> bool:
    """Whether a cell is a plain number or holds none: 22.3万 has a unit of its own."""
    if not isinstance(cell, str) or number_in(cell) is not None:
        return True
    number = parse_number(cell)
    return not cell.strip() or number is None or number.missing is not None
