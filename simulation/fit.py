"""Move the cells as little as possible until the figures are as printed.

Gauss-Newton in the dual: with misses r, their Jacobian J over the cells and a metric W (smooth in
time), the step d = -W J'(J W J' + M)⁻¹ r is the least change that removes r up to the softness M,
and needs only a system of the size of the targets. Cells near a bound
move less, and no step takes one to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from simulation.cells import (
    PLAIN,
    Array,
    Cells,
    cells_of,
)
from simulation.jacobian import (
    Setting,
    jacobian,
    measure,
    misses,
)

REACH = 0.7
"""A step goes at most this share of the way to a bound, so that no cell ends on one."""
ROOM_POWER, LEAST_ROOM, TYPICAL = 0.9, 0.02, 0.45
"""How the reach of a cell falls with its distance to a bound."""
LARGEST_SUM = 0.97
CLOSE = 0.03
"""A cost at which every figure rounds to what is printed."""
PATIENCE, ENOUGH = 12, 0.98
"""The fit ends when so many iterations together gain less than 2 % of the cost."""
FIRST_STEP, GROWTH, SMALLEST_STEP = 0.15, 1.6, 1 / 256
"""Far from the figures the gradients change fast, so the first steps are short."""


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Lower and upper bound of each block; where both are equal, the cell stays."""

    low: list[Array]
    high: list[Array]


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """How far each block may move and how smoothly."""

    spread: Mapping[str, float]
    """Typical change of a plain variable, and of `finance`, `shares`, `sizes`."""
    together: Mapping[str, float]
    """How easily all cities move together in a year, relative to one city; 1 where not named."""
    correlation: Mapping[str, Array]
    """How the changes of the years of a city hang together, per plain variable and `finance`."""

    def apply(self, blocks: list[Array], room: list[Array]) -> list[Array]:
        """Multiply by W, the targets along the first axis; `room` is the reach of each cell."""
        found = [
            self._in_time(n, block, r)
            for n, block, r in zip((*PLAIN, "finance"), blocks, room, strict=False)
        ]
        shares, sizes = blocks[-2:]
        found.append(self.spread["shares"] ** 2 * room[-2] ** 2 * shares)
        return [*found, self.spread["sizes"] ** 2 * room[-1] ** 2 * sizes]

    def _in_time(self, name: str, block: Array, room: Array) -> Array:
        smooth = self.spread[name] ** 2 * ((block * room) @ self.correlation[name])
        common = (self.together.get(name, 1.0) - 1) * smooth.mean(axis=1, keepdims=True)
        return np.asarray((smooth + common) * room)


def room_of(blocks: list[Array], bounds: Bounds) -> list[Array]:
    """Tell how freely each cell moves: less and less towards a bound, not at all where held."""
    found = []
    for block, low, high in zip(blocks, bounds.low, bounds.high, strict=True):
        gap = np.minimum(block - low, high - block)
        typical = np.maximum(TYPICAL * np.median(high - low), 1e-12)
        share = np.clip(gap / typical, LEAST_ROOM, 1.0) ** ROOM_POWER
        found.append(np.where(low >= high, 0.0, np.sqrt(share)))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """Where a fit stands."""

    cells: Cells
    cost: float
    n_missed: int
    step: float


def robust_cost(r: Array, scale: float = 10.0) -> float:
    """Add up the misses: quadratic below `scale`, linear above, so that none drags the rest."""
    return float((scale**2 * (np.sqrt(1 + (r / scale) ** 2) - 1)).sum())


def run(
    cells: Cells,
    setting: Setting,
    bounds: Bounds,
    metric: Metric,
    *,
    iterations: int,
    scale: float = 10.0,
    close: float = CLOSE,
    report: Callable[[int, Progress], None] = lambda _number, _progress: None,
) -> Progress:
    """Iterate until the targets are met, no step helps, or the iterations are used up."""
    r = misses(measure(cells, setting), setting.targets)
    state = Progress(cells, robust_cost(r, scale), int((r != 0).sum()), FIRST_STEP / GROWTH)
    softer, before = 1.0, [np.inf] * PATIENCE
    for number in range(iterations):
        if state.cost < close or state.cost > ENOUGH * before[0]:
            break
        before = [*before[1:], state.cost]
        direction = _direction(state.cells, r, setting, bounds, metric, softer, scale)
        found = _search(state, direction, setting, bounds, scale)
        if found is None:
            if softer > 1e4:
                break
            softer *= 10
            continue
        state, r = found
        softer = max(1.0, softer / 3) if state.step == 1 else softer
        report(number, state)
    return state


def _search(
    state: Progress, direction: list[Array], setting: Setting, bounds: Bounds, scale: float
) -> tuple[Progress, Array] | None:
    """Halve the step until the cost falls."""
    step = min(1.0, GROWTH * state.step)
    while step >= SMALLEST_STEP:
        cells = cells_of(_moved(state.cells.blocks(), direction, step, bounds))
        r = misses(measure(cells, setting), setting.targets)
        cost = robust_cost(r, scale)
        if cost < state.cost:
            return Progress(cells, cost, int((r != 0).sum()), step), r
        step /= 2
    return None


def _moved(blocks: list[Array], direction: list[Array], step: float, bounds: Bounds) -> list[Array]:
    """Go along a direction, in each cell at most `REACH` of the way to a bound."""
    found = []
    for block, d, low, high in zip(blocks, direction, bounds.low, bounds.high, strict=True):
        least, most = REACH * (low - block), REACH * (high - block)
        found.append(block + np.clip(step * d, np.minimum(least, 0), np.maximum(most, 0)))
    found[-2] = whole_shares(found[-2])
    return found


def whole_shares(shares: Array) -> Array:
    """Leave a little employment for the last industry, whose share is the rest."""
    return np.asarray(shares * np.minimum(1, LARGEST_SUM / shares.sum(axis=1, keepdims=True)))


def _direction(
    cells: Cells,
    r: Array,
    setting: Setting,
    bounds: Bounds,
    metric: Metric,
    softer: float,
    scale: float,
) -> list[Array]:
    weight = 1 / np.sqrt(1 + (r / scale) ** 2)
    size = np.sqrt(weight) / np.array([t.unit for t in setting.targets])
    rows = [block * size.reshape(-1, *[1] * (block.ndim - 1)) for block in jacobian(cells, setting)]
    soft = softer * np.diag([t.softness for t in setting.targets])
    room = room_of(cells.blocks(), bounds)
    weighted = metric.apply(rows, room)
    products = [_product(w, f) for w, f in zip(weighted, rows, strict=True)]
    system = sum(products, np.zeros_like(soft)) + soft
    dual = -np.linalg.solve(system, np.sqrt(weight) * r)
    return [np.tensordot(dual, w, axes=1) for w in weighted]


def _product(left: Array, right: Array) -> Array:
    n = len(left)
    return left.reshape(n, -1) @ right.reshape(n, -1).T
