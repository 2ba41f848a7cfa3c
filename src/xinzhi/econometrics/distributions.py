"""Tails and quantiles of the usual distributions, exact to rounding and quick on small arrays."""

from __future__ import annotations

import numpy as np
from scipy import special

from xinzhi.econometrics.grouping import Array


def t_tails(statistic: Array, df: float) -> Array:
    """Two-sided p-values P(|t| > |statistic|).

    >>> round(float(t_tails(np.array([2.0]), 10)[0]), 6)
    0.073388
    """
    return np.asarray(2 * special.stdtr(df, -np.abs(statistic)), dtype=np.float64)


def t_quantile(probability: float, df: float) -> float:
    """Quantile of Student's t."""
    return float(special.stdtrit(df, probability))


def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal."""
    return float(special.ndtri(probability))


def f_tail(statistic: float, df1: float, df2: float) -> float:
    """P(F > statistic)."""
    return float(special.fdtrc(df1, df2, statistic)) if np.isfinite(statistic) else float("nan")


def chi2_tail(statistic: float, df: float) -> float:
    """P(chi² > statistic)."""
    return float(special.chdtrc(df, statistic)) if np.isfinite(statistic) else float("nan")


def normal_tails(statistic: float) -> float:
    """Two-sided p-value P(|z| > |statistic|)."""
    return float(2 * special.ndtr(-abs(statistic)))
