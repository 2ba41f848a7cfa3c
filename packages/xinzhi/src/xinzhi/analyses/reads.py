"""What an analysis reads of a study: names and their meaning, data, results of other analyses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar

import pandas as pd

from xinzhi.analyses.equation import Equation, Estimation, Frontier
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.present.style import Style
from xinzhi.present.table import Table
from xinzhi.present.units import unit_in_words
from xinzhi.work.parts import ReportParts
from xinzhi_core.engine import Engine, Serial
from xinzhi_core.errors import MethodError, StudyError
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Label, Wording, message
from xinzhi_econometrics.least_squares import Array, Codes
from xinzhi_econometrics.verdict import JudgementRule

T = TypeVar("T")


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
    panel_of_a_part: tuple[str, ...] = ()
    """The same for a part of the analysis alone: without one of them that part has no answer."""
    groupings: tuple[str, ...] = ()
    """Groupings of the study, or columns, whose members are read, row by row."""
    results: tuple[tuple[str, str], ...] = ()
    """Results of other analyses, computed before: the key of the analysis and the name of the section."""
    outlines: tuple[str, ...] = ()
    """Maps of the study, or built_in, whose outlines are read."""
    files: tuple[str, ...] = ()
    """Files beside the study file whose bytes are read."""
    asked: tuple[object, ...] = ()
    """What else of the study changes the result, such as the order of members."""
    methods: tuple[str, ...] = ("regression",)
    """Packages of methods that the computation calls."""
    again: bool = False
    """Whether scores are measured again on some of the entities."""

    @classmethod
    def estimation(cls, study: Study, base: str, *more: str, raw: tuple[str, ...] = ()) -> Reads:
        """Ask for what `Given.estimation` puts together of the same names."""
        equation = study.equation(base)
        return cls((EstimationData.of(equation, *more),), (equation,), panel=raw)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a variable of the tables comes from."""

    column: str
    """Column of the panel; a score by its name."""
    transform: Literal["none", "ln1p", "ln"]
    score: str | None = None
    """The score; None where the variable is a column of the data."""
    unit: str | None = None
    """Unit that the study file states."""
    has_zero: bool = True
    """Whether it is measured from a natural zero, as far as is known without its values: not a logarithm, a
    standard score or a difference."""


@dataclass(frozen=True, slots=True)
class ResultPart:
    """What of a result becomes a variable."""

    component: str | None = None
    """Column of its frame, such as slack_capital, or component of an index; its own value where None."""
    kind: Literal["change", "cumulative"] = "change"
    """Of an index: the change to each period, or the level since a base period."""
    base: int | None = None
    """Period of level 1; the first where None."""


