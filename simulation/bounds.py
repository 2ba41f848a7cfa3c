"""Bounds of the cells: each printed minimum and maximum is the crest of one hump."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulation.cells import INDUSTRIES, N_FREE, PLAIN, Array, Cells, Robots
from simulation.fit import Bounds
from simulation.scores import Scores
from simulation.shapes import MANUFACTURING, MOST_CASES, PIN_YEARS, SHAPES, moments, robots
from simulation.smooth import bump


def bounds_of(
    cells: Cells, scores: Scores, table2: Mapping[str, Sequence[Any]]
) -> tuple[Cells, Bounds]:
    """Bound each cell, and pin one at each printed minimum and maximum."""
    blocks = {name: cells.plain[name].copy() for name in PLAIN}
    low, high = {}, {}
    for name in SHAPES:
        least, most = moments(name, table2)[2:]
        low[name] = np.full(blocks[name].shape, least)
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
    shares, share_bounds = bounded_shares(cells.shares, float(table2["IRD"][3]))
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
    city, year = np.unravel_index(values.argmax(), values.shape)
    keep = high[city, year]
    high[:] = MOST_CASES
    shape = bump(values.shape[1], int(year), 1.5)
    lift = values[city] + (keep - values[city, year]) * shape
    high[city] = np.clip(lift + 0.3, MOST_CASES, keep - 0.1)
    high[city, year] = keep
    values[:] = np.minimum(values, MOST_CASES)
    values[city] = np.minimum(lift, high[city] - 0.1)
    values[city, year] = keep


def _pin(values: Array, low: Array, high: Array) -> None:
    """Hold the smallest cell at the lower and the largest at the upper bound, as crests."""
    for place, side in ((values.argmin(), low), (values.argmax(), high)):
        city, year = np.unravel_index(place, values.shape)
        lift = side[city, year] - values[city, year]
        values[city] += lift * bump(values.shape[1], int(year), PIN_YEARS)
        low[city, year] = high[city, year] = side[city, year]


def _finance(values: Array, printed: Sequence[Any]) -> tuple[Array, tuple[Array, Array]]:
    least, most = float(printed[2]), float(printed[3])
    low, high = np.full(values.shape, least), np.full(values.shape, most)
    found = values.copy()
    for place, side in ((values[:, 0].argmin(), least), (values[:, -1].argmax(), most)):
        column = 0 if side == least else values.shape[1] - 1
        lift = side - found[place, column]
        found[place] += lift * bump(values.shape[1], column, PIN_YEARS)
        low[place, column] = high[place, column] = side
    return np.clip(found, low, high), (low, high)


def bounded_shares(values: Array, largest: float) -> tuple[Array, tuple[Array, Array]]:
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
