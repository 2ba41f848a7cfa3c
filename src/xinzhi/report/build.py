"""Content of the report, from the result of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.metadata import version

from xinzhi.errors import Problem
from xinzhi.notices import Notice
from xinzhi.present.table import Table
from xinzhi.report.abstract import abstract_of
from xinzhi.report.content import Content
from xinzhi.report.data_summary import data_summary, sample
from xinzhi.report.english import in_english
from xinzhi.report.exhibits import (
    Exhibited,
    charts_of,
    entity_labels,
    exhibited,
    tables_of,
    words_of,
)
from xinzhi.report.framework import framework_of
from xinzhi.report.methods import methods_of
from xinzhi.report.named import charts_in_names, in_names, tables_in_names
from xinzhi.report.steps_in_symbols import step_equations
from xinzhi.report.symbols import explained_once
from xinzhi.study.result import StudyResult
from xinzhi.wording import Wording, message


def content_of(result: StudyResult) -> Content:
    """Turn the result of a study into tables, charts, notices and sentences."""
    return with_charts(text_of(result), result)


def text_of(result: StudyResult) -> Content:
    """Turn the result of a study into all that its report says, before any chart is drawn."""
    shown = exhibited(result)
    tables = tables_of(result, shown)
    last = exhibited(result, by_id(tables))
    tables |= last.tables
    problems = (*shown.problems, *last.problems)
    found = Content(
        title=result.spec.title.label("study"),
        subtitle=words_of(result.spec.description),
        simulated=result.spec.simulated,
        profile=result.spec.report.profile,
        abstract=abstract_of((*shown.abstract, *last.abstract)),
        keywords=tuple(dict.fromkeys((*shown.keywords, *last.keywords))),
        sample=tuple(sample(result)),
        data_summary=tuple(data_summary(result)),
        prose=_prose(shown, last),
        equations=tuple(explained_once((*step_equations(result), *shown.equations))),
        tables=tables,
        profiles=shown.profiles,
        notices=(*result.notices, *_notices(problems)),
        problems=problems,
        blocks={**shown.blocks, **last.blocks},
        methods=methods_of(result, shown),
        references=shown.references | last.references,
        provenance=tuple(_provenance(result)),
    )
    return in_english(in_names(found, entity_labels(result)), result.spec.report.languages)


def with_charts(text: Content, result: StudyResult) -> Content:
    """Add the charts, and what stands in the place of those that cannot be drawn."""
    drawn, labels = charts_of(result), entity_labels(result)
    charts = {**drawn.charts, "method": tuple(framework_of(result))}
    tables = dict(text.tables)
    for place, undrawn in tables_in_names(drawn.undrawn, labels).items():
        tables[place] = (*tables.get(place, ()), *undrawn)
    return replace(
        text,
        tables=tables,
        charts=charts_in_names(charts, labels),
        problems=(*text.problems, *drawn.problems),
        notices=(*text.notices, *_notices(drawn.problems)),
    )


def _notices(problems: tuple[Problem, ...]) -> tuple[Notice, ...]:
    return tuple(Notice(problem.code, problem.what, problem.where) for problem in problems)


def _prose(*shown: Exhibited) -> dict[str, tuple[Wording, ...]]:
    """Join paragraphs of the same place."""
    joined: dict[str, tuple[Wording, ...]] = {}
    for place, paragraphs in (named for one in shown for named in one.prose.items()):
        joined[place] = (*joined.get(place, ()), *paragraphs)
    return joined


def every_table(result: StudyResult) -> Mapping[str, tuple[Table, ...]]:
    """Set all tables of a study: section of the report -> its tables."""
    tables = tables_of(result, exhibited(result))
    tables |= exhibited(result, by_id(tables)).tables
    return tables_in_names(tables, entity_labels(result))


def by_id(tables: Mapping[str, tuple[Table, ...]]) -> dict[str, Table]:
    """List the tables of all sections by their ids."""
    return {table.id: table for group in tables.values() for table in group}


def _provenance(result: StudyResult) -> Iterator[Wording]:
    yield message(
        "Computed by xinzhi {version} with seed {seed}.",
        version=version("xinzhi"),
        seed=result.spec.seed,
    )
    for file in result.reading.files:
        if file.n_rows is None:
            yield message("{file}: SHA-256 {digest}.", file=file.file, digest=file.sha256)
            continue
        yield message(
            "{file}: {n} rows, SHA-256 {digest}.",
            one="{file}: {n} row, SHA-256 {digest}.",
            file=file.file,
            n=file.n_rows,
            digest=file.sha256,
        )
    yield message(
        "To reproduce the results, run `xinzhi run study.yaml` in the folder of the study file. "
        "run.json holds every option in force, results.json every number."
    )
