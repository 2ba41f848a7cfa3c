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
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeVar

import pandas as pd

from xinzhi.analyses.capabilities import (
    Estimated,
    JointStatements,
    Measured,
    Resampled,
    SharedKey,
    TableOfColumns,
    refuse_unasked,
)
from xinzhi.analyses.effects import Effect, Quantity
from xinzhi.analyses.equation import Estimation
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.reads import (
    EstimationData,
    Given,
    Origin,
    Reads,
    ResultPart,
    Shown,
    Study,
)
from xinzhi.analyses.section import Refers, Section, Words, as_list
from xinzhi.analyses.unavailable import Failure
from xinzhi.present.chart import Chart
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

    def __init_subclass__(cls, **options: object) -> None:
        """Refuse members that only a capability is asked for (see `capabilities.py`)."""
        super().__init_subclass__(**options)
        refuse_unasked(cls)

    section: ClassVar[type[Section]]
    """Options: keys of the study file and keywords in Python."""
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
    """Options that change no number; `columns.label` is the option `label` of each of `columns`."""
    is_declared: ClassVar[bool] = True
    """Whether the study file has a key of its name; otherwise `sections` finds its options elsewhere."""
    under: ClassVar[str] = ""
    """Key of the study file under which `sections` finds its options, where it has none of its own."""
    n_on_console: ClassVar[int] = 0
    """How many of its tables the console shows at the end of a run."""
    charts: ClassVar[str] = ""
    """Module whose `charts` are drawn of a result; it is loaded only then."""
    keeps: ClassVar[frozenset[Literal["instruments", "estimator"]]] = frozenset()
    """Columns that it estimates as such: with instruments, by another estimator than least squares."""

    def sections(self, key: str, options: object) -> Mapping[str, S]:
        """List the sections of a study file that ask for the analysis: name -> options."""
        declared = getattr(options, key)
        if self.is_single:
            return {} if declared is None else {key: declared}
        return dict(declared)

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

    def heading(self, section: S, shown: Shown) -> tuple[str, Wording]:
        """Give id and title of the exhibit that says why, where there is no result."""
        return shown.name, shown.title

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

    def inspect(self, section: S, study: Study, panel: Panel) -> Iterator[Problem]:
        """Look whether the prepared data can be used; warnings do not keep the study from running."""
        yield from ()

    def outcome(self, section: S, study: Study) -> str | None:
        """Name the outcome of the effects that pathways may rest on."""
        base = base_of(section, study)
        return study.equation(base).regression.outcome if base else None

    def notices(self, result: R) -> Iterator[Notice]:
        """Say what a reader must know; a place that begins with a point lies inside the section."""
        yield from getattr(result, "notices", ())

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

    def effects(self, result: R, inference: JudgementRule) -> Iterator[Effect]:
        """List the effects that pathways of cities may rest on."""
        yield from ()

    def under_defaults(self, result: R) -> R:
        """Give the result with the default standard errors, which is itself where nothing else was declared."""
        return result


class WithEstimates(Protocol):
    """A result with one regression."""

    @property
    def estimates(self) -> Estimates:
        """The regression."""

    @property
    def frame(self) -> pd.DataFrame:
        """The data that it was estimated on."""


E = TypeVar("E", bound=WithEstimates)


class RegressionAnalysis(Analysis[S, E], Estimated[E]):
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


AnyAnalysis = Analysis[Any, Any]
"""An analysis of whatever section and result."""

ANALYSES: Register[AnyAnalysis] = Register(
    message("analysis"), "xinzhi.analyses", entry_points="xinzhi.analyses"
)


def draw_problems(analysis: AnyAnalysis, section: Any, study: Study) -> Iterator[PlacedProblem]:
    """Refuse numbers of draws with which nothing can be significant at the declared level."""
    for option, n, alpha, sides in analysis.drawn(section, study):
        for problem in too_few(n, alpha, sides=sides):
            yield (option,), problem


def in_order() -> list[tuple[str, AnyAnalysis]]:
    """List the analyses in the order of the report, each with its key in the study file."""
    # At one place the key decides, so that the order does not depend on what was imported first.
    return sorted(ANALYSES, key=lambda named: (named[1].place.order, named[0]))


def base_key(analysis: AnyAnalysis) -> str:
    """Name the key of the study file that holds the column from which an analysis starts."""
    field = analysis.section.model_fields.get("base")
    return (field.alias if field else None) or "base"


def base_of(section: Section, study: Study) -> str | None:
    """Name the column of a table from which a section starts; None where it starts from none."""
    base: str | None = getattr(section, "base", None)
    option = type(section).model_fields.get("base")
    marks = option.metadata if option else ()
    is_first = any(mark.first_if_left_out for mark in marks if isinstance(mark, Refers))
    return base or (study.first_column if is_first else None)


def measure(key: str) -> Measured[Any, Any]:
    """Get the analysis that measures under a key of the study file, whose results are columns of the panel."""
    analysis = ANALYSES.get(key)
    assert isinstance(analysis, Measured)
    return analysis


def joint_statements(key: str) -> JointStatements[object]:
    """Get the analysis under a key that makes statements on the signs of several effects."""
    analysis = ANALYSES.get(key)
    assert isinstance(analysis, JointStatements)
    return analysis


def offered(analysis: AnyAnalysis) -> type[Section]:
    """Give the options of its verb in Python and of its command."""
    return analysis.called if isinstance(analysis, TableOfColumns) else analysis.section


def in_file(analysis: AnyAnalysis) -> type[Section]:
    """Give what stands under its key in the study file."""
    return analysis.in_file if isinstance(analysis, SharedKey) else analysis.section


def computing_options(analysis: AnyAnalysis, section: Section) -> dict[str, object]:
    """Give the options that change a number: the result is computed again where they change."""
    left_out: dict[str, Any] = {}
    for path in analysis.shown_only:
        option, _, inner = path.partition(".")
        left_out[option] = {"__all__": {inner}} if inner else True
    return section.model_dump(exclude=left_out)


def title_of(
    analysis: AnyAnalysis, name: str, sections: Mapping[str, Any], study: Study
) -> Wording:
    """Title of a section; its name beside that of the analysis where there are several."""
    if isinstance(analysis, TableOfColumns):
        return analysis.titled(name, sections, study)
    words: Words | None = getattr(sections[name], "title", None)
    if words and (words.zh or words.en):
        return words.label("")
    if len(sections) == 1:
        return analysis.title
    return message("{title}: {name}", title=analysis.title, name=Label(name))
