"""Formulas in calls from Python and in flags: columns that a regression names by a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from xinzhi.api.arguments import Data, panel_and_order
from xinzhi.columns.frames import table_of
from xinzhi.columns.keys import Key, keyed
from xinzhi.formula import tree
from xinzhi.formula.effects import combine, effect_name, effect_parts
from xinzhi.formula.evaluate import evaluate
from xinzhi.formula.levels import level_terms
from xinzhi.formula.parse import parse
from xinzhi.formula.write import written
from xinzhi.panel.numeric import require_numbers
from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.regression.specification import Regression
from xinzhi.study.formulas import is_formula


def with_formulas(
    data: Data,
    regression: Regression,
    also: Iterable[str],
    keys: tuple[Key | None, Key | None],
) -> tuple[Data, Regression]:
    """Add the columns of formulas to data, and call them by their names in the regression.

    Parameters
    ----------
    also
        Further names that may be formulas, such as instruments; they keep their writing.
    keys
        What names entity and period.
    """
    how = regression.covariance
    variables = (regression.outcome, *regression.regressors, *regression.controls, *also)
    grouped = (*regression.effects, *how.clusters)
    if not any(is_formula(name) for name in (*variables, *grouped)):
        return data, regression
    columns = _Columns(table_of(data), keys)
    changed = replace(
        regression,
        outcome=columns.variable(regression.outcome),
        regressors=tuple(n for name in regression.regressors for n in columns.variables(name)),
        controls=tuple(n for name in regression.controls for n in columns.variables(name)),
        effects=tuple(map(columns.effect, regression.effects)),
        covariance=replace(how, clusters=tuple(map(columns.effect, how.clusters))),
    )
    for name in also:
        columns.variable(name, keeps=True)
    return columns.added(), changed


@dataclass(frozen=True, slots=True, eq=False)
class FormulaTerms:
    """Terms of a regression in the rows of data, as these are given."""

    index: pd.Index
    """Of the frame; (entity, period) of other tables."""
    columns: np.ndarray
    """Shape (rows, terms); empty cells are NaN."""
    levels: Mapping[str, pd.Series]
    """Effect -> level of each row."""


def terms_of(
    data: Data,
    variables: tuple[str, ...],
    effects: tuple[str, ...],
    keys: tuple[Key | None, Key | None],
) -> FormulaTerms:
    """Compute the terms of a regression, columns or formulas, in other data.

    Raises
    ------
    MissingColumn, NotNumeric
        A column is not there, or does not hold numbers.
    """
    columns = _Columns(table_of(data), keys)
    made = [columns.number(name) for name in variables]
    levels = {name: columns.level(name) for name in effects}
    index = columns.data.frame.index if isinstance(columns.data, Panel) else columns.data.index
    values = np.column_stack(made) if made else np.empty((len(index), 0))
    return FormulaTerms(index, values, levels)


@dataclass(slots=True)
class _Columns:
    """Columns that formulas make, in the order of the rows as they are given."""

    data: Panel | pd.DataFrame
    keys: tuple[Key | None, Key | None]
    panel: Panel = field(init=False)
    order: list[int] = field(init=False)
    made: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Lags need a sorted panel; what is made of it is put back into the order of the data.
        panel, self.order = panel_and_order(self.data, *self.keys)
        frame = keyed(self.data, *self.keys)
        if not isinstance(frame, Panel):
            entity, period = (
                str(name) if name is not None else usual
                for name, usual in zip(frame.index.names, (ENTITY, PERIOD), strict=True)
            )
            panel = replace(panel, keys=(entity, period))
        self.panel = panel

    def is_plain(self, name: str) -> bool:
        """Whether a name is one of the data, or no formula: whoever uses it says what is missing."""
        return name in self.panel.frame or name in self.panel.keys or not is_formula(name)

    def variable(self, name: str, *, keeps: bool = False) -> str:
        """Make the column of a formula, and give its name."""
        if self.is_plain(name):
            return name
        formula = parse(name)
        if isinstance(formula.tree, tree.Name):
            return formula.tree.name
        # One name for one term, however it was written: `x ^ 2` and `x^2` are one column.
        column = name if keeps else written(formula.tree)
        self.made[column] = evaluate(formula, self.panel)[self.order]
        return column

    def variables(self, name: str) -> Iterator[str]:
        """Make the columns of a formula; i(column) makes several."""
        formula = None if self.is_plain(name) else parse(name).tree
        if not isinstance(formula, tree.Dummies):
            yield self.variable(name)
            return
        for term in level_terms(formula, self.column(formula.column.name)):
            yield self.variable(term.name)

    def effect(self, name: str) -> str:
        """Make the column of a combined effect."""
        if self.is_plain(name) or len(effect_parts(name)) == 1:
            return name
        column = effect_name(name)
        levels = combine([self.column(part) for part in effect_parts(name)])
        self.made[column] = levels.to_numpy()[self.order]
        return column

    def number(self, name: str) -> np.ndarray:
        """Compute a term, in the order of the rows as given."""
        if self.is_plain(name):
            self.panel.require((name,))
            require_numbers(self.panel.frame, (name,))
            return self.panel.frame[name].to_numpy(dtype=np.float64)[self.order]
        return evaluate(parse(name), self.panel)[self.order]

    def level(self, name: str) -> pd.Series:
        """Find the level of an effect, combined or not, in the order of the rows as given."""
        parts = (name,) if self.is_plain(name) else effect_parts(name)
        columns = [self.column(part) for part in parts]
        return (combine(columns) if len(columns) > 1 else columns[0]).iloc[self.order]

    def column(self, name: str) -> pd.Series:
        """Find a column or a key."""
        keys = {ENTITY: 0, self.panel.keys[0]: 0, PERIOD: 1, self.panel.keys[1]: 1}
        if name in keys and name not in self.panel.frame:
            index = self.panel.frame.index
            return pd.Series(index.get_level_values(keys[name]), index=index)
        self.panel.require((name,))
        return self.panel.frame[name]

    def added(self) -> Data:
        """Add the columns that were made."""
        if isinstance(self.data, Panel):
            index = self.data.frame.index
            return self.data.with_columns({n: pd.Series(v, index) for n, v in self.made.items()})
        return self.data.assign(**self.made)
