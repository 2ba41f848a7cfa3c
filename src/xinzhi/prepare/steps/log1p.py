"""ln(1 + x)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import derived, numbers, refuse_where
from xinzhi.prepare.step import NO_NEEDS, NO_SOURCES, STEPS, Sources
from xinzhi.wording import message


@STEPS.add("log1p")
@dataclass(frozen=True, slots=True)
class Log1p:
    """Take ln(1 + x) of a column: defined at zero, close to ln x where x is large.

    y_it = ln(1 + x_it), x > -1; a percentage enters as the percent number (38.5, not 0.385).
    """

    NEEDS: ClassVar[Mapping[str, str]] = NO_NEEDS
    column: str
    """Column x; the result is called by the name of the step."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column].to_numpy()
        refuse_where(
            panel,
            x <= -1,
            self.column,
            code="derive.log_nonpositive",
            what=message("ln(1 + x) of {value} does not exist."),
            remedy=message("mend the value, or empty the cell if it is missing."),
        )
        return derived(
            panel,
            step=name,
            kind="log1p",
            values=np.log1p(x),
            why=message("ln(1 + {column})", column=self.column),
            uses=(self.column,),
        )
