"""Peers of many rows: kept as arrays, read row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from xinzhi.efficiency.result import Array, Peer
from xinzhi.efficiency.technology import Positions

SHOWN = 1e-12
"""Intensities and relative slacks below this are rounding and shown as 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Peers(Sequence[tuple[Peer, ...]]):
    """Peers of n rows; peers[i] are those of row i, by position."""

    first: Positions
    """Shape (n + 1,): where the peers of each row begin."""
    positions: Positions
    intensities: Array

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.first) - 1

    @overload
    def __getitem__(self, index: int) -> tuple[Peer, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[tuple[Peer, ...], ...]: ...
    def __getitem__(self, index: int | slice) -> tuple[Peer, ...] | tuple[tuple[Peer, ...], ...]:
        """Return the peers of one row, or of each of several."""
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(len(self))))
        at = range(len(self))[index]
        part = slice(int(self.first[at]), int(self.first[at + 1]))
        pairs = zip(self.positions[part].tolist(), self.intensities[part].tolist(), strict=True)
        return tuple(Peer(position, intensity) for position, intensity in pairs)

    def __iter__(self) -> Iterator[tuple[Peer, ...]]:
        """Go through the rows."""
        return (self[at] for at in range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Compare row by row with any sequence."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def peers_of(rows: Positions, positions: Positions, intensities: Array, *, n: int) -> Peers:
    """Collect peers: a position that enters twice counts once, with both intensities.

    Parameters
    ----------
    rows
        Shape (q,): rows among n, each at most once.
    positions, intensities
        Shape (q, w): what enters; -1 where nothing does.
    n
        Number of rows.
    """
    line, place = np.nonzero(positions >= 0)
    whose, which, how = rows[line], positions[line, place], intensities[line, place]
    order = np.lexsort((which, whose))
    whose, which, how = whose[order], which[order], how[order]
    is_new = np.ones(len(whose), dtype=bool)
    is_new[1:] = (np.diff(whose) != 0) | (np.diff(which) != 0)
    start = np.flatnonzero(is_new)
    total = np.add.reduceat(how, start) if len(start) else how
    shown = total > SHOWN
    start, total = start[shown], total[shown]
    first = np.zeros(n + 1, dtype=np.intp)
    np.cumsum(np.bincount(whose[start], minlength=n), out=first[1:])
    return Peers(first, which[start], total)
