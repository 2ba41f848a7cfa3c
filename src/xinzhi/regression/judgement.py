"""Which test judges a coefficient, and its p-value and interval at any level.

| situation                                                     | judge            |
| clusters one way, fewer than 40, or effectively fewer than 40 | cr2              |
| weak instruments                                              | anderson_rubin   |
| a slope that weak instruments leave without a test            | none             |
| otherwise                                                     | t                |

Standard errors and t statistics stay those of the declared rule, so that they agree with other programs;
p-values, stars and intervals are those of the judge. See docs/decisions/0041-few-clusters.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from xinzhi.panel.by_value import ByValue
from xinzhi.regression.few_clusters import (
    FewClusters,
    adjust,
    are_few,
    basis_of,
    effective_clusters,
)
from xinzhi.regression.grouping import Array, Grouping
from xinzhi.regression.inference import Tests, t_quantile, t_tails
from xinzhi.regression.instruments.confidence_set import ConfidenceSet, Pieces
from xinzhi.wording import Message, Wording, listed, message

Judge = Literal["t", "cr2", "anderson_rubin", "none"]
MANY = 6
"""Coefficients up to which they are named one by one."""
NO_INTERVAL: Pieces = ((float("nan"), float("nan")),)


@dataclass(frozen=True, slots=True, eq=False)
class Judgement(ByValue):
    """What judges each coefficient; arrays have one element for each."""

    judge: tuple[Judge, ...]
    error: Array
    """Standard error of the test that judges; not a number where it has none."""
    df: Array
    """Its degrees of freedom."""
    usual_p: Array
    """p-value of the usual t-test, whatever judges."""
    effective_clusters: Array
    """By Carter, Schnepel and Steigerwald; not a number where the errors are not clustered one way."""
    few: FewClusters | None = None
    """Where CR2 judges a coefficient: that of all."""
    sets: tuple[ConfidenceSet | None, ...] = ()
    """Confidence set of each coefficient that Anderson and Rubin's test judges; empty where none is."""

    def interval(self, j: int, estimate: float, level: float) -> Pieces:
        """Give the confidence set of coefficient j: an interval, or the pieces of a set that has gaps."""
        values = self.sets[j] if self.sets else None
        if values is not None:
            return values.at(level)
        if self.judge[j] == "none":
            return NO_INTERVAL
        half = t_quantile((1.0 + level) / 2.0, float(self.df[j])) * float(self.error[j])
        return ((estimate - half, estimate + half),)


@dataclass(frozen=True, slots=True)
class Combination:
    """A linear combination c'b of coefficients, judged as its coefficients are."""

    estimate: float
    std_error: float
    """By the declared rule, as the standard errors of the coefficients."""
    error: float
    """Of the test that judges."""
    df: float
    judge: Judge

    @property
    def p_value(self) -> float:
        """Two-sided; not a number where there is no error."""
        if not self.error > 0.0:
            return float("nan")
        return float(t_tails(np.array(self.estimate / self.error), self.df))

    def interval(self, level: float) -> tuple[float, float]:
        """Give the interval of the test that judges."""
        half = t_quantile((1.0 + level) / 2.0, self.df) * self.error
        return self.estimate - half, self.estimate + half


def usual_judgement(tests: Tests, df: float) -> Judgement:
    """Let the t-test of the declared errors judge."""
    k = len(tests.std_error)
    usual: Judge = "t"
    return Judgement(
        (usual,) * k, tests.std_error, np.full(k, float(df)), tests.p_value, np.full(k, np.nan)
    )


def judge_few(
    tests: Tests,
    slopes: Array,
    df: float,
    *,
    influence: Array,
    residuals: Array,
    columns: Array,
    effects: tuple[Grouping, ...],
    cluster: Grouping,
    level: float,
) -> tuple[Tests, Judgement]:
    """Let CR2 judge coefficients with few clusters, or effectively few; give the tests as they are judged.

    Parameters
    ----------
    tests
        By the declared rule, t with `df` degrees of freedom.
    influence, residuals
        A (k, n) and e (n,), on the scale on which errors count as independent of one variance.
    columns
        Columns of the hat matrix, without effects, shape (n, K).
    effects
        Those that were taken out; the ones across the clusters enter the hat matrix.
    """
    usual = usual_judgement(tests, df)
    counted = effective_clusters(influence, cluster)
    usual = replace(usual, effective_clusters=counted)
    is_few = are_few(counted, cluster)
    if not is_few.any() or not np.isfinite(tests.p_value).any():
        return tests, usual
    basis = basis_of(columns, effects, cluster)
    if basis is None:
        return tests, usual
    few = adjust(influence, cluster, basis).scores_of(residuals)
    # A coefficient that has no error by the declared rule, as its scores are zero, has none here.
    is_few &= np.isfinite(tests.p_value)
    units = np.eye(len(slopes))
    error = np.where(is_few, [few.error(c) for c in units], tests.std_error)
    degrees = np.array([few.df(c) if one else df for c, one in zip(units, is_few, strict=True)])
    p_value, low, high = tests.p_value.copy(), tests.ci_low.copy(), tests.ci_high.copy()
    for j in np.flatnonzero(is_few):
        one = Combination(float(slopes[j]), 0.0, float(error[j]), float(degrees[j]), "cr2")
        p_value[j], (low[j], high[j]) = one.p_value, one.interval(level)
    judges: list[Judge] = ["cr2" if one else "t" for one in is_few]
    judged = replace(usual, judge=tuple(judges), error=error, df=degrees, few=few)
    return replace(tests, p_value=p_value, ci_low=low, ci_high=high), judged


def range_in_words(values: Sequence[float]) -> str:
    """Write the range of effective numbers of clusters.

    >>> range_in_words([11.6, 18.2]), range_in_words([12.0])
    ('11.6–18.2', '12.0')
    """
    low, high = f"{min(values):.1f}", f"{max(values):.1f}"
    return low if low == high else f"{low}–{high}"


def few_clusters_in_words(
    n: int, names: Sequence[Wording], effective: Sequence[float], *, are_all: bool
) -> Message:
    """Say which test judges coefficients with few clusters; `are_all`: there are no others.

    Parameters
    ----------
    names, effective
        Coefficients that CR2 judges, and their effective numbers of clusters.
    """
    if are_all or len(names) > MANY:
        return message(
            "{n} clusters (effective number {effective}): p-values, stars and intervals by CR2 with "
            "Satterthwaite degrees of freedom; standard errors, t and F by the rule of the clusters.",
            n=n,
            effective=range_in_words(effective),
        )
    return message(
        "{n} clusters, but an effective number of {effective} for {names}: p-values, stars and intervals of these "
        "by CR2 with Satterthwaite degrees of freedom.",
        n=n,
        effective=range_in_words(effective),
        names=listed(list(names)),
    )
