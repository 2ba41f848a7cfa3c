"""Optima of many programs, as arrays: what measures work with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from xinzhi.frontier.program import Basis, Program, Solution
from xinzhi.frontier.result import STATUSES, Array, Peer, Status
from xinzhi.frontier.technology import Flags, Positions

Codes = npt.NDArray[np.uint8]
Which = Positions | Flags | slice
CODE: dict[Status, int] = {status: code for code, status in enumerate(STATUSES)}
NOTHING = {"status": CODE["unsolved"], "positions": -1, "intensities": 0.0, "basis": -1}
"""What stands where there is no program; NaN in the other fields."""


@dataclass(frozen=True, slots=True, eq=False)
class Solutions:
    """Optima of q programs, proved or not; the fields of `program.Solution`, row by row."""

    status: Codes
    """Shape (q,): places in STATUSES."""
    value: Array
    """Shape (q,)."""
    positions: Positions
    """Shape (q, w): rows that enter, as positions among all rows; -1 where none does."""
    intensities: Array
    """Shape (q, w): λ of these rows, for unscaled columns."""
    moves: Array
    """Shape (q, e): plus, minus, own, in units of d; NaN where there is no point."""
    duals: Array
    """Shape (q, r)."""
    primal: Array
    dual: Array
    gap: Array
    """Shape (q,) each: the certificate."""
    basis: Basis
    """Shape (q, r): ids of the basis, intensities as e + position; -1 where there is none."""

    def __len__(self) -> int:
        """Return the number of programs."""
        return len(self.status)

    @property
    def certified(self) -> Flags:
        """Which programs have a proved optimum."""
        return np.asarray(self.status == CODE["certified"])

    @property
    def infeasible(self) -> Flags:
        """Which programs are proved to have no point."""
        return np.asarray(self.status == CODE["infeasible"])

    @property
    def score(self) -> Array:
        """Value where it is proved, else NaN, shape (q,)."""
        return np.where(self.certified, self.value, np.nan)

    @classmethod
    def nothing(cls, q: int, e: int, r: int, *, status: Status = "unsolved") -> Solutions:
        """Make q programs without an answer."""
        value, primal, dual, gap = (np.full(q, np.nan) for _ in range(4))
        return cls(
            status=np.full(q, CODE[status], dtype=np.uint8),
            value=value,
            positions=np.full((q, 0), -1, dtype=np.intp),
            intensities=np.zeros((q, 0)),
            moves=np.full((q, e), np.nan),
            duals=np.full((q, r), np.nan),
            primal=primal,
            dual=dual,
            gap=gap,
            basis=np.full((q, r), -1, dtype=np.int32),
        )

    @classmethod
    def of(cls, found: Sequence[Solution], program: Program) -> Solutions:
        """Collect solutions of a program, one per row."""
        q, e, r = len(found), int(program.numerator.shape[1]), program.r
        width = max((len(one.positions) for one in found), default=0)
        positions = np.full((q, width), -1, dtype=np.intp)
        intensities, moves = np.zeros((q, width)), np.full((q, e), np.nan)
        duals = np.full((q, r), np.nan)
        for row, one in enumerate(found):
            positions[row, : len(one.positions)] = one.positions
            intensities[row, : len(one.positions)] = one.intensities
            if len(one.moves):
                moves[row], duals[row] = one.moves, one.duals
        return cls(
            status=np.array([CODE[one.status] for one in found], dtype=np.uint8),
            value=np.array([one.value for one in found], dtype=float),
            positions=positions,
            intensities=intensities,
            moves=moves,
            duals=duals,
            primal=np.array([one.primal for one in found], dtype=float),
            dual=np.array([one.dual for one in found], dtype=float),
            gap=np.array([one.gap for one in found], dtype=float),
            basis=np.full((q, r), -1, dtype=np.int32),
        )

    def scored(self, value: Array) -> Solutions:
        """Say other values for the certified programs."""
        return replace(self, value=np.where(self.certified, value, self.value))

    def taken(self, which: Positions | Flags) -> Solutions:
        """Take some programs."""
        parts = {one.name: getattr(self, one.name)[which] for one in fields(self)}
        return Solutions(**parts)

    def proofs(self) -> Solutions:
        """Leave out moves and bases, which are read by now."""
        q = len(self)
        if not (self.moves.size or self.basis.size):
            return self
        return replace(self, moves=np.empty((q, 0)), basis=np.empty((q, 0), dtype=np.int32))

    def put(self, which: Positions | Flags, other: Solutions) -> Solutions:
        """Replace some programs by others, which may have other unknowns."""
        return Solutions.gathered(len(self), [(slice(None), self), (which, other)])

    def overwritten(self, which: Positions | Flags, other: Solutions) -> Solutions:
        """Replace some programs in the arrays of these, which are given up."""
        if self.positions.shape[1] != other.positions.shape[1]:
            return self.put(which, other)
        for one in fields(self):
            getattr(self, one.name)[which] = getattr(other, one.name)
        return self

    @classmethod
    def gathered(cls, q: int, parts: Sequence[tuple[Which, Solutions]]) -> Solutions:
        """Gather q programs from parts and their places, later ones above earlier ones."""
        is_held = np.zeros(q, dtype=bool)
        for which, _ in parts:
            is_held[which] = True
        holds_all = bool(is_held.all())
        gathered: dict[str, Any] = {
            one.name: _gathered(
                q,
                [(which, getattr(part, one.name)) for which, part in parts],
                fill=NOTHING.get(one.name, np.nan),
                holds_all=holds_all,
            )
            for one in fields(cls)
        }
        return cls(**gathered)

    def spread(self, defined: Flags) -> Solutions:
        """Put the programs where rows are defined; the other rows are `undefined`."""
        if defined.all():
            return self
        e, r = self.moves.shape[1], self.duals.shape[1]
        return Solutions.nothing(len(defined), e, r, status="undefined").put(defined, self)

    def with_peers_of(self, which: Positions | Flags, other: Solutions) -> Solutions:
        """Keep the proofs, and take the rows that enter from other programs of the same rows."""
        both = self.put(which, other)
        return replace(self, positions=both.positions, intensities=both.intensities)


def _gathered(
    q: int,
    parts: Sequence[tuple[Which, npt.NDArray[np.generic]]],
    *,
    fill: float,
    holds_all: bool,
) -> npt.NDArray[np.generic]:
    """Put parts of an array at their places; what no part holds, and missing columns, are `fill`."""
    first = parts[0][1]
    widths = {part.shape[1:] for _, part in parts}
    shape = max(widths)
    whole = np.empty((q, *shape), dtype=first.dtype)
    if not holds_all:
        whole[:] = fill
    for which, part in parts:
        if part.shape[1:] == shape:
            whole[which] = part
        else:
            whole[which] = fill
            whole[which, : part.shape[1]] = part
    return whole


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
    which, how = positions, intensities
    if not (which[:, 1:] >= which[:, :-1]).all():
        order = np.argsort(which, axis=1)
        which = np.take_along_axis(which, order, axis=1)
        how = np.take_along_axis(how, order, axis=1)
    if ((which[:, 1:] == which[:, :-1]) & (which[:, 1:] >= 0)).any():
        how = how.copy()
        for place in range(which.shape[1] - 1, 0, -1):
            twice = np.flatnonzero(
                (which[:, place] == which[:, place - 1]) & (which[:, place] >= 0)
            )
            how[twice, place - 1] += how[twice, place]
            how[twice, place] = 0.0
    is_shown = (which >= 0) & (how > SHOWN)
    first = np.zeros(n + 1, dtype=np.intp)
    first[rows + 1] = is_shown.sum(axis=1)
    return Peers(np.cumsum(first), which[is_shown], how[is_shown])
