"""Mediation: how much of the effect of a factor goes through a mediator.

    (total)   y  = c x        + controls + effects
    (first)   m  = a x        + controls + effects
    (second)  y  = c' x + b m + controls + effects          c = c' + ab on one sample

Stepwise mediation describes; it is not causal unless mediator and factor are as good as random.

Mediation: through what a factor works.

The mediated effect ab of one factor: its normal tests, and its sensitivity to an omitted cause.

Mediation inside a study: mediators that stand in the equation are refused, errors are tested and replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, model_validator

from xinzhi.analyses.effects import (
    Arrow,
    Effect,
    Quantity,
    estimate_again,
    same_draws,
    slope,
    slope_quantity,
)
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.section import Box, OneOrMore, Refers, TitledSection, as_list
from xinzhi.options import Refused
from xinzhi_core.errors import MethodError, Problem, SpecError
from xinzhi_core.notices import Notice
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.diagnostics.error_tests import advice_of, with_advice
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit_least_squares
from xinzhi_econometrics.inference import Inapplicable, Statistic, normal_quantile, normal_tails
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.resampling.cluster_bootstrap import (
    BootstrapInterval,
    ClusterSums,
    cluster_draws,
    percentile,
    sums,
)
from xinzhi_econometrics.specification import Regression, common
from xinzhi_econometrics.verdict import JudgementRule, Verdict, judge

MEDIATORS = Box(
    message("Mediators"),
    message("What may lie between factors and outcome: factor → mediator → outcome."),
    order=30,
    role="mediator",
    name="mechanism",
)


class MediationSection(TitledSection):
    """The paper's equations (3)-(5): each mediator taken alone, all on one common sample."""

    base: Annotated[str, Refers("column")] = Field(alias="from")
    """Column of a table with the total effects, such as baseline/1; its regressors are the factors."""
    through: Annotated[OneOrMore, Refers("variables"), MEDIATORS]
    """Mediators: variables or sets."""
    tests: Annotated[
        tuple[Literal["sobel", "bootstrap"], ...], BeforeValidator(as_list), Field(min_length=1)
    ] = ("sobel", "bootstrap")
    """sobel: the normal test of ab; bootstrap: percentile interval over resampled clusters."""
    draws: int = Field(default=1000, ge=2, le=100_000)
    """Draws of the bootstrap."""

    @model_validator(mode="after")
    def _draws_have_effect(self) -> MediationSection:
        if "draws" in self.model_fields_set and "bootstrap" not in self.tests:
            raise Refused(
                message("`draws` has no effect without the bootstrap."),
                message("add bootstrap to `tests`, or remove `draws`."),
            )
        return self


NULL = message("No mediated effect: ab = 0.")


@dataclass(frozen=True, slots=True)
class Sobel:
    """The three normal tests of ab; Goodman's variance can be negative."""

    sobel: Statistic
    aroian: Statistic
    goodman: Statistic | Inapplicable
    std_error: float
    """Sobel's error of ab."""


