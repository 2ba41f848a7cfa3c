"""Paths of the scores: from a class to a class, along a curve and not along a walk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from simulation.models import FIRST, YEARS
from simulation.places import Place, wealth_of
from simulation.sets import Sets
from simulation.smooth import bump, drawn, gaussian

Array = npt.NDArray[np.float64]

BOTTOM_EDGE, TOP_EDGE = 0.064, 0.72
"""Paths, as ln(1+score), live between these two."""
LOWER, UPPER = float(np.log(1.30)), float(np.log(1.60))
"""Thresholds of the classes, as ln(1+score)."""
FLOOR = 0.070
"""Least score, but for the smallest one printed."""
HIGHEST = float(np.log(1.98))
"""Below the frontier; rows on it have their own super score."""
EDGE = 0.001
"""Least distance of a score from a class bound."""
STAGGER, MOST_OF_BOX, GOLDEN = 0.014, 0.3, 0.5 * (5**0.5 - 1)
"""How far the bounds of cities are spread, and how much of their interval that takes at most."""
PER_YEAR = 0.035
"""How far a score may be from a class bound with each year before or after it."""
WITH_WEALTH, ALONE = 0.6, 0.8
"""How the place of a city inside its class goes with its GDP a head, and how it does not."""
BEND, BEND_YEARS = 1.1, 5.5
"""Standard deviation, in z, of the bridge between the ends, and over how many years it bends."""
STAR = "鄂尔多斯市"
"""The city of the largest score, in the last year."""
LOWEST_CITY, LOWEST_YEAR = 0, 2016
"""The smallest printed score: position among the stayers, and its year."""
VALLEY = 1.14, 1.22
"""Scores beside it are at least, and at most, so many times larger with each year."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """ln(1+score) to start from and its bounds; equal bounds hold a cell."""

    start: Array
    low: Array
    high: Array


def to_z(y: Array) -> Array:
    """Spread the scores over the whole line."""
    share = (y - BOTTOM_EDGE) / (TOP_EDGE - BOTTOM_EDGE)
    return np.asarray(np.log(share / (1 - share)))


def from_z(z: Array) -> Array:
    """Take back `to_z`."""
    return np.asarray(BOTTOM_EDGE + (TOP_EDGE - BOTTOM_EDGE) / (1 + np.exp(-z)))


def draw_scores(
    rng: np.random.Generator,
    places: Sequence[Place],
    sets: Sets,
    table2: Mapping[str, Sequence[Any]],
    means: tuple[float, float] = (0.228, 0.328),
) -> Scores:
    """Draw the paths; bounds are those of printed extremes only.

    Parameters
    ----------
    means
        Means of the first and the last year.
    """
    n, years = len(places), len(YEARS)
    own = wealth_of(places)
    ends = []
    for date, mean in ((YEARS[0], means[0]), (YEARS[-1], means[1])):
        edges = np.array([_edges(c, date, sets) for c in range(n)])
        place = norm.cdf(WITH_WEALTH * own + ALONE * rng.normal(size=n))
        ends.append(to_z(_with_mean(edges, place, mean)))
    path = np.arange(years) / (years - 1)
    steep = rng.uniform(0.7, 2.2, n)[:, None]
    middle = np.clip(0.5 + 0.16 * rng.normal(size=n), 0.2, 0.8)[:, None]
    s = 1 / (1 + np.exp(-4 * steep * (path - middle)))
    s = (s - s[:, :1]) / (s[:, -1:] - s[:, :1])
    z = ends[0][:, None] * (1 - s) + ends[1][:, None] * s + _bridge(rng, n, years)
    start = from_z(z)
    lowest, largest = float(table2["GTFP"][2]), float(table2["GTFP"][3])
    low = np.full((n, years), FLOOR)
    high = np.full((n, years), HIGHEST)
    worst = sets.stayers[LOWEST_CITY], LOWEST_YEAR - FIRST
    away = np.abs(np.arange(years) - worst[1])
    low[worst[0]], high[worst[0]] = (np.log1p(np.expm1(lowest) * v**away) for v in VALLEY)
    star = next(i for i, p in enumerate(places) if p.name == STAR), years - 1
    for (city, year), value, width in ((worst, lowest, 4.0), (star, largest, 0.4)):
        low[city, year] = high[city, year] = value
        start[city] += (value - start[city, year]) * bump(years, year, width)
        start[city, year] = value
    start[worst[0]] = np.clip(start[worst[0]], low[worst[0]], high[worst[0]])
    return Scores(start, low, high)


def with_means(y: Array, means: Array) -> Array:
    """Shift all paths of a year, in z, until the year has its mean; what is held stays out of it."""
    inside = (y > BOTTOM_EDGE + 0.002) & (y < TOP_EDGE - 0.002)
    z = to_z(np.clip(y, BOTTOM_EDGE + 0.002, TOP_EDGE - 0.002))
    low, high = np.full(len(means), -3.0), np.full(len(means), 3.0)
    for _ in range(50):
        middle = 0.5 * (low + high)
        found = np.where(inside, from_z(z + middle), y)
        above = found.mean(axis=0) > means
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray(found)


def _edges(city: int, date: int, sets: Sets) -> tuple[float, float]:
    """Give the interval of a city's class."""
    if city in sets.bottom[date]:
        return (0.078, 0.110) if date == YEARS[0] else (0.080, 0.15)
    if city in sets.high[date]:
        return UPPER + 0.005, 0.69
    if city in sets.middle[date]:
        return LOWER + 0.005, UPPER - 0.005
    return (0.110, LOWER - 0.004) if date == YEARS[0] else (0.15, LOWER - 0.004)


