"""Comparisons of groups that a study asks for: one for each grouping, each failing alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Effect, EstimationData, Given
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.heterogeneity.compute import Difference, Heterogeneity, compare_groups, holm
from xinzhi.analyses.heterogeneity.section import HeterogeneitySection
from xinzhi.analyses.other_errors import estimate_again
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import StudyError
from xinzhi.panel.notebook import InNotebook
from xinzhi.regression.diagnostics.error_tests import advice_of, with_advice
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.inference import Statistic
from xinzhi.regression.resampling.permutation import Permutation
from xinzhi.regression.specification import Regression
from xinzhi.regression.verdict import Inference, Verdict, judge

NAN = float("nan")
PAIR = 2


@dataclass(frozen=True, slots=True, eq=False)
class Compared(InNotebook):
    """The regression by groups, grouping by grouping."""

    groupings: Mapping[str, Heterogeneity | Unavailable]

    @property
    def known(self) -> dict[str, Heterogeneity]:
        """Groupings that have an answer."""
        found = self.groupings.items()
        return {name: one for name, one in found if isinstance(one, Heterogeneity)}

    def to_frame(self) -> pd.DataFrame:
        """Return one row a grouping and slope; of a grouping that failed, one with why."""
        parts = {
            name: one.to_frame()
            if isinstance(one, Heterogeneity)
            else pd.DataFrame({"failed": [str(one.problems[0].what)]})
            for name, one in self.groupings.items()
        }
        return pd.concat(parts, names=["grouping", "row"])


def data_of(equation: Equation, grouping: str) -> EstimationData:
    """Ask for the data of the equation and for the members of a grouping."""
    keys = (*equation.keys, grouping)
    return EstimationData(equation.variables, keys=keys, frontier=equation.frontier)


def compare_in_study(section: HeterogeneitySection, equation: Equation, given: Given) -> Compared:
    """Compare the groups of each grouping; one that fails leaves the others."""
    draws = section.draws if "permutation" in section.difference else 0
    return Compared({by: _compare(by, equation, given, draws) for by in dict.fromkeys(section.by)})


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
    # Advice that several groups share is given once.
    advice = dict.fromkeys(
        notice
        for _, fitted in groups
        if isinstance(fitted, Estimates)
        for notice in advice_of(fitted)
    )
    notices = (*result.notices, *advice)
    return replace(result, groups=groups, notices=notices, declared=declared, default=default)


Key = tuple[str, str]
"""Grouping and slope."""


def judge_differences(
    found: Sequence[Heterogeneity], tests: tuple[str, ...], inference: Inference
) -> dict[Key, Verdict]:
    """Judge whether slopes differ between groups: by the interaction where it was asked for, else by permutation.

    Where a family is declared, p is adjusted for the number of groupings in which a slope is compared.
    The estimate is the slope of the first group less that of the second, of more groups their range.
    """
    judged = [one.judged for one in found]
    known = {
        (one.grouping, difference.regressor): (
            _contrast(one, difference),
            *_p_value(difference, tests),
        )
        for one in judged
        for difference in one.differences
    }
    adjusted = _adjusted({key: p for key, (_, _, p) in known.items()}, inference)
    return {
        key: judge(contrast, p, inference, p_family=adjusted[key], basis=kind)
        for key, (contrast, kind, p) in known.items()
    }


def _adjusted(p_values: Mapping[Key, float], inference: Inference) -> Mapping[Key, float]:
    if inference.family != "holm":
        return p_values
    adjusted: dict[Key, float] = {}
    for name in dict.fromkeys(name for _, name in p_values):
        keys = [key for key in p_values if key[1] == name]
        steps = holm(np.array([p_values[key] for key in keys]))
        adjusted |= dict(zip(keys, map(float, steps), strict=True))
    return adjusted


def _contrast(one: Heterogeneity, difference: Difference) -> float:
    slopes = _slopes(one, difference)
    if len(slopes) == PAIR:
        return slopes[0] - slopes[1]
    return max(slopes) - min(slopes) if slopes else NAN


def _slopes(one: Heterogeneity, difference: Difference) -> list[float]:
    fitted = [group for _, group in one.groups if isinstance(group, Estimates)]
    name = difference.regressor
    return [float(group.estimate[group.position(name)]) for group in fitted if name in group.names]


def differences(
    found: Sequence[Heterogeneity], tests: tuple[str, ...], inference: Inference
) -> Iterator[Effect]:
    """List the slopes whose difference has a p-value; of two groups, with the difference itself."""
    verdicts = judge_differences(found, tests, inference)
    for one in (grouping.judged for grouping in found):
        fitted = [group for _, group in one.groups if isinstance(group, Estimates)]
        for difference in one.differences:
            verdict = verdicts[one.grouping, difference.regressor]
            if math.isfinite(verdict.p_family):
                yield Effect(
                    (difference.regressor, fitted[0].regression.outcome),
                    verdict.estimate if len(_slopes(one, difference)) == PAIR else NAN,
                    NAN,
                    verdict.p_family,
                    sum(group.n for group in fitted),
                    grouping=one.grouping,
                    test=verdict.basis,
                )


def _p_value(difference: Difference, asked: tuple[str, ...]) -> tuple[str, float]:
    """Take the p-value of the interaction where it was asked for, else that of the permutations.

    Of several pairs the smallest p-value counts, times their number (Bonferroni).
    """
    if "interaction" in asked and isinstance(difference.interaction, Statistic):
        return "interaction", difference.interaction.p_value
    pairs = [one.p_value for one in difference.permutations if isinstance(one, Permutation)]
    if "permutation" in asked and pairs:
        return "permutation", min(1.0, len(pairs) * min(pairs))
    return "", NAN
