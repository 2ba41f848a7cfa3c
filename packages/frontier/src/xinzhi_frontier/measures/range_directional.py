"""Range directional measure: the share of its possible improvement that a row can make in all columns at once."""

from __future__ import annotations

import numpy as np

from xinzhi_core.wording import message
from xinzhi_frontier.measure import (
    SUM_IS_ONE,
    Outcome,
    Task,
    Traits,
    invariant_where_sum_is_one,
    registered,
)
from xinzhi_frontier.result import Array
from xinzhi_frontier.terms import both_sides, efficiency_of_distance, measure_along, role_mask

TRAITS = Traits(
    title=message("range directional measure"),
    references=("10.1057/palgrave.jors.2601768",),
    best=0.0,
    returns=SUM_IS_ONE,
    is_inefficiency=True,
    is_monotone=False,
    is_translation_invariant=invariant_where_sum_is_one,
    efficiency=efficiency_of_distance,
    has_hull=True,
)


@registered("range_directional", TRAITS)
def range_directional(task: Task) -> Outcome:
    """Measure by the distance β along what could be improved at most; 0 is efficient, 1 is far off.

    max β s.t. Xλ <= x_o - β R_x, Yλ >= y_o + β R_y, Bλ <= b_o - β R_b, Σλ = 1, with the ranges of possible
    improvement R_x = x_o - min x, R_y = max y - y_o, R_b = b_o - min b over the reference set. The authors'
    efficiency is 1 - β. Adding a constant to a column changes nothing, so that amounts may be negative. A row
    that is best in every column that moves cannot improve: β = 0.

    References
    ----------
    Portela, M. C. A. S., Thanassoulis, E., Simpson, G. (2004). Negative data in DEA: a directional distance
    approach applied to bank branches. Journal of the Operational Research Society 55,
    doi 10.1057/palgrave.jors.2601768.
    """
    direction = _improvements(task)
    return measure_along(task, direction, score=lambda beta: beta, method="directional")


def _improvements(task: Task) -> Array:
    """Return how far each row is from the best amounts of the reference set, in its own units, (q, k)."""
    roles, values = task.activities.roles, task.activities.values
    signs = np.where(role_mask(roles, ("goods",)), -1.0, 1.0)
    least = (values[task.reference] * signs).min(axis=0)
    ranges = np.maximum(values[task.rows] * signs - least, 0.0)
    moves = role_mask(roles, both_sides(task.options))
    direction = np.where(moves, ranges, 0.0) / task.technology.worth(task.rows)
    # What is best in all of its columns does not move, whatever the direction: any one gives β = 0.
    is_best = ~direction.any(axis=1)
    direction[is_best] = np.where(moves, 1.0, 0.0)
    return np.asarray(direction)
