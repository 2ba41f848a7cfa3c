"""Verdicts: whether an estimate counts as an effect, and in which direction.

The one place where an effect is judged. Sentences, colours, arrows, pathways, what-ifs and key findings
read a verdict; the stars under a column belong to that column alone. An estimate b with p-value p is

    positive         b > 0 and p < level
    negative         b < 0 and p < level
    not_significant  p >= level, or b = 0
    not_tested       no estimate, or no p-value

and where tests form a family, p is the one that is adjusted for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from xinzhi_econometrics.estimates import Estimates, MarginalEffects
from xinzhi_econometrics.instruments.confidence_set import Pieces
from xinzhi_econometrics.specification import DEFAULT, Covariance

Direction = Literal["positive", "negative", "not_significant", "not_tested"]
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class JudgementRule:
    """How a study judges its effects, declared once."""

    errors: Covariance = DEFAULT
    """Standard errors of regressions that name none."""
    level: float = LEVEL
    """An effect counts where its p-value is below."""
    indirect: Literal["bootstrap", "sobel"] = "bootstrap"
    """What judges a mediated effect."""
    family: Literal["holm", "none"] = "holm"
    """How p-values are adjusted where several differences are tested."""

    def coverage(self, stated: float | None = None) -> float:
        """Give the coverage of intervals: what is stated, else 1 less the level of the verdicts.

        >>> JudgementRule(level=0.10).coverage(), JudgementRule(level=0.10).coverage(0.99)
        (0.9, 0.99)
        """
        return 1.0 - self.level if stated is None else stated


CUSTOMARY = JudgementRule()


Interval = tuple[float, float]
UNKNOWN: Interval = (math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one effect."""

    estimate: float
    interval: Interval
    """Of the test that judges; missing where it has none."""
    p: float
    p_family: float
    """Adjusted for the family of its tests; p itself where there is none."""
    direction: Direction
    basis: str
    """What judges: the kind of standard errors of a t-test; cr2, anderson_rubin or none; bootstrap, sobel,
    interaction, permutation."""
    pieces: Pieces | None = None
    """Set of the test of weak instruments, which may have gaps: then `interval` is missing."""

    @property
    def is_significant(self) -> bool:
        """Whether the effect counts."""
        return self.direction in {"positive", "negative"}


def judge(
    estimate: float,
    p: float,
    inference: JudgementRule = CUSTOMARY,
    *,
    p_family: float = math.nan,
    interval: Interval = UNKNOWN,
    basis: str = "",
) -> Verdict:
    """Judge an effect by its p-value, or by the one that is adjusted for a family of tests.

    >>> judge(0.02, 0.03).direction, judge(0.02, 0.03, p_family=0.09).direction
    ('positive', 'not_significant')
    >>> judge(-1.0, float("nan")).direction
    'not_tested'
    """
    deciding = p if math.isnan(p_family) else p_family
    direction = _direction(estimate, deciding, inference.level)
    return Verdict(estimate, interval, p, deciding, direction, basis)


def are_significant(
    estimates: Iterable[float], p_values: Iterable[float], inference: JudgementRule = CUSTOMARY
) -> npt.NDArray[np.bool_]:
    """Judge effects one by one."""
    pairs = zip(estimates, p_values, strict=True)
    return np.array([judge(float(b), float(p), inference).is_significant for b, p in pairs], bool)


def judge_slope(
    effects: Estimates | MarginalEffects, name: str, inference: JudgementRule = CUSTOMARY
) -> Verdict:
    """Judge a slope, or a marginal effect, by the standard errors that it has."""
    j = effects.names.index(name)
    columns = (effects.estimate, effects.p_value, effects.ci_low, effects.ci_high)
    b, p, low, high = (float(column[j]) for column in columns)
    judging, usual = effects.judge[j], "delta"
    pieces: Pieces | None = None
    if isinstance(effects, Estimates):
        usual = effects.covariance.kind
        if judging == "anderson_rubin":
            pieces = effects.set_at(name, effects.regression.level)
    verdict = judge(
        b, p, inference, interval=(low, high), basis=usual if judging == "t" else judging
    )
    return verdict if pieces is None else replace(verdict, pieces=pieces)


def _direction(estimate: float, p: float, level: float) -> Direction:
    if not (math.isfinite(estimate) and math.isfinite(p)):
        return "not_tested"
    # At p = level an effect does not count, and an estimate of exactly 0 has no direction.
    if p >= level or estimate == 0.0:
        return "not_significant"
    return "positive" if estimate > 0.0 else "negative"
