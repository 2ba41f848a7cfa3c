"""An order of rows in which neighbours are alike, so that they share a basis."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xinzhi.efficiency.kernel.compiled import compiled
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Positions, Technology

Keys = npt.NDArray[np.int64]
BITS = 60
"""Bits of a key, shared by the columns."""


@compiled("void(float64[:, ::1], int64, int64[::1])")
def interleave(levels: Array, bits: int, keys: Keys) -> None:
    """Write the place of each row along a Morton curve: bits of the columns' levels in turn."""
    n, r = levels.shape
    for row in range(n):
        key = 0
        for bit in range(bits - 1, -1, -1):
            for i in range(r):
                key = (key << 1) | ((int(levels[row, i]) >> bit) & 1)
        keys[row] = key


def near_order(technology: Technology, rows: Positions) -> Positions:
    """Order rows so that near ones have near proportions; ties by the canonical order.

    References
    ----------
    Morton, G. M. (1966), A computer oriented geodetic data base. IBM, Ottawa.
    """
    rows = technology.in_order(rows)
    logs = np.log(np.maximum(np.abs(technology.columns[rows]), 1e-300))
    spread = logs.std(axis=0)
    logs -= logs.mean(axis=0)
    logs /= np.where(spread > 0, spread, 1.0)
    bits = BITS // technology.r
    levels = np.clip((logs / 8.0 + 0.5) * 2.0**bits, 0.0, 2.0**bits - 1.0)
    keys = np.empty(len(rows), dtype=np.int64)
    interleave(levels, bits, keys)
    return np.asarray(rows[np.argsort(keys, kind="stable")])
