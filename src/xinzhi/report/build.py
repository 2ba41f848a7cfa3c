"""Content of the report, from the result of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version

from xinzhi.errors import Problem
from xinzhi.notices import Notice
from xinzhi.present.chart import Chart
from xinzhi.present.framework import Framework, framework_chart
from xinzhi.present.table import Table
from xinzhi.report.abstract import abstract_of
from xinzhi.report.content import Content
from xinzhi.report.data_summary import data_summary, sample
from xinzhi.report.english import in_english
from xinzhi.report.exhibits import (
    by_id,
    by_place,
    charts_of,
    entity_labels,
    exhibited,
    tables_of,
    words_of,
)
from xinzhi.report.named import charts_in_names, in_names, tables_in_names
from xinzhi.report.steps_in_symbols import step_equations
from xinzhi.report.symbols import explained_once
from xinzhi.study.result import StudyResult
from xinzhi.study.view import StudyView
from xinzhi.wording import Wording, listed, message


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
    content = Content(
        title=result.spec.title.label("study"),
        subtitle=words_of(result.spec.description),
        simulated=result.spec.simulated,
        profile=result.spec.report.profile,
        abstract=abstract_of((*shown.abstract, *last.abstract)),
        keywords=tuple(dict.fromkeys((*shown.keywords, *last.keywords))),
        sample=tuple(sample(result)),
        data_summary=tuple(data_summary(result)),
        prose=by_place((*shown.prose.items(), *last.prose.items())),
        equations=tuple(explained_once((*step_equations(result), *shown.equations))),
        tables=tables,
        profiles=shown.profiles,
        notices=(*result.notices, *_notices(problems)),
        problems=problems,
        blocks={**shown.blocks, **last.blocks},
        methods=methods_of(result, shown.methods),
        references=shown.references | last.references,
        provenance=tuple(_provenance(result)),
    )
    return in_english(in_names(content, entity_labels(result)), result.spec.report.languages)


def with_charts(text: Content, result: StudyResult) -> Content:
    """Add the charts, and what stands in the place of those that cannot be drawn."""
    drawn, labels = charts_of(result), entity_labels(result)
    charts = {**drawn.charts, "method": tuple(framework_of(result))}
    undrawn = tables_in_names(drawn.undrawn, labels)
    return replace(
        text,
        tables=by_place((*text.tables.items(), *undrawn.items())),
        charts=charts_in_names(charts, labels),
        problems=(*text.problems, *drawn.problems),
        notices=(*text.notices, *_notices(drawn.problems)),
    )


def _notices(problems: tuple[Problem, ...]) -> tuple[Notice, ...]:
    return tuple(Notice(problem.code, problem.what, problem.where) for problem in problems)


def every_table(result: StudyResult) -> Mapping[str, tuple[Table, ...]]:
    """Set all tables of a study: section of the report -> its tables."""
    tables = tables_of(result, exhibited(result))
    tables |= exhibited(result, by_id(tables)).tables
    return tables_in_names(tables, entity_labels(result))


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


def methods_of(result: StudyResult, sentences: Sequence[Wording]) -> tuple[Wording, ...]:
    """Describe how scores, variables and regressions were computed.

    The sentences follow from the options in force, so that they cannot say anything else than
    what was done; they are ready for the appendix of a paper.
    """
    # What several analyses say stands once, after what each says of itself.
    last_of_each = reversed(dict.fromkeys(reversed(sentences)))
    return (*_variables(result), *_groups(result), *last_of_each)


def _variables(result: StudyResult) -> Iterator[Wording]:
    section = result.spec.variables
    by_transform: dict[str, list[Wording]] = {}
    for name, variable in section.named.items():
        transform = section.transform_of(variable)
        by_transform.setdefault(transform, []).append(variable.label.label(name))
    for word, formula in (("ln1p", "ln(1+x)"), ("ln", "ln(x)")):
        if word in by_transform:
            names = listed(by_transform[word])
            yield message("{formula} was taken of {names}.", formula=formula, names=names)


def _groups(result: StudyResult) -> Iterator[Wording]:
    for name, group in result.spec.groups.items():
        if group.split is not None:
            yield message(
                "{grouping}: entities are high where {column} in their first period lies above the "
                "median of all entities, else low.",
                grouping=StudyView(result.spec).group_label(name),
                column=result.panel.label(group.column),
            )


def framework_of(result: StudyResult) -> Iterator[Chart]:
    """Draw what a study asks; nothing where it asks for a single regression and no more."""
    view = StudyView(result.spec)
    mediation, moderation, groups = (
        list(view.sections(key).values()) for key in ("mediation", "moderation", "heterogeneity")
    )
    sections = [*mediation, *moderation, *groups]
    base = next((section.base for section in sections if section.base), view.first_column)
    if base is None or not sections:
        return
    asked = view.equation(base).regression
    channels = _expand(view, [section.through for section in mediation])
    moderators = _expand(view, [section.moderators for section in moderation])
    groupings = dict.fromkeys(by for section in groups for by in section.by)
    ends = {end for section in moderation for _, end in section.paths}
    framework = Framework(
        factors=tuple(map(view.label, asked.regressors)),
        outcome=view.label(asked.outcome),
        channels=tuple(map(view.label, channels)),
        moderators=tuple(map(view.label, moderators)),
        on_first=bool(ends & set(channels)) or (bool(ends) and not channels),
        on_second=asked.outcome in ends and bool(channels),
        groups=tuple(_grouping(view, name) for name in groupings),
    )
    yield framework_chart("framework", message("Analytical framework"), framework)


def _expand(view: StudyView, lists: list[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(name for names in lists for name in view.expand(names)))


def _grouping(view: StudyView, name: str) -> Wording:
    """Name a grouping with its members, where the study file lists them."""
    members = [view.member_label(name, member) for member in view.members(name)]
    label = view.group_label(name)
    if not members:
        return label
    return message("{head}: {words}", head=label, words=listed(members))
