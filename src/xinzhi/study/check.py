"""Check a study: all stops that cost nothing, nothing measured, nothing estimated."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xinzhi.errors import Problem, StudyError
from xinzhi.io.files import Files
from xinzhi.io.raw import Decision
from xinzhi.panel.panel import Panel
from xinzhi.prepare.step import prepare
from xinzhi.study.analyses import inspect
from xinzhi.study.analyses import read_files as read_files_of_analyses
from xinzhi.study.file.load import load
from xinzhi.study.file.quoting import quoting
from xinzhi.study.file.supplies import supplies
from xinzhi.study.gather.coverage import told_first
from xinzhi.study.gather.sources import read_sources
from xinzhi.study.notices import matters
from xinzhi.study.outlines import outlines_of, read_files
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import check_variables, transformed

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
    with quoting(spec, path):
        return _checked(spec, path)


def _checked(spec: StudySpec, path: Path) -> Checked:
    with Files(path.parent) as files:
        with quoting(spec, path, of_any_file=True):
            read_files_of_analyses(spec, files)
        reading = read_sources(spec, files)
        names = reading.coverage.as_warnings() if reading.coverage else ()
        with told_first(names), quoting(spec, path, of_any_file=True):
            panel = prepare(reading.panel, spec.prepare, sources=supplies(spec, files))
    unfit, doubts = inspect(spec, panel)
    problems = [
        *unfit,
        *_variables(spec, panel),
        *_places(spec, panel, path),
    ]
    if problems:
        raise StudyError((*names, *problems))
    decided = {d.where.file for d in reading.decisions} | {w.where.file for w in reading.warnings}
    stated: dict[str, object] = {
        file.name: file.stated for file in reading.files if Path(file.file).name in decided
    }
    warnings = (*(w for w in reading.warnings if matters(w, spec)), *doubts)
    return panel, reading.decisions, warnings, stated


def _places(spec: StudySpec, panel: Panel, path: Path) -> list[Problem]:
    """Look for the outlines of the maps."""
    problems: list[Problem] = []
    try:
        with quoting(spec, path, of_any_file=True):
            outlines_of(spec, panel, read_files(spec, path.parent))
    except StudyError as error:
        problems.extend(error.problems)
    return problems


def _variables(spec: StudySpec, panel: Panel) -> list[Problem]:
    scores = {name: pd.Series(0.5, index=panel.frame.index) for name in spec.sections("efficiency")}
    try:
        check_variables(spec, panel)
        _, failed = transformed(spec, panel.with_columns(scores))
    except StudyError as error:
        return list(error.problems)
    return [problem for problems in failed.values() for problem in problems]
