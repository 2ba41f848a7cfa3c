"""What some analyses can do beside computing and showing; the rest of the house asks by `isinstance`.

An analysis inherits a capability beside `Analysis` (see `analysis.py`). None of them chooses what is computed:
each answers one question of one reader, named in its first line.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Generic, TypeVar

import pandas as pd

from xinzhi.analyses.effects import Arrow, ConditionalSlope, Effect, JointSigns
from xinzhi.analyses.equation import Equation, Estimation, Frontier
from xinzhi.analyses.reads import Reads, ResultPart, ScoresAgain, Shown, Study
from xinzhi.analyses.section import Section
from xinzhi.present.style import Style
from xinzhi_core.errors import Problem
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Wording
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.verdict import JudgementRule

S = TypeVar("S", bound=Section)
R = TypeVar("R")
FrontierPlace = tuple[tuple[str | int, ...], Equation, Frontier]
"""Where options of the frontier are changed: place in the section, equation, options with their values."""


class Measured(ABC, Generic[S, R]):
    """For the panel: a result has a value for each row, a column from which variables may be made."""

    @abstractmethod
    def column(self, result: R, part: ResultPart) -> pd.Series:
        """Give a column indexed (entity, period)."""

    def measured_again(self, section: S, panel: Panel) -> ScoresAgain | None:
        """Prepare to measure some rows of a panel again; None where only the whole result can be computed.

        `panel` has the columns that `reads` names.
        """
        return None

    def rate(self, section: S) -> float:
        """Give r where the error of what it measures falls as n^-r; NaN where that is not known."""
        return float("nan")


class OfScore:
    """For Python and the command: it reads a score, in whose place a measurement stands there."""

    measured: ClassVar[str] = "score"
    """Option that names the score in the study file."""
    usual: ClassVar[Mapping[str, str]] = MappingProxyType({"measure": "radial"})
    """Options of that measurement where they are left out."""


class BesideScores(ABC, Generic[R]):
    """For scores.csv: a result has columns, row by row beside the score of the same name."""

    @abstractmethod
    def beside_scores(self, result: R) -> pd.DataFrame:
        """Give the columns in the order of the rows of the score."""


class Estimated(ABC, Generic[R]):
    """For the report's count of filled cells: a result has regressions, column by column."""

    @abstractmethod
    def samples(self, result: R) -> tuple[Estimates | None, ...]:
        """List the estimates; None stands for a column that could not be estimated."""


class TableOfColumns(Estimated[R], Generic[S, R]):
    """For whoever reads one column of it: a section holds several equations side by side."""

    called: ClassVar[type[Section]]
    """Options of its verb and its command, which ask for one column."""

    @abstractmethod
    def section_of(self, called: Section) -> S:
        """Make the section that a call of the verb stands for."""

    @abstractmethod
    def titled(self, name: str, sections: Mapping[str, S], study: Study) -> Wording:
        """Title of a section where there may be several."""

    @abstractmethod
    def frontiers(self, section: S, study: Study) -> Iterator[FrontierPlace]:
        """List the columns in which options of the frontier are changed."""

    @abstractmethod
    def part(self, result: R, name: str) -> R:
        """Take the column on which pathways rest: `2` of baseline/2; the first where `name` is empty."""


class Mechanism(Generic[S, R]):
    """For the pathways: which steps of a mechanism its results support, beside its `effects`."""

    def moderators(self, section: S, study: Study) -> tuple[str, ...]:
        """List the moderators that pathways may recommend."""
        return ()

    def channels(self, section: S, study: Study) -> tuple[tuple[str, str], ...]:
        """List factor and mediator of the mediated effects that pathways may rest on."""
        return ()

    def conditional(self, result: R) -> Iterator[ConditionalSlope]:
        """List the effects that depend on the level of a moderator."""
        yield from ()

    def arrows(self, result: R) -> Iterator[Arrow]:
        """List the arrows of a diagram of the mechanism that it estimates."""
        yield from ()

    def differences(self, section: S, result: R, inference: JudgementRule) -> Iterator[Effect]:
        """List the differences between groups that pathways may rest on."""
        yield from ()

    def doubts(self, result: R, style: Style) -> Iterator[Notice]:
        """Say where another test judges an effect of the pathways otherwise."""
        yield from ()


