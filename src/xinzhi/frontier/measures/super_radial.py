"""Radial super-efficiency of Andersen and Petersen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xinzhi.frontier.direction import along, radial_program
from xinzhi.frontier.measure import Outcome, Traits, joined_outcome, registered
from xinzhi.frontier.measures.radial import efficiency, proportions, radial, score_of
from xinzhi.frontier.solutions import CODE, Solutions
from xinzhi.frontier.solve.certificate import PROVED
from xinzhi.frontier.task import Task
from xinzhi.wording import message

TRAITS = Traits(
    title=message("radial super-efficiency"),
    references=("10.1287/mnsc.39.10.1261",),
    orientations=("input", "output"),
    best=1.0,
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
    exclude = task.options.exclude
    above = task.solve(radial_program(task, direction), rows, without=exclude)
    outcome = along(
        task, rows, direction, above, score=score_of(task), method="super", without=exclude
    )
    return joined_outcome(below, efficient, replace(outcome, solutions=_told(task, outcome)))


def _told(task: Task, outcome: Outcome) -> Solutions:
    """Call a row infeasible whose outputs the others cannot make at any scale: φ = 0."""
    found = outcome.solutions
    if task.options.orientation != "output":
        return found
    nothing = found.score <= PROVED
    return replace(
        found,
        status=np.where(nothing, CODE["infeasible"], found.status).astype(np.uint8),
        value=np.where(nothing, np.nan, found.value),
    )
