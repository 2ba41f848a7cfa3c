"""How far a city is from the frontier, in its own units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.errors import OutOfDomain, Problem, Where
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


def distance_to_frontier(
    values: pd.DataFrame,
    slacks: pd.DataFrame,
    scores: pd.Series,
    kinds: Mapping[str, Kind],
) -> Distance:
    """Set out how much less a city would use and emit, and how much more make, on the frontier.

        target = value - slack for inputs and bad outputs, value + slack for good outputs;
        for a score above 1 the signs are turned: the city is ahead of its target.

    Parameters
    ----------
    values, slacks
        Own units, slacks >= 0; indexed (entity, period), one column a variable.
    scores
        Same index; rows without a score are left out.
    kinds
        Variable -> input, good_output or bad_output.

    Raises
    ------
    MissingColumn
        A variable is not among values or slacks.
    OutOfDomain
        A slack is negative beyond rounding.

    Examples
    --------
    >>> key = pd.MultiIndex.from_tuples([("a", 2023)], names=["entity", "period"])
    >>> found = distance_to_frontier(pd.DataFrame({"power": [200.0]}, key),
    ...     pd.DataFrame({"power": [50.0]}, key), pd.Series([0.8], key), {"power": "input"})
    >>> found.by_city[["target", "share", "direction"]].to_numpy().tolist()
    [[150.0, 0.25, 'less']]
    """
    _check(values, slacks, kinds)
    known = scores.dropna().sort_index().index
    own, off = values.reindex(known), slacks.reindex(known)
    cells = [
        (*key, name, own[name].iloc[i], off[name].iloc[i], scores[known].iloc[i], kind)
        for i, key in enumerate(known)
        for name, kind in kinds.items()
    ]
    rows = [
        (entity, period, name, *_gap(float(value), float(slack), float(score), kind))
        for entity, period, name, value, slack, score, kind in cells
        if np.isfinite([value, slack]).all()
    ]
    keys = ["entity", "period", "variable"]
    columns = [*keys, "kind", "value", "target", "gap", "share", "direction"]
    frame = pd.DataFrame(rows, columns=columns).set_index(keys)
    return Distance(frame, _notices(len(scores) - len(known), len(cells) - len(rows)))


def distance_to_targets(
    values: pd.DataFrame, targets: pd.DataFrame, kinds: Mapping[str, Kind]
) -> Distance:
    """Set out the same from values and targets, for measures whose slacks are not the whole way.

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
    _check(values, targets, kinds, is_slack=False)
    rows = []
    known = targets.sort_index().index
    for entity, period in known:
        for name, kind in kinds.items():
            value = float(values[name].loc[(entity, period)])
            lacks = float(targets[name].loc[(entity, period)]) - value
            lacks = lacks if kind == "good_output" else -lacks
            if np.isfinite([value, lacks]).all():
                gap = _gap(value, abs(lacks), 2.0 if lacks < 0 else 0.0, kind)
                rows.append((entity, period, name, *gap))
    keys = ["entity", "period", "variable"]
    columns = [*keys, "kind", "value", "target", "gap", "share", "direction"]
    frame = pd.DataFrame(rows, columns=columns).set_index(keys)
    return Distance(frame, _notices(0, len(known) * len(kinds) - len(rows)))


def _gap(
    value: float, slack: float, score: float, kind: Kind
) -> tuple[Kind, float, float, float, float, str]:
    gap = max(slack, 0.0)
    share = gap / value if value > 0 else float("nan")
    is_ahead = score > 1.0
    sign = (1.0 if kind == "good_output" else -1.0) * (-1.0 if is_ahead else 1.0)
    direction = "more" if kind == "good_output" else "less"
    if gap <= EVEN * abs(value):
        direction, gap, share = "even", 0.0, 0.0 if value > 0 else float("nan")
    elif is_ahead:
        direction = "ahead"
    return kind, value, value + sign * gap, gap, share, direction


def _notices(n_without: int, n_cells: int) -> tuple[Notice, ...]:
    notices = [
        Notice(
            "distance.one_of_many",
            message(
                "Distances to the frontier are one optimum of possibly many; the score is unique, "
                "its parts need not be."
            ),
        )
    ]
    if n_without:
        notices.append(
            Notice(
                "distance.no_score",
                message(
                    "{n} rows have no score and so no distance.",
                    one="{n} row has no score and so no distance.",
                    n=n_without,
                ),
            )
        )
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


def _check(
    values: pd.DataFrame, slacks: pd.DataFrame, kinds: Mapping[str, Kind], *, is_slack: bool = True
) -> None:
    require_columns(kinds, [name for name in values.columns if name in slacks.columns])
    for kind in kinds.values():
        require_choice("kind", kind, ("input", "good_output", "bad_output"))
    if not is_slack:
        return
    names = list(kinds)
    room = EVEN * values[names].abs().reindex(slacks.index)
    wrong = [
        (entity, period, name)
        for name in names
        for entity, period in slacks.index[(slacks[name] < -room[name]).to_numpy()]
    ]
    if wrong:
        raise OutOfDomain(
            Problem(
                "distance.slack",
                message("The slack of {name} is negative.", name=name),
                Where(entity=str(entity), period=int(period)),
            )
            for entity, period, name in wrong
        )
