"""Tables with keys of their own: census employment, national totals, robots by industry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import DuplicateKey, Problem, Where
from xinzhi.io.load import read_table
from xinzhi.io.options import Limits, ReadOptions
from xinzhi.io.raw import (
    ERRORS_PER_COLUMN,
    ColumnFindings,
    Decision,
    RawTable,
    ReadingFindings,
    listed,
)
from xinzhi.io.recognise.body import Body, find_body, key_columns
from xinzhi.io.recognise.calendars import IS_YEAR
from xinzhi.io.recognise.doubts import warn_percents
from xinzhi.io.recognise.keys import read_entities
from xinzhi.io.recognise.labels import by_labels, column_named, report_shared_words
from xinzhi.io.recognise.layout import find_header
from xinzhi.io.recognise.rows.fates import ledgers_of
from xinzhi.io.recognise.types import type_columns
from xinzhi.io.recognise.wide import (
    DEFAULT_VALUE,
    has_years_in_labels,
    is_wide,
    units_of_variables,
    unpivot,
)
from xinzhi.io.recognise.years import parse_period, read_periods
from xinzhi.io.row_ledger import RowLedger
from xinzhi.io.stated import drop_confirmed, options_to_state
from xinzhi.problems import DUPLICATE_KEY
from xinzhi.wording import message

UNITS, LABELS = "units", "labels"
"""Keys of `DataFrame.attrs` under which the units and labels of the columns travel with a table."""


@dataclass(frozen=True, slots=True)
class SeriesResult:
    """A table indexed by its keys, and what the reader decided and doubted."""

    frame: pd.DataFrame
    """Sorted and unique; years are whole numbers, other keys text; `attrs["units"]` has the units."""
    units: Mapping[str, str]
    decisions: tuple[Decision, ...]
    warnings: tuple[Problem, ...]
    stated: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """What to state so that a second reading decides nothing."""
    ledgers: tuple[RowLedger, ...] = ()
    """What became of every row of the file."""


def read_series_here(
    path: Path, *, keys: Sequence[str], sheet: str | None, reading: ReadOptions, limits: Limits
) -> SeriesResult:
    """Read a file as a table with the given keys in this process; see `read.read_series`."""
    last = keys[-1] if len(keys) > 1 else None
    table = read_table(path, sheet=sheet, names=tuple(keys[:1]), reading=reading, limits=limits)
    findings = ReadingFindings(list(table.decisions), list(table.warnings))
    report_shared_words(table, findings)
    if last and has_years_in_labels(table, column_named(table, last)):
        table = by_labels(table, findings)
    # The index carries the names that were asked for, the file those of its columns.
    stated, keys = keys, [column_named(table, key) for key in keys]
    last = keys[-1] if len(keys) > 1 else None
    header = find_header(table, keys[0], last, findings, reading.header)
    body = find_body(
        table,
        header,
        keys[0],
        findings,
        entities=reading.entities,
        leave_out=reading.leave_out,
    )
    if last and is_wide(header, last):
        body = unpivot(table, header, body, last, reading, findings)
        value = reading.value or table.sheet or DEFAULT_VALUE
        header = units_of_variables(table, header, value, findings)
    in_file = key_columns(table, body, keys, header.row, findings)
    index = _index(table, body, stated, in_file, findings)
    values = {name: cells for name, cells in body.columns.items() if name not in in_file}
    columns, units = type_columns(values, body.rows, table, reading, findings, header.units)
    warn_percents(table, header, header.units, units, findings)
    _refuse_twins(index, body.rows, table, findings)
    findings.stop_if_wrong()
    series = {n: pd.Series(c, index=index, dtype=c.dtype) for n, c in columns.items()}
    frame = pd.DataFrame(series, index=index).sort_index()
    frame.attrs[UNITS] = {**header.units, **units}
    frame.attrs[LABELS] = {n: label for n, label in table.labels.items() if n in frame}
    return SeriesResult(
        frame,
        MappingProxyType({**header.units, **units}),
        *drop_confirmed(findings, reading),
        options_to_state(table, header, findings, reading),
        ledgers_of(table, body.fates),
    )


def _index(
    table: RawTable, body: Body, keys: Sequence[str], in_file: list[str], findings: ReadingFindings
) -> pd.Index:
    levels: list[npt.NDArray[np.int64] | npt.NDArray[np.object_]] = []
    for name in in_file:
        cells = body.columns[name]
        column = ColumnFindings(table, name, body.rows, findings)
        # A heading with 年 may be of anything yearly: some of the first cells must be periods.
        has_years = any(parse_period(cell).value is not None for cell in list(cells)[:20])
        is_dated = has_years and IS_YEAR.search(name) is not None
        levels.append(read_periods(cells, column) if is_dated else read_entities(cells, column))
    findings.stop_if_wrong()
    if len(levels) == 1:
        return pd.Index(levels[0], name=keys[0])
    return pd.MultiIndex.from_arrays(levels, names=list(keys))


def _refuse_twins(
    index: pd.Index, rows: npt.NDArray[np.int64], table: RawTable, findings: ReadingFindings
) -> None:
    twice = index.duplicated(keep=False)
    groups: dict[object, list[int]] = {}
    for i in np.flatnonzero(twice).tolist():
        groups.setdefault(index[i], []).append(int(rows[i]))
    for key, numbers in list(groups.items())[:ERRORS_PER_COLUMN]:
        shown = " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
        findings.error(
            DUPLICATE_KEY,
            message("Rows {rows} carry the same key ({key}).", rows=listed(numbers), key=shown),
            Where(file=table.file, sheet=table.sheet, row=numbers[-1]),
            message("keep one row for each key."),
            DuplicateKey,
        )
