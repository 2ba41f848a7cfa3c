"""Decomposition of the change of a product into the parts of its factors: logarithmic mean Divisia index (LMDI-I).

References
----------
Ang (2005), doi 10.1016/j.enpol.2003.10.010; zeros: Ang and Liu (2007), doi 10.1016/j.enpol.2005.11.001.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
IDENTITY = 1e-6
"""Relative deviation from the product of the factors that is taken for rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Decomposed:
    """Parts of the factors in the change of a total between two dates."""

    additive: Floats
    """Change that goes with each factor, (k,); they sum to the change of the total."""
    multiplicative: Floats
    """Ratio that goes with each factor, (k,); their product is the ratio of the totals. NaN where a total is 0."""
    by_row: Floats
    """Additive parts of each row, (m, k)."""
    with_zero: Flags
    """Rows (m,) whose value is 0 at one date and not at the other."""


def log_mean(a: Floats, b: Floats) -> Floats:
    """Logarithmic mean L(a, b) = (a - b) / (ln a - ln b); L(a, a) = a, L(a, 0) = 0.

    >>> log_mean(np.array([2.0, 3.0, 1.0]), np.array([1.0, 3.0, 0.0])).round(6).tolist()
    [1.442695, 3.0, 0.0]
    """
    positive = (a > 0) & (b > 0)
    one, other = np.where(positive, a, 1.0), np.where(positive, b, 1.0)
    t = np.log(one / other)
    # expm1 keeps the digits of two values that are nearly the same.
    ratio = np.divide(np.expm1(t), t, out=np.ones_like(t), where=t != 0)
    return np.where(positive, other * ratio, 0.0)


def lmdi(y: tuple[Floats, Floats], factors: tuple[Floats, Floats]) -> Decomposed:
    """Decompose the change of a total, sum_i y_i, y_i = c x_i1 ... x_ik, between two dates.

        Δ_k = sum_i L(y_iT, y_i0) ln(x_ikT / x_ik0),    ln D_k = Δ_k / L(sum_i y_iT, sum_i y_i0).

    Both are exact: the Δ_k sum to the change, the D_k multiply to the ratio. A row that is 0 at one date takes the
    limit of small values: its change goes in equal parts to the factors that are 0 at that date.

    Parameters
    ----------
    y
        Values at the first and the last date, (m,), >= 0.
    factors
        Factors at both dates, (m, k), >= 0.

    Examples
    --------
    >>> start, end = np.array([[10.0, 2.0]]), np.array([[20.0, 3.0]])
    >>> found = lmdi((start.prod(axis=1), end.prod(axis=1)), (start, end))
    >>> found.additive.round(4).tolist(), found.multiplicative.round(4).tolist()
    ([25.2372, 14.7628], [2.0, 1.5])
    """
    (y0, y1), (x0, x1) = y, factors
    is_positive = (y0 > 0) & (y1 > 0)
    start, end = (np.where(is_positive[:, None], x, 1.0) for x in (x0, x1))
    by_row = log_mean(y1, y0)[:, None] * np.log(end / start)
    with_zero = (y0 > 0) != (y1 > 0)
    nothing = np.where((y0 > 0)[:, None], x1 == 0, x0 == 0)
    shares = nothing / np.maximum(nothing.sum(axis=1, keepdims=True), 1)
    by_row = np.where(with_zero[:, None], (y1 - y0)[:, None] * shares, by_row)
    additive = by_row.sum(axis=0)
    mean = float(log_mean(y1.sum(keepdims=True), y0.sum(keepdims=True))[0])
    multiplicative = np.exp(additive / mean) if mean > 0 else np.full(len(additive), np.nan)
    return Decomposed(additive, multiplicative, by_row, with_zero)


def deviations(y: Floats, x: Floats) -> Floats:
    """Deviate from y = c x_1 ... x_k, relative to y, c the median ratio; infinite where one side alone is 0.

    >>> deviations(np.array([6.0, 20.0, 0.0]), np.array([[2.0, 3.0], [4.0, 5.0], [0.0, 1.0]])).tolist()
    [0.0, 0.0, 0.0]
    """
    product = x.prod(axis=1)
    both = (product > 0) & (y > 0)
    if not both.any():
        return np.where((product > 0) == (y > 0), 0.0, np.inf)
    c = float(np.median(y[both] / product[both]))
    relative = np.abs(c * product / np.where(both, y, 1.0) - 1.0)
    return np.where(both, relative, np.where((product > 0) == (y > 0), 0.0, np.inf))
