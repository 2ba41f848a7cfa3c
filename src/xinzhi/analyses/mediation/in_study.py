"""Mediation inside a study: mediators that stand in the equation are refused, errors are tested and replaced."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from xinzhi.analyses.equation import Equation
from xinzhi.analyses.mediation.compute import Mediation, mediate
from xinzhi.analyses.other_errors import other_errors, same_draws
from xinzhi.errors import Problem, SpecError, StudyError
from xinzhi.regression.diagnostics.error_tests import advice_of, with_advice
from xinzhi.regression.inference import Inapplicable
from xinzhi.regression.specification import Regression
from xinzhi.wording import Wording, message


def mediate_in_study(
    frame: pd.DataFrame, equation: Equation, mediators: tuple[str, ...], *, draws: int, seed: int
) -> Mediation:
    """Decompose the effects of a regression, and test the errors of all its equations.

    Raises
    ------
    SpecError
        Every mediator stands in the equation itself.
    """
    frame, regression = equation.applied(frame)
    inside = {regression.outcome, *regression.regressors, *regression.controls}
    refused = tuple(Inapplicable(m, _stands_inside(m)) for m in mediators if m in inside)
    outside = tuple(m for m in mediators if m not in inside)
    if not outside:
        raise SpecError(Problem("mediation.inside", one.reason) for one in refused)
    result = mediate(frame, regression, outside, draws=draws, seed=seed)
    declared, default = (
        _with_errors(result, frame, other, outside, draws=draws, seed=seed)
        for other in other_errors(frame, regression, equation.declared)
    )
    result = _advised(frame, result)
    refused = (*refused, *result.refused)
    return replace(result, refused=refused, declared=declared, default=default)


def _with_errors(
    result: Mediation,
    frame: pd.DataFrame,
    other: Regression | None,
    mediators: tuple[str, ...],
    *,
    draws: int,
    seed: int,
) -> Mediation | None:
    """Decompose again with other errors; draws of the same clusters are not repeated."""
    if other is None:
        return None
    is_drawn = same_draws(result.total.regression, other)
    try:
        found = mediate(frame, other, mediators, draws=0 if is_drawn else draws, seed=seed)
    except StudyError:  # fewer clusters than the errors need: there is nothing to set beside
        return None
    if not is_drawn:
        return found
    pairs = zip(found.effects, result.effects, strict=True)
    return replace(found, effects=tuple(replace(a, interval=b.interval) for a, b in pairs))


def _advised(frame: pd.DataFrame, result: Mediation) -> Mediation:
    """Test the errors of all equations; the advice on the total one is that of the mediation."""
    total = with_advice(frame, result.total)
    through = (
        replace(
            one,
            first=with_advice(frame, one.first),
            second=with_advice(frame, one.second),
            alone=with_advice(frame, one.alone),
        )
        for one in result.through
    )
    notices = (*result.notices, *advice_of(total))
    return replace(result, total=total, through=tuple(through), notices=notices)


def _stands_inside(mediator: str) -> Wording:
    return message("'{name}' is in the equation itself.", name=mediator)
