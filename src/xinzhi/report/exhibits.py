"""Exhibits of all analyses, by section of the report; a failed one is replaced by its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Analysis, Shown, in_order
from xinzhi.analyses.exhibits import AbstractSentence, Exhibits, Profiles
from xinzhi.analyses.section import Words
from xinzhi.analyses.unavailable import Unavailable, contain
from xinzhi.errors import Problem
from xinzhi.panel.history import filled_by_year
from xinzhi.places.labels import labels_of, register_of
from xinzhi.present.chart import Chart
from xinzhi.present.equation import NumberedEquation
from xinzhi.present.style import ENTITIES, NOUNS, Noun
from xinzhi.present.table import Cell, Column, Row, Table, not_computed_table
from xinzhi.present.under import with_statistics
from xinzhi.report.variable_table import indicator_tables, units_of, variable_table
from xinzhi.study.result import StudyResult, place_in_file
from xinzhi.study.view import StudyView
from xinzhi.wording import Label, Wording, message

T = TypeVar("T")


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
    equations: tuple[NumberedEquation, ...] = ()


def exhibited(result: StudyResult, tables_before: Mapping[str, Table] | None = None) -> Exhibited:
    """Show the analyses that the study asks for.

    Parameters
    ----------
    tables_before
        None shows the analyses that need no tables of others. With the tables of the study by their
        ids, those that show last are shown.
    """
    shown = [
        (
            analysis.place.key,
            _show(analysis, section, outcome, replace(view, tables=tables_before or {}), place),
        )
        for analysis, section, outcome, view, place in _asked(result)
        if analysis.shows_last == (tables_before is not None)
    ]
    under = with_statistics if result.spec.report.under == "t" else _as_it_is
    exhibits = [each for _, each in shown]
    return Exhibited(
        tables=by_place((place, tuple(map(under, each.tables))) for place, each in shown),
        methods=tuple(words for each in exhibits for words in each.methods),
        references=frozenset(text for each in exhibits for text in each.references),
        problems=tuple(problem for each in exhibits for problem in each.problems),
        blocks={key: block for each in exhibits for key, block in each.blocks.items()},
        profiles=next((each.profiles for each in reversed(exhibits) if each.profiles), None),
        abstract=tuple(sentence for each in exhibits for sentence in each.abstract),
        keywords=tuple(word for each in exhibits for word in each.keywords),
        prose=by_place((place, each.prose) for place, each in shown if each.prose),
        equations=tuple(equation for each in exhibits for equation in each.equations),
    )


def _as_it_is(table: Table) -> Table:
    return table


def by_place(groups: Iterable[tuple[str, Iterable[T]]]) -> dict[str, tuple[T, ...]]:
    """Join what belongs to the same place of the report."""
    joined: dict[str, tuple[T, ...]] = {}
    for place, members in groups:
        joined[place] = (*joined.get(place, ()), *members)
    return joined


@dataclass(frozen=True, slots=True)
class Alone:
    """One analysis of a study by itself: what its verb gives, and what it shows."""

    answer: Any
    exhibits: Exhibits


def shown_alone(result: StudyResult, key: str) -> Alone:
    """Show one analysis of a study, which has a section of it and its result."""
    wanted = ANALYSES.get(key)
    analysis, section, outcome, view, _ = next(
        asked for asked in _asked(result) if asked[0] is wanted
    )
    if analysis.shows_last:
        view = replace(view, tables=by_id(tables_of(result, exhibited(result))))
    return Alone(analysis.answer(section, outcome, view), analysis.show(section, outcome, view))


def by_id(tables: Mapping[str, tuple[Table, ...]]) -> dict[str, Table]:
    """List the tables of all sections by their ids."""
    return {table.id: table for group in tables.values() for table in group}


def _show(
    analysis: Analysis[Any, Any], section: Any, outcome: Any, view: Shown, place: str
) -> Exhibits:
    """Show one result, or the reason why it is missing or cannot be shown."""
    problems: tuple[Problem, ...] = ()  # of a missing result: they are among the notices already
    if not isinstance(outcome, Unavailable):
        exhibits = contain(view.name, place, lambda: analysis.show(section, outcome, view))
        if isinstance(exhibits, Exhibits):
            return exhibits
        outcome, problems = exhibits, exhibits.problems
    table = not_computed_table(*analysis.heading(section, view), outcome.problems)
    # In the text, whose reader else looks for it in vain.
    return Exhibits((replace(table, part="text"),), problems=problems)


@dataclass(frozen=True, slots=True)
class DrawnCharts:
    """The charts of a study by section of the report, and what could not be drawn."""

    charts: Mapping[str, tuple[Chart, ...]]
    undrawn: Mapping[str, tuple[Table, ...]] = field(default_factory=dict)
    """Section of the report -> what stands in the place of a chart that could not be drawn."""
    problems: tuple[Problem, ...] = ()


def charts_of(result: StudyResult) -> DrawnCharts:
    """Draw the charts of every analysis; one that cannot be drawn keeps its place."""
    charts: dict[str, tuple[Chart, ...]] = {}
    undrawn: dict[str, tuple[Table, ...]] = {}
    problems: list[Problem] = []
    for analysis, section, outcome, view, in_file in _asked(result):
        if isinstance(outcome, Unavailable):
            continue
        place = analysis.place.key
        drawn = contain(view.name, in_file, partial(_draw, analysis, section, outcome, view))
        if isinstance(drawn, Unavailable):
            table = not_computed_table(*analysis.heading(section, view), drawn.problems)
            undrawn[place] = (*undrawn.get(place, ()), table)
            problems += drawn.problems
        else:
            charts[place] = (*charts.get(place, ()), *drawn)
    return DrawnCharts(charts, undrawn, tuple(problems))


def _draw(
    analysis: Analysis[Any, Any], section: Any, outcome: Any, view: Shown
) -> tuple[Chart, ...]:
    return tuple(analysis.draw(section, outcome, view))


def _asked(result: StudyResult) -> Iterator[tuple[Analysis[Any, Any], Any, Any, Shown, str]]:
    """List the sections: analysis, options, result, what else it may show, and its place in the study file."""
    study = StudyView(result.spec)
    labels, noun = entity_labels(result), noun_of(result)
    style = replace(study.style, entities=labels, units=units_of(result), noun=noun)
    for key, analysis in in_order():
        sections = result.spec.sections(key)
        for name, section in sections.items():
            view = Shown(
                analysis.id or name,
                analysis.titled(name, sections, study),
                study,
                style,
                result.panel,
                result.results,
                result.outlines,
                is_partial=result.is_partial,
            )
            place = ".".join(place_in_file(key, name))
            yield analysis, section, result.results[key][name], view, place


def tables_of(result: StudyResult, shown: Exhibited) -> dict[str, tuple[Table, ...]]:
    """Set the tables of a study: section of the report -> its tables."""
    tables = dict(shown.tables)
    variables = (*variable_table(result), *indicator_tables(result))
    if variables:
        tables["data"] = (*variables, *tables.get("data", ()))
    filled = filled_by_year(result.panel, map(str, result.panel.frame.columns))
    if len(filled):
        tables["filled"] = (_filled_table(filled),)
    # What could not be computed keeps the place where a reader looks for it.
    for place, failed in result.not_computed.items():
        section, key, title = PLACES[place]
        table = not_computed_table(key, title, failed.problems)
        tables[section] = (*tables.get(section, ()), table)
    return tables


PLACES: Mapping[str, tuple[str, str, Wording]] = {
    "scripts": ("models", "scripts", message("The regressions in other software")),
}
"""Piece of work -> section of the report, and id and title that the table would have had."""


def entity_labels(result: StudyResult) -> dict[str, Wording]:
    """Words for entities: from the columns that the study file names, else from the registers."""
    frame = result.panel.frame
    first = frame[~frame.index.get_level_values("entity").duplicated()].droplevel("period")
    labels = labels_of(map(str, first.index))
    for source in result.spec.sources.values():
        columns = {
            language: first[column].dropna().astype(str)
            for language, column in (("zh", source.labels.zh), ("en", source.labels.en))
            if column is not None and column != source.entity
        }
        for entity in first.index if columns else ():
            names = {language: column.get(entity) for language, column in columns.items()}
            given = {language: name for language, name in names.items() if name is not None}
            before = labels.get(str(entity), Label(str(entity)))
            labels[str(entity)] = replace(before, **given)
    return {**labels}


def noun_of(result: StudyResult) -> Noun:
    """Say what the entities are: cities, provinces or countries where a register knows them."""
    return NOUNS.get(register_of([*map(str, result.panel.entities)]) or "", ENTITIES)


def words_of(words: Words) -> Wording:
    """Turn a text of the study file, in one or two languages, into a label; empty if it is missing."""
    return words.label("") if words.zh or words.en else ""


def _filled_table(filled: pd.DataFrame) -> Table:
    """Set the filled cells of each variable by period, and their share, as `panel.history` counts them."""
    periods = [column for column in filled.columns if column != "share"]
    rows = tuple(
        Row(
            str(name),
            (
                *(Cell(int(row[period]), "count") for period in periods),
                Cell(float(row["share"]), "percent"),
            ),
            key=str(name),
        )
        for name, row in filled.iterrows()
    )
    return Table(
        id="filled",
        title=message("Filled cells by variable and period"),
        stub=message("Variable"),
        columns=(
            *(Column(str(period), str(period)) for period in periods),
            Column("share", message("Share")),
        ),
        rows=rows,
        notes=(message("Cells computed from filled cells count as filled."),),
        machine={
            "variables": {
                str(name): {str(key): float(value) for key, value in row.items()}
                for name, row in filled.iterrows()
            }
        },
    )
