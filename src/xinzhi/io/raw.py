"""A table as it lies in its file: cells with addresses, before anything is understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from xinzhi.errors import Problem, Where
from xinzhi.wording import Message

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
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def where(self, row: int, position: int | None = None, column: str | None = None) -> Where:
        """Place of a cell: row number of the file, position in the row from 0, column name."""
        cell = None
        if self.has_addresses and position is not None:
            cell = f"{letters(self.first_column + position)}{row}"
        return Where(file=self.file, sheet=self.sheet, row=row, column=column, cell=cell)

    def noted(
        self, decisions: Sequence[Decision] = (), warnings: Sequence[Problem] = ()
    ) -> RawTable:
        """Return the table with more decisions and warnings."""
        return replace(
            self,
            decisions=(*self.decisions, *decisions),
            warnings=(*self.warnings, *warnings),
        )


def letters(number: int) -> str:
    """Spell the number of a spreadsheet column in letters.

    >>> letters(1), letters(27), letters(16384)
    ('A', 'AA', 'XFD')
    """
    spelt = ""
    while number > 0:
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
