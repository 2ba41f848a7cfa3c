"""Exhibits of all analyses, by section of the report; a failed one is replaced by its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from xinzhi.analyses.abstract import AbstractSentence
from xinzhi.analyses.analysis import ANALYSES, Analysis, Shown, in_order
from xinzhi.analyses.exhibits import Exhibits, Profiles
from xinzhi.analyses.section import Words
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi.errors import Problem, StudyError
from xinzhi.panel.history import filled_by_year
from xinzhi.places.labels import labels_of, register_of
from xinzhi.present.chart import Chart
from xinzhi.present.equation import Equation
from xinzhi.present.style import ENTITIES, NOUNS, Noun
from xinzhi.present.table import Cell, Column, Row, Table, not_computed_table
from xinzhi.present.under import with_statistics
from xinzhi.report.indicator_table import indicator_tables
from xinzhi.report.variable_table import units_of, variable_table
from xinzhi.study.result import StudyResult
from xinzhi.study.view import StudyView
from xinzhi.wording import Label, Wording, message


@dataclass(frozen=True, slots=True)
class Exhibited:
    """The exhibits of all analyses, without charts."""

    tables: Mapping[str, tuple[Table, ...]]
    """Place -> its tables."""
    methods: tuple[Wording, ...]
    references: frozenset[str]
    problems: tuple[Problem, ...]
    blocks: Mapping[str, Any]
    """Further blocks of results.json."""
    profiles: Profiles | None = None
    """A page for each entity, of the one analysis that has some."""
    abstract: tuple[AbstractSentence, ...] = ()
    """What the analyses add to the abstract, in the order of the report."""
    keywords: tuple[Wording, ...] = ()
    prose: Mapping[str, tuple[Wording, ...]] = field(default_factory=dict)
    """Place -> paragraphs of the main text."""
    equations: tuple[Equation, ...] = ()


def exhibited(result: StudyResult, tables_before: Mapping[str, Table] | None = None) -> Exhibited:
    """Show the analyses that the study asks for.

    Parameters
    ----------
    tables_before
        None shows the analyses that need no tables of others. With the tables of the study by their
        ids, those that show last are shown.
    """
    tables: dict[str, tuple[Table, ...]] = {}
    methods: list[Wording] = []
    references: set[str] = set()
    problems: list[Problem] = []
    blocks: dict[str, Any] = {}
    profiles: Profiles | None = None
    abstract: list[AbstractSentence] = []
    keywords: list[Wording] = []
    prose: dict[str, tuple[Wording, ...]] = {}
    equations: list[Equation] = []
    under_t = result.spec.report.under == "t"
    for analysis, section, found, shown in _asked(result):
        if analysis.shows_last == (tables_before is None):
            continue
        one = _shown(analysis, section, found, replace(shown, tables=tables_before or {}))
        problems += one.problems
        blocks |= one.blocks
        profiles = one.profiles or profiles
        place = analysis.place.key
        own = map(with_statistics, one.tables) if under_t else one.tables
        tables[place] = (*tables.get(place, ()), *own)
        methods += one.methods
        references |= one.references
        abstract += one.abstract
        keywords += one.keywords
        if one.prose:
            prose[place] = (*prose.get(place, ()), *one.prose)
        equations += one.equations
    return Exhibited(
        tables,
        tuple(methods),
        frozenset(references),
        tuple(problems),
        blocks,
        profiles,
        tuple(abstract),
        tuple(keywords),
        prose,
        tuple(equations),
    )


@dataclass(frozen=True, slots=True)
class Alone:
    """One analysis of a study by itself: what its verb gives, and what it shows."""

    answer: Any
    exhibits: Exhibits


def shown_alone(result: StudyResult, key: str) -> Alone:
    """Show one analysis of a study, which has a section of it and its result."""
    wanted = ANALYSES.get(key)
    analysis, section, found, shown = next(one for one in _asked(result) if one[0] is wanted)
    if analysis.shows_last:
        groups = tables_of(result, exhibited(result)).values()
        shown = replace(shown, tables={table.id: table for group in groups for table in group})
    return Alone(analysis.answer(section, found, shown), analysis.show(section, found, shown))


def _shown(analysis: Analysis[Any, Any], section: Any, found: Any, shown: Shown) -> Exhibits:
    """Show one result, or the reason why it is missing or cannot be shown."""
    if not isinstance(found, Unavailable):
        one = attempt(shown.name, lambda: analysis.show(section, found, shown))
        if isinstance(one, Exhibits):
            return one
        problems, found = one.problems, one
    else:
        problems = ()  # told among the notices of the study already
    table = not_computed_table(*analysis.heading(section, shown), found.problems)
    # In the text, whose reader else looks for it in vain.
    return Exhibits((replace(table, part="text"),), problems=problems)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The charts of a study by section of the report, and what could not be drawn."""

    charts: Mapping[str, tuple[Chart, ...]]
    undrawn: Mapping[str, tuple[Table, ...]] = field(default_factory=dict)
    """Section of the report -> what stands in the place of a chart that could not be drawn."""
    problems: tuple[Problem, ...] = ()


