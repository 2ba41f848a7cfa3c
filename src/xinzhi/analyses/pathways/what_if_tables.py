"""The tables for each city: what if a factor moved, and how far the frontier is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.implied_change import Change
from xinzhi.analyses.pathways.distance import Distance
from xinzhi.analyses.pathways.naming import Naming
from xinzhi.analyses.pathways.what_if import WhatIf
from xinzhi.present import numbers
from xinzhi.present.coverage import coverage_note
from xinzhi.present.style import Style
from xinzhi.present.table import EMPTY, Cell, Column, Row, Table
from xinzhi.wording import Wording, listed, message

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


COUNTS = frozenset({"works", "harms"})
"""Judgements by which an effect counts: what-ifs of other effects are not advice and are not printed."""


def what_if_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    found: WhatIf,
    changes: Mapping[str, Change],
    *,
    naming: Naming,
    style: Style,
    n_periods: int,
) -> Table:
    """Set the implied change of the score of each entity, factor by factor, with its interval.

    Where groups differ, an entity gets the estimates of its groups, one block of columns for each grouping.
    An effect that is not significant, or on which the groups of an entity disagree, implies nothing.

    Parameters
    ----------
    naming
        What variables and groups are called.
    n_periods
        Periods behind the estimates; 1 for a cross-section.
    """
    rows = found.by_city[found.by_city["judgement"].isin(COUNTS)]
    machine = MappingProxyType({"what_if": _machine(found.by_city)})
    if rows.empty:
        return Table(id, title, (), (), reading=(_nothing(changes, naming),), machine=machine)
    blocks = [
        (factor, str(grouping))
        for factor in changes
        for grouping in dict.fromkeys(rows.loc[rows["factor"] == factor, "grouping"])
    ]
    return Table(
        id=id,
        title=title,
        stub=message("Entity"),
        columns=tuple(
            Column(f"{factor}:{grouping}:{key}", heading, _block(factor, grouping, changes, naming))
            for factor, grouping in blocks
            for key, heading in BOUNDS.items()
        ),
        rows=tuple(_city(entity, own, blocks, style) for entity, own in _by_block(rows)),
        notes=(
            message(
                "Change of the score implied by the estimate that applies to the entity, all "
                "else as it is; bounds: {confidence}, by the delta method from the error of the "
                "slope alone. An association, not a forecast.",
                confidence=numbers.level(found.confidence),
            ),
            message(
                "Empty where the effect is not statistically significant for the entity, or the estimates "
                "for its groups disagree."
            ),
            *coverage_note("what_if", rows["entity"].nunique(), n_periods),
        ),
        reading=tuple(_reading(rows, blocks, changes, naming, style)),
        machine=machine,
    )


BOUNDS: Mapping[str, Wording] = MappingProxyType(
    {
        "change": message("Change"),
        "ci_low": message("Lower bound"),
        "ci_high": message("Upper bound"),
    }
)


def _nothing(changes: Mapping[str, Change], naming: Naming) -> Wording:
    return message(
        "No change is implied for any entity: no effect of {factors} is statistically significant, or the "
        "estimates for the groups disagree.",
        factors=listed([naming.variable(factor) for factor in changes]),
    )


def _block(factor: str, grouping: str, changes: Mapping[str, Change], naming: Naming) -> Wording:
    words = {"factor": naming.variable(factor), "move": move_in_words(changes[factor])}
    if not grouping:
        return message("{factor} {move}", **words)
    return message(
        "{factor} {move}, estimates by {grouping}", grouping=naming.grouping(grouping), **words
    )


def _by_block(
    rows: pd.DataFrame,
) -> list[tuple[str, dict[tuple[str, str], Mapping[str, Any]]]]:
    """Give the rows of each entity by factor and grouping, entities in the order of their names."""
    found: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}
    for row in _machine(rows):
        block = str(row["factor"]), str(row["grouping"])
        found.setdefault(str(row["entity"]), {})[block] = row
    return sorted(found.items())


def _city(
    entity: str,
    by_block: Mapping[tuple[str, str], Mapping[str, Any]],
    blocks: list[tuple[str, str]],
    style: Style,
) -> Row:
    cells = [
        Cell(float(by_block[block][bound]), decimals=style.decimals) if block in by_block else EMPTY
        for block in blocks
        for bound in BOUNDS
    ]
    return Row(style.entities.get(entity, entity), tuple(cells), key=entity)


def _reading(
    rows: pd.DataFrame,
    blocks: list[tuple[str, str]],
    changes: Mapping[str, Change],
    naming: Naming,
    style: Style,
) -> Iterator[Wording]:
    for factor, grouping in blocks:
        own = rows[(rows["factor"] == factor) & (rows["grouping"] == grouping)]
        yield message(
            "{what}: the median implied change is {median} ({n} entities).",
            what=_block(factor, grouping, changes, naming),
            median=numbers.number(float(own["change"].median()), style.decimals),
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
