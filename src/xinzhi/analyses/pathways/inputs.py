"""What the pathways read: effects and differences of other analyses, by their protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Analysis, Effect, Study, in_order
from xinzhi.analyses.effects import ConditionalSlope
from xinzhi.analyses.pathways.evidence import join_path
from xinzhi.analyses.pathways.naming import UNNAMED
from xinzhi.analyses.pathways.section import TypologySection
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.notices import Notice
from xinzhi.regression.verdict import Direction, JudgementRule, judge
from xinzhi.wording import Wording, listed, message

KEY = "typology"
"""Key of the pathways in the study file: they are not an input of themselves."""
KEYS = ("path", "grouping", "group", "tool")
NUMBERS = ("b", "se", "p", "n", "df", "low", "high")
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


def find_outcomes(section: TypologySection, study: Study) -> dict[str, str]:
    """Find the outcome of each source; one such as a moderation has none of its own."""
    outcomes: dict[str, str | None] = {}
    for source in section.sources:
        if "/" in source:
            outcomes[source] = study.equation(source).regression.outcome
        for key, analysis in _sections_named(source, study):
            outcomes[source] = analysis.outcome(study.sections(key)[source], study)
    return {source: outcome for source, outcome in outcomes.items() if outcome}


def find_outcome(section: TypologySection, study: Study) -> str:
    """Find the outcome of the effects; empty where no source gives one."""
    return next(iter(find_outcomes(section, study).values()), "")


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


def list_channels(section: TypologySection, study: Study) -> tuple[tuple[str, str], ...]:
    """List factor and mediator of the mediated effects that the sources estimate, each pair once."""
    channels = (
        pair
        for analysis, options in _sources(section, study)
        for pair in analysis.channels(options, study)
    )
    return tuple(dict.fromkeys(channels))


def list_moderators(section: TypologySection, study: Study) -> tuple[str, ...]:
    """List the moderators of the sources, each once."""
    moderators = (
        name
        for analysis, options in _sources(section, study)
        for name in analysis.moderators(options, study)
    )
    return tuple(dict.fromkeys(moderators))


def _sources(section: TypologySection, study: Study) -> Iterator[tuple[Analysis[Any, Any], Any]]:
    """List the analyses that the sources name, with the options of each section."""
    for source in section.sources:
        for key, analysis in _sections_named(source, study):
            yield analysis, study.sections(key)[source]


def gather_inputs(
    section: TypologySection,
    study: Study,
    results: Mapping[tuple[str, str], Any],
    inference: JudgementRule | None = None,
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
        for analysis, part in _read(source, results):
            rows += (_record(source, effect) for effect in analysis.effects(part, inference))
            for slope in analysis.conditional(part):
                slopes.setdefault((join_path(*slope.links), slope.moderator), slope)
        # Differences belong to whole sections: a source such as baseline/1 names a part and has none.
        for key, analysis in _sections_named(source, study):
            result = results.get((key, source))
            if result is not None and not isinstance(result, Unavailable):
                differences = analysis.differences(study.sections(key)[source], result, inference)
                tests += ({**_record(source, each), "test": each.test} for each in differences)
    first_rows, notices = _first(rows, inference)
    first_tests, _ = _first(tests, inference)
    for source in section.sources:
        for analysis, part in _read(source, results):
            notices += analysis.doubts(part, study.style)
    return PathwayInputs(
        outcome=find_outcome(section, study),
        estimates=_frame(first_rows, "source"),
        differences=_frame(first_tests, "source", "test").drop(
            columns=["group", "df", "low", "high"]
        ),
        slopes=slopes,
        notices=tuple(dict.fromkeys(notices)),
    )


def _frame(rows: Iterable[Record], *more: str) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=[*KEYS, *NUMBERS, *more])
    return frame.astype(dict.fromkeys(NUMBERS, "float64"))


def _read(
    source: str, results: Mapping[tuple[str, str], Any]
) -> Iterator[tuple[Analysis[Any, Any], Any]]:
    """Find the result that a source names, or its part: the column of baseline/2."""
    name, _, part = source.partition("/")
    for key, analysis in in_order():
        result = results.get((key, name))
        if result is not None and not isinstance(result, Unavailable):
            yield analysis, analysis.part(result, part)


def _record(source: str, effect: Effect) -> Record:
    return {
        "source": source,
        "path": join_path(*effect.links),
        "grouping": effect.grouping,
        "group": effect.group,
        "tool": effect.moderator,
        "b": effect.estimate,
        "se": effect.std_error,
        "p": effect.p_value,
        "n": effect.n,
        "df": effect.df,
        "low": effect.low,
        "high": effect.high,
    }


def _first(rows: Iterable[Record], inference: JudgementRule) -> tuple[list[Record], list[Notice]]:
    """Keep the first estimate of each effect, and say where a later one judges otherwise."""
    by_effect: dict[tuple[object, ...], Record] = {}
    clashes = []
    for row in rows:
        first = by_effect.setdefault(tuple(row[key] for key in KEYS), row)
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
    return list(by_effect.values()), clashes


def _place(row: Record) -> Wording:
    path, grouping, group, tool = (str(row[key]) for key in KEYS)
    words = UNNAMED.path(path, tool)
    return listed([words, UNNAMED.group(grouping, group)]) if grouping else words


def _direction(row: Record, inference: JudgementRule) -> Direction:
    return judge(float(str(row["b"])), float(str(row["p"])), inference).direction
