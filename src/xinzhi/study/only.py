"""A part of a study: what was named, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from xinzhi.analyses.analysis import ANALYSES, Reads
from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.notices import Notice
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.view import StudyView, measured, parts_of, sources_of, table_column
from xinzhi.wording import message

DECLARED = tuple((key, analysis) for key, analysis in ANALYSES if analysis.is_declared)
CHOSEN = tuple((key, analysis) for key, analysis in DECLARED if not analysis.shows_last)
"""Analyses of which `--only` chooses; those that show last show what there is."""
NAMED = tuple(key for key, analysis in CHOSEN if not analysis.is_single)
SINGLE = tuple(key for key, analysis in CHOSEN if analysis.is_single)
UNDER = tuple(dict.fromkeys(one.under for _, one in ANALYSES if one.under))
SHARED = tuple(key for key in UNDER if key not in {*NAMED, *SINGLE})
"""Keys of the study file that hold the options of several analyses, by the name of a score."""
WITHIN = {key: one.under for key, one in ANALYSES if one.under in SINGLE}
"""Analysis whose options stand in another section that is no group -> this section."""
GROUPS = (*NAMED, *SHARED)
INDICES = tuple(key for key, analysis in CHOSEN if analysis.measures and key != "efficiency")


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
    known = (*GROUPS, *SINGLE, *(part for group in GROUPS for part in getattr(spec, group)))
    _refuse_unknown(names, known)
    kept: dict[str, Any] = {
        group: _kept(getattr(spec, group), names, whole=group in names) for group in GROUPS
    }
    kept |= {
        name: found if name in names or found is None else ANALYSES.get(name).left_out(found)
        for name in SINGLE
        for found in [getattr(spec, name)]
    }
    for group, read in _results_read(spec, kept).items():
        own = getattr(spec, group)
        kept[group] = own if group in SINGLE else kept[group] | _kept(own, tuple(read), whole=False)
    kept["tables"] = _tables(spec, kept)
    nearby = {outline for reads in _reads(spec, kept) for outline in reads.outlines}
    kept["maps"] |= {name: found for name, found in spec.sections("maps").items() if name in nearby}
    # Indices first: each needs the score that it is an index of.
    for key in (*INDICES, "efficiency"):
        sections = spec.sections(key)
        kept[key] |= {name: sections[name] for name in _needed(spec, kept) if name in sections}
    return spec.model_copy(update=kept)


def only_notice(names: tuple[str, ...]) -> tuple[Notice, ...]:
    """Say in the report that it holds a part of the study."""
    if not names:
        return ()
    text = message("Only a part of the study was run: {names}.", names=", ".join(names))
    return (Notice("study.only", text),)


def _kept(parts: Mapping[str, object], names: tuple[str, ...], *, whole: bool) -> dict[str, object]:
    return {name: part for name, part in parts.items() if whole or name in names}


def _asked(spec: StudySpec, kept: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    """List the options of an analysis that are kept."""
    return tuple(spec.model_copy(update=dict(kept)).sections(key).values())


def _results_read(spec: StudySpec, kept: Mapping[str, Any]) -> dict[str, list[str]]:
    """List the sections whose results the kept parts read: analysis -> names."""
    found: dict[str, list[str]] = {}
    for key, analysis in ANALYSES:
        sections = () if analysis.shows_last else _asked(spec, kept, key)
        for section in sections:
            for read, name in analysis.reads(section, StudyView(spec)).results:
                if read in {*NAMED, *SINGLE}:
                    found.setdefault(read, []).append(name)
    return found


def _tables(spec: StudySpec, kept: Mapping[str, Any]) -> dict[str, object]:
    """Add the tables whose columns the kept parts start from, in the order of the file."""
    wanted = set(kept["tables"])
    starts: list[str | None] = []
    for key, analysis in CHOSEN:
        starts += [analysis.base(one, StudyView(spec)) for one in _asked(spec, kept, key)]
    wanted |= {table_column(start)[0] for start in starts if start}
    while more := {table_column(b)[0] for b in _bases(spec, wanted)} - wanted:
        wanted |= more
    return {name: table for name, table in spec.sections("tables").items() if name in wanted}


def _bases(spec: StudySpec, names: Iterable[str]) -> Iterable[str]:
    tables = spec.sections("tables")
    return [base for name in names if (base := tables[name].base)]


def _needed(spec: StudySpec, kept: Mapping[str, Any]) -> Iterable[str]:
    """Scores and indices that the kept parts use, in the order of the file."""
    used: set[str] = set()
    scores: set[str | None] = set()
    for reads in _reads(spec, kept):
        used |= {column for asked in reads.data for column in asked.columns}
        scores |= {*reads.panel, *(name for _, name in reads.results)}
    parts = parts_of(spec)
    scores |= {*sources_of(spec, used), *(parts[name][0] for name in scores if name in parts)}
    return [name for name in measured(spec) if name in scores]


def _reads(spec: StudySpec, kept: Mapping[str, Any]) -> Iterator[Reads]:
    """List what the kept sections read of the whole study."""
    part = spec.model_copy(update=dict(kept))
    for key, analysis in ANALYSES:
        if analysis.shows_last:
            continue
        for section in part.sections(key).values():
            yield analysis.reads(section, StudyView(spec))


def _refuse_unknown(names: tuple[str, ...], known: tuple[str, ...]) -> None:
    problems = [
        Problem(
            "option.unknown",
            message("The study has no part '{name}'.", name=name),
            Where(),
            suggestion(name, known),
        )
        for name in names
        if name not in known
    ]
    if problems:
        raise SpecError(problems)
