"""From a file to a panel: the door through which all files come in.

Text and small workbooks are read in this process, after they were looked through; larger workbooks,
and files that only a foreign parser understands, are read in a child process with limits of memory
and time.

Files of records, one row a thing, read in batches: a registry need not fit into memory.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, TypeVar

import pandas as pd

from xinzhi_core.errors import DataError, MissingColumn, Problem, Where
from xinzhi_core.panel.checks import unprintable_names, unprintable_texts
from xinzhi_core.panel.panel import Panel
from xinzhi_core.problems import missing_column
from xinzhi_core.wording import message, say
from xinzhi_panel.io import series as load
from xinzhi_panel.io.arrow import damage_reported
from xinzhi_panel.io.guard import (
    FOREIGN,
    large_kind,
    read_guarded,
    read_series_guarded,
    read_sheets_guarded,
    read_table_guarded,
    sheets_guarded,
    store_guarded,
    table_of_text,
)
from xinzhi_panel.io.raw import (
    LIMITS,
    NOTHING_STATED,
    Cell,
    Limits,
    RawTable,
    ReadOptions,
    shown_name,
    sniff,
)
from xinzhi_panel.io.recognise.cells import cell_text, loose
from xinzhi_panel.io.recognise.labels import column_named
from xinzhi_panel.io.recognise.note_marks import bare_names
from xinzhi_panel.io.series import (
    LABELS,
    ReadResult,
    SeriesResult,
    read_panel_here,
    read_series_here,
    understand,
)
from xinzhi_panel.io.text.encoding import decode, find_delimiter
from xinzhi_panel.io.workbook.archive import TooMuchHere
from xinzhi_panel.io.workbook.sheets import filled_sheets

__all__ = [
    "ReadOptions",
    "ReadResult",
    "SeriesResult",
    "read",
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


def read(
    path: str | Path, *, entity: str, period: str | None = None, sheet: str | None = None
) -> Panel:
    r"""Read a file as a panel.

    Parameters
    ----------
    path
        A table of any kind that is read (csv, xlsx, xls, ods, Stata, SPSS, SAS, Parquet,
        Feather); its encoding, header row and number formats are found and checked.
    entity, period
        Columns that name the city and the year; without `period` the file is one cross-section.
    sheet
        Sheet of a workbook.

    Returns
    -------
    Panel
        Rows by entity and period, columns in the units of the file; `.units` has those that headings state.

    Raises
    ------
    DataError
        With everything that is wrong with the file, each with row, column and remedy.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "cities.csv"
    ...     _ = path.write_text('城市,年份,用电量（万千瓦时）\n唐山,2008,1050\n唐山,2009,1100\n', encoding="utf-8")
    ...     panel = read(path, entity="城市", period="年份")
    >>> panel.entities, panel.periods, dict(panel.units)
    (('唐山',), (2008, 2009), {'用电量': '万千瓦时'})
    """
    return read_panel(path, entity=entity, period=period, sheet=sheet).panel


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


HEAD = 1 << 20
STREAMED = replace(LIMITS, file_bytes=1024 * LIMITS.file_bytes)
"""A file that is streamed may be larger than memory."""


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file of records: csv and Parquet are streamed, workbooks and Stata files read whole."""

    path: Path
    roles: Mapping[str, str] = field(default_factory=dict)
    """Role (id, name, date, closed, place, code, text) -> column of the file."""
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    size: int = 500_000
    """Rows of a batch."""

    @property
    def known(self) -> tuple[str, ...]:
        """Roles that were given a column."""
        return tuple(self.roles)

    def batches(self, roles: tuple[str, ...]) -> Iterator[pd.DataFrame]:
        """Give the records batch by batch, one object column for each role.

        Raises
        ------
        DataError
            The file is not readable, not decodable, ragged, or lacks a column.
        """
        kind = sniff(self.path, limits=STREAMED)
        columns = {role: self.roles[role] for role in roles}
        if kind == "parquet":
            yield from self._parquet(columns)
        elif kind == "text":
            yield from self._text(columns)
        else:
            yield from self._whole(columns)

    def _place(self) -> Where:
        return Where(file=shown_name(self.path), sheet=self.sheet)

    def _parquet(self, columns: Mapping[str, str]) -> Iterator[pd.DataFrame]:
        parquet = import_module("pyarrow.parquet")
        with (
            damage_reported(self._place()),
            parquet.ParquetFile(
                self.path, page_checksum_verification=True, pre_buffer=False
            ) as file,
        ):
            names = _find_columns(file.schema_arrow.names, columns, self._place())
            for batch in file.iter_batches(batch_size=self.size, columns=list(names.values())):
                batch.validate(full=True)
                yield pd.DataFrame({r: _column(batch.column(name)) for r, name in names.items()})

    def _text(self, columns: Mapping[str, str]) -> Iterator[pd.DataFrame]:
        encoding = self.encoding or self._encoding()
        with self.path.open("r", encoding=encoding, newline="") as stream:
            mark = self.delimiter or find_delimiter(stream.read(HEAD))
            stream.seek(0)
            yield from self._rows(stream, mark, columns, encoding)

    def _encoding(self) -> str:
        """Decide the encoding by the first megabyte; what follows is decoded strictly."""
        with self.path.open("rb") as stream:
            head = stream.read(HEAD)
        cut = head.rfind(b"\n") + 1
        sample = head[:cut] if len(head) == HEAD and cut else head
        encoding = decode(sample, self._place()).encoding
        # A mark at the beginning would be part of the first name.
        return (
            "utf-8-sig" if encoding == "utf-8" else codecs.lookup(encoding).name.replace("_", "-")
        )

    def _rows(
        self, stream: IO[str], mark: str, columns: Mapping[str, str], encoding: str
    ) -> Iterator[pd.DataFrame]:
        reader = csv.reader(stream, delimiter=mark, strict=True, skipinitialspace=True)
        number = 1
        try:
            header = [cell_text(cell) for cell in next(reader, [])]
            names = _find_columns(header, columns, self._place())
            picked = {role: header.index(name) for role, name in names.items()}
            rows: list[list[str]] = []
            # Rows are counted, not lines: a quoted cell may hold line breaks.
            for row in reader:
                number += 1
                if not row:
                    continue
                if len(row) != len(header):
                    raise DataError(_ragged(len(row), len(header), number, self._place()))
                rows.append(row)
                if len(rows) == self.size:
                    yield _frame(rows, picked)
                    rows = []
            if rows:
                yield _frame(rows, picked)
        except (UnicodeDecodeError, csv.Error) as error:
            raise DataError(_unreadable(error, number + 1, encoding, self._place())) from error

    def _whole(self, columns: Mapping[str, str]) -> Iterator[pd.DataFrame]:
        names = tuple(columns.values())
        # Marks belong to the texts of records; only headings are names that may have those of notes.
        whole = read_table(self.path, sheet=self.sheet, names=names, plain=True)
        columns = {role: column_named(whole, name) for role, name in columns.items()}
        table, wanted = whole.rows, set(map(loose, columns.values()))

        def headings(row: Sequence[Cell]) -> list[str]:
            written = [cell_text(cell) for cell in row]
            is_whole = wanted <= set(map(loose, written))
            return written if is_whole else [cell_text(cell) for cell in bare_names(row)]

        head = next(
            (i for i, row in enumerate(table) if wanted <= set(map(loose, headings(row)))), 0
        )
        header = headings(table[head]) if table else []
        names_in_file = _find_columns(header, columns, self._place())
        picked = {role: header.index(name) for role, name in names_in_file.items()}
        rows = [list(row) for row in table[head + 1 :] if any(map(cell_text, row))]
        for start in range(0, len(rows), self.size):
            yield _frame(rows[start : start + self.size], picked)


