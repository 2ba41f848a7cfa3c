"""Compare: a regression by groups, and whether the groups truly differ."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from xinzhi.analyses.equation import Equation
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.error_tests import with_advice
from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.heterogeneity import Heterogeneity, compare_groups
from xinzhi.errors import StudyError
from xinzhi.study.equations import equation_of
from xinzhi.study.schema.heterogeneity import HeterogeneitySection
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.estimate import parts_of
from xinzhi.study.stops.remeasure import Frames

Compared = dict[str, Heterogeneity | Unavailable]


def compare_all(spec: StudySpec, frames: Frames) -> dict[str, Compared]:
    """Compare: variables -> the regression by groups, one result for each grouping."""
    return {
        name: {
            by: _recalled(f"{name}/{by}", by, section, spec, frames)
            for by in dict.fromkeys(section.by)
        }
        for name, section in spec.heterogeneity.items()
    }


def _recalled(
    name: str, by: str, section: HeterogeneitySection, spec: StudySpec, frames: Frames
) -> Heterogeneity | Unavailable:
    equation = equation_of(spec, section.base)
    draws = section.draws if "permutation" in section.difference else 0
    order = tuple(spec.groups[by].named) if by in spec.groups else ()
    try:
        frame = frames.of(equation.frontier, equation.variables)
    except StudyError as error:
        return Unavailable(name, error.problems)
    parts = {**parts_of(equation, frame, by), "asked": f"{draws} {spec.seed} {order}"}
    return frames.memory.recall(
        f"compare.{name}", parts, partial(_compare, by, equation, frame, draws, spec.seed, order)
    )


def _compare(
    by: str,
    equation: Equation,
    frame: pd.DataFrame,
    draws: int,
    seed: int,
    order: tuple[str, ...],
) -> Heterogeneity | Unavailable:
    try:
        kept, regression = equation.applied(frame)
        found = compare_groups(kept, regression, by, draws=draws, seed=seed, order=order)
    except StudyError as error:
        return Unavailable(by, error.problems)
    groups = (
        (name, with_advice(kept, one) if isinstance(one, Estimates) else one)
        for name, one in found.groups
    )
    return replace(found, groups=tuple(groups))
