"""The sources of a first study: files with the same keys are one source, and all are read together."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from xinzhi.study.file.listing import data_files, year_of
from xinzhi.study.first.key_columns import NOTHING_WANTED, Wanted, find_tables
from xinzhi.study.first.left_out import (
    DataFile,
    FirstSource,
    Names,
    PartsLeftOut,
    columns_of,
    in_one_unit,
    with_listed_units,
    without_conflict,
    without_unreadable,
)
from xinzhi.study.gather.names import NEARLY_ALL
from xinzhi.study.gather.sources import read_sources
from xinzhi.study.result import Reading
from xinzhi.study.schema.sources import Join
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.errors import DataError, MissingColumn, Where
from xinzhi_core.problems import missing_column
from xinzhi_core.wording import Message
from xinzhi_panel.columns.indicators import OWN, Vocabulary, packaged, with_own
from xinzhi_panel.io.files import Files
from xinzhi_panel.io.recognise.cells import loose
from xinzhi_panel.places.names import REGISTERS, Identity, Register, Unidentified, identify, match
from xinzhi_panel.places.places import Matched, Unknown

KEYS = ("entity", "period")
ONE = "data"
"""Name of the source where there is one."""


@dataclass(frozen=True, slots=True)
class FirstTables:
    """The data of a first study."""

    sources: tuple[FirstSource, ...]
    reading: Reading
    register: Register | None
    join: Join
    """How files are joined: inner, unless they have no row in common."""
    reasons: Mapping[str, Message] = field(default_factory=dict)
    """Key -> why it is one."""
    left: tuple[PartsLeftOut, ...] = ()
    """What is not read, and why."""
    vocabulary: Vocabulary = field(default_factory=packaged)
    """What headings mean: the packaged vocabulary, with the entries beside the study or the data."""
    spellings: Mapping[str, str] = field(default_factory=dict)
    """Name that the register does not know -> a similar one that it knows, for a person to confirm."""

    @property
    def files(self) -> tuple[DataFile, ...]:
        """Files of all sources."""
        return tuple(file for source in self.sources for file in source.files)

    def options(self) -> dict[str, dict[str, object]]:
        """Give what stands under `sources` in the study file."""
        return {
            source.name: source.options(self.register, self.join, given=False)
            for source in self.sources
        }


def first_tables(
    given: Sequence[Path],
    folder: Path,
    *,
    sheet: str | None = None,
    read: Mapping[str, object] | None = None,
    sheets: Mapping[Path, Sequence[str]] | None = None,
    wanted: Wanted = NOTHING_WANTED,
    leaves_out: bool = False,
) -> FirstTables:
    """Find the keys of files and folders, group what belongs together, and read it.

    Parameters
    ----------
    read
        What is stated about all files, as `read` of a source.
    sheets
        File -> the sheets that are read of it, each as a table of its own.
    wanted
        Keys that a person named; a file that has no such column keeps those that are found.
    leaves_out
        Whether what cannot be read is left out, with the reason, as long as something can be.

    Raises
    ------
    DataError
        A file cannot be read, or has no column that names an entity; of files that may be left
        out, none can be read.
    """
    with Files(Path(), remembers=True) as store:
        # In one order, whoever was asked first about what.
        stated = {key: value for key, value in sorted((read or {}).items()) if value}
        tables = _first_tables(
            given, folder, sheet, stated, sheets or {}, wanted, store, leaves_out=leaves_out
        )
    return replace(tables, vocabulary=with_own(vocabulary_beside(given, folder) or folder))


def vocabulary_beside(given: Sequence[Path], folder: Path) -> Path | None:
    """Find the folder that holds `vocabulary.csv`: that of the study, or of its data."""
    beside = (path if path.is_dir() else path.parent for path in given)
    return next((place for place in (folder, *beside) if (place / OWN).is_file()), None)


def _first_tables(
    given: Sequence[Path],
    folder: Path,
    sheet: str | None,
    read: Mapping[str, object],
    sheets: Mapping[Path, Sequence[str]],
    wanted: Wanted,
    store: Files,
    *,
    leaves_out: bool,
) -> FirstTables:
    listed, left = _list_files(given, folder, sheet, sheets, wanted)
    if leaves_out:
        listed, more = without_unreadable(listed, read, store)
        left = [*left, *more]
    # What is about the data is left out without asking, as long as there are data.
    asked = [one for one in left if not ((leaves_out or one.is_about) and listed)]
    if refused := [problem for one in asked for problem in one.errors]:
        raise DataError(refused)
    _refuse_unknown_keys(listed, wanted)
    grouped = _group_files(listed, given, folder)
    sources = tuple(replace(source, read=read) for source in grouped)
    for one in left:
        sources = tuple(with_listed_units(source, one.units) for source in sources)
    while True:
        try:
            register = _register(sources, store) if len(listed) > 1 else None
            reading, join = _read_together(sources, register, store)
            break
        except DataError as error:
            mended = in_one_unit(sources, error) or (
                without_conflict(sources, error) if leaves_out else None
            )
            if mended is None:
                raise
            sources, gone = mended
            left = [*left, *gone]
    sources = tuple(_with_units_read(source, reading) for source in sources)
    warnings = (*(one.as_warning() for one in left), *reading.warnings)
    return FirstTables(
        sources,
        replace(reading, warnings=warnings),
        register,
        join,
        reasons={key: why for source in sources for key, why in source.keys.reasons.items()},
        left=tuple(left),
        spellings=_spellings(reading, register),
    )


def _with_units_read(source: FirstSource, reading: Reading) -> FirstSource:
    """State the units to which sheets were converted, so that next year's sheet changes none of it."""
    units: dict[str, str] = {}
    for file in reading.files:
        stated = file.stated.get("units") if file.name == source.name else None
        units.update(stated if isinstance(stated, Mapping) else {})
    return replace(source, read={**source.read, "units": units}) if units else source


