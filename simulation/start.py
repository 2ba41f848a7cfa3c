"""Start of the regressors, mediators and moderators: city, year and autoregressive parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.cells import (
    INDUSTRIES,
    N_FREE,
    N_YEARS,
    PLAIN,
    Array,
    Cells,
    Robots,
)
from simulation.fit import Bounds, Metric
from simulation.models import YEARS
from simulation.story import Scores, autoregressive

MANUFACTURING = INDUSTRIES.index("manufacturing")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a variable varies, as ln(1+x)."""

    within: float
    """Standard deviation once city and year parts are out."""
    rise: float
    """Last year's mean less the first year's."""
    size: float = 0.0
    """Correlation of the city part with the size of the city."""
    wealth: float = 0.0
    """Correlation of the city part with its wealth."""
    mean: float = 0.0
    """Mean and SD, where Table 2 does not print them."""
    sd: float = 0.0
    rho: float = 0.6
    early: float = 1.0
    """Below 1, most of the rise comes early."""


SHAPES = {
    "HEE": Shape(0.26, 0.35, size=0.6, wealth=0.2),
    "PGPP": Shape(0.24, 1.7, wealth=0.7, early=0.6),
    "FDI": Shape(0.0077, -0.004, wealth=0.3),
    "UR": Shape(0.068, 0.38, wealth=0.7),
    "MEP": Shape(0.195, -0.5, size=-0.2),
    "FI": Shape(0.26, 1.3, size=0.75, wealth=0.2, early=0.8, rho=0.8),
    "NEPP": Shape(0.25, 0.7, wealth=0.3),
    "SEE": Shape(0.25, 2.3, size=0.4, wealth=0.5),
    "AYS": Shape(0.066, 0.16, wealth=0.5, mean=2.31, sd=0.12),
    "RDE": Shape(0.55, 1.5, size=0.5, wealth=0.5, mean=10.9, sd=1.3),
    "SI_LP": Shape(0.19, 0.9, wealth=0.4, mean=3.1, sd=0.5),
    "EPPCN": Shape(1.0, 3.6, size=0.3),
    "RDER": Shape(0.2, 0.2, wealth=0.5),
}
FINANCE_MEANS = (3.66, 4.33, 4.72, 4.87, 5.06, 5.20, 5.34, 5.44, 5.52, 5.58, 5.66, 5.70, 5.74)
"""Year means of ln(1 + digital finance index), 2011-2023."""
FINANCE_WITHIN, FINANCE_BETWEEN = 0.05, 0.05
DENSITY_2008 = {"manufacturing": 1.1, "education": 0.10}
DENSITY_2020 = {
    "agriculture": 0.5,
    "mining": 4.5,
    "manufacturing": 21.0,
    "utilities": 3.5,
    "education": 1.6,
    "construction": 0.5,
}
LAST_ROBOTS = 2020
"""Later years go on by the mean yearly change since 2007."""
BEFORE = 0.75
"""Robots of 2007 as a share of those of 2008."""
SHARES = (0.06, 0.20, 0.30, 0.05, 0.21, 0.18)
MOST_CASES = 5.4
"""As ln(1+n)."""
HARD_TOGETHER, EASY_TOGETHER = 0.05, 0.5
"""Year means of the score stay, those of the regressors give way."""


def robots() -> Robots:
    """Return robots per 10,000 workers, 2008-2023; only two industries have any in 2008."""
    density = np.zeros((N_YEARS, len(INDUSTRIES)))
    step = np.linspace(0, 1, LAST_ROBOTS - YEARS[0] + 1)
    for j, name in enumerate(INDUSTRIES):
        last, first = DENSITY_2020[name], DENSITY_2008.get(name, 0.0)
        seen = first * (last / first) ** step**0.7 if first else last * step**1.3
        change = (last - BEFORE * first) / len(seen)
        ahead = last + change * np.arange(1, N_YEARS - len(seen) + 1)
        density[:, j] = np.concatenate([seen, ahead])
    return Robots(density)


def _moments(name: str, table2: Mapping[str, Sequence[Any]]) -> tuple[float, float, float, float]:
    shape = SHAPES[name]
    if name in table2:
        mean, sd, low, high = (float(v) for v in table2[name])
        return mean, sd, low, high
    return shape.mean, shape.sd, max(0.05, shape.mean - 4.5 * shape.sd), shape.mean + 4 * shape.sd


def _draw(rng: np.random.Generator, name: str, size: Array, wealth: Array, moments: Any) -> Array:
    shape = SHAPES[name]
    mean, sd, low, high = moments
    own = np.sqrt(max(1 - shape.size**2 - shape.wealth**2, 0.05))
    city = shape.size * size + shape.wealth * wealth + own * rng.normal(size=len(size))
    city = (city - city.mean()) / city.std()
    year = np.linspace(0, 1, N_YEARS) ** shape.early * shape.rise
    year = year - year.mean()
    noise = autoregressive(rng, (len(size), N_YEARS), shape.rho)
    noise = noise - noise.mean(axis=1, keepdims=True)
    noise = noise - noise.mean(axis=0)
    between = np.sqrt(max(sd**2 - year.var() - shape.within**2, 0.05 * sd**2))
    values = mean + between * city[:, None] + year + shape.within * noise / noise.std()
    return np.asarray(np.clip(values, low, high))


