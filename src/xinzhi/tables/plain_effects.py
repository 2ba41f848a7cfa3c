"""Slopes, intervals and differences between groups as plain values with stable keys, for results.json."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.permutation import Permutation
from xinzhi.econometrics.resample import Interval
from xinzhi.econometrics.statistic import Inapplicable, Statistic


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
    """Give one slope with its error and p."""
    at = found.position(name)
    return {
        "b": float(found.estimate[at]),
        "se": float(found.std_error[at]),
        "p": float(found.p_value[at]),
        "ci_low": float(found.ci_low[at]),
        "ci_high": float(found.ci_high[at]),
    }


def machine_difference(
    test: Statistic | Inapplicable,
    pairs: Sequence[Permutation | Inapplicable],
    adjusted: float,
) -> dict[str, object]:
    """Give the tests of a difference between groups; `adjusted` is Holm's p over the groupings."""
    return {
        "interaction": {"inapplicable": str(test.reason)}
        if isinstance(test, Inapplicable)
        else {
            "value": test.value,
            "distribution": test.distribution,
            "p": test.p_value,
            "p_holm": adjusted,
        },
        "permutations": [
            {"inapplicable": str(p.reason)}
            if isinstance(p, Inapplicable)
            else {
                "groups": list(p.groups),
                "difference": p.observed,
                "p": p.p_value,
                "draws": len(p.permuted),
                "lost": p.n_lost,
            }
            for p in pairs
        ],
    }
