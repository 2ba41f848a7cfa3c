"""Distances from frontiers in two dimensions by convex hulls, in place of linear programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi_frontier.inference.subsampling import FrontierDistances

try:
    from numba import njit
except ImportError:  # the same, slower

    def njit(function: Callable[..., Any]) -> Callable[..., Any]:
        """Leave a function as it is."""
        return function


Array = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]


class HullDistances(FrontierDistances):
    """Distances with one input and one output; under constant returns two inputs are possible."""

    __slots__ = ()

    def __call__(self, evaluated: Positions, reference: Positions, whole: Positions) -> Array:
        """Return what `FrontierDistances` returns."""
        del whole
        x, y = self.activities.inputs, self.activities.good_outputs[:, 0]
        if self.options.returns_to_scale == "constant":
            ratio = x / y[:, None]
            if x.shape[1] == 1:
                return np.asarray(ratio[evaluated, 0] / ratio[reference, 0].min())
            return toward_origin(*lower_hull(*ratio[reference].T), ratio[evaluated])
        a, b = x[:, 0], y
        if self.options.measure == "directional":
            corners = lower_hull(-b[reference], a[reference])
            return along_own(-corners[0], corners[1], a[evaluated], b[evaluated])
        if self.options.orientation == "output":
            least = least_at(*lower_hull(-b[reference], -a[reference], other="more"), -a[evaluated])
            return np.asarray(np.where(np.isfinite(least), -least, 0.0) / b[evaluated])
        least = least_at(*lower_hull(a[reference], b[reference], other="more"), b[evaluated])
        return np.asarray(a[evaluated] / least)


def lower_hull(first: Array, second: Array, *, other: str = "less") -> tuple[Array, Array]:
    """Return the corners where little of `first` goes with little (or `more`) of `second`.

    Sorted by rising `second`.
    """
    sign = 1.0 if other == "more" else -1.0
    # Of equal levels the cheapest comes last, so that it takes the place of the others.
    order = np.lexsort((-first, sign * second))
    corners = _chain(first[order], sign * second[order])
    chosen = order[corners]
    chosen = chosen[np.argsort(second[chosen], kind="stable")]
    return first[chosen], second[chosen]


@njit
def _chain(cost: Array, level: Array) -> Positions:
    """Corners of the convex hull of least cost by rising level, from the least cost of all on."""
    start = 0
    for i in range(len(cost)):
        if cost[i] <= cost[start]:
            start = i
    corners = np.empty(len(cost), np.intp)
    k = 0
    for i in range(start, len(cost)):
        while k >= 2:
            a, b = corners[k - 2], corners[k - 1]
            left = (cost[b] - cost[a]) * (level[i] - level[a])
            right = (cost[i] - cost[a]) * (level[b] - level[a])
            if left >= right:
                k -= 1
            else:
                break
        corners[k] = i
        k += 1
    return corners[:k]


def least_at(cost: Array, level: Array, asked: Array) -> Array:
    """Return the least cost of at least a level; infinite above the highest."""
    found = np.interp(asked, level, cost)
    return np.asarray(np.where(asked > level[-1], np.inf, found))


def toward_origin(first: Array, second: Array, asked: Array) -> Array:
    """Return how many times nearer to the origin the lower left hull lies, by its edges."""
    weights = [(1.0, 0.0), (0.0, 1.0)]
    found = np.minimum(asked[:, 0] / first.min(), asked[:, 1] / second.min())
    rise, run = np.diff(first), np.diff(second)
    for at in range(len(rise)):
        weights = (run[at], -rise[at])
        if weights[0] <= 0 or weights[1] <= 0:
            continue
        height = weights[0] * first[at] + weights[1] * second[at]
        found = np.minimum(found, (asked @ np.array(weights)) / height)
    return np.asarray(found)


def along_own(top: Array, level: Array, x: Array, y: Array) -> Array:
    """Return β with y (1 + β) on the concave hull of `top` over `level` at x (1 - β)."""
    found = np.minimum(top.max() / y - 1.0, 1.0 - level.min() / x)
    rise, run = np.diff(top), np.diff(level)
    for at in range(len(rise)):
        if run[at] <= 0 or rise[at] <= 0:
            continue
        slope = rise[at] / run[at]
        start = top[at] - slope * level[at]
        found = np.minimum(found, (start + slope * x - y) / (y + slope * x))
    return np.asarray(found)