def sobel(a: float, a_error: float, b: float, b_error: float) -> Sobel:
    """Test a product of two slopes: z = ab / s.

    Sobel s² = b²s_a² + a²s_b²; Aroian adds s_a²s_b², Goodman subtracts it.

    References
    ----------
    Sobel (1982), doi:10.2307/270723; Aroian (1947), doi:10.1214/aoms/1177730442; Goodman (1960),
    doi:10.1080/01621459.1960.10483369.

    Examples
    --------
    >>> round(sobel(0.5, 0.1, 0.4, 0.2).sobel.value, 6)
    1.856953
    """
    first, product = (b * a_error) ** 2 + (a * b_error) ** 2, (a_error * b_error) ** 2

    def test(name: str, variance: float) -> Statistic:
        why: Wording = ""
        if np.isnan(variance):
            why = message("a path of ab has no standard error.")
        elif not variance > 0.0:
            why = message("the variance of ab is not positive.")
        z = float("nan") if why else a * b / float(np.sqrt(variance))
        return Statistic(name, NULL, z, "N(0, 1)", normal_tails(z), why)

    goodman = test("goodman", first - product)
    return Sobel(
        test("sobel", first),
        test("aroian", first + product),
        # Its variance may be negative, so that it is the only one that can be refused.
        Inapplicable("goodman", goodman.remark) if goodman.remark else goodman,
        float(np.sqrt(first)),
    )


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How strong an omitted cause of mediator and outcome must be to explain ab away."""

    rho: float
    """Correlation of the errors of the two equations at which the mediated effect is 0."""
    robustness: float
    """Share of the residual variance of mediator and outcome that it must explain to make b 0."""
    slope: float
    """Change of the mediated effect at rho = 0: a · s_y / s_m."""

    def at(self, rho: float) -> float:
        """Mediated effect if the errors of mediator and outcome correlate by rho, |rho| < 1.

        ab(ρ) = a (s_y/s_m) [r - ρ sqrt((1 - r²)/(1 - ρ²))], r the correlation of the residuals.
        """
        return self.slope * (self.rho - rho * float(np.sqrt((1 - self.rho**2) / (1 - rho**2))))


def sensitivity(first: Estimates, total: Estimates, a: float) -> Sensitivity:
    """Measure the sensitivity of a mediated effect to an omitted cause.

    References
    ----------
    Imai, Keele and Yamamoto (2010), theorem 4, doi:10.1214/10-STS321; Cinelli and Hazlett (2020),
    doi:10.1111/rssb.12348.
    """
    m, y = first.residuals.to_numpy(), total.residuals.to_numpy()
    sm, sy = float(np.sqrt(m @ m)), float(np.sqrt(y @ y))
    r = float(m @ y) / (sm * sy) if sm > 0.0 and sy > 0.0 else float("nan")
    # r is also the partial correlation of mediator and outcome: f² = t²/df of b without clusters
    f2 = r**2 / (1 - r**2) if abs(r) < 1.0 else float("inf")
    robustness = (float(np.sqrt(f2**2 + 4 * f2)) - f2) / 2 if np.isfinite(f2) else 1.0
    return Sensitivity(r, robustness, a * sy / sm if sm > 0.0 else float("nan"))


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
    interval: BootstrapInterval | Inapplicable
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
                "mediator": effect.mediator,
                "factor": effect.factor,
                "a": effect.a,
                "b": effect.b,
                "indirect": effect.indirect,
                "direct": effect.direct,
                "total": effect.total,
                "sobel_z": effect.sobel.sobel.value,
                "sobel_p": effect.sobel.sobel.p_value,
                "ci_low": bounds_of(effect)[0],
                "ci_high": bounds_of(effect)[1],
                "bootstrap_p": getattr(effect.interval, "p_value", float("nan")),
                "share": effect.share,
            }
            for effect in self.effects
        ]
        return pd.DataFrame(rows)


def bounds_of(effect: MediatedEffect) -> tuple[float, float]:
    """Give the bounds of the bootstrap interval; NaN where nothing was drawn."""
    interval = effect.interval
    if isinstance(interval, BootstrapInterval):
        return interval.low, interval.high
    return float("nan"), float("nan")


def mediate(
    data: Panel | pd.DataFrame,
    regression: Regression,
    mediators: tuple[str, ...],
    *,
    draws: int = 1000,
    seed: int = 0,
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
    draws, seed
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
    # One sample for all equations: only then is total = direct + ab an identity.
    frame, sample = common(data, regression, mediators)
    total = fit_least_squares(frame, regression)
    resampled = resample(frame, regression, mediators, draws, seed)
    through: list[MediatorEquations] = []
    effects: list[MediatedEffect] = []
    refused: list[Inapplicable] = []
    for mediator in mediators:
        try:
            equations = _fit_mediator(frame, regression, mediator)
        except MethodError as error:
            refused.append(Inapplicable(mediator, error.problems[0].what))
            continue
        through.append(equations)
        intervals = _intervals(resampled, total, equations)
        effects += [
            _effect(factor, total, equations, interval)
            for factor, interval in zip(regression.regressors, intervals, strict=True)
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


def _fit_mediator(frame: pd.DataFrame, regression: Regression, mediator: str) -> MediatorEquations:
    with_mediator = (*regression.regressors, mediator)
    return MediatorEquations(
        mediator,
        first=fit_least_squares(frame, replace(regression, outcome=mediator)),
        second=fit_least_squares(frame, replace(regression, regressors=with_mediator)),
        alone=fit_least_squares(frame, replace(regression, regressors=(mediator,))),
    )


def resample(
    frame: pd.DataFrame, regression: Regression, others: tuple[str, ...], draws: int, seed: int
) -> tuple[ClusterSums, Array] | Inapplicable:
    """Prepare a cluster bootstrap: sums by cluster, and how often each draw takes each cluster."""
    if draws < 2:  # Percentiles need two draws.
        return Inapplicable("bootstrap", message("No bootstrap draws were requested."))
    try:
        by_cluster = sums(frame, regression, others=others, numbered=True)
    except MethodError as error:
        return Inapplicable("bootstrap", error.problems[0].what)
    return by_cluster, cluster_draws(by_cluster.n_clusters, draws, seed)


def _intervals(
    resampled: tuple[ClusterSums, Array] | Inapplicable,
    total: Estimates,
    equations: MediatorEquations,
) -> list[BootstrapInterval | Inapplicable]:
    """Percentile intervals of ab, factor by factor, from the same draws."""
    factors = total.regression.regressors
    if isinstance(resampled, Inapplicable):
        return [resampled for _ in factors]
    by_cluster, weights = resampled
    first_names, second_names = slope_names(equations.first), slope_names(equations.second)
    first, second = by_cluster.many(
        weights,
        ((equations.mediator, first_names), (total.regression.outcome, second_names)),
    )
    # a and b of one draw belong together: their product is formed draw by draw.
    b = second[:, second_names.index(equations.mediator)]
    level = total.regression.level
    return [percentile(first[:, first_names.index(factor)] * b, level=level) for factor in factors]


def slope_names(estimates: Estimates) -> tuple[str, ...]:
    """List the names of the slopes: the sums by cluster have no constant."""
    return tuple(name for name in estimates.names if name != "_cons")


def _slope(estimates: Estimates, name: str) -> tuple[float, float]:
    """Take a slope and its standard error."""
    position = estimates.position(name)
    return float(estimates.estimate[position]), float(estimates.std_error[position])


def _effect(
    factor: str,
    whole: Estimates,
    equations: MediatorEquations,
    interval: BootstrapInterval | Inapplicable,
) -> MediatedEffect:
    a, a_error = _slope(equations.first, factor)
    b, b_error = _slope(equations.second, equations.mediator)
    direct, direct_error = _slope(equations.second, factor)
    total, total_error = _slope(whole, factor)
    share, remark = _share(a * b, direct, total, total_error)
    return MediatedEffect(
        factor=factor,
        mediator=equations.mediator,
        a=a,
        a_error=a_error,
        b=b,
        b_error=b_error,
        indirect=a * b,
        direct=direct,
        direct_error=direct_error,
        total=total,
        total_error=total_error,
        sobel=sobel(a, a_error, b, b_error),
        interval=interval,
        share=share,
        share_remark=remark,
        sensitivity=sensitivity(equations.first, whole, a),
    )


def _share(indirect: float, direct: float, total: float, error: float) -> tuple[float, Wording]:
    """Form ab/total only where it can be read as a share."""
    if indirect * direct < 0.0:
        why = message(
            "inconsistent mediation: the estimates of the direct and the mediated effect have opposite signs"
        )
    elif np.isnan(error):
        why = message("no share: the total effect has no standard error")
    elif not abs(total) > CERTAIN * error:
        why = message("no share: the total effect is within two standard errors of zero")
    else:
        return indirect / total, ""
    return float("nan"), why


def _notices(effects: list[MediatedEffect], refused: list[Inapplicable]) -> tuple[Notice, ...]:
    not_causal = message(
        "Stepwise mediation is a decomposition, not a causal proof: a common cause of "
        "mediator and outcome biases b and hence ab."
    )
    inconsistent = [
        message(
            "{factor} through {mediator}: {why}.",
            factor=effect.factor,
            mediator=effect.mediator,
            why=effect.share_remark,
        )
        for effect in effects
        if effect.share_remark
    ]
    left_out = [
        message("Mediator '{name}' was left out: {why}", name=refusal.name, why=refusal.reason)
        for refusal in refused
    ]
    return (
        Notice("mediation.not_causal", not_causal),
        *(Notice("mediation.inconsistent", words) for words in inconsistent),
        *(Notice("mediation.refused", words) for words in left_out),
    )


def arrows(result: Mediation) -> Iterator[Arrow]:
    """List the arrows: factor to mediator, mediator to outcome, and past the mediators."""
    outcome = result.total.regression.outcome
    factors = result.total.regression.regressors
    for equations in result.through:
        yield from (_arrow(equations.first, factor, equations.mediator) for factor in factors)
        yield _arrow(equations.second, equations.mediator, outcome)
    if result.through:
        # With several mediators, each alone, no single direct effect bypasses them all.
        past = result.through[0].second if len(result.through) == 1 else result.total
        yield from (_arrow(past, factor, outcome) for factor in factors)


def _arrow(estimates: Estimates, source: str, target: str) -> Arrow:
    i = estimates.position(source)
    return Arrow(source, target, float(estimates.estimate[i]), float(estimates.p_value[i]))


def mediated(result: Mediation, inference: JudgementRule) -> Iterator[Effect]:
    """List the mediated effects, each with the test that is declared."""
    outcome = result.total.regression.outcome
    for effect in result.effects:
        verdict = verdict_of(effect, inference)
        low, high = verdict.interval
        links, error = (effect.factor, effect.mediator, outcome), effect.sobel.std_error
        yield Effect(links, effect.indirect, error, verdict.p, result.n, low=low, high=high)


def verdict_of(effect: MediatedEffect, inference: JudgementRule) -> Verdict:
    """Judge a mediated effect by the declared test; by Sobel's where nothing was drawn."""
    drawn, bounds = effect.interval, bounds_of(effect)
    if (
        inference.indirect == "bootstrap"
        and isinstance(drawn, BootstrapInterval)
        and not np.isnan(bounds[0])
    ):
        interval, p, basis = bounds, drawn.p_value, "bootstrap"
    else:
        interval, p, basis = sobel_interval(effect, inference), effect.sobel.sobel.p_value, "sobel"
    return judge(effect.indirect, p, inference, interval=interval, basis=basis)


