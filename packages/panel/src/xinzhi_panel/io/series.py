"""Tables with keys of their own: census employment, national totals, robots by industry.

What the reader decided, in the words in which it can be stated, and what a statement confirms.

From a file to a panel, in this process: sniff, decode, find the table, type the columns, check the keys.

Everything the reader decides by itself is a `Decision`; all errors are raised together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import DuplicateKey, Problem, Where
from xinzhi_core.panel.checks import check_panel
from xinzhi_core.panel.panel import ENTITY, NO_PERIOD, PERIOD, Panel, panel_of, sorted_by_key
from xinzhi_core.periods import PER_YEAR, frequency_of
from xinzhi_core.problems import DUPLICATE_KEY, WIDE_TABLE
from xinzhi_core.wording import Label, message
from xinzhi_panel.io.arrow import of_keys, read_arrow
from xinzhi_panel.io.raw import (
    ERRORS_PER_COLUMN,
    LIMITS,
    NOTHING_STATED,
    ColumnFindings,
    Decision,
    Limits,
    RawTable,
    ReadingFindings,
    ReadOptions,
    listed,
    sniff,
)
from xinzhi_panel.io.recognise.cells import cell_text, loose
from xinzhi_panel.io.recognise.entity_names import (
    join_raised,
    join_spellings,
    join_with_province,
    warn_codes,
    warn_counties,
    warn_dissolved,
    warn_levels,
    warn_renamed,
    warn_typing_errors,
)
from xinzhi_panel.io.recognise.keys import read_entities, refuse_or_drop_twins
from xinzhi_panel.io.recognise.labels import (
    by_labels,
    column_named,
    label_of,
    report_shared_words,
    words_for,
)
from xinzhi_panel.io.recognise.layout import Header, find_header, hold_faults, translate_key
from xinzhi_panel.io.recognise.note_marks import leave_out_sums, without_heading_marks
from xinzhi_panel.io.recognise.parts import Unlike, stack_sheets
from xinzhi_panel.io.recognise.rows.excluded_rows import ledgers_of
from xinzhi_panel.io.recognise.rows.left_out import LEFT_OUT
from xinzhi_panel.io.recognise.types import Values, type_columns, warn_percents
from xinzhi_panel.io.recognise.wide import (
    DEFAULT_VALUE,
    Body,
    find_body,
    has_indicators,
    has_years_in_labels,
    is_wide,
    key_columns,
    spread,
    units_of_indicators,
    units_of_variables,
    unpivot,
    warn_years_beside,
)
from xinzhi_panel.io.recognise.years import IS_YEAR, parse_period, read_periods
from xinzhi_panel.io.row_ledger import RowLedger
from xinzhi_panel.io.statistical import KINDS, read_statistical
from xinzhi_panel.io.stored import StoredRows, frame_of, take_rows
from xinzhi_panel.io.text.encoding import no_collection, read_text_table
from xinzhi_panel.io.workbook.sheets import choose_sheet, open_workbook, read_sheet

STATED = frozenset(
    {"text.encoding", "text.delimiter", "number.decimal", "layout.header", "excel.sheet", LEFT_OUT}
)
"""Decisions that have an option of their own."""
CONFIRMABLE = frozenset(
    {
        *("layout.totals", "layout.repeated_header", "layout.years_beside_period"),
        *("layout.rows_left_out", "layout.period_left_out"),
        *("number.footnote", "number.paren", "names.footnote", "year.two_digit"),
        *(
            "year.one_part",
            "year.far",
            "year.future",
            "year.noted",
            "year.typed_year",
            "year.numbers",
        ),
        *("layout.lone_name", "panel.sum_of_others", "panel.sum_of_rows"),
        *("type.text_of_digits", "excel.hidden_row", "excel.hidden_column"),
        *("excel.percent_heading", "excel.scaled_format", "type.dates", "number.too_long"),
        "labels.partly",
    }
)
"""Warnings of what the reader did; stated under `accept`, they are confirmed."""


def drop_confirmed(
    findings: ReadingFindings, reading: ReadOptions
) -> tuple[tuple[Decision, ...], tuple[Problem, ...]]:
    """Leave out the decisions that are stated, and the warnings of what was done and is confirmed."""
    accepted = frozenset(reading.accept)
    return (
        tuple(d for d in findings.decisions if d.code not in accepted - {LEFT_OUT}),
        tuple(w for w in findings.warnings if w.code not in accepted & CONFIRMABLE),
    )


def options_to_state(
    table: RawTable, header: Header, findings: ReadingFindings, reading: ReadOptions
) -> Mapping[str, object]:
    """Write down what was decided in the words in which it can be stated."""
    codes = {decision.code for decision in findings.decisions}
    doubts = {warning.code for warning in findings.warnings}
    stated: dict[str, object] = {
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "decimal": "," if "number.decimal" in codes else reading.decimal,
        "header": header.row if "layout.header" in codes and not table.places else reading.header,
        "sheet": table.sheet if "excel.sheet" in codes else None,
        "value": (table.sheet or DEFAULT_VALUE) if WIDE_TABLE in doubts else reading.value,
        "missing": reading.missing,
        "text": reading.text,
        "renamed": None if reading.renamed == "keep" else reading.renamed,
        "entities": reading.entities,
        "leave_out": reading.leave_out,
        "sheets": reading.sheets or _sheets_read(table),
        "units": {**reading.units, **table.converted},
        "accept": tuple(sorted((codes - STATED) | (doubts & CONFIRMABLE) | set(reading.accept))),
    }
    return MappingProxyType({key: value for key, value in stated.items() if value})


def _sheets_read(table: RawTable) -> tuple[str, ...]:
    """Name the sheets of a stacked table where others were left aside."""
    codes = {decision.code for decision in table.decisions}
    sheets = dict.fromkeys(sheet for sheet, _ in table.places)
    return tuple(sheets) if "excel.other_sheets" in codes else ()


WORKBOOKS = frozenset({"zip", "ole"})
"""Kinds of files that hold sheets."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A panel and what the reader decided and doubted on the way."""

    panel: Panel
    decisions: tuple[Decision, ...]
    warnings: tuple[Problem, ...]
    columns: Mapping[str, str]
    """Name of a column as it stands in the file -> name in the panel, keys included."""
    stated: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """What to state, in `ReadOptions` and for the sheet, so that a second reading decides nothing."""
    ledgers: tuple[RowLedger, ...] = ()
    """What became of every row of the file, for each of its sheets that was read."""


