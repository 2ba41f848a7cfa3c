"""The technology: scaled columns of a reference set, and what a program may combine of them.

A row is written G = (x, -y, b); a combination of the reference set with intensities λ is at least
as good as row o when Σ λ_j G_j <= G_o.

Linear-fractional programs over a technology, as named groups of unknowns.

For row o with own values d (Technology.own), in units of d:

    min (n0 + N·z) / (d0 + D·z)
    s.t. Σ λ_j G_j / d + plus - minus + own w = G_o / d,   λ, plus, minus >= 0.

`plus` is what the combination does better than o, `minus` what it does worse, `w` the measure's
own unknowns such as θ or β. A measure says which unknowns may move and what they cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from xinzhi_core.vocabulary import bounds
from xinzhi_frontier.result import Activities, Array, Status

Positions = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

HULL = "free_disposal_hull"
"""Σ λ = 1 with every λ 0 or 1: rows are compared with rows, not with combinations of them."""
RETURNS = {"constant": 0, "variable": 0, "non_increasing": 1, "non_decreasing": -1}
"""Slack that the row Σ λ = 1 may have: none, towards less, towards more. Generalised returns have two
rows instead, Σ λ <= U with slack towards less and Σ λ >= L with slack towards more."""


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceColumns:
    """Columns that a program may combine."""

    scaled: Array
    """Shape (c, r)."""
    raw: Array
    """Shape (c, r), as given."""
    rows: Positions
    """Shape (c,): row of each column, as position among all rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Technology:
    """All n rows on one scale; a reference set is a choice of positions among them."""

    columns: Array
    """Shape (n, r): G per row, divided by column units and by the row's own size; the last of the
    r constraints is Σ λ = 1 where returns are not constant, the last two are Σ λ <= U and Σ λ >= L
    where they are generalised."""
    raw: Array
    """Shape (n, r): G as given, with 1 for Σ λ."""
    units: Array
    """Shape (r,): geometric mean of each column over its positive values; 1 for Σ λ."""
    sizes: Array
    """Shape (n,): what each row was divided by."""
    bounded: Flags
    """Shape (r,): constraints that bound the intensities (inputs, bads, Σ λ)."""
    factors: Array
    """Shape (r,): right-hand side of each constraint per amount of the row itself: 1, or U and L."""
    m: int
    s1: int
    s2: int
    returns_to_scale: str
    order: Positions
    """Positions in an order that does not depend on how the rows were given."""
    entities: Positions
    """Shape (n,): a number per row, the same for rows of the same entity."""

    @property
    def k(self) -> int:
        """Number of variables: inputs, goods, bads."""
        return self.m + self.s1 + self.s2

    @property
    def r(self) -> int:
        """Number of constraints."""
        return int(self.columns.shape[1])

    def worth(self, rows: Positions) -> Array:
        """Worth of one own unit d of each variable in the units of the data, shape (q, k)."""
        scaled = self.own_values(rows)[:, : self.k] * self.sizes[rows, None]
        return np.asarray(scaled * self.units[: self.k])

    def reference_columns(self, rows: Positions, *, idle: bool = False) -> ReferenceColumns:
        """Take the columns of some rows; with `idle` also those that only use inputs.

        Idle columns are Kuosmanen's abatement: activity that is scaled down to nothing made.
        """
        columns, raw = self.columns[rows], self.raw[rows]
        if idle:
            # Σ λ stays 1: an idle activity counts in it, which is what makes Kuosmanen's set convex.
            makes_nothing = np.ones(self.r)
            makes_nothing[self.m : self.k] = 0.0
            columns, raw = (np.vstack([part, part * makes_nothing]) for part in (columns, raw))
            rows = np.concatenate([rows, rows])
        return ReferenceColumns(np.ascontiguousarray(columns), raw, rows)

    def inputs(self) -> slice:
        """Constraints of the inputs."""
        return slice(0, self.m)

    def goods(self) -> slice:
        """Constraints of the good outputs."""
        return slice(self.m, self.m + self.s1)

    def bads(self) -> slice:
        """Constraints of the bad outputs."""
        return slice(self.m + self.s1, self.k)

    def own_values(self, rows: Positions) -> Array:
        """Own values d of rows, by which their programs are divided; 1 where the value is 0."""
        d = self.right(rows)
        np.abs(d, out=d)  # in place: rows may be a million
        d[d == 0.0] = 1.0
        return d

    def right(self, rows: Positions) -> Array:
        """Return the right-hand sides of rows: their own amounts, and the bounds of Σ λ."""
        right = self.columns[rows]
        right *= self.factors
        return right

    def in_order(self, rows: Positions) -> Positions:
        """Sort positions, each given once, into the canonical order."""
        is_given = np.zeros(len(self.order), dtype=bool)
        is_given[rows] = True
        return self.order[is_given[self.order]]


