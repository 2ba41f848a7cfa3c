"""Values beyond the last observed one, declared and flagged."""

from __future__ import annotations

from typing import Literal

import numpy as np

from xinzhi.panel.ledger import Entry
from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import (
    Floats,
    Periods,
    cells_where,
    derived,
    entity_rows,
    numbers,
    periods_of,
    refuse_where,
)
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step
from xinzhi.wording import message

Rule = Literal["growth", "linear", "hold"]


def go_on(values: Floats, periods: Periods, wanted: Periods, *, method: Rule) -> Floats:
    """Continue a series beyond its last observed value.

    `growth`: y_T g^(t-T), g the geometric mean growth from the first to the last value;
    `linear`: y_T + b (t-T), b the mean change; `hold`: y_T.

    >>> go_on(np.array([1.0, 2.0, 4.0]), np.array([1, 2, 3]), np.array([4, 5]), method="growth")
    array([ 8., 16.])
    """
    seen = np.flatnonzero(~np.isnan(values))
    if not len(seen):
        return np.full(len(wanted), np.nan)
    first, last = values[seen[0]], values[seen[-1]]
    span = float(periods[seen[-1]] - periods[seen[0]])
    ahead = (wanted - periods[seen[-1]]).astype(float)
    if method == "hold" or span == 0:
        return np.full(len(wanted), last)
    if method == "linear":
        linear: Floats = last + (last - first) / span * ahead
        return linear
    grown: Floats = last * (last / first) ** (ahead / span)
    return grown


@STEPS.add("extrapolate")
class Extrapolate(Step):
    """Continue a column beyond the last observed period of each entity, by a declared rule."""

    column: str
    """Column x; the result is called by the name of the step."""
    to: int
    """Last period that is filled."""
    method: Rule
    """`growth` goes on at the mean rate, `linear` at the mean change, `hold` repeats."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`; every cell that was not observed is flagged as filled."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column].to_numpy(copy=True)
        if self.method == "growth":
            refuse_where(
                panel,
                x <= 0,
                self.column,
                code="derive.growth_nonpositive",
                what=message("{value} has no rate of growth."),
                remedy=message("extrapolate linearly."),
            )
        periods = periods_of(panel)
        filled = np.zeros(len(x), dtype=bool)
        for _, rows in entity_rows(panel):
            seen = np.flatnonzero(~np.isnan(x[rows]))
            if not len(seen):
                continue
            last = periods[rows][seen[-1]]
            wanted = (periods[rows] > last) & (periods[rows] <= self.to)
            ahead = go_on(x[rows], periods[rows], periods[rows][wanted], method=self.method)
            x[rows.start + np.flatnonzero(wanted)] = ahead
            filled[rows] = wanted
        cells = cells_where(panel, filled)
        why = message("continued to {to}, {method}", to=self.to, method=self.method)
        return derived(
            panel,
            step=name,
            kind="extrapolate",
            values=x,
            why=message("{column}, extrapolated", column=self.column),
            uses=(self.column,),
            copies=True,
            more=(Entry(name, "extrapolate", name, "filled", why, cells, len(cells)),),
            unit=panel.units.get(self.column),
        )
