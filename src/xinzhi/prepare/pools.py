"""Over which rows a statistic of a column is taken."""

from __future__ import annotations

from typing import Literal

import numpy as np

from xinzhi.panel.panel import Panel
from xinzhi.prepare.columns import Flags, periods_of

Pool = Literal["all", "period"]


def pools_of(panel: Panel, pool: Pool) -> list[Flags]:
    """Rows of each pool, as flags: one pool of all rows, or one for each period."""
    if pool == "all":
        return [np.ones(len(panel.frame), dtype=bool)] if len(panel.frame) else []
    periods = periods_of(panel)
    return [periods == period for period in np.unique(periods)]
