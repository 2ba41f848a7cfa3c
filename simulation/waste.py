"""Three pollutants whose entropy-weighted index is a wanted one.

The index is Σ_k w_k (z_k + c) with z_k the pollutant between its pooled minimum and maximum, and w
the entropy weights, which depend on the pollutants themselves: a fixed point in w.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

SHIFT = 1e-4
LOWEST = np.array([12.0, 95.0, 60.0])
RANGE = np.array([31_000.0, 262_000.0, 148_000.0])
"""Waste water in 10,000 t; SO2 and dust in t."""
DIGITS = 4
LEAST_PEAK = 0.45
"""Each pollutant needs a row in which it can be the largest of all."""
ROUNDS = 400


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


def split(rng: np.random.Generator, waste: Array) -> Waste:
    """Split waste per row into three pollutants; the index is waste times one constant.

    Parameters
    ----------
    waste
        Wanted index up to a constant factor, shape (rows,), positive.
    """
    order = np.argsort(waste)
    peaks = order[-3:][::-1]
    share = rng.dirichlet(np.array([8.0, 9.0, 7.0]), len(waste))
    scale = (1 - SHIFT) * 0.97 / waste[peaks[0]]
    weights = np.full(3, 1 / 3)
    if waste.min() * scale < 2 * SHIFT or waste[peaks[-1]] * scale < LEAST_PEAK:
        msg = "such waste cannot be split: its smallest or third largest row is too small"
        raise ValueError(msg)
    for _ in range(ROUNDS):
        z = _standard(waste * scale - SHIFT, share, weights, peaks, order[:3])
        found = entropy_index(LOWEST + RANGE * z)[1]
        if np.abs(found - weights).max() < 1e-15:
            break
        weights = found
    x = np.round(LOWEST + RANGE * z, DIGITS)
    return Waste(x, entropy_index(x)[0])


def _standard(
    total: Array,
    share: Array,
    weights: Array,
    peaks: npt.NDArray[np.int64],
    lows: npt.NDArray[np.int64],
) -> Array:
    """Return z with Σ w z = total, each column between 0 and 1 and reaching both."""
    part = share * total[:, None]
    for k, row in enumerate(lows):
        part[row] = _without(part[row], k)
    part = _capped(part, weights)
    for k, row in enumerate(peaks):
        rest = total[row] - weights[k]
        others = np.arange(3) != k
        part[row] = np.where(others, rest * weights / weights[others].sum(), weights[k])
    return np.asarray(part / weights)


def _without(part: Array, k: int) -> Array:
    """Hand a pollutant's part to the others."""
    others = np.arange(3) != k
    spread = part + part[k] * np.where(others, part, 0) / part[others].sum()
    return np.where(others, spread, 0.0)


def _capped(part: Array, weights: Array) -> Array:
    """Keep each part below its weight; what lies above goes to the room that is left."""
    roof = 0.98 * weights
    for _ in range(60):
        over = np.maximum(part - roof, 0).sum(axis=1, keepdims=True)
        part = np.minimum(part, roof)
        room = roof - part
        part = part + over * room / np.maximum(room.sum(axis=1, keepdims=True), 1e-300)
    return part
