"""What a measure is: a function from a task to an outcome, registered with its traits.

A task: rows to measure against one reference set, and the ways to solve their programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import Problem, SpecError, Where
from xinzhi_core.register import Register
from xinzhi_core.wording import Message, message
from xinzhi_frontier.kernel import engine
from xinzhi_frontier.kernel.programs import near_order, take_programs
from xinzhi_frontier.options import Options
from xinzhi_frontier.result import Activities, Array
from xinzhi_frontier.solutions import CODE, Solutions
from xinzhi_frontier.solve import hull
from xinzhi_frontier.solve.plain import PlainModel
from xinzhi_frontier.technology import HULL, Flags, Positions, Program, Technology, holds_all


def ordered(technology: Technology, rows: Positions, *, solver: str) -> Positions:
    """Order rows so that neighbours are cheap to solve, whatever the order in which they were given.

    That is an order in which near rows are alike, or the canonical order for HiGHS.
    """
    if solver == "auto" and engine.takes(technology):
        return near_order(technology, rows)
    return technology.in_order(rows)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Rows to measure against one reference set."""

    activities: Activities
    technology: Technology
    options: Options
    rows: Positions
    """Rows to measure, in the order of the solver (`ordered`)."""
    reference: Positions
    """Rows of the frontier, in the same order."""
    cache: dict[bytes, object] = field(default_factory=dict)
    """What the kernel knows of the reference set, by the disposal of the programs."""

    @classmethod
    def of(
        cls,
        activities: Activities,
        technology: Technology,
        options: Options,
        rows: Positions,
        reference: Positions,
    ) -> Task:
        """Make a task of rows in any order."""
        given = reference
        reference = ordered(technology, reference, solver=options.solver)
        # A frontier of the measured rows themselves is sorted once: draws make thousands of them.
        rows = reference if rows is given else ordered(technology, rows, solver=options.solver)
        return cls(activities, technology, options, rows, reference)

    def solve(
        self,
        program: Program,
        rows: Positions,
        *,
        without: str = "",
        joined: bool = False,
        closed: Sequence[Positions] = (),
    ) -> Solutions:
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
        if not len(rows):
            return Solutions.of([], program)
        # Where all of them are of the reference set already, joining it changes nothing.
        joins = joined and not holds_all(self.technology, self.reference, rows)
        codes = self._exclusion_codes(without)
        if self.technology.returns_to_scale == HULL:
            return hull.compare_candidates(
                self.technology,
                program,
                rows,
                self.reference,
                codes=codes,
                joins=joins,
                cache=self.cache,
            )
        idle = self.options.disposability == "kuosmanen"
        is_plain = self.options.solver != "auto" or not engine.takes(self.technology)
        # The kernel takes no rows out of a set of 2 n columns, and no list of rows of its own per program.
        if is_plain or closed or (idle and (joins or without)):
            return self._solve_by_row(program, rows, codes, closed, joins=joins)
        solutions = engine.solutions(
            self.technology,
            program,
            rows=rows,
            reference=self.reference,
            codes=codes,
            # A row without itself in the set must not come back as a column of its own.
            joins=joins and not without,
            idle=idle,
            cache=self.cache,
        )
        left = np.flatnonzero(solutions.status == CODE["unsolved"])
        if not len(left):
            return solutions
        again = take_programs(program, left)
        return solutions.put(left, self._solve_by_row(again, rows[left], codes, (), joins=joins))

    def _solve_by_row(
        self,
        program: Program,
        rows: Positions,
        codes: npt.NDArray[np.int64] | None,
        closed: Sequence[Positions],
        *,
        joins: bool,
    ) -> Solutions:
        """Solve row by row in HiGHS, or exactly."""
        members = (
            self.technology.in_order(np.union1d(self.reference, self.rows))
            if joins
            else self.reference
        )
        idle = self.options.disposability == "kuosmanen"
        columns = self.technology.reference_columns(members, idle=idle)
        ways = () if self.options.solver == "exact" else None
        model = PlainModel(self.technology, columns, program, rows, ways)
        # One model holds what any row may combine: for each row the others that joined are left out.
        foreign = ~np.isin(columns.rows, self.reference)
        solutions = []
        for index, position in enumerate(rows.tolist()):
            excluded = foreign & (columns.rows != position)
            if closed:
                excluded |= np.isin(columns.rows, closed[index])
            if codes is not None:
                excluded |= codes[columns.rows] == codes[position]
            solutions.append(model.solve(index, excluded))
        return Solutions.of(solutions, program)

    def _exclusion_codes(self, without: str) -> npt.NDArray[np.int64] | None:
        """Return a code per row: rows of the same code leave the reference set together."""
        if not without:
            return None
        if without == "observation":
            return np.arange(self.activities.n, dtype=np.int64)
        return self.technology.entities.astype(np.int64, copy=False)


