"""Effects of regressions, as the pathways of cities read them.

Numbers of a study as functions of the slopes of its regressions, so that draws can compute them again.

A quantity is a sum of products of weighted sums of slopes: a slope is one of them, a mediated effect a b
a product of two, an effect at a level of a moderator b1 + b3 w a weighted sum.

The same estimates with other standard errors: those that the study declares, and the default ones.

Which effects are judged otherwise with other standard errors or other tests, in sentences.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd

from xinzhi.analyses.reads import Shown
from xinzhi.present.regression.fitted import kind_of_errors, name_of
from xinzhi_core.errors import StudyError
from xinzhi_core.panel.panel import ENTITY
from xinzhi_core.wording import Wording, enumerated, listed, message
from xinzhi_econometrics.estimates import CovarianceRule, Estimates
from xinzhi_econometrics.inference import t_quantile, t_tails
from xinzhi_econometrics.instruments.confidence_set import ends_of
from xinzhi_econometrics.least_squares import Array
from xinzhi_econometrics.specification import (
    DEFAULT,
    Covariance,
    Regression,
    with_errors,
    with_other_errors,
)
from xinzhi_econometrics.verdict import CUSTOMARY, LEVEL, JudgementRule, Verdict, judge


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect along a path, as the pathways of cities read it."""

    links: tuple[str, ...]
    """Variables from the factor to the outcome."""
    estimate: float
    std_error: float
    """Of the test that judges, as p and df: what intervals at any level are computed from."""
    p_value: float
    n: int
    df: float = float("nan")
    grouping: str = ""
    group: str = ""
    moderator: str = ""
    test: str = ""
    """Of a difference between groups: interaction or permutation."""
    low: float = float("nan")
    high: float = float("nan")
    """Interval of the test that judges it; by the standard error where there is none."""

    @property
    def is_mediated(self) -> bool:
        """Whether a mediator stands between factor and outcome."""
        return len(self.links) > 2


@dataclass(frozen=True, slots=True)
class ConditionalSlope:
    """The effect along a path at each value w of a moderator: b1 + b3 w, both of one model.

    Its variance is V11 + 2 w V13 + w² V33. Where CR2 judges, p-values and intervals have the variance of
    `judging`, and degrees of freedom that change with w.
    """

    links: tuple[str, ...]
    moderator: str
    b1: float
    b3: float
    v11: float
    v13: float
    v33: float
    df: float
    n: int
    judging: JudgedLine | None = None

    def at(self, w: Array | float) -> tuple[Any, Any, Any]:
        """Give effects, standard errors and p-values at values of the moderator, as in the regression.

        Errors are those of the declared rule, p-values those of the test that judges.

        >>> slope = ConditionalSlope(("x", "y"), "w", 1.0, 0.5, 0.04, -0.01, 0.01, 100.0, 110)
        >>> [round(float(number), 4) for number in slope.at(2.0)]
        [2.0, 0.2, 0.0]
        """
        effect = self.b1 + self.b3 * w
        judging, df = self._judging(w)
        # Rounding can make a variance of almost 0 negative: then there is no error and no p-value.
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(self.v11 + 2 * w * self.v13 + w**2 * self.v33)
            statistic = np.where(judging > 0, effect / judging, np.nan)
        return effect, error, t_tails(statistic, df)

    def reach(self, w: Array | float, level: float) -> Any:
        """Give half the width of the interval of confidence 1 - level at values of the moderator.

        >>> slope = ConditionalSlope(("x", "y"), "w", 1.0, 0.5, 0.04, -0.01, 0.01, float("inf"), 110)
        >>> round(float(slope.reach(2.0, 0.05)), 4)
        0.392
        """
        error, df = self._judging(w)
        return -t_quantile(level / 2, df) * error

    def statistic(self, w: Array | float) -> tuple[Any, Any]:
        """Give t and its degrees of freedom at values of the moderator, by the test that judges.

        >>> slope = ConditionalSlope(("x", "y"), "w", 1.0, 0.5, 0.04, -0.01, 0.01, 100.0, 110)
        >>> [round(float(number), 4) for number in slope.statistic(2.0)]
        [10.0, 100.0]
        """
        error, df = self._judging(w)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(error > 0, (self.b1 + self.b3 * w) / error, np.nan), df

    def _judging(self, w: Array | float) -> tuple[Any, Any]:
        """Give standard errors and degrees of freedom of the test that judges."""
        if self.judging is not None:
            return self.judging.at(w)
        with np.errstate(invalid="ignore"):
            return np.sqrt(self.v11 + 2 * w * self.v13 + w**2 * self.v33), self.df


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """CR2 variance and Satterthwaite's degrees of freedom of b1 + b3 w as functions of w."""

    v: tuple[float, float, float]
    """V11, V13, V33."""
    top: tuple[float, ...]
    bottom: tuple[float, ...]
    """df = top(w)² / bottom(w), polynomials of degree 2 and 4, from the constant upwards."""

    def at(self, w: Array | float) -> tuple[object, object]:
        """Give standard errors and degrees of freedom at values of the moderator."""
        v11, v13, v33 = self.v
        evaluate = np.polynomial.polynomial.polyval
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(v11 + 2 * w * v13 + np.square(w) * v33)
            return error, evaluate(w, self.top) ** 2 / evaluate(w, self.bottom)


