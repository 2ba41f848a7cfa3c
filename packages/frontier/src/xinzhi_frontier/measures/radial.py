"""Radial measure of Farrell, Charnes-Cooper-Rhodes and Banker-Charnes-Cooper."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xinzhi_core.wording import message
from xinzhi_frontier.measure import Outcome, Task, Traits, registered
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Array
from xinzhi_frontier.terms import (
    directions,
    fixed_columns,
    measure_across,
    measure_along,
    nothing_moves,
)


def efficiency(scores: Array, options: Options) -> Array:
    """Return θ, or 1 / φ; NaN where the frontier makes nothing (φ = 0)."""
    if options.orientation != "output":
        return scores
    return np.divide(1.0, scores, out=np.full_like(scores, np.nan), where=scores > 0)


TRAITS = Traits(
    title=message("radial measure"),
    references=(
        "10.1016/0377-2217(78)90138-8",
        "10.1287/mnsc.30.9.1078",
        "10.1287/opre.34.4.513",
    ),
    orientations=("input", "output"),
    is_radial=True,
    disposabilities=("strong", "weak", "kuosmanen"),
    has_fixed=True,
    efficiency=efficiency,
    has_hull=True,
)


def _across(task: Task) -> Outcome:
    return measure_across(task, proportions(task), score_of(task))


@registered("radial", TRAITS, across=_across)
def radial(task: Task) -> Outcome:
    """Measure by equal proportions: θ of all inputs, or φ of all good outputs.

    input: min θ s.t. Xλ <= θ x_o, Yλ >= y_o, Bλ <= b_o (form B: <= θ b_o);
    output: max φ s.t. Xλ <= x_o, Yλ >= φ y_o, Bλ <= b_o. Bads of form A do not move. The score is
    θ <= 1 or φ >= 1. What is noncontrollable does not move and is kept equal, x_o = Xλ; what is
    nondiscretionary does not move, Xλ <= x_o. Among the optima the one with the largest sum of relative slacks is shown.

    References
    ----------
    Charnes, A., Cooper, W. W., Rhodes, E. (1978), doi 10.1016/0377-2217(78)90138-8.
    Banker, R. D., Charnes, A., Cooper, W. W. (1984), doi 10.1287/mnsc.30.9.1078.
    Banker, R. D., Morey, R. C. (1986), doi 10.1287/opre.34.4.513.
    """
    return measure_along(task, proportions(task), score=score_of(task), method="radial")


def proportions(task: Task) -> Array:
    """Return the own values of what moves in proportion, in units of themselves."""
    direction = directions(task, task.rows)
    stays = fixed_columns(task.options, task.activities.roles.names)
    direction[:, stays] = 0.0
    if task.options.orientation == "output":
        direction[:, task.technology.bads()] = 0.0
    if stays.any() and not direction.any():
        raise nothing_moves()
    return direction


def score_of(task: Task) -> Callable[[Array], Array]:
    """Return how a score follows from a distance: θ = 1 - β or φ = 1 + β."""
    sign = 1.0 if task.options.orientation == "output" else -1.0
    return lambda beta: 1.0 + sign * beta