SUM_IS_ONE = ("variable", HULL)
"""Returns to scale under which Σ λ = 1, so that a combination moves with a constant added to all rows."""


def invariant_where_sum_is_one(options: Options) -> bool:
    """Tell whether a constant added to a column changes no score, of a measure that only compares rows."""
    return options.returns_to_scale in SUM_IS_ONE


Side = tuple[str, ...]
"""Roles among `inputs`, `goods`, `bads`."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a measure claims; tests, documents and checks of options are chosen by it."""

    title: Message
    references: tuple[str, ...]
    """DOIs."""
    orientations: tuple[str, ...] = ("none", "input", "output")
    """Orientations that exist; the first is the usual one."""
    best: float = 1.0
    """Score of an efficient row."""
    disposabilities: tuple[str, ...] = ("strong",)
    is_super: bool = False
    """Whether efficient rows are told apart beyond `best`, by a program that may be infeasible."""
    is_radial: bool = False
    """Whether the score is one proportion of all inputs or of all good outputs."""
    is_inefficiency: bool = False
    """Whether the score grows with what is wasted (0 is efficient)."""
    divides_by_own: Callable[[Options], Side] = lambda _: ()
    """Roles whose own values stand below a fraction line, so that 0 is refused."""
    returns: tuple[str, ...] | None = None
    """Returns to scale under which it is defined; None where it is under all."""
    is_units_invariant: bool = True
    is_translation_invariant: Callable[[Options], bool] = lambda _: False
    """Whether a constant added to a column changes no score, so that amounts may be negative."""
    is_monotone: bool = True
    """Whether one more row in the reference set raises no efficiency; not where the sample enters
    the measure otherwise, as a range or a weight."""
    efficiency: Callable[[Array, Options], Array] = lambda scores, _: scores
    """Score -> efficiency, where 1 is efficient and more is better; what ratios are made of."""
    has_hull: bool = False
    """Whether rows can be compared with single rows (free disposal hull): its programs have slacks and
    at most one distance."""
    has_weights: bool = False
    weights_are_sums: bool = False
    """Whether weights are taken as given, so that scores depend on their sum: a notice says so."""
    has_direction: bool = False
    has_fallback: bool = False
    has_epsilon: bool = False
    has_fixed: bool = False
    """Whether columns can be named that a row cannot change."""
    has_nonseparable: bool = False
    has_alpha_min: bool = False
    """Whether non-separable goods may fall, by a factor that alpha_min keeps up."""

    def larger_is_better(self, options: Options) -> bool:
        """Whether the better of two scores is the larger: not of an inefficiency, nor of φ."""
        # By example: a measure says how efficiency follows from its score, and nothing else.
        low, high = self.efficiency(np.array([1.0, 2.0]), options)
        return bool(high > low)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a measure found for the rows of its task, in units of the rows' own values."""

    rows: Positions
    solutions: Solutions
    """Per row; its value is the score."""
    methods: tuple[str, ...]
    slacks: Array
    """Shape (q, k), >= 0, in own units of the technology (Technology.own)."""
    changes: Array
    """Shape (q, k), in the same units: how much worse than the row its target is (less is better:
    the target uses or emits less, or makes more)."""

    @classmethod
    def of_scores(cls, rows: Positions, solutions: Solutions) -> Outcome:
        """Make an outcome without slacks."""
        nothing = np.empty((len(rows), 0))
        return cls(rows, solutions, ("across",) * len(rows), nothing, nothing)

    @classmethod
    def of_slacks(cls, task: Task, solutions: Solutions, method: str) -> Outcome:
        """Make an outcome of all rows of a task, whose targets are better by their slacks."""
        slacks = moved(task.technology, solutions, "plus")
        return cls(task.rows, solutions, (method,) * len(solutions), slacks, -slacks)


Measure = Callable[[Task], Outcome]


@dataclass(frozen=True, slots=True)
class Registered:
    """A measure with its traits."""

    traits: Traits
    run: Measure
    across: Measure | None = None
    """Measures rows against a frontier that they are not part of, without joining it; scores may
    lie beyond `best`. What indices of productivity need."""


