"""A series that is another one times a constant."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import RULES, Finding, Floats, NumberColumn, Rule, SeenPanel, shown

PROBES = 64
"""Rows of a first look; pairs that pass it are compared in all rows."""
SAME = 1e-9
"""Relative difference of ratios that rounding explains."""
FEWEST = 8
"""Rows without which a constant ratio may be chance."""


@RULES.add("multiple")
class Multiple(Rule):
    """A column is another one times a constant in every row, or the same column twice.

    At least eight rows in which both are there and not zero, and three different values; ratios equal to
    nine digits. Columns of 0 and 1 are left out.
    """

    code = "plausible.multiple"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare all pairs at some rows, and those that pass in all."""
        n = len(seen.panel.frame)
        probes = np.unique(np.linspace(0, n - 1, min(PROBES, n)).astype(np.intp))
        columns = [column for column in seen.columns if _varies(column.values[probes])]
        if len(columns) < 2:
            return
        table = np.array([column.values[probes] for column in columns])
        reported: set[int] = set()
        for i, first in enumerate(columns):
            # Multiples of a multiple were reported with the first column of the group.
            if i in reported:
                continue
            for j in _candidates(table, i):
                factor = _factor(first.values, columns[j].values)
                if factor is not None:
                    reported.add(j)
                    yield self.finding(columns[j], first, factor)

    def finding(self, column: NumberColumn, other: NumberColumn, factor: float) -> Finding:
        """Name the pair."""
        rows = ~(np.isnan(column.values) | np.isnan(other.values))
        sentence = (
            message(
                "'{name}' is the same as '{other}' in every row", name=column.name, other=other.name
            )
            if factor == 1.0
            else message(
                "'{name}' is {factor} times '{other}' in every row",
                name=column.name,
                factor=shown(factor),
                other=other.name,
            )
        )
        remedy = message("keep one of them: together they are collinear.")
        return Finding(self.code, (column.name, other.name), rows, sentence, remedy)

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "rows", f"at least {FEWEST}"
        yield "relative difference of ratios", f"below {SAME:g}"


def _varies(values: Floats) -> bool:
    """Whether a column has three different values that are not zero, and so could not be alike by chance."""
    counted = values[np.isfinite(values) & (values != 0)]
    if len(counted) < FEWEST:
        return False
    others = counted[counted != counted[0]]
    return bool(len(others) and (others != others[0]).any())


def _candidates(table: Floats, i: int) -> list[int]:
    """List later columns that are in a constant ratio to column i in the rows of the first look."""
    rest = table[i + 1 :]
    if not len(rest):
        return []
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((rest != 0) & (table[i] != 0), rest / table[i], np.nan)
    n = np.isfinite(ratio).sum(axis=1)
    low, high = np.fmin.reduce(ratio, axis=1), np.fmax.reduce(ratio, axis=1)
    with np.errstate(invalid="ignore"):
        alike = (n == 0) | (high - low <= SAME * np.abs(high))
    return (np.flatnonzero(alike) + i + 1).tolist()


def _factor(first: Floats, second: Floats) -> float | None:
    """Give the factor between two columns; None where there is none."""
    both = np.isfinite(first) & np.isfinite(second)
    a, b = first[both], second[both]
    if ((a == 0) != (b == 0)).any():
        return None
    a, b = a[a != 0], b[b != 0]
    if len(a) < FEWEST or not _varies(a):
        return None
    ratio = b / a
    if np.ptp(ratio) > SAME * np.abs(ratio).max():
        return None
    factor = float(np.median(ratio))
    return 1.0 if abs(factor - 1.0) < SAME else factor