class JointStatements(ABC, Generic[R]):
    """For the draws of the whole study: statements that rest on the signs of several effects."""

    @abstractmethod
    def joint_signs(self, result: R, study: Study) -> Iterator[JointSigns]:
        """List the statements with the effects on which each rests."""

    @abstractmethod
    def statement(self, signs: JointSigns, shown: Shown) -> Wording:
        """Name what rests on joint signs."""


class Resampled(ABC, Generic[S, R]):
    """What an analysis also is whose numbers are drawn again with the frontier, whatever they are.

    `inference.whole_study` and `inference.leave_one_out` measure the scores of some entities again and make
    the data from them. Such an analysis reads one regression, by `Reads.estimation`; its numbers take the place
    of `quantities`.
    """

    @abstractmethod
    def statistic(self, section: S, result: R, data: Estimation) -> Mapping[str, float]:
        """Compute named numbers from data.

        Those of the data of the study are its estimates. `result` is that of the study: what stays as it is
        in every draw, such as the number of thresholds. A number that is not finite, or that some data do not
        give, is left out of that draw.

        Raises
        ------
        StudyError
            These data give no number.
        """

    def statistic_words(self, section: S, result: R, study: Study) -> Mapping[str, Wording]:
        """Name these numbers; one without words is called by its name, a variable by its label."""
        return {}


class DrawnInWorkers:
    """For the start of a run: it has draws, and workers start while the study is read."""

    in_workers: ClassVar[str]
    """Module that computes its draws, which workers load."""


class OfResults(Generic[S, R]):
    """For its verb and its command: it reads results of others, and they take a study that has been run."""

    def answer(self, section: S, result: R, shown: Shown) -> object:
        """Give what its verb returns: the result."""
        return result


class ShownLast(OfResults[S, R]):
    """For the report: it shows after all others, with their tables; `--only` never leaves it out."""


class OfFiles(ABC, Generic[S]):
    """For the check before any data are read: it reads files of its own."""

    @abstractmethod
    def inspect_files(self, section: S, files: Mapping[str, bytes]) -> Iterator[Problem]:
        """Look whether the files can be used."""

    def inspect_names(
        self, section: S, files: Mapping[str, bytes], panel: Panel
    ) -> Iterator[Problem]:
        """Look whether the names in the files are those of the data."""
        yield from ()


class SharedKey(ABC):
    """For the schema and `--only`: its key of the study file holds more than its options."""

    in_file: ClassVar[type[Section]]
    """What stands under the key, of which `sections` makes the options."""

    @abstractmethod
    def left_out(self, in_file: Any) -> Section:
        """Give what stays under the key where `--only` leaves the analysis out."""


CAPABILITIES: tuple[type, ...] = (
    *(Measured, OfScore, BesideScores, Estimated, TableOfColumns, Mechanism, JointStatements),
    *(Resampled, DrawnInWorkers, OfResults, ShownLast, OfFiles, SharedKey),
)


def refuse_unasked(analysis: type) -> None:
    """Refuse a class that defines what a capability asks for and does not inherit it: nobody would ask it.

    Raises
    ------
    TypeError
        With the member and the capabilities of which one is to be inherited.
    """
    for name in vars(analysis):
        asking = [one for one in CAPABILITIES if name[0] != "_" and name in vars(one)]
        if asking and not issubclass(analysis, tuple(asking)):
            names = " or ".join(one.__name__ for one in asking)
            msg = (
                f"{analysis.__name__} defines {name}, which is read of {names} only: inherit it too"
            )
            raise TypeError(msg)


def frontiers_read(reads: Reads) -> Iterator[FrontierPlace]:
    """List the options of the frontier that data are read with, of an analysis with one equation.

    Options that an equation names itself are checked at its own place in the study file.
    """
    checked = {option for equation in reads.equations for option in equation.frontier}
    for option in dict.fromkeys(option for data in reads.data for option in data.frontier):
        if option not in checked:
            yield (), reads.equations[0], (option,)
