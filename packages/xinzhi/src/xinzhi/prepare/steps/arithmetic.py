"""Columns by declared arithmetic, and rates: something per so many of something else."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import numpy as np
import pandas as pd
from pydantic import model_validator

from xinzhi.options import OneOrMore
from xinzhi.prepare.columns import Floats, denominator, derive, numbers, unknown_unit
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step
from xinzhi_core.errors import Where
from xinzhi_core.formula.evaluate import columns_of, evaluate
from xinzhi_core.formula.parse import parse
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import message
from xinzhi_panel.columns.units import ratio, singles_in


@STEPS.add("expression")
class ExpressionStep(Step):
    """Derive a column by an expression over other columns of the same row.

    The formula language of the study file: names of columns, numbers, + - * / ^, comparisons, and, or,
    not, in (…), L1.x, F1.x, D1.x, ln, ln1p, lag, lead, diff, mean, min, max, abs, sqrt, exp. Missing
    values stay missing, in comparisons too; what is not defined is an error with its rows.
    """

    expression: str
    """The arithmetic, such as `gdp / population`."""
    unit: str | None = None
    """Unit of measure of the result."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        parse(self.expression, where=Where(key="expression"))
        return self

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        where = Where(file=panel.source, key=f"prepare.{name}")
        parsed = parse(self.expression, where=where)
        uses = tuple(c for c in columns_of(parsed, panel, where).values() if c in panel.frame)

        def compute(frame: pd.DataFrame) -> Floats:
            return evaluate(parsed, replace(panel, frame=frame), where=where)

        return derive(
            panel,
            step=name,
            kind="expression",
            values=compute(panel.frame),
            why=message("{name} = {expression}", name=name, expression=self.expression),
            uses=uses,
            again=compute,
            unit=self.unit,
        )


PER_HEADS = 1000.0
"""From here on a rate is one per so many heads, which are counted singly."""


@STEPS.add("rate")
class Rate(Step):
    """Divide the sum of some columns by another one, per so many of it.

    r_it = per · sum_k numerator_kit / denominator_it. Known units are brought to single ones first:
    万元 over 亿元, or patents per 10,000 of a population in 万人. Where only the unit of the
    denominator is known, that is done for rates per heads (per >= 1000) and not for shares.
    """

    numerator: OneOrMore
    """Columns that are added up; a row that lacks one has no rate."""
    denominator: str
    """Column that is divided by, positive."""
    per: float = 1.0
    """10000 for a rate per ten thousand, 100 for a percentage."""
    unit: str | None = None
    """Unit of the result."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        x = numbers(panel, (*self.numerator, self.denominator), step=name)
        below = denominator(panel, self.denominator, step=name)
        scales = [self._scale(panel, column, name) for column in self.numerator]
        # Numerators of one unit are added as they stand and the denominator is brought to it, so that
        # the sum has no rounding of the conversion.
        is_common = len(set(scales)) == 1
        factor = 1 / scales[0] if is_common else 1.0
        weights = np.ones(len(scales)) if is_common else np.array(scales)
        above = x[list(self.numerator)].to_numpy() @ weights
        why = message(
            "({numerator}) / {denominator}, per {per}; one {denominator} counts {factor}",
            numerator=" + ".join(self.numerator),
            denominator=self.denominator,
            per=f"{self.per:g}",
            factor=f"{factor:g}",
        )
        return derive(
            panel,
            step=name,
            kind="rate",
            values=np.asarray(above / (below * factor) * self.per),
            why=why,
            uses=(*self.numerator, self.denominator),
            unit=self.unit or ("%" if self.per == 100 else None),
        )

    def _scale(self, panel: Panel, column: str, name: str) -> float:
        """Units of the denominator that one unit of a numerator holds."""
        above, below = panel.units.get(column), panel.units.get(self.denominator)
        if above is not None and below is not None:
            first = panel.units.get(self.numerator[0]) or above
            return ratio(above, first) * ratio(first, below)
        if singles_in(above) != 1:
            where = Where(file=panel.source, key=f"prepare.{name}", column=self.denominator)
            raise unknown_unit(column, above, self.denominator, where)
        return 1 / singles_in(below) if self.per >= PER_HEADS else 1.0
