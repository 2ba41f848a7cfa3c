"""Equations: what a column of a table asks for, once names and inheritance are resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

import pandas as pd

from xinzhi.econometrics.instruments import TAU
from xinzhi.econometrics.robustness import Variation
from xinzhi.econometrics.specification import Covariance, Regression
from xinzhi.errors import DataError, Problem, Where, suggestion
from xinzhi.study.groups import plain
from xinzhi.study.schema.changes import Member
from xinzhi.study.schema.moderation import ModerationSection
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.tables import RegressionTable, TableColumn
from xinzhi.study.sets import CONTROLS, expand, table_column
from xinzhi.wording import message

Dropped = tuple[tuple[str, tuple[Member, ...]], ...]
Instruments = tuple[tuple[str, tuple[str, ...]], ...]
Frontier = tuple[tuple[str, object], ...]
Value = TypeVar("Value")
ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Equation:
    """A regression, and what is changed before it is estimated."""

    regression: Regression
    variation: Variation = Variation()
    """Variables that take the place of others, window, percentiles."""
    drop: Dropped = ()
    """Grouping, or entity, and the members whose rows are left out."""
    instruments: Instruments = ()
    """Endogenous regressors, each with its instruments."""
    tau: float = TAU
    """Share of the worst bias above which they count as weak."""
    frontier: Frontier = ()
    """Options under which the scores are measured again."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables that are read, those of instruments and replacements included."""
        asked = self.regression
        return tuple(
            dict.fromkeys(
                (
                    asked.outcome,
                    *asked.regressors,
                    *asked.controls,
                    *self.variation.replace.values(),
                    *(name for _, names in self.instruments for name in names),
                )
            )
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read: variables, effects, clusters, groupings."""
        asked = self.regression
        keys = (*asked.effects, *asked.covariance.clusters, *(name for name, _ in self.drop))
        return tuple(dict.fromkeys((*self.variables, *keys)))


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


def around(spec: StudySpec, section: ModerationSection) -> Equation:
    """Equation that gives a moderation its other regressors, controls, effects and errors.

    It is the column that the section names, else the first of all tables, else the controls of
    the study with two-way effects and errors by entity.
    """
    if section.base is not None:
        return equation_of(spec, section.base)
    if spec.tables:
        return equation_of(spec, f"{next(iter(spec.tables))}/1")
    controls = spec.sets.get(CONTROLS, ())
    return Equation(
        Regression("", (), tuple(controls), covariance=Covariance("cluster", (ENTITY,)))
    )


def rows_of(frame: pd.DataFrame, drop: Dropped) -> pd.DataFrame:
    """Leave out the rows of the members that are dropped.

    Raises
    ------
    DataError
        A member has no row: dropping it would change nothing, so it is a slip.
    """
    kept = pd.Series(True, index=frame.index)
    for name, members in drop:
        values = frame.index.get_level_values(0) if name == ENTITY else frame[name]
        written = pd.Index(values).map(plain)
        wanted = [plain(member) for member in members]
        _refuse_unknown(name, wanted, set(written[pd.notna(values)]))
        kept &= ~written.isin(wanted)
    return frame.loc[kept.to_numpy(dtype=bool)]


def _refuse_unknown(name: str, wanted: list[str], found: set[str]) -> None:
    problems = [
        Problem(
            "study.unknown_member",
            message("'{name}' has no member '{member}' in the data.", name=name, member=member),
            Where(key=f"drop.{name}"),
            suggestion(member, sorted(found)[:30]),
        )
        for member in wanted
        if member not in found
    ]
    if problems:
        raise DataError(problems)
