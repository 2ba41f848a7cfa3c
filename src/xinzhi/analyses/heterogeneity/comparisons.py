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
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import StudyError
from xinzhi.regression.diagnostics.error_tests import advice_of, with_advice
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.inference import Statistic
from xinzhi.regression.resampling.permutation import Permutation
from xinzhi.regression.verdict import Inference

NAN = float("nan")
PAIR = 2


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
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
    return Compared({by: _compared(by, equation, given, draws) for by in dict.fromkeys(section.by)})


def _compared(by: str, equation: Equation, given: Given, draws: int) -> Heterogeneity | Unavailable:
    study = given.study
    try:
        kept, regression = equation.applied(given.frame(data_of(equation, by)))
        order = study.members(by)
        found = compare_groups(kept, regression, by, draws=draws, seed=study.seed, order=order)
    except StudyError as error:
        return Unavailable(by, error.problems)
    groups = tuple(
        (name, with_advice(kept, one) if isinstance(one, Estimates) else one)
        for name, one in found.groups
    )
    # advice that several groups share is given once
    advice = [n for _, one in groups if isinstance(one, Estimates) for n in advice_of(one)]
    return replace(found, groups=groups, notices=(*found.notices, *dict.fromkeys(advice)))


def differences(
    found: Sequence[Heterogeneity], tests: tuple[str, ...], inference: Inference
) -> Iterator[Effect]:
    """List the slopes whose difference has a p-value; of two groups, with the difference itself.

    Where a family is declared, p is adjusted for the number of groupings in which a slope is compared.
    """
    known = {
        (one.grouping, difference.regressor): _p_value(difference, tests)
        for one in found
        for difference in one.differences
    }
    adjusted = {key: p for key, (_, p) in known.items()}
    if inference.family == "holm":
        for name in dict.fromkeys(name for _, name in known):
            keys = [key for key in known if key[1] == name]
            steps = holm(np.array([known[key][1] for key in keys]))
            adjusted |= dict(zip(keys, map(float, steps), strict=True))
    for one in found:
        yield from _differences(one, {k: v[0] for k, v in known.items()}, adjusted)


def _differences(
    found: Heterogeneity,
    kinds: Mapping[tuple[str, str], str],
    p_values: Mapping[tuple[str, str], float],
) -> Iterator[Effect]:
    fitted = [one for _, one in found.groups if isinstance(one, Estimates)]
    for difference in found.differences:
        name, key = difference.regressor, (found.grouping, difference.regressor)
        slopes = [float(one.estimate[one.position(name)]) for one in fitted if name in one.names]
        if math.isfinite(p_values[key]):
            yield Effect(
                (name, fitted[0].regression.outcome),
                slopes[0] - slopes[1] if len(slopes) == len(fitted) == PAIR else NAN,
                NAN,
                p_values[key],
                sum(one.n for one in fitted),
                grouping=found.grouping,
                test=kinds[key],
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