def _with_mean(edges: Array, place: Array, mean: float) -> Array:
    """Place each city inside its interval so that the mean is as wanted."""
    low, high = edges[:, 0], edges[:, 1]
    a, b = 0.2, 6.0
    for _ in range(60):
        power = np.sqrt(a * b)
        value = low + (0.04 + 0.92 * place**power) * (high - low)
        a, b = (power, b) if value.mean() > mean else (a, power)
    return np.asarray(value)


def _bridge(rng: np.random.Generator, n: int, years: int) -> Array:
    """Draw curves that are at rest at both ends."""
    k = 0.99 * gaussian(years, BEND_YEARS) + 0.01 * 0.85 ** np.abs(
        np.subtract.outer(np.arange(years), np.arange(years))
    )
    ends = [0, years - 1]
    inner = k - k[:, ends] @ np.linalg.solve(k[np.ix_(ends, ends)], k[ends])
    found = drawn(rng, n, inner + 1e-6 * np.eye(years))
    return BEND * np.asarray(found)


def boxed(scores: Scores, sets: Sets, y: Array) -> Scores:
    """Add the bounds of classes and ranks at the first and last year, and of who stays between.

    `y` are the paths that the bounds meet, whose order staggers them.
    """
    low, high = scores.low.copy(), scores.high.copy()
    for date in (*sets.between, YEARS[0], YEARS[-1]):
        t = date - FIRST
        free = np.flatnonzero(low[:, t] < high[:, t])
        if date in sets.between:
            boxes = [_rank_box(int(c), date, sets) for c in free]
        else:
            boxes = [_box(int(c), date, sets, sets.edges[date]) for c in free]
        least, most = np.array(boxes).T
        width = np.minimum(most, high[free, t]) - np.maximum(least, low[free, t])
        low[free, t] = np.maximum(low[free, t], _staggered(least, y[free, t], 1, width))
        high[free, t] = np.minimum(high[free, t], _staggered(most, y[free, t], -1, width))
        for c in free:
            _led(low[c], high[c], t)
    return replace(scores, low=low, high=high)


def _staggered(bound: Array, y: Array, side: int, width: Array) -> Array:
    """Move a bound inward city by city, so that those who press against it do not meet there.

    Steps of the golden section leave any run of cities, in the order of `y`, evenly apart.

    >>> _staggered(np.array([0.1, 0.1]), np.array([0.3, 0.2]), 1, np.ones(2)).round(4).tolist()
    [0.1087, 0.1]
    """
    found = bound.copy()
    for value in np.unique(bound):
        at = np.flatnonzero(bound == value)
        order = at[np.argsort(side * y[at])]
        step = np.mod(GOLDEN * np.arange(len(order)), 1.0)
        found[order] += side * step * np.minimum(STAGGER, MOST_OF_BOX * width[order])
    return found


def _rank_box(city: int, date: int, sets: Sets) -> tuple[float, float]:
    """Give the interval of a city in a year between: those who stay are among the twenty worst."""
    middle = sets.between[date]
    if city in sets.stayers:
        return 0.0, middle - EDGE
    return (0.0 if city in sets.bottom[date] else middle + EDGE), 9.0


def _led(low: Array, high: Array, at: int) -> None:
    """Lead the years beside a bounded one to it, so that no city has to jump."""
    for t in range(len(low)):
        room = PER_YEAR * abs(t - at)
        if t != at and low[t] < high[t]:
            low[t] = min(max(low[t], low[at] - room), high[t] - EDGE)
            high[t] = max(min(high[t], high[at] + room), low[t] + EDGE)


def _box(city: int, date: int, sets: Sets, edge: tuple[float, float]) -> tuple[float, float]:
    """Give the interval of a city; `edge` separates the twenty worst and the twenty best."""
    worst, best = edge
    if city in sets.bottom[date]:
        return 0.0, worst - EDGE
    if city in sets.high[date]:
        return UPPER + EDGE, 9.0
    if city in sets.top[date]:
        return best + EDGE, UPPER - EDGE
    if city in sets.middle[date]:
        return LOWER + EDGE, best - EDGE
    return worst + EDGE, LOWER - EDGE
