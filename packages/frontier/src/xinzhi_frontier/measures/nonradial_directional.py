"""Non-radial directional distance function: each variable moves by its own distance."""

from __future__ import annotations

import numpy as np

from xinzhi_core.wording import message
from xinzhi_frontier.measure import Outcome, Task, Traits, registered
from xinzhi_frontier.options import Options
from xinzhi_frontier.terms import (
    Side,
    both_sides,
    directions,
    disposal,
    efficiency_of_distance,
    role_mask,
    weights_of,
)


def _divides(options: Options) -> Side:
    """Return what moves along its own amounts: there a distance is a share of them, β = s / g."""
    if options.direction in (None, "own"):
        return both_sides(options)
    return ()


TRAITS = Traits(
    title=message("non-radial directional distance function"),
    references=("10.1016/j.ejor.2012.04.022",),
    best=0.0,
    disposabilities=("strong", "weak", "kuosmanen"),
    is_inefficiency=True,
    divides_by_own=_divides,
    has_weights=True,
    weights_are_sums=True,
    has_direction=True,
    efficiency=efficiency_of_distance,
    has_hull=True,
)


@registered("nonradial_directional", TRAITS)
def nonradial_directional(task: Task) -> Outcome:
    """Measure by the largest weighted sum of distances β_i along a direction; 0 is efficient.

    max Σ w_i β_i s.t. Xλ <= x_o - β_x g_x, Yλ >= y_o + β_y g_y, Bλ <= b_o - β_b g_b (weak: =),
    β >= 0. The weights are taken as given and not normed: (1, ..., 1) where none are given, while
    many papers give 1/3 to inputs, goods and bads each. Declare them when comparing scores. Along
    the row's own amounts β is a share of the amount, and has no meaning where that is 0.

    References
    ----------
    Zhou, P., Ang, B. W., Wang, H. (2012), doi 10.1016/j.ejor.2012.04.022.
    """
    direction = directions(task, task.rows)
    weights = weights_of(task.activities.roles, task.options, ())
    moves = direction > 0
    costs = np.where(moves, weights / np.where(moves, direction, 1.0), 0.0)
    defined = np.asarray((costs > 0).any(axis=1))
    if task.options.zeros != "drop_term":
        counted = role_mask(task.activities.roles, _divides(task.options)) & (weights > 0)
        defined &= ~(counted & ~moves).any(axis=1)
    rows, k = task.rows[defined], task.technology.k
    draft = disposal(task, len(rows))
    # A weakly disposable bad may differ from the row where it moves along the direction.
    draft.plus[:, :k] |= moves[defined]
    draft.numerator[:, :k] = -costs[defined]
    solutions = task.solve(draft.program(0.0, 1.0), rows, joined=True)
    scored = solutions.scored(np.maximum(0.0, -solutions.value))
    return Outcome.of_slacks(task, scored.spread(defined), "directional")
