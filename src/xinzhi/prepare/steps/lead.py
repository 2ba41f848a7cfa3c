"""Values of later periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import Floats, derived, numbers
from xinzhi.prepare.evaluate import lagged
from xinzhi.prepare.shifts import refuse_cross_section
from xinzhi.prepare.step import NO_NEEDS, NO_SOURCES, STEPS, Sources
from xinzhi.wording import message


@STEPS.add("lead")
@dataclass(frozen=True, slots=True)
class Lead:
    """Take the value of the same entity some periods after.

    y_it = x_i,t+k, by period and not by row: across a gap the value is missing.
    """

    NEEDS: ClassVar[Mapping[str, str]] = NO_NEEDS
    column: str
    """Column x; the result is called by the name of the step."""
    by: int = 1
    """Number of periods, at least 1."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        refuse_cross_section(panel, self.by, step=name)

        def shifted(x: pd.DataFrame) -> Floats:
            return lagged(panel, x[self.column].to_numpy(), -self.by)

        return derived(
            panel,
            step=name,
            kind="lead",
            values=shifted(numbers(panel, (self.column,), step=name)),
            why=message("{column}, {by} periods after", column=self.column, by=self.by),
            uses=(self.column,),
            again=shifted,
            unit=panel.units.get(self.column),
        )
