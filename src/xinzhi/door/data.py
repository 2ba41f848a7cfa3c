"""From a file to a panel."""

from __future__ import annotations

from pathlib import Path

from xinzhi.io.read import read_panel
from xinzhi.panel.panel import Panel


def read(
    path: str | Path, *, entity: str, period: str | None = None, sheet: str | None = None
) -> Panel:
    """Read a file as a panel.

    Parameters
    ----------
    path
        A table of any kind that is read (csv, xlsx, xls, ods, Stata, SPSS, SAS, Parquet,
        Feather); its encoding, header row and number formats are found and checked.
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