def _refuse_unknown_keys(files: Sequence[DataFile], wanted: Wanted) -> None:
    """Refuse a key that a person named and no file has."""
    have = [[loose(key) for f in files if (key := getattr(f.keys, word))] for word in KEYS]
    problems = [
        missing_column(str(named), sorted(columns_of(files)), Where(key=f"--{word}"))
        for word, keys in zip(KEYS, have, strict=True)
        if (named := getattr(wanted, word)) and loose(named) not in keys
    ]
    if problems:
        raise MissingColumn(problems)


def _list_files(
    given: Sequence[Path],
    folder: Path,
    sheet: str | None,
    sheets: Mapping[Path, Sequence[str]],
    wanted: Wanted,
) -> tuple[list[DataFile], list[PartsLeftOut]]:
    """List the tables of the files, each with its keys and with its place in the study."""
    listed: list[DataFile] = []
    left: list[PartsLeftOut] = []
    for path in given:
        inside = [path / name for name in data_files(path)[0]] if path.is_dir() else [path]
        for file, chosen in (
            (path_inside, name)
            for path_inside in inside
            for name in sheets.get(path_inside, (None,))
        ):
            base = path.parent if path.is_dir() else file.parent
            written = _place(file, folder, base)
            try:
                tables, others = find_tables(file, sheet=chosen or sheet, wanted=wanted)
            except DataError as error:
                left.append(PartsLeftOut(file, written, error.problems))
                continue
            left += (
                PartsLeftOut(
                    file,
                    written,
                    (one.reason(file.name),),
                    sheet=one.sheet,
                    is_about=one.is_about,
                    units=one.units,
                )
                for one in others
                if one.is_data
            )
            for keys in tables:
                is_chosen = len(tables) > 1 or (sheet is not None and keys.sheet == sheet)
                listed.append(
                    DataFile(file, written, keys, chosen or (keys.sheet if is_chosen else None))
                )
    return listed, left


def _place(file: Path, folder: Path, base: Path) -> str:
    """Place of a file in the study: where it lies if that is inside, else copied beside the study file."""
    whole, study = Path(os.path.realpath(file)), Path(os.path.realpath(folder))
    if whole.is_relative_to(study):
        return whole.relative_to(study).as_posix()
    return whole.relative_to(Path(os.path.realpath(base))).as_posix()


