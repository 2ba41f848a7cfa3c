"""Columns with mean 0 and standard deviation 1."""

from __future__ import annotations

import numpy as np

from xinzhi.errors import OutOfDomain, Problem, Where
from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import Pool, derived, numbers, pools_of
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step
from xinzhi.wording import message


@STEPS.add("standardise")
class Standardise(Step):
    """Take away the mean and divide by the standard deviation.

    y = (x - mean) / s, s with n - 1 below, over all rows or within each period.
    """

    column: str
    """Column x; the result is called by the name of the step."""
    pool: Pool = "all"
    """Rows over which mean and deviation are taken."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column].to_numpy()
        y = np.full(len(x), np.nan)
        for rows in pools_of(panel, self.pool):
            seen = x[rows][~np.isnan(x[rows])]
            if len(seen) < 2 or np.ptp(seen) == 0:
                raise OutOfDomain(
                    Problem(
                        "derive.constant",
                        message(
                            "'{column}' does not vary: nothing to standardise.", column=self.column
                        ),
                        Where(file=panel.source, key=f"prepare.{name}", column=self.column),
                        message("leave it out, or pool all rows."),
                    )
                )
            y[rows] = (x[rows] - seen.mean()) / seen.std(ddof=1)
        return derived(
            panel,
            step=name,
            kind="standardise",
            values=y,
            why=message("{column}, standardised", column=self.column),
            uses=(self.column,),
        )
