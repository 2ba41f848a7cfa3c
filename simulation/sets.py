"""The spatial story: which cities are at the top and at the bottom, as the paper tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.places import Place

DATES = (2008, 2013, 2018, 2023)
N_EXTREME = 20


@dataclass(frozen=True, slots=True)
class Sets:
    """Cities (by position) that are at the top, in the middle class and at the bottom."""

    top: Mapping[int, tuple[int, ...]]
    """20 best at 2008 and 2023."""
    high: Mapping[int, tuple[int, ...]]
    """Above the upper threshold, at each date."""
    middle: Mapping[int, tuple[int, ...]]
    """Between the thresholds, at 2008 and 2023."""
    bottom: Mapping[int, tuple[int, ...]]
    """20 worst at each date."""
    stayers: tuple[int, ...]
    """At the bottom at all dates; no other city is."""


class _Draw:
    """Cities that are drawn by region and province without drawing one twice."""

    def __init__(self, rng: np.random.Generator, places: Sequence[Place]) -> None:
        self.rng, self.places = rng, places

    def pick(
        self, n: int, of: Callable[[Place], bool], taken: set[int], barred: frozenset[int]
    ) -> None:
        """Add n cities to `taken`."""
        pool = [i for i, p in enumerate(self.places) if of(p) and i not in taken | barred]
        taken.update(int(i) for i in self.rng.choice(pool, n, replace=False))

    def position(self, short: str) -> int:
        """Find a city by its name without 市."""
        return next(i for i, p in enumerate(self.places) if p.name == f"{short}市")


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
    draw.pick(1, lambda p: p.region in ("Central", "West"), stayers, named)
    barred = frozenset(stayers)
    top = {2008: _top_2008(draw, named, barred), 2023: _top_2023(draw, named, barred)}
    high = {
        2008: _without(draw, top[2008], 3, named),
        2013: tuple(sorted(named)),
        2018: tuple(sorted(named)),
        2023: _without(draw, top[2023], 2, named),
    }
    bottom = _bottoms(draw, stayers, set(top[2008]) | set(top[2023]))
    middle = {
        2008: _middle(draw, 2008, gtfp, high, top, bottom),
        2023: _middle(draw, 2023, gtfp, high, top, bottom),
    }
    return Sets(top, high, middle, bottom, tuple(sorted(stayers)))


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


def _without(draw: _Draw, top: tuple[int, ...], n: int, named: frozenset[int]) -> tuple[int, ...]:
    """Leave out n cities of the top that are not named as high."""
    out = set(draw.rng.choice([i for i in top if i not in named], n, replace=False).tolist())
    return tuple(i for i in top if i not in out)


def _bottoms(draw: _Draw, stayers: set[int], top: set[int]) -> dict[int, tuple[int, ...]]:
    """Draw the bottom at all dates; apart from the stayers no city is in it throughout."""
    barred = frozenset(top)
    first = set(stayers)
    wanted = {"Central": 7, "West": 6, "Northeast": 7}
    found = {2008: _complete(draw, first, wanted, barred)}
    others = frozenset(found[2008]) - stayers
    n_central = sum(draw.places[i].region == "Central" for i in stayers)
    wanted = {"Central": 4 + n_central, "West": 5 - n_central, "Northeast": 11}
    found[2023] = _complete(draw, set(stayers), wanted, barred)
    for date, kept in ((2013, others), (2018, frozenset(found[2023]) - stayers)):
        taken = set(stayers)
        for i in sorted(kept):
            if draw.rng.random() < 0.6:
                taken.add(int(i))
        always = frozenset(others & set(found[2023]))
        taken -= always
        draw.pick(N_EXTREME - len(taken), lambda _p: True, taken, barred | always)
        found[date] = tuple(sorted(taken))
    return found


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