def _group_files(
    files: Sequence[DataFile], given: Sequence[Path], folder: Path
) -> tuple[FirstSource, ...]:
    """Put files with the same keys into one source; wide tables take the name of periods of the others."""
    named = [file.keys.period for file in files if file.keys.period and not file.keys.is_wide]
    groups: dict[tuple[str, str | None, bool, str], list[DataFile]] = {}
    for file in files:
        period, in_name = file.keys.period, False
        if file.keys.is_wide and named:
            period = named[0]
        elif period is None and len(files) > 1 and year_of(file.written):
            period, in_name = (named or [_name_period(file.keys.entity)])[0], True
        keyed = replace(file, keys=replace(file.keys, period=period))
        groups.setdefault((file.keys.entity, period, in_name, file.alone), []).append(keyed)
    folders = [str(PurePath(_place(path, folder, path.parent))) for path in given if path.is_dir()]
    sources: list[FirstSource] = []
    for (_, _, in_name, _), mine in groups.items():
        whole = next((f for f in folders if _is_whole(f, mine, files)), "")
        name = ONE if len(groups) == 1 else _name(mine[0], [s.name for s in sources])
        sources.append(FirstSource(name, tuple(mine), whole, in_name))
    return tuple(sources)


def _name_period(entity: str) -> str:
    return "年份" if not entity.isascii() else "year"


def _is_whole(folder: str, mine: Sequence[DataFile], files: Sequence[DataFile]) -> bool:
    """Whether a source is made of all files of a folder and of no others."""
    inside = [f.written for f in files if str(PurePath(f.written).parent) == folder]
    return inside == [file.written for file in mine]


def _name(file: DataFile, used: Sequence[str]) -> str:
    """Call a source after its first file, or the sheet that was chosen."""
    stem = (file.sheet or PurePath(file.written).stem).replace(".", "_")
    name, number = stem, 2
    while name in used:
        name, number = f"{stem}_{number}", number + 1
    return name


def _register(sources: Sequence[FirstSource], store: Files) -> Register | None:
    """Find the register that knows nearly all names, where files differ in them."""
    # Joined on all rows, so that names which differ show instead of being left out.
    as_written = read_sources(_spec(sources, "text", "outer"), store)
    if as_written.coverage is None or not as_written.coverage.partial:
        return None
    # Rows of provinces among cities, and of cities that are no more, say nothing against the register.
    everything = as_written.panel.entities
    cities = [name for name in everything if not _is_other_place(name)]
    names = cities if 2 * len(cities) > len(everything) else everything
    for register in REGISTERS:
        places = identify(((name, None, None) for name in names), register).found
        n_known = sum(isinstance(place, Identity) for place in places.values())
        if n_known >= NEARLY_ALL * len(names):
            return register
    return None


def _spellings(reading: Reading, register: Register | None) -> dict[str, str]:
    """Find names that look like misspelt ones: a place that is known, now or formerly, is not one."""
    if register is None or reading.coverage is None:
        return {}
    spellings = {}
    for entity in reading.coverage.partial:
        names = ((entity.entity, None, None), (entity.nearest, None, None))
        mine, other = identify(names, register).found.values() if entity.nearest else (None, None)
        is_slip = isinstance(mine, Unidentified) and not is_known_place(entity.entity)
        if is_slip and isinstance(other, Identity):
            spellings[entity.entity] = entity.nearest
    return spellings


def _is_other_place(name: str) -> bool:
    """Whether a name is a place of China, but for sure no prefecture of today."""
    return is_known_place(name) and not isinstance(match(name), Matched)


def is_known_place(name: str) -> bool:
    """Whether a name is that of a place of China of any rank and time, and so no slip for another one.

    >>> is_known_place("巢湖市"), is_known_place("莱芜"), is_known_place("昆山市"), is_known_place("芜胡市")
    (True, True, True, False)
    """
    found = match(name)
    return not isinstance(found, Unknown) or found.reason not in {"name", "empty", "code"}


def _read_together(
    sources: Sequence[FirstSource], register: Register | None, store: Files
) -> tuple[Reading, Join]:
    """Read all files, joined on the rows that all have; on all rows where they have none in common."""
    try:
        return read_sources(_spec(sources, register, "inner"), store), "inner"
    except DataError as error:
        if all(problem.code != "files.nothing_common" for problem in error.problems):
            raise
        return read_sources(_spec(sources, register, "outer"), store), "outer"


def _spec(sources: Sequence[FirstSource], names: Names | None, join: Join) -> StudySpec:
    """Write the part of the study file that reads data."""
    spec: StudySpec = StudySpec.model_validate(
        {
            "title": "first",
            "sources": {s.name: s.options(names, join, given=True) for s in sources},
            "panel": {"from": [source.name for source in sources], "join": join},
        }
    )
    return spec
