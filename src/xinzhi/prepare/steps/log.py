"""Logarithms."""

from __future__ import annotations

from xinzhi.panel.panel import Panel
from xinzhi.panel.transforms import LOGARITHMS
from xinzhi.prepare.columns import derived, numbers, refuse_where
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step
from xinzhi.wording import message


@STEPS.add("log")
class Log(Step):
    """Take the natural logarithm of a column, y_it = ln x_it, x > 0.

    A zero is an error with its row, never minus infinity and never something small.
    """

    column: str
    """Column x; the result is called by the name of the step."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column].to_numpy()
        refuse_where(
            panel,
            x <= LOGARITHMS["ln"].lowest,
            self.column,
            code="derive.log_nonpositive",
            what=message("The logarithm of {value} does not exist."),
            remedy=message("use log1p where zeros are meant, or empty the cell if it is missing."),
        )
        return derived(
            panel,
            step=name,
            kind="log",
            values=LOGARITHMS["ln"].of(x),
            why=message("ln {column}", column=self.column),
            uses=(self.column,),
        )
