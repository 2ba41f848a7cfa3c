"""Effects of regressions, as the pathways of cities read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np

from xinzhi.regression.estimates import Estimates
from xinzhi.regression.grouping import Array
from xinzhi.regression.inference import t_quantile, t_tails
from xinzhi.regression.instruments.confidence_set import ends_of
from xinzhi.regression.verdict import LEVEL


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect along a path, as the pathways of cities read it."""

    links: tuple[str, ...]
    """Variables from the factor to the outcome."""
    estimate: float
    std_error: float
    """Of the test that judges, as p and df: what intervals at any level are computed from."""
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

    Its variance is V11 + 2 w V13 + w² V33. Where CR2 judges, p-values and intervals have the variance of
    `judging`, and degrees of freedom that change with w.
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
    judging: JudgedLine | None = None

    def at(self, w: Array | float) -> tuple[Any, Any, Any]:
        """Give effects, standard errors and p-values at values of the moderator, as in the regression.

        Errors are those of the declared rule, p-values those of the test that judges.

        >>> slope = ConditionalSlope(("x", "y"), "w", 1.0, 0.5, 0.04, -0.01, 0.01, 100.0, 110)
        >>> [round(float(number), 4) for number in slope.at(2.0)]
        [2.0, 0.2, 0.0]
        """
        effect = self.b1 + self.b3 * w
        judging, df = self._judging(w)
        # Rounding can make a variance of almost 0 negative: then there is no error and no p-value.
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(self.v11 + 2 * w * self.v13 + w**2 * self.v33)
            statistic = np.where(judging > 0, effect / judging, np.nan)
        return effect, error, t_tails(statistic, df)

    def reach(self, w: Array | float, level: float) -> Any:
        """Give half the width of the interval of confidence 1 - level at values of the moderator.

        >>> slope = ConditionalSlope(("x", "y"), "w", 1.0, 0.5, 0.04, -0.01, 0.01, float("inf"), 110)
        >>> round(float(slope.reach(2.0, 0.05)), 4)
        0.392
        """
        error, df = self._judging(w)
        return -t_quantile(level / 2, df) * error

    def statistic(self, w: Array | float) -> tuple[Any, Any]:
        """Give t and its degrees of freedom at values of the moderator, by the test that judges.

        >>> slope = ConditionalSlope(("x", "y"), "w", 1.0, 0.5, 0.04, -0.01, 0.01, 100.0, 110)
        >>> [round(float(number), 4) for number in slope.statistic(2.0)]
        [10.0, 100.0]
        """
        error, df = self._judging(w)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(error > 0, (self.b1 + self.b3 * w) / error, np.nan), df

    def _judging(self, w: Array | float) -> tuple[Any, Any]:
        """Give standard errors and degrees of freedom of the test that judges."""
        if self.judging is not None:
            return self.judging.at(w)
        with np.errstate(invalid="ignore"):
            return np.sqrt(self.v11 + 2 * w * self.v13 + w**2 * self.v33), self.df


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """CR2 variance and Satterthwaite's degrees of freedom of b1 + b3 w as functions of w."""

    v: tuple[float, float, float]
    """V11, V13, V33."""
    top: tuple[float, ...]
    bottom: tuple[float, ...]
    """df = top(w)² / bottom(w), polynomials of degree 2 and 4, from the constant upwards."""

    def at(self, w: Array | float) -> tuple[Any, Any]:
        """Give standard errors and degrees of freedom at values of the moderator."""
        v11, v13, v33 = self.v
        evaluate = np.polynomial.polynomial.polyval
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(v11 + 2 * w * v13 + np.square(w) * v33)
            return error, evaluate(w, self.top) ** 2 / evaluate(w, self.bottom)


@dataclass(frozen=True, slots=True)
class Arrow:
    """An effect of one variable on another, as a diagram of a mechanism draws it."""

    source: str
    target: str
    estimate: float
    p_value: float


def slopes(
    estimates: Estimates, *, grouping: str = "", group: str = "", level: float = LEVEL
) -> Iterator[Effect]:
    """List the effects of the variables of interest on the outcome, on the scale of the outcome."""
    asked = estimates.regression
    for name in asked.regressors:
        if name in estimates.on_outcome.names:
            yield slope_effect(
                estimates,
                name,
                (name, asked.outcome),
                grouping=grouping,
                group=group,
                level=level,
            )


def slope_effect(
    estimates: Estimates,
    name: str,
    links: tuple[str, ...],
    *,
    grouping: str = "",
    group: str = "",
    moderator: str = "",
    level: float = LEVEL,
) -> Effect:
    """Take one slope as the effect along a path; `level` is that of the set of weak instruments."""
    reported = estimates.on_outcome
    position = reported.names.index(name)
    is_set = reported.judge[position] == "anderson_rubin"
    low, high = ends_of(reported.set_at(name, 1 - level)) if is_set else (nan, nan)
    return Effect(
        links,
        float(reported.estimate[position]),
        float(reported.errors[position]),
        float(reported.p_value[position]),
        estimates.n,
        float(reported.df[position]),
        grouping=grouping,
        group=group,
        moderator=moderator,
        low=low,
        high=high,
    )