def read_table(
    path: str | Path,
    *,
    sheet: str | None = None,
    names: tuple[str, ...] = (),
    reading: ReadOptions = NOTHING_STATED,
    limits: Limits = LIMITS,
    together: Callable[[list[RawTable]], RawTable | Unlike] | None = None,
    lenient: bool = False,
    plain: bool = False,
) -> RawTable:
    """Read a file into cells with addresses, before anything is understood.

    Parameters
    ----------
    path
        A csv or other delimited text, xlsx, xls or ods file; its kind is told by its content.
    sheet
        Sheet of a workbook; without it the one visible sheet that has a row with all `names`.
    names
        Names of columns by which the sheet is recognised.
    reading
        What is stated about the file.
    together
        What puts sheets below one another that are parts of one table.
    lenient
        Whether cells with errors come as the table's `faults` instead of being refused.
    plain
        Whether texts keep every mark, also one that could be that of a note.

    Raises
    ------
    DataError
        The file is missing, empty, damaged, of another kind, or not decodable.
    """
    path = Path(path)
    kind = sniff(path, limits=limits)
    if kind == "text":
        table = read_text_table(
            path, encoding=reading.encoding, delimiter=reading.delimiter, limits=limits
        )
        return table if plain else without_heading_marks(table)
    if kind in KINDS:
        return read_statistical(path, kind, encoding=reading.encoding)
    if kind in {"parquet", "feather"}:
        table = read_arrow(path, kind, limits=limits)
        return table if plain else without_heading_marks(table)
    book = open_workbook(path, kind, limits=limits)
    return choose_sheet(
        book,
        sheet,
        lambda t: _has(t, names),
        together,
        reading.sheets,
        lenient=lenient,
        plain=plain,
    )


def read_sheets(path: str | Path, *, limits: Limits = LIMITS) -> tuple[RawTable, ...]:
    """Read the visible sheets of a workbook, or the one table of another file, each into cells.

    Cells with errors come as the `faults` of their table.

    Raises
    ------
    DataError
        The file cannot be read.
    """
    path = Path(path)
    kind = sniff(path, limits=limits)
    if kind not in WORKBOOKS:
        return (read_table(path, limits=limits),)
    book = open_workbook(path, kind, limits=limits)
    return tuple(read_sheet(book, name, lenient=True) for name in book.visible)


