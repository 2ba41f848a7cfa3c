"""Arguments of the Python functions: panels, frames, names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xinzhi.api.keys import Key, indexed, keyed, keys_of
from xinzhi.panel.panel import Panel, panel_of

Names = str | Sequence[str]
Data = Panel | pd.DataFrame


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
    if isinstance(data, Panel):
        keyed(data, entity, period)
        return data, list(range(len(data.frame)))
    first, second = keys_of(data, entity, period)
    frame = indexed(data, first, second).rename_axis(index=["entity", "period"])
    panel = panel_of(frame, rows=tuple(range(len(frame))), has_periods=second is not None)
    return panel, [int(i) for i in np.argsort(panel.rows)]
