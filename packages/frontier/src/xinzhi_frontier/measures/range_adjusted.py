"""Range-adjusted measure: slacks in units of the range of their column."""

from __future__ import annotations

import numpy as np

from xinzhi_core.errors import OutOfDomain, Problem, Where
from xinzhi_core.wording import message
from xinzhi_frontier.measure import Outcome, Task, Traits, invariant_where_sum_is_one, registered
from xinzhi_frontier.measures.additive import counted, slack_sum
from xinzhi_frontier.terms import ROLES, efficiency_of_distance, weights_of

TRAITS = Traits(
    title=message("range-adjusted measure of inefficiency"),
    references=("10.1023/A:1007701304281",),
    best=0.0,
    is_inefficiency=True,
    efficiency=efficiency_of_distance,
    is_monotone=False,
    is_translation_invariant=invariant_where_sum_is_one,
    has_weights=True,
    has_hull=True,
)


@registered("range_adjusted", TRAITS)
def range_adjusted(task: Task) -> Outcome:
    """Measure by the mean of slacks divided by the ranges of the reference set; 0 is efficient.

    max Σ w_i s_i / R_i, R_i = max - min of column i over the reference set, Σ w = 1. Efficiency
    in the authors' words is 1 minus the score. A column that does not vary has no range: refused,
    or with `drop_term` left out of the mean. Under variable returns adding a constant to a column
    changes nothing, so that amounts may be negative.

    References
    ----------
    Cooper, W. W., Park, K. S., Pastor, J. T. (1999). RAM: a range adjusted measure of inefficiency
    for use with additive models. Journal of Productivity Analysis 11, doi 10.1023/A:1007701304281.
    """
    reference = task.activities.values[task.reference]
    ranges = np.ptp(reference, axis=0)
    if task.options.zeros != "drop_term":
        _refuse_constant(task, ranges)
    weights = weights_of(task.activities.roles, task.options, (ROLES,)) * (ranges > 0)
    weights = weights * counted(task)
    share = weights / (weights.sum() or 1.0)
    costs = share / np.where(ranges > 0, ranges, 1.0) * task.technology.worth(task.rows)
    return slack_sum(task, costs, np.full(len(task.rows), bool(weights.any())))


def _refuse_constant(task: Task, ranges: np.ndarray) -> None:
    names = [
        name
        for name, width, counts in zip(
            task.activities.roles.names, ranges.tolist(), counted(task).tolist(), strict=True
        )
        if counts and width == 0
    ]
    if names:
        raise OutOfDomain(
            Problem(
                "dea.zero_range",
                message("The column does not vary in the reference set."),
                Where(column=name, period=task.activities.labels[int(task.rows[0])][1]),
                message("leave the column out, or choose zeros: drop_term."),
            )
            for name in names
        )
