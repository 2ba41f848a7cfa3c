"""What the pathways read: effects and differences of other analyses, by their protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Analysis, Effect, Study, in_order
from xinzhi.analyses.effects import ConditionalSlope
from xinzhi.analyses.pathways.evidence import path_of
from xinzhi.analyses.pathways.naming import UNNAMED
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.notices import Notice
from xinzhi.regression.verdict import Direction, Inference, judge
from xinzhi.wording import Wording, listed, message

KEY = "typology"
"""Key of the pathways in the study file: they are not an input of themselves."""
KEYS = ("path", "grouping", "group", "tool")
NUMBERS = ("b", "se", "p", "n", "df", "low", "high")
NAN = float("nan")
Record = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class PathwayInputs:
    """What the sections that the pathways read have found."""

    outcome: str
    estimates: pd.DataFrame
    """As `evidence.py` describes it, and `source`: the section."""
    differences: pd.DataFrame
    """The same of tests between groups; `test`: interaction or permutation."""
    slopes: Mapping[tuple[str, str], ConditionalSlope]
    """(path, moderator) -> the effect along the path at each level of the moderator."""
    notices: tuple[Notice, ...]


def outcomes_of(section: TypologySection, study: Study) -> dict[str, str]:
    """Find the outcome of each source; one such as a moderation has none of its own."""
    found: dict[str, str | None] = {}
    for source in section.sources:
        if "/" in source:
            found[source] = study.equation(source).regression.outcome
        for key, analysis in _sections_named(source, study):
            found[source] = analysis.outcome(study.sections(key)[source], study)
    return {source: outcome for source, outcome in found.items() if outcome}


def outcome_of(section: TypologySection, study: Study) -> str:
    """Find the outcome of the effects; empty where no source gives one."""
    return next(iter(outcomes_of(section, study).values()), "")


def _sections_named(name: str, study: Study) -> Iterator[tuple[str, Analysis[Any, Any]]]:
    for key, analysis in ANALYSES:
        if key != KEY and name in study.sections(key):
            yield key, analysis


def results_read(section: TypologySection, study: Study) -> tuple[tuple[str, str], ...]:
    """List the results that the sources name: key of the analysis, name of the section."""
    names = [source.partition("/")[0] for source in section.sources]
    return tuple(
        dict.fromkeys((key, name) for name in names for key, _ in _sections_named(name, study))
    )


def channels_of(section: TypologySection, study: Study) -> tuple[tuple[str, str], ...]:
    """List factor and mediator of the mediated effects that the sources estimate, each pair once."""
    found = (
        pair
        for source in section.sources
        for key, analysis in _sections_named(source, study)
        for pair in analysis.channels(study.sections(key)[source], study)
    )
    return tuple(dict.fromkeys(found))


def moderators_of(section: TypologySection, study: Study) -> tuple[str, ...]:
    """List the moderators of the sources, each once."""
    found = (
        name
        for source in section.sources
        for key, analysis in _sections_named(source, study)
        for name in analysis.moderators(study.sections(key)[source], study)
    )
    return tuple(dict.fromkeys(found))


def gather_inputs(
    section: TypologySection,
    study: Study,
    results: Mapping[tuple[str, str], Any],
    inference: Inference | None = None,
) -> PathwayInputs:
    """Gather the estimates of all sources, in the order of the file, judged as declared where nothing else is asked.

    Of two estimates of the same effect the first counts; where a later one, or another test of the
    same effect, judges otherwise, a notice says so.
    """
    inference = inference or study.inference
    rows: list[Record] = []
    tests: list[Record] = []
    slopes: dict[tuple[str, str], ConditionalSlope] = {}
    for source in section.sources:
        rows += (_written(source, one) for one in _effects(source, results, inference))
        for analysis, part in _read(source, results):
            for line in analysis.conditional(part):
                slopes.setdefault((path_of(*line.links), line.moderator), line)
        for key, analysis in _sections_named(source, study):
            own = study.sections(key)[source]
            result = results.get((key, source))
            if result is not None and not isinstance(result, Unavailable):
                compared = analysis.differences(own, result, inference)
                tests += ({**_written(source, one), "test": one.test} for one in compared)
    found, clashes = _first(rows, inference)
    kept, _ = _first(tests, inference)
    doubts = [*clashes, *_other_tests(section, study, results)]
    return PathwayInputs(
        outcome=outcome_of(section, study),
        estimates=_frame(found, "source"),
        differences=_frame(kept, "source", "test").drop(columns=["group", "df", "low", "high"]),
        slopes=slopes,
        notices=tuple(dict.fromkeys(doubts)),
    )


def _frame(rows: Iterable[Record], *more: str) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=[*KEYS, *NUMBERS, *more])
    return frame.astype(dict.fromkeys(NUMBERS, "float64"))


def _record(source: str, links: tuple[str, ...], more: Record) -> Record:
    given = {"path": path_of(*links), "grouping": "", "group": "", "tool": ""}
    return {**given, "df": NAN, "source": source, **more}


def _read(
    source: str, results: Mapping[tuple[str, str], Any]
) -> Iterator[tuple[Analysis[Any, Any], Any]]:
    """Find the result that a source names, or its part: the column of baseline/2."""
    name, _, part = source.partition("/")
    for key, analysis in in_order():
        result = results.get((key, name))
        if result is not None and not isinstance(result, Unavailable):
            yield analysis, analysis.part(result, part)


def _effects(
    source: str, results: Mapping[tuple[str, str], Any], inference: Inference
) -> Iterator[Effect]:
    for analysis, result in _read(source, results):
        yield from analysis.effects(result, inference)


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
        "low": one.low,
        "high": one.high,
    }
    return _record(source, one.links, more)


def _first(rows: Iterable[Record], inference: Inference) -> tuple[list[Record], list[Notice]]:
    """Keep the first estimate of each effect, and say where a later one judges otherwise."""
    kept: dict[tuple[object, ...], Record] = {}
    clashes = []
    for row in rows:
        first = kept.setdefault(tuple(row[key] for key in KEYS), row)
        if first is not row and _direction(first, inference) != _direction(row, inference):
            clashes.append(
                Notice(
                    "pathways.other_estimate",
                    message(
                        "{path}: the pathways use the estimate of {first}; the estimate of "
                        "{other} leads to another verdict.",
                        path=_place(row),
                        first=first["source"],
                        other=row["source"],
                    ),
                )
            )
    return list(kept.values()), clashes


def _place(row: Record) -> Wording:
    path, grouping, group, tool = (str(row[key]) for key in KEYS)
    words = UNNAMED.path(path, tool)
    return listed([words, UNNAMED.group(grouping, group)]) if grouping else words


def _direction(row: Record, inference: Inference) -> Direction:
    return judge(float(str(row["b"])), float(str(row["p"])), inference).direction


def _other_tests(
    section: TypologySection, study: Study, results: Mapping[tuple[str, str], Any]
) -> Iterator[Notice]:
    """Say where another test of an analysis judges an effect otherwise."""
    for source in section.sources:
        for analysis, result in _read(source, results):
            yield from analysis.doubts(result, study.style)
