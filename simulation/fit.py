"""Move the cells as little as possible until the figures are as printed.

Gauss-Newton in the dual: with misses r, their Jacobian J over the cells and a metric W (smooth in
time), the step d = -W J'(J W J' + M)⁻¹ r is the least change that removes r up to the softness M,
and needs only a system of the size of the targets. Cells at a bound that would be pushed outwards
are held and the system is solved again.
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
    kernel,
)
from simulation.jacobian import (
    Setting,
    jacobian,
    measure,
    misses,
)

ROUNDS = 4
"""How often cells are held at bounds within a step."""
LARGEST_SUM = 0.97
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

    def apply(self, blocks: list[Array]) -> list[Array]:
        """Multiply by W, the targets along the first axis."""
        found = [self._in_time(n, block) for n, block in zip(PLAIN, blocks, strict=False)]
        finance, shares, sizes = blocks[len(PLAIN) :]
        found.append(self._in_time("finance", finance))
        return [*found, self.spread["shares"] ** 2 * shares, self.spread["sizes"] ** 2 * sizes]

    def _in_time(self, name: str, block: Array) -> Array:
        smooth = self.spread[name] ** 2 * (block @ kernel(name, block.shape[-1]))
        common = (self.together.get(name, 1.0) - 1) * smooth.mean(axis=1, keepdims=True)
        return np.asarray(smooth + common)


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """Where a fit stands."""

    cells: Cells
    cost: float
    n_missed: int
    step: float


def robust_cost(r: Array) -> float:
    """Add up the misses: quadratic when small, linear when large, so that none drags the rest."""
    return float((100 * (np.sqrt(1 + (r / 10) ** 2) - 1)).sum())


def run(
    cells: Cells,
    setting: Setting,
    bounds: Bounds,
    metric: Metric,
    *,
    iterations: int,
    report: Callable[[int, Progress], None] = lambda _number, _progress: None,
) -> Progress:
    """Iterate until no target is missed, no step helps, or the iterations are used up."""
    r = misses(measure(cells, setting), setting.targets)
    state = Progress(cells, robust_cost(r), int((r != 0).sum()), FIRST_STEP / GROWTH)
    softer, before = 1.0, [np.inf] * PATIENCE
    for number in range(iterations):
        if not state.n_missed or state.cost > ENOUGH * before[0]:
            break
        before = [*before[1:], state.cost]
        direction = _direction(state.cells, r, setting, bounds, metric, softer)
        found = _search(state, direction, setting, bounds)
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
    state: Progress, direction: list[Array], setting: Setting, bounds: Bounds
) -> tuple[Progress, Array] | None:
    """Halve the step until the cost falls."""
    step = min(1.0, GROWTH * state.step)
    while step >= SMALLEST_STEP:
        moved = _clip(
            [b + step * d for b, d in zip(state.cells.blocks(), direction, strict=True)], bounds
        )
        cells = cells_of(moved)
        r = misses(measure(cells, setting), setting.targets)
        cost = robust_cost(r)
        if cost < state.cost:
            return Progress(cells, cost, int((r != 0).sum()), step), r
        step /= 2
    return None


def _clip(blocks: list[Array], bounds: Bounds) -> list[Array]:
    found = [
        np.clip(b, low, high) for b, low, high in zip(blocks, bounds.low, bounds.high, strict=True)
    ]
    found[-2] = whole_shares(found[-2])
    return found


def whole_shares(shares: Array) -> Array:
    """Leave a little employment for the last industry, whose share is the rest."""
    return np.asarray(shares * np.minimum(1, LARGEST_SUM / shares.sum(axis=1, keepdims=True)))


def _direction(
    cells: Cells, r: Array, setting: Setting, bounds: Bounds, metric: Metric, softer: float
) -> list[Array]:
    weight = 1 / np.sqrt(1 + (r / 10) ** 2)
    scale = np.sqrt(weight) / np.array([t.unit for t in setting.targets])
    rows = [
        block * scale.reshape(-1, *[1] * (block.ndim - 1)) for block in jacobian(cells, setting)
    ]
    soft = softer * np.diag([t.softness for t in setting.targets])
    held = [low >= high for low, high in zip(bounds.low, bounds.high, strict=True)]
    for _ in range(ROUNDS):
        free = [np.where(h, 0.0, block) for h, block in zip(held, rows, strict=True)]
        weighted = [np.where(h, 0.0, w) for h, w in zip(held, metric.apply(free), strict=True)]
        system = sum(_product(w, f) for w, f in zip(weighted, free, strict=True)) + soft
        dual = -np.linalg.solve(system, np.sqrt(weight) * r)
        direction = [np.tensordot(dual, w, axes=1) for w in weighted]
        pushed = _pushed(cells, direction, bounds)
        if not any((p & ~h).any() for p, h in zip(pushed, held, strict=True)):
            break
        held = [h | p for h, p in zip(held, pushed, strict=True)]
    return direction


def _product(left: Array, right: Array) -> Array:
    n = len(left)
    return left.reshape(n, -1) @ right.reshape(n, -1).T


def _pushed(
    cells: Cells, direction: list[Array], bounds: Bounds
) -> list[np.typing.NDArray[np.bool_]]:
    small = 1e-12
    return [
        ((block <= low + small) & (d < 0)) | ((block >= high - small) & (d > 0))
        for block, d, low, high in zip(
            cells.blocks(), direction, bounds.low, bounds.high, strict=True
        )
    ]
