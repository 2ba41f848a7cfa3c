"""Activities: the inputs, good outputs and bad outputs of rows, checked."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from xinzhi.errors import DataError, Gap, NotNumeric, OutOfDomain, Problem, SpecError, Where
from xinzhi.frontier.result import Array
from xinzhi.panel.numbering import by_name, number_entities
from xinzhi.panel.numeric import remedy_of_text
from xinzhi.panel.panel import Panel
from xinzhi.wording import message

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
        text = message("There is no row to measure.")
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
            message("fill it in a preparation step or leave the row out."),
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
