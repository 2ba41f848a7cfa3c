"""Text files that are larger than memory: their rows go to a store, a batch at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import import_module
from itertools import chain, islice
from pathlib import Path

import numpy as np

from xinzhi_core.errors import DataError, Where
from xinzhi_panel.io.raw import LIMITS, Limits, RawTable, ReadingFindings, shown_name
from xinzhi_panel.io.stored import CELLS, BatchStore, StoredRows, Storing
from xinzhi_panel.io.text.blocks import HEAD, decide_encoding, lines_of
from xinzhi_panel.io.text.encoding import (
    choose_delimiter,
    report_encoding,
    report_sep_line,
    report_text_formulas,
    unclosed_quote,
    without_text_formula,
)

FIRST = 1000
"""Rows by which the width of the table is judged at first."""


class _Wider(Exception):
    """A row has more fields than the store has columns."""


def store_text(
    path: Path,
    store: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = LIMITS,
) -> RawTable | None:
    """Read a text file into a store, as `delimited.read_text_table` reads it into memory.

    None where its characters have two or four bytes.

    Raises
    ------
    DataError
        The same problems of the same rows.
    """
    name = shown_name(path)
    where = Where(file=name)
    decision = decide_encoding(path, where, encoding=encoding, limits=limits)
    if decision is None:
        return None
    text, mark = decision
    findings = ReadingFindings()
    report_encoding(text, where, findings)
    separator, has_sep_line = choose_delimiter(text.text[:HEAD], delimiter, where, findings)
    rows = _Rows(path, text.encoding, mark, separator, where, has_sep_line=has_sep_line)
    # The width of the first rows is nearly always that of all; else the file is read once more.
    try:
        lengths = _store(rows, rows.width(FIRST), store)
    except _Wider:
        lengths = _store(rows, rows.width(None), store)
    if rows.n_formulas:
        report_text_formulas(rows.n_formulas, where, findings)
    if has_sep_line:
        report_sep_line(where, findings)
    same = len(lengths) and (lengths == lengths[0]).all()
    return RawTable(
        name,
        StoredRows(BatchStore(store, lengths=None if same else lengths)),
        delimiter=separator,
        encoding=text.encoding,
        decisions=tuple(findings.decisions),
    )


class _Rows:
    """The rows of a text file, from its beginning whenever they are asked for."""

    def __init__(
        self,
        path: Path,
        encoding: str,
        mark: bytes,
        separator: str,
        where: Where,
        *,
        has_sep_line: bool,
    ) -> None:
        self.path, self.encoding, self.mark = path, encoding, mark
        self.separator, self.where, self.has_sep_line = separator, where, has_sep_line
        self.n_formulas = 0
        """Cells that were taken out of a formula, in the last pass."""

    def __iter__(self) -> Iterator[list[str]]:
        lines = lines_of(self.path, self.encoding, self.mark)
        reader = csv.reader(lines, delimiter=self.separator, strict=True, skipinitialspace=True)
        n, self.n_formulas = 0, 0
        try:
            for n, row in enumerate(reader, 1):
                if n == 1 and self.has_sep_line:
                    yield []
                elif any(cell.startswith('="') for cell in row):
                    cells = list(map(without_text_formula, row))
                    self.n_formulas += sum(a != b for a, b in zip(cells, row, strict=True))
                    yield cells
                else:
                    yield row
        except csv.Error as error:
            raise DataError(unclosed_quote(n, str(error), self.where)) from error

    def width(self, most: int | None) -> int:
        """Count the fields of the longest of the first rows, or of all."""
        return max(map(len, islice(self, most)), default=0)


def _store(rows: _Rows, width: int, path: Path) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Write all rows, those that are shorter with empty cells behind them; return how long each is."""
    arrow = import_module("pyarrow")
    schema = arrow.schema([(str(i), arrow.large_string()) for i in range(max(width, 1))])
    lengths: list[np.ndarray[tuple[int], np.dtype[np.int32]]] = []
    storing = Storing(path, schema)
    pending: list[list[str]] = []
    most = max(CELLS // max(width, 1), 1)
    try:
        for row in chain(rows, [None]):
            if row is not None:
                pending.append(row)
            if pending and (row is None or len(pending) == most):
                n = np.fromiter(map(len, pending), dtype=np.int32, count=len(pending))
                if n.max() > width:
                    raise _Wider
                if n.min() < width:
                    pending = [line + [""] * (width - len(line)) for line in pending]
                columns = [
                    arrow.array(cells, arrow.large_string()) for cells in zip(*pending, strict=True)
                ]
                columns = columns or [arrow.array([""] * len(pending), arrow.large_string())]
                storing.add(arrow.record_batch(columns, schema=schema))
                lengths.append(n)
                pending = []
    finally:
        storing.close()
    return np.concatenate([np.zeros(0, dtype=np.int32), *lengths])