def charts_of(result: StudyResult) -> Drawn:
    """Draw the charts of every analysis; one that cannot be drawn keeps its place."""
    charts: dict[str, tuple[Chart, ...]] = {}
    undrawn: dict[str, tuple[Table, ...]] = {}
    problems: list[Problem] = []
    for analysis, section, found, shown in _asked(result):
        if isinstance(found, Unavailable):
            continue
        place = analysis.place.key
        try:
            charts[place] = (*charts.get(place, ()), *analysis.draw(section, found, shown))
        except StudyError as error:
            table = not_computed_table(*analysis.heading(section, shown), error.problems)
            undrawn[place] = (*undrawn.get(place, ()), table)
            problems += error.problems
    return Drawn(charts, undrawn, tuple(problems))


def _asked(result: StudyResult) -> Iterator[tuple[Analysis[Any, Any], Any, Any, Shown]]:
    """List the sections: analysis, options, result, and what else it may show."""
    study = StudyView(result.spec)
    labels, noun = entity_labels(result), noun_of(result)
    style = replace(study.style, entities=labels, units=units_of(result), noun=noun)
    for key, analysis in in_order():
        sections = result.spec.sections(key)
        for name, section in sections.items():
            shown = Shown(
                analysis.id or name,
                analysis.titled(name, sections, study),
                study,
                style,
                result.panel,
                result.results,
                result.outlines,
                is_partial=result.is_partial,
            )
            yield analysis, section, result.results[key][name], shown


def tables_of(result: StudyResult, shown: Exhibited) -> dict[str, tuple[Table, ...]]:
    """Set the tables of a study: section of the report -> its tables."""
    tables = {place: tuple(found) for place, found in shown.tables.items()}
    variables = (*variable_table(result), *indicator_tables(result))
    if variables:
        tables["data"] = (*variables, *tables.get("data", ()))
    filled = tuple(_filled(result))
    if filled:
        tables["filled"] = filled
    return with_not_computed(result, tables)


def _filled(result: StudyResult) -> Iterator[Table]:
    filled = filled_by_year(result.panel, map(str, result.panel.frame.columns))
    if len(filled):
        yield filled_table("filled", message("Filled cells by variable and period"), filled)


PLACES: Mapping[str, tuple[str, str, Wording]] = {
    "scripts": ("models", "scripts", message("The regressions in other software")),
}
"""Piece of work -> section of the report, and id and title that the table would have had."""


def with_not_computed(
    result: StudyResult, tables: Mapping[str, tuple[Table, ...]]
) -> dict[str, tuple[Table, ...]]:
    """Add what could not be computed to the sections where it would have been shown."""
    every = dict(tables)
    for section, table in _tables(result):
        every[section] = (*every.get(section, ()), table)
    return every


def _tables(result: StudyResult) -> Iterator[tuple[str, Table]]:
    for place, found in result.not_computed.items():
        section, key, title = PLACES[place]
        yield section, not_computed_table(key, title, found.problems)


def entity_labels(result: StudyResult) -> dict[str, Wording]:
    """Words for entities: from the columns that the study file names, else from the registers."""
    frame = result.panel.frame
    first = frame[~frame.index.get_level_values("entity").duplicated()].droplevel("period")
    known = labels_of(map(str, first.index))
    for source in result.spec.sources.values():
        columns = {
            language: first[column].dropna().astype(str)
            for language, column in (("zh", source.labels.zh), ("en", source.labels.en))
            if column is not None and column != source.entity
        }
        for entity in first.index if columns else ():
            own = {language: names.get(entity) for language, names in columns.items()}
            given = {language: name for language, name in own.items() if name is not None}
            before = known.get(str(entity), Label(str(entity)))
            known[str(entity)] = replace(before, **given)
    return dict(known)


def noun_of(result: StudyResult) -> Noun:
    """Say what the entities are: cities, provinces or countries where a register knows them."""
    return NOUNS.get(register_of([str(one) for one in result.panel.entities]) or "", ENTITIES)


def words_of(words: Words) -> Wording:
    """Turn a text of the study file, in one or two languages, into a label; empty if it is missing."""
    return words.label("") if words.zh or words.en else ""


def filled_table(
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    filled: pd.DataFrame,
) -> Table:
    """Set the number of filled cells of each variable by period, and their share.

    `filled` has variables down, periods across and a column `share`, as `panel.history` counts.
    """
    periods = [column for column in filled.columns if column != "share"]
    rows = [
        Row(
            str(name),
            (
                *(Cell(int(row[period]), "count") for period in periods),
                Cell(float(row["share"]), "percent"),
            ),
            key=str(name),
        )
        for name, row in filled.iterrows()
    ]
    return Table(
        id=id,
        title=title,
        stub=message("Variable"),
        columns=(
            *(Column(str(period), str(period)) for period in periods),
            Column("share", message("Share")),
        ),
        rows=tuple(rows),
        notes=(message("Cells computed from filled cells count as filled."),),
        machine={
            "variables": {
                str(name): {str(key): float(value) for key, value in row.items()}
                for name, row in filled.iterrows()
            }
        },
    )
