"""How sure a transition matrix is: intervals of its probabilities and of the long run."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

Array = npt.NDArray[np.float64]
LEVEL = 0.95
DRAWS = 9999
PRIOR = 0.5
"""Jeffreys' prior of a row: half a move into each class. It lets what was not seen be possible."""


def wilson(counts: pd.DataFrame, level: float = LEVEL) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bound each probability by Wilson's interval; a class that nobody left has none.

        (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)

    The moves out of a class are taken as independent draws, as in a chain of first order (Anderson
    and Goodman 1957). Unlike p ± z s the interval does not shrink to a point at 0 and 1: of nine
    moves that all stay, it still reaches down to 0.70.

    References
    ----------
    Wilson (1927), doi:10.1080/01621459.1927.10502953; Brown, Cai and DasGupta (2001),
    doi:10.1214/ss/1009213286; Anderson and Goodman (1957), doi:10.1214/aoms/1177707039.

    Examples
    --------
    >>> low, high = wilson(pd.DataFrame([[0, 9]], columns=["low", "high"]))
    >>> round(float(low.iloc[0, 1]), 3), float(high.iloc[0, 1])
    (0.701, 1.0)
    """
    n = counts.sum(axis=1).to_numpy(float)[:, None]
    n[n == 0] = np.nan
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    p = counts.to_numpy(float) / n
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    # exactly 0 and 1 at the ends, where the difference of equal terms leaves rounding
    bounds = (np.where(p == 0, 0.0, centre - half), np.where(p == 1, 1.0, centre + half))
    low, high = (pd.DataFrame(b, index=counts.index, columns=counts.columns) for b in bounds)
    return low, high


def long_run_interval(
    counts: pd.DataFrame, *, seed: int, draws: int = DRAWS, level: float = LEVEL
) -> pd.DataFrame:
    """Bound the long-run shares: quantiles over matrices that agree with the moves.

    Each row is drawn from its Dirichlet posterior, moves + 1/2, and each matrix drawn has one
    stationary distribution. Resampling the entities would not do: a move that was never seen is in
    no resample, so the interval of "everybody ends high" would be a point.

    Returns
    -------
    pandas.DataFrame
        Columns low and high, one row a class.

    References
    ----------
    Jeffreys (1946), doi:10.1098/rspa.1946.0056; Strelioff, Crutchfield and Hübler (2007),
    doi:10.1103/PhysRevE.76.011106.
    """
    shape = counts.to_numpy(float) + PRIOR
    drawn = np.random.default_rng(seed).standard_gamma(shape, (draws, *shape.shape))
    shares = stationary(drawn / drawn.sum(axis=-1, keepdims=True))
    low, high = np.quantile(shares, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return pd.DataFrame({"low": low, "high": high}, index=counts.index)


def stationary(chains: Array) -> Array:
    """Find pi P = pi of each matrix, shape (..., k, k), by elimination without a subtraction.

    References
    ----------
    Grassmann, Taksar and Heyman (1985), doi:10.1287/opre.33.5.1107.

    Examples
    --------
    >>> stationary(np.array([[0.9, 0.1], [0.3, 0.7]])).round(12).tolist()
    [0.75, 0.25]
    """
    left = np.array(chains, dtype=np.float64)
    k = left.shape[-1]
    for last in range(k - 1, 0, -1):
        out = left[..., last, :last].sum(axis=-1)[..., None]
        left[..., :last, last] /= out
        left[..., :last, :last] += left[..., :last, last, None] * left[..., last, None, :last]
    shares = np.ones(left.shape[:-1])
    for at in range(1, k):
        shares[..., at] = (shares[..., :at] * left[..., :at, at]).sum(axis=-1)
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))
