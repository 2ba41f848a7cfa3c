"""Changes between periods."""

from __future__ import annotations

import pandas as pd

from xinzhi.panel import transforms
from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import Floats, derived, numbers, refuse_cross_section
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step
from xinzhi.wording import message


@STEPS.add("difference")
class Difference(Step):
    """Take the change of the same entity over some periods.

    y_it = x_it - x_i,t-k, by period and not by row: across a gap the value is missing.
    """

    column: str
    """Column x; the result is called by the name of the step."""
    by: int = 1
    """Number of periods, at least 1."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        refuse_cross_section(panel, self.by, step=name)

        def change(frame: pd.DataFrame) -> Floats:
            return transforms.difference(frame.index, frame[self.column].to_numpy(), self.by)

        return derived(
            panel,
            step=name,
            kind="difference",
            values=change(numbers(panel, (self.column,), step=name)),
            why=message("{column}, change over {by} periods", column=self.column, by=self.by),
            uses=(self.column,),
            again=change,
            unit=panel.units.get(self.column),
        )
