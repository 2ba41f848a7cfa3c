"""Checks of the data of a call, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from xinzhi.errors import DuplicateKey, MissingColumn
from xinzhi.panel.numeric import require_numbers
from xinzhi.panel.panel import ENTITY, PERIOD, Panel
from xinzhi.problems import duplicate_key, missing_key

SHOWN = 10
"""Keys that stand in two rows, of which an error names so many."""


def refuse_unusable(frame: pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse two rows of one key, and variables that do not hold finite numbers."""
    if not frame.index.is_unique:
        twice = frame.index[frame.index.duplicated()].unique()
        raise DuplicateKey(
            duplicate_key(str(entity), str(period)) for entity, period in twice[:SHOWN]
        )
    require_numbers(frame, dict.fromkeys(name for name in names if name in frame))


def require(names: tuple[str, ...], data: Panel | pd.DataFrame) -> None:
    """Refuse names that are neither columns nor keys of the data."""
    if isinstance(data, Panel):
        return data.require(
            tuple(n for n in names if n not in data.keys and n not in (ENTITY, PERIOD))
        )
    known = [*map(str, data.columns)]
    missing = [
        n for n in dict.fromkeys(names) if n not in {*known, *data.index.names, ENTITY, PERIOD}
    ]
    if missing:
        raise MissingColumn(missing_key(name, known) for name in missing)
    return None
