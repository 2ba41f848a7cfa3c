"""Noise that is smooth in time: yearbooks bend, they do not jump."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def gaussian(n: int, width: float) -> Array:
    """Return the correlation exp(-(s-t)²/2 width²) of n years.

    >>> gaussian(2, 1.0).round(3).tolist()
    [[1.0, 0.607], [0.607, 1.0]]
    """
    step = np.arange(n)
    return np.asarray(np.exp(-0.5 * ((step[:, None] - step[None, :]) / width) ** 2))


def lagging(n: int, rho: float) -> Array:
    """Return the correlation ρ^|s-t| of n years."""
    step = np.arange(n)
    return np.asarray(rho ** np.abs(step[:, None] - step[None, :]))


def blend(n: int, width: float, share: float, rho: float) -> Array:
    """Return a correlation that is smooth but for a share of autoregressive noise."""
    return (1 - share) * gaussian(n, width) + share * lagging(n, rho)


def drawn(rng: np.random.Generator, n_cities: int, correlation: Array) -> Array:
    """Draw a path of standard deviation 1 for each city."""
    n = len(correlation)
    root = np.linalg.cholesky(correlation + 1e-9 * np.eye(n))
    return np.asarray(rng.normal(size=(n_cities, n)) @ root.T)


def bump(n: int, at: int, width: float) -> Array:
    """Return a hump of height 1 around one year."""
    return np.asarray(np.exp(-0.5 * ((np.arange(n) - at) / width) ** 2))


def autoregressive(rng: np.random.Generator, shape: tuple[int, ...], rho: float) -> Array:
    """Draw noise of standard deviation 1 with correlation rho from year to year."""
    found = rng.normal(size=shape)
    for t in range(1, shape[1]):
        found[:, t] = rho * found[:, t - 1] + np.sqrt(1 - rho**2) * found[:, t]
    return found
