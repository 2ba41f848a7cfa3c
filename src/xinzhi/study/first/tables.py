"""The sources of a first study: files with the same keys are one source, and all are read together.

A first study file for somebody's data: roles proposed, each with its reason, in the person's language.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from xinzhi.columns.indicators import OWN, Vocabulary, packaged, sizes, with_own
from xinzhi.columns.kinds import price_basis
from xinzhi.columns.meaning import HeadingReading
from xinzhi.columns.seen import is_share
from xinzhi.errors import DataError, MissingColumn, Where
from xinzhi.io.files import Files
from xinzhi.io.recognise.cells import has_chinese, loose
from xinzhi.panel.panel import Panel
from xinzhi.places.boundaries import place
from xinzhi.places.names import REGISTERS, Identity, Register, Unidentified, identify, match
from xinzhi.places.places import Matched, Unknown
from xinzhi.places.strangers import judge
from xinzhi.problems import missing_column
from xinzhi.study.file.listing import data_files, year_of
from xinzhi.study.first.key_columns import NOTHING_WANTED, Wanted, find_tables
from xinzhi.study.first.left_out import (
    DataFile,
    FirstSource,
    Names,
    PartsLeftOut,
    columns_of,
    in_one_unit,
    without_conflict,
    without_unreadable,
)
from xinzhi.study.first.preparation import Preparation, prepared
from xinzhi.study.first.roles import (
    NOTHING_NAMED,
    SCORE,
    Candidates,
    NamedRoles,
    ProposedRoles,
    candidates,
    columns_listed,
    meaning_of,
    mechanism,
    propose_roles,
    tables_of,
)
from xinzhi.study.first.yaml_text import beside, flow, offer, option, options, quoted, words
from xinzhi.study.gather.dissolved import DISSOLVED
from xinzhi.study.gather.names import NEARLY_ALL
from xinzhi.study.gather.sources import read_sources
from xinzhi.study.result import Reading
from xinzhi.study.schema.sources import Join
from xinzhi.study.schema.study import StudySpec
from xinzhi.wording import Label, Language, Message, listed, message, say

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
        tables = _first_tables(
            given, folder, sheet, read or {}, sheets or {}, wanted, store, leaves_out=leaves_out
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
    if refused := [p for one in left if not (leaves_out and listed) for p in one.errors]:
        raise DataError(refused)
    _refuse_unknown_keys(listed, wanted)
    grouped = _group_files(listed, given, folder)
    sources = tuple(replace(source, read=read) for source in grouped)
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
                PartsLeftOut(file, written, (one.reason(file.name),), sheet=one.sheet)
                for one in others
                if one.is_data
            )
            for keys in tables:
                of_several = keys.sheet if len(tables) > 1 else None
                listed.append(DataFile(file, written, keys, chosen or of_several))
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


STATED = frozenset(sizes())
"""Units that are written into the study file where the heading alone has them."""
PERCENT = frozenset(("%", "‰", "％", "‱", "percent", "pct"))
UNLOGGED = frozenset(("share", "index", "text", "code", "time", "ratio", "angle", "temperature"))
"""Dimensions that enter a regression as they are."""
PLACES = {"province": message("provinces"), "prefecture": message("places of prefecture level")}
MOSTLY = 0.9
"""Share of the entities that must have an outline for a map to be proposed."""
ROWS, ENTITIES = 60, 10
"""Rows and entities from which the score is explained without being asked to."""
LISTED = 40
SAID = frozenset(
    (
        *("files.left_out_rows", "files.matched", "files.every_period"),
        *("excel.stacked", "excel.other_sheets", "units.converted"),
    )
)
"""Decisions about the files that stand in the study file."""


@dataclass(frozen=True, slots=True)
class FirstStudy:
    """A first study file, and the roles that it proposes."""

    text: str
    preparation: Preparation


def first_study(
    tables: FirstTables, folder: Path, language: Language, named: NamedRoles = NOTHING_NAMED
) -> FirstStudy:
    """Build the first study of a folder: the console and the page call this, and write the same bytes."""
    panel = tables.reading.panel
    roles = propose_roles(panel, named, tables.vocabulary)
    title = folder.absolute().name
    text = starter(tables, roles, title, language, named)
    return FirstStudy(text, prepared(roles, panel, tables.vocabulary))


def starter(
    tables: FirstTables,
    roles: ProposedRoles,
    title: str,
    language: Language,
    named: NamedRoles = NOTHING_NAMED,
) -> str:
    """Write the study file; a regression that a person named is part of it, others are offered."""
    done = prepared(roles, tables.reading.panel, tables.vocabulary)
    return "\n".join(_Starter(tables, done.roles, language, named, done).lines(title)) + "\n"


@dataclass(frozen=True, slots=True)
class _Starter:
    tables: FirstTables
    roles: ProposedRoles
    language: Language
    named: NamedRoles
    preparation: Preparation

    @property
    def panel(self) -> Panel:
        return self.tables.reading.panel

    @property
    def is_measured(self) -> bool:
        return bool(self.roles.inputs and self.roles.good_outputs)

    def lines(self, title: str) -> list[str]:
        columns = self.columns()
        lines = [
            "# yaml-language-server: $schema=./study.schema.json",
            *self.say(
                message(
                    "A first study file, written by `xinzhi init`. The roles of the columns are guesses "
                    "from their headings: check each one, then `xinzhi run`."
                ),
                message(
                    "Lines with ## are for people. Sections behind a single # are offered: remove the "
                    "sign to have them computed."
                ),
            ),
            "",
            f"title: {quoted(title)}",
            "seed: 1",
            "",
            *self.sources(),
            *self.prepare(),
            "",
            *(self.measured() if self.is_measured else self.unmeasured()),
        ]
        lines += self.variables(columns)
        outcome = self.outcome or (SCORE if self.is_explained(columns) else None)
        if outcome is not None:
            lines += ["", *tables_of(columns, self.panel, outcome)]
        if self.is_measured:
            offered = mechanism(columns, self.panel, self.language, outcome=outcome)
            lines += ["", *offer(offered), *self.map()]
        return [*lines, "", *self.report(columns)]

    @property
    def outcome(self) -> str | None:
        """Outcome of the regression that a person named; the score where regressors alone are."""
        if self.named.outcome or not self.named.regressors:
            return self.named.outcome
        return SCORE if self.is_measured else None

    def is_explained(self, columns: Candidates) -> bool:
        """Whether the score is explained without a person's word: factors are there, and rows enough."""
        n_rows, n_entities = len(self.panel.frame), self.panel.n_entities
        known = [name for name in columns.factors if self.read(name).roles]
        is_large = n_rows >= ROWS and n_entities >= ENTITIES and len(self.panel.periods) > 1
        return self.is_measured and self.outcome is None and bool(known) and is_large

    def columns(self) -> Candidates:
        """Choose the columns of the sections; those that a person named come first."""
        named = self.named
        if self.outcome is None:
            return candidates(self.panel, self.roles.others, self.tables.vocabulary)
        used = (*named.regressors, *named.controls, self.outcome)
        others = [name for name in self.roles.others if name not in used]
        free = candidates(self.panel, others, self.tables.vocabulary)
        factors = named.regressors or free.factors
        controls = named.controls or tuple(n for n in free.controls if named.regressors == ())
        return replace(free, factors=factors, controls=controls)

    def say(self, *wordings: Message) -> list[str]:
        return [words(wording, self.language) for wording in wordings]

    def beside(self, text: str, wording: Message | None) -> str:
        return beside(text, wording, self.language)

    def sources(self) -> list[str]:
        """Write where the data come from, with what is said of the files."""
        reading = self.tables.reading
        remarks = list(dict.fromkeys(d.what for d in reading.decisions if d.code in SAID))
        coverage = reading.coverage
        if coverage is not None and coverage.partial:
            remarks.insert(0, coverage.in_words())
        doubts = [
            w.what for w in reading.warnings if w.code == DISSOLVED and isinstance(w.what, Message)
        ]
        lines = [*self.say(*remarks, *doubts), "sources:"]
        for name, given in self.tables.options().items():
            lines.append(f"  {quoted(name)}:")
            lines += [
                self.beside(f"    {option(key, value)}", self.why(key, value))
                for key, value in given.items()
            ]
            if self.tables.spellings and name == self.tables.sources[0].name:
                spellings = f"    spellings: {options(self.tables.spellings)}"
                why = message("if the first name is a slip for the second")
                lines += offer([self.beside(spellings, why)])
            if name == self.tables.sources[0].name and "read" not in given:
                lines += self.left_out()
        lines += self.left()
        return [*lines, *self.panel_lines()]

    def panel_lines(self) -> list[str]:
        """Write the panel: its sources, and the names in print of the columns that are measured or prepared."""
        names = [source.name for source in self.tables.sources]
        joined = f", join: {self.tables.join}" if len(names) > 1 else ""
        sources = flow(names) if joined else quoted(names[0])
        labels = {name: self.options_of(name).get("label") for name in self.printed()}
        known = {name: label for name, label in labels.items() if isinstance(label, dict)}
        if not known:
            return [f"panel: {{from: {sources}{joined}}}"]
        return [
            "panel:",
            f"  from: {sources}",
            *([f"  join: {self.tables.join}"] if joined else []),
            self.beside("  labels:", message("names in print; units stand beside them anyway")),
            *(f"    {option(quoted(name), label)}" for name, label in known.items()),
        ]

    def printed(self) -> list[str]:
        """List the columns that the report names: inputs, outputs, and what steps make them of."""
        roles = (*self.roles.inputs, *self.roles.good_outputs, *self.roles.bad_outputs)
        sources = [name for name in self.preparation.sources if name in self.panel.frame]
        return [*dict.fromkeys((*(roles if self.is_measured else ()), *sources))]

    def left_out(self) -> list[str]:
        """Offer a line that leaves out names which are no unit among the others."""
        judged = judge(self.panel.entities)
        names = [s.name for s in judged.strangers if s.kind != "unknown"] if judged else []
        if not names:
            return []
        why = message("what remains of the places, or is of another level, is no unit of its own")
        return offer([self.beside(f"    read: {options({'leave_out': names})}", why)])

    def left(self) -> list[str]:
        """Write what is left out, with the reason; a source that was to be stands behind signs."""
        lines: list[str] = []
        for one in self.tables.left:
            parts = (one.place, one.why, one.remedy)
            said = [say(part, self.language) for part in parts if part]
            text = message("Left out: {what}: {why}", what=said[0], why=" ".join(said[1:]))
            lines += self.say(text)
            if one.source is not None:
                names = {source.name for source in self.tables.sources}
                options_of = one.source.options(self.tables.register, self.tables.join, given=False)
                name = one.source.name if one.source.name not in names else f"{one.source.name}_2"
                lines += offer(
                    [f"  {quoted(name)}:", *(f"    {option(k, v)}" for k, v in options_of.items())]
                )
        return lines

    def why(self, key: str, value: object) -> Message | None:
        """Say why an option of a source is as it is."""
        if key in ("entity", "period"):
            return self.tables.reasons.get(str(value))
        fixed = {
            "names": message("names are matched through this register; or text: as written"),
            "join": message("rows that every file has; or left, outer"),
            "period_from": message("the year stands in the names of the files"),
        }
        return fixed.get(key)

    def measured(self) -> list[str]:
        """Propose the measurement."""
        roles = (*self.roles.inputs, *self.roles.good_outputs, *self.roles.bad_outputs)
        there = [name for name in roles if name in self.panel.frame]
        n_empty = int(self.panel.frame[there].isna().any(axis=1).sum())
        missing = (
            message(
                "{n} rows have an empty cell: they get no score",
                one="{n} row has an empty cell: it gets no score",
                n=n_empty,
            )
            if n_empty
            else message("or leave_out: rows with an empty cell get no score")
        )
        bads = self.roles.bad_outputs
        lines = self.say(
            message(
                "Green efficiency: super-SBM, one frontier over all periods. Other measures: "
                "`xinzhi parts`. All options: study.schema.json."
            )
        )
        if not self.roles.is_real and len(self.panel.periods) > 1:
            lines += self.say(
                message(
                    "If the good output is at the prices of each year, the step `real_output` under "
                    "`prepare` makes real values of it with a price index."
                )
            )
        return [
            *lines,
            "efficiency:",
            f"  {SCORE}:",
            "    measure: super_sbm",
            self.beside("    returns_to_scale: constant", message("or variable")),
            self.beside(
                "    reference: global", message("or contemporaneous: a frontier for each period")
            ),
            "    inputs:",
            *self.with_reasons(self.roles.inputs),
            "    good_outputs:",
            *self.with_reasons(self.roles.good_outputs),
            *(
                ["    bad_outputs:", *self.with_reasons(bads)]
                if bads
                else [self.beside("    bad_outputs: []", message("no heading speaks of pollution"))]
            ),
            self.beside(f"    missing: {'leave_out' if n_empty else 'refuse'}", missing),
            '    classes: {low: "< 0.30", middle: 0.30-0.60, high: "> 0.60"}',
        ]

    def prepare(self) -> list[str]:
        """Write the steps that the columns allow, and the roles that no column has."""
        said = self.say(*self.preparation.missing)
        hints = [f"## {line.strip()}" for line in self.preparation.hints]
        steps = self.preparation.steps
        lines = [*(["", "prepare:", *steps] if steps else [])]
        return [*lines, *(["", *said, *hints] if said else [])]

    def read(self, name: str) -> HeadingReading:
        """Read what a column means; of one that a step makes, what the step makes."""
        made = dict(self.preparation.made)
        if name in made:
            return HeadingReading(self.tables.vocabulary.indicators[made[name]])
        return meaning_of(self.panel, name, self.tables.vocabulary)

    def options_of(self, name: str) -> dict[str, object]:
        """Give the options of a variable that its heading says: its names in print, and its unit."""
        given: dict[str, object] = {"column": name}
        read = self.read(name)
        is_there = name in self.panel.frame
        label = self.panel.label(name) if is_there else Label(name)
        # A file that names its columns in both languages knows better.
        if read.indicator and not read.derived and not (label.zh and label.en):
            names = read.indicator.label
            zh, en = names.zh or names.en or name, names.en or names.zh or name
            if read.may_be:
                # What may be several things keeps its own name, and is not called one of them in English.
                alike = {one.dimension for one in read.may_be} == {"persons"}
                zh, en = name, en if alike else ""
            if price_basis(name, self.panel.units.get(name, "") if is_there else "") is None:
                en = en.removesuffix(" at current prices")
            if read.is_districts:
                zh, en = f"{zh}（市辖区）", f"{en} (districts)"
            if en and not self.is_named_twice(name):
                given["label"] = {"zh": zh, "en": en}
        if read.unit in STATED and is_there and not self.panel.units.get(name):
            given["unit"] = read.unit
        return given

    def is_named_twice(self, name: str) -> bool:
        """Whether another column is the same indicator of the same area: one name in print would be two things."""
        read = self.read(name)
        others = [str(other) for other in self.panel.frame.columns if str(other) != name]
        alike = (
            self.read(other) for other in (*others, *dict(self.preparation.made)) if other != name
        )
        return any((one.id, one.is_districts) == (read.id, read.is_districts) for one in alike)

    def report(self, columns: Candidates) -> list[str]:
        """Write the report: in both languages where every name has both, else in that of the names."""
        named = [*self.roles.inputs, *self.roles.good_outputs, *self.roles.bad_outputs]
        named += [*columns.variables]
        unknown = [name for name in dict.fromkeys(named) if "label" not in self.options_of(name)]
        chinese = [name for name in unknown if has_chinese(name)]
        lines = []
        languages = "[zh, en]"
        if chinese:
            languages = "[zh]"
            lines = self.say(
                message(
                    "The report is in Chinese alone: these names have no English label yet: {names}. Give "
                    "each a `label: {{zh: …, en: …}}` under `variables`, then write `languages: [zh, en]`.",
                    names=listed(chinese),
                )
            )
        return [*lines, f"report: {{languages: {languages}, formats: [html, docx, xlsx]}}"]

    def with_reasons(self, names: Sequence[str]) -> list[str]:
        return [
            self.beside(f"      - {quoted(name)}", self.roles.reasons.get(name)) for name in names
        ]

    def unmeasured(self) -> list[str]:
        """Offer a measurement where headings do not tell inputs from outputs."""
        numbers = (
            *(*self.roles.inputs, *self.roles.good_outputs, *self.roles.bad_outputs),
            *self.roles.others,
        )
        lines = []
        if not self.roles.inputs:
            lines += self.say(message("No heading speaks of an input (labour, capital, energy)."))
        if not self.roles.good_outputs:
            lines += self.say(message("No heading speaks of a good output (GDP, value added)."))
        lines += self.say(
            message(
                "No efficiency is measured yet: name the columns and remove the # signs. The columns "
                "of numbers are: {columns}.",
                columns=columns_listed(numbers, LISTED),
            )
        )
        free = list(self.roles.others)
        inputs = self.roles.inputs or tuple(free[:1])
        goods = self.roles.good_outputs or tuple(n for n in free if n not in inputs)[:1]
        return [
            *lines,
            *offer(
                [
                    "efficiency:",
                    f"  {SCORE}:",
                    "    measure: super_sbm",
                    f"    inputs: {flow(inputs)}",
                    f"    good_outputs: {flow(goods)}",
                    f"    bad_outputs: {flow(self.roles.bad_outputs)}",
                    "    missing: leave_out",
                ]
            ),
        ]

    def variables(self, columns: Candidates) -> list[str]:
        """Write the variables that are described, and those that the offered sections need."""
        roles = (*self.roles.inputs, *self.roles.good_outputs, *self.roles.bad_outputs)
        described = roles if self.is_measured else (*roles, *self.roles.others)
        described = tuple(name for name in described if name != SCORE)
        score = [f"  {SCORE}: {{from: {SCORE}, label: {{zh: 绿色效率, en: Efficiency}}}}"]
        lines = score if self.is_measured else offer(score)
        lines += [f"  {quoted(name)}: {options(self.options_of(name))}" for name in described]
        asked: tuple[str, ...] = ()
        if self.outcome is not None:
            asked = (self.outcome, *columns.factors, *columns.controls)
        if self.is_explained(columns):
            asked = (*asked, *columns.variables)
        asked = tuple(n for n in dict.fromkeys(asked) if n not in (*described, SCORE))
        lines += [f"  {quoted(name)}: {self.variable(name)}" for name in asked]
        if self.is_measured:
            used = (*described, *asked, SCORE)
            more = [name for name in columns.variables if name not in used]
            lines += offer([f"  {quoted(name)}: {self.variable(name)}" for name in more])
        names = (*([SCORE] if self.is_measured else []), *described, *asked)
        if not names:
            return []
        return ["", "variables:", *lines, f"describe: {{variables: {flow(names)}}}"]

    def variable(self, name: str) -> str:
        """Write a variable of a regression: an amount enters as ln(1 + x), a share or a rate as it is."""
        given = self.options_of(name)
        return options(given | ({"transform": "ln1p"} if self.is_logged(name) else {}))

    def is_logged(self, name: str) -> bool:
        """Whether a column enters as ln(1 + x): an amount, never a percentage, an index or a mark of 0 and 1."""
        column = self.panel.frame[name]
        if column.dropna().lt(0).any() or column.max() <= 1:
            return False
        read = self.read(name)
        if read.unit in PERCENT or self.panel.units.get(name, "") in PERCENT:
            return False
        if read.indicator is None:
            return not is_share(name)
        is_plain = read.derived in ("growth", "share") or read.indicator.dimension in UNLOGGED
        return not is_plain or bool({"ln1p", "ln"} & set(read.indicator.step_hint))

    def map(self) -> list[str]:
        """Propose a map where nearly all entities have an outline in the package."""
        try:
            placed = place(self.panel.entities)
        except DataError:
            return []
        if len(placed.of) < MOSTLY * len(self.panel.entities):
            return []
        text = message(
            "{n} of {all} entities are {places} of China: a map of the efficiency. Pictures show four "
            "periods side by side; `in: [2008, 2013]` chooses them.",
            n=len(placed.of),
            all=len(self.panel.entities),
            places=PLACES[placed.level],
        )
        return [
            "",
            *self.say(text),
            "maps:",
            f"  {SCORE}: {{value: {SCORE}, boundaries: built_in}}",
        ]
