"""Check a study: all stops that cost nothing, nothing measured, nothing estimated."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xinzhi.efficiency.measure import MEASURES
from xinzhi.efficiency.zeros import check_zeros
from xinzhi.errors import Problem, StudyError
from xinzhi.io.raw import Decision
from xinzhi.panel.panel import Panel
from xinzhi.prepare.apply import prepare
from xinzhi.study.load import load
from xinzhi.study.notices import matters
from xinzhi.study.outlines import outlines_of, read_files
from xinzhi.study.published import read_published
from xinzhi.study.reading import read_sources
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.compare_places import check_places
from xinzhi.study.stops.measure import measured_rows, options_of
from xinzhi.study.supplies import supplies
from xinzhi.study.variables import transformed

Checked = tuple[Panel, tuple[Decision, ...], tuple[Problem, ...], dict[str, object]]


def check_study(path: Path) -> Checked:
    """Load, read and prepare a study, and look whether its columns can be measured and used.

    Returns
    -------
    The panel, what the readers decided, what they doubted, and for each source what to state so
    that the next reading decides nothing.

    Raises
    ------
    StudyError
        With all problems of the first stop that has any.
    """
    spec = load(path)
    if spec.compare:
        read_published(path.parent / spec.compare.published)
    reading = read_sources(spec, path.parent)
    panel = prepare(reading.panel, spec.prepare, sources=supplies(spec, path.parent))
    unmeasured, doubts = _measurements(spec, panel)
    problems = [
        *unmeasured,
        *_variables(spec, panel),
        *_places(spec, panel, path.parent),
    ]
    if problems:
        raise StudyError(problems)
    decided = {d.where.file for d in reading.decisions} | {w.where.file for w in reading.warnings}
    stated: dict[str, object] = {
        file.name: file.stated for file in reading.files if Path(file.file).name in decided
    }
    warnings = (*(w for w in reading.warnings if matters(w, spec)), *doubts)
    return panel, reading.decisions, warnings, stated


def _measurements(spec: StudySpec, panel: Panel) -> tuple[list[Problem], list[Problem]]:
    """Look whether the columns of each score can be measured: problems and doubts."""
    problems: list[Problem] = []
    doubts: list[Problem] = []
    for measurement in spec.efficiency.values():
        options = options_of(measurement)
        traits = MEASURES.get(options.measure).traits
        try:
            zeros = check_zeros(measured_rows(measurement, panel), traits, options)
        except StudyError as error:
            problems.extend(error.problems)
        else:
            doubts += [
                Problem(notice.code, notice.text, notice.where, severity="warning")
                for notice in zeros.notices
            ]
    return list(dict.fromkeys(problems)), list(dict.fromkeys(doubts))


def _places(spec: StudySpec, panel: Panel, folder: Path) -> list[Problem]:
    """Look for the outlines of the maps, and for the dates and regions of space and time."""
    problems: list[Problem] = []
    try:
        outlines_of(spec, panel, read_files(spec, folder))
    except StudyError as error:
        problems.extend(error.problems)
    try:
        check_places(spec, panel)
    except StudyError as error:
        problems.extend(error.problems)
    return problems


def _variables(spec: StudySpec, panel: Panel) -> list[Problem]:
    scores = {name: pd.Series(0.5, index=panel.frame.index) for name in spec.efficiency}
    try:
        transformed(spec, panel.with_columns(scores))
    except StudyError as error:
        return list(error.problems)
    return []
