"""Cases of environmental penalties."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field

from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import derived
from xinzhi.prepare.counting import count_entries, flagged
from xinzhi.prepare.records import on_rows
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step, Supplied
from xinzhi.prepare.terms import Terms
from xinzhi.prepare.terms import terms as read_terms
from xinzhi.wording import message


@STEPS.add("penalty_cases")
class PenaltyCases(Step):
    """Count the cases of each city and year whose cause holds a term of a list.

    The place of a case is the city of its authority; cases with one number count once; places that
    cannot be resolved are listed. A year before the first record is missing, not 0.
    """

    source: Annotated[str, Supplied("records")] = Field(alias="from")
    """Source of records with id, date, place and text."""
    terms: Annotated[str, Supplied("terms")]
    """List of terms: `include` and `exclude`; `sample_causes` is a sample for trying out."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        lists = read_terms(sources, self.terms, step=name)
        together = Terms(
            tuple(term for part in lists.values() for term in part.include),
            tuple(term for part in lists.values() for term in part.exclude),
        )
        counted = count_entries(panel, sources, self.source, step=name, terms=together)
        return derived(
            panel,
            step=name,
            kind="penalty_cases",
            values=on_rows(panel, counted, counted.n.astype(np.float64)),
            why=message(
                "cases of '{source}' by the terms of '{terms}'",
                source=self.source,
                terms=self.terms,
            ),
            uses=(),
            more=flagged(counted, name, "penalty_cases"),
        )
