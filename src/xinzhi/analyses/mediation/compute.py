"""Mediation: how much of the effect of a factor goes through a mediator.

    (total)   y  = c x        + controls + effects
    (first)   m  = a x        + controls + effects
    (second)  y  = c' x + b m + controls + effects          c = c' + ab on one sample

Stepwise mediation describes; it is not causal unless mediator and factor are as good as random.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.analyses.effects import Arrow, Effect
from xinzhi.analyses.mediation.indirect import Sensitivity, Sobel, sensitivity, sobel
from xinzhi.errors import MethodError
from xinzhi.notices import Notice
from xinzhi.panel.notebook import InNotebook
from xinzhi.panel.panel import Panel
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.fit import fit_least_squares
from xinzhi.regression.grouping import Array
from xinzhi.regression.inference import Inapplicable
from xinzhi.regression.resampling.cluster_bootstrap import (
    Interval,
    Sums,
    cluster_draws,
    percentile,
    sums,
)
from xinzhi.regression.sample import common
from xinzhi.regression.specification import Regression
from xinzhi.regression.verdict import UNKNOWN, Inference, Verdict, judge
from xinzhi.wording import Wording, message

CERTAIN = 2.0
"""Errors that the total effect must be away from 0 before a share of it is formed."""


@dataclass(frozen=True, slots=True, eq=False)
class MediatedEffect:
    """One factor through one mediator."""

    factor: str
    mediator: str
    a: float
    a_error: float
    b: float
    b_error: float
    indirect: float
    """ab"""
    direct: float
    direct_error: float
    total: float
    total_error: float
    sobel: Sobel
    interval: Interval | Inapplicable
    """Percentile interval of ab over resampled clusters."""
    share: float
    """ab / total; NaN where it means nothing, see `share_remark`."""
    share_remark: Wording
    sensitivity: Sensitivity

    @property
    def identity(self) -> float:
        """Total - direct - ab: rounding, because all is estimated on one sample."""
        return self.total - self.direct - self.indirect


@dataclass(frozen=True, slots=True, eq=False)
class MediatorEquations:
    """The equations of one mediator."""

    mediator: str
    first: Estimates
    """Mediator on factors."""
    second: Estimates
    """Outcome on factors and mediator."""
    alone: Estimates
    """Outcome on the mediator, without the factors."""


@dataclass(frozen=True, slots=True, eq=False)
class Mediation(InNotebook):
    """Mediated effects of all factors through all mediators, on one common sample."""

    total: Estimates
    through: tuple[MediatorEquations, ...]
    effects: tuple[MediatedEffect, ...]
    refused: tuple[Inapplicable, ...]
    """Mediators that could not be estimated, and why."""
    n: int
    n_missing: int
    n_singletons: int
    notices: tuple[Notice, ...]
    declared: Mediation | None = None
    """The same with the declared errors, where these equations have others."""
    default: Mediation | None = None
    """The same with errors clustered by entity, where it is judged by others."""

    @property
    def judged(self) -> Mediation:
        """The effects as they are judged."""
        return self.declared or self

    def to_frame(self) -> pd.DataFrame:
        """Return one row a factor and mediator."""
        rows = [
            {
                "mediator": e.mediator,
                "factor": e.factor,
                "a": e.a,
                "b": e.b,
                "indirect": e.indirect,
                "direct": e.direct,
                "total": e.total,
                "sobel_z": e.sobel.sobel.value,
                "sobel_p": e.sobel.sobel.p_value,
                "ci_low": e.interval.low if isinstance(e.interval, Interval) else np.nan,
                "ci_high": e.interval.high if isinstance(e.interval, Interval) else np.nan,
                "share": e.share,
            }
            for e in self.effects
        ]
        return pd.DataFrame(rows)


def mediate(
    data: Panel | pd.DataFrame,
    regression: Regression,
    mediators: tuple[str, ...],
    *,
    draws: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Mediation:
    """Decompose the effects of the regressors into direct and mediated parts.

    Parameters
    ----------
    data
        A panel, or a frame indexed (entity, period).
    regression
        The total equation; its regressors are the factors.
    mediators
        Each is taken alone, as the paper's equations (3)-(5) do.
    draws, seed, level
        Of the percentile bootstrap over clusters (of the errors, else entities); 0 for none.

    Raises
    ------
    StudyError
        The total equation cannot be estimated. A mediator that cannot is in `refused`.

    References
    ----------
    Sobel (1982), doi:10.2307/270723; MacKinnon, Lockwood and Williams (2004),
    doi:10.1207/s15327906mbr3901_4; Imai, Keele and Yamamoto (2010), doi:10.1214/10-STS321.
    """
    frame, sample = common(data, regression, mediators)
    total = fit_least_squares(frame, regression)
    drawn = _draws(frame, regression, mediators, draws, seed)
    through: list[MediatorEquations] = []
    effects: list[MediatedEffect] = []
    refused: list[Inapplicable] = []
    for mediator in mediators:
        try:
            equations = _equations(frame, regression, mediator)
        except MethodError as error:
            refused.append(Inapplicable(mediator, error.problems[0].what))
            continue
        through.append(equations)
        found = _intervals(drawn, total, equations, level)
        effects += [
            _effect(factor, total, equations, interval)
            for factor, interval in zip(regression.regressors, found, strict=True)
        ]
    return Mediation(
        total=total,
        through=tuple(through),
        effects=tuple(effects),
        refused=tuple(refused),
        n=total.n,
        n_missing=sample.n_missing,
        n_singletons=sample.n_singletons,
        notices=_notices(effects, refused),
    )


def _equations(frame: pd.DataFrame, regression: Regression, mediator: str) -> MediatorEquations:
    with_mediator = (*regression.regressors, mediator)
    return MediatorEquations(
        mediator,
        first=fit_least_squares(frame, replace(regression, outcome=mediator)),
        second=fit_least_squares(frame, replace(regression, regressors=with_mediator)),
        alone=fit_least_squares(frame, replace(regression, regressors=(mediator,))),
    )


def _draws(
    frame: pd.DataFrame, regression: Regression, mediators: tuple[str, ...], draws: int, seed: int
) -> tuple[Sums, Array] | Inapplicable:
    if draws < 2:
        return Inapplicable("bootstrap", message("No bootstrap draws were requested."))
    try:
        added = sums(frame, regression, others=mediators)
    except MethodError as error:
        return Inapplicable("bootstrap", error.problems[0].what)
    return added, cluster_draws(added.n_clusters, draws, seed)


def _intervals(
    drawn: tuple[Sums, Array] | Inapplicable,
    total: Estimates,
    equations: MediatorEquations,
    level: float,
) -> list[Interval | Inapplicable]:
    """Percentile intervals of ab, factor by factor, from the same draws."""
    factors = total.regression.regressors
    if isinstance(drawn, Inapplicable):
        return [drawn for _ in factors]
    added, weights = drawn
    mediator = equations.mediator
    first, second = added.many(
        weights,
        (
            (mediator, _slopes(equations.first)),
            (total.regression.outcome, _slopes(equations.second)),
        ),
    )
    b = second[:, _slopes(equations.second).index(mediator)]
    return [
        percentile(first[:, _slopes(equations.first).index(factor)] * b, level=level)
        for factor in factors
    ]


def _slopes(estimates: Estimates) -> tuple[str, ...]:
    return tuple(name for name in estimates.names if name != "_cons")


def _effect(
    factor: str, total: Estimates, equations: MediatorEquations, interval: Interval | Inapplicable
) -> MediatedEffect:
    first, second = equations.first, equations.second
    i, j, k = first.position(factor), second.position(equations.mediator), second.position(factor)
    t = total.position(factor)
    a, b = float(first.estimate[i]), float(second.estimate[j])
    a_error, b_error = float(first.std_error[i]), float(second.std_error[j])
    whole, whole_error = float(total.estimate[t]), float(total.std_error[t])
    direct = float(second.estimate[k])
    share, remark = _share(a * b, direct, whole, whole_error)
    return MediatedEffect(
        factor=factor,
        mediator=equations.mediator,
        a=a,
        a_error=a_error,
        b=b,
        b_error=b_error,
        indirect=a * b,
        direct=direct,
        direct_error=float(second.std_error[k]),
        total=whole,
        total_error=whole_error,
        sobel=sobel(a, a_error, b, b_error),
        interval=interval,
        share=share,
        share_remark=remark,
        sensitivity=sensitivity(first, total, a),
    )


def _share(indirect: float, direct: float, total: float, error: float) -> tuple[float, Wording]:
    """Form ab/total only where it can be read as a share."""
    if indirect * direct < 0.0:
        return float("nan"), message(
            "inconsistent mediation: the estimates of the direct and the mediated effect have opposite signs"
        )
    if np.isnan(error):
        return float("nan"), message("no share: the total effect has no standard error")
    if not abs(total) > CERTAIN * error:
        return float("nan"), message(
            "no share: the total effect is within two standard errors of zero"
        )
    return indirect / total, ""


def _notices(effects: list[MediatedEffect], refused: list[Inapplicable]) -> tuple[Notice, ...]:
    found = [
        Notice(
            "mediation.not_causal",
            message(
                "Stepwise mediation is a decomposition, not a causal proof: a common cause of "
                "mediator and outcome biases b and hence ab."
            ),
        )
    ]
    found += [
        Notice(
            "mediation.inconsistent",
            message(
                "{factor} through {mediator}: {why}.",
                factor=e.factor,
                mediator=e.mediator,
                why=e.share_remark,
            ),
        )
        for e in effects
        if e.share_remark
    ]
    found += [
        Notice(
            "mediation.refused",
            message("Mediator '{name}' was left out: {why}", name=r.name, why=r.reason),
        )
        for r in refused
    ]
    return tuple(found)


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


def mediated(result: Mediation, inference: Inference) -> Iterator[Effect]:
    """List the mediated effects, each with the test that is declared."""
    outcome = result.total.regression.outcome
    for one in result.effects:
        verdict = verdict_of(one, inference)
        low, high = verdict.interval
        links, error = (one.factor, one.mediator, outcome), one.sobel.std_error
        yield Effect(links, one.indirect, error, verdict.p, result.n, low=low, high=high)


def verdict_of(effect: MediatedEffect, inference: Inference) -> Verdict:
    """Judge a mediated effect by the declared test; by Sobel's where nothing was drawn."""
    drawn = effect.interval
    if (
        inference.indirect == "bootstrap"
        and isinstance(drawn, Interval)
        and not np.isnan(drawn.low)
    ):
        interval = drawn.low, drawn.high
        p, basis = drawn.p_value, "bootstrap"
    else:
        interval, p, basis = UNKNOWN, effect.sobel.sobel.p_value, "sobel"
    return judge(effect.indirect, p, inference, interval=interval, basis=basis)
