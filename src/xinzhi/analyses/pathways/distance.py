"""How far a city is from the frontier, in its own units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.notices import Notice
from xinzhi.wording import message

Kind = Literal["input", "good_output", "bad_output"]
EVEN = 1e-9
"""A slack below this share of the value is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Distance:
    """What separates each city from its target on the frontier."""

    by_city: pd.DataFrame
    """Indexed (entity, period, variable): `kind`, `value`, `target`, `gap` (>= 0, own units),
    `share` of the own value (missing if that is 0), `direction`: `less` (uses or emits too much),
    `more` (makes too little), `even`, or `ahead` (super-efficient: the target is worse by this)."""
    notices: tuple[Notice, ...] = ()


def distance_to_targets(
    values: pd.DataFrame, targets: pd.DataFrame, kinds: Mapping[str, Kind]
) -> Distance:
    """Measure how much less an entity would use and emit, and how much more it would make, on the frontier.

    Parameters
    ----------
    values, targets
        Own units, indexed (entity, period), one column a variable; a cell without a target is left
        out and counted.
    kinds
        Variable -> input, good_output or bad_output.

    Examples
    --------
    >>> key = pd.MultiIndex.from_tuples([("a", 2023)], names=["entity", "period"])
    >>> found = distance_to_targets(pd.DataFrame({"gdp": [80.0]}, key),
    ...     pd.DataFrame({"gdp": [60.0]}, key), {"gdp": "good_output"})
    >>> found.by_city[["gap", "direction"]].to_numpy().tolist()
    [[20.0, 'ahead']]
    """
    index = targets.sort_index().index
    values, targets = values.reindex(index), targets.reindex(index)
    keys = index.to_frame(index=False).set_axis(["entity", "period"], axis=1)
    gaps = [
        keys.assign(
            variable=name,
            kind=kind,
            **_gap(values[name].to_numpy(float), targets[name].to_numpy(float), kind),
        )
        for name, kind in kinds.items()
    ]
    # The stable sort by row number keeps the variables of an entity together, in their order.
    frame = pd.concat(gaps).sort_index(kind="stable")
    complete = frame.dropna(subset=["value", "gap"]).set_index(["entity", "period", "variable"])
    return Distance(complete, _notices(len(frame) - len(complete)))


def _gap(value: np.ndarray, target: np.ndarray, kind: Kind) -> dict[str, np.ndarray]:
    """Compare the values of a variable with their targets; a gap that is not finite is missing."""
    # What is missing: more of a good output, less of an input or of a bad output.
    lacks = target - value if kind == "good_output" else -(target - value)
    gap, is_ahead = np.abs(lacks), lacks < 0
    gap[~np.isfinite(value) | ~np.isfinite(lacks)] = np.nan
    sign = np.where(is_ahead, -1.0, 1.0) * (1.0 if kind == "good_output" else -1.0)
    is_even = gap <= EVEN * np.abs(value)
    gap[is_even] = 0.0
    share = np.divide(gap, value, out=np.full(len(value), np.nan), where=value > 0)
    return {
        "value": value,
        "target": value + sign * gap,
        "gap": gap,
        "share": share,
        "direction": np.select(
            [is_even, is_ahead], ["even", "ahead"], "more" if kind == "good_output" else "less"
        ),
    }


def _notices(n_cells: int) -> tuple[Notice, ...]:
    notices = [
        Notice(
            "distance.one_of_many",
            message(
                "Distances to the frontier are one optimum of possibly many; the score is unique, "
                "its parts need not be."
            ),
        )
    ]
    if n_cells:
        notices.append(
            Notice(
                "distance.missing",
                message(
                    "{n} distances are left out: a value or a slack is missing.",
                    one="{n} distance is left out: a value or a slack is missing.",
                    n=n_cells,
                ),
            )
        )
    return tuple(notices)
