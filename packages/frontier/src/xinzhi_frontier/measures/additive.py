"""Additive measure: the largest weighted sum of slacks."""

from __future__ import annotations

import numpy as np

from xinzhi_core.wording import message
from xinzhi_frontier.measure import Outcome, Task, Traits, registered
from xinzhi_frontier.result import Array
from xinzhi_frontier.technology import Flags
from xinzhi_frontier.terms import (
    ROLES,
    both_sides,
    directions,
    disposal,
    efficiency_of_distance,
    role_mask,
    weights_of,
)

TRAITS = Traits(
    title=message("additive measure"),
    references=("10.1016/0304-4076(85)90133-2", "10.1023/A:1007701304281"),
    best=0.0,
    is_inefficiency=True,
    efficiency=efficiency_of_distance,
    divides_by_own=lambda options: both_sides(options) if options.direction == "own" else (),
    is_units_invariant=False,
    has_weights=True,
    has_direction=True,
    has_hull=True,
)


@registered("additive", TRAITS)
def additive(task: Task) -> Outcome:
    """Measure by the largest sum of slacks; 0 is efficient.

    max Σ w_i s_i / g_i s.t. x_o = Xλ + s⁻, y_o = Yλ - s⁺, b_o = Bλ + s, all >= 0. Without a
    direction g = 1: the plain sum, in the units of the data. `direction: own` gives the measure
    of inefficiency proportions (g = own values), which is free of units. Orientation counts the
    slacks of one side.

    References
    ----------
    Charnes, A., Cooper, W. W., Golany, B., Seiford, L., Stutz, J. (1985),
    doi 10.1016/0304-4076(85)90133-2. Cooper, W. W., Park, K. S., Pastor, J. T. (1999),
    doi 10.1023/A:1007701304281.
    """
    roles = task.activities.roles
    weights = weights_of(roles, task.options, (ROLES,)) * counted(task)
    worth = task.technology.worth(task.rows)
    if task.options.direction is None:
        return slack_sum(task, weights * worth, np.ones(len(worth), dtype=bool))
    direction = directions(task, task.rows)
    is_zero = (direction == 0) & (weights > 0)
    costs = np.where(direction > 0, weights / np.where(direction > 0, direction, 1.0), 0.0)
    defined = np.asarray((costs > 0).any(axis=1))
    if task.options.direction == "own" and task.options.zeros != "drop_term":
        defined &= ~is_zero.any(axis=1)
    return slack_sum(task, costs, defined)


def counted(task: Task) -> Flags:
    """Mark the columns whose slacks an orientation counts."""
    return role_mask(task.activities.roles, both_sides(task.options))


def slack_sum(task: Task, costs: Array, defined: Flags) -> Outcome:
    """Maximise a sum of slacks, costs per own unit, shape (q, k); undefined rows stay out.

    The costs of a row are divided by the largest, so that the proof is relative to it.
    """
    rows, costs = task.rows[defined], costs[defined]
    largest = costs.max(axis=1, initial=0.0)
    largest = np.where(largest > 0, largest, 1.0)
    draft = disposal(task, len(rows))
    draft.numerator[:, : task.technology.k] = -costs / largest[:, None]
    solutions = task.solve(draft.program(0.0, 1.0), rows, joined=True)
    scored = solutions.scored(np.maximum(0.0, -solutions.value * largest))
    return Outcome.of_slacks(task, scored.spread(defined), "additive")
