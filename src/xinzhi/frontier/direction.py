"""Directions in which distance is measured, and the programs that measure along them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.frontier.measure import Outcome, moved, spread_outcome
from xinzhi.frontier.options import Options
from xinzhi.frontier.program import Basis, Draft, Program, slack_program
from xinzhi.frontier.result import Array
from xinzhi.frontier.solutions import Solutions
from xinzhi.frontier.task import Task
from xinzhi.frontier.technology import Positions
from xinzhi.frontier.terms import both_sides, mark_columns, role_mask
from xinzhi.wording import message


def directions(task: Task, rows: Positions) -> Array:
    """Return the direction of each row in units of its own values, shape (q, k), >= 0.

    own: the row's own amounts; mean: the mean of each column over the reference set; numbers: as
    given, 0 where a name is not given. Orientation keeps the inputs (and bads of form B) or the
    outputs.
    """
    roles, options = task.activities.roles, task.options
    if isinstance(options.direction, str) or options.direction is None:
        moves = role_mask(roles, both_sides(options))
        values = (
            task.activities.values[task.reference].mean(axis=0)
            if options.direction == "mean"
            else task.activities.values[rows]
        )
        values = np.where(moves, values, 0.0)
    else:
        # Numbers say themselves what moves: an orientation beside them is refused (`check_options`).
        values = _numbers(options.direction, roles.names)
    return values / task.technology.worth(rows)


def efficiency_of_distance(scores: Array, _: Options) -> Array:
    """Return 1 / (1 + β); NaN where β <= -1, as beyond there the ratio means nothing.

    Scores across periods can be that low: a row whose goods no direction brings down to the frontier.

    >>> efficiency_of_distance(np.array([0.25, -1.0, -3.0]), Options()).tolist()
    [0.8, nan, nan]
    """
    has_meaning = scores > -1.0
    return np.where(has_meaning, 1.0 / np.where(has_meaning, 1.0 + scores, 1.0), np.nan)


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


def radial_program(task: Task, direction: Array) -> Program:
    """Write programs with value -β, β the distance along the direction.

    max β s.t. Xλ <= x_o - β g_x, Yλ >= y_o + β g_y, Bλ <= b_o - β g_b (weak: =).
    """
    draft = disposal(task, len(direction), own=1)
    k = task.technology.k
    draft.own[:, :k, 0] = direction
    draft.numerator[:, -1] = -1.0
    # β may be negative: a row without itself in the reference set can lie beyond the frontier.
    return draft.program(0.0, 1.0, free=(True,))


def disposal(task: Task, q: int, *, own: int = 0) -> Draft:
    """Start programs in which only what is freely disposable may be better than the row."""
    options, roles = task.options, task.activities.roles
    draft = slack_program(task.technology, q, own=own)
    # All but weakly disposable bads, and what no row controls: the combination has as much of these.
    weak = role_mask(roles, ("bads",) if options.disposability != "strong" else ())
    equal = mark_columns(options, roles.names, "noncontrollable")
    draft.plus[:, : task.technology.k] = ~(weak | equal)
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
    counts = ~mark_columns(task.options, task.activities.roles.names, "nondiscretionary")
    numerator = np.zeros_like(program.numerator[:1])
    numerator[0, :k] = -np.where(program.allowed[0, :k] & counts, 1.0, 0.0)
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
    scored = solutions.scored(score(solutions.moves[:, -1]))
    certified = np.flatnonzero(solutions.certified)
    slacks = np.full((len(rows), task.technology.k), np.nan)
    if len(certified):
        first = solutions.take(certified)
        program = largest_slacks(task, direction[certified], first.duals, first.basis)
        second = task.solve(program, rows[certified], without=without, joined=not without)
        # Where the second phase has no proof the point of the first stands.
        slacks[certified] = moved(task.technology, solutions, "plus")[certified]
        proved = second.certified
        slacks[certified[proved]] = moved(task.technology, second, "plus")[proved]
        # The score and its proof stay those of the first phase; the peers are those of the slacks.
        both = scored.put(certified[proved], second.take(proved))
        scored = replace(scored, positions=both.positions, intensities=both.intensities)
    # The distance is that of the first phase, as the one of the second differs by rounding.
    changes = -(slacks + solutions.moves[:, -1:] * direction)
    return Outcome(rows, scored, (method,) * len(rows), slacks, changes)


def measure_along(
    task: Task, direction: Array, *, score: Callable[[Array], Array], method: str
) -> Outcome:
    """Measure the rows of a task along their directions; a row without one is undefined."""
    defined = np.asarray(direction.any(axis=1))
    rows, direction = task.rows[defined], direction[defined]
    solutions = task.solve(radial_program(task, direction), rows, joined=True)
    outcome = along(task, rows, direction, solutions, score=score, method=method)
    return spread_outcome(task, defined, outcome)


def measure_across(task: Task, direction: Array, score: Callable[[Array], Array]) -> Outcome:
    """Measure as `measure_along`, against a frontier that the rows do not join, and without slacks."""
    defined = np.asarray(direction.any(axis=1))
    solutions = task.solve(radial_program(task, direction[defined]), task.rows[defined])
    scored = solutions.scored(score(solutions.moves[:, -1]))
    return Outcome.of_scores(task.rows, scored.spread(defined))
