"""All that a reader of a study must know, gathered from its stops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from xinzhi.errors import Problem, Where
from xinzhi.notices import Notice
from xinzhi.panel.history import share_filled
from xinzhi.panel.panel import Panel
from xinzhi.problems import CONSTANT_COLUMN
from xinzhi.study.equations import column_equation
from xinzhi.study.mechanism_notices import labelled
from xinzhi.study.result import Reading
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import labels, scale_notices
from xinzhi.tables.coverage import coverage_note, size_of
from xinzhi.tables.regression import Fitted, NotEstimated
from xinzhi.wording import listed, message

Columns = Mapping[str, tuple[Fitted, ...]]


def gather(
    spec: StudySpec,
    reading: Reading,
    panel: Panel,
    estimates: Columns,
) -> tuple[Notice, ...]:
    """Gather the notices of all stops, each once, in the order of the stops."""
    found = [
        *(Notice(w.code, w.what, w.where) for w in reading.warnings if matters(w, spec)),
        *_flagged(panel),
        *scale_notices(spec, panel),
        *_scores_as_outcomes(spec, size_of(panel.frame.index)),
        *_filled(spec, panel, estimates),
        *(
            notice
            for table, columns in estimates.items()
            for number, column in enumerate(columns, 1)
            for notice in _of(f"tables.{table}.columns[{number}]", column)
        ),
    ]
    return labelled(dict.fromkeys(found), labels(spec))


def matters(warning: Problem, spec: StudySpec) -> bool:
    """Whether a doubt about a column is about one that the study uses."""
    column = warning.where.column
    others = {Path(s.file).name for s in spec.sources.values() if s.kind != "panel"}
    if column is None or warning.where.file in others:
        return warning.code != CONSTANT_COLUMN
    variables = {v.column for v in spec.variables.named.values()}
    roles = {
        c
        for m in spec.sections("efficiency").values()
        for c in (*m.inputs, *m.good_outputs, *m.bad_outputs)
    }
    used = variables if warning.code == CONSTANT_COLUMN else variables | roles | spec.keys()
    return column in used


def _of(place: str, column: Fitted) -> Iterable[Notice]:
    if isinstance(column, NotEstimated):
        return (Notice(p.code, p.what, replace(p.where, key=place)) for p in column.problems)
    return column.notices


def _flagged(panel: Panel) -> Iterable[Notice]:
    """Say what a step of preparation did and doubted: doubted indices, records left out."""
    return (
        Notice(
            f"prepare.{entry.kind}",
            message("{step}: {words}", step=entry.step, words=entry.why),
            Where(key=f"prepare.{entry.step}", column=entry.column),
        )
        for entry in panel.ledger.entries
        if entry.change == "flagged"
    )


def _filled(spec: StudySpec, panel: Panel, estimates: Columns) -> Iterable[Notice]:
    """Say of each table how many of the cells behind it were filled rather than observed."""
    for table, columns in estimates.items():
        shares = [_share_filled(spec, panel, one) for one in columns]
        if any(shares):
            yield Notice(
                "sample.filled",
                message(
                    "{table}: of the cells behind each column {shares} were filled, not observed.",
                    table=spec.tables[table].title.label(table),
                    shares=listed([f"{share:.1%}" for share in shares]),
                ),
                Where(key=f"tables.{table}"),
            )


def _share_filled(spec: StudySpec, panel: Panel, one: Fitted) -> float:
    if isinstance(one, NotEstimated):
        return 0.0
    asked, named = one.regression, spec.variables.named
    used = (asked.outcome, *asked.regressors, *asked.controls)
    sources = [named[v].column for v in used if v in named]
    return share_filled(panel, [c for c in sources if c], one.residuals.index)


def _scores_as_outcomes(spec: StudySpec, size: tuple[int, int]) -> Iterable[Notice]:
    outcomes = {
        column_equation(spec, table, column).regression.outcome
        for table in spec.tables.values()
        for column in table.columns
    }
    for name in sorted(outcomes):
        variable = spec.variables.named[name]
        if variable.score is not None:
            yield Notice(
                "inference.scores_as_outcome",
                message(
                    "{name} is an efficiency score: such scores are bounded and depend on one "
                    "another through the frontier, so the usual errors of a regression on them are "
                    "approximate.",
                    name=variable.label.label(name),
                ),
            )
            for note in coverage_note("estimated_scores", *size):
                yield Notice(
                    "inference.scores_as_outcome_coverage",
                    message(
                        "{name}, estimated scores as an outcome: {note}",
                        name=variable.label.label(name),
                        note=note,
                    ),
                )
