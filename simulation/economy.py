"""What the levels of the cities start from: prices, efficient mixes, and a first guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simulation.design import CLIMB, climbing
from simulation.frontier import frozen, with_star
from simulation.levels import (
    USUAL,
    Array,
    Even,
    Given,
    Levels,
    Mix,
    Sizes,
    Y,
    capital_stock,
    evenly,
    settle,
    theta_of,
)
from simulation.places import Place, output_of, residents_of
from simulation.smooth import blend, drawn

UNITS = np.array([340.0, 1.6, 345.0, 0.5])
"""Persons, 100 million yuan of capital, 10,000 kWh and waste per 100 million yuan of output of a
usual efficient city."""
ELASTICITY = np.array([0.3, 0.3, 0.2, 0.2])
"""Of the efficient isoquant to labour, capital, electricity, waste."""
SPREAD = np.array([0.08, 0.10, 0.25, 0.35])
"""Standard deviation of the logarithm of each city's efficient mix."""
GIVES_WAY = np.array([0.10, 0.12, 0.40, 0.70])
"""How easily each of them gives way where the four do not lie on the isoquant."""
EMPLOYED, EMPLOYED_BAND = 0.37, (0.26, 0.55)
"""Employed per resident, usually and at the ends."""
LABOUR_WITH, OUTPUT_WITH = -0.30, 0.45
"""Where a score is e times the usual one, employed per resident and output as a multiple of the real one
are e to this power of the usual ones."""
MORE = 0.13
"""ln of output as a multiple of the real one, usually: the printed investment would else exceed it."""
FIRST_OUTPUT, FIRST_INVESTED = 0.30, -0.35
"""The same of the output from which investment is drawn at first, and of investment per output."""
TREND = np.array([-0.25, 0.5, 0.85])
STEADY = 0.3
"""How the efficient labour, capital and electricity per output move from the first year to the last, as
logarithms: machines take over; waste falls by as much as keeps the four on the isoquant. A part is
steady, the rest comes while the mean score climbs."""
NOW = 12
"""Year of the real sizes, 2020, from 2008."""
WIDEST = 2.0
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


def _skill(score: Array) -> Array:
    """Return ln θ of each city over the years, less that of all."""
    found = np.log(theta_of(score)).mean(axis=1)
    return np.asarray(found - found.mean())


def employed_of(places: Sequence[Place], score: Array) -> Array:
    """Return ln(employed) of each city: a share of its real residents, more where scores are low."""
    share = EMPLOYED * np.exp(LABOUR_WITH * _skill(score))
    return np.asarray(residents_of(places) + np.log(np.clip(share, *EMPLOYED_BAND)))


def made_of(places: Sequence[Place], score: Array) -> Array:
    """Return ln(output) of each city in 2020, at prices of 2020."""
    return np.asarray(output_of(places) + MORE + OUTPUT_WITH * _skill(score))


def invested(places: Sequence[Place], score: Array) -> Array:
    """Return ln(investment) of each city, up to a constant."""
    found = output_of(places) + FIRST_OUTPUT * _skill(score)
    return np.asarray(found + FIRST_INVESTED * _skill(score))


def draw_mixes(rng: np.random.Generator, use: Array, score: Array, star: int | None) -> Array:
    """Draw each city's efficient labour, capital, electricity, waste per output, (cities, years, 4).

    All lie on one isoquant that is strictly convex, so that each of them can be efficient. A city
    that uses 1/θ of its mix has nearly the labour and capital per output, `use`, of its real size;
    electricity and waste give way. The city of the largest score has the cleanest mix, which few
    others can be compared with.
    """
    n, years = score.shape
    mix = np.clip(rng.normal(size=(n, 4)), -WIDEST, WIDEST) * SPREAD
    mix[:, :2] += use - np.log(UNITS[:2])
    mix += np.log(theta_of(score)).mean(axis=1)[:, None]
    mix[:, 2:] -= mix[:, 2:].mean(axis=0)
    miss = mix @ ELASTICITY
    mix[:, 3] -= miss.mean() / ELASTICITY[3]
    give = ELASTICITY * GIVES_WAY**2
    mix -= (miss - miss.mean())[:, None] * give / (give @ ELASTICITY)
    if star is not None:
        mix[star] = STAR_MIX - STAR_MIX @ ELASTICITY
    trend = np.append(TREND, -TREND @ ELASTICITY[:3] / ELASTICITY[3])
    way = STEADY * np.arange(years) / (years - 1) + (1 - STEADY) * climbing(*CLIMB)
    path = (way - way.mean())[:, None] * trend
    return np.asarray(np.exp(mix[:, None, :] + path) * UNITS)


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


def draw_world(
    rng: np.random.Generator, logs: Array, y: Array, star: int | None, places: Sequence[Place]
) -> World:
    """Draw prices and mixes around the investment of the cells, `logs` = ln(1 + investment)."""
    investment = np.round(np.expm1(logs)).astype(np.int64)
    price_index = prices(rng, len(logs))
    stock = capital_stock(investment / 1e4, price_index.copy())
    prices_ = deflators(rng, logs.shape)
    score = np.minimum(np.expm1(y), 1.0)
    size = Sizes(
        made_of(places, score) - np.log(prices_[:, NOW]),
        employed_of(places, score),
        residents_of(places),
    )
    growth = USUAL[Y][0] * (np.arange(logs.shape[1]).mean() - NOW)
    output = size.output + growth  # of the mean year
    use = np.stack([size.labour, np.log(stock).mean(axis=1)], axis=1) - output[:, None]
    mixes = draw_mixes(rng, use, score, star)
    given = Given(stock, investment / 1e4, prices_, mixes, replace(size, output=output))
    return World(investment, price_index, given, evenly(mixes, score), star)


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
