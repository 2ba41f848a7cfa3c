"""The estimates of a study as the pathways read them: frames of effects and of differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Analysis, Effect
from xinzhi.analyses.effects import slopes
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.econometrics.estimates import Estimates
from xinzhi.notices import Notice
from xinzhi.study.equations import equation_of
from xinzhi.study.mechanism import Mechanism
from xinzhi.study.results import Results, results_of
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.sets import table_column
from xinzhi.study.variables import style_of
from xinzhi.study.view import StudyView
from xinzhi.tables.regression import Fitted
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
    section = spec.typology
    bases: dict[str, str] = {}
    for source in section.pathways.sources if section else ():
        if source.partition("/")[0] in spec.tables:
            bases[source] = source if "/" in source else f"{source}/1"
    found = {name: equation_of(spec, base).regression.outcome for name, base in bases.items()}
    for key, analysis in ANALYSES:
        for name, one in spec.sections(key).items():
            outcome = analysis.outcome(one, StudyView(spec))
            found |= (
                {name: outcome} if outcome and section and name in section.pathways.sources else {}
            )
    return found


def gathered(
    spec: StudySpec,
    tables: Mapping[str, tuple[Fitted, ...]],
    mechanism: Mechanism,
    results: Results,
) -> Gathered:
    """Gather the estimates of all sections that the pathways read, in the order of the file."""
    assert spec.typology is not None
    section = spec.typology.pathways
    rows: list[Record] = []
    tests: list[Record] = []
    tools: list[str] = []
    for source in section.sources:
        rows += _table(source, tables, mechanism)
        rows += _analysed(source, results)
        for key, analysis in ANALYSES:
            if source in spec.sections(key):
                own = spec.sections(key)[source]
                tools += analysis.moderators(own, StudyView(spec))
                tests += _differences(source, analysis, own, results.get(key, {}).get(source))
    level = section.level
    found, clashes = _first(rows, level)
    kept, _ = _first(tests, section.difference_level or level)
    doubts = [*clashes, *_few_clusters(spec, mechanism, level), *_other_tests(spec, results, level)]
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


def _table(
    source: str, tables: Mapping[str, tuple[Fitted, ...]], mechanism: Mechanism
) -> Iterator[Record]:
    """Effects of a column; one with weak instruments is judged as its stars are."""
    name, position = table_column(source)
    if name in tables:
        one = mechanism.instrumented.get(name, {}).get(position)
        column = tables[name][position] if one is None else one.judged
        if isinstance(column, Estimates):
            yield from (_written(source, one) for one in slopes(column))


def _analysed(source: str, results: Results) -> Iterator[Record]:
    """Effects of the analysis that has a section of this name."""
    for _, analysis, name, result in results_of(results):
        if name == source:
            yield from (_written(source, one) for one in analysis.effects(result))


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


def _few_clusters(spec: StudySpec, mechanism: Mechanism, level: float) -> Iterator[Notice]:
    """Say where a p-value that holds with few clusters judges otherwise."""
    assert spec.typology is not None
    for source in spec.typology.pathways.sources:
        name, position = table_column(source)
        wild = mechanism.wild.get(name, {}).get(position)
        if wild is None:
            continue
        usual = dict(zip(wild.estimates.names, wild.estimates.p_value, strict=True))
        asked = wild.estimates.regression.regressors
        for variable, p in zip(wild.names, wild.p_value, strict=True):
            if variable in asked and (p < level) != (usual[variable] < level):
                yield Notice(
                    "pathways.few_clusters",
                    message(
                        "{name} in {source}: p = {p:.3f} by the usual errors, on which the pathways "
                        "rest, but {wild:.3f} by the wild bootstrap.",
                        name=variable,
                        source=source,
                        p=float(usual[variable]),
                        wild=float(p),
                    ),
                )


def _other_tests(spec: StudySpec, results: Results, level: float) -> Iterator[Notice]:
    """Say where another test of an analysis judges an effect otherwise."""
    assert spec.typology is not None
    found = {name: (analysis, result) for _, analysis, name, result in results_of(results)}
    for source in spec.typology.pathways.sources:
        if source in found:
            analysis, result = found[source]
            yield from analysis.doubts(result, level, style_of(spec))
