"""The tables for each city: what if a factor moved, and how far the frontier is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.pathways.distance import Distance
from xinzhi.analyses.pathways.implied_change import Change
from xinzhi.analyses.pathways.what_if import WhatIf
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note
from xinzhi.present.regression.fitted import name_of
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, message

DIRECTIONS: Mapping[str, Wording] = MappingProxyType(
    {
        "less": message("less"),
        "more": message("more"),
        "even": message("even"),
        "ahead": message("ahead"),
    }
)


def move_in_words(change: Change, unit: str | None = None) -> str:
    """Write a move: +10%, or +2 and its unit.

    >>> move_in_words(Change(0.1)), move_in_words(Change(-2, "absolute"), "km")
    ('+10%', '−2 km')
    """
    sign = "+" if change.amount > 0 else numbers.MINUS
    size = abs(change.amount)
    if change.kind == "relative":
        return f"{sign}{100 * size:.6g}%"
    return f"{sign}{size:.6g} {unit}" if unit else f"{sign}{size:.6g}"


def what_if_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: WhatIf,
    changes: Mapping[str, Change],
    *,
    style: Style,
    n_periods: int,
) -> Table:
    """Set the implied change of the score of each city, factor by factor, with its interval.

    Parameters
    ----------
    n_periods
        Periods behind the estimates; 1 for a cross-section.
    """
    rows = found.by_city
    several = rows.duplicated(["entity", "factor"], keep=False)
    confidence = numbers.level(found.confidence)
    return Table(
        id=id,
        title=title,
        stub=message("Entity"),
        columns=tuple(
            Column(
                f"{factor}:{key}",
                heading,
                message(
                    "{factor} {move}",
                    factor=name_of(factor, style.labels),
                    move=move_in_words(change),
                ),
            )
            for factor, change in changes.items()
            for key, heading in (
                ("change", message("Change")),
                ("low", message("Lower bound")),
                ("high", message("Upper bound")),
            )
        ),
        rows=tuple(
            _city(entity, own, changes, style) for entity, own in _by_factor(rows[~several])
        ),
        notes=(
            message(
                "Change of the score implied by the estimate that applies to the entity, all "
                "else as it is; bounds: {confidence}, by the delta method from the error of the "
                "slope alone. An association, not a forecast.",
                confidence=confidence,
            ),
            *coverage_note("what_if", rows["entity"].nunique(), n_periods),
            *(
                (
                    message(
                        "Entities to which several estimates apply are shown on their own pages "
                        "only."
                    ),
                )
                if several.any()
                else ()
            ),
        ),
        reading=tuple(_reading(rows[~several], changes, style)),
        machine=MappingProxyType({"what_if": _machine(rows)}),
    )


def _by_factor(rows: pd.DataFrame) -> list[tuple[str, dict[str, Mapping[str, Any]]]]:
    """Give the rows of each entity by factor, entities in the order of their names."""
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in _machine(rows):
        found.setdefault(str(row["entity"]), {})[str(row["factor"])] = row
    return sorted(found.items())


def _city(
    entity: str,
    by_factor: Mapping[str, Mapping[str, Any]],
    changes: Mapping[str, Change],
    style: Style,
) -> Row:
    cells = [
        Cell(float(by_factor[factor][column]), decimals=style.decimals)
        if factor in by_factor
        else EMPTY
        for factor in changes
        for column in ("change", "ci_low", "ci_high")
    ]
    return Row(style.entities.get(entity, entity), tuple(cells), key=entity)


def _reading(rows: pd.DataFrame, changes: Mapping[str, Change], style: Style) -> Iterator[Wording]:
    for factor, change in changes.items():
        own = rows[rows["factor"] == factor]
        if len(own):
            sure = int(own["verdict"].isin(("works", "harms")).sum())
            yield message(
                "{factor} {move}: the median implied change is {median}; the estimate behind it is "
                "statistically significant for {k} of {n} entities.",
                factor=name_of(factor, style.labels),
                move=move_in_words(change),
                median=numbers.number(float(own["change"].median()), style.decimals),
                k=sure,
                n=len(own),
            )


def distance_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: Distance,
    *,
    columns: Mapping[str, Wording],
    style: Style,
) -> Table:
    """Set what each city would use and emit less, and make more, on the frontier.

    Parameters
    ----------
    columns
        Words for inputs and outputs, with their units.
    """
    frame = found.by_city
    by_key = rows_of(found)
    pairs = list(dict.fromkeys((entity, period) for entity, period, _ in by_key))
    medians = frame["value"].groupby(level="variable").median()
    places = {name: numbers.digits_for(float(medians[name])) for name in columns}
    return Table(
        id=id,
        title=title,
        stub=message("Entity, period"),
        columns=tuple(
            Column(f"{name}:{key}", heading, words)
            for name, words in columns.items()
            for key, heading in (("gap", message("Gap")), ("share", message("Share")))
        ),
        rows=tuple(_apart(by_key, *pair, places, style) for pair in pairs),
        notes=(
            message(
                "Inputs and bad outputs: how much less; good outputs: how much more; with a minus "
                "sign the entity is ahead of its target by that. Own units. One optimum of possibly "
                "many."
            ),
        ),
        machine=MappingProxyType({"distance": _machine(frame.reset_index())}),
    )


def _apart(
    found: Mapping[tuple[str, int, str], Mapping[str, Any]],
    entity: str,
    period: int,
    places: Mapping[str, int],
    style: Style,
) -> Row:
    cells: list[Cell] = []
    for name, digits in places.items():
        one = found.get((entity, period, name))
        if one is None:
            cells += [Cell(None), Cell(None)]
            continue
        sign = -1.0 if one["direction"] == "ahead" else 1.0
        cells += [
            Cell(sign * float(one["gap"]), decimals=digits),
            Cell(sign * float(one["share"]), "percent"),
        ]
    words = style.entities.get(entity, entity)
    label = message("{city}, {period}", city=words, period=period) if period else words
    return Row(label, tuple(cells), key=f"{entity} {period}")


def rows_of(found: Distance) -> dict[tuple[str, int, str], dict[str, Any]]:
    """Give the distances by (entity, period, variable)."""
    rows = found.by_city.astype(object).to_dict(orient="records")
    return {
        (str(key[0]), int(key[1]), str(key[2])): {str(k): v for k, v in row.items()}
        for key, row in zip(found.by_city.index.tolist(), rows, strict=True)
    }


def _machine(frame: pd.DataFrame) -> list[dict[str, object]]:
    rows = frame.astype(object).to_dict(orient="records")
    return [{str(k): v for k, v in row.items()} for row in rows]
