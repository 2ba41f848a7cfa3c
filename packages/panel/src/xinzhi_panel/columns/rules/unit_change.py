"""A change of unit within a series."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.seen import (
    RULES,
    Finding,
    Flags,
    Floats,
    NumberColumn,
    Rule,
    SeenPanel,
    shown,
)

POWERS = (1, 2, 3, 4, 6, 8)
"""Powers of ten that are mixed up: 十, 百, 千, 万, 百万, 亿."""
NEAR = 0.08
"""How far, in powers of ten, a step may be from one of them: 8.3 to 12 times for 10."""
SMOOTH = 0.2
"""Greatest step, in powers of ten, that all others of the entity take: 1.6 times."""
FEWEST = 3
"""Ordinary steps without which nobody can tell which one is odd."""


@RULES.add("unit_change")
class UnitChange(Rule):
    """A series jumps by 10, 100, 1,000, 10,000 (or 1,000,000, 100,000,000) from one period to the next.

    All other steps of the entity are smaller than 1.6 times, and there are at least three of them; a jump
    may be taken back later. Only positive series.
    """

    code = "plausible.unit_change"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Look at the steps of each column."""
        if not len(seen.follows):
            return
        entity = np.asarray(seen.panel.frame.index.codes[0])[seen.follows]  # type: ignore[attr-defined]
        for column in seen.columns:
            if not _has_leap(column.values, seen.next_row):
                continue
            jumps = _jumps(_steps(column.values, seen.follows), entity)
            if jumps.any():
                yield self.finding(column, seen, jumps)

    def finding(self, column: NumberColumn, seen: SeenPanel, jumps: Flags) -> Finding:
        """Name the periods in which the other unit begins."""
        rows = np.zeros(len(column.values), dtype=bool)
        rows[seen.follows[jumps] + 1] = True
        return Finding(
            self.code,
            (column.name,),
            rows,
            message(
                "'{name}' jumps by a power of ten, as where the unit changes", name=column.name
            ),
            message("bring all years to one unit."),
            lambda i: f"{shown(column.values[i - 1])} → {shown(column.values[i])}",
        )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the factors."""
        yield "factor", ", ".join(f"{10**power:,}" for power in POWERS)
        yield "all other steps below", f"{10**SMOOTH:.2g} times"


def _has_leap(values: Floats, next_row: Flags) -> bool:
    """Whether any step is as large as the smallest change of unit: most columns end here."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = values[1:] / values[:-1]
        least = 10.0 ** (1 - NEAR)
        return bool((((ratio > least) | (ratio < 1 / least)) & next_row[:-1] & (ratio > 0)).any())


def _steps(values: Floats, follows: np.ndarray) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(values > 0, np.log10(values), np.nan)
    return np.asarray(logs[follows + 1] - logs[follows])


def _jumps(steps: Floats, entity: np.ndarray) -> Flags:
    """Mark the steps that are near a power of ten, in entities that are smooth elsewhere."""
    powers = np.array(POWERS, dtype=float)
    near: Flags = np.zeros(len(steps), dtype=bool)
    large = np.flatnonzero(np.abs(steps) > 1 - NEAR)
    distance = np.abs(np.abs(steps[large])[:, None] - powers).min(axis=1) if len(large) else large
    near[large[distance < NEAR]] = True
    if not near.any():
        return near
    n = int(entity.max()) + 1
    widest = np.zeros(n)
    ordinary = ~np.isnan(steps) & ~near
    np.maximum.at(widest, entity[ordinary], np.abs(steps[ordinary]))
    enough = np.bincount(entity[ordinary], minlength=n) >= FEWEST
    # One change of unit, or one that is taken back: an entity with more is volatile.
    few = np.bincount(entity[near], minlength=n) <= 2
    believed = (widest < SMOOTH) & enough & few
    return np.asarray(near & believed[entity])
