"""A table as it lies in its file: cells with addresses, before anything is understood.

`ReadingFindings` collects what the reader decides, doubts and refuses on the way; errors are raised together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from xinzhi.errors import DataError, Problem, Where
from xinzhi.wording import Message, Wording

if TYPE_CHECKING:  # the server of the page reads names of files, and starts without numpy
    import numpy as np
    import numpy.typing as npt

Cell = str | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Something the reader decided by itself: what, where, how often."""

    what: Message
    where: Where = Where()
    count: int = 1
    code: str = ""
    """Stable dotted code; stated under `accept`, the decision counts as confirmed."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """Cells of one sheet or text file, row by row, with where they lie."""

    file: str
    """Name of the file, for messages."""
    rows: Sequence[Sequence[Cell]]
    """Cells; rows of a text file may differ in length."""
    kind: str = "csv"
    """`csv`, `xlsx`, `xls`, `ods` …"""
    sheet: str | None = None
    first_column: int = 1
    """Number of the column in which each row of `rows` begins; 1 is A."""
    has_addresses: bool = False
    """Whether cells carry spreadsheet addresses such as D7."""
    delimiter: str | None = None
    """What separates the fields of a text file."""
    encoding: str | None = None
    """How a text file was decoded."""
    percents: frozenset[int] = frozenset()
    """Positions of columns with cells that a workbook shows as percents."""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Name of a column -> its label, in files that have both."""
    places: tuple[tuple[str, int], ...] = ()
    """Sheet and row of each row, where sheets were put below one another."""
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Sheet, and what became of each of its rows, where sheets were put below one another."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Merged cells: first and last row, from 1, first and last position in the rows."""
    converted: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Column -> unit to which the figures of some sheets were converted."""
    faults: tuple[Problem, ...] = ()
    """Cells that hold errors: who reads their column raises them."""
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def where(self, row: int, position: int | None = None, column: str | None = None) -> Where:
        """Place of a cell: row number of the file, position in the row from 0, column name."""
        # The rows of stacked sheets are counted through: the place is looked up.
        if self.places:
            sheet, row = self.places[row - 1]
            return Where(file=self.file, sheet=sheet, row=row, column=column)
        cell = None
        if self.has_addresses and position is not None:
            cell = f"{letters(self.first_column + position)}{row}"
        return Where(file=self.file, sheet=self.sheet, row=row, column=column, cell=cell)

    def shown_rows(self, rows: Iterable[int]) -> list[int | str]:
        """Give rows as people find them: behind the name of their sheet where there are several."""
        if not self.places:
            return [int(row) for row in rows]
        places = (self.places[int(row) - 1] for row in rows)
        return [f"{sheet}!{row}" for sheet, row in places]

    def with_decision(self, decision: Decision) -> RawTable:
        """Return the table with one more decision."""
        return replace(self, decisions=(*self.decisions, decision))


def letters(number: int) -> str:
    """Spell the number of a spreadsheet column in letters.

    >>> letters(1), letters(27), letters(16384)
    ('A', 'AA', 'XFD')
    """
    spelt = ""
    while number > 0:
        # There is no letter for zero: Z is 26, and AA follows.
        number, rest = divmod(number - 1, 26)
        spelt = chr(ord("A") + rest) + spelt
    return spelt


def shown_name(path: Path) -> str:
    """Name of a file for messages: control characters spelt out, never a folder.

    >>> from pathlib import Path
    >>> shown_name(Path("a") / "b.csv")
    'b.csv'
    """
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in path.name) or str(path)


LISTED = 20
ERRORS_PER_COLUMN = 50


@dataclass(slots=True)
class ReadingFindings:
    """Decisions, warnings and errors of one reading, in the order in which they were met."""

    decisions: list[Decision] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    errors: list[tuple[type[DataError], Problem]] = field(default_factory=list)

    def decide(self, code: str, what: Message, where: Where, count: int = 1) -> None:
        """Note a decision; its code is what a study states under `accept` to confirm it."""
        self.decisions.append(Decision(what, where, count, code))

    def warn(self, code: str, what: Wording, where: Where, remedy: Wording) -> None:
        """Note a warning."""
        self.warnings.append(Problem(code, what, where, remedy, severity="warning"))

    def error(
        self,
        code: str,
        what: Wording,
        where: Where,
        remedy: Wording,
        kind: type[DataError] = DataError,
    ) -> None:
        """Note an error."""
        self.refuse(Problem(code, what, where, remedy), kind)

    def refuse(self, problem: Problem, kind: type[DataError] = DataError) -> None:
        """Note an error that is worded already."""
        self.errors.append((kind, problem))

    def stop_if_wrong(self) -> None:
        """Raise all errors so far, as their common class."""
        if self.errors:
            # Of several kinds only the common class can be caught for all of them.
            kinds = {kind for kind, _ in self.errors}
            kind = kinds.pop() if len(kinds) == 1 else DataError
            raise kind(problem for _, problem in self.errors)


@dataclass(frozen=True, slots=True)
class ColumnFindings:
    """Findings about one column of a table, with the places of its cells."""

    table: RawTable
    name: str
    rows: npt.NDArray[np.int64]
    """Row of the file of each cell."""
    findings: ReadingFindings

    @property
    def where(self) -> Where:
        """The column as a place."""
        return Where(file=self.table.file, sheet=self.table.sheet, column=self.name)

    def cell(self, i: int) -> Where:
        """Place of the cell at a position."""
        return self.table.where(int(self.rows[i]), None, self.name)

    def shown_rows(self, places: Any) -> str:
        """List the rows of some cells for a sentence."""
        return listed(self.table.shown_rows(self.rows[places]))

    def decide(self, code: str, what: Message, count: int, entity: str | None = None) -> None:
        """Note a decision about the column, or about an entity in it."""
        self.findings.decide(code, what, replace(self.where, entity=entity), count)

    def warn(
        self,
        code: str,
        what: Wording,
        remedy: Wording,
        i: int | None = None,
        *,
        entity: str | None = None,
    ) -> None:
        """Note a warning of the column, of its cell at position `i`, or of an entity in it."""
        where = self.where if i is None else self.cell(i)
        self.findings.warn(code, what, replace(where, entity=entity), remedy)

    def error(
        self, code: str, what: Wording, remedy: Wording, i: int, kind: type[DataError] = DataError
    ) -> None:
        """Note an error of the cell at position `i`."""
        self.findings.error(code, what, self.cell(i), remedy, kind)


def listed(numbers: Iterable[object], most: int = LISTED) -> str:
    """List numbers or names for a sentence, the first twenty of them.

    >>> listed([7, 11]), listed(range(4), most=2)
    ('7, 11', '0, 1 … (4)')
    """
    everything = [str(number) for number in numbers]
    if len(everything) <= most:
        return ", ".join(everything)
    return f"{', '.join(everything[:most])} … ({len(everything)})"
