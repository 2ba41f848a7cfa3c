"""Variations: what is changed of a regression and of its rows before it is estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from xinzhi_core.errors import DataError, Problem, SpecError, suggestion
from xinzhi_core.problems import require_columns
from xinzhi_core.wording import message
from xinzhi_econometrics.specification import (
    Covariance,
    Mask,
    Regression,
    columns_of,
    draw,
    with_errors,
)


@dataclass(frozen=True, slots=True)
class Variation:
    """A named change; what is left empty stays as it was."""

    name: str = ""
    replace: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Variable -> the column that takes its place."""
    window: tuple[int, int] | None = None
    """First and last period, both included."""
    winsorise: tuple[float, float] | None = None
    """Percentiles, such as (1, 99), to which all variables of the regression are cut."""
    covariance: Covariance | None = None
    effects: tuple[str, ...] | None = None
    controls: tuple[str, ...] | None = None
    drop: tuple[str, tuple[object, ...]] | None = None
    """Column and the values whose rows are left out."""

    # Mappings have no hash of their own; equal variations have equal values in these four fields.
    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.replace.items())), self.window, self.winsorise))


def changes(
    frame: pd.DataFrame, regression: Regression, variation: Variation
) -> tuple[pd.DataFrame, Regression]:
    """Apply a variation: the rows and columns first, winsorising last, on the rows used."""
    changed = changed_regression(frame, regression, variation)
    rows = rows_kept(frame, variation)
    frame = frame if rows.all() else frame.loc[rows]
    if variation.winsorise is not None:
        frame = _winsorise(frame, changed, variation.winsorise)
    return frame, changed


def rows_kept(frame: pd.DataFrame, variation: Variation) -> Mask:
    """Find the rows inside the window that are not dropped.

    Raises
    ------
    DataError
        No row is left.
    """
    rows: Mask = np.ones(len(frame), dtype=bool)
    if variation.window is not None:
        period = frame.index.get_level_values(1)
        rows &= (period >= variation.window[0]) & (period <= variation.window[1])
    if variation.drop is not None:
        column, values = variation.drop
        rows &= ~frame[column].isin(list(values)).to_numpy()
    if not rows.any():
        what = message("The variation '{name}' leaves no row.", name=variation.name)
        remedy = message("widen the window, or drop less.")
        raise DataError(Problem("robustness.empty", what, remedy=remedy))
    return rows


def changed_regression(
    frame: pd.DataFrame, regression: Regression, variation: Variation
) -> Regression:
    """Apply the changes of variables, effects and errors.

    Raises
    ------
    SpecError, MissingColumn
        The variation names what is not there, or percentiles that bound nothing.
    """
    _check(frame, regression, variation)
    regression = with_errors(frame, regression)

    def swap(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(variation.replace.get(name, name) for name in names)

    controls = regression.controls if variation.controls is None else variation.controls
    return replace(
        regression,
        outcome=variation.replace.get(regression.outcome, regression.outcome),
        regressors=swap(regression.regressors),
        controls=swap(controls),
        covariance=variation.covariance or regression.covariance,
        effects=regression.effects if variation.effects is None else variation.effects,
        label=variation.name or regression.label,
    )


def _winsorise(
    frame: pd.DataFrame, regression: Regression, percentiles: tuple[float, float]
) -> pd.DataFrame:
    """Cut each variable to its percentiles (linear interpolation) over the rows used."""
    # All rows are cut, so that the regression selects the same rows from them again.
    names = (regression.outcome, *regression.regressors, *regression.controls)
    used = frame.loc[draw(frame, regression).index]
    low, high = np.percentile(columns_of(used, names), percentiles, axis=0)
    cut = {name: frame[name].clip(low[j], high[j]) for j, name in enumerate(names)}
    return frame.assign(**cut)


def _check(frame: pd.DataFrame, regression: Regression, variation: Variation) -> None:
    variables = (regression.outcome, *regression.regressors, *regression.controls)
    unknown = next((name for name in variation.replace if name not in variables), None)
    if unknown is not None:
        what = message("'{name}' cannot be replaced: it is not in the regression.", name=unknown)
        raise SpecError(Problem("robustness.replace", what, remedy=suggestion(unknown, variables)))
    if variation.drop is not None:
        require_columns(variation.drop[:1], frame.columns)
    if variation.winsorise is not None:
        low, high = variation.winsorise
        if not 0 <= low < high <= 100:
            text = message(
                "Percentiles {low} and {high} do not bound anything.", low=low, high=high
            )
            remedy = message("use two percentiles between 0 and 100, such as 1 and 99.")
            raise SpecError(Problem("robustness.winsorise", text, remedy=remedy))
