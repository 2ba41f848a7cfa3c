"""Wald's statistic, and where it does not exist."""

from __future__ import annotations

import numpy as np

from xinzhi.econometrics.grouping import Array

SINGULAR = 1e-12
"""Smallest eigenvalue of the correlation of the slopes, relative to the largest."""


def wald(slopes: Array, vcov: Array) -> float:
    """Form b'V⁻¹b / k; not a number where V has not full rank, as with G-1 < k clusters.

    >>> wald(np.array([1.0, 2.0]), np.diag([1.0, 4.0]))
    1.0
    """
    scale = np.sqrt(np.maximum(np.diag(vcov), 0.0))
    if not np.all(scale > 0.0):
        return float("nan")
    values, vectors = np.linalg.eigh(vcov / np.outer(scale, scale))
    if values[0] <= SINGULAR * values[-1]:
        return float("nan")
    along = vectors.T @ (slopes / scale)
    return float(along @ (along / values)) / len(slopes)
