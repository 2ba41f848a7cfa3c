"""What a first study leaves out: files, sheets and columns that cannot be read, each with its reason.

A file that cannot be read takes no other with it. Where only columns of it are wrong, the rest of the
file is read; where two files contradict each other, the later one gives way, column by column.

The files of a first study, and the sources that they make.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from xinzhi.study.first.key_columns import TableKeys, tables_in
from xinzhi.study.gather.tables import understood
from xinzhi.study.schema.sources import HowToRead, Join
from xinzhi_core.errors import DataError, Problem, StudyError
from xinzhi_core.wording import Message, Wording, listed, message
from xinzhi_panel.io.files import Files
from xinzhi_panel.io.raw import RawTable, ReadingFindings
from xinzhi_panel.io.recognise.cells import cell_text, loose, split_unit
from xinzhi_panel.io.recognise.layout import SEARCHED, Header, find_header, position_of
from xinzhi_panel.io.recognise.sheet_units import factor_between
from xinzhi_panel.io.recognise.wide import variable_and_year
from xinzhi_panel.places.names import Register

Names = Register | Literal["text"]


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of data, where it is and where the study will have it."""

    given: Path
    written: str
    """From the folder of the study file."""
    keys: TableKeys
    sheet: str | None = None
    """The sheet that was chosen, where a workbook holds several tables."""
    columns: tuple[str, ...] = ()
    """Columns that are read, where one of the file cannot be."""

    @property
    def alone(self) -> str:
        """What keeps it a source of its own: a sheet, a choice of sheets or of columns."""
        chosen = (self.sheet or "", *self.keys.sheets, *self.columns)
        return "/".join((self.written, *chosen)) if any(chosen) else ""


@dataclass(frozen=True, slots=True)
class FirstSource:
    """Files with the same keys."""

    name: str
    files: tuple[DataFile, ...]
    folder: str = ""
    """The folder that holds exactly these files, as the study will have it."""
    period_in_names: bool = False
    """Whether the names of the files tell the period."""
    read: Mapping[str, object] = field(default_factory=dict)
    """What is stated about its files, as `read` of a source."""

    @property
    def keys(self) -> TableKeys:
        """Keys of all its files."""
        return self.files[0].keys

    def options(self, names: Names | None, join: Join, *, given: bool) -> dict[str, object]:
        """Write the options of the study file, with the paths that were given or those of the study."""
        paths = [str(file.given) if given else file.written for file in self.files]
        several = len(paths) > 1
        as_list = several or self.period_in_names
        options: dict[str, object] = {"files": paths} if as_list else {"file": paths[0]}
        if several and self.folder and not given:
            options["files"] = self.folder
        options["entity"] = self.keys.entity
        if self.keys.period:
            options["period"] = self.keys.period
        if self.period_in_names:
            options["period_from"] = "file_name"
        if self.keys.sheet and not several:
            options["sheet"] = self.keys.sheet
        if self.files[0].columns:
            options["columns"] = list(self.files[0].columns)
        if names:
            options["names"] = names
        if several:
            options["join"] = join
        stated = {"sheets": self.keys.sheets} if self.keys.sheets else {}
        if self.read or stated:
            options["read"] = {**self.read, **stated}
        return options


TRIED = 3
"""Times that a file is read with fewer columns: errors of cells come before those of values."""
UNITS = "files.units"
DIFFER = "files.differ"


@dataclass(frozen=True, slots=True)
class PartsLeftOut:
    """A file, a sheet or columns of a file that are not read."""

    file: Path
    written: str
    """Place of the file in the study."""
    errors: tuple[Problem, ...]
    sheet: str = ""
    columns: tuple[str, ...] = ()
    source: FirstSource | None = None
    """The source that it would be, for the study file."""
    is_about: bool = False
    """Whether it holds words about the data: it is left out without asking."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Column -> unit, where it lists them."""

    @property
    def place(self) -> Wording:
        """Say what is left out."""
        if self.columns:
            return message(
                "{file}: columns {columns}",
                one="{file}: column {columns}",
                n=len(self.columns),
                file=self.written,
                columns=listed(list(self.columns)),
            )
        if self.sheet:
            return message("{file}: sheet {sheet}", file=self.written, sheet=self.sheet)
        return self.written

    @property
    def why(self) -> Wording:
        """Say why, with the first reason and the number of the others."""
        first = self.errors[0]
        if len(self.errors) == 1:
            return first.what
        return message("{why} (and {n} more)", why=first.what, n=len(self.errors) - 1)

    @property
    def remedy(self) -> Wording | None:
        """Say what helps."""
        return self.errors[0].remedy or None

    def as_warning(self) -> Problem:
        """Warn of it where the rest is read."""
        text = message("{place} is left out: {why}", place=self.place, why=self.why)
        return replace(self.errors[0], code="init.left_out", what=text, severity="warning")


