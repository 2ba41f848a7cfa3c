"""The dose of a tool: the level from which on a step of a pathway is statistically significant.

    θ(w) = b1 + b3 w        effect of the step where the tool is w
    T(w) = θ(w) / s(w)      with error and degrees of freedom of the test that judges
    T(w*) = c(w*)           the dose: T passes the critical value c of the level upwards

w* is a bound of the region of Johnson and Neyman (1936; Bauer and Curran 2005). Its interval inverts a test at
every w, as Fieller (1954) does for a ratio: if w is the dose, T(w) has a noncentral t law whose noncentrality is
c(w). The interval holds every w at which T(w) lies within the α/2 and 1 - α/2 quantiles of that law. It has no
upper end where T never passes the upper quantile, however much of the tool there is.

Where a smallest effect m counts, the dose is the larger of w* and (m - b1) / b3, and both ends of the interval
are the larger ones of w* and of Fieller's set of that ratio.

References: Johnson and Neyman (1936), Statistical Research Memoirs 1, 57-93; Bauer and Curran (2005),
doi:10.1207/s15327906mbr4003_5; Fieller (1954), doi:10.1111/j.2517-6161.1954.tb00159.x.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite, nan
from typing import Any, Literal

import numpy as np
import scipy

from xinzhi.analyses.effects import ConditionalSlope
from xinzhi_econometrics.inference import normal_quantile, t_quantile
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.whole_line import SignChanges, WholeLine

GRID = 2001
"""Points of the whole line at which a change of sign is looked for."""
COARSE = 403
"""The same where degrees of freedom change with w, and each point costs a noncentral t."""

Answer = Literal[
    "already", "needed", "beyond", "never", "weakens", "not_shown", "unknown", "untested"
]


@dataclass(frozen=True, slots=True)
class Dose:
    """How much of a tool an entity needs for a step to be significant, in the units of the tool."""

    answer: Answer
    """`already`: the step is significant at the entity's own level; `needed`: from `level` on; `beyond`: only
    beyond the largest amount in the data; `never`: at no amount; `weakens`: more of the tool lowers the effect;
    `not_shown`: the interaction is not significant; `unknown`: no own level; `untested`: no verdict there."""
    own: float = nan
    """The level that the entity has."""
    level: float = nan
    """The level from which on the step is significant; the own one where it is so already."""
    low: float = nan
    high: float = nan
    """Interval of `level`, not below the own one; `high` is infinite where it ends beyond the data, or nowhere."""
    largest: float = nan
    """Largest amount in the data."""

    @property
    def more(self) -> float:
        """What is needed beyond the own level."""
        return self.level - self.own

    @property
    def more_low(self) -> float:
        """The least that may be needed beyond the own level."""
        return self.low - self.own

    @property
    def more_high(self) -> float:
        """The most that may be needed beyond the own level; infinite where the data do not show it."""
        return self.high - self.own

    def to_dict(self) -> dict[str, object]:
        """Give the dose for results.json; what the data do not show is missing."""
        numbers = ("own", "level", "low", "high", "more", "more_low", "more_high", "largest")
        return {
            "answer": self.answer,
            **{name: _finite(getattr(self, name)) for name in numbers},
            "has_upper_bound": isfinite(self.high),
        }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


@dataclass(frozen=True, slots=True)
class DoseCurve:
    """Where along a tool a step becomes significant, on the scale of the regression."""

    levels: tuple[float, ...]
    """Where the effect becomes significant, from the left to the right."""
    low: float
    high: float
    """Interval of the dose; infinite without an end."""
    least: float
    most: float
    """Range of the tool in the data."""
    is_rising: bool
    """Whether more of the tool raises the effect: b3 > 0."""

    @property
    def level(self) -> float:
        """Where the effect first becomes significant; not a number where it never does."""
        return self.levels[0] if self.levels else nan


def find_dose(
    slope: ConditionalSlope, least: float, most: float, level: float, minimum: float = 0.0
) -> DoseCurve:
    """Find where a step becomes significant at a level, with the interval of confidence 1 - level.

    Parameters
    ----------
    slope
        The effect of the step as a line in the tool.
    least, most
        Range of the tool in the data.
    minimum
        Smallest effect that counts.

    Examples
    --------
    >>> slope = ConditionalSlope(("m", "y"), "w", -1.0, 0.5, 0.04, 0.0, 0.0025, float("inf"), 400)
    >>> curve = find_dose(slope, 0.0, 10.0, 0.05)
    >>> round(curve.level, 4), round(curve.low, 4), round(curve.high, 4)
    (2.9773, 2.0, 4.3029)
    """
    has_errors = np.isfinite((slope.v11, slope.v13, slope.v33)).all()
    if not has_errors or not slope.b3 > 0.0 or not isfinite(least) or not isfinite(most):
        return DoseCurve((), -inf, inf, least, most, slope.b3 > 0.0)
    line = WholeLine.around(least, most)

    def passes(minimum: float, reaches: float) -> SignChanges:
        """Where b1 + b3 w less a smallest effect passes so many half widths of the interval."""
        return line.sign_changes(
            lambda w: slope.b1 + slope.b3 * w - minimum - reaches * slope.reach(w, level), GRID
        )

    levels = passes(0.0, 1.0).upward
    low, high = _interval(slope, line, level)
    if minimum > 0.0:
        enough = (minimum - slope.b1) / slope.b3
        levels = tuple(dict.fromkeys(max(w, enough) for w in levels))
        low, high = max(low, passes(minimum, -1.0).first), max(high, passes(minimum, 1.0).last)
    return DoseCurve(levels, low, high, least, most, is_rising=True)


def _interval(slope: ConditionalSlope, line: WholeLine, level: float) -> tuple[float, float]:
    """Find where T passes the lower and the upper quantile of its law were w the dose."""
    shares = level / 2, 1 - level / 2
    if slope.judging is None:
        # The law is the same at every w, and so are its quantiles.
        df = float(slope.statistic(line.centre)[1])
        low, high = (_passes_quantile(slope, line, _quantile(df, level, p)) for p in shares)
        return low.first, high.last
    at_points = _rank(slope, line.points(COARSE), level)
    low, high = (_passes_rank(slope, line, level, p, at_points) for p in shares)
    return low.first, high.last


def _passes_quantile(slope: ConditionalSlope, line: WholeLine, quantile: float) -> SignChanges:
    def excess(w: Array) -> Array:
        return np.asarray(slope.statistic(w)[0] - quantile)

    return line.sign_changes(excess, GRID)


def _passes_rank(
    slope: ConditionalSlope, line: WholeLine, level: float, share: float, at_points: Array
) -> SignChanges:
    def excess(w: Array) -> Array:
        return _rank(slope, w, level) - share

    return line.sign_changes(excess, COARSE, at_points - share)


def _rank(slope: ConditionalSlope, w: Array, level: float) -> Array:
    """Give the probability of a T no larger than the one at w, were w the dose."""
    statistic, degrees = slope.statistic(w)
    critical = -np.asarray(t_quantile(level / 2, np.asarray(degrees)))
    return np.asarray(scipy.special.nctdtr(degrees, critical, statistic))


def _quantile(df: float, level: float, share: float) -> float:
    """Quantile of the noncentral t whose noncentrality is the critical value; normal without finite df."""
    critical = -t_quantile(level / 2, df)
    if not isfinite(df):
        return critical + normal_quantile(share)
    return float(scipy.special.nctdtrit(df, critical, share))


@dataclass(frozen=True, slots=True, eq=False)
class EntityDoses:
    """The doses of a tool for a step, entity by entity."""

    curve: DoseCurve
    own: Mapping[str, float] = field(default_factory=dict)
    """Entity -> its level, as the regression has it."""
    back: Callable[[Any], Any] = np.asarray
    """From the scale of the regression to the units of the tool."""

    def of(self, entity: str, verdict: str, interaction: str) -> Dose:
        """Say how much of the tool an entity needs.

        Parameters
        ----------
        verdict
            On the step at the entity's own level.
        interaction
            Judgement on the interaction of the tool with the step.
        """
        curve, largest = self.curve, self._in_units(self.curve.most)
        if entity not in self.own:
            return Dose("unknown", largest=largest)
        w = self.own[entity]
        own = self._in_units(w)
        is_shown = interaction == "works" and curve.is_rising
        if verdict == "works":
            high = max(curve.high, w) if is_shown else nan
            low = own if is_shown else nan
            return Dose("already", own, own, low, self._seen(high), largest)
        answer = self._why_none(verdict, interaction)
        level = next((point for point in curve.levels if point > w), nan)
        if answer is not None:
            return Dose(answer, own, largest=largest)
        if not isfinite(level):
            return Dose("never", own, largest=largest)
        if level > curve.most:
            return Dose("beyond", own, largest=largest)
        low, high = self._in_units(max(curve.low, w)), self._seen(curve.high)
        return Dose("needed", own, self._in_units(level), low, high, largest)

    def _why_none(self, verdict: str, interaction: str) -> Answer | None:
        if verdict == "untested":
            return "untested"
        if interaction not in {"works", "harms"}:
            return "not_shown"
        return None if interaction == "works" and self.curve.is_rising else "weakens"

    def _in_units(self, w: float) -> float:
        return float(self.back(w))

    def _seen(self, w: float) -> float:
        """Give a level in own units; infinity for one beyond the data."""
        return inf if w > self.curve.most else self._in_units(w)
