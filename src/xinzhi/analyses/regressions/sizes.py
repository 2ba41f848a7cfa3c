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
    mean = _values(outcome, rows, shown)
    if mean is None or mean.empty:
        return ()
    found = (
        _size(one, float(mean.mean()), outcome, rows, shown) for one in slopes if one.is_significant
    )
    return tuple(one for one in found if one is not None)


def _values(variable: str, rows: pd.Index, shown: Shown) -> pd.Series | None:
    """Give the values behind a variable, in its own units; None of a formula."""
    if variable not in shown.style.labels:
        return None
    column = shown.study.origin(variable).column
    if column not in shown.panel.frame:
        return None
    return shown.panel.frame[column].reindex(rows).dropna()


def _size(one: Slope, outcome: float, to: str, rows: pd.Index, shown: Shown) -> Size | None:
    values = _values(one.name, rows, shown)
    if values is None or values.empty:
        return None
    is_binary = set(np.unique(values.to_numpy(float))) <= {0.0, 1.0}
    mean = float(values.mean())
    if not is_binary and not mean > 0:
        return None
    before, after = (0.0, 1.0) if is_binary else (mean, Change(SHARE).move(mean))
    forward = FORWARD[shown.study.origin(one.name).transform]
    if not np.isfinite(forward(before)):
        return None
    moved = float(forward(after) - forward(before))
    transform = shown.study.origin(to).transform
    shift = shift_of_score(outcome, moved, one.verdict.estimate, 0.0, outcome_transform=transform)
    return Size(one.name, before, after, outcome, shift.change, is_binary)


def sizes_in_words(sizes: Sequence[Size], outcome: Wording, shown: Shown) -> Iterator[Wording]:
    """Word the changes: of all that rise by a share of their mean together, of a yes or no alone."""
    labels, decimals = shown.style.labels, shown.style.decimals
    rising = [one for one in sizes if not one.is_binary]
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
                change=signed(one.change, decimals),
                factor=name_of(one.name, labels),
            )
            for one in rising
        ]
        yield message(
            "A {share} increase from the mean goes with a change in {outcome} of {items}.",
            share=share,
            outcome=outcome,
            items=enumerated(items),
        )
    for one in sizes:
        if one.is_binary:
            yield message(
                "Where {factor} is 1 rather than 0, {outcome} differs by {change}.",
                factor=name_of(one.name, labels),
                outcome=outcome,
                change=signed(one.change, decimals),
            )


def plain_sizes(sizes: Sequence[Size], outcome: str) -> Mapping[str, object]:
    """Give the changes for results.json."""
    return {
        "outcome": outcome,
        "factors": {
            one.name: {
                "before": one.before,
                "after": one.after,
                "outcome_mean": one.outcome,
                "change": one.change,
            }
            for one in sizes
        },
    }
