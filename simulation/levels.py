"""Output, labour, electricity and waste of each city as one small least-squares problem.

Unknown are the logarithms of the four in all years of a city; capital follows from investment that
is already drawn. Wanted is the score of each year; liked are the usual yearly changes; accounting
and the bands of real yearbooks bind. Scores come from a rule (first from the city's own efficient
mix, then from the frontier's programs, whose duals say how a score moves with each quantity). They
are met as equations: each step solves the least squares under the linearised scores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Where = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

Y, L, E, W = range(4)
DEPRECIATION, FIRST_RATE = 0.096, 0.16
HINGE = {Y: 0.0015, L: 0.003, E: 0.008, W: 0.03}
"""Softness of the bands of changes, as logarithm."""
FARTHEST = {Y: (-0.13, 0.21), L: (-0.13, 0.13), E: (-0.85, 0.85), W: (-0.9, 0.9)}
"""Changes that not even a row that is hard to reach has."""
WALL = 8
"""How many times firmer those are."""
FIRM = 0.006
"""Softness of the bands of levels."""
SHORTEST = 0.01
"""A city whose steps for its scores became shorter than this tries a whole one again."""
MOST = 1.02
"""What is used better than in the efficient mix counts up to here."""
STILL, ENOUGH, LONGEST = 2, 1e-9, 0.7
"""A city rests after so many steps without gain, once its scores are so near; longest step."""
USUAL = {Y: (0.062, 0.022), L: (0.006, 0.010), E: (0.028, 0.045), W: (-0.05, 0.13)}
"""Usual yearly change and its spread; that of electricity is counted from 0.75 of output's."""
WITH_OUTPUT = 0.75
CHANGES = {Y: (-0.06, 0.17), L: (-0.06, 0.06), E: (-0.18, 0.205), W: (-0.43, 0.36)}
"""Bands of the yearly changes, as logarithms."""
INVESTMENT = (0.225, 1.25)
PER_RESIDENT = (6_200.0, 190_000.0)
"""Yuan of GDP a head."""
POWER = (0.022, 0.68)
"""Kilowatt hours per yuan of 2008."""
POWER_PER_HEAD = 24_000.0
WASTE = 2.95
"""Reach of waste, as logarithm, to either side of its middle."""
BEND = {Y: 0.02, L: 0.012, E: 0.09, W: 0.12}
"""Spread of the change of yearly changes."""
STEPS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """Logarithms of what is about known of each city, means over the years, shape (cities,)."""

    output: Array
    """100 million yuan of the first year."""
    labour: Array
    """Persons."""
    residents: Array


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What is known of the cities before their levels, shape (cities, years)."""

    capital: Array
    """100 million yuan at prices of the first year."""
    investment: Array
    """100 million yuan at current prices."""
    deflator: Array
    """Of output, 1 in the first year."""
    mixes: Array
    """Efficient labour, capital, electricity, waste per output, (cities, years, 4); no row uses
    less of any."""
    sizes: Sizes
    usual_capital: float = 3.5
    """Of output, of a usual row."""


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Logarithms of output, labour, electricity and waste, shape (4, cities, years).

    In 100 million yuan of the first year, persons, 10,000 kWh, and any unit.
    """

    logs: Array
    held: Where
    """What stays as it is, (4, cities, years)."""

    def fixed(self) -> Where:
        """Tell in which rows all stays."""
        return np.asarray(self.held.all(axis=0))


def as_rows(logs: Array, capital: Array) -> Array:
    """Put levels and capital together as rows of (labour, capital, electricity, output, waste)."""
    q = np.exp(logs)
    return np.stack([q[L], capital, q[E], q[Y], q[W]], axis=-1).reshape(-1, 5)


@dataclass(frozen=True, slots=True, eq=False)
class Even:
    """Use per output, as logarithms, if everything were used equally ill, (4, cities, years).

    Of labour, electricity, waste and capital.
    """

    per_output: Array


