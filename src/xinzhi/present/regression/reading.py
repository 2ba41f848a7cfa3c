"""Sentences that interpret a regression table without searching for stars."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xinzhi.present import numbers
from xinzhi.present.regression.fitted import Fitted, name_of
from xinzhi.present.regression.notes import column
from xinzhi.present.style import Style
from xinzhi.regression.estimates import Estimates
from xinzhi.wording import Wording, listed, message

MANY = 5
"""Number of tests from which the expected number of chance findings is stated."""


@dataclass(frozen=True, slots=True)
class _Slope:
    """A slope of interest in a column."""

    column: int
    name: str
    b: float
    p: float
    low: float
    high: float

    @property
    def direction(self) -> int:
        return 1 if self.b > 0 else -1


def reading_beside(estimates: Sequence[Fitted], style: Style) -> tuple[Wording, ...]:
    """Interpret each regressor of interest in the first column, then state where the others disagree.

    A coefficient counts as statistically significant as the study declares, whatever its stars.
    """
    slopes = _slopes_of_interest(estimates)
    if not slopes:
        return ()
    weakest = style.level
    first = min(slope.column for slope in slopes)
    main = [slope for slope in slopes if slope.column == first]
    return (
        *(_read(slope, estimates, style) for slope in main),
        *_disagreements(slopes, style, weakest),
        *_chance(slopes, weakest),
    )


def _slopes_of_interest(estimates: Sequence[Fitted]) -> list[_Slope]:
    """List the slopes that have a test: of weak instruments, or without an error, some have none."""
    found = [
        _slope(position, one, name)
        for position, one in enumerate(estimates, 1)
        if isinstance(one, Estimates)
        for name in one.regression.regressors
        if name in one.names
    ]
    return [slope for slope in found if math.isfinite(slope.p)]


def _slope(position: int, one: Estimates, name: str) -> _Slope:
    at = one.position(name)
    found = (one.estimate, one.p_value, one.ci_low, one.ci_high)
    b, p, low, high = (float(values[at]) for values in found)
    return _Slope(position, name, b, p, low, high)


def _read(
    slope: _Slope,
    estimates: Sequence[Fitted],
    style: Style,
) -> Wording:
    words = {
        "column": column(slope.column),
        "name": name_of(slope.name, style.labels),
        "outcome": name_of(estimates[slope.column - 1].regression.outcome, style.labels),
        "b": numbers.number(slope.b, style.decimals),
        "p": numbers.p_equals(slope.p),
        "low": numbers.number(slope.low, style.decimals),
        "high": numbers.number(slope.high, style.decimals),
    }
    verdict = style.judge(slope.b, slope.p)
    if not verdict.is_significant:
        return message(
            "Column {column}: the effect of {name} on {outcome} is not statistically "
            "significant: b = {b}, {p}; 95% interval from {low} to {high}.",
            **words,
        )
    if verdict.direction == "positive":
        return message(
            "Column {column}: {name} is positively associated with {outcome}: b = {b}, {p}; 95% "
            "interval from {low} to {high}.",
            **words,
        )
    return message(
        "Column {column}: {name} is negatively associated with {outcome}: b = {b}, {p}; 95% "
        "interval from {low} to {high}.",
        **words,
    )


def _disagreements(slopes: Sequence[_Slope], style: Style, weakest: float) -> Iterator[Wording]:
    """Name the regressors on which the columns do not agree."""
    for name in dict.fromkeys(slope.name for slope in slopes):
        found = [slope for slope in slopes if slope.name == name]
        clear = [slope for slope in found if slope.p < weakest]
        if len({slope.direction for slope in clear}) > 1:
            yield message(
                "The sign of {name} changes between columns {columns}.",
                name=name_of(name, style.labels),
                columns=listed([column(slope.column) for slope in clear]),
            )
        elif clear and len(clear) < len(found):
            yield message(
                "{name} is statistically significant in {k} of {n} columns only: {columns}.",
                name=name_of(name, style.labels),
                k=len(clear),
                n=len(found),
                columns=listed([column(slope.column) for slope in clear]),
            )


def _chance(slopes: Sequence[_Slope], weakest: float) -> Iterator[Wording]:
    """Set the number of small p-values beside the number that chance alone would give."""
    n, k = len(slopes), sum(slope.p < weakest for slope in slopes)
    if k == 0:
        yield message(
            "Coefficients of interest that are statistically significant at the {level} level: none "
            "of {n}.",
            n=n,
            level=numbers.level(weakest),
        )
    elif n >= MANY:
        yield message(
            "{k} of {n} coefficients of interest have p < {level}; if all effects were zero, "
            "about {chance} would be expected.",
            k=k,
            n=n,
            level=f"{weakest:g}",
            chance=numbers.number(n * weakest, 1),
        )
