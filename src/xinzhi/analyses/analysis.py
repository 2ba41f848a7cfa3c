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
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import pandas as pd

from xinzhi.analyses.equation import Equation, Frontier
from xinzhi.analyses.exhibits import Exhibits, Place
from xinzhi.analyses.section import Section, Words
from xinzhi.analyses.unavailable import Failure, Unavailable
from xinzhi.econometrics.estimates import Estimates
from xinzhi.errors import MethodError, Problem, StudyError
from xinzhi.figures.boundaries import Boundaries
from xinzhi.figures.chart import Chart
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.register import Register
from xinzhi.tables.style import Style
from xinzhi.tables.table import Table
from xinzhi.wording import Label, Wording, message

S = TypeVar("S", bound=Section)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class EstimationData:
    """Variables that an analysis reads, as they are measured under one frontier."""

    variables: tuple[str, ...]
    """The scores behind these are measured again where `frontier` says so."""
    as_measured: tuple[str, ...] = ()
    """Variables that are read as the study measured them."""
    keys: tuple[str, ...] = ()
    """Columns that name effects, clusters and groupings."""
    frontier: Frontier = ()

    @classmethod
    def of(cls, equation: Equation, *as_measured: str) -> EstimationData:
        """Ask for the data of an equation, and for further variables."""
        return cls(equation.variables, as_measured, equation.keys, equation.frontier)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, each once."""
        return tuple(dict.fromkeys((*self.variables, *self.as_measured, *self.keys)))


@dataclass(frozen=True, slots=True)
class Reads:
    """What an analysis reads of a study; its result depends on nothing else but its options."""

    data: tuple[EstimationData, ...] = ()
    equations: tuple[Equation, ...] = ()
    """Equations that the options stand for: where one changes, the result is computed again."""
    panel: tuple[str, ...] = ()
    """Columns of the panel in their own units: of the prepared data, and scores by their names."""
    groupings: tuple[str, ...] = ()
    """Groupings of the study whose members are read, row by row."""
    results: tuple[tuple[str, str], ...] = ()
    """Results of other analyses, computed before: the key of the analysis and the name of the section."""
    outlines: tuple[str, ...] = ()
    """Maps of the study, or built_in, whose outlines are read."""
    files: tuple[str, ...] = ()
    """Files beside the study file whose bytes are read."""
    asked: tuple[object, ...] = ()
    """What else of the study changes the result, such as the order of members."""
    methods: tuple[str, ...] = ("econometrics",)
    """Packages of methods that the computation calls."""


class Study(Protocol):
    """What an analysis may know of a study: names and their meaning, never files."""

    @property
    def seed(self) -> int:
        """Start of all random draws."""

    @property
    def first_column(self) -> str | None:
        """First column of the first table, such as baseline/1; None in a study without tables."""

    def equation(self, reference: str | None) -> Equation:
        """Resolve a column of a table, such as baseline/1, with all that it inherits.

        None gives the controls of the study with two-way effects and the default errors.
        """

    def expand(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Replace names of sets by their variables, each once."""

    def column_title(self, reference: str) -> tuple[Wording, int]:
        """Title of the table of a column, and the number of the column from 1."""

    def members(self, grouping: str) -> tuple[str, ...]:
        """List the members of a grouping in the order of the study file; empty where it names none."""

    def group_label(self, grouping: str) -> Label:
        """Name a grouping."""

    def member_label(self, grouping: str, member: str) -> Wording:
        """Name a member of a grouping."""

    def section(self, key: str, name: str) -> Any:
        """Give the options of an analysis; None where the study does not ask for it."""

    def sections(self, key: str) -> Mapping[str, Any]:
        """List the sections of an analysis: name -> options."""

    def score_label(self, score: str) -> Wording:
        """Name a score: by the label of the variable that is made from it."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What `compute` gets: the study, and the data that `reads` asked for."""

    study: Study
    frames: Mapping[EstimationData, pd.DataFrame | StudyError]
    columns: Panel | StudyError | None = None
    """The panel with the columns that were asked for."""
    members: Mapping[str, pd.Series] = field(default_factory=lambda: MappingProxyType({}))
    """Grouping -> member of each row of the panel."""
    results: Mapping[tuple[str, str], Any] = field(default_factory=lambda: MappingProxyType({}))
    outlines: Mapping[str, Boundaries | StudyError] = field(
        default_factory=lambda: MappingProxyType({})
    )
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    jobs: int = 1
    """Number of processes; no result depends on it."""

    @property
    def panel(self) -> Panel:
        """The panel, cut to the columns that were asked for.

        Raises
        ------
        StudyError
            One of them is not there, or is a score that could not be measured.
        """
        if isinstance(self.columns, StudyError):
            raise self.columns
        assert self.columns is not None, "`reads` asks for no column of the panel"
        return self.columns

    def result(self, key: str, name: str) -> Any:
        """Give the result of another analysis.

        Raises
        ------
        StudyError
            It could not be computed.
        """
        found = self.results[key, name]
        if isinstance(found, Unavailable):
            raise MethodError(found.problems)
        return found

    def outline(self, name: str) -> Boundaries:
        """Give the outlines of a map.

        Raises
        ------
        StudyError
            There are none for these entities.
        """
        found = self.outlines[name]
        if isinstance(found, StudyError):
            raise found
        return found

    def frame(self, asked: EstimationData) -> pd.DataFrame:
        """Give the data; they are indexed (entity, period).

        Raises
        ------
        StudyError
            A variable could not be computed, or its score could not be measured.
        """
        found = self.frames[asked]
        if isinstance(found, StudyError):
            raise found
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What `show` gets beside the result."""

    name: str
    """Name of the section in the study file: the ids of its exhibits begin with it."""
    title: Wording
    study: Study
    style: Style
    panel: Panel
    """The data of the study with all its scores, for their values, labels and units."""
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    """Analysis -> name -> result, or `Unavailable`, of every analysis of the study."""
    outlines: Mapping[str, Boundaries] = field(default_factory=lambda: MappingProxyType({}))
    """Map -> its outlines."""
    tables: Mapping[str, Table] = field(default_factory=lambda: MappingProxyType({}))
    """Id -> table of every other analysis, for one that `shows_last`."""
    is_partial: bool = False

    def column(self, name: str) -> Wording:
        """Name a column of the data by its label and, where known, its unit."""
        label, unit = self.panel.label(name), self.panel.units.get(name)
        return message("{name} ({unit})", name=label, unit=unit) if unit else label


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect along a path, as the pathways of cities read it."""

    links: tuple[str, ...]
    """Variables from the factor to the outcome."""
    estimate: float
    std_error: float
    p_value: float
    n: int
    df: float = float("nan")
    grouping: str = ""
    group: str = ""
    moderator: str = ""
    test: str = ""
    """Of a difference between groups: interaction or permutation."""


