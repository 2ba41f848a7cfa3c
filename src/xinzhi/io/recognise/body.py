"""The rows of the table below its header, as columns of cells with row numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from xinzhi.errors import MissingColumn
from xinzhi.io.raw import ERRORS_PER_COLUMN, Cell, RawTable, ReadingFindings
from xinzhi.io.recognise.cells import cell_text, loose
from xinzhi.io.recognise.layout import Header
from xinzhi.io.recognise.merged_cells import check_merged
from xinzhi.io.recognise.rows import left_out
from xinzhi.io.recognise.rows.data_rows import rows_of_data
from xinzhi.io.recognise.rows.excluded_rows import KeyColumns
from xinzhi.io.recognise.rows.fates import RowFates
from xinzhi.io.recognise.rows.texts import text_behind
from xinzhi.io.text.columns import ColumnRows, column_of, lengths_of
from xinzhi.problems import missing_column
from xinzhi.wording import message


@dataclass(frozen=True, slots=True)
class Body:
    """Columns of cells and the row of the file of each."""

    columns: dict[str, Sequence[Cell]]
    rows: npt.NDArray[np.int64]
    fates: RowFates
    """What became of every row of the table."""


def find_body(
    table: RawTable,
    header: Header,
    entity: str,
    findings: ReadingFindings,
    *,
    period: str | None = None,
    entities: tuple[str, ...] = (),
    leave_out: tuple[str, ...] = (),
    is_panel: bool = False,
) -> Body:
    """Take the data rows; blank rows, repeated headers, totals and notes are left out and named.

    Raises
    ------
    DataError
        `layout.ragged` for rows with more or fewer fields than there are names,
        `layout.second_table` for a table with other columns below, `layout.no_rows` for none at all.
    """
    lines = table.rows[header.first_data - 1 :]
    numbers = np.arange(header.first_data, header.first_data + len(lines))
    places = dict(zip(map(loose, header.names), header.positions, strict=True))
    when = places.get(loose(period)) if period else None
    keys = KeyColumns(places[loose(entity)], when, is_panel, frozenset(entities))
    fates = RowFates(len(table.rows))
    _leave_out_heading(table, header, fates)
    keep = rows_of_data(table, header, lines, keys, fates, findings)
    if leave_out:
        names = column_of(lines, keys.entity)
        stay = left_out.stays(names, header.first_data, leave_out, table, findings)
        fates.leave_out(numbers[~stay].tolist(), "stated")
        keep = keep & stay
    if not table.has_addresses:
        _refuse_ragged(table, header, lines, keep, findings)
    if not keep.any():
        findings.error(
            "layout.no_rows",
            message("The table has names of columns but no rows of data."),
            table.where(header.row),
            message("write the rows below the names, or name the sheet that has them."),
        )
    check_merged(table, header, keys, keep, findings)
    findings.stop_if_wrong()
    if isinstance(lines, ColumnRows):
        cells = (lines if keep.all() else lines.select(keep)).columns
        columns = {n: cells[i] for n, i in zip(header.names, header.positions, strict=True)}
        return Body(columns, numbers[keep], fates)
    data = lines if keep.all() else list(compress(lines, keep.tolist()))
    return Body(_columns(header, data), numbers[keep], fates)


def _leave_out_heading(table: RawTable, header: Header, fates: RowFates) -> None:
    """Count the rows above the data: titles, names and units, and blank ones among them."""
    above = range(1, header.first_data)
    blank = [row for row in above if not any(map(cell_text, table.rows[row - 1]))]
    fates.leave_out(blank, "blank")
    fates.leave_out(above, "heading")


def _columns(header: Header, lines: Sequence[Sequence[Cell]]) -> dict[str, Sequence[Cell]]:
    width = max(header.positions) + 1
    if min(map(len, lines), default=width) < width:
        lines = [[*line, *([None] * (width - len(line)))] for line in lines]
    return {
        name: [line[i] for line in lines]
        for name, i in zip(header.names, header.positions, strict=True)
    }


def _refuse_ragged(
    table: RawTable,
    header: Header,
    lines: Sequence[Sequence[Cell]],
    keep: npt.NDArray[np.bool_],
    findings: ReadingFindings,
) -> None:
    width = len(table.rows[header.row - 1])
    lengths = lengths_of(lines)
    if lengths is None:
        return
    n_wrong = 0
    for i in np.flatnonzero((lengths != width) & keep).tolist():
        line = lines[i]
        # A remark behind the table, or fields that no heading names, are not shifted cells.
        if len(line) > width and text_behind(table, header.first_data + i, width) is not None:
            continue
        if len(line) < width and not any(map(cell_text, table.rows[header.row - 1][len(line) :])):
            continue
        n_wrong += 1
        if n_wrong <= ERRORS_PER_COLUMN:
            findings.error(
                "layout.ragged",
                message(
                    "The row has {n} fields where the header has {width}.", n=len(line), width=width
                ),
                table.where(header.first_data + i),
                message(
                    "quote the cell that holds the separator, or add or remove the field; "
                    "columns are never shifted and rows never dropped silently."
                ),
            )


def key_columns(
    table: RawTable, body: Body, keys: Sequence[str], row: int, findings: ReadingFindings
) -> list[str]:
    """Find the keys among the columns, whatever their width and case.

    Raises
    ------
    MissingColumn
        A key is not a column, with the columns that there are.
    """
    by_name = {loose(name): name for name in body.columns}
    for key in keys:
        if loose(key) not in by_name:
            findings.refuse(
                missing_column(key, tuple(body.columns), table.where(row)), MissingColumn
            )
    findings.stop_if_wrong()
    return [by_name[loose(key)] for key in keys]
