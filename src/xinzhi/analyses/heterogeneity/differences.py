"""Differences between groups as the pathways of cities read them: one test a slope."""

from __future__ import annotations

import math
from collections.abc import Iterator

from xinzhi.analyses.analysis import Effect
from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.heterogeneity import Difference, Heterogeneity
from xinzhi.econometrics.permutation import Permutation
from xinzhi.econometrics.statistic import Statistic

NAN = float("nan")
PAIR = 2


def differences(found: Heterogeneity, tests: tuple[str, ...]) -> Iterator[Effect]:
    """List the slopes whose difference has a p-value; of two groups, with the difference itself."""
    fitted = [one for _, one in found.groups if isinstance(one, Estimates)]
    for difference in found.differences:
        name, (kind, p) = difference.regressor, _p_value(difference, tests)
        slopes = [float(one.estimate[one.position(name)]) for one in fitted if name in one.names]
        if math.isfinite(p):
            yield Effect(
                (name, fitted[0].regression.outcome),
                slopes[0] - slopes[1] if len(slopes) == len(fitted) == PAIR else NAN,
                NAN,
                p,
                sum(one.n for one in fitted),
                grouping=found.grouping,
                test=kind,
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
