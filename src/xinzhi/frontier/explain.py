"""What one row must change, and which rows show how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xinzhi.errors import DataError, Problem, Where, suggestion
from xinzhi.frontier.activities import Activities, Label
from xinzhi.frontier.result import EfficiencyResult, Status
from xinzhi.wording import Wording, message

Role = Literal["input", "good_output", "bad_output"]


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One variable of the row beside its target."""

    name: str
    role: Role
    value: float
    target: float
    change: float
    """Target less value, in the units of the data."""
    relative: float
    """Change in parts of the value; NaN where the value is 0."""
    price: float
    """Change of the program's value per unit of the variable: which constraint binds."""


@dataclass(frozen=True, slots=True)
class ExplainedPeer:
    """A row that shows how: it is part of the target."""

    label: Label
    intensity: float
    score: float


@dataclass(frozen=True, slots=True)
class ScoreExplanation:
    """One row: its score, what it must change, who shows how."""

    label: Label
    score: float
    status: Status
    method: str
    changes: tuple[TargetChange, ...]
    examples: tuple[ExplainedPeer, ...]
    """Peers, the strongest first. One optimum of possibly many."""


def explain(
    activities: Activities, result: EfficiencyResult, entity: str, period: int | None = None
) -> tuple[ScoreExplanation, ...]:
    """Explain the scores of an entity, in one period or in all of its periods.

    Raises
    ------
    DataError
        There is no such row; the nearest name is suggested.

    Examples
    --------
    >>> from xinzhi.frontier.activities import ActivityRoles
    >>> from xinzhi.frontier.evaluate import evaluate
    >>> from xinzhi.frontier.options import Options
    >>> shops = Activities((("a", None), ("b", None)), np.array([[1.0], [2.0]]),
    ...     np.array([[1.0], [1.0]]), np.empty((2, 0)), ActivityRoles(("labour",), ("gdp",)))
    >>> (shop,) = explain(shops, evaluate(shops, options=Options(measure="sbm")), "b")
    >>> shop.changes[0].change, shop.examples[0].label
    (-1.0, ('a', None))
    """
    positions = [
        position
        for position, (name, when) in enumerate(result.labels)
        if name == entity and period in (None, when)
    ]
    if not positions:
        raise _unknown(result.labels, entity, period)
    return tuple(_explanation(activities, result, position) for position in positions)


def _explanation(
    activities: Activities, result: EfficiencyResult, position: int
) -> ScoreExplanation:
    columns = (activities.values, result.targets, result.duals)
    values, targets, prices = (part[position].tolist() for part in columns)
    names = activities.roles
    counts: tuple[tuple[Role, int], ...] = (
        ("input", len(names.inputs)),
        ("good_output", len(names.good_outputs)),
        ("bad_output", len(names.bad_outputs)),
    )
    roles = [role for role, count in counts for _ in range(count)]
    changes = tuple(
        TargetChange(
            name,
            role,
            value,
            target,
            change=target - value,
            relative=(target - value) / value if value else np.nan,
            price=price,
        )
        for name, role, value, target, price in zip(
            result.variables, roles, values, targets, prices, strict=True
        )
    )
    examples = [
        ExplainedPeer(result.labels[p.position], p.intensity, float(result.scores[p.position]))
        for p in result.peers[position]
    ]
    # Equal intensities by name, so that the list does not depend on how the rows were given.
    examples.sort(key=lambda example: (-example.intensity, str(example.label)))
    return ScoreExplanation(
        result.labels[position],
        float(result.scores[position]),
        result.statuses[position],
        result.methods[position],
        changes,
        tuple(examples),
    )


def _unknown(labels: Sequence[Label], entity: str, period: int | None) -> DataError:
    entities = list(dict.fromkeys(name for name, _ in labels))
    remedy: Wording
    if entity in entities:
        periods = ", ".join(str(when) for name, when in labels if name == entity)
        what = message("'{entity}' has no period {period}.", entity=entity, period=period)
        where, remedy = (
            Where(entity=entity, period=period),
            message("known: {known}.", known=periods),
        )
    else:
        what = message("There is no '{entity}' in the data.", entity=entity)
        where, remedy = Where(entity=entity), suggestion(entity, entities)
    return DataError(Problem("efficiency.no_row", what, where, remedy))
