"""Tables that are larger than memory: their cells lie on disk, and one column at a time is looked at.

A file is taken apart once, a batch of rows at a time, into a store: record batches of Arrow, of which
single columns can be read. The columns and rows of a store are sequences like those of a file that was
read whole, so that the same rules decide about both.

Columns of numbers that wait on disk: memory holds what is looked at, the system takes the rest back.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Self, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import DataError, Where
from xinzhi_core.wording import message
from xinzhi_panel.io.arrow import ARROW_EXACT, cells_of
from xinzhi_panel.io.raw import Cell
from xinzhi_panel.io.text.columns import ColumnRows, TextColumn

Values = npt.NDArray[np.float64] | npt.NDArray[np.object_]


def spill(values: Values) -> Values:
    """Put a column of numbers on disk and give it back from there; texts stay.

    The file has no name any more once it is open, and on Windows goes with the last who has it open, so
    that nothing is left behind, whatever becomes of the process.
    """
    if values.dtype != np.float64 or not len(values):
        return values
    with on_disk(), tempfile.TemporaryFile(prefix="xinzhi-column-") as stream:
        values.tofile(stream)
        stream.flush()
        return np.memmap(stream, dtype=np.float64, mode="r", shape=values.shape)


@contextlib.contextmanager
def on_disk() -> Iterator[None]:
    """Say that a table does not fit on the disk where writing it fails.

    Raises
    ------
    DataError
        `limit.disk`.
    """
    try:
        yield
    except OSError as error:
        raise DataError.of(
            message(
                "The table does not fit the folder for temporary files, {folder}: {reason}.",
                folder=tempfile.gettempdir(),
                reason=error.strerror or str(error),
            ),
            Where(),
            message("free some space there, or set TMPDIR to a folder with more."),
            code="limit.disk",
        ) from error


def frame_of(columns: dict[str, Values], index: pd.Index) -> pd.DataFrame:
    """Put columns side by side, each with its own type and no guessing by pandas; those on disk stay there."""
    series = {
        name: pd.Series(values, index=index, dtype=values.dtype, copy=False)
        for name, values in columns.items()
    }
    # A copy would bring the columns on disk into memory.
    is_spilled = any(isinstance(values, np.memmap) for values in columns.values())
    return pd.DataFrame(series, index=index, copy=not is_spilled)


def take_rows(frame: pd.DataFrame, rows: npt.NDArray[np.intp], *, on_disk: bool) -> pd.DataFrame:
    """Take rows of a frame by position, a column at a time where the columns lie on disk."""
    if not on_disk:
        return frame.iloc[rows]
    columns = {str(name): spill(column.to_numpy()[rows]) for name, column in frame.items()}
    return frame_of(columns, frame.index[rows])


CELLS = 1 << 18
"""Cells of a batch: what is held of all columns at once."""
Places = range | npt.NDArray[np.int64]
"""Rows of a store, in rising order."""


class BatchStore:
    """Record batches on disk, with the names of the columns where they are not a row of the file."""

    def __init__(
        self,
        path: Path,
        *,
        names: Sequence[Cell] | None = None,
        lengths: npt.NDArray[np.int32] | None = None,
    ) -> None:
        self.path = path
        self.names = names
        """Cells of the first row, where the file keeps the names of its columns elsewhere."""
        self.lengths = lengths
        """Cells of each row; None where all rows have the same number."""
        reader = self._open()
        self.types = [field.type for field in reader.schema]
        first = [] if names is None else [1]
        sizes = [reader.get_batch(k).num_rows for k in range(reader.num_record_batches)]
        self.starts = np.cumsum([0, *first, *sizes], dtype=np.int64)
        """Row at which each batch begins; the names are one of their own."""
        self._batch: tuple[int, list[Any]] = (-1, [])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def _open(self, *columns: int) -> Any:
        ipc = import_module("pyarrow").ipc
        options = ipc.IpcReadOptions(included_fields=list(columns), use_threads=False)
        return ipc.open_file(import_module("pyarrow").OSFile(str(self.path), "rb"), options=options)

    def parts(self, column: int, rows: Places) -> Iterator[Any]:
        """Give some rows of a column, batch by batch; the names as a list, all else as arrays of Arrow."""
        reader = self._open(column)
        n_before = 0 if self.names is None else 1
        for k in range(len(self.starts) - 1):
            inside = _inside(rows, int(self.starts[k]), int(self.starts[k + 1]))
            if not len(inside):
                continue
            if k < n_before:
                yield [self.names[column]]  # type: ignore[index]
                continue
            cells = reader.get_batch(k - n_before).column(0)
            if isinstance(inside, range):
                yield cells.slice(inside.start, len(inside))
            else:
                yield cells.take(import_module("pyarrow").array(inside))

    def row(self, number: int) -> list[Cell]:
        """Give a row; its batch is held, as neighbours are asked for next."""
        k = int(np.searchsorted(self.starts, number, side="right")) - 1
        if self.names is not None and k == 0:
            return list(self.names)
        if self._batch[0] != k:
            batch = self._open().get_batch(k - (self.names is not None))
            self._batch = k, [batch.column(i) for i in range(batch.num_columns)]
        place = number - int(self.starts[k])
        cells = [cells_of(column.slice(place, 1))[0] for column in self._batch[1]]
        return cells if self.lengths is None else cells[: int(self.lengths[number])]

    def lines(self, rows: Places) -> Iterator[list[Cell]]:
        """Give rows one after the other."""
        return (self.row(int(number)) for number in rows)


def _inside(rows: Places, start: int, stop: int) -> Places:
    """Give the rows that lie in a batch, by their places in it."""
    if isinstance(rows, range):
        low, high = max(rows.start, start), min(rows.stop, stop)
        return range(low - start, max(high, low) - start)
    low, high = np.searchsorted(rows, [start, stop])
    return rows[low:high] - start


def _select_rows(rows: Places, index: slice | npt.NDArray[np.bool_]) -> Places:
    if isinstance(index, slice):
        return rows[index]
    if index.all():
        return rows
    places = np.flatnonzero(index)
    return places + rows.start if isinstance(rows, range) else rows[places]


class _StoredColumn:
    """Cells of one column and of some rows of a store; they are read whenever they are looked at."""

    def __init__(self, store: BatchStore, column: int, rows: Places) -> None:
        self.store, self.column, self.rows = store, column, rows

    def __len__(self) -> int:
        return len(self.rows)

    def select(self, flags: slice | npt.NDArray[np.bool_]) -> Self:
        """Keep the cells where a flag is set."""
        return type(self)(self.store, self.column, _select_rows(self.rows, flags))


class StoredText(_StoredColumn, TextColumn):
    """A column of text cells in a store."""

    @property
    def cells(self) -> Any:
        """All cells, in memory for as long as they are looked at."""
        arrow = import_module("pyarrow")
        return arrow.chunked_array(self.store.parts(self.column, self.rows), arrow.large_string())

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> StoredText: ...
    def __getitem__(self, index: int | slice) -> str | StoredText:
        if isinstance(index, slice):
            return self.select(index)
        # A row of a text file may end before the column.
        row = self.store.row(int(self.rows[index]))
        return str(row[self.column]) if self.column < len(row) else ""

    def __iter__(self) -> Iterator[str]:
        for part in self.store.parts(self.column, self.rows):
            yield from part.to_pylist()


class StoredCells(_StoredColumn, Sequence[Cell]):
    """A column of typed cells in a store."""

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> StoredCells: ...
    def __getitem__(self, index: int | slice) -> Cell | StoredCells:
        if isinstance(index, slice):
            return self.select(index)
        return self.store.row(int(self.rows[index]))[self.column]

    def __iter__(self) -> Iterator[Cell]:
        for part in self.store.parts(self.column, self.rows):
            yield from part if isinstance(part, list) else cells_of(part)

    def numbers(self) -> npt.NDArray[np.float64] | None:
        """Give a column of numbers and empty cells, which are NaN; None where it may hold anything else."""
        arrow = import_module("pyarrow")
        kind = self.store.types[self.column]
        if not (arrow.types.is_floating(kind) or arrow.types.is_integer(kind)):
            return None
        numbers = np.empty(len(self.rows))
        start = 0
        for part in self.store.parts(self.column, self.rows):
            if isinstance(part, list):  # the names of the columns: text
                return None
            values = part.cast(arrow.float64(), safe=False)
            numbers[start : start + len(part)] = values.to_numpy(zero_copy_only=False)
            start += len(part)
        finite = numbers[np.isfinite(numbers)]
        if arrow.types.is_integer(kind) and (np.abs(finite) >= ARROW_EXACT).any():
            return None  # codes: they stay text
        return numbers


def is_stored(cells: Sequence[Cell]) -> bool:
    """Whether the cells of a column lie on disk."""
    return isinstance(cells, (StoredText, StoredCells))


def in_memory(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Take a column into memory for as long as it is looked at; one of numbers stays where it is."""
    if isinstance(cells, StoredText):
        return TextColumn(cells.cells)
    if isinstance(cells, StoredCells) and cells.numbers() is None:
        return list(cells)
    return cells


