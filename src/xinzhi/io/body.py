"""The rows of the table below its header, as columns of cells with row numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from xinzhi.errors import MissingColumn, suggestion
from xinzhi.io.cells import TOTAL_ENDS, TOTALS, cell_text, is_note, loose
from xinzhi.io.columnar import ColumnRows, encode
from xinzhi.io.findings import ERRORS_PER_COLUMN, Findings, listed
from xinzhi.io.layout import Header
from xinzhi.io.raw import Cell, RawTable
from xinzhi.wording import message


@dataclass(frozen=True, slots=True)
class Body:
    """Columns of cells and the row of the file of each."""

    columns: dict[str, Sequence[Cell]]
    rows: npt.NDArray[np.int64]


def find_body(table: RawTable, header: Header, entity: str, found: Findings) -> Body:
    """Take the data rows; blank rows, repeated headers, totals and notes are left out and named.

    Raises
    ------
    DataError
        `layout.ragged` for rows with more or fewer fields than there are names.
    """
    lines = table.rows[header.first_data - 1 :]
    numbers = np.arange(header.first_data, header.first_data + len(lines))
    at = header.positions[[loose(n) for n in header.names].index(loose(entity))]
    keep = np.ones(len(lines), dtype=bool)
    _drop_foreign(table, header, lines, at, keep, found)
    if not table.has_addresses:
        _refuse_ragged(table, header, lines, keep, found)
    found.stop_if_wrong()
    if isinstance(lines, ColumnRows):
        return Body(_from_columns(header, lines, keep), numbers[keep])
    kept = lines if keep.all() else list(compress(lines, keep.tolist()))
    return Body(_columns(header, kept), numbers[keep])


def _from_columns(
    header: Header, lines: ColumnRows, keep: npt.NDArray[np.bool_]
) -> dict[str, Sequence[Cell]]:
    columns = {n: lines.columns[i] for n, i in zip(header.names, header.positions, strict=True)}
    return {n: column if keep.all() else column.kept(keep) for n, column in columns.items()}


def _columns(header: Header, lines: Sequence[Sequence[Cell]]) -> dict[str, Sequence[Cell]]:
    if not lines:
        return {name: [] for name in header.names}
    width = max(header.positions) + 1
    shortest = min(map(len, lines))
    if shortest < width:
        lines = [[*line, *([None] * (width - len(line)))] for line in lines]
    return {
        name: [line[i] for line in lines]
        for name, i in zip(header.names, header.positions, strict=True)
    }


def _drop_foreign(
    table: RawTable,
    header: Header,
    lines: Sequence[Sequence[Cell]],
    at: int,
    keep: npt.NDArray[np.bool_],
    found: Findings,
) -> None:
    """Leave out blank rows, repeated headers, totals, and notes."""
    name = loose(header.names[header.positions.index(at)])
    codes, distinct = encode(_keys(lines, at))
    verdicts = [_verdict(key, name) for key in distinct]
    odd = np.array([verdict != "data" for verdict in verdicts], dtype=bool)
    if not odd.any():
        return
    left_out: dict[str, list[int]] = {"header": [], "total": [], "note": [], "blank": []}
    for i in np.flatnonzero(odd[codes]).tolist():
        verdict = _row_verdict(table, header, lines[i], verdicts[codes[i]])
        if verdict in left_out:
            left_out[verdict].append(header.first_data + i)
            keep[i] = False
    if left_out["note"]:
        first = left_out["note"][0]
        left_out["note"] = sorted(left_out["note"] + _more_notes(header, lines, at, keep, first))
    _report(table, left_out["header"], left_out["total"], left_out["note"], found)


def _more_notes(
    header: Header,
    lines: Sequence[Sequence[Cell]],
    at: int,
    keep: npt.NDArray[np.bool_],
    first: int,
) -> list[int]:
    """Leave out what goes on below the first note: rows with one text and nothing else."""
    start = first - header.first_data
    known = {cell_text(_keys(lines, at)[i]) for i in np.flatnonzero(keep[:start]).tolist()}
    more = []
    for i in (start + np.flatnonzero(keep[start:])).tolist():
        texts = [text for text in map(cell_text, lines[i]) if text]
        if len(texts) == 1 and texts[0] not in known:
            keep[i] = False
            more.append(header.first_data + i)
    return more


def _keys(lines: Sequence[Sequence[Cell]], at: int) -> Sequence[Cell]:
    if isinstance(lines, ColumnRows):
        return lines.columns[at]
    return [line[at] if at < len(line) else None for line in lines]


def _row_verdict(table: RawTable, header: Header, line: Sequence[Cell], verdict: str) -> str:
    """Judge a row by all its cells, after its key looked odd."""
    filled = sum(bool(cell_text(cell)) for cell in line)
    if not filled:
        return "blank"
    if verdict == "header":
        return "header" if _same_as_header(table, header, line) else "data"
    if verdict == "total":
        return "total"
    return "note" if filled == 1 and (verdict == "note" or _is_note_elsewhere(line)) else "data"


def _verdict(key: Cell, name: str) -> str:
    text = cell_text(key)
    folded = loose(text)
    if not text:
        return "blank"
    if folded == name:
        return "header"
    if folded in TOTALS or folded.endswith(TOTAL_ENDS):
        return "total"
    return "note" if is_note(text) or len(text) > 40 else "data"


def _is_note_elsewhere(line: Sequence[Cell]) -> bool:
    return any(is_note(cell_text(cell)) for cell in line)


def _same_as_header(table: RawTable, header: Header, line: Sequence[Cell]) -> bool:
    original = table.rows[header.row - 1]
    return all(
        loose(original[i]) == loose(line[i])
        for i in header.positions
        if i < len(original) and i < len(line) and cell_text(original[i])
    )


def _report(
    table: RawTable, repeated: list[int], totals: list[int], notes: list[int], found: Findings
) -> None:
    if repeated:
        found.warn(
            "layout.repeated_header",
            message("The header is repeated in rows {rows}; skipped.", rows=listed(repeated)),
            table.where(repeated[0]),
            message("check that the tables pasted below one another have the same columns."),
        )
    if totals:
        found.warn(
            "layout.totals",
            message("Rows {rows} are totals or averages; left out.", rows=listed(totals)),
            table.where(totals[0]),
            message("remove them from the file if they are no entities."),
        )
    if notes:
        found.decide(
            message("Rows {rows} are notes; kept out of the data.", rows=listed(notes)),
            table.where(notes[0]),
            len(notes),
        )


def _refuse_ragged(
    table: RawTable,
    header: Header,
    lines: Sequence[Sequence[Cell]],
    keep: npt.NDArray[np.bool_],
    found: Findings,
) -> None:
    if isinstance(lines, ColumnRows):
        return
    width = len(table.rows[header.row - 1])
    lengths = np.fromiter(map(len, lines), dtype=np.int64, count=len(lines))
    n_wrong = 0
    for i in np.flatnonzero((lengths != width) & keep).tolist():
        line = lines[i]
        if len(line) > width and not any(map(cell_text, line[width:])):
            continue
        if len(line) < width and not any(map(cell_text, table.rows[header.row - 1][len(line) :])):
            continue
        n_wrong += 1
        if n_wrong <= ERRORS_PER_COLUMN:
            found.error(
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
    table: RawTable, body: Body, keys: Sequence[str], row: int, found: Findings
) -> list[str]:
    """Find the keys among the columns, whatever their width and case.

    Raises
    ------
    MissingColumn
        A key is no column, with the columns that there are.
    """
    by_name = {loose(name): name for name in body.columns}
    for key in keys:
        if loose(key) not in by_name:
            found.error(
                "data.missing_column",
                message("Column '{name}' is not in the data.", name=key),
                table.where(row),
                suggestion(key, tuple(body.columns)),
                MissingColumn,
            )
    found.stop_if_wrong()
    return [by_name[loose(key)] for key in keys]