def _column(cells: Any) -> pd.Series:
    """Take over a column of Arrow as it lies; only what a step looks at becomes Python objects."""
    types = import_module("pyarrow").types
    if types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    if types.is_floating(cells.type) or types.is_nested(cells.type):
        values = [None if value != value else value for value in cells.to_pylist()]  # noqa: PLR0124
        return pd.Series(values, dtype=object)
    return pd.Series(pd.arrays.ArrowExtensionArray(cells))


def _frame(rows: Sequence[Sequence[Cell]], picked: Mapping[str, int]) -> pd.DataFrame:
    columns = {
        role: pd.Series([row[place] or None for row in rows], dtype=object)
        for role, place in picked.items()
    }
    return pd.DataFrame(columns)


def _find_columns(header: list[str], columns: Mapping[str, str], where: Where) -> dict[str, str]:
    by_name = {loose(name): name for name in header}
    missing = [name for name in columns.values() if loose(name) not in by_name]
    if missing:
        raise MissingColumn(missing_column(name, header, where) for name in missing)
    return {role: by_name[loose(name)] for role, name in columns.items()}


def _ragged(n: int, width: int, row: int, where: Where) -> Problem:
    text = message(
        "The row has {n} fields where the header has {width}.",
        one="The row has {n} field where the header has {width}.",
        n=n,
        width=width,
    )
    remedy = message("quote the cell that holds the separator, or add or remove the field.")
    return Problem("layout.ragged", text, Where(file=where.file, row=row), remedy)


def _unreadable(error: Exception, row: int, encoding: str, where: Where) -> Problem:
    return Problem(
        "encoding.bad_byte" if isinstance(error, UnicodeDecodeError) else "layout.quote",
        message("The text cannot be read as {encoding}: {why}.", encoding=encoding, why=str(error)),
        Where(file=where.file, row=row),
        message("state the encoding, or correct the row."),
    )
