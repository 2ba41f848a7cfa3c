"""A later value that stands for earlier periods, by declaration."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from xinzhi.panel.ledger import Entry
from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import (
    cells_where,
    derived,
    entity_rows,
    numbers,
    periods_of,
    refuse_where,
)
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step
from xinzhi.wording import message


@STEPS.add("carry_back")
class CarryBack(Step):
    """Let the value of one period stand for other periods of the same entity.

    x_it = x_i,from for t in `to`: an index that begins in 2011 stands for 2008 to 2010. Every such
    cell is flagged as filled.
    """

    column: str
    """Column x; the result is called by the name of the step."""
    period: int = Field(alias="from")
    """Period whose value is carried."""
    to: Annotated[tuple[int, ...], Field(strict=False, min_length=1)]
    """Periods that receive it; their cells must be empty."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`, observed where it was observed and filled where declared."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column].to_numpy(copy=True)
        periods = periods_of(panel)
        wanted = np.isin(periods, self.to)
        refuse_where(
            panel,
            wanted & ~np.isnan(x),
            self.column,
            code="prepare.observed",
            what=message("A value was observed here ({value}); it is not overwritten."),
            remedy=message("take the period out of `to`."),
        )
        for _, rows in entity_rows(panel):
            given = x[rows][periods[rows] == self.period]
            if len(given):
                x[rows] = np.where(wanted[rows], given[0], x[rows])
        filled = wanted & ~np.isnan(x)
        entry = Entry(
            step=name,
            kind="carry_back",
            column=name,
            change="filled",
            why=message("the value of {period} stands for these periods", period=self.period),
            cells=cells_where(panel, filled),
            n=int(filled.sum()),
        )
        return derived(
            panel,
            step=name,
            kind="carry_back",
            values=x,
            why=message(
                "{column}, carried back from {period}", column=self.column, period=self.period
            ),
            uses=(self.column,),
            copies=True,
            more=(entry,),
            unit=panel.units.get(self.column),
        )
