"""Foreign investment without lone cells: shares that end at zero may not leave one year alone there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from simulation.cells import PLAIN, Array, Cells
from simulation.fit import Bounds
from simulation.levels import Levels, Y
from simulation.yearbook import EXCHANGE, SMALLEST_PROJECT

LONE = 2.8
"""A year is at most so many times, and at least one so manieth, of those beside it."""
SMALL = 500.0
"""Cities that receive less in a usual year, 10,000 US dollars, have years without any."""
UNEVEN = 16.0
"""But only where amounts differ by more than this: a zero among even ones would be a missing value."""
ABOVE = 1.6
"""Where there is some, it is at least so many times the smallest project."""
REACH = 1.25
"""Later it moves at most by this factor."""
ROUNDS = 200


def calmed(cells: Cells, levels: Levels, deflator: Array) -> Cells:
    """Give small amounts to lone years without foreign investment, and bring lone peaks down."""
    dollars = np.exp(levels.logs[Y]) * deflator * 1e4 / np.array(EXCHANGE)
    share = np.expm1(cells.plain["FDI"])
    amount, pinned = share * dollars, share == share.min()
    small = amount.mean(axis=1, keepdims=True) < SMALL
    little = amount < ABOVE * SMALLEST_PROJECT
    least = np.where(little, np.inf, amount).min(axis=1, keepdims=True)
    uneven = amount.max(axis=1, keepdims=True) > UNEVEN * least
    none = pinned | (small & (uneven | little.all(axis=1, keepdims=True)) & little)
    amount = np.where(none, 0.0, np.maximum(amount, ABOVE * SMALLEST_PROJECT))
    found = np.where(none, 0.0, _without_lone(amount, share == share.max()) / dollars)
    kept = pinned | (share == share.max())
    logs = np.where(kept, cells.plain["FDI"], np.log1p(found))
    return replace(cells, plain={**cells.plain, "FDI": logs})


def _without_lone(amount: Array, kept: npt.NDArray[np.bool_]) -> Array:
    """Bring what stands alone nearer to the mean of its neighbours, as logarithms; 0 is none.

    >>> one = np.array([[1000.0, 0.0, 1000.0, 60.0, 1000.0]])
    >>> _without_lone(one, one < 0).round().tolist()
    [[1000.0, 0.0, 410.0, 146.0, 410.0]]
    """
    with np.errstate(divide="ignore"):
        logs = np.where(amount > 0, np.log(amount), np.nan)
    hole = np.full((len(logs), 1), np.nan)
    for _ in range(ROUNDS):
        before, after = np.hstack([hole, logs[:, :-1]]), np.hstack([logs[:, 1:], hole])
        both = np.isfinite(before) & np.isfinite(after)
        beside = np.where(both, (before + after) / 2, np.where(np.isfinite(before), before, after))
        wanted = np.clip(logs, beside - np.log(LONE), beside + np.log(LONE))
        step = np.where(np.isfinite(wanted) & ~kept, wanted - logs, 0.0)
        if np.abs(step).max() < 1e-9:
            break
        logs = logs + np.where(np.isfinite(logs), 0.5 * step, 0.0)
    return np.asarray(np.where(np.isfinite(logs), np.exp(logs), 0.0))


def held_foreign(bounds: Bounds, cells: Cells) -> Bounds:
    """Let foreign investment move little, so that no year becomes a lone one again."""
    at, share = PLAIN.index("FDI"), np.expm1(cells.plain["FDI"])
    low, high = list(bounds.low), list(bounds.high)
    low[at] = np.maximum(low[at], np.log1p(share / REACH))
    high[at] = np.minimum(high[at], np.log1p(share * REACH))
    return Bounds(low, high)