DRIFT = {L: 0.0, E: 0.15, W: -0.4}
"""By how much use per output drifts from that between the first and the last year."""
SIZE = {Y: 0.05, L: 0.15}
"""Softness of the means over the years that are about known."""
OF_RESIDENTS = (0.22, 0.63)
"""Employed per resident."""
EVEN = {L: 0.5, E: 0.8, W: 1.2, Y: 0.5}
"""How far use strays from that; of capital under output."""


def theta_of(score: Array) -> Array:
    """Return θ at which use of everything, 1/θ of an efficient mix, has this score.

    >>> float(theta_of(np.array(1.0)))
    1.0
    """
    return np.asarray(1.5 * score / (1 + 0.5 * score))


def evenly(per_output: Array, score: Array) -> Even:
    """Return use at the same θ of everything.

    `per_output` has labour, capital, electricity and waste of an efficient mix.
    """
    theta = theta_of(score)
    order = per_output[..., [0, 2, 3, 1]]
    return Even(np.moveaxis(np.log(order / theta[..., None]), -1, 0))


Rule = Callable[[Array, Integers], tuple[Array, Array]]
"""From levels of some cities, (4, cities, years), and their positions to ln(score), (cities,
years), and its elasticities, (4, cities, years)."""


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


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """Linear terms of the unknowns of a city, with the spread and the band of each."""

    matrix: Array
    """(terms, unknowns)."""
    wanted: Array
    """(cities, terms)."""
    spread: Array
    """(terms,); infinite where only the band counts."""
    low: Array
    """(cities, terms)."""
    high: Array
    hinge: Array
    """Softness of the band, (terms,)."""


@dataclass(frozen=True, slots=True, eq=False)
class _Term:
    """A linear function of the unknowns in some years: what it is usually, and its band."""

    matrix: Array
    wanted: Array | float = 0.0
    spread: float = np.inf
    low: Array | float = -np.inf
    high: Array | float = np.inf
    hinge: float = FIRM


def _terms(given: Given, even: Even) -> _Terms:
    n, years = given.capital.shape
    eye = np.eye(4 * years).reshape(4, years, 4 * years)
    found: list[_Term] = []
    for q in (Y, L, E, W):
        change = np.diff(eye[q], axis=0)
        usual, spread = USUAL[q]
        liked = change - WITH_OUTPUT * np.diff(eye[Y], axis=0) if q == E else change
        found.append(_Term(liked, usual, spread))
        for (low, high), softness in ((CHANGES[q], HINGE[q]), (FARTHEST[q], HINGE[q] / WALL)):
            found.append(_Term(change, low=low, high=high, hinge=softness))
        found.append(_Term(np.diff(change, axis=0), 0.0, BEND[q]))
    for k, q in enumerate((L, E, W)):
        drift = DRIFT[q] * (np.arange(years) / (years - 1) - 0.5)
        found.append(_Term(eye[q] - eye[Y], even.per_output[k] + drift, EVEN[q]))
    found.append(_Term(eye[Y], np.log(given.capital) - even.per_output[3], EVEN[Y]))
    sizes = given.sizes
    for q, size in ((Y, sizes.output), (L, sizes.labour)):
        found.append(_Term(eye[q].mean(axis=0, keepdims=True), size[:, None], SIZE[q]))
    people = sizes.residents[:, None]
    for q, (low, high) in ((L, OF_RESIDENTS), (E, (0, POWER_PER_HEAD / 1e4))):
        found.append(_Term(eye[q], low=people + np.log(max(low, 1e-9)), high=people + np.log(high)))
    wealth = people - np.log(1e8) - np.log(given.deflator)
    found.append(
        _Term(eye[Y], low=wealth + np.log(PER_RESIDENT[0]), high=wealth + np.log(PER_RESIDENT[1]))
    )
    share = np.log(given.investment) - np.log(given.deflator)
    low, high = (share - np.log(x) for x in reversed(INVESTMENT))
    found.append(_Term(eye[Y], low=low, high=high))
    low, high = (np.log(x * 1e4) for x in POWER)
    found.append(_Term(eye[E] - eye[Y], low=low, high=high))
    least = np.moveaxis(np.log(given.mixes), -1, 0)
    for k, q in ((0, L), (2, E), (3, W)):
        found.append(_Term(eye[q] - eye[Y], low=least[k]))
    found.append(_Term(eye[Y], high=np.log(given.capital) - least[1]))
    middle = np.log(np.median(given.capital / given.usual_capital))
    found.append(_Term(eye[W], low=middle - WASTE, high=middle + WASTE, hinge=0.05))

    def joined(name: str) -> Array:
        parts = [
            np.broadcast_to(np.asarray(getattr(f, name), dtype=float), (n, len(f.matrix)))
            for f in found
        ]
        return np.concatenate(parts, axis=1)

    return _Terms(
        np.concatenate([f.matrix for f in found]),
        joined("wanted"),
        joined("spread")[0],
        joined("low"),
        joined("high"),
        joined("hinge")[0],
    )


