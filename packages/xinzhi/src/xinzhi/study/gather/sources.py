"""Read: the sources of a study, named alike, join_tables on their keys and cut to its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from types import MappingProxyType

from xinzhi.study.file.step_inputs import series_of, series_sources
from xinzhi.study.gather.combine import GatherFindings, contradictions, join_tables
from xinzhi.study.gather.coverage import Coverage, coverage_of, unmatched_names_first
from xinzhi.study.gather.names import (
    NamedTables,
    keep_cities,
    keep_rows,
    match_names,
    stays_true,
    with_registry,
)
from xinzhi.study.gather.series import doubt_all_series
from xinzhi.study.gather.tables import FileTable, FileTables, read_tables
from xinzhi.study.result import Reading, SourceFile
from xinzhi.study.schema.sources import Source
from xinzhi.study.schema.study import StudySpec
from xinzhi_core.errors import DataError, Problem, StudyError, Where
from xinzhi_core.panel.checks import check_panel
from xinzhi_core.panel.panel import Panel
from xinzhi_panel.columns.indicators import with_own
from xinzhi_panel.columns.seen import accepted, with_plausible
from xinzhi_panel.io.files import Files
from xinzhi_panel.io.raw import Decision
from xinzhi_panel.places.names import Register
from xinzhi_panel.places.strangers import doubt_strangers


def read_sources(spec: StudySpec, files: Files) -> Reading:
    """Read the sources that the panel is made from, join them and keep the rows of the study.

    Raises
    ------
    DataError
        What is wrong with the files, with their names and with cells in which they differ; before
        it, which names do not match.
    """
    sources = {name: spec.sources[name] for name in spec.panel.sources}
    read = read_tables(sources, files)
    named = _name_alike(read, sources, spec.panel.cities)
    coverage = _compare_entities(named)
    first = coverage.as_warnings() if coverage else ()
    with unmatched_names_first(first):
        if problems := (*read.problems, *named.problems):
            raise DataError(problems)
        findings = GatherFindings()
        panel = _join(named.tables, sources, spec, findings)
        _require_labels(sources, panel)
        series = {name: series_of(spec.sources[name], files) for name in series_sources(spec)}
        panel, of_registry, doubts = with_registry(panel, spec.panel.cities, _words(spec))
        panel, of_rows = keep_rows(panel, spec.panel)
    files.verify()
    warnings = (
        *first,
        *read.warnings,
        *(w for table in read.tables for w in table.warnings if stays_true(w, table, named.tables)),
        *(w for table in series.values() for w in table.warnings),
        *doubt_all_series({name: spec.sources[name] for name in series}, series, _words(spec)),
        *named.warnings,
        *doubts,
        *_doubt_rows(panel, read.tables, sources, files.folder),
    )
    stated = {code for source in sources.values() for code in source.read.accept}
    return Reading(
        panel=panel,
        files=(
            *_describe_files(read.tables, files),
            *(
                SourceFile(n, file, files.take(file).sha256, len(s.frame), s.stated, s.ledgers)
                for n, s in series.items()
                for file in spec.sources[n].paths
            ),
        ),
        decisions=(
            *(coverage.as_decisions() if coverage else ()),
            *(d for table in read.tables for d in table.decisions),
            *(d for table in series.values() for d in table.decisions),
            *named.decisions,
            *findings.decisions,
            *of_registry,
            *of_rows,
        ),
        warnings=(*warnings, *doubt_strangers(panel, warnings, stated)),
        coverage=coverage,
    )


def tables_named_alike(spec: StudySpec, files: Files) -> tuple[FileTable, ...]:
    """Read the files of the panel one by one, with the names of the study, before they are joined."""
    sources = {name: spec.sources[name] for name in spec.panel.sources}
    return _name_alike(read_tables(sources, files), sources, spec.panel.cities).tables


def _words(spec: StudySpec) -> frozenset[str]:
    """Collect the words of a study file, keys and values."""
    found: set[str] = set()

    def walk(part: object) -> None:
        if isinstance(part, str):
            found.add(part)
        elif isinstance(part, Mapping):
            for key, value in part.items():
                walk(key)
                walk(value)
        elif isinstance(part, (list, tuple)):
            for value in part:
                walk(value)

    walk(spec.model_dump(mode="json", exclude_unset=True))
    return frozenset(found)


def _doubt_rows(
    panel: Panel, tables: Sequence[FileTable], sources: Mapping[str, Source], folder: Path
) -> Iterator[Problem]:
    """Doubt the rows of the study, but for what the source of a column accepts."""
    codes: dict[str, set[str]] = {}
    for table in tables:
        for column in map(str, table.panel.frame.columns):
            codes.setdefault(column, set()).update(sources[table.source].read.accept)
    for problem in with_plausible(panel, check_panel(panel), with_own(folder)):
        if not accepted(problem, codes.get(problem.where.column or "", ())):
            yield problem


def _name_alike(read: FileTables, sources: Mapping[str, Source], cities: str | None) -> NamedTables:
    """Call entities alike in all tables: the cities of a list by their names of today."""
    if cities is None:
        return match_names(read.tables, sources, read.unread)
    tables: list[FileTable] = []
    problems: list[Problem] = []
    decisions: list[Decision] = []
    warnings: list[Problem] = []
    for table in read.tables:
        register: Register = "china_provinces" if cities == "provinces" else "china_cities"
        problems += contradictions(table, register)
        try:
            panel, new, doubts = keep_cities(table.panel, cities)
        except StudyError as error:
            problems += error.problems
            continue
        tables.append(replace(table, panel=panel))
        decisions += new
        warnings += doubts
    return NamedTables(
        tuple(tables), tuple(problems), tuple(decisions), tuple(dict.fromkeys(warnings))
    )


def _compare_entities(named: NamedTables) -> Coverage | None:
    """Compare the entities of all files, those with wrong cells too."""
    places = [(table.source, table.path, table.entities) for table in named.tables]
    places += [(file.source, file.path, file.entities) for file in named.unread]
    files = [PurePath(path).name for _, path, _ in places]
    entities = {
        file if files.count(file) == 1 else f"{path} ({source})": names
        for file, (source, path, names) in zip(files, places, strict=True)
    }
    return coverage_of(entities, named.unknown or {})


def _join(
    tables: Sequence[FileTable],
    sources: Mapping[str, Source],
    spec: StudySpec,
    findings: GatherFindings,
) -> Panel:
    """Put the files of each source together, then the sources."""
    panels = []
    for name, source in sources.items():
        own = [table.panel for table in tables if table.source == name]
        joined = join_tables(own, source.join, f"sources.{name}.join", findings)
        # A file may be read by several sources, a sheet by each: what a column comes from is a source.
        origins = MappingProxyType(dict.fromkeys(map(str, joined.frame.columns), (name,)))
        panels.append(replace(joined, origins=origins))
    if not findings.problems:
        panel = join_tables(panels, spec.panel.join, "panel.join", findings)
    if findings.problems:
        raise DataError(findings.problems)
    return panel


def _require_labels(sources: Mapping[str, Source], panel: Panel) -> None:
    """Refuse columns of names for people that are not there."""
    for name, source in sources.items():
        labels = source.labels
        wanted = tuple(panel.called(c) for c in (labels.zh, labels.en) if c is not None)
        panel.require(
            tuple(c for c in wanted if c not in (source.entity, source.period)),
            where=Where(key=f"sources.{name}.labels"),
        )


def _describe_files(tables: Sequence[FileTable], files: Files) -> list[SourceFile]:
    """Describe the files; what is confirmed holds for all files of a source."""
    accepted: dict[str, dict[str, None]] = {}
    units: dict[str, dict[str, str]] = {}
    n_files = Counter(table.source for table in tables)
    for table in tables:
        accept = (table.stated or {}).get("accept", ())
        accepted.setdefault(table.source, {}).update(dict.fromkeys(accept))  # type: ignore[call-overload]
        units.setdefault(table.source, {}).update((table.stated or {}).get("units", {}))  # type: ignore[call-overload]
    described = []
    for table in tables:
        stated = dict(table.stated or {})
        # Encoding, header and the like differ between files: of several only what holds for all is said.
        if n_files[table.source] > 1:
            both = {"accept": tuple(accepted[table.source]), "units": units[table.source]}
            stated = {key: value for key, value in both.items() if value}
        digest = files.take(table.path).sha256
        described.append(
            SourceFile(table.source, table.path, digest, table.n_rows, stated, table.ledgers)
        )
    return described
