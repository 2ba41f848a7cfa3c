"""What measures along a direction share: distance first, largest slacks second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from xinzhi.efficiency.direction import largest_slacks
from xinzhi.efficiency.measure import Outcome, Task, moved
from xinzhi.efficiency.program import Solution
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Positions


def distances(solutions: Sequence[Solution]) -> Array:
    """Collect β, NaN where there is none."""
    return np.array([one.moves[-1] if len(one.moves) else np.nan for one in solutions])


def along(
    task: Task,
    rows: Positions,
    direction: Array,
    solutions: Sequence[Solution],
    *,
    score: Callable[[float], float],
    method: str,
    without: str = "",
) -> Outcome:
    """Turn distances into an outcome: score of β, and the slacks that remain at the projection."""
    beta = distances(solutions)
    k = task.technology.k
    certified = np.array([one.status == "certified" for one in solutions], dtype=bool)
    slacks = np.full((len(rows), k), np.nan)
    found = list(solutions)
    if certified.any():
        second = _second(task, rows[certified], direction[certified], beta[certified], without)
        slacks[certified] = moved(task.technology, second, "plus")
        for index, at in enumerate(np.flatnonzero(certified).tolist()):
            found[at] = _with_peers(found[at], second[index], score(beta[at]))
            if second[index].status != "certified":
                slacks[at] = solutions[at].moves[:k]
    changes = -(slacks + beta[:, None] * direction)
    return Outcome(rows, tuple(found), (method,) * len(rows), slacks, changes)


def scored(
    rows: Positions, solutions: Sequence[Solution], score: Callable[[float], float]
) -> Outcome:
    """Turn distances into an outcome of scores alone."""
    found = tuple(
        replace(one, value=score(float(one.moves[-1]))) if one.status == "certified" else one
        for one in solutions
    )
    return Outcome.of_scores(rows, found)


def _second(
    task: Task, rows: Positions, direction: Array, beta: Array, without: str
) -> list[Solution]:
    technology = task.technology
    right = technology.columns[rows] / technology.own(rows)
    right[:, : technology.k] -= beta[:, None] * direction
    return task.solve(largest_slacks(task, right), rows, without=without, joined=not without)


def _with_peers(first: Solution, second: Solution, score: float) -> Solution:
    """Keep the proof of the first phase and the peers of the second."""
    if second.status != "certified":
        return replace(first, value=score)
    return replace(first, value=score, positions=second.positions, intensities=second.intensities)
