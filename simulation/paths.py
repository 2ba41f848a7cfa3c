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

from simulation.frontier import SAFE, Frontier
from simulation.story import Scores

Array = npt.NDArray[np.float64]

DEPRECIATION, FIRST_RATE = 0.096, 0.16
UNITS = (300.0, 1.6, 300.0)
"""Persons, 100 million yuan of capital, 10,000 kWh per 100 million yuan of output at mix 1."""
GROWTH = (-0.07, 0.218)
USUAL_GROWTH = np.linspace(0.095, 0.045, 15)
LABOUR_GROWTH = (-0.10, 0.12)
STEADY = np.full(15, 0.01)
SMOOTH = 0.7
"""Weight of usual growth against the wanted level."""
WINDOW = 0.8
LEAN = 0.85
"""Capital is a little nearer to the frontier than the rest, which leaves room for its slow pace."""
DEEPEST, DEEP = 2.99, 0.9
"""A city that falls to the lowest score is kept inefficient in capital and labour throughout."""
FIRM = 300.0
"""Weight of the year in which the city has a frontier row."""
N_MIXES = 600
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
    chain = price_index / 100
    chain[:, 0] = 1.0  # the index of the first year compares it with the year before
    real = investment / np.cumprod(chain, axis=1)
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

    >>> target = np.array([0.0, 0.1, 0.2])
    >>> bool(np.allclose(follow(target, np.full(2, 0.1), (-1.0, 1.0), np.ones(3), 1.0), target))
    True
    """
    n = len(target)
    level = np.tril(np.ones((n, n)))
    matrix = np.concatenate([np.sqrt(weight)[:, None] * level, smooth * np.eye(n)[1:]])
    wanted = np.concatenate([np.sqrt(weight) * target, smooth * usual])
    low, high = np.full(n, bounds[0]), np.full(n, bounds[1])
    low[0], high[0] = -np.inf, np.inf
    steps = lsq_linear(matrix, wanted, bounds=(low, high), tol=1e-12).x
    return np.asarray(level @ steps)


def _mix(rng: np.random.Generator, frontier: Frontier, own: int | None) -> Array:
    """Mix three safe frontier rows; one of the nearest where the city has a row of its own."""
    rows = np.column_stack([frontier.inputs, frontier.waste])
    safe = rows[frontier.scores < SAFE]
    n = 1 if own is None else N_MIXES
    drawn = np.stack(
        [
            rng.dirichlet(np.ones(3)) @ safe[rng.choice(len(safe), 3, replace=False)]
            for _ in range(n)
        ]
    )
    if own is None:
        return np.asarray(drawn[0])
    gap = np.log(drawn / rows[own])
    away = np.abs(gap) @ FAR + np.maximum(gap, 0) @ (3 * FAR)
    return np.asarray(drawn[np.argsort(away)[int(rng.integers(0, 8))]])


def draw_paths(
    rng: np.random.Generator,
    y: Array,
    capital: Array,
    frontier: Frontier,
    scores: Scores,
    *,
    before: Paths | None = None,
    again: npt.NDArray[np.int64] | None = None,
) -> Paths:
    """Draw output and labour; `y` is ln(1+score), `capital` the stock.

    With `before` only the cities of `again` are drawn anew.
    """
    seats = {city: (row, year) for row, (city, year) in enumerate(scores.at)}
    n = len(y)
    if before is None:
        found = Paths(
            np.empty_like(y), np.empty_like(y), np.empty_like(y), capital, np.empty((n, 4))
        )
    else:
        found = Paths(
            before.output.copy(),
            before.growth_index.copy(),
            before.labour.copy(),
            capital,
            before.mix.copy(),
        )
    for c in range(n) if again is None else again.tolist():
        _draw_city(rng, found, c, y[c], frontier, seats.get(c))
    return found


def _draw_city(
    rng: np.random.Generator,
    paths: Paths,
    c: int,
    y: Array,
    frontier: Frontier,
    seat: tuple[int, int] | None,
) -> None:
    """Draw mix, output and labour of one city; both go through its own frontier row."""
    mix = _mix(rng, frontier, None if seat is None else seat[0])
    need = distance(np.minimum(np.expm1(y), 1.0))
    even = smoothed(need[None, :])[0]
    weight = 0.1 + 4.0 * np.exp(-3 * need)
    deep = DEEP if need.max() > DEEPEST else 0.0
    target = np.log(paths.capital[c] / (UNITS[1] * mix[1])) - LEAN * even - deep
    firm = weight.copy()
    if seat is not None:
        target[seat[1]] = np.log(
            paths.capital[c, seat[1]] / (UNITS[1] * frontier.inputs[seat[0], 1])
        )
        firm[seat[1]] = FIRM
    path = follow(target, USUAL_GROWTH, GROWTH, firm, SMOOTH)
    growth = np.round(100 * np.exp(np.diff(path, prepend=path[0])), 1)
    index = np.asarray(growth, dtype=np.float64)
    shape = np.asarray(np.cumprod(index / 100), dtype=np.float64)
    output = shape * _level(path, shape)
    if seat is not None:
        at_seat = paths.capital[c, seat[1]] / (UNITS[1] * frontier.inputs[seat[0], 1])
        output *= at_seat / output[seat[1]]
    wanted = np.log(output * UNITS[0] * mix[0]) + 0.5 * (even + need) + deep
    if seat is not None:
        wanted[seat[1]] = np.log(output[seat[1]] * UNITS[0] * frontier.inputs[seat[0], 0])
    labour = np.exp(follow(wanted, STEADY, LABOUR_GROWTH, firm, SMOOTH))
    if seat is not None:
        labour *= output[seat[1]] * UNITS[0] * frontier.inputs[seat[0], 0] / labour[seat[1]]
    paths.mix[c], paths.growth_index[c] = mix, index
    paths.output[c], paths.labour[c] = output, labour


def _level(path: Array, shape: Array) -> float:
    """Return the level at which the rounded growth stays nearest to the path."""
    return float(np.exp((path - np.log(shape)).mean()))
