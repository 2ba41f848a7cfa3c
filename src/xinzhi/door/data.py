"""What the verbs of the Python door take: panels, frames, names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from xinzhi.io.read import read_panel
from xinzhi.panel.panel import Panel, panel_of

Names = str | Sequence[str]
Data = Panel | pd.DataFrame


def read(
    path: str | Path, *, entity: str, period: str | None = None, sheet: str | None = None
) -> Panel:
    """Read a file as a panel.

    Parameters
    ----------
    path
        A csv or xlsx file; its encoding, header row and number formats are found and checked.
    entity, period
        Columns that name the city and the year; without `period` the file is one cross-section.
    sheet
        Sheet of a workbook.

    Raises
    ------
    DataError
        With everything that is wrong with the file, each with row, column and remedy.

    Examples
    --------
    >>> from importlib.resources import files
    >>> path = files("xinzhi") / "examples" / "oecd" / "oecd_panel.csv"
    >>> panel = read(path, entity="country", period="year")
    >>> len(panel.entities), panel.periods[0], panel.periods[-1]
    (33, 2011, 2019)
    """
    return read_panel(path, entity=entity, period=period, sheet=sheet).panel


def names_of(names: Names) -> tuple[str, ...]:
    """Take one name or several.

    >>> names_of("gdp"), names_of(["a", "b"])
    (('gdp',), ('a', 'b'))
    """
    return (names,) if isinstance(names, str) else tuple(names)


def panel_and_order(data: Data) -> tuple[Panel, list[int]]:
    """Return a panel and, per row as given, its position there."""
    if isinstance(data, Panel):
        return data, list(range(len(data.frame)))
    frame = data.rename_axis(index=["entity", "period"])
    panel = panel_of(frame, rows=tuple(range(len(frame))))
    return panel, [int(i) for i in np.argsort(panel.rows)]
