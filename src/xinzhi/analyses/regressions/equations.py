"""Equations of a table: what each column asks for, once names and inheritance are resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from xinzhi.analyses.analysis import Study
from xinzhi.analyses.equation import Equation, Instruments
from xinzhi.analyses.regressions.section import Changes, RegressionTable, TableColumn
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
        asked = _with_x(asked, column.x, study)
    own = table.model_fields_set if table.base else {"effects", "covariance"}
    stated = table.covariance if "covariance" in table.model_fields_set else study.inference.errors
    asked = replace(
        asked,
        outcome=column.outcome or table.outcome or asked.outcome,
        effects=_first(column.effects, table.effects if "effects" in own else asked.effects),
        covariance=_first(column.covariance, stated if "covariance" in own else asked.covariance),
        estimator=column.estimator or table.estimator or asked.estimator,
        singletons=column.singletons or asked.singletons,
    )
    instruments = _first(column.instruments, table.instruments or None)
    return Equation(
        regression=asked,
        variation=_varied(base.variation, column),
        drop=(*base.drop, *column.drop.items()),
        instruments=base.instruments if instruments is None else _expanded(instruments, study),
        tau=_first(table.tau, base.tau),
        frontier=tuple({**dict(base.frontier), **column.efficiency}.items()),
        declared=study.inference.errors,
    )


def _first(own: Value | None, other: Value) -> Value:
    return other if own is None else own


def _with_x(asked: Regression, names: tuple[str, ...], study: Study) -> Regression:
    """Tell the variables of interest from those of the set `controls`."""
    x = study.expand(names)
    controls = frozenset(study.equation(None).regression.controls)
    return replace(
        asked,
        regressors=tuple(v for v in x if v not in controls),
        controls=tuple(v for v in x if v in controls),
    )


def _varied(base: Variation, column: Changes) -> Variation:
    return Variation(
        replace=MappingProxyType({**base.replace, **column.replace}),
        window=_first(column.window, base.window),
        winsorise=_first(column.winsorise, base.winsorise),
    )


def _expanded(found: Mapping[str, tuple[str, ...]], study: Study) -> Instruments:
    return tuple((name, study.expand(names)) for name, names in found.items())
