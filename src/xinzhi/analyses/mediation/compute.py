"""Mediation inside a study: mediators of the equation itself are refused, errors are tested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from xinzhi.analyses.effects import Arrow
from xinzhi.errors import Problem, SpecError
from xinzhi.regression.diagnostics.error_tests import advice_of, with_advice
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.inference import Inapplicable
from xinzhi.regression.mediation import Mediation, mediate
from xinzhi.regression.specification import Regression
from xinzhi.wording import Wording, message


def mediate_in_study(
    frame: pd.DataFrame,
    regression: Regression,
    mediators: tuple[str, ...],
    *,
    draws: int,
    seed: int,
) -> Mediation:
    """Decompose the effects of a regression, and test the errors of all its equations.

    Raises
    ------
    SpecError
        Every mediator stands in the equation itself.
    """
    inside = {regression.outcome, *regression.regressors, *regression.controls}
    refused = tuple(Inapplicable(m, _stands_inside(m)) for m in mediators if m in inside)
    outside = tuple(m for m in mediators if m not in inside)
    if not outside:
        raise SpecError(Problem("mediation.inside", one.reason) for one in refused)
    result = _advised(frame, mediate(frame, regression, outside, draws=draws, seed=seed))
    return replace(result, refused=(*refused, *result.refused))


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


def arrows(result: Mediation) -> Iterator[Arrow]:
    """List the arrows: factor to mediator, mediator to outcome, and past the mediators."""
    outcome = result.total.regression.outcome
    factors = result.total.regression.regressors
    for one in result.through:
        yield from (_arrow(one.first, factor, one.mediator) for factor in factors)
        yield _arrow(one.second, one.mediator, outcome)
    if result.through:
        past = result.through[0].second if len(result.through) == 1 else result.total
        yield from (_arrow(past, factor, outcome) for factor in factors)


def _arrow(estimates: Estimates, source: str, target: str) -> Arrow:
    at = estimates.position(source)
    return Arrow(source, target, float(estimates.estimate[at]), float(estimates.p_value[at]))
