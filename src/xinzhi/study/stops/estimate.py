"""Estimate: variables -> Estimates, a column at a time."""

from __future__ import annotations

from functools import partial

import pandas as pd

from xinzhi.econometrics.fit import fit
from xinzhi.econometrics.specification import Regression
from xinzhi.errors import StudyError
from xinzhi.study import fingerprint
from xinzhi.study.memory import Memory
from xinzhi.study.references import CONTROLS, expand
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.tables import RegressionTable, TableColumn
from xinzhi.tables.regression import Fitted, NotEstimated


def estimate_all(
    spec: StudySpec, variables: pd.DataFrame, memory: Memory
) -> dict[str, tuple[Fitted, ...]]:
    """Estimate: variables -> Estimates, one for each column of each table."""
    return {
        name: tuple(
            _estimate(
                f"estimate.{name}/{number}", regression_of(spec, table, column), variables, memory
            )
            for number, column in enumerate(table.columns, 1)
        )
        for name, table in spec.tables.items()
    }


def regression_of(spec: StudySpec, table: RegressionTable, column: TableColumn) -> Regression:
    """Translate a column of a table into a regression."""
    x = expand(column.x, spec)
    controls = frozenset(spec.sets.get(CONTROLS, ()))
    return Regression(
        outcome=column.outcome or table.outcome,
        regressors=tuple(v for v in x if v not in controls),
        controls=tuple(v for v in x if v in controls),
        effects=table.effects if column.effects is None else column.effects,
        covariance=table.covariance if column.covariance is None else column.covariance,
    )


def _estimate(name: str, regression: Regression, variables: pd.DataFrame, memory: Memory) -> Fitted:
    used = (
        regression.outcome,
        *regression.regressors,
        *regression.controls,
        *regression.effects,
        *regression.covariance.clusters,
    )
    parts = {
        "specification": fingerprint.of_text(repr(regression)),
        "method": fingerprint.of_method("econometrics"),
        **fingerprint.of_columns(variables, used),
    }
    return memory.recall(name, parts, partial(_fit_or_say_why, regression, variables))


def _fit_or_say_why(regression: Regression, variables: pd.DataFrame) -> Fitted:
    try:
        return fit(variables, regression)
    except StudyError as error:
        return NotEstimated(regression, error.problems)
