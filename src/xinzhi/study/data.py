"""The data of a study: read, prepared and inspected before anything is measured.

`run` and `check` share this way, so that both give the same verdict: `run` refuses the problems and goes
on to measure, `check` shows them beside the data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from xinzhi.errors import DataError, Problem, StudyError
from xinzhi.io.files import Files
from xinzhi.panel.panel import Panel
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.study.analyses import inspect
from xinzhi.study.analyses import read_files as read_files_of_analyses
from xinzhi.study.cache import Cache
from xinzhi.study.file.quoting import limit_quotes, quoting
from xinzhi.study.gather.coverage import unmatched_names_first
from xinzhi.study.lookup import with_levels
from xinzhi.study.outlines import match_outlines, read_files
from xinzhi.study.read import prepare_panel, read_panel_of
from xinzhi.study.result import Reading
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import check_variables

Value = TypeVar("Value")


class StageWork(Protocol):
    """Does the work of a stage, whoever listens."""

    def __call__(self, stage: str, work: Callable[[], Value]) -> Value:
        """Do the work."""


@dataclass(frozen=True, slots=True, eq=False)
class StudyData:
    """What a study computes from."""

    spec: StudySpec
    """The study, with the dummies that the values of columns make."""
    reading: Reading
    panel: Panel
    """After preparation, without scores."""
    outlines: Mapping[str, Boundaries]
    """Map -> its outlines."""
    files: Mapping[str, bytes]
    """File that an analysis reads -> its bytes."""
    problems: tuple[Problem, ...]
    """Why the study cannot be computed."""
    doubts: tuple[Problem, ...]
    """What analyses doubt about the prepared data; they say it again with their results."""

    def refuse_problems(self) -> None:
        """Refuse data with problems.

        Raises
        ------
        DataError
            With all problems, after the names that do not match: others follow from them.
        """
        if self.problems:
            raise DataError((*_unmatched(self.reading), *self.problems))


def read_data(
    spec: StudySpec, path: Path, files: Files, cache: Cache, stages: StageWork
) -> StudyData:
    """Read, prepare and inspect the data of a study.

    Raises
    ------
    StudyError
        A file, or a step of preparation, cannot be used; what is wrong with the prepared data is in
        the result.
    """
    with quoting(spec, path, of_any_file=True):
        boundaries = read_files(spec, files.folder)
        own_files = read_files_of_analyses(spec, files)
    reading = stages("read", lambda: read_panel_of(spec, files, cache))
    with unmatched_names_first(_unmatched(reading)), quoting(spec, path, of_any_file=True):
        panel = stages("prepare", lambda: prepare_panel(spec, reading.panel, files, cache))
    outlines: Mapping[str, Boundaries] = {}
    problems: list[Problem] = []
    # From here on problems are collected: what is wrong with variables hides nothing of maps.
    try:
        spec = with_levels(spec, panel)
        check_variables(spec, panel)
    except StudyError as error:
        problems += error.problems
    unfit, doubts = inspect(spec, panel)
    problems = limit_quotes((*problems, *unfit), spec, path)
    try:
        with quoting(spec, path, of_any_file=True):
            outlines = match_outlines(spec, panel, boundaries)
    except StudyError as error:
        problems += error.problems
    return StudyData(
        spec, reading, panel, outlines, own_files, tuple(dict.fromkeys(problems)), tuple(doubts)
    )


def _unmatched(reading: Reading) -> tuple[Problem, ...]:
    return reading.coverage.as_warnings() if reading.coverage else ()