@dataclass(frozen=True, slots=True)
class Arrow:
    """An effect of one variable on another, as a diagram of a mechanism draws it."""

    source: str
    target: str
    estimate: float
    p_value: float


def slopes(
    estimates: Estimates, *, grouping: str = "", group: str = "", level: float = LEVEL
) -> Iterator[Effect]:
    """List the effects of the variables of interest on the outcome, on the scale of the outcome."""
    asked = estimates.regression
    for name in asked.regressors:
        if name in estimates.on_outcome.names:
            yield slope_effect(
                estimates,
                name,
                (name, asked.outcome),
                grouping=grouping,
                group=group,
                level=level,
            )


def slope_effect(
    estimates: Estimates,
    name: str,
    links: tuple[str, ...],
    *,
    grouping: str = "",
    group: str = "",
    moderator: str = "",
    level: float = LEVEL,
) -> Effect:
    """Take one slope as the effect along a path; `level` is that of the set of weak instruments."""
    reported = estimates.on_outcome
    position = reported.names.index(name)
    is_set = reported.judge[position] == "anderson_rubin"
    low, high = ends_of(reported.set_at(name, 1 - level)) if is_set else (nan, nan)
    return Effect(
        links,
        float(reported.estimate[position]),
        float(reported.errors[position]),
        float(reported.p_value[position]),
        estimates.n,
        float(reported.df[position]),
        grouping=grouping,
        group=group,
        moderator=moderator,
        low=low,
        high=high,
    )


Slope = tuple[str, str]
"""Name of a regression, as `Analysis.regressions` lists it, and of the variable."""
Line = tuple[tuple[float, Slope], ...]
"""Weights and slopes."""
Products = tuple[tuple[Line, ...], ...]
"""The sum of the products of these lines."""
EffectKey = tuple[tuple[str, ...], str, str, str]
"""Variables from the factor to the outcome, grouping, group, moderator."""
Kind = Literal[
    "slope", "direct", "indirect", "interaction", "conditional", "difference", "index", "statistic"
]
"""slope: of a variable; direct: past a mediator; indirect: through a mediator; interaction: with a moderator; conditional: at a
level of it; difference: between two groups; index: what the moderator changes of a mediated effect; statistic: a number that follows from no slopes."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a study, and how it follows from slopes."""

    kind: Kind
    links: tuple[str, ...]
    """Variables from the factor to the outcome."""
    products: Products
    estimate: float
    low: float
    high: float
    """Interval that the analysis itself gives; NaN where it gives none."""
    column: int = 0
    """Of a table, from 1."""
    grouping: str = ""
    group: str = ""
    other: str = ""
    """The other group of a difference."""
    moderator: str = ""
    at: str = ""
    """Level of the moderator: low, mean or high."""
    past: str = ""
    """Mediator beside which a direct effect stands."""
    words: Wording = ""
    """What a statistic is called; it has no products."""

    @property
    def effect(self) -> EffectKey:
        """Identify the effect among those on which pathways rest; other kinds are none of them."""
        return self.links, self.grouping, self.group, self.moderator

    @property
    def is_effect(self) -> bool:
        """Whether pathways may rest on it."""
        return self.kind in {"slope", "indirect", "interaction"}


