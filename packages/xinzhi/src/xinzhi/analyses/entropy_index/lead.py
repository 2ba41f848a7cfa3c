"""What is said first of a composite index: where it is highest, how it moved, what weighs most."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.entropy_index.compute import CHOSEN, CompositeIndex, IndexSection
from xinzhi.analyses.exhibits import AbstractSentence, HeadSentence
from xinzhi.analyses.of_steps import name_of
from xinzhi.prepare.steps.entropy_index import weighting_words
from xinzhi.present import numbers
from xinzhi.present.references import see
from xinzhi_core.panel.panel import PERIOD
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, enumerated, message

BEST = 3
"""So many entities are named as the highest."""
AFTER = 6.0
"""Place within a line at the head: what regressions and scores found comes before."""


def lead(section: IndexSection, result: CompositeIndex, shown: Shown) -> Iterator[Wording]:
    """Say where the index is highest, how its mean moved, and what weighs most."""
    yield from ends(section, result, shown)
    yield from course(section, result, shown)
    yield from heaviest(section, result, shown)


def ends(section: IndexSection, result: CompositeIndex, shown: Shown) -> Iterator[Wording]:
    """Name the highest and the lowest in the last period; nothing where fewer than four have a value."""
    index = result.index.dropna()
    if index.empty:
        return
    date = index.index.get_level_values(PERIOD).max()
    last = index[index.index.get_level_values(PERIOD) == date].droplevel(PERIOD)
    if len(last) <= BEST:
        return
    ranked = last.sort_values(ascending=False, kind="stable").items()
    entities = [_named(entity, value, shown) for entity, value in ranked]
    names = {
        "highest": enumerated(entities[:BEST]),
        "lowest": entities[-1],
        "index": name_of(section, shown),
    }
    if shown.panel.has_periods:
        yield message(
            "In {period} {index} is highest in {highest}, and lowest in {lowest}.",
            period=period_name(int(date)),
            **names,
        )
    else:
        yield message("{index} is highest in {highest}, and lowest in {lowest}.", **names)


def _named(entity: object, value: float, shown: Shown) -> Wording:
    return message(
        "{entity} ({value})",
        entity=shown.style.entities.get(str(entity), str(entity)),
        value=numbers.number(value, shown.style.decimals),
    )


def course(section: IndexSection, result: CompositeIndex, shown: Shown) -> Iterator[Wording]:
    """Compare the means at the first and at the last date of the entities that have a value at both.

    Nothing where indicators are scaled within each period: such an index has no level.
    """
    if section.pool == "period" or not shown.panel.has_periods:
        return
    wide = result.index.unstack(PERIOD).dropna(axis=1, how="all")  # noqa: PD010 - one column
    if wide.shape[1] < 2:
        return
    ends = wide[[wide.columns.min(), wide.columns.max()]].dropna()
    if ends.empty:
        return
    first, last = (float(value) for value in ends.mean())
    digits = shown.style.decimals
    words = {
        "index": name_of(section, shown),
        "things": shown.style.noun.count(len(ends)),
        "first": numbers.number(first, digits),
        "last": numbers.number(last, digits),
        "start": period_name(int(ends.columns[0])),
        "end": period_name(int(ends.columns[1])),
    }
    if np.round(first, digits) == np.round(last, digits):
        yield message(
            "The mean of {index} over {things} is {first} in {start} and {last} in {end}.", **words
        )
    elif first < last:
        yield message(
            "The mean of {index} over {things} rose from {first} in {start} to {last} in {end}.",
            **words,
        )
    else:
        yield message(
            "The mean of {index} over {things} fell from {first} in {start} to {last} in {end}.",
            **words,
        )


def heaviest(section: IndexSection, result: CompositeIndex, shown: Shown) -> Iterator[Wording]:
    """Name the indicator, and the dimension, that weighs most; nothing of those of which several weigh as much."""
    del section
    table = see(f"{shown.name}_weights")
    indicator, dimension = _single(result.weights[CHOSEN]), _single(result.by_dimension)
    words: dict[str, Wording] = {"see": table}
    if indicator is not None:
        name, weight = indicator
        words |= {"name": shown.panel.label(name), "share": _share(weight)}
    if indicator is not None and dimension is not None:
        name, weight = dimension
        yield message(
            "Of the indicators {name} weighs most ({share}), of the dimensions {dimension} ({part}){see}.",
            dimension=dimension_words(name, shown),
            part=_share(weight),
            **words,
        )
    elif indicator is not None:
        yield message("Of the indicators {name} weighs most ({share}){see}.", **words)


def _single(weights: pd.Series) -> tuple[str, float] | None:
    """Find the largest of several weights; none where there is one, or several are as large."""
    weights = weights.astype(float)
    top = weights[np.isclose(weights, weights.max(), rtol=1e-9)]
    return (str(top.index[0]), float(top.iloc[0])) if len(top) == 1 < len(weights) else None


def _share(weight: float) -> str:
    return f"{numbers.number(100 * weight, 1)}%"


def dimension_words(name: str, shown: Shown) -> Wording:
    """Word a dimension: by its label, or a word of the field; others stand as the study writes them."""
    # A column of the same name has a label of its own.
    is_labelled = name in shown.panel.labels and name not in shown.panel.frame
    return shown.panel.label(name) if is_labelled else DIMENSIONS.get(name, name)


DIMENSIONS = {
    "labour": message("labour"),
    "technology": message("technology"),
    "equipment": message("equipment"),
    "environment": message("environment"),
    "objects_of_labour": message("objects of labour"),
    "means_of_labour": message("means of labour"),
}
"""Dimension -> its name in print: those into which indices of new quality productive forces are divided."""


def head_of(
    section: IndexSection, result: CompositeIndex, shown: Shown
) -> tuple[tuple[HeadSentence, ...], tuple[AbstractSentence, ...]]:
    """Make the sentences at the head of the report and in the abstract, of the first index of a study."""
    if shown.name != next(iter(shown.study.sections("entropy_index")), None):
        return (), ()
    found, moved = (*ends(section, result, shown),), (*course(section, result, shown),)
    built = message(
        "{index} is built from {n} indicators with {weights}.",
        one="{index} is built from {n} indicator with {weights}.",
        index=name_of(section, shown),
        n=len(section.indicators),
        weights=weighting_words(section),
    )
    lines = [HeadSentence("found", text, AFTER) for text in found]
    lines += [HeadSentence("large", text, AFTER) for text in moved]
    if len(result.moves):
        furthest = result.moves["mean_change"].max()
        text = message(
            "Under other weights, another score or without one of its indicators ranks move by {mean} on average at most.",
            mean=numbers.number(float(furthest), 2),
        )
        lines.append(HeadSentence("sure", text, AFTER))
    text = message("That the order holds under other indicators or weights.")
    lines.append(HeadSentence("not_shown", text, AFTER))
    levels = (AbstractSentence("level", text) for text in (*found, *moved))
    return tuple(lines), (AbstractSentence("method", built), *levels)
