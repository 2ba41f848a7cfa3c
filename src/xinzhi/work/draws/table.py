"""Draws that are there, by their numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from xinzhi.work.engine import Array


@dataclass(slots=True)
class DrawTable:
    """Rows of draws 0 to n - 1, in the order in which they come."""

    n: int
    left: int = field(init=False)
    """Draws that are missing."""
    _there: npt.NDArray[np.bool_] = field(init=False)
    _rows: Array | None = None

    def __post_init__(self) -> None:
        self._there, self.left = np.zeros(self.n, dtype=bool), self.n

    @property
    def width(self) -> int:
        """Numbers of a draw; known with the first."""
        return 0 if self._rows is None else self._rows.shape[1]

    def add(self, numbers: range, rows: Array) -> None:
        """Put draws where they belong; those that nobody asked for are passed over.

        Raises
        ------
        ValueError
            They have another number of numbers than those before.
        """
        if self._rows is None:
            self._rows = np.empty((self.n, rows.shape[1]))
        stop = max(numbers.start, min(numbers.stop, self.n))
        self._rows[numbers.start : stop] = rows[: stop - numbers.start]
        self._there[numbers.start : stop] = True
        self.left = int(self.n - self._there.sum())

    def missing(self) -> list[range]:
        """List what is missing: the longest runs of numbers, in their order.

        >>> table = DrawTable(6)
        >>> table.add(range(2, 4), np.zeros((2, 1)))
        >>> table.missing(), table.left
        ([range(0, 2), range(4, 6)], 4)
        """
        edges = np.flatnonzero(np.diff(np.concatenate(([True], self._there, [True])).astype(int)))
        return [range(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]

    def rows(self) -> Array:
        """Give all draws."""
        assert self._rows is not None
        assert not self.left
        return self._rows
