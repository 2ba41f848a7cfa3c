"""One name for one entity in all files: by a register, or as written.

A register is used where the study names one (`names`), or where files differ in their names, the
register knows nearly all of them, and names that differ turn out to be one place. Otherwise names
stay as they are written; why is said in docs/decisions/0021-gathering.md.

Entities get other names: two names of one entity in one period are refused unless their rows agree.

The rows of the study: its periods, the values and the cities that it keeps.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.analyses.section import as_written
from xinzhi.study.gather.combine import PROVINCES, contradictions
from xinzhi.study.gather.dissolved import with_dissolved
from xinzhi.study.gather.tables import FileTable, Unread, with_index
from xinzhi.study.schema.sources import PanelSection, Source
from xinzhi_core.errors import DataError, Problem, Where, nearest, suggestion
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Message, message
from xinzhi_core.wording import listed as in_a_list
from xinzhi_panel.io.raw import Decision, listed
from xinzhi_panel.io.recognise.cells import loose
from xinzhi_panel.places.divisions import Level
from xinzhi_panel.places.names import (
    REGISTERS,
    Identified,
    Identity,
    Register,
    Unidentified,
    identify,
    match_all,
)
from xinzhi_panel.places.places import Key, places
from xinzhi_panel.places.registry import City, selection
from xinzhi_panel.places.registry import notices as grouping_notices
from xinzhi_panel.places.strangers import CALLED, is_residual
from xinzhi_panel.places.traits import SOURCES, Trait, listed_places, traits_of


def with_entities(panel: Panel, entities: Sequence[str]) -> Panel:
    """Give the rows of a panel other entities."""
    periods = panel.frame.index.get_level_values(PERIOD)
    renamed = with_index(panel, entities, periods, has_periods=panel.has_periods)
    return replace(renamed, ledger=panel.ledger)


APART = frozenset(
    {"panel.renamed_city", "panel.similar_names", "panel.code_among_names", "names.typo"}
)
"""Warnings of one file that two of its names are two entities."""


def stays_true(warning: Problem, table: FileTable, named: Sequence[FileTable]) -> bool:
    """Whether what is said of names being apart still holds after the names of all files were matched."""
    if warning.code not in APART or not isinstance(warning.what, Message):
        return True
    now = next((t for t in named if (t.source, t.path) == (table.source, table.path)), None)
    if now is None:
        return True
    values = dict(warning.what.values)
    words = {part for value in values.values() for part in str(value).split(", ")}
    said = words & set(table.entities)
    if warning.code == "panel.code_among_names":
        return not said or bool(said & set(now.entities))
    if len(said) < 2 or said <= set(now.entities):
        return True
    written = table.panel.frame.index.get_level_values(ENTITY)
    called = now.panel.frame.index.get_level_values(ENTITY)
    if len(written) != len(called):  # equal rows under two names of one entity were read once
        return False
    return len({n for o, n in zip(written, called, strict=True) if o in said}) == len(said)


def without_twins(
    table: FileTable, new: Sequence[str]
) -> tuple[FileTable, list[Problem], list[Decision]]:
    """Rename; two names of one entity in one period are refused unless their rows are the same."""
    frame = table.panel.frame
    written = frame.index.get_level_values(ENTITY)
    periods = frame.index.get_level_values(PERIOD)
    keys = pd.MultiIndex.from_arrays([list(new), periods])
    if keys.is_unique:
        return replace(table, panel=with_entities(table.panel, new)), [], []
    twins: dict[tuple[str, int], list[int]] = defaultdict(list)
    for position in np.flatnonzero(keys.duplicated(keep=False)).tolist():
        twins[new[position], int(periods[position])].append(position)
    stays = np.ones(len(frame), dtype=bool)
    clashing: dict[tuple[str, ...], list[int]] = {}
    # Equal rows are kept once; where they differ nobody can tell which figures are right.
    for rows in twins.values():
        stays[rows[1:]] = False
        if len(frame.iloc[rows].drop_duplicates()) > 1:
            names = tuple(dict.fromkeys(written[position] for position in rows))
            clashing.setdefault(names, rows)
    problems = [_two_names(table, names, new[rows[0]], rows) for names, rows in clashing.items()]
    n = int((~stays).sum())
    same = Decision(
        message(
            "{n} rows stand under two names of one entity with equal values and are read once.",
            one="{n} row stands under two names of one entity with equal values and is read once.",
            n=n,
        ),
        Where(file=table.file),
        n,
        "names.same_rows",
    )
    panel = table.panel.take(stays)
    entities = [name for name, stay in zip(new, stays, strict=True) if stay]
    renamed = replace(table, panel=with_entities(panel, entities))
    return renamed, problems, [] if problems else [same]


def _two_names(table: FileTable, names: Sequence[str], new: str, places: Sequence[int]) -> Problem:
    """Ask which of two names is wrong, showing both rows."""
    panel = table.panel
    rows = [panel.rows[position] for position in places] if panel.rows else []
    text = message(
        "The names {names} all mean {entity}, and their rows differ (rows {rows}).",
        names=listed(names),
        entity=new,
        rows=listed(rows),
    )
    remedy = message(
        "correct the name in the file, or state under `spellings` which place is meant, such "
        "as {name}: {other}.",
        name=names[0],
        other=message("the full name of another place"),
    )
    return Problem("names.two_for_one", text, panel.place(places[-1]), remedy)


def keep_rows(panel: Panel, section: PanelSection) -> tuple[Panel, tuple[Decision, ...]]:
    """Keep the periods and the values that the study file names; count what is left out."""
    decisions = []
    start, end = section.periods.start, section.periods.end
    periods = panel.frame.index.get_level_values(PERIOD)
    inside = pd.Series(True, index=panel.frame.index)
    if panel.has_periods and start is not None:
        inside &= periods >= start
    if panel.has_periods and end is not None:
        inside &= periods <= end
    if n := int((~inside).sum()):
        decisions.append(
            Decision(
                message(
                    "{n} rows lie outside the periods of the study.",
                    one="{n} row lies outside the periods of the study.",
                    n=n,
                ),
                Where(file=panel.source, key="panel.periods"),
                n,
            )
        )
    for word, values in section.keep.items():
        column = panel.called(word)
        panel.require((column,), where=Where(key=f"panel.keep.{word}"))
        holds = panel.frame[column].map(as_written).isin({as_written(value) for value in values})
        _refuse_unknown(panel, column, values)
        if n := int((inside & ~holds).sum()):
            listed = ", ".join(map(str, values))
            decisions.append(
                Decision(
                    message(
                        "{n} rows are left out because {column} is not {values}.",
                        one="{n} row is left out because {column} is not {values}.",
                        n=n,
                        column=column,
                        values=listed,
                    ),
                    Where(file=panel.source, key=f"panel.keep.{column}"),
                    n,
                )
            )
        inside &= holds
    if not inside.any():
        text = message("No row of the data is left after panel.periods and panel.keep.")
        remedy = message("compare them with the values in the data.")
        raise DataError(Problem("panel.empty", text, Where(file=panel.source, key="panel"), remedy))
    return panel.take(inside.to_numpy(dtype=bool)), tuple(decisions)


def _refuse_unknown(panel: Panel, column: str, values: Sequence[str | int | float]) -> None:
    present = {as_written(v) for v in panel.frame[column].dropna().unique()}
    problems = [
        Problem(
            "panel.unknown_value",
            message("Column '{column}' never holds the value {value}.", column=column, value=value),
            Where(file=panel.source, key=f"panel.keep.{column}"),
            suggestion(as_written(value), sorted(present)[:30]),
        )
        for value in values
        if as_written(value) not in present
    ]
    if problems:
        raise DataError(problems)


RECONSTRUCTED = ("coal", "income")
OF_THE_LISTS = ("stage", "is_coal", "income_recon", "region4", "region3_paper", "province")
"""What defines the lists of resource-based cities; their doubts are told by the groupings."""
OF_PROVINCES = ("province", "level", "region4", "region3_paper")
"""What provinces have; a municipality among them is a province and not a city."""
EVERY = ("prefectures", "provinces")
"""Lists that no place of their level is left out of."""
SHOWN = 20
Chosen = tuple[Panel, tuple[Decision, ...], tuple[Problem, ...]]


def keep_cities(panel: Panel, listed: str | None) -> Chosen:
    """Keep the cities of a list, each under its name of today; name what is renamed or left out.

    Raises
    ------
    DataError
        Names that are ambiguous or unknown, each with the nearest.
    DuplicateKey
        Two names of one city carry the same period.
    """
    if listed is None:
        return panel, (), ()
    codes, notices = _provinces(panel) if listed == "provinces" else _prefectures(panel)
    cities = None if listed in EVERY else _cities(listed)
    inside = np.array([cities is None or code in cities for code in codes], dtype=bool)
    kept = [code for code, stays in zip(codes, inside, strict=True) if stays]
    chosen = with_entities(panel.take(inside), [places()[code].name for code in kept])
    chosen = replace(chosen, keys=(ENTITY, PERIOD))
    gone = int((~inside).sum())
    text = message(
        "{n} rows are not cities on the list and are left out.",
        one="{n} row is not a city on the list and is left out.",
        n=gone,
    )
    decisions = (Decision(text, Where(file=panel.source, key="panel.cities"), gone),)
    return chosen, decisions if gone else (), _as_warnings(notices)


def _prefectures(panel: Panel) -> tuple[list[str], tuple[Notice, ...]]:
    """Find the code of the place of each row, through spellings and former names."""
    names = panel.frame.index.get_level_values(ENTITY)
    years = panel.frame.index.get_level_values(PERIOD) // panel.per_year
    report = match_all(list(names), years=list(years) if panel.has_periods else None)
    if problems := report.problems(where=Where(file=panel.source)):
        raise DataError(problems)
    found = {(name, year): place.code for (name, year, _), place in report.places.items()}
    dated = panel.has_periods
    codes = [found[name, year if dated else None] for name, year in zip(names, years, strict=True)]
    return codes, report.notices()


def _provinces(panel: Panel) -> tuple[list[str], tuple[Notice, ...]]:
    """Find the code of the province of each row."""
    names = list(panel.frame.index.get_level_values(ENTITY))
    found = identify([(name, None, None) for name in names], "china_provinces").found
    codes: dict[str, str] = {}
    problems = []
    for (name, _, _), meant in found.items():
        if isinstance(meant, Identity):
            codes[name] = meant.code
            continue
        near = ", ".join(meant.candidates)
        remedy = (
            message("did you mean {names}?", names=near) if near else message("check the name.")
        )
        problems.append(Problem("cities.unknown", meant.why, Where(file=panel.source), remedy))
    if problems:
        raise DataError(problems)
    return [codes[name] for name in names], ()


def with_registry(panel: Panel, listed: str | None, named: Collection[str] = ()) -> Chosen:
    """Add what the registry knows of each place, and name the cities that are not in the data.

    `named` holds the words of the study file: of a column that stands in it the source and the
    confidence are told.
    """
    if listed is None:
        return panel, (), ()
    everywhere = listed in EVERY
    level: Level = "province" if listed == "provinces" else "prefecture"
    known = listed_places(level) if everywhere else tuple(_cities(listed).values())
    codes = {place.name: place.code for place in places().values() if place.level == level}
    codes |= {place.name: place.code for place in known}
    entities = panel.frame.index.get_level_values(ENTITY)
    rows = [traits_of(codes[name]) for name in entities]
    new = {
        trait: _column([row.get(trait) for row in rows], panel.frame.index)
        for trait in (OF_PROVINCES if listed == "provinces" else SOURCES)
        if trait not in panel.frame and any(trait in row for row in rows)
    }
    doubts = [
        notice
        for grouping in (() if everywhere else RECONSTRUCTED)
        for notice in grouping_notices(grouping, tuple(_cities(listed).values()))
    ]
    members = [traits_of(codes[name]) for name in panel.entities]
    silent = () if everywhere else OF_THE_LISTS
    told = [_told(trait, members) for trait in new if trait in named and trait not in silent]
    absent = tuple(_cities_absent(panel, [place.name for place in known]))
    return panel.with_columns(new), absent, _as_warnings((*told, *doubts))


def _column(traits: Sequence[Trait | None], index: pd.Index) -> pd.Series:
    """Make a column of values: numbers, or words as every panel holds them."""
    values = pd.Series([None if one is None else one.value for one in traits], index=index)
    return values if values.dtype.kind in "fiub" else values.astype(object)


def _told(trait: str, members: Sequence[Mapping[str, Trait]]) -> Notice:
    """Say where the values of a trait come from and how sure they are."""
    sure = Counter(member[trait].confidence for member in members if trait in member)
    text = message(
        "Column '{column}' comes with the register of places: {source}. Of {all} places {high} have "
        "a value of high confidence, {medium} of medium, {low} of low, {none} have none.",
        one="Column '{column}' comes with the register of places: {source}. Of {all} places {high} has a value of high confidence, {medium} of medium, {low} of low, {none} have none.",
        counting="high",
        column=trait,
        source=SOURCES[trait],
        all=len(members),
        high=sure["high"],
        medium=sure["medium"],
        low=sure["low"],
        none=len(members) - sure.total(),
    )
    return Notice("cities.traits", text)


def _cities(listed: str) -> dict[str, City]:
    return {city.code: city for city in selection(listed, where=Where(key="panel.cities"))}


def _cities_absent(panel: Panel, cities: Iterable[str]) -> list[Decision]:
    absent = sorted(set(cities) - set(panel.entities))
    if not absent:
        return []
    text = message(
        "{n} cities of the list are not in the data: {names}.",
        one="{n} city of the list is not in the data: {names}.",
        n=len(absent),
        names=in_a_list(absent[:SHOWN] + (["…"] if len(absent) > SHOWN else [])),
    )
    return [Decision(text, Where(file=panel.source, key="panel.cities"), len(absent))]


def _as_warnings(notices: Iterable[Notice]) -> tuple[Problem, ...]:
    return tuple(Problem(n.code, n.text, n.where, severity="warning") for n in notices)


NEARLY_ALL = 0.9
"""Share of the names that a register must know to be used unasked."""
NAMES_SHOWN = 10
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
        names=listed(names, most=NAMES_SHOWN),
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
        (name, int(period) // table.panel.per_year, None)
        for name, period in zip(names, index.get_level_values(PERIOD), strict=True)
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
            text = replace(
                words, values={"n": len(names), "names": listed(names, most=NAMES_SHOWN)}
            )
            plain.append(Problem("cities.name", text, severity="warning"))
    return tuple(plain)


def _span(years: Sequence[int]) -> str:
    first, last = min(years), max(years)
    return period_name(first) if first == last else f"{period_name(first)}–{period_name(last)}"


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
        names=listed((f"{old} → {new}" for old, new in pairs), most=NAMES_SHOWN),
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
