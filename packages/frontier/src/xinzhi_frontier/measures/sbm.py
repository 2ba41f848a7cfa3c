"""Slacks-based measure, with good and bad outputs."""

from __future__ import annotations

import numpy as np

from xinzhi_core.wording import message
from xinzhi_frontier.measure import Outcome, Task, Traits, registered
from xinzhi_frontier.technology import Program, Technology, slack_program
from xinzhi_frontier.terms import SlackTerms, both_sides, terms_of

ROUNDING = 1e-12
"""What stands between a score and 1 by rounding alone."""
TRAITS = Traits(
    title=message("slacks-based measure"),
    references=("10.1016/S0377-2217(99)00407-5",),
    divides_by_own=both_sides,
    has_weights=True,
    has_hull=True,
)


def across(task: Task) -> Outcome:
    """Measure rows against a frontier of others: SBM inside it, super-SBM beyond it."""
    terms = terms_of(task.activities, task.rows, task.options)
    rows = task.rows[terms.defined]
    inside = task.solve(sbm_program(task.technology, terms), rows)
    beyond = inside.infeasible
    others = terms_of(task.activities, rows[beyond], task.options)
    both = inside.put(beyond, task.solve(super_program(task, others), rows[beyond]))
    return Outcome.of_scores(task.rows, both.spread(terms.defined))


@registered("sbm", TRAITS, across=across)
def sbm(task: Task) -> Outcome:
    """Measure by the slacks to the frontier.

    min (1 - Σ_i w_i s_i⁻/x_io) / (1 + Σ_r w_r s_r⁺/y_ro + Σ_q w_q s_q/b_qo)
    s.t. x_o = Xλ + s⁻, y_o = Yλ - s⁺, b_o = Bλ + s, all >= 0; the weights of each side add up
    to 1. Form B counts the bads in the numerator; orientation keeps one side only.

    References
    ----------
    Tone, K. (2001). A slacks-based measure of efficiency in data envelopment analysis.
    European Journal of Operational Research 130, doi 10.1016/S0377-2217(99)00407-5.
    """
    terms = terms_of(task.activities, task.rows, task.options)
    rows = task.rows[terms.defined]
    solutions = task.solve(sbm_program(task.technology, terms), rows, joined=True)
    value = np.where(solutions.value > 1.0 - ROUNDING, 1.0, solutions.value)
    return Outcome.of_slacks(task, solutions.scored(value).spread(terms.defined), "sbm")


def sbm_program(technology: Technology, terms: SlackTerms) -> Program:
    """Write the programs of the defined rows."""
    over, under = terms.shares()
    draft = slack_program(technology, len(over))
    k = technology.k
    draft.plus[:, :k] = True
    draft.numerator[:, :k] = -over
    draft.denominator[:, :k] = under
    return draft.program(1.0, 1.0, q=int(terms.defined.sum()))


def super_program(task: Task, terms: SlackTerms) -> Program:
    """Write the programs: better costs nothing, worse costs its share.

    A value of 0 cannot get worse: its relative slack would be infinite.
    """
    technology = task.technology
    k, r = technology.k, technology.r
    over, under, movable = terms.distinct()
    draft = slack_program(technology, len(over))
    draft.plus[:, :k] = True
    draft.minus[:, :k] = movable
    draft.numerator[:, r : r + k] = over
    draft.denominator[:, r : r + k] = -under
    return draft.program(1.0, 1.0, q=len(terms.over))
