"""Logarithms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import derived, numbers, refuse_where
from xinzhi.prepare.step import NO_NEEDS, NO_SOURCES, STEPS, Sources
from xinzhi.wording import message


@STEPS.add("log")
@dataclass(frozen=True, slots=True)
class Log:
    """Take the natural logarithm of a column, y_it = ln x_it, x > 0.

    A zero is an error with its row, never minus infinity and never something small.
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
            x <= 0,
            self.column,
            code="derive.log_nonpositive",
            what=message("The logarithm of {value} does not exist."),
            remedy=message("use log1p where zeros are meant, or empty the cell if it is missing."),
        )
        return derived(
            panel,
            step=name,
            kind="log",
            values=np.log(x),
            why=message("ln {column}", column=self.column),
            uses=(self.column,),
        )
