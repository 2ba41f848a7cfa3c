"""One name for one entity in all files: by a register, or as written.

A register is used where the study names one (`names`), or where files differ in their names, the
register knows nearly all of them, and names that differ turn out to be one place. Otherwise names
stay as they are written; why is said in docs/decisions/0021-gathering.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xinzhi.errors import Problem, Where, nearest
from xinzhi.io.raw import Decision, listed
from xinzhi.io.recognise.cells import loose
from xinzhi.notices import Notice
from xinzhi.panel.panel import ENTITY, PERIOD
from xinzhi.places.identity import REGISTERS, Identified, Identity, Register, Unidentified, identify
from xinzhi.places.report import Key
from xinzhi.places.strangers import CALLED, is_residual
from xinzhi.study.gather.codes import PROVINCES, contradictions
from xinzhi.study.gather.dissolved import with_dissolved
from xinzhi.study.gather.renaming import without_twins
from xinzhi.study.gather.tables import FileTable, Unread
from xinzhi.study.schema.sources import Source
from xinzhi.wording import Message, message

NEARLY_ALL = 0.9
"""Share of the names that a register must know to be used unasked."""
SHOWN = 10
SEVERAL_YEARS: Mapping[str, Message] = {
    "first": message(
        "{n} places exist since a later year than some of the figures: {names}.",
        one="{n} place exists since a later year than some of its figures: {names}.",
    ),
    "namesake": message(
        "{n} names were those of county-level cities, too: {names}. Check that the figures are "
        "those of the whole prefectures.",
        one="{n} name was that of a county-level city, too: {names}. Check that the figures are "
        "those of the whole prefecture.",
    ),
}
"""What may be said of many places and years, each once."""


@dataclass(frozen=True, slots=True)
class NamedTables:
    """The tables under the names that are used from here on."""

    tables: tuple[FileTable, ...]
    problems: tuple[Problem, ...] = ()
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[Problem, ...] = ()
    unread: tuple[Unread, ...] = ()
    """What can be seen of files that could not be read."""
    unknown: Mapping[str, tuple[str, ...]] | None = None
    """Name that the register does not know -> the nearest names."""


def match_names(
    tables: Sequence[FileTable], sources: Mapping[str, Source], unread: Sequence[Unread] = ()
) -> NamedTables:
    """Call each entity by one name in all tables; ask where a name can mean several."""
    spelt = _respell(tables, sources)
    stated = {source.names for source in sources.values() if source.names is not None}
    unstated = [table for table in spelt.tables if sources[table.source].names is None]
    # What one source states holds for the sources that are joined to it and state nothing.
    inherited = next(iter(stated)) if len(stated) == 1 else None
    hidden = [file for file in unread if sources[file.source].names is None]
    fitting = None if inherited else _find_register((*unstated, *hidden))
    registers = {
        name: source.names or inherited or fitting or "text" for name, source in sources.items()
    }
    done: dict[int, FileTable] = {}
    for register in REGISTERS:
        mine = [table for table in spelt.tables if registers[table.source] == register]
        if mine:
            identified = _identify_tables(mine, register, asks=register in stated)
            done.update(zip(map(id, mine), identified.tables, strict=True))
            spelt = _merge(spelt, identified)
    as_written = [table for table in spelt.tables if registers[table.source] == "text"]
    doubted = [p for table in as_written for p in contradictions(table, "china_cities")]
    # Nobody has said that these are cities of China: a code of another place is only a doubt.
    warnings = [*spelt.warnings, *(replace(problem, severity="warning") for problem in doubted)]
    renamed = tuple(done.get(id(table), table) for table in spelt.tables)
    if fitting is not None:
        warnings.append(_used_unasked(fitting, unstated, renamed))
    seen = tuple(_rename_unread(f, sources[f.source], registers[f.source]) for f in unread)
    return replace(spelt, tables=renamed, warnings=tuple(warnings), unread=seen)


def _rename_unread(file: Unread, source: Source, register: str) -> Unread:
    """Call the entities of a file that could not be read as those of the others."""
    names = tuple(source.spellings.get(name, name) for name in file.entities)
    if register in REGISTERS:
        places = identify(((name, None, None) for name in names), register).found
        names = tuple(_name_of_place(key, identity) for key, identity in places.items())
    return replace(file, entities=names)


def _merge(first: NamedTables, other: NamedTables) -> NamedTables:
    return NamedTables(
        first.tables,
        (*first.problems, *other.problems),
        (*first.decisions, *other.decisions),
        (*first.warnings, *other.warnings),
        unknown={**(first.unknown or {}), **(other.unknown or {})},
    )


def _respell(tables: Sequence[FileTable], sources: Mapping[str, Source]) -> NamedTables:
    """Put the spellings of the study file in the place of those of the data."""
    problems: list[Problem] = []
    decisions: list[Decision] = []
    for name, source in sources.items():
        entities = {entity for table in tables if table.source == name for entity in table.entities}
        for written in source.spellings:
            if entities and written not in entities:
                near = nearest(written, entities)
                problems.append(
                    Problem(
                        "names.no_effect",
                        message("No row of the data is called '{name}'.", name=written),
                        Where(key=f"sources.{name}.spellings.{written}"),
                        message("did you mean '{name}'?", name=near)
                        if near
                        else message("remove it."),
                    )
                )
    spelt = []
    for table in tables:
        meant = sources[table.source].spellings
        if not meant:
            spelt.append(table)
            continue
        names = [meant.get(n, n) for n in table.panel.frame.index.get_level_values(ENTITY)]
        again, clashes, same = without_twins(table, names)
        spelt.append(again)
        problems += clashes
        decisions += same
    return NamedTables(tuple(spelt), tuple(problems), tuple(decisions))


def _find_register(tables: Sequence[FileTable | Unread]) -> Register | None:
    """Find the register that joins names which would stay apart; None where none does.

    Each condition keeps names as they are written in doubt: files agree; the register does not know
    nearly all names; or nothing comes together by it.
    """
    names = [set(table.entities) for table in tables]
    if len(names) < 2 or all(entities == names[0] for entities in names):
        return None  # nothing to bring together
    everything = set().union(*names)
    for register in REGISTERS:
        places = identify(((name, None, None) for name in sorted(everything)), register).found
        codes = [place.code for place in places.values() if isinstance(place, Identity)]
        if len(codes) >= NEARLY_ALL * len(everything) and len(set(codes)) < len(codes):
            return register
    return None


def _identify_tables(tables: Sequence[FileTable], register: Register, *, asks: bool) -> NamedTables:
    """Identify the names of tables and call each entity by the name of the register."""
    keys = [_keys(table, register) for table in tables]
    identified = _identify_each(tables, keys, register)
    dissolved: list[Problem] = []
    if register == "china_cities":
        pairs = [with_dissolved(i, t.file) for i, t in zip(identified, tables, strict=True)]
        identified = [identities for identities, _ in pairs]
        dissolved = [doubt for _, doubts in pairs for doubt in doubts]
    problems: list[Problem] = []
    unknown: dict[str, tuple[str, ...]] = {}
    asked: set[str] = set()
    for table, identities in zip(tables, identified, strict=True):
        for key, place in identities.found.items():
            if isinstance(place, Unidentified):
                unknown[key[0]] = place.candidates
                if place.is_ambiguous and asks and key[0] not in asked:
                    asked.add(key[0])
                    problems.append(_ambiguous(key[0], place, table))
    done = []
    decisions = []
    for table, column, identities in zip(tables, keys, identified, strict=True):
        new = [_name_of_place(key, identities.found[key]) for key in column]
        again, clashes, joined = without_twins(table, new)
        problems += clashes
        decisions += joined
        problems += contradictions(again, register)
        done.append(again)
    decisions += _list_renamed(identified, register)
    # Remainders are named by the judgement that all doors share.
    strange = {n: near for n, near in unknown.items() if n not in asked and not is_residual(n)}
    notices = _gather_doubts(
        dict.fromkeys(n for identities in identified for n in identities.notices)
    )
    if asks and strange:
        notices = (_unknown_names(strange, register), *notices)
    notices = (*notices, *dissolved)
    return NamedTables(tuple(done), tuple(problems), tuple(decisions), notices, unknown=unknown)


def _unknown_names(unknown: Mapping[str, Sequence[str]], register: Register) -> Problem:
    """Say which names a register that was stated does not know."""
    names = [f"{name} ({near[0]}?)" if near else name for name, near in unknown.items()]
    text = message(
        "{n} names are not known as {places} and stay as they are written: {names}.",
        one="{n} name is not known as one of the {places} and stays as it is written: {names}.",
        n=len(names),
        places=CALLED[register],
        names=listed(names, most=SHOWN),
    )
    remedy = message("if one is misspelt, state under `spellings` which place is meant.")
    return Problem(
        "names.unknown", text, Where(entity=next(iter(unknown))), remedy, severity="warning"
    )


def _keys(table: FileTable, register: Register) -> list[Key]:
    index = table.panel.frame.index
    names = index.get_level_values(ENTITY)
    if register != "china_cities" or not table.panel.has_periods:
        return [(name, None, None) for name in names]
    return [
        (name, int(year), None)
        for name, year in zip(names, index.get_level_values(PERIOD), strict=True)
    ]


def _identify_each(
    tables: Sequence[FileTable], keys: Sequence[list[Key]], register: Register
) -> list[Identified]:
    """Identify the names of each table by itself: what else is in it tells a city from a province.

    The province beside an ambiguous name decides, where a table has such a column.
    """
    identified = []
    for table, column in zip(tables, keys, strict=True):
        identities = identify(column, register)
        unclear = {
            key
            for key, place in identities.found.items()
            if isinstance(place, Unidentified) and place.is_ambiguous
        }
        provinces = next((c for c in table.panel.frame if loose(c) in PROVINCES), None)
        if unclear and provinces is not None:
            for position, province in enumerate(table.panel.frame[provinces]):
                name, year, _ = column[position]
                if column[position] in unclear and isinstance(province, str):
                    column[position] = (name, year, province)
            identities = identify(column, register)
        identified.append(identities)
    return identified


def _gather_doubts(notices: Iterable[Notice]) -> tuple[Problem, ...]:
    """Say once, with its years, what holds of a place in several years."""
    by_place: dict[tuple[str, str], list[int]] = defaultdict(list)
    plain: list[Problem] = []
    for notice in notices:
        text = notice.text
        values = dict(text.values) if isinstance(text, Message) else {}
        if "year" in values and "place" in values:
            kind = "first" if "first" in values else "namesake"
            by_place[kind, str(values["place"])].append(int(str(values["year"])))
        else:
            plain.append(Problem(notice.code, notice.text, notice.where, severity="warning"))
    for kind, words in SEVERAL_YEARS.items():
        names = [
            f"{place} ({_span(years)})" for (of, place), years in by_place.items() if of == kind
        ]
        if names:
            text = replace(words, values={"n": len(names), "names": listed(names, most=SHOWN)})
            plain.append(Problem("cities.name", text, severity="warning"))
    return tuple(plain)


def _span(years: Sequence[int]) -> str:
    first, last = min(years), max(years)
    return str(first) if first == last else f"{first}–{last}"


def _name_of_place(key: Key, place: Identity | Unidentified) -> str:
    return place.name if isinstance(place, Identity) else key[0]


def _ambiguous(name: str, place: Unidentified, table: FileTable) -> Problem:
    position = int(np.flatnonzero(table.panel.frame.index.get_level_values(ENTITY) == name)[0])
    remedy = message(
        "it can be {names}: write which one is meant under `sources.{source}.spellings`.",
        names=listed(place.candidates),
        source=table.source,
    )
    return Problem("names.ambiguous", place.why, table.panel.place(position), remedy)


def _list_renamed(identified: Iterable[Identified], register: Register) -> list[Decision]:
    """Say which names were written otherwise."""
    pairs = {
        (key[0], place.name): None
        for identities in identified
        for key, place in identities.found.items()
        if isinstance(place, Identity) and place.name != key[0]
    }
    if not pairs:
        return []
    text = message(
        "{n} names were matched with {places}: {names}.",
        one="{n} name was matched with {places}: {names}.",
        n=len(pairs),
        places=CALLED[register],
        names=listed((f"{old} → {new}" for old, new in pairs), most=SHOWN),
    )
    return [Decision(text, Where(), len(pairs), "names.register")]


def _used_unasked(
    register: Register, unstated: Sequence[FileTable], tables: Sequence[FileTable]
) -> Problem:
    """Say that a register was used unasked."""
    n = len({entity for table in tables for entity in table.entities})
    source = unstated[0].source
    text = message(
        "The files write the names of entities differently; they were matched as {places} "
        "({n} of them).",
        places=CALLED[register],
        n=n,
    )
    remedy = message(
        "state it: `names: {register}`, or `names: text` to take them as written.",
        register=register,
    )
    return Problem(
        "names.register", text, Where(key=f"sources.{source}.names"), remedy, severity="warning"
    )