def _has(table: RawTable, names: tuple[str, ...]) -> bool:
    wanted = set(map(loose, names))
    if not wanted:
        return sum(any(map(cell_text, row)) for row in table.rows) > 1
    return any(wanted <= {loose(cell_text(cell)) for cell in row} for row in table.rows)


def read_panel_here(
    path: Path,
    *,
    entity: str,
    period: str | None,
    sheet: str | None,
    units: Mapping[str, str],
    reading: ReadOptions,
    limits: Limits,
) -> ReadResult:
    """Read a file as a panel in this process; see `read.read_panel`."""
    with no_collection():
        table = read_table(
            path,
            sheet=sheet,
            names=(entity,),
            reading=reading,
            limits=limits,
            together=lambda tables: stack_sheets(tables, entity, period, reading),
            lenient=True,
        )
        return understand(table, entity, period, units, reading)


def understand(
    table: RawTable, entity: str, period: str | None, units: Mapping[str, str], reading: ReadOptions
) -> ReadResult:
    """Understand cells as a panel; see `read.read_panel`."""
    findings = ReadingFindings(list(table.decisions), list(table.warnings))
    report_shared_words(table, findings)
    if period and has_years_in_labels(table, column_named(table, period)):
        table = by_labels(table, findings)
    entity = translate_key(table, column_named(table, entity), findings)
    period = translate_key(table, column_named(table, period), findings) if period else None
    keys = (entity, *([period] if period else []))
    header = find_header(table, entity, period, findings, 1 if table.places else reading.header)
    hold_faults(table, header, keys, reading, findings)
    body = find_body(
        table,
        header,
        entity,
        findings,
        period=period,
        entities=reading.entities,
        leave_out=reading.leave_out,
        is_panel=True,
    )
    if period and is_wide(header, period):
        body = unpivot(table, header, body, period, reading, findings)
        value = reading.value or table.sheet or DEFAULT_VALUE
        header = units_of_variables(table, header, value, findings)
    elif period:
        warn_years_beside(table, header, findings)
    # Indicators in a column repeat the keys: only then do they become columns.
    in_body = [name for key in keys for name in body.columns if loose(name) == loose(key)]
    value = reading.value or (table.sheet or DEFAULT_VALUE)
    if len(in_body) == len(keys) and has_indicators(body, in_body, value):
        units = {**units_of_indicators(table, body, in_body, findings), **units}
        body = spread(table, body, in_body, value, findings)
    return _panel(table, header, body, keys, units, reading, findings)


def _panel(
    table: RawTable,
    header: Header,
    body: Body,
    keys: tuple[str, ...],
    units: Mapping[str, str],
    reading: ReadOptions,
    findings: ReadingFindings,
) -> ReadResult:
    in_file, names = key_columns(table, body, keys, header.row, findings), tuple(body.columns)
    findings.warnings[:] = of_keys(findings.warnings, in_file)
    # Options may name columns by their labels.
    reading = replace(
        reading,
        text=tuple(column_named(table, name) for name in reading.text),
        columns=tuple(column_named(table, name) for name in reading.columns),
    )
    chosen = set(map(loose, reading.columns))
    columns = {
        name: cells
        for name, cells in body.columns.items()
        if name not in in_file
        and (not chosen or chosen & {loose(name), loose(header.full.get(name, name))})
    }
    headed = {**header.units, **_units_by_name(units, table, header)}

    def values_of() -> tuple[dict[str, Values], dict[str, str]]:
        return type_columns(columns, body.rows, table, reading, findings, headed)

    index = _index(table, body, in_file, reading, findings, values_of)
    values, found_units = values_of()
    warn_percents(table, header, headed, found_units, findings)
    frame = frame_of(values, index)
    has_periods = len(keys) == 2
    dates = body.columns[in_file[1]] if has_periods else ()
    stays = refuse_or_drop_twins(frame, body.rows, dates, table, findings)
    findings.stop_if_wrong(last=True)
    on_disk = isinstance(table.rows, StoredRows)
    if not stays.all():
        frame = take_rows(frame, np.flatnonzero(stays), on_disk=on_disk)
        body.fates.leave_out_gone(body.rows, stays, "duplicate")
        body = Body({}, body.rows[stays], body.fates)
    stays = leave_out_sums(frame, body.rows, table, reading.entities, findings)
    body.fates.leave_out_gone(body.rows, stays, "sum")
    if on_disk:
        # A column at a time, so that `panel_of` finds nothing left to move.
        order = np.flatnonzero(stays)[sorted_by_key(frame.index[stays])]
        frame, rows = take_rows(frame, order, on_disk=True), body.rows[order]
    else:
        frame, rows = frame if stays.all() else frame[stays], body.rows[stays]
    panel = panel_of(
        frame,
        labels=_labels(table, header, frame),
        units={**header.units, **found_units, **_units_by_name(units, table, header)},
        rows=() if table.places else tuple(rows.tolist()),
        source=table.file,
        has_periods=has_periods,
        keys=(in_file[0], in_file[1] if has_periods else PERIOD),
    )
    renamed = _renamed(table, header, names, dict(zip(keys, in_file, strict=True)))
    decisions, doubts = drop_confirmed(findings, reading)
    stated = options_to_state(table, header, findings, reading)
    warnings = (*doubts, *check_panel(panel))
    return ReadResult(panel, decisions, warnings, renamed, stated, ledgers_of(table, body.fates))