@dataclass(frozen=True, slots=True)
class JointSigns:
    """A statement that holds where several effects have the sign that it asks for."""

    name: str
    """What is stated, such as the name of a pathway."""
    groups: tuple[tuple[str, str], ...]
    """Grouping and group of the entities of which it is stated; all entities where empty."""
    n_entities: int
    effects: tuple[tuple[EffectKey, int], ...]
    """Effects, each with the sign asked for: 1 or -1."""


def slope(regression: str, variable: str) -> Line:
    """Take a slope as a line of one term."""
    return ((1.0, (regression, variable)),)


def slope_at(regression: str, variable: str, product: str, level: float) -> Line:
    """Take the slope at a level of a moderator: b1 + b3 w."""
    return ((1.0, (regression, variable)), (level, (regression, product)))


def slope_quantity(
    regression: str,
    estimates: Estimates,
    name: str,
    *,
    kind: Kind = "slope",
    column: int = 0,
    grouping: str = "",
    group: str = "",
    past: str = "",
) -> Quantity:
    """Take one estimated slope, on the scale of the outcome, with its interval."""
    reported = estimates.on_outcome
    position = reported.names.index(name)
    return Quantity(
        kind,
        (name, estimates.regression.outcome),
        ((slope(regression, name),),),
        float(reported.estimate[position]),
        float(reported.ci_low[position]),
        float(reported.ci_high[position]),
        column=column,
        grouping=grouping,
        group=group,
        past=past,
    )


def negate(products: Products) -> Products:
    """Turn the sign of a sum of products."""
    # Of each product one factor changes its sign, and with it the product.
    return tuple(
        (tuple((-weight, term) for weight, term in first), *others) for first, *others in products
    )


T = TypeVar("T")


def estimate_again(
    frame: pd.DataFrame,
    regression: Regression,
    declared: Covariance,
    estimate: Callable[[Regression], T],
) -> tuple[T | None, T | None]:
    """Estimate with the declared errors, and with the default ones, each where it would change the errors.

    None stands for errors that are the same, and for those that the data do not allow.
    """
    judged = with_other_errors(frame, regression, declared)
    default = with_other_errors(frame, judged or regression, DEFAULT)
    # Outside of a panel the default has no clusters, and there is nothing to compare with.
    if default is not None and with_errors(frame, default).covariance.kind != "cluster":
        default = None
    return _attempt(judged, estimate), _attempt(default, estimate)


def _attempt(regression: Regression | None, estimate: Callable[[Regression], T]) -> T | None:
    if regression is None:
        return None
    try:
        return estimate(regression)
    except StudyError:  # The errors need more clusters than there are.
        return None


def same_draws(regression: Regression, other: Regression) -> bool:
    """Whether a bootstrap draws the same clusters for both: those of the errors, else entities."""
    first, second = ((*each.covariance.clusters, ENTITY)[0] for each in (regression, other))
    return first == second


MANY = 6
"""Effects from which they are counted and not named."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One effect, judged twice."""

    effect: Effect
    judged: Verdict
    """As the study declares it."""
    other: Verdict
    """By the errors that are printed, or by the default ones."""

    @property
    def is_kept(self) -> bool:
        """Whether it is significant both times, in the same direction."""
        return self.judged.is_significant and self.judged.direction == self.other.direction

    @property
    def is_lost(self) -> bool:
        """Whether it is significant only as it is judged."""
        return self.judged.is_significant and not self.is_kept

    @property
    def is_gained(self) -> bool:
        """Whether it is significant only otherwise."""
        return self.other.is_significant and not self.is_kept


