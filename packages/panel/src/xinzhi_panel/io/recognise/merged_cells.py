"""Merged cells among the data: one number that stands for several cells.

A name merged over the rows of a city is the name of each. A number merged over two columns is the amount
of at most one of them, and which one the file does not say: that is refused. A number merged over several
rows of a column may be the value of each, their sum, or the value of the first: it is taken for the value
of each, with a warning, unless the column tells the same of an entity in all of its rows, as codes do.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import Where
from xinzhi_core.wording import message
from xinzhi_panel.io.raw import Cell, RawTable, ReadingFindings, letters, listed
from xinzhi_panel.io.recognise.cells import cell_text, is_number
from xinzhi_panel.io.recognise.layout import Header
from xinzhi_panel.io.recognise.rows.excluded_rows import KeyColumns

Range = tuple[int, int, int, int]
"""First and last row, first and last position."""


def check_merged(
    table: RawTable,
    header: Header,
    keys: KeyColumns,
    keep: npt.NDArray[np.bool_],
    findings: ReadingFindings,
) -> None:
    """Refuse numbers merged over columns, and doubt those merged over rows of one column."""
    several: dict[int, list[Range]] = {}
    for place, columns in _among_data(table, header, keep):
        top, _, left, _ = place
        if not _is_value(table.rows[top - 1][left]):
            continue
        if len(columns) > 1:
            names = [header.names[header.positions.index(position)] for position in columns]
            findings.error(
                "excel.merged_columns",
                message(
                    "The merged cell {cells} holds one number, {value}, for several columns: {columns}.",
                    cells=_address(table, place),
                    value=cell_text(table.rows[top - 1][left]),
                    columns=listed(names),
                ),
                _where(table, place, names[0]),
                message("unmerge it and write each column's own value, or leave the others empty."),
            )
        elif place[1] > top and columns[0] not in (keys.entity, keys.period):
            several.setdefault(columns[0], []).append(place)
    for position, places in several.items():
        if not _tells_of_entities(table, header, keys, keep, position):
            _doubt(table, header, position, places, findings)


def _is_value(cell: Cell) -> bool:
    return is_number(cell) or isinstance(cell, date)


def _among_data(
    table: RawTable, header: Header, keep: npt.NDArray[np.bool_]
) -> Iterator[tuple[Range, list[int]]]:
    """Give the merged ranges that meet a row of data, each with the columns that it covers."""
    for top, bottom, left, right in table.merged:
        rows = keep[max(top - header.first_data, 0) : max(bottom - header.first_data + 1, 0)]
        columns = [position for position in header.positions if left <= position <= right]
        if rows.any() and columns:
            yield (top, bottom, left, right), columns


def _tells_of_entities(
    table: RawTable,
    header: Header,
    keys: KeyColumns,
    keep: npt.NDArray[np.bool_],
    position: int,
) -> bool:
    """Whether a column has one value for each entity, and several entities."""
    values: dict[str, set[str]] = {}
    for i in np.flatnonzero(keep).tolist():
        line = table.rows[header.first_data - 1 + i]
        cell = line[position] if position < len(line) else None
        values.setdefault(cell_text(line[keys.entity]), set()).add(cell_text(cell))
    return len(values) > 1 and all(len(cells) == 1 for cells in values.values())


def _doubt(
    table: RawTable, header: Header, position: int, places: list[Range], findings: ReadingFindings
) -> None:
    name = header.names[header.positions.index(position)]
    findings.warn(
        "excel.merged_rows",
        message(
            "Merged cells in column '{name}' hold one number for several rows: {cells}; it was taken "
            "for the value of each row.",
            name=name,
            cells=listed(_address(table, place) for place in places),
        ),
        _where(table, places[0], name),
        message(
            "unmerge them and write the value of each row; a sum over the rows belongs in none of them."
        ),
    )


def _address(table: RawTable, place: Range) -> str:
    top, bottom, left, right = place
    first, last = (letters(table.first_column + position) for position in (left, right))
    return f"{first}{top}:{last}{bottom}"


def _where(table: RawTable, place: Range, name: str) -> Where:
    return table.where(place[0], place[2], name)