class StoredRows(ColumnRows):
    """Rows of a store."""

    def __init__(self, store: BatchStore, rows: Places | None = None) -> None:
        self.store = store
        self.rows = range(len(store)) if rows is None else rows
        kind = StoredCells if store.names is not None else StoredText
        super().__init__([kind(store, i, self.rows) for i in range(len(store.types))])

    @property
    def lengths(self) -> npt.NDArray[np.int32] | None:
        """Cells of each row; None where all have the same number."""
        lengths = self.store.lengths
        return None if lengths is None else lengths[np.asarray(self.rows)]

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Sequence[Any]: ...
    @overload
    def __getitem__(self, index: slice) -> StoredRows: ...
    def __getitem__(self, index: int | slice) -> Sequence[Any] | StoredRows:
        if isinstance(index, slice):
            return StoredRows(self.store, _select_rows(self.rows, index))
        return self.store.row(int(self.rows[index]))

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return self.store.lines(self.rows)

    def select(self, flags: npt.NDArray[np.bool_]) -> StoredRows:
        """Keep the rows where a flag is set."""
        return StoredRows(self.store, _select_rows(self.rows, flags))


class Storing:
    """A store while it is written."""

    def __init__(self, path: Path, schema: object) -> None:
        ipc = import_module("pyarrow").ipc
        options = ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        with on_disk():
            self._file = ipc.new_file(str(path), schema, options=options)

    def add(self, batch: object) -> None:
        """Write a record batch."""
        with on_disk():
            self._file.write_batch(batch)

    def close(self) -> None:
        """Finish the file."""
        with on_disk():
            self._file.close()
