"""What the levels of the cities start from: prices, efficient mixes, and a first guess."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulation.frontier import frozen, with_star
from simulation.levels import (
    Array,
    Even,
    Given,
    Levels,
    Mix,
    capital_stock,
    evenly,
    settle,
    theta_of,
)
from simulation.smooth import blend, drawn

UNITS = np.array([340.0, 1.6, 520.0, 0.5])
"""Persons, 100 million yuan of capital, 10,000 kWh and waste per 100 million yuan of output of a
usual efficient city."""
ELASTICITY = np.array([0.3, 0.3, 0.2, 0.2])
"""Of the efficient isoquant to labour, capital, electricity, waste."""
SPREAD = np.array([0.22, 0.25, 0.40, 0.60])
"""Standard deviation of the logarithm of each city's efficient mix."""
WITH_INVESTMENT = np.array([-0.3, 0.3, 0.0, 0.0])
"""How it moves with the logarithm of a city's investment."""
WIDEST = np.array([2.0, 2.0, 2.0, 0.9])
STAR_MIX = np.array([0.15, 0.55, 0.55, -1.6])
INFLATION, INFLATION_SPREAD = 0.026, 0.011
INVESTMENT_PRICES = (
    *(107.9, 98.6, 102.6, 104.6, 101.1, 100.3, 100.5, 98.2),
    *(99.4, 103.8, 103.4, 101.6, 100.6, 103.0, 101.2, 99.5),
)
"""Of the simulated nation, previous year = 100."""
GUESS_YEARS = 2.5
LEAST = 0.85
"""Efficient rows whose score was wanted below this do not stay on the frontier."""


def prices(rng: np.random.Generator, n_cities: int) -> Array:
    """Draw price indices of investment, previous year = 100, one decimal."""
    nation = np.array(INVESTMENT_PRICES)
    return np.asarray(np.round(nation + rng.normal(0, 0.5, (n_cities, len(nation))), 1))


def deflators(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Draw the price of output, 1 in the first year."""
    noise = drawn(rng, shape[0], blend(shape[1], 1.5, 0.3, 0.5))
    level = np.cumsum(np.clip(INFLATION + INFLATION_SPREAD * noise, -0.025, 0.105), axis=1)
    return np.asarray(np.exp(level - level[:, :1]))


def draw_mixes(rng: np.random.Generator, logs: Array, star: int | None = None) -> Array:
    """Draw each city's efficient labour, capital, electricity, waste per output, the same each year.

    All lie on one isoquant that is strictly convex, so that each of them can be efficient. Where
    much is invested, `logs`, there is much capital a worker: residents differ less than investment.
    The city of the largest score has the cleanest mix, which few others can be compared with.
    """
    shape, level = logs.shape, logs.mean(axis=1) - logs.mean()
    mix = np.clip(rng.normal(size=(shape[0], 4)), -WIDEST, WIDEST) * SPREAD
    mix += level[:, None] * WITH_INVESTMENT
    if star is not None:
        mix[star] = STAR_MIX
    mix = np.exp(mix - (mix @ ELASTICITY)[:, None]) * UNITS
    return np.repeat(mix[:, None, :], shape[1], axis=1)


def guessed(mixes: Array, score: Array, given: Given) -> Levels:
    """Guess levels: everything used equally ill, output and labour smooth."""
    theta = theta_of(score)
    kernel = blend(score.shape[1], GUESS_YEARS, 0.0, 0.5)
    smooth = (kernel / kernel.sum(axis=1, keepdims=True)).T
    output = np.log(given.capital * theta / mixes[..., 1]) @ smooth
    use = [output + np.log(mixes[..., k] / theta) for k in (0, 2, 3)]
    logs = np.stack([output, use[0] @ smooth, use[1], use[2]])
    return Levels(logs, np.zeros(logs.shape, dtype=bool))


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What the levels of the cities rest on."""

    investment: npt.NDArray[np.int64]
    """10,000 yuan."""
    price_index: Array
    """Of investment, previous year = 100."""
    given: Given
    even: Even
    star: int | None

    def logs_of_investment(self) -> Array:
        """Return ln(1 + investment)."""
        return np.log1p(self.investment)


def draw_world(rng: np.random.Generator, logs: Array, y: Array, star: int | None) -> World:
    """Draw prices and mixes around the investment of the cells, `logs` = ln(1 + investment)."""
    investment = np.round(np.expm1(logs)).astype(np.int64)
    price_index = prices(rng, len(logs))
    stock = capital_stock(investment / 1e4, price_index.copy())
    prices_ = deflators(rng, logs.shape)
    given = Given(stock, investment / 1e4, prices_, draw_mixes(rng, logs, star))
    even = evenly(given.mixes, np.minimum(np.expm1(y), 1.0))
    return World(investment, price_index, given, even, star)


def natural(world: World, y: Array, largest: float) -> Levels:
    """Find natural levels near the scores, and the frontier that they have.

    Each city is compared with its own efficient mix. Then the star is given its score, and rows that
    are efficient among all are held: they are the frontier from now on.
    """
    score, given = np.minimum(np.expm1(y), 1.0), world.given
    mixes = given.mixes
    wanted, levels, even = np.log(score), guessed(mixes, score, given), world.even
    for soft in (0.03, 0.01):
        rule = Mix(mixes).rule(given)
        levels = settle(levels, wanted, given, even, rule, steps=40, soft=soft)
    if world.star is not None:
        at = world.star, y.shape[1] - 1
        levels = with_star(levels, given.capital, at, largest)
        levels.held[:, world.star] = True
    return frozen(levels, given.capital, wanted, LEAST)
