"""The exhibits of the analyses of a study: shown, or their place kept where there is no result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from xinzhi.analyses.analysis import Analysis, Shown, in_order
from xinzhi.analyses.exhibits import Exhibits, Profiles
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import Problem, StudyError
from xinzhi.figures.chart import Chart
from xinzhi.report.naming import entity_labels
from xinzhi.study.attempts import tried
from xinzhi.study.result import StudyResult
from xinzhi.study.variables import style_of
from xinzhi.study.view import StudyView
from xinzhi.tables.not_computed import not_computed_table
from xinzhi.tables.table import Table
from xinzhi.wording import Wording


@dataclass(frozen=True, slots=True)
class Exhibited:
    """What all analyses show, but for their charts."""

    tables: Mapping[str, tuple[tuple[float, Table], ...]]
    """Section of the report -> its tables, each with its order."""
    methods: tuple[Wording, ...]
    references: frozenset[str]
    problems: tuple[Problem, ...]
    blocks: Mapping[str, Any]
    """Further blocks of results.json."""
    profiles: Profiles | None = None
    """A page for each entity, of the one analysis that has some."""


def exhibited(result: StudyResult, tables_before: Mapping[str, Table] | None = None) -> Exhibited:
    """Show the analyses that the study asks for.

    Parameters
    ----------
    tables_before
        None shows the analyses that need no tables of others. With the tables of the study by their
        ids, those that show last are shown.
    """
    tables: dict[str, tuple[tuple[float, Table], ...]] = {}
    methods: list[Wording] = []
    references: set[str] = set()
    problems: list[Problem] = []
    blocks: dict[str, Any] = {}
    profiles: Profiles | None = None
    for analysis, section, found, shown in _asked(result):
        if analysis.shows_last == (tables_before is None):
            continue
        one = _shown(analysis, section, found, replace(shown, tables=tables_before or {}))
        problems += one.problems
        blocks |= one.blocks
        profiles = one.profiles or profiles
        place = analysis.place.key
        own = ((analysis.place.order, table) for table in one.tables)
        tables[place] = (*tables.get(place, ()), *own)
        methods += one.methods
        references |= one.references
    return Exhibited(
        tables, tuple(methods), frozenset(references), tuple(problems), blocks, profiles
    )


def _shown(analysis: Analysis[Any, Any], section: Any, found: Any, shown: Shown) -> Exhibits:
    """Show one result, or why there is none or it cannot be shown."""
    if not isinstance(found, Unavailable):
        one = tried(shown.name, lambda: analysis.show(section, found, shown))
        if isinstance(one, Exhibits):
            return one
        problems, found = one.problems, one
    else:
        problems = ()  # told among the notices of the study already
    table = not_computed_table(*analysis.heading(section, shown), found.problems)
    return Exhibits((table,), problems=problems)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The charts of a study by section of the report, and what could not be drawn."""

    charts: Mapping[str, tuple[Chart, ...]]
    undrawn: Mapping[str, tuple[Table, ...]] = field(default_factory=lambda: MappingProxyType({}))
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
    style = replace(style_of(result.spec), entities=entity_labels(result))
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
