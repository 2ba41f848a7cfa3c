"""Equations: what a column of a table asks for, once names and inheritance are resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from xinzhi.analyses.equation import Equation, Instruments
from xinzhi.econometrics.robustness import Variation
from xinzhi.econometrics.specification import Regression
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.tables import RegressionTable, TableColumn
from xinzhi.study.sets import CONTROLS, expand, table_column

Value = TypeVar("Value")


def equation_of(spec: StudySpec, reference: str) -> Equation:
    """Resolve a column of a table, such as baseline/1, with all that it inherits."""
    name, position = table_column(reference)
    table = spec.tables[name]
    return column_equation(spec, table, table.columns[position])


def column_equation(spec: StudySpec, table: RegressionTable, column: TableColumn) -> Equation:
    """Resolve a column: what it starts from, then what the table and the column say."""
    base = equation_of(spec, table.base) if table.base else Equation(Regression("", ()))
    asked = base.regression
    if column.x is not None:
        asked = _with_x(spec, asked, column.x)
    own = table.model_fields_set if table.base else {"effects", "covariance"}
    asked = replace(
        asked,
        outcome=column.outcome or table.outcome or asked.outcome,
        effects=_first(column.effects, table.effects if "effects" in own else asked.effects),
        covariance=_first(
            column.covariance, table.covariance if "covariance" in own else asked.covariance
        ),
    )
    instruments = _first(column.instruments, table.instruments or None)
    return Equation(
        regression=asked,
        variation=_varied(base.variation, column),
        drop=(*base.drop, *column.drop.items()),
        instruments=base.instruments if instruments is None else _instruments(spec, instruments),
        tau=_first(table.tau, base.tau),
        frontier=tuple({**dict(base.frontier), **column.efficiency}.items()),
    )


def _first(own: Value | None, other: Value) -> Value:
    return other if own is None else own


def _with_x(spec: StudySpec, asked: Regression, names: tuple[str, ...]) -> Regression:
    """Tell the variables of interest from those of the set `controls`."""
    x = expand(names, spec)
    controls = frozenset(spec.sets.get(CONTROLS, ()))
    return replace(
        asked,
        regressors=tuple(v for v in x if v not in controls),
        controls=tuple(v for v in x if v in controls),
    )


def _varied(base: Variation, column: TableColumn) -> Variation:
    return Variation(
        replace=MappingProxyType({**base.replace, **column.replace}),
        window=_first(column.window, base.window),
        winsorise=_first(column.winsorise, base.winsorise),
    )


def _instruments(spec: StudySpec, found: Mapping[str, tuple[str, ...]]) -> Instruments:
    return tuple((name, expand(names, spec)) for name, names in found.items())