def technology_of(activities: Activities, *, returns_to_scale: str) -> Technology:
    """Scale activities once, so that neither units nor sizes of rows reach a solver.

    Columns are divided by their geometric mean over positive values; rows by the sum of their
    scaled inputs and bads, which under constant returns changes no score. With Σ λ as a
    constraint that constraint is divided too, and 1 is added to the sum.

    References
    ----------
    Ali, A. I., Seiford, L. M. (1993). The mathematical programming approach to efficiency
    analysis. In: The Measurement of Productive Efficiency, Oxford University Press.
    """
    raw = activities.values
    entities, years = number_labels(activities.labels)
    return scale_rows(
        raw,
        tuple(part.shape[1] for part in activities.parts),
        returns_to_scale=returns_to_scale,
        order=order_rows(entities, years, raw),
        entities=entities,
    )


def scale_rows(
    raw: Array,
    counts: tuple[int, ...],
    *,
    returns_to_scale: str,
    order: Positions,
    entities: Positions,
) -> Technology:
    """Scale rows whose order is known, as `technology_of`.

    `raw`, shape (n, k), is overwritten; `counts` are those of inputs, goods and bads.
    """
    m, s1, s2 = counts
    # Only measures that a constant does not change are given negative amounts (`negatives.py`).
    raw -= np.minimum(raw.min(axis=0), 0.0)
    # Summed in canonical order: the last bit of a unit must not depend on how the rows were given.
    units = _geometric_means(raw[order])
    raw[:, m : m + s1] *= -1.0
    scaled = np.divide(raw, units, order="C")  # as the kernel reads it
    bounded = np.ones(m + s1 + s2, dtype=bool)
    bounded[m : m + s1] = False
    limits = _intensity_limits(returns_to_scale)
    if limits:
        ones = np.ones(len(limits))
        raw, scaled = (np.hstack([part, np.ones((len(part), len(ones)))]) for part in (raw, scaled))
        units = np.append(units, ones)
        # Of the two rows of generalised returns only Σ λ <= U bounds the intensities.
        bounded = np.append(bounded, [True] + [False] * (len(limits) - 1))
    sizes = scaled[:, bounded].sum(axis=1)
    sizes = np.where(sizes > 0, sizes, 1.0)
    scaled /= sizes[:, None]
    if has_surplus(returns_to_scale):
        # Σ λ >= 1 holds no intensity down: only inputs and bads do.
        bounded[-1] = False
    return Technology(
        columns=scaled,
        raw=raw,
        units=units,
        sizes=sizes,
        bounded=bounded,
        factors=np.append(np.ones(m + s1 + s2), limits),
        m=m,
        s1=s1,
        s2=s2,
        returns_to_scale=returns_to_scale,
        order=order,
        entities=entities,
    )


def _intensity_limits(returns_to_scale: str) -> list[float]:
    """List the right-hand sides of the constraints on Σ λ: none, 1, or U and L."""
    if returns_to_scale == "constant":
        return []
    limits = bounds(returns_to_scale)
    return [1.0] if limits is None else [limits[1], limits[0]]


def holds_all(technology: Technology, reference: Positions, rows: Positions) -> bool:
    """Tell whether rows are all of a reference set."""
    is_reference = np.zeros(len(technology.columns), dtype=bool)
    is_reference[reference] = True
    return bool(is_reference[rows].all())


def has_surplus(returns_to_scale: str) -> bool:
    """Whether the last constraint, Σ λ >= 1 or L, has a surplus, be it as large as it likes.

    >>> has_surplus("non_decreasing"), has_surplus("variable")
    (True, False)
    """
    return RETURNS.get(returns_to_scale, 0) < 0 or bounds(returns_to_scale) is not None


def may_stand_idle(returns_to_scale: str) -> bool:
    """Whether Σ λ may be 0, so that nothing is used and nothing made.

    >>> may_stand_idle("constant"), may_stand_idle("variable")
    (True, False)
    """
    least = bounds(returns_to_scale)
    return returns_to_scale in {"constant", "non_increasing"} or (
        least is not None and not least[0]
    )


