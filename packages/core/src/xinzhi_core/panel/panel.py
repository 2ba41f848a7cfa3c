"""The one table that all methods start from.

How many cells of each variable and period were filled, from the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xinzhi_core.errors import DataError, DuplicateKey, Problem, Where
from xinzhi_core.lazy import WhenUsed
from xinzhi_core.panel.ledger import Entry, Ledger
from xinzhi_core.panel.notebook import ByValue
from xinzhi_core.periods import PER_YEAR, frequency_of, period_name
from xinzhi_core.problems import duplicate_key, require_columns
from xinzhi_core.wording import Label, message

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", "xinzhi-core[frames]")

ENTITY, PERIOD = "entity", "period"
NO_PERIOD = 0


@dataclass(frozen=True, slots=True, eq=False)
class Panel(ByValue):
    """Values per entity and period.

    The frame is indexed (entity: str, period: int, see `xinzhi_core.periods`), sorted and unique; columns of numbers are
    float64, all others object. A cross-section carries period 0 and `has_periods` False.
    Functions never change a panel: they return another one.
    """

    frame: pd.DataFrame
    labels: Mapping[str, Label] = field(default_factory=lambda: MappingProxyType({}))
    """Labels of columns in both languages, where the user gave them."""
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Unit of measure of columns, as declared or read from the file."""
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Sources of each column, by their names in the study, where it was put together from files."""
    ledger: Ledger = Ledger()
    rows: tuple[int, ...] = ()
    """Row of the source file (the header is row 1) for each row of the frame; empty if unknown."""
    source: str | None = None
    """Name of the source file, for messages."""
    has_periods: bool = True
    keys: tuple[str, str] = (ENTITY, PERIOD)
    """Names of the key columns in the source."""

    def __post_init__(self) -> None:
        index = self.frame.index
        if list(index.names) != [ENTITY, PERIOD]:
            what = message(
                "A panel is indexed by entity and period, not by {names}.", names=list(index.names)
            )
            remedy = message("use frame.set_index([entity, period]).")
            raise DataError(Problem("panel.index", what, remedy=remedy))
        if not index.is_unique:
            twice = sorted({(str(e), p) for e, p in index[index.duplicated()]})
            raise DuplicateKey(duplicate_key(e, p, self.source) for e, p in twice)
        if not index.is_monotonic_increasing:
            msg = "the frame of a panel is sorted by entity and period: use panel_of"
            raise ValueError(msg)

    @property
    def entities(self) -> tuple[str, ...]:
        """Entities in sorted order."""
        return tuple(self.frame.index.unique(level=ENTITY))

    @property
    def n_entities(self) -> int:
        """Number of entities; a million rows are counted without their names."""
        # The frame is sorted: each change of the code is another entity.
        codes = np.asarray(self.frame.index.codes[0])  # type: ignore[attr-defined]
        return int(np.count_nonzero(np.diff(codes))) + bool(len(codes))

    @property
    def periods(self) -> tuple[int, ...]:
        """Periods in sorted order."""
        return tuple(sorted(self.frame.index.unique(level=PERIOD)))

    @property
    def per_year(self) -> int:
        """Periods of a year: 1 of a panel of years, 4 of one of quarters."""
        periods = self.periods if self.has_periods else ()
        return PER_YEAR[frequency_of(periods[0])] if periods else 1

    @property
    def is_balanced(self) -> bool:
        """Whether each entity has a row in each period."""
        return len(self.frame) == self.n_entities * len(self.periods)

    def label(self, column: str) -> Label:
        """Label of a column; its own name where none was given."""
        return self.labels.get(column, Label(column))

    def words(self) -> dict[str, str]:
        """Words that denote a column beside its name, its label with and without the unit -> its name.

        A label that several columns carry denotes none of them; a name denotes its own column.
        """
        carriers_of: dict[str, set[str]] = {}
        for name, label in self.labels.items():
            unit = self.units.get(name)
            units = ("", f"（{unit}）", f"({unit})", f" ({unit})") if unit else ("",)
            for word in {label.zh, label.en} - {None, name}:
                for behind in units:
                    carriers_of.setdefault(f"{word}{behind}", set()).add(name)
        names = set(map(str, self.frame.columns))
        return {
            word: min(carriers)
            for word, carriers in carriers_of.items()
            if len(carriers) == 1 and carriers <= names and word not in names
        }

    def called(self, word: str) -> str:
        """Resolve a word to the name of a column; unknown words are returned unchanged.

        >>> frame = pd.DataFrame({"gdp": [2.0]}, index=pd.MultiIndex.from_tuples(
        ...     [("a", 2008)], names=["entity", "period"]))
        >>> panel_of(frame, labels={"gdp": Label("gdp", zh="产值")}).called("产值")
        'gdp'
        """
        return word if word in self.frame else self.words().get(word, word)

    def to_frame(self) -> pd.DataFrame:
        """Return the frame, indexed (entity, period)."""
        return self.frame

    def __repr__(self) -> str:
        n, periods = len(self.frame), self.periods
        ends = [period_name(periods[place]) for place in (0, -1)] if periods else []
        when = f", {'-'.join(ends)}" if self.has_periods and periods else ""
        rows = message("{n} rows", one="{n} row", n=n)
        entities = message("{n} entities", one="{n} entity", n=self.n_entities)
        columns = message("{n} columns", one="{n} column", n=self.frame.shape[1])
        return f"Panel: {rows}, {entities}{when}, {columns}\n{self.frame}"

    def _repr_html_(self) -> str:
        return str(self.frame.to_html(max_rows=20))

    def by_keys(self) -> pd.DataFrame:
        """Give the frame indexed by its keys, called as in the source; quarters by their names."""
        names = list(self.keys) if self.has_periods else [self.keys[0]]
        frame = self.frame if self.has_periods else self.frame.droplevel(PERIOD)
        if self.per_year > 1:
            called = {number: period_name(number) for number in self.periods}
            frame = frame.rename(index=called, level=PERIOD)
        return frame.rename_axis(index=names)

    def to_table(self) -> pd.DataFrame:
        """Give the frame with its keys as columns, called as in the source."""
        return self.by_keys().reset_index(allow_duplicates=True)

    def require(self, columns: tuple[str, ...], *, where: Where | None = None) -> None:
        """Raise one error for all columns that are not in the panel."""
        require_columns(columns, self.frame.columns, where or Where(file=self.source))

    def place(self, position: int, column: str | None = None) -> Where:
        """Place of the row at a position of the frame, for messages."""
        entity, period = self.frame.index[position]
        return Where(
            file=self.source,
            row=self.rows[position] if self.rows else None,
            column=column,
            entity=str(entity),
            period=int(period) if self.has_periods else None,
        )

    def take(self, kept: npt.NDArray[np.bool_]) -> Panel:
        """Return the rows where `kept`, shape (n,), is true."""
        # Not strict: a panel that was not read from a file has no rows of one.
        rows = tuple(row for row, is_kept in zip(self.rows, kept, strict=False) if is_kept)
        return replace(self, frame=self.frame.loc[kept], rows=rows)

    def select(self, columns: tuple[str, ...]) -> Panel:
        """Return the panel with these columns alone, each once."""
        return replace(self, frame=self.frame[list(dict.fromkeys(columns))])

    def with_columns(
        self,
        columns: Mapping[str, pd.Series],
        *entries: Entry,
        units: Mapping[str, str | None] | None = None,
    ) -> Panel:
        """Return the panel with columns added or replaced, and the ledger written.

        `units` are the units of these columns; None takes the unit of a column away.
        """
        changed = {**self.units, **(units or {})}
        return replace(
            self,
            frame=self.frame.assign(**dict(columns)),
            units=MappingProxyType({name: unit for name, unit in changed.items() if unit}),
            ledger=self.ledger.write(*entries),
        )


def panel_of(
    frame: pd.DataFrame,
    *,
    labels: Mapping[str, Label] | None = None,
    units: Mapping[str, str] | None = None,
    origins: Mapping[str, tuple[str, ...]] | None = None,
    rows: tuple[int, ...] = (),
    source: str | None = None,
    has_periods: bool = True,
    keys: tuple[str, str] = (ENTITY, PERIOD),
) -> Panel:
    """Make a panel from a frame indexed (entity, period) in any order.

    >>> frame = pd.DataFrame({"gdp": [2.0, 1.0]}, index=pd.MultiIndex.from_tuples(
    ...     [("b", 2008), ("a", 2008)], names=["entity", "period"]))
    >>> panel_of(frame).entities
    ('a', 'b')
    """
    order = sorted_by_key(frame.index)
    is_sorted = bool((np.diff(order) == 1).all())
    return Panel(
        frame=frame if is_sorted else frame.iloc[order],
        labels=MappingProxyType(dict(labels or {})),
        units=MappingProxyType(dict(units or {})),
        origins=MappingProxyType(dict(origins or {})),
        rows=tuple(rows[i] for i in order) if rows else (),
        source=source,
        has_periods=has_periods,
        keys=keys,
    )


def sorted_by_key(index: pd.Index) -> npt.NDArray[np.intp]:
    """Give the positions of rows in the order of their keys; rows of one key keep theirs."""
    positions = pd.Series(range(len(index)), index=index).sort_index(kind="stable")
    return np.asarray(positions.to_numpy(), dtype=np.intp)


def filled_by_year(panel: Panel, columns: Iterable[str]) -> pd.DataFrame:
    """Count the filled cells of each variable in each period.

    Cells that were computed from filled ones count as filled.

    Returns
    -------
    Variables down, periods across, with a column `share` of the filled among the cells that have
    a value; variables without filled cells are left out.
    """
    counts: dict[str, dict[int | str, float]] = {}
    for column in dict.fromkeys(columns):
        cells = _with_values(panel, column)
        if not cells:
            continue
        row: dict[int | str, float] = dict.fromkeys(panel.periods, 0)
        for _, period in cells:
            row[period] = row.get(period, 0) + 1
        n_values = int(panel.frame[column].notna().sum()) if column in panel.frame else 0
        row["share"] = len(cells) / n_values if n_values else float("nan")
        counts[column] = row
    return pd.DataFrame.from_dict(counts, orient="index", columns=[*panel.periods, "share"])


def _with_values(panel: Panel, column: str) -> frozenset[tuple[str, int]]:
    """Take the filled cells of a column that are in the panel and hold a value."""
    cells = panel.ledger.filled(column)
    if not cells or column not in panel.frame:
        return cells
    observed = panel.frame[column].dropna().index
    return cells & frozenset((str(entity), int(period)) for entity, period in observed)


def share_filled(panel: Panel, columns: Iterable[str], rows: pd.Index) -> float:
    """Share of filled cells among the cells of some columns in some rows.

    Parameters
    ----------
    rows
        Keys (entity, period) of the rows that a regression uses.

    Examples
    --------
    >>> from xinzhi_core.panel.ledger import Entry
    >>> from xinzhi_core.panel.panel import panel_of
    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["entity", "period"])
    >>> panel = panel_of(pd.DataFrame({"x": [1.0, 2.0]}, index=index))
    >>> entry = Entry("g", "interpolate", "x", "filled", "gap", (("a", 2),), 1)
    >>> share_filled(panel.with_columns({}, entry), ["x"], index)
    0.5
    """
    chosen = list(dict.fromkeys(columns))
    if not len(rows) or not chosen:
        return 0.0
    keys = {(str(entity), int(period)) for entity, period in rows}
    n = sum(len(panel.ledger.filled(column) & keys) for column in chosen)
    return n / (len(keys) * len(chosen))
