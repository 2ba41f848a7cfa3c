"""Find the electricity and the waste that give each row exactly its wanted score.

A score falls steadily when electricity and waste grow together, so one number per row is sought:
all rows at once, by the Illinois variant of the secant method.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from simulation.batch import above

Array = npt.NDArray[np.float64]
ROUNDS = 40
HALVING = {2: 0.5, 3: 0.43}
"""In some rounds the interval is cut at a fixed place, lest the secant creep."""
EXACT, ACCEPTED = 1e-11, 1e-8
Rows = Callable[[Array], Array]
"""From one number per row to rows of (labour, capital, electricity, output, waste)."""


def solve(rows: Rows, wanted: Array, reference: Array, low: Array, high: Array) -> Array:
    """Find the number at which each row has its wanted score; NaN where [low, high] holds none."""
    search = _Search(rows, wanted, reference, low, high)
    for number in range(ROUNDS):
        if not search.open().any():
            break
        search.step(number)
    return np.where(search.error < ACCEPTED, search.best, np.nan)


class _Search:
    """Brackets of all rows; only rows that are not exact yet are evaluated."""

    def __init__(
        self, rows: Rows, wanted: Array, reference: Array, low: Array, high: Array
    ) -> None:
        self.rows, self.wanted, self.reference = rows, wanted, reference
        self.a, self.b = low.copy(), high.copy()
        every = np.ones(len(low), dtype=bool)
        self.fa, self.fb = self._gap(self.a, every), self._gap(self.b, every)
        self.possible = (self.fa > 0) & (self.fb < 0)
        self.side = np.zeros(len(low))
        nearer = np.abs(self.fa) < np.abs(self.fb)
        self.best = np.where(nearer, self.a, self.b)
        self.error = np.minimum(np.abs(self.fa), np.abs(self.fb))

    def open(self) -> npt.NDArray[np.bool_]:
        """Tell which rows are not exact yet."""
        return self.possible & (self.error > EXACT)

    def step(self, number: int) -> None:
        """Narrow the brackets once."""
        at = self.open()
        share = np.clip(self.fa / np.where(at, self.fa - self.fb, 1.0), 0.02, 0.98)
        share = np.where(at, HALVING.get(number % 4, share), 0.0)
        middle = self.a + (self.b - self.a) * share
        f = self._gap(middle, at)
        better = np.abs(f) < self.error
        self.best = np.where(better, middle, self.best)
        self.error = np.where(better, np.abs(f), self.error)
        up, down = at & (f > 0), at & (f <= 0)
        self.fb = np.where(up & (self.side > 0), self.fb / 2, self.fb)
        self.fa = np.where(down & (self.side < 0), self.fa / 2, self.fa)
        self.a, self.fa = np.where(up, middle, self.a), np.where(up, f, self.fa)
        self.b, self.fb = np.where(down, middle, self.b), np.where(down, f, self.fb)
        self.side = np.where(up, 1.0, np.where(down, -1.0, self.side))

    def _gap(self, number: Array, at: npt.NDArray[np.bool_]) -> Array:
        found = np.full(len(number), np.nan)
        found[at] = above(self.rows(number)[at], self.wanted[at], self.reference) / self.wanted[at]
        return found
