"""The terms of slack-based measures: weights, sides, and what a zero does to them.

Directions in which distance is measured, and the programs that measure along them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np

from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.wording import message
from xinzhi_frontier.measure import Outcome, Task, moved, spread_outcome
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Activities, ActivityRoles, Array
from xinzhi_frontier.solutions import Solutions
from xinzhi_frontier.technology import (
    Basis,
    Draft,
    Flags,
    Positions,
    Program,
    distinct,
    repeat_line,
    slack_program,
)

Side = tuple[str, ...]
ROLES = ("inputs", "goods", "bads")


def sides(options: Options) -> tuple[Side, Side]:
    """Return the roles averaged in the numerator and in the denominator.

    >>> sides(Options(bads="inputs", orientation="input"))
    (('inputs', 'bads'), ())
    """
    over: Side = ("inputs", "bads") if options.bads == "inputs" else ("inputs",)
    under: Side = ("goods",) if options.bads == "inputs" else ("goods", "bads")
    if options.orientation == "input":
        return over, ()
    if options.orientation == "output":
        return (), under
    return over, under


def both_sides(options: Options) -> Side:
    """Return the roles of both sides: those that an orientation lets move."""
    over, under = sides(options)
    return over + under


@dataclass(frozen=True, slots=True, eq=False)
class SlackTerms:
    """Share of each relative slack in its mean, per row."""

    over: Array
    """Shape (q, k): shares of the numerator, each row adding up to 1 (or 0 without a side)."""
    under: Array
    """Shape (q, k): shares of the denominator."""
    movable: Flags
    """Shape (q, k): columns of a side whose value is not 0, which can get relatively worse."""
    defined: Flags
    """Shape (q,): rows whose terms all have a meaning."""

    def distinct(self) -> tuple[Array, Array, Flags]:
        """Return shares and what is movable, one row of them where all are the same."""
        return distinct(self.over), distinct(self.under), distinct(self.movable)

    def shares(self) -> tuple[Array, Array]:
        """Return the shares of the defined rows, one row of them where all are the same."""
        if self.defined.all():
            return distinct(self.over), distinct(self.under)
        return self.over[self.defined], self.under[self.defined]


def terms_of(activities: Activities, rows: Positions, options: Options) -> SlackTerms:
    """Share of each term: w_i / Σ w over the side, over the terms that remain.

    A zero makes its term meaningless: the row is undefined, or with `drop_term` the term leaves
    the mean (convention D3).

    References
    ----------
    Tone, K. (2001), section 6.1, doi 10.1016/S0377-2217(99)00407-5.
    """
    q, roles = len(rows), activities.roles
    if not q or (activities.has_zeros and not activities.values[rows].all()):
        return _terms(roles, options, np.hstack([part[rows] == 0 for part in activities.parts]))
    # Without a zero all rows have the same shares: one row stands for them.
    weights = None if options.weights is None else tuple(options.weights.items())
    same = _same_terms(roles, options.orientation, options.bads, weights)
    return SlackTerms(
        over=repeat_line(same.over, q),
        under=repeat_line(same.under, q),
        movable=repeat_line(same.movable, q),
        defined=repeat_line(same.defined, q),
    )


@lru_cache(maxsize=64)
def _same_terms(
    roles: ActivityRoles, orientation: str, bads: str, weights: tuple[tuple[str, float], ...] | None
) -> SlackTerms:
    """Return the terms of a row without a zero: draws ask for the same ones a thousand times."""
    given = None if weights is None else dict(weights)
    options = Options(orientation=orientation, bads=bads, weights=given)
    return _terms(roles, options, np.zeros((1, len(roles.names)), dtype=bool))


def _terms(roles: ActivityRoles, options: Options, is_zero: Flags) -> SlackTerms:
    weights = weights_of(roles, options, sides(options))
    over, under = (
        _shares(weights, role_mask(roles, side), is_zero, options) for side in sides(options)
    )
    return SlackTerms(
        over=over[0],
        under=under[0],
        movable=role_mask(roles, both_sides(options)) & ~is_zero,
        defined=np.asarray(over[1] & under[1]),
    )


def _shares(weights: Array, side: Flags, is_zero: Flags, options: Options) -> tuple[Array, Flags]:
    if not side.any():
        return np.zeros(is_zero.shape), np.ones(len(is_zero), dtype=bool)
    remaining = np.where(side, weights, 0.0) * ~is_zero
    total = remaining.sum(axis=1)
    defined = total > 0
    if options.zeros != "drop_term":
        # Any zero of a side makes its row undefined, even one of weight 0.
        defined &= ~(is_zero & side).any(axis=1)
    return remaining / np.where(total > 0, total, 1.0)[:, None], defined


@cache
def role_mask(roles: ActivityRoles, side: Side) -> Flags:
    """Mark the columns of some roles, shape (k,)."""
    counts = (len(roles.inputs), len(roles.good_outputs), len(roles.bad_outputs))
    marks = [[role in side] * count for role, count in zip(ROLES, counts, strict=True)]
    flags = np.array([mark for part in marks for mark in part], dtype=bool)
    flags.setflags(write=False)  # every caller gets the same array
    return flags


def weights_of(roles: ActivityRoles, options: Options, groups: Sequence[Side]) -> Array:
    """Return the weight per column, 1 where none was given.

    Raises
    ------
    SpecError
        A name is unknown, a weight negative, or a side weighted in part or not at all.
    """
    given = options.weights or {}
    problems = [
        Problem(
            "efficiency.weights",
            message("The weight '{name}' belongs to no input or output.", name=name),
            Where(key="weights"),
            suggestion(name, roles.names),
        )
        for name in given
        if name not in roles.names
    ]
    problems += [
        Problem(
            "efficiency.weights",
            message("The weight of '{name}' is {value}.", name=name, value=value),
            Where(key="weights"),
            message("weights are finite and not negative."),
        )
        for name, value in given.items()
        if not (np.isfinite(value) and value >= 0)
    ]
    weights = np.array([float(given.get(name, 1.0)) for name in roles.names])
    for side in groups:
        problems += _side_problems(roles, given, weights, side)
    if problems:
        raise SpecError(problems)
    return weights


def _side_problems(
    roles: ActivityRoles, given: Mapping[str, float], weights: Array, side: Side
) -> list[Problem]:
    mask = role_mask(roles, side)
    names = [name for name, inside in zip(roles.names, mask, strict=True) if inside]
    named = [name for name in names if name in given]
    if named and len(named) < len(names):
        missing = ", ".join(name for name in names if name not in named)
        what = message(
            "Weights are given for '{names}' but not for all columns of that side.",
            names=", ".join(named),
        )
        remedy = message("weigh these too: {names}.", names=missing)
    elif names and not weights[mask].any():
        what = message("All weights of a side are 0: {names}.", names=", ".join(names))
        remedy = message("give at least one of them a weight.")
    else:
        return []
    return [Problem("efficiency.weights", what, Where(key="weights"), remedy)]


KINDS = ("noncontrollable", "nondiscretionary")


def mark_columns(options: Options, names: Sequence[str], kind: str) -> Flags:
    """Mark the columns that an option of `KINDS` names, shape (k,)."""
    given = getattr(options, kind) or ()
    return np.array([name in given for name in names], dtype=bool)


def fixed_columns(options: Options, names: Sequence[str]) -> Flags:
    """Mark the columns that do not move in proportion, shape (k,).

    Raises
    ------
    SpecError
        A name is neither an input nor an output, or stands in both options.
    """
    if problems := list(_problems(options, names)):
        raise SpecError(problems)
    equal, bounded = (mark_columns(options, names, kind) for kind in KINDS)
    return np.asarray(equal | bounded)


def _problems(options: Options, names: Sequence[str]) -> Iterator[Problem]:
    for kind in KINDS:
        for name in getattr(options, kind) or ():
            if name not in names:
                text = message("'{name}' is neither an input nor an output.", name=name)
                remedy = suggestion(name, names)
                yield Problem("efficiency.fixed", text, Where(key=kind), remedy)
    for name in set(options.noncontrollable or ()) & set(options.nondiscretionary or ()):
        text = message("'{name}' is both noncontrollable and nondiscretionary.", name=name)
        remedy = message(
            "name it once: noncontrollable keeps it equal, nondiscretionary lets the peers have "
            "less of an input."
        )
        yield Problem("efficiency.fixed", text, Where(key="noncontrollable"), remedy)


def nothing_moves() -> SpecError:
    """Say that every column that could move in proportion is fixed."""
    text = message("No column is left that changes in proportion.")
    remedy = message("leave at least one input free, or with output orientation one good output.")
    return SpecError(Problem("efficiency.fixed", text, Where(key="noncontrollable"), remedy))


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
