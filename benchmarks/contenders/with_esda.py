"""esda (PySAL): Moran's I, local Moran's I and G* with permutations, on one thread."""

from __future__ import annotations

from functools import cache

import esda
import libpysal
import pandas as pd
from data import lattice_neighbours


@cache
def _weights(n: int) -> libpysal.weights.W:
    return libpysal.weights.W(lattice_neighbours(n), silence_warnings=True)


def moran_999(values: pd.Series) -> dict[str, list[float]]:
    """Compute Moran's I."""
    found = esda.Moran(values.to_numpy(), _weights(len(values)), permutations=999)
    return {"statistic": [float(found.I)]}


def local_999(values: pd.Series) -> dict[str, list[float]]:
    """Compute local Moran's I."""
    return _local(values, 999)


def local_9999(values: pd.Series) -> dict[str, list[float]]:
    """Compute local Moran's I."""
    return _local(values, 9999)


def hot_999(values: pd.Series) -> dict[str, list[float]]:
    """Compute G*."""
    weights = _weights(len(values))
    found = esda.G_Local(
        values.to_numpy(), weights, transform="B", star=True, permutations=999, n_jobs=1, seed=1
    )
    return {"statistic": found.Zs.tolist()}


def _local(values: pd.Series, permutations: int) -> dict[str, list[float]]:
    weights, n = _weights(len(values)), len(values)
    found = esda.Moran_Local(
        values.to_numpy(), weights, permutations=permutations, n_jobs=1, seed=1
    )
    return {"statistic": (found.Is * n / (n - 1)).tolist()}  # esda divides by n - 1
