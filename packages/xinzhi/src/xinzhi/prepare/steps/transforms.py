"""Logarithms, lags, leads, differences, standard scores, winsorising: one column from another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from pydantic import model_validator

from xinzhi.prepare.columns import (
    Floats,
    Pool,
    derive,
    entry_of,
    numbers,
    pools_of,
    refuse_cross_section,
    refuse_where,
)
from xinzhi.prepare.step import NO_SOURCES, STEPS, ColumnStep, Pair, Sources, outside_domain
from xinzhi_core.errors import OutOfDomain, Problem, Where
from xinzhi_core.panel import transforms
from xinzhi_core.panel.panel import Panel
from xinzhi_core.panel.transforms import LOGARITHMS
from xinzhi_core.wording import Message, message


class Logarithm(ColumnStep):
    """The logarithm of a column; where it does not exist, the row is named."""

    kind: ClassVar[str]
    function: ClassVar[str]
    """Name in `LOGARITHMS`."""
    formula: ClassVar[Message]
    undefined: ClassVar[Message]
    """What is said of a value without a logarithm."""
    remedy: ClassVar[Message]

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column].to_numpy()
        refuse_where(
            panel,
            x <= LOGARITHMS[self.function].lowest,
            self.column,
            code="derive.log_nonpositive",
            what=self.undefined,
            remedy=self.remedy,
        )
        return derive(
            panel,
            step=name,
            kind=self.kind,
            values=LOGARITHMS[self.function].of(x),
            why=message(self.formula.template, column=self.column),
            uses=(self.column,),
        )


@STEPS.add("log")
class Log(Logarithm):
    """Take the natural logarithm of a column, y_it = ln x_it, x > 0.

    A zero is an error with its row, never minus infinity and never something small.
    """

    kind = "log"
    function = "ln"
    formula = message("ln {column}")
    undefined = message("The logarithm of {value} does not exist.")
    remedy = message("use log1p where zeros are meant, or empty the cell if it is missing.")


@STEPS.add("log1p")
class Log1p(Logarithm):
    """Take ln(1 + x) of a column: defined at zero, close to ln x where x is large.

    y_it = ln(1 + x_it), x > -1; a percentage enters as the percent number (38.5, not 0.385).
    """

    kind = "log1p"
    function = "ln1p"
    formula = message("ln(1 + {column})")
    undefined = message("ln(1 + x) of {value} does not exist.")
    remedy = message("correct the value, or empty the cell if it is missing.")


COMPUTE: Mapping[str, Callable[[pd.Index, Floats, int], Floats]] = MappingProxyType(
    {
        "lag": transforms.lag,
        "lead": lambda index, x, by: transforms.lag(index, x, -by),
        "difference": transforms.difference,
    }
)


class OverTime(ColumnStep):
    """A column from values of the same entity in other periods."""

    kind: ClassVar[str]
    formula: ClassVar[Message]
    by: int = 1
    """Number of periods, at least 1."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        refuse_cross_section(panel, self.by, step=name)

        def compute(frame: pd.DataFrame) -> Floats:
            return COMPUTE[self.kind](frame.index, frame[self.column].to_numpy(), self.by)

        return derive(
            panel,
            step=name,
            kind=self.kind,
            values=compute(numbers(panel, (self.column,), step=name)),
            why=replace(self.formula, values={"column": self.column, "by": self.by}),
            uses=(self.column,),
            # Rows reach into one another: the ledger computes again which cells rest on filled ones.
            again=compute,
            unit=panel.units.get(self.column),
        )


@STEPS.add("lag")
class Lag(OverTime):
    """Take the value of the same entity some periods before.

    y_it = x_i,t-k, by period and not by row: across a gap the value is missing.
    """

    kind = "lag"
    formula = message(
        "{column}, {by} periods before", one="{column}, {by} period before", counting="by"
    )


@STEPS.add("lead")
class Lead(OverTime):
    """Take the value of the same entity some periods after.

    y_it = x_i,t+k, by period and not by row: across a gap the value is missing.
    """

    kind = "lead"
    formula = message(
        "{column}, {by} periods after", one="{column}, {by} period after", counting="by"
    )


@STEPS.add("difference")
class Difference(OverTime):
    """Take the change of the same entity over some periods.

    y_it = x_it - x_i,t-k, by period and not by row: across a gap the value is missing.
    """

    kind = "difference"
    formula = message(
        "{column}, change over {by} periods", one="{column}, change over {by} period", counting="by"
    )


@STEPS.add("standardise")
class Standardise(ColumnStep):
    """Take away the mean and divide by the standard deviation.

    y = (x - mean) / s, s with n - 1 below, over all rows or within each period.
    """

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
        return derive(
            panel,
            step=name,
            kind="standardise",
            values=y,
            why=message("{column}, standardised", column=self.column),
            uses=(self.column,),
        )


@STEPS.add("winsorise")
class Winsorise(ColumnStep):
    """Draw values beyond two percentiles in to them.

    y = min(max(x, q_low), q_high); percentiles by linear interpolation between order statistics
    (Hyndman and Fan 1996, type 7), over all rows or within each period.
    """

    percentiles: Pair = (1.0, 99.0)
    """Lower and upper percentile, 0 to 100."""
    pool: Pool = "all"
    """Rows over which percentiles are taken."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        low, high = self.percentiles
        if not 0 <= low < high <= 100:
            raise outside_domain(
                message(
                    "{low} and {high} are not a lower and an upper percentile.", low=low, high=high
                ),
                message("write [1, 99]."),
                key="percentiles",
            )
        return self

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`; the cells that changed are in the ledger."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column].to_numpy()
        y = x.copy()
        for rows in pools_of(panel, self.pool):
            seen = x[rows][~np.isnan(x[rows])]
            if len(seen):
                y[rows] = np.clip(x[rows], *np.percentile(seen, self.percentiles))
        changed = (x != y) & ~np.isnan(x)
        why = message("drawn in to percentiles {percentiles}", percentiles=list(self.percentiles))
        entry = entry_of(panel, changed, why, step=name, kind="winsorise", change="changed")
        return derive(
            panel,
            step=name,
            kind="winsorise",
            values=y,
            why=message("{column}, winsorised", column=self.column),
            uses=(self.column,),
            copies=True,
            more=(entry,),
            unit=panel.units.get(self.column),
        )