def pair_verdicts(
    judged: Iterable[Effect], others: Iterable[Effect], inference: JudgementRule
) -> tuple[Pair, ...]:
    """Set the verdicts on the same effects side by side; an effect that is known once is left out."""
    by_key = {_key(effect): effect for effect in others}
    return tuple(
        Pair(effect, _verdict(effect, inference), _verdict(by_key[_key(effect)], inference))
        for effect in judged
        if _key(effect) in by_key
    )


def _key(effect: Effect) -> EffectKey:
    return effect.links, effect.grouping, effect.group, effect.moderator


def _verdict(effect: Effect, inference: JudgementRule) -> Verdict:
    # A joint test of more than two groups has no estimate and no direction: its p-value judges.
    is_joint = effect.test != "" and math.isnan(effect.estimate)
    return judge(1.0 if is_joint else effect.estimate, effect.p_value, inference)


def default_inference(inference: JudgementRule) -> JudgementRule:
    """Give the default errors, tests and families at the declared level."""
    return replace(CUSTOMARY, level=inference.level)


def has_default_inference(inference: JudgementRule) -> bool:
    """Whether a study declares errors, tests and families as they are by default."""
    errors = inference.errors
    is_usual = not errors.is_stated or (errors.kind, errors.clusters) == ("cluster", (ENTITY,))
    return is_usual and replace(inference, errors=CUSTOMARY.errors) == default_inference(inference)


def compare_with_printed(
    pairs: Sequence[Pair], declared: CovarianceRule, shown: Shown
) -> Iterator[Wording]:
    """Say under a table which effects would be judged otherwise by the standard errors printed in it.

    `declared` are the errors that judge.
    """
    if not pairs:
        return
    words: dict[str, object] = {
        "errors": kind_of_errors(replace(declared, is_default=False), shown.style.labels),
        "gained": _names((pair for pair in pairs if pair.is_gained), shown),
        "lost": _names((pair for pair in pairs if pair.is_lost), shown),
    }
    if words["gained"] and words["lost"]:
        yield message(
            "{errors}, as declared, decide; statistically significant only with those printed here: "
            "{gained}; not significant with these: {lost}.",
            **words,
        )
    elif words["gained"]:
        yield message(
            "{errors}, as declared, decide; statistically significant only with those printed here: "
            "{gained}.",
            **words,
        )
    elif words["lost"]:
        yield message(
            "{errors}, as declared, decide; not statistically significant with those printed here: "
            "{lost}.",
            **words,
        )
    else:
        yield message(
            "{errors}, as declared, decide; those printed here lead to the same verdicts.", **words
        )


def compare_with_defaults(pairs: Sequence[Pair], shown: Shown) -> Iterator[Wording]:
    """Say what is left of the effects with the default errors and tests, where something is found."""
    how = defaults_in_words(
        shown.style.inference,
        mediated=any(pair.effect.is_mediated for pair in pairs),
        differences=any(pair.effect.test for pair in pairs),
    )
    remaining = _names((pair for pair in pairs if pair.is_kept), shown)
    lost = _names((pair for pair in pairs if pair.is_lost), shown)
    gained = _names((pair for pair in pairs if pair.is_gained), shown)
    if remaining and lost:
        yield message(
            "With {how}, still statistically significant: {kept}; no longer: {lost}.",
            how=how,
            kept=remaining,
            lost=lost,
        )
    elif lost:
        yield message(
            "With {how}, no longer statistically significant: {lost}.", how=how, lost=lost
        )
    elif remaining:
        yield message(
            "With {how}, still statistically significant: {kept}.", how=how, kept=remaining
        )
    if gained:
        yield message(
            "With {how}, statistically significant only then: {gained}.", how=how, gained=gained
        )


