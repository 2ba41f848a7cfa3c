"""The tables for each city: what if a factor moved, and how far the frontier is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.implied_change import FactorChange
from xinzhi.analyses.pathways.evidence import frame_records
from xinzhi.analyses.pathways.frontier import Distance
from xinzhi.analyses.pathways.view import PathwayView
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


def move_in_words(change: FactorChange) -> Wording:
    """Write a move: as a share of the own value, in units of the factor, or in standard deviations.

    >>> move_in_words(FactorChange(0.1)), move_in_words(FactorChange(-2, "absolute"))
    ('+10%', '−2')
    >>> str(move_in_words(FactorChange(1.0, "sd", 0.98)))
    '+1 standard deviation'
    """
    sign = "+" if change.amount > 0 else numbers.MINUS
    size = abs(change.amount)
    if change.kind == "relative":
        return f"{sign}{100 * size:.6g}%"
    if change.kind == "sd":
        return message("{n} standard deviation", n=f"{sign}{size:.6g}")
    return f"{sign}{size:.6g}"


COUNTS = frozenset({"works", "harms"})
"""Judgements by which an effect counts: what-ifs of other effects are not advice and are not printed."""


def what_if_table(view: PathwayView, what_if: WhatIf) -> Table:
    """Set the implied change of the score of each entity, factor by factor, with its interval.

    Where groups differ, an entity gets the estimates of its groups, one block of columns for each grouping.
    An effect that is not significant, or on which the groups of an entity disagree, implies nothing.
    """
    rows = what_if.by_city[what_if.by_city["judgement"].isin(COUNTS)]
    machine = MappingProxyType({"what_if": frame_records(what_if.by_city)})
    table_id, title = "what_if", message("What if a factor moved")
    if rows.empty:
        nothing = message(
            "No change is implied for any entity: no effect of {factors} is statistically significant, or the "
            "estimates for the groups disagree.",
            factors=listed([view.name(factor) for factor in view.section.what_if]),
        )
        return Table(table_id, title, (), (), reading=(nothing,), machine=machine)
    blocks = [
        (factor, str(grouping))
        for factor in view.section.what_if
        for grouping in dict.fromkeys(rows.loc[rows["factor"] == factor, "grouping"])
    ]
    return Table(
        id=table_id,
        title=title,
        stub=message("Entity"),
        columns=tuple(
            Column(f"{factor}:{grouping}:{key}", heading, _block(view, factor, grouping))
            for factor, grouping in blocks
            for key, heading in BOUNDS.items()
        ),
        rows=tuple(_row(view, entity, by_block, blocks) for entity, by_block in _by_entity(rows)),
        notes=(
            message(
                "Change of the score implied by the estimate that applies to the entity, all "
                "else as it is; bounds: {confidence}, by the delta method from the error of the "
                "slope alone. An association, not a forecast.",
                confidence=numbers.level(what_if.confidence),
            ),
            message(
                "Empty where the effect is not statistically significant for the entity, or the estimates "
                "for its groups disagree."
            ),
            *coverage_note(
                "what_if",
                rows["entity"].nunique(),
                len(view.shown.panel.periods) if view.has_periods else 1,
            ),
        ),
        reading=tuple(_reading(view, rows, blocks)),
        machine=machine,
    )


BOUNDS: Mapping[str, Wording] = MappingProxyType(
    {
        "change": message("Change"),
        "ci_low": message("Lower bound"),
        "ci_high": message("Upper bound"),
    }
)


def _block(view: PathwayView, factor: str, grouping: str) -> Wording:
    words = {
        "factor": view.name(factor),
        "move": move_in_words(view.moves[factor]),
    }
    if not grouping:
        return message("{factor} {move}", **words)
    return message(
        "{factor} {move}, estimates by {grouping}",
        grouping=view.naming.grouping(grouping),
        **words,
    )


Blocks = Mapping[tuple[str, str], Mapping[str, Any]]
"""(Factor, grouping) -> the what-if of one entity."""


def _by_entity(rows: pd.DataFrame) -> list[tuple[str, Blocks]]:
    """Give the what-ifs of each entity, entities in the order of their names."""
    by_entity: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}
    for row in frame_records(rows):
        block = str(row["factor"]), str(row["grouping"])
        by_entity.setdefault(str(row["entity"]), {})[block] = row
    return sorted(by_entity.items())


def _row(view: PathwayView, entity: str, by_block: Blocks, blocks: list[tuple[str, str]]) -> Row:
    cells = [
        Cell(float(by_block[block][bound]), decimals=view.decimals) if block in by_block else EMPTY
        for block in blocks
        for bound in BOUNDS
    ]
    return Row(view.names.get(entity, entity), tuple(cells), key=entity)


def _reading(
    view: PathwayView, rows: pd.DataFrame, blocks: list[tuple[str, str]]
) -> Iterator[Wording]:
    for factor, grouping in blocks:
        block = rows[(rows["factor"] == factor) & (rows["grouping"] == grouping)]
        yield message(
            "{what}: the median implied change is {median} ({n} entities).",
            what=_block(view, factor, grouping),
            median=numbers.number(float(block["change"].median()), view.decimals),
            n=len(block),
        )


def distance_table(view: PathwayView, distance: Distance) -> Table:
    """Set what each city would use and emit less, and make more, on the frontier."""
    columns = {name: words.both for name, words in view.columns.items()}
    frame = distance.by_city
    records = frame_records(frame.reset_index())
    by_row: dict[tuple[str, int], dict[str, Mapping[str, Any]]] = {}
    for record in records:
        row = str(record["entity"]), int(record["period"])
        by_row.setdefault(row, {})[str(record["variable"])] = record
    # One number of decimals for a column, so that its cells can be compared.
    medians = frame["value"].groupby(level="variable").median()
    decimals = {name: numbers.digits_for(float(medians[name])) for name in columns}
    return Table(
        id="distance_to_frontier",
        title=message("Distance to the frontier"),
        stub=message("Entity, period"),
        columns=tuple(
            Column(f"{name}:{key}", heading, words)
            for name, words in columns.items()
            for key, heading in (("gap", message("Gap")), ("share", message("Share")))
        ),
        rows=tuple(
            _distance_row(entity, period, by_variable, decimals, view.shown.style)
            for (entity, period), by_variable in by_row.items()
        ),
        notes=(
            message(
                "Inputs and bad outputs: how much less; good outputs: how much more; with a minus "
                "sign the entity is ahead of its target by that. Own units. One optimum of possibly "
                "many."
            ),
        ),
        machine=MappingProxyType({"distance": records}),
    )


def _distance_row(
    entity: str,
    period: int,
    by_variable: Mapping[str, Mapping[str, Any]],
    decimals: Mapping[str, int],
    style: Style,
) -> Row:
    cells: list[Cell] = []
    for name, digits in decimals.items():
        record = by_variable.get(name)
        if record is None:
            cells += [Cell(None), Cell(None)]
            continue
        sign = -1.0 if record["direction"] == "ahead" else 1.0
        cells += [
            Cell(sign * float(record["gap"]), decimals=digits),
            Cell(sign * float(record["share"]), "percent"),
        ]
    words = style.entities.get(entity, entity)
    label = message("{city}, {period}", city=words, period=period) if period else words
    return Row(label, tuple(cells), key=f"{entity} {period}")
