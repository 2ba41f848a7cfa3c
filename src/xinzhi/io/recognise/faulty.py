"""Cells with errors (#REF!, formulas without a value): they stop a reading unless nobody reads their column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xinzhi.errors import DataError, Problem
from xinzhi.io.options import ReadOptions
from xinzhi.io.raw import RawTable
from xinzhi.io.recognise.cells import loose
from xinzhi.io.recognise.layout import Header

ADDRESS = re.compile(r"([A-Z]+)(\d+)")


def position_of(table: RawTable, cell: str) -> int | None:
    """Position in the rows of a table of a cell, by its address.

    >>> position_of(RawTable("a.xlsx", [], first_column=2), "D7")
    2
    """
    match = ADDRESS.fullmatch(cell)
    if match is None:
        return None
    number = 0
    for letter in match[1]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - table.first_column


def refuse_faults(
    table: RawTable, header: Header, keys: Sequence[str | None], reading: ReadOptions
) -> None:
    """Raise the errors of cells in the columns that are read; without chosen columns these are all."""
    chosen = {loose(name) for name in (*reading.columns, *filter(None, keys))}
    places = dict(zip(header.positions, header.names, strict=True))

    def is_read(fault: Problem) -> bool:
        name = places.get(position_of(table, fault.where.cell or "") or 0)
        if position_of(table, fault.where.cell or "") not in places or name is None:
            return True
        return bool(chosen & {loose(name), loose(header.full.get(name, name))})

    wrong = [fault for fault in table.faults if not reading.columns or is_read(fault)]
    if wrong:
        raise DataError(wrong)
