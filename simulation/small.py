"""A small twin with known effects: 30 cities, the linear step only.

Its regressions have exactly the slopes that are planted, so that a test can take one mechanism out
or plant another and see whether the study finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from simulation import industries
from simulation.blemishes import choose_blanks
from simulation.cells import Array, Cells, Robots
from simulation.counts import count, counted_cells, draw_machines
from simulation.economy import draw_world, natural
from simulation.exact import off_the_edge, whole, with_waste
from simulation.frontier import evaluated, rule_of
from simulation.jacobian import Setting
from simulation.levels import L, as_rows, settle
from simulation.models import MEDIATORS, YEARS
from simulation.places import groups, read_places, residents_of
from simulation.printed import CONTROLS, FACTORS, published
from simulation.regression import without_effects
from simulation.run import EXACT, SEED, Twin
from simulation.scores import HIGHEST, Scores
from simulation.shapes import robots
from simulation.smooth import blend, drawn
from simulation.start import start_cells

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
N_CITIES = 30
LOW = 0.08
NOISE, NOISE_YEARS, MEDIATOR_NOISE = 0.045, 2.5, 0.12
PASSES = 30
LOOPS = 5
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
    printed = published()
    places = (read_places()[::EVERY] + read_places()[1::EVERY])[:N_CITIES]
    scores = _scores(rng)
    cells = start_cells(rng, scores, printed, places)[0]
    machines = draw_machines(robots(), cells.sizes)
    cells = _with_mediators(rng, cells, machines.density(), effects)
    world = draw_world(rng, cells.plain["FI"], scores.start, None, places)
    cells = replace(cells, plain={**cells.plain, "FI": world.logs_of_investment()})
    levels = natural(world, scores.start, 0.0)
    fixed, capital = levels.fixed(), world.given.capital
    counts = count(rng, cells, np.exp(levels.logs[L]), residents_of(places))
    cells, blanks = choose_blanks(rng, counted_cells(cells, counts, machines))
    found = evaluated(as_rows(levels.logs, capital)).scores.reshape(fixed.shape)
    cells = _with_score(cells, machines.density(), _told(scores, found, fixed), effects)
    wanted = np.log(np.expm1(cells.plain["GTFP"]))
    rule = rule_of(capital, as_rows(levels.logs, capital)[fixed.ravel()])
    for soft, steps in EXACT:
        levels = settle(levels, wanted, world.given, world.even, rule, steps=steps, soft=soft)
    books = whole(levels, capital, np.expm1(cells.plain["MEP"]) / 100)
    stay = fixed.copy()
    for _ in range(LOOPS):
        found = evaluated(books.rows()).scores.reshape(fixed.shape)
        cells = _with_score(cells, machines.density(), _told(scores, found, stay), effects)
        books, missed = with_waste(books, np.expm1(cells.plain["GTFP"]), stay, stay & (found >= 1))
        books, edge = off_the_edge(books)
        stay = stay | missed | edge
    found = evaluated(books.rows()).scores.reshape(fixed.shape)
    cells = replace(cells, plain={**cells.plain, "GTFP": np.log1p(found)})
    employed = industries.census(rng, cells.shares, books.labour)
    return Twin(
        places,
        Setting(machines.density(), groups(places), ()),
        replace(cells, shares=industries.shares_of(employed)),
        counts,
        machines,
        industries.in_urban_units(employed, machines),
        books,
        world,
        blanks,
    )


def _scores(rng: np.random.Generator) -> Scores:
    """Draw scores of smooth cities, some of them near the frontier."""
    shape = (N_CITIES, len(YEARS))
    level = np.sort(rng.uniform(0.16, 0.66, N_CITIES))[:, None]
    noise = drawn(rng, N_CITIES, blend(shape[1], NOISE_YEARS, 0.2, 0.6))
    start = np.clip(level + NOISE * noise, LOW, HIGHEST - 0.01)
    return Scores(start, np.full(shape, LOW), np.full(shape, HIGHEST))


def _told(scores: Scores, found: Array, stay: npt.NDArray[np.bool_]) -> Scores:
    """Hold the scores of rows that stay as they are."""
    y = np.log1p(found)
    return replace(scores, low=np.where(stay, y, scores.low), high=np.where(stay, y, scores.high))


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