def canonical_order(labels: Sequence[tuple[str, int | None]], values: Array) -> Positions:
    """Order rows by label, then by value: near in time is near in size, and cheap to solve.

    >>> canonical_order([("b", 1), ("a", 2), ("a", 1)], np.zeros((3, 1))).tolist()
    [2, 1, 0]
    """
    return order_rows(*number_labels(labels), values)


def number_labels(labels: Sequence[tuple[str, int | None]]) -> tuple[Positions, Positions]:
    """Return the place of each row's entity and of its period among the distinct ones, shape (n,)."""
    names, periods = zip(*labels, strict=True)
    if None in periods:
        periods = tuple(-np.inf if period is None else period for period in periods)
    return _ranks(names), _ranks(periods)


def order_rows(entities: Positions, years: Positions, values: Array) -> Positions:
    """Order rows whose labels are numbered, as `canonical_order`."""
    place = entities * (years.max(initial=0) + 1) + years
    order = np.argsort(place, kind="stable")
    # Rows of one label can only be told apart by their values; equal ones are interchangeable.
    if (np.diff(place[order]) == 0).any():
        order = np.lexsort([*values.T[::-1], place])
    return np.asarray(order, dtype=np.intp)


def _ranks(values: Sequence[Any]) -> Positions:
    """Return the place of each value among the distinct ones."""
    ranks = {value: rank for rank, value in enumerate(sorted(set(values)))}
    return np.fromiter(map(ranks.__getitem__, values), dtype=np.intp, count=len(values))


def _geometric_means(values: Array) -> Array:
    """Return the mean of each column over its positive values, which are overwritten."""
    positive = values > 0
    values[~positive] = 1.0  # its logarithm, 0, adds nothing to the sum
    logs = np.log(values, out=values).sum(axis=0)
    return np.asarray(np.exp(logs / np.maximum(positive.sum(axis=0), 1)))


Basis = npt.NDArray[np.int32]
Part = TypeVar("Part", Array, Flags)


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """q programs, one per evaluated row; e unknowns beside the intensities: plus, minus, own."""

    numerator: Array
    """Shape (q, e)."""
    denominator: Array
    """Shape (q, e)."""
    allowed: Flags
    """Shape (q, e): unknowns that may differ from 0."""
    constants: tuple[float, float]
    """n0 and d0."""
    own: Array
    """Shape (q, r, p): columns of the measure's own unknowns, in units of d."""
    free: tuple[bool, ...] = ()
    """Per own unknown, whether it may be negative."""
    right: Array | None = None
    """Shape (q, r): another right-hand side than G_o / d."""
    start: Basis | None = None
    """Shape (q, r): bases near the optima (`Solutions.basis`); they change how fast they are found."""
    first: Array | None = None
    """Shape (q, r): multipliers of a first phase with one own unknown. What they price is not 0 in any of
    its optima and is left out (`faces`), so that this program chooses among them."""

    @property
    def q(self) -> int:
        """Number of programs."""
        return len(self.numerator)

    @property
    def r(self) -> int:
        """Number of constraints."""
        return int(self.own.shape[1])

    def row(self, index: int) -> RowProgram:
        """Return one program by its index."""
        return RowProgram(
            columns=unknown_columns(self.own[index]),
            numerator=self.numerator[index],
            denominator=self.denominator[index],
            allowed=self.allowed[index],
            constants=self.constants,
            free=np.array([False] * (2 * self.r) + list(self.free)),
        )


def unknown_columns(own: Array) -> Array:
    """Return the columns of a program's unknowns beside λ, shape (r, e); `own`, (r, p), are the last."""
    identity = np.eye(len(own))
    return np.hstack([identity, -identity, own])


@dataclass(frozen=True, slots=True, eq=False)
class RowProgram:
    """The program of one row."""

    columns: Array
    """Shape (r, e), in units of d."""
    numerator: Array
    denominator: Array
    allowed: Flags
    constants: tuple[float, float]
    free: Flags

    @property
    def is_linear(self) -> bool:
        """Whether the denominator does not move."""
        return not self.denominator.any()

    @property
    def denominator_is_positive(self) -> bool:
        """Whether every feasible point has a denominator of at least d0 > 0."""
        moving = self.denominator[self.allowed]
        return self.constants[1] > 0 and bool((moving >= 0).all())

    @property
    def has_every_slack(self) -> bool:
        """Whether every slack may move, so that there is a feasible point."""
        return bool(self.allowed[: 2 * len(self.columns)].all())

    def violation(self) -> RowProgram:
        """Return the program that minimises the use of what is not allowed."""
        # With every slack there is a point: λ = 0 and the right-hand side itself as slack.
        forbidden = ~self.allowed
        forbidden[2 * len(self.columns) :] = False
        return replace(
            self,
            numerator=forbidden.astype(np.float64),
            denominator=np.zeros_like(self.denominator),
            allowed=self.allowed | forbidden,
            constants=(0.0, 1.0),
        )

    def largest_denominator(self) -> RowProgram:
        """Return the program whose value is minus the largest denominator."""
        return replace(
            self,
            numerator=-self.denominator,
            denominator=np.zeros_like(self.denominator),
            constants=(-self.constants[1], 1.0),
        )


