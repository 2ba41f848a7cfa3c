"""The same estimates with other standard errors: those that the study declares, and the default ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pandas as pd

from xinzhi.errors import StudyError
from xinzhi.panel.panel import ENTITY
from xinzhi.regression.specification import (
    DEFAULT,
    Covariance,
    Regression,
    with_errors,
    with_other_errors,
)

T = TypeVar("T")


def estimate_again(
    frame: pd.DataFrame,
    regression: Regression,
    declared: Covariance,
    estimate: Callable[[Regression], T],
) -> tuple[T | None, T | None]:
    """Estimate with the declared errors, and with the default ones, each where it would change the errors.

    None stands for errors that are the same, and for those that the data do not allow.
    """
    judged = with_other_errors(frame, regression, declared)
    default = with_other_errors(frame, judged or regression, DEFAULT)
    # Outside of a panel the default has no clusters, and there is nothing to compare with.
    if default is not None and with_errors(frame, default).covariance.kind != "cluster":
        default = None
    return _attempt(judged, estimate), _attempt(default, estimate)


def _attempt(regression: Regression | None, estimate: Callable[[Regression], T]) -> T | None:
    if regression is None:
        return None
    try:
        return estimate(regression)
    except StudyError:  # The errors need more clusters than there are.
        return None


def same_draws(regression: Regression, other: Regression) -> bool:
    """Whether a bootstrap draws the same clusters for both: those of the errors, else entities."""
    first, second = ((*each.covariance.clusters, ENTITY)[0] for each in (regression, other))
    return first == second
