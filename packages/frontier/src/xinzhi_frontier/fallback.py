"""What stands in for an infeasible super-SBM score when the study asks for it, and only then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xinzhi_frontier.measure import Outcome, Task, moved
from xinzhi_frontier.measures.sbm import super_program
from xinzhi_frontier.result import Array
from xinzhi_frontier.solutions import Solutions
from xinzhi_frontier.solve.certificate import PROVED
from xinzhi_frontier.technology import Flags, Positions, Program, slack_program
from xinzhi_frontier.terms import terms_of


def form_b(task: Task, rows: Positions) -> Outcome:
    """Score rows by form B, which has a solution wherever the orientation is `none`."""
    options = replace(task.options, bads="inputs", weights=_weights_of_form_b(task))
    other = replace(task, options=options)
    terms = terms_of(task.activities, rows, options)
    solutions = other.solve(super_program(other, terms), rows, without=options.exclude)
    return _outcome(task, rows, solutions, "form_b")


def _weights_of_form_b(task: Task) -> dict[str, float] | None:
    """Keep declared weights where they cover the sides of form B, else weigh equally."""
    given, roles = task.options.weights, task.activities.roles
    if given is None:
        return None
    over = roles.inputs + roles.bad_outputs
    # Weights of the inputs alone would weigh their side of form B in part, which is refused.
    covered = len({name in given for name in over}) == 1
    return dict(given) if covered else None


def two_stage(task: Task, rows: Positions) -> Outcome:
    """Score rows by the least worsening, first of the side that makes the score infeasible.

    Stage 1: Z* = min Σ w s over that side (the outputs; with output orientation the inputs), with
    everything else free to worsen. Stage 2: V* = min Σ w s over the other side among the optima of
    stage 1. Score = 1 + Z* + V*: linear in the slacks, so that it exists where the denominator of
    form A does not. The weights of each side add up to 1.

    References
    ----------
    The two stages follow Lee, H. S., Chu, C. W., Zhu, J. (2011). Super-efficiency DEA in the
    presence of infeasibility. EJOR 212, doi 10.1016/j.ejor.2011.01.022, with slacks for radial
    distances.
    """
    exclude = task.options.exclude
    first_cost, second_cost = _costs(task, rows)
    movable = (first_cost > 0) | (second_cost > 0)
    first = task.solve(_least(task, first_cost, movable), rows, without=exclude)
    # The second stage chooses among the optima of the first: what these price above 0 stays at 0
    # in all of them, slacks (their reduced costs are c + u) and rows alike.
    is_free = movable & (first_cost + first.duals[:, : task.technology.k] <= PROVED)
    closed = [
        _priced_out(task, row, duals) for row, duals in zip(rows.tolist(), first.duals, strict=True)
    ]
    second = task.solve(_least(task, second_cost, is_free), rows, without=exclude, closed=closed)
    unproved = np.flatnonzero(~(first.certified & second.certified))
    nothing = Solutions.nothing(len(unproved), second.moves.shape[1], second.duals.shape[1])
    both = second.scored(1.0 + first.value + second.value).put(unproved, nothing)
    return _outcome(task, rows, both, "two_stage")


FALLBACKS: dict[str, Callable[[Task, Positions], Outcome]] = {
    "form_b": form_b,
    "two_stage": two_stage,
}


def divides_by_none(task: Task, rows: Positions) -> Flags:
    """Mark rows without a zero that the fallback divides by, shape (q,).

    It may divide by more than the measure: form B by the bads, two stages by both sides.
    """
    is_form_b = task.options.fallback == "form_b"
    options = replace(
        task.options,
        weights=None,
        bads="inputs" if is_form_b else task.options.bads,
        orientation=task.options.orientation if is_form_b else "none",
    )
    return terms_of(task.activities, rows, options).defined


def _costs(task: Task, rows: Positions) -> tuple[Array, Array]:
    """Shares of both sides, shape (q, k) each: first the side that is hard to reach."""
    options = replace(task.options, orientation="none")
    terms = terms_of(task.activities, rows, options)
    if task.options.orientation == "output":
        return terms.over, terms.under
    return terms.under, terms.over


def _least(task: Task, cost: Array, movable: Flags) -> Program:
    k, r = task.technology.k, task.technology.r
    draft = slack_program(task.technology, len(cost))
    draft.plus[:, :k] = True
    draft.minus[:, :k] = movable
    draft.numerator[:, r : r + k] = cost
    return draft.program(0.0, 1.0)


def _priced_out(task: Task, row: int, duals: Array) -> Positions:
    """Rows that no optimum of stage 1 uses: their reduced cost is above 0."""
    if np.isnan(duals).any():
        return np.empty(0, dtype=np.intp)
    technology = task.technology
    d = technology.own_values(np.array([row]))[0]
    columns = technology.columns[task.reference]
    size = columns[:, technology.bounded] @ (1.0 / d[technology.bounded])
    reduced = -(columns @ (duals / d)) / np.where(size > 0, size, 1.0)
    return np.asarray(task.reference[reduced > PROVED])


def _outcome(task: Task, rows: Positions, solutions: Solutions, method: str) -> Outcome:
    worse = moved(task.technology, solutions, "minus")
    return Outcome(rows, solutions, (method,) * len(rows), worse, worse)
