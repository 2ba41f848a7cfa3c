"""What an efficiency measurement gives back.

Activities: the inputs, good outputs and bad outputs of rows, checked.

What one row must change, and which rows show how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import (
    DataError,
    Gap,
    NotNumeric,
    OutOfDomain,
    Problem,
    SpecError,
    Where,
    suggestion,
)
from xinzhi_core.lazy import WhenUsed
from xinzhi_core.notices import Notice
from xinzhi_core.panel.calendar import YEARS, Calendar
from xinzhi_core.panel.notebook import SHOWN, ByValue
from xinzhi_core.panel.numbering import by_name, number_entities
from xinzhi_core.panel.panel import Panel
from xinzhi_core.panel.profile import remedy_of_text
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Wording, message
from xinzhi_frontier.frames import FRAMES, Key, beside, has_frames, plain_rows
from xinzhi_frontier.options import Options, in_force

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", FRAMES)

Array = npt.NDArray[np.float64]
Status = Literal["certified", "infeasible", "unsolved", "undefined", "dropped"]
"""`certified`: proved optimal; `infeasible`: proved to have no answer; `unsolved`: no solver could
prove an answer; `undefined`: a zero in the row makes a term of the measure meaningless; `dropped`:
a zero keeps the row out of the scores and of the reference set (`zeros: drop_row`)."""


STATUSES: tuple[Status, ...] = ("certified", "infeasible", "unsolved", "undefined", "dropped")
WITHOUT_SCORE = STATUSES[1:]
STATUS_WORDS: Mapping[str, Wording] = MappingProxyType(
    {
        "certified": message("certified"),
        "infeasible": message("infeasible"),
        "unsolved": message("unsolved"),
        "undefined": message("undefined"),
        "dropped": message("dropped"),
    }
)
"""Statuses as people read them."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A row of the reference set that shows how, and how strongly it enters."""

    position: int
    """Position among the evaluated rows."""
    intensity: float


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """How far each score can be from the optimum, on the scaled data; NaN where none was found."""

    primal: Array
    """Largest violation of a constraint, shape (n,)."""
    dual: Array
    """Largest violation of a dual constraint over all reference columns, shape (n,)."""
    gap: Array
    """Relative distance of primal and dual objective, shape (n,)."""

    def worst(self) -> dict[str, float]:
        """Largest of each over all proofs, of infeasibility too; 0 where there are none."""
        return {
            name: float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
            for name, values in (("primal", self.primal), ("dual", self.dual), ("gap", self.gap))
        }


