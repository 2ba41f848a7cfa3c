"""ln(1 + x)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.panel.ledger import Entry
from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import numbers, refuse_where
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources
from xinzhi.wording import message


@STEPS.add("log1p")
@dataclass(frozen=True, slots=True)
class Log1p:
    """Take ln(1 + x) of a column: defined at zero, close to ln x where x is large.

    y_it = ln(1 + x_it), x > -1; a percentage enters as the percent number (38.5, not 0.385).
    """

    column: str
    """Column x; the result is called by the name of the step."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column]
        refuse_where(
            panel,
            (x <= -1).to_numpy(),
            self.column,
            code="derive.log_nonpositive",
            what=message("ln(1 + x) of {value} does not exist."),
            remedy=message("mend the value, or empty the cell if it is missing."),
        )
        y = pd.Series(np.log1p(x.to_numpy()), index=x.index)
        entry = Entry(
            step=name,
            kind="log1p",
            column=name,
            change="derived",
            why=message("ln(1 + {column})", column=self.column),
            n=int(y.notna().sum()),
        )
        return panel.with_columns({name: y}, entry, units={name: None})