class Analysis(ABC, Generic[S, R]):
    """One thing that a study may ask for.

    Results are frozen dataclasses of arrays, frames, numbers and words, so that they can be cached.
    """

    section: ClassVar[type[Section]]
    """Options: keys of the study file and keywords in Python."""
    in_file: ClassVar[type[Section] | None] = None
    """What stands under the key in the study file, where `sections` makes the options from it."""
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
    named_by: ClassVar[str] = ""
    """Option that takes the name of the section where the study file leaves it out, such as a score."""
    measures: ClassVar[bool] = False
    """Whether a result is a score: a column of the panel, from which variables may be made."""
    shows_last: ClassVar[bool] = False
    """Whether it shows after all others, with their tables; `--only` never leaves it out."""

    def sections(self, key: str, options: Any) -> Mapping[str, S]:
        """List the sections of a study file that ask for the analysis: name -> options."""
        found = getattr(options, key)
        if self.is_single:
            return {key: found} if found is not None else {}
        if not self.named_by:
            named: Mapping[str, S] = found
            return named
        return {
            name: one
            if getattr(one, self.named_by) is not None
            else one.model_copy(update={self.named_by: name})
            for name, one in found.items()
        }

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
        yield from ()

    def problems(self, section: S, study: Study) -> Iterator[tuple[tuple[str | int, ...], Problem]]:
        """Find what is wrong with the options once all their names are known, with its place."""
        yield from ()

    def inspect_files(self, section: S, files: Mapping[str, bytes]) -> Iterator[Problem]:
        """Look whether the files that it reads can be used, before any data are read."""
        yield from ()

    def inspect(self, section: S, study: Study, panel: Panel) -> Iterator[Problem]:
        """Look whether the prepared data can be used; warnings do not keep the study from running."""
        yield from ()

    def scores(self, result: R) -> pd.Series:
        """Give the scores as a column indexed (entity, period), of an analysis that measures."""
        raise NotImplementedError

    def base(self, section: S, study: Study) -> str | None:
        """Name the column of a table from which the analysis starts."""
        found: str | None = getattr(section, "base", None)
        return found

    def outcome(self, section: S, study: Study) -> str | None:
        """Name the outcome of the effects that pathways may rest on."""
        base = self.base(section, study)
        return study.equation(base).regression.outcome if base else None

    def moderators(self, section: S, study: Study) -> tuple[str, ...]:
        """List the moderators that pathways may recommend."""
        return ()

    def notices(self, result: R) -> Iterator[Notice]:
        """Say what a reader must know."""
        yield from ()

    def failures(self, result: R) -> Iterator[Failure]:
        """List what could not be computed inside a result."""
        yield from ()

    def regressions(
        self, section: S, result: R, given: Given
    ) -> Iterator[tuple[str, pd.DataFrame, Estimates]]:
        """List the regressions for R and Stata: name, the data it was estimated on, estimates."""
        yield from ()

    def effects(self, result: R) -> Iterator[Effect]:
        """List the effects that pathways of cities may rest on."""
        yield from ()

    def differences(self, section: S, result: R) -> Iterator[Effect]:
        """List the differences between groups that pathways may rest on."""
        yield from ()

    def doubts(self, result: R, level: float, style: Style) -> Iterator[Notice]:
        """Say where another test judges an effect of the pathways otherwise."""
        yield from ()


ANALYSES: Register[Analysis[Any, Any]] = Register(
    "analysis", "xinzhi.analyses", entry_points="xinzhi.analyses"
)


def in_order() -> list[tuple[str, Analysis[Any, Any]]]:
    """List the analyses in the order of the report, each with its key in the study file."""
    return sorted(ANALYSES, key=lambda named: (named[1].place.order, named[0]))


def base_key(analysis: Analysis[Any, Any]) -> str:
    """Name the key of the study file that holds the column from which an analysis starts."""
    field = analysis.section.model_fields.get("base")
    return (field.alias if field else None) or "base"


def title_of(analysis: Analysis[Any, Any], words: Words | None, name: str, number: int) -> Wording:
    """Title of a section; its name beside that of the analysis where there are several."""
    if words and (words.zh or words.en):
        return words.label("")
    if number == 1:
        return analysis.title
    return message("{title}: {name}", title=analysis.title, name=Label(name))
