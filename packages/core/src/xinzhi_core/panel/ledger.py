"""The ledger: which cells were filled or changed, by which step, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xinzhi_core.wording import Wording

Change = Literal["derived", "copied", "filled", "changed", "flagged", "counted"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One step did one thing to cells of one column."""

    step: str
    """Name of the step in the study file, or of the stage that acted."""
    kind: str
    """Kind of step: `expression`, `interpolate` …"""
    column: str
    change: Change
    """`derived`: computed cells of a new column; `copied`: cells taken over as they were; `filled`:
    cells that were empty; `changed`: cells that were not; `flagged`: what a reader must doubt;
    `counted`: a count without a doubt."""
    why: Wording
    cells: tuple[tuple[str, int], ...] = ()
    """(entity, period) of each cell; empty where the whole column is meant."""
    n: int = 0
    """Number of cells; of records where records were flagged."""
    uses: tuple[str, ...] = ()
    """Columns that a derived column was computed from, row by row."""
    records: tuple[tuple[str, ...], ...] = ()
    """Records for a person to decide, below the names of their columns."""
    rests: tuple[tuple[str, int], ...] | None = None
    """Cells computed from filled ones, where rows reach into one another, as lags and stocks do."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Entries in the order in which they were written."""

    entries: tuple[Entry, ...] = ()

    def write(self, *entries: Entry) -> Ledger:
        """Return the ledger with more entries."""
        return Ledger(self.entries + entries)

    def filled(self, column: str) -> frozenset[tuple[str, int]]:
        """Cells of a column that were filled rather than observed.

        A derived cell counts as filled where a cell that it was computed from is.
        """
        return self._filled(column, frozenset())

    def _filled(self, column: str, above: frozenset[str]) -> frozenset[tuple[str, int]]:
        entries = [entry for entry in self.entries if entry.column == column]
        cells = {cell for entry in entries if entry.change == "filled" for cell in entry.cells}
        cells |= {cell for entry in entries for cell in entry.rests or ()}
        by_row = [entry for entry in entries if entry.rests is None]
        # `above` ends the walk: a column replaced by a function of itself names itself among its sources.
        sources = {name for entry in by_row for name in entry.uses} - above - {column}
        return frozenset(cells).union(*(self._filled(name, above | {column}) for name in sources))
