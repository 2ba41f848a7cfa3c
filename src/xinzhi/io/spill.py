"""Columns of numbers that wait on disk: memory holds what is looked at, the system takes the rest back."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import DataError, Where
from xinzhi.wording import message

Values = npt.NDArray[np.float64] | npt.NDArray[np.object_]


def spill(values: Values) -> Values:
    """Put a column of numbers on disk and give it back from there; texts stay.

    The file has no name any more once it is open, where the system allows it, so that nothing is left
    behind, whatever becomes of the process.
    """
    if values.dtype != np.float64 or not len(values):
        return values
    handle, name = tempfile.mkstemp(prefix="xinzhi-column-")
    try:
        with on_disk(), os.fdopen(handle, "wb") as stream:
            values.tofile(stream)
        with on_disk():
            return np.memmap(name, dtype=np.float64, mode="r", shape=values.shape)
    finally:
        with contextlib.suppress(OSError):  # open files keep their names on some systems
            Path(name).unlink()


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
