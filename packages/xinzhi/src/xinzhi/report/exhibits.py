"""Exhibits of all analyses, by section of the report; a failed one is replaced by its reason.

What a study measures: its variables with definition, unit and source; inputs and outputs of its scores.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import PurePath
from typing import Any, TypeVar

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, AnyAnalysis, Shown, in_order, title_of
from xinzhi.analyses.capabilities import OfResults, ShownLast
from xinzhi.analyses.exhibits import (
    AbstractSentence,
    Exhibits,
    HeadSentence,
    MethodPart,
    Place,
    Profiles,
)
from xinzhi.analyses.index_chapter import PARTS, indices_of, place_in
from xinzhi.analyses.section import Words
from xinzhi.analyses.unavailable import Unavailable, contain
from xinzhi.prepare.step import plan_steps
from xinzhi.prepare.steps.entropy_index import construction_words
from xinzhi.present.chart import Chart
from xinzhi.present.numbers import percent
from xinzhi.present.style import ENTITIES, NOUNS, Noun
from xinzhi.present.table import Cell, Column, Row, Table, not_computed_table
from xinzhi.present.units import transformed, unit_in_words, with_statistics
from xinzhi.report.named import in_words
from xinzhi.study.result import StudyResult, place_in_file
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.variables import Variable
from xinzhi.study.view import StudyView
from xinzhi.work.parts import ReportParts
from xinzhi_core.errors import Problem
from xinzhi_core.formula.parse import parse
from xinzhi_core.panel.ledger import Entry
from xinzhi_core.panel.panel import Panel, filled_by_year
from xinzhi_core.periods import period_name
from xinzhi_core.wording import LANGUAGES, Label, Wording, listed, message, say
from xinzhi_panel.places.names import labels_of, register_of

MADE = ("derived", "copied")
Filled = Mapping[str, Mapping[str, float]]
"""Column -> period -> number of filled cells, and their share."""
SHARE = "share"
UNNAMED = "data"
"""Name of the one source of a first study, which says nothing to a reader."""


def variable_table(result: StudyResult) -> Iterator[Table]:
    """Set one row a variable; nothing where the study names none."""
    named = result.spec.variables.named
    if not named:
        return
    columns = [variable.column for variable in named.values() if variable.column]
    counts = filled_by_year(result.panel, columns)
    filled = {
        str(column): {str(key): float(n) for key, n in row.items()}
        for column, row in counts.iterrows()
    }
    rows = tuple(_row(result, name, variable, filled) for name, variable in named.items())
    yield Table(
        id="variables",
        title=message("Variables"),
        stub=message("Variable"),
        columns=(
            Column("symbol", message("Symbol")),
            Column("definition", message("Definition")),
            Column("unit", message("Unit")),
            Column("source", message("Source")),
            Column("filled", message("Filled cells")),
        ),
        rows=rows,
        notes=tuple(_notes(result)),
        machine={
            name: {
                "origin": variable.column or variable.score or variable.expression,
                "transform": result.spec.variables.transform_of(variable),
                "unit": variable.unit,
                "share_filled": filled.get(variable.column or "", {}).get(SHARE, 0.0),
            }
            for name, variable in named.items()
        },
        part="text",
    )


def units_of(result: StudyResult) -> dict[str, Wording]:
    """Name the unit of each variable in the tables; a score has none."""
    section = result.spec.variables
    units = result.panel.units
    return {
        name: transformed(
            variable.unit or units.get(variable.column or ""), section.transform_of(variable)
        )
        for name, variable in section.named.items()
    }


def _row(result: StudyResult, name: str, variable: Variable, filled: Filled) -> Row:
    cells = (
        Cell(name, "text"),
        Cell(_definition(result, variable, variable.label.label(name)), "text"),
        Cell(units_of(result)[name], "text"),
        Cell(_source(result, variable), "text"),
        _filled(filled, variable.column or ""),
    )
    return Row(variable.label.label(name), cells, key=name)


def _filled(filled: Filled, column: str) -> Cell:
    """Tell the share of the filled cells and their periods."""
    if column not in filled:
        return Cell(0.0, "percent")
    periods = [int(period) for period, n in filled[column].items() if period != SHARE and n]
    share = percent(filled[column][SHARE])
    return Cell(message("{share} ({periods})", share=share, periods=ranges(periods)), "text")


def ranges(periods: Sequence[int]) -> str:
    """Write periods, those that follow each other as one range.

    >>> ranges([2008, 2009, 2010, 2013, 2020, 2021])
    '2008–2010, 2013, 2020–2021'
    """
    runs: list[list[int]] = []
    for period in periods:
        if runs and period == runs[-1][-1] + 1:
            runs[-1].append(period)
        else:
            runs.append([period])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _definition(result: StudyResult, variable: Variable, label: Label) -> Wording:
    """Say what a variable is: a score, a formula, a column as it was read, or what a step made."""
    if variable.score is not None:
        return message("efficiency score (see the method)")
    return variable.expression or made_as(result, str(variable.column), label)


def heading_of(panel: Panel, column: str) -> Label:
    """Give the heading of a column without its unit, which stands in a column of its own.

    >>> from xinzhi_core.panel.panel import panel_of
    >>> frame = pd.DataFrame({"k": [1.0]}, index=pd.MultiIndex.from_tuples([("a", 1)], names=["entity", "period"]))
    >>> panel = panel_of(frame, labels={"k": Label("k", zh="专利（件）")}, units={"k": "件"})
    >>> say(heading_of(panel, "k"), "zh")
    '专利'
    """
    label, unit = panel.label(column), panel.units.get(column)
    if not unit:
        return label
    end = re.compile(rf"\s*[（(]\s*{re.escape(unit)}\s*[）)]\s*$")
    zh, en = (text and (end.sub("", text) or text) for text in (label.zh, label.en))
    return replace(label, zh=zh, en=en)


def made_as(result: StudyResult, column: str, label: Label) -> Wording:
    """Say what a column is: as it was read, or what a step made; nothing where its name in print says it."""
    made = _made(result.panel, column)
    if made is None:
        heading = heading_of(result.panel, column)
        zh, en = (
            "" if say(heading, language) == say(label, language) else say(heading, language)
            for language in LANGUAGES
        )
        # A heading in Chinese alone that is the Chinese name tells a reader of English nothing.
        en = "" if heading.en is None and not zh else en
        return Label("", zh=zh, en=en) if zh or en else ""
    step = dict(plan_steps(result.spec.prepare)).get(made.step)
    labels = result.panel.labels
    if step is None or made.kind not in DEFINITIONS:
        return in_words(made.why, labels)
    return in_words(DEFINITIONS[made.kind](step), labels)


def _rate(step: Any) -> Wording:
    names = dict.fromkeys((*step.numerator, step.denominator))
    above = " + ".join(step.numerator)
    above = f"({above})" if len(step.numerator) > 1 else above
    return with_names(f"{above} / {step.denominator} × {step.per:g}", names)


def _formula(step: Any) -> Wording:
    text = str(step.expression)
    return with_names(text.replace(" * ", " × "), parse(text).names)


def with_names(text: str, names: Iterable[str]) -> Wording:
    """Make the names of a formula parts of a message, so that readers see labels in their places."""
    # Longest first: 地区生产总值 is a part of 地区生产总值指数.
    ordered = sorted(names, key=len, reverse=True)
    keys = {name: f"x{position}" for position, name in enumerate(ordered)}
    pattern = "|".join(map(re.escape, ordered))
    template = re.sub(pattern, lambda match: f"{{{keys[match[0]]}}}", text) if keys else text
    return message(
        template, **{key: name for name, key in keys.items() if f"{{{key}}}" in template}
    )


def _exposure(step: Any) -> Wording:
    return message("exposure to {shocks} by shares of employment", shocks=step.shocks)


def _stock(step: Any) -> Wording:
    return message(
        "perpetual inventory of {investment}, depreciation {share}",
        investment=step.investment,
        share=percent(step.depreciation),
    )


DEFINITIONS: Mapping[str, Callable[[Any], Wording]] = {
    "expression": _formula,
    "rate": _rate,
    "exposure": _exposure,
    "dynamic_exposure": _exposure,
    "emerging_firms": lambda _: message("firms in emerging industries at the end of the year"),
    "penalty_cases": lambda _: message("penalty cases of the year"),
    "capital_stock": _stock,
    "real_output": lambda step: message(
        "{nominal}, converted to prices of {year}", nominal=step.nominal, year=step.base
    ),
    "entropy_index": lambda step: (
        message("entropy-weighted index of {names}", names=listed(step.indicators))
        if step.is_plain
        else message(
            "index of {names} ({how})",
            names=listed(step.indicators),
            how=construction_words(step),
        )
    ),
}
"""Kind of step -> what it makes, in a line; of other kinds the ledger says it."""


def _made(panel: Panel, column: str) -> Entry | None:
    """Find the step that made a column; none made one that was read."""
    entries = panel.ledger.entries
    return next((e for e in entries if e.column == column and e.change in MADE), None)


def _source(result: StudyResult, variable: Variable) -> Wording:
    """List the sources, by their titles or names in the study file, from which a variable comes."""
    origins = _sources(result, variable.column, frozenset()) if variable.column else ()
    titles = [source_in_print(result.spec, name) for name in origins]
    # Several files may have one title, as the yearbooks of two years.
    shown = {tuple(say(title, each) for each in LANGUAGES): title for title in titles}
    return listed([*shown.values()]) or message("computed")


def source_in_print(spec: StudySpec, name: str) -> Label:
    """Call a source as readers know it: by its title, or by its file where the study file says no more than `data`.

    >>> one = {"title": "t", "sources": {"data": {"file": "data/年鉴.xlsx", "entity": "城市"}}, "panel": {"from": "data"}}
    >>> str(source_in_print(StudySpec.model_validate(one), "data"))
    '年鉴'
    >>> one["sources"]["data"]["title"] = {"zh": "城市年鉴", "en": "City yearbook"}
    >>> str(source_in_print(StudySpec.model_validate(one), "data"))
    'City yearbook'
    """
    source = spec.sources.get(name)
    if source is None:
        return Label(name)
    is_unnamed = name == UNNAMED and source.file is not None
    return source.title.label(PurePath(str(source.file)).stem if is_unnamed else name)


def _sources(result: StudyResult, column: str, above: frozenset[str]) -> Iterator[str]:
    """Follow a column to the sources of what it was made of, and of the step."""
    panel, made = result.panel, _made(result.panel, column)
    if made is None:
        yield from panel.origins.get(column, (panel.source,) if panel.source else ())
        return
    for used in made.uses:
        # A step may write over a column that it uses: without this the search never ends.
        if used not in above | {column}:
            yield from _sources(result, used, above | {column})
    options = dict(result.spec.prepare).get(made.step)
    yield from (name for name in _words(options) if name in result.spec.sources)


def _words(options: object) -> Iterator[str]:
    """List the words among the options of a step, of which some name sources."""
    values = options.values() if isinstance(options, dict) else ()
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (word for word in value if isinstance(word, str))


def _notes(result: StudyResult) -> Iterator[Wording]:
    panel = result.panel
    yield message(
        "Filled cells: share and periods of the values that were interpolated, continued or "
        "carried back rather than observed."
    )
    if panel.has_periods and panel.periods:
        first, last = panel.periods[0], panel.periods[-1]
        ends = {"first": period_name(first), "last": period_name(last)}
        yield message("Period: {first} to {last}.", **ends)


ROLES: tuple[tuple[str, Wording], ...] = (
    ("inputs", message("Input")),
    ("good_outputs", message("Good output")),
    ("bad_outputs", message("Bad output")),
)


def indicator_tables(result: StudyResult) -> Iterator[Table]:
    """Set the inputs and outputs of each score, one row a column of the data."""
    view = StudyView(result.spec)
    for name, section in result.spec.sections("efficiency").items():
        columns = {role: getattr(section, role) for role, _ in ROLES}
        rows = tuple(
            _indicator_row(result, column, words, rule=n == 0 and role != "inputs")
            for role, words in ROLES
            for n, column in enumerate(columns[role])
        )
        yield Table(
            id=f"{name}_indicators",
            title=message("{score}: inputs and outputs", score=view.score_label(name)),
            stub=message("Indicator"),
            columns=(
                Column("role", message("Role")),
                Column("definition", message("Definition")),
                Column("unit", message("Unit")),
            ),
            rows=rows,
            machine={"indicators": {role: list(names) for role, names in columns.items()}},
            part="text",
        )


def _indicator_row(result: StudyResult, column: str, role: Wording, *, rule: bool) -> Row:
    label = heading_of(result.panel, column)
    cells = (
        Cell(role, "text"),
        Cell(made_as(result, column, label), "text"),
        Cell(unit_in_words(result.panel.units.get(column, "")), "text"),
    )
    return Row(label, cells, key=column, rule_above=rule)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Exhibited:
    """The exhibits of all analyses, without charts."""

    tables: Mapping[str, tuple[Table, ...]]
    """Place -> its tables."""
    methods: tuple[MethodPart, ...]
    """What each analysis adds to the chapter on method, under the title of its place."""
    references: frozenset[str]
    problems: tuple[Problem, ...]
    blocks: Mapping[str, object]
    """Further blocks of results.json."""
    profiles: Profiles | None = None
    """A page for each entity, of the one analysis that has some."""
    abstract: tuple[AbstractSentence, ...] = ()
    """What the analyses add to the abstract, in the order of the report."""
    head: tuple[HeadSentence, ...] = ()
    """What they add to the four lines before it."""
    keywords: tuple[Wording, ...] = ()
    prose: Mapping[str, tuple[Wording, ...]] = field(default_factory=dict)
    """Place -> paragraphs of the main text."""


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
            analysis.place.title,
            stands,
            _show(analysis, section, outcome, replace(view, tables=tables_before or {}), place),
        )
        for analysis, section, outcome, view, place, stands in _asked(result)
        if isinstance(analysis, ShownLast) == (tables_before is not None)
    ]
    under = with_statistics if result.spec.report.under == "t" else _as_it_is
    exhibits = [each for _, _, each in shown]
    return Exhibited(
        tables=by_place((place.key, tuple(map(under, each.tables))) for _, place, each in shown),
        methods=tuple(
            MethodPart(title, each.equations, each.methods)
            for title, _, each in shown
            if each.equations or each.methods
        ),
        references=frozenset(text for each in exhibits for text in each.references),
        problems=tuple(problem for each in exhibits for problem in each.problems),
        blocks={key: block for each in exhibits for key, block in each.blocks.items()},
        profiles=next((each.profiles for each in reversed(exhibits) if each.profiles), None),
        abstract=tuple(sentence for each in exhibits for sentence in each.abstract),
        head=tuple(sentence for each in exhibits for sentence in each.head),
        keywords=tuple(word for each in exhibits for word in each.keywords),
        prose=by_place((place.key, each.prose) for _, place, each in shown if each.prose),
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

    answer: object
    exhibits: Exhibits


def shown_alone(result: StudyResult, key: str) -> Alone:
    """Show one analysis of a study, which has a section of it and its result."""
    wanted = ANALYSES.get(key)
    analysis, section, outcome, view, *_ = next(
        asked for asked in _asked(result) if asked[0] is wanted
    )
    if isinstance(analysis, ShownLast):
        view = replace(view, tables=by_id(tables_of(result, exhibited(result))))
    answer = outcome
    if isinstance(analysis, OfResults):
        answer = analysis.answer(section, outcome, view)
    return Alone(answer, analysis.show(section, outcome, view))


def by_id(tables: Mapping[str, tuple[Table, ...]]) -> dict[str, Table]:
    """List the tables of all sections by their ids."""
    return {table.id: table for group in tables.values() for table in group}


def _show(analysis: AnyAnalysis, section: Any, outcome: Any, view: Shown, place: str) -> Exhibits:
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


def charts_of(result: StudyResult, parts: ReportParts | None = None) -> DrawnCharts:
    """Draw the charts of every analysis; one that cannot be drawn keeps its place.

    `parts` holds the specifications of the last report, so that only charts that changed are composed.
    """
    charts: dict[str, tuple[Chart, ...]] = {}
    undrawn: dict[str, tuple[Table, ...]] = {}
    problems: list[Problem] = []
    for analysis, section, outcome, view, in_file, stands in _asked(result):
        if isinstance(outcome, Unavailable):
            continue
        place = stands.key
        drawn = contain(
            view.name,
            in_file,
            partial(_draw, analysis, section, outcome, replace(view, parts=parts or view.parts)),
        )
        if isinstance(drawn, Unavailable):
            table = not_computed_table(*analysis.heading(section, view), drawn.problems)
            undrawn[place] = (*undrawn.get(place, ()), table)
            problems += drawn.problems
        else:
            charts[place] = (*charts.get(place, ()), *in_text(stands, drawn))
    return DrawnCharts(charts, undrawn, tuple(problems))


def in_text(place: Place, charts: tuple[Chart, ...]) -> tuple[Chart, ...]:
    """Put the first chart of the course and of the gaps of an index into the main text, which has none of them else."""
    if place not in (PARTS["course"], PARTS["gaps"]):
        return charts
    return (*(replace(chart, part="text") for chart in charts[:1]), *charts[1:])


def _draw(analysis: AnyAnalysis, section: Any, outcome: Any, view: Shown) -> tuple[Chart, ...]:
    return tuple(analysis.draw(section, outcome, view))


def _asked(result: StudyResult) -> Iterator[tuple[AnyAnalysis, Any, Any, Shown, str, Place]]:
    """List the sections: analysis, options, result, what else it may show, its place in the study file and the report."""
    study = StudyView(result.spec)
    indices = indices_of(result.spec, study)
    labels, noun = entity_labels(result), noun_of(result)
    style = replace(study.style, entities=labels, units=units_of(result), noun=noun)
    for key, analysis in in_order():
        sections = result.spec.sections(key)
        for name, section in sections.items():
            view = Shown(
                analysis.id or name,
                title_of(analysis, name, sections, study),
                study,
                style,
                result.panel,
                result.results,
                result.outlines,
                is_partial=result.is_partial,
            )
            place = ".".join(place_in_file(key, name))
            stands = place_in(indices, key, analysis.place, section, study)
            yield analysis, section, result.results[key][name], view, place, stands


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
            *(Column(str(period), period_name(int(period))) for period in periods),
            Column("share", message("Share")),
        ),
        rows=rows,
        notes=(message("Values computed from filled values count as filled."),),
        machine={
            "variables": {
                str(name): {str(key): float(value) for key, value in row.items()}
                for name, row in filled.iterrows()
            }
        },
    )
