"""Equations of a table: what each column asks for, once names and inheritance are resolved."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from xinzhi.analyses.analysis import Study
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.regressions.section import RegressionTable, TableColumn
from xinzhi.regression.specification import Regression
from xinzhi.regression.variation import Variation

Value = TypeVar("Value")


def equations_of(table: RegressionTable, study: Study) -> tuple[Equation, ...]:
    """Resolve the columns of a table."""
    return tuple(column_equation(table, column, study) for column in table.columns)


def column_equation(table: RegressionTable, column: TableColumn, study: Study) -> Equation:
    """Resolve a column: what it starts from, then what the table and the column say."""
    base = study.equation(table.base) if table.base else Equation(Regression("", ()))
    asked = base.regression
    if column.x is not None:
        x = study.expand(column.x)
        # Members of the set `controls` are controls; all other variables are of interest.
        controls = frozenset(study.equation(None).regression.controls)
        asked = replace(
            asked,
            regressors=tuple(name for name in x if name not in controls),
            controls=tuple(name for name in x if name in controls),
        )
    # Defaults of a table that starts from a column must not replace what this column has.
    stated = table.model_fields_set if table.base else {"effects", "covariance"}
    errors = table.covariance if "covariance" in table.model_fields_set else study.inference.errors
    asked = replace(
        asked,
        outcome=column.outcome or table.outcome or asked.outcome,
        effects=_first(column.effects, table.effects if "effects" in stated else asked.effects),
        covariance=_first(
            column.covariance, errors if "covariance" in stated else asked.covariance
        ),
        estimator=column.estimator or table.estimator or asked.estimator,
        singletons=column.singletons or asked.singletons,
        level=study.inference.coverage(),
    )
    instruments = _first(column.instruments, table.instruments or None)
    return Equation(
        regression=asked,
        variation=Variation(
            replace=MappingProxyType({**base.variation.replace, **column.replace}),
            window=_first(column.window, base.variation.window),
            winsorise=_first(column.winsorise, base.variation.winsorise),
        ),
        drop=(*base.drop, *column.drop.items()),
        instruments=base.instruments
        if instruments is None
        else tuple((name, study.expand(names)) for name, names in instruments.items()),
        tau=_first(table.tau, base.tau),
        frontier=tuple({**dict(base.frontier), **column.efficiency}.items()),
        declared=study.inference.errors,
    )


def _first(value: Value | None, otherwise: Value) -> Value:
    # Not `or`: an empty list of effects is a choice.
    return otherwise if value is None else value
