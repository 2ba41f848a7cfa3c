"""The estimates of a study as the pathways read them: frames of effects and of differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Analysis, Effect
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.notices import Notice
from xinzhi.study.results import Results, results_of
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import style_of
from xinzhi.study.view import StudyView
from xinzhi.typology.evidence import path_of
from xinzhi.wording import message

KEYS = ("path", "grouping", "group", "tool")
NUMBERS = ("b", "se", "p", "n", "df")
NAN = float("nan")
Record = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What the sections that the pathways read have found."""

    outcome: str
    estimates: pd.DataFrame
    """As `xinzhi.typology.evidence` describes it, and `source`: the section."""
    differences: pd.DataFrame
    """The same of tests between groups; `test`: interaction or permutation."""
    tools: tuple[str, ...]
    """Moderators that the study file declares."""
    notices: tuple[Notice, ...]


def outcome_of(spec: StudySpec) -> str:
    """Outcome of the effects that the pathways read; empty where no section gives one."""
    return next(iter(outcomes_of(spec).values()), "")


def outcomes_of(spec: StudySpec) -> dict[str, str]:
    """Outcome of each section that the pathways read; a moderation has none of its own."""
    study, section = StudyView(spec), spec.typology
    found: dict[str, str | None] = {}
    for source in section.pathways.sources if section else ():
        if "/" in source:
            found[source] = study.equation(source).regression.outcome
        for key, analysis in ANALYSES:
            if source in spec.sections(key):
                found[source] = analysis.outcome(spec.sections(key)[source], study)
    return {source: outcome for source, outcome in found.items() if outcome}


def gathered(spec: StudySpec, results: Results) -> Gathered:
    """Gather the estimates of all sections that the pathways read, in the order of the file."""
    assert spec.typology is not None
    section = spec.typology.pathways
    rows: list[Record] = []
    tests: list[Record] = []
    tools: list[str] = []
    for source in section.sources:
        rows += (_written(source, one) for one in _effects(source, results))
        for key, analysis in ANALYSES:
            if source in spec.sections(key):
                own = spec.sections(key)[source]
                tools += analysis.moderators(own, StudyView(spec))
                tests += _differences(source, analysis, own, results.get(key, {}).get(source))
    level = section.level
    found, clashes = _first(rows, level)
    kept, _ = _first(tests, section.difference_level or level)
    doubts = [*clashes, *_other_tests(spec, results, level)]
    return Gathered(
        outcome=outcome_of(spec),
        estimates=_frame(found, "source"),
        differences=_frame(kept, "source", "test").drop(columns=["group", "df"]),
        tools=tuple(dict.fromkeys(tools)),
        notices=tuple(dict.fromkeys(doubts)),
    )


def _frame(rows: Iterable[Record], *more: str) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=[*KEYS, *NUMBERS, *more])
    return frame.astype(dict.fromkeys(NUMBERS, "float64"))


def _record(source: str, links: tuple[str, ...], more: Record) -> Record:
    given = {"path": path_of(*links), "grouping": "", "group": "", "tool": ""}
    return {**given, "df": NAN, "source": source, **more}


def _read(source: str, results: Results) -> Iterator[tuple[Analysis[Any, Any], Any]]:
    """Find the result that a source names, or its part: the column of baseline/2."""
    section, _, part = source.partition("/")
    for _, analysis, name, result in results_of(results):
        if name == section:
            yield analysis, analysis.part(result, part)


def _effects(source: str, results: Results) -> Iterator[Effect]:
    for analysis, result in _read(source, results):
        yield from analysis.effects(result)


def _differences(
    source: str, analysis: Analysis[Any, Any], section: Any, result: Any
) -> Iterator[Record]:
    """Differences between groups that an analysis has tested."""
    if result is not None and not isinstance(result, Unavailable):
        for one in analysis.differences(section, result):
            yield {**_written(source, one), "test": one.test}


def _written(source: str, one: Effect) -> Record:
    more: Record = {
        "grouping": one.grouping,
        "group": one.group,
        "tool": one.moderator,
        "b": one.estimate,
        "se": one.std_error,
        "p": one.p_value,
        "n": one.n,
        "df": one.df,
    }
    return _record(source, one.links, more)


def _first(rows: Iterable[Record], level: float) -> tuple[list[Record], list[Notice]]:
    """Keep the first estimate of each effect, and say where a later one judges otherwise."""
    kept: dict[tuple[object, ...], Record] = {}
    clashes = []
    for row in rows:
        first = kept.setdefault(tuple(row[key] for key in KEYS), row)
        if first is not row and _sign(first, level) != _sign(row, level):
            clashes.append(
                Notice(
                    "pathways.other_estimate",
                    message(
                        "{path}: the estimate of {first} speaks in the pathways; that of {other} "
                        "judges otherwise.",
                        path=_place(row),
                        first=first["source"],
                        other=row["source"],
                    ),
                )
            )
    return list(kept.values()), clashes


def _place(row: Record) -> str:
    return ", ".join(str(row[key]) for key in KEYS if row[key])


def _sign(row: Record, level: float) -> int:
    b, p = float(str(row["b"])), float(str(row["p"]))
    return 0 if not p < level else (b > 0) - (b < 0)


def _other_tests(spec: StudySpec, results: Results, level: float) -> Iterator[Notice]:
    """Say where another test of an analysis judges an effect otherwise."""
    assert spec.typology is not None
    for source in spec.typology.pathways.sources:
        for analysis, result in _read(source, results):
            yield from analysis.doubts(result, level, style_of(spec))
