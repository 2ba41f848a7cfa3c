"""Coordination of several indices, and decoupling of one quantity from another.

References
----------
Coupling coordination: Liao (1999), Tropical Geography 19(2), 171-177; the corrected form: Wang, Kong, Ren, Zhi
and Dai (2021), doi 10.31497/zrzyxb.20210319. Decoupling: Tapio (2005), doi 10.1016/j.tranpol.2005.01.001.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Form = Literal["standard", "ratio"]
CLASSES = (
    "extreme_imbalance",
    "severe_imbalance",
    "moderate_imbalance",
    "mild_imbalance",
    "near_imbalance",
    "bare_coordination",
    "primary_coordination",
    "intermediate_coordination",
    "good_coordination",
    "superior_coordination",
)
"""Classes of the degree of coordination, a tenth each, from low to high (Liao 1999)."""
STATES = (
    "strong_decoupling",
    "weak_decoupling",
    "expansive_coupling",
    "expansive_negative_decoupling",
    "strong_negative_decoupling",
    "weak_negative_decoupling",
    "recessive_coupling",
    "recessive_decoupling",
)
"""States of decoupling (Tapio 2005)."""
LOW, HIGH = 0.8, 1.2
"""Elasticities between which two quantities are coupled."""
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Coordination:
    """Coupling, development and coordination of each row, (n,); NaN where an index is missing."""

    coupling: Floats
    """C, from 0 to 1."""
    development: Floats
    """T, the weighted mean of the indices."""
    degree: Floats
    """D = sqrt(C T)."""


def coordinate(u: Floats, weights: Floats, form: Form = "standard") -> Coordination:
    """Measure how far several indices are developed together.

        standard   C = (U_1 ... U_n)^(1/n) / ((U_1 + ... + U_n) / n)
        ratio      C = sqrt((1 - mean_{i<j} |U_i - U_j|) (prod_i U_i / max U)^(1/(n-1)))

    and T = sum_i a_i U_i, D = sqrt(C T). All lie between 0 and 1. Where all indices are 0, C is not defined.

    Parameters
    ----------
    u
        Indices (rows, n), from 0 to 1.
    weights
        a (n,), summing to 1.
    form
        How C is computed.

    Examples
    --------
    >>> found = coordinate(np.array([[0.4, 0.9]]), np.array([0.5, 0.5]))
    >>> found.coupling.round(4).tolist(), found.degree.round(4).tolist()
    ([0.9231], [0.7746])
    """
    n, largest = u.shape[1], u.max(axis=1)
    # Relative to the largest, so that products of small indices keep their digits.
    relative = u / np.where(largest > 0, largest, np.nan)[:, None]
    product = np.prod(relative, axis=1)
    if form == "standard":
        coupling = product ** (1 / n) / relative.mean(axis=1)
    else:
        gaps = [np.abs(u[:, i] - u[:, j]) for i, j in combinations(range(n), 2)]
        coupling = np.sqrt((1.0 - np.mean(gaps, axis=0)) * product ** (1 / (n - 1)))
    # The geometric mean passes the arithmetic one by rounding only.
    coupling = np.minimum(coupling, 1.0)
    development = u @ weights
    return Coordination(coupling, development, np.sqrt(coupling * development))


def class_places(degree: Floats) -> Places:
    """Give the place in `CLASSES` of each degree, -1 where it is missing: [0, 0.1), …, [0.9, 1].

    >>> class_places(np.array([0.0, 0.1, 0.3, 0.95, 1.0, np.nan])).tolist()
    [0, 1, 3, 9, 9, -1]
    """
    # Sums of tenths, 0.1 + 0.2, must not fall below their bound by rounding.
    places = np.floor(np.nan_to_num(degree) * 10 + ROUNDING).astype(np.int64)
    return np.where(np.isnan(degree), -1, np.clip(places, 0, len(CLASSES) - 1))


def elasticity(start: Floats, end: Floats, by_start: Floats, by_end: Floats) -> Floats:
    """Relate relative changes, e = (Δy / y_0) / (Δx / x_0); NaN where x does not change or a start is 0.

    >>> one = np.array([100.0])
    >>> elasticity(one, np.array([105.0]), one, np.array([110.0])).round(6).tolist()
    [0.5]
    """
    change = _relative(start, end)
    by_change = _relative(by_start, by_end)
    return np.divide(change, by_change, out=np.full_like(change, np.nan), where=by_change != 0)


def _relative(start: Floats, end: Floats) -> Floats:
    return np.divide(end - start, start, out=np.full_like(start, np.nan), where=start != 0)


def state_places(e: Floats, by_grows: npt.NDArray[np.bool_]) -> Places:
    """Give the place in `STATES` of each elasticity, -1 where it is missing.

    Where x grows: strong decoupling e < 0; weak 0 <= e < 0.8; expansive coupling to 1.2; expansive negative
    decoupling above. Where x shrinks: strong negative decoupling e < 0; weak negative 0 <= e < 0.8; recessive
    coupling to 1.2; recessive decoupling above.

    >>> state_places(np.array([-1.0, 0.5, 1.0, 2.0]), np.array([True] * 4)).tolist()
    [0, 1, 2, 3]
    """
    # 0.8 and 1.2 are coupled, also where rounding puts them a last digit outside.
    within = np.where(
        e < 0, 0, np.where(e < LOW - ROUNDING, 1, np.where(e <= HIGH + ROUNDING, 2, 3))
    )
    return np.where(np.isnan(e), -1, within + np.where(by_grows, 0, 4)).astype(np.int64)
