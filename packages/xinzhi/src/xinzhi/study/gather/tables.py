"""Read every file of the panel's sources, each on its own: one that cannot be read hides no other.

Figures in the units that the study file states: what a file gives in another unit is converted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import pandas as pd

from xinzhi.study.file.listing import Listing, files_of, year_of
from xinzhi.study.schema.sources import Source
from xinzhi_core.errors import DataError, Problem, StudyError, Where, suggestion
from xinzhi_core.panel.checks import check_panel
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel, panel_of
from xinzhi_core.problems import MISSING_COLUMN, WIDE_TABLE
from xinzhi_core.wording import Label, message
from xinzhi_panel.io.files import Files
from xinzhi_panel.io.raw import Decision, ReadOptions
from xinzhi_panel.io.read import ReadResult, read_panel, read_table
from xinzhi_panel.io.recognise.cells import cell_text, loose, split_unit
from xinzhi_panel.io.recognise.rows.left_out import no_such_row, unused
from xinzhi_panel.io.recognise.sheet_units import factor_between
from xinzhi_panel.io.row_ledger import RowLedger


def in_stated_units(result: ReadResult, source: Source, name: str) -> ReadResult:
    """Convert the figures of a file to the units that `read.units` of its source states.

    Raises
    ------
    DataError
        The unit in the file is that of another thing.
    """
    panel = result.panel
    decisions = list(result.decisions)
    problems: list[Problem] = []
    for column, unit in source.read.units.items():
        own = next((c for c in map(str, panel.frame.columns) if loose(c) == loose(column)), None)
        if own is None:
            continue
        given = panel.units.get(own)
        factor = factor_between(given, unit) if given else 1.0
        where = Where(file=panel.source, column=own)
        if factor is None:
            text = message(
                "'{column}' is in {unit} in {file}, which cannot be converted to {other}.",
                column=own,
                unit=given,
                file=panel.source,
                other=unit,
            )
            remedy = message("state another unit under `sources.{source}.read.units`.", source=name)
            problems.append(Problem("units.stated", text, where, remedy))
            continue
        if factor != 1.0:
            values = panel.frame[own]
            inverse = round(1 / factor)
            # Division by a whole number is exact to the last digit.
            again = values / inverse if 1 / factor == inverse else values * factor
            panel = replace(panel, frame=panel.frame.assign(**{own: again}))
            text = message(
                "'{column}' of {file} is in {unit}: its figures were multiplied by {factor}, to be in {other}.",
                column=own,
                file=panel.source,
                unit=given,
                factor=f"{factor:.10g}",
                other=unit,
            )
            decisions.append(Decision(text, where, int(values.notna().sum()), "units.converted"))
        labels = {own: _in_unit(label, given, unit)} if (label := panel.labels.get(own)) else {}
        units = {**panel.units, own: unit}
        panel = replace(panel, units=units, labels={**panel.labels, **labels})
    if problems:
        raise DataError(problems)
    return replace(result, panel=panel, decisions=tuple(decisions))


def _in_unit(label: Label, given: str | None, unit: str) -> Label:
    """Give a heading its new unit: 地区生产总值（万元） becomes 地区生产总值（亿元）."""
    if not given:
        return label
    zh, en = (text and text.replace(given, unit) for text in (label.zh, label.en))
    return replace(label, zh=zh, en=en)


def unused_units(name: str, source: Source, tables: Sequence[FileTable]) -> Iterator[Problem]:
    """Refuse a unit of a column that no file of the source has."""
    headings = sorted({heading for table in tables for heading in table.headings})
    have = {loose(heading) for heading in headings}
    have |= {loose(column) for table in tables for column in table.panel.frame.columns}
    for column in source.read.units:
        if loose(column) not in have and loose(source.columns.get(column, column)) not in have:
            yield Problem(
                MISSING_COLUMN,
                message("Column '{name}' is not in the data.", name=column),
                Where(key=f"sources.{name}.read.units.{column}"),
                suggestion(column, headings),
            )


SEARCHED = 60


@dataclass(frozen=True, slots=True, eq=False)
class FileTable:
    """One file of a source, as a panel."""

    source: str
    """Name under `sources`."""
    path: str
    """From the folder of the study file."""
    panel: Panel
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[Problem, ...] = ()
    stated: Mapping[str, object] | None = None
    headings: tuple[str, ...] = ()
    """Names of the columns as they stand in the file."""
    n_rows: int = 0
    ledgers: tuple[RowLedger, ...] = ()
    """What became of every row of the file."""

    @property
    def file(self) -> str:
        """Name of the file, for messages."""
        return PurePath(self.path).name

    @property
    def entities(self) -> tuple[str, ...]:
        """Entities of the table, in sorted order."""
        return self.panel.entities


@dataclass(frozen=True, slots=True)
class Unread:
    """A file whose cells are wrong: its entities, as far as they can be seen."""

    source: str
    path: str
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FileTables:
    """The files of all sources of the panel."""

    tables: tuple[FileTable, ...]
    problems: tuple[Problem, ...]
    """Why files could not be read."""
    warnings: tuple[Problem, ...]
    unread: tuple[Unread, ...]


def read_tables(sources: Mapping[str, Source], files: Files) -> FileTables:
    """Read the files of sources; gather what is wrong with each."""
    tables: list[FileTable] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    unread: list[Unread] = []
    for name, source in sources.items():
        listing = files_of(source, files.folder)
        problems += listing.problems(name)
        warnings += listing.warnings(name)
        paths, again = _drop_copies(name, source, listing, files)
        (problems if source.period_from == "file_name" else warnings).extend(again)
        read: list[FileTable] = []
        for path in paths:
            try:
                read.append(_read(name, source, path, files, several=len(paths) > 1))
            except StudyError as error:
                problems += (_add_remedy(p, source, path) for p in error.problems)
                # Its names are compared with the others all the same: a wrong cell hides no misspelling.
                unread.append(Unread(name, path, _read_entities(source, path, files)))
        # A column that was chosen may be in the file that could not be read.
        if len(read) == len(paths):
            problems += _missing_columns(name, source, read)
            problems += _missing_rows(name, source, read)
            problems += unused_units(name, source, read)
        tables += read
    seen = tuple(file for file in unread if file.entities)
    return FileTables(tuple(tables), tuple(problems), tuple(warnings), seen)


def _drop_copies(
    name: str, source: Source, listing: Listing, files: Files
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Leave out files with the bytes of an earlier one; where names tell the period, refuse them."""
    seen: dict[str, str] = {}
    again: list[Problem] = []
    paths: list[str] = []
    refused = source.period_from == "file_name"
    for path in listing.paths:
        digest = files.take(path).sha256  # empty for a file that is not there: reading it says so
        first = seen.setdefault(digest, path) if digest else path
        if first == path and path not in paths:
            paths.append(path)
            continue
        again.append(
            Problem(
                "files.twice",
                message(
                    "The files {first} and {second} have the same content.",
                    first=first,
                    second=path,
                ),
                Where(file=PurePath(path).name, key=f"sources.{name}.files"),
                message("one of them holds another year's figures under its name: replace it.")
                if refused
                else message("it is read once; remove one of them."),
                severity="error" if refused else "warning",
            )
        )
    return tuple(paths), tuple(again)