MEASURES: Register[Registered] = Register(message("measure"), "xinzhi_frontier.measures")


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
        "returns_to_scale": traits.returns,
        "orientation": traits.orientations,
        "disposability": traits.disposabilities,
        "weights": None if traits.has_weights else (),
        "direction": None if traits.has_direction else (),
        "epsilon": None if traits.has_epsilon else (),
        "nonseparable": None if traits.has_nonseparable else (),
        "noncontrollable": None if traits.has_fixed else (),
        "nondiscretionary": None if traits.has_fixed else (),
        "alpha_min": None if traits.has_alpha_min else (),
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
                value=_write(getattr(options, key)),
            ),
            Where(key=key),
            message("possible: {values}.", values=", ".join(values))
            if values
            else message("leave it out, or choose another measure."),
        )
        for key, values in offered.items()
        if values is not None and getattr(options, key) not in (*values, None)
    ]
    problems += _not_in_hull(traits, options)
    if isinstance(options.direction, Mapping) and options.orientation != "none":
        problems.append(
            Problem(
                "efficiency.option",
                message(
                    "A direction given in numbers determines which columns change: the "
                    "orientation '{value}' would have no effect.",
                    value=options.orientation,
                ),
                Where(key="orientation"),
                message("leave the orientation out, or give 0 to what stays."),
            )
        )
    if problems:
        raise SpecError(problems)


OF_BADS = ("bads", "fallback", "disposability")
"""Options of bad outputs."""


def refuse_without_bads(options: Options, names: Sequence[str] = OF_BADS) -> None:
    """Refuse options of bad outputs where no column is one: they would change nothing."""
    idle = {"bads": "inputs", "fallback": "form_b"}
    problems = [
        Problem(
            "efficiency.option",
            message(
                "Without bad outputs, `{option}: {value}` has no effect.",
                option=name,
                value=getattr(options, name),
            ),
            Where(key=name),
            message("name `bad_outputs`, or leave `{option}` out.", option=name),
        )
        for name in names
        if getattr(options, name) == idle.get(name)
        or (name == "disposability" and options.disposability != "strong")
    ]
    if problems:
        raise SpecError(problems)


def _not_in_hull(traits: Traits, options: Options) -> Iterator[Problem]:
    """Refuse what has no meaning, or no effect, where rows are compared with single rows."""
    if options.returns_to_scale != HULL:
        return
    if not traits.has_hull:
        text = message(
            "The measure {measure} is not defined on the free disposal hull.",
            measure=options.measure,
        )
        remedy = message(
            "choose returns_to_scale: variable, or measure sbm, radial or directional."
        )
        yield Problem("efficiency.hull", text, Where(key="returns_to_scale"), remedy)
    for key, usual in (("disposability", "strong"), ("solver", "auto")):
        if getattr(options, key) != usual:
            text = message(
                "The free disposal hull has no {option} '{value}': every amount is freely "
                "disposable, and rows are compared one by one without a solver.",
                option=key,
                value=getattr(options, key),
            )
            remedy = message("leave {option} out, or choose other returns to scale.", option=key)
            yield Problem("efficiency.hull", text, Where(key=key), remedy)
    if options.fallback == "two_stage":
        text = message("The fallback two_stage needs combinations of rows; the hull has none.")
        remedy = message("choose fallback: form_b, or other returns to scale.")
        yield Problem("efficiency.hull", text, Where(key="fallback"), remedy)


def _write(value: object) -> str:
    """Write the value of an option.

    >>> _write({"gdp": 3.0}), _write(("gdp", "so2"))
    ('gdp=3', 'gdp, so2')
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={number:g}" for name, number in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def joined_outcome(below: Outcome, efficient: Flags, above: Outcome) -> Outcome:
    """Replace the efficient rows of an outcome, whose arrays are written, by what tells them apart."""
    slacks, changes = below.slacks, below.changes
    # Of a super score slacks and changes are one array; written in place each needs its own.
    if np.may_share_memory(slacks, changes):
        changes = changes.copy()
    slacks[efficient], changes[efficient] = above.slacks, above.changes
    methods = list(below.methods)
    for row, method in zip(np.flatnonzero(efficient).tolist(), above.methods, strict=True):
        methods[row] = method
    solutions = below.solutions.proofs().overwrite(efficient, above.solutions.proofs())
    return Outcome(below.rows, solutions, tuple(methods), slacks, changes)


def spread_outcome(task: Task, defined: Flags, outcome: Outcome) -> Outcome:
    """Put an outcome of the defined rows among all rows of the task."""
    slacks = np.full((len(task.rows), outcome.slacks.shape[1]), np.nan)
    changes = slacks.copy()
    slacks[defined], changes[defined] = outcome.slacks, outcome.changes
    methods = (outcome.methods or ("",))[:1] * len(task.rows)
    return Outcome(task.rows, outcome.solutions.spread(defined), methods, slacks, changes)


def moved(technology: Technology, solutions: Solutions, side: Literal["plus", "minus"]) -> Array:
    """Return how much better (plus) or worse (minus) than each row the combination is, (q, k)."""
    start = 0 if side == "plus" else technology.r
    return solutions.moves[:, start : start + technology.k]
