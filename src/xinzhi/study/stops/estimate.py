"""Estimate: variables -> Estimates, a column at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from xinzhi.analyses.equation import Equation
from xinzhi.econometrics.error_tests import with_advice
from xinzhi.econometrics.estimates import Estimates
from xinzhi.econometrics.fit import fit
from xinzhi.econometrics.instruments import Instrumented, instrument
from xinzhi.errors import StudyError
from xinzhi.study import fingerprint
from xinzhi.study.analyses import Analyses
from xinzhi.study.equations import equation_of
from xinzhi.study.schema.study import StudySpec
from xinzhi.tables.regression import Fitted, NotEstimated

Column = Estimates | Instrumented | NotEstimated


def estimate_all(spec: StudySpec, frames: Analyses) -> dict[str, tuple[Column, ...]]:
    """Estimate: variables -> Estimates, one for each column of each table."""
    return {
        name: tuple(
            _estimate(f"{name}/{number}", equation_of(spec, f"{name}/{number}"), frames)
            for number in range(1, len(table.columns) + 1)
        )
        for name, table in spec.tables.items()
    }


def _estimate(name: str, equation: Equation, frames: Analyses) -> Column:
    try:
        frame = frames.frame(equation.frontier, equation.variables)
    except StudyError as error:
        return NotEstimated(equation.regression, error.problems)
    return frames.memory.recall(
        f"estimate.{name}", parts_of(equation, frame), partial(_column, equation, frame)
    )


def parts_of(equation: Equation, frame: pd.DataFrame, *more: str) -> dict[str, str]:
    """Parts of the fingerprint of work on an equation; `more` are other columns it reads."""
    return {
        "specification": fingerprint.of_text(repr(equation)),
        "method": fingerprint.of_method("econometrics"),
        **fingerprint.of_columns(frame, (*equation.columns, *more)),
    }


def _column(equation: Equation, frame: pd.DataFrame) -> Column:
    regression = equation.regression
    try:
        kept, regression = equation.applied(frame)
        if not equation.instruments:
            return with_advice(kept, fit(kept, regression))
        found = instrument(
            kept,
            regression,
            endogenous=tuple(
                equation.variation.replace.get(name, name) for name, _ in equation.instruments
            ),
            instruments=tuple(
                dict.fromkeys(name for _, names in equation.instruments for name in names)
            ),
            tau=equation.tau,
        )
        return replace(found, estimates=with_advice(kept, found))
    except StudyError as error:
        return NotEstimated(regression, error.problems)


def plain_column(column: Column) -> Fitted:
    """Give the estimates of a column, however they were found."""
    return column.estimates if isinstance(column, Instrumented) else column
