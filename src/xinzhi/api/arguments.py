"""Arguments of the Python functions: panels, frames, names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xinzhi.columns.dates import calendar_of
from xinzhi.columns.frames import ArrowTable, table_of
from xinzhi.columns.keys import Key, indexed, keyed, keys_of
from xinzhi.panel.calendar import YEARS, Calendar
from xinzhi.panel.panel import Panel, panel_of

Names = str | Sequence[str]
Data = Panel | pd.DataFrame | ArrowTable


def names_of(names: Names) -> tuple[str, ...]:
    """Take one name or several.

    >>> names_of("gdp"), names_of(["a", "b"])
    (('gdp',), ('a', 'b'))
    """
    return (names,) if isinstance(names, str) else tuple(names)


def panel_and_order(
    data: Data, entity: Key | None = None, period: Key | None = None
) -> tuple[Panel, list[int]]:
    """Return a panel and, for each row as given, its position in the panel."""
    table = table_of(data)
    if isinstance(table, Panel):
        keyed(table, entity, period)
        return table, list(range(len(table.frame)))
    first, second = keys_of(table, entity, period)
    frame = indexed(table, first, second).rename_axis(index=["entity", "period"])
    # A panel sorts its rows; `rows` holds where each one stood, whose inverse is the order as given.
    panel = panel_of(frame, rows=tuple(range(len(frame))), has_periods=second is not None)
    return panel, [int(i) for i in np.argsort(panel.rows)]


def calendar(data: Data, entity: Key | None, period: Key | None) -> Calendar:
    """Find how the periods of data were numbered; years where they are not dates."""
    table = table_of(data)
    if isinstance(table, Panel):
        return YEARS
    first, second = keys_of(table, entity, period)
    if second is None or not second.is_dated:
        return YEARS
    return calendar_of(first.labels, second.labels, str(second.name))
