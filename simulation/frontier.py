"""The rows of the frontier: natural super scores, and one that is exactly the largest printed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from simulation.batch import is_inside
from xinzhi.frontier.activities import Activities, Roles
from xinzhi.frontier.evaluate import evaluate
from xinzhi.frontier.options import Options

Array = npt.NDArray[np.float64]

ROLES = Roles(("labour", "capital", "electricity"), ("gdp",), ("waste",))
MEASURE = Options(measure="super_sbm", reference="rows")
SPREAD = np.array([0.18, 0.14, 0.6])
"""Standard deviation of the logarithm of inputs per output; labour and capital move slowly, so
that their mixes must not lie far apart."""
ELASTICITY = np.array([0.45, 0.45, 0.10])
"""Of output to labour, capital, electricity."""
WASTE_SPREAD = 0.6
LEAST = 1.004
"""Least super score of a frontier row; smaller ones are drawn again."""
LEANEST = 0.82
"""Least labour and capital of a row, lest the other years of its city have too little of them."""
SAFE = 1.12
"""Rows with a smaller super score may be peers of the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """Inputs and waste per unit of output, and the super score, of each frontier row."""

    inputs: Array
    """Shape (rows, 3)."""
    waste: Array
    """Shape (rows,)."""
    scores: Array


def scores(rows: Array, reference: Array) -> Array:
    """Score rows of (labour, capital, electricity, output, waste) against a reference set.

    The rows of the reference set come back first, each compared with the others.
    """
    data = np.concatenate([reference, rows])
    labels = tuple((str(i), None) for i in range(len(data)))
    activities = Activities(labels, data[:, :3], data[:, 3:4], data[:, 4:5], ROLES)
    positions = np.arange(len(reference))
    return np.asarray(evaluate(activities, options=MEASURE, reference_rows=positions).scores)


def as_rows(inputs: Array, waste: Array) -> Array:
    """Put inputs and waste per unit of output together as rows with output 1."""
    return np.column_stack([inputs, np.ones(len(inputs)), waste])


def draw_frontier(rng: np.random.Generator, n: int, largest: float) -> Frontier:
    """Add rows that leave all efficient, then cut one's waste until its score is `largest`."""
    inputs, waste = _row(rng, 1)
    while True:
        while len(inputs) < n:
            new_inputs, new_waste = _row(rng, 1)
            if new_inputs[0, :2].min() < LEANEST:
                continue
            more = np.concatenate([inputs, new_inputs]), np.concatenate([waste, new_waste])
            if len(inputs) == 1 or (_extreme(*more) and _own_scores(*more).min() > LEAST):
                inputs, waste = more
        found = _with_largest(inputs, waste, largest)
        if found is not None:
            return found
        inputs, waste = inputs[:-1], waste[:-1]


def _row(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    mix = rng.normal(0, 1, (n, 3)) * SPREAD
    inputs = np.exp(mix - (mix @ ELASTICITY)[:, None])
    return inputs, np.exp(rng.normal(0, WASTE_SPREAD, n) - 0.3 * mix[:, 2])


def _extreme(inputs: Array, waste: Array) -> bool:
    """Tell quickly whether no row is dominated by the others, the newest one first."""
    rows = as_rows(inputs, waste)
    return not any(
        is_inside(rows[i : i + 1], np.delete(rows, i, axis=0))[0]
        for i in reversed(range(len(rows)))
    )


def _own_scores(inputs: Array, waste: Array) -> Array:
    return scores(np.empty((0, 5)), as_rows(inputs, waste))


def _with_largest(inputs: Array, waste: Array, largest: float) -> Frontier | None:
    """Cut one row's waste; None if that pushes another row off the frontier.

    The row is that with most labour and capital, so that the other years of its city find an
    efficient mix near it.
    """
    best = int(np.argmax(inputs[:, 0] * inputs[:, 1]))
    if _own_scores(inputs, waste).max() > largest - 0.1:
        return None

    def gap(factor: float) -> float:
        return float(_own_scores(inputs, _scaled(waste, best, factor))[best]) - largest

    if gap(1e-3) < 0:
        return None
    cut = _scaled(waste, best, float(brentq(gap, 1e-3, 1.0, xtol=1e-15, rtol=1e-14)))
    final = _own_scores(inputs, cut)
    return Frontier(inputs, cut, final) if final.min() > LEAST else None


def _scaled(waste: Array, row: int, factor: float) -> Array:
    found = waste.copy()
    found[row] *= factor
    return found
