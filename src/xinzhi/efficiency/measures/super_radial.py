"""Radial super-efficiency of Andersen and Petersen."""

from __future__ import annotations

import numpy as np

from xinzhi.efficiency.certificate import PROVED
from xinzhi.efficiency.direction import radial_program
from xinzhi.efficiency.measure import Outcome, Task, Traits, joined_outcome, registered
from xinzhi.efficiency.measures.radial import efficiency, proportions, radial, score_of
from xinzhi.efficiency.radial import along
from xinzhi.wording import message

TRAITS = Traits(
    title=message("radial super-efficiency"),
    references=("10.1287/mnsc.39.10.1261",),
    orientations=("input", "output"),
    best=1.0,
    is_super=True,
    efficiency=efficiency,
)


@registered("super_radial", TRAITS)
def super_radial(task: Task) -> Outcome:
    """Measure as `radial`, and efficient rows without themselves in the reference set.

    θ may then be above 1 and φ below 1; under variable returns the program can be infeasible.

    References
    ----------
    Andersen, P., Petersen, N. C. (1993), doi 10.1287/mnsc.39.10.1261.
    """
    below = radial(task)
    efficient = np.array([abs(one.value - 1.0) <= PROVED for one in below.solutions])
    rows = task.rows[efficient]
    direction = proportions(task)[efficient]
    exclude = task.options.exclude
    above = task.solve(radial_program(task, direction), rows, without=exclude)
    outcome = along(
        task, rows, direction, above, score=score_of(task), method="super", without=exclude
    )
    return joined_outcome(below, efficient, outcome)
