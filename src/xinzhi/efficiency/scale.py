"""Scale efficiency and the class of returns to scale of each row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.efficiency.activities import Activities, Label
from xinzhi.efficiency.evaluate import evaluate
from xinzhi.efficiency.measure import MEASURES
from xinzhi.efficiency.options import Options, checked
from xinzhi.efficiency.result import Array

Returns = Literal["constant", "increasing", "decreasing", "unknown"]
EQUAL = 1e-8
"""Scores this near are the same: two certified scores differ by 2e-9 at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """Efficiency of n rows by returns to scale, and what follows from their differences."""

    labels: tuple[Label, ...]
    constant: Array
    """Shape (n,): efficiency under constant returns."""
    variable: Array
    """Shape (n,): pure efficiency, under variable returns."""
    scale: Array
    """Shape (n,): constant / variable."""
    returns: tuple[Returns, ...]
    """Class of each row: what more size would do."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per row, indexed (entity, period)."""
        index = pd.MultiIndex.from_tuples(self.labels, names=["entity", "period"])
        return pd.DataFrame(
            {
                "constant": self.constant,
                "variable": self.variable,
                "scale": self.scale,
                "returns": self.returns,
            },
            index=index,
        )


def scale_efficiency(activities: Activities, *, options: Options, jobs: int = 1) -> Scale:
    """Compare constant, variable and non-increasing returns.

    Scale efficiency = constant / variable. Returns are constant where both agree, increasing where
    the non-increasing frontier agrees with the constant one, else decreasing.

    References
    ----------
    Färe, R., Grosskopf, S., Lovell, C. A. K. (1985). The Measurement of Efficiency of Production,
    doi 10.1007/978-94-015-7721-2.
    """
    options = checked(options)
    efficiency = MEASURES.get(options.measure).traits.efficiency
    constant, variable, lower = (
        efficiency(
            evaluate(
                activities, options=replace(options, returns_to_scale=returns), jobs=jobs
            ).scores,
            options,
        )
        for returns in ("constant", "variable", "non_increasing")
    )
    known = np.isfinite(constant) & np.isfinite(variable) & np.isfinite(lower)
    classes: list[Returns] = [
        _class(c, v, n) if good else "unknown"
        for c, v, n, good in zip(constant, variable, lower, known, strict=True)
    ]
    return Scale(activities.labels, constant, variable, constant / variable, tuple(classes))


def _class(constant: float, variable: float, lower: float) -> Returns:
    if abs(constant - variable) <= EQUAL:
        return "constant"
    return "increasing" if abs(lower - constant) <= EQUAL else "decreasing"
