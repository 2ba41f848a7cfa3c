"""Derived columns by declared arithmetic."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import pandas as pd
from pydantic import model_validator

from xinzhi.errors import Where
from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import Floats, derived
from xinzhi.prepare.evaluate import evaluate_expression
from xinzhi.prepare.expression import parse_expression
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step
from xinzhi.wording import message


@STEPS.add("expression")
class ExpressionStep(Step):
    """Derive a column by an expression over other columns of the same row.

    The grammar: names of columns, numbers, + - * / **, ln, ln1p, lag, lead, diff, mean, min, max,
    abs, sqrt, exp. Missing values stay missing; what is not defined is an error with its rows.
    """

    expression: str
    """The arithmetic, such as `gdp / population`."""
    unit: str | None = None
    """Unit of measure of the result."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        parse_expression(self.expression, where=Where(key="expression"))
        return self

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`."""
        del sources
        where = Where(file=panel.source, key=f"prepare.{name}")
        parsed = parse_expression(self.expression, where=where)

        def compute(frame: pd.DataFrame) -> Floats:
            return evaluate_expression(parsed, replace(panel, frame=frame), where=where)

        return derived(
            panel,
            step=name,
            kind="expression",
            values=compute(panel.frame),
            why=message("{name} = {expression}", name=name, expression=self.expression),
            uses=parsed.names,
            again=compute,
            unit=self.unit,
        )