def _read(name: str, source: Source, path: str, files: Files, *, several: bool) -> FileTable:
    """Read one file and give its columns the names that the study uses."""
    in_file = source.columns.get
    dated = source.period_from == "column" and source.period is not None
    result = understood(
        path,
        files,
        entity=in_file(str(source.entity), str(source.entity)),
        period=in_file(str(source.period), str(source.period)) if dated else None,
        sheet=source.sheet,
        reading=replace(source.read.reading(), columns=tuple(source.columns.values())),
    )
    as_panel = frozenset(check_panel(result.panel))
    result = in_stated_units(result, source, name)
    table = FileTable(
        name,
        path,
        result.panel,
        result.decisions,
        # Doubts about rows as a panel are raised again for the rows of the study.
        tuple(warning for warning in result.warnings if warning not in as_panel),
        result.stated,
        tuple(result.columns),
        len(result.panel.frame),
        result.ledgers,
    )
    if source.columns:
        table = _choose_columns(table, source, result)
    elif several:
        table = _name_values(table, source, result)
    if source.period_from == "file_name":
        table = _date_rows(table, name)
    return table


def understood(
    path: str | Path,
    files: Files,
    *,
    entity: str,
    period: str | None,
    sheet: str | None,
    reading: ReadOptions,
) -> ReadResult:
    """Read a file as a panel; of files that remember, once for each way of reading it."""
    whole = files.take(path).path
    return files.understood(
        repr((str(whole), entity, period, sheet, reading)),
        lambda: read_panel(whole, entity=entity, period=period, sheet=sheet, reading=reading),
    )


def _choose_columns(table: FileTable, source: Source, result: ReadResult) -> FileTable:
    """Give the chosen columns their new names; one that this file has not is looked for in others."""
    columns = {loose(heading): column for heading, column in result.columns.items()}
    columns |= {loose(column): column for column in result.columns.values()}
    names = {
        columns[loose(old)]: new for new, old in source.columns.items() if loose(old) in columns
    }
    return replace(
        table,
        panel=_rename_columns(table.panel, names),
        warnings=tuple(_also_about(w, columns, names) for w in table.warnings),
    )


def _also_about(warning: Problem, columns: Mapping[str, str], names: Mapping[str, str]) -> Problem:
    """Add the name that a study gives a column to a warning that has the name in the file."""
    in_file = filter(None, (warning.where.column, *warning.beside))
    new = (names.get(columns.get(loose(name), name)) for name in in_file)
    more = tuple(name for name in dict.fromkeys(new) if name)
    return replace(warning, beside=(*warning.beside, *more)) if more else warning


