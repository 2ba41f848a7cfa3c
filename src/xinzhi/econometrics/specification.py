"""What is regressed on what, and how."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Covariance:
    """How the errors of the estimates are computed."""

    kind: str = "iid"
    """iid | hc1 | cluster | two_way | driscoll_kraay"""
    clusters: tuple[str, ...] = ()
    """One column for `cluster`, two for `two_way`; `entity` and `period` name the keys."""
    lag: int | None = None
    """Lag of Driscoll-Kraay errors."""
    rule: str = "fixest"
    """fixest (= reghdfe) | stata | areg: the small-sample rule."""


@dataclass(frozen=True, slots=True)
class Regression:
    """outcome ~ regressors + controls | effects."""

    outcome: str
    regressors: tuple[str, ...]
    """Variables of interest: refused, not dropped, when they cannot be told from the rest."""
    controls: tuple[str, ...] = ()
    effects: tuple[str, ...] = ("entity", "period")
    """`entity`, `period` or any column; empty for pooled least squares with a constant."""
    covariance: Covariance = Covariance()
    label: str = ""
    singletons: str = "drop"
    """drop | keep: rows that are alone in a level of an effect say nothing about the slopes."""
