"""The last digits: what is printed is whole, and waste alone takes up what rounding leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simulation.frontier import elasticities, evaluated
from simulation.levels import E, L, Levels, W, Y

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Where = npt.NDArray[np.bool_]

ROUNDS, CLOSE = 40, 1e-12
LONGEST, FARTHEST = 0.1, 0.3
"""Longest step of ln(waste), and how far it goes in all."""


@dataclass(frozen=True, slots=True, eq=False)
class Books:
    """What the yearbook prints of production, shape (cities, years)."""

    base: Array
    """Output of the first year, 100 million yuan, shape (cities,)."""
    growth_index: Array
    """Previous year = 100, one decimal; 100 in the first year."""
    labour: Integers
    power: Integers
    """10,000 kWh."""
    capital: Array
    waste: Array

    def output(self) -> Array:
        """Return output at prices of the first year, as the index gives it."""
        return np.asarray(self.base[:, None] * np.cumprod(self.growth_index / 100, axis=1))

    def rows(self) -> Array:
        """Return rows of (labour, capital, electricity, output, waste)."""
        parts = [self.labour, self.capital, self.power, self.output(), self.waste]
        return np.stack([np.asarray(p, dtype=float) for p in parts], axis=-1).reshape(-1, 5)


def whole(levels: Levels, capital: Array, mining: Array) -> Books:
    """Round output's growth, labour and electricity.

    Growth is rounded so that errors do not add up. `mining` is the share of miners; where it is
    smallest a whole number of miners would blur it, and labour gives way.
    """
    q = np.exp(levels.logs)
    base = np.round(q[Y][:, 0], 4)
    index = np.full(capital.shape, 100.0)
    now = base.copy()
    for t in range(1, capital.shape[1]):
        index[:, t] = np.round(100 * q[Y][:, t] / now, 1)
        now = now * index[:, t] / 100
    labour = np.round(q[L])
    least = mining <= mining.min()
    miners = np.maximum(np.round(mining * labour), 1)
    labour = np.where(least, np.round(miners / mining), labour).astype(np.int64)
    power = np.round(q[E]).astype(np.int64)
    return Books(base, index, labour, power, capital, q[W].copy())


def with_waste(books: Books, wanted: Array, stay: Where, reference: Where) -> tuple[Books, Where]:
    """Move waste until each row but those that stay has its score; tell which rows do not reach it.

    Parameters
    ----------
    wanted
        Scores, shape (cities, years).
    stay
        Rows that keep their waste.
    reference
        Rows of the frontier; all of them stay.
    """
    rows, k = books.rows(), int(reference.sum())
    front = rows[reference.ravel()]
    todo = np.flatnonzero(~stay.ravel())
    goal = np.log(wanted.ravel())
    logs = np.log(rows[:, 4])
    first = logs.copy()
    best, least = logs.copy(), np.full(len(logs), np.inf)
    stride = np.ones(len(logs))
    for _ in range(ROUNDS):
        rows[:, 4] = np.exp(logs)
        both = np.concatenate([front, rows[todo]])
        found = evaluated(both, np.arange(k))
        gap = np.log(found.scores[k:]) - goal[todo]
        slope = elasticities(found, both)[k:, 4]
        better = np.abs(gap) < least[todo]
        at = todo[better]
        best[at], least[at] = logs[at], np.abs(gap[better])
        stride[todo] = np.where(better, 1.0, 0.5 * stride[todo])
        step = np.clip(-gap / np.minimum(slope, -0.01), -LONGEST, LONGEST)
        logs[todo] = np.where(better, logs[todo] + step, best[todo] + stride[todo] * step)
        logs = np.clip(logs, first - FARTHEST, first + FARTHEST)
        open_ = least[todo] > CLOSE
        todo = todo[open_]
        logs = np.where(least > CLOSE, logs, best)
        if not len(todo):
            break
    waste = np.exp(best).reshape(wanted.shape)
    missed = (least > 1e-7).reshape(wanted.shape) & ~stay
    return replace(books, waste=waste), missed


def with_star(books: Books, star: tuple[int, int], score: float) -> Books:
    """Move the waste of one row until it has its super score."""
    waste = books.waste.copy()
    row = star[0] * waste.shape[1] + star[1]
    for _ in range(ROUNDS):
        rows = replace(books, waste=waste).rows()
        found = evaluated(rows)
        gap = np.log(score / found.scores[row])
        if abs(gap) < CLOSE:
            break
        slope = elasticities(found, rows)[row, 4]
        waste[star] *= np.exp(np.clip(gap / min(slope, -0.05), -0.1, 0.1))
    return replace(books, waste=waste)