def _rename_columns(panel: Panel, names: Mapping[str, str]) -> Panel:
    """Rename columns, with their labels and units."""
    return replace(
        panel,
        frame=panel.frame.rename(columns=dict(names)),
        labels={names.get(column, column): label for column, label in panel.labels.items()},
        units={names.get(column, column): unit for column, unit in panel.units.items()},
    )


def _name_values(table: FileTable, source: Source, result: ReadResult) -> FileTable:
    """Call the values of a wide table after its file, unit apart, where several have such values."""
    value = result.stated.get("value")
    if source.read.value or not isinstance(value, str) or value not in table.panel.frame:
        return table
    stem, unit = split_unit(PurePath(table.path).stem)
    names = {value: stem}
    panel = _rename_columns(table.panel, names)
    if unit:
        panel = replace(panel, units={stem: unit, **panel.units})
    named = Decision(
        message("The values of the table are called '{name}', after its file.", name=stem),
        Where(file=table.file, column=stem),
        code="files.value_name",
    )
    return replace(
        table,
        panel=panel,
        decisions=(*table.decisions, named),
        warnings=tuple(_also_about(w, {}, names) for w in table.warnings if w.code != WIDE_TABLE),
    )


def _date_rows(table: FileTable, name: str) -> FileTable:
    """Give all rows of a file the year in its name."""
    year = year_of(table.path)
    if year is None:
        raise DataError(
            Problem(
                "files.no_year",
                message("The name of the file does not hold exactly one year."),
                Where(file=table.file, key=f"sources.{name}.period_from"),
                message("call it by its year, such as 2019.xlsx."),
            )
        )
    entities = table.panel.frame.index.get_level_values(ENTITY)
    dated = with_index(table.panel, entities, [year] * len(entities), has_periods=True)
    decision = Decision(
        message("The year {year} was taken from the name of the file.", year=year),
        Where(file=table.file, period=year),
        code="files.year_of_name",
    )
    return replace(table, panel=dated, decisions=(*table.decisions, decision))


def with_index(
    panel: Panel, entities: Iterable[str], periods: Iterable[int], *, has_periods: bool
) -> Panel:
    """Give the rows of a panel other keys, which must name each row once."""
    index = pd.MultiIndex.from_arrays([list(entities), list(periods)], names=[ENTITY, PERIOD])
    return panel_of(
        panel.frame.set_axis(index, axis=0),
        labels=panel.labels,
        units=panel.units,
        origins=panel.origins,
        rows=panel.rows,
        source=panel.source,
        has_periods=has_periods,
        keys=panel.keys,
    )


def _add_remedy(problem: Problem, source: Source, path: str) -> Problem:
    """Say what helps where a file among several has no column of periods but a year in its name."""
    lacks = problem.code == MISSING_COLUMN and str(source.period) in str(problem.what)
    if not (lacks and source.files and year_of(path) and source.period_from == "column"):
        return problem
    remedy = message("if the name of each file tells its year, add `period_from: file_name`.")
    return replace(problem, remedy=remedy)


def _missing_columns(name: str, source: Source, tables: list[FileTable]) -> Iterator[Problem]:
    """Refuse chosen columns that no file of the source has."""
    have = {str(column) for table in tables for column in table.panel.frame.columns}
    keys = {source.entity, source.period}
    headings = sorted({heading for table in tables for heading in table.headings})
    for new, old in source.columns.items():
        if new not in have and new not in keys:
            yield Problem(
                MISSING_COLUMN,
                message("Column '{name}' is not in the data.", name=old),
                Where(
                    file=tables[0].file if len(tables) == 1 else None,
                    key=f"sources.{name}.columns.{new}",
                ),
                suggestion(old, headings),
            )


def _missing_rows(name: str, source: Source, tables: list[FileTable]) -> Iterator[Problem]:
    """Refuse entities to be left out that no file of the source has."""
    entities = sorted({entity for table in tables for entity in table.entities})
    decisions = [decision for table in tables for decision in table.decisions]
    for entity in unused(source.read.leave_out, decisions):
        yield no_such_row(entity, entities, f"sources.{name}.read.leave_out")


def _read_entities(source: Source, path: str, files: Files) -> tuple[str, ...]:
    """Read the names of entities of a file whose cells are wrong; nothing where that fails too."""
    wanted = loose(source.columns.get(str(source.entity), str(source.entity)))
    try:
        table = read_table(files.take(path).path, sheet=source.sheet, names=(str(source.entity),))
    except StudyError:
        return ()
    for number, row in enumerate(table.rows[:SEARCHED]):
        texts = [cell_text(cell) for cell in row]
        places = [
            place
            for place, text in enumerate(texts)
            if wanted in (loose(text), loose(split_unit(text)[0] or text))
        ]
        if places:
            below = (row[places[0]] for row in table.rows[number + 1 :] if places[0] < len(row))
            return tuple(dict.fromkeys(filter(None, map(cell_text, below))))
    return ()
