"""The frame: few rows of a large reference set that generate all others, each one proved.

Every row outside the frame W comes with intensities λ over W: G_j >= Σ λ_w G_w up to `residual` in
units of the row. A multiplier that is feasible on W is then feasible on all rows: for row j
-u·G_j = Σ λ_w (-u·G_w) + u-weighted slack, each term bounded. So scores need pricing over W only,
and when rows leave the reference set only those can come back whose proof used them. Strong
disposal only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.efficiency.options import Options
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.seeds import seeds
from xinzhi.efficiency.solver import Basis, KeptModel
from xinzhi.efficiency.technology import RETURNS, Flags, Positions, Technology
from xinzhi.vocabulary import bounds

LARGE = 20_000
"""Reference sets above this size are framed; smaller ones are priced directly."""
BLOCK = 16_384
"""Rows on which a basis is tried at once."""
MEMBER = 1e-11
"""Largest residual of a membership, in units of the row."""
DIRECTIONS = 64
"""Random weights whose best ratios seed the frame; a guess, fixed so that results are too."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Rows that generate a reference set, and who rests on whom."""

    rows: Positions
    """Positions of the frame's rows among all rows, in canonical order."""
    residual: float
    """Largest residual of a membership, in units of the row."""
    used: Positions
    """Position of a frame row, sorted; with `users` the pairs of the inverted index."""
    users: Positions
    """Row whose membership uses the frame row beside it."""

    def without(self, out: Positions) -> Positions:
        """Return rows that generate the reference set without some rows."""
        first = np.searchsorted(self.used, out, side="left")
        last = np.searchsorted(self.used, out, side="right")
        again = [self.users[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        kept = np.concatenate([self.rows, *again]) if again else self.rows
        return np.setdiff1d(kept, out)


def suits(options: Options) -> bool:
    """Tell whether reference sets may be framed: strong disposal, and at most one row for Σ λ.

    Elsewhere every row is priced directly.
    """
    is_free = options.disposability == "strong" and not options.noncontrollable
    return is_free and bounds(options.returns_to_scale) is None


def frame_of(technology: Technology, reference: Positions) -> Frame:
    """Find a frame of a reference set, and prove it.

    Each row is tried as a combination of the frame; where none exists the row of the block that
    lies farthest outside the separating hyperplane joins. A basis that makes one row is tried on
    all rows of the block.

    References
    ----------
    Dulá, J. H., López, F. J. (2009). Preprocessing DEA. Computers & Operations Research 36,
    doi 10.1016/j.cor.2008.01.004.
    """
    search = _Search(technology, reference)
    search.run()
    used = np.concatenate([np.empty(0, dtype=np.intp), *search.used])
    users = np.concatenate([np.empty(0, dtype=np.intp), *search.users])
    order = np.argsort(used, kind="stable")
    return Frame(
        rows=technology.in_order(reference[search.held]),
        residual=search.residual,
        used=used[order],
        users=users[order],
    )


class _Search:
    """The search of a frame, as it goes along."""

    def __init__(self, technology: Technology, reference: Positions) -> None:
        self.reference = reference
        self.held: list[int] = []
        self.used: list[Positions] = []
        self.users: list[Positions] = []
        self.residual = 0.0
        self._columns = technology.columns[reference]
        self._bounded = technology.bounded
        self._d = technology.own(reference)
        r = technology.r
        self._r = r
        self._model = KeptModel(r, 0, np.zeros(2 * r, dtype=bool))
        self._allowed = np.array([True] * technology.k + [False] * (2 * r - technology.k))
        towards = RETURNS[technology.returns_to_scale]
        if r > technology.k and towards:
            self._allowed[r - 1 if towards > 0 else 2 * r - 1] = True
        for column in [*seeds(technology, self._columns), *_winners(technology, self._columns)]:
            self._hold(column)

    def run(self) -> None:
        """Prove or hold each row."""
        inside = np.zeros(len(self._columns), dtype=bool)
        start = 0
        while start < len(self._columns):
            block = np.arange(start, min(start + BLOCK, len(self._columns)), dtype=np.intp)
            inside[self.held] = True
            pending = block[~inside[block]]
            while len(pending):
                pending = self._advance(pending)
            inside[block] = True
            start += BLOCK

    def _advance(self, pending: Positions) -> Positions:
        """Prove the first pending row and all that share its basis, or enlarge the frame."""
        first = int(pending[0])
        self._model.aim(self._columns[first], np.empty((self._r, 0)))
        self._model.allow(self._allowed)
        verdict, basis = self._model.solve(np.zeros(2 * self._r))
        if verdict == "optimal":
            members = self._members(basis, pending)
            if members[0]:
                return np.asarray(pending[~members])
        joins = self._outsider(first, pending) if verdict == "infeasible" else first
        self._hold(joins)
        return np.asarray(pending[pending != joins])

    def _outsider(self, first: int, pending: Positions) -> int:
        """Find the pending row farthest outside a hyperplane that separates the first one."""
        d = np.tile(self._d[first], 2)
        self._model.allow(np.ones(2 * self._r, dtype=bool))
        cost = np.where(self._allowed, 0.0, 1.0) / d
        verdict, basis = self._model.solve(cost)
        matrix = self._matrix(basis)
        if verdict != "optimal" or matrix is None:
            return first
        is_column = basis >= 2 * self._r
        own = np.where(is_column, 0.0, cost[np.where(is_column, 0, basis)])
        duals = own @ matrix[1]
        reduced = -(self._columns[pending] @ duals)
        joins = int(pending[np.argmin(reduced)])
        return joins if joins not in self.held else first

    def _members(self, basis: Basis, pending: Positions) -> Flags:
        """Mark the pending rows that the basis makes without a wrong sign, and keep the proofs."""
        found = self._matrix(basis)
        if found is None:
            return np.zeros(len(pending), dtype=bool)
        matrix, inverse = found
        right, d = self._columns[pending], self._d[pending]
        basic = right @ inverse.T
        basic += (right - basic @ matrix.T) @ inverse.T
        is_column = basis >= 2 * self._r
        names = np.where(is_column, 0, basis)
        unit = 1.0 / d[:, names % self._r]
        weights = np.where(self._bounded, 1.0 / d, 0.0)
        unit[:, is_column] = weights @ matrix[:, is_column]
        relative = basic * unit
        fixed = ~is_column & ~self._allowed[names]
        wrong = np.where(fixed, np.abs(relative), -relative).max(axis=1)
        residual = np.abs(basic @ matrix.T - right) / d
        worst = np.maximum(wrong, residual.max(axis=1))
        members = worst <= MEMBER
        if members.any():
            self.residual = max(self.residual, float(worst[members].max()))
            self._keep(basis[is_column], pending[members], basic[np.ix_(members, is_column)])
        return np.asarray(members)

    def _keep(self, names: Basis, rows: Positions, basic: Array) -> None:
        at, which = np.nonzero(basic > 0)
        columns = np.array([self.held[name - 2 * self._r] for name in names], dtype=np.intp)
        self.used.append(self.reference[columns[which]])
        self.users.append(self.reference[rows[at]])

    def _matrix(self, basis: Basis) -> tuple[Array, Array] | None:
        """Return the matrix of a basis and its inverse."""
        if len(basis) != self._r:
            return None
        unit = np.hstack([np.eye(self._r), -np.eye(self._r)])
        columns = [
            unit[:, name] if name < 2 * self._r else self._columns[self.held[name - 2 * self._r]]
            for name in basis.tolist()
        ]
        matrix = np.array(columns).T
        try:
            return matrix, np.linalg.inv(matrix)
        except np.linalg.LinAlgError:
            return None

    def _hold(self, column: int) -> None:
        if column not in self.held:
            self.held.append(column)
            self._model.add(self._columns[column])


def _winners(technology: Technology, columns: Array) -> list[int]:
    """List the rows with the best ratio of weighted outputs to weighted uses."""
    rng = np.random.default_rng(0)
    uses = columns[:, technology.bounded]
    goods = -columns[:, technology.goods()]
    winners = []
    for _ in range(DIRECTIONS):
        below = uses @ np.exp(rng.normal(0, 2, uses.shape[1]))
        above = goods @ np.exp(rng.normal(0, 2, goods.shape[1]))
        ratio = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
        winners.append(int(np.argmax(ratio)))
    return list(dict.fromkeys(winners))
