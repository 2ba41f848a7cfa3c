"""From a file to a panel: the door through which all files come in.

Text and small workbooks are read in this process, after they were looked through; larger workbooks,
and files that only a foreign parser understands, are read in a child process with limits of memory
and time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from xinzhi.errors import DataError
from xinzhi.io import load
from xinzhi.io.guard import (
    FOREIGN,
    read_guarded,
    read_series_guarded,
    read_sheets_guarded,
    read_table_guarded,
    sheets_guarded,
    store_guarded,
)
from xinzhi.io.large import large_kind, table_of_text
from xinzhi.io.load import ReadResult, read_panel_here, understand
from xinzhi.io.options import LIMITS, NOTHING_STATED, Limits, ReadOptions
from xinzhi.io.raw import RawTable
from xinzhi.io.series import LABELS, SeriesResult, read_series_here
from xinzhi.io.sniff import sniff
from xinzhi.io.workbook.archive import TooMuchHere
from xinzhi.io.workbook.sheets import filled_sheets
from xinzhi.panel.checks import unprintable_names, unprintable_texts
from xinzhi.wording import say

__all__ = [
    "ReadOptions",
    "ReadResult",
    "SeriesResult",
    "read_panel",
    "read_series",
    "read_sheets",
    "read_table",
    "sheets_of",
]

T = TypeVar("T")


def read_panel(
    path: str | Path,
    *,
    entity: str,
    period: str | None,
    sheet: str | None = None,
    units: Mapping[str, str] | None = None,
    reading: ReadOptions = NOTHING_STATED,
    limits: Limits = LIMITS,
) -> ReadResult:
    r"""Read a file as a panel of entities over periods.

    Parameters
    ----------
    path
        A csv, xlsx, xls, ods, dta, sav, sas7bdat, xpt, Parquet or Feather file.
    entity, period
        Names of the key columns; `period=None` reads a cross-section.
    sheet
        Sheet of a workbook, where several could be meant.
    units
        Unit of measure per column; wins over units found in the file.
    reading
        What is stated about the file; the rest is found and reported as decisions.

    Returns
    -------
    ReadResult
        The panel (numbers as float64, other columns as objects), the decisions and the warnings.

    Raises
    ------
    DataError
        Everything that is wrong with the file, at once, with row, column, cell and remedy.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "cities.csv"
    ...     _ = file.write_text('城市,年份,用电量（万千瓦时）\n唐山,2008年,"1,050"\n', encoding="utf-8")
    ...     result = read_panel(file, entity="城市", period="年份")
    >>> result.panel.frame.loc[("唐山", 2008), "用电量"], result.panel.units["用电量"]
    (np.float64(1050.0), '万千瓦时')
    """
    path = Path(path)
    result = _read_large(path, entity, period, units or {}, reading, limits)
    if result is not None:
        pass
    else:
        asked: dict[str, Any] = {
            "entity": entity,
            "period": period,
            "sheet": sheet,
            "units": units or {},
        }
        result = _here_or_guarded(
            path,
            lambda: read_panel_here(path, **asked, reading=reading, limits=limits),
            lambda: read_guarded(path, **asked, reading=reading),
            limits,
        )
    panel = result.panel
    if problems := unprintable_names(panel):
        raise DataError(problems)
    panel.frame.attrs[LABELS] = {
        name: say(label, "zh" if label.zh else "en") for name, label in panel.labels.items()
    }
    return replace(result, warnings=(*result.warnings, *unprintable_texts(panel)))


def _read_large(
    path: Path,
    entity: str,
    period: str | None,
    units: Mapping[str, str],
    reading: ReadOptions,
    limits: Limits,
) -> ReadResult | None:
    """Read a file that may be larger than memory; None where it is read whole."""
    kind = large_kind(path, limits)
    if kind is None:
        return None
    # Some systems do not remove a file that is still open; what is left then is theirs to sweep.
    with TemporaryDirectory(prefix="xinzhi-", ignore_cleanup_errors=True) as folder:
        if kind == "parquet":
            table: RawTable | None = store_guarded(path, Path(folder))
        else:
            table = table_of_text(path, Path(folder), reading)
        return None if table is None else understand(table, entity, period, units, reading)


def read_series(
    path: str | Path,
    *,
    keys: Sequence[str],
    sheet: str | None = None,
    reading: ReadOptions = NOTHING_STATED,
    limits: Limits = LIMITS,
) -> SeriesResult:
    r"""Read a file as a table with the given keys, by the rules of `read_panel`.

    Parameters
    ----------
    path
        Any file that `read_table` reads.
    keys
        Names of the key columns; the last one may stand across the columns where it is a year.

    Raises
    ------
    DataError
        Everything that is wrong with the file, at once.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "robots.csv"
    ...     _ = file.write_text("行业,年份,台数\n制造,2008,40\n采矿,2008,12\n", encoding="utf-8")
    ...     series = read_series(file, keys=["行业", "年份"])
    >>> float(series.frame.loc[("制造", 2008), "台数"])
    40.0
    """
    path = Path(path)
    asked: dict[str, Any] = {"keys": keys, "sheet": sheet, "reading": reading}
    return _here_or_guarded(
        path,
        lambda: read_series_here(path, **asked, limits=limits),
        lambda: read_series_guarded(path, **asked),
        limits,
    )


def read_table(
    path: Path, *, sheet: str | None = None, names: Sequence[str] = (), plain: bool = False
) -> RawTable:
    """Read a file into cells, before anything is understood; see `load.read_table`.

    Raises
    ------
    DataError
        The file is missing, empty, damaged, of another kind, or not decodable.
    """
    return _here_or_guarded(
        path,
        lambda: load.read_table(path, sheet=sheet, names=tuple(names), plain=plain),
        lambda: read_table_guarded(path, sheet=sheet, names=names, plain=plain),
    )


def read_sheets(path: Path) -> tuple[RawTable, ...]:
    """Read the visible sheets of a workbook, or the one table of another file; see `load.read_sheets`.

    Raises
    ------
    DataError
        The file cannot be read.
    """
    return _here_or_guarded(path, lambda: load.read_sheets(path), lambda: read_sheets_guarded(path))


def sheets_of(path: Path) -> list[str]:
    """List the visible sheets of a workbook that hold more than one row.

    Raises
    ------
    DataError
        As `read_table`.
    """
    return _here_or_guarded(path, lambda: filled_sheets(path), lambda: sheets_guarded(path))


def _here_or_guarded(
    path: Path, here: Callable[[], T], guarded: Callable[[], T], limits: Limits = LIMITS
) -> T:
    """Read in this process what was looked through and is small, all else in a child."""
    if sniff(path, limits=limits) in FOREIGN:
        return guarded()
    try:
        return here()
    except TooMuchHere:
        return guarded()
