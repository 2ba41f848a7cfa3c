"""Radial super-efficiency of Andersen and Petersen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xinzhi_core.wording import message
from xinzhi_frontier.measure import Outcome, Task, Traits, joined_outcome, registered
from xinzhi_frontier.measures.radial import efficiency, proportions, radial, score_of
from xinzhi_frontier.solutions import CODE, Solutions
from xinzhi_frontier.solve.certificate import PROVED
from xinzhi_frontier.terms import along, radial_program

TRAITS = Traits(
    title=message("radial super-efficiency"),
    references=("10.1287/mnsc.39.10.1261",),
    orientations=("input", "output"),
    is_radial=True,
    is_super=True,
    efficiency=efficiency,
    has_hull=True,
)


@registered("super_radial", TRAITS)
def super_radial(task: Task) -> Outcome:
    """Measure as `radial`, and efficient rows without themselves in the reference set.

    θ may then be above 1 and φ below 1. A row is infeasible where no θ reaches it, or where the
    others make nothing of its outputs (φ = 0).

    References
    ----------
    Andersen, P., Petersen, N. C. (1993), doi 10.1287/mnsc.39.10.1261.
    """
    below = radial(task)
    efficient = np.abs(below.solutions.score - 1.0) <= PROVED
    rows = task.rows[efficient]
    direction = proportions(task)[efficient]
    # Inefficient rows keep their radial score, which leaving out the row alone would not change.
    exclude = task.options.exclude
    above = task.solve(radial_program(task, direction), rows, without=exclude)
    outcome = along(
        task, rows, direction, above, score=score_of(task), method="super", without=exclude
    )
    if task.options.orientation == "output":
        outcome = replace(outcome, solutions=_refuse_zero(outcome.solutions))
    return joined_outcome(below, efficient, outcome)


def _refuse_zero(solutions: Solutions) -> Solutions:
    """Call a row infeasible whose outputs the others cannot make at any scale: φ = 0."""
    makes_nothing = solutions.score <= PROVED
    return replace(
        solutions,
        status=np.where(makes_nothing, CODE["infeasible"], solutions.status).astype(np.uint8),
        value=np.where(makes_nothing, np.nan, solutions.value),
    )
