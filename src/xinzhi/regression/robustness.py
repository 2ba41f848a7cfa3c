"""Robustness by named variations: one change of a regression at a time, and what it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from xinzhi.errors import (
    DataError,
    MethodError,
    Problem,
    SpecError,
    suggestion,
)
from xinzhi.panel.panel import Panel
from xinzhi.problems import require_columns
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.fit import fit
from xinzhi.regression.inference import Inapplicable
from xinzhi.regression.sample import columns_of, draw, frame_of
from xinzhi.regression.specification import Covariance, Regression, with_errors
from xinzhi.wording import Message, message


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

    def __hash__(self) -> int:
        return hash((self.name, tuple(sorted(self.replace.items())), self.window, self.winsorise))


@dataclass(frozen=True, slots=True, eq=False)
class Varied:
    """A variation and its estimates."""

    variation: Variation
    words: Message
    """What was changed, for the head of the column."""
    estimates: Estimates | Inapplicable


def vary(
    data: Panel | pd.DataFrame, regression: Regression, variations: tuple[Variation, ...]
) -> tuple[Varied, ...]:
    """Estimate a regression under each variation.

    A variation that cannot be estimated gives its reason; the others are still done.

    Raises
    ------
    SpecError, DataError
        A variation names what is not there.
    """
    frame = frame_of(data)
    regression = with_errors(frame, regression)
    return tuple(_one(frame, regression, variation) for variation in variations)


def _one(frame: pd.DataFrame, regression: Regression, variation: Variation) -> Varied:
    changed_frame, changed = changes(frame, regression, variation)
    estimates: Estimates | Inapplicable
    try:
        estimates = fit(changed_frame, changed)
    except MethodError as error:
        estimates = Inapplicable(variation.name, error.problems[0].what)
    return Varied(variation, words(variation), estimates)


def changes(
    frame: pd.DataFrame, regression: Regression, variation: Variation
) -> tuple[pd.DataFrame, Regression]:
    """Apply a variation: the rows and columns first, winsorising last, on the rows used."""
    _check(frame, regression, variation)
    regression = with_errors(frame, regression)
    changed = _changed(regression, variation)
    rows = np.ones(len(frame), dtype=bool)
    if variation.window is not None:
        period = frame.index.get_level_values(1)
        rows &= (period >= variation.window[0]) & (period <= variation.window[1])
    if variation.drop is not None:
        column, values = variation.drop
        rows &= ~frame[column].isin(list(values)).to_numpy()
    kept = frame if rows.all() else frame.loc[rows]
    if kept.empty:
        raise DataError(
            Problem(
                "robustness.empty",
                message("The variation '{name}' leaves no row.", name=variation.name),
                remedy=message("widen the window, or drop less."),
            )
        )
    if variation.winsorise is not None:
        kept = _winsorised(kept, changed, variation.winsorise)
    return kept, changed


def _changed(regression: Regression, variation: Variation) -> Regression:
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


def _winsorised(
    frame: pd.DataFrame, regression: Regression, percentiles: tuple[float, float]
) -> pd.DataFrame:
    """Cut each variable to its percentiles (linear interpolation) over the rows used."""
    names = (regression.outcome, *regression.regressors, *regression.controls)
    used = frame.loc[draw(frame, regression).index]
    low, high = np.percentile(columns_of(used, names), percentiles, axis=0)
    cut = {name: frame[name].clip(low[j], high[j]) for j, name in enumerate(names)}
    return frame.assign(**cut)


def _check(frame: pd.DataFrame, regression: Regression, variation: Variation) -> None:
    known = {regression.outcome, *regression.regressors, *regression.controls}
    strangers = [name for name in variation.replace if name not in known]
    if strangers:
        raise SpecError(
            Problem(
                "robustness.replace",
                message(
                    "'{name}' cannot be replaced: it is not in the regression.", name=strangers[0]
                ),
                remedy=suggestion(strangers[0], tuple(known)),
            )
        )
    if variation.drop is not None:
        require_columns(variation.drop[:1], frame.columns)
    if variation.winsorise is not None:
        low, high = variation.winsorise
        if not 0 <= low < high <= 100:
            raise SpecError(
                Problem(
                    "robustness.winsorise",
                    message(
                        "Percentiles {low} and {high} do not bound anything.", low=low, high=high
                    ),
                    remedy=message("use two percentiles between 0 and 100, such as 1 and 99."),
                )
            )


def words(variation: Variation) -> Message:
    """Say what a variation changes."""
    parts: list[Message] = []
    parts += [
        message("{new} for {old}", new=new, old=old) for old, new in variation.replace.items()
    ]
    if variation.window is not None:
        parts.append(message("{first}-{last}", first=variation.window[0], last=variation.window[1]))
    if variation.winsorise is not None:
        low, high = variation.winsorise
        parts.append(message("winsorised at {low:g} and {high:g} %", low=low, high=high))
    if variation.covariance is not None:
        parts.append(message("errors: {kind}", kind=variation.covariance.kind))
    if variation.effects is not None:
        parts.append(message("effects: {names}", names=", ".join(variation.effects) or "-"))
    if variation.controls is not None:
        parts.append(message("controls: {names}", names=", ".join(variation.controls) or "-"))
    if variation.drop is not None:
        column, values = variation.drop
        parts.append(
            message(
                "without {column} = {values}", column=column, values=", ".join(map(str, values))
            )
        )
    found = parts[0] if parts else message("as it is")
    for part in parts[1:]:
        found = message("{first}; {second}", first=found, second=part)
    return found
