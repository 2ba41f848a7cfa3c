"""Large plain text tables, kept by column: a million rows without a million lists.

Only files in which every line has the same number of fields and no cell is quoted come this way;
for all others, and for all that follows, the rules are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from xinzhi.io.raw import Cell

LARGE = 4 << 20
"""Bytes from which on it is worth while."""
DELIMITERS = frozenset(",;\t|")
LEADING_ZERO = "^[+-]?0[0-9]"


class TextColumn(Sequence[str]):
    """A column of text cells in one block of memory."""

    def __init__(self, cells: Any) -> None:
        self.cells = cells

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> TextColumn: ...
    def __getitem__(self, at: int | slice) -> str | TextColumn:
        if isinstance(at, slice):
            start, stop, _ = at.indices(len(self.cells))
            return TextColumn(self.cells.slice(start, max(stop - start, 0)))
        return str(self.cells[at].as_py())

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self.cells), 100_000):
            yield from self.cells.slice(start, 100_000).to_pylist()

    def kept(self, flags: npt.NDArray[np.bool_]) -> TextColumn:
        """Keep the cells where a flag is set."""
        return TextColumn(self.cells.filter(import_module("pyarrow").array(flags)))

    def encoded(self) -> tuple[npt.NDArray[np.int64], list[str]]:
        """Distinct cells, and the number of its own for each cell."""
        dictionary = self.cells.combine_chunks().dictionary_encode()
        if hasattr(dictionary, "chunks"):
            dictionary = dictionary.unify_dictionaries().combine_chunks().chunk(0)
        codes = dictionary.indices.to_numpy().astype(np.int64)
        return codes, dictionary.dictionary.to_pylist()

    def holds(self, text: str) -> bool:
        """Whether any cell holds a text."""
        compute = import_module("pyarrow.compute")
        return bool(compute.any(compute.match_substring(self.cells, text)).as_py())

    def empty(self) -> npt.NDArray[np.bool_]:
        """Flag the cells that hold nothing."""
        compute = import_module("pyarrow.compute")
        return np.asarray(compute.equal(self.cells, "").to_numpy(), dtype=bool)

    def numbers(self, longest: int) -> npt.NDArray[np.float64] | None:
        """All cells as numbers; None where one is no plain number or may be a code.

        Cells of `longest` characters or more, and cells with leading zeros, may be codes.
        """
        arrow, compute = import_module("pyarrow"), import_module("pyarrow.compute")
        if (compute.max(compute.binary_length(self.cells)).as_py() or 0) >= longest:
            return None
        try:
            values = compute.cast(self.cells, arrow.float64()).to_numpy()
        except arrow.ArrowInvalid:
            return None
        codes = compute.any(compute.match_substring_regex(self.cells, LEADING_ZERO)).as_py()
        return None if codes or not np.isfinite(values).all() else np.asarray(values)


class ColumnRows(Sequence[Sequence[str]]):
    """Rows of a table that is kept by column; rows are made when they are looked at."""

    def __init__(self, columns: list[TextColumn]) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, at: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, at: slice) -> ColumnRows: ...
    def __getitem__(self, at: int | slice) -> Sequence[str] | ColumnRows:
        if isinstance(at, slice):
            return ColumnRows([column[at] for column in self.columns])
        return [column[at] for column in self.columns]

    def __iter__(self) -> Iterator[Sequence[str]]:
        return iter(map(list, zip(*self.columns, strict=True)))


def read_columns(data: bytes, mark: str) -> ColumnRows | None:
    """Read plain UTF-8 text by column; None where any line is unlike the first."""
    if len(data) < LARGE or mark not in DELIMITERS or b'"' in data or not _even(data, mark):
        return None
    arrow, reader = import_module("pyarrow"), import_module("pyarrow.csv")
    n = data[: data.find(b"\n")].count(mark.encode()) + 1
    names = [str(i) for i in range(n)]
    table = reader.read_csv(
        arrow.BufferReader(data),
        read_options=reader.ReadOptions(column_names=names, use_threads=False),
        parse_options=reader.ParseOptions(delimiter=mark, quote_char=False, double_quote=False),
        convert_options=reader.ConvertOptions(
            column_types=dict.fromkeys(names, arrow.large_string()), strings_can_be_null=False
        ),
    )
    return ColumnRows([TextColumn(table.column(name)) for name in names])


def _even(data: bytes, mark: str) -> bool:
    """Whether every line has as many marks as the first, and none is blank."""
    codes = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(codes == 10)
    if not len(ends) or _has_lone_return(codes, ends):
        return False
    if ends[-1] != len(codes) - 1:
        ends = np.append(ends, len(codes))
    marks = np.flatnonzero(codes == ord(mark))
    per_line = np.diff(np.searchsorted(marks, ends), prepend=0)
    return bool(per_line[0] > 0 and (per_line == per_line[0]).all())


def _has_lone_return(codes: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> bool:
    """Whether a carriage return ends a line by itself, as old files do."""
    returns = int((codes == 13).sum())
    return returns > 0 and returns != int((codes[np.maximum(ends - 1, 0)] == 13).sum())


def encode(cells: Sequence[Cell]) -> tuple[npt.NDArray[np.int64], list[Cell]]:
    """Distinct cells of any column in the order in which they are met, and their numbers.

    >>> encode(["b", "a", "b"])
    (array([0, 1, 0]), ['b', 'a'])
    """
    if isinstance(cells, TextColumn):
        codes, texts = cells.encoded()
        return codes, list(texts)
    known: dict[Cell, int] = {}
    numbers = [known.setdefault(cell, len(known)) for cell in cells]
    return np.array(numbers, dtype=np.int64), list(known)