@dataclass(frozen=True, slots=True, eq=False)
class EfficiencyResult(ByValue):
    """Scores of n rows, in the order in which the rows were given."""

    options: Options
    """Every option in force, defaults included."""
    labels: tuple[tuple[str, int | None], ...]
    """(entity, period) per row; period None in a cross-section."""
    variables: tuple[str, ...]
    """Names of inputs, good outputs, bad outputs: the columns of slacks and targets."""
    scores: Array
    """Shape (n,); NaN where the status is not `certified`."""
    statuses: tuple[Status, ...]
    slacks: Array
    """Shape (n, k), own units, >= 0: what the row uses, lacks or emits too much (for super scores:
    by how much the target is worse than the row). One optimum of possibly many."""
    targets: Array
    """Shape (n, k), own units: the point on the frontier that the score compares with."""
    peers: Sequence[tuple[Peer, ...]]
    certificate: Certificate
    methods: tuple[str, ...]
    """Per row, which program gave the score: `sbm`, `super`, or a named fallback."""
    notices: tuple[Notice, ...] = ()
    duals: Array = field(default_factory=lambda: np.empty((0, 0)))
    """Shape (n, k): change of the program's value if the row had one unit more of the variable (an
    input, a bad; one unit less of a good). One optimum of possibly many."""
    has_bads: bool = True
    """Whether there are bad outputs; without them options about them say nothing."""
    dropped_terms: tuple[tuple[str, ...], ...] = ()
    """Per row, columns whose term left its score because they are 0 (`zeros: drop_term`); empty where
    no row has one."""
    calendar: Calendar = YEARS
    """How the periods of the labels are numbered."""

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.scores)

    def count(self, status: Status) -> int:
        """Count the rows with a status."""
        return self.statuses.count(status)

    def to_frame(self) -> pd.DataFrame:
        """Return score, status, slacks and targets, indexed (entity, period), rows as given.

        Where terms were dropped, `dropped_terms` names their columns in each row.
        """
        index = pd.MultiIndex.from_tuples(self.labels, names=["entity", "period"])
        frame = pd.DataFrame({"score": self.scores, "status": self.statuses}, index=index)
        if self.dropped_terms:
            frame["dropped_terms"] = [", ".join(names) for names in self.dropped_terms]
        for prefix, values in (("slack", self.slacks), ("target", self.targets)):
            for column, name in enumerate(self.variables):
                frame[f"{prefix}_{name}"] = values[:, column]
        return self.calendar.named(frame)

    def join(
        self,
        data: object,
        *,
        entity: Key | None = None,
        period: Key | None = None,
        prefix: str = "",
    ) -> pd.DataFrame:
        """Put score, status, slacks and targets behind the columns of the data, rows as given there.

        Rows are found by entity and period, so that the data may be in another order; rows that were not
        measured have empty cells. `prefix` stands before the names of the new columns.

        Raises
        ------
        DataError
            The data lack a row that was measured, or have a column of the same name.

        Examples
        --------
        >>> import xinzhi as xz
        >>> data = pd.DataFrame({"labour": [1.0, 2.0], "gdp": [1.0, 1.0]}, index=["a", "b"])
        >>> scores = xz.evaluate(data, inputs="labour", good_outputs="gdp", measure="sbm")
        >>> scores.join(data.iloc[::-1])["score"].to_dict()
        {'b': 0.5, 'a': 1.0}
        """
        columns = self.to_frame().add_prefix(prefix)
        return beside(data, self.labels, columns, entity, period)

    def __repr__(self) -> str:
        counts = {status: self.count(status) for status in STATUSES if self.count(status)}
        summary = ", ".join(f"{n} {status}" for status, n in counts.items())
        shown: object = (
            self.to_frame()[["score", "status"]]
            if has_frames()
            else plain_rows([*zip(self.labels, self.scores.tolist(), self.statuses, strict=True)])
        )
        rows = message("{n} rows", one="{n} row", n=self.n)
        return f"{self.options.measure}, {rows}: {summary}\n{self._in_force()}\n{shown}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._in_force())}</p>{self.to_frame().to_html(max_rows=SHOWN)}"

    def _in_force(self) -> str:
        return in_force(self.options, has_bads=self.has_bads)


Label = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class ActivityRoles:
    """Names of the columns by what they are."""

    inputs: tuple[str, ...]
    good_outputs: tuple[str, ...]
    bad_outputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if twice:
            text = message("Column '{name}' has two roles.", name=twice[0])
            remedy = message("name each column once among inputs, good and bad outputs.")
            raise SpecError(Problem("efficiency.role_twice", text, remedy=remedy))
        if not self.inputs or not self.good_outputs:
            text = message("A measure needs at least one input and one good output.")
            remedy = message("name columns as inputs and as good outputs.")
            raise SpecError(Problem("efficiency.no_role", text, remedy=remedy))

    @property
    def names(self) -> tuple[str, ...]:
        """All names: inputs, good outputs, bad outputs."""
        return self.inputs + self.good_outputs + self.bad_outputs


@dataclass(frozen=True, slots=True, eq=False)
class Activities:
    """What n rows use, produce and emit; finite. What may be negative is for the measure to say.

    Raises
    ------
    Gap
        Cells are empty; each is named (code `dea.missing`).
    OutOfDomain
        Cells are infinite; each is named (code `dea.infinite`).

    Examples
    --------
    >>> two = Activities((("a", None), ("b", None)), np.array([[1.0], [2.0]]),
    ...     np.array([[1.0], [1.0]]), np.empty((2, 0)), ActivityRoles(("labour",), ("gdp",)))
    >>> two.n
    2
    """

    labels: tuple[Label, ...]
    """(entity, period) per row; period None in a cross-section."""
    inputs: Array
    """Shape (n, m)."""
    good_outputs: Array
    """Shape (n, s1)."""
    bad_outputs: Array
    """Shape (n, s2)."""
    roles: ActivityRoles
    source: str | None = None
    """Name of the source file, for messages."""
    rows: tuple[int, ...] = ()
    """Row of the source file for each row; empty if unknown."""
    has_zeros: bool = field(init=False)
    """Whether any amount is 0."""

    def __post_init__(self) -> None:
        _check_shapes(self)
        values = self.values
        _check_cells(self, values)
        object.__setattr__(self, "has_zeros", not values.all())

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.labels)

    @property
    def parts(self) -> tuple[Array, Array, Array]:
        """Inputs, good outputs, bad outputs."""
        return self.inputs, self.good_outputs, self.bad_outputs

    @property
    def values(self) -> Array:
        """All columns side by side, shape (n, m + s1 + s2)."""
        return np.hstack(self.parts)

    def column(self, index: int) -> Array:
        """One column by its place among all names, shape (n,)."""
        for part in self.parts:
            if index < part.shape[1]:
                return np.asarray(part[:, index])
            index -= part.shape[1]
        raise IndexError(index)

    def place(self, position: int, column: str | None = None) -> Where:
        """Place of a cell, for messages."""
        entity, period = self.labels[position]
        row = self.rows[position] if self.rows else None
        return Where(file=self.source, row=row, column=column, entity=entity, period=period)

    def take(self, positions: list[int]) -> Activities:
        """Return the rows at some positions."""
        return Activities(
            tuple(map(self.labels.__getitem__, positions)),
            self.inputs[positions],
            self.good_outputs[positions],
            self.bad_outputs[positions],
            self.roles,
            self.source,
            tuple(map(self.rows.__getitem__, positions)) if self.rows else (),
        )


