"""The size of subsamples: candidates, and the choice of least volatility."""

from __future__ import annotations

import numpy as np

from xinzhi.frontier.result import Array

EXPONENTS = (0.70, 0.74, 0.78, 0.82, 0.86, 0.90)
"""Candidates: m = n^κ with κ from 0.70 to 0.90."""
NEIGHBOURS = 1
"""Candidates on either side whose bounds are compared."""


def subsample_size(n: int, exponent: float) -> int:
    """Return m = n^κ, rounded, at least 2 and fewer than n.

    >>> subsample_size(115, 0.8), subsample_size(30, 0.7)
    (45, 11)
    """
    return int(min(max(round(n**exponent), 2), n - 1))


def least_volatile(low: Array, high: Array) -> int:
    """Choose the candidate whose bounds change least among its neighbours.

    Parameters
    ----------
    low, high
        Shape (candidates, rows): bounds by size of the subsample; rows with infinite or missing
        bounds do not count.

    Returns
    -------
    int
        Position of the candidate.

    References
    ----------
    Politis, D. N., Romano, J. P., Wolf, M. (1999). Subsampling. Springer, algorithm 9.3.3.
    Simar, L., Wilson, P. W. (2011), doi 10.1007/s11123-010-0200-4.

    Examples
    --------
    >>> low = np.array([[0.0], [0.4], [0.5], [0.5], [0.9]])
    >>> least_volatile(low, low + 1.0)
    2
    """
    rows = np.isfinite(low).all(axis=0) & np.isfinite(high).all(axis=0)
    candidates = np.arange(NEIGHBOURS, len(low) - NEIGHBOURS)
    # Nothing to choose by: the middle one.
    if not rows.any():
        return int(candidates[len(candidates) // 2])
    windows = [slice(place - NEIGHBOURS, place + NEIGHBOURS + 1) for place in candidates.tolist()]
    volatility = [
        sum(float(bounds[window][:, rows].std(axis=0, ddof=1).mean()) for bounds in (low, high))
        for window in windows
    ]
    return int(candidates[np.argmin(volatility)])
