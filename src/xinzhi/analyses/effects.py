"""Effects of regressions, as the pathways of cities read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from xinzhi.regression.estimates import Estimates
from xinzhi.regression.grouping import Array
from xinzhi.regression.inference import t_tails


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect along a path, as the pathways of cities read it."""

    links: tuple[str, ...]
    """Variables from the factor to the outcome."""
    estimate: float
    std_error: float
    p_value: float
    n: int
    df: float = float("nan")
    grouping: str = ""
    group: str = ""
    moderator: str = ""
    test: str = ""
    """Of a difference between groups: interaction or permutation."""
    low: float = float("nan")
    high: float = float("nan")
    """Interval of the test that judges it; by the standard error where there is none."""

    @property
    def is_mediated(self) -> bool:
        """Whether a mediator stands between factor and outcome."""
        return len(self.links) > 2


@dataclass(frozen=True, slots=True)
class ConditionalSlope:
    """The effect along a path at each value w of a moderator: b1 + b3 w, both of one model.

    Its variance is V11 + 2 w V13 + w² V33.
    """

    links: tuple[str, ...]
    moderator: str
    b1: float
    b3: float
    v11: float
    v13: float
    v33: float
    df: float
    n: int

    def at(self, w: Array | float) -> tuple[Any, Any, Any]:
        """Give effects, standard errors and p-values at values of the moderator, as in the regression.

        >>> slope = ConditionalSlope(("x", "y"), "w", 1.0, 0.5, 0.04, -0.01, 0.01, 100.0, 110)
        >>> [round(float(number), 4) for number in slope.at(2.0)]
        [2.0, 0.2, 0.0]
        """
        effect = self.b1 + self.b3 * w
        # Rounding can make a variance of almost 0 negative: then there is no error and no p-value.
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(self.v11 + 2 * w * self.v13 + w**2 * self.v33)
            statistic = np.where(error > 0, effect / error, np.nan)
        return effect, error, t_tails(statistic, self.df)


@dataclass(frozen=True, slots=True)
class Arrow:
    """An effect of one variable on another, as a diagram of a mechanism draws it."""

    source: str
    target: str
    estimate: float
    p_value: float


def slopes(estimates: Estimates, *, grouping: str = "", group: str = "") -> Iterator[Effect]:
    """List the effects of the variables of interest on the outcome, on the scale of the outcome."""
    asked = estimates.regression
    for name in asked.regressors:
        if name in estimates.on_outcome.names:
            yield slope_effect(
                estimates, name, (name, asked.outcome), grouping=grouping, group=group
            )


def slope_effect(
    estimates: Estimates,
    name: str,
    links: tuple[str, ...],
    *,
    grouping: str = "",
    group: str = "",
    moderator: str = "",
) -> Effect:
    """Take one slope as the effect along a path."""
    reported = estimates.on_outcome
    position = reported.names.index(name)
    return Effect(
        links,
        float(reported.estimate[position]),
        float(reported.std_error[position]),
        float(reported.p_value[position]),
        estimates.n,
        estimates.covariance.df,
        grouping=grouping,
        group=group,
        moderator=moderator,
    )
