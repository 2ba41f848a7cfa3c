"""Optima of many programs, as arrays: what measures work with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from xinzhi_frontier.result import STATUSES, Array, Peer, Status
from xinzhi_frontier.technology import Basis, Flags, Positions, Program, ProgramSolution

Codes = npt.NDArray[np.uint8]
Places = Positions | Flags | slice
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
        return cls(
            status=np.full(q, CODE[status], dtype=np.uint8),
            value=np.full(q, np.nan),
            positions=np.full((q, 0), -1, dtype=np.intp),
            intensities=np.zeros((q, 0)),
            moves=np.full((q, e), np.nan),
            duals=np.full((q, r), np.nan),
            primal=np.full(q, np.nan),
            dual=np.full(q, np.nan),
            gap=np.full(q, np.nan),
            basis=np.full((q, r), -1, dtype=np.int32),
        )

    @classmethod
    def of(cls, optima: Sequence[ProgramSolution], program: Program) -> Solutions:
        """Collect solutions of a program, one per row."""
        q, e, r = len(optima), int(program.numerator.shape[1]), program.r
        width = max((len(optimum.positions) for optimum in optima), default=0)
        solutions = replace(
            cls.nothing(q, e, r),
            status=np.array([CODE[optimum.status] for optimum in optima], dtype=np.uint8),
            positions=np.full((q, width), -1, dtype=np.intp),
            intensities=np.zeros((q, width)),
        )
        for row, optimum in enumerate(optima):
            for name in ("value", "primal", "dual", "gap"):
                getattr(solutions, name)[row] = getattr(optimum, name)
            solutions.positions[row, : len(optimum.positions)] = optimum.positions
            solutions.intensities[row, : len(optimum.positions)] = optimum.intensities
            if len(optimum.moves):
                solutions.moves[row], solutions.duals[row] = optimum.moves, optimum.duals
        return solutions

    def scored(self, value: Array) -> Solutions:
        """Say other values for the certified programs."""
        return replace(self, value=np.where(self.certified, value, self.value))

    def take(self, places: Positions | Flags) -> Solutions:
        """Take some programs."""
        return Solutions(**{part.name: getattr(self, part.name)[places] for part in fields(self)})

    def proofs(self) -> Solutions:
        """Leave out moves and bases, which are read by now."""
        q = len(self)
        if not (self.moves.shape[1] or self.basis.shape[1]):
            return self
        return replace(self, moves=np.empty((q, 0)), basis=np.empty((q, 0), dtype=np.int32))

    def put(self, places: Positions | Flags, other: Solutions) -> Solutions:
        """Replace some programs by others, which may have other unknowns."""
        return Solutions.gathered(len(self), [(slice(None), self), (places, other)])

    def overwrite(self, places: Positions | Flags, other: Solutions) -> Solutions:
        """Replace some programs in the arrays of these, which are given up."""
        if self.positions.shape[1] != other.positions.shape[1]:
            return self.put(places, other)
        for part in fields(self):
            getattr(self, part.name)[places] = getattr(other, part.name)
        return self

    @classmethod
    def gathered(cls, q: int, parts: Sequence[tuple[Places, Solutions]]) -> Solutions:
        """Gather q programs from parts and their places, later ones above earlier ones."""
        is_covered = np.zeros(q, dtype=bool)
        for places, _ in parts:
            is_covered[places] = True
        covers_all = bool(is_covered.all())
        arrays: dict[str, Any] = {
            part.name: _gather(
                q,
                [(places, getattr(solutions, part.name)) for places, solutions in parts],
                fill=NOTHING.get(part.name, np.nan),
                covers_all=covers_all,
            )
            for part in fields(cls)
        }
        return cls(**arrays)

    def spread(self, defined: Flags) -> Solutions:
        """Put the programs where rows are defined; the other rows are `undefined`."""
        if defined.all():
            return self
        e, r = self.moves.shape[1], self.duals.shape[1]
        return Solutions.nothing(len(defined), e, r, status="undefined").put(defined, self)


def _gather(
    q: int,
    parts: Sequence[tuple[Places, npt.NDArray[np.generic]]],
    *,
    fill: float,
    covers_all: bool,
) -> npt.NDArray[np.generic]:
    """Put parts of an array at their places; what no part covers, and missing columns, are `fill`."""
    shape = max(part.shape[1:] for _, part in parts)
    whole = np.empty((q, *shape), dtype=parts[0][1].dtype)
    # Every page of a large array is touched once: filled only where something stays unwritten.
    if not covers_all:
        whole[:] = fill
    for places, part in parts:
        if part.shape[1:] == shape:
            whole[places] = part
        else:
            whole[places] = fill
            whole[places, : part.shape[1]] = part
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
            return tuple(self[row] for row in range(*index.indices(len(self))))
        row = range(len(self))[index]
        part = slice(int(self.first[row]), int(self.first[row + 1]))
        pairs = zip(self.positions[part].tolist(), self.intensities[part].tolist(), strict=True)
        return tuple(Peer(position, intensity) for position, intensity in pairs)

    def __iter__(self) -> Iterator[tuple[Peer, ...]]:
        """Go through the rows."""
        return (self[row] for row in range(len(self)))

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
    # Sorted in each row, a position that enters twice (an idle activity) stands beside itself.
    if not (positions[:, 1:] >= positions[:, :-1]).all():
        order = np.argsort(positions, axis=1)
        positions = np.take_along_axis(positions, order, axis=1)
        intensities = np.take_along_axis(intensities, order, axis=1)
    is_twice = (positions[:, 1:] == positions[:, :-1]) & (positions[:, 1:] >= 0)
    if is_twice.any():
        intensities = intensities.copy()
        # From the right, so that what enters three times reaches its first place.
        for column in range(positions.shape[1] - 1, 0, -1):
            twice = np.flatnonzero(is_twice[:, column - 1])
            intensities[twice, column - 1] += intensities[twice, column]
            intensities[twice, column] = 0.0
    is_shown = (positions >= 0) & (intensities > SHOWN)
    first = np.zeros(n + 1, dtype=np.intp)
    first[rows + 1] = is_shown.sum(axis=1)
    return Peers(np.cumsum(first), positions[is_shown], intensities[is_shown])
