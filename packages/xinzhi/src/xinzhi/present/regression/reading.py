"""Sentences that interpret a regression table without searching for stars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xinzhi.present import numbers
from xinzhi.present.pieces import pieces_in_words
from xinzhi.present.regression.fitted import Fitted, column, name_of
from xinzhi.present.style import Style
from xinzhi_core.wording import Wording, listed, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.verdict import Verdict, judge_slope

MANY = 5
"""Number of tests from which the expected number of chance findings is stated."""


@dataclass(frozen=True, slots=True)
class _Slope:
    """A slope of interest in a column."""

    column: int
    name: str
    outcome: str
    is_marginal: bool
    verdict: Verdict
    level: float
    """Coverage of its interval."""


def reading_beside(estimates: Sequence[Fitted], style: Style) -> tuple[Wording, ...]:
    """Interpret each regressor of interest in the first column, then state where the others disagree.

    A coefficient counts as statistically significant as the study declares, whatever its stars.
    """
    slopes = _slopes_of_interest(estimates, style)
    if not slopes:
        return ()
    first = min(slope.column for slope in slopes)
    main = [slope for slope in slopes if slope.column == first]
    return (
        *(_read(slope, style) for slope in main),
        *_disagreements(slopes, style),
        *_chance(slopes, style.level),
    )


def _slopes_of_interest(estimates: Sequence[Fitted], style: Style) -> list[_Slope]:
    """List the slopes that have a test: of weak instruments, or without an error, some have none."""
    slopes = [
        _Slope(
            n,
            name,
            fitted.regression.outcome,
            fitted.marginal_effects is not None,
            judge_slope(fitted.on_outcome, name, style.inference),
            fitted.regression.level,
        )
        for n, fitted in enumerate(estimates, 1)
        if isinstance(fitted, Estimates)
        for name in fitted.regression.regressors
        if name in fitted.on_outcome.names
    ]
    return [slope for slope in slopes if slope.verdict.direction != "not_tested"]


def _read(slope: _Slope, style: Style) -> Wording:
    verdict = slope.verdict
    low, high = verdict.interval
    words = {
        "column": column(slope.column),
        "name": name_of(slope.name, style.labels),
        "outcome": name_of(slope.outcome, style.labels),
        "b": _size(slope, style),
        "p": numbers.p_equals(verdict.p),
        "level": numbers.level(slope.level),
    }
    if verdict.pieces is not None and len(verdict.pieces) != 1:
        return _read_set(verdict, {**words, "set": pieces_in_words(verdict.pieces, style.decimals)})
    words["low"] = numbers.number(low, style.decimals)
    words["high"] = numbers.number(high, style.decimals)
    if not verdict.is_significant:
        return message(
            "Column {column}: the association of {name} with {outcome} is not statistically "
            "significant: {b}, {p}; {level} interval from {low} to {high}.",
            **words,
        )
    if verdict.direction == "positive":
        return message(
            "Column {column}: {name} is positively associated with {outcome}: {b}, {p}; {level} "
            "interval from {low} to {high}.",
            **words,
        )
    return message(
        "Column {column}: {name} is negatively associated with {outcome}: {b}, {p}; {level} "
        "interval from {low} to {high}.",
        **words,
    )


def _read_set(verdict: Verdict, words: Mapping[str, Wording]) -> Wording:
    """Interpret a slope whose set has gaps or no value, as weak instruments may leave it."""
    if not verdict.is_significant:
        return message(
            "Column {column}: the association of {name} with {outcome} is not statistically "
            "significant: {b}, {p}; {level} set of the Anderson-Rubin test {set}.",
            **words,
        )
    if verdict.direction == "positive":
        return message(
            "Column {column}: {name} is positively associated with {outcome}: {b}, {p}; {level} set of "
            "the Anderson-Rubin test {set}.",
            **words,
        )
    return message(
        "Column {column}: {name} is negatively associated with {outcome}: {b}, {p}; {level} set of "
        "the Anderson-Rubin test {set}.",
        **words,
    )


def _size(slope: _Slope, style: Style) -> Wording:
    b = numbers.number(slope.verdict.estimate, style.decimals)
    if slope.is_marginal:
        return message("average marginal effect {b}", b=b)
    return message("b = {b}", b=b)


def _disagreements(slopes: Sequence[_Slope], style: Style) -> Iterator[Wording]:
    """Name the regressors on which the columns do not agree."""
    for name in dict.fromkeys(slope.name for slope in slopes):
        of_name = [slope for slope in slopes if slope.name == name]
        clear = [slope for slope in of_name if slope.verdict.is_significant]
        if len({slope.verdict.direction for slope in clear}) > 1:
            yield message(
                "The sign of {name} changes between columns {columns}.",
                name=name_of(name, style.labels),
                columns=listed([column(slope.column) for slope in clear]),
            )
        elif clear and len(clear) < len(of_name):
            yield message(
                "{name} is statistically significant in {k} of {n} columns only: {columns}.",
                name=name_of(name, style.labels),
                k=len(clear),
                n=len(of_name),
                columns=listed([column(slope.column) for slope in clear]),
            )


def _chance(slopes: Sequence[_Slope], level: float) -> Iterator[Wording]:
    """Set the number of small p-values beside the number that chance alone would give."""
    n, k = len(slopes), sum(slope.verdict.is_significant for slope in slopes)
    if k == 0:
        yield message(
            "Coefficients of interest that are statistically significant at the {level} level: none "
            "of {n}.",
            n=n,
            level=numbers.level(level),
        )
    elif n >= MANY:
        yield message(
            "{k} of {n} coefficients of interest have p < {level}; if all were zero, "
            "about {chance} would be expected.",
            one="{k} of {n} coefficients of interest has p < {level}; if all were zero, about {chance} would be expected.",
            counting="k",
            k=k,
            n=n,
            level=f"{level:g}",
            chance=numbers.number(n * level, 1),
        )
