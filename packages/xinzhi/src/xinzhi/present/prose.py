"""Patterns of running text that several analyses share: associations, intervals, changes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from xinzhi.present import numbers
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.style import Style
from xinzhi_core.wording import Wording, enumerated, listed, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.verdict import Direction, Verdict, judge_slope


@dataclass(frozen=True, slots=True)
class Slope:
    """An estimated association with the outcome, judged, with its interval at the declared level."""

    name: str
    verdict: Verdict
    low: float
    high: float

    @property
    def is_significant(self) -> bool:
        """Whether it counts."""
        return self.verdict.is_significant


def slopes_of_interest(estimates: Estimates, style: Style) -> tuple[Slope, ...]:
    """List the regressors of interest with their verdicts, on the scale of the outcome."""
    names = estimates.regression.regressors
    on_outcome = estimates.on_outcome.names
    return tuple(_slope(estimates, name, style) for name in names if name in on_outcome)


def _slope(estimates: Estimates, name: str, style: Style) -> Slope:
    slopes = estimates.on_outcome
    verdict = judge_slope(slopes, name, style.inference)
    return Slope(name, verdict, *verdict.interval)


def in_brackets(slopes: Sequence[Slope], style: Style) -> tuple[Wording, ...]:
    """Name each regressor with estimate and interval; the first says what the interval is."""
    return tuple(_in_brackets(slope, style, is_first=n == 0) for n, slope in enumerate(slopes))


def _in_brackets(slope: Slope, style: Style, *, is_first: bool) -> Wording:
    name = name_of(slope.name, style.labels)
    b = numbers.number(slope.verdict.estimate, style.decimals)
    if math.isnan(slope.low) or math.isnan(slope.high):
        return message("{name} ({b}, {p})", name=name, b=b, p=numbers.p_equals(slope.verdict.p))
    low, high = (numbers.number(bound, style.decimals) for bound in (slope.low, slope.high))
    if not is_first:
        return message("{name} ({b}, {low} to {high})", name=name, b=b, low=low, high=high)
    return message(
        "{name} ({b}, {confidence} confidence interval {low} to {high})",
        name=name,
        b=b,
        confidence=numbers.level(1 - style.level),
        low=low,
        high=high,
    )


Detail = Literal["intervals", "estimates", "names"]
"""What stands behind the name of a regressor: estimate and interval, estimate, nothing."""
MANY = 6
"""Regressors from which they are counted and not named, unless intervals are told."""


def associations(
    slopes: Sequence[Slope], outcome: Wording, style: Style, *, detail: Detail = "intervals"
) -> tuple[Wording, ...]:
    """Word the associations with an outcome as clauses: all regressors, each once.

    Those that no test judges come last; where none could be tested there is no clause.
    """
    kinds: tuple[Direction, ...] = ("positive", "negative", "not_significant")
    # Ordered by direction before the brackets: the first one in the sentence names the interval.
    ordered = [slope for kind in kinds for slope in slopes if slope.verdict.direction == kind]
    by_direction: dict[Direction, list[Wording]] = {}
    for slope, words in zip(ordered, _named(ordered, style, detail), strict=True):
        by_direction.setdefault(slope.verdict.direction, []).append(words)
    is_counted = detail != "intervals" and len(slopes) > MANY
    clauses = [
        _counted(kind, len(items), len(slopes), message("it") if n else outcome)
        if is_counted
        else _clause(kind, items, message("it") if n else outcome, only=len(by_direction) == 1)
        for n, (kind, items) in enumerate(by_direction.items())
    ]
    untested = [
        name_of(slope.name, style.labels)
        for slope in slopes
        if slope.verdict.direction == "not_tested"
    ]
    if clauses and untested:
        clauses.append(message("{names} cannot be tested", names=enumerated(untested)))
    return tuple(clauses)


def _named(slopes: Sequence[Slope], style: Style, detail: Detail) -> Sequence[Wording]:
    """Name regressors, in as much detail as there is room for."""
    if detail == "intervals":
        return in_brackets(slopes, style)
    names = [name_of(slope.name, style.labels) for slope in slopes]
    if detail == "names":
        return names
    estimates = [numbers.number(slope.verdict.estimate, style.decimals) for slope in slopes]
    return [
        message("{factor} ({ab})", factor=name, ab=b)
        for name, b in zip(names, estimates, strict=True)
    ]


def _clause(kind: Direction, items: Sequence[Wording], outcome: Wording, *, only: bool) -> Wording:
    """Word the associations of one direction; `only` where all have it."""
    n = len(items)
    if only and n > 1:
        return _all(kind, n, listed(items), outcome)
    names = enumerated(items)
    if kind == "positive":
        return message(
            "{names} are positively associated with {outcome}",
            one="{names} is positively associated with {outcome}",
            n=n,
            names=names,
            outcome=outcome,
        )
    if kind == "negative":
        return message(
            "{names} are negatively associated with {outcome}",
            one="{names} is negatively associated with {outcome}",
            n=n,
            names=names,
            outcome=outcome,
        )
    return message(
        "{names} are not significantly associated with {outcome}",
        one="{names} is not significantly associated with {outcome}",
        n=n,
        names=names,
        outcome=outcome,
    )


def _counted(kind: Direction, k: int, n: int, outcome: Wording) -> Wording:
    """Count the regressors of one direction."""
    words = {"k": k, "n": n, "outcome": outcome}
    if kind == "positive":
        return message(
            "{k} of {n} factors are positively associated with {outcome}",
            one="{k} of {n} factors is positively associated with {outcome}",
            counting="k",
            **words,
        )
    if kind == "negative":
        return message(
            "{k} of {n} factors are negatively associated with {outcome}",
            one="{k} of {n} factors is negatively associated with {outcome}",
            counting="k",
            **words,
        )
    return message(
        "{k} of {n} factors are not significantly associated with {outcome}",
        one="{k} of {n} factors is not significantly associated with {outcome}",
        counting="k",
        **words,
    )


SMALL: Mapping[int, Wording] = {
    2: message("two"),
    3: message("three"),
    4: message("four"),
    5: message("five"),
    6: message("six"),
}
"""Counts that are written as words."""


def _all(kind: Direction, n: int, names: Wording, outcome: Wording) -> Wording:
    words = {"k": SMALL.get(n, str(n)), "names": names, "outcome": outcome}
    if kind == "positive":
        return message("All {k} factors are positively associated with {outcome}: {names}", **words)
    if kind == "negative":
        return message("All {k} factors are negatively associated with {outcome}: {names}", **words)
    if n == 2:
        return message(
            "Neither factor is significantly associated with {outcome}: {names}", **words
        )
    return message(
        "None of the {k} factors is significantly associated with {outcome}: {names}", **words
    )


def signed(value: float, decimals: int) -> str:
    """Write a change with its sign.

    >>> signed(0.0021, 3), signed(-0.5, 1), signed(0.0, 2)
    ('+0.002', '−0.5', '0.00')
    """
    return f"{'+' if value > 0 else ''}{numbers.number(value, decimals)}"


def words_of_errors(estimates: Estimates, style: Style) -> Wording:
    """Name the kind of standard errors within a sentence."""
    rule = estimates.covariance
    labels = {**style.labels, "entity": style.noun.one, "period": message("Period")}
    names = enumerated([name_of(name, labels) for name, _ in rule.clusters])
    if rule.kind in {"cluster", "two_way"}:
        return message("standard errors clustered by {names}", names=names)
    words = {
        "iid": message("iid standard errors"),
        "hc1": message("HC1 robust standard errors"),
        "driscoll_kraay": message("Driscoll-Kraay standard errors"),
    }
    return words.get(rule.kind, rule.kind)
