"""What a measure is: a function from a task to an outcome, registered with its traits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from xinzhi.efficiency.activities import Activities
from xinzhi.efficiency.fast import kernel_solutions, taken
from xinzhi.efficiency.frame import Frame
from xinzhi.efficiency.frontier import Frontier
from xinzhi.efficiency.options import Options
from xinzhi.efficiency.program import Program, Solution
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Flags, Positions, Technology
from xinzhi.errors import Problem, SpecError, Where
from xinzhi.register import Register
from xinzhi.wording import Message, message

Side = tuple[str, ...]
"""Roles among `inputs`, `goods`, `bads`."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a measure claims; tests, documents and checks of options are chosen by it."""

    title: Message
    references: tuple[str, ...]
    """DOIs."""
    orientations: tuple[str, ...]
    """Orientations that exist; the first is the usual one."""
    best: float
    """Score of an efficient row."""
    disposabilities: tuple[str, ...] = ("strong",)
    is_super: bool = False
    """Whether efficient rows are told apart beyond `best`, by a program that may be infeasible."""
    is_inefficiency: bool = False
    """Whether the score grows with what is wasted (0 is efficient)."""
    divides_by_own: Callable[[Options], Side] = lambda _: ()
    """Roles whose own values stand below a fraction line, so that 0 is refused."""
    is_units_invariant: bool = True
    is_monotone: bool = True
    """Whether one more row in the reference set raises no efficiency; not where the sample enters
    the measure otherwise, as a range or a weight."""
    efficiency: Callable[[Array, Options], Array] = lambda scores, _: scores
    """Score -> efficiency, where 1 is efficient and more is better; what ratios are made of."""
    has_weights: bool = False
    weights_are_sums: bool = False
    """Whether weights are taken as given, so that scores depend on their sum: a notice says so."""
    has_direction: bool = False
    has_fallback: bool = False
    has_epsilon: bool = False
    has_nonseparable: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Rows to measure against one reference set."""

    activities: Activities
    technology: Technology
    options: Options
    rows: Positions
    """Rows to measure, in canonical order."""
    reference: Positions
    """Rows of the frontier, in canonical order."""
    frame: Frame | None = None
    """Rows that generate a large reference set."""

    def columns(self) -> Positions:
        """Rows of the frontier and the measured rows."""
        return self.technology.in_order(np.union1d(self.reference, self.rows))

    def solve(
        self,
        program: Program,
        rows: Positions,
        *,
        without: str = "",
        joined: bool = False,
        closed: Sequence[Positions] = (),
    ) -> list[Solution]:
        """Solve a program per row.

        Parameters
        ----------
        program
            One program per entry of `rows`.
        rows
            Positions among all rows.
        without
            `observation` or `entity`: what leaves the reference set of each row.
        joined
            Whether a row that is not of the reference set joins it for itself.
        closed
            Per row, further rows that leave its reference set.
        """
        is_part = not joined or np.isin(rows, self.reference).all()
        fast = self.options.solver == "kernel" and self.options.disposability == "strong"
        if fast and is_part and not closed:
            return self._compiled(program, rows, without, joined=joined)
        if self.frame is not None and is_part and not without and not closed:
            return self._framed(program, rows)
        idle = self.options.disposability == "kuosmanen"
        chosen = self.technology.chosen(self.columns() if joined else self.reference, idle=idle)
        columns = chosen.rows
        frontier = Frontier(self.technology, chosen, program)
        foreign = ~np.isin(columns, self.reference)
        if not without and not closed and not foreign.any():
            return frontier.solve_all(rows)
        by_entity = without == "entity"
        entities = _codes(self.activities, columns) if by_entity else columns
        names = _codes(self.activities, rows) if by_entity else rows
        framed = self.frame if not closed and not foreign.any() else None
        solutions = []
        for index, position in enumerate(rows.tolist()):
            out = foreign & (columns != position)
            if without:
                out |= columns == position
            if closed:
                out |= np.isin(columns, closed[index])
            if by_entity:
                out |= entities == names[index]
            solutions.append(
                frontier.solve(index, position, np.flatnonzero(out))
                if framed is None
                else frontier.solve_framed(index, position, np.flatnonzero(out), framed)
            )
        return solutions

    def _compiled(
        self, program: Program, rows: Positions, without: str, *, joined: bool
    ) -> list[Solution]:
        """Solve by the kernel, and by HiGHS what it could not prove."""
        by_entity = [label[0] for label in self.activities.labels]
        names = {"": None, "entity": by_entity}.get(without, list(range(self.activities.n)))
        found = kernel_solutions(
            self.technology, program, rows=rows, reference=self.reference, names=names
        )
        left = np.flatnonzero([one.status == "unsolved" for one in found])
        if len(left):
            other = replace(self, options=replace(self.options, solver="highs"))
            again = other.solve(taken(program, left), rows[left], without=without, joined=joined)
            for index, one in zip(left.tolist(), again, strict=True):
                found[index] = one
        return found

    def _framed(self, program: Program, rows: Positions) -> list[Solution]:
        """Solve over the frame, which generates the whole reference set."""
        assert self.frame is not None
        chosen = self.technology.chosen(self.frame.rows)
        return Frontier(self.technology, chosen, program, self.frame.residual).solve_all(rows)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a measure found for the rows of its task, in units of the rows' own values."""

    rows: Positions
    solutions: tuple[Solution, ...]
    """Per row; its value is the score."""
    methods: tuple[str, ...]
    slacks: Array
    """Shape (q, k), >= 0, in own units of the technology (Technology.own)."""
    changes: Array
    """Shape (q, k), in the same units: how much worse than the row its target is (less is better:
    the target uses or emits less, or makes more)."""

    @classmethod
    def of_scores(cls, rows: Positions, solutions: Sequence[Solution]) -> Outcome:
        """Make an outcome without slacks."""
        nothing = np.empty((len(rows), 0))
        return cls(rows, tuple(solutions), ("across",) * len(rows), nothing, nothing)


