"""Firms that were founded in a year."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import derived, numbers, refuse_where
from xinzhi.prepare.counting import count_entries, flagged
from xinzhi.prepare.records import on_rows
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step, Supplied
from xinzhi.prepare.steps.rate import counted_in
from xinzhi.wording import message


@STEPS.add("new_firms")
class NewFirms(Step):
    """Count the firms founded in each city and year, per so many persons where that is asked for.

    n_it, or per · n_it / population_it. Repeated identifiers, dates that cannot be read and places
    outside the study are counted and listed; years before the first record are missing, not 0.
    """

    source: Annotated[str, Supplied("records")] = Field(alias="from")
    """Source of records with id, date and place."""
    population: str | None = None
    """Column of resident population."""
    per: float = 10_000.0
    """Persons for whom the rate is given."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        counted = count_entries(panel, sources, self.source, step=name)
        values = on_rows(panel, counted, counted.n.astype(np.float64))
        if self.population is not None:
            people = numbers(panel, (self.population,), step=name)[self.population].to_numpy()
            refuse_where(
                panel,
                people <= 0,
                self.population,
                code="derive.division_by_zero",
                what=message("A rate per {value} does not exist."),
                remedy=message("mend the value, or empty the cell if it is missing."),
            )
            values = values / (people * counted_in(panel.units.get(self.population))) * self.per
        why = message(
            "records of '{source}' founded in the year{per}",
            source=self.source,
            per=message(", per {per} persons", per=self.per) if self.population else "",
        )
        return derived(
            panel,
            step=name,
            kind="new_firms",
            values=values,
            why=why,
            uses=(self.population,) if self.population else (),
            more=flagged(counted, name, "new_firms"),
        )
