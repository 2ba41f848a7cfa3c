"""How far a city is from the frontier, in its own units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.notices import Notice
from xinzhi.problems import require_columns
from xinzhi.space.scores import require_choice
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

    Raises
    ------
    MissingColumn
        A variable is not among values or targets.

    Examples
    --------
    >>> key = pd.MultiIndex.from_tuples([("a", 2023)], names=["entity", "period"])
    >>> found = distance_to_targets(pd.DataFrame({"gdp": [80.0]}, key),
    ...     pd.DataFrame({"gdp": [60.0]}, key), {"gdp": "good_output"})
    >>> found.by_city[["gap", "direction"]].to_numpy().tolist()
    [[20.0, 'ahead']]
    """
    require_columns(kinds, [name for name in values.columns if name in targets.columns])
    for kind in kinds.values():
        require_choice("kind", kind, ("input", "good_output", "bad_output"))
    rows = []
    known = targets.sort_index().index
    for entity, period in known:
        for name, kind in kinds.items():
            value = float(values[name].loc[(entity, period)])
            lacks = float(targets[name].loc[(entity, period)]) - value
            lacks = lacks if kind == "good_output" else -lacks
            if np.isfinite([value, lacks]).all():
                gap = _gap(value, abs(lacks), kind, is_ahead=lacks < 0)
                rows.append((entity, period, name, *gap))
    keys = ["entity", "period", "variable"]
    columns = [*keys, "kind", "value", "target", "gap", "share", "direction"]
    frame = pd.DataFrame(rows, columns=columns).set_index(keys)
    return Distance(frame, _notices(len(known) * len(kinds) - len(rows)))


def _gap(
    value: float, gap: float, kind: Kind, *, is_ahead: bool
) -> tuple[Kind, float, float, float, float, str]:
    share = gap / value if value > 0 else float("nan")
    sign = (1.0 if kind == "good_output" else -1.0) * (-1.0 if is_ahead else 1.0)
    direction = "more" if kind == "good_output" else "less"
    if gap <= EVEN * abs(value):
        direction, gap, share = "even", 0.0, 0.0 if value > 0 else float("nan")
    elif is_ahead:
        direction = "ahead"
    return kind, value, value + sign * gap, gap, share, direction


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
