"""Effect sizes: the change of the outcome, in its own units, that goes with a change of a regressor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.implied_change import FORWARD, FactorChange, rising, shift_of_score
from xinzhi.present import numbers
from xinzhi.present.prose import Slope, signed
from xinzhi.present.regression.fitted import name_of
from xinzhi.wording import Wording, enumerated, message

SHARE = 0.10
"""By what share of its mean a regressor rises."""
Kind = Literal["binary", "share", "sd"]


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
    kind: Kind
    """From 0 to 1, by a share of its mean, or by one standard deviation where a share means nothing."""


def sizes_of(
    slopes: Sequence[Slope], outcome: str, rows: pd.Index, shown: Shown
) -> tuple[Size, ...]:
    """Compute the changes for the significant slopes of a regression on these rows.

    With f and g the transforms of regressor and outcome, and means taken in their own units,

        change = g⁻¹(g(ȳ) + b [f(1.1 x̄) − f(x̄)]) − ȳ.

    A regressor without a natural zero, or of both signs, rises by one standard deviation of these rows, as 10% of
    its mean is not a share of anything. One that is a formula has no size.
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
    own, origin = values.to_numpy(float), shown.study.origin(slope.name)
    is_binary = set(np.unique(own)) <= {0.0, 1.0}
    mean = float(values.mean())
    move = rising(FactorChange(SHARE), own, has_zero=origin.has_zero)
    before, after = (0.0, 1.0) if is_binary else (mean, move.move(mean))
    if before == after:
        return None
    forward = FORWARD[origin.transform]
    if not np.isfinite(forward(before)):  # The logarithm of a binary regressor, which begins at 0.
        return None
    shift = shift_of_score(
        mean_outcome,
        float(forward(after) - forward(before)),
        slope.verdict.estimate,
        0.0,
        outcome_transform=shown.study.origin(outcome).transform,
    )
    kind: Kind = "binary" if is_binary else "sd" if move.kind == "sd" else "share"
    return Size(slope.name, before, after, mean_outcome, shift.change, kind)


def sizes_in_words(sizes: Sequence[Size], outcome: Wording, shown: Shown) -> Iterator[Wording]:
    """Word the changes: of all that rise by a share of their mean together, of a yes or no alone."""
    labels, decimals = shown.style.labels, shown.style.decimals
    for kind in ("share", "sd"):
        alike = [size for size in sizes if size.kind == kind]
        if alike:
            yield _together(alike, outcome, labels, decimals)
    for size in sizes:
        if size.kind == "binary":
            yield message(
                "Where {factor} is 1 rather than 0, {outcome} differs by {change}.",
                factor=name_of(size.name, labels),
                outcome=outcome,
                change=signed(size.change, decimals),
            )


def _together(
    sizes: Sequence[Size], outcome: Wording, labels: Mapping[str, Wording], decimals: int
) -> Wording:
    """Word the changes of regressors that rise alike: all by a share of their mean, or all by a deviation."""
    items = [
        message(
            "{change} for {factor}",
            change=signed(size.change, decimals),
            factor=name_of(size.name, labels),
        )
        for size in sizes
    ]
    one: dict[str, object] = {
        "factor": name_of(sizes[0].name, labels),
        "outcome": outcome,
        "change": signed(sizes[0].change, decimals),
    }
    share = numbers.percent(SHARE, 0)
    if sizes[0].kind == "share" and len(sizes) == 1:
        return message(
            "A {share} increase in {factor} from its mean goes with a change in {outcome} of "
            "{change}.",
            share=share,
            **one,
        )
    if sizes[0].kind == "share":
        return message(
            "A {share} increase from the mean goes with a change in {outcome} of {items}.",
            share=share,
            outcome=outcome,
            items=enumerated(items),
        )
    if len(sizes) == 1:
        return message(
            "An increase of one standard deviation in {factor} from its mean goes with a change in "
            "{outcome} of {change}.",
            **one,
        )
    return message(
        "An increase of one standard deviation from the mean goes with a change in {outcome} of "
        "{items}.",
        outcome=outcome,
        items=enumerated(items),
    )


def plain_sizes(sizes: Sequence[Size], outcome: str) -> Mapping[str, object]:
    """Give the changes for results.json."""
    return {
        "outcome": outcome,
        "factors": {
            size.name: {
                "move": size.kind,
                "before": size.before,
                "after": size.after,
                "outcome_mean": size.outcome,
                "change": size.change,
            }
            for size in sizes
        },
    }
