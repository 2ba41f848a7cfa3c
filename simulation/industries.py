"""Employment, enterprises and robots by industry, as tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from simulation.cells import Array, Cells
from simulation.counts import ROBOT_YEARS, Machines
from simulation.models import YEARS
from simulation.places import Place

Integers = npt.NDArray[np.int64]

USUAL_NUMBER = 30_000
"""Enterprises of a usual city, many enough for whole numbers to keep the mean."""

NAMES = ("农业", "采矿业", "制造业", "电力燃气业", "教育业", "建筑业")
"""In the order of `cells.INDUSTRIES`."""
YEARLY_GROWTH = np.array([-0.020, -0.010, 0.004, 0.006, 0.012, 0.015])
"""Growth of national employment by industry."""
IN_UNITS = (0.12, 0.19)
"""Share of a city's employed in urban units (城镇单位): in the nation of 2008, 122 of 756 million, or 0.16."""
DIGITS = 12
"""Decimals to which distances are compared, so that no rounding error of a library chooses a total."""


def national_employment(machines: Machines) -> Integers:
    """Return national employment by industry and year, shape (industries, years)."""
    steps = np.arange(len(YEARS))
    grown = machines.workers[:, None] * np.exp(YEARLY_GROWTH[:, None] * steps)
    return np.asarray(np.round(grown / 1e4).astype(np.int64) * 10_000)


def yearly_density(machines: Machines) -> Array:
    """Return robots per 10,000 workers of the same year, shape (years, industries)."""
    stock = machines.density().density * machines.workers
    return np.asarray(stock / national_employment(machines).T)


def census(rng: np.random.Generator, shares: Array, labour: Integers) -> Integers:
    """Return all employed of 2008 by city and industry; their shares are those of the cells."""
    whole = np.concatenate([shares, 1 - shares.sum(axis=1, keepdims=True)], axis=1)
    size = np.round(labour[:, 0] * rng.uniform(0.85, 0.95, len(shares)))
    return np.asarray(np.round(whole * size[:, None]).astype(np.int64))


def shares_of(employment: Integers) -> Array:
    """Return the shares of all industries but the last."""
    return np.asarray(employment[:, :-1] / employment.sum(axis=1, keepdims=True))


def in_urban_units(employed: Integers, machines: Machines) -> Integers:
    """Return employment in urban units by city and industry, shape (cities, industries).

    The census counts those; all employed would be more miners than the nation has. Exposures are
    weighted by shares, which whole numbers of this size keep only nearly: of all totals of a city
    within `IN_UNITS` of its employed, that is taken whose exposures are nearest in every year, as
    ln(1 + robots per 10,000 workers) and as ln(1 + 10,000 robots).
    """
    density = machines.density().density
    shocks = np.concatenate([density, density * machines.workers / 1e8])
    found = np.empty_like(employed)
    for i, row in enumerate(employed):
        shares = row / row.sum()
        totals = np.arange(*(round(share * row.sum()) for share in IN_UNITS))
        cells = np.round(totals[:, None] * shares)
        found[i] = cells[distance(cells, shares, shocks).argmin()]
    return found


def distance(cells: Array, shares: Array, shocks: Array) -> Array:
    """Return the largest difference between exposures of whole cells, (n, industries), and of shares."""
    exposures = np.log1p(cells / cells.sum(axis=1, keepdims=True) @ shocks.T)
    off = np.abs(exposures - np.log1p(shocks @ shares))
    return np.asarray(np.round(off.max(axis=1), DIGITS))


def enterprises(rng: np.random.Generator, cells: Cells, density: Array) -> Integers:
    """Find whole enterprises by city, year and industry whose mean density is the wanted one.

    Robots per worker of the industries are weighed by enterprises: shares near those of
    employment are tilted by exp(a d_j) until the mean is met.
    """
    wanted = np.expm1(cells.plain["IRDent"])
    whole = np.concatenate([cells.shares, 1 - cells.shares.sum(axis=1, keepdims=True)], axis=1)
    base = np.maximum(whole, 0.02)[:, None, :] * np.ones((1, len(YEARS), 1))
    scaled = density / density.max(axis=1, keepdims=True)
    goal = wanted / density.max(axis=1)
    low, high = np.full(wanted.shape, -60.0), np.full(wanted.shape, 60.0)
    for _ in range(80):
        middle = 0.5 * (low + high)
        mean = (_tilted(base, scaled, middle) * scaled).sum(axis=2)
        low, high = np.where(mean < goal, middle, low), np.where(mean < goal, high, middle)
    size = USUAL_NUMBER * np.exp(
        0.5 * rng.normal(size=(len(wanted), 1)) + 0.06 * np.arange(len(YEARS))
    )
    found = np.round(_tilted(base, scaled, 0.5 * (low + high)) * size[:, :, None])
    return np.asarray(found.astype(np.int64))


def _tilted(base: Array, scaled: Array, tilt: Array) -> Array:
    power = tilt[:, :, None] * scaled[None, :, :]
    weight = base * np.exp(power - power.max(axis=2, keepdims=True))
    return np.asarray(weight / weight.sum(axis=2, keepdims=True))


def entered(cells_: Integers, density: Array) -> Array:
    """Return ln(1 + exposure by enterprises) that whole enterprises give, (cities, years)."""
    return np.asarray(np.log1p((cells_ * density).sum(axis=2) / cells_.sum(axis=2)))


def census_table(places: Sequence[Place], employment: Integers) -> pd.DataFrame:
    """One row per city and industry."""
    return pd.DataFrame(
        {
            "城市": np.repeat([p.name for p in places], len(NAMES)),
            "行业": np.tile(NAMES, len(places)),
            "从业人员": employment.ravel(),
        }
    )


def national_tables(machines: Machines) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return national employment of 2008, national employment by year, and robots by year."""
    first = pd.DataFrame({"行业": NAMES, "全国从业人员": machines.workers})
    yearly = pd.DataFrame(
        {
            "行业": np.repeat(NAMES, len(YEARS)),
            "年份": np.tile(YEARS, len(NAMES)),
            "全国从业人员": national_employment(machines).ravel(),
        }
    )
    robots = pd.DataFrame(
        {
            "行业": np.repeat(NAMES, len(ROBOT_YEARS)),
            "年份": np.tile(ROBOT_YEARS, len(NAMES)),
            "机器人": machines.robots.ravel(),
        }
    )
    return first, yearly, robots


def enterprise_table(places: Sequence[Place], numbers: Integers) -> pd.DataFrame:
    """One row per city, industry and year."""
    by_industry = numbers.transpose(0, 2, 1)
    return pd.DataFrame(
        {
            "城市": np.repeat([p.name for p in places], len(NAMES) * len(YEARS)),
            "行业": np.tile(np.repeat(NAMES, len(YEARS)), len(places)),
            "年份": np.tile(YEARS, len(places) * len(NAMES)),
            "企业数": by_industry.ravel(),
        }
    )
