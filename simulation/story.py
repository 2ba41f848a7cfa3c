"""Start and bounds of the scores: classes, ranks and the frontier as intervals of single cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulation.frontier import Frontier
from simulation.models import FIRST, YEARS
from simulation.places import Place
from simulation.sets import DATES, Sets

Array = npt.NDArray[np.float64]

MARGIN = 0.003
LOWER, UPPER = float(np.log(1.30)), float(np.log(1.60))
"""Thresholds of the classes, as ln(1+score)."""
BELOW_FRONTIER = float(np.log(1.80))
TWENTIETH = {2008: 0.36, 2023: 0.43}
"""Value that separates rank 20 from rank 21."""
BOTTOM = {2008: 0.105, 2013: 0.090, 2018: 0.100, 2023: 0.150}
"""Value that separates the bottom 20 from the rest."""
FLOOR = 0.05
"""Least score at a date, but for the smallest one printed."""
NOISE = 0.06
SWING = (0.42, 1.7)
"""How far a city may go below or above the line through its dates."""
WAVE, WAVE_YEARS = 0.05, 5
"""A wave of all cities that is at rest on the four dates. The printed fit without year effects
leaves a standard deviation of 0.04 to year means that the regressors, all trending, cannot take."""
LOWEST_CITY, LOWEST_YEAR = 0, 2016
"""The smallest printed score: position among the stayers, and its year."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """ln(1+score) to start from, its bounds, and where the frontier's rows stand."""

    start: Array
    low: Array
    high: Array
    at: tuple[tuple[int, int], ...]
    """(city, year position) of each frontier row."""


def scores_of(
    rng: np.random.Generator,
    places: Sequence[Place],
    sets: Sets,
    frontier: Frontier,
    table2: Mapping[str, Sequence[Any]],
) -> Scores:
    """Draw the scores and their bounds."""
    n = len(places)
    lowest = float(table2["GTFP"][2])
    low = np.full((n, len(YEARS)), lowest + 1e-4)
    high = np.full((n, len(YEARS)), BELOW_FRONTIER)
    for date in DATES:
        for city in range(n):
            low[city, date - FIRST], high[city, date - FIRST] = _box(city, date, sets)
    low = np.maximum(low, lowest + 1e-4)
    lines = _lines(rng, low, high)
    low, high = _tamed(low, high, lines)
    at = _seats(rng, places, sets, frontier)
    for (city, year), score in zip(at, frontier.scores, strict=True):
        low[city, year] = high[city, year] = np.log1p(score)
    worst = sets.stayers[LOWEST_CITY], LOWEST_YEAR - FIRST
    low[worst] = high[worst] = lowest
    return Scores(np.clip(_path(rng, lines), low, high), low, high, at)


def _box(city: int, date: int, sets: Sets) -> tuple[float, float]:
    """Give the interval of a city at a date on the maps."""
    if city in sets.bottom[date]:
        return FLOOR, BOTTOM[date] - MARGIN
    if city in sets.high[date]:
        return UPPER + MARGIN, BELOW_FRONTIER
    if date not in sets.top:
        return BOTTOM[date] + MARGIN, BELOW_FRONTIER
    if city in sets.top[date]:
        return TWENTIETH[date] + MARGIN, UPPER - MARGIN
    if city in sets.middle[date]:
        return LOWER + MARGIN, TWENTIETH[date] - MARGIN
    return BOTTOM[date] + MARGIN, LOWER - MARGIN


def _seats(
    rng: np.random.Generator, places: Sequence[Place], sets: Sets, frontier: Frontier
) -> tuple[tuple[int, int], ...]:
    """Seat each frontier row in a city of its own, near a date at which the city is high."""
    both = sorted(set(sets.high[2008]) | set(sets.high[2023]))
    star = next(i for i, p in enumerate(places) if p.name == "鄂尔多斯市")
    others = rng.permutation([c for c in both if c != star])[: len(frontier.scores) - 1].tolist()
    best = int(np.argmax(frontier.scores))
    cities = [*others[:best], star, *others[best:]]
    return tuple((c, LAST_STAR if c == star else _year(rng, c, sets)) for c in cities)


LAST_STAR = len(YEARS) - 2


def _year(rng: np.random.Generator, city: int, sets: Sets) -> int:
    first, last = city in sets.high[2008], city in sets.high[2023]
    late = last and (not first or bool(rng.random() < 0.5))
    return int(len(YEARS) - 1 - rng.integers(0, 3) if late else rng.integers(0, 3))


def _lines(rng: np.random.Generator, low: Array, high: Array) -> Array:
    """Draw anchors inside the boxes of the four dates and join them by lines."""
    anchors = [d - FIRST for d in DATES]
    roof, floor = np.minimum(high, 0.57)[:, anchors], low[:, anchors]
    inside = rng.beta(2, 2, (len(low), 1)) + rng.normal(0, 0.1, (len(low), len(anchors)))
    points = floor + np.clip(inside, 0.05, 0.95) * np.maximum(roof - floor, 0)
    share = (np.array(anchors) / anchors[-1])[None, :]
    between = points[:, :1] * (1 - share) + points[:, 3:] * share
    points = np.clip(0.25 * points + 0.75 * between, floor, high[:, anchors])
    return np.stack([np.interp(np.arange(len(YEARS)), anchors, row) for row in points])


def _tamed(low: Array, high: Array, lines: Array) -> tuple[Array, Array]:
    """Keep the years between the dates near the line."""
    free = [t for t in range(len(YEARS)) if t + FIRST not in DATES]
    low, high = low.copy(), high.copy()
    low[:, free] = np.maximum(low, SWING[0] * lines)[:, free]
    high[:, free] = np.minimum(high, SWING[1] * lines + 0.06)[:, free]
    return low, high


def _path(rng: np.random.Generator, lines: Array) -> Array:
    """Add the wave of all cities and noise to the lines."""
    years = np.arange(len(YEARS))
    wave = WAVE * np.sin(2 * np.pi * years / WAVE_YEARS) * (lines / lines.mean(axis=0)) ** 0.6
    noise = NOISE * autoregressive(rng, lines.shape, 0.9) * (0.4 + lines / 0.45)
    return np.asarray(lines + wave + noise)


def autoregressive(rng: np.random.Generator, shape: tuple[int, ...], rho: float) -> Array:
    """Draw noise of standard deviation 1 with correlation rho from year to year."""
    found = rng.normal(size=shape)
    for t in range(1, shape[1]):
        found[:, t] = rho * found[:, t - 1] + np.sqrt(1 - rho**2) * found[:, t]
    return found
