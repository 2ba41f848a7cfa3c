"""Mediation inside a study: mediators that stand in the equation are refused, errors are tested and replaced."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from xinzhi.analyses.equation import Equation
from xinzhi.analyses.mediation.compute import Mediation, mediate
from xinzhi.analyses.other_errors import estimate_again, same_draws
from xinzhi.errors import Problem, SpecError
from xinzhi.regression.diagnostics.error_tests import advice_of, with_advice
from xinzhi.regression.inference import Inapplicable
from xinzhi.regression.specification import Regression
from xinzhi.wording import message


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
    refused = tuple(
        Inapplicable(mediator, message("'{name}' is in the equation itself.", name=mediator))
        for mediator in mediators
        if mediator in inside
    )
    outside = tuple(mediator for mediator in mediators if mediator not in inside)
    if not outside:
        raise SpecError(Problem("mediation.inside", refusal.reason) for refusal in refused)
    result = mediate(frame, regression, outside, draws=draws, seed=seed)

    def decompose_again(other: Regression) -> Mediation:
        if not same_draws(regression, other):
            return mediate(frame, other, outside, draws=draws, seed=seed)
        # The same draws of clusters give the same intervals: they are not computed twice.
        again = mediate(frame, other, outside, draws=0)
        pairs = zip(again.effects, result.effects, strict=True)
        effects = tuple(replace(effect, interval=drawn.interval) for effect, drawn in pairs)
        return replace(again, effects=effects)

    declared, default = estimate_again(frame, regression, equation.declared, decompose_again)
    result = _with_advice(frame, result)
    refused = (*refused, *result.refused)
    return replace(result, refused=refused, declared=declared, default=default)


def _with_advice(frame: pd.DataFrame, result: Mediation) -> Mediation:
    """Test the errors of all equations; the advice on the total one is that of the mediation."""
    total = with_advice(frame, result.total)
    through = (
        replace(
            equations,
            first=with_advice(frame, equations.first),
            second=with_advice(frame, equations.second),
            alone=with_advice(frame, equations.alone),
        )
        for equations in result.through
    )
    notices = (*result.notices, *advice_of(total))
    return replace(result, total=total, through=tuple(through), notices=notices)
