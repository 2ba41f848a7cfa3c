"""A small twin with known effects: 30 cities, the linear step only.

Its regressions have exactly the slopes that are planted, so that a test can take one mechanism out
or plant another and see whether the study finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from simulation import industries
from simulation.blemishes import choose_blanks
from simulation.cells import Array, Cells, Robots
from simulation.counts import (
    count,
    counted_cells,
    draw_machines,
)
from simulation.frontier import draw_frontier
from simulation.jacobian import Setting
from simulation.models import MEDIATORS, YEARS
from simulation.paths import capital_stock
from simulation.places import groups, read_places
from simulation.printed import CONTROLS, FACTORS, published
from simulation.regression import without_effects
from simulation.run import SEED, Twin, find_paths
from simulation.settle import settle
from simulation.start import robots, start_cells
from simulation.story import Scores, autoregressive
from simulation.yearbook import prices

EFFECTS: Mapping[str, float] = MappingProxyType(
    {
        "HEE -> NEPP": 0.0,
        "PGPP -> NEPP": 0.0,
        "IRD -> NEPP": 0.30,
        "HEE -> SEE": 0.15,
        "PGPP -> SEE": 0.20,
        "IRD -> SEE": 0.25,
        "HEE -> GTFP": 0.03,
        "PGPP -> GTFP": 0.04,
        "IRD -> GTFP": 0.06,
        "NEPP -> GTFP": 0.06,
        "SEE -> GTFP": 0.05,
    }
)
"""Slopes given all else: of the mediators on the factors, of the score on factors and mediators."""
EVERY = 4
N_CITIES, N_FRONTIER = 30, 12
LARGEST = 1.45
LOW, HIGH = 0.07, float(np.log(1.75))
NOISE, MEDIATOR_NOISE = 0.045, 0.12
PASSES = 30
LEAST_COUNT = 1.8
"""Least mediator, as ln(1+x): whole numbers must not blur the slopes."""


def simulate_small(
    seed: int = SEED, *, without: tuple[str, ...] = (), planted: Mapping[str, float] | None = None
) -> Twin:
    """Draw a small twin with the effects of `EFFECTS`.

    Parameters
    ----------
    without
        Effects that are taken out, such as `IRD -> NEPP`.
    planted
        Effects that take another value.

    Raises
    ------
    KeyError
        An effect is not one of `EFFECTS`.
    """
    effects = dict(EFFECTS)
    for name, value in {**dict.fromkeys(without, 0.0), **(planted or {})}.items():
        if name not in effects:
            raise KeyError(name)
        effects[name] = value
    rng = np.random.default_rng(seed)
    table2 = published()["table2"]
    places = read_places()[::EVERY][:N_CITIES] + read_places()[1::EVERY][: N_CITIES - 29]
    places = places[:N_CITIES]
    frontier = draw_frontier(rng, N_FRONTIER, LARGEST)
    scores = _scores(rng, frontier.scores)
    cells = start_cells(rng, scores, table2)
    machines = draw_machines(robots(), cells.sizes)
    cells, blanks = choose_blanks(rng, _with_mediators(rng, cells, machines.density(), effects))
    counts = count(rng, cells)
    cells = counted_cells(cells, counts, machines)
    investment = np.round(np.expm1(cells.plain["FI"])).astype(np.int64)
    price_index = prices(rng, len(places))
    start = _with_score(cells, machines.density(), scores, effects)
    capital = capital_stock(investment / 1e4, price_index)
    paths, frontier, scores, tilt = find_paths(
        rng, start.plain["GTFP"], capital, frontier, scores, tries=8
    )
    for _ in range(3):
        start = _with_score(start, machines.density(), scores, effects)
        use, y = settle(rng, start.plain["GTFP"], paths, frontier, scores, tilt)
        start, tilt = replace(start, plain={**start.plain, "GTFP": y}), use.tilt
    employment = industries.census(rng, start.shares, np.round(paths.labour).astype(np.int64))
    return Twin(
        places,
        frontier,
        scores,
        Setting(machines.density(), groups(places), ()),
        replace(start, shares=industries.shares_of(employment)),
        counts,
        machines,
        employment,
        paths,
        use,
        investment,
        price_index,
        blanks,
    )


def _scores(rng: np.random.Generator, frontier: Array) -> Scores:
    """Draw scores and seat each frontier row in one of the best cities."""
    shape = (N_CITIES, len(YEARS))
    level = np.sort(rng.uniform(0.16, 0.46, N_CITIES))[:, None]
    start = np.clip(level + NOISE * autoregressive(rng, shape, 0.6), LOW, HIGH)
    low, high = np.full(shape, LOW), np.full(shape, HIGH)
    best = range(N_CITIES - len(frontier), N_CITIES)
    at = tuple((c, int(rng.integers(2, len(YEARS) - 2))) for c in best)
    for (city, year), score in zip(at, frontier, strict=True):
        start[city, year] = low[city, year] = high[city, year] = np.log1p(score)
    return Scores(start, low, high, at)


def _design(cells: Cells, density: Robots, names: tuple[str, ...]) -> Array:
    values = cells.values(density)
    raw = np.stack([values[name].ravel() for name in names], axis=1)
    return without_effects(raw, N_CITIES, two_way=True)


def _with_mediators(
    rng: np.random.Generator, cells: Cells, density: Robots, effects: Mapping[str, float]
) -> Cells:
    """Give the mediators their slopes on the factors exactly; controls have none."""
    x = _design(cells, density, (*FACTORS, *CONTROLS))
    plain = dict(cells.plain)
    for name in MEDIATORS:
        slopes = np.array([effects.get(f"{f} -> {name}", 0.0) for f in (*FACTORS, *CONTROLS)])
        wild = plain[name] - without_effects(plain[name].ravel(), N_CITIES, two_way=True).reshape(
            plain[name].shape
        )
        drawn: Array = MEDIATOR_NOISE * rng.normal(size=len(x))
        noise = without_effects(drawn, N_CITIES, two_way=True)
        noise = noise - x @ np.linalg.lstsq(x, noise, rcond=None)[0]
        plain[name] = wild + (x @ slopes + noise).reshape(wild.shape)
        plain[name] += max(LEAST_COUNT - plain[name].min(), 0.0)
    return replace(cells, plain=plain)


def _with_score(
    cells: Cells, density: Robots, scores: Scores, effects: Mapping[str, float]
) -> Cells:
    """Move the free scores as little as possible until all slopes are the planted ones."""
    names = (*FACTORS, *MEDIATORS, *CONTROLS)
    x = _design(cells, density, names)
    slopes = np.array([effects.get(f"{n} -> GTFP", 0.0) for n in names])
    map_ = np.linalg.solve(x.T @ x, x.T)
    y = np.clip(cells.plain["GTFP"], scores.low, scores.high)
    held = scores.low >= scores.high
    for _ in range(PASSES):
        free = np.where(held.ravel(), 0.0, map_)
        change = free.T @ np.linalg.solve(free @ free.T, slopes - map_ @ y.ravel())
        moved = y + change.reshape(y.shape)
        inside = np.clip(moved, scores.low, scores.high)
        held = held | (np.abs(inside - moved) > 1e-12)
        y = inside
    return replace(cells, plain={**cells.plain, "GTFP": y})