def start_cells(
    rng: np.random.Generator, scores: Scores, table2: Mapping[str, Sequence[Any]]
) -> Cells:
    """Draw the cells to start from."""
    n = len(scores.start)
    size, wealth = rng.normal(size=n), rng.normal(size=n)
    plain = {name: _draw(rng, name, size, wealth, _moments(name, table2)) for name in SHAPES}
    plain["GTFP"] = scores.start.copy()
    shares = rng.dirichlet(6 * np.array(SHARES), n)[:, :N_FREE]
    shares[:, MANUFACTURING] *= np.exp(0.25 * wealth)
    shares *= np.minimum(1, 0.93 / shares.sum(axis=1, keepdims=True))
    exposure = robots().exposure(shares)
    noise = autoregressive(rng, exposure.shape, 0.6)
    plain["IRDent"] = np.log1p(0.6 * exposure) + 0.15 * noise * np.linspace(0.3, 1, N_YEARS)
    finance = np.array(FINANCE_MEANS) + FINANCE_BETWEEN * rng.normal(size=(n, 1))
    finance = finance + FINANCE_WITHIN * autoregressive(rng, finance.shape, 0.6)
    ordered = {name: plain[name] for name in PLAIN}
    return Cells(ordered, finance, shares, np.log([1.6, 0.09, 1.0, 0.05, 0.2, 0.35]))


def bounds_of(
    cells: Cells, scores: Scores, table2: Mapping[str, Sequence[Any]]
) -> tuple[Cells, Bounds]:
    """Bound each cell, and pin one at each printed minimum and maximum."""
    blocks = {name: cells.plain[name].copy() for name in PLAIN}
    low, high = {}, {}
    for name in SHAPES:
        least, most = _moments(name, table2)[2:]
        low[name], high[name] = np.full((2, *blocks[name].shape), least)
        high[name] = np.full(blocks[name].shape, most)
        if name == "EPPCN":
            _pin_largest_only(blocks[name], high[name])
        if name in table2:
            _pin(blocks[name], low[name], high[name])
    low["GTFP"], high["GTFP"] = scores.low, scores.high
    top = robots().density.max(axis=1)
    low["IRDent"] = np.broadcast_to(np.log1p(0.03 * top), blocks["IRDent"].shape).copy()
    high["IRDent"] = np.broadcast_to(np.log1p(0.9 * top), blocks["IRDent"].shape).copy()
    finance, finance_bounds = _finance(cells.finance, table2["DFII"])
    shares, share_bounds = _shares(cells.shares, float(table2["IRD"][3]))
    sizes = cells.sizes
    reach = np.array([0.7, 0.7, 0.0, 0.7, 0.7, 0.7])
    plain = {n: np.clip(blocks[n], low[n], high[n]) for n in PLAIN}
    bounds = Bounds(
        [*(low[n] for n in PLAIN), finance_bounds[0], share_bounds[0], sizes - reach],
        [*(high[n] for n in PLAIN), finance_bounds[1], share_bounds[1], sizes + reach],
    )
    return Cells(plain, finance, shares, sizes), bounds


def _pin_largest_only(values: Array, high: Array) -> None:
    """Keep all cells but the largest below `MOST_CASES`: a case is a record to be written."""
    largest = np.unravel_index(values.argmax(), values.shape)
    keep = high[largest]
    high[:] = MOST_CASES
    high[largest] = keep
    values[:] = np.minimum(values, high)
    values[largest] = keep


def _pin(values: Array, low: Array, high: Array) -> None:
    """Hold the smallest cell at the lower and the largest at the upper bound."""
    for place, side in ((values.argmin(), low), (values.argmax(), high)):
        where = np.unravel_index(place, values.shape)
        low[where] = high[where] = side[where]


def _finance(values: Array, printed: Sequence[Any]) -> tuple[Array, tuple[Array, Array]]:
    least, most = float(printed[2]), float(printed[3])
    low, high = np.full(values.shape, least), np.full(values.shape, most)
    for place, side in ((values[:, 0].argmin(), least), (values[:, -1].argmax(), most)):
        column = 0 if side == least else values.shape[1] - 1
        low[place, column] = high[place, column] = side
    return np.clip(values, low, high), (low, high)


def _shares(values: Array, largest: float) -> tuple[Array, tuple[Array, Array]]:
    """Pin a city without robots in 2008, and one whose exposure ends at the largest printed."""
    found = values.copy()
    low, high = np.zeros(found.shape), np.full(found.shape, 0.97)
    low[:, MANUFACTURING] = 0.01
    low[:, INDUSTRIES.index("education")] = 0.01
    none = int(found[:, MANUFACTURING].argmin())
    found[none] = [0.45, 0.35, 0.0, 0.05, 0.0]
    low[none] = high[none] = found[none]
    top = int(found[:, MANUFACTURING].argmax())
    density = robots().density[-1]
    found[top] = [0.01, 0.03, 0.0, 0.01, 0.06]
    rest = Robots(density[None, :]).exposure(found[top : top + 1]).item()
    gain = density[MANUFACTURING] - density[N_FREE]
    found[top, MANUFACTURING] = (np.expm1(largest) - rest) / gain
    low[top] = high[top] = found[top]
    roof = 0.93 * found[top, MANUFACTURING]
    free = [i for i in range(len(found)) if i not in (none, top)]
    high[free, MANUFACTURING] = roof
    return np.clip(found, low, high), (low, high)


def metric() -> Metric:
    """Let each block move in proportion to its within variation."""
    spread = {name: shape.within for name, shape in SHAPES.items()}
    spread |= {"GTFP": 0.08, "IRDent": 0.15, "EPPCN": 0.6}
    together = dict.fromkeys(("HEE", "PGPP", "FDI", "UR", "MEP", "FI"), EASY_TOGETHER)
    return Metric(
        spread | {"finance": FINANCE_WITHIN, "shares": 0.06, "sizes": 0.1},
        together | {"GTFP": HARD_TOGETHER},
    )