def _flat(values: Array) -> Array:
    """Turn (4, cities, years) into (cities, unknowns)."""
    return np.moveaxis(values, 0, 1).reshape(values.shape[1], -1)


def _misfit(u: Array, terms: _Terms, cities: Integers) -> tuple[Array, Array, Array]:
    """Return cost per city, gradient and weights of the terms."""
    value = u @ terms.matrix.T
    wanted, low, high = terms.wanted[cities], terms.low[cities], terms.high[cities]
    over = np.minimum(value - low, 0) + np.maximum(value - high, 0)
    pull = (value - wanted) / terms.spread**2 + over / terms.hinge**2
    weight = 1 / terms.spread**2 + (over != 0) / terms.hinge**2
    cost = 0.5 * ((value - wanted) ** 2 / terms.spread**2).sum(axis=1)
    cost += 0.5 * (over**2 / terms.hinge**2).sum(axis=1)
    return cost, pull @ terms.matrix, weight


def settle(
    start: Levels,
    wanted: Array,
    given: Given,
    even: Even,
    rule: Rule,
    *,
    steps: int = STEPS,
    soft: float = 0.01,
    report: Callable[[str], None] = lambda _text: None,
) -> Levels:
    """Find levels whose scores are as wanted; `wanted` is ln(score).

    Parameters
    ----------
    soft
        Spread of ln(score) about what is wanted, beside the spreads of the usual changes.
    """
    terms = _terms(given, even)
    n, years = wanted.shape
    every, fixed = np.arange(n), start.fixed()
    found = _State.of(_flat(start.logs), every, wanted, fixed, terms, rule)
    damp, stride, still = np.ones(n), np.ones(n), np.zeros(n, dtype=int)
    for number in range(steps):
        at = np.flatnonzero(still < STILL)
        if not len(at):
            break
        part = found.taken(at)
        step = _step(part, terms.matrix, start.held[:, at], soft, damp[at], stride[at])
        tried = _State.of(
            part.u + np.clip(step, -LONGEST, LONGEST), at, wanted[at], fixed[at], terms, rule
        )
        gain = part.merit(soft) - tried.merit(soft)
        better = gain > 0
        found.put(at[better], tried.taken(np.flatnonzero(better)))
        found.slope[at[~better]] = 0.5 * (part.slope + tried.slope)[~better]
        small = (np.abs(gain) < 1e-7 * (1 + part.cost)) & (np.abs(part.gap).max(axis=1) < ENOUGH)
        still[at] = np.where(small, still[at] + 1, 0)
        stride[at] = np.where(better, np.minimum(1.0, 2 * stride[at]), 0.4 * stride[at])
        stride[at] = np.where(stride[at] < SHORTEST, 1.0, stride[at])
        damp[at] = np.clip(np.where(better, 0.2 * damp[at], 4 * damp[at]), 1e-3, 1e6)
        if number % 10 == 9:
            gap = np.abs(found.gap)
            report(f"levels {number + 1}: gap {gap.max():.1e}, {int((gap > 1e-6).sum())} open")
    return replace(start, logs=np.moveaxis(found.u.reshape(n, 4, years), 0, 1))


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """Where some cities stand: unknowns, misses of ln(score), and the misfit of the terms."""

    u: Array
    gap: Array
    slope: Array
    """(cities, 4, years)."""
    cost: Array
    gradient: Array
    weight: Array

    @classmethod
    def of(
        cls, u: Array, cities: Integers, wanted: Array, fixed: Where, terms: _Terms, rule: Rule
    ) -> _State:
        n, years = wanted.shape
        value, slope = rule(np.moveaxis(u.reshape(n, 4, years), 0, 1), cities)
        gap = np.where(fixed, 0.0, value - wanted)
        return cls(u, gap, np.moveaxis(slope, 0, 1), *_misfit(u, terms, cities))

    def merit(self, soft: float) -> Array:
        """Return what each city wants to make small."""
        return np.asarray(self.cost + 0.5 * (self.gap**2).sum(axis=1) / soft**2)

    def taken(self, at: Integers) -> _State:
        """Return some of the cities."""
        return _State(*(getattr(self, name)[at] for name in self.__slots__))

    def put(self, at: Integers, other: _State) -> None:
        """Replace some of the cities."""
        for name in self.__slots__:
            getattr(self, name)[at] = getattr(other, name)


