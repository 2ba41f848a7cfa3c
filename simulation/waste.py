"""Three pollutants whose entropy-weighted index is a wanted one.

The index is Σ_k w_k (z_k + c) with z_k the pollutant between its pooled minimum and maximum, and w
the entropy weights, which depend on the pollutants themselves. With P_k = q_k (W + c0), Σ q_k = 1,
the index is proportional to W when the range of each P_k is as its weight and c0 = Σ min P_k - c Σ
ranges: a fixed point in c0 and in the levels of the shares q, which otherwise are smooth in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulation.smooth import blend, drawn

Array = npt.NDArray[np.float64]

SHIFT = 1e-4
LARGEST = np.array([31_000.0, 262_000.0, 148_000.0])
"""Waste water in 10,000 t; SO2 and dust in t: the largest of all."""
BETWEEN, WITHIN = 0.25, 0.185
"""Spread of the logarithm of a share among cities, and within a city over the years."""
COURSE = np.array([0.2, -1.2, -0.1])
"""How the logarithm of each share moves in the nation from the first year to the last: less and less
SO2, as works were desulphurised."""
STEEP, STEEPEST = 0.5, 0.9
"""Where the logarithm of waste moves by more than the first within a year, works opened or closed with all
that they emit: shares move the less, and from the second on not at all."""
DIGITS = 4
ROUNDS = 3_000
DAMPING = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Waste:
    """Pollutants, shape (rows, 3), and the index that they give."""

    pollutants: Array
    index: Array


def entropy_index(x: Array) -> tuple[Array, Array]:
    """Return the index and its weights: z' = z + c, p = z'/Σz', w ∝ 1 + (1/ln n) Σ p ln p."""
    low, high = x.min(axis=0), x.max(axis=0)
    z = (x - low) / (high - low) + SHIFT
    p = z / z.sum(axis=0)
    entropy = -(p * np.log(p)).sum(axis=0) / np.log(len(x))
    weights = (1 - entropy) / (1 - entropy).sum()
    return z @ weights, weights


def draw_shares(rng: np.random.Generator, waste: Array) -> Array:
    """Draw each pollutant's share of a city's waste before its level, (rows, 3)."""
    found, step = [], np.linspace(0, 1, waste.shape[1])
    for course in COURSE:
        city = BETWEEN * np.clip(rng.normal(size=(len(waste), 1)), -2, 2)
        noise = drawn(rng, len(waste), blend(waste.shape[1], 2.0, 0.2, 0.5))
        nation = course * step
        found.append(steadied(city + nation + WITHIN * np.clip(noise, -2.5, 2.5), waste).ravel())
    return np.asarray(np.exp(np.stack(found, axis=1)))


def steadied(logs: Array, waste: Array) -> Array:
    """Let shares, as logarithms, (cities, years), move less in a year in which waste moves far.

    The mean of a city over the years is kept.

    >>> steadied(np.array([[0.0, 0.2, 0.6]]), np.array([[5.0, 5.0, 1.0]])).round(3).tolist()
    [[0.133, 0.333, 0.333]]
    """
    moved = np.abs(np.diff(np.log(waste), axis=1))
    part = np.clip((STEEPEST - moved) / (STEEPEST - STEEP), 0.0, 1.0)
    found = np.cumsum(np.hstack([logs[:, :1], part * np.diff(logs, axis=1)]), axis=1)
    return np.asarray(found + (logs - found).mean(axis=1, keepdims=True))


def split(rng: np.random.Generator, waste: Array) -> Waste:
    """Split waste, (cities, years), into three pollutants; the index is waste times one constant.

    Raises
    ------
    RuntimeError
        Shares as drawn lead to no fixed point.
    """
    shares, total = draw_shares(rng, waste), waste.ravel()
    level, start = np.ones(3), 0.5 * float(total.min())
    for _ in range(ROUNDS):
        part = shares * level
        part = part / part.sum(axis=1, keepdims=True) * (total + start)[:, None]
        least, reach = part.min(axis=0), np.ptp(part, axis=0)
        weights = entropy_index(part)[1]
        factor = (weights / (reach / reach.sum())) ** DAMPING
        wanted = float(least.sum() - SHIFT * reach.sum())
        if np.abs(factor - 1).max() < 1e-15 and abs(wanted - start) < 1e-14 * total.max():
            break
        level, start = level * factor / factor.mean(), (1 - DAMPING) * start + DAMPING * wanted
    index = entropy_index(part)[0] / total
    if not np.ptp(index) < 1e-9 * index.mean():
        msg = f"the index follows waste only within {np.ptp(index) / index.mean():.1e}"
        raise RuntimeError(msg)
    x = np.round(part / part.max(axis=0) * LARGEST, DIGITS)
    return Waste(x, entropy_index(x)[0])
