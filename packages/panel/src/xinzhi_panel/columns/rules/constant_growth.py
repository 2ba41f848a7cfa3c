"""Growth at one rate: interpolated geometrically, or extrapolated for all entities alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.rules.straight_line import SURE
from xinzhi_panel.columns.seen import (
    RULES,
    Finding,
    Flags,
    Floats,
    NumberColumn,
    Rule,
    SeenPanel,
    last_digit,
    shown,
)

FEWEST = 5
"""Entities with one rate of growth in a period."""
SHARE = 0.9
"""Share of entities that have it."""
WIDER = 10.0
"""How much wider rates of growth lie in other periods than rounding explains."""


@RULES.add("constant_growth")
class ConstantGrowth(Rule):
    """An entity grows at one rate over four periods or more, or all entities do so into one period: interpolated, perhaps.

    To the last digit, and at least 20·√n units of it a step, n the number of rows. Straight lines are
    `straight_line`; columns that grow at one rate in all entities most of the time are left out.
    """

    code = "plausible.constant_growth"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Look for equal ratios, between entities and within them."""
        if len(seen.next_row) < 4:
            return
        for column in seen.columns:
            finite = column.values[np.isfinite(column.values)]
            if not len(finite) or finite.min() <= 0:
                continue
            unit = last_digit(column.values)
            alike = _rows_of_one_rate(seen, column.values, unit)
            if alike.any():
                yield self._alike(column, alike)
            inside = _rows_on_a_curve(column.values, seen.next_row, unit) & ~alike
            if inside.any():
                yield Finding(
                    self.code,
                    (column.name,),
                    inside,
                    message(
                        "'{name}' grows at one rate over four periods or more", name=column.name
                    ),
                    message(
                        "look whether these years were interpolated; they are not observations."
                    ),
                )

    def _alike(self, column: NumberColumn, rows: Flags) -> Finding:
        values = column.values
        return Finding(
            self.code,
            (column.name,),
            rows,
            message(
                "'{name}' grows at the same rate in all entities, as nowhere else", name=column.name
            ),
            message("look whether these years were extrapolated; they are not observations."),
            lambda i: f"{shown(values[i - 1])} → {shown(values[i])}",
        )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "periods of one entity", "at least 4"
        yield "step, in units of the last digit", f"at least {SURE:g}·√n"
        yield "entities with one rate in a period", f"at least {FEWEST}, and {SHARE:.0%}"


def _rows_on_a_curve(values: Floats, follows: Flags, unit: float) -> Flags:
    """Mark the inner rows of four periods or more that grow at one rate."""
    n = len(values)
    rows: Flags = np.zeros(n, dtype=bool)
    inside = follows[:-3] & follows[1:-2] & follows[2:-1]
    step, logs = np.diff(values), np.diff(np.log(values))
    lowest = np.fmin.reduce([values[:-3], values[1:-2], values[2:-1], values[3:]])
    with np.errstate(invalid="ignore"):
        # Each value is off by half a unit: a difference of two growth rates by 2 units / value.
        equal = np.abs(np.diff(logs))
        curve = (equal[:-1] <= 2 * unit / lowest) & (equal[1:] <= 2 * unit / lowest)
        bent = np.abs(np.diff(step))
        is_line = (bent[:-1] <= 2 * unit) & (bent[1:] <= 2 * unit)
        large = np.abs(step[1:-1]) >= SURE * np.sqrt(n) * unit
    starts = np.flatnonzero(inside & curve & large & ~is_line)
    if len(starts) > 0.5 * inside.sum():
        return rows
    for shift in (1, 2):  # the ends may be observations
        rows[starts + shift] = True
    return rows


def _rows_of_one_rate(seen: SeenPanel, values: Floats, unit: float) -> Flags:
    """Mark the rows into which nearly all entities grow at one rate, where this is not usual."""
    rows: Flags = np.zeros(len(values), dtype=bool)
    if not seen.is_square:
        return rows
    table = seen.square(values)
    steps = np.diff(np.log(table), axis=1)
    error = unit / np.fmin(table[:, 1:], table[:, :-1])
    counts = np.isfinite(steps).sum(axis=0)
    enough = np.flatnonzero(counts >= FEWEST)
    if not len(enough):
        return rows
    steps, error = steps[:, enough], error[:, enough]
    center = np.nanmedian(steps, axis=0)
    with np.errstate(invalid="ignore"):
        alike = np.abs(steps - center) <= error
        moved = np.abs(center) > np.nanmax(error, axis=0)
        shares = (alike & np.isfinite(steps)).sum(axis=0) / counts[enough]
        wide = np.nanmedian(np.abs(steps - center), axis=0) > WIDER * np.nanmedian(error, axis=0)
    found = (shares >= SHARE) & moved
    if not found.any() or found.sum() > 0.5 * len(found) or wide.sum() < 0.5 * (~found).sum():
        return rows
    cells = np.zeros(table.shape, dtype=bool)
    cells[:, enough[found] + 1] = alike[:, found]
    return seen.rows_of(cells)
