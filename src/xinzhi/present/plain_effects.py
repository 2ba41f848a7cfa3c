"""Slopes and intervals as plain values with stable keys, for results.json."""

from __future__ import annotations

from xinzhi.regression.estimates import Estimates
from xinzhi.regression.inference import Inapplicable
from xinzhi.regression.resampling.cluster_bootstrap import Interval


def interval(found: Interval | Inapplicable) -> dict[str, object]:
    """Give an interval, or why there is none."""
    if isinstance(found, Inapplicable):
        return {"inapplicable": str(found.reason)}
    return {
        "low": found.low,
        "high": found.high,
        "se": found.std_error,
        "level": found.level,
        "draws": found.n_draws,
        "lost": found.n_lost,
    }


def slope(found: Estimates, name: str) -> dict[str, float]:
    """Give a coefficient with its standard error and p-value."""
    at = found.position(name)
    return {
        "b": float(found.estimate[at]),
        "se": float(found.std_error[at]),
        "p": float(found.p_value[at]),
        "ci_low": float(found.ci_low[at]),
        "ci_high": float(found.ci_high[at]),
    }
