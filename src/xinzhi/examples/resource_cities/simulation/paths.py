"""Output, labour and capital of each city: smooth in time, at the level that the score needs.

Capital follows from the investment that is already fixed, by the perpetual inventory; output
follows capital at the distance from the frontier that the smoothed score asks for; labour follows
output. What is left of a score, year by year, falls on electricity and waste (see `invert`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import lsq_linear

from xinzhi.examples.resource_cities.simulation.frontier import SAFE, Frontier
from xinzhi.examples.resource_cities.simulation.story import Scores

Array = npt.NDArray[np.float64]

DEPRECIATION, FIRST_RATE = 0.096, 0.16
UNITS = (300.0, 1.6, 300.0)
"""Persons, 100 million yuan of capital, 10,000 kWh per 100 million yuan of output at mix 1."""
GROWTH = (-0.07, 0.24)
USUAL_GROWTH = np.linspace(0.095, 0.045, 15)
LABOUR_GROWTH = (-0.10, 0.12)
STEADY = np.full(15, 0.01)
SMOOTH = 0.7
"""Weight of usual growth against the wanted level."""
WINDOW = 0.8
LEAN = 0.85
"""Capital is a little nearer to the frontier than the rest, which leaves room for its slow pace."""
FAR = np.array([1.0, 2.0, 0.1, 0.1])
"""How much a mix away from a city's own frontier row matters; more than its own is worse."""
"""Years over which a score is smoothed before output follows it."""


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Per city and year."""

    output: Array
    """Real output, 100 million yuan."""
    growth_index: Array
    """Previous year = 100, one decimal; 100 in the first year."""
    labour: Array
    """Persons."""
    capital: Array
    """100 million yuan at prices of the first year."""
    mix: Array
    """Efficient labour, capital, electricity, waste per output, shape (cities, 4)."""


def capital_stock(investment: Array, price_index: Array) -> Array:
    """Accumulate K_t = (1-δ) K_(t-1) + I_t / P_t, K_0 = I_0 / FIRST_RATE."""
    real = investment / np.cumprod(price_index / 100, axis=1)
    stock = np.empty_like(real)
    stock[:, 0] = real[:, 0] / FIRST_RATE
    for t in range(1, real.shape[1]):
        stock[:, t] = (1 - DEPRECIATION) * stock[:, t - 1] + real[:, t]
    return stock


def distance(score: Array) -> Array:
    """Return -ln θ where inputs and waste at 1/θ of an efficient mix have this score.

    With inputs and waste both scaled, SBM = θ / (1.5 - 0.5 θ).

    >>> float(distance(np.array(1.0)))
    -0.0
    """
    return np.asarray(-np.log(1.5 * score / (1 + 0.5 * score)))


def smoothed(values: Array) -> Array:
    """Smooth along the years with a Gaussian kernel."""
    step = np.arange(values.shape[1])
    weight = np.exp(-0.5 * ((step[:, None] - step[None, :]) / WINDOW) ** 2)
    return np.asarray(values @ (weight / weight.sum(axis=0)))


def follow(
    target: Array, usual: Array, bounds: tuple[float, float], weight: Array, smooth: float
) -> Array:
    """Find the path nearest to a target whose steps are near the usual ones and within bounds.

    >>> path = follow(np.array([0.0, 0.1, 0.2]), np.full(2, 0.1), (-1, 1), np.ones(3), 1.0)
    >>> path.round(6).tolist()
    [0.0, 0.1, 0.2]
    """
    n = len(target)
    level = np.tril(np.ones((n, n)))
    matrix = np.concatenate([np.sqrt(weight)[:, None] * level, smooth * np.eye(n)[1:]])
    wanted = np.concatenate([np.sqrt(weight) * target, smooth * usual])
    low, high = np.full(n, bounds[0]), np.full(n, bounds[1])
    low[0], high[0] = -np.inf, np.inf
    steps = lsq_linear(matrix, wanted, bounds=(low, high), tol=1e-12).x
    return np.asarray(level @ steps)


def mixes(rng: np.random.Generator, frontier: Frontier, scores: Scores) -> Array:
    """Give each city an efficient mix of three safe frontier rows; near its own where it has one."""
    rows = np.column_stack([frontier.inputs, frontier.waste])
    safe = np.flatnonzero(frontier.scores < SAFE)
    own = {city: rows[f] for f, (city, _) in enumerate(scores.at)}
    return np.stack([_mix(rng, rows[safe], own.get(c)) for c in range(len(scores.start))])


def _mix(rng: np.random.Generator, safe: Array, own: Array | None) -> Array:
    n = 4 if own is None else 400
    drawn = np.stack(
        [
            rng.dirichlet(np.ones(3)) @ safe[rng.choice(len(safe), 3, replace=False)]
            for _ in range(n)
        ]
    )
    if own is None:
        return np.asarray(drawn[0])
    gap = np.log(drawn / own)
    away = np.abs(gap) @ FAR + np.maximum(gap, 0) @ (3 * FAR)
    return np.asarray(drawn[away.argmin()])


def draw_paths(
    rng: np.random.Generator, y: Array, capital: Array, frontier: Frontier, scores: Scores
) -> Paths:
    """Draw output and labour; `y` is ln(1+score), `capital` the stock."""
    mix = mixes(rng, frontier, scores)
    need = distance(np.minimum(np.expm1(y), 1.0))
    even = smoothed(need)
    seats = {city: (row, year) for row, (city, year) in enumerate(scores.at)}
    output, index, labour = np.empty_like(y), np.empty_like(y), np.empty_like(y)
    for c in range(len(y)):
        weight = 0.1 + 4.0 * np.exp(-3 * need[c])
        target = np.log(capital[c] / (UNITS[1] * mix[c, 1])) - LEAN * even[c]
        path = follow(target, USUAL_GROWTH, GROWTH, weight, SMOOTH)
        index[c] = np.round(100 * np.exp(np.diff(path, prepend=path[0])), 1)
        shape = np.cumprod(index[c] / 100)
        output[c] = shape * _level(path, shape)
        if c in seats:
            row, year = seats[c]
            output[c] *= capital[c, year] / (UNITS[1] * frontier.inputs[row, 1]) / output[c, year]
        wanted = np.log(output[c] * UNITS[0] * mix[c, 0]) + 0.5 * (even[c] + need[c])
        labour[c] = np.exp(follow(wanted, STEADY, LABOUR_GROWTH, weight, SMOOTH))
        if c in seats:
            row, year = seats[c]
            labour[c] *= output[c, year] * UNITS[0] * frontier.inputs[row, 0] / labour[c, year]
    return Paths(output, index, labour, capital, mix)


def _level(path: Array, shape: Array) -> float:
    """Return the level at which the rounded growth stays nearest to the path."""
    return float(np.exp((path - np.log(shape)).mean()))
