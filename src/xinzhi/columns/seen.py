"""The columns of a panel as rules of plausibility see them: what each is, its values in basic units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from xinzhi.columns.kinds import KINDS
from xinzhi.columns.prices import price_basis
from xinzhi.columns.recognise import heading, kind_of
from xinzhi.columns.units import Unit, unit_of
from xinzhi.panel.panel import Panel

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
SCOPES = ("", "districts")
"""All of the entity, and its districts."""
SAMPLE = 5000
"""Values by which it is judged with how many digits a column is written."""
DIGITS = 3
"""Significant digits below which a value may well return."""
MOST_COLUMNS = 200
"""Columns that are looked at; a wider table is not a table of indicators."""


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A column of numbers."""

    name: str
    kind: str
    """Empty where its heading does not say without doubt."""
    scope: str
    values: Floats
    """As they stand in the data, (n,)."""
    unit: Unit | None
    is_real: bool
    """Whether it is in constant prices."""

    @property
    def in_basic_units(self) -> Floats | None:
        """Values in persons, yuan, kWh, tonnes; None where the unit is not known, or of something else."""
        if self.unit is None or self.unit.dimension not in {None, KINDS[self.kind].dimension}:
            return None
        return self.values * self.unit.factor


class SeenPanel:
    """A panel, looked at once for all rules."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.columns = tuple(_columns(panel))[:MOST_COLUMNS]

    @cached_property
    def follows(self) -> Places:
        """Rows whose next row is the next period of the same entity."""
        if not self.panel.has_periods or len(self.panel.frame) < 2:
            return np.zeros(0, dtype=np.intp)
        entity = np.asarray(self.panel.frame.index.codes[0])  # type: ignore[attr-defined]
        period = self.panel.frame.index.get_level_values(1).to_numpy(dtype=np.int64)
        same = (np.diff(entity) == 0) & (np.diff(period) == self.step(period))
        return np.flatnonzero(same)

    @cached_property
    def starts(self) -> Places:
        """First row of each entity."""
        entity = np.asarray(self.panel.frame.index.codes[0])  # type: ignore[attr-defined]
        return np.flatnonzero(np.diff(entity, prepend=-1))

    def is_constant(self, values: Floats) -> Flags:
        """Whether the entity of a row has one value throughout, (n,)."""
        # Rows are sorted by entity, so that each one is a run; NaN is passed over.
        spread = np.fmax.reduceat(values, self.starts) - np.fmin.reduceat(values, self.starts)
        sizes = np.diff(np.append(self.starts, len(values)))
        return np.repeat(~(spread > 0), sizes)

    @cached_property
    def entity(self) -> Places:
        """Number of the entity of each row, from 0, (n,)."""
        codes = np.asarray(self.panel.frame.index.codes[0])  # type: ignore[attr-defined]
        return np.cumsum(np.diff(codes, prepend=codes[:1]) != 0)

    @cached_property
    def period(self) -> Places:
        """Number of the period of each row, from 0, (n,)."""
        years = self.panel.frame.index.get_level_values(1).to_numpy(dtype=np.int64)
        return np.searchsorted(np.asarray(self.panel.periods), years)

    @cached_property
    def is_square(self) -> bool:
        """Whether entities by periods are a table that is not mostly empty, of at least two of both."""
        shape = (self.panel.n_entities, len(self.panel.periods))
        return (
            self.panel.has_periods
            and min(shape) > 1
            and shape[0] * shape[1] <= 50 * len(self.entity)
        )

    def square(self, values: Floats) -> Floats:
        """Give values as entities by periods; NaN where there is no row."""
        table = np.full((self.panel.n_entities, len(self.panel.periods)), np.nan)
        table[self.entity, self.period] = values
        return table

    def rows_of(self, cells: Flags) -> Flags:
        """Give flags of entities by periods as flags of rows, (n,)."""
        return cells[self.entity, self.period]

    @staticmethod
    def step(period: npt.NDArray[np.int64]) -> int:
        """Distance of neighbouring periods: 1, or that of a panel every five years."""
        return int(np.gcd.reduce(np.diff(np.unique(period)))) or 1

    @cached_property
    def next_row(self) -> Flags:
        """Whether the next row is the next period of the same entity, (n,)."""
        flags = np.zeros(len(self.panel.frame), dtype=bool)
        flags[self.follows] = True
        return flags

    @cached_property
    def by_kind(self) -> Mapping[tuple[str, str], tuple[NumberColumn, ...]]:
        """(Kind, scope) -> its columns."""
        columns: dict[tuple[str, str], tuple[NumberColumn, ...]] = {}
        for column in self.columns:
            if column.kind:
                key = (column.kind, column.scope)
                columns[key] = (*columns.get(key, ()), column)
        return columns

    def one(self, kind: str, scope: str) -> NumberColumn | None:
        """Find the one column of a kind; None where there is none, or several."""
        columns = self.by_kind.get((kind, scope), ())
        return columns[0] if len(columns) == 1 else None


def _columns(panel: Panel) -> list[NumberColumn]:
    columns = []
    for name in map(str, panel.frame.columns):
        values = panel.frame[name]
        if values.dtype.kind not in "fiu":
            continue
        head = heading(name)
        # A unit that is stated, or read from the file, wins over one in an English heading.
        unit = unit_of(panel.units.get(name)) or unit_of(head.unit)
        numbers = values.to_numpy(dtype=np.float64)
        label = panel.label(name)
        # The heading of the file may say more than the name that is left of it.
        said = price_basis(*filter(None, (name, label.zh, label.en, panel.units.get(name))))
        is_real = said == "constant" or (said is None and head.is_real)
        columns.append(NumberColumn(name, kind_of(name) or "", head.scope, numbers, unit, is_real))
    return columns


def comparable(first: NumberColumn, second: NumberColumn) -> tuple[Floats, Floats] | None:
    """Give two columns in one unit; None where that is not certain.

    Without any unit both are taken as they stand; with the unit of one alone nothing is certain.
    """
    if first.unit is None and second.unit is None:
        return first.values, second.values
    a, b = first.in_basic_units, second.in_basic_units
    return None if a is None or b is None else (a, b)


def last_digit(values: Floats) -> float:
    """Find the unit of the last digit that a column is written with; of floats, their rounding error.

    >>> last_digit(np.array([1.25, 3.5])), last_digit(np.array([3.0, 4.0]))
    (0.01, 1.0)
    """
    finite = values[np.isfinite(values)][:SAMPLE]
    size = float(np.abs(finite).max(initial=0.0))
    for decimals in range(7):
        scaled = finite * 10.0**decimals
        if (np.abs(scaled - np.round(scaled)) < 1e-6).all():
            return 10.0**-decimals
    return max(1e-9 * size, 1e-300)


def has_digits(values: Floats) -> Flags:
    """Whether values have at least three significant digits.

    >>> has_digits(np.array([1200.0, 1230.0, 12.5, 0.012])).tolist()
    [False, True, True, False]
    """
    size = np.floor(np.log10(np.abs(values)))
    scaled = values / 10.0 ** (size - (DIGITS - 2))
    return np.asarray(np.abs(scaled - np.round(scaled)) > 1e-6)


def is_multiple(values: Floats, digit: float) -> Flags:
    """Whether values are written with a digit and no finer one.

    >>> is_multiple(np.array([1200.0, 1230.5, 0.3]), 0.1).tolist(), is_multiple(np.array([120.0, 123]), 10).tolist()
    ([True, True, True], [True, False])
    """
    scaled = values / digit
    return np.asarray(
        np.abs(scaled - np.round(scaled)) < 1e-6 * np.maximum(1.0, np.abs(scaled) * 1e-6)
    )
