"""Layers of rows that no other row dominates, peeled one after the other."""

from __future__ import annotations

import numpy as np

from xinzhi.frontier.result import Array
from xinzhi.frontier.technology import Flags, Positions

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
    order = _dominators_first(costs)
    left = costs[order]
    in_layers = np.zeros(len(costs), dtype=bool)
    for _ in range(depth):
        if not len(order):
            break
        is_best = _undominated(left)
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
