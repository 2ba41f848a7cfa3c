"""The same estimates with other standard errors: those that the study declares, and the default ones."""

from __future__ import annotations

import pandas as pd

from xinzhi.panel.panel import ENTITY
from xinzhi.regression.specification import (
    DEFAULT,
    Covariance,
    Regression,
    with_errors,
    with_other_errors,
)


def other_errors(
    frame: pd.DataFrame, regression: Regression, declared: Covariance
) -> tuple[Regression | None, Regression | None]:
    """Give a regression the declared errors where it has others, and the default ones where it is judged by others.

    Outside of a panel the default is no cluster, and there is nothing to set beside.
    """
    judged = with_other_errors(frame, regression, declared)
    default = with_other_errors(frame, judged or regression, DEFAULT)
    if default is not None and with_errors(frame, default).covariance.kind != "cluster":
        default = None
    return judged, default


def same_draws(one: Regression, other: Regression) -> bool:
    """Whether a bootstrap draws the same clusters for both: those of the errors, else entities."""
    first, second = ((*asked.covariance.clusters, ENTITY)[0] for asked in (one, other))
    return first == second
