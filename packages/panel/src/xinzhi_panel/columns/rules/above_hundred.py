"""Shares above 100 %."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xinzhi_core.wording import message
from xinzhi_panel.columns.rules.bands import BANDS
from xinzhi_panel.columns.seen import (
    RULES,
    Finding,
    NumberColumn,
    Rule,
    SeenPanel,
    is_percent,
    is_share,
    of_column,
)

TOP = 100.5
"""A share of 100 % and half a percent for rounding, as of parts and wholes."""
BOUNDED = frozenset(band.above for band in BANDS if not band.below)
"""Kinds of columns that `bands` looks at."""


@RULES.add("above_hundred")
class AboveHundred(Rule):
    """A share of a whole lies above 100% or below 0.

    The heading must be that of a share (占比, 比重, 覆盖率, share …), not of growth or of a ratio whose base can be less
    (trade over GDP, loans over deposits, dependency); the unit says percent, or half of the values are above 1. Half a
    percent is left to rounding.
    """

    code = "plausible.above_hundred"

    def find(self, seen: SeenPanel) -> Iterator[Finding]:
        """Compare shares with 0 and 100."""
        for column in seen.columns:
            if column.kind in BOUNDED or not is_share(column.name) or not _in_percent(seen, column):
                continue
            with np.errstate(invalid="ignore"):
                outside = (column.values > TOP) | (column.values < 0)
            yield Finding(
                self.code,
                (column.name,),
                outside,
                message("'{name}' is a share and lies outside 0 to 100 percent", name=column.name),
                message("compare the cells with the yearbook, and the unit."),
                of_column(column.values),
            )

    def thresholds(self) -> Iterator[tuple[str, str]]:
        """List the thresholds."""
        yield "share", f"0 to {TOP:g} percent"


def _in_percent(seen: SeenPanel, column: NumberColumn) -> bool:
    """Whether a share is counted in hundredths."""
    known = column.values[np.isfinite(column.values)]
    if column.unit is not None and column.unit.dimension not in {None, "percent"}:
        return False
    # Of a column that is mostly far above 100 the heading says something else.
    usual = len(known) > 0 and 1.0 < float(np.median(known)) <= TOP
    return bool(
        usual or (is_percent(seen.panel, column) and len(known) and np.median(known) <= TOP)
    )
