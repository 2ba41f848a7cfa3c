"""ln(1 + x)."""

from __future__ import annotations

from xinzhi.panel.panel import Panel
from xinzhi.panel.transforms import LOGARITHMS
from xinzhi.prepare.columns import derived, numbers, refuse_where
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step
from xinzhi.wording import message


@STEPS.add("log1p")
class Log1p(Step):
    """Take ln(1 + x) of a column: defined at zero, close to ln x where x is large.

    y_it = ln(1 + x_it), x > -1; a percentage enters as the percent number (38.5, not 0.385).
    """

    column: str
    """Column x; the result is called by the name of the step."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column].to_numpy()
        refuse_where(
            panel,
            x <= LOGARITHMS["ln1p"].lowest,
            self.column,
            code="derive.log_nonpositive",
            what=message("ln(1 + x) of {value} does not exist."),
            remedy=message("mend the value, or empty the cell if it is missing."),
        )
        return derived(
            panel,
            step=name,
            kind="log1p",
            values=LOGARITHMS["ln1p"].of(x),
            why=message("ln(1 + {column})", column=self.column),
            uses=(self.column,),
        )