Measure = Callable[[Task], Outcome]


@dataclass(frozen=True, slots=True)
class Registered:
    """A measure with its traits."""

    traits: Traits
    run: Measure
    across: Measure | None = None
    """Measures rows against a frontier that they are not part of, without joining it; scores may
    lie beyond `best`. What indices of productivity need."""


MEASURES: Register[Registered] = Register("measure", "xinzhi.efficiency.measures")


def registered(
    name: str, traits: Traits, *, across: Measure | None = None
) -> Callable[[Measure], Measure]:
    """Register a measure under a name (decorator)."""

    def keep(measure: Measure) -> Measure:
        MEASURES.add(name)(Registered(traits, measure, across))
        return measure

    return keep


def check_options(traits: Traits, options: Options) -> None:
    """Refuse options that the measure does not have: an option without effect is an error."""
    offered = {
        "orientation": traits.orientations,
        "disposability": traits.disposabilities,
        "weights": None if traits.has_weights else (),
        "direction": None if traits.has_direction else (),
        "epsilon": None if traits.has_epsilon else (),
        "nonseparable": None if traits.has_nonseparable else (),
        "fallback": None if traits.has_fallback else ("none",),
        "exclude": None if traits.is_super else ("observation",),
    }
    problems = [
        Problem(
            "efficiency.option",
            message(
                "The measure {measure} has no {option} '{value}'.",
                measure=options.measure,
                option=key,
                value=str(getattr(options, key)),
            ),
            Where(key=key),
            message("possible: {values}.", values=", ".join(values))
            if values
            else message("leave it out, or choose another measure."),
        )
        for key, values in offered.items()
        if values is not None and getattr(options, key) not in (*values, None)
    ]
    if isinstance(options.direction, Mapping) and options.orientation != "none":
        problems.append(
            Problem(
                "efficiency.option",
                message(
                    "A direction in numbers says what moves: the orientation '{value}' would have "
                    "no effect.",
                    value=options.orientation,
                ),
                Where(key="orientation"),
                message("leave the orientation out, or give 0 to what stays."),
            )
        )
    if problems:
        raise SpecError(problems)


UNDEFINED = Solution("undefined")


def spread(rows: Positions, defined: Flags, solutions: Sequence[Solution]) -> list[Solution]:
    """Put solutions of the defined rows among all rows; the others are `undefined`."""
    found = iter(solutions)
    return [next(found) if good else UNDEFINED for good in defined[: len(rows)]]


def joined_outcome(below: Outcome, efficient: Flags, above: Outcome) -> Outcome:
    """Replace the efficient rows of an outcome by what tells them apart."""
    solutions, methods = list(below.solutions), list(below.methods)
    slacks, changes = below.slacks.copy(), below.changes.copy()
    slacks[efficient], changes[efficient] = above.slacks, above.changes
    for index, at in enumerate(np.flatnonzero(efficient).tolist()):
        solutions[at], methods[at] = above.solutions[index], above.methods[index]
    return Outcome(below.rows, tuple(solutions), tuple(methods), slacks, changes)


def spread_outcome(task: Task, defined: Flags, found: Outcome) -> Outcome:
    """Put an outcome of the defined rows among all rows of the task."""
    slacks = np.full((len(task.rows), found.slacks.shape[1]), np.nan)
    changes = slacks.copy()
    slacks[defined], changes[defined] = found.slacks, found.changes
    solutions = tuple(spread(task.rows, defined, found.solutions))
    method = found.methods[0] if found.methods else ""
    return Outcome(task.rows, solutions, (method,) * len(solutions), slacks, changes)


def moved(
    technology: Technology, solutions: Sequence[Solution], which: Literal["plus", "minus"]
) -> Array:
    """Collect how much better (plus) or worse (minus) than each row the combination is, (q, k)."""
    start = 0 if which == "plus" else technology.r
    found = np.full((len(solutions), technology.k), np.nan)
    for line, one in zip(found, solutions, strict=True):
        if len(one.moves):
            line[:] = one.moves[start : start + technology.k]
    return found


def _codes(activities: Activities, positions: Positions) -> np.ndarray:
    return np.array([activities.labels[i][0] for i in positions.tolist()], dtype=object)