class Study(Protocol):
    """What an analysis may know of a study: names and their meaning, never files."""

    @property
    def seed(self) -> int:
        """Start of all random draws."""

    @property
    def first_column(self) -> str | None:
        """First column of the first table, such as baseline/1; None in a study without tables."""

    @property
    def inference(self) -> JudgementRule:
        """How effects are judged."""

    @property
    def style(self) -> Style:
        """How tables, charts and notices are written."""

    @property
    def groupings(self) -> tuple[str, ...]:
        """All groupings, in the order of the study file."""

    def origin(self, variable: str) -> Origin:
        """Find where a variable comes from, and how it is transformed."""

    def equation(self, reference: str | None) -> Equation:
        """Resolve a column of a table, such as baseline/1, with all that it inherits.

        None gives the controls of the study with two-way effects and the declared errors.
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

    def memberships(self, grouping: str, panel: Panel) -> pd.Series:
        """Give each row of the panel its member of a grouping, or its value in a column."""

    def section(self, key: str, name: str) -> Any:
        """Give the options of an analysis; None where the study does not ask for it."""

    def sections(self, key: str) -> Mapping[str, Any]:
        """List the sections of an analysis: name -> options."""

    def score_label(self, score: str) -> Wording:
        """Name a score: by the label of the variable that is made from it."""

    def column_label(self, column: str) -> Label:
        """Name a column of the data, as the study file does."""

    def label(self, variable: str) -> Label:
        """Name a variable."""


Source = tuple[str, Frontier]
"""A score, an index or a part of one: its column, and the options under which it is measured."""


ScoresAgain = Callable[[Codes], Array]
"""Measures rows, by their positions, on the frontiers that they make: their scores, NaN without one."""


class Again(Protocol):
    """Measures the scores of a study again on some of its rows, and makes the data from them.

    It can be sent to another process.
    """

    @property
    def index(self) -> pd.Index:
        """Entity and period of each row of the study."""

    @property
    def data(self) -> Array:
        """Numbers of each row, as they were before anything was measured: entities are numbered by them."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """What is measured, in the order of the columns of `measured`."""

    @property
    def variables(self) -> Mapping[tuple[str, Frontier], int]:
        """Variable that is a score or its logarithm, and its frontier -> number of its moving column."""

    @property
    def rates(self) -> tuple[float, ...]:
        """Rate r of each of `sources`, whose error falls as n^-r; NaN where it is not known."""

    def measured(self, rows: Codes) -> Array:
        """Measure rows on the frontiers that they make, shape (len(rows), sources); NaN without a score.

        Raises
        ------
        StudyError
            The rows have no frontier.
        """

    def moving(self, scores: Array) -> Array:
        """Make the variables that move with the scores, shape (len(scores), number of them)."""

    def frames(
        self,
        rows: Codes,
        scores: Array,
        asked: Collection[EstimationData],
        changes: Mapping[str, Callable[[pd.Series], pd.Series]] = MappingProxyType({}),
    ) -> Mapping[EstimationData, pd.DataFrame | StudyError]:
        """Make the data of the analyses from these rows and their scores; groups are those of the study.

        `changes` change the values of variables before anything is made from them.
        """


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What `compute` gets: the study, and the data that `reads` asked for."""

    study: Study
    frames: Mapping[EstimationData, pd.DataFrame | StudyError]
    columns: Panel | StudyError | None = None
    """The panel with the columns that were asked for."""
    columns_of_a_part: Mapping[str, pd.Series | StudyError] = field(default_factory=dict)
    """Columns that only a part of the analysis reads."""
    members: Mapping[str, pd.Series] = field(default_factory=dict)
    """Grouping -> member of each row of the panel."""
    results: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    outlines: Mapping[str, Boundaries | StudyError] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    engine: Engine = Serial()
    """Computes draws; no result depends on which it is."""
    again: Again | None = None
    """Where `reads` asks for it."""
    key: str = ""
    """Fingerprint of everything that was read; the options of the section are not in it."""

    def __reduce__(self) -> tuple[Callable[..., Given], tuple[object, ...]]:
        """Travel to a worker without the engine: its processes and locks belong to the driver."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return Given, tuple({**values, "engine": Serial()}.values())

    @property
    def jobs(self) -> int:
        """Number of processes; no result depends on it."""
        return self.engine.jobs

    @property
    def panel(self) -> Panel:
        """The panel, cut to the columns that were asked for.

        Raises
        ------
        StudyError
            One of them is not there, or is a score that could not be measured.
        """
        columns = _answer(self.columns)
        assert columns is not None, "`reads` asks for no column of the panel"
        return columns

    def column(self, name: str) -> pd.Series:
        """Give a column in its own units, also one that only a part of the analysis reads.

        Raises
        ------
        StudyError
            It is not there, or is a score that could not be measured.
        """
        column = _answer(self.columns_of_a_part.get(name))
        return self.panel.frame[name] if column is None else column

    def result(self, key: str, name: str) -> Any:
        """Give the result of another analysis.

        Raises
        ------
        StudyError
            It could not be computed.
        """
        result = self.results[key, name]
        if isinstance(result, Unavailable):
            raise MethodError(result.problems)
        return result

    def outline(self, name: str) -> Boundaries:
        """Give the outlines of a map.

        Raises
        ------
        StudyError
            There are none for these entities.
        """
        return _answer(self.outlines[name])

    def frame(self, asked: EstimationData) -> pd.DataFrame:
        """Give the data; they are indexed (entity, period).

        Raises
        ------
        StudyError
            A variable could not be computed, or its score could not be measured.
        """
        return _answer(self.frames[asked])

    def estimation(self, base: str, *more: str, raw: tuple[str, ...] = ()) -> Estimation:
        """Put together what a column of a table is estimated on.

        Parameters
        ----------
        base
            The column, such as baseline/1.
        more
            Further variables; rows without one of them are left out.
        raw
            Columns of the data in their own units, on the same rows; no row is left out for them.

        Raises
        ------
        StudyError
            A variable or a column is not there, or no row is left.
        """
        equation = self.study.equation(base)
        data = self.frame(EstimationData.of(equation, *more))
        columns = self.panel.frame[list(raw)] if raw else None
        return Estimation.of(equation, data, more, columns)


def _answer(value: T | StudyError) -> T:
    """Raise an error where it was asked for; until then it leaves the other analyses alone."""
    if isinstance(value, StudyError):
        raise value
    return value


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
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Analysis -> name -> result, or `Unavailable`, of every analysis of the study."""
    outlines: Mapping[str, Boundaries] = field(default_factory=dict)
    """Map -> its outlines."""
    tables: Mapping[str, Table] = field(default_factory=dict)
    """Id -> table of every other analysis, for one that is shown last."""
    is_partial: bool = False
    parts: ReportParts = field(default_factory=ReportParts)
    """Where specifications of charts come from that the last report has, too."""

    def column(self, name: str) -> Wording:
        """Name a column of the data by its label and, where known, its unit."""
        label, unit = self.panel.label(name), self.column_unit(name)
        return message("{name} ({unit})", name=label, unit=unit) if unit else label

    def column_unit(self, name: str) -> Wording:
        """Name the unit of a column of the data; nothing where it is not known."""
        unit = self.panel.units.get(name)
        return unit_in_words(unit) if unit else ""
