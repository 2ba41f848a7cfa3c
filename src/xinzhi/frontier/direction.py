"""Directions in which distance is measured, and the programs that measure along them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.frontier.measure import Outcome, moved
from xinzhi.frontier.options import Options
from xinzhi.frontier.program import Basis, Draft, Program, slack_program
from xinzhi.frontier.result import Array
from xinzhi.frontier.solutions import Solutions
from xinzhi.frontier.task import Task
from xinzhi.frontier.technology import Flags, Positions
from xinzhi.frontier.terms import marked, role_mask
from xinzhi.wording import message

Side = tuple[str, ...]


def directions(task: Task, rows: Positions) -> Array:
    """Return the direction of each row in units of its own values, shape (q, k), >= 0.

    own: the row's own amounts; mean: the mean of each column over the reference set; numbers: as
    given, 0 where a name is not given. Orientation keeps the inputs (and bads of form B) or the
    outputs.
    """
    roles, options = task.activities.roles, task.options
    if isinstance(options.direction, str) or options.direction is None:
        kept = role_mask(roles, moving(options.orientation, options.bads))
        values = (
            task.activities.values[task.reference].mean(axis=0)
            if options.direction == "mean"
            else task.activities.values[rows]
        )
    else:
        kept = np.ones(len(roles.names), dtype=bool)
        values = _numbers(options.direction, roles.names)
    return np.where(kept, values, 0.0) / task.technology.worth(rows)


def efficiency_of_distance(scores: Array, _: Options) -> Array:
    """Return 1 / (1 + β); NaN where β <= -1, as beyond there the ratio means nothing.

    Scores across periods can be that low: a row whose goods no direction brings down to the frontier.

    >>> efficiency_of_distance(np.array([0.25, -1.0, -3.0]), Options()).tolist()
    [0.8, nan, nan]
    """
    known = scores > -1.0
    return np.where(known, 1.0 / np.where(known, 1.0 + scores, 1.0), np.nan)


def moving(orientation: str, bads: str) -> Side:
    """Return the roles that move under an orientation.

    >>> moving("output", "outputs"), moving("input", "outputs")
    (('goods', 'bads'), ('inputs',))
    """
    over: Side = ("inputs", "bads") if bads == "inputs" else ("inputs",)
    under: Side = ("goods",) if bads == "inputs" else ("goods", "bads")
    return {"input": over, "output": under, "none": over + under}[orientation]


def _numbers(given: Mapping[str, float], names: Sequence[str]) -> Array:
    problems = [
        Problem(
            "efficiency.direction",
            message("The direction '{name}' belongs to no input or output.", name=name),
            Where(key="direction"),
            suggestion(name, names),
        )
        for name in given
        if name not in names
    ]
    problems += [
        Problem(
            "efficiency.direction",
            message("The direction of '{name}' is {value}.", name=name, value=value),
            Where(key="direction"),
            message("a direction is finite and not negative; it improves every variable."),
        )
        for name, value in given.items()
        if not (np.isfinite(value) and value >= 0)
    ]
    values = np.array([float(given.get(name, 0.0)) for name in names])
    if not problems and not values.any():
        problems = [
            Problem(
                "efficiency.direction",
                message("The direction is 0 for every variable."),
                Where(key="direction"),
                message("give at least one variable a number."),
            )
        ]
    if problems:
        raise SpecError(problems)
    return values


def disposable(task: Task) -> Flags:
    """Mark the variables that may be thrown away, shape (k,).

    All but weakly disposable bads, and what no row controls.
    """
    weak, roles = task.options.disposability != "strong", task.activities.roles
    equal = marked(task.options, roles.names, "noncontrollable")
    return ~(role_mask(roles, ("bads",) if weak else ()) | equal)


def radial_program(task: Task, direction: Array, *, n0: float = 0.0) -> Program:
    """Write programs with value n0 - β, β the distance along the direction.

    max β s.t. Xλ <= x_o - β g_x, Yλ >= y_o + β g_y, Bλ <= b_o - β g_b (weak: =).
    """
    draft = disposal(task, len(direction), own=1)
    k = task.technology.k
    draft.own[:, :k, 0] = direction
    draft.numerator[:, -1] = -1.0
    return draft.program(n0, 1.0, free=(True,))


def disposal(task: Task, q: int, *, own: int = 0) -> Draft:
    """Start programs in which only what is freely disposable may be better than the row."""
    draft = slack_program(task.technology, q, own=own)
    draft.plus[:, : task.technology.k] = disposable(task)
    return draft


def largest_slacks(task: Task, direction: Array, duals: Array, start: Basis) -> Program:
    """Write the programs that maximise the sum of relative slacks over the optima of radial programs.

    The second phase of a lexicographic program (Isermann 1982, OR Spektrum 4): what the first
    prices above 0 stays out, the distance is free and stays where it is, and the first phase's basis is
    a `start`.
    """
    program = radial_program(task, direction)
    k = task.technology.k
    # Banker and Morey (1986) ask for no slack of what a row cannot change.
    wanted = ~marked(task.options, task.activities.roles.names, "nondiscretionary")
    numerator = np.zeros_like(program.numerator[:1])
    numerator[0, :k] = -np.where(program.allowed[0, :k] & wanted, 1.0, 0.0)
    numerator = np.broadcast_to(numerator, program.numerator.shape)
    return replace(program, numerator=numerator, first=duals, start=start)


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
        first = solutions.taken(certified)
        program = largest_slacks(task, direction[certified], first.duals, first.basis)
        second = task.solve(program, rows[certified], without=without, joined=not without)
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
