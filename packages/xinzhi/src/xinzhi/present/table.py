"""One immutable model of a table, for all formats.

Cells keep their numbers; `tables.numbers` alone turns them into text, at the last moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from xinzhi_core.errors import Problem
from xinzhi_core.wording import Wording, message

Part = Literal["text", "appendix"]
"""Of a report: what is read from the first line to the last, and what is looked up."""
CellKind = Literal[
    "number",
    "count",
    "year",
    "percent",
    "estimate",
    "std_error",
    "t_statistic",
    "statistic",
    "p_value",
    "text",
    "empty",
]


UNDER: frozenset[CellKind] = frozenset({"std_error", "t_statistic"})
"""Kinds that stand in brackets under a coefficient."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One number or word of a table."""

    value: float | int | Wording | None
    kind: CellKind = "number"
    stars: str = ""
    """Of an estimate: `*`, `**`, `***` or nothing."""
    decimals: int | None = None
    """Digits after the point; the report's own where None."""


EMPTY = Cell(None, "empty")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and, above it, the heading that it shares with its neighbours."""

    key: str
    heading: Wording
    spanner: Wording | None = None

    @property
    def full_heading(self) -> Wording:
        """Word both headings on one line."""
        if not self.spanner or not self.heading:
            return self.spanner or self.heading
        return message("{spanner}: {heading}", spanner=self.spanner, heading=self.heading)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its label and one cell a column."""

    label: Wording
    cells: tuple[Cell, ...]
    key: str = ""
    rule_above: bool = False
    """A thin line above: a new block begins, such as N and R² under the slopes."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report."""

    id: str
    """Stable key of results.json and of file names: `baseline`, `descriptive`."""
    title: Wording
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    stub: Wording = ""
    """Heading of the row labels."""
    notes: tuple[Wording, ...] = ()
    """What a reader must know, under the table: what the numbers are, errors and stars come first."""
    reading: tuple[Wording, ...] = ()
    """Plain sentences that read the table, beside it."""
    machine: Mapping[str, object] = field(default_factory=dict)
    """The same numbers, machine-readable: what results.json keeps under this id."""
    part: Part = "appendix"
    """Where it stands, unless the profile of the report puts all into the text."""
    further: tuple[Wording, ...] = ()
    """Notes for which a report has no place under the table; they stand in its appendix."""

    @property
    def all_notes(self) -> tuple[Wording, ...]:
        """The notes of a table that stands alone, outside of a report."""
        return (*self.notes, *self.further)


def not_computed_table(name: str, title: Wording, problems: Sequence[Problem]) -> Table:
    """Keep the place of a table that could not be computed, with its reasons."""
    return Table(
        id=name,
        title=title,
        columns=(),
        rows=(),
        notes=tuple(message("Not computed: {why}", why=p.what) for p in problems),
        machine={"not_computed": [{"code": p.code, "what": str(p.what)} for p in problems]},
    )
