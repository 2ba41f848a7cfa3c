"""A small task of draws with large data, for tests of the engine."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from xinzhi_core.errors import MethodError, Problem

WIDTH = 5


def table(n=60_000):
    """Make data that are large enough to be mapped."""
    return np.random.default_rng(7).normal(size=(n, 3))


@dataclass(frozen=True)
class Sums:
    """Regresses a resample of rows: row i depends on its number alone."""

    data: np.ndarray = field(default_factory=table)
    pause: float = 0.0
    lost: frozenset[int] = frozenset()
    """Draws without an answer."""
    refused: frozenset[int] = frozenset()
    """Draws that raise."""
    deadly: int = -1
    """A draw that ends its worker, as often as `lives` says."""
    lives: str = ""
    """Folder that counts how often."""
    log: str = ""
    """File to which each draw adds its number."""

    def __call__(self, numbers):
        """Compute draws by their numbers."""
        return np.array([self.one(k) for k in numbers])

    def one(self, k):
        """Compute a draw."""
        time.sleep(self.pause)
        if self.log:
            with Path(self.log).open("a", encoding="ascii") as file:
                file.write(f"{k}\n")
        if k in self.refused:
            raise MethodError(Problem("made.refused", f"Draw {k} is refused."))
        if k == self.deadly:
            self.die()
        if k in self.lost:
            return np.full(WIDTH, np.nan)
        rng = np.random.default_rng(np.random.SeedSequence(11, spawn_key=(0, k)))
        rows = self.data[rng.integers(len(self.data), size=400)]
        slopes = np.linalg.solve(rows.T @ rows, rows.T @ rows.sum(axis=1))
        return np.array([k, *slopes, rows.std()])

    def die(self):
        """End this process, as often as the folder says."""
        left = [*Path(self.lives).glob("life-*")]
        if left:
            left[0].unlink()
            os.kill(os.getpid(), signal.SIGKILL)
