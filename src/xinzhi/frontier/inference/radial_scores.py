"""Radial efficiencies of rows against a frontier of other amounts, for bootstraps."""

from __future__ import annotations

import numpy as np

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.frontier.activities import Activities
from xinzhi.frontier.evaluate import evaluate
from xinzhi.frontier.measure import MEASURES
from xinzhi.frontier.options import Options, checked
from xinzhi.frontier.reference import reference_sets
from xinzhi.frontier.result import Array
from xinzhi.frontier.task import Task, ordered
from xinzhi.frontier.technology import HULL, technology_of
from xinzhi.wording import message


def efficiencies(activities: Activities, options: Options) -> Array:
    """Return the radial efficiency of each row, 1 / φ with output orientation, shape (n,)."""
    scores = evaluate(activities, options=options).scores
    return MEASURES.get("radial").traits.efficiency(scores, options)


def shrunk(activities: Activities, options: Options, factor: Array) -> Activities:
    """Move rows along the orientation: inputs times the factor, or outputs divided by it."""
    scale = factor[:, None]
    is_output = options.orientation == "output"
    return Activities(
        activities.labels,
        activities.inputs if is_output else activities.inputs * scale,
        activities.good_outputs / scale if is_output else activities.good_outputs,
        activities.bad_outputs
        if is_output or options.bads == "outputs"
        else activities.bad_outputs * scale,
        activities.roles,
        activities.source,
        activities.rows,
    )


def against(activities: Activities, frontier: Activities, options: Options) -> Array:
    """Return the efficiency of rows against the frontier of other amounts, shape (n,).

    Row i of `frontier` stands where row i of `activities` stands in the reference sets. The rows
    do not join the frontier, so that an efficiency can be above 1.
    """
    n = activities.n
    both = _stacked(activities, frontier)
    technology = technology_of(both, returns_to_scale=options.returns_to_scale)
    across = MEASURES.get("radial").across
    assert across is not None
    scores = np.full(n, np.nan)
    for chosen in reference_sets(activities.labels, options=options):
        task = Task(
            both,
            technology,
            options,
            ordered(technology, chosen.evaluated, solver=options.solver),
            ordered(technology, chosen.rows + n, solver=options.solver),
        )
        outcome = across(task)
        scores[outcome.rows] = outcome.solutions.score
    return MEASURES.get("radial").traits.efficiency(scores, options)


def _stacked(first: Activities, second: Activities) -> Activities:
    return Activities(
        first.labels + second.labels,
        np.vstack([first.inputs, second.inputs]),
        np.vstack([first.good_outputs, second.good_outputs]),
        np.vstack([first.bad_outputs, second.bad_outputs]),
        first.roles,
    )


def radial_only(options: Options) -> Options:
    """Check that the options are those of a radial measure with an orientation.

    Raises
    ------
    SpecError
        The measure is another: the theory of these bootstraps is for radial scores.
    """
    options = checked(options)
    if options.measure != "radial" or options.orientation not in {"input", "output"}:
        raise SpecError(
            Problem(
                "inference.measure",
                message("This bootstrap is for radial scores with an orientation."),
                Where(key="measure"),
                message("use measure radial with orientation input or output."),
            )
        )
    if options.returns_to_scale == HULL:
        raise SpecError(
            Problem(
                "inference.measure",
                message("This bootstrap is for convex frontiers; the free disposal hull is none."),
                Where(key="returns_to_scale"),
                message("choose returns_to_scale: variable, or let whole entities be drawn."),
            )
        )
    if options.noncontrollable or options.nondiscretionary:
        raise SpecError(
            Problem(
                "inference.measure",
                message("This bootstrap changes all columns in proportion; some are fixed."),
                Where(key="noncontrollable"),
                message("leave the bootstrap out, or let whole entities be drawn."),
            )
        )
    return options
