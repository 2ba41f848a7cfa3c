"""Peers of many rows: kept as arrays, read row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from xinzhi.frontier.result import Array, Peer
from xinzhi.frontier.technology import Positions

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
    if (np.diff(rows) < 0).any():
        along = np.argsort(rows)
        rows, positions, intensities = rows[along], positions[along], intensities[along]
    order = np.argsort(positions, axis=1)
    which = np.take_along_axis(positions, order, axis=1)
    how = np.take_along_axis(intensities, order, axis=1)
    for place in range(which.shape[1] - 1, 0, -1):
        twice = np.flatnonzero((which[:, place] == which[:, place - 1]) & (which[:, place] >= 0))
        how[twice, place - 1] += how[twice, place]
        how[twice, place] = 0.0
    is_shown = (which >= 0) & (how > SHOWN)
    first = np.zeros(n + 1, dtype=np.intp)
    first[rows + 1] = is_shown.sum(axis=1)
    return Peers(np.cumsum(first), which[is_shown], how[is_shown])
