"""Cells of text by column: a million rows without a million lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from xinzhi_panel.io.raw import Cell


class TextColumn(Sequence[str]):
    """A column of text cells in one block of memory."""

    def __init__(self, cells: Any) -> None:
        self.cells = cells

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> TextColumn: ...
    def __getitem__(self, index: int | slice) -> str | TextColumn:
        if isinstance(index, slice):
            start, stop, _ = index.indices(len(self.cells))
            return TextColumn(self.cells.slice(start, max(stop - start, 0)))
        return str(self.cells[index].as_py())

    def __iter__(self) -> Iterator[str]:
        # A part at a time: as Python strings the cells take many times their room.
        for start in range(0, len(self.cells), 100_000):
            yield from self.cells.slice(start, 100_000).to_pylist()

    def select(self, flags: npt.NDArray[np.bool_]) -> TextColumn:
        """Keep the cells where a flag is set."""
        return TextColumn(self.cells.filter(import_module("pyarrow").array(flags)))

    def encode(self) -> tuple[npt.NDArray[np.int64], list[str]]:
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
        """All cells as numbers; None where one is not a number, or has more than `longest` characters."""
        arrow, compute = import_module("pyarrow"), import_module("pyarrow.compute")
        if (compute.max(compute.binary_length(self.cells)).as_py() or 0) > longest:
            return None
        try:
            return np.array(compute.cast(self.cells, arrow.float64()).to_numpy())
        except arrow.ArrowInvalid:
            return None

    def matching(self, pattern: str, longest: int) -> npt.NDArray[np.bool_]:
        """Flag the cells that match a pattern and have at most `longest` characters."""
        compute = import_module("pyarrow.compute")
        matches = compute.match_substring_regex(self.cells, pattern)
        short = compute.less_equal(compute.binary_length(self.cells), longest)
        return np.array(compute.and_(matches, short).to_numpy(), dtype=bool)

    def among(self, texts: frozenset[str]) -> npt.NDArray[np.bool_]:
        """Flag the cells that are one of the texts."""
        arrow, compute = import_module("pyarrow"), import_module("pyarrow.compute")
        wanted = arrow.array(sorted(texts), arrow.large_string())
        return np.asarray(compute.is_in(self.cells, value_set=wanted).to_numpy(), dtype=bool)

    def has_only_digits(self) -> bool:
        """Whether every cell has digits and nothing else."""
        compute = import_module("pyarrow.compute")
        return bool(compute.all(compute.ascii_is_decimal(self.cells), min_count=0).as_py())


class ColumnRows(Sequence[Sequence[str]]):
    """Rows of a table that is kept by column; rows are made when they are looked at."""

    def __init__(self, columns: Sequence[Any]) -> None:
        self.columns: Sequence[Any] = columns

    @property
    def lengths(self) -> npt.NDArray[np.int32] | None:
        """Cells of each row; None where all have the same number."""
        return None

    def select(self, flags: npt.NDArray[np.bool_]) -> ColumnRows:
        """Keep the rows where a flag is set."""
        return ColumnRows([column.select(flags) for column in self.columns])

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, index: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, index: slice) -> ColumnRows: ...
    def __getitem__(self, index: int | slice) -> Sequence[str] | ColumnRows:
        if isinstance(index, slice):
            return ColumnRows([column[index] for column in self.columns])
        return [column[index] for column in self.columns]

    def __iter__(self) -> Iterator[Sequence[str]]:
        return iter(map(list, zip(*self.columns, strict=True)))


class UnevenRows(ColumnRows):
    """Rows of unlike lengths: columns hold empty cells where a row has ended."""

    def __init__(self, columns: Sequence[TextColumn], lengths: npt.NDArray[np.int32]) -> None:
        super().__init__(columns)
        self._lengths = lengths

    @property
    def lengths(self) -> npt.NDArray[np.int32]:
        """Cells of each row."""
        return self._lengths

    def select(self, flags: npt.NDArray[np.bool_]) -> UnevenRows:
        """Keep the rows where a flag is set."""
        return UnevenRows([column.select(flags) for column in self.columns], self._lengths[flags])

    @overload
    def __getitem__(self, index: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, index: slice) -> UnevenRows: ...
    def __getitem__(self, index: int | slice) -> Sequence[str] | UnevenRows:
        if isinstance(index, slice):
            return UnevenRows([column[index] for column in self.columns], self._lengths[index])
        return [column[index] for column in self.columns[: self._lengths[index]]]

    def __iter__(self) -> Iterator[Sequence[str]]:
        for row, n in zip(super().__iter__(), self._lengths.tolist(), strict=True):
            yield row[:n]


def column_of(lines: Sequence[Sequence[Cell]], position: int) -> Sequence[Cell]:
    """Give the cells of a column; rows that end before it have none."""
    if isinstance(lines, ColumnRows):
        return lines.columns[position]  # type: ignore[no-any-return]
    return [line[position] if position < len(line) else None for line in lines]


def lengths_of(lines: Sequence[Sequence[Cell]]) -> npt.NDArray[np.integer[Any]] | None:
    """Count the cells of each row; None where all rows have the same number by their making."""
    if isinstance(lines, ColumnRows):
        return lines.lengths
    return np.fromiter(map(len, lines), dtype=np.int64, count=len(lines))


def encode(cells: Sequence[Cell]) -> tuple[npt.NDArray[np.int64], list[Cell]]:
    """Distinct cells of any column in the order in which they are met, and their numbers.

    >>> encode(["b", "a", "b"])
    (array([0, 1, 0]), ['b', 'a'])
    """
    if isinstance(cells, TextColumn):
        codes, texts = cells.encode()
        return codes, list(texts)
    distinct: dict[Cell, int] = {}
    numbers = [distinct.setdefault(cell, len(distinct)) for cell in cells]
    return np.array(numbers, dtype=np.int64), list(distinct)
