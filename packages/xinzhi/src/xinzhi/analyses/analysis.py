"""The protocol of analyses: what a study may ask for, how it is computed, and how it is shown.

An analysis is a folder of this package. Its `section` declares the options; the schema of the study
file, the checks of names and the keywords in Python are made from it. `reads` says what it needs,
`compute` is a pure function, `show` and `draw` make its exhibits. The run, the cache, `--only`, failures,
results.json and the report know analyses by this protocol alone:

    study file -> section -> reads -> given -> compute -> result -> show, draw -> exhibits

A package beside this one adds an analysis by an entry point of the group `xinzhi.analyses`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar, cast

import pandas as pd

from xinzhi.analyses.effects import Arrow, ConditionalSlope, Effect, JointSigns, Quantity
from xinzhi.analyses.equation import Equation, Estimation, Frontier
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.reads import (
    EstimationData,
    Given,
    Origin,
    Reads,
    ResultPart,
    ScoresAgain,
    Shown,
    Study,
)
from xinzhi.analyses.section import Section, Words, as_list
from xinzhi.analyses.unavailable import Failure
from xinzhi.present.chart import Chart
from xinzhi.present.style import Style
from xinzhi_core.errors import Problem
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import Panel
from xinzhi_core.register import Register
from xinzhi_core.resampled import too_few
from xinzhi_core.wording import Label, Wording, message
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.instruments.estimate import Instrumented
from xinzhi_econometrics.verdict import JudgementRule

__all__ = [
    "ANALYSES",
    "Analysis",
    "Effect",
    "Estimation",
    "EstimationData",
    "Given",
    "Origin",
    "PlacedProblem",
    "Reads",
    "RegressionAnalysis",
    "RequiredDraws",
    "Resampled",
    "ResultPart",
    "Shown",
    "Study",
    "base_key",
    "in_order",
]


class RequiredDraws(NamedTuple):
    """Draws that an option asks for, and the level at which their p-values or intervals judge."""

    option: str
    n: int
    alpha: float
    sides: int = 2
    """2 where the smaller tail is doubled, 1 where both tails are counted at once."""


PlacedProblem = tuple[tuple[str | int, ...], Problem]
"""A problem, and its place inside the section."""
S = TypeVar("S", bound=Section)
R = TypeVar("R")


class Analysis(ABC, Generic[S, R]):
    """One thing that a study may ask for.

    Results are frozen dataclasses of arrays, frames, numbers and words, so that they can be cached.
    """

    section: ClassVar[type[Section]]
    """Options: keys of the study file and keywords in Python."""
    in_file: ClassVar[type[Section] | None] = None
    """What stands under the key in the study file, where `sections` makes the options from it."""
    called: ClassVar[type[Section] | None] = None
    """Options of its verb and its command where these ask for one part of a section."""
    is_single: ClassVar[bool] = False
    """Whether a study has one section of options at most, and not one under each of several names."""
    id: ClassVar[str] = ""
    """Id of its exhibits where that is not the name of the section."""
    verb: ClassVar[str] = ""
    """Its name in Python: `xinzhi.mediate`; empty where it reads what only a whole study has."""
    is_written_by_hand: ClassVar[bool] = False
    """Whether the function and the command of this name are written by hand and not made from options."""
    description: ClassVar[str]
    """What its section of the study file holds, for the schema."""
    title: ClassVar[Wording]
    """Title of its exhibits where the study file gives none."""
    place: ClassVar[Place]
    """Section of the report in which its exhibits stand."""
    shown_only: ClassVar[frozenset[str]] = frozenset({"title"})
    """Options that change no number."""
    is_declared: ClassVar[bool] = True
    """Whether the study file has a key of its name; otherwise `sections` finds its options elsewhere."""
    under: ClassVar[str] = ""
    """Key of the study file under which `sections` finds its options, where it has none of its own."""
    named_by: ClassVar[str] = ""
    """Option that takes the name of the section where the study file leaves it out, such as a score."""
    measured: ClassVar[str] = ""
    """Option that names a score; in Python and in the command its measurement stands in that place."""
    usual: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Options of that measurement in Python and in the command where they are left out."""
    measures: ClassVar[bool] = False
    """Whether a result has a value for each row: a column of the panel, from which variables may be made."""
    shows_last: ClassVar[bool] = False
    """Whether it shows after all others, with their tables; `--only` never leaves it out."""
    n_on_console: ClassVar[int] = 0
    """How many of its tables the console shows at the end of a run."""
    reads_results: ClassVar[bool] = False
    """Whether it reads results of others: its verb and its command take a study that has been run."""
    keeps_instruments: ClassVar[bool] = False
    """Whether it estimates columns with instruments as such."""
    charts: ClassVar[str] = ""
    """Module whose `charts` are drawn of a result; it is loaded only then."""
    in_workers: ClassVar[str] = ""
    """Module that computes its draws, which workers load while the study is read; empty without draws."""
    keeps_estimator: ClassVar[bool] = False
    """Whether it takes columns of other estimators than least squares."""

    def sections(self, key: str, options: Any) -> Mapping[str, S]:
        """List the sections of a study file that ask for the analysis: name -> options."""
        declared = getattr(options, key)
        if self.is_single:
            return {} if declared is None else {key: declared}
        sections: dict[str, S] = dict(declared)
        for name, section in declared.items():
            if self.named_by and getattr(section, self.named_by) is None:
                sections[name] = section.model_copy(update={self.named_by: name})
        return sections

    @abstractmethod
    def reads(self, section: S, study: Study) -> Reads:
        """Say what the analysis reads."""

    @abstractmethod
    def compute(self, section: S, given: Given) -> R:
        """Compute the result.

        Raises
        ------
        StudyError
            With all problems: the result is then `Unavailable`, and the study goes on.
        """

    @abstractmethod
    def show(self, section: S, result: R, shown: Shown) -> Exhibits:
        """Make tables, paragraphs of methods and references."""

    def answer(self, section: S, result: R, shown: Shown) -> Any:
        """Give what its verb returns, where it `reads_results`: the result."""
        del section, shown
        return result

    def heading(self, section: S, shown: Shown) -> tuple[str, Wording]:
        """Give id and title of the exhibit that says why, where there is no result."""
        return shown.name, shown.title

    def left_out(self, in_file: Any) -> Any:
        """Give what stays under its key where `--only` leaves it out, such as options of the whole study."""
        del in_file
        return None

    @property
    def offered(self) -> type[Section]:
        """Options of its verb in Python and of its command."""
        return self.called or self.section

    def section_of(self, called: Section) -> S:
        """Make the section that a call of the verb stands for."""
        return cast(S, called)

    def options(self, section: S) -> Any:
        """Give the options that change a number: the result is computed again where they change."""
        return section.model_dump(exclude=set(self.shown_only))

    def titled(self, name: str, sections: Mapping[str, S], study: Study) -> Wording:
        """Title of a section; its name beside that of the analysis where there are several."""
        del study
        words: Words | None = getattr(sections[name], "title", None)
        if words and (words.zh or words.en):
            return words.label("")
        if len(sections) == 1:
            return self.title
        return message("{title}: {name}", title=self.title, name=Label(name))

    def draw(self, section: S, result: R, shown: Shown) -> Iterator[Chart]:
        """Draw the charts: this loads the chart engine and takes longer than anything else."""
        if self.charts:
            yield from import_module(self.charts).charts(result, shown)

    def problems(self, section: S, study: Study) -> Iterator[PlacedProblem]:
        """Find what is wrong with the options once all their names are known, with its place."""
        yield from ()

    def drawn(self, section: S, study: Study) -> Iterator[RequiredDraws]:
        """List the numbers of draws by which it judges: too few are refused, few are said."""
        yield from ()

    def inspect_files(self, section: S, files: Mapping[str, bytes]) -> Iterator[Problem]:
        """Look whether the files that it reads can be used, before any data are read."""
        yield from ()

    def inspect(self, section: S, study: Study, panel: Panel) -> Iterator[Problem]:
        """Look whether the prepared data can be used; warnings do not keep the study from running."""
        yield from ()

    def beside_scores(self, result: R) -> pd.DataFrame | None:
        """Give columns for scores.csv, row by row beside the score of the same name."""
        return None

    def column(self, result: R, part: ResultPart) -> pd.Series:
        """Give a column indexed (entity, period) that variables are made of, of an analysis that measures."""
        raise NotImplementedError

    def measured_again(self, section: S, panel: Panel) -> ScoresAgain | None:
        """Prepare to measure some rows of a panel again; None where only the whole result can be computed.

        `panel` has the columns that `reads` names.
        """
        return None

    def rate(self, section: S) -> float:
        """Give r where the error of what it measures falls as n^-r; NaN where that is not known."""
        return float("nan")

    def frontiers(
        self, section: S, study: Study
    ) -> Iterator[tuple[tuple[str | int, ...], Equation, Frontier]]:
        """List where options of the frontier are changed: place, equation, options with their values."""
        reads = self.reads(section, study)
        # Options that an equation names are checked at its own place in the study file.
        checked = {option for equation in reads.equations for option in equation.frontier}
        for option in dict.fromkeys(option for data in reads.data for option in data.frontier):
            if option not in checked:
                yield (), reads.equations[0], (option,)

    def base(self, section: S, study: Study) -> str | None:
        """Name the column of a table from which the analysis starts."""
        base: str | None = getattr(section, "base", None)
        return base

    def outcome(self, section: S, study: Study) -> str | None:
        """Name the outcome of the effects that pathways may rest on."""
        base = self.base(section, study)
        return study.equation(base).regression.outcome if base else None

    def moderators(self, section: S, study: Study) -> tuple[str, ...]:
        """List the moderators that pathways may recommend."""
        return ()

    def channels(self, section: S, study: Study) -> tuple[tuple[str, str], ...]:
        """List factor and mediator of the mediated effects that pathways may rest on."""
        return ()

    def part(self, result: R, name: str) -> R:
        """Take the part of a result on which pathways rest: `2` of baseline/2."""
        del name
        return result

    def notices(self, result: R) -> Iterator[Notice]:
        """Say what a reader must know; a place that begins with a point lies inside the section."""
        yield from ()

    def samples(self, result: R) -> tuple[Estimates | None, ...]:
        """List the estimates, column by column, of which the report states the share of filled cells.

        None stands for a column that could not be estimated.
        """
        return ()

    def failures(self, result: R) -> Iterator[Failure]:
        """List what could not be computed inside a result."""
        yield from ()

    def regressions(
        self, section: S, result: R, given: Given
    ) -> Iterator[tuple[str, pd.DataFrame, Estimates | Instrumented]]:
        """List the regressions for R and Stata: name, the data it was estimated on, estimates."""
        yield from ()

    def quantities(self, section: S, result: R, study: Study) -> Iterator[Quantity]:
        """List the numbers that each draw of the whole study computes again from its `regressions`."""
        yield from ()

    def joint_signs(self, result: R, study: Study) -> Iterator[JointSigns]:
        """List the statements that rest on the signs of several effects, such as pathways."""
        yield from ()

    def statement(self, signs: JointSigns, shown: Shown) -> Wording:
        """Name what rests on joint signs."""
        return signs.name

    def effects(self, result: R, inference: JudgementRule) -> Iterator[Effect]:
        """List the effects that pathways of cities may rest on."""
        yield from ()

    def conditional(self, result: R) -> Iterator[ConditionalSlope]:
        """List the effects that depend on the level of a moderator."""
        yield from ()

    def under_defaults(self, result: R) -> R:
        """Give the result with the default standard errors, which is itself where nothing else was declared."""
        return result

    def arrows(self, result: R) -> Iterator[Arrow]:
        """List the arrows of a diagram of the mechanism that it estimates."""
        yield from ()

    def differences(self, section: S, result: R, inference: JudgementRule) -> Iterator[Effect]:
        """List the differences between groups that pathways may rest on."""
        yield from ()

    def doubts(self, result: R, style: Style) -> Iterator[Notice]:
        """Say where another test judges an effect of the pathways otherwise."""
        yield from ()


