"""Tail probabilities, Wald tests, and test statistics; a test that is not defined has a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import numpy as np
import scipy

from xinzhi_core.wording import Wording
from xinzhi_econometrics.least_squares import Array

LEVEL = 0.95
"""Level of the intervals."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """A test with its null hypothesis in words."""

    name: str
    null: Wording
    value: float
    distribution: str
    """Such as `F(19, 169)` or `chi2(2)`."""
    p_value: float
    """Not a number where the value cannot be judged; `remark` says why."""
    remark: Wording = ""


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """A test that does not exist for this model, and why."""

    name: str
    reason: Wording


def t_tails(statistic: Array, df: float | Array) -> Array:
    """Two-sided p-values P(|t| > |statistic|); degrees of freedom are common, or one for each.

    >>> round(float(t_tails(np.array([2.0]), 10)[0]), 6)
    0.073388
    """
    return np.asarray(2 * scipy.special.stdtr(df, -np.abs(statistic)), dtype=np.float64)


@overload
def t_quantile(probability: float, df: float) -> float: ...
@overload
def t_quantile(probability: float, df: Array) -> Array: ...
def t_quantile(probability: float, df: float | Array) -> float | Array:
    """Quantile of Student's t, or of the standard normal without finite degrees of freedom.

    >>> round(t_quantile(0.975, 10.0), 4), t_quantile(0.975, np.array([10.0, np.inf])).round(4).tolist()
    (2.2281, [2.2281, 1.96])
    """
    normal = scipy.special.ndtri(probability)
    if isinstance(df, np.ndarray):
        return np.where(np.isposinf(df), normal, scipy.special.stdtrit(df, probability))
    return float(scipy.special.stdtrit(df, probability) if np.isfinite(df) else normal)


def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal."""
    return float(scipy.special.ndtri(probability))


def f_tail(statistic: float, df1: float, df2: float) -> float:
    """P(F > statistic)."""
    return (
        float(scipy.special.fdtrc(df1, df2, statistic)) if np.isfinite(statistic) else float("nan")
    )


def chi2_tail(statistic: float, df: float) -> float:
    """P(chi² > statistic)."""
    return float(scipy.special.chdtrc(df, statistic)) if np.isfinite(statistic) else float("nan")


def normal_tails(statistic: float) -> float:
    """Two-sided p-value P(|z| > |statistic|)."""
    return float(2 * scipy.special.ndtr(-abs(statistic)))


SINGULAR = 1e-12
"""Smallest eigenvalue of the correlation of the slopes, relative to the largest."""


def wald(slopes: Array, vcov: Array) -> float:
    """Return b'V⁻¹b / k, NaN where V does not have full rank, as with G-1 < k clusters.

    >>> wald(np.array([1.0, 2.0]), np.diag([1.0, 4.0]))
    1.0
    """
    # On the correlation scale, so that the rank does not depend on the units of the regressors.
    scale = np.sqrt(np.maximum(np.diag(vcov), 0.0))
    # Also where V is not a number, as for a slope without a standard error: the joint test is undefined.
    if not np.all(scale > 0.0):
        return float("nan")
    values, vectors = np.linalg.eigh(vcov / np.outer(scale, scale))
    if values[0] <= SINGULAR * values[-1]:
        return float("nan")
    along = vectors.T @ (slopes / scale)
    return float(along @ (along / values)) / len(slopes)


@dataclass(frozen=True, slots=True, eq=False)
class Tests:
    """Standard errors, t statistics, two-sided p-values and intervals of coefficients."""

    std_error: Array
    statistic: Array
    p_value: Array
    ci_low: Array
    ci_high: Array


def t_tests(
    slopes: Array, vcov: Array, df: int, *, level: float = LEVEL, is_perfect: bool = False
) -> Tests:
    """Test each coefficient against 0 by t(df); a perfect fit leaves nothing to test with.

    An interval of this level leaves out 0 exactly where p is below 1 - level.
    """
    # Rounding may leave a variance of 0 slightly negative; NaN passes through `maximum`.
    std_error = np.sqrt(np.maximum(np.diag(vcov), 0.0))
    testable = (std_error > 0.0) & (not is_perfect)
    statistic = np.full_like(slopes, np.nan)
    np.divide(slopes, std_error, out=statistic, where=testable)
    half = t_quantile(0.5 + level / 2, df) * std_error
    return Tests(std_error, statistic, t_tails(statistic, df), slopes - half, slopes + half)
