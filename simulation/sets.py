"""The spatial story: which cities are at the top and at the bottom, as the paper tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from simulation.places import Place, wealth_of

DATES = (2008, 2013, 2018, 2023)
"""On the maps."""
ENDS = (DATES[0], DATES[-1])
"""Classes and regions are printed for these."""


LIKELIER = 1.0
"""How the odds to be drawn go with GDP a head."""
N_WORST, LEAST_EDGE = 20, 0.078
"""Cities at the bottom, and the least score, as ln(1+score), below which they are."""
BETWEEN_CLASSES = (float(np.log(1.34)), float(np.log(1.56)))
"""Rank 20 lies inside the middle class: some of the top are not in the highest."""


@dataclass(frozen=True, slots=True)
class Sets:
    """Cities (by position) that are at the top, in the middle class and at the bottom."""

    top: Mapping[int, tuple[int, ...]]
    """20 best at the first and last year."""
    high: Mapping[int, tuple[int, ...]]
    """Above the upper threshold."""
    middle: Mapping[int, tuple[int, ...]]
    """Between the thresholds."""
    bottom: Mapping[int, tuple[int, ...]]
    """20 worst."""
    stayers: tuple[int, ...]
    """At the bottom at all dates; no other city is."""
    edges: Mapping[int, tuple[float, float]]
    """Scores that separate the 20 worst, and the 20 best, from the others; once drawn by rank."""
    between: Mapping[int, float] = field(default_factory=dict)
    """Scores that separate the 20 worst of the years between; once drawn by rank."""


class _Draw:
    """Cities that are drawn by region and province without drawing one twice."""

    def __init__(self, rng: np.random.Generator, places: Sequence[Place]) -> None:
        self.rng, self.places, self.sign = rng, places, 1.0
        self.wealth = wealth_of(places)

    def pick(
        self, n: int, of: Callable[[Place], bool], taken: set[int], barred: frozenset[int]
    ) -> None:
        """Add n cities to `taken`."""
        pool = [i for i, p in enumerate(self.places) if of(p) and i not in taken | barred]
        taken.update(self.choose(pool, n))

    def choose(self, pool: Sequence[int], n: int) -> list[int]:
        """Choose n of some cities; where `sign` is 1 the rich are likelier, where -1 the poor."""
        weight = np.exp(self.sign * LIKELIER * self.wealth[list(pool)])
        return [int(i) for i in self.rng.choice(pool, n, replace=False, p=weight / weight.sum())]

    def without(self, cities: tuple[int, ...], n: int, kept: frozenset[int]) -> tuple[int, ...]:
        """Leave out n of some cities."""
        self.sign = -self.sign
        out = set(self.choose([i for i in cities if i not in kept], n))
        self.sign = -self.sign
        return tuple(i for i in cities if i not in out)

    def position(self, short: str) -> int:
        """Find a city by its name without 市."""
        return next(i for i, p in enumerate(self.places) if p.name == f"{short}市")


class _Ranked(_Draw):
    """The same by rank: the best are chosen where `sign` is 1, the worst where it is -1."""

    def __init__(
        self,
        rng: np.random.Generator,
        places: Sequence[Place],
        score: npt.NDArray[np.float64],
    ) -> None:
        super().__init__(rng, places)
        self.score = score

    def choose(self, pool: Sequence[int], n: int) -> list[int]:
        """Choose the n first in rank."""
        return sorted(pool, key=lambda i: (-self.sign * self.score[i], i))[:n]

    def without(self, cities: tuple[int, ...], n: int, kept: frozenset[int]) -> tuple[int, ...]:
        """Leave out the n last in rank."""
        free = [i for i in cities if i not in kept]
        out = set(sorted(free, key=lambda i: (self.score[i], i))[:n])
        return tuple(i for i in cities if i not in out)


def _region(name: str) -> Callable[[Place], bool]:
    return lambda p: p.region == name


def _province(*names: str) -> Callable[[Place], bool]:
    return lambda p: p.province in names


def _complete(
    draw: _Draw, taken: set[int], wanted: Mapping[str, int], barred: frozenset[int]
) -> tuple[int, ...]:
    """Fill up the regions to the wanted numbers."""
    for region, n in wanted.items():
        have = sum(draw.places[i].region == region for i in taken)
        draw.pick(n - have, _region(region), taken, barred)
    return tuple(sorted(taken))


def draw_sets(rng: np.random.Generator, places: Sequence[Place], gtfp: Mapping[str, Any]) -> Sets:
    """Draw the sets that meet the printed counts of classes, regions and provinces."""
    draw = _Draw(rng, places)
    named = frozenset(draw.position(n) for n in gtfp["high_examples"])
    stayers = {draw.position(n) for n in gtfp["always_bottom20"]["northeast"]}
    draw.sign = -1.0
    draw.pick(1, lambda p: p.region in ("Central", "West"), stayers, named)
    draw.sign = 1.0
    barred = frozenset(stayers)
    top = {2008: _top_2008(draw, named, barred), 2023: _top_2023(draw, named, barred)}
    high = {date: _high(draw, date, gtfp, top[date], named) for date in ENDS}
    draw.sign = -1.0
    bottom = _bottoms(draw, stayers, set(top[2008]) | set(top[2023]))
    draw.sign = 1.0
    middle = {date: _middle(draw, date, gtfp, high, top, bottom) for date in ENDS}
    return Sets(top, high, middle, bottom, tuple(sorted(stayers)), {})


def _high(
    draw: _Draw, date: int, gtfp: Mapping[str, Any], top: tuple[int, ...], named: frozenset[int]
) -> tuple[int, ...]:
    """Leave out of the top as many cities as are not in the highest class."""
    others = sum(int(gtfp[f"cities_{name}"][str(date)]) for name in ("low", "middle"))
    return draw.without(top, len(top) - (len(draw.places) - others), named)


def redrawn(
    sets: Sets,
    places: Sequence[Place],
    gtfp: Mapping[str, Any],
    scores: Mapping[int, npt.NDArray[np.float64]],
) -> Sets:
    """Draw the sets again by rank: whoever is best in each printed quota is at the top.

    Parameters
    ----------
    scores
        ln(1+score) of each city at the dates of the maps.
    """
    found: dict[str, dict[int, tuple[int, ...]]] = {k: {} for k in ("top", "high", "middle", "low")}
    edges, rng = {}, np.random.default_rng(0)
    for date in ENDS:
        draw = _Ranked(rng, places, scores[date])
        named = frozenset(draw.position(n) for n in gtfp["high_examples"])
        barred = frozenset(sets.stayers)
        draw.sign = 1.0
        top = (_top_2008 if date == ENDS[0] else _top_2023)(draw, named, barred)
        found["top"][date] = top
        found["high"][date] = _high(draw, date, gtfp, top, named)
        draw.sign = -1.0
        others = frozenset(found["low"][ENDS[0]]) - barred if date == ENDS[1] else frozenset()
        found["low"][date] = _bottom(draw, date, set(sets.stayers), frozenset(top) | others)
        draw.sign = 1.0
        found["middle"][date] = _middle(draw, date, gtfp, found["high"], found["top"], found["low"])
        edges[date] = _edges(scores[date], top, found["high"][date], found["low"][date])
    between, stays = {}, list(sets.stayers)
    for date in DATES[1:3]:
        draw = _Ranked(rng, places, scores[date])
        draw.sign = -1.0
        lowest = draw.choose(
            [i for i in range(len(places)) if i not in stays], N_WORST - len(stays)
        )
        found["low"][date] = tuple(sorted({*lowest, *stays}))
        rest = [i for i in range(len(places)) if i not in found["low"][date]]
        between[date] = max(_between(scores[date][stays], scores[date][rest]), LEAST_EDGE)
    return Sets(
        found["top"], found["high"], found["middle"], found["low"], sets.stayers, edges, between
    )


def _edges(
    score: npt.NDArray[np.float64],
    top: tuple[int, ...],
    high: tuple[int, ...],
    low: tuple[int, ...],
) -> tuple[float, float]:
    """Choose the values that separate rank 20 from 21, at either end, with least to move."""
    others = [c for c in range(len(score)) if c not in low]
    rest = [c for c in range(len(score)) if c not in top]
    lower = [c for c in top if c not in high]
    best = _between(score[rest], score[lower])
    return _between(score[list(low)], score[others]), float(np.clip(best, *BETWEEN_CLASSES))


def _between(below: npt.NDArray[np.float64], above: npt.NDArray[np.float64]) -> float:
    """Find the value that most of the one lie below and most of the other above."""
    grid = np.linspace(min(below.min(), above.min()), max(below.max(), above.max()), 400)
    cost = [np.maximum(below - g, 0).sum() + np.maximum(g - above, 0).sum() for g in grid]
    best = np.flatnonzero(np.array(cost) <= min(cost) + 1e-9)
    return float(grid[best].mean())


def _top_2008(draw: _Draw, named: frozenset[int], barred: frozenset[int]) -> tuple[int, ...]:
    """Eight of the twenty lie in Shandong and Hebei."""
    taken, two = set(named), _province("山东省", "河北省")
    draw.pick(8 - sum(two(draw.places[i]) for i in taken), two, taken, barred)
    others = {i for i, p in enumerate(draw.places) if two(p)}
    wanted = {"East": 10, "Central": 4, "West": 2, "Northeast": 4}
    return _complete(draw, taken, wanted, barred | others)


def _top_2023(draw: _Draw, named: frozenset[int], barred: frozenset[int]) -> tuple[int, ...]:
    """Six of the twenty lie in Shandong and Sichuan."""
    taken, two = set(named), _province("山东省", "四川省")
    draw.pick(4, _province("山东省"), taken, barred)
    draw.pick(2, _province("四川省"), taken, barred)
    others = {i for i, p in enumerate(draw.places) if two(p)}
    wanted = {"East": 8, "Central": 5, "West": 7, "Northeast": 0}
    return _complete(draw, taken, wanted, barred | others)


def _bottoms(draw: _Draw, stayers: set[int], top: set[int]) -> dict[int, tuple[int, ...]]:
    """Draw the bottom of both years; none but the stayers is in both."""
    first = _bottom(draw, ENDS[0], stayers, frozenset(top))
    others = frozenset(first) - stayers
    return {ENDS[0]: first, ENDS[1]: _bottom(draw, ENDS[1], stayers, frozenset(top) | others)}


def _bottom(draw: _Draw, date: int, stayers: set[int], barred: frozenset[int]) -> tuple[int, ...]:
    """Fill the bottom of a year up around those who stay."""
    n_central = sum(draw.places[i].region == "Central" for i in stayers)
    wanted = (
        {"Central": 7, "West": 6, "Northeast": 7}
        if date == ENDS[0]
        else {"Central": 4 + n_central, "West": 5 - n_central, "Northeast": 11}
    )
    return _complete(draw, set(stayers), wanted, barred)


def _middle(
    draw: _Draw,
    date: int,
    gtfp: Mapping[str, Any],
    high: Mapping[int, tuple[int, ...]],
    top: Mapping[int, tuple[int, ...]],
    bottom: Mapping[int, tuple[int, ...]],
) -> tuple[int, ...]:
    """Draw the middle class: the rest of the top, and others that are not at the bottom."""
    taken = set(top[date]) - set(high[date])
    n = int(gtfp["cities_middle"][str(date)]) - len(taken)
    draw.pick(n, lambda _p: True, taken, frozenset(high[date]) | frozenset(bottom[date]))
    return tuple(sorted(taken))