def columns_of(files: Sequence[DataFile]) -> set[str]:
    """Name the columns of files."""
    return {name for file in files for _, header in _headers(file) for name in header.names}


def without_unreadable(
    files: Sequence[DataFile], read: Mapping[str, object], store: Files
) -> tuple[list[DataFile], list[PartsLeftOut]]:
    """Try each file by itself; leave out the columns that cannot be read, or the file."""
    readable: list[DataFile] = []
    left: list[PartsLeftOut] = []
    for file in files:
        found, out = _readable(file, read, store)
        readable += [found] if found else []
        left += out
    return readable, left


def _readable(
    file: DataFile, read: Mapping[str, object], store: Files
) -> tuple[DataFile | None, list[PartsLeftOut]]:
    """Give what can be read of a file, and what cannot."""
    left: list[PartsLeftOut] = []
    fewer = file
    for attempt in range(TRIED):
        try:
            _try(fewer, read, store)
        except StudyError as error:
            bad = _columns_with(fewer, error.problems)
            stay = tuple(name for name in _columns_read(fewer) if name not in bad)
            if not bad or not stay or attempt == TRIED - 1:
                return None, [_file_left_out(file, error.problems)]
            left.append(PartsLeftOut(file.given, file.written, error.problems, columns=tuple(bad)))
            fewer = replace(fewer, columns=stay)
        else:
            break
    return fewer, left


def _file_left_out(file: DataFile, problems: Sequence[Problem]) -> PartsLeftOut:
    source = FirstSource(Path(file.written).stem, (file,))
    return PartsLeftOut(file.given, file.written, tuple(problems), file.sheet or "", source=source)


def _try(file: DataFile, read: Mapping[str, object], store: Files) -> None:
    keys = file.keys
    stated = {"sheets": keys.sheets} if keys.sheets else {}
    reading = HowToRead.model_validate({**read, **stated}).reading()
    sheet = keys.sheet if not keys.sheets else None
    understood(
        file.given.absolute(),
        store,
        entity=keys.entity,
        period=keys.period,
        sheet=sheet,
        reading=replace(reading, columns=file.columns),
    )


def _columns_read(file: DataFile) -> list[str]:
    """List the columns of a file but for its keys, those that are chosen if some are."""
    keys = {loose(key) for key in (file.keys.entity, file.keys.period) if key}
    names = [name for _, header in _headers(file) for name in header.names]
    return [*file.columns] or [n for n in dict.fromkeys(names) if loose(n) not in keys]


def _columns_with(file: DataFile, problems: Sequence[Problem]) -> dict[str, None]:
    """Find the columns in which everything lies that is wrong; none where more than columns is wrong.

    A year of a wide table is not a column that could be missed.
    """
    if file.keys.is_wide:
        return {}
    headers = _headers(file)
    keys = {loose(key) for key in (file.keys.entity, file.keys.period) if key}
    bad: dict[str, None] = {}
    for problem in problems:
        name = problem.where.column
        for table, header in headers:
            if problem.where.sheet in (None, table.sheet) and problem.where.cell:
                places = dict(zip(header.positions, header.names, strict=True))
                name = places.get(position_of(table, problem.where.cell) or 0, name)
                # Above the data nothing is a value.
                name = None if (problem.where.row or 0) <= header.row else name
        known = {loose(n): n for _, header in headers for n in header.names}
        column = known.get(loose(name)) if name else None
        if column is None or loose(column) in keys:
            return {}
        bad[column] = None
    return bad