def number_by_data(activities: Activities) -> tuple[Label, ...]:
    """Label rows by numbers of entities that their data give (`panel.numbering`) in place of names."""
    names: dict[str, int] = {}
    entity = np.array(
        [names.setdefault(e, len(names)) for e, _ in activities.labels], dtype=np.intp
    )
    periods = [-np.inf if period is None else float(period) for _, period in activities.labels]
    columns = {name: activities.column(j) for j, name in enumerate(activities.roles.names)}
    numbers = number_entities(entity, np.array(periods), by_name(columns))
    # Of one length, so that texts are sorted as numbers.
    words = [f"{number:012d}" for number in numbers[entity]]
    return tuple((word, period) for word, (_, period) in zip(words, activities.labels, strict=True))


def activities_of(panel: Panel, roles: ActivityRoles) -> Activities:
    """Take the activities out of a panel, rows in its order.

    Raises
    ------
    MissingColumn
        A role names a column that is not there.
    Gap, OutOfDomain
        Cells are empty or infinite; each with its row of the file.
    """
    panel.require(roles.names)
    entities, periods = (panel.frame.index.get_level_values(level).tolist() for level in (0, 1))
    labels = tuple(
        (str(entity), int(period) if panel.has_periods else None)
        for entity, period in zip(entities, periods, strict=True)
    )
    _refuse_text(panel, roles)
    inputs, goods, bads = (
        panel.frame[list(names)].to_numpy(dtype=np.float64)
        for names in (roles.inputs, roles.good_outputs, roles.bad_outputs)
    )
    return Activities(labels, inputs, goods, bads, roles, panel.source, panel.rows)


def _refuse_text(panel: Panel, roles: ActivityRoles) -> None:
    """Refuse columns of text, codes or dates."""
    problems = []
    for name in roles.names:
        column = panel.frame[name]
        if column.dtype.kind not in "fiub":
            first = int(np.argmax(column.notna().to_numpy()))
            problems.append(
                Problem(
                    "dea.not_numeric",
                    message(
                        "Column '{name}' holds no numbers ('{cell}').",
                        name=name,
                        cell=str(column.iloc[first])[:40],
                    ),
                    panel.place(first, name),
                    remedy_of_text(name, column),
                )
            )
    if problems:
        raise NotNumeric(problems)


def _check_shapes(activities: Activities) -> None:
    roles = activities.roles
    names = (roles.inputs, roles.good_outputs, roles.bad_outputs)
    for part, columns in zip(activities.parts, names, strict=True):
        if part.shape != (activities.n, len(columns)):
            msg = f"an array of shape {part.shape} for {activities.n} rows and {len(columns)} names"
            raise ValueError(msg)
    if activities.n == 0:
        text = message("No rows to evaluate.")
        remedy = message("check the filters of the data.")
        raise Gap(Problem("dea.no_rows", text, remedy=remedy))


def _check_cells(activities: Activities, values: Array) -> None:
    names = activities.roles.names
    # Data are right nearly always: one pass decides, and what is wrong is looked for only then.
    if np.isfinite(values).all():
        return
    # A column without any value is one problem and not one per row.
    empty = np.isnan(values).all(axis=0)
    gaps = [
        Problem(
            "dea.missing",
            message("Column '{name}' is empty.", name=names[column]),
            Where(file=activities.source, column=names[column]),
            message("fill it or leave it out."),
        )
        for column in np.flatnonzero(empty)
    ]
    gaps += [
        Problem(
            "dea.missing",
            message("The cell is empty."),
            activities.place(int(row), names[column]),
            message(
                "fill it in a preparation step, or leave such rows out: `missing: leave_out`, on the command line `--missing leave_out`."
            ),
        )
        for row, column in np.argwhere(np.isnan(values) & ~empty)
    ]
    outside = [
        Problem(
            "dea.infinite",
            message("{value} is not a possible amount.", value=float(values[row, column])),
            activities.place(int(row), names[column]),
            message("amounts are finite: correct the cell."),
        )
        for row, column in np.argwhere(np.isinf(values))
    ]
    if gaps and outside:
        raise DataError([*gaps, *outside])
    raise Gap(gaps) if gaps else OutOfDomain(outside)


