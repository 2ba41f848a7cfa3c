"""Slopes and intervals as plain values with stable keys, for results.json."""

from __future__ import annotations

from xinzhi.present.regression.fitted import machine_judge
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.inference import Inapplicable
from xinzhi_econometrics.resampling.cluster_bootstrap import BootstrapInterval


def interval(bounds: BootstrapInterval | Inapplicable) -> dict[str, object]:
    """Give an interval, or why there is none."""
    if isinstance(bounds, Inapplicable):
        return {"inapplicable": str(bounds.reason)}
    return {
        "low": bounds.low,
        "high": bounds.high,
        "se": bounds.std_error,
        "p": bounds.p_value,
        "level": bounds.level,
        "draws": bounds.n_draws,
        "lost": bounds.n_lost,
    }


def slope(estimates: Estimates, name: str) -> dict[str, object]:
    """Give a coefficient with its standard error, its p-value, and which test that is of."""
    position = estimates.position(name)
    return {
        "b": float(estimates.estimate[position]),
        "se": float(estimates.std_error[position]),
        "p": float(estimates.p_value[position]),
        "ci_low": float(estimates.ci_low[position]),
        "ci_high": float(estimates.ci_high[position]),
        **machine_judge(estimates, name),
    }