def _step(
    state: _State, matrix: Array, held: Where, soft: float, damp: Array, stride: Array
) -> Array:
    """Solve the least squares under the linearised scores, a system per city.

    `stride` is the share of the misses of the scores that a city tries to take up.
    """
    n, years = state.gap.shape
    m = matrix.shape[1]
    stay = np.moveaxis(held, 0, 1).reshape(n, m)
    system = np.zeros((n, m + years, m + years))
    system[:, :m, :m] = np.matmul(matrix.T[None] * state.weight[:, None, :], matrix[None])
    every, at = np.arange(m), np.arange(years)
    system[:, every, every] += damp[:, None] + np.where(stay, 1e14, 0.0)
    for q in range(4):
        line = np.where(held[q], 0.0, state.slope[:, q])
        system[:, m + at, q * years + at] = line
        system[:, q * years + at, m + at] = line
    system[:, m + at, m + at] = np.where(held.all(axis=0), -1.0, -(soft**2))
    right = np.concatenate(
        [np.where(stay, 0.0, -state.gradient), -stride[:, None] * state.gap], axis=1
    )
    found = np.linalg.solve(system, right[:, :, None])[:, :m, 0]
    return np.asarray(np.where(stay, 0.0, found))


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """Efficient labour, capital, electricity and waste per output of each row, (cities, years, 4)."""

    per_output: Array

    def rule(self, given: Given) -> Rule:
        """Return the rule of scores against this mix: mean θ over 1 + (1 - θ of waste)/2."""

        def score(logs: Array, cities: Integers) -> tuple[Array, Array]:
            q = np.exp(logs)
            use = np.stack([q[L], given.capital[cities], q[E], q[W]], axis=-1)
            theta = self.per_output[cities] * q[Y][..., None] / use
            beyond, theta = theta > MOST, np.minimum(theta, MOST)
            top = theta[..., :3].mean(axis=-1)
            bottom = 1.5 - 0.5 * theta[..., 3]
            moves = np.where(beyond, 0.05 * theta, theta)
            part = moves[..., :3] / 3 / top[..., None]
            waste = 0.5 * moves[..., 3] / bottom
            slope = np.stack([part.sum(axis=-1) + waste, -part[..., 0], -part[..., 2], -waste])
            return np.log(top / bottom), slope

        return score
