"""What differs between two deliveries of a source: cells, rows, columns and units.

Both files are read by the options of the source, each by itself, in the units that the file gives. Rows
are told apart by their keys, and columns by their names. A cell differs where one of both is empty, or
where its numbers or words are not the same; a number is compared as it was read, without a tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from xinzhi.study.file.step_inputs import series_of
from xinzhi.study.gather.tables import read_tables
from xinzhi.study.schema.sources import HowToRead, Source
from xinzhi_core.errors import DataError
from xinzhi_core.wording import Wording, message
from xinzhi_panel.io.files import Files
from xinzhi_panel.io.raw import listed
from xinzhi_panel.io.read import RecordFile

LARGEST = 3
"""Cells that are named in the words of a difference."""
MOST_NAMES = 5
CELLS = ("entity", "period", "column", "old", "new", "change")
"""Columns of the table of cells."""
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SourceContent:
    """What a file gives to a source."""

    frame: pd.DataFrame
    """Rows by their keys; without rows where the source is read piece by piece."""
    n_rows: int
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that are not keys."""
        return tuple(map(str, self.frame.columns))


@dataclass(frozen=True, slots=True, eq=False)
class SourceDifference:
    """What differs in a source."""

    source: str
    n_before: int
    n_after: int
    cells: pd.DataFrame
    """One row a cell: see `CELLS`; the largest relative changes of numbers first."""
    rows_gone: tuple[Key, ...]
    """Keys, such as 唐山, 2019."""
    rows_come: tuple[Key, ...]
    columns_gone: tuple[str, ...]
    columns_come: tuple[str, ...]
    units: Mapping[str, tuple[str, str]]
    """Column -> unit before and after, empty where the file gives none."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        named = (self.rows_gone, self.rows_come, self.columns_gone, self.columns_come, self.units)
        return self.n_before == self.n_after and self.cells.empty and not any(named)

    @property
    def loses_most(self) -> bool:
        """Whether more than half of the rows are gone."""
        return 2 * len(self.rows_gone) > self.n_before or 2 * self.n_after < self.n_before


def content_of_source(source: Source, name: str, path: str | Path, files: Files) -> SourceContent:
    """Read one file by the options of a source.

    Raises
    ------
    DataError
        The file cannot be read, or has not the keys of the source.
    """
    if source.kind == "records":
        how = source.read
        whole = files.take(path).path
        record = RecordFile(whole, source.roles(), source.sheet, how.encoding, how.delimiter)
        roles = tuple(source.roles())
        count = sum(len(batch) for batch in record.batches(roles))
        return SourceContent(pd.DataFrame(columns=[*source.roles().values()]), count)
    if source.kind == "series":
        alone = source.model_copy(update={"file": str(path), "files": ()})
        frame = series_of(alone, files).frame
        return SourceContent(frame, len(frame))
    read = read_tables({name: _alone(source, str(path))}, files)
    if read.problems:
        raise DataError(read.problems)
    panel = read.tables[0].panel
    return SourceContent(panel.frame, len(panel.frame), dict(panel.units))


def _alone(source: Source, path: str) -> Source:
    """Make a source of one file: what holds for all of its files together is not asked of one."""
    keys = {
        key: source.columns.get(str(getattr(source, key)), getattr(source, key))
        for key in ("entity", "period")
    }
    stated: Mapping[str, object] = {"units": {}}
    if source.files:
        stated = {**stated, "leave_out": ()}
    read: HowToRead = source.read.model_copy(update=stated)
    update = {**keys, "file": None, "files": (path,), "columns": {}, "read": read}
    return source.model_copy(update=update)


def difference_between(
    source: str, before: SourceContent, after: SourceContent, *, adds: bool = False
) -> SourceDifference:
    """Compare what two files give to a source.

    Parameters
    ----------
    adds
        Whether the second file comes beside the first one: nothing is gone then.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("A", 1), ("A", 2)], names=["entity", "period"])
    >>> old = SourceContent(pd.DataFrame({"x": [1.0, 2.0]}, index), 2)
    >>> new = SourceContent(pd.DataFrame({"x": [1.0, 3.0]}, index), 2)
    >>> difference_between("s", old, new).cells.iloc[0].map(str).tolist()
    ['A', '2', 'x', '2.0', '3.0', '1.0']
    """
    old, new = before.frame, after.frame
    shared = [column for column in old.columns if column in new.columns]
    is_same_key = old.index.nlevels == new.index.nlevels
    rows = old.index.intersection(new.index, sort=False) if is_same_key else old.index[:0]
    # Records have no keys: their rows are counted, not told apart.
    gone = old.index.difference(new.index, sort=False) if is_same_key else old.index
    come = new.index.difference(old.index, sort=False) if is_same_key else new.index
    units = {
        str(column): (before.units.get(str(column), ""), after.units.get(str(column), ""))
        for column in shared
    }
    return SourceDifference(
        source=source,
        n_before=before.n_rows,
        n_after=before.n_rows + after.n_rows if adds else after.n_rows,
        cells=_cells(old.loc[rows, shared], new.loc[rows, shared]),
        rows_gone=() if adds else tuple(map(_key, gone)),
        rows_come=tuple(map(_key, come)),
        columns_gone=() if adds else tuple(str(c) for c in old.columns if c not in new.columns),
        columns_come=tuple(str(c) for c in new.columns if c not in old.columns),
        units={column: pair for column, pair in units.items() if pair[0] != pair[1]},
    )


def _cells(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """List the cells that differ."""
    found: list[tuple[object, ...]] = []
    for column in old.columns:
        was, now = old[column], new[column]
        differs = ~((was == now) | (was.isna() & now.isna()))
        for key, a, b in zip(old.index[differs], was[differs], now[differs], strict=True):
            is_number = isinstance(a, float) and isinstance(b, float)
            levels = key if isinstance(key, tuple) else (key,)
            period = " ".join(map(str, levels[1:]))
            found.append(
                (str(levels[0]), period, str(column), a, b, b - a if is_number else math.nan)
            )
    cells = pd.DataFrame(found, columns=list(CELLS))
    cells["change"] = cells["change"].astype(float)
    size = [_size(a, b) for a, b in zip(cells["old"], cells["change"], strict=True)]
    order = pd.Series(size, dtype=float).sort_values(ascending=False, kind="stable").index
    return cells.loc[order].reset_index(drop=True)


def _size(old: object, change: float) -> float:
    """Give the relative size of a change; what became a number, or ceased to be one, is largest."""
    if math.isnan(change) or not isinstance(old, float) or old == 0:
        return math.inf
    return abs(change / old)


def _key(key: object) -> Key:
    return tuple(map(str, key)) if isinstance(key, tuple) else (str(key),)


def differences_in_words(one: SourceDifference) -> Iterator[Wording]:
    """Say what differs in a source, each kind in a sentence."""
    if one.is_empty:
        yield message("Source '{source}': every figure is as before.", source=one.source)
        return
    yield message(
        "Source '{source}': {n} rows before, {after} now.",
        one="Source '{source}': {n} row before, {after} now.",
        source=one.source,
        n=one.n_before,
        after=one.n_after,
    )
    if (n := len(one.cells)) > 0:
        yield message(
            "{n} cells differ; the largest: {cells}.",
            one="{n} cell differs: {cells}.",
            n=n,
            cells=_largest(one.cells),
        )
    if n := len(one.rows_come):
        rows = _shown([" ".join(row) for row in one.rows_come])
        yield message("{n} rows are new: {rows}.", one="{n} row is new: {rows}.", n=n, rows=rows)
    if n := len(one.rows_gone):
        rows = _shown([" ".join(row) for row in one.rows_gone])
        yield message("{n} rows are gone: {rows}.", one="{n} row is gone: {rows}.", n=n, rows=rows)
    if n := len(one.columns_come):
        names = _shown(one.columns_come)
        yield message(
            "{n} columns are new: {names}.", one="{n} column is new: {names}.", n=n, names=names
        )
    if n := len(one.columns_gone):
        names = _shown(one.columns_gone)
        yield message(
            "{n} columns are gone: {names}.", one="{n} column is gone: {names}.", n=n, names=names
        )
    for column, (old, new) in one.units.items():
        yield message(
            "The unit of '{column}' was {old} and is {new}.",
            column=column,
            old=old or message("not given"),
            new=new or message("not given"),
        )


def _shown(names: Sequence[str]) -> Wording:
    return listed(names, most=MOST_NAMES)


def _largest(cells: pd.DataFrame) -> Wording:
    """Name the cells that differ most."""
    first = cells.head(LARGEST)
    return listed(
        [
            f"{' '.join(str(part) for part in (row.entity, row.period, row.column) if part)} "
            f"{_figure(row.old)} → {_figure(row.new)}"
            for row in first.itertuples()
        ]
    )


def _figure(value: object) -> str:
    """Write a figure with all digits that tell it from another one."""
    if isinstance(value, float):
        return "—" if math.isnan(value) else f"{value:.10g}"
    return "—" if value is None else str(value)
