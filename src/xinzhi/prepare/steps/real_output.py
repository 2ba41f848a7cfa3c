"""Output in prices of one year."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import Floats, derived, entity_rows, numbers, periods_of
from xinzhi.prepare.indices import IndexKind, chained, doubts, refuse_scale
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step
from xinzhi.wording import message


@STEPS.add("real_output")
class RealOutput(Step):
    """Bring nominal output to the prices of a base year by the index of real growth.

    Y_t = Y_base · prod_s (index_s / 100) for s = base+1 … t, with the index of real growth
    (previous year = 100); backwards, Y_t = Y_base / prod. Dividing nominal output by this index
    would give a deflator, not output.
    """

    nominal: str
    """Output at current prices; only its value in the base year is used."""
    index: str
    """Index of real growth."""
    index_kind: IndexKind
    """Whether the index has the previous year or one fixed year as 100."""
    base: int
    """Year whose prices are taken."""

    def apply(self, panel: Panel, *, name: str, sources: Sources = NO_SOURCES) -> Panel:
        """Add the column `name`, in the unit of `nominal`."""
        del sources
        x = numbers(panel, (self.nominal, self.index), step=name)
        index = x[self.index].to_numpy()
        refuse_scale(panel, self.index, index, self.index_kind)
        why = message(
            "{nominal} of {base}, moved by {index} ({kind})",
            nominal=self.nominal,
            base=self.base,
            index=self.index,
            kind=message(self.index_kind),
        )
        return derived(
            panel,
            step=name,
            kind="real_output",
            values=self._real(panel, x),
            why=why,
            uses=(self.nominal, self.index),
            more=doubts(
                panel, self.index, index, self.index_kind, step=name, step_kind="real_output"
            ),
            again=partial(self._real, panel),
            unit=panel.units.get(self.nominal),
        )

    def _real(self, panel: Panel, x: pd.DataFrame) -> Floats:
        nominal, index = x[self.nominal].to_numpy(), x[self.index].to_numpy()
        periods = periods_of(panel)
        real = np.full(len(x), np.nan)
        for _, rows in entity_rows(panel):
            level = chained(index[rows], periods[rows], kind=self.index_kind, base=self.base)
            at_base = nominal[rows][periods[rows] == self.base]
            real[rows] = (at_base[0] if len(at_base) else np.nan) * level
        return real
