"""Programs over the free disposal hull, whose intensities are 0 or 1: all candidates are compared.

Without convex combinations a row can only be compared with one row j of the reference set at a time, at
what j does better and worse than it. The best j is the optimum; nothing is iterated, so that the proof is
the comparison itself. Differences are taken of the data as given, so that a tie is a tie.

Candidates are the rows that no other row dominates, as a dominated one is never better than
its dominator. The kernel searches them in a tree of boxes (`kernel.hulls`), which leaves out what cannot be
better. Where there is no kernel all pairs are compared, a block at a time: memory grows with the rows, not
with their square. Both find the same, to the last bit.

References
----------
Deprins, D., Simar, L., Tulkens, H. (1984). Measuring labor-efficiency in post offices. In: The Performance
of Public Enterprises, North-Holland; reprinted, doi 10.1007/978-0-387-25534-7_16.
Tulkens, H. (1993). On FDH efficiency analysis. Journal of Productivity Analysis 4, doi 10.1007/BF01073473.

Layers of rows that no other row dominates, peeled one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi_frontier.kernel import hulls
from xinzhi_frontier.result import Array
from xinzhi_frontier.solutions import CODE, Solutions
from xinzhi_frontier.technology import Flags, Positions, Program, Technology, distinct

PAIRS = 1 << 22
"""Pairs of rows that are compared at a time."""
SOME = 512
"""Rows that are compared with what is kept before they are compared with each other."""


def layers(costs: Array, depth: int) -> Positions:
    """Return the rows of the first layers, in the order of the rows.

    Parameters
    ----------
    costs
        Shape (n, k); less is better. A row dominates another one where it is nowhere more and
        somewhere less; equal rows do not dominate each other.
    depth
        Number of layers: the second is what is not dominated once the first is gone, and so on.

    References
    ----------
    Kung, H. T., Luccio, F., Preparata, F. P. (1975). On finding the maxima of a set of vectors.
    Journal of the ACM 22, doi 10.1145/321906.321910 (rows in an order in which dominators come first).

    Examples
    --------
    >>> costs = np.array([[1.0, 2.0], [2.0, 1.0], [2.0, 2.0], [3.0, 3.0], [1.0, 2.0]])
    >>> layers(costs, 1).tolist(), layers(costs, 2).tolist()
    ([0, 1, 4], [0, 1, 2, 4])
    """
    # A tree finds dominators wherever they stand.
    by_tree = hulls.takes(costs.shape[1])
    order = np.arange(len(costs)) if by_tree else _dominators_first(costs)
    left = costs[order]
    in_layers = np.zeros(len(costs), dtype=bool)
    for _ in range(depth):
        if not len(order):
            break
        is_best = ~hulls.Tree.of(left).dominates(left) if by_tree else _undominated(left)
        in_layers[order[is_best]] = True
        order, left = order[~is_best], left[~is_best]
    return np.flatnonzero(in_layers)


def _dominators_first(costs: Array) -> Positions:
    """Order rows so that each comes after all that dominate it, those that dominate many first.

    A sum of rounded terms is not larger where no term is; ties are told apart by the columns.
    """
    span = np.ptp(costs, axis=0)
    total = np.zeros(len(costs))
    for column, width in zip(costs.T, span.tolist(), strict=True):
        total += column / (width or 1.0)
    return np.asarray(np.lexsort((*costs.T[::-1], total)), dtype=np.intp)


def _undominated(costs: Array) -> Flags:
    """Mark the rows that none dominates; dominators stand before what they dominate."""
    n = len(costs)
    is_best = np.zeros(n, dtype=bool)
    best = np.empty((0, costs.shape[1]))
    for start in range(0, n, SOME):
        part = costs[start : start + SOME]
        # What none of the best rows before dominates can only be dominated within its own block.
        rest = np.flatnonzero(~_dominated(part, best))
        rest = rest[~_dominated(part[rest], part[rest])]
        is_best[start + rest] = True
        best = np.vstack([best, part[rest]])
    return is_best


def _dominated(costs: Array, by: Array) -> Flags:
    """Mark the rows that a row of `by` dominates, a block of these at a time."""
    is_dominated = np.zeros(len(costs), dtype=bool)
    step = max(1, PAIRS // max(1, len(costs)))
    for start in range(0, len(by), step):
        left = np.flatnonzero(~is_dominated)
        some, rest = by[start : start + step], costs[left]
        nowhere_more = np.ones((len(left), len(some)), dtype=bool)
        somewhere_less = np.zeros_like(nowhere_more)
        for column in range(costs.shape[1]):
            nowhere_more &= some[:, column] <= rest[:, column, None]
            somewhere_less |= some[:, column] < rest[:, column, None]
        is_dominated[left] = (nowhere_more & somewhere_less).any(axis=1)
    return is_dominated


HULL_PAIRS = 1 << 18
"""Pairs of a row and a candidate that are compared at a time."""
MANY = 0.02
"""Share of pairs that are possible, from which the far ones are first left out."""
ROUNDING = 1e-9
"""Values that differ by less may be equal but for rounding; relative above 1."""
Codes = npt.NDArray[np.int64]


def compare_candidates(
    technology: Technology,
    program: Program,
    rows: Positions,
    reference: Positions,
    *,
    codes: Codes | None,
    joins: bool,
    cache: dict[bytes, object],
) -> Solutions:
    """Solve a program per row by comparing it with every candidate.

    Parameters
    ----------
    technology, program
        All rows, and a program per entry of `rows` with at most one unknown of its own, a distance.
    rows, reference
        Evaluated rows, shape (q,), and the rows of the hull.
    codes
        Per row of the technology: candidates of the same code as a row are left out for it.
    joins
        Whether a row may be compared with itself though it is not of the reference set.
    cache
        What is known of the reference set.

    Raises
    ------
    ValueError
        The program has more than one unknown of its own.
    """
    if len(program.free) > 1:
        msg = "a program over the free disposal hull has at most one unknown of its own"
        raise ValueError(msg)
    e = program.numerator.shape[1]
    solutions = Solutions.nothing(len(rows), e, program.r, status="infeasible")
    candidates = _candidates(technology, reference, codes, cache)
    if hulls.takes(technology.k):
        best = _search(technology, program, rows, candidates, codes, joins=joins, into=solutions)
        return _solved(solutions, best)
    step = max(1, HULL_PAIRS // max(1, len(candidates)))
    best = np.full(len(rows), -1, dtype=np.intp)
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        block = _Block(technology, program, rows[part], part)
        best[part] = block.solve(candidates, codes, joins=joins, into=solutions)
    return _solved(solutions, best)


def _solved(solutions: Solutions, best: Positions) -> Solutions:
    """Say that all was compared, and which row was best; -1 where none was."""
    solved = best >= 0
    solutions.status[solved] = CODE["certified"]
    # All candidates were compared: there is no error to be bounded, of a score or of its absence.
    for certificate in (solutions.primal, solutions.dual, solutions.gap):
        certificate[:] = 0.0
    return replace(solutions, positions=best[:, None], intensities=solved[:, None].astype(float))


def _search(
    technology: Technology,
    program: Program,
    rows: Positions,
    candidates: Positions,
    codes: Codes | None,
    *,
    joins: bool,
    into: Solutions,
) -> Positions:
    """Find the best candidates by the kernel; their points and values are those of `_Block`."""
    own = np.ascontiguousarray(technology.raw[rows, : technology.k])
    chosen, distance = hulls.Tree.of(technology.raw[candidates, : technology.k]).compare(
        program, own, technology.worth(rows),
        codes=None if codes is None else (codes[rows], codes[candidates]), joins=joins,
    )  # fmt: skip
    solved = np.flatnonzero(chosen >= 0)
    best, is_other = rows.copy(), np.flatnonzero(chosen < len(candidates))
    best[is_other] = np.append(candidates, -1)[chosen[is_other]]
    block = _Block(technology, program, rows, slice(0, len(rows)))
    moves = block.moves(solved, best[solved], distance)
    into.value[solved], into.moves[solved] = block.value(solved, moves), moves
    return best


def _candidates(
    technology: Technology, reference: Positions, codes: Codes | None, cache: dict[bytes, Any]
) -> Positions:
    """List rows of which the best one is an optimum, in the canonical order.

    Where t rows may leave together, a row that is only dominated by these can be best: it is in one of the
    first t + 1 layers, since a later one has a dominator in each of them.
    """
    depth = 1
    if codes is not None:
        depth += int(np.unique(codes[reference], return_counts=True)[1].max())
    key = b"layers %d" % depth
    if key not in cache:
        rows = reference[layers(technology.raw[reference, : technology.k], depth)]
        # Of equally good candidates the first is taken: canonical order makes it the same one always.
        cache[key] = technology.in_order(rows)
    candidates: Positions = cache[key]
    return candidates


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Some rows with their programs."""

    technology: Technology
    program: Program
    rows: Positions
    part: slice

    def solve(
        self, candidates: Positions, codes: Codes | None, *, joins: bool, into: Solutions
    ) -> Positions:
        """Write the best point of each row; return the candidates that give them, -1 where none does."""
        row, chosen, distance = self._pairs(candidates, codes, joins=joins)
        moves = self.moves(row, chosen, distance)
        value = self.value(row, moves)
        order = np.lexsort((value, row))
        order = order[np.isfinite(value[order])]
        best = np.full(len(self.rows), -1, dtype=np.intp)
        if len(order):
            # Sorted by row and value, the first pair of each row is its best.
            lead = order[np.append(True, np.diff(row[order]) > 0)]
            best[row[lead]] = chosen[lead]
            places = row[lead] + self.part.start
            into.value[places], into.moves[places] = value[lead], moves[lead]
        return best

    def _pairs(
        self, candidates: Positions, codes: Codes | None, *, joins: bool
    ) -> tuple[Positions, Positions, Array]:
        """List the rows and candidates among whose pairs the best one of each row is, and how far it goes."""
        possible = self._possible(candidates, codes)
        itself = np.arange(len(self.rows) if joins else 0)
        # From itself a row is at no distance.
        largest = np.full(len(self.rows), 0.0 if joins else -np.inf)
        if self.program.free:
            # Both phases of a distance are at the largest one: only the farthest candidates are left.
            distance = np.where(possible, self._distances(candidates), -np.inf)
            largest = np.maximum(largest, distance.max(axis=1, initial=-np.inf))
            possible &= distance == largest[:, None]
            itself = itself[largest[itself] == 0.0]
        elif possible.mean() > MANY:
            # A sieve only: the value of what is left is computed pair by pair, in one fixed way.
            possible &= self._near_best(candidates, possible)
        row, place = np.nonzero(possible)
        return np.append(row, itself), np.append(candidates[place], self.rows[itself]), largest

    def _possible(self, candidates: Positions, codes: Codes | None) -> Flags:
        """Mark the candidates that a row can be compared with, shape (rows, candidates)."""
        k, r = self.technology.k, self.program.r
        raw = self.technology.raw
        possible = np.ones((len(self.rows), len(candidates)), dtype=bool)
        if codes is not None:
            possible &= codes[self.rows, None] != codes[candidates]
        along: Flags = np.any(self.program.own[self.part] != 0, axis=2)
        for column in range(k):
            own, other = raw[self.rows, column, None], raw[candidates, column]
            better = self.program.allowed[self.part, column, None]
            worse = self.program.allowed[self.part, r + column, None]
            # Where a slack is not allowed the candidate must not need it, unless the distance moves.
            moves = along[:, column, None]
            if not (worse | moves).all():
                possible &= (other <= own) | worse | moves
            if not (better | moves).all():
                possible &= (other >= own) | better | moves
        return possible

    def _distances(self, candidates: Positions) -> Array:
        """Return how far rows can go along their directions until a candidate is no better any more."""
        raw, distance = self.technology.raw, np.full((len(self.rows), len(candidates)), np.inf)
        step = self.technology.worth(self.rows)
        step = step * self.program.own[self.part][:, : self.technology.k, 0]
        for column in range(self.technology.k):
            width = step[:, column]
            moves = width > 0
            if moves.any():
                gap = raw[self.rows, column, None] - raw[candidates, column]
                gap /= np.where(moves, width, 1.0)[:, None]
                np.minimum(distance, gap, out=distance, where=moves[:, None])
        return distance

    def _near_best(self, candidates: Positions, possible: Flags) -> Flags:
        """Mark the candidates that are best but for rounding, column by column: far faster than by pairs."""
        k, r, raw = self.technology.k, self.program.r, self.technology.raw
        worth = self.technology.worth(self.rows)
        over, under = (np.full(possible.shape, constant) for constant in self.program.constants)
        costs = (self.program.numerator[self.part], self.program.denominator[self.part])
        for column in range(k):
            gap = raw[self.rows, column, None] - raw[candidates, column]
            gap /= worth[:, column, None]
            for sign, slack in ((1.0, column), (-1.0, r + column)):
                if any(cost[:, slack].any() for cost in costs):
                    moved = np.maximum(sign * gap, 0.0)
                    for total, cost in zip((over, under), costs, strict=True):
                        np.add(total, moved * cost[:, slack, None], out=total)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.where(possible & (under > 0), over / under, np.inf)
        least = value.min(axis=1, keepdims=True, initial=np.inf)
        within = ROUNDING * np.maximum(1.0, np.abs(least))
        return np.asarray(np.isfinite(value) & (value <= least + within))

    def moves(self, row: Positions, chosen: Positions, distance: Array) -> Array:
        """Return the point of each pair, shape (pairs, e)."""
        k, r, raw = self.technology.k, self.program.r, self.technology.raw
        gaps = raw[self.rows[row], :k] - raw[chosen, :k]
        gaps /= self.technology.worth(self.rows)[row]
        moves = np.zeros((len(row), self.program.numerator.shape[1]))
        if self.program.free:
            moves[:, -1] = distance[row]
            gaps -= self.program.own[self.part][row, :k, 0] * moves[:, -1:]
            # The column that ends the way has no slack but rounding.
            moves[:, :k] = np.maximum(gaps, 0.0)
            return moves
        moves[:, :k], moves[:, r : r + k] = np.maximum(gaps, 0.0), np.maximum(-gaps, 0.0)
        return moves

    def value(self, row: Positions, moves: Array) -> Array:
        """Return the value of each point, infinite where its denominator is not above 0."""
        n0, d0 = self.program.constants
        over = n0 + _product(self.program.numerator[self.part], row, moves)
        under = d0 + _product(self.program.denominator[self.part], row, moves)
        possible = under > 0
        return np.where(possible, over / np.where(possible, under, 1.0), np.inf)


def _product(costs: Array, row: Positions, moves: Array) -> Array:
    """Multiply points with the costs of their rows, column by column as the kernel does: the same bits."""
    costs, r = distinct(costs), moves.shape[1] // 2
    total = np.zeros(len(row))
    slacks = [slack for column in range(r) for slack in (column, r + column)]
    for unknown in [*slacks, *range(2 * r, moves.shape[1])]:
        share = costs[:, unknown]
        if share.any():
            total += moves[:, unknown] * (share[0] if len(costs) == 1 else share[row])
    return total