def _renamed(
    table: RawTable, header: Header, names: tuple[str, ...], keys: Mapping[str, str]
) -> Mapping[str, str]:
    """Names of columns in the file, with their names in the panel."""
    renamed = {header.full.get(name, name): name for name in names}
    return MappingProxyType({**renamed, **keys, **words_for(table.labels, names)})


def _labels(table: RawTable, header: Header, frame: pd.DataFrame) -> dict[str, Label]:
    """Labels of the file, and headings from which a unit was taken off."""
    labels = {name: label_of(name, label) for name, label in table.labels.items() if name in frame}
    return {**labels, **{name: Label(name, zh=full) for name, full in header.full.items()}}


def _units_by_name(units: Mapping[str, str], table: RawTable, header: Header) -> dict[str, str]:
    """Units stated by the user, by the names that columns have in the panel."""
    by_full = {loose(full): name for name, full in header.full.items()}
    by_full |= {loose(w): name for w, name in words_for(table.labels, header.names).items()}
    return {by_full.get(loose(name), name): unit for name, unit in units.items()}


def _index(
    table: RawTable,
    body: Body,
    keys: list[str],
    reading: ReadOptions,
    findings: ReadingFindings,
    look_at_values: Callable[[], object],
) -> pd.MultiIndex:
    """Make the index; where a key is wrong, what is wrong with the values is told beside it."""
    column = ColumnFindings(table, keys[0], body.rows, findings)
    entities = read_entities(body.columns[keys[0]], column)
    periods = np.full(len(entities), NO_PERIOD, dtype=np.int64)
    if len(keys) == 2:
        dated = ColumnFindings(table, keys[1], body.rows, findings)
        periods = read_periods(body.columns[keys[1]], dated, reading.accept, entities.tolist())
    # From here on every row has a name and a period.
    if findings.errors:
        look_at_values()
    findings.stop_if_wrong()
    entities = join_spellings(entities, column)
    # The spellings of a name are joined first: what remains differs by more than 市 or 省.
    # Names change with years, whatever the periods are.
    years = periods // (PER_YEAR[frequency_of(int(periods[0]))] if len(periods) else 1)
    for join_alike in (join_with_province, join_raised):
        entities = join_alike(entities, pd.unique(entities).tolist(), years, column)
    entities = warn_renamed(entities, years, column, join=reading.renamed == "join")
    warn_dissolved(entities, years, column)
    warn_codes(entities, column)
    warn_levels(entities, column)
    codes, uniques = pd.factorize(entities)
    distinct = uniques.tolist()
    warn_counties(codes, distinct, column)
    if len(keys) == 2:
        warn_typing_errors(codes, distinct, periods, column)
    return pd.MultiIndex.from_arrays(
        [pd.Index(entities, dtype=str), periods], names=[ENTITY, PERIOD]
    )


UNITS, LABELS = "units", "labels"
"""Keys of `DataFrame.attrs` under which the units and labels of the columns travel with a table."""


