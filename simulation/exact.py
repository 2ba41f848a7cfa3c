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
TOGETHER, ALONE = np.array([0, 0, 0.7, 0, 1.0]), np.array([0, 0, 0, 0, 1.0])
"""How labour, capital, electricity, output and waste follow one number."""
HAIR, JUMP, INWARD = 2e-6, 1e-3, 1.01
"""A row whose ln(score) jumps with a hair more or less waste uses this much more."""
MISSED = 1e-7
"""A row whose ln(score) is farther off does not reach it."""


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
    """Move electricity and waste until each row but those that stay has its score.

    First both together, since waste alone does not move every score; then, once electricity is
    whole again, waste.

    Parameters
    ----------
    wanted
        Scores, shape (cities, years).
    stay
        Rows that keep what they have.
    reference
        Rows of the frontier; all of them stay.

    Returns
    -------
    The books, and which rows do not reach their score.
    """
    goal, todo = np.log(wanted.ravel()), np.flatnonzero(~stay.ravel())
    rows, front = books.rows(), books.rows()[reference.ravel()]
    for exponents in (TOGETHER, ALONE):
        rows[:, 2] = np.round(rows[:, 2])
        rows, left = _moved(rows, front, todo, goal, exponents)
    missed = np.zeros(wanted.size, dtype=bool)
    missed[todo] = left > MISSED
    shape = wanted.shape
    power = np.round(rows[:, 2]).astype(np.int64).reshape(shape)
    return (
        replace(books, power=power, waste=rows[:, 4].reshape(shape)),
        missed.reshape(shape),
    )


def _moved(
    rows: Array, front: Array, todo: Integers, goal: Array, exponents: Array
) -> tuple[Array, Array]:
    """Scale some quantities of each row along one number; return rows and what is left to go."""
    start, found = rows[todo], rows.copy()
    number, best = np.zeros(len(todo)), np.zeros(len(todo))
    least, stride = np.full(len(todo), np.inf), np.ones(len(todo))
    there, open_ = np.zeros(len(todo)), np.arange(len(todo))
    for _ in range(ROUNDS):
        tried = start[open_] * np.exp(number[open_, None] * exponents)
        both = np.concatenate([front, tried])
        scored = evaluated(both, np.arange(len(front)))
        gap = np.log(scored.scores[len(front) :]) - goal[todo[open_]]
        slope = elasticities(scored, both)[len(front) :] @ exponents
        better = np.abs(gap) < least[open_]
        best[open_] = np.where(better, number[open_], best[open_])
        there[open_] = np.where(better, -gap / np.minimum(slope, -0.02), there[open_])
        least[open_] = np.where(better, np.abs(gap), least[open_])
        stride[open_] = np.where(better, 1.0, 0.5 * stride[open_])
        step = np.clip(there[open_], -LONGEST, LONGEST)
        number[open_] = np.clip(best[open_] + stride[open_] * step, -FARTHEST, FARTHEST)
        open_ = open_[least[open_] > CLOSE]
        if not len(open_):
            break
    found[todo] = start * np.exp(best[:, None] * exponents)
    return found, least


def off_the_edge(books: Books) -> tuple[Books, Where]:
    """Move rows inward that stand where a score jumps, and tell which.

    On the edge of the technology, where a row has slack in everything else, the last digit of a
    pollutant decides between a score far below 1 and one above it.
    """
    rows = books.rows()
    base, edge = np.log(evaluated(rows).scores), np.zeros(len(rows), dtype=bool)
    for factor in (1 - HAIR, 1 + HAIR):
        moved = rows.copy()
        moved[:, 4] *= factor
        edge |= np.abs(np.log(evaluated(moved).scores) - base) > JUMP
        moved[::2, 4] = rows[::2, 4]
        edge |= np.abs(np.log(evaluated(moved).scores) - base) > JUMP
    at = edge.reshape(books.waste.shape)
    more = np.where(at, INWARD, 1.0)
    power = np.round(books.power * more).astype(np.int64)
    return replace(books, power=power, waste=books.waste * more), at


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
