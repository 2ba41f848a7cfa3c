"""Extreme values drawn in to percentiles."""

from __future__ import annotations

from typing import Self

import numpy as np
from pydantic import model_validator

from xinzhi.panel.ledger import Entry
from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import Pool, cells_where, derived, numbers, pools_of
from xinzhi.prepare.step import NO_SOURCES, STEPS, Pair, Sources, Step, outside_domain
from xinzhi.wording import message


@STEPS.add("winsorise")
class Winsorise(Step):
    """Draw values beyond two percentiles in to them.

    y = min(max(x, q_low), q_high); percentiles by linear interpolation between order statistics
    (Hyndman and Fan 1996, type 7), over all rows or within each period.
    """

    column: str
    """Column x; the result is called by the name of the step."""
    percentiles: Pair = (1.0, 99.0)
    """Lower and upper percentile, 0 to 100."""
    pool: Pool = "all"
    """Rows over which percentiles are taken."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        low, high = self.percentiles
        if not 0 <= low < high <= 100:
            raise outside_domain(
                message(
                    "{low} and {high} are not a lower and an upper percentile.", low=low, high=high
                ),
                message("write [1, 99]."),
                key="percentiles",
            )
        return self

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`; the cells that changed are in the ledger."""
        del sources
        x = numbers(panel, (self.column,), step=name)[self.column].to_numpy()
        y = x.copy()
        for rows in pools_of(panel, self.pool):
            seen = x[rows][~np.isnan(x[rows])]
            if len(seen):
                y[rows] = np.clip(x[rows], *np.percentile(seen, self.percentiles))
        changed = (x != y) & ~np.isnan(x)
        why = message("drawn in to percentiles {percentiles}", percentiles=list(self.percentiles))
        cells = cells_where(panel, changed)
        return derived(
            panel,
            step=name,
            kind="winsorise",
            values=y,
            why=message("{column}, winsorised", column=self.column),
            uses=(self.column,),
            copies=True,
            more=(Entry(name, "winsorise", name, "changed", why, cells, len(cells)),),
            unit=panel.units.get(self.column),
        )
