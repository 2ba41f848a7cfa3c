"""Data of a map: values with their classes, and the counts of the legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from xinzhi.present.map.boundaries import Boundaries
from xinzhi.present.map.layers import NO_CLASS
from xinzhi.wording import LANGUAGES, Wording, listed, message, say


def rows_of(
    values: pd.Series,
    classes: pd.Series,
    names: Mapping[str, Wording],
    labels: Mapping[str, Wording],
) -> list[dict[str, Any]]:
    """One row a value; its class as a number from low to high, and in words."""
    order = tuple(names)
    rows: list[dict[str, Any]] = []
    for (entity, period), number, name in zip(values.index, values, classes, strict=True):
        label = labels.get(str(entity), str(entity))
        words = message("No score") if pd.isna(name) else names[name]
        rows.append(
            {
                "entity": str(entity),
                **{language: say(label, language) for language in LANGUAGES},
                "period": int(period),
                "value": None if pd.isna(number) else float(number),
                "class": NO_CLASS if pd.isna(name) else order.index(name),
                **{f"class_{language}": say(words, language) for language in LANGUAGES},
            }
        )
    return rows


def counts_of(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, Wording], *, is_ordered: bool = True
) -> list[dict[str, Any]]:
    """One line of the legend for each class and period: its words and its number of areas.

    High classes stand on top; classes without an order stand as they are named.
    """
    totals = Counter((row["period"], row["class"]) for row in rows)
    words: dict[int, Wording] = dict(enumerate(names.values()))
    lines = list(reversed(words)) if is_ordered else list(words)
    if any(row["class"] == NO_CLASS for row in rows):
        words[NO_CLASS] = message("No score")
        lines.append(NO_CLASS)
    return [
        {
            "period": period,
            "class": number,
            **{language: say(words[number], language) for language in LANGUAGES},
            "n": totals[period, number],
            "line": line,
            "lines": len(lines),
        }
        for period in sorted({row["period"] for row in rows})
        for line, number in enumerate(lines)
    ]


def notes_of(
    rows: Sequence[Mapping[str, Any]],
    drawn: Sequence[Mapping[str, Any]],
    boundaries: Boundaries,
) -> tuple[Wording, ...]:
    """Describe what the legend counts, which entities are not on the map, and the source of the outlines."""
    lost = sorted({row["entity"] for row in rows} - {row["entity"] for row in drawn})
    notes: list[Wording] = [
        message("The legend counts the entities of each class in the period that is shown.")
    ]
    if lost:
        notes.append(
            message(
                "{n} entities are counted but not on the map, for want of an outline: {names}.",
                one="{n} entity is counted but not on the map, for want of an outline: {names}.",
                n=len(lost),
                names=listed(lost),
            )
        )
    notes += _gaps(rows)
    if boundaries.note:
        notes.append(boundaries.note)
    return tuple(notes)


def _gaps(rows: Sequence[Mapping[str, Any]]) -> list[Wording]:
    """Say in which periods entities have no row at all: there they look like the rest."""
    entities = {row["entity"] for row in rows}
    by_period: dict[int, set[str]] = {}
    for row in rows:
        by_period.setdefault(row["period"], set()).add(row["entity"])
    return [
        message(
            "{n} entities of the study have no row in {period} and are not coloured in it.",
            one="{n} entity of the study has no row in {period} and is not coloured in it.",
            n=len(entities - present),
            period=str(period),
        )
        for period, present in sorted(by_period.items())
        if entities - present
    ]
