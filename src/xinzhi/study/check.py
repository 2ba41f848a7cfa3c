"""Check a study: run all stages before measuring, and find the errors of each analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xinzhi.errors import Problem, StudyError
from xinzhi.events import silence
from xinzhi.io.files import Files
from xinzhi.panel.profile import PanelProfile, profile_panel
from xinzhi.study.analyses import Analyses
from xinzhi.study.cache import Cache
from xinzhi.study.checked import Checked
from xinzhi.study.data import StudyData, read_data
from xinzhi.study.file.load import load
from xinzhi.study.file.quoting import limit_quotes, quoting
from xinzhi.study.notices import about_data, used_columns
from xinzhi.study.run import Stepper
from xinzhi.study.schema.study import StudySpec


@dataclass(frozen=True, slots=True, eq=False)
class CheckedStudy:
    """A study that was checked."""

    spec: StudySpec
    data: StudyData
    problems: tuple[Problem, ...]
    """What is wrong, and what a reader of the results has to know."""

    @property
    def profile(self) -> PanelProfile:
        """The columns of the prepared data, those that the study uses first."""
        used = used_columns(self.spec)
        columns = sorted(map(str, self.data.panel.frame), key=lambda name: name not in used)
        return profile_panel(self.data.panel, self.data.reading.warnings, columns)

    @property
    def stated(self) -> Mapping[str, object]:
        """What to state under each source so that the next reading decides nothing."""
        reading = self.data.reading
        decided = {d.where.file for d in reading.decisions} | {
            w.where.file for w in reading.warnings
        }
        return {file.name: file.stated for file in reading.files if Path(file.file).name in decided}

    @property
    def summary(self) -> Checked:
        """What a check of any data says."""
        data = self.data
        decisions = data.reading.decisions
        ledgers = data.reading.ledgers
        return Checked(self.problems, data.panel, decisions, self.stated, self.profile, ledgers)


def check_study(path: Path, settings: Sequence[str] = ()) -> CheckedStudy:
    """Load, read and prepare a study, and find what could not be measured or estimated.

    Raises
    ------
    StudyError
        With all problems of the study file, of a file of data or of a step of preparation, after which
        there are no data to look at.
    """
    spec = load(path, settings)
    with Files(path.parent) as files, quoting(spec, path):
        data = read_data(spec, path, files, Cache(None, {}), Stepper(silence))
    spec = data.spec
    doubts = limit_quotes((*about_data(spec, data.reading, data.panel), *data.doubts), spec, path)
    problems = dict.fromkeys((*data.problems, *_refusals(spec, path, data), *doubts))
    return CheckedStudy(spec, data, tuple(problems))


def _refusals(spec: StudySpec, path: Path, data: StudyData) -> list[Problem]:
    """Find what the analyses are refused, and doubt variables that none reads."""
    if data.problems:  # the variables cannot be made
        return []
    analyses = Analyses(spec, data.panel, Cache(None, {}), data.outlines, data.files)
    try:
        problems = list(analyses.refusals())
    except StudyError as error:
        problems = list(error.problems)
    problems += (replace(problem, severity="warning") for problem in analyses.unread_failures())
    return limit_quotes(problems, spec, path)