def defaults_in_words(declared: JudgementRule, *, mediated: bool, differences: bool) -> Wording:
    """Name the defaults that the study does not declare, of tests only where such effects are meant."""
    how: list[Wording] = [message("standard errors clustered by entity")]
    if mediated and declared.indirect != CUSTOMARY.indirect:
        how.append(message("mediated effects judged by draws of whole clusters"))
    if differences and declared.family != CUSTOMARY.family:
        how.append(message("p-values adjusted by Holm's method"))
    return listed(how)


def _names(pairs: Iterable[Pair], shown: Shown) -> Wording:
    effects = [pair.effect for pair in pairs]
    if len(effects) > MANY:
        return message("{n} effects", n=len(effects))
    return listed([_name(effect, shown) for effect in effects])


def _name(effect: Effect, shown: Shown) -> Wording:
    """Name an effect: the factor alone of a slope, else its path, moderator and group."""
    links = [name_of(link, shown.style.labels) for link in effect.links]
    words: Wording = links[0]
    # The outcome of a mediated effect is that of the whole table; an interaction acts on a step.
    for link in links[1:] if effect.moderator else links[1:-1]:
        words = message("{first} → {second}", first=words, second=link)
    if effect.moderator:
        tool = name_of(effect.moderator, shown.style.labels)
        words = message("{tool} on {path}", tool=tool, path=words)
    if not effect.grouping:
        return words
    if not effect.group:
        grouping = shown.study.group_label(effect.grouping)
        return message("{effect} by {grouping}", effect=words, grouping=grouping)
    member = shown.study.member_label(effect.grouping, effect.group)
    return message("{effect} in {group}", effect=words, group=member)


def count_remaining(pairs: Sequence[Pair]) -> tuple[int, int] | None:
    """Count the significant effects that remain so by default, and all significant ones; None of none."""
    significant = [pair for pair in pairs if pair.judged.is_significant]
    kept = sum(pair.is_kept for pair in significant)
    return (kept, len(significant)) if significant else None


def summarise_remaining(
    pairs: Sequence[Pair], kind: Wording, shown: Shown, *, has_other_errors: bool
) -> Iterator[Wording]:
    """Count how many of the significant effects remain so by default, where these are fewer.

    `kind` words the effects in the plural; `has_other_errors` tells whether the default errors differ
    from those that judge.
    """
    significant = [pair for pair in pairs if pair.judged.is_significant]
    remaining = [pair.effect for pair in significant if pair.is_kept]
    if len(remaining) == len(significant):
        return
    how = defaults_in_prose(
        shown,
        errors=has_other_errors,
        indirect=any(pair.effect.is_mediated for pair in significant),
        family=any(pair.effect.test for pair in significant),
    )
    words: dict[str, object] = {"how": how, "total": len(significant), "what": kind}
    if not remaining:
        yield message("With {how}, none of {total} {what} remains significant.", **words)
    elif len(remaining) == 1 and len(remaining[0].links) == 3:
        factor, mediator = (name_of(n, shown.style.labels) for n in remaining[0].links[:2])
        yield message(
            "With {how}, only one of {total} {what} remains significant, that of {factor} through "
            "{mediator}.",
            factor=factor,
            mediator=mediator,
            **words,
        )
    else:
        yield message(
            "With {how}, {n} of {total} {what} remain significant.",
            one="With {how}, {n} of {total} {what} remains significant.",
            n=len(remaining),
            **words,
        )


def defaults_in_prose(
    shown: Shown, *, errors: bool = True, indirect: bool = True, family: bool = True
) -> Wording:
    """Name the defaults that the study does not declare, of what concerns an effect, in running text."""
    declared, noun = shown.style.inference, shown.style.noun
    how: list[Wording] = []
    if declared.errors != CUSTOMARY.errors and errors:
        how.append(message("standard errors clustered by {names}", names=noun.one))
    if declared.indirect != CUSTOMARY.indirect and indirect:
        how.append(message("the bootstrap over {things}", things=noun.many))
    if declared.family != CUSTOMARY.family and family:
        how.append(message("Holm's adjustment"))
    return enumerated(how)
