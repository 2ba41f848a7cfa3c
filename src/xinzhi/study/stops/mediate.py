"""Mediate: through what factors work."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from xinzhi.econometrics.error_tests import advice_of, with_advice
from xinzhi.econometrics.mediation import Mediation, mediate
from xinzhi.econometrics.statistic import Inapplicable
from xinzhi.errors import Problem, StudyError
from xinzhi.study.equations import Equation, equation_of
from xinzhi.study.mechanism import NotTested
from xinzhi.study.schema.mediation import MediationSection
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.sets import expand
from xinzhi.study.stops.estimate import parts_of, ready
from xinzhi.study.stops.remeasure import Frames
from xinzhi.wording import Wording, message

Asked = tuple[tuple[str, ...], int, int]
"""Mediators, draws, seed."""


def mediate_all(spec: StudySpec, frames: Frames) -> dict[str, Mediation | NotTested]:
    """Mediate: variables -> direct and mediated effects, one result for each section."""
    return {
        name: _recalled(name, section, spec, frames) for name, section in spec.mediation.items()
    }


def _recalled(
    name: str, section: MediationSection, spec: StudySpec, frames: Frames
) -> Mediation | NotTested:
    equation = equation_of(spec, section.base)
    draws = section.draws if "bootstrap" in section.tests else 0
    asked: Asked = (expand(section.through, spec), draws, spec.seed)
    try:
        frame = frames.of(equation.frontier, equation.variables, asked[0])
    except StudyError as error:
        return NotTested(name, error.problems)
    parts = {**parts_of(equation, frame, *asked[0]), "asked": repr(asked)}
    return frames.memory.recall(
        f"mediate.{name}", parts, partial(_mediate, name, equation, frame, asked)
    )


def _mediate(
    name: str, equation: Equation, frame: pd.DataFrame, asked: Asked
) -> Mediation | NotTested:
    mediators, draws, seed = asked
    try:
        kept, regression = ready(equation, frame)
        inside = {regression.outcome, *regression.regressors, *regression.controls}
        outside = tuple(m for m in mediators if m not in inside)
        refused = tuple(Inapplicable(m, _stands_inside(m)) for m in mediators if m in inside)
        if not outside:
            return NotTested(name, tuple(Problem("mediation.inside", r.reason) for r in refused))
        found = mediate(kept, regression, outside, draws=draws, seed=seed)
    except StudyError as error:
        return NotTested(name, error.problems)
    return replace(_advised(kept, found), refused=(*refused, *found.refused))


def _advised(frame: pd.DataFrame, found: Mediation) -> Mediation:
    """Test the errors of all equations; the advice on the total one is that of the mediation."""
    total = with_advice(frame, found.total)
    through = (
        replace(
            one,
            first=with_advice(frame, one.first),
            second=with_advice(frame, one.second),
            alone=with_advice(frame, one.alone),
        )
        for one in found.through
    )
    notices = (*found.notices, *advice_of(total))
    return replace(found, total=total, through=tuple(through), notices=notices)


def _stands_inside(mediator: str) -> Wording:
    return message("'{name}' stands in the equation itself.", name=mediator)