def sobel_interval(effect: MediatedEffect, inference: JudgementRule) -> tuple[float, float]:
    """Give the interval of Sobel's test: it leaves out 0 exactly where its p is below the level."""
    half = normal_quantile(1 - inference.level / 2) * effect.sobel.std_error
    return effect.indirect - half, effect.indirect + half


def quantities(result: Mediation) -> Iterator[Quantity]:
    """List what draws of the whole study compute again: total effects, the paths, direct effects and ab."""
    total = result.total.regression
    yield from (slope_quantity("total", result.total, name) for name in total.regressors)
    for equations in result.through:
        mediator = equations.mediator
        first, second = f"{mediator}/first", f"{mediator}/second"
        yield from (slope_quantity(first, equations.first, name) for name in total.regressors)
        yield slope_quantity(second, equations.second, mediator)
        for name in total.regressors:
            yield slope_quantity(second, equations.second, name, kind="direct", past=mediator)
    for effect in result.effects:
        mediator = effect.mediator
        low, high = bounds_of(effect)
        if not isinstance(effect.interval, BootstrapInterval):
            half = normal_quantile(0.5 + total.level / 2) * effect.sobel.std_error
            low, high = effect.indirect - half, effect.indirect + half
        path = (slope(f"{mediator}/first", effect.factor), slope(f"{mediator}/second", mediator))
        links = (effect.factor, mediator, total.outcome)
        yield Quantity("indirect", links, (path,), effect.indirect, low, high)


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
