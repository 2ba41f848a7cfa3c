"""World map of scores: classes by colour, a slider for the period, names under the pointer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.errors import Problem, ReportError
from xinzhi.figures.boundaries import Boundaries
from xinzhi.figures.chart import Chart
from xinzhi.figures.map_layers import HEIGHT, LEGEND_LINE, NO_CLASS, PALETTE, map_specification
from xinzhi.tables import numbers
from xinzhi.wording import LANGUAGES, Wording, message, say


def world_map(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    values: pd.Series,
    *,
    classes: pd.Series,
    names: Mapping[str, Wording],
    boundaries: Boundaries,
    value: Wording,
    labels: Mapping[str, Wording] | None = None,
    decimals: int = numbers.DECIMALS,
) -> Chart:
    """Colour the areas by the class of their value, period by period.

    Parameters
    ----------
    values
        Indexed (entity, period).
    classes
        Class of each value, indexed alike; missing where there is no value.
    names
        Class -> words, from low to high; at most five.
    boundaries
        Outlines; entities without one are named in a note.
    value
        Words for the value.
    labels
        Words for the entities; the names that come with the outlines where None.

    Returns
    -------
    Chart
        A slider chooses the period; the legend counts the areas of each class in it.

    Raises
    ------
    ReportError
        More classes than the eye can tell apart.
    """
    if len(names) > len(PALETTE):
        raise ReportError(
            Problem(
                "figure.classes",
                message(
                    "A map cannot show {n} classes so that they can be told apart.", n=len(names)
                ),
                remedy=message("use {most} classes or fewer.", most=len(PALETTE)),
            )
        )
    rows = _rows(values, classes, tuple(names), boundaries.labels if labels is None else labels)
    drawn = [row for row in rows if row["entity"] in boundaries.keys]
    counts = _counts(drawn, names)
    specifications = {
        language: map_specification(drawn, counts, boundaries, (title, value), language, decimals)
        for language in LANGUAGES
    }
    return Chart(
        id=id,
        title=title,
        specifications=MappingProxyType(specifications),
        notes=_notes(rows, drawn, boundaries),
    )


def quantile_classes(values: pd.Series, n: int = 5) -> tuple[pd.Series, dict[str, Wording]]:
    """Put about equally many values into each of n classes, with bounds of two digits.

    A value on a bound belongs to the class above it.

    >>> of, names = quantile_classes(pd.Series([0.1, 0.2, 0.3, 0.4, float("nan")]), n=2)
    >>> list(of)[:4], list(names.values())
    (['0', '0', '1', '1'], ['< 0.25', '≥ 0.25'])
    """
    shares = [at / n for at in range(1, n)]
    found = values.dropna().quantile(shares)
    bounds = sorted({round(float(bound), 2) for bound in found if not math.isnan(bound)})
    of = values.map(
        lambda number: None if math.isnan(number) else str(sum(number >= b for b in bounds))
    )
    return of, {str(at): words for at, words in enumerate(_ranges(bounds))}


def _ranges(bounds: Sequence[float]) -> list[str]:
    if not bounds:
        return [numbers.MISSING]
    between = [f"{low:g} – {high:g}" for low, high in pairwise(bounds)]
    return [f"< {bounds[0]:g}", *between, f"≥ {bounds[-1]:g}"]


def _rows(
    values: pd.Series,
    classes: pd.Series,
    order: tuple[str, ...],
    labels: Mapping[str, Wording],
) -> list[dict[str, Any]]:
    """One row a value; its class as a number from low to high."""
    rows: list[dict[str, Any]] = []
    for (entity, period), number, one in zip(values.index, values, classes, strict=True):
        name = labels.get(str(entity), str(entity))
        rows.append(
            {
                "entity": str(entity),
                **{language: say(name, language) for language in LANGUAGES},
                "period": int(period),
                "value": None if pd.isna(number) else float(number),
                "class": NO_CLASS if pd.isna(one) else order.index(one),
            }
        )
    return rows


def _counts(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, Wording]
) -> list[dict[str, Any]]:
    """One line of the legend for each class and period: its words and its number of areas."""
    found = Counter((row["period"], row["class"]) for row in rows)
    words: dict[int, Wording] = dict(enumerate(names.values()))
    lines = list(reversed(words))
    if any(row["class"] == NO_CLASS for row in rows):
        words[NO_CLASS] = message("No score")
        lines.append(NO_CLASS)
    return [
        {
            "period": period,
            "class": number,
            **{language: say(words[number], language) for language in LANGUAGES},
            "n": found[period, number],
            "y": HEIGHT - LEGEND_LINE * (len(lines) - line),
        }
        for period in sorted({row["period"] for row in rows})
        for line, number in enumerate(lines)
    ]


def _notes(
    rows: Sequence[Mapping[str, Any]],
    drawn: Sequence[Mapping[str, Any]],
    boundaries: Boundaries,
) -> tuple[Wording, ...]:
    lost = sorted({row["entity"] for row in rows} - {row["entity"] for row in drawn})
    notes: list[Wording] = [
        message("The legend counts the areas of each class in the period that is shown.")
    ]
    if lost:
        notes.append(
            message("Not on the map, for want of an outline: {names}.", names=", ".join(lost))
        )
    if boundaries.note:
        notes.append(boundaries.note)
    return tuple(notes)
