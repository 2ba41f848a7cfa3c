"""What measures along a direction share: distance first, largest slacks second."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xinzhi.frontier.direction import largest_slacks
from xinzhi.frontier.measure import Outcome, moved
from xinzhi.frontier.result import Array
from xinzhi.frontier.solutions import Solutions
from xinzhi.frontier.task import Task
from xinzhi.frontier.technology import Positions


def along(
    task: Task,
    rows: Positions,
    direction: Array,
    solutions: Solutions,
    *,
    score: Callable[[Array], Array],
    method: str,
    without: str = "",
) -> Outcome:
    """Turn distances into an outcome: score of β, and the slacks that remain at the projection."""
    found = solutions.scored(score(solutions.moves[:, -1]))
    certified = np.flatnonzero(solutions.certified)
    slacks = np.full((len(rows), task.technology.k), np.nan)
    if len(certified):
        beta = solutions.moves[certified, -1]
        second = _second(task, rows[certified], direction[certified], beta, without)
        # Where the second phase has no proof the point of the first stands.
        slacks[certified] = moved(task.technology, solutions, "plus")[certified]
        proved = second.certified
        slacks[certified[proved]] = moved(task.technology, second, "plus")[proved]
        found = found.with_peers_of(certified[proved], second.taken(proved))
    changes = -(slacks + solutions.moves[:, -1:] * direction)
    return Outcome(rows, found, (method,) * len(rows), slacks, changes)


def scored(rows: Positions, solutions: Solutions, score: Callable[[Array], Array]) -> Outcome:
    """Turn distances into an outcome of scores alone."""
    return Outcome.of_scores(rows, solutions.scored(score(solutions.moves[:, -1])))


def _second(task: Task, rows: Positions, direction: Array, beta: Array, without: str) -> Solutions:
    technology = task.technology
    right = technology.right(rows) / technology.own(rows)
    right[:, : technology.k] -= beta[:, None] * direction
    return task.solve(largest_slacks(task, right), rows, without=without, joined=not without)
