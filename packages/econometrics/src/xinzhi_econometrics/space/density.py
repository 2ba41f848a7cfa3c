"""Kernel densities of a score: their bandwidths, and what papers read from the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import MethodError, Problem
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.wording import message

Array = npt.NDArray[np.float64]
Kernel = Literal["gaussian", "epanechnikov"]
BandwidthRule = Literal["silverman", "normal_reference"]
FEWEST = 10
"""Values below which a density says more about its bandwidth than about them."""
POINTS = 201
"""Points of a grid that is not given."""
REACH = 3.0
"""Bandwidths by which such a grid reaches beyond the smallest and the largest value."""
FLAT = 1e-3
"""Share of the highest value by which a mode must rise above the trough beside it."""


@dataclass(frozen=True, slots=True, eq=False)
class Density(InNotebook):
    """Kernel density of one sample."""

    curve: pd.Series
    """Density over the grid; its unit is one over that of the values."""
    bandwidth: float
    """In the unit of the values."""
    n: int
    mode: float
    """Place of the highest point of the grid."""
    height: float
    """Density there."""
    n_modes: int
    """Modes on the grid that rise above their troughs."""
    mass: float
    """Area under the curve on the grid; 1 where it holds nearly everything."""


def bandwidth(values: Array, rule: BandwidthRule) -> float:
    """Choose a bandwidth by a rule of thumb.

        silverman:         h = 0.9 min(s, IQR / 1.34) n^(-1/5)   (nrd0 of R)
        normal_reference:  h = 1.06 s n^(-1/5)

    s divides by n - 1; the quartiles are those of linear interpolation. Where the quartiles coincide,
    s alone is used.

    Raises
    ------
    MethodError
        There are fewer than 10 values, or they are all the same.
    """
    n, s = len(values), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    if n < FEWEST:
        text = message(
            "A density needs ten values, and there are {n}.",
            one="A density needs ten values, and there is {n}.",
            n=n,
        )
        raise MethodError(Problem("density.few", text, remedy=message("join groups or dates.")))
    if not s > 0 or values.min() == values.max():
        text = message("All values are the same, so a density cannot be estimated.")
        raise MethodError(Problem("density.constant", text, remedy=message("name another column.")))
    if rule == "normal_reference":
        return float(1.06 * s * n**-0.2)
    low, high = np.quantile(values, [0.25, 0.75])
    spread = min(s, float(high - low) / 1.34) or s
    return float(0.9 * spread * n**-0.2)


def density(
    values: Array,
    *,
    rule: BandwidthRule = "silverman",
    kernel: Kernel = "gaussian",
    grid: Sequence[float] = (),
) -> Density:
    """Estimate a kernel density, f(g) = 1 / (n h) sum_i K((g - x_i) / h).

    K is the normal density, or Epanechnikov's (3/4)(1 - u^2) within one bandwidth of u = 0; Stata scales
    the latter by the square root of 5.

    Parameters
    ----------
    values
        Shape (n,), finite.
    rule, kernel
        Of the bandwidth, and its weight.
    grid
        Places at which the density is given; 201 from 3 bandwidths below the smallest to 3 above the
        largest value if empty.

    Raises
    ------
    MethodError
        There are fewer than 10 values, or they are all the same.

    References
    ----------
    Silverman, B. W. (1986), Density Estimation for Statistics and Data Analysis, equations 3.28 and 3.31.

    Examples
    --------
    >>> found = density(np.arange(10.0), grid=[4.5])
    >>> round(found.bandwidth, 4), round(float(found.curve.iloc[0]), 4)
    (1.7193, 0.0997)
    """
    h = bandwidth(values, rule)
    places = (
        np.asarray(grid, dtype=np.float64)
        if len(grid)
        else np.linspace(values.min() - REACH * h, values.max() + REACH * h, POINTS)
    )
    u = (places[:, None] - values) / h
    if kernel == "gaussian":
        weights = np.exp(-0.5 * u**2) / np.sqrt(2.0 * np.pi)
    else:
        weights = np.where(np.abs(u) < 1.0, 0.75 * (1.0 - u**2), 0.0)
    heights = weights.sum(axis=1) / (len(values) * h)
    highest = int(heights.argmax())
    return Density(
        pd.Series(heights, index=pd.Index(places, name="place"), name="density"),
        h,
        len(values),
        float(places[highest]),
        float(heights[highest]),
        count_modes(heights),
        float(np.trapezoid(heights, places)) if len(places) > 1 else float("nan"),
    )


def count_modes(heights: Array) -> int:
    """Count the peaks that rise above the troughs on both sides by a thousandth of the highest.

    >>> count_modes(np.array([0.0, 1.0, 0.2, 0.8, 0.0])), count_modes(np.array([0.0, 1.0, 0.99999, 1.0, 0.0]))
    (2, 1)
    """
    least = FLAT * float(heights.max())
    modes, rising, turn = 0, True, float(heights[0])
    for height in map(float, heights[1:]):
        if rising:
            if height >= turn:
                turn = height
            elif turn - height > least:
                modes, rising, turn = modes + 1, False, height
        elif height <= turn:
            turn = height
        elif height - turn > least:
            rising, turn = True, height
    return modes + rising  # a peak at the end of the grid has no trough after it
