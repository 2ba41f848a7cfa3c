"""What becomes of each row of a table while it is read; the ledger of the file is made from it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from xinzhi.io.raw import RawTable
from xinzhi.io.row_ledger import FATES, KEPT, RowLedger

Rows = npt.NDArray[np.int64]


class RowFates:
    """The fate of each row of a sheet or text file: it is kept until one rule leaves it out."""

    def __init__(self, n_rows: int) -> None:
        self._codes = np.zeros(n_rows, dtype=np.uint8)
        self._first: Rows | None = None
        """Row that stands for each row, where several became one row of the table."""

    def __len__(self) -> int:
        return len(self._codes)

    def leave_out(self, rows: Iterable[int], rule: str) -> None:
        """Leave out rows by their numbers, from 1; one that is left out already keeps its rule."""
        places = np.fromiter(rows, dtype=np.int64) - 1
        self._codes[places[self._codes[places] == FATES.index(KEPT)]] = FATES.index(rule)

    def merge(self, rows: Rows, firsts: Rows) -> None:
        """Note which row stands for each: what becomes of it becomes of all."""
        self._first = np.arange(1, len(self._codes) + 1)
        self._first[rows - 1] = firsts

    def leave_out_gone(self, before: Rows, stays: npt.NDArray[np.bool_], rule: str) -> None:
        """Leave out the rows of which nothing stays; one of a wide table stands there for each year."""
        gone = np.setdiff1d(before[~stays], before[stays])
        if self._first is not None:
            gone = np.flatnonzero(np.isin(self._first, gone)) + 1
        self.leave_out(gone.tolist(), rule)

    def is_left_out(self) -> npt.NDArray[np.bool_]:
        """Flag the rows that are left out."""
        return np.asarray(self._codes != FATES.index(KEPT), dtype=bool)

    def names(self) -> list[str]:
        """Name the fate of each row."""
        return [FATES[code] for code in self._codes.tolist()]


def ledgers_of(table: RawTable, fates: RowFates) -> tuple[RowLedger, ...]:
    """Make the ledger of a table, or of each sheet that it was put together from."""
    if not table.parts:
        return (RowLedger.of(table.file, fates.names(), table.sheet),)
    sheets: dict[str, list[str]] = {sheet: list(names) for sheet, names in table.parts}
    for (sheet, row), fate in zip(table.places[1:], fates.names()[1:], strict=True):
        if fate != KEPT:
            sheets[sheet][row - 1] = fate
    return tuple(RowLedger.of(table.file, names, sheet) for sheet, names in sheets.items())
