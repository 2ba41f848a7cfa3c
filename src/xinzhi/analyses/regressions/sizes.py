"""Effect sizes: the change of the outcome, in its own units, that goes with a change of a regressor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.implied_change import FORWARD, Change, shift_of_score
from xinzhi.present import numbers
from xinzhi.present.prose import Slope, signed
from xinzhi.present.regression.fitted import name_of
from xinzhi.wording import Wording, enumerated, message

SHARE = 0.10
"""By what share of its mean a regressor rises."""


@dataclass(frozen=True, slots=True)
class Size:
    """The change of the outcome at its mean where one regressor moves and all else stays."""

    name: str
    before: float
    """The regressor before, in its own units: its mean, or 0 of one that is 0 or 1."""
    after: float
    outcome: float
    """Mean of the outcome, in its own units."""
    change: float
    is_binary: bool


def sizes_of(
    slopes: Sequence[Slope], outcome: str, rows: pd.Index, shown: Shown
) -> tuple[Size, ...]:
    """Compute the changes for the significant slopes of a regression on these rows.

    With f and g the transforms of regressor and outcome, and means taken in their own units,

        change = g⁻¹(g(ȳ) + b [f(1.1 x̄) − f(x̄)]) − ȳ.

    A regressor that is a formula, or whose mean is not above zero, has no size.
    """
    outcomes = _values(outcome, rows, shown)
    if outcomes is None or outcomes.empty:
        return ()
    sizes = (
        _size(slope, float(outcomes.mean()), outcome, rows, shown)
        for slope in slopes
        if slope.is_significant
    )
    return tuple(size for size in sizes if size is not None)


def _values(variable: str, rows: pd.Index, shown: Shown) -> pd.Series | None:
    """Give the values behind a variable, in its own units; None of a formula."""
    if variable not in shown.style.labels:
        return None
    column = shown.study.origin(variable).column
    if column not in shown.panel.frame:
        return None
    return shown.panel.frame[column].reindex(rows).dropna()


def _size(
    slope: Slope, mean_outcome: float, outcome: str, rows: pd.Index, shown: Shown
) -> Size | None:
    values = _values(slope.name, rows, shown)
    if values is None or values.empty:
        return None
    is_binary = set(np.unique(values.to_numpy(float))) <= {0.0, 1.0}
    mean = float(values.mean())
    if not is_binary and not mean > 0:
        return None
    before, after = (0.0, 1.0) if is_binary else (mean, Change(SHARE).move(mean))
    forward = FORWARD[shown.study.origin(slope.name).transform]
    if not np.isfinite(forward(before)):  # The logarithm of a binary regressor, which begins at 0.
        return None
    shift = shift_of_score(
        mean_outcome,
        float(forward(after) - forward(before)),
        slope.verdict.estimate,
        0.0,
        outcome_transform=shown.study.origin(outcome).transform,
    )
    return Size(slope.name, before, after, mean_outcome, shift.change, is_binary)


def sizes_in_words(sizes: Sequence[Size], outcome: Wording, shown: Shown) -> Iterator[Wording]:
    """Word the changes: of all that rise by a share of their mean together, of a yes or no alone."""
    labels, decimals = shown.style.labels, shown.style.decimals
    rising = [size for size in sizes if not size.is_binary]
    share = numbers.percent(SHARE, 0)
    if len(rising) == 1:
        yield message(
            "A {share} increase in {factor} from its mean goes with a change in {outcome} of "
            "{change}.",
            share=share,
            factor=name_of(rising[0].name, labels),
            outcome=outcome,
            change=signed(rising[0].change, decimals),
        )
    elif rising:
        items = [
            message(
                "{change} for {factor}",
                change=signed(size.change, decimals),
                factor=name_of(size.name, labels),
            )
            for size in rising
        ]
        yield message(
            "A {share} increase from the mean goes with a change in {outcome} of {items}.",
            share=share,
            outcome=outcome,
            items=enumerated(items),
        )
    for size in sizes:
        if size.is_binary:
            yield message(
                "Where {factor} is 1 rather than 0, {outcome} differs by {change}.",
                factor=name_of(size.name, labels),
                outcome=outcome,
                change=signed(size.change, decimals),
            )


def plain_sizes(sizes: Sequence[Size], outcome: str) -> Mapping[str, object]:
    """Give the changes for results.json."""
    return {
        "outcome": outcome,
        "factors": {
            size.name: {
                "before": size.before,
                "after": size.after,
                "outcome_mean": size.outcome,
                "change": size.change,
            }
            for size in sizes
        },
    }
