"""A simulated table with a known truth, as a damage operator takes it and a writer writes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

ENTITY, PERIOD = "城市", "年份"
VALUES = ("人口", "产值", "用电量")
HEAD = (ENTITY, PERIOD, *VALUES)
CITIES = ("唐山", "大同", "阳泉", "鞍山", "淮南", "铜陵", "攀枝花", "呼和浩特")
YEARS = (2015, 2016, 2017, 2018, 2019, 2020)
Cell = str | float | None
Row = tuple[Cell, ...]
Place = tuple[int, int]
"""Row and column, both from 0; row 0 has the names."""


@dataclass(frozen=True)
class Damaged:
    """A table with its damage; a writer writes what its format has room for."""

    rows: tuple[Row, ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """First row, first column, last row, last column of merged cells."""
    raised: MappingProxyType[Place, str] = field(default_factory=lambda: MappingProxyType({}))
    """Cell -> what is raised behind its text."""

    def with_rows(self, rows) -> Damaged:
        """Give the table other rows."""
        return replace(self, rows=tuple(map(tuple, rows)))

    def with_cells(self, cells) -> Damaged:
        """Give the table other cells: place -> cell."""
        rows = [list(row) for row in self.rows]
        for (row, column), cell in cells.items():
            rows[row][column] = cell
        return self.with_rows(rows)


def sound() -> Damaged:
    """Simulate the table: cities that grow at rates of their own, with a little chance."""
    draw = np.random.default_rng(20261130)
    rows = []
    for city in CITIES:
        levels = draw.uniform((150, 600, 200_000), (700, 5000, 900_000))
        rates = draw.uniform((1.002, 1.03, 1.02), (1.01, 1.09, 1.06))
        for k, year in enumerate(YEARS):
            values = levels * rates**k * draw.uniform(0.99, 1.01, 3)
            rows.append((city, float(year), *(round(float(v), 2) for v in values)))
    return Damaged((HEAD, *rows))


def truth() -> pd.DataFrame:
    """Give the table as a panel has it."""
    rows = sound().rows[1:]
    index = pd.MultiIndex.from_tuples(
        [(row[0], int(row[1])) for row in rows], names=["entity", "period"]
    )
    return pd.DataFrame([row[2:] for row in rows], index=index, columns=list(VALUES)).sort_index()
