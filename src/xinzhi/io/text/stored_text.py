"""Text files that are larger than memory: their rows go to a store, a batch at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path

import numpy as np

from xinzhi.errors import DataError, Where
from xinzhi.io.options import LIMITS, Limits
from xinzhi.io.raw import Findings, RawTable, shown_name
from xinzhi.io.stored import CELLS, Store, StoredRows, Storing
from xinzhi.io.text.blocks import HEAD, decided, lines_of
from xinzhi.io.text.delimited import (
    SEP_LINE,
    find_delimiter,
    quoting,
    say_how_decoded,
    say_sep_line,
    say_separated,
    say_text_formulas,
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
    known = decided(path, where, encoding=encoding, limits=limits)
    if known is None:
        return None
    text, mark = known
    head = text.text[:HEAD]
    found = Findings()
    say_how_decoded(text, where, found)
    stated = SEP_LINE.match(head)
    separator = delimiter or (stated.group(1) if stated else None)
    if separator is None:
        separator = find_delimiter(head)
        if separator != ",":
            say_separated(separator, where, found)
    rows = _Rows(path, text.encoding, mark, separator, where, has_sep_line=stated is not None)
    try:
        lengths = _stored(rows, rows.width(FIRST), store)
    except _Wider:
        lengths = _stored(rows, rows.width(None), store)
    if rows.n_formulas:
        say_text_formulas(rows.n_formulas, where, found)
    if stated:
        say_sep_line(name, found)
    same = len(lengths) and (lengths == lengths[0]).all()
    return RawTable(
        name,
        StoredRows(Store(store, lengths=None if same else lengths)),
        delimiter=separator,
        encoding=text.encoding,
        decisions=tuple(found.decisions),
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
            raise DataError(quoting(n, str(error), self.where)) from error

    def width(self, most: int | None) -> int:
        """Count the fields of the longest of the first rows, or of all."""
        rows = (
            iter(self) if most is None else (row for row, _ in zip(self, range(most), strict=False))
        )
        return max(map(len, rows), default=0)


def _stored(rows: _Rows, width: int, path: Path) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Write all rows, those that are shorter with empty cells behind them; return how long each is."""
    arrow = import_module("pyarrow")
    schema = arrow.schema([(str(i), arrow.large_string()) for i in range(max(width, 1))])
    lengths: list[np.ndarray[tuple[int], np.dtype[np.int32]]] = []
    storing = Storing(path, schema)
    held: list[list[str]] = []
    most = max(CELLS // max(width, 1), 1)
    try:
        for row in chain(rows, [None]):
            if row is not None:
                held.append(row)
            if held and (row is None or len(held) == most):
                n = np.fromiter(map(len, held), dtype=np.int32, count=len(held))
                if n.max() > width:
                    raise _Wider
                if n.min() < width:
                    held = [line + [""] * (width - len(line)) for line in held]
                columns = [
                    arrow.array(cells, arrow.large_string()) for cells in zip(*held, strict=True)
                ]
                columns = columns or [arrow.array([""] * len(held), arrow.large_string())]
                storing.add(arrow.record_batch(columns, schema=schema))
                lengths.append(n)
                held = []
    finally:
        storing.close()
    return np.concatenate([np.zeros(0, dtype=np.int32), *lengths])
