"""From rates to things that can be counted: patents, firms, cases, students, robots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulation.cells import (
    PLAIN,
    Array,
    Cells,
    Robots,
    cells_of,
)
from simulation.fit import Bounds, whole_shares
from simulation.models import YEARS
from simulation.shapes import BEFORE
from simulation.smooth import drawn, gaussian

Integers = npt.NDArray[np.int64]

FLIPS, CLOSE, NEAR = 4000, 1e-4, 1.0
"""Most flips of one variable, how near mean and variance must come, and which cells, as ln(1+n) from
the mean, correct the mean."""
DRIFT, CURVE = (-0.010, 0.010), 0.006
"""Yearly growth of residents, and the spread of their curve."""
MOST_STUDENTS, MOST_EMPLOYED = 0.095, 0.66
"""As shares of residents."""
WORKERS_IN_MANUFACTURING = 100_000_000
ROBOT_YEARS = tuple(range(2007, 2021))
N_OBSERVED = len(ROBOT_YEARS) - 1
"""Years of the panel in which robots are counted; later ones continue linearly."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Whole numbers behind the cells, shape (cities, years)."""

    population: Integers
    patents: Integers
    new_firms: Integers
    emerging: Integers
    cases: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Machines:
    """Whole robots and workers of the nation."""

    workers: Integers
    """By industry, 2008."""
    robots: Integers
    """By industry and year, 2007 to 2020."""

    def density(self) -> Robots:
        """Return robots per 10,000 workers, 2008 to 2023; after 2020 by the mean yearly change."""
        observed = self.robots.T.astype(float)
        change = (observed[-1] - observed[0]) / (len(observed) - 1)
        ahead = np.arange(1, len(YEARS) - N_OBSERVED + 1)[:, None] * change + observed[-1]
        return Robots(np.concatenate([observed[1:], ahead]) / self.workers * 1e4)


def draw_population(
    rng: np.random.Generator, cells: Cells, labour: Array, residents: Array
) -> Integers:
    """Draw residents: about as many as there are, on a curve that hardly bends.

    The city with the smallest rate of patents makes that rate exact, and a city of many students
    has residents enough for them. Where new firms are fewest or most, their rate is exact, too.
    """
    shape = labour.shape
    wanted = np.log(labour)
    step = np.arange(shape[1]) - (shape[1] - 1) / 2
    drift = np.clip(wanted @ step / (step @ step), *DRIFT)[:, None] * step
    curve = drawn(rng, shape[0], gaussian(shape[1], 5.0)) * CURVE
    people = np.exp(residents[:, None] + drift + curve - curve.mean(axis=1, keepdims=True))
    students = 1000 * np.expm1(cells.plain["HEE"])
    people *= np.maximum(1, (students / people).max(axis=1, keepdims=True) / MOST_STUDENTS)
    people *= np.maximum(1, (labour / people).max(axis=1, keepdims=True) / MOST_EMPLOYED)
    people *= np.exp(0.002 * rng.normal(size=shape))
    patents = cells.plain["PGPP"]
    city, year = np.unravel_index(patents.argmin(), patents.shape)
    rate = np.expm1(patents[city, year]) / 1e4
    whole_number = max(round(rate * people[city, year]), 1)
    people[city] *= whole_number / rate / people[city, year]
    firms = np.expm1(cells.plain["NEPP"]) / 1e4
    for place in (firms.argmin(), firms.argmax()):
        at = np.unravel_index(place, shape)
        people[at] = np.round(firms[at] * people[at]) / firms[at]
    return np.asarray(np.round(people).astype(np.int64))


def count(rng: np.random.Generator, cells: Cells, labour: Array, residents: Array) -> Counts:
    """Turn rates into whole numbers; `residents` is ln(residents) of each city."""
    x = cells.plain
    people = draw_population(rng, cells, labour, residents)
    return Counts(
        people,
        _patents(x["PGPP"], people),
        np.round(np.expm1(x["NEPP"]) * people / 1e4).astype(np.int64),
        whole(x["SEE"]),
        whole(x["EPPCN"]),
    )


def _patents(logs: Array, people: Integers) -> Integers:
    """Round patents; no rate falls below the smallest one."""
    rate = np.expm1(logs) / 1e4
    found = np.round(rate * people)
    below = found / people < rate.min() * (1 - 1e-3)
    return np.asarray((found + below).astype(np.int64))