def _headers(file: DataFile) -> list[tuple[RawTable, Header]]:
    """Find the headings of the tables of a file."""
    headers: list[tuple[RawTable, Header]] = []
    for table in tables_in(file.given, file.keys.sheet):
        if file.keys.sheets and table.sheet not in file.keys.sheets:
            continue
        texts = {cell_text(cell) for row in table.rows[:SEARCHED] for cell in row}
        folded = {loose(text) for text in texts} | {loose(split_unit(text)[0]) for text in texts}
        keys = [k for k in (file.keys.entity, file.keys.period) if k and loose(k) in folded]
        try:
            first, *second = keys
            found = find_header(table, first, next(iter(second), None), ReadingFindings())
        except (DataError, ValueError):
            continue
        headers.append((table, found))
    return headers


Mended = tuple[tuple[FirstSource, ...], list[PartsLeftOut]]


def in_one_unit(sources: Sequence[FirstSource], error: DataError) -> Mended | None:
    """State the unit of columns that files have in several units of one thing, the one of the later file."""
    units: dict[str, str] = {}
    for problem in error.problems:
        if problem.code != UNITS or not isinstance(problem.what, Message):
            continue
        said = problem.what.values
        column, unit, other = (str(said[key]) for key in ("column", "unit", "other"))
        if factor_between(unit, other) is not None:
            units[column] = other
    changed = tuple(with_units(source, units) for source in sources)
    return None if changed == tuple(sources) else (changed, [])


def with_units(source: FirstSource, units: Mapping[str, str]) -> FirstSource:
    """State the units of the columns of a source."""
    stated = source.read.get("units", {})
    assert isinstance(stated, Mapping)
    names = {loose(name) for file in source.files for name in columns_of([file])}
    mine = {name: unit for name, unit in units.items() if loose(name) in names}
    if not mine:
        return source
    return replace(source, read={**source.read, "units": {**stated, **mine}})


def with_listed_units(source: FirstSource, units: Mapping[str, str]) -> FirstSource:
    """State units that a sheet lists, of the columns that have none in their heading; those across years by variable."""
    headers = [header for file in source.files for _, header in _headers(file)] if units else []
    names, known = (
        {loose((variable_and_year(name) or (name,))[0]) for each in some for name in each}
        for some in ([one.names for one in headers], [one.units for one in headers])
    )
    mine = {name: unit for name, unit in units.items() if loose(name) in names - known}
    return replace(source, read={**source.read, "units": mine}) if mine else source


def without_conflict(sources: Sequence[FirstSource], error: DataError) -> Mended | None:
    """Leave out what stands against the other files: a column in which two differ, or a whole file."""
    for problem in error.problems:
        for source in sources:
            file = next((f for f in source.files if f.given.name == problem.where.file), None)
            if file is None:
                continue
            rest = tuple(other for other in source.files if other is not file)
            others = [one for one in sources if one is not source]
            if problem.code in (DIFFER, UNITS) and problem.where.column:
                stay = tuple(
                    name
                    for name in _columns_read(file)
                    if loose(name) != loose(problem.where.column)
                )
                if stay and len(stay) < len(_columns_read(file)):
                    return _split(sources, source, file, stay, problem)
            if not rest and not others:
                return None
            keep = [replace(source, files=rest, folder="")] if rest else []
            gone = _file_left_out(file, [problem])
            changed = tuple(one for s in sources for one in (keep if s is source else [s]))
            return changed, [gone]
    return None


def _split(
    sources: Sequence[FirstSource],
    source: FirstSource,
    file: DataFile,
    stay: tuple[str, ...],
    problem: Problem,
) -> Mended:
    """Make a file with fewer columns a source of its own."""
    rest = tuple(other for other in source.files if other is not file)
    fewer = replace(
        source,
        name=Path(file.written).stem.replace(".", "_") if rest else source.name,
        files=(replace(file, columns=stay),),
        folder="",
    )
    mine = [replace(source, files=rest, folder="")] if rest else []
    changed = tuple(one for s in sources for one in ([*mine, fewer] if s is source else [s]))
    column = str(problem.where.column)
    return changed, [PartsLeftOut(file.given, file.written, (problem,), columns=(column,))]