Role = Literal["input", "good_output", "bad_output"]


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One variable of the row beside its target."""

    name: str
    role: Role
    value: float
    target: float
    change: float
    """Target less value, in the units of the data."""
    relative: float
    """Change in parts of the value; NaN where the value is 0."""
    price: float
    """Change of the program's value per unit of the variable: which constraint binds."""


@dataclass(frozen=True, slots=True)
class ExplainedPeer:
    """A row that shows how: it is part of the target."""

    label: Label
    intensity: float
    score: float


@dataclass(frozen=True, slots=True)
class ScoreExplanation:
    """One row: its score, what it must change, who shows how."""

    label: Label
    score: float
    status: Status
    method: str
    changes: tuple[TargetChange, ...]
    examples: tuple[ExplainedPeer, ...]
    """Peers, the strongest first. One optimum of possibly many."""


def explain(
    activities: Activities, result: EfficiencyResult, entity: str, period: int | None = None
) -> tuple[ScoreExplanation, ...]:
    """Explain the scores of an entity, in one period or in all of its periods.

    Raises
    ------
    DataError
        The row does not exist; the nearest name is suggested.

    Examples
    --------
    >>> from xinzhi_frontier.result import ActivityRoles
    >>> from xinzhi_frontier.evaluate import evaluate
    >>> from xinzhi_frontier.options import Options
    >>> shops = Activities((("a", None), ("b", None)), np.array([[1.0], [2.0]]),
    ...     np.array([[1.0], [1.0]]), np.empty((2, 0)), ActivityRoles(("labour",), ("gdp",)))
    >>> (shop,) = explain(shops, evaluate(shops, options=Options(measure="sbm")), "b")
    >>> shop.changes[0].change, shop.examples[0].label
    (-1.0, ('a', None))
    """
    positions = [
        position
        for position, (name, when) in enumerate(result.labels)
        if name == entity and period in (None, when)
    ]
    if not positions:
        raise _unknown(result.labels, entity, period)
    return tuple(_explanation(activities, result, position) for position in positions)


def _explanation(
    activities: Activities, result: EfficiencyResult, position: int
) -> ScoreExplanation:
    columns = (activities.values, result.targets, result.duals)  # noqa: PD011 - a field of ours
    values, targets, prices = (part[position].tolist() for part in columns)
    names = activities.roles
    counts: tuple[tuple[Role, int], ...] = (
        ("input", len(names.inputs)),
        ("good_output", len(names.good_outputs)),
        ("bad_output", len(names.bad_outputs)),
    )
    roles = [role for role, count in counts for _ in range(count)]
    changes = tuple(
        TargetChange(
            name,
            role,
            value,
            target,
            change=target - value,
            relative=(target - value) / value if value else np.nan,
            price=price,
        )
        for name, role, value, target, price in zip(
            result.variables, roles, values, targets, prices, strict=True
        )
    )
    examples = [
        ExplainedPeer(result.labels[p.position], p.intensity, float(result.scores[p.position]))
        for p in result.peers[position]
    ]
    # Equal intensities by name, so that the list does not depend on how the rows were given.
    examples.sort(key=lambda example: (-example.intensity, str(example.label)))
    return ScoreExplanation(
        result.labels[position],
        float(result.scores[position]),
        result.statuses[position],
        result.methods[position],
        changes,
        tuple(examples),
    )


def _unknown(labels: Sequence[Label], entity: str, period: int | None) -> DataError:
    entities = list(dict.fromkeys(name for name, _ in labels))
    remedy: Wording
    if entity in entities:
        periods = ", ".join(
            period_name(when) for name, when in labels if name == entity and when is not None
        )
        what = message("'{entity}' has no period {period}.", entity=entity, period=period)
        where, remedy = (
            Where(entity=entity, period=period),
            message("known: {known}.", known=periods),
        )
    else:
        what = message("'{entity}' is not in the data.", entity=entity)
        where, remedy = Where(entity=entity), suggestion(entity, entities)
    return DataError(Problem("efficiency.no_row", what, where, remedy))
