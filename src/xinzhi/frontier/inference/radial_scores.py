"""Radial efficiencies of rows against a frontier of other amounts, for bootstraps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.frontier.activities import Activities
from xinzhi.frontier.evaluate import evaluate, run_across
from xinzhi.frontier.measure import MEASURES
from xinzhi.frontier.options import Options, checked
from xinzhi.frontier.reference import reference_sets
from xinzhi.frontier.result import Array
from xinzhi.frontier.task import Task
from xinzhi.frontier.technology import HULL, technology_of
from xinzhi.wording import message


def efficiencies(activities: Activities, options: Options) -> Array:
    """Return the radial efficiency of each row, 1 / φ with output orientation, shape (n,)."""
    scores = evaluate(activities, options=options).scores
    return MEASURES.get("radial").traits.efficiency(scores, options)


def shrink(activities: Activities, options: Options, factor: Array) -> Activities:
    """Move rows along the orientation: inputs times the factor, or outputs divided by it."""
    scale = factor[:, None]
    if options.orientation == "output":
        return replace(activities, good_outputs=activities.good_outputs / scale)
    moved = replace(activities, inputs=activities.inputs * scale)
    # Form B counts the bads with the inputs, and moves them with these.
    if options.bads == "outputs":
        return moved
    return replace(moved, bad_outputs=activities.bad_outputs * scale)


def against(activities: Activities, frontier: Activities, options: Options) -> Array:
    """Return the efficiency of rows against the frontier of other amounts, shape (n,).

    Row i of `frontier` stands where row i of `activities` stands in the reference sets. The rows
    do not join the frontier, so that an efficiency can be above 1.
    """
    n = activities.n
    # Rows 0 to n - 1 are measured, rows n to 2 n - 1 make the frontier: one scale for both.
    inputs, goods, bads = map(np.vstack, zip(activities.parts, frontier.parts, strict=True))
    both = Activities(activities.labels * 2, inputs, goods, bads, activities.roles)
    technology = technology_of(both, returns_to_scale=options.returns_to_scale)
    scores = np.full(n, np.nan)
    for chosen in reference_sets(activities.labels, options=options):
        task = Task.of(both, technology, options, chosen.evaluated, chosen.rows + n)
        outcome = run_across(task)
        scores[outcome.rows] = outcome.solutions.score
    return MEASURES.get("radial").traits.efficiency(scores, options)


def radial_only(options: Options) -> Options:
    """Check that the options are those of a radial measure with an orientation.

    Raises
    ------
    SpecError
        The measure is another: the theory of these bootstraps is for radial scores.
    """
    options = checked(options)
    if options.measure != "radial" or options.orientation not in {"input", "output"}:
        key = "measure"
        what = message("This bootstrap is for radial scores with an orientation.")
        remedy = message("use measure radial with orientation input or output.")
    elif options.returns_to_scale == HULL:
        key = "returns_to_scale"
        what = message("This bootstrap is for convex frontiers; the free disposal hull is none.")
        remedy = message("choose returns_to_scale: variable, or let whole entities be drawn.")
    elif options.noncontrollable or options.nondiscretionary:
        key = "noncontrollable"
        what = message("This bootstrap changes all columns in proportion; some are fixed.")
        remedy = message("leave the bootstrap out, or let whole entities be drawn.")
    else:
        return options
    raise SpecError(Problem("inference.measure", what, Where(key=key), remedy))