def slack_program(technology: Technology, q: int, *, own: int = 0) -> Draft:
    """Start q programs in which nothing may move but what the returns to scale allow."""
    r = technology.r
    draft = Draft(
        plus=np.zeros((q, r), dtype=bool),
        minus=np.zeros((q, r), dtype=bool),
        numerator=np.zeros((q, 2 * r + own)),
        denominator=np.zeros((q, 2 * r + own)),
        own=np.zeros((q, r, own)),
    )
    if bounds(technology.returns_to_scale):
        # Σ λ <= U may be better than its bound, Σ λ >= L worse.
        draft.plus[:, -2] = draft.minus[:, -1] = True
        return draft
    towards = RETURNS.get(technology.returns_to_scale, 0)
    draft.plus[:, -1] = towards > 0
    draft.minus[:, -1] = towards < 0
    return draft


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Arrays of programs while a measure fills them in (the arrays are written in place)."""

    plus: Flags
    """Shape (q, r): may the combination be better than o here?"""
    minus: Flags
    """Shape (q, r): may it be worse?"""
    numerator: Array
    """Shape (q, 2 r + p): costs of plus, of minus, of own unknowns."""
    denominator: Array
    own: Array
    """Shape (q, r, p)."""

    def program(
        self, n0: float, d0: float, free: tuple[bool, ...] = (), *, q: int | None = None
    ) -> Program:
        """Finish the programs; a draft of one serves q rows without copies.

        Costs that are not numbers are refused: solvers run on them for ever.
        """
        parts = (self.numerator, self.denominator, self.own)
        if not all(np.isfinite(part).all() for part in parts):
            msg = "a cost or a column of the program is not a finite number"
            raise ValueError(msg)
        count = len(self.plus)
        q = q if count == 1 and q is not None else count
        own = np.ones(
            (count, self.own.shape[2]), dtype=bool
        )  # a measure's own unknowns always move
        return Program(
            numerator=repeat_line(self.numerator, q),
            denominator=repeat_line(self.denominator, q),
            allowed=repeat_line(np.hstack([self.plus, self.minus, own]), q),
            constants=(n0, d0),
            own=repeat_line(self.own, q),
            free=free or (False,) * self.own.shape[2],
        )


def repeat_line(part: Part, q: int) -> Part:
    """Return q rows: those of the array, or the only one as often, without copies."""
    if len(part) == q:
        return part
    # As np.broadcast_to, ten times as fast. Read-only, as a write to one row would be one to all.
    line: Part = np.ascontiguousarray(part)
    shape, strides = (q, *part.shape[1:]), (0, *line.strides[1:])
    lines: Part = np.ndarray(shape, line.dtype, line.data, 0, strides)
    lines.flags.writeable = False
    return lines


def distinct(part: Part) -> Part:
    """Return the rows that an array holds: one where all are copies of it in memory."""
    return part[:1] if part.strides[0] == 0 else part


@dataclass(frozen=True, slots=True, eq=False)
class ProgramSolution:
    """Optimum of one program, proved or not."""

    status: Status
    value: float = np.nan
    positions: Positions = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    """Rows that enter, as positions among all rows."""
    intensities: Array = field(default_factory=lambda: np.empty(0))
    """λ of these rows, for unscaled columns."""
    moves: Array = field(default_factory=lambda: np.empty(0))
    """Shape (e,): plus, minus, own, in units of d."""
    duals: Array = field(default_factory=lambda: np.empty(0))
    """Shape (r,): change of the value per d of right-hand side, the multiplier form's optimum."""
    primal: float = np.nan
    dual: float = np.nan
    gap: float = np.nan
    solver: str = "highs"
    """Which way gave the proof: start (the neighbour's basis), highs, highs_scaled, highs_primal, exact."""
