"""Output in prices of one year, and the indices of prices and volumes behind it."""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.options import PeriodNumber
from xinzhi.prepare.columns import (
    Flags,
    Floats,
    Periods,
    derive,
    entity_rows,
    entry_of,
    numbers,
    periods_of,
    refuse_where,
)
from xinzhi.prepare.step import NO_SOURCES, STEPS, Sources, Step
from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.panel.panel import Panel
from xinzhi_core.periods import period_name
from xinzhi_core.wording import message

IndexKind = Literal["previous_year", "fixed_base"]
LOW, HIGH = 80.0, 125.0
"""A series that stays between these is probably one with the previous year as 100."""
FAR = 0.2
"""Share of years that a series with the previous year as 100 may lie outside: single years of prefectures grew by a third."""


def chain(index: Floats, periods: Periods, *, kind: IndexKind, base: int) -> Floats:
    """Level of an index against its base period, for one entity.

    `previous_year`: P_t = prod_{s = base+1}^{t} index_s / 100, and backwards by division;
    `fixed_base`: P_t = index_t / index_base. A missing link leaves everything beyond it missing.

    Parameters
    ----------
    index, periods
        Values and periods of one entity, (T,), in order of periods.

    Examples
    --------
    >>> chain(np.array([100, 105, 104.761905]), np.array([1, 2, 3]), kind="previous_year", base=1).round(6)
    array([1.  , 1.05, 1.1 ])
    """
    level = np.full(len(index), np.nan)
    if base not in periods:
        return level
    start = int(np.argmax(periods == base))
    if kind == "fixed_base":
        return np.asarray(index / index[start])
    # A chain breaks at a skipped year: the index of a later year refers to the year before it.
    level[start] = 1.0
    for t in range(start + 1, len(index)):
        follows = periods[t] == periods[t - 1] + 1
        level[t] = level[t - 1] * index[t] / 100 if follows else np.nan
    for t in range(start - 1, -1, -1):
        follows = periods[t + 1] == periods[t] + 1
        level[t] = level[t + 1] / (index[t + 1] / 100) if follows else np.nan
    return level


def refuse_scale(panel: Panel, column: str, index: Floats, kind: IndexKind) -> None:
    """Refuse indices that are not positive, chains that are not written with 100, and chains of quarters.

    Raises
    ------
    OutOfDomain
        `derive.index_scale`.
    DataError
        `derive.index_of_quarters`.
    """
    if kind == "previous_year" and panel.per_year > 1:
        raise DataError(
            Problem(
                "derive.index_of_quarters",
                message(
                    "'{column}' has the same quarter of the year before as 100: it makes no level from one quarter to the next.",
                    column=column,
                ),
                Where(file=panel.source, column=column),
                message(
                    "bring in an index with one base (`index_kind: fixed_base`), or aggregate to years."
                ),
            )
        )
    wrong: Flags = index <= 0
    if kind == "previous_year":
        # 1.05 or 5.0 instead of 105: no economy shrinks to a fifth in a year.
        wrong = wrong | (index < 20)
    refuse_where(
        panel,
        wrong,
        column,
        code="derive.index_scale",
        what=message("{value} is not an index with base 100."),
        remedy=message("write 105 for a growth of 5 percent."),
    )


def doubts(
    panel: Panel, column: str, index: Floats, kind: IndexKind, *, step: str, step_kind: str
) -> tuple[Entry, ...]:
    """Flag entities whose index looks like one of the other kind."""
    odd = np.zeros(len(index), dtype=bool)
    for _, rows in entity_rows(panel):
        seen = index[rows][~np.isnan(index[rows])]
        if len(seen) < 3:
            continue
        # Yearly growth rates stay near 100, but for a boom or a slump; an index of a fixed year leaves that for good.
        far = float(((seen < LOW) | (seen > HIGH)).mean())
        odd[rows] = far == 0 if kind == "fixed_base" else far > FAR
    if not odd.any():
        return ()
    other = "previous_year" if kind == "fixed_base" else "fixed_base"
    why = message(
        "the index {column} was declared {kind}, but it looks like {other} here",
        column=column,
        kind=message(kind),
        other=message(other),
    )
    return (entry_of(panel, odd, why, step=step, kind=step_kind, change="flagged", column=column),)


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
    base: PeriodNumber
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
            base=period_name(self.base),
            index=self.index,
            kind=message(self.index_kind),
        )
        return derive(
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
            level = chain(index[rows], periods[rows], kind=self.index_kind, base=self.base)
            at_base = nominal[rows][periods[rows] == self.base]
            real[rows] = (at_base[0] if len(at_base) else np.nan) * level
        return real
