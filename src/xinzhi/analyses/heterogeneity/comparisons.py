"""Comparisons of groups that a study asks for: one for each grouping, each failing alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Effect, EstimationData, Given
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.heterogeneity.compute import (
    GroupDifference,
    Heterogeneity,
    compare_groups,
    holm,
)
from xinzhi.analyses.heterogeneity.section import HeterogeneitySection
from xinzhi.analyses.other_errors import estimate_again
from xinzhi.analyses.quantity import Quantity, negate, slope, slope_quantity
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import StudyError
from xinzhi.panel.notebook import InNotebook
from xinzhi.regression.diagnostics.error_tests import advice_of, with_advice
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.inference import Statistic
from xinzhi.regression.resampling.permutation import Permutation
from xinzhi.regression.specification import Regression
from xinzhi.regression.verdict import JudgementRule, Verdict, judge

NAN = float("nan")
PAIR = 2
"""Groups whose slopes have a difference with a sign."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupComparisons(InNotebook):
    """The regression by groups, grouping by grouping."""

    groupings: Mapping[str, Heterogeneity | Unavailable]

    @property
    def comparisons(self) -> tuple[Heterogeneity, ...]:
        """The groupings that have an answer."""
        return tuple(c for c in self.groupings.values() if isinstance(c, Heterogeneity))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a grouping and slope; of a grouping that failed, one with why."""
        parts = {
            name: comparison.to_frame()
            if isinstance(comparison, Heterogeneity)
            else pd.DataFrame({"failed": [str(comparison.problems[0].what)]})
            for name, comparison in self.groupings.items()
        }
        return pd.concat(parts, names=["grouping", "row"])


def data_of(equation: Equation, grouping: str) -> EstimationData:
    """Ask for the data of the equation and for the members of a grouping."""
    keys = (*equation.keys, grouping)
    return EstimationData(equation.variables, keys=keys, frontier=equation.frontier)


def compare_in_study(
    section: HeterogeneitySection, equation: Equation, given: Given
) -> GroupComparisons:
    """Compare the groups of each grouping; one that fails leaves the others."""
    draws = section.draws if "permutation" in section.difference else 0
    return GroupComparisons(
        {by: _compare(by, equation, given, draws) for by in dict.fromkeys(section.by)}
    )


def _compare(by: str, equation: Equation, given: Given, draws: int) -> Heterogeneity | Unavailable:
    study = given.study
    try:
        frame, regression = equation.applied(given.frame(data_of(equation, by)))
        order = study.members(by)
        result = compare_groups(frame, regression, by, draws=draws, seed=study.seed, order=order)
    except StudyError as error:
        return Unavailable(by, error.problems)

    def compare_again(other: Regression) -> Heterogeneity:
        # Permutations compare slopes without any errors, so that they stay as they are.
        again = compare_groups(frame, other, by, draws=0, order=order)
        pairs = zip(again.differences, result.differences, strict=True)
        differences = (replace(d, permutations=drawn.permutations) for d, drawn in pairs)
        return replace(again, differences=tuple(differences))

    declared, default = estimate_again(frame, regression, equation.declared, compare_again)
    groups = tuple(
        (name, with_advice(frame, fitted) if isinstance(fitted, Estimates) else fitted)
        for name, fitted in result.groups
    )
    result = replace(result, groups=groups, declared=declared, default=default)
    # Advice that several groups share is given once.
    advice = dict.fromkeys(n for _, estimates in result.fitted for n in advice_of(estimates))
    return replace(result, notices=(*result.notices, *advice))


Key = tuple[str, str]
"""Grouping and slope."""


def judge_differences(
    comparisons: Sequence[Heterogeneity], tests: tuple[str, ...], inference: JudgementRule
) -> dict[Key, Verdict]:
    """Judge whether slopes differ between groups: by the interaction where it was asked for, else by permutation.

    Where a family is declared, p is adjusted for the number of groupings in which a slope is compared.
    The estimate is the slope of the first group less that of the second, of more groups their range.
    """
    by_key = {
        (comparison.grouping, difference.regressor): (
            _contrast(comparison, difference.regressor),
            *_p_value(difference, tests),
        )
        for comparison in (comparison.judged for comparison in comparisons)
        for difference in comparison.differences
    }
    adjusted = _adjusted({key: p for key, (_, _, p) in by_key.items()}, inference)
    return {
        key: judge(contrast, p, inference, p_family=adjusted[key], basis=basis)
        for key, (contrast, basis, p) in by_key.items()
    }


def _adjusted(p_values: Mapping[Key, float], inference: JudgementRule) -> Mapping[Key, float]:
    """Adjust within the family of one slope: its tests in all groupings."""
    if inference.family != "holm":
        return p_values
    adjusted: dict[Key, float] = {}
    for name in dict.fromkeys(name for _, name in p_values):
        keys = [key for key in p_values if key[1] == name]
        steps = holm(np.array([p_values[key] for key in keys]))
        adjusted |= dict(zip(keys, map(float, steps), strict=True))
    return adjusted


def _contrast(comparison: Heterogeneity, name: str) -> float:
    slopes = _slopes(comparison, name)
    if len(slopes) == PAIR:
        return slopes[0] - slopes[1]
    return max(slopes) - min(slopes) if slopes else NAN


def _slopes(comparison: Heterogeneity, name: str) -> list[float]:
    return [float(e.estimate[e.position(name)]) for _, e in comparison.fitted if name in e.names]


def _p_value(difference: GroupDifference, asked: tuple[str, ...]) -> tuple[str, float]:
    """Take the p-value of the interaction where it was asked for, else that of the permutations.

    Of several pairs the smallest p-value counts, times their number (Bonferroni).
    """
    if "interaction" in asked and isinstance(difference.interaction, Statistic):
        return "interaction", difference.interaction.p_value
    pairs = [pair.p_value for pair in difference.permutations if isinstance(pair, Permutation)]
    if "permutation" in asked and pairs:
        return "permutation", min(1.0, len(pairs) * min(pairs))
    return "", NAN


def differences(
    comparisons: Sequence[Heterogeneity], tests: tuple[str, ...], inference: JudgementRule
) -> Iterator[Effect]:
    """List the slopes whose difference has a p-value; of two groups, with the difference itself."""
    verdicts = judge_differences(comparisons, tests, inference)
    for comparison in (comparison.judged for comparison in comparisons):
        fitted = [estimates for _, estimates in comparison.fitted]
        for difference in comparison.differences:
            name = difference.regressor
            verdict = verdicts[comparison.grouping, name]
            if math.isfinite(verdict.p_family):
                yield Effect(
                    (name, fitted[0].regression.outcome),
                    # A range over more than two groups has no sign, and is not an effect.
                    verdict.estimate if len(_slopes(comparison, name)) == PAIR else NAN,
                    NAN,
                    verdict.p_family,
                    sum(estimates.n for estimates in fitted),
                    grouping=comparison.grouping,
                    test=verdict.basis,
                )


def quantities(comparisons: Sequence[Heterogeneity]) -> Iterator[Quantity]:
    """List what draws of the whole study compute again: slopes in each group, then their differences."""
    for comparison in comparisons:
        grouping, fitted = comparison.grouping, comparison.judged.fitted
        names = [difference.regressor for difference in comparison.judged.differences]
        for group, estimates in fitted:
            for name in names:
                key = f"{grouping}/{group}"
                yield slope_quantity(key, estimates, name, grouping=grouping, group=group)
        for (first, left), (second, right) in combinations(fitted, 2):
            for name in names:
                minuend = ((slope(f"{grouping}/{first}", name),),)
                subtrahend = ((slope(f"{grouping}/{second}", name),),)
                yield Quantity(
                    "difference",
                    (name, left.regression.outcome),
                    (*minuend, *negate(subtrahend)),
                    float(
                        left.estimate[left.position(name)] - right.estimate[right.position(name)]
                    ),
                    NAN,
                    NAN,
                    grouping=grouping,
                    group=first,
                    other=second,
                )
