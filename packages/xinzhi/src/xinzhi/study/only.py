"""A part of a study: what was named, and what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from xinzhi.analyses.analysis import ANALYSES, Reads, base_of
from xinzhi.analyses.capabilities import Measured, SharedKey, ShownLast
from xinzhi.analyses.of_steps import StepAnalysis
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.view import StudyView, parts_of, score_names, sources_of, table_column
from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message

DECLARED = tuple((key, analysis) for key, analysis in ANALYSES if analysis.is_declared)
CHOSEN = tuple((key, analysis) for key, analysis in DECLARED if not isinstance(analysis, ShownLast))
"""Analyses of which `--only` chooses; those that show last show what there is."""
NAMED = tuple(key for key, analysis in CHOSEN if not analysis.is_single)
SINGLE = tuple(key for key, analysis in CHOSEN if analysis.is_single)
UNDER = tuple(
    dict.fromkeys(
        analysis.under
        for _, analysis in ANALYSES
        if analysis.under and not isinstance(analysis, StepAnalysis)
    )
)
SHARED = tuple(key for key in UNDER if key not in {*NAMED, *SINGLE})
"""Keys of the study file that hold the options of several analyses, by the name of a score."""
WITHIN = {key: analysis.under for key, analysis in ANALYSES if analysis.under in SINGLE}
"""Analysis whose options stand in another section that is not a group -> this section."""
GROUPS = (*NAMED, *SHARED)
INDICES = tuple(
    key for key, analysis in CHOSEN if isinstance(analysis, Measured) and key != "efficiency"
)


def only_parts(spec: StudySpec, names: tuple[str, ...]) -> StudySpec:
    """Keep the named scores, tables, maps or sections of a study, and the scores they rest on.

    Raises
    ------
    SpecError
        A name is neither a section nor one of its parts.
    """
    if not names:
        return spec
    names = tuple(dict.fromkeys(WITHIN.get(name, name) for name in names))
    # The data are prepared for every part, and what is told of a prepared column comes with them.
    prepared = (name for name, _ in spec.prepare)
    parts = (
        *GROUPS,
        *SINGLE,
        *(part for group in GROUPS for part in getattr(spec, group)),
        *prepared,
    )
    _refuse_unknown(names, parts)
    chosen: dict[str, Any] = {}
    for group in GROUPS:
        sections = getattr(spec, group)
        chosen[group] = dict(sections) if group in names else _pick(sections, names)
    for name in SINGLE:
        section, analysis = getattr(spec, name), ANALYSES.get(name)
        if name not in names and section is not None:
            section = analysis.left_out(section) if isinstance(analysis, SharedKey) else None
        chosen[name] = section
    # Each step adds what those before it rest on: results, then tables, outlines, and scores last.
    for group, read in _results_read(spec, chosen).items():
        sections = getattr(spec, group)
        chosen[group] = sections if group in SINGLE else chosen[group] | _pick(sections, read)
    chosen["tables"] = _tables(spec, chosen)
    nearby = {outline for reads in _reads(spec, chosen) for outline in reads.outlines}
    chosen["maps"] |= _pick(spec.sections("maps"), nearby)
    # Indices first: each needs the score that it is an index of.
    for key in (*INDICES, "efficiency"):
        chosen[key] |= _pick(spec.sections(key), _scores_used(spec, chosen))
    return spec.model_copy(update=chosen)


def only_notice(names: tuple[str, ...]) -> tuple[Notice, ...]:
    """Say in the report that it holds a part of the study."""
    if not names:
        return ()
    text = message("Only a part of the study was run: {names}.", names=", ".join(names))
    return (Notice("study.only", text),)


def _pick(sections: Mapping[str, object], names: Collection[str]) -> dict[str, object]:
    return {name: section for name, section in sections.items() if name in names}


def _chosen_sections(spec: StudySpec, chosen: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    return tuple(spec.model_copy(update=dict(chosen)).sections(key).values())


def _results_read(spec: StudySpec, chosen: Mapping[str, object]) -> dict[str, list[str]]:
    """List the sections whose results the kept parts read: analysis -> names."""
    names: dict[str, list[str]] = {}
    for key, analysis in ANALYSES:
        sections = () if isinstance(analysis, ShownLast) else _chosen_sections(spec, chosen, key)
        for section in sections:
            for read, name in analysis.reads(section, StudyView(spec)).results:
                if read in {*NAMED, *SINGLE}:
                    names.setdefault(read, []).append(name)
    return names


def _tables(spec: StudySpec, chosen: Mapping[str, Any]) -> dict[str, object]:
    """Add the tables whose columns the kept parts start from, in the order of the file."""
    wanted = set(chosen["tables"])
    starts: list[str | None] = []
    for key, _ in CHOSEN:
        starts += [
            base_of(section, StudyView(spec)) for section in _chosen_sections(spec, chosen, key)
        ]
    wanted |= {table_column(start)[0] for start in starts if start}
    tables = spec.sections("tables")
    while more := {table_column(b)[0] for name in wanted if (b := tables[name].base)} - wanted:
        wanted |= more
    return _pick(tables, wanted)


def _scores_used(spec: StudySpec, chosen: Mapping[str, object]) -> Collection[str]:
    """Scores and indices that the kept parts use, in the order of the file."""
    used: set[str] = set()
    scores: set[str | None] = set()
    for reads in _reads(spec, chosen):
        used |= {column for asked in reads.data for column in asked.columns}
        scores |= {*reads.panel, *(name for _, name in reads.results)}
    parts = parts_of(spec)
    scores |= {*sources_of(spec, used), *(parts[name][0] for name in scores if name in parts)}
    return [name for name in score_names(spec) if name in scores]


def _reads(spec: StudySpec, chosen: Mapping[str, object]) -> Iterator[Reads]:
    """List what the kept sections read of the whole study."""
    part = spec.model_copy(update=dict(chosen))
    for key, analysis in ANALYSES:
        if isinstance(analysis, ShownLast):
            continue
        for section in part.sections(key).values():
            yield analysis.reads(section, StudyView(spec))


def _refuse_unknown(names: tuple[str, ...], parts: tuple[str, ...]) -> None:
    problems = [
        Problem(
            "option.unknown",
            message("The study has no part '{name}'.", name=name),
            Where(),
            suggestion(name, parts),
        )
        for name in names
        if name not in parts
    ]
    if problems:
        raise SpecError(problems)