@dataclass(frozen=True, slots=True)
class SeriesResult:
    """A table indexed by its keys, and what the reader decided and doubted."""

    frame: pd.DataFrame
    """Sorted and unique; years are whole numbers, other keys text; `attrs["units"]` has the units."""
    units: Mapping[str, str]
    decisions: tuple[Decision, ...]
    warnings: tuple[Problem, ...]
    stated: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """What to state so that a second reading decides nothing."""
    ledgers: tuple[RowLedger, ...] = ()
    """What became of every row of the file."""


def read_series_here(
    path: Path, *, keys: Sequence[str], sheet: str | None, reading: ReadOptions, limits: Limits
) -> SeriesResult:
    """Read a file as a table with the given keys in this process; see `read.read_series`."""
    last = keys[-1] if len(keys) > 1 else None
    names = tuple(keys[:1])
    table = read_table(path, sheet=sheet, names=names, reading=reading, limits=limits, lenient=True)
    findings = ReadingFindings(list(table.decisions), list(table.warnings))
    report_shared_words(table, findings)
    if last and has_years_in_labels(table, column_named(table, last)):
        table = by_labels(table, findings)
    # The index carries the names that were asked for, the file those of its columns.
    stated, keys = keys, [column_named(table, key) for key in keys]
    last = keys[-1] if len(keys) > 1 else None
    header = find_header(table, keys[0], last, findings, reading.header)
    hold_faults(table, header, keys, reading, findings)
    body = find_body(
        table,
        header,
        keys[0],
        findings,
        entities=reading.entities,
        leave_out=reading.leave_out,
    )
    if last and is_wide(header, last):
        body = unpivot(table, header, body, last, reading, findings)
        value = reading.value or table.sheet or DEFAULT_VALUE
        header = units_of_variables(table, header, value, findings)
    in_file = key_columns(table, body, keys, header.row, findings)
    index = _series_index(table, body, stated, in_file, findings)
    values = {name: cells for name, cells in body.columns.items() if name not in in_file}
    columns, units = type_columns(values, body.rows, table, reading, findings, header.units)
    warn_percents(table, header, header.units, units, findings)
    _refuse_twins(index, body.rows, table, findings)
    findings.stop_if_wrong(last=True)
    series = {n: pd.Series(c, index=index, dtype=c.dtype) for n, c in columns.items()}
    frame = pd.DataFrame(series, index=index).sort_index()
    frame.attrs[UNITS] = {**header.units, **units}
    frame.attrs[LABELS] = {n: label for n, label in table.labels.items() if n in frame}
    return SeriesResult(
        frame,
        MappingProxyType({**header.units, **units}),
        *drop_confirmed(findings, reading),
        options_to_state(table, header, findings, reading),
        ledgers_of(table, body.fates),
    )


def _series_index(
    table: RawTable, body: Body, keys: Sequence[str], in_file: list[str], findings: ReadingFindings
) -> pd.Index:
    levels: list[npt.NDArray[np.int64] | npt.NDArray[np.object_]] = []
    for name in in_file:
        cells = body.columns[name]
        column = ColumnFindings(table, name, body.rows, findings)
        # A heading with 年 may be of anything yearly: some of the first cells must be periods.
        has_years = any(parse_period(cell).value is not None for cell in list(cells)[:20])
        is_dated = has_years and IS_YEAR.search(name) is not None
        levels.append(read_periods(cells, column) if is_dated else read_entities(cells, column))
    findings.stop_if_wrong()
    if len(levels) == 1:
        return pd.Index(levels[0], name=keys[0])
    return pd.MultiIndex.from_arrays(levels, names=list(keys))


def _refuse_twins(
    index: pd.Index, rows: npt.NDArray[np.int64], table: RawTable, findings: ReadingFindings
) -> None:
    twice = index.duplicated(keep=False)
    groups: dict[object, list[int]] = {}
    for i in np.flatnonzero(twice).tolist():
        groups.setdefault(index[i], []).append(int(rows[i]))
    for key, numbers in list(groups.items())[:ERRORS_PER_COLUMN]:
        shown = " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
        findings.error(
            DUPLICATE_KEY,
            message("Rows {rows} carry the same key ({key}).", rows=listed(numbers), key=shown),
            Where(file=table.file, sheet=table.sheet, row=numbers[-1]),
            message("keep one row for each key."),
            DuplicateKey,
        )
