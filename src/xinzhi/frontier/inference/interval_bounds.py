"""Bounds of intervals from the distances of rows in subsamples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from xinzhi.frontier.options import Options
from xinzhi.frontier.result import Array

Scale = Literal["distance", "efficiency"]
"""Where differences are taken: 1/θ, φ or β; or θ (1/φ) of a radial measure."""


@dataclass(frozen=True, slots=True, eq=False)
class IntervalBounds:
    """Lower and upper bounds, shape (..., n); infinite where there is no bound."""

    low: Array
    high: Array


def bounds_of(
    estimate: Array, drawn: Array, share: Array, *, scale: Scale, level: float
) -> IntervalBounds:
    """Find the bounds of the true distance of each row, or of its efficiency.

    Parameters
    ----------
    estimate
        Shape (n,): distances from the frontier of the whole sample.
    drawn
        Shape (draws, n): distances from the frontiers of the subsamples.
    share
        Shape (n,): (m/n)^r.
    scale
        `efficiency` takes the differences of 1/δ.

    Returns
    -------
    Bounds
        On the scale of the differences.

    Examples
    --------
    >>> drawn = np.array([[1.0], [1.0], [1.2], [1.4]])
    >>> bounds = bounds_of(np.array([1.4]), drawn, np.array([0.5]), scale="distance", level=0.9)
    >>> bounds.low.tolist(), bounds.high.round(9).tolist()
    ([1.4], [1.8])
    """
    if scale == "efficiency":
        estimate, drawn = _reciprocal(estimate), _reciprocal(drawn)
    least, most = _order_statistics(drawn, (1.0 - level) / 2.0)
    # Kneip, Simar and Wilson multiply by the share alone; 1 - share takes the error of the estimate
    # itself out of the differences (decision 0013).
    factor = share / (1.0 - share)
    with np.errstate(invalid="ignore"):
        return IntervalBounds(
            estimate + factor * (estimate - most), estimate + factor * (estimate - least)
        )


def in_score_units(bounds: IntervalBounds, options: Options, scale: Scale) -> IntervalBounds:
    """Express bounds in the units of the score: θ, φ or β.

    An efficiency is not below 0, a distance along own inputs not above 1.
    """
    low, high = bounds.low, bounds.high
    if options.measure != "radial":
        moves_inputs = options.direction in (None, "own") and options.orientation != "output"
        return IntervalBounds(low, np.minimum(high, 1.0) if moves_inputs else high)
    if scale == "efficiency":
        low = np.maximum(low, 0.0)
    if (scale == "efficiency") != (options.orientation == "output"):
        return IntervalBounds(low, high)
    # A reciprocal turns the order around.
    return IntervalBounds(_reciprocal(high), _reciprocal(low))


def _order_statistics(drawn: Array, tail: float) -> tuple[Array, Array]:
    """Return the quantiles `tail` and 1 - `tail` of each column over its known draws, outwards.

    They are order statistics: between a finite and an infinite draw nothing can be interpolated.
    NaN where no draw is known.
    """
    inner = np.sort(drawn, axis=0)  # NaN come last
    last = np.maximum((~np.isnan(drawn)).sum(axis=0) - 1, 0)
    columns = np.arange(drawn.shape[1])
    least = inner[np.floor(tail * last).astype(np.intp), columns]
    most = inner[np.ceil((1.0 - tail) * last).astype(np.intp), columns]
    return least, most


def _reciprocal(values: Array) -> Array:
    """Return 1/v, infinite where v is 0, and 0 where v is infinite."""
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / values)