def whole(logs: Array) -> Integers:
    """Round so that sums of ln(1+n) and of its square stay: errors are carried along the years.

    >>> whole(np.log1p(np.array([[1.0, 2.0, 3.0]]))).tolist()
    [[1, 2, 3]]
    """
    found = np.zeros(logs.shape, dtype=np.int64)
    carried = np.zeros(len(logs))
    for t in range(logs.shape[1]):
        value = np.expm1(logs[:, t])
        low = np.floor(value + 1e-9)
        below, above = np.log1p(low), np.log1p(low + 1)
        up = (logs[:, t] + carried - below) > (above - below) / 2
        exact = np.abs(value - np.round(value)) < 0.4 * (logs[:, t] > 7.8)
        found[:, t] = np.where(exact, np.round(value), low + up)
        carried = carried + logs[:, t] - np.log1p(found[:, t])
    return _flipped(found, logs)


def _flipped(found: Integers, logs: Array) -> Integers:
    """Move single cells by one until mean and SD of ln(1+n) are those of the wanted logs.

    Cells far from the mean correct the spread, cells near it the mean.
    """
    found, centre = found.copy(), logs.mean()
    far = (np.abs(logs - centre) > 1) & (found >= 1)
    near = (np.abs(logs - centre) < NEAR) & (found > 1)
    for _ in range(FLIPS):
        now = np.log1p(found)
        mean = (logs - now).sum()
        square = ((logs - centre) ** 2 - (now - centre) ** 2).sum()
        if abs(square) > CLOSE * logs.size:
            place, step = _best_flip(found, far, square, lambda x: (x - centre) ** 2)
            far[place] = False
        elif abs(mean) > CLOSE * logs.size:
            place, step = _best_flip(found, near, mean, lambda x: x)
            near[place] = False
        else:
            break
        found[place] += step
    return found


def _best_flip(
    found: Integers, allowed: npt.NDArray[np.bool_], miss: float, of: Callable[[Array], Array]
) -> tuple[tuple[int, ...], int]:
    """Choose the cell and the direction that leave least of a miss."""
    now = of(np.log1p(found))
    left = [
        np.where(allowed, np.abs(miss - (of(np.log1p(np.maximum(found + step, 0))) - now)), np.inf)
        for step in (1, -1)
    ]
    side = int(left[1].min() < left[0].min())
    place = np.unravel_index(int(left[side].argmin()), found.shape)
    return tuple(int(i) for i in place), (1, -1)[side]


def draw_machines(robots: Robots, sizes: Array) -> Machines:
    """Round the nation's workers and robots; 2007 is a little below 2008."""
    workers = np.round(WORKERS_IN_MANUFACTURING * np.exp(sizes) / 1e4).astype(np.int64) * 10_000
    observed = robots.density[:N_OBSERVED].T * workers[:, None] / 1e4
    first = BEFORE * observed[:, :1]
    return Machines(workers, np.round(np.concatenate([first, observed], axis=1)).astype(np.int64))


def counted_cells(cells: Cells, counts: Counts, machines: Machines) -> Cells:
    """Return the cells as the whole numbers give them."""
    plain = dict(cells.plain)
    plain["PGPP"] = np.log1p(counts.patents / counts.population * 1e4)
    plain["NEPP"] = np.log1p(counts.new_firms / counts.population * 1e4)
    plain["SEE"] = np.log1p(counts.emerging)
    plain["EPPCN"] = np.log1p(counts.cases)
    plain["FI"] = np.log1p(np.round(np.expm1(cells.plain["FI"])))
    sizes = np.log(machines.workers / WORKERS_IN_MANUFACTURING)
    return Cells(plain, cells.finance, cells.shares, sizes)


COUNTED = ("PGPP", "NEPP", "SEE", "EPPCN", "FI")


def pinned(
    bounds: Bounds,
    cells: Cells,
    held: Mapping[str, npt.NDArray[np.bool_]],
    counted: tuple[str, ...] = COUNTED,
) -> Bounds:
    """Hold all counted cells, national sizes, and single cells of other variables."""
    blocks = cells.blocks()
    low, high = list(bounds.low), list(bounds.high)
    for i, name in enumerate(PLAIN):
        hold = np.ones(blocks[i].shape, dtype=bool) if name in counted else held.get(name)
        if hold is not None:
            low[i] = np.where(hold, blocks[i], low[i])
            high[i] = np.where(hold, blocks[i], high[i])
    if counted == COUNTED:
        low[-1] = high[-1] = cells.sizes
    return Bounds(low, high)


def within(cells: Cells, bounds: Bounds) -> Cells:
    """Clip cells to bounds."""
    blocks = [
        np.clip(b, low, high)
        for b, low, high in zip(cells.blocks(), bounds.low, bounds.high, strict=True)
    ]
    blocks[-2] = whole_shares(blocks[-2])
    return cells_of(blocks)