class WithEstimates(Protocol):
    """A result with one regression."""

    @property
    def estimates(self) -> Estimates:
        """The regression."""

    @property
    def frame(self) -> pd.DataFrame:
        """The data that it was estimated on."""


E = TypeVar("E", bound=WithEstimates)


class RegressionAnalysis(Analysis[S, E]):
    """An analysis that starts from one column of a table, and whose result has one regression.

    It needs a section with the option `base`; what it reads, its rows, its notices and its regression for R and
    Stata follow from the options named here.
    """

    variables: ClassVar[tuple[str, ...]] = ()
    """Options that name further variables: rows without one of them are left out."""
    raw: ClassVar[tuple[str, ...]] = ()
    """Options that name columns of the data in their own units."""

    def reads(self, section: S, study: Study) -> Reads:
        """Read the equation and the columns that the options name."""
        more, raw = self._names(section, study)
        return Reads.estimation(study, section.model_dump()["base"], *more, raw=raw)

    def estimation(self, section: S, given: Given) -> Estimation:
        """Put together what it is estimated on."""
        more, raw = self._names(section, given.study)
        return given.estimation(section.model_dump()["base"], *more, raw=raw)

    def _names(self, section: S, study: Study) -> tuple[tuple[str, ...], tuple[str, ...]]:
        options = section.model_dump()
        named = [as_list(options[option]) for option in self.variables]
        more = study.expand(tuple(name for names in named for name in names or ()))
        return more, tuple(options[option] for option in self.raw)

    def notices(self, result: E) -> Iterator[Notice]:
        """Say what a reader of its regression must know."""
        yield from result.estimates.notices

    def samples(self, result: E) -> tuple[Estimates | None, ...]:
        """Give its regression."""
        return (result.estimates,)

    def regressions(
        self, section: S, result: E, given: Given
    ) -> Iterator[tuple[str, pd.DataFrame, Estimates | Instrumented]]:
        """Give its regression for R and Stata."""
        yield "regression", result.frame, result.estimates


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


ANALYSES: Register[Analysis[Any, Any]] = Register(
    "analysis", "xinzhi.analyses", entry_points="xinzhi.analyses"
)


def draw_problems(
    analysis: Analysis[Any, Any], section: Any, study: Study
) -> Iterator[PlacedProblem]:
    """Refuse numbers of draws with which nothing can be significant at the declared level."""
    for option, n, alpha, sides in analysis.drawn(section, study):
        for problem in too_few(n, alpha, sides=sides):
            yield (option,), problem


def in_order() -> list[tuple[str, Analysis[Any, Any]]]:
    """List the analyses in the order of the report, each with its key in the study file."""
    # At one place the key decides, so that the order does not depend on what was imported first.
    return sorted(ANALYSES, key=lambda named: (named[1].place.order, named[0]))


def base_key(analysis: Analysis[Any, Any]) -> str:
    """Name the key of the study file that holds the column from which an analysis starts."""
    field = analysis.section.model_fields.get("base")
    return (field.alias if field else None) or "base"
