"""Running text on scores: how they were measured, their level, its change, the best and the worst."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.exhibits import AbstractSentence, main_score
from xinzhi.frontier.result import EfficiencyResult
from xinzhi.present import numbers
from xinzhi.present.options import MEASURES, REFERENCES
from xinzhi.present.references import see
from xinzhi.present.style import Style
from xinzhi.wording import Wording, in_a_row, listed, message

ENDS = 3
"""Entities that are named at either end of the ranking."""
COMPARABLE = ("global", "rows")
"""References under which scores of different periods are measured against one frontier."""


def abstract(
    result: EfficiencyResult, means: Mapping[str, float], shown: Shown
) -> Iterator[AbstractSentence]:
    """Say how the score of the study was measured, and its level in the first and the last period."""
    if shown.name != main_score(shown.study) or not means:
        return
    score = shown.study.score_label(shown.name)
    yield AbstractSentence("method", _describe_measurement(result, score))
    yield AbstractSentence("level", _level(result, means, score, shown.style))


def keywords(result: EfficiencyResult, shown: Shown) -> tuple[Wording, ...]:
    """Name the measure."""
    if shown.name != main_score(shown.study):
        return ()
    return (MEASURES.get(result.options.measure, result.options.measure),)


def prose(
    result: EfficiencyResult, means: Mapping[str, float], ranked: pd.DataFrame, shown: Shown
) -> tuple[Wording, ...]:
    """Write the paragraph on a score: level, years, entities at both ends.

    Parameters
    ----------
    means
        Period, or `all`, -> mean of the certified scores.
    ranked
        Entities by falling mean score, with the columns entity and mean.
    """
    if not means:
        return ()
    score, style = shown.study.score_label(shown.name), shown.style
    sentences = [
        _level(
            result, means, score, style, see(f"{shown.name}_by_period", f"{shown.name}_over_time")
        ),
        *_extreme_periods(result, means, style),
        *_first_and_last(ranked, style, see(f"{shown.name}_ranking")),
    ]
    return (in_a_row(sentences),)


def _describe_measurement(result: EfficiencyResult, score: Wording) -> Wording:
    options = result.options
    measure = MEASURES.get(options.measure, options.measure)
    if result.has_bads:
        measure = message("{measure} with undesirable outputs", measure=measure)
    certified = result.count("certified")
    words = {
        "score": score,
        "measure": measure,
        "frontier": REFERENCES.get(options.reference, message("the declared frontier")),
        "n": numbers.count(result.n),
    }
    if certified == result.n:
        return message(
            "{score} is measured by {measure} ({frontier}; {n} scores, each certified optimal).",
            **words,
        )
    return message(
        "{score} is measured by {measure} ({frontier}; {certified} of {n} scores certified optimal).",
        certified=numbers.count(certified),
        **words,
    )


def _periods(means: Mapping[str, float]) -> list[str]:
    return [period for period in means if period != "all"]


def _level(
    result: EfficiencyResult,
    means: Mapping[str, float],
    score: Wording,
    style: Style,
    exhibits: Wording = "",
) -> Wording:
    periods = _periods(means)
    if len(periods) < 2 or result.options.reference not in COMPARABLE:
        return message(
            "Mean {score} is {mean}{see}.",
            score=score,
            see=exhibits,
            mean=numbers.number(means["all"], style.decimals),
        )
    first, last = (numbers.number(means[p], style.decimals) for p in (periods[0], periods[-1]))
    words = {
        "see": exhibits,
        "score": score,
        "first": first,
        "last": last,
        "start": periods[0],
        "end": periods[-1],
    }
    if first == last:
        return message("Mean {score} was {first} in {start} and {last} in {end}{see}.", **words)
    if means[periods[-1]] > means[periods[0]]:
        return message(
            "Mean {score} rose from {first} in {start} to {last} in {end}{see}.", **words
        )
    return message("Mean {score} fell from {first} in {start} to {last} in {end}{see}.", **words)


def _extreme_periods(
    result: EfficiencyResult, means: Mapping[str, float], style: Style
) -> Iterator[Wording]:
    """Name the years with the lowest and the highest mean, where several can be compared."""
    periods = _periods(means)
    if len(periods) < 3 or result.options.reference not in COMPARABLE:
        return
    low, high = (pick(periods, key=lambda period: means[period]) for pick in (min, max))
    if means[low] < means[high]:
        yield message(
            "It was lowest in {low_year} ({low}) and highest in {high_year} ({high}).",
            low_year=low,
            low=numbers.number(means[low], style.decimals),
            high_year=high,
            high=numbers.number(means[high], style.decimals),
        )


def _first_and_last(ranked: pd.DataFrame, style: Style, exhibits: Wording) -> Iterator[Wording]:
    """Name the entities with the highest and the lowest mean scores."""
    if len(ranked) < 2:
        return
    shown = ENDS if len(ranked) > 2 * ENDS else 1  # no entity stands at both ends
    yield message(
        "Over all periods the highest means are those of {best}; the lowest are those of {worst}{see}.",
        one="Over all periods the highest mean is that of {best}; the lowest is that of {worst}{see}.",
        n=shown,
        see=exhibits,
        best=_entities(ranked.head(shown), style),
        worst=_entities(ranked.tail(shown)[::-1], style),
    )


def _entities(rows: pd.DataFrame, style: Style) -> Wording:
    return listed(
        [
            message(
                "{entity} ({mean})",
                entity=style.entities.get(str(entity), str(entity)),
                mean=numbers.number(float(mean), style.decimals),
            )
            for entity, mean in zip(rows["entity"], rows["mean"], strict=True)
        ]
    )
