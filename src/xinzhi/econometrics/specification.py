"""What is regressed on what, and how."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Covariance:
    """How the errors of the estimates are computed."""

    kind: str = "iid"
    """iid | hc1 | cluster | two_way | driscoll_kraay; `default` where nobody stated the errors."""
    clusters: tuple[str, ...] = ()
    """One column for `cluster`, two for `two_way`; `entity` and `period` name the keys."""
    lag: int | None = None
    """Lag of Driscoll-Kraay errors."""
    rule: str = "fixest"
    """fixest (= reghdfe) | stata | areg: the small-sample rule."""
    is_default: bool = False
    """Whether nobody stated the errors."""

    @property
    def is_stated(self) -> bool:
        """Whether the kind of errors does not wait for the data."""
        return self.kind != "default"


LEAST_SQUARES = "least_squares"
DEFAULT = Covariance("default", is_default=True)
"""Clusters of entities in a panel, independent errors elsewhere: see `default_errors`."""


@dataclass(frozen=True, slots=True)
class Regression:
    """outcome ~ regressors + controls | effects."""

    outcome: str
    regressors: tuple[str, ...]
    """Variables of interest: refused, not dropped, when they cannot be told from the rest."""
    controls: tuple[str, ...] = ()
    effects: tuple[str, ...] = ("entity", "period")
    """`entity`, `period` or any column; empty for pooled least squares with a constant."""
    covariance: Covariance = DEFAULT
    label: str = ""
    singletons: str = "drop"
    """drop | keep: rows that are alone in a level of an effect say nothing about the slopes."""
    estimator: str = LEAST_SQUARES
    """least_squares | fractional_logit | random_effects: a name in `fit.ESTIMATORS`."""
